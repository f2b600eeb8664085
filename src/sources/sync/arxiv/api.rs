//! arXiv's API: the papers of given ids, and those of a query. Its answers are Atom, read as the import format `feed`.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::super::DayQuery;
use super::super::http::{BodyKind, Failure};
use super::{API, ask, encoded, host};
use crate::domain::date::PartialDate;
use crate::domain::identity::ArxivId;
use crate::sources::input::Origin;
use crate::sources::item::ReadItem;
use crate::sources::xml::feed;

/// Papers of one request, as arXiv asks for.
const PAGE: usize = 100;
/// The API has no more of one query.
const MOST: usize = 30_000;

/// Answers of the API, and the papers in them.
#[derive(Default)]
pub(super) struct ApiAnswers {
    pub(super) texts: Vec<String>,
    /// In their order.
    pub(super) ids: Vec<ArxivId>,
    /// When each was submitted.
    pub(super) submitted: HashMap<ArxivId, Option<PartialDate>>,
}

impl ApiAnswers {
    /// Takes an answer. Returns how many entries of it were not there before, and why one is no paper.
    fn add(&mut self, query: &DayQuery<'_>, text: String) -> Result<(usize, Option<String>), Failure> {
        let origin =
            Origin { name: "the answer", shown: "the answer", member: None, modified: query.day, digest_day: None };
        let (before, mut refusal) = (self.ids.len(), None);
        let read = feed::read_answer(Box::new(text.as_bytes()), &origin, &mut |item| {
            match item {
                ReadItem::Record { record, .. } => {
                    if let Some(id) = record.paper.arxiv.clone()
                        && self.submitted.insert(id.clone(), record.paper.published).is_none()
                    {
                        self.ids.push(id);
                    }
                }
                ReadItem::Rejected(rejection) => refusal = Some(rejection.reason),
                ReadItem::Notice(_) => {}
            }
            ControlFlow::Continue(())
        });
        read.map_err(|error| Failure::of_request(error.to_string()))?;
        self.texts.push(text);
        Ok((self.ids.len() - before, refusal))
    }
}

/// The papers of these ids, as far as arXiv has them. What an answer leaves out is asked for once more: the API forgets some at times.
pub(super) fn by_ids(query: &DayQuery<'_>, ids: &[ArxivId]) -> Result<ApiAnswers, Failure> {
    let mut answers = ApiAnswers::default();
    for _ in 0..2 {
        let rest: Vec<&str> =
            ids.iter().filter(|id| !answers.submitted.contains_key(id)).map(ArxivId::as_str).collect();
        for ids in rest.chunks(PAGE) {
            let address = host(query.base, API);
            let url = format!("{address}/api/query?id_list={}&max_results={}", encoded(&ids.join(",")), ids.len());
            let text = ask(query, &url, BodyKind::Xml)?;
            answers.add(query, text)?;
        }
    }
    Ok(answers)
}

/// The papers that a query finds, and how many the API says there are.
pub(super) fn found(query: &DayQuery<'_>, search: &str) -> Result<(ApiAnswers, usize), Failure> {
    let mut answers = ApiAnswers::default();
    loop {
        let (start, search) = (answers.ids.len(), encoded(search));
        let address = host(query.base, API);
        let url = format!(
            "{address}/api/query?search_query={search}&start={start}&max_results={PAGE}&sortBy=submittedDate&sortOrder=ascending"
        );
        let text = ask(query, &url, BodyKind::Xml)?;
        let total = total(&text);
        let (new, refusal) = answers.add(query, text)?;
        let Some(total) = total else {
            return Err(Failure::of_request(refusal.unwrap_or_else(|| "its answer has no count of papers".to_owned())));
        };
        if answers.ids.len() >= total {
            return Ok((answers, total));
        }
        if new == 0 || answers.ids.len() >= MOST {
            let found = answers.ids.len();
            let why = refusal.map(|why| format!(": {why}")).unwrap_or_default();
            return Err(Failure::of_request(format!("the answer ends after {found} of {total} papers{why}")));
        }
    }
}

/// `<opensearch:totalResults>12</opensearch:totalResults>`
fn total(text: &str) -> Option<usize> {
    let (_, rest) = text.split_once("totalResults")?;
    let (_, number) = rest.split_once('>')?;
    number.split('<').next()?.trim().parse().ok()
}
