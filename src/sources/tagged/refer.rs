//! The format of refer, as EndNote (`.enw`), the ACL Anthology (`.endf`) and libraries write it: `%T Title`.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::stated::{
    PublishedIn, StatedPaper, addresses, arxiv_mention, best_date, bracketed_categories, listed_author,
};
use super::{TagSyntax, TaggedRecord};
use crate::error::Result;

const SYNTAX: TagSyntax = TagSyntax { field, begins: &["0"], end: None, outside: &[], title: &["T"], paper };

/// By a first line with a tag, and the tags that every record has.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    let mut tags = head.lines().take(60).map(|line| field(line).map(|(tag, _)| tag));
    match tags.next() {
        Some(Some("0")) => true,
        Some(Some(first)) => {
            let rest: Vec<&str> = tags.flatten().chain([first]).collect();
            rest.contains(&"T") && ["A", "D", "J"].iter().any(|tag| rest.contains(tag))
        }
        _ => false,
    }
}

pub(in crate::sources) fn read(_origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    super::read(&SYNTAX, lines, each)
}

/// `%T Title`
fn field(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix('%')?;
    let (tag, value) = rest.split_at_checked(1)?;
    let is_tag = tag.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%');
    (is_tag && (value.is_empty() || value.starts_with([' ', '\t']))).then_some((tag, value))
}

fn paper(record: &TaggedRecord) -> StatedPaper {
    let text = |tags: &[&str]| record.first_of(tags).to_owned();
    let mentions = record.all(&["J", "M", "1", "2", "Z"]).filter_map(arxiv_mention);
    let kind = record.first_of(&["0", "9"]);
    let mut stated = StatedPaper {
        title: text(&["T", "B"]),
        summary: text(&["X"]),
        authors: record.all(&["A"]).flat_map(listed_author).collect(),
        published: best_date(["D", "8"].into_iter().filter_map(|tag| record.get(tag))),
        ids: record.all(&["R"]).map(str::to_owned).chain(mentions).collect(),
        urls: record.all(&["U", ">"]).flat_map(addresses).collect(),
        categories: record.all(&["J", "M", "Z"]).flat_map(bracketed_categories).collect(),
        keywords: record.all(&["K"]).flat_map(|words| words.split([';', '\n'])).map(str::to_owned).collect(),
        ..StatedPaper::default()
    };
    if ["Book", "Thesis", "Report", "Patent"].contains(&kind) {
        let what = if kind == "Book" { String::new() } else { kind.to_lowercase() };
        let parts = [what, text(&["I"])];
        stated.comments.push(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
    } else if record.get("T").is_some() {
        stated.place = PublishedIn {
            venue: text(&["J", "B", "S"]),
            volume: text(&["V"]),
            number: text(&["N"]),
            pages: text(&["P"]),
        };
    }
    stated
}
