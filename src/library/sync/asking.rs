//! The questions about single papers that the library has: which papers are due, in which order, and how the answers are stored. A paper is
//! noted as asked about after its answer was stored, so that a sync that is killed asks again.

use std::cell::RefCell;
use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

use jiff::civil::Date;

use super::status::PaperCounts;
use super::{Library, ListReport, OnProgress, ServiceRequest, SyncProgress, today_in_utc};
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::paper::Paper;
use crate::domain::reading::Status;
use crate::error::Result;
use crate::library::import::{ImportRequest, NamedText};
use crate::library::now_seconds;
use crate::sources::sync::http::HttpClient;
use crate::sources::sync::{
    AnsweredPapers, FetchError, HostAccess, PaperAnswers, PaperQuestion, QuestionSubject, base_of,
};
use crate::store::{AskablePaper, AskedOutcome, AskedPapers, LedgerDay, StateField, StoredList};

const DAY: i64 = 24 * 60 * 60;
/// A paper that the service does not have is asked about again after this time, then after as long as it has been in the library.
const ABSENT: i64 = 30 * DAY;
/// The same for one to which the answer was not understood.
const FAILED: i64 = DAY;
/// Answers that are stored at once.
const STORED_AT_ONCE: usize = 50;
/// A question that failed for so many papers in a row is not asked about more.
const MOST_FAILURES: usize = 3;

/// A question while it is asked.
pub(super) struct RunningQuestion<'a> {
    pub(super) request: &'a ServiceRequest,
    pub(super) question: &'static PaperQuestion,
    pub(super) client: &'a HttpClient,
    pub(super) report: &'a mut ListReport,
}

/// Answers that are not stored yet, and the papers that were asked about.
#[derive(Default)]
struct PendingAnswers {
    texts: Vec<String>,
    format: &'static str,
    papers: AnsweredPapers,
    asked: Vec<(PaperKey, AskedOutcome)>,
}

/// How asking about papers ended early.
enum Ended {
    Cancelled,
    Failed { message: String, retry_at: Option<i64>, is_lasting: bool },
}

impl RunningQuestion<'_> {
    pub(super) fn run(&mut self, library: &mut Library, progress: &mut OnProgress<'_>) -> Result<()> {
        let (name, now) = (self.question.name, now_seconds());
        let last = library.papers.ledger(name)?.pop();
        if last.is_some_and(|last| last.retry.is_some_and(|retry| retry > now)) {
            return Ok(());
        }
        let (due, _) = library.due_papers(self.question, self.request, now)?;
        if due.is_empty() {
            return Ok(());
        }
        let ended = self.ask_all(library, &due, progress)?;
        let (_, after) = library.due_papers(self.question, self.request, now)?;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let list = StoredList {
            at: now,
            entries: count(after.asked),
            expected: Some(count(after.asked + after.due)),
            ..StoredList::default()
        };
        let mut noted = LedgerDay { day: today_in_utc(), list: Some(list), asked: now, failure: None, retry: None };
        match ended {
            None => {}
            Some(Ended::Cancelled) => self.report.cancelled = true,
            Some(Ended::Failed { message, retry_at, is_lasting }) => {
                self.report.is_over = is_lasting;
                (noted.failure, noted.retry) = (Some(message.clone()), retry_at);
                self.report.failures.push((noted.day, message));
            }
        }
        library.papers.note_day(name, &noted)
    }

    fn ask_all(
        &mut self,
        library: &mut Library,
        due: &[PaperKey],
        progress: &mut OnProgress<'_>,
    ) -> Result<Option<Ended>> {
        let (mut pending, mut place, mut size) = (PendingAnswers::default(), 0, self.question.batch);
        let mut failures = 0;
        let mut ended = None;
        while let Some(rest) = due.get(place..).filter(|rest| !rest.is_empty()) {
            let mut current = SyncProgress {
                list: self.question.name.to_owned(),
                day: None,
                done: place,
                of: due.len(),
                new: self.report.papers.updated,
            };
            let batch: Vec<(PaperKey, Paper)> = library.papers_of(rest.iter().take(size))?;
            let keys = batch.iter().map(|(key, _)| key.clone());
            let papers: Vec<Paper> = batch.iter().map(|(_, paper)| paper.clone()).collect();
            let answered =
                if papers.is_empty() { Ok(PaperAnswers::default()) } else { self.ask(&papers, &current, progress) };
            match answered {
                Ok(answers) => {
                    (failures, place) = (0, place + size.min(rest.len()));
                    size = self.question.batch;
                    self.report.asked += papers.len();
                    let outcome = |found: &bool| if *found { AskedOutcome::Found } else { AskedOutcome::Absent };
                    pending.asked.extend(keys.zip(answers.found.iter().map(outcome)));
                    if !answers.texts.is_empty() {
                        pending.format = answers.format;
                    }
                    pending.texts.extend(answers.texts);
                    pending.papers.extend(answers.papers);
                }
                Err(FetchError::Cancelled) => {
                    ended = Some(Ended::Cancelled);
                    break;
                }
                Err(FetchError::Failed { message, retry_at, is_lasting }) => {
                    let is_one = papers.len() == 1;
                    if !is_lasting && !is_one {
                        // One of them may be what the service does not understand.
                        size = size.min(rest.len()).div_ceil(2);
                        continue;
                    }
                    failures += 1;
                    if is_lasting || failures >= MOST_FAILURES {
                        ended = Some(Ended::Failed { message, retry_at, is_lasting });
                        break;
                    }
                    (place, size) = (place + 1, self.question.batch);
                    pending.asked.extend(keys.map(|key| (key, AskedOutcome::Failed)));
                    self.report.failures.push((today_in_utc(), message));
                }
            }
            if pending.asked.len() >= STORED_AT_ONCE {
                current.done = place;
                if !self.store(library, &mut pending, &current, progress)? {
                    return Ok(Some(Ended::Cancelled));
                }
            }
        }
        let current = SyncProgress {
            list: self.question.name.to_owned(),
            day: None,
            done: place,
            of: due.len(),
            new: self.report.papers.updated,
        };
        // What came is stored also after a cancelled request.
        let mut go_on = |_: &SyncProgress| std::ops::ControlFlow::Continue(());
        self.store(library, &mut pending, &current, &mut go_on)?;
        Ok(ended)
    }

    fn ask(
        &self,
        papers: &[Paper],
        current: &SyncProgress,
        progress: &mut OnProgress<'_>,
    ) -> std::result::Result<PaperAnswers, FetchError> {
        let progress = RefCell::new(progress);
        let is_cancelled = || (progress.borrow_mut())(current).is_break();
        let base = self.request.base_of(self.question.service).unwrap_or_else(|| base_of(self.question.service));
        self.question.ask(HostAccess { client: self.client, base, is_cancelled: &is_cancelled }, papers)
    }

    /// Imports the answers, then notes the papers as asked about. False when it was cancelled.
    fn store(
        &mut self,
        library: &mut Library,
        pending: &mut PendingAnswers,
        current: &SyncProgress,
        progress: &mut OnProgress<'_>,
    ) -> Result<bool> {
        let PendingAnswers { texts, format, papers, mut asked } = mem::take(pending);
        if !texts.is_empty() {
            let name = self.question.name;
            let text = |text: String| NamedText { name: name.to_owned(), text: Arc::from(text) };
            let request = ImportRequest {
                texts: texts.into_iter().map(text).collect(),
                format: Some(format.to_owned()),
                only: Some(papers),
                ..ImportRequest::default()
            };
            let report = library.import(&request, &mut |_| progress(current))?;
            if let Some(failure) = report.failure {
                return Err(failure);
            }
            if report.cancelled || report.unlisted {
                return Ok(false);
            }
            if report.files.iter().all(|file| file.read == 0) {
                let found = asked.iter_mut().filter(|(_, outcome)| *outcome == AskedOutcome::Found);
                found.for_each(|(_, outcome)| *outcome = AskedOutcome::Failed);
            }
            self.report.add(&report.files);
        }
        library.papers.note_asked(self.question.name, now_seconds(), &asked)?;
        Ok(true)
    }
}

impl Library {
    /// The papers that a question is to be asked about, in order, at most as many as it is asked about at once; and how many there are of them.
    pub(super) fn due_papers(
        &self,
        question: &PaperQuestion,
        request: &ServiceRequest,
        now: i64,
    ) -> Result<(Vec<PaperKey>, PaperCounts)> {
        let papers = match question.subject {
            QuestionSubject::Id => AskedPapers::TitleAlone,
            QuestionSubject::Record => AskedPapers::Records,
            QuestionSubject::Votes => AskedPapers::Votes(question.service),
        };
        let marked = self.marked_papers()?;
        let (mut counts, mut due): (PaperCounts, [Vec<PaperKey>; 2]) = Default::default();
        self.papers.each_askable(question.name, papers, &mut |paper| {
            let is_marked = marked.contains(paper.key.as_str());
            let is_again = request.again && paper.asked.is_none_or(|(at, _)| now - at >= DAY);
            if is_again || is_due(&paper, is_marked, now) {
                counts.due += 1;
                // Those that the user marked come first, then those that were added last.
                let [first, later] = &mut due;
                let place = if is_marked { first } else { later };
                if place.len() < question.most {
                    place.push(paper.key);
                }
            } else if paper.asked.is_some() {
                counts.asked += 1;
            }
        })?;
        let due = due.into_iter().flatten().take(question.most).collect();
        Ok((due, counts))
    }

    /// The keys of the papers that the user did something with other than to see or drop them.
    fn marked_papers(&self) -> Result<HashSet<String>> {
        let mut marked = HashSet::new();
        self.user.each_field(&mut |key, field| {
            let is_marked = match field {
                StateField::Status(Status::Queued | Status::Reading | Status::Read) => true,
                StateField::Status(Status::Unread | Status::Dropped) | StateField::Seen => false,
                StateField::Starred | StateField::Noted(_) | StateField::Tagged(_) => true,
            };
            if is_marked && !marked.contains(key) {
                marked.insert(key.to_owned());
            }
        })?;
        // What was marked under a former key.
        let titled: Vec<PaperKey> = marked
            .iter()
            .filter(|key| !key.starts_with("arxiv:"))
            .filter_map(|key| PaperKey::from_stored(key))
            .collect();
        for key in titled {
            marked.extend(self.papers.resolve(&key)?.map(|key| key.to_string()));
        }
        Ok(marked)
    }

    fn papers_of<'k>(&self, keys: impl Iterator<Item = &'k PaperKey>) -> Result<Vec<(PaperKey, Paper)>> {
        let papers = keys.map(|key| Ok(self.papers.get(key)?.map(|stored| (stored.key, stored.paper))));
        Ok(papers.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// Whether a service is to be asked about a paper: once where it may have what is missing, and again where the user marked the paper, the more
/// seldom the older it is.
fn is_due(paper: &AskablePaper, is_marked: bool, now: i64) -> bool {
    let Some((at, outcome)) = paper.asked else { return paper.lacks || is_marked };
    // A question from later than now is of a clock that was wrong.
    let since = if at > now { i64::MAX } else { now - at };
    match outcome {
        AskedOutcome::Found => is_marked && since >= interval(paper.published, now),
        AskedOutcome::Absent => since >= ABSENT.max(at.saturating_sub(paper.added)),
        AskedOutcome::Failed => since >= FAILED,
    }
}

/// Seconds between two questions about a marked paper: new versions come mostly in the first months.
fn interval(published: Option<PartialDate>, now: i64) -> i64 {
    let today: Option<Date> =
        jiff::Timestamp::from_second(now).ok().map(|now| jiff::tz::Offset::UTC.to_datetime(now).date());
    let age =
        published.zip(today).map(|(published, today)| today.duration_since(published.first_day()).as_hours() / 24);
    match age {
        Some(..=60) => 7 * DAY,
        Some(61..=365) => 30 * DAY,
        Some(_) | None => 180 * DAY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_asked_about_when_that_makes_sense() {
        use AskedOutcome::{Absent, Failed, Found};
        let now = 1_800_000_000; // 15 January 2027
        let paper = |published: &str, asked| AskablePaper {
            key: PaperKey::from_stored("arxiv:2701.00001").unwrap(),
            added: now - 400 * DAY,
            published: published.parse().ok(),
            lacks: false,
            asked,
        };
        let ago = |days: i64, outcome| Some((now - days * DAY, outcome));
        for (asked, published, lacks, is_marked, expected) in [
            (None, "2027-01-02", false, false, false),
            (None, "2027-01-02", true, false, true),
            (None, "2027-01-02", false, true, true),
            // Found: again only where the user marked it, the more seldom the older it is.
            (ago(500, Found), "2020", true, false, false),
            (ago(6, Found), "2027-01-02", true, true, false),
            (ago(7, Found), "2027-01-02", false, true, true),
            (ago(29, Found), "2026-06-02", false, true, false),
            (ago(30, Found), "2026-06-02", false, true, true),
            (ago(179, Found), "2020", false, true, false),
            (ago(180, Found), "", false, true, true),
            // Absent: after a month, and then after as long as it had been there.
            (ago(29, Absent), "2020", true, true, false),
            (ago(210, Absent), "2020", true, false, true),
            (ago(190, Absent), "2020", true, false, false),
            (ago(0, Failed), "2020", true, true, false),
            (ago(1, Failed), "2020", true, false, true),
            (Some((now + DAY, Found)), "2027-01-02", false, true, true),
        ] {
            let paper = AskablePaper { lacks, ..paper(published, asked) };
            assert_eq!(is_due(&paper, is_marked, now), expected, "{paper:?} {is_marked}");
        }
    }
}
