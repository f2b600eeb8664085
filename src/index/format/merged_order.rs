//! The common order of the papers of two segments of an index: where the papers of the recent one come between those of the whole one, and
//! which papers of the whole one they replace. It gives each paper one document id, the one that it would have in a single segment of all
//! papers, and moves sets of papers between the two numberings. It reads no file.

use std::sync::Arc;

use super::file::u32s;
use super::paper::DocId;
use super::sets::{Bitmap, DocSet};

/// A paper by its document id in one of the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SegmentDoc {
    Whole(DocId),
    Recent(DocId),
}

/// The papers of two segments in one order. Takes 8 bytes for each paper of the recent segment and each replaced one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MergedOrder {
    /// Papers of the whole segment, replaced ones included.
    whole: usize,
    /// Document ids in the whole segment of the papers that are no longer in the index, ascending.
    replaced: Vec<DocId>,
    /// How many remaining papers of the whole segment come before each replaced one.
    before_replaced: Vec<DocId>,
    /// The common document id of each paper of the recent segment.
    recent: Vec<DocId>,
    /// How many remaining papers of the whole segment come before each paper of the recent one.
    before_recent: Vec<DocId>,
}

impl MergedOrder {
    /// The order of a whole segment of so many papers without any others.
    pub(crate) fn of_whole(papers: usize) -> Self {
        Self { whole: papers, ..Self::default() }
    }

    /// `places`: for each paper of the recent segment the first one of the whole segment that it comes before; `replaced`: papers of the whole
    /// segment. None unless both are in order and within the whole segment.
    pub(crate) fn new(whole: usize, places: &[DocId], replaced: Vec<DocId>) -> Option<Self> {
        if places.last().is_some_and(|place| *place as usize > whole) {
            return None;
        }
        let remaining_before = |place: &DocId| place - replaced.partition_point(|doc| doc < place) as DocId;
        let before_recent = places.iter().map(remaining_before).collect();
        Self::from_parts(whole, before_recent, replaced)
    }

    /// From the parts that `parts` gives; None where they are not in order or not within a whole segment of so many papers.
    fn from_parts(whole: usize, before_recent: Vec<DocId>, replaced: Vec<DocId>) -> Option<Self> {
        let are_in_order = before_recent.is_sorted() && replaced.is_sorted_by(|one, other| one < other);
        let remaining = whole.checked_sub(replaced.len())?;
        let are_within = before_recent.last().is_none_or(|before| *before as usize <= remaining)
            && replaced.last().is_none_or(|doc| (*doc as usize) < whole);
        if !are_in_order || !are_within {
            return None;
        }
        let before_replaced = (0..).zip(&replaced).map(|(number, doc)| doc - number).collect();
        let recent = (0..).zip(&before_recent).map(|(number, before)| before + number).collect();
        Some(Self { whole, replaced, before_replaced, recent, before_recent })
    }

    /// Appends: how many papers of the recent segment and how many replaced ones there are, then what is stored of both; all u32.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for part in [&self.before_recent, &self.replaced] {
            out.extend((part.len() as u32).to_le_bytes());
            out.extend(part.iter().flat_map(|doc| doc.to_le_bytes()));
        }
    }

    /// Reads what `write` wrote, of a whole segment of so many papers, and removes it from the front. None when it is something else.
    pub(crate) fn read(bytes: &mut &[u8], whole: usize) -> Option<Self> {
        let mut part = || {
            let (count, rest) = bytes.split_first_chunk::<4>()?;
            *bytes = rest;
            let length = usize::try_from(u32::from_le_bytes(*count)).ok()?.checked_mul(4)?;
            Some(u32s(bytes.split_off(..length)?).collect::<Vec<DocId>>())
        };
        let before_recent = part()?;
        Self::from_parts(whole, before_recent, part()?)
    }

    /// How many papers both segments have together.
    pub(crate) fn papers(&self) -> usize {
        self.remaining() + self.recent.len()
    }

    pub(crate) fn recent_papers(&self) -> usize {
        self.recent.len()
    }

    /// The papers of the whole segment that are no longer in the index.
    pub(crate) fn replaced(&self) -> &[DocId] {
        &self.replaced
    }

    /// How many papers of the whole segment were not replaced.
    fn remaining(&self) -> usize {
        self.whole - self.replaced.len()
    }

    /// Where a paper is. A document id beyond the last paper gives one beyond the whole segment.
    pub(crate) fn locate(&self, doc: DocId) -> SegmentDoc {
        let recent_before = self.recent.partition_point(|other| *other < doc);
        if self.recent.get(recent_before) == Some(&doc) {
            return SegmentDoc::Recent(recent_before as DocId);
        }
        let before = doc - recent_before as DocId;
        SegmentDoc::Whole(
            before.saturating_add(self.before_replaced.partition_point(|other| *other <= before) as DocId),
        )
    }

    /// The common document id of a paper of the whole segment; None when it was replaced or does not exist.
    pub(crate) fn of_whole_doc(&self, doc: DocId) -> Option<DocId> {
        let replaced_before = self.replaced.partition_point(|other| *other < doc);
        if self.replaced.get(replaced_before) == Some(&doc) || doc as usize >= self.whole {
            return None;
        }
        let before = doc - replaced_before as DocId;
        Some(before + self.before_recent.partition_point(|other| *other <= before) as DocId)
    }

    /// The common document id of a paper of the recent segment; None when it does not exist.
    pub(crate) fn of_recent_doc(&self, doc: DocId) -> Option<DocId> {
        self.recent.get(doc as usize).copied()
    }

    /// Visits the remaining papers of the whole segment in ranges that follow each other in both numberings: the first document id in the whole
    /// segment, the first common one, and how many.
    fn each_range(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let (mut done, mut replaced, mut recent) = (0, 0, 0);
        while done < self.remaining() {
            let skip = |all: &[DocId], from: usize| {
                let rest = all.get(from..).unwrap_or_default();
                from + rest.iter().take_while(|before| **before as usize <= done).count()
            };
            (replaced, recent) = (skip(&self.before_replaced, replaced), skip(&self.before_recent, recent));
            let next = |all: &[DocId], at: usize| all.get(at).map_or(usize::MAX, |before| *before as usize);
            let end =
                next(&self.before_replaced, replaced).min(next(&self.before_recent, recent)).min(self.remaining());
            visit(done + replaced, done + recent, end - done);
            done = end;
        }
    }

    /// The bits of the whole segment at their common document ids, without those of replaced papers.
    pub(crate) fn bits_of_whole(&self, whole: &Bitmap) -> Bitmap {
        let mut bits = Bitmap::new(self.papers());
        self.each_range(|from, to, papers| copy_bits(whole.words(), from, bits.words_mut(), to, papers));
        bits
    }

    /// The set of papers that are in these sets of the two segments.
    pub(crate) fn merged(&self, whole: DocSet, recent: &DocSet) -> DocSet {
        let papers = self.papers();
        let each = |docs: &DocSet, visit: &mut dyn FnMut(DocId)| {
            docs.each(|doc| self.of_recent_doc(doc).into_iter().for_each(&mut *visit));
        };
        match whole {
            DocSet::List(docs) => {
                let mut all: Vec<DocId> = docs.iter().filter_map(|doc| self.of_whole_doc(*doc)).collect();
                each(recent, &mut |doc| all.push(doc));
                all.sort_unstable();
                DocSet::of_sorted(all, papers)
            }
            DocSet::All(_) => {
                let mut missing = Vec::new();
                each(&recent.clone().not(self.recent.len()), &mut |doc| missing.push(doc));
                DocSet::of_sorted(missing, papers).not(papers)
            }
            DocSet::Bitmap(bits) => {
                let mut bits = self.bits_of_whole(&bits);
                each(recent, &mut |doc| bits.insert(doc));
                DocSet::from_bitmap(bits)
            }
        }
    }

    /// The papers of a set by segment: the whole one, the recent one.
    pub(crate) fn split(&self, docs: &DocSet) -> [DocSet; 2] {
        match docs {
            DocSet::All(_) => {
                let replaced = DocSet::of_sorted(self.replaced.clone(), self.whole);
                [replaced.not(self.whole), DocSet::All(self.recent.len())]
            }
            DocSet::List(docs) => {
                let (mut whole, mut recent) = (Vec::new(), Vec::new());
                for doc in docs.iter() {
                    match self.locate(*doc) {
                        SegmentDoc::Whole(doc) => whole.push(doc),
                        SegmentDoc::Recent(doc) => recent.push(doc),
                    }
                }
                [DocSet::of_sorted(whole, self.whole), DocSet::of_sorted(recent, self.recent.len())]
            }
            DocSet::Bitmap(bits) => {
                let mut whole = Bitmap::new(self.whole);
                self.each_range(|to, from, papers| copy_bits(bits.words(), from, whole.words_mut(), to, papers));
                let recent = Bitmap::collect(self.recent.len(), self.recent.iter().map(|doc| bits.contains(*doc)));
                [DocSet::Bitmap(Arc::new(whole)), DocSet::Bitmap(Arc::new(recent))]
            }
        }
    }
}

/// Adds `count` bits of `from`, beginning with bit `start`, to `to` from bit `place` on. Bits beyond either end are left out.
fn copy_bits(from: &[u64], start: usize, to: &mut [u64], place: usize, count: usize) {
    let bits_at = |at: usize| {
        let (word, shift) = (at / 64, at % 64);
        let low = from.get(word).map_or(0, |bits| bits >> shift);
        let high = from.get(word + 1).map_or(0, |bits| bits.checked_shl(64 - shift as u32).unwrap_or(0));
        low | high
    };
    let mut add = |at: usize, count: usize| {
        if let Some(word) = to.get_mut((place + at) / 64) {
            let mask = u64::MAX >> (64 - count);
            *word |= (bits_at(start + at) & mask) << ((place + at) % 64);
        }
    };
    // Up to the next word of `to`, which the loop over whole words begins with.
    let head = ((64 - place % 64) % 64).min(count);
    if head > 0 {
        add(0, head);
    }
    let whole_words = (count - head) / 64;
    let tail = (count - head) % 64;
    if tail > 0 {
        add(count - tail, tail);
    }
    let (first, shift) = ((start + head) / 64, (start + head) % 64);
    let words = to.iter_mut().skip((place + head) / 64).take(whole_words);
    let low = from.get(first..).unwrap_or_default();
    if shift == 0 {
        words.zip(low).for_each(|(word, low)| *word |= low);
        return;
    }
    // The last word of `from` has no other after it.
    let high = low.get(1..).unwrap_or_default().iter().chain(std::iter::once(&0));
    words.zip(low.iter().zip(high)).for_each(|(word, (low, high))| *word |= low >> shift | high << (64 - shift));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn sets(docs: &BTreeSet<DocId>, papers: usize) -> [DocSet; 2] {
        let list = DocSet::list(docs.iter().copied().collect());
        [list.clone(), DocSet::Bitmap(list.into_bitmap(papers))]
    }

    fn members(set: &DocSet) -> Vec<DocId> {
        set.iter_from(0).collect()
    }

    proptest! {
        #[test]
        fn papers_of_both_segments_are_numbered_as_in_one(
            whole in 0usize..300,
            places in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
            replaced in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
            chosen in prop::collection::btree_set(0u32..340, 0..340),
        ) {
            let mut places: Vec<DocId> = places.iter().map(|at| at.index(whole + 1) as DocId).collect();
            places.sort_unstable();
            let replaced: BTreeSet<DocId> =
                if whole == 0 { BTreeSet::new() } else { replaced.iter().map(|at| at.index(whole) as DocId).collect() };
            let mut expected = Vec::new();
            for doc in 0..=whole as DocId {
                let here = (0..).zip(&places).filter(|(_, place)| **place == doc);
                expected.extend(here.map(|(number, _)| SegmentDoc::Recent(number)));
                if (doc as usize) < whole && !replaced.contains(&doc) {
                    expected.push(SegmentDoc::Whole(doc));
                }
            }
            let order = MergedOrder::new(whole, &places, replaced.iter().copied().collect()).unwrap();
            let mut bytes = Vec::new();
            order.write(&mut bytes);
            let mut rest = bytes.as_slice();
            let again = MergedOrder::read(&mut rest, whole);
            prop_assert_eq!((again.as_ref(), rest.len()), (Some(&order), 0));
            prop_assert!((0..bytes.len()).all(|cut| MergedOrder::read(&mut &bytes[..cut], whole).is_none()));
            prop_assert_eq!(order.papers(), expected.len());
            for (doc, at) in (0..).zip(&expected) {
                prop_assert_eq!(order.locate(doc), *at);
                let back = match at {
                    SegmentDoc::Whole(doc) => order.of_whole_doc(*doc),
                    SegmentDoc::Recent(doc) => order.of_recent_doc(*doc),
                };
                prop_assert_eq!(back, Some(doc));
            }
            prop_assert!(replaced.iter().all(|doc| order.of_whole_doc(*doc).is_none()));
            prop_assert!(matches!(order.locate(order.papers() as DocId), SegmentDoc::Whole(doc) if doc as usize >= whole));

            let papers = expected.len();
            let chosen: BTreeSet<DocId> = chosen.into_iter().filter(|doc| (*doc as usize) < papers).collect();
            let all = (0..papers as DocId).collect();
            for (chosen, shapes) in [(&chosen, sets(&chosen, papers).to_vec()), (&all, vec![DocSet::All(papers)])] {
                let of = |pick: fn(&SegmentDoc) -> Option<DocId>| -> BTreeSet<DocId> {
                    chosen.iter().filter_map(|doc| pick(&expected[*doc as usize])).collect()
                };
                let in_whole = of(|at| if let SegmentDoc::Whole(doc) = at { Some(*doc) } else { None });
                let in_recent = of(|at| if let SegmentDoc::Recent(doc) = at { Some(*doc) } else { None });
                for shape in shapes {
                    let [one, other] = order.split(&shape);
                    prop_assert_eq!(members(&one), in_whole.iter().copied().collect::<Vec<_>>());
                    prop_assert_eq!(members(&other), in_recent.iter().copied().collect::<Vec<_>>());
                }
                // Replaced papers are in no set.
                let with_replaced = in_whole.union(&replaced).copied().collect();
                for one in sets(&with_replaced, whole) {
                    for other in sets(&in_recent, places.len()) {
                        prop_assert_eq!(members(&order.merged(one.clone(), &other)), chosen.iter().copied().collect::<Vec<_>>());
                        let recent: Vec<DocId> = members(&other).iter().filter_map(|doc| order.of_recent_doc(*doc)).collect();
                        let all_of_whole = order.merged(DocSet::All(whole), &other);
                        prop_assert_eq!(all_of_whole.count(), papers - places.len() + recent.len());
                        prop_assert!(recent.iter().all(|doc| all_of_whole.contains(*doc)));
                    }
                }
            }
        }
    }

    #[test]
    fn places_out_of_order_or_beyond_the_whole_segment_are_refused() {
        assert!(MergedOrder::new(3, &[0, 3], vec![0, 2]).is_some());
        for (places, replaced) in [(vec![2, 1], vec![]), (vec![4], vec![]), (vec![], vec![1, 1]), (vec![], vec![3])] {
            assert_eq!(MergedOrder::new(3, &places, replaced), None);
        }
    }
}
