//! Days of a list in words, for people. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::report::{ListReport, ListStatus, SyncReport};
use super::status::{DayState, DayStatus};
use crate::domain::clean::Clean;
use crate::domain::counts::{counted, grouped};
use crate::domain::identity::ArxivId;
use crate::library::today;

/// One day, or several in a row that were never asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// `2025-03-12`, `2025-03-01 to 2025-03-09`.
    pub days: String,
    pub state: DayState,
    /// Safe to show.
    pub words: String,
}

impl ListStatus {
    /// What is known of all days: how many are complete, and on how many there was nothing.
    pub fn summary(&self) -> Vec<String> {
        if self.days.iter().any(|day| day.is_of_papers) {
            return Vec::new();
        }
        let in_state = |state| self.days.iter().filter(move |day| day.state == state);
        let papers: usize =
            in_state(DayState::Complete).map(|day| day.entries.saturating_sub(day.unread) as usize).sum();
        let complete = counted(in_state(DayState::Complete).count(), "day");
        let nothing = in_state(DayState::Nothing).count();
        // A feed has no days to count.
        if let ([day], 0) = (self.days.as_slice(), nothing)
            && day.state != DayState::Complete
        {
            return Vec::new();
        }
        let mut lines = vec![format!("{complete} complete ({})", counted(papers, "paper"))];
        if nothing > 0 {
            lines.push(format!("{} on which nothing was announced", counted(nothing, "day")));
        }
        lines
    }

    /// `; not before 14:05`, where the service may not be asked now.
    pub fn not_before(&self) -> String {
        not_before(self.retry)
    }

    /// The days that the summary does not cover.
    pub fn lines(&self) -> Vec<LedgerLine> {
        lines_of(self.days.iter().filter(|day| match day.state {
            _ if day.is_of_papers => true,
            DayState::Complete => day.unread > 0 || day.held > 0 || !day.missing.is_empty(),
            DayState::Nothing => false,
            DayState::Open | DayState::Incomplete | DayState::Failed | DayState::NotAsked => true,
        }))
    }
}

impl SyncReport {
    /// One line: the new papers of each list that was asked for, and the first failure.
    pub fn summary(&self) -> String {
        let cancelled = if self.cancelled { "cancelled; " } else { "" };
        let lists = self.lists.iter().map(|list| {
            let new = match list.papers.new {
                0 => "nothing new".to_owned(),
                new => counted(new, "new paper"),
            };
            let failed = list.failures.first().map(|(_, why)| format!("; {}", Clean::new(why)));
            format!("{}: {new}{}", list.name, failed.unwrap_or_default())
        });
        format!("{cancelled}{}", lists.collect::<Vec<_>>().join(" · "))
    }

    /// Whether any paper came in, known or not.
    pub fn has_papers(&self) -> bool {
        self.lists.iter().any(|list| list.papers.read > 0)
    }
}

impl ListReport {
    /// `hf: 5 days, 236 papers, 230 new, 6 updated`
    pub fn summary(&self) -> String {
        let papers = &self.papers;
        let counts = [(papers.new, "new"), (papers.updated, "updated"), (papers.unchanged, "unchanged")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: String = counts.map(|(count, what)| format!(", {} {what}", grouped(*count))).collect();
        match self.is_of_papers {
            true => format!("{}: asked about {}{counts}", self.name, counted(self.asked, "paper")),
            false => {
                format!("{}: {}, {}{counts}", self.name, counted(self.asked, "day"), counted(papers.read, "paper"))
            }
        }
    }

    /// The days of which papers may be missing.
    pub fn gaps(&self) -> Vec<LedgerLine> {
        lines_of(self.days.iter().filter(|day| day.state.is_gap()))
    }
}

fn lines_of<'a>(days: impl Iterator<Item = &'a DayStatus>) -> Vec<LedgerLine> {
    let mut days = days.peekable();
    let mut lines = Vec::new();
    while let Some(first) = days.next() {
        let (mut last, mut count) = (first.day, 1);
        while let Some(next) = days.next_if(|next| continues(first, last, next)) {
            (last, count) = (next.day, count + 1);
        }
        let range = if count == 1 { first.day.to_string() } else { format!("{} to {last}", first.day) };
        lines.push(LedgerLine { days: range, state: first.state, words: in_words(first, count) });
    }
    lines
}

fn continues(first: &DayStatus, last: Date, next: &DayStatus) -> bool {
    let is_next = last.checked_add(1.day()).is_ok_and(|day| day == next.day);
    let is_same = first.is_out_of_reach == next.is_out_of_reach;
    is_next && is_same && first.state == DayState::NotAsked && next.state == DayState::NotAsked
}

/// The state of a day, or of so many that were never asked for.
fn in_words(day: &DayStatus, count: usize) -> String {
    if day.is_of_papers {
        return of_papers_in_words(day);
    }
    let papers = match day.expected {
        Some(expected) if expected > day.entries => {
            format!("{} of {}", grouped(day.entries as usize), counted(expected as usize, "paper"))
        }
        Some(_) | None => counted(day.entries as usize, "paper"),
    };
    match day.state {
        DayState::Complete => {
            let parts = [
                (day.unread > 0).then(|| format!("{} of them unreadable", day.unread)),
                (day.held > 0).then(|| format!("{} of them held back until then", day.held)),
                (!day.missing.is_empty()).then(|| format!("the others were never available: {}", ids(day))),
            ];
            let parts: String = parts.into_iter().flatten().map(|part| format!(", {part}")).collect();
            format!("complete, {papers}{parts}")
        }
        DayState::Nothing => "nothing was announced".to_owned(),
        DayState::Open if day.entries == 0 => "no list yet; it will be asked for again".to_owned(),
        DayState::Open => format!("{papers} so far; more may come"),
        DayState::Incomplete if day.missing.is_empty() => {
            format!("{papers} so far; the rest of the list is asked for next")
        }
        DayState::Incomplete => format!("{papers}; announced, but not available yet: {}", ids(day)),
        DayState::NotAsked => {
            let gone = if day.is_out_of_reach { "; the service has no list this old any more" } else { "" };
            let count = if count > 1 { format!(" ({})", counted(count, "day")) } else { String::new() };
            format!("not asked for{count}{gone}")
        }
        DayState::Failed => failed_in_words(day),
    }
}

fn of_papers_in_words(day: &DayStatus) -> String {
    let all = counted(day.expected.unwrap_or_default() as usize, "paper");
    let asked = format!("{} of {all} asked about", grouped(day.entries as usize));
    match day.state {
        DayState::Complete if day.entries == 0 => "no paper to ask about".to_owned(),
        DayState::Complete | DayState::Nothing | DayState::Open => format!("{all} asked about"),
        DayState::Incomplete => format!("{asked}; the others are asked about next"),
        DayState::NotAsked => format!("{all} to ask about"),
        DayState::Failed => format!("{asked}; {}", failed_in_words(day)),
    }
}

fn failed_in_words(day: &DayStatus) -> String {
    let why = day.failure.as_deref().map(|why| format!(": {}", Clean::new(why))).unwrap_or_default();
    format!("failed{why}{}", not_before(day.retry))
}

fn not_before(retry: Option<i64>) -> String {
    retry.map(|at| format!("; not before {}", time_of(at))).unwrap_or_default()
}

/// The first ids of the papers that a day lacks.
fn ids(day: &DayStatus) -> String {
    let first: Vec<&str> = day.missing.iter().take(5).map(ArxivId::as_str).collect();
    let more = day.missing.len() - first.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// The time of day, in the system's time zone, with the day where that is another one.
fn time_of(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::system());
    let form = if time.date() == today() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    time.strftime(form).to_string()
}
