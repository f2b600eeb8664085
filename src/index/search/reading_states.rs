//! The reader's own state laid over the index: a byte a paper, and the papers of each tag. The library fills it from user.db and keeps it
//! current; nothing here is stored. An untouched library costs no memory: the bytes are only touched where something is marked.

use std::collections::BTreeMap;

use crate::domain::reading::Status;
use crate::index::DocId;

const STATUS: u8 = 0b111;
pub(crate) const STARRED: u8 = 1 << 3;
pub(crate) const SEEN: u8 = 1 << 4;
pub(crate) const NOTED: u8 = 1 << 5;
pub(crate) const TAGGED: u8 = 1 << 6;
pub(crate) const HIDDEN: u8 = 1 << 7;

/// Status, star, seen, note, tags and hiding of every paper of one index.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    bytes: Vec<u8>,
    tags: BTreeMap<String, Vec<DocId>>,
    hidden: usize,
}

impl Marks {
    pub fn new(papers: usize) -> Self {
        Self { bytes: vec![0; papers], ..Self::default() }
    }

    fn put(&mut self, doc: DocId, mask: u8, value: u8) {
        if let Some(byte) = self.bytes.get_mut(doc as usize)
            && *byte & mask != value
        {
            *byte = *byte & !mask | value;
        }
    }

    fn put_bit(&mut self, doc: DocId, bit: u8, on: bool) {
        self.put(doc, bit, if on { bit } else { 0 });
    }

    /// The byte of one paper; 0 for a paper nobody touched.
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
        self.put(doc, STATUS, status as u8);
    }

    pub fn starred(&self, doc: DocId) -> bool {
        self.byte(doc) & STARRED != 0
    }

    pub fn set_starred(&mut self, doc: DocId, on: bool) {
        self.put_bit(doc, STARRED, on);
    }

    pub fn seen(&self, doc: DocId) -> bool {
        self.byte(doc) & SEEN != 0
    }

    pub fn set_seen(&mut self, doc: DocId, on: bool) {
        self.put_bit(doc, SEEN, on);
    }

    pub fn noted(&self, doc: DocId) -> bool {
        self.byte(doc) & NOTED != 0
    }

    pub fn set_noted(&mut self, doc: DocId, on: bool) {
        self.put_bit(doc, NOTED, on);
    }

    pub fn hidden(&self, doc: DocId) -> bool {
        self.byte(doc) & HIDDEN != 0
    }

    /// A hidden paper is left out of lists unless a query asks for its digest, source or id.
    pub fn set_hidden(&mut self, doc: DocId, on: bool) {
        if (doc as usize) < self.bytes.len() && self.hidden(doc) != on {
            self.hidden = if on { self.hidden + 1 } else { self.hidden - 1 };
            self.put_bit(doc, HIDDEN, on);
        }
    }

    /// Papers that are left out of lists.
    pub fn hidden_count(&self) -> usize {
        self.hidden
    }

    pub(crate) fn any_hidden(&self) -> bool {
        self.hidden > 0
    }

    pub fn tagged(&self, doc: DocId) -> bool {
        self.byte(doc) & TAGGED != 0
    }

    pub fn tag(&mut self, doc: DocId, tag: &str) {
        if doc as usize >= self.bytes.len() {
            return;
        }
        let docs = match self.tags.get_mut(tag) {
            Some(docs) => docs,
            None => self.tags.entry(tag.to_owned()).or_default(),
        };
        if let Err(place) = docs.binary_search(&doc) {
            docs.insert(place, doc);
        }
        self.put_bit(doc, TAGGED, true);
    }

    pub fn untag(&mut self, doc: DocId, tag: &str) {
        let Some(docs) = self.tags.get_mut(tag) else { return };
        if let Ok(place) = docs.binary_search(&doc) {
            docs.remove(place);
        }
        if docs.is_empty() {
            self.tags.remove(tag);
        }
        let still = self.tags.values().any(|docs| docs.binary_search(&doc).is_ok());
        self.put_bit(doc, TAGGED, still);
    }

    /// Every tag in use with its papers, newest first.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &[DocId])> {
        self.tags.iter().map(|(tag, docs)| (tag.as_str(), docs.as_slice()))
    }
}

pub(crate) fn status_of(byte: u8) -> Status {
    Status::ALL.get(usize::from(byte & STATUS)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_independent_and_can_be_taken_back() {
        let mut marks = Marks::new(3);
        marks.set_status(1, Status::Dropped);
        marks.set_starred(1, true);
        marks.set_hidden(1, true);
        marks.set_hidden(1, true);
        marks.set_status(1, Status::Reading);
        assert_eq!((marks.status(1), marks.starred(1), marks.hidden(1)), (Status::Reading, true, true));
        marks.set_hidden(1, false);
        assert!(!marks.any_hidden() && marks.starred(1));
        marks.tag(2, "peft");
        marks.tag(0, "peft");
        marks.tag(0, "rl");
        assert_eq!(
            marks.tags().map(|(tag, docs)| (tag, docs.to_vec())).collect::<Vec<_>>(),
            [("peft", vec![0, 2]), ("rl", vec![0])]
        );
        marks.untag(0, "peft");
        assert!(marks.tagged(0));
        marks.untag(0, "rl");
        assert!(!marks.tagged(0) && marks.tags().count() == 1);
        marks.tag(9, "beyond");
        marks.set_status(9, Status::Read);
        assert_eq!((marks.status(9), marks.tags().count()), (Status::Unread, 1));
    }
}
