//! From the papers of each segment to those of an index.

use std::cell::OnceCell;

use super::segment::Segment;
use crate::index::format::file::Section;
use crate::index::format::merged_order::{MergedOrder, SegmentDoc};
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{Bitmap, DocSet};

/// Which papers of one index the papers of each segment are.
#[derive(Default)]
pub(super) struct PaperMapping {
    /// `Index::instance`; 0 for none.
    pub(super) instance: u64,
    pub(super) segments: Vec<SegmentPapers>,
    /// Of each segment the numbers, ascending, of what counts no longer: papers that left the index, or whose abstract is in a later segment.
    pub(super) gone: Vec<Vec<DocId>>,
    /// The mean number of words of their abstracts; see `FullText::mean_length`.
    pub(super) mean_length: OnceCell<f32>,
}

/// Which papers of an index the papers of a segment are.
pub(super) enum SegmentPapers {
    /// The same, in the same order.
    Same,
    /// Those of the whole segment of the index, in the same order, without those whose abstract is in a later segment; `remaining`: all others.
    Whole { order: MergedOrder, remaining: DocSet },
    /// By their numbers in the segment; `DocId::MAX` for a paper that is not in the index or whose abstract is in a later segment.
    Table {
        docs: Vec<DocId>,
        /// Whether the papers that are in the index come in its order.
        is_ascending: bool,
    },
}

impl PaperMapping {
    /// Finds the papers of each segment in the index; the latest segment that has a paper counts.
    pub(super) fn new(segments: &[Segment], index: &SegmentedIndex) -> Self {
        let is_whole =
            |segment: &Segment| segment.file.section(Section::Rows) == index.whole.file.section(Section::Rows);
        if let [only] = segments
            && index.recent.is_none()
            && is_whole(only)
        {
            let segments = vec![SegmentPapers::Same];
            return Self { instance: index.instance, segments, gone: vec![Vec::new()], mean_length: OnceCell::new() };
        }
        let mut mapped = Bitmap::new(index.len());
        let mut papers: Vec<SegmentPapers> = Vec::new();
        let mut gone: Vec<Vec<DocId>> = Vec::new();
        for (number, segment) in segments.iter().enumerate().rev() {
            if number == 0 && is_whole(segment) {
                let order = match &index.recent {
                    Some(recent) => recent.order.clone(),
                    None => MergedOrder::of_whole(index.len()),
                };
                let mapped_numbers = mapped.iter().filter_map(|doc| match order.locate(doc) {
                    SegmentDoc::Whole(number) => Some(number),
                    SegmentDoc::Recent(_) => None,
                });
                let mut numbers: Vec<DocId> = order.replaced().iter().copied().chain(mapped_numbers).collect();
                numbers.sort_unstable();
                gone.push(numbers);
                let remaining = DocSet::from_bitmap(mapped.clone()).not(index.len());
                papers.push(SegmentPapers::Whole { order, remaining });
                continue;
            }
            let table = segment.rows().map(|row| match index.with_row(row).filter(|doc| !mapped.contains(*doc)) {
                Some(doc) => {
                    mapped.insert(doc);
                    doc
                }
                None => DocId::MAX,
            });
            let table: Vec<DocId> = table.collect();
            gone.push((0..).zip(&table).filter(|(_, doc)| **doc == DocId::MAX).map(|(number, _)| number).collect());
            papers.push(SegmentPapers::table(table));
        }
        papers.reverse();
        gone.reverse();
        Self { instance: index.instance, segments: papers, gone, mean_length: OnceCell::new() }
    }

    /// How many papers of the index have a term in their abstract.
    pub(super) fn count(&self, segments: &[Segment], term: &str) -> usize {
        let of_segment = |(segment, gone): (&Segment, &Vec<DocId>)| {
            let (postings, Some(number)) = (segment.postings(), segment.dictionary().find(term)) else { return 0 };
            let mut ordinals = postings.ordinals(number);
            postings.count(number) - gone.iter().filter(|paper| ordinals.find(**paper).is_some()).count()
        };
        segments.iter().zip(&self.gone).map(of_segment).sum()
    }
}

impl SegmentPapers {
    fn table(docs: Vec<DocId>) -> Self {
        let is_ascending = docs.iter().filter(|doc| **doc != DocId::MAX).is_sorted();
        Self::Table { docs, is_ascending }
    }

    /// Whether the papers of the segment come in the order of the index.
    pub(super) fn is_ascending(&self) -> bool {
        match self {
            Self::Same | Self::Whole { .. } => true,
            Self::Table { is_ascending, .. } => *is_ascending,
        }
    }

    /// The document id in the index of a paper of the segment.
    pub(super) fn doc(&self, number: DocId) -> Option<DocId> {
        match self {
            Self::Same => Some(number),
            Self::Whole { order, remaining } => order.of_whole_doc(number).filter(|doc| remaining.contains(*doc)),
            Self::Table { docs, .. } => docs.get(number as usize).copied().filter(|doc| *doc != DocId::MAX),
        }
    }

    /// The numbers in the segment of papers of an index, each with its place among them; ascending numbers.
    pub(super) fn numbers(&self, docs: &[DocId]) -> Vec<(DocId, u32)> {
        let places = || docs.iter().copied().zip(0..);
        match self {
            Self::Same => places().collect(),
            Self::Whole { order, remaining } => {
                let located = places().filter(|(doc, _)| remaining.contains(*doc));
                let of_whole = |(doc, place)| match order.locate(doc) {
                    SegmentDoc::Whole(number) => Some((number, place)),
                    SegmentDoc::Recent(_) => None,
                };
                located.filter_map(of_whole).collect()
            }
            Self::Table { docs: table, .. } => {
                let place = |doc: &DocId| docs.binary_search(doc).ok();
                (0..).zip(table).filter_map(|(number, doc)| Some((number, place(doc)? as u32))).collect()
            }
        }
    }

    /// The set in the index of a set of papers of the segment. `papers`: how many the index has.
    pub(super) fn docs(&self, numbers: DocSet, papers: usize) -> DocSet {
        match (self, numbers) {
            (Self::Same, docs) => docs,
            (Self::Whole { order, remaining }, docs) => order.merged(docs, &DocSet::empty()).and(remaining.clone()),
            (Self::Table { .. }, DocSet::List(numbers)) => {
                DocSet::of(numbers.iter().filter_map(|number| self.doc(*number)).collect(), papers)
            }
            (Self::Table { .. }, numbers) => {
                let mut bits = Bitmap::new(papers);
                numbers.each(|number| {
                    if let Some(doc) = self.doc(number) {
                        bits.insert(doc);
                    }
                });
                DocSet::from_bitmap(bits)
            }
        }
    }
}
