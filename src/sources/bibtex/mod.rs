//! BibTeX and biblatex files, by an own parser: those there are refuse a file for one bad entry. `blocks` finds the entries, `fields` reads
//! their fields, `names` the authors, `paper` says what they mean; here macros and cross-references are resolved. A broken entry costs only
//! itself.

mod blocks;
mod fields;
mod names;
mod paper;
mod parents;
mod reading;

use std::ops::ControlFlow;

use self::blocks::{BibBlock, BibBlocks, begins_block};
use self::fields::{BibEntry, BibMacros, shown};
use self::parents::{Children, Parents};
use super::decode::{FileHead, InputLines};
use super::input::Origin;
use super::item::{ImportNotice, ReadItem, Rejection, Visit};
use crate::error::Result;

/// By a line that begins an entry or a block that only BibTeX has.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    let is_entry = |line: &str| {
        let kind = line.trim_start_matches(['@', ' ']).split(['{', '(']).next().unwrap_or_default().trim();
        let rest = line.split_once(['{', '(']).map_or("", |(_, rest)| rest);
        let is_known = KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known));
        begins_block(line) && (is_known || rest.split_once(',').is_some_and(|(key, _)| !key.trim().contains(' ')))
    };
    let text = head.text.trim_start();
    !text.starts_with(['<', '{', '[']) && head.lines().flat_map(|line| line.split('\r')).any(is_entry)
}

/// Kinds of blocks by which a file is recognised.
const KINDS: [&str; 24] = [
    "article",
    "book",
    "booklet",
    "collection",
    "comment",
    "conference",
    "dataset",
    "electronic",
    "inbook",
    "incollection",
    "inproceedings",
    "manual",
    "mastersthesis",
    "misc",
    "online",
    "phdthesis",
    "preamble",
    "proceedings",
    "report",
    "software",
    "string",
    "techreport",
    "thesis",
    "unpublished",
];

/// Blocks that are no papers: settings of styles and of biblatex, sets of other entries, what others inherit from.
const NO_PAPERS: [&str; 8] =
    ["comment", "preamble", "control", "ieeetranbstctl", "settings", "set", "xdata", "bibnote"];

/// Reads block by block. An entry that refers to a later one comes when that was read.
pub(super) fn read(_origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let mut blocks = BibBlocks::new(lines);
    let mut file =
        BibFile { macros: BibMacros::default(), parents: Parents::default(), children: Children::default(), each };
    while let Some(block) = blocks.next()? {
        if file.block(&block).is_break() {
            return Ok(());
        }
    }
    // Whether the reader wants no more makes no difference now.
    let _ = file.end();
    Ok(())
}

/// What was read of a file, as far as later entries need it.
struct BibFile<'e, 'v> {
    macros: BibMacros,
    parents: Parents,
    children: Children,
    each: &'e mut Visit<'v>,
}

impl BibFile<'_, '_> {
    fn block(&mut self, block: &BibBlock) -> ControlFlow<()> {
        if block.kind == "string" {
            return match self.macros.define(&block.body) {
                Ok(()) => ControlFlow::Continue(()),
                Err(reason) => self.reject(block.line, reason),
            };
        }
        let is_paper = !NO_PAPERS.contains(&block.kind.as_str());
        if !is_paper && block.kind != "xdata" {
            return ControlFlow::Continue(());
        }
        if let Some(reason) = &block.unreadable {
            let key = block.body.split([',', '\n']).next().unwrap_or_default();
            return self.reject(block.line, format!("entry `{}`: {reason}", shown(key.trim())));
        }
        let entry = match self.macros.entry(block) {
            Ok(entry) => entry,
            Err(reason) => return self.reject(block.line, reason),
        };
        if !block.is_closed {
            if entry.has_swallowed_field() {
                return self.reject(block.line, format!("{}: a `{{` in its fields is never closed", entry.named()));
            }
            let message = format!("{} is not closed; its fields were read", entry.named());
            (self.each)(ReadItem::Notice(ImportNotice { line: block.line, message }))?;
        }
        for child in self.parents.add(&entry, &mut self.children) {
            self.paper(&child)?;
        }
        if !is_paper {
            return ControlFlow::Continue(());
        }
        let mut entry = entry;
        match self.parents.inherit(&mut entry) {
            None => self.paper(&entry),
            Some(parent) => match self.children.wait(parent, entry) {
                Ok(()) => ControlFlow::Continue(()),
                Err(entry) => self.orphan(&entry),
            },
        }
    }

    /// An entry whose parent is not there.
    fn orphan(&mut self, entry: &BibEntry) -> ControlFlow<()> {
        let parent = entry.get("crossref").or_else(|| entry.get("xdata")).unwrap_or_default();
        let message = format!("{}: the file has no entry `{}`, to which it refers", entry.named(), shown(parent));
        (self.each)(ReadItem::Notice(ImportNotice { line: entry.line, message }))?;
        self.paper(entry)
    }

    fn end(&mut self) -> ControlFlow<()> {
        std::mem::take(&mut self.children).into_all().into_iter().try_for_each(|entry| self.orphan(&entry))
    }

    fn paper(&mut self, entry: &BibEntry) -> ControlFlow<()> {
        match paper::stated(entry).record() {
            Ok(record) => (self.each)(ReadItem::Record { line: entry.line, record }),
            Err(reason) => self.reject(entry.line, format!("{}: {reason}", entry.named())),
        }
    }

    fn reject(&mut self, line: usize, reason: String) -> ControlFlow<()> {
        (self.each)(ReadItem::Rejected(Rejection { line, reason }))
    }
}

#[cfg(test)]
mod tests;
