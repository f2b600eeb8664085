//! How often a term stands in each abstract, for a ranking that goes through all papers of an index in their order.

use std::cell::Ref;

use super::full_text::FullText;
use super::paper_mapping::{PaperMapping, SegmentPapers};
use super::positions::Positions;
use crate::index::format::paper::DocId;
use crate::index::format::postings::PostingsIterator;
use crate::index::format::segmented::SegmentedIndex;

/// The full text with its papers numbered as in one index.
pub(in crate::index) struct FullTextOfIndex<'a> {
    text: &'a FullText,
    mapping: Ref<'a, PaperMapping>,
    mean_length: f32,
    papers: usize,
}

impl FullText {
    pub(in crate::index) fn of_index(&self, index: &SegmentedIndex) -> FullTextOfIndex<'_> {
        let mean_length = self.mean_length(index);
        FullTextOfIndex { text: self, mapping: self.mapping(index), mean_length, papers: index.len() }
    }
}

impl FullTextOfIndex<'_> {
    /// How many papers have a term in their abstract.
    pub(in crate::index) fn count(&self, term: &str) -> usize {
        self.mapping.count(&self.text.segments, term)
    }

    /// The papers whose abstract has a term, one iterator for each segment.
    pub(in crate::index) fn frequencies(&self, term: &str) -> Vec<TermFrequencies<'_>> {
        let segments = self.text.segments.iter().zip(&self.mapping.segments);
        let found = segments.filter_map(|(segment, papers)| {
            let number = segment.dictionary().find(term)?;
            let stored = StoredFrequencies {
                papers,
                docs: segment.postings().iter(number),
                positions: segment.positions(number),
                ordinal: 0,
            };
            Some(if papers.is_ascending() {
                TermFrequencies::Stored(Box::new(stored))
            } else {
                let mut sorted: Vec<(DocId, u32)> = stored.collect();
                sorted.sort_unstable();
                TermFrequencies::Sorted(sorted.into_iter())
            })
        });
        found.collect()
    }

    /// How many words the abstract of each paper has, up to `u16::MAX`; and the mean.
    pub(in crate::index) fn lengths(&self) -> (Vec<u16>, f32) {
        let mut lengths = vec![0; self.papers];
        for (segment, papers) in self.text.segments.iter().zip(&self.mapping.segments) {
            for (number, _) in (0..).zip(0..segment.papers()) {
                if let Some(length) = papers.doc(number).and_then(|doc| lengths.get_mut(doc as usize)) {
                    *length = segment.length(number);
                }
            }
        }
        (lengths, self.mean_length)
    }
}

/// The papers of one segment whose abstract has a term, in ascending order, and how often each has it.
pub(in crate::index) enum TermFrequencies<'a> {
    Stored(Box<StoredFrequencies<'a>>),
    /// Where the segment has the papers in another order than the index.
    Sorted(std::vec::IntoIter<(DocId, u32)>),
}

pub(in crate::index) struct StoredFrequencies<'a> {
    papers: &'a SegmentPapers,
    docs: PostingsIterator<'a>,
    positions: Positions<'a>,
    /// Ordinal of the next paper among those with the term.
    ordinal: u32,
}

impl Iterator for StoredFrequencies<'_> {
    type Item = (DocId, u32);

    #[inline]
    fn next(&mut self) -> Option<(DocId, u32)> {
        loop {
            let number = self.docs.next()?;
            let ordinal = self.ordinal;
            self.ordinal += 1;
            if let Some(doc) = self.papers.doc(number) {
                return Some((doc, self.positions.count(ordinal) as u32));
            }
        }
    }
}

impl Iterator for TermFrequencies<'_> {
    type Item = (DocId, u32);

    #[inline]
    fn next(&mut self) -> Option<(DocId, u32)> {
        match self {
            Self::Stored(stored) => stored.next(),
            Self::Sorted(sorted) => sorted.next(),
        }
    }
}
