//! The volumes of the ACL Anthology in its own XML (not MODS): papers, and what the `meta` element before them says of their volume.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::snapshot::one_line;
use super::super::stated::{PublishedIn, StatedPaper, date};
use super::tree::XmlNode;
use crate::domain::markup::Markup;
use crate::domain::paper::Author;
use crate::error::Result;

/// By its outermost elements.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    super::has_element(head, &["collection"])
        && super::has_element(head, &["volume"])
        && super::has_element(head, &["meta", "paper"])
}

pub(in crate::sources) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let mut volume = AclVolume::default();
    let is_record = |name: &str, _: usize| ["paper", "meta", "frontmatter"].contains(&name);
    super::read_records(
        (origin, lines),
        is_record,
        &mut |node| match node.name.as_str() {
            "paper" => Some(volume.paper(node)),
            "meta" => {
                volume = AclVolume::of(node);
                None
            }
            _ => None,
        },
        &mut |_| (),
        each,
    )
}

/// What a volume says of its papers.
#[derive(Default)]
struct AclVolume {
    title: String,
    year: String,
    month: String,
}

impl AclVolume {
    fn of(meta: &XmlNode) -> Self {
        let text = |name: &str| one_line(&meta.text_of(name));
        Self { title: text("booktitle"), year: text("year"), month: text("month") }
    }

    fn paper(&self, node: &XmlNode) -> StatedPaper {
        let text = |name: &str| one_line(&node.text_of(name));
        let authors = node.children("author").flat_map(|author| {
            let part = |name: &str| one_line(&author.text_of(name));
            Author::stated(&part("last"), &part("first"), &part("suffix")).collect::<Vec<_>>()
        });
        let id = text("url");
        let page = if id.contains("://") || id.is_empty() { id } else { format!("https://aclanthology.org/{id}/") };
        StatedPaper {
            markup: Markup::Tex,
            title: text("title"),
            summary: node.text_of("abstract"),
            authors: authors.collect(),
            published: date(&self.year, &self.month, ""),
            ids: vec![text("doi")],
            urls: vec![page],
            place: PublishedIn { venue: self.title.clone(), pages: text("pages"), ..PublishedIn::default() },
            ..StatedPaper::default()
        }
    }
}
