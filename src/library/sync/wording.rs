//! Days of a service in words, for people. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::report::{ServiceReport, ServiceStatus, SyncReport};
use super::status::{DayState, DayStatus};
use crate::domain::clean::Clean;
use crate::domain::counts::{counted, grouped};
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

impl ServiceStatus {
    /// What is known of all days: how many are complete, and on how many there was nothing.
    pub fn summary(&self) -> Vec<String> {
        let in_state = |state| self.days.iter().filter(move |day| day.state == state);
        let papers: usize =
            in_state(DayState::Complete).map(|day| day.entries.saturating_sub(day.unread) as usize).sum();
        let complete = counted(in_state(DayState::Complete).count(), "day");
        let nothing = in_state(DayState::Nothing).count();
        let mut lines = vec![format!("{complete} complete ({})", counted(papers, "paper"))];
        if nothing > 0 {
            lines.push(format!("{} on which nothing was announced", counted(nothing, "day")));
        }
        lines
    }

    /// The days that the summary does not cover.
    pub fn lines(&self) -> Vec<LedgerLine> {
        lines_of(self.days.iter().filter(|day| match day.state {
            DayState::Complete => day.unread > 0,
            DayState::Nothing => false,
            DayState::Open | DayState::Failed | DayState::NotAsked => true,
        }))
    }
}

impl SyncReport {
    /// One line: the new papers of each service, and the first failure.
    pub fn summary(&self) -> String {
        let cancelled = if self.cancelled { "cancelled; " } else { "" };
        let services = self.services.iter().map(|service| {
            let new = match service.papers.new {
                0 => "nothing new".to_owned(),
                new => counted(new, "new paper"),
            };
            let failed = service.failures.first().map(|(_, why)| format!("; {}", Clean::new(why)));
            format!("{}: {new}{}", service.name, failed.unwrap_or_default())
        });
        format!("{cancelled}{}", services.collect::<Vec<_>>().join(" · "))
    }

    /// Whether any paper came in, known or not.
    pub fn has_papers(&self) -> bool {
        self.services.iter().any(|service| service.papers.read > 0)
    }
}

impl ServiceReport {
    /// `hf: 5 days, 236 papers, 230 new, 6 updated`
    pub fn summary(&self) -> String {
        let papers = &self.papers;
        let counts = [(papers.new, "new"), (papers.updated, "updated"), (papers.unchanged, "unchanged")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: String = counts.map(|(count, what)| format!(", {} {what}", grouped(*count))).collect();
        format!("{}: {}, {}{counts}", self.name, counted(self.asked, "day"), counted(papers.read, "paper"))
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
    is_next && first.state == DayState::NotAsked && next.state == DayState::NotAsked
}

/// The state of a day, or of so many that were never asked for.
fn in_words(day: &DayStatus, count: usize) -> String {
    let papers = counted(day.entries as usize, "paper");
    match day.state {
        DayState::Complete if day.unread == 0 => format!("complete, {papers}"),
        DayState::Complete => format!("complete, {papers}, {} of them unreadable", day.unread),
        DayState::Nothing => "nothing was announced".to_owned(),
        DayState::Open if day.entries == 0 => "no list yet; it will be asked for again".to_owned(),
        DayState::Open => format!("{papers} so far; the day was not over"),
        DayState::NotAsked if count > 1 => format!("not asked for ({})", counted(count, "day")),
        DayState::NotAsked => "not asked for".to_owned(),
        DayState::Failed => {
            let why = day.failure.as_deref().map(|why| format!(": {}", Clean::new(why))).unwrap_or_default();
            let retry = day.retry.map(|at| format!("; not before {}", time_of(at))).unwrap_or_default();
            format!("failed{why}{retry}")
        }
    }
}

/// The time of day, in the system's time zone, with the day where that is another one.
fn time_of(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::system());
    let form = if time.date() == today() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    time.strftime(form).to_string()
}
