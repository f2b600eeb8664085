//! What a sync is asked to do.

use jiff::civil::Date;

use crate::domain::followed::Followed;
use crate::sources::sync::SOURCES;

/// A service to ask, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRequest {
    pub name: String,
    /// The address of a mirror; None is the service's own.
    pub base: Option<String>,
    /// What is asked for, where the service leaves a choice.
    pub followed: Followed,
    /// First and last day; None lets the ledger decide, and today.
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Ask for complete days, too.
    pub again: bool,
    /// Seconds for which an answer that is not final is good enough; None leaves it to the kind of list.
    pub fresh: Option<i64>,
}

impl ServiceRequest {
    /// Whether there is anything to ask for: some services need to be told what.
    pub fn has_lists(&self) -> bool {
        SOURCES.iter().any(|source| source.name == self.name && source.lists(&self.followed).is_ok())
    }
}
