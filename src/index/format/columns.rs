//! Columns: one value for each paper, stored side by side. Here are the columns of sets (categories, digests) and of dates. Which column
//! answers which clause of a query is decided in `search`.

use super::file::{Section, SectionFile, slice_at, u32_at, u32s};
use super::paper::DocId;

/// The sections of a table of distinct sets: members, offsets, papers with each set, papers with each member.
pub(crate) const CATEGORIES: [Section; 4] =
    [Section::CategoryMembers, Section::CategoryOffsets, Section::CategoryCounts, Section::CategoryTotals];
pub(crate) const DIGESTS: [Section; 4] =
    [Section::DigestMembers, Section::DigestOffsets, Section::DigestCounts, Section::DigestTotals];

/// A column of sets: each paper has the number of one of the distinct sets.
#[derive(Clone, Copy)]
pub(crate) struct SetColumn<'a> {
    members: &'a [u8],
    offsets: &'a [u8],
    counts: &'a [u8],
    totals: &'a [u8],
    column: &'a [u8],
}

impl<'a> SetColumn<'a> {
    pub(crate) fn open(file: &'a SectionFile, sections: [Section; 4], column: Section) -> Self {
        let [members, offsets, counts, totals] = sections.map(|section| file.section(section));
        Self { members, offsets, counts, totals, column: file.section(column) }
    }

    /// The members of a set.
    pub(crate) fn members(&self, set: u32) -> impl Iterator<Item = u32> + use<'a> {
        u32s(slice_at(self.members, self.offsets, set as usize))
    }

    /// How many papers have each of `members` members, from how many have each set.
    pub(crate) fn member_counts(&self, set_counts: &[usize], members: usize) -> Vec<usize> {
        let mut counts = vec![0; members];
        let ends = u32s(self.offsets).skip(1).map(|end| end as usize / 4);
        let mut members = u32s(self.members);
        let mut read = 0;
        for (papers, end) in set_counts.iter().zip(ends) {
            for member in members.by_ref().take(end.saturating_sub(read)) {
                if let Some(count) = counts.get_mut(member as usize) {
                    *count += papers;
                }
            }
            read = end.max(read);
        }
        counts
    }

    /// How many distinct sets there are.
    pub(crate) fn len(&self) -> usize {
        self.counts.len() / 4
    }

    /// How many papers of the whole index have each set.
    pub(crate) fn counts(&self) -> impl Iterator<Item = usize> + use<'a> {
        u32s(self.counts).map(|count| count as usize)
    }

    /// How many papers of the whole index have each member.
    pub(crate) fn totals(&self) -> impl Iterator<Item = usize> + use<'a> {
        u32s(self.totals).map(|count| count as usize)
    }

    /// The number of each paper's set.
    pub(crate) fn column(&self) -> impl ExactSizeIterator<Item = u32> + Clone + use<'a> {
        u32s(self.column)
    }

    /// The number of a paper's set.
    pub(crate) fn of(&self, doc: DocId) -> u32 {
        u32_at(self.column, doc as usize)
    }
}

/// The column of packed publication dates; descending when `IndexMeta::chronological`.
#[derive(Clone, Copy)]
pub(crate) struct DateColumn<'a>(&'a [u8]);

impl<'a> DateColumn<'a> {
    pub(crate) fn new(column: &'a [u8]) -> Self {
        Self(column)
    }

    /// None beyond the last paper; 0 for a paper without a date.
    pub(crate) fn at(&self, doc: usize) -> Option<u32> {
        (doc < self.0.len() / 4).then(|| u32_at(self.0, doc))
    }

    /// The first document id from `from` on whose date is before a packed date, in a descending column.
    pub(crate) fn first_below(&self, from: usize, date: u32) -> usize {
        let rest = self.0.as_chunks::<4>().0.get(from..).unwrap_or_default();
        from + rest.partition_point(|other| u32::from_le_bytes(*other) >= date)
    }
}
