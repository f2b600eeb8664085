//! DBLP's XML: the whole of `dblp.xml`, parts of it, and single records. It is in ISO 8859-1, with entities that only its document type
//! defines.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::snapshot::one_line;
use super::super::stated::{PublishedIn, StatedPaper, arxiv_mention, date, without_number, without_stop};
use super::tree::XmlNode;
use crate::domain::paper::Author;
use crate::error::Result;

/// Kinds of publications; homepages of authors are none.
const KINDS: [&str; 8] =
    ["article", "inproceedings", "proceedings", "book", "incollection", "phdthesis", "mastersthesis", "data"];

/// By its outermost element.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    super::has_element(head, &["dblp", "dblpperson"])
}

pub(in crate::sources) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    super::read_records(
        (origin, lines),
        |name, _| KINDS.contains(&name),
        &mut |node| Some(paper(node)),
        &mut |_| (),
        each,
    )
}

fn paper(record: &XmlNode) -> StatedPaper {
    let text = |name: &str| one_line(&record.text_of(name));
    let names: Vec<String> = record.children("author").map(|author| one_line(&author.text())).collect();
    let volume = text("volume");
    let mut stated = StatedPaper {
        title: without_stop(&one_line(&record.text_of("title"))).to_owned(),
        authors: Author::list(names.iter().map(|name| without_number(name))),
        published: date(&text("year"), &text("month"), ""),
        ids: arxiv_mention(&volume).into_iter().collect(),
        urls: record.children("ee").map(XmlNode::text).collect(),
        ..StatedPaper::default()
    };
    match record.name.as_str() {
        "article" | "inproceedings" | "incollection" => {
            let venue =
                [text("journal"), text("booktitle")].into_iter().find(|venue| !venue.is_empty()).unwrap_or_default();
            stated.place = PublishedIn { venue, volume, number: text("number"), pages: text("pages") };
        }
        kind => {
            let what = match kind {
                "phdthesis" => "PhD thesis",
                "mastersthesis" => "Master's thesis",
                _ => "",
            };
            let place =
                [text("school"), text("publisher")].into_iter().find(|place| !place.is_empty()).unwrap_or_default();
            stated.comments.push(
                [what.to_owned(), place].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
            );
        }
    }
    stated
}
