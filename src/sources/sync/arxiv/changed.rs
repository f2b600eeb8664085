//! The records of a category that arXiv changed on a day, by OAI-PMH: new papers, versions, comments, journals. All days from a first one on
//! have every paper that was announced since, and its present state.

use std::ops::ControlFlow;

use jiff::civil::date;

use super::super::http::{BodyKind, Failure, encoded};
use super::super::{DayQuery, Fetched, FetchedList, KnownList, ListKind, Settles};
use super::{OAI, ask, host};
use crate::domain::clean::Clean;
use crate::sources::item::ReadItem;
use crate::sources::xml::oai::{self, OaiAnswer};

pub(super) static CHANGED: ListKind = ListKind {
    doc: "records of the category that were changed, for days without a list",
    // No record says an earlier day.
    first_day: date(2005, 9, 16),
    // There may be none on any day.
    publishes_on: |_| false,
    settles: Settles::DaysLater(0),
    may_become_empty: true,
    patience: 0,
    reach: None,
    only_before: Some(90),
    fresh: 6 * 60 * 60,
    fetch,
};

/// Archives that belong to physics, as the names of sets say.
const PHYSICS: [&str; 13] = [
    "astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex", "nucl-th",
    "physics", "quant-ph",
];

/// The next page of the records of a day. A token of another day has expired: the day begins again.
fn fetch(query: &DayQuery<'_>) -> Result<Fetched, Failure> {
    let (base, day) = (host(query.host.base, OAI), query.day);
    let known = query.known.cloned().filter(|known| known.cursor.is_some()).unwrap_or_default();
    let first = || {
        let set = encoded(&set(&query.list.subject));
        format!("{base}/oai?verb=ListRecords&metadataPrefix=arXiv&set={set}&from={day}&until={day}")
    };
    if let Some(token) = &known.cursor {
        let url = format!("{base}/oai?verb=ListRecords&resumptionToken={}", encoded(token));
        let page = page(query, &url)?;
        if page.answer.error.as_ref().is_none_or(|error| error.code != "badResumptionToken") {
            return page.fetched(known);
        }
    }
    page(query, &first())?.fetched(KnownList::default())
}

/// `cs:cs:LG` of `cs.LG`, `physics:hep-th` of `hep-th`
fn set(category: &str) -> String {
    let (archive, class) = category.split_once('.').unwrap_or((category, ""));
    let group = if PHYSICS.contains(&archive) { "physics" } else { archive };
    match (class, group == archive) {
        ("", true) => archive.to_owned(),
        ("", false) => format!("{group}:{archive}"),
        _ => format!("{group}:{archive}:{class}"),
    }
}

/// A page, and how many records it has.
struct RecordPage {
    text: String,
    answer: OaiAnswer,
    records: usize,
}

fn page(query: &DayQuery<'_>, url: &str) -> Result<RecordPage, Failure> {
    let text = ask(query.host, url, BodyKind::Xml)?;
    let mut records = 0;
    let answer = oai::read_answer(Box::new(text.as_bytes()), "the answer", &mut |item| {
        // Deleted records are notices.
        records += match item {
            ReadItem::Record { .. } | ReadItem::Rejected(_) | ReadItem::Notice(_) => 1,
        };
        ControlFlow::Continue(())
    });
    let answer = answer.map_err(|error| Failure::of_request(error.to_string()))?;
    Ok(RecordPage { text, answer, records })
}

impl RecordPage {
    /// What is known with this page, after `known`.
    fn fetched(self, known: KnownList) -> Result<Fetched, Failure> {
        let Self { text, answer, records } = self;
        match answer.error {
            Some(error) if error.code != "noRecordsMatch" => {
                let (code, message) = (Clean::new(&error.code).cut(40), Clean::new(&error.message).cut(80));
                return Err(Failure::of_request(format!("it answered {code}: {message}")));
            }
            None if records == 0 => {
                return Err(Failure::of_request("its answer has neither records nor a reason".to_owned()));
            }
            Some(_) | None => {}
        }
        let cursor = answer.resumption_token;
        if cursor.is_some() && cursor == known.cursor {
            return Err(Failure::of_request("its list does not go on: the next page is the same one".to_owned()));
        }
        let known = KnownList { entries: known.entries + records, cursor, ..known };
        let texts = if records == 0 { Vec::new() } else { vec![text] };
        Ok(Fetched::List(Box::new(FetchedList { texts, format: "oai", listed: None, known })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_named_as_arxiv_does() {
        for (category, expected) in [
            ("cs.LG", "cs:cs:LG"),
            ("stat.ML", "stat:stat:ML"),
            ("hep-th", "physics:hep-th"),
            ("cond-mat.mes-hall", "physics:cond-mat:mes-hall"),
            ("physics.optics", "physics:physics:optics"),
            ("cs", "cs"),
        ] {
            assert_eq!(set(category), expected);
        }
    }
}
