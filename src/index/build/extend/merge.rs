//! The order of an extended index: which old papers stay, where the new ones come between them, and the new document ids of both.

use std::ops::Range;

use crate::index::build::digests::{digest_numbers, remaining_counts};
use crate::index::build::draft::Draft;
use crate::index::build::spool::{SpoolEntry, SpooledPaper, first_after};
use crate::index::format::columns::SetColumn;
use crate::index::format::file::Section;
use crate::index::format::paper::{DigestRow, DocId};
use crate::index::format::reader::Index;

/// The new document id of a removed paper.
const REMOVED: DocId = DocId::MAX;

/// A paper of the extended index.
#[derive(Clone, Copy)]
pub(super) enum MergedPaper {
    /// By its document id in the old index.
    Old(DocId),
    /// By its number among the new papers.
    New(usize),
}

/// Old papers, or new ones, that follow each other.
pub(super) struct PaperRange {
    pub(super) is_new: bool,
    pub(super) range: Range<u32>,
}

/// The old papers that remain and the new ones, in the order of the extended index.
pub(super) struct PaperMerge<'a> {
    pub(super) old: &'a Index,
    /// Old document ids of the removed papers, ascending.
    pub(super) removed: Vec<DocId>,
    pub(super) new: Vec<(SpoolEntry, SpooledPaper<'a>)>,
    pub(super) ranges: Vec<PaperRange>,
    /// New document ids of the old papers; `REMOVED` for a removed one.
    pub(super) docs_of_old: Vec<DocId>,
    /// Document ids of the new papers.
    pub(super) docs_of_new: Vec<DocId>,
    /// How many papers the extended index has.
    pub(super) papers: usize,
}

impl<'a> PaperMerge<'a> {
    /// `removed`: row ids. The draft must be sorted.
    pub(super) fn new(old: &'a Index, removed: &[i64], draft: &Draft, spool: &'a [u8]) -> Self {
        let mut removed: Vec<DocId> = removed.iter().filter_map(|row| old.with_row(*row)).collect();
        removed.sort_unstable();
        removed.dedup();
        let read = |entry: &SpoolEntry| Some((*entry, SpooledPaper::read(spool, entry)?));
        let new: Vec<(SpoolEntry, SpooledPaper<'a>)> = draft.entries.iter().filter_map(read).collect();
        let (mut ranges, mut done, mut removals) = (Vec::new(), 0, removed.iter().copied().peekable());
        let mut keep_until = |end: DocId, ranges: &mut Vec<PaperRange>| {
            while let Some(removed) = removals.next_if(|removed| *removed < end) {
                ranges.push(PaperRange { is_new: false, range: done..removed });
                done = removed + 1;
            }
            ranges.push(PaperRange { is_new: false, range: done..end });
            done = end;
        };
        let mut next_old = 0;
        for (number, (entry, record)) in (0..).zip(&new) {
            next_old = first_after(old, next_old, (entry.order(), record.tie_break()));
            keep_until(next_old, &mut ranges);
            ranges.push(PaperRange { is_new: true, range: number..number + 1 });
        }
        keep_until(old.len() as DocId, &mut ranges);
        ranges.retain(|papers| !papers.range.is_empty());

        let (mut docs_of_old, mut docs_of_new, mut next) = (vec![REMOVED; old.len()], Vec::with_capacity(new.len()), 0);
        for PaperRange { is_new, range } in &ranges {
            let papers = range.len() as DocId;
            if *is_new {
                docs_of_new.extend(next..next + papers);
            } else if let Some(docs) = docs_of_old.get_mut(range.start as usize..range.end as usize) {
                docs.iter_mut().zip(next..).for_each(|(doc, new)| *doc = new);
            }
            next += papers;
        }
        Self { old, removed, new, ranges, docs_of_old, docs_of_new, papers: next as usize }
    }

    /// All papers of the extended index in order.
    pub(super) fn papers(&self) -> impl Iterator<Item = MergedPaper> + Clone + '_ {
        self.ranges.iter().flat_map(|papers| {
            let is_new = papers.is_new;
            papers
                .range
                .clone()
                .map(move |doc| if is_new { MergedPaper::New(doc as usize) } else { MergedPaper::Old(doc) })
        })
    }

    /// The new document id of an old paper; None when it is removed.
    pub(super) fn new_doc(&self, doc: DocId) -> Option<DocId> {
        self.docs_of_old.get(doc as usize).copied().filter(|doc| *doc != REMOVED)
    }

    /// The new papers with their document ids.
    pub(super) fn new_papers(&self) -> impl Iterator<Item = (DocId, &SpooledPaper<'a>)> {
        self.docs_of_new.iter().copied().zip(self.new.iter().map(|(_, record)| record))
    }

    pub(super) fn new_paper(&self, new: usize) -> Option<&(SpoolEntry, SpooledPaper<'a>)> {
        self.new.get(new)
    }

    pub(super) fn title(&self, paper: MergedPaper) -> &'a str {
        match paper {
            MergedPaper::Old(doc) => self.old.title(doc),
            MergedPaper::New(new) => self.new_paper(new).map_or("", |(_, record)| record.title()),
        }
    }

    /// Packed; 0 when unknown.
    pub(super) fn date(&self, paper: MergedPaper) -> u32 {
        match paper {
            MergedPaper::Old(doc) => self.old.number(Section::Published, doc),
            MergedPaper::New(new) => self.new_paper(new).map_or(0, |(entry, _)| entry.date),
        }
    }

    /// How many remaining papers have each set of a column, by the old numbers of sets.
    pub(super) fn remaining_counts(&self, sets: SetColumn<'_>) -> Vec<usize> {
        remaining_counts(sets, &self.removed)
    }

    /// `digest_numbers` of the old index.
    pub(super) fn digest_numbers(&self, table: &[DigestRow]) -> Option<Vec<u32>> {
        digest_numbers(self.old, &self.removed, table)
    }
}
