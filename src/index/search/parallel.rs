//! Tests many papers one by one, on several cores when there are enough papers to pay for the threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::index::format::paper::DocId;
use crate::index::format::sets::DocSet;

/// Papers for which starting one more thread pays.
const PAPERS_PER_THREAD: usize = 1 << 14;
const MOST_THREADS: usize = 4;
/// Papers between two cancellation checks, at most; words of a bitmap with so many.
const CHECK_INTERVAL: usize = 1 << 12;
const CHECKED_WORDS: usize = CHECK_INTERVAL / 64;

/// A cancellation check: true ends a search without an answer. Called often enough that a search ends within milliseconds.
pub(crate) type CancelCheck<'a> = &'a dyn Fn() -> bool;

/// How many threads a search may use.
pub(crate) fn most_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS)
}

/// Those papers of a set that pass; None when cancelled. `papers`: how many the index has. `test` makes the test of one thread, which is called
/// with papers in ascending order.
pub(crate) fn filter_parallel<T: FnMut(DocId) -> bool>(
    docs: DocSet,
    papers: usize,
    cancelled: CancelCheck<'_>,
    test: impl Fn() -> T + Sync,
) -> Option<DocSet> {
    let threads = (docs.count() / PAPERS_PER_THREAD).clamp(1, most_threads());
    if let (DocSet::List(docs), 1) = (&docs, threads) {
        let (mut passes, mut passed) = (test(), Vec::new());
        for docs in docs.chunks(CHECK_INTERVAL) {
            if cancelled() {
                return None;
            }
            passed.extend(docs.iter().copied().filter(|doc| passes(*doc)));
        }
        return Some(DocSet::list(passed));
    }
    let mut bits = docs.into_bitmap(papers);
    let parts =
        Mutex::new((0..).step_by(CHECK_INTERVAL).zip(Arc::make_mut(&mut bits).words_mut().chunks_mut(CHECKED_WORDS)));
    let was_cancelled = AtomicBool::new(false);
    let filter = |cancelled: CancelCheck<'_>| {
        let mut passes = test();
        loop {
            if cancelled() {
                was_cancelled.store(true, Ordering::Relaxed);
            }
            let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((first, words)) = next().filter(|_| !was_cancelled.load(Ordering::Relaxed)) else { return };
            for (first, word) in (first..).step_by(64).zip(words) {
                let mut rest = *word;
                while rest != 0 {
                    let bit = rest.trailing_zeros();
                    rest &= rest - 1;
                    *word &= !(u64::from(!passes(first + bit)) << bit);
                }
            }
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| filter(&|| false))).collect();
        filter(cancelled);
        for thread in others {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    (!was_cancelled.into_inner()).then(|| DocSet::Bitmap(bits).shrunk())
}

/// What `find` returns for each item, in their order; None when it returns None for any, or when cancelled. `find` is given a cancellation check
/// of its thread.
pub(crate) fn map_parallel<T: Sync, R: Send>(
    items: &[T],
    cancelled: CancelCheck<'_>,
    find: impl Fn(&T, CancelCheck<'_>) -> Option<R> + Sync,
) -> Option<Vec<R>> {
    let (next, was_cancelled) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = |cancelled: CancelCheck<'_>| {
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at).filter(|_| !was_cancelled.load(Ordering::Relaxed)) else { return found };
            match find(item, cancelled) {
                Some(result) => found.push((at, result)),
                None => was_cancelled.store(true, Ordering::Relaxed),
            }
        }
    };
    let mut found = thread::scope(|scope| {
        let check = || was_cancelled.load(Ordering::Relaxed);
        let others: Vec<_> = (1..most_threads().min(items.len())).map(|_| scope.spawn(move || work(&check))).collect();
        let mut found = work(cancelled);
        for thread in others {
            found.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        found
    });
    found.sort_unstable_by_key(|(at, _)| *at);
    (found.len() == items.len()).then(|| found.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..100).collect();
        let double = |item: &u32, cancelled: CancelCheck<'_>| (!cancelled()).then_some(item * 2);
        let expected: Vec<u32> = items.iter().map(|item| item * 2).collect();
        assert_eq!(map_parallel(&items, &|| false, double), Some(expected));
        assert_eq!(map_parallel(&items, &|| true, double), None);
        assert_eq!(map_parallel(&[0u32; 0], &|| true, double), Some(Vec::new()));
    }

    #[test]
    fn all_that_pass_are_found() {
        for papers in [0, 1, 5, 3 * PAPERS_PER_THREAD + 7, 9 * PAPERS_PER_THREAD] {
            let some = DocSet::of((0..papers as DocId).step_by(2).collect(), papers);
            let few = DocSet::of((0..papers as DocId).step_by(1000).collect(), papers);
            for docs in [DocSet::All(papers), some, few] {
                let passes = |doc: DocId| doc.is_multiple_of(3);
                let expected: Vec<DocId> = docs.iter_from(0).filter(|doc| passes(*doc)).collect();
                let test = || {
                    let mut last = None;
                    move |doc| {
                        assert!(last < Some(doc), "ascending");
                        last = Some(doc);
                        passes(doc)
                    }
                };
                let passed = filter_parallel(docs.clone(), papers, &|| false, test).unwrap();
                assert_eq!(passed.iter_from(0).collect::<Vec<_>>(), expected);
                assert!(docs.is_empty() || filter_parallel(docs, papers, &|| true, test).is_none());
            }
        }
    }
}
