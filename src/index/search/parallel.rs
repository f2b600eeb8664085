//! Looks at many papers one by one and keeps those that pass, on every core when there are enough of them to be worth it. What passes is
//! the caller's.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::index::DocId;

/// Fewer papers than this are looked at sooner than a thread begins.
const WORTH: usize = 1 << 14;
const MOST_THREADS: usize = 4;
/// Papers between two looks at whether the search was cancelled.
const BETWEEN_LOOKS: usize = 1 << 12;

/// The papers that pass, in their order; None: cancelled. `keeper` makes what one thread looks with; it is given each paper's place in
/// `docs` and the paper, in ascending order.
pub(crate) fn sift<K: FnMut(usize, DocId) -> bool>(
    docs: &[DocId],
    cancelled: &dyn Fn() -> bool,
    keeper: impl Fn() -> K + Sync,
) -> Option<Vec<DocId>> {
    let ended = AtomicBool::new(false);
    let part = |start: usize, docs: &[DocId], look: &dyn Fn() -> bool| {
        let mut keep = keeper();
        let mut kept = Vec::new();
        for (place, doc) in (start..).zip(docs) {
            if place % BETWEEN_LOOKS == 0 && look() {
                ended.store(true, Ordering::Relaxed);
                break;
            }
            if keep(place, *doc) {
                kept.push(*doc);
            }
        }
        kept
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = (docs.len() / WORTH).clamp(1, cores.min(MOST_THREADS));
    let (own, others) = docs.split_at(docs.len().div_ceil(threads).min(docs.len()));
    let kept = thread::scope(|scope| {
        let (part, ended) = (&part, &ended);
        let starts = (own.len()..).step_by(own.len().max(1));
        let running: Vec<_> = starts
            .zip(others.chunks(own.len().max(1)))
            .map(|(start, docs)| scope.spawn(move || part(start, docs, &|| ended.load(Ordering::Relaxed))))
            .collect();
        let mut kept = part(0, own, cancelled);
        for thread in running {
            kept.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        kept
    });
    (!ended.into_inner()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_pass_are_kept_in_their_order() {
        for papers in [0, 1, 5, 3 * WORTH as DocId + 7, 9 * WORTH as DocId] {
            let docs: Vec<DocId> = (0..papers).map(|doc| doc * 2).collect();
            let kept = sift(&docs, &|| false, || |place, doc| doc as usize == 2 * place && doc % 3 == 0);
            let expected: Vec<DocId> = docs.iter().copied().filter(|doc| doc % 3 == 0).collect();
            assert_eq!(kept, Some(expected));
        }
        let docs: Vec<DocId> = (0..9 * WORTH as DocId).collect();
        assert_eq!(sift(&docs, &|| true, || |_, _| true), None);
    }
}
