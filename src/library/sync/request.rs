//! What a sync is asked to do.

use jiff::civil::Date;

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
    /// Seconds for which an answer about a day that is not over is good enough; None is ten minutes.
    pub fresh: Option<i64>,
}
