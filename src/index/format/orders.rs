//! Stored orders: the papers that have a value of a column, sorted by it, so that the first and the last screen of a sorted library are read
//! and not computed. How an order is used for a query is decided in `search`.

use super::file::u32_at;
use super::paper::DocId;

/// Set in an entry whose value differs from that of the entry before; document ids are lower.
const BEGINS_RUN: u32 = 1 << 31;

/// The entries of an order: the papers whose value is not `unknown`, by value, then by document id.
pub(crate) fn entries(values: impl Iterator<Item = u32>, unknown: u32) -> Vec<u32> {
    let known = (0u64..).zip(values).filter(|(_, value)| *value != unknown);
    let mut sorted: Vec<u64> = known.map(|(doc, value)| u64::from(value) << 32 | doc).collect();
    sorted.sort_unstable();
    let mut before = None;
    let entry = |entry: u64| {
        let value = Some(entry >> 32);
        let begins = std::mem::replace(&mut before, value) != value;
        if begins { entry as u32 | BEGINS_RUN } else { entry as u32 }
    };
    sorted.into_iter().map(entry).collect()
}

/// An order that is read. Invalid bytes give wrong orders at worst.
#[derive(Clone, Copy)]
pub(crate) enum StoredOrder<'a> {
    Entries(&'a [u8]),
    /// The order of a column that is descending, from its end: document ids themselves. `known`: how many papers have a value.
    Descending {
        values: &'a [u8],
        known: usize,
    },
}

impl<'a> StoredOrder<'a> {
    /// How many papers have a value.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Entries(entries) => entries.len() / 4,
            Self::Descending { known, .. } => *known,
        }
    }

    /// The paper at a place of the order as it is stored.
    pub(crate) fn doc(&self, place: usize) -> DocId {
        match self {
            Self::Entries(entries) => u32_at(entries, place) & !BEGINS_RUN,
            Self::Descending { .. } => place as DocId,
        }
    }

    /// Whether a place has another value than the place before.
    fn begins_run(&self, place: usize) -> bool {
        match self {
            Self::Entries(entries) => place == 0 || u32_at(entries, place) & BEGINS_RUN != 0,
            Self::Descending { values, .. } => place == 0 || u32_at(values, place) != u32_at(values, place - 1),
        }
    }

    /// Whether values ascend from the first place on.
    pub(crate) fn is_ascending(&self) -> bool {
        matches!(self, Self::Entries(_))
    }

    /// Where the run of equal values begins that a place is in.
    pub(crate) fn run_start(&self, mut place: usize) -> usize {
        while place > 0 && !self.begins_run(place) {
            place -= 1;
        }
        place
    }

    /// Where the next run begins after a place.
    pub(crate) fn run_end(&self, place: usize) -> usize {
        let mut end = place + 1;
        while end < self.len() && !self.begins_run(end) {
            end += 1;
        }
        end.min(self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_follow_the_values_and_runs_are_equal_values() {
        let values = [5, 0, 3, 5, 9, 3, 0, 5];
        let bytes: Vec<u8> = entries(values.into_iter(), 0).into_iter().flat_map(|entry| entry.to_le_bytes()).collect();
        let order = StoredOrder::Entries(&bytes);
        let docs: Vec<DocId> = (0..order.len()).map(|place| order.doc(place)).collect();
        assert_eq!(docs, [2, 5, 0, 3, 7, 4]);
        assert_eq!([0, 2, 5].map(|place| order.run_end(place)), [2, 5, 6]);
        assert_eq!([1, 4, 5].map(|place| order.run_start(place)), [0, 2, 5]);
        let values: Vec<u8> = [9_u32, 5, 5, 3, 0].into_iter().flat_map(u32::to_le_bytes).collect();
        let order = StoredOrder::Descending { values: &values, known: 4 };
        assert_eq!([0, 1, 3].map(|place| order.run_end(place)), [1, 3, 4]);
        assert_eq!([2, 3].map(|place| order.run_start(place)), [1, 3]);
    }
}
