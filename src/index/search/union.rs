//! The union of many posting lists: the frequent ones first, and no more than are needed. Where all papers but a few are in the union, reading these
//! is cheaper than reading the lists that are left.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::parallel::{CancelCheck, most_threads};
use crate::index::format::postings::{PostingList, PostingsReader};
use crate::index::format::sets::{Bitmap, DocSet, SPARSE};

/// Lists with more than one paper in so many are frequent.
const FREQUENT_SHARE: usize = 1024;
/// Postings read between two cancellation checks.
const CHECK_INTERVAL: usize = if cfg!(test) { 32 } else { 1 << 18 };
/// Postings for which one more thread pays.
const PER_THREAD: usize = 1 << 20;
/// What a list costs beside its postings.
const LIST: usize = 8;

/// The papers of a union.
pub(crate) struct UnionOfLists {
    pub(crate) docs: DocSet,
    /// Papers that may be in lists that were not read: whoever needs them must look at them.
    pub(crate) undecided: DocSet,
}

/// Posting lists to be joined.
pub(crate) struct ListsToJoin<'a> {
    readers: Vec<PostingsReader<'a>>,
    /// Each by the place of its reader and the number of its term.
    lists: Vec<(u32, u32)>,
    papers: usize,
}

impl<'a> ListsToJoin<'a> {
    /// `papers`: how many the segment of the lists has.
    pub(crate) fn new(papers: usize) -> Self {
        Self { readers: Vec::new(), lists: Vec::new(), papers }
    }

    /// Adds the lists of some terms.
    pub(crate) fn add(&mut self, reader: PostingsReader<'a>, terms: impl IntoIterator<Item = u32>) {
        let at = self.readers.len() as u32;
        self.readers.push(reader);
        self.lists.extend(terms.into_iter().map(|term| (at, term)));
    }

    fn list(&self, (reader, term): (u32, u32)) -> Option<PostingList<'a>> {
        self.readers.get(reader as usize).map(|reader| reader.list(term))
    }

    fn count(&self, (reader, term): (u32, u32)) -> usize {
        self.readers.get(reader as usize).map_or(0, |reader| reader.count(term))
    }

    /// What reading all of them costs, in postings.
    pub(crate) fn cost(&self) -> usize {
        self.lists.iter().map(|list| self.count(*list) + LIST).sum()
    }

    /// Puts the frequent ones first. Sorting all of them would take longer than reading most of them.
    fn sort(&mut self) {
        let mut lists = std::mem::take(&mut self.lists);
        let limit = self.papers / FREQUENT_SHARE;
        let mut frequent = 0;
        for at in 0..lists.len() {
            if lists.get(at).is_some_and(|list| self.count(*list) > limit) {
                lists.swap(frequent, at);
                frequent += 1;
            }
        }
        if let Some(frequent) = lists.get_mut(..frequent) {
            frequent.sort_unstable_by_key(|list| (Reverse(self.count(*list)), *list));
        }
        self.lists = lists;
    }

    /// The papers that are in any of the lists, when these are short.
    fn listed(&self) -> DocSet {
        let mut docs = Vec::new();
        for list in &self.lists {
            if let Some(list) = self.list(*list) {
                list.each(|doc| docs.push(doc));
            }
        }
        DocSet::of(docs, self.papers)
    }
}

/// The papers that any of the lists has; None when cancelled. `possible`: all papers that may be in any. `reading`: what it costs to look at one
/// paper instead, in postings.
pub(crate) fn union(
    mut lists: ListsToJoin<'_>,
    possible: &Bitmap,
    reading: usize,
    cancelled: CancelCheck<'_>,
) -> Option<UnionOfLists> {
    let total = lists.cost();
    if total <= lists.papers / SPARSE {
        return (!cancelled()).then(|| UnionOfLists { docs: lists.listed(), undecided: DocSet::empty() });
    }
    lists.sort();
    let threads = (total / PER_THREAD).clamp(1, most_threads());
    let mut papers: Vec<OwnBitmap> = (0..threads).map(|_| OwnBitmap::new(lists.papers)).collect();
    let work = UnionWork {
        papers: &papers,
        possible,
        reading,
        lists: &lists,
        next: Mutex::new(lists.lists.iter()),
        left: AtomicUsize::new(total),
        is_enough: AtomicBool::new(false),
        was_cancelled: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        let work = &work;
        let (own, others) = papers.split_first()?;
        let others: Vec<_> = others.iter().map(|own| scope.spawn(|| work.read(own, &|| false))).collect();
        work.read(own, cancelled);
        for thread in others {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        Some(())
    });
    if work.was_cancelled.into_inner() {
        return None;
    }
    let is_complete = !work.is_enough.into_inner();
    let mut docs = Bitmap::new(lists.papers);
    for own in &mut papers {
        own.add_to(&mut docs);
    }
    docs.trim();
    let mut undecided = DocSet::empty();
    if !is_complete {
        let mut left = possible.clone();
        left.without(&docs);
        undecided = DocSet::from_bitmap(left);
    }
    Some(UnionOfLists { docs: DocSet::from_bitmap(docs), undecided })
}

struct UnionWork<'a> {
    /// What each thread found.
    papers: &'a [OwnBitmap],
    possible: &'a Bitmap,
    reading: usize,
    lists: &'a ListsToJoin<'a>,
    /// Those that no thread has taken.
    next: Mutex<std::slice::Iter<'a, (u32, u32)>>,
    /// What the lists cost that nobody has read.
    left: AtomicUsize,
    is_enough: AtomicBool,
    was_cancelled: AtomicBool,
}

impl UnionWork<'_> {
    /// Reads lists until none is left, or the rest is not needed.
    fn read(&self, own: &OwnBitmap, cancelled: CancelCheck<'_>) {
        loop {
            if cancelled() {
                self.was_cancelled.store(true, Ordering::Relaxed);
            }
            if self.was_cancelled.load(Ordering::Relaxed) || self.is_enough.load(Ordering::Relaxed) {
                return;
            }
            let (mut taken, mut batch) = (0, Vec::new());
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            while taken < CHECK_INTERVAL
                && let Some(list) = next.next()
            {
                taken += self.lists.count(*list) + LIST;
                batch.push(*list);
            }
            drop(next);
            if batch.is_empty() {
                return;
            }
            for list in batch.into_iter().filter_map(|list| self.lists.list(list)) {
                list.each_word(|at, bits| own.add(at, bits));
            }
            let before = self.left.fetch_sub(taken, Ordering::Relaxed);
            let left = before - taken;
            // Counting what is missing costs a word of the bitmap for each 64 papers.
            let interval = self.lists.papers / 2 + 1;
            let is_time = left / interval != before / interval && left > CHECK_INTERVAL;
            if is_time && self.missing().saturating_mul(self.reading) < left {
                self.is_enough.store(true, Ordering::Relaxed);
            }
        }
    }
    /// How many of the papers that may be in a list were not found yet.
    fn missing(&self) -> usize {
        let missing = |(at, possible): (usize, &u64)| {
            let found =
                |found: u64, own: &OwnBitmap| found | own.words.get(at).map_or(0, |word| word.load(Ordering::Relaxed));
            (possible & !self.papers.iter().fold(0, found)).count_ones() as usize
        };
        self.possible.words().iter().enumerate().map(missing).sum()
    }
}

/// The papers that one thread found. Others only read it, so that adding takes no lock.
struct OwnBitmap {
    words: Vec<AtomicU64>,
}

impl OwnBitmap {
    fn new(papers: usize) -> Self {
        Self { words: (0..papers.div_ceil(64)).map(|_| AtomicU64::new(0)).collect() }
    }

    #[inline]
    fn add(&self, at: usize, bits: u64) {
        if let Some(word) = self.words.get(at) {
            word.store(word.load(Ordering::Relaxed) | bits, Ordering::Relaxed);
        }
    }

    fn add_to(&mut self, bits: &mut Bitmap) {
        bits.words_mut().iter_mut().zip(&mut self.words).for_each(|(word, own)| *word |= *own.get_mut());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::format::file::{IndexFileKind, SectionFile, SectionWriter};
    use crate::index::format::paper::DocId;
    use crate::index::format::postings::{self, PostingsBuilder, TITLES};

    proptest! {
        #[test]
        fn what_was_found_and_what_is_undecided_are_the_whole_union(
            lists in prop::collection::vec(prop::collection::btree_set(0u32..900, 0..300), 0..40),
            chosen in prop::collection::vec(0u32..40, 0..40),
            reading in 1usize..5,
        ) {
            let papers = 900;
            let mut writer = SectionWriter::new(std::io::Cursor::new(Vec::new()), IndexFileKind::Index).unwrap();
            let builders = lists.iter().map(|docs| {
                let mut list = PostingsBuilder::default();
                docs.iter().for_each(|doc| list.push(*doc));
                list
            });
            postings::write(&mut writer, TITLES, builders, papers).unwrap();
            let file = SectionFile::from_bytes(writer.finish(0, papers).unwrap().into_inner(), IndexFileKind::Index).unwrap();
            let joined = || {
                let mut joined = ListsToJoin::new(papers);
                joined.add(PostingsReader::open(&file, TITLES), chosen.iter().copied());
                joined
            };
            let all = Bitmap::full(papers);
            let found = union(joined(), &all, reading, &|| false).unwrap();
            let expected: std::collections::BTreeSet<DocId> =
                chosen.iter().filter_map(|list| lists.get(*list as usize)).flatten().copied().collect();
            prop_assert!(found.docs.iter_from(0).all(|doc| expected.contains(&doc)));
            let decided = |doc: &DocId| found.docs.contains(*doc) || found.undecided.contains(*doc);
            prop_assert!(expected.iter().all(decided));
            prop_assert!(found.undecided.iter_from(0).all(|doc| !found.docs.contains(doc)));
            prop_assert!(union(joined(), &all, reading, &|| true).is_none());
        }
    }
}
