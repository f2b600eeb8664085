//! What arXiv announced in a category on a day: the page of that day says which papers, and how many; the API has the papers.

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::date;

use super::super::http::{BodyKind, Failure};
use super::super::{DayQuery, Fetched, FetchedList, KnownList, ListKind, Settles, on_weekdays};
use super::api::{self, ApiAnswers};
use super::listing::{self, ListingPage, ListingSection};
use super::{BASE, ask, digest, host, ranked};
use crate::domain::date::PartialDate;
use crate::domain::identity::ArxivId;

pub(super) static ANNOUNCED: ListKind = ListKind {
    doc: "new papers and cross-lists announced in the category",
    // The day of the first paper.
    first_day: date(1991, 8, 14),
    publishes_on: on_weekdays,
    settles: Settles::AtOnce,
    may_become_empty: false,
    // A day is announced in the evening before it, all of it or not at all.
    patience: 1,
    reach: Some(90),
    only_before: None,
    fresh: 1800,
    fetch,
};

/// Entries of a page of a list.
const PAGE: usize = 2000;
/// No day has had more.
const PAGES: usize = 20;
/// A paper that was submitted so many days before was held back. A week without announcements has never been.
const HELD_DAYS: i64 = 7;

fn fetch(query: &DayQuery<'_>) -> Result<Fetched, Failure> {
    match query.known {
        Some(known) if !known.missing.is_empty() => missing_papers(query, known),
        Some(_) | None => whole_list(query),
    }
}

/// Asks again for the papers that the API did not have.
fn missing_papers(query: &DayQuery<'_>, known: &KnownList) -> Result<Fetched, Failure> {
    let answers = api::by_ids(query.host, &known.missing)?;
    let missing = without(&known.missing, &answers);
    let came = known.missing.len() - missing.len();
    let listed = Some(digest(query, answers.ids.iter().map(|id| (id.clone(), None))));
    let known = KnownList { entries: known.entries + came, missing, ..known.clone() };
    Ok(Fetched::List(Box::new(FetchedList { texts: answers.texts, format: "feed", listed, known })))
}

fn whole_list(query: &DayQuery<'_>) -> Result<Fetched, Failure> {
    let entries = entries(query)?;
    let ids: Vec<ArxivId> = entries.iter().map(|(_, id)| id.clone()).collect();
    let answers = api::by_ids(query.host, &ids)?;
    let missing = without(&ids, &answers);
    let last_regular = query.day.saturating_sub(HELD_DAYS.days());
    let is_held = |id: &ArxivId| {
        answers.submitted.get(id).copied().flatten().is_some_and(|day: PartialDate| day.last_day() < last_regular)
    };
    let held = entries.iter().filter(|(section, id)| *section == ListingSection::New && is_held(id)).count();
    // Replacements are no papers of the day: they update what is known.
    let listed = entries.iter().filter(|(section, _)| *section != ListingSection::Replaced).map(|(_, id)| id);
    let listed = Some(digest(query, ranked(listed)));
    let known = KnownList {
        entries: ids.len() - missing.len(),
        expected: Some(ids.len()),
        missing,
        held,
        ..KnownList::default()
    };
    Ok(Fetched::List(Box::new(FetchedList { texts: answers.texts, format: "feed", listed, known })))
}

fn without(ids: &[ArxivId], answers: &ApiAnswers) -> Vec<ArxivId> {
    ids.iter().filter(|id| !answers.submitted.contains_key(id)).cloned().collect()
}

/// The entries of the list of the day, none twice. An error where they are not as many as the list says.
fn entries(query: &DayQuery<'_>) -> Result<Vec<(ListingSection, ArxivId)>, Failure> {
    let (mut found, mut seen, mut total): (Vec<(ListingSection, ArxivId)>, HashSet<ArxivId>, usize) =
        Default::default();
    for number in 0..PAGES {
        let Some(page) = page(query, number)? else { return Ok(Vec::new()) };
        if page.unread > 0 {
            return Err(Failure::of_request(format!(
                "{} entries of its page have no id that is understood",
                page.unread
            )));
        }
        let sections: usize = page.declared.iter().map(|(_, count)| count).sum();
        total = total.max(page.total.unwrap_or(sections));
        let before = found.len();
        found.extend(page.entries.into_iter().filter(|(_, id)| seen.insert(id.clone())));
        if found.len() >= total || found.len() == before {
            break;
        }
    }
    if found.len() != total {
        return Err(Failure::of_request(format!("its page says {total} entries, and {} are there", found.len())));
    }
    Ok(found)
}

/// A page of the list, from 0. None where nothing was announced on the day so far.
fn page(query: &DayQuery<'_>, number: usize) -> Result<Option<ListingPage>, Failure> {
    let (category, day, base) = (&query.list.subject, query.day, host(query.host.base, BASE));
    // The page of a day is there when the day has begun in America; until then it is the newest.
    let is_newest = day == query.host.today();
    let url = match is_newest {
        true => format!("{base}/list/{category}/new?skip={}&show={PAGE}", number * PAGE),
        false => format!("{base}/catchup/{category}/{day}?page={}", number + 1),
    };
    let page = listing::read(&ask(query.host, &url, BodyKind::Html)?);
    match page.day {
        Some(stated) if stated == day => Ok(Some(page)),
        Some(earlier) if is_newest && earlier < day => Ok(None),
        Some(other) => Err(Failure::of_request(format!("it answered with the list of {other}"))),
        None => Err(Failure::of_host(
            "it answered with a page that is no list (is this network behind a login page?)".to_owned(),
        )),
    }
}
