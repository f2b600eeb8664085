//! Phrases whose last word may be any of several terms, as while it is being typed. Where the complete words stand is read once, and one pass over the
//! posting lists of these terms compares their positions with it.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::phrase::{PhraseCursor, PhraseTerm, find_starts};
use super::segment::Segment;
use crate::index::format::paper::DocId;
use crate::index::format::postings::PostingsIterator;
use crate::index::format::sets::{Bitmap, DocSet, SetBits};
use crate::index::search::parallel::{CancelCheck, map_parallel};
use crate::index::search::union::{ListsToJoin, union};

/// Lists with more than one paper in so many are bitmaps, in which a few papers are found without reading all.
const FREQUENT_SHARE: usize = 8;
/// Terms with more than one paper in so many come before the others.
const SORTED_SHARE: usize = 1024;
/// Words of the bitmap of all papers for whose papers positions are in memory at once.
const WORDS_AT_ONCE: usize = if cfg!(test) { 1 } else { 1 << 11 };
/// The same of the papers whose positions one thread reads.
const WORDS_EACH: usize = if cfg!(test) { 1 } else { 1 << 9 };
/// Postings read between two cancellation checks.
const CHECK_INTERVAL: usize = if cfg!(test) { 4 } else { 1 << 17 };
/// What reading the positions of the complete words in a paper costs, in postings.
const READING: usize = 8;

impl Segment {
    /// The papers of `before`, which hold the terms `first` next to each other, that hold one of the terms `last` behind them; None when cancelled.
    pub(super) fn followed_by_any(
        &self,
        before: DocSet,
        first: &[u32],
        last: Vec<u32>,
        cancelled: CancelCheck<'_>,
    ) -> Option<DocSet> {
        let (papers, postings) = (self.papers(), self.postings());
        // A paper that is found is not looked at again, so the terms of most papers come first.
        let (mut often, rare): (Vec<u32>, Vec<u32>) =
            last.into_iter().partition(|term| postings.count(*term) > papers / SORTED_SHARE);
        often.sort_unstable_by_key(|term| (Reverse(postings.count(*term)), *term));
        let (mut open, mut found) = (before.into_bitmap(papers), Bitmap::new(papers));
        let are_few = open.count() <= papers / FREQUENT_SHARE;
        let (single, others): (Vec<u32>, Vec<u32>) = often.into_iter().partition(|term| {
            let has_pair = first.last().is_some_and(|before| self.pair(*before, *term).is_some());
            has_pair || (are_few && postings.count(*term) > papers / FREQUENT_SHARE)
        });
        for term in single {
            if cancelled() {
                return None;
            }
            let candidates = DocSet::Bitmap(Arc::clone(&open)).and(self.with_term(term));
            let with_it = self.phrase_in(candidates, &[first, &[term]].concat(), cancelled)?;
            let open = Arc::make_mut(&mut open);
            with_it.each(|doc| {
                open.remove(doc);
                found.insert(doc);
            });
        }
        let terms: Vec<u32> = others.into_iter().chain(rare).collect();
        let mut lists = ListsToJoin::new(papers);
        lists.add(postings, terms.iter().copied());
        if lists.cost() < open.count().saturating_mul(READING) {
            // Nothing is left to be read instead of the lists, whatever that would cost.
            let with_any = union(lists, &open, usize::MAX, cancelled)?.docs.into_bitmap(papers);
            Arc::make_mut(&mut open).and(&with_any);
        }
        found.or(&self.followed_by_listed(&open, first, &terms, cancelled)?);
        Some(DocSet::from_bitmap(found))
    }

    /// The same of terms whose posting lists are read from beginning to end.
    fn followed_by_listed(
        &self,
        papers: &Bitmap,
        first: &[u32],
        last: &[u32],
        cancelled: CancelCheck<'_>,
    ) -> Option<Bitmap> {
        let open = OpenPapers::new(papers);
        let batches: Vec<Mutex<Vec<LastTerm<'_>>>> = self.batches(last).map(Mutex::new).collect();
        let first = FirstTerms::new(self, first);
        let mut expected = ExpectedPositions::default();
        for (start, words) in (0..).step_by(WORDS_AT_ONCE).zip(papers.words().chunks(WORDS_AT_ONCE)) {
            if words.iter().all(|word| *word == 0) {
                continue;
            }
            expected.read(&first, start, words, cancelled)?;
            let end = (start + words.len()) * 64;
            map_parallel(&batches, cancelled, |batch, cancelled| {
                if cancelled() {
                    return None;
                }
                if open.has_any(start, words.len()) {
                    let mut terms = batch.lock().unwrap_or_else(PoisonError::into_inner);
                    terms.iter_mut().for_each(|term| term.look_for(self, &expected, &open, end));
                }
                Some(())
            })?;
        }
        let mut found = papers.clone();
        found.without(&open.into_bitmap(self.papers()));
        Some(found)
    }

    /// Terms, so many together that there is a cancellation check often enough.
    fn batches<'s>(&'s self, terms: &[u32]) -> impl Iterator<Item = Vec<LastTerm<'s>>> {
        let postings = self.postings();
        let mut terms = terms.iter().copied().peekable();
        std::iter::from_fn(move || {
            let (mut batch, mut read) = (Vec::new(), 0);
            while read < CHECK_INTERVAL
                && let Some(number) = terms.next()
            {
                read += postings.count(number);
                let mut docs = postings.iter(number);
                let next = docs.next();
                batch.push(LastTerm { number, docs, next, ordinal: 0 });
            }
            (!batch.is_empty()).then_some(batch)
        })
    }
}

/// The complete words of the phrase.
struct FirstTerms<'s> {
    segment: &'s Segment,
    terms: Vec<PhraseTerm>,
    count: u32,
}

impl<'s> FirstTerms<'s> {
    fn new(segment: &'s Segment, first: &[u32]) -> Self {
        let terms = segment.rarest_first(first).into_iter().map(|term| PhraseTerm::new(term, first)).collect();
        Self { segment, terms, count: first.len() as u32 }
    }

    /// Visits the positions behind them in some papers that have them, and the place of the paper. The papers: words of a bitmap.
    fn each_position_behind(&self, start: usize, words: &[u64], mut visit: impl FnMut(usize, u32)) {
        let mut cursors: Vec<PhraseCursor<'_>> =
            self.terms.iter().map(|term| self.segment.phrase_cursor(term)).collect();
        let mut starts = Vec::new();
        for (at, word) in words.iter().enumerate() {
            for bit in SetBits(*word) {
                let (doc, place) = ((start + at) as DocId * 64 + bit, at * 64 + bit as usize);
                match cursors.as_mut_slice() {
                    [only] => match only.find(doc) {
                        Some(bytes) => bytes.all().iter().for_each(|position| visit(place, u32::from(*position) + 1)),
                        None => only
                            .positions
                            .of(only.ordinal)
                            .iter()
                            .for_each(|position| visit(place, position.saturating_add(1))),
                    },
                    several => {
                        find_starts(several, doc, &mut starts);
                        starts.iter().for_each(|start| visit(place, start.saturating_add(self.count)));
                    }
                }
            }
        }
    }
}

/// Words of a bitmap of the positions that fit a byte.
const WORDS_OF_LOW: usize = 4;

/// Where the last word of the phrase must stand, in papers of a part of the bitmap of all papers.
#[derive(Default)]
struct ExpectedPositions {
    /// The first paper.
    first: usize,
    /// A bitmap of each paper's positions that fit a byte.
    low: Vec<[u64; WORDS_OF_LOW]>,
    /// Positions that do not fit a byte, sorted.
    large: Vec<(DocId, u32)>,
}

impl ExpectedPositions {
    /// Reads them for the papers of a part of the bitmap, which begins at the word `start`; None when cancelled.
    fn read(&mut self, terms: &FirstTerms<'_>, start: usize, words: &[u64], cancelled: CancelCheck<'_>) -> Option<()> {
        self.first = start * 64;
        self.low.clear();
        self.low.resize(words.len() * 64, [0; WORDS_OF_LOW]);
        let parts = self.low.chunks_mut(WORDS_EACH * 64).zip(words.chunks(WORDS_EACH)).map(Mutex::new);
        let parts: Vec<_> = (start..).step_by(WORDS_EACH).zip(parts).collect();
        let large = map_parallel(&parts, cancelled, |(start, part), cancelled| {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            let (low, words) = &mut *part;
            let mut large = Vec::new();
            terms.each_position_behind(*start, words, |place, position| {
                match low.get_mut(place).and_then(|low| low.get_mut(position as usize / 64)) {
                    Some(bits) => *bits |= 1 << (position % 64),
                    None => large.push(((start * 64 + place) as DocId, position)),
                }
            });
            (!cancelled()).then_some(large)
        })?;
        self.large = large.concat();
        Some(())
    }

    #[inline]
    fn has(&self, doc: DocId, position: u32) -> bool {
        let low = self.low.get((doc as usize).wrapping_sub(self.first));
        match low.and_then(|low| low.get(position as usize / 64)) {
            Some(bits) => bits >> (position % 64) & 1 == 1,
            None => self.large.binary_search(&(doc, position)).is_ok(),
        }
    }
}

/// Papers in which the phrase was not found yet.
struct OpenPapers {
    words: Vec<AtomicU64>,
}

impl OpenPapers {
    fn new(papers: &Bitmap) -> Self {
        Self { words: papers.words().iter().map(|word| AtomicU64::new(*word)).collect() }
    }

    /// Most papers are found several times, and reading the positions of a term there takes longer than a look at a bit.
    #[inline]
    fn has(&self, doc: DocId) -> bool {
        self.words.get(doc as usize / 64).is_some_and(|word| word.load(Ordering::Relaxed) >> (doc % 64) & 1 == 1)
    }

    fn remove(&self, doc: DocId) {
        if let Some(word) = self.words.get(doc as usize / 64) {
            word.fetch_and(!(1 << (doc % 64)), Ordering::Relaxed);
        }
    }

    /// Whether there are any in a part of the bitmap.
    fn has_any(&self, start: usize, words: usize) -> bool {
        self.words.iter().skip(start).take(words).any(|word| word.load(Ordering::Relaxed) != 0)
    }

    fn into_bitmap(self, papers: usize) -> Bitmap {
        Bitmap::from_words(self.words.into_iter().map(AtomicU64::into_inner), papers)
    }
}

/// A term that may be the last one, and how far its posting list was read.
#[derive(Clone, Copy)]
struct LastTerm<'a> {
    number: u32,
    docs: PostingsIterator<'a>,
    /// The next paper and its ordinal in the list.
    next: Option<DocId>,
    ordinal: u32,
}

impl LastTerm<'_> {
    /// Takes the papers where the term stands at an expected position out of those that are open, up to the paper `end`.
    fn look_for(&mut self, segment: &Segment, expected: &ExpectedPositions, open: &OpenPapers, end: usize) {
        let positions = &mut None;
        let Self { number, mut docs, mut next, mut ordinal } = *self;
        while let Some(doc) = next.filter(|doc| (*doc as usize) < end) {
            if open.has(doc) {
                let positions = positions.get_or_insert_with(|| segment.positions(number));
                let (bytes, are_all) = positions.low_bytes(ordinal);
                let is_found = match are_all {
                    true => bytes.iter().any(|position| expected.has(doc, u32::from(*position))),
                    false => positions.of(ordinal).iter().any(|position| expected.has(doc, *position)),
                };
                if is_found {
                    open.remove(doc);
                }
            }
            next = docs.next();
            ordinal += 1;
        }
        *self = Self { number, docs, next, ordinal };
    }
}
