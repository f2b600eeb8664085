//! The reading states of the papers of an index, as columns: a byte for each paper, and the papers of each tag. The library fills them from
//! user.db and keeps them current; nothing here is stored. Memory is only used where a paper has a state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::reading::{Status, Tag};
use crate::index::format::paper::DocId;

const STATUS: u8 = 0b111;
pub(crate) const STARRED: u8 = 1 << 3;
pub(crate) const SEEN: u8 = 1 << 4;
pub(crate) const NOTED: u8 = 1 << 5;
pub(crate) const TAGGED: u8 = 1 << 6;
pub(crate) const HIDDEN: u8 = 1 << 7;

/// Status, star, seen, note, tags and hidden of every paper of one index.
#[derive(Clone, Debug, Default)]
pub struct ReadingStates {
    bytes: Vec<u8>,
    /// Shared by copies until a tag changes.
    tags: Arc<BTreeMap<String, Vec<DocId>>>,
    hidden: usize,
}

impl ReadingStates {
    pub fn new(papers: usize) -> Self {
        Self { bytes: vec![0; papers], ..Self::default() }
    }

    fn set_bits(&mut self, doc: DocId, mask: u8, value: u8) {
        if let Some(byte) = self.bytes.get_mut(doc as usize)
            && *byte & mask != value
        {
            *byte = *byte & !mask | value;
        }
    }

    fn set_bit(&mut self, doc: DocId, bit: u8, on: bool) {
        self.set_bits(doc, bit, if on { bit } else { 0 });
    }

    /// The byte of a paper; 0 for an untouched one.
    pub(crate) fn byte(&self, doc: DocId) -> u8 {
        self.bytes.get(doc as usize).copied().unwrap_or(0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn status(&self, doc: DocId) -> Status {
        status_of(self.byte(doc))
    }

    pub fn set_status(&mut self, doc: DocId, status: Status) {
        self.set_bits(doc, STATUS, status as u8);
    }

    pub fn is_starred(&self, doc: DocId) -> bool {
        self.byte(doc) & STARRED != 0
    }

    pub fn set_starred(&mut self, doc: DocId, on: bool) {
        self.set_bit(doc, STARRED, on);
    }

    pub fn is_seen(&self, doc: DocId) -> bool {
        self.byte(doc) & SEEN != 0
    }

    pub fn set_seen(&mut self, doc: DocId, on: bool) {
        self.set_bit(doc, SEEN, on);
    }

    pub fn has_note(&self, doc: DocId) -> bool {
        self.byte(doc) & NOTED != 0
    }

    pub fn set_has_note(&mut self, doc: DocId, on: bool) {
        self.set_bit(doc, NOTED, on);
    }

    pub fn is_hidden(&self, doc: DocId) -> bool {
        self.byte(doc) & HIDDEN != 0
    }

    /// Hidden papers are left out of results unless the query has a `digest:`, `source:` or `id:` clause.
    pub fn set_hidden(&mut self, doc: DocId, on: bool) {
        if (doc as usize) < self.bytes.len() && self.is_hidden(doc) != on {
            self.hidden = if on { self.hidden + 1 } else { self.hidden - 1 };
            self.set_bit(doc, HIDDEN, on);
        }
    }

    /// How many papers are hidden.
    pub fn hidden_count(&self) -> usize {
        self.hidden
    }

    pub(crate) fn has_hidden(&self) -> bool {
        self.hidden > 0
    }

    pub fn has_tags(&self, doc: DocId) -> bool {
        self.byte(doc) & TAGGED != 0
    }

    pub fn tag(&mut self, doc: DocId, tag: &str) {
        if doc as usize >= self.bytes.len() {
            return;
        }
        let tags = Arc::make_mut(&mut self.tags);
        let docs = match tags.get_mut(tag) {
            Some(docs) => docs,
            None => tags.entry(tag.to_owned()).or_default(),
        };
        if let Err(at) = docs.binary_search(&doc) {
            docs.insert(at, doc);
        }
        self.set_bit(doc, TAGGED, true);
    }

    /// Replaces all tags of a paper. Time grows with its tags and, for a paper that has some already, with the tags in use.
    pub fn set_tags(&mut self, doc: DocId, tags: &BTreeSet<Tag>) {
        if self.has_tags(doc) {
            Arc::make_mut(&mut self.tags).retain(|name, docs| {
                if !tags.contains(name.as_str())
                    && let Ok(at) = docs.binary_search(&doc)
                {
                    docs.remove(at);
                }
                !docs.is_empty()
            });
            self.set_bit(doc, TAGGED, false);
        }
        for tag in tags {
            self.tag(doc, tag.as_str());
        }
    }

    /// Every tag in use with its papers, newest first.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &[DocId])> {
        self.tags.iter().map(|(tag, docs)| (tag.as_str(), docs.as_slice()))
    }
}

/// The status in a paper's byte.
pub(crate) fn status_of(byte: u8) -> Status {
    Status::ALL.get(usize::from(byte & STATUS)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_independent_and_can_be_cleared() {
        let mut states = ReadingStates::new(3);
        states.set_status(1, Status::Dropped);
        states.set_starred(1, true);
        states.set_hidden(1, true);
        states.set_hidden(1, true);
        states.set_status(1, Status::Reading);
        assert_eq!((states.status(1), states.is_starred(1), states.is_hidden(1)), (Status::Reading, true, true));
        states.set_hidden(1, false);
        assert!(!states.has_hidden() && states.is_starred(1));
        states.tag(2, "peft");
        states.tag(0, "peft");
        states.tag(0, "rl");
        assert_eq!(
            states.tags().map(|(tag, docs)| (tag, docs.to_vec())).collect::<Vec<_>>(),
            [("peft", vec![0, 2]), ("rl", vec![0])]
        );
        let tags = |names: &[&str]| names.iter().filter_map(|name| Tag::new(name)).collect();
        states.set_tags(0, &tags(&["rl", "new"]));
        let docs = |states: &ReadingStates, tag: &str| states.tags().find(|(name, _)| *name == tag).unwrap().1.to_vec();
        assert_eq!((docs(&states, "peft"), docs(&states, "rl"), docs(&states, "new")), (vec![2], vec![0], vec![0]));
        assert!(states.has_tags(0));
        states.set_tags(0, &tags(&[]));
        assert!(!states.has_tags(0) && states.tags().count() == 1);
        states.tag(9, "beyond");
        states.set_status(9, Status::Read);
        assert_eq!((states.status(9), states.tags().count()), (Status::Unread, 1));
    }
}
