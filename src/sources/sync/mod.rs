//! The services that papers are fetched from, a module each, and the table of them. A service has lists, each with an edition a day; what it
//! answers is a text of an import format. Nothing is stored here, and `http` alone opens sockets.

mod answers;
mod arxiv;
mod feed;
mod hf;
mod hf_papers;
pub mod http;
#[cfg(test)]
#[path = "../../../tests/it/http_server.rs"]
pub(crate) mod http_server;
mod questions;

use std::collections::HashMap;

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;

pub use self::answers::{AnsweredPapers, PaperAnswers};
use self::http::{Failure, FailureKind, HttpClient};
pub use self::questions::{PaperQuestion, QUESTIONS, QuestionSubject};
pub use super::xml::opml::{ListedFeed, feeds as feeds_of_opml};
use crate::domain::clean::Clean;
use crate::domain::followed::Followed;
use crate::domain::identity::{ArxivId, PaperKey};
use crate::domain::paper::{Digest, Paper, Sighting};

/// A service that publishes lists of papers.
pub struct Source {
    /// The word for the command line and the settings; also the source of its digests.
    pub name: &'static str,
    /// One line for messages and help.
    pub doc: &'static str,
    /// The address of the service, without a slash at the end; empty where its lists have their own.
    pub base: &'static str,
    /// The lists that it has for what the user follows. The error says why it has none.
    lists: fn(&Followed) -> Result<Vec<SourceList>, String>,
    /// What is asked about papers that the library has.
    pub questions: &'static [PaperQuestion],
}

/// Every service; a new one is a module with a `lists` function, and a row here.
pub static SOURCES: [Source; 4] = [
    Source {
        name: "hf",
        doc: "the daily papers of Hugging Face",
        base: "https://huggingface.co",
        lists: |_| {
            Ok(vec![SourceList { name: "hf".to_owned(), subject: String::new(), address: None, kind: &hf::DAILY }])
        },
        questions: &[],
    },
    Source {
        name: "arxiv",
        doc: "the papers that arXiv announces in your categories, or finds for your queries",
        base: arxiv::BASE,
        lists: arxiv::lists,
        questions: &[],
    },
    Source {
        name: "feed",
        doc: "your feeds, Atom or RSS, as far as they lead to papers",
        // Each has an address of its own.
        base: "",
        lists: feed::lists,
        questions: &[],
    },
    Source {
        name: "library",
        doc: "what Hugging Face and arXiv say of the papers that you have",
        // It asks other services.
        base: "",
        lists: |_| Ok(Vec::new()),
        questions: &QUESTIONS,
    },
];

/// A list of a service.
#[derive(Clone)]
pub struct SourceList {
    /// For reports and the ledger: the name of the service, and what tells the list from the others, as in `arxiv cs.LG`.
    pub name: String,
    /// What it is a list of: a category, a query. Empty where the service has no other.
    subject: String,
    /// Its own address, where lists of the service are anywhere.
    pub address: Option<String>,
    pub kind: &'static ListKind,
}

/// What lists of a kind have in common.
pub struct ListKind {
    /// One line for people.
    pub doc: &'static str,
    /// The day of the first list.
    pub first_day: Date,
    /// Whether there is usually a list on this day of the week.
    pub publishes_on: fn(Weekday) -> bool,
    pub settles: Settles,
    /// Whether an empty answer is right where there were entries before.
    pub may_become_empty: bool,
    /// So many days after its end a day without a list is asked for again, where it usually has one.
    pub patience: i64,
    /// So many days back the service has lists of days; None is all.
    pub reach: Option<i64>,
    /// Asked for only where the user wants days further back than this, or did once.
    pub only_before: Option<i64>,
    /// A list that may grow is not asked for again for so many seconds.
    pub fresh: i64,
    fetch: fn(&DayQuery<'_>) -> Result<Fetched, Failure>,
}

/// From when on the list of a day stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settles {
    /// It is published as a whole.
    AtOnce,
    /// So many days after the end of the day.
    DaysLater(i64),
    /// It has no days: what it holds when it is asked for is all there is of it.
    Never,
}

/// Where requests go, and how they are sent.
#[derive(Clone, Copy)]
pub struct HostAccess<'a> {
    pub client: &'a HttpClient,
    /// The address of the service, without a slash at the end, or of the list.
    pub base: &'a str,
    pub is_cancelled: &'a dyn Fn() -> bool,
}

/// What is asked of a service about a day.
pub struct DayQuery<'a> {
    pub host: HostAccess<'a>,
    pub list: &'a SourceList,
    pub day: Date,
    /// What was fetched before; None asks for everything.
    pub known: Option<&'a KnownList>,
}

/// What was fetched of the list of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownList {
    /// How many entries came, readable or not.
    pub entries: usize,
    /// How many there are, where the service says so.
    pub expected: Option<usize>,
    /// Ids of the entries of which the service did not have the paper.
    pub missing: Vec<ArxivId>,
    /// How many papers were held back: submitted long before the day on which they were announced.
    pub held: usize,
    /// Where the list goes on, after a part of it.
    pub cursor: Option<String>,
    /// To ask whether it changed.
    pub validator: Option<String>,
}

impl HostAccess<'_> {
    /// The day in UTC.
    fn today(&self) -> Date {
        let now = jiff::Timestamp::from_millisecond(self.client.now()).unwrap_or_default();
        Offset::UTC.to_datetime(now).date()
    }
}

/// The answer of a service about a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The list is the one that was fetched last.
    Unchanged,
    List(Box<FetchedList>),
}

/// A list, or the next part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchedList {
    /// What is to be stored, and its import format.
    pub texts: Vec<String>,
    pub format: &'static str,
    /// The digest, where the texts do not say it.
    pub listed: Option<DigestRanks>,
    /// What is known of the list now.
    pub known: KnownList,
}

/// The digest that papers are on, with their ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestRanks {
    pub digest: Digest,
    /// From 1; None where it is not known.
    pub ranks: HashMap<PaperKey, Option<u32>>,
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

impl DigestRanks {
    /// Where a paper stands in the digest, if it does.
    pub fn sighting(&self, paper: &Paper) -> Option<Sighting> {
        let rank = *self.ranks.get(&paper.key())?;
        Some(Sighting { digest: self.digest.clone(), rank, votes: None })
    }
}

impl Source {
    /// The lists that it has for what the user follows. The error says why it has none.
    pub fn lists(&self, followed: &Followed) -> Result<Vec<SourceList>, String> {
        (self.lists)(followed)
    }
}

impl SourceList {
    /// Asks the service for the list of a day.
    pub fn fetch(&self, query: &DayQuery<'_>) -> Result<Fetched, FetchError> {
        let base = query.host.base;
        if base.is_empty() {
            return Err(unusable_address(&self.name));
        }
        (self.kind.fetch)(query).map_err(|failure| match self.kind.settles {
            Settles::Never => fetch_error(failure, base, ""),
            Settles::AtOnce | Settles::DaysLater(_) => {
                fetch_error(failure, base, &format!(" for the list of {}", query.day))
            }
        })
    }
}

/// Nothing is asked in place of a mirror that the settings name in a way that is not understood.
fn unusable_address(name: &str) -> FetchError {
    let message = format!("the address for `{name}` in the settings is not understood; nothing was asked");
    FetchError::Failed { message, retry_at: None, is_lasting: true }
}

/// `for_what` tells what was asked of the service, with a blank before it.
fn fetch_error(failure: Failure, base: &str, for_what: &str) -> FetchError {
    match failure.kind {
        FailureKind::Cancelled => FetchError::Cancelled,
        FailureKind::Machine => FetchError::Failed { message: failure.message, retry_at: None, is_lasting: true },
        FailureKind::Host | FailureKind::Request | FailureKind::Absent => FetchError::Failed {
            message: format!("asked {}{for_what}: {}", Clean::new(base), failure.message),
            // The next full second, so that it is not too early.
            retry_at: failure.retry_at.map(|at| at.saturating_add(999) / 1000),
            is_lasting: failure.kind == FailureKind::Host,
        },
    }
}

/// The address of a service, a row of SOURCES; empty where there is none of the name.
pub fn base_of(service: &str) -> &'static str {
    SOURCES.iter().find(|source| source.name == service).map_or("", |source| source.base)
}

fn on_weekdays(weekday: Weekday) -> bool {
    !matches!(weekday, Weekday::Saturday | Weekday::Sunday)
}
