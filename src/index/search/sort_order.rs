//! The order that the sort keys of a query give: any page of any set of papers, with as little sorted as the page needs. Large sets are walked in
//! the orders that the index stores, one run of equal values after another; only runs that reach into the page are sorted by the further keys.
//! Whether a result is ordered by keys at all is decided in `order`.

use std::sync::Arc;

use super::alphabetical_values;
use super::evaluate::QueryMatches;
use super::parallel::CancelCheck;
use super::reading_states::{ReadingStates, STATUS, status_of};
use super::scores::Scores;
use super::sort_columns::{SortColumn, SortKey, StoredColumn, columns, latest_digests, stored};
use super::view::SearchView;
use super::word_search::WordSet;
use crate::domain::query::Sort;
use crate::domain::reading::Status;
use crate::index::format::paper::DocId;
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{Bitmap, DocSet};

/// Most sort keys that count; a digest's day and rank are two.
const KEYS: usize = 3;
/// Up to so many papers are sorted by comparing their keys.
const SMALL: usize = if cfg!(test) { 3 } else { 1 << 14 };
/// Papers between two cancellation checks.
const CHECK_INTERVAL: usize = 1 << 16;
/// The sort keys of a query over one index, with what they need: it can be sent to another thread.
pub(crate) struct SortOrder {
    keys: Vec<SortKey>,
    index: Arc<SegmentedIndex>,
    /// For `SortColumn::Status`.
    states: Option<Arc<ReadingStates>>,
    /// For `SortColumn::Relevance`.
    sets: Vec<Arc<WordSet>>,
    /// For the columns of digests, of each segment: the latest of each set of digests, as its rank among all by day and its number there.
    latest: Vec<Vec<Option<(u32, u32)>>>,
}

/// By all keys of a query, then newest first.
type PackedKeys = ([u64; KEYS], DocId);

/// The papers of a page as they are found: how many to skip still, and how many to take.
struct Page {
    skip: usize,
    room: usize,
    docs: Vec<DocId>,
}

impl Page {
    fn is_full(&self) -> bool {
        self.room == 0
    }

    /// Whether `count` papers lie before the page; then they are skipped.
    fn skips(&mut self, count: usize) -> bool {
        let skips = count <= self.skip;
        if skips {
            self.skip -= count;
        }
        skips
    }

    /// Takes what the page wants of these papers, of which it may skip all.
    fn take(&mut self, docs: impl Iterator<Item = DocId>) {
        self.take_of(docs, Some);
    }

    /// The same, each with its document id only once it is taken.
    fn take_of(&mut self, mut docs: impl Iterator<Item = DocId>, of: impl Fn(DocId) -> Option<DocId>) {
        while self.skip > 0 && docs.next().is_some() {
            self.skip -= 1;
        }
        let before = self.docs.len();
        self.docs.extend(docs.filter_map(of).take(self.room));
        self.room -= self.docs.len() - before;
    }
}

impl SortOrder {
    /// Of the first keys; the further ones do not count.
    pub(crate) fn new(view: &SearchView<'_>, matches: &QueryMatches, sort: &[Sort]) -> Self {
        let mut keys: Vec<SortKey> = sort.iter().flat_map(|sort| columns(*sort)).collect();
        keys.truncate(KEYS);
        let has = |column| keys.iter().any(|key| key.column == column);
        Self {
            states: has(SortColumn::Status).then(|| Arc::clone(view.states)),
            sets: if has(SortColumn::Relevance) { matches.sets.clone() } else { Vec::new() },
            latest: if has(SortColumn::DigestDay) { latest_digests(view.index) } else { Vec::new() },
            index: Arc::clone(view.index),
            keys,
        }
    }

    /// Up to `length` papers of a set in this order, from position `from` on. None when cancelled.
    pub(crate) fn page(
        &self,
        docs: &DocSet,
        from: usize,
        length: usize,
        cancelled: CancelCheck<'_>,
    ) -> Option<Vec<DocId>> {
        let mut page = Page { skip: from, room: length, docs: Vec::new() };
        self.fill(&mut page, docs, &self.keys, cancelled)?;
        Some(page.docs)
    }

    /// How many papers of a set come before a paper. None when cancelled.
    pub(crate) fn before(&self, docs: &DocSet, doc: DocId, cancelled: CancelCheck<'_>) -> Option<usize> {
        let own = self.packed(doc, &self.keys);
        let mut before = 0;
        for (read, other) in docs.iter_from(0).enumerate() {
            if read % CHECK_INTERVAL == 0 && cancelled() {
                return None;
            }
            before += usize::from(self.packed(other, &self.keys) < own);
        }
        Some(before)
    }

    /// The value of a paper; None when it is unknown.
    fn value(&self, column: SortColumn, doc: DocId) -> Option<u64> {
        match column {
            SortColumn::Relevance => {
                let sum = self.sets.iter().map(|set| u64::from(set.tier(doc))).sum();
                (sum > 0).then_some(sum)
            }
            SortColumn::Status => Some(self.states.as_ref().map_or(Status::Unread, |states| states.status(doc)) as u64),
            _ => {
                let (segment, doc) = self.index.locate(doc);
                self.value_in(segment, column, doc)
            }
        }
    }

    /// The value of a paper of a segment in a column that segments have.
    fn value_in(&self, segment: &Index, column: SortColumn, doc: DocId) -> Option<u64> {
        match column {
            SortColumn::Relevance | SortColumn::Status => None,
            SortColumn::Votes => segment.votes(doc).map(u64::from),
            SortColumn::DigestDay => self.latest_digest(segment, doc).map(|(day, _)| u64::from(day)),
            SortColumn::DigestRank => {
                let (_, latest) = self.latest_digest(segment, doc)?;
                segment.digest_rank(doc, latest).map(u64::from)
            }
            SortColumn::Date | SortColumn::Added => {
                let stored = stored(column)?;
                Some(segment.number(stored.values, doc)).filter(|value| *value != stored.unknown).map(u64::from)
            }
            SortColumn::Title | SortColumn::Author => {
                alphabetical_values::value(&self.index, segment, stored(column)?.values, doc)
            }
        }
    }

    fn latest_digest(&self, segment: &Index, doc: DocId) -> Option<(u32, u32)> {
        let sets = self.latest.get(usize::from(!self.index.is_whole(segment)))?;
        sets.get(segment.digest_sets().of(doc) as usize).copied().flatten()
    }

    /// Smaller for a paper that comes before another by these keys.
    fn packed(&self, doc: DocId, keys: &[SortKey]) -> PackedKeys {
        let mut packed = [0; KEYS];
        for (packed, key) in packed.iter_mut().zip(keys) {
            *packed = key.of(self.value(key.column, doc));
        }
        (packed, doc)
    }

    /// Adds to the page what it wants of a set that is sorted by these keys. None when cancelled.
    fn fill(&self, page: &mut Page, docs: &DocSet, keys: &[SortKey], cancelled: CancelCheck<'_>) -> Option<()> {
        let count = docs.count();
        if page.is_full() || page.skips(count) {
            return Some(());
        }
        let Some((first, further)) = keys.split_first() else {
            page.take(docs.iter_from(0));
            return Some(());
        };
        if cancelled() {
            return None;
        }
        if count <= SMALL {
            self.fill_small(page, docs.iter_from(0), keys);
            return Some(());
        }
        if let Some(stored) = stored(first.column) {
            self.fill_stored(page, docs, (&stored, *first, further), cancelled)?;
            if page.is_full() {
                return Some(());
            }
            let unknown = self.index.docs(|segment| {
                let unknown = segment.column(stored.values).map(|value| value == stored.unknown);
                DocSet::from_bitmap(Bitmap::collect(segment.len(), unknown))
            });
            return self.fill(page, &docs.clone().and(unknown), further, cancelled);
        }
        match first.column {
            SortColumn::Status => {
                let mut groups = self.with_each_status();
                if first.descending {
                    groups.reverse();
                }
                groups.into_iter().try_for_each(|group| {
                    let group = DocSet::from_bitmap(group);
                    self.fill(page, &docs.clone().and(group), further, cancelled)
                })
            }
            SortColumn::Relevance => {
                let scores = Scores::sum(&self.sets, self.index.len());
                let all = docs.clone().into_bitmap(self.index.len());
                (0..=scores.highest()).rev().try_for_each(|score| {
                    self.fill(page, &DocSet::from_bitmap(scores.level(&all, score)), further, cancelled)
                })
            }
            _ => self.fill_listed(page, docs, (*first, further), cancelled),
        }
    }

    fn fill_small(&self, page: &mut Page, docs: impl Iterator<Item = DocId>, keys: &[SortKey]) {
        let mut sorted: Vec<PackedKeys> = docs.map(|doc| self.packed(doc, keys)).collect();
        let end = page.skip.saturating_add(page.room);
        // Only what the page needs is sorted.
        if end < sorted.len() {
            sorted.select_nth_unstable(end);
            sorted.truncate(end);
        }
        sorted.sort_unstable();
        page.take(sorted.into_iter().map(|(_, doc)| doc));
    }

    /// Walks the order that the whole segment stores, and adds the papers of the recent one where they come.
    fn fill_stored(
        &self,
        page: &mut Page,
        docs: &DocSet,
        (stored, key, further): (&StoredColumn, SortKey, &[SortKey]),
        cancelled: CancelCheck<'_>,
    ) -> Option<()> {
        let (index, whole) = (&self.index, self.index.whole());
        let order = whole.stored_order(stored.order, stored.values);
        let is_forward = order.is_ascending() != key.descending;
        let parts = index.split(docs);
        let in_whole = parts.first().map_or_else(DocSet::empty, |(_, docs)| docs.clone());
        let mut recent: Vec<(u64, DocId)> = Vec::new();
        for (segment, docs) in parts.iter().skip(1) {
            let value = |doc: DocId| Some((key.of(Some(self.value_in(segment, key.column, doc)?)), doc));
            let common = |(key, doc)| Some((key, index.of_segment(segment, doc)?));
            recent.extend(docs.iter_from(0).filter_map(value).filter_map(common));
        }
        recent.sort_unstable();
        let mut recent = recent.as_slice();
        let (mut start, mut end) = (0, order.len());
        if let (DocSet::All(_), [_]) = (docs, parts.as_slice()) {
            // Every place is a paper of the set: the walk begins where the page does.
            let skipped = page.skip.min(order.len());
            if is_forward {
                start = order.run_start(skipped);
                page.skip -= start;
            } else {
                end = order.len().checked_sub(skipped + 1).map_or(0, |place| order.run_end(place));
                page.skip -= order.len() - end;
            }
        }
        let (mut group, mut unchecked) = (Vec::new(), 0);
        while start < end && !page.is_full() {
            let run = if is_forward { start..order.run_end(start) } else { order.run_start(end - 1)..end };
            unchecked += run.len();
            if unchecked > CHECK_INTERVAL {
                unchecked = 0;
                if cancelled() {
                    return None;
                }
            }
            if is_forward {
                start = run.end;
            } else {
                end = run.start;
            }
            let mut equal: &[(u64, DocId)] = &[];
            if !recent.is_empty() {
                let own = key.of(self.value_in(whole, key.column, order.doc(run.start)));
                let (before, rest) = recent.split_at(recent.partition_point(|(key, _)| *key < own));
                self.fill_sorted(page, before, further, cancelled)?;
                (equal, recent) = rest.split_at(rest.partition_point(|(key, _)| *key == own));
            }
            let is_all = run.len() == whole.len();
            let members = run.map(|place| order.doc(place)).filter(|doc| in_whole.contains(*doc));
            if equal.is_empty() && further.is_empty() {
                page.take_of(members, |doc| index.of_whole(doc));
            } else if equal.is_empty() && is_all {
                self.fill(page, &index.in_whole(docs), further, cancelled)?;
            } else {
                group.clear();
                group.extend(members.filter_map(|doc| index.of_whole(doc)));
                if !equal.is_empty() {
                    group.extend(equal.iter().map(|(_, doc)| *doc));
                    group.sort_unstable();
                }
                self.fill_group(page, &group, further, cancelled)?;
            }
        }
        self.fill_sorted(page, recent, further, cancelled)
    }

    /// Papers that are sorted by a key, which is given with each.
    fn fill_sorted(
        &self,
        page: &mut Page,
        sorted: &[(u64, DocId)],
        further: &[SortKey],
        cancelled: CancelCheck<'_>,
    ) -> Option<()> {
        for run in sorted.chunk_by(|one, two| one.0 == two.0) {
            if page.is_full() {
                break;
            }
            let group: Vec<DocId> = run.iter().map(|(_, doc)| *doc).collect();
            self.fill_group(page, &group, further, cancelled)?;
        }
        Some(())
    }

    /// Sorts those papers by a key that have a value where that is mostly few.
    fn fill_listed(
        &self,
        page: &mut Page,
        docs: &DocSet,
        (key, further): (SortKey, &[SortKey]),
        cancelled: CancelCheck<'_>,
    ) -> Option<()> {
        let mut known: Vec<(u64, DocId)> = Vec::new();
        for (number, segment) in self.index.segments().enumerate() {
            let mut add = |doc: DocId, value: Option<u64>| {
                if let Some(value) = value
                    && let Some(doc) = self.index.of_segment(segment, doc).filter(|doc| docs.contains(*doc))
                {
                    known.push((key.of(Some(value)), doc));
                }
            };
            let latest = self.latest.get(number).map_or(&[][..], Vec::as_slice);
            match key.column {
                SortColumn::Votes => segment.vote_pairs().for_each(|(doc, votes)| add(doc, Some(votes.into()))),
                SortColumn::DigestDay if latest.iter().any(Option::is_some) => {
                    let days = segment.digest_sets().column().map(|set| latest.get(set as usize).copied().flatten());
                    (0..).zip(days).for_each(|(doc, day)| add(doc, day.map(|(day, _)| day.into())));
                }
                _ => segment.ranked().for_each(|doc| add(doc, self.value_in(segment, key.column, doc))),
            }
        }
        known.sort_unstable();
        known.dedup();
        self.fill_sorted(page, &known, further, cancelled)?;
        if page.is_full() {
            return Some(());
        }
        let papers = self.index.len();
        let known = DocSet::of(known.into_iter().map(|(_, doc)| doc).collect(), papers);
        self.fill(page, &docs.clone().and(known.not(papers)), further, cancelled)
    }

    /// Papers that are equal by the keys before, in ascending order.
    fn fill_group(
        &self,
        page: &mut Page,
        group: &[DocId],
        further: &[SortKey],
        cancelled: CancelCheck<'_>,
    ) -> Option<()> {
        if page.skips(group.len()) {
            return Some(());
        }
        if further.is_empty() || group.len() == 1 {
            page.take(group.iter().copied());
        } else if group.len() <= SMALL {
            self.fill_small(page, group.iter().copied(), further);
        } else {
            self.fill(page, &DocSet::of_sorted(group.to_vec(), self.index.len()), further, cancelled)?;
        }
        Some(())
    }

    /// The papers with each status, in the order of the statuses.
    fn with_each_status(&self) -> Vec<Bitmap> {
        let mut groups = vec![Bitmap::new(self.index.len()); Status::ALL.len()];
        let bytes = self.states.as_ref().map_or(&[][..], |states| states.bytes());
        for word in 0..self.index.len().div_ceil(64) {
            let bytes = bytes.get(word * 64..bytes.len().min(word * 64 + 64)).unwrap_or_default();
            let mut others = 0;
            // Most papers are unread, and so are mostly 64 in a row.
            let is_touched = bytes.iter().fold(0, |all, byte| all | byte) & STATUS != 0;
            for (bit, byte) in bytes.iter().enumerate().filter(|_| is_touched) {
                let status = status_of(*byte) as usize;
                if status != Status::Unread as usize
                    && let Some(word) = groups.get_mut(status).and_then(|group| group.words_mut().get_mut(word))
                {
                    *word |= 1 << bit;
                    others |= 1 << bit;
                }
            }
            let unread = groups.get_mut(Status::Unread as usize).and_then(|group| group.words_mut().get_mut(word));
            unread.into_iter().for_each(|word| *word = !others);
        }
        groups.iter_mut().for_each(Bitmap::trim);
        groups
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::query::{Query, SortBy};
    use crate::index::sample::{NoAbstracts, NoNotes, index, samples};
    use crate::index::search::evaluate::{Evaluation, FreeWords};
    use crate::index::search::word_cache::WordCache;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Stored orders and groups give what comparing all keys gives, for every page, direction and set.
        #[test]
        fn every_page_is_that_of_the_sorted_set(
            samples in samples(),
            clauses in prop::collection::vec((prop::sample::select(SortBy::ALL.to_vec()), any::<bool>()), 1..4),
            (from, length) in (0usize..40, 0usize..40),
            (every, seed) in (1u32..4, 0usize..1000),
        ) {
            let index = index(&samples);
            let mut states = ReadingStates::new(index.len());
            for doc in 0..index.len() as DocId {
                states.set_status(doc, Status::ALL[(doc as usize * 7 + seed) % Status::ALL.len()]);
            }
            let states = Arc::new(states);
            let today = date(2025, 4, 1);
            let view = SearchView { index: &index, states: &states, abstracts: &NoAbstracts, notes: &NoNotes, today, cancelled: &|| false };
            let mut cache = WordCache::default();
            let mut evaluation = Evaluation::new(&view, &mut cache, FreeWords::Anywhere);
            evaluation.papers(&Query::parse("at OR model").filter).unwrap();
            let matches = evaluation.finish();
            let sort: Vec<Sort> = clauses.into_iter().map(|(by, descending)| Sort { by, descending }).collect();
            let by_groups = SortOrder::new(&view, &matches, &sort);
            let some = (0..index.len() as DocId).filter(|doc| doc % every == 0);
            let bits = DocSet::Bitmap(DocSet::list(some.collect()).into_bitmap(index.len()));
            for docs in [DocSet::All(index.len()), bits] {
                let mut sorted: Vec<PackedKeys> = Vec::new();
                docs.each(|doc| sorted.push(by_groups.packed(doc, &by_groups.keys)));
                sorted.sort_unstable();
                let sorted: Vec<DocId> = sorted.into_iter().map(|(_, doc)| doc).collect();
                let page = |from: usize, length: usize| sorted.iter().copied().skip(from).take(length).collect::<Vec<_>>();
                for (from, length) in [(0, docs.count()), (from, length), (0, 1), (docs.count(), 3)] {
                    let found = by_groups.page(&docs, from, length, &|| false);
                    prop_assert_eq!(found, Some(page(from, length)), "{:?} {} {}", sort, from, length);
                }
                for (place, doc) in sorted.iter().enumerate() {
                    prop_assert_eq!(by_groups.before(&docs, *doc, &|| false), Some(place));
                }
            }
        }
    }
}
