//! What arXiv's API says of single papers: by their ids, many in one request, or, for a paper known by its title alone, by a search for it.

use super::super::HostAccess;
use super::super::answers::{AnsweredPapers, PaperAnswers, agreeing};
use super::super::http::{BodyKind, Failure, encoded};
use super::api;
use super::{API, ask, host};
use crate::domain::fold;
use crate::domain::identity::ArxivId;
use crate::domain::paper::Paper;

/// Papers of the answer to a search: the right one is among the first, or not there.
const CANDIDATES: usize = 10;
/// Words of a title that are searched for.
const WORDS: usize = 20;

/// Papers by their ids.
pub(in super::super) fn by_ids(access: HostAccess<'_>, papers: &[Paper]) -> Result<PaperAnswers, Failure> {
    let ids: Vec<ArxivId> = papers.iter().filter_map(|paper| paper.arxiv.clone()).collect();
    let answers = api::by_ids(access, &ids)?;
    let is_found = |paper: &Paper| paper.arxiv.as_ref().is_some_and(|id| answers.submitted.contains_key(id));
    let found = papers.iter().map(is_found).collect();
    let papers = papers.iter().filter(|paper| is_found(paper)).map(|paper| (paper.key(), Vec::new())).collect();
    Ok(PaperAnswers { texts: answers.texts, format: "feed", papers, found })
}

/// The id of one paper by its title.
pub(in super::super) fn by_title(access: HostAccess<'_>, papers: &[Paper]) -> Result<PaperAnswers, Failure> {
    let Some(known) = papers.first() else { return Ok(PaperAnswers::default()) };
    let absent = PaperAnswers { found: vec![false], ..PaperAnswers::default() };
    // Signs have a meaning in queries of the API.
    let words: Vec<String> = fold::words(&known.title.line()).take(WORDS).collect();
    if words.is_empty() {
        return Ok(absent);
    }
    let search = encoded(&format!("ti:\"{}\"", words.join(" ")));
    let url = format!("{}/api/query?search_query={search}&max_results={CANDIDATES}", host(access.base, API));
    let text = ask(access, &url, BodyKind::Xml)?;
    let mut candidates = Vec::new();
    let refusal = api::each_paper(access, &text, &mut |paper| candidates.push(paper))?;
    match (agreeing(known, candidates.iter().cloned()), refusal) {
        (Some(paper), _) => Ok(PaperAnswers {
            texts: vec![text],
            format: "feed",
            papers: AnsweredPapers::from([(paper.key(), Vec::new())]),
            found: vec![true],
        }),
        (None, Some(refusal)) if candidates.is_empty() => Err(Failure::of_request(refusal)),
        (None, _) => Ok(absent),
    }
}
