//! The format of MEDLINE: what PubMed calls `nbib` and `PubMed` text, and the same of ERIC. Values go on in indented lines.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::stated::{PublishedIn, StatedPaper, best_date, listed_author, pubmed_link, without_stop};
use super::super::xml::pubmed::RETRACTED;
use super::{TagSyntax, TaggedRecord};
use crate::domain::paper::Author;
use crate::domain::publication_status::PublicationStatus;
use crate::error::Result;

const SYNTAX: TagSyntax = TagSyntax { field, begins: &["PMID"], end: None, outside: &[], title: &["TI", "BTI"], paper };

/// By the number of a paper, or the owner of a record.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    let is_number = |value: &str| !value.trim().is_empty() && value.trim().bytes().all(|byte| byte.is_ascii_digit());
    head.lines().take(40).filter_map(field).any(|(tag, value)| match tag {
        "PMID" => is_number(value),
        "OWN" => true,
        _ => false,
    })
}

pub(in crate::sources) fn read(_origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    super::read(&SYNTAX, lines, each)
}

/// `PMID- 12345`, `TI  - Title`: tags of two to four letters, and a hyphen.
fn field(line: &str) -> Option<(&str, &str)> {
    let (tag, value) = line.split_once('-')?;
    let name = tag.trim_end();
    let is_tag = (2..=4).contains(&name.len())
        && tag.len() <= 5
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (is_tag && (value.is_empty() || value.starts_with(' '))).then_some((name, value))
}

fn paper(record: &TaggedRecord) -> StatedPaper {
    let text = |tags: &[&str]| record.first_of(tags).to_owned();
    let full = record.all(&["FAU"]).next().is_some();
    let authors = record.all(if full { &["FAU", "CN"] } else { &["AU", "CN"] });
    let of_kind = |kind: &str| {
        record
            .all(&["LID", "AID"])
            .filter_map(move |id| Some(id.strip_suffix(kind)?.trim().to_owned()))
            .collect::<Vec<_>>()
    };
    let addresses = record.all(&["LID", "AID"]).filter(|id| id.starts_with("http")).map(str::to_owned);
    let has_own_keywords = record.all(&["OT"]).next().is_some();
    let keywords = record.all(if has_own_keywords { &["OT"] } else { &["MH"] });
    // `RIN`: where the retraction stands.
    let is_retracted = record.all(&["PT"]).any(|kind| kind.trim() == RETRACTED) || record.get("RIN").is_some();
    let (title, book) = (text(&["TI", "BTI", "CTI"]), text(&["BTI", "CTI"]));
    let venue = if book.is_empty() || book == title { text(&["JT", "TA"]) } else { book };
    StatedPaper {
        title: without_stop(&title).to_owned(),
        summary: text(&["AB", "OAB"]),
        authors: authors.flat_map(|name| author(name, full)).collect(),
        published: best_date(["DP", "EDAT"].into_iter().filter_map(|tag| record.get(tag))),
        ids: of_kind("[doi]"),
        urls: addresses.collect(),
        links: record.get("PMID").and_then(pubmed_link).into_iter().collect(),
        place: PublishedIn { venue, volume: text(&["VI"]), number: text(&["IP"]), pages: text(&["PG"]) },
        keywords: keywords.map(|word| word.split('/').next().unwrap_or(word).trim_matches('*').to_owned()).collect(),
        publication_status: is_retracted.then_some(PublicationStatus::Retracted),
        ..StatedPaper::default()
    }
}

/// `Lawrenson, Kate`; `Lawrenson K` where there are no full names.
fn author(name: &str, full: bool) -> Vec<Author> {
    let initials =
        name.rsplit_once(' ').filter(|(_, last)| last.len() <= 4 && last.bytes().all(|byte| byte.is_ascii_uppercase()));
    match initials {
        Some((family, given)) if !full && !name.contains(',') => Author::stated(family.trim(), given, "").collect(),
        _ => listed_author(name),
    }
}
