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
}
