//! Hugging Face's list of daily papers. It comes in pages and announces no total: it is whole when a page is shorter than was asked for.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::{Date, date};
use serde_json::Value;

use super::http::{BodyKind, Failure, HttpAnswer, HttpRequest};
use super::{DayQuery, Fetched, FetchedList, HostAccess, KnownList, ListKind, Settles, on_weekdays};
use crate::domain::clean::Clean;
use crate::domain::record::not_json;

/// Entries of a page: the most that may be asked for.
const PAGE: usize = 100;
/// No day has had more than two pages; a service that never ends repeats itself.
const PAGES: usize = 50;
/// The service allows 500 requests in five minutes, and says how many are left.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

pub(super) static DAILY: ListKind = ListKind {
    doc: "the daily papers of Hugging Face",
    first_day: date(2023, 5, 4),
    publishes_on: on_weekdays,
    settles: Settles::DaysLater(0),
    may_become_empty: false,
    patience: 7,
    reach: None,
    only_before: None,
    fresh: 600,
    fetch,
};

fn fetch(query: &DayQuery<'_>) -> Result<Fetched, Failure> {
    let DayQuery { host: HostAccess { client, base, is_cancelled }, day, known, .. } = *query;
    let known = known.and_then(|known| known.validator.as_deref());
    let (mut rows, mut ids): (Vec<Value>, HashSet<String>) = Default::default();
    for page in 0..PAGES {
        let url = format!("{base}/api/daily_papers?date={day}&limit={PAGE}&p={page}");
        // A validator speaks for the first page alone, and is kept only where there is no other.
        let known = known.filter(|_| page == 0);
        let request = HttpRequest { url: &url, expected: BodyKind::Json, known, pause: PAUSE, site: None };
        let (text, tag) = match client.get(request, is_cancelled)? {
            HttpAnswer::Unchanged if known.is_some() => return Ok(Fetched::Unchanged),
            HttpAnswer::Unchanged => {
                return Err(Failure::of_request("it answered that nothing changed without being asked".to_owned()));
            }
            HttpAnswer::Body { text, validator } => (text, validator),
        };
        let found = page_of(&text)?;
        let entries = found.len();
        let known_before = ids.len();
        for row in found {
            // A paper that moved to the next page while the pages were read stands on both.
            match id(&row) {
                Some(id) if !ids.insert(id.to_owned()) => {}
                Some(_) | None => rows.push(row),
            }
        }
        if entries < PAGE {
            expect_day(&rows, day)?;
            let (entries, validator) = (rows.len(), tag.filter(|_| page == 0));
            let known = KnownList { entries, validator, ..KnownList::default() };
            let texts = vec![Value::from(rows).to_string()];
            return Ok(Fetched::List(Box::new(FetchedList { texts, format: "hf", listed: None, known })));
        }
        if ids.len() == known_before {
            return Err(Failure::of_request(format!(
                "page {} of the list repeats what was on the pages before",
                page + 1
            )));
        }
    }
    Err(Failure::of_request(format!("the list does not end after {PAGES} pages")))
}

/// The rows of a page.
fn page_of(text: &str) -> Result<Vec<Value>, Failure> {
    match serde_json::from_str(text) {
        Ok(Value::Array(rows)) => Ok(rows),
        Ok(other) => {
            let error = other.get("error").and_then(Value::as_str).unwrap_or(text);
            let told = Clean::new(&error.chars().take(400).collect::<String>()).cut(80);
            Err(Failure::of_request(format!("it answered `{told}` instead of a list")))
        }
        Err(error) => Err(Failure::of_request(format!("its answer is {}", not_json(&error)))),
    }
}

/// Rows state the day of their list since March 2025, and their zone differs by a day at most: a list of another day is not stored as
/// this one.
fn expect_day(rows: &[Value], day: Date) -> Result<(), Failure> {
    let stated = |row: &Value| {
        let text = row.get("paper").unwrap_or(row).get("submittedOnDailyAt")?.as_str()?;
        text.get(..10)?.parse::<Date>().ok()
    };
    let is_far = |stated: &Date| stated.duration_since(day).as_hours().abs() > 24;
    let others: Vec<Date> = rows.iter().filter_map(stated).filter(is_far).collect();
    match others.first() {
        Some(other) if others.len() > rows.len() / 2 => {
            Err(Failure::of_request(format!("it answered with the list of {other}")))
        }
        _ => Ok(()),
    }
}

fn id(row: &Value) -> Option<&str> {
    row.get("paper").and_then(|paper| paper.get("id")).or_else(|| row.get("id")).and_then(Value::as_str)
}
