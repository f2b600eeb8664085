//! arXiv's API: the papers of given ids, and those of a query. Its answers are Atom, read as the import format `feed`.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::super::HostAccess;
use super::super::http::{BodyKind, Failure, encoded};
use super::{API, ask, host};
use crate::domain::date::PartialDate;
use crate::domain::identity::ArxivId;
use crate::domain::paper::Paper;
use crate::sources::input::Origin;
use crate::sources::item::ReadItem;
use crate::sources::xml::feed;

/// Papers of one request, as arXiv asks for.
pub(in super::super) const PAGE: usize = 100;
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
    fn add(&mut self, host: HostAccess<'_>, text: String) -> Result<(usize, Option<String>), Failure> {
        let before = self.ids.len();
        let refusal = each_paper(host, &text, &mut |paper| {
            if let Some(id) = paper.arxiv
                && self.submitted.insert(id.clone(), paper.published).is_none()
            {
                self.ids.push(id);
            }
        })?;
        self.texts.push(text);
        Ok((self.ids.len() - before, refusal))
    }
}

/// Visits the papers of an answer. Returns why an entry of it is none.
pub(super) fn each_paper(
    host: HostAccess<'_>,
    answer: &str,
    visit: &mut dyn FnMut(Paper),
) -> Result<Option<String>, Failure> {
    let modified = host.today();
    let origin = Origin { name: "the answer", shown: "the answer", member: None, modified, digest_day: None };
    let mut refusal = None;
    let read = feed::read_answer(Box::new(answer.as_bytes()), &origin, &mut |item| {
        match item {
            ReadItem::Record { record, .. } => visit(record.paper),
            ReadItem::Rejected(rejection) => refusal = Some(rejection.reason),
            ReadItem::Notice(_) => {}
        }
        ControlFlow::Continue(())
    });
    read.map_err(|error| Failure::of_request(error.to_string()))?;
    Ok(refusal)
}

/// The papers of these ids, as far as arXiv has them. What an answer leaves out is asked for once more: the API forgets some at times.
pub(super) fn by_ids(access: HostAccess<'_>, ids: &[ArxivId]) -> Result<ApiAnswers, Failure> {
    let mut answers = ApiAnswers::default();
    for _ in 0..2 {
        let rest: Vec<&str> =
            ids.iter().filter(|id| !answers.submitted.contains_key(id)).map(ArxivId::as_str).collect();
        for ids in rest.chunks(PAGE) {
            let address = host(access.base, API);
            let url = format!("{address}/api/query?id_list={}&max_results={}", encoded(&ids.join(",")), ids.len());
            let text = ask(access, &url, BodyKind::Xml)?;
            answers.add(access, text)?;
        }
    }
    Ok(answers)
}

/// The papers that a query finds, and how many the API says there are.
pub(super) fn found(access: HostAccess<'_>, search: &str) -> Result<(ApiAnswers, usize), Failure> {
    let mut answers = ApiAnswers::default();
    loop {
        let (start, search) = (answers.ids.len(), encoded(search));
        let address = host(access.base, API);
        let url = format!(
            "{address}/api/query?search_query={search}&start={start}&max_results={PAGE}&sortBy=submittedDate&sortOrder=ascending"
        );
        let text = ask(access, &url, BodyKind::Xml)?;
        let total = total(&text);
        let (new, refusal) = answers.add(access, text)?;
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
