//! RIS: `TY  - JOUR` to `ER  - `, as publishers, reference managers and databases write it.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::stated::{
    PublishedIn, StatedPaper, addresses, arxiv_mention, best_date, bracketed_categories, listed_author,
};
use super::{TagSyntax, TaggedRecord};
use crate::error::Result;

const SYNTAX: TagSyntax = TagSyntax { field, begins: &["TY"], end: Some("ER"), outside: &[], title: TITLE, paper };
const TITLE: &[&str] = &["TI", "T1", "CT", "BT", "T2", "ST"];

/// By the tag that begins a record.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    head.lines().any(|line| field(line).is_some_and(|(tag, value)| tag == "TY" && value.trim().len() <= 12))
}

pub(in crate::sources) fn read(_origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    super::read(&SYNTAX, lines, each)
}

/// `TY  - JOUR`, also with one blank, and without the last one.
fn field(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.split_at_checked(2)?;
    let is_tag = tag.starts_with(|c: char| c.is_ascii_uppercase())
        && tag.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let value = rest.strip_prefix("  -").or_else(|| rest.strip_prefix(" -"))?;
    (is_tag && (value.is_empty() || value.starts_with([' ', '\t']))).then_some((tag, value))
}

fn paper(record: &TaggedRecord) -> StatedPaper {
    let kind = record.first_of(&["TY"]);
    let text = |tags: &[&str]| record.first_of(tags).to_owned();
    let venue = ["T2", "JF", "JO", "JA", "J2", "J1"];
    let places = ["JF", "JO", "JA", "T2", "M1", "M2", "M3", "C7", "AN", "N1", "VL"];
    let mentions = record.all(&places).filter_map(arxiv_mention);
    let stated = ["M3", "M1", "AN", "N1", "C7"];
    let is_alone = record.all(&["KW"]).count() == 1;
    let is_break = |c: char| c == ';' || c == '\n' || is_alone && c == ',';
    let mut stated = StatedPaper {
        title: text(TITLE),
        summary: text(&["AB", "N2"]),
        authors: record.all(&["AU", "A1"]).flat_map(listed_author).collect(),
        published: best_date(["PY", "Y1", "DA"].into_iter().filter_map(|tag| record.get(tag))),
        ids: record
            .all(&["DO", "DI"])
            .map(str::to_owned)
            .chain(mentions)
            .chain(record.all(&stated).map(str::to_owned))
            .collect(),
        urls: record.all(&["UR", "L1", "L2", "LK"]).flat_map(addresses).collect(),
        categories: record.all(&["M1", "N1", "JO", "JF", "KW"]).flat_map(categories).collect(),
        keywords: record.all(&["KW"]).flat_map(|words| words.split(is_break)).map(str::to_owned).collect(),
        ..StatedPaper::default()
    };
    let other = match kind {
        "THES" => Some("thesis"),
        "RPRT" => Some("report"),
        "BOOK" | "EBOOK" => Some(""),
        _ => None,
    };
    match other {
        Some(what) => {
            let parts = [what.to_owned(), text(&["PB"])];
            stated.comments.push(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
        }
        None if stated.title != text(&venue) => {
            let pages = [text(&["SP"]), text(&["EP"])].into_iter().filter(|page| !page.is_empty()).collect::<Vec<_>>();
            stated.place = PublishedIn {
                venue: text(&venue),
                volume: text(&["VL"]),
                number: text(&["IS"]),
                pages: pages.join("–"),
            };
        }
        None => {}
    }
    stated
}

/// `arXiv:2401.00001 [cs.LG]`, or a keyword that is a category.
fn categories(text: &str) -> Vec<String> {
    if arxiv_mention(text).is_some() { bracketed_categories(text) } else { vec![text.trim().to_owned()] }
}
