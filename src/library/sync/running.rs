//! The sync of one list: asks for its days one after the other, stores what comes, and notes it in the ledger.

use std::cell::RefCell;
use std::sync::Arc;

use jiff::civil::Date;

use super::{ListReport, OnProgress, SyncProgress, WantedList, status};
use crate::domain::date::PartialDate;
use crate::error::Result;
use crate::library::import::{FileReport, ImportRequest, NamedText};
use crate::library::{Library, now_seconds};
use crate::sources::sync::http::HttpClient;
use crate::sources::sync::{DayQuery, FetchError, Fetched, FetchedList, HostAccess, KnownList, Settles};
use crate::store::{LedgerDay, StoredList};

/// A list that failed for so many days in a row is not asked for more.
const MOST_FAILURES: usize = 3;

pub(super) struct RunningSync<'a> {
    pub(super) wanted: &'a WantedList<'a>,
    pub(super) client: &'a HttpClient,
    pub(super) report: &'a mut ListReport,
}

/// What became of the question for a day.
enum DayOutcome {
    Answered,
    Failed,
    /// The other days would fail, too, or the user ended it.
    Over,
}

impl RunningSync<'_> {
    pub(super) fn run(&mut self, library: &mut Library, progress: &mut OnProgress<'_>) -> Result<()> {
        let WantedList { request, list, range, .. } = self.wanted;
        let known = library.papers.ledger(&list.name)?;
        let days = status::days(list.kind, &known, *range, now_seconds());
        if status::retry(&days).is_some() {
            return Ok(());
        }
        let due = status::due(list.kind, &days, request, now_seconds());
        let mut failures = 0;
        for (done, day) in due.iter().enumerate() {
            let stored = match list.kind.settles {
                Settles::Never => known.last(),
                Settles::AtOnce | Settles::DaysLater(_) => known.iter().find(|row| row.day == *day),
            };
            let stored = stored.and_then(|row| row.list.clone());
            let current = SyncProgress {
                list: list.name.clone(),
                day: Some(*day),
                done,
                of: due.len(),
                new: self.report.papers.new,
            };
            match self.day(library, (*day, stored), current, progress)? {
                DayOutcome::Answered => failures = 0,
                DayOutcome::Failed if failures + 1 < MOST_FAILURES => failures += 1,
                DayOutcome::Failed | DayOutcome::Over => {
                    self.report.is_over = true;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Asks for the list of a day, part by part.
    fn day(
        &mut self,
        library: &mut Library,
        (day, mut stored): (Date, Option<StoredList>),
        mut current: SyncProgress,
        progress: &mut OnProgress<'_>,
    ) -> Result<DayOutcome> {
        let mut is_first = true;
        loop {
            let asked = now_seconds();
            let fetched = self.fetch((day, stored.as_ref()), is_first, &current, progress);
            let noted = LedgerDay { day, list: stored, asked, failure: None, retry: None };
            let answer = match fetched {
                Ok(Fetched::Unchanged) => Ok(noted.list.clone().map(|list| StoredList { at: asked, ..list })),
                Ok(Fetched::List(list)) => self.take(library, *list, &noted, (&current, progress))?.map(Some),
                Err(error) => Err(error),
            };
            match answer {
                Ok(list) => {
                    library.papers.note_day(&self.wanted.list.name, &LedgerDay { list: list.clone(), ..noted })?;
                    if list.as_ref().is_none_or(|list| list.cursor.is_none()) {
                        self.report.asked += 1;
                        return Ok(DayOutcome::Answered);
                    }
                    (stored, is_first, current.new) = (list, false, self.report.papers.new);
                }
                Err(FetchError::Cancelled) => {
                    self.report.cancelled = true;
                    return Ok(DayOutcome::Over);
                }
                Err(FetchError::Failed { message, retry_at, is_lasting }) => {
                    let failed = LedgerDay { failure: Some(message.clone()), retry: retry_at, ..noted };
                    library.papers.note_day(&self.wanted.list.name, &failed)?;
                    self.report.failures.push((day, message));
                    return Ok(if is_lasting { DayOutcome::Over } else { DayOutcome::Failed });
                }
            }
        }
    }

    fn fetch(
        &self,
        (day, stored): (Date, Option<&StoredList>),
        is_first: bool,
        current: &SyncProgress,
        progress: &mut OnProgress<'_>,
    ) -> std::result::Result<Fetched, FetchError> {
        let WantedList { request, source, list, .. } = self.wanted;
        let progress = RefCell::new(&mut *progress);
        let is_cancelled = || (progress.borrow_mut())(current).is_break();
        // Papers that could not be read, or were lost since, are to be sent again; the parts of a list are of one question.
        let is_usable = |stored: &&StoredList| {
            // Entries of a feed that lead to no paper are no reason to have it sent again.
            let is_read = stored.unread == 0 || stored.cursor.is_some() || list.kind.settles == Settles::Never;
            !is_first || !request.again && is_read
        };
        let known = stored.filter(is_usable).map(known);
        let query = DayQuery {
            host: HostAccess {
                client: self.client,
                base: list.address.as_deref().or(request.base.as_deref()).unwrap_or(source.base),
                is_cancelled: &is_cancelled,
            },
            list,
            day,
            known: known.as_ref(),
        };
        list.fetch(&query)
    }

    /// Stores a list, and says what the ledger is to note of it. The error is of a list that proves nothing about its day.
    fn take(
        &mut self,
        library: &mut Library,
        fetched: FetchedList,
        noted: &LedgerDay,
        (current, progress): (&SyncProgress, &mut OnProgress<'_>),
    ) -> Result<std::result::Result<StoredList, FetchError>> {
        let failed = |message| Ok(Err(FetchError::Failed { message, retry_at: None, is_lasting: false }));
        let (day, before) = (noted.day, noted.list.as_ref());
        let had = before.map_or(0, |list| list.entries);
        let known = fetched.known.clone();
        if known.entries == 0 && known.missing.is_empty() && had > 0 && !self.wanted.list.kind.may_become_empty {
            return failed(format!("the list of {day} is empty now; it had {had} entries before"));
        }
        let is_empty = fetched.texts.is_empty();
        let Some(stored) = self.store(library, (day, fetched), current, progress)? else {
            return Ok(Err(FetchError::Cancelled));
        };
        let unread: usize = stored.iter().map(|text| text.rejected.count()).sum();
        if !is_empty && unread > 0 && stored.iter().all(|text| text.read == 0) {
            let why =
                stored.iter().find_map(|text| text.rejected.first.first()).map(|problem| problem.reason.to_string());
            return failed(format!("no entry of the list of {day} can be read: {}", why.unwrap_or_default()));
        }
        self.report.add(&stored);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        // The parts of a list, and papers that came later, add to what was there.
        let goes_on = before.is_some_and(|list| list.cursor.is_some() && known.entries > list.entries as usize);
        let unread = count(unread) + before.filter(|_| goes_on).map_or(0, |list| list.unread);
        Ok(Ok(StoredList {
            at: noted.asked,
            entries: count(known.entries),
            unread,
            validator: known.validator,
            expected: known.expected.map(count),
            held: count(known.held),
            missing: known.missing,
            cursor: known.cursor,
        }))
    }

    /// Imports the list of a day. None when it was cancelled.
    fn store(
        &self,
        library: &mut Library,
        (day, fetched): (Date, FetchedList),
        current: &SyncProgress,
        progress: &mut OnProgress<'_>,
    ) -> Result<Option<Vec<FileReport>>> {
        if fetched.texts.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let name = text_name(&self.wanted.list.name, day);
        let text = |text: String| NamedText { name: name.clone(), text: Arc::from(text) };
        let request = ImportRequest {
            texts: fetched.texts.into_iter().map(text).collect(),
            day: Some(PartialDate::from(day)),
            format: Some(fetched.format.to_owned()),
            listed: fetched.listed,
            ..ImportRequest::default()
        };
        let report = library.import(&request, &mut |_| progress(current))?;
        if let Some(failure) = report.failure {
            return Err(failure);
        }
        Ok((!report.cancelled && !report.unlisted).then_some(report.files))
    }
}

fn text_name(list: &str, day: Date) -> String {
    format!("{list} {day}")
}

fn known(list: &StoredList) -> KnownList {
    let StoredList { entries, expected, held, missing, cursor, validator, at: _, unread: _ } = list.clone();
    KnownList {
        entries: entries as usize,
        expected: expected.map(|count| count as usize),
        missing,
        held: held as usize,
        cursor,
        validator,
    }
}
