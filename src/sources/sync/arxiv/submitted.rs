//! The papers submitted on a day that a saved query of arXiv's API finds.

use jiff::civil::date;

use super::super::http::Failure;
use super::super::{DayQuery, Fetched, FetchedList, KnownList, ListKind, Settles};
use super::{api, digest, ranked};

pub(super) static SUBMITTED: ListKind = ListKind {
    doc: "papers that the query finds, by the day of their submission",
    first_day: date(1991, 8, 14),
    // There may be none on any day.
    publishes_on: |_| false,
    // Papers are found when they are announced; those of a Friday on Tuesday, and later around holidays.
    settles: Settles::DaysLater(7),
    may_become_empty: true,
    patience: 0,
    reach: None,
    only_before: None,
    fresh: 6 * 60 * 60,
    fetch,
};

fn fetch(query: &DayQuery<'_>) -> Result<Fetched, Failure> {
    let day = query.day.strftime("%Y%m%d");
    let search = format!("({}) AND submittedDate:[{day}0000 TO {day}2359]", query.list.subject);
    let (answers, total) = api::found(query.host, &search)?;
    let known = KnownList { entries: answers.ids.len(), expected: Some(total), ..KnownList::default() };
    let listed = Some(digest(query, ranked(answers.ids.iter())));
    // An answer without papers has nothing to store.
    let texts = if answers.ids.is_empty() { Vec::new() } else { answers.texts };
    Ok(Fetched::List(Box::new(FetchedList { texts, format: "feed", listed, known })))
}
