//! What Hugging Face says of single papers: by the id, or, for a paper known by its title alone, by a search for it.

use jiff::civil::Date;
use serde_json::Value;

use super::HostAccess;
use super::answers::{AnsweredPapers, PaperAnswers, agreeing};
use super::hf::PAUSE;
use super::http::{BodyKind, Failure, FailureKind, HttpAnswer, HttpRequest, encoded};
use crate::domain::clean::Clean;
use crate::domain::paper::{Paper, Sighting};
use crate::domain::record::not_json;
use crate::sources::hf_rows;
use crate::sources::input::Origin;
use crate::sources::item::ReadItem;

/// Papers of the answer to a search: the right one is among the first, or not there.
const CANDIDATES: usize = 10;
/// Characters of a title that are searched for.
const LONGEST_TITLE: usize = 300;

/// One paper by its arXiv id.
pub(super) fn by_id(host: HostAccess<'_>, papers: &[Paper]) -> Result<PaperAnswers, Failure> {
    let Some((known, id)) = papers.first().and_then(|paper| Some((paper, paper.arxiv.as_ref()?))) else {
        return Ok(absent(papers));
    };
    let url = format!("{}/api/papers/{}", host.base, encoded(id.as_str()));
    let answer = match ask(host, &url) {
        Err(failure) if failure.kind == FailureKind::Absent => return Ok(absent(papers)),
        answer => answer?,
    };
    match read(host, &answer).into_iter().find(|found| found.arxiv.as_ref() == Some(id)) {
        Some(found) => Ok(answered(known, &found, answer)),
        None => Err(Failure::of_request("it answered with something that is not this paper".to_owned())),
    }
}

/// The id of one paper by its title.
pub(super) fn by_title(host: HostAccess<'_>, papers: &[Paper]) -> Result<PaperAnswers, Failure> {
    let Some(known) = papers.first() else { return Ok(PaperAnswers::default()) };
    let title: String = known.title.line().chars().take(LONGEST_TITLE).collect();
    let url = format!("{}/api/papers/search?q={}&limit={CANDIDATES}", host.base, encoded(&title));
    let answer = ask(host, &url)?;
    if !answer.is_array() {
        return Err(Failure::of_request("it answered with something that is no list of papers".to_owned()));
    }
    let Some(found) = agreeing(known, read(host, &answer).into_iter()) else { return Ok(absent(papers)) };
    let rows = answer.as_array().into_iter().flatten();
    let row = rows.into_iter().find(|row| read(host, row).iter().any(|paper| paper.arxiv == found.arxiv));
    Ok(answered(known, &found, row.cloned().unwrap_or_default()))
}

fn ask(host: HostAccess<'_>, url: &str) -> Result<Value, Failure> {
    let request = HttpRequest { url, expected: BodyKind::Json, known: None, pause: PAUSE, site: None };
    match host.client.get(request, host.is_cancelled)? {
        HttpAnswer::Body { text, .. } => serde_json::from_str(&text)
            .map_err(|error| Failure::of_request(format!("its answer is {}", not_json(&error)))),
        HttpAnswer::Unchanged => {
            Err(Failure::of_request("it answered that nothing changed without being asked".to_owned()))
        }
    }
}

fn read(host: HostAccess<'_>, answer: &Value) -> Vec<Paper> {
    let modified: Date = host.today();
    let origin = Origin { name: "the answer", shown: "the answer", member: None, modified, digest_day: None };
    let items = hf_rows::list(&origin, answer, 1).unwrap_or_default();
    let papers = items.into_iter().filter_map(|item| match item {
        ReadItem::Record { record, .. } => Some(record.paper),
        ReadItem::Rejected(_) | ReadItem::Notice(_) => None,
    });
    papers.collect()
}

fn absent(papers: &[Paper]) -> PaperAnswers {
    PaperAnswers { found: vec![false; papers.len()], ..PaperAnswers::default() }
}

/// The votes are those of the last of the service's digests that the paper is on; a paper on none of them gets into none.
fn answered(known: &Paper, found: &Paper, answer: Value) -> PaperAnswers {
    let votes = found.sightings.iter().find_map(|seen| seen.votes);
    let hf = Clean::new("hf");
    let last = known.sightings.iter().filter(|seen| seen.digest.source == hf).max_by_key(|seen| seen.digest.day);
    let sightings = last.filter(|_| votes.is_some()).map(|seen| Sighting { votes, ..seen.clone() });
    PaperAnswers {
        // A list, as the import format wants it.
        texts: vec![Value::from(vec![answer]).to_string()],
        format: "hf",
        papers: AnsweredPapers::from([(found.key(), sightings.into_iter().collect())]),
        found: vec![true],
    }
}
