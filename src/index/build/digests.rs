//! Whether an older index can be used with a new table of digests, and as which of its digests the older ones count.

use std::collections::HashMap;

use crate::domain::date::PartialDate;
use crate::index::format::columns::SetColumn;
use crate::index::format::paper::{DigestRow, DocId};
use crate::index::format::reader::Index;

/// How many papers have each set of a column, without the removed papers.
pub(super) fn remaining_counts(sets: SetColumn<'_>, removed: &[DocId]) -> Vec<usize> {
    let mut counts: Vec<usize> = sets.counts().collect();
    for doc in removed {
        if let Some(count) = counts.get_mut(sets.of(*doc) as usize) {
            *count = count.saturating_sub(1);
        }
    }
    counts
}

/// The number in a new table of every digest of an index. None when a digest has another day, which moves papers without a date, or when a
/// digest that remaining papers were seen in is missing.
pub(super) fn digest_numbers(index: &Index, removed: &[DocId], table: &[DigestRow]) -> Option<Vec<u32>> {
    let known: HashMap<&str, (u32, Option<PartialDate>)> =
        (0..).zip(table).map(|(number, row)| (row.id.as_str(), (number, row.day))).collect();
    let before = index.digest_table();
    let sets = index.digest_sets();
    let used = sets.member_counts(&remaining_counts(sets, removed), before.len());
    let numbers = before.iter().zip(used).map(|(row, used)| match known.get(row.id.as_str()) {
        Some((number, day)) => (*day == row.day).then_some(*number),
        None => (used == 0).then_some(0),
    });
    numbers.collect()
}
