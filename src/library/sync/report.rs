//! What a sync reports. Types only.

use jiff::civil::Date;

use super::status::DayStatus;
use crate::domain::counts::{counted, grouped};
use crate::library::FileReport;

/// How far a sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncProgress {
    pub service: &'static str,
    /// The day that is being asked for.
    pub day: Date,
    /// Days that are done, of how many.
    pub done: usize,
    pub of: usize,
    /// New papers so far.
    pub new: usize,
}

impl SyncProgress {
    /// `hf: 2025-03-12, day 3 of 7, 40 new papers`
    pub fn in_words(&self) -> String {
        let Self { service, day, done, of, new } = self;
        let (done, of, new) = (grouped(done + 1), grouped(*of), counted(*new, "new paper"));
        format!("{service}: {day}, day {done} of {of}, {new}")
    }
}

/// What became of the days that were asked for, service by service.
#[derive(Clone, Debug, Default)]
pub struct SyncReport {
    pub services: Vec<ServiceReport>,
    /// The user ended it; what was stored until then is kept.
    pub cancelled: bool,
}

#[derive(Clone, Debug, Default)]
pub struct ServiceReport {
    pub name: &'static str,
    /// Days that were answered.
    pub asked: usize,
    /// Counts of the papers of all days.
    pub papers: FileReport,
    /// Days without an answer and why, in the order in which they were asked for.
    pub failures: Vec<(Date, String)>,
    pub cancelled: bool,
    /// Every day of the range as it is now, the earliest first.
    pub days: Vec<DayStatus>,
}

impl ServiceReport {
    pub(super) fn add(&mut self, day: FileReport) {
        self.papers.read += day.read;
        self.papers.new += day.new;
        self.papers.updated += day.updated;
        self.papers.unchanged += day.unchanged;
        for problem in day.rejected.first {
            self.papers.rejected.push_of_file(format!("{}: {}", day.path, problem.reason));
        }
    }
}

/// What is known of a service's days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceStatus {
    pub name: &'static str,
    /// The earliest first.
    pub days: Vec<DayStatus>,
    /// What a sync would ask for, in its order.
    pub due: Vec<Date>,
}
