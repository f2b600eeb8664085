//! The columns that a result can be sorted by, and the keys that a sort clause makes of them. How a result is put in their order is in `sort_order`.

use crate::domain::query::{Sort, SortBy};
use crate::index::format::file::Section;
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;

/// The key of a paper without a value.
const UNKNOWN: u64 = u64::MAX;

#[derive(Clone, Copy)]
pub(super) struct SortKey {
    pub(super) column: SortColumn,
    pub(super) descending: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SortColumn {
    Relevance,
    Date,
    Added,
    Title,
    Author,
    Votes,
    Status,
    DigestDay,
    DigestRank,
}

impl SortKey {
    /// The key of a value in the direction of the sort clause; smaller comes first, papers without a value come last in both directions.
    pub(super) fn of(self, value: Option<u64>) -> u64 {
        let last = UNKNOWN - 1;
        match value {
            None => UNKNOWN,
            Some(value) if self.descending => last - value.min(last),
            Some(value) => value.min(last),
        }
    }
}

/// The keys of one sort clause.
pub(super) fn columns(sort: Sort) -> Vec<SortKey> {
    let one = |column| vec![SortKey { column, descending: sort.descending }];
    match sort.by {
        // The best is first in both directions.
        SortBy::Relevance => vec![SortKey { column: SortColumn::Relevance, descending: true }],
        SortBy::Date => one(SortColumn::Date),
        SortBy::Added => one(SortColumn::Added),
        SortBy::Title => one(SortColumn::Title),
        SortBy::Author => one(SortColumn::Author),
        SortBy::Votes => one(SortColumn::Votes),
        SortBy::Status => one(SortColumn::Status),
        SortBy::Digest => {
            let rank = SortKey { column: SortColumn::DigestRank, descending: false };
            one(SortColumn::DigestDay).into_iter().chain([rank]).collect()
        }
    }
}

/// A column whose order is stored.
pub(super) struct StoredColumn {
    pub(super) values: Section,
    pub(super) order: Section,
    /// The value of a paper without one.
    pub(super) unknown: u32,
}

pub(super) fn stored(column: SortColumn) -> Option<StoredColumn> {
    let of = |values, order, unknown| Some(StoredColumn { values, order, unknown });
    match column {
        SortColumn::Date => of(Section::Published, Section::DateOrder, 0),
        SortColumn::Added => of(Section::Added, Section::AddedOrder, 0),
        SortColumn::Title => of(Section::TitleRank, Section::TitleOrder, u32::MAX),
        SortColumn::Author => of(Section::AuthorRank, Section::AuthorOrder, u32::MAX),
        SortColumn::Relevance
        | SortColumn::Votes
        | SortColumn::Status
        | SortColumn::DigestDay
        | SortColumn::DigestRank => None,
    }
}

/// For each set of digests of each segment the latest one: its rank among all digests by day, and its number there.
pub(super) fn latest_digests(index: &SegmentedIndex) -> Vec<Vec<Option<(u32, u32)>>> {
    let table = index.digest_table();
    let mut by_day: Vec<usize> = (0..table.len()).collect();
    by_day.sort_by_key(|digest| table.get(*digest).and_then(|row| row.day).map_or(0, |day| day.packed()));
    let mut ranks = vec![0; table.len()];
    for (rank, digest) in (0u32..).zip(by_day) {
        if let Some(entry) = ranks.get_mut(digest) {
            *entry = rank;
        }
    }
    let of_segment = |segment: &Index| {
        let sets = segment.digest_sets();
        let ranked = |digest: u32| Some((ranks.get(index.digest_of(segment, digest) as usize).copied()?, digest));
        (0..sets.len() as u32).map(|set| sets.members(set).filter_map(ranked).max()).collect()
    };
    index.segments().map(of_segment).collect()
}
