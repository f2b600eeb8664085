//! What the user follows of services that papers are fetched from, as the settings name it. Which service takes what is decided by `sources`.

use serde::Serialize;

/// What is asked of a service that leaves a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// Of arXiv: `cs.LG`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Of arXiv's API.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<String>,
    /// At any address. They are tables of their own in the settings.
    #[serde(skip)]
    pub feeds: Vec<FollowedFeed>,
}

/// A feed, Atom or RSS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FollowedFeed {
    /// The name of its digest; the address where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub address: String,
}
