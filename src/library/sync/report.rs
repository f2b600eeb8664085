//! What a sync reports. Types only.

use jiff::civil::Date;

use super::status::DayStatus;
use crate::domain::counts::{counted, grouped};
use crate::library::{FileReport, RecordProblems};

/// How far a sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncProgress {
    /// The list that is asked for.
    pub list: String,
    /// The day that is being asked for.
    pub day: Date,
    /// Days that are done, of how many.
    pub done: usize,
    pub of: usize,
    /// New papers so far.
    pub new: usize,
}

impl SyncProgress {
    /// `arxiv cs.LG: 2025-03-12, day 3 of 7, 40 new papers`
    pub fn in_words(&self) -> String {
        let Self { list, day, done, of, new } = self;
        let (done, of, new) = (grouped(done + 1), grouped(*of), counted(*new, "new paper"));
        format!("{list}: {day}, day {done} of {of}, {new}")
    }
}

/// What became of the days that were asked for, list by list.
#[derive(Clone, Debug, Default)]
pub struct SyncReport {
    pub lists: Vec<ListReport>,
    /// The user ended it; what was stored until then is kept.
    pub cancelled: bool,
}

#[derive(Clone, Debug, Default)]
pub struct ListReport {
    pub service: &'static str,
    /// As in the ledger: `hf`, `arxiv cs.LG`.
    pub name: String,
    /// Days that were answered.
    pub asked: usize,
    /// Counts of the papers of all days.
    pub papers: FileReport,
    /// Days without an answer and why, in the order in which they were asked for.
    pub failures: Vec<(Date, String)>,
    pub cancelled: bool,
    /// The service is not to be asked for its other lists: it is down, or the sync was cancelled.
    pub(super) is_over: bool,
    /// Every day of the range as it is now, the earliest first.
    pub days: Vec<DayStatus>,
}

impl ListReport {
    pub(super) fn add(&mut self, day: &[FileReport]) {
        for text in day {
            self.papers.read += text.read;
            self.papers.new += text.new;
            self.papers.updated += text.updated;
            self.papers.unchanged += text.unchanged;
            let problems = |found: &RecordProblems| -> Vec<String> {
                found.first.iter().map(|problem| format!("{}: {}", text.path, problem.reason)).collect()
            };
            problems(&text.rejected).into_iter().for_each(|reason| self.papers.rejected.push_of_file(reason));
            problems(&text.notices).into_iter().for_each(|reason| self.papers.notices.push_of_file(reason));
        }
    }
}

/// What is known of the days of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStatus {
    pub service: &'static str,
    /// As in the ledger: `hf`, `arxiv cs.LG`.
    pub name: String,
    /// One line that says what it is a list of.
    pub doc: &'static str,
    /// The earliest first.
    pub days: Vec<DayStatus>,
    /// What a sync would ask for, in its order.
    pub due: Vec<Date>,
}
