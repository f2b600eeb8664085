//! Why a request has no answer, in words: what was asked, and what came back.

use std::io;

use super::LARGEST_ANSWER;
use crate::domain::clean::Clean;
use crate::error::in_plain_words;

/// What a failure means for further requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sources) enum FailureKind {
    /// The user ended it.
    Cancelled,
    /// Other requests to the host would fail, too, for a while.
    Host,
    /// It concerns this request alone.
    Request,
    /// The host says that there is nothing at this address.
    Absent,
    /// The fault is on this machine.
    Machine,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sources) struct Failure {
    pub(in crate::sources) kind: FailureKind,
    /// Safe to show.
    pub(in crate::sources) message: String,
    /// When the host may be asked again, where it says so; milliseconds since 1970.
    pub(in crate::sources) retry_at: Option<i64>,
}

impl Failure {
    pub(in crate::sources) fn of_host(message: String) -> Self {
        Self { kind: FailureKind::Host, message, retry_at: None }
    }

    pub(in crate::sources) fn of_request(message: String) -> Self {
        Self { kind: FailureKind::Request, message, retry_at: None }
    }

    pub(super) fn of_absence(message: String) -> Self {
        Self { kind: FailureKind::Absent, message, retry_at: None }
    }

    pub(super) fn of_machine(message: String) -> Self {
        Self { kind: FailureKind::Machine, message, retry_at: None }
    }

    pub(in crate::sources) fn cancelled() -> Self {
        Self { kind: FailureKind::Cancelled, message: "cancelled".to_owned(), retry_at: None }
    }
}

/// A connection that failed, or an answer that is no HTTP.
pub(super) fn of_connection(host: &str, error: ureq::Error) -> Failure {
    let why = match error {
        ureq::Error::HostNotFound => format!("{host} was not found; is this machine online?"),
        ureq::Error::Timeout(_) => format!("{host} did not answer in time"),
        ureq::Error::Io(error) => return of_body(host, error),
        ureq::Error::InvalidProxyUrl => {
            "the address of the proxy is not valid; see the variables ALL_PROXY, HTTPS_PROXY and HTTP_PROXY".to_owned()
        }
        ureq::Error::ConnectProxyFailed(why) => {
            format!("the proxy refused the connection to {host}: {}", Clean::new(&why).cut(80))
        }
        other => format!("{host}: {}", Clean::new(&other.to_string()).cut(160)),
    };
    Failure::of_host(why)
}

/// An answer that ended before it was whole.
pub(super) fn of_body(host: &str, error: io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => format!("the answer of {host} was cut short"),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => format!("{host} did not answer in time"),
        _ => match error.downcast::<ureq::Error>() {
            Ok(ureq::Error::BodyExceedsLimit(_)) => return too_large(host),
            Ok(ureq::Error::Timeout(_)) => format!("{host} did not answer in time"),
            Ok(other) => format!("{host}: {}", Clean::new(&other.to_string()).cut(160)),
            Err(error) => format!("{host}: {}", Clean::new(&in_plain_words(&error)).cut(160)),
        },
    };
    Failure::of_host(why)
}

pub(super) fn too_large(host: &str) -> Failure {
    Failure::of_request(format!("the answer of {host} is larger than {} MB", LARGEST_ANSWER >> 20))
}
