//! XML formats. `tree` reads a document and gives its records as small trees; each format maps them: `feed` (arXiv's API and feeds), `oai`
//! (OAI-PMH), `opml` (lists of feeds), `pubmed`, `endnote`, `dblp`, `acl`, `zotero_rdf`. Those that answer a request are read from the body of a response as well.

pub(super) mod acl;
pub(super) mod dblp;
pub(super) mod endnote;
pub(super) mod feed;
pub(super) mod oai;
pub(super) mod opml;
pub(super) mod pubmed;
pub(super) mod zotero_rdf;

mod entities;
mod tree;

use self::tree::{XmlNode, XmlPart};
use super::decode::{FileHead, InputLines};
use super::input::Origin;
use super::item::{ReadItem, Rejection, Visit};
use super::stated::StatedPaper;
use crate::error::Result;

/// Whether a document begins with one of these elements, in whatever namespace.
fn has_element(head: &FileHead<'_>, names: &[&str]) -> bool {
    let text = head.text.trim_start();
    let begins = |rest: &str, name: &str| {
        let rest = rest
            .split_once(':')
            .filter(|(prefix, _)| prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .map_or(rest, |(_, rest)| rest);
        rest.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/'))
    };
    let is_page = ["<!doctype html", "<html"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)));
    text.starts_with('<') && !is_page && text.split('<').skip(1).any(|rest| names.iter().any(|name| begins(rest, name)))
}

/// Reads a document of which each record is one paper, or none where the mapping says so.
fn read_records(
    (origin, lines): (&Origin<'_>, InputLines<'_>),
    is_record: fn(&str, usize) -> bool,
    paper: &mut dyn FnMut(&XmlNode) -> Option<StatedPaper>,
    outside: &mut dyn FnMut(&XmlNode),
    each: &mut Visit<'_>,
) -> Result<()> {
    tree::read(lines.into_stream(), origin.shown, is_record, &mut |part| {
        let item = match part {
            XmlPart::Record(line, node) => paper(&node).map(|stated| item(line, stated)),
            XmlPart::Broken(line, reason) => Some(rejected(line, reason)),
            XmlPart::Outside(node) => {
                outside(&node);
                None
            }
        };
        item.is_none_or(|item| each(item).is_continue())
    })
}

fn item(line: usize, stated: StatedPaper) -> ReadItem {
    match stated.record() {
        Ok(record) => ReadItem::Record { line, record },
        Err(reason) => rejected(line, reason),
    }
}

fn rejected(line: usize, reason: String) -> ReadItem {
    ReadItem::Rejected(Rejection { line, reason })
}

#[cfg(test)]
mod tests;
