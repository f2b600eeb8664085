//! Tests many papers one by one, on several cores when there are enough papers to pay for the threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::index::format::paper::DocId;

/// Papers for which starting one more thread pays.
const PAPERS_PER_THREAD: usize = 1 << 14;
const MOST_THREADS: usize = 4;
/// Papers between two cancellation checks.
const CHECK_INTERVAL: usize = 1 << 12;

/// A cancellation check: true ends a search without an answer. Called often enough that a search ends within milliseconds.
pub(crate) type CancelCheck<'a> = &'a dyn Fn() -> bool;

/// Those of `docs` that pass, in their order; None when cancelled. `test` makes the test of one thread, which is called with each paper's
/// index in `docs` and the paper, in ascending order.
pub(crate) fn filter_parallel<T: FnMut(usize, DocId) -> bool>(
    docs: &[DocId],
    cancelled: CancelCheck<'_>,
    test: impl Fn() -> T + Sync,
) -> Option<Vec<DocId>> {
    let was_cancelled = AtomicBool::new(false);
    let filter = |start: usize, docs: &[DocId], cancelled: CancelCheck<'_>| {
        let mut passes = test();
        let mut passed = Vec::new();
        for (at, doc) in (start..).zip(docs) {
            if at % CHECK_INTERVAL == 0 && cancelled() {
                was_cancelled.store(true, Ordering::Relaxed);
                break;
            }
            if passes(at, *doc) {
                passed.push(*doc);
            }
        }
        passed
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = (docs.len() / PAPERS_PER_THREAD).clamp(1, cores.min(MOST_THREADS));
    let (own, others) = docs.split_at(docs.len().div_ceil(threads).min(docs.len()));
    let passed = thread::scope(|scope| {
        let (filter, was_cancelled) = (&filter, &was_cancelled);
        let starts = (own.len()..).step_by(own.len().max(1));
        let running: Vec<_> = starts
            .zip(others.chunks(own.len().max(1)))
            .map(|(start, docs)| scope.spawn(move || filter(start, docs, &|| was_cancelled.load(Ordering::Relaxed))))
            .collect();
        let mut passed = filter(0, own, cancelled);
        for thread in running {
            passed.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        passed
    });
    (!was_cancelled.into_inner()).then_some(passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_pass_are_returned_in_their_order() {
        for papers in [0, 1, 5, 3 * PAPERS_PER_THREAD as DocId + 7, 9 * PAPERS_PER_THREAD as DocId] {
            let docs: Vec<DocId> = (0..papers).map(|doc| doc * 2).collect();
            let passed = filter_parallel(&docs, &|| false, || |at, doc| doc as usize == 2 * at && doc % 3 == 0);
            let expected: Vec<DocId> = docs.iter().copied().filter(|doc| doc % 3 == 0).collect();
            assert_eq!(passed, Some(expected));
        }
        let docs: Vec<DocId> = (0..9 * PAPERS_PER_THREAD as DocId).collect();
        assert_eq!(filter_parallel(&docs, &|| true, || |_, _| true), None);
    }
}
