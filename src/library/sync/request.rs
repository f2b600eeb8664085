//! What a sync is asked to do.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::followed::Followed;
use crate::sources::sync::SOURCES;

/// A service to ask, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceRequest {
    pub name: String,
    /// The address of a mirror; None is the service's own.
    pub base: Option<String>,
    /// The addresses of mirrors of other services that it asks, by the names of these.
    pub mirrors: BTreeMap<String, String>,
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
    /// The mirror of a service; None is the service's own address.
    pub(super) fn base_of(&self, service: &str) -> Option<&str> {
        let own = if service == self.name { self.base.as_ref() } else { self.mirrors.get(service) };
        own.map(String::as_str)
    }

    /// Whether there is anything to ask for: some services need to be told what.
    pub fn has_lists(&self) -> bool {
        SOURCES.iter().any(|source| source.name == self.name && source.lists(&self.followed).is_ok())
    }
}
