//! The lists of the Web of Science with their field tags: `TI Title`, `PT J` to `ER`, values and further authors in indented lines.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::stated::{PublishedIn, StatedPaper, date, listed_author, pubmed_link};
use super::{TagSyntax, TaggedRecord};
use crate::error::Result;

const SYNTAX: TagSyntax =
    TagSyntax { field, begins: &["PT"], end: Some("ER"), outside: &["FN", "VR", "EF"], title: &["TI"], paper };

/// By its head, or by the type of a first record.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    let lines: Vec<&str> = head.lines().take(12).collect();
    let has = |start: &str| lines.iter().any(|line| line.starts_with(start));
    let is_kind = |line: &&str| ["PT J", "PT B", "PT S", "PT C", "PT P"].contains(line);
    has("FN ") && has("VR ") || lines.first().is_some_and(is_kind) && has("AU ")
}

pub(in crate::sources) fn read(_origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    super::read(&SYNTAX, lines, each)
}

/// `TI Title`
fn field(line: &str) -> Option<(&str, &str)> {
    let (tag, value) = line.split_at_checked(2)?;
    let is_tag = tag.starts_with(|c: char| c.is_ascii_uppercase())
        && tag.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (is_tag && (value.is_empty() || value.starts_with(' '))).then_some((tag, value))
}

fn paper(record: &TaggedRecord) -> StatedPaper {
    let text = |tags: &[&str]| record.first_of(tags).to_owned();
    let pages: Vec<String> = [text(&["BP"]), text(&["EP"])].into_iter().filter(|page| !page.is_empty()).collect();
    let pages = if pages.is_empty() { text(&["AR"]) } else { pages.join("–") };
    let lists = |tags: &'static [&'static str]| record.all(tags).flat_map(|value| value.split('\n')).map(str::trim);
    let authors = if record.get("AF").is_some() { &["AF"] } else { &["AU"] };
    let keywords = record.all(&["DE"]).map(|words| words.replace('\n', " ")).collect::<String>();
    StatedPaper {
        title: text(&["TI"]),
        summary: text(&["AB"]),
        authors: lists(authors).chain(lists(&["CA"])).flat_map(listed_author).collect(),
        published: date(&text(&["PY", "EY"]), &text(&["PD"]), ""),
        ids: record.all(&["DI"]).map(str::to_owned).collect(),
        links: record.get("PM").and_then(pubmed_link).into_iter().collect(),
        place: PublishedIn { venue: text(&["SO", "CT"]), volume: text(&["VL"]), number: text(&["IS"]), pages },
        keywords: keywords.split(';').map(|word| word.trim().to_owned()).collect(),
        ..StatedPaper::default()
    }
}
