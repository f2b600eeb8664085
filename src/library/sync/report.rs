//! What a sync is asked to do, and what it reports. Types only.

use jiff::civil::Date;

use super::status::{DayState, DayStatus};
use crate::library::FileReport;

/// A service to ask, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRequest {
    pub name: String,
    /// The address of a mirror; None is the service's own.
    pub base: Option<String>,
    /// First and last day; None lets the ledger decide, and today.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Ask for complete days, too.
    pub again: bool,
}

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

/// How many days are in each state.
pub fn count_of(days: &[DayStatus], state: DayState) -> usize {
    days.iter().filter(|day| day.state == state).count()
}
