//! The reading states of the papers of an index, as columns: a byte for each paper, and the papers of each tag. The library fills them from
//! user.db and keeps them current; nothing here is stored, but they can be written as bytes and read again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::column_filters::with_digest;
use super::tag_table::{TagChanges, TagRows, TagTable};
use crate::domain::reading::Status;
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;

pub(crate) const STATUS: u8 = 0b111;
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
    tags: Arc<TagTable>,
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

    /// Hides the papers that were seen in these digests only, given by their places in the digest table, and shows all others. Hidden papers
    /// are left out of results unless the query has a `digest:`, `source:` or `id:` clause.
    pub fn hide_digests(&mut self, index: &SegmentedIndex, is_hidden: &[bool]) {
        if self.hidden == 0 && !is_hidden.contains(&true) {
            return;
        }
        let is_shown: Vec<bool> = is_hidden.iter().map(|hidden| !hidden).collect();
        let shown = with_digest(index, &is_shown).not(index.len());
        let hidden = with_digest(index, is_hidden).and(shown);
        self.bytes.iter_mut().for_each(|byte| *byte &= !HIDDEN);
        self.hidden = hidden.count();
        for doc in hidden.iter_from(0) {
            self.set_bit(doc, HIDDEN, true);
        }
    }

    /// Whether nothing was done with a paper; it may be hidden.
    pub fn is_untouched(&self, doc: DocId) -> bool {
        self.byte(doc) & !HIDDEN == 0
    }

    /// Whether both have the same states and tags; which papers are hidden does not count.
    pub fn has_same_states(&self, other: &Self) -> bool {
        let states = |states: &Self| states.bytes.iter().map(|byte| byte & !HIDDEN).collect::<Vec<u8>>();
        states(self) == states(other) && self.tags().eq(other.tags())
    }

    /// The papers that have a state.
    pub fn touched(&self) -> impl Iterator<Item = DocId> {
        (0..).zip(&self.bytes).filter(|(_, byte)| **byte & !HIDDEN != 0).map(|(doc, _)| doc)
    }

    /// The papers that have a note.
    pub fn noted(&self) -> impl Iterator<Item = DocId> {
        (0..).zip(&self.bytes).filter(|(_, byte)| **byte & NOTED != 0).map(|(doc, _)| doc)
    }

    /// Gives a paper the status, star, seen and note of one in other columns.
    pub fn copy(&mut self, doc: DocId, from: &Self, of: DocId) {
        self.set_bits(doc, STATUS | STARRED | SEEN | NOTED, from.byte(of) & (STATUS | STARRED | SEEN | NOTED));
    }

    /// How many papers have a state.
    pub fn touched_count(&self) -> usize {
        self.bytes.iter().filter(|byte| **byte & !HIDDEN != 0).count()
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

    /// Adds tags to papers and removes them, in one pass over all tags. Papers beyond the index are left out.
    pub fn change_tags(&mut self, mut changes: BTreeMap<String, TagChanges>) {
        changes.values_mut().for_each(|changed| changed.retain(|(doc, _)| (*doc as usize) < self.bytes.len()));
        let (added, removed): (Vec<_>, Vec<_>) =
            changes.values().flatten().copied().partition(|(_, is_tagged)| *is_tagged);
        self.tags = Arc::new(self.tags.with(changes));
        for (doc, _) in added {
            self.set_bit(doc, TAGGED, true);
        }
        for (doc, _) in removed {
            // It may have other tags, or the same one again.
            self.set_bit(doc, TAGGED, self.tags.has_tags(doc));
        }
    }

    /// Every tag in use with its papers, newest first.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &[DocId])> {
        self.tags.iter()
    }

    /// The tags of several papers, of each by name.
    pub fn tags_of_each(&self, docs: impl Iterator<Item = DocId>) -> BTreeMap<DocId, BTreeSet<String>> {
        let tags = self.tags.of_each(&docs.filter(|doc| self.has_tags(*doc)).collect());
        tags.into_iter().map(|(doc, tags)| (doc, tags.into_iter().map(str::to_owned).collect())).collect()
    }

    /// The tags of a paper, by name.
    pub fn tags_of(&self, doc: DocId) -> impl Iterator<Item = &str> {
        self.has_tags(doc).then(|| self.tags.of(doc)).into_iter().flatten()
    }
}

/// As bytes for a file. Which papers are hidden is not part of it.
impl ReadingStates {
    /// Appends: a byte for each paper, the number of papers of all tags as u32, these papers, the number of tags as u32, and for each tag the
    /// length of its name, where its papers end, both u32, and its name.
    pub fn write(&self, out: &mut Vec<u8>) {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        out.extend(self.bytes.iter().map(|byte| byte & !HIDDEN));
        let mut end = 0;
        let tags = || self.tags.iter();
        out.extend(number(tags().map(|(_, docs)| docs.len()).sum()));
        out.extend(tags().flat_map(|(_, docs)| docs).flat_map(|doc| doc.to_le_bytes()));
        out.extend(number(tags().count()));
        for (name, docs) in tags() {
            end += docs.len();
            out.extend(number(name.len()));
            out.extend(number(end));
            out.extend(name.as_bytes());
        }
    }

    /// Reads what `write` wrote, of an index of this many papers, and removes it from the front. None when it is something else.
    pub fn read(bytes: &mut &[u8], papers: usize) -> Option<Self> {
        let states = bytes.split_off(..papers)?.to_vec();
        let count = take_number(bytes)?;
        let docs = bytes.split_off(..count.checked_mul(4)?)?;
        let docs = docs.as_chunks::<4>().0;
        let (mut tags, mut start) = (TagRows::default(), 0);
        for _ in 0..take_number(bytes)? {
            let (length, end) = (take_number(bytes)?, take_number(bytes)?);
            let name = std::str::from_utf8(bytes.split_off(..length)?).ok()?;
            tags.push(name, docs.get(start..end)?.iter().map(|doc| u32::from_le_bytes(*doc)));
            start = end;
        }
        // Papers that no tag takes are no table.
        let is_whole = start == count;
        let tags = Arc::new(TagTable::from_rows(papers, tags).filter(|_| is_whole)?);
        Some(Self { bytes: states, tags, hidden: 0 })
    }
}

fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*number)).ok()
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
        states.set_status(1, Status::Reading);
        assert_eq!((states.status(1), states.is_starred(1), states.touched_count()), (Status::Reading, true, 1));
        let change = |states: &mut ReadingStates, tag: &str, papers: &[(DocId, bool)]| {
            states.change_tags([(tag.to_owned(), papers.to_vec())].into());
        };
        change(&mut states, "peft", &[(2, true), (0, true)]);
        change(&mut states, "rl", &[(0, true), (9, true)]);
        let all = |states: &ReadingStates| {
            states.tags().map(|(tag, docs)| (tag.to_owned(), docs.to_vec())).collect::<Vec<_>>()
        };
        assert_eq!(all(&states), [("peft".to_owned(), vec![0, 2]), ("rl".to_owned(), vec![0])]);
        assert_eq!(states.tags_of(0).collect::<Vec<_>>(), ["peft", "rl"]);
        change(&mut states, "rl", &[(0, false)]);
        assert!(states.has_tags(0) && states.tags().count() == 1);
        change(&mut states, "peft", &[(0, false)]);
        assert!(!states.has_tags(0) && states.has_tags(2));
        let mut bytes = Vec::new();
        states.write(&mut bytes);
        let mut left = bytes.as_slice();
        let again = ReadingStates::read(&mut left, 3).unwrap();
        assert!(left.is_empty() && again.bytes() == states.bytes() && all(&again) == all(&states));
        for cut in 0..bytes.len() {
            assert!(ReadingStates::read(&mut &bytes[..cut], 3).is_none(), "cut at {cut}");
        }
        states.set_status(9, Status::Read);
        assert_eq!((states.status(9), states.tags().count()), (Status::Unread, 1));
    }
}
