//! arXiv: for each followed category the papers announced on a day, and where the user goes further back than these lists do, the records
//! changed on a day; for each saved query the papers submitted on a day.

mod announced;
mod api;
mod changed;
mod listing;
mod papers;
mod submitted;

use std::time::Duration;

pub(super) use self::api::PAGE as PAPERS_OF_ONE_REQUEST;
pub(super) use self::papers::{by_ids, by_title};
use super::http::{BodyKind, Failure, HttpAnswer, HttpRequest};
use super::{DayQuery, DigestRanks, HostAccess, SourceList};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::followed::Followed;
use crate::domain::identity::{ArxivId, PaperKey};
use crate::domain::paper::Digest;

pub(super) const BASE: &str = "https://arxiv.org";
/// The API and the harvesting interface have hosts of their own.
const API: &str = "https://export.arxiv.org";
const OAI: &str = "https://oaipmh.arxiv.org";

/// What arXiv asks of everybody: one connection, and three seconds between two requests, to all of its hosts together.
const SITE: &str = "arxiv.org";
const PAUSE: Duration = Duration::from_secs(3);
/// A mirror of the user's says for itself when that is too fast.
const MIRROR_PAUSE: Duration = Duration::from_millis(200);

/// The lists of the followed categories and queries.
pub(super) fn lists(followed: &Followed) -> Result<Vec<SourceList>, String> {
    if followed.categories.is_empty() && followed.queries.is_empty() {
        return Err("no category of arXiv is followed, and no query".to_owned());
    }
    let mut lists = Vec::new();
    for category in &followed.categories {
        if !is_category(category) {
            return Err(format!(
                "`{}` is not a category of arXiv such as cs.LG or hep-th",
                Clean::new(category).cut(40)
            ));
        }
        let list = |name, kind| SourceList { name, subject: category.clone(), address: None, kind };
        lists.push(list(format!("arxiv {category}"), &announced::ANNOUNCED));
        lists.push(list(format!("arxiv {category} changes"), &changed::CHANGED));
    }
    lists.extend(followed.queries.iter().map(|query| {
        let shown = Clean::new(query).into_string();
        SourceList {
            name: format!("arxiv {shown}"),
            subject: query.clone(),
            address: None,
            kind: &submitted::SUBMITTED,
        }
    }));
    Ok(lists)
}

/// `cs.LG`, `cond-mat.mes-hall`, `hep-th`
fn is_category(text: &str) -> bool {
    let (archive, class) = text.split_once('.').unwrap_or((text, "XX"));
    let is_word = |word: &str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    is_word(archive) && is_word(class)
}

/// The address of a host of arXiv's, or the mirror that the user named, which has them all.
fn host<'a>(base: &'a str, own: &'a str) -> &'a str {
    if base == BASE { own } else { base }
}

/// The body of an answer, at arXiv's pace.
fn ask(host: HostAccess<'_>, url: &str, expected: BodyKind) -> Result<String, Failure> {
    let (pause, site) = if host.base == BASE { (PAUSE, Some(SITE)) } else { (MIRROR_PAUSE, None) };
    match host.client.get(HttpRequest { url, expected, known: None, pause, site }, host.is_cancelled)? {
        HttpAnswer::Body { text, .. } => Ok(text),
        HttpAnswer::Unchanged => {
            Err(Failure::of_request("it answered that nothing changed without being asked".to_owned()))
        }
    }
}

/// The digest of a list's day, with the ranks of its papers. It is that of arXiv's own mails and feeds.
fn digest(query: &DayQuery<'_>, ranks: impl Iterator<Item = (ArxivId, Option<u32>)>) -> DigestRanks {
    let (subject, day) = (&query.list.subject, PartialDate::from(query.day));
    let digest = Digest {
        id: format!("arxiv:{subject}:{day}"),
        source: "arxiv".into(),
        label: Clean::new(&format!("{subject}, {}", day.in_words())),
        day: Some(day),
    };
    DigestRanks { digest, ranks: ranks.map(|(id, rank)| (PaperKey::arxiv(&id), rank)).collect() }
}

/// Ranks in the order of a list, from 1.
fn ranked<'a>(ids: impl Iterator<Item = &'a ArxivId>) -> impl Iterator<Item = (ArxivId, Option<u32>)> {
    ids.zip(1..).map(|(id, rank)| (id.clone(), Some(rank)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_and_queries_are_lists() {
        let names = |categories: &[&str], queries: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
            let followed = Followed { categories: owned(categories), queries: owned(queries), feeds: Vec::new() };
            lists(&followed).map(|lists| lists.into_iter().map(|list| list.name).collect::<Vec<_>>())
        };
        let expected = ["arxiv cs.LG", "arxiv cs.LG changes", "arxiv ti:\"kites\""];
        assert_eq!(names(&["cs.LG"], &["ti:\"kites\""]).unwrap(), expected);
        assert!(names(&[], &[]).unwrap_err().contains("no category"));
        for wrong in ["cs.LG/../x", "", "cs.", "c s", "cs.LG.AI", "\u{1b}[2J"] {
            assert!(names(&[wrong], &[]).unwrap_err().contains("is not a category"), "{wrong:?}");
        }
        for right in ["hep-th", "cond-mat.mes-hall", "math.AG", "cs"] {
            assert!(is_category(right), "{right}");
        }
    }
}
