//! `FormerPapers`: which papers the document ids of an earlier index were, for columns that were kept beside it. It is small where the whole
//! segment is the same: only what changed is told.

use std::sync::Arc;

use super::merged_order::{MergedOrder, SegmentDoc};
use super::paper::DocId;
use super::reader::Index;
use super::segmented::SegmentedIndex;

/// The papers of an index by their document ids. It keeps the whole segment open.
pub struct FormerPapers {
    whole: Arc<Index>,
    order: MergedOrder,
    /// Of the papers of the recent segment.
    keys: Vec<String>,
}

impl FormerPapers {
    pub fn of(index: &SegmentedIndex) -> Self {
        let whole = Arc::clone(&index.whole);
        let Some(recent) = &index.recent else {
            return Self { order: MergedOrder::of_whole(whole.len()), whole, keys: Vec::new() };
        };
        let docs = (0..).zip(0..recent.index.len()).map(|(doc, _)| doc);
        let keys = docs.map(|doc| recent.index.key(doc).to_owned()).collect();
        Self { whole, order: recent.order.clone(), keys }
    }

    /// How many papers there were.
    pub fn len(&self) -> usize {
        self.order.papers()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of a paper; empty for a document id out of range.
    pub fn key(&self, doc: DocId) -> &str {
        match self.order.locate(doc) {
            SegmentDoc::Whole(doc) => self.whole.key(doc),
            SegmentDoc::Recent(doc) => self.keys.get(doc as usize).map_or("", String::as_str),
        }
    }

    /// The paper with the same key in another index.
    pub fn doc_in(&self, index: &SegmentedIndex, doc: DocId) -> Option<DocId> {
        let same = match self.order.locate(doc) {
            SegmentDoc::Whole(doc) if self.whole.checksum() == index.whole.checksum() => index.of_whole(doc),
            SegmentDoc::Whole(_) | SegmentDoc::Recent(_) => None,
        };
        same.or_else(|| index.find(self.key(doc)))
    }

    /// Appends what is needed beside the whole segment: the order, and for each paper of the recent segment the length of its key as u32 and the
    /// key.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.order.write(out);
        for key in &self.keys {
            out.extend((key.len() as u32).to_le_bytes());
            out.extend(key.as_bytes());
        }
    }

    /// Reads what `write` wrote, beside the whole segment of this index, and removes it from the front. None when it is something else.
    pub fn read(bytes: &mut &[u8], index: &SegmentedIndex) -> Option<Self> {
        let whole = Arc::clone(&index.whole);
        let order = MergedOrder::read(bytes, whole.len())?;
        let mut keys = Vec::new();
        for _ in 0..order.recent_papers() {
            let (length, rest) = bytes.split_first_chunk::<4>()?;
            *bytes = rest;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            keys.push(std::str::from_utf8(bytes.split_off(..length)?).ok()?.to_owned());
        }
        Some(Self { whole, order, keys })
    }
}
