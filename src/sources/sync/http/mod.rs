//! The only place that opens sockets: GET requests, at the pace of `gate`, with limits of time and size, repeated where that helps. What a
//! server sends is untrusted: it is looked at before it counts as an answer, and named in messages only as `Clean`.

mod failure;
mod gate;
mod proxy;
mod retry;
mod target;

use std::io::Read;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};

pub(super) use self::failure::{Failure, FailureKind};
pub use self::gate::{Clock, Gate};
use self::gate::{NoTurn, Turn};
use self::target::Target;
pub(super) use self::target::encoded;
use crate::domain::clean::Clean;
use crate::error::in_plain_words;
use crate::sources::unpack::decompressed;

/// Largest answer that is read, in bytes after unpacking.
const LARGEST_ANSWER: u64 = 64 << 20;
/// Most redirects that are followed.
const REDIRECTS: usize = 5;
/// How often a running request looks whether it was cancelled.
const TICK: Duration = Duration::from_millis(50);
/// How many characters of an answer that is not understood are told.
const TOLD: usize = 80;

/// How long a client waits, and how often it tries again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a whole request, until the last byte of its answer.
    pub request: Duration,
    /// For a connection, and for the first byte of an answer.
    pub connection: Duration,
    /// Before each further try of a request that failed for a while.
    pub retries: Vec<Duration>,
    /// Longest pause that a host may ask for before the client gives up.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(60),
            connection: Duration::from_secs(20),
            retries: [3, 10, 30].map(Duration::from_secs).into(),
            pause: Duration::from_secs(60),
        }
    }
}

/// What to ask for.
#[derive(Clone, Copy, Debug)]
pub(super) struct HttpRequest<'a> {
    pub(super) url: &'a str,
    /// What the answer should be.
    pub(super) expected: BodyKind,
    /// The validator of the answer that is known, so that an unchanged one is not sent again.
    pub(super) known: Option<&'a str>,
    /// The pause after the request, whatever comes of it.
    pub(super) pause: Duration,
    /// The name under which several hosts of a service keep one pace; None is the host alone.
    pub(super) site: Option<&'static str>,
}

/// What a body is, by its first character: a content type says too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyKind {
    Json,
    Xml,
    Html,
}

impl BodyKind {
    fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xml => "XML",
            Self::Html => "a page",
        }
    }

    fn fits(self, body: &str) -> bool {
        match self {
            Self::Json => body.starts_with(['[', '{']),
            // A login page may be XHTML with an XML declaration.
            Self::Xml => body.starts_with('<') && !is_html(body),
            Self::Html => is_html(body),
        }
    }
}

/// Whether a text begins as an HTML page, with or without what XHTML has before it.
fn is_html(body: &str) -> bool {
    let head: String = body.chars().take(400).collect::<String>().to_ascii_lowercase();
    let start = head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map_or(&*head, |(_, rest)| rest);
    ["<!doctype html", "<html"].iter().any(|begin| start.trim_start().starts_with(begin))
}

/// An answer of the kind that was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HttpAnswer {
    /// The answer that is known is still right.
    Unchanged,
    Body {
        text: String,
        /// To ask with next time.
        validator: Option<String>,
    },
}

/// Sends requests, one after the other. Cheap to make.
#[derive(Clone, Debug)]
pub struct HttpClient {
    agent: Agent,
    gate: Gate,
    patience: Patience,
}

/// What came back of one request, whatever its status is.
struct Response {
    status: StatusCode,
    headers: HeaderMap,
    /// Empty where nobody looks at it.
    body: Vec<u8>,
}

impl HttpClient {
    /// `contact` is how the owner of a service reaches the user, for the name of the program that requests state.
    pub fn new(gate: Gate, patience: Patience, contact: Option<&str>) -> Self {
        let contact = contact.map(|contact| format!("; {contact}")).unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(format!("tsundoku/{version} (a reader of papers for the terminal{contact})"))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .timeout_global(Some(patience.request))
            .timeout_resolve(Some(patience.connection))
            .timeout_connect(Some(patience.connection))
            .timeout_recv_response(Some(patience.connection));
        Self { agent: config.build().into(), gate, patience }
    }

    /// Milliseconds since 1970, by the clock of this client.
    pub(super) fn now(&self) -> i64 {
        self.gate.now()
    }

    /// Asks until there is an answer, or no hope of one for now. After a cancelled request this client and its clones send nothing more.
    pub(super) fn get(&self, request: HttpRequest<'_>, is_cancelled: &dyn Fn() -> bool) -> Result<HttpAnswer, Failure> {
        let target = Target::parse(request.url).ok_or_else(|| {
            Failure::of_request(format!(
                "`{}` is not an address to send requests to",
                Clean::new(request.url).cut(TOLD)
            ))
        })?;
        proxy::expect_usable(|name| std::env::var(name).ok())?;
        let mut tries = self.patience.retries.iter();
        loop {
            let mut turn = self.turn(request.site.unwrap_or(target.authority()), is_cancelled)?;
            // Before it is sent: a process that is killed meanwhile sent it all the same.
            self.rest(&mut turn, request.pause)?;
            let response = self.send(&target, request, is_cancelled);
            let outcome = match response {
                Ok(response) => retry::judge(response, request.expected, self.now()),
                Err(failure) if failure.kind == FailureKind::Cancelled => return Err(failure),
                Err(failure) => retry::Outcome::Again(failure, None),
            };
            let (failure, asked_for) = match outcome {
                retry::Outcome::Answer(answer, rest) => {
                    self.rest(&mut turn, rest.unwrap_or_default().max(request.pause))?;
                    return Ok(answer);
                }
                retry::Outcome::Final(failure) => {
                    self.rest(&mut turn, request.pause)?;
                    return Err(failure);
                }
                retry::Outcome::Again(failure, asked_for) => (failure, asked_for),
            };
            let next = tries.next();
            let wait = asked_for.or_else(|| next.map(|wait| retry::spread(*wait, self.now()))).unwrap_or_default();
            let until = self.rest(&mut turn, wait.max(request.pause))?;
            if next.is_none() || wait > self.patience.pause {
                return Err(Failure { retry_at: asked_for.map(|_| until), ..failure });
            }
        }
    }

    fn turn(&self, site: &str, is_cancelled: &dyn Fn() -> bool) -> Result<Turn, Failure> {
        self.gate.pass(site, self.patience.pause, is_cancelled).map_err(|why| match why {
            NoTurn::Cancelled => Failure::cancelled(),
            NoTurn::NotBefore(until) => {
                Failure { retry_at: Some(until), ..Failure::of_host(format!("{site} allows no more requests for now")) }
            }
            NoTurn::Busy => {
                Failure::of_host(format!("another process of yours has been asking {site} for minutes; is it stopped?"))
            }
            NoTurn::Failed(error) => self.no_pace(&error),
        })
    }

    /// Notes for all processes that the host gets no request for so long. Returns until when.
    fn rest(&self, turn: &mut Turn, pause: Duration) -> Result<i64, Failure> {
        turn.pause(pause).map_err(|error| self.no_pace(&error))
    }

    /// Without the files of the gate nothing is sent: other processes could not know of it.
    fn no_pace(&self, error: &std::io::Error) -> Failure {
        let folder = self.gate.folder().display().to_string();
        let message =
            format!("cannot note the time of a request in {}: {}", Clean::new(&folder), in_plain_words(error));
        Failure::of_machine(message)
    }

    /// Sends a request and follows redirects within the host.
    fn send(
        &self,
        target: &Target,
        request: HttpRequest<'_>,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Response, Failure> {
        let mut target = target.clone();
        for _ in 0..=REDIRECTS {
            let response = self.exchange(&target, request, is_cancelled)?;
            let is_redirect = matches!(response.status.as_u16(), 301 | 302 | 303 | 307 | 308);
            if !is_redirect {
                return Ok(response);
            }
            let location = response.headers.get("location").map(|value| String::from_utf8_lossy(value.as_bytes()));
            let location = location.unwrap_or_default();
            let Some(next) = target.redirected(&location) else {
                let told = Clean::new(&location).cut(TOLD);
                return Err(Failure::of_host(format!(
                    "{} sends on to `{told}`, which is not followed; is this network behind a login page?",
                    target.authority()
                )));
            };
            target = next;
        }
        Err(Failure::of_host(format!("{} sends on more than {REDIRECTS} times", target.authority())))
    }

    /// One request on a thread of its own, so that it can be cancelled.
    fn exchange(
        &self,
        target: &Target,
        request: HttpRequest<'_>,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Response, Failure> {
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                // The receiver is dropped only after it received.
                let _ = sender.send(self.call(target, request));
            });
            let mut is_stopped = false;
            loop {
                match receiver.recv_timeout(TICK) {
                    Ok(_) if is_stopped => return Err(Failure::cancelled()),
                    Ok(response) => return response,
                    Err(RecvTimeoutError::Timeout) if !is_stopped && is_cancelled() => {
                        self.agent.clone().shutdown();
                        is_stopped = true;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Err(Failure::cancelled()),
                }
            }
        })
    }

    fn call(&self, target: &Target, request: HttpRequest<'_>) -> Result<Response, Failure> {
        let host = target.authority();
        let host = match self.agent.config().proxy() {
            Some(proxy) => format!("{host} (through the proxy {}:{} of the environment)", proxy.host(), proxy.port()),
            None => host.to_owned(),
        };
        let failed = |error: ureq::Error| failure::of_connection(&host, error);
        let mut call = self.agent.get(target.url()).header("accept-encoding", "gzip");
        if let Some(known) = request.known {
            call = call.header(if retry::is_date(known) { "if-modified-since" } else { "if-none-match" }, known);
        }
        let (parts, body) = call.call().map_err(failed)?.into_parts();
        let mut body_bytes = Vec::new();
        let mut reader = body.into_with_config().limit(LARGEST_ANSWER).reader();
        let is_packed = parts.headers.get("content-encoding").is_some_and(|value| value.as_bytes() == b"gzip");
        let read = if is_packed {
            let plain = decompressed(Box::new(reader));
            plain.and_then(|plain| plain.take(LARGEST_ANSWER + 1).read_to_end(&mut body_bytes))
        } else {
            reader.read_to_end(&mut body_bytes)
        };
        match read {
            Ok(_) if body_bytes.len() as u64 > LARGEST_ANSWER => Err(failure::too_large(target.authority())),
            Ok(_) => Ok(Response { status: parts.status, headers: parts.headers, body: body_bytes }),
            Err(error) => Err(failure::of_body(target.authority(), error)),
        }
    }
}

#[cfg(test)]
mod tests;
