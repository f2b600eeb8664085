//! What an answer means: it is one, it is none and never will be, or the request is to be repeated, and after what pause.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use ureq::http::{HeaderMap, StatusCode};

use super::failure::Failure;
use super::{BodyKind, HttpAnswer, Response, TOLD, is_html};
use crate::domain::clean::Clean;

pub(super) enum Outcome {
    /// With the pause that the host asks for before the next request.
    Answer(HttpAnswer, Option<Duration>),
    /// To ask again is useless.
    Final(Failure),
    /// To ask again may help, after the pause that the host asks for, if it does.
    Again(Failure, Option<Duration>),
}

/// `now` is milliseconds since 1970.
pub(super) fn judge(response: Response, expected: BodyKind, now: i64) -> Outcome {
    let Response { status, headers, body } = response;
    let asked_for = retry_after(&headers, now).or_else(|| window(&headers));
    let text = String::from_utf8_lossy(&body);
    let text = text.trim_start_matches('\u{feff}').trim();
    match status.as_u16() {
        304 => return Outcome::Answer(HttpAnswer::Unchanged, asked_for),
        200 if expected.fits(text) => {
            let validator = ["etag", "last-modified"].iter().find_map(|name| headers.get(*name)?.to_str().ok());
            let validator = validator.map(str::to_owned);
            return Outcome::Answer(HttpAnswer::Body { text: text.to_owned(), validator }, asked_for);
        }
        // A page of a network that wants a login, or of a host that is overloaded: a paper more or less would not change it.
        200 => {
            let message = format!("it answered with {} instead of {}", described(text), expected.name());
            return Outcome::Final(Failure::of_host(message));
        }
        _ => {}
    }
    let message = format!("it answered {}{}", named(status), quoted(text));
    match status.as_u16() {
        429 | 500 | 502 | 503 | 504 => Outcome::Again(Failure::of_host(message), asked_for),
        401 | 403 | 407 | 451 => Outcome::Final(Failure::of_host(message)),
        404 | 410 => Outcome::Final(Failure::of_absence(message)),
        _ => Outcome::Final(Failure::of_request(message)),
    }
}

/// Whether a validator is the time of the last change: an entity tag is in quotes.
pub(super) fn is_date(validator: &str) -> bool {
    !validator.contains('"')
}

/// A pause and up to a quarter more, so that many machines do not come back at the same moment.
pub(super) fn spread(pause: Duration, now: i64) -> Duration {
    let seed = u64::from(std::process::id()) ^ now.unsigned_abs();
    let share = u32::try_from(xxhash_rust::xxh3::xxh3_64(&seed.to_le_bytes()) % 256).unwrap_or_default();
    pause + pause * share / 1024
}

/// A pause that a host asked for in a way that is not understood, such as a date after 9999.
const UNKNOWN_PAUSE: Duration = Duration::from_secs(600);

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: i64) -> Option<Duration> {
    let value = headers.get("retry-after")?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large for any type is a very long time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let Ok(date) = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(value) else {
        return Some(UNKNOWN_PAUSE);
    };
    Some(Duration::from_millis(u64::try_from(date.as_millisecond().saturating_sub(now)).unwrap_or_default()))
}

/// `RateLimit: "api";r=12;t=55`: so many requests are left for so many seconds. They are spread over these once half of a window of 500 is
/// used up; a short visit need not wait.
fn window(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get("ratelimit")?.to_str().ok()?;
    let number = |name: &str| {
        let mut parts = value.split([';', ',']).filter_map(|part| part.trim().split_once('='));
        parts.find(|(key, _)| *key == name)?.1.parse::<u32>().ok()
    };
    let (left, seconds) = (number("r")?, number("t")?);
    (left <= 250).then(|| Duration::from_secs(u64::from(seconds)) / left.max(1))
}

fn named(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

fn described(text: &str) -> String {
    match text {
        "" => "nothing".to_owned(),
        _ if is_html(text) => "an HTML page (is this network behind a login page?)".to_owned(),
        _ => format!("`{}`", beginning(text)),
    }
}

/// The first characters, safe to show.
fn beginning(text: &str) -> Clean {
    // The rest may be long.
    Clean::new(&text.chars().take(4 * TOLD).collect::<String>()).cut(TOLD)
}

fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": `{}`", beginning(text)) }
}
