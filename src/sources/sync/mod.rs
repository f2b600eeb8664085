//! The services that papers are fetched from, a file each, and the table of them. A service publishes a list a day; what it answers is a text
//! of an import format. Nothing is stored here, and `http` alone opens sockets.

mod hf;
pub mod http;
#[cfg(test)]
#[path = "../../../tests/it/http_server.rs"]
pub(crate) mod http_server;

use jiff::civil::{Date, Weekday, date};

use self::http::{Failure, FailureKind, HttpClient};

/// A service with a list a day.
pub struct Source {
    /// The word for the command line, the settings and the ledger; also the source of its digests.
    pub name: &'static str,
    /// One line for messages and help.
    pub doc: &'static str,
    /// The address of the service, without a slash at the end.
    pub base: &'static str,
    /// The day of the first list.
    pub first_day: Date,
    /// The import format of its answers.
    pub format: &'static str,
    /// Whether there is usually a list on this day of the week. Another day without one is asked for again for a while.
    pub publishes_on: fn(Weekday) -> bool,
    /// Asks for the list of a day.
    fetch: fn(&DayQuery<'_>) -> Result<Fetched, Failure>,
}

/// Every service; a new one is a file with a `fetch` function, and a row here.
pub const SOURCES: [Source; 1] = [Source {
    name: "hf",
    doc: "the daily papers of Hugging Face",
    base: "https://huggingface.co",
    first_day: date(2023, 5, 4),
    format: "hf",
    publishes_on: |weekday| !matches!(weekday, Weekday::Saturday | Weekday::Sunday),
    fetch: hf::fetch,
}];

/// What is asked of a service, and by whom.
pub struct DayQuery<'a> {
    pub client: &'a HttpClient,
    /// The address of the service, without a slash at the end.
    pub base: &'a str,
    pub day: Date,
    /// The validator of the list that was fetched last.
    pub known: Option<&'a str>,
    pub is_cancelled: &'a dyn Fn() -> bool,
}

/// The answer of a service about a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The list is the one that was fetched last.
    Unchanged,
    List {
        /// In the format of the source.
        text: String,
        /// How many entries it has, readable or not.
        entries: usize,
        /// To ask with next time.
        validator: Option<String>,
    },
}

/// Why there is no list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    Cancelled,
    /// What was asked, and what came back; safe to show.
    Failed {
        message: String,
        /// When the service may be asked again, where it says so; seconds since 1970.
        retry_at: Option<i64>,
        /// The next day would fail, too.
        is_lasting: bool,
    },
}

impl Source {
    /// Asks the service for the list of a day.
    pub fn fetch(&self, query: &DayQuery<'_>) -> Result<Fetched, FetchError> {
        if query.base.is_empty() {
            let message =
                format!("the address of `{}` in the settings is not understood; nothing was asked", self.name);
            return Err(FetchError::Failed { message, retry_at: None, is_lasting: true });
        }
        (self.fetch)(query).map_err(|failure| match failure.kind {
            FailureKind::Cancelled => FetchError::Cancelled,
            FailureKind::Machine => FetchError::Failed { message: failure.message, retry_at: None, is_lasting: true },
            FailureKind::Host | FailureKind::Request => FetchError::Failed {
                message: format!("asked {} for the list of {}: {}", query.base, query.day, failure.message),
                // The next full second, so that it is not too early.
                retry_at: failure.retry_at.map(|at| at.saturating_add(999) / 1000),
                is_lasting: failure.kind == FailureKind::Host,
            },
        })
    }
}
