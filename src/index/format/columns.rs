//! Columns of the index: the sets of categories and digests that papers have, and filters that read one column from end to end. Nothing
//! here knows a query; `evaluate` says which column answers which term.

use super::file::{Section, slice_at, u32_at, u32s};
use super::sets::{Bits, Set};
use crate::index::build::distinct::{CATEGORIES, DIGESTS};
use crate::index::{DocId, Flags, Index};

/// The distinct sets of a column of sets.
#[derive(Clone, Copy)]
pub(crate) struct SetColumn<'a> {
    members: &'a [u8],
    offsets: &'a [u8],
    counts: &'a [u8],
    totals: &'a [u8],
    column: &'a [u8],
}

impl<'a> SetColumn<'a> {
    pub(crate) fn members(&self, set: u32) -> impl Iterator<Item = u32> + use<'a> {
        u32s(slice_at(self.members, self.offsets, set as usize))
    }

    /// How many papers have each member, from how many have each set.
    pub(crate) fn member_counts(&self, of_sets: &[usize], most: usize) -> Vec<usize> {
        let mut counts = vec![0; most];
        let ends = u32s(self.offsets).skip(1).map(|end| end as usize / 4);
        let mut members = u32s(self.members);
        let mut read = 0;
        for (papers, end) in of_sets.iter().zip(ends) {
            for member in members.by_ref().take(end.saturating_sub(read)) {
                if let Some(count) = counts.get_mut(member as usize) {
                    *count += papers;
                }
            }
            read = end.max(read);
        }
        counts
    }

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

    /// The set of each paper.
    pub(crate) fn column(&self) -> impl ExactSizeIterator<Item = u32> + Clone + use<'a> {
        u32s(self.column)
    }

    pub(crate) fn of(&self, doc: DocId) -> u32 {
        u32_at(self.column, doc as usize)
    }
}

/// The column of publication dates; descending in an index that is chronological.
#[derive(Clone, Copy)]
pub(crate) struct Dates<'a>(&'a [u8]);

impl Dates<'_> {
    pub(crate) fn at(&self, doc: usize) -> Option<u32> {
        (doc < self.0.len() / 4).then(|| u32_at(self.0, doc))
    }

    /// The first paper from `from` on that is older than a packed date.
    pub(crate) fn first_below(&self, from: usize, date: u32) -> usize {
        let rest = self.0.as_chunks::<4>().0.get(from..).unwrap_or_default();
        from + rest.partition_point(|other| u32::from_le_bytes(*other) >= date)
    }
}

impl Index {
    pub(crate) fn dates(&self) -> Dates<'_> {
        Dates(self.file.section(Section::Published))
    }

    pub(crate) fn category_sets(&self) -> SetColumn<'_> {
        self.sets(CATEGORIES, Section::CategorySet)
    }

    pub(crate) fn digest_sets(&self) -> SetColumn<'_> {
        self.sets(DIGESTS, Section::DigestSet)
    }

    fn sets(&self, sections: [Section; 4], column: Section) -> SetColumn<'_> {
        let [members, offsets, counts, totals] = sections.map(|section| self.file.section(section));
        SetColumn { members, offsets, counts, totals, column: self.file.section(column) }
    }

    /// Papers with any member for which `wanted` holds.
    pub(crate) fn with_member(&self, sets: SetColumn<'_>, wanted: &[bool]) -> Set {
        let is_wanted = |member: u32| wanted.get(member as usize).copied().unwrap_or(false);
        let of_set: Vec<bool> = (0..sets.len() as u32).map(|set| sets.members(set).any(is_wanted)).collect();
        if !of_set.contains(&true) {
            return Set::empty();
        }
        let bits =
            Bits::collect(self.len(), sets.column().map(|set| of_set.get(set as usize).copied().unwrap_or(false)));
        Set::bits(bits)
    }

    /// Papers whose number in a column passes.
    pub(crate) fn with_number(&self, section: Section, passes: impl Fn(u32) -> bool) -> Set {
        Set::bits(Bits::collect(self.len(), self.column(section).map(passes)))
    }

    /// Papers with known votes that pass.
    pub(crate) fn with_votes(&self, passes: impl Fn(u32) -> bool) -> Set {
        let docs = self.vote_pairs().filter(|(_, votes)| passes(*votes)).map(|(doc, _)| doc);
        Set::of(docs.collect(), self.len())
    }

    /// Papers with known votes, newest first.
    pub(crate) fn vote_pairs(&self) -> impl Iterator<Item = (DocId, u32)> + '_ {
        let pairs = self.file.section(Section::Votes).as_chunks::<8>().0;
        pairs.iter().map(|pair| (u32_at(pair, 0), u32_at(pair, 1)))
    }

    pub(crate) fn with_flag(&self, flag: Flags) -> Set {
        Set::bits(Bits::from_words(self.flag_words(flag), self.len()))
    }
}
