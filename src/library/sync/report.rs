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
    /// The day that is being asked for; None where single papers are asked about.
    pub day: Option<Date>,
    /// Days or papers that are done, of how many.
    pub done: usize,
    pub of: usize,
    /// New papers so far, or papers of which more is known now.
    pub new: usize,
}

impl SyncProgress {
    /// `arxiv cs.LG: 2025-03-12, day 3 of 7, 40 new papers`, `library hf: paper 21 of 400, 12 updated`
    pub fn in_words(&self) -> String {
        let Self { list, day, done, of, new } = self;
        let (done, of) = (grouped((done + 1).min(*of)), grouped(*of));
        match day {
            Some(day) => format!("{list}: {day}, day {done} of {of}, {}", counted(*new, "new paper")),
            None => format!("{list}: paper {done} of {of}, {} updated", grouped(*new)),
        }
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
    /// The service that was asked.
    pub(super) host: &'static str,
    /// As in the ledger: `hf`, `arxiv cs.LG`.
    pub name: String,
    /// It is a question about papers of the library.
    pub is_of_papers: bool,
    /// Days that were answered, or papers.
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

impl SyncReport {
    /// Whether a service is not to be asked any more.
    pub(super) fn is_over(&self, service: &str) -> bool {
        self.lists.iter().any(|list| list.host == service && list.is_over)
    }
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
    /// What a sync would ask for, in its order, once the service may be asked.
    pub due: Vec<Date>,
    /// The same of a question about papers of the library.
    pub due_papers: Option<u32>,
    /// Unix seconds before which the service does not want to be asked again; None is now.
    pub retry: Option<i64>,
}
