//! The result of a search: all matching papers, counted exactly, the first screens in order and the rest sorted on demand. It refers to
//! neither the index nor the engine, so it can be sent to another thread.

use std::sync::OnceLock;

use super::scores::Scores;
use super::view::{RankedPaper, Reason};
use crate::index::format::paper::DocId;
use crate::index::format::sets::DocSet;

/// The result of one search.
pub struct Hits {
    /// Exactly how many papers match.
    pub count: usize,
    /// Words of the query, as typed, that match no paper.
    pub unmatched: Vec<String>,
    /// Identifiers of the query, as typed, that name no paper; set by the library, which knows all of their spellings.
    pub missing: Vec<String>,
    /// For `similar:` and descriptions, the score of each paper and why it was found.
    pub(crate) ranked: Vec<RankedPaper>,
    pub(crate) docs: DocSet,
    /// The first papers in order.
    head: Vec<DocId>,
    tail: HitsTail,
    whole: OnceLock<Vec<DocId>>,
}

/// How the papers after the head are ordered.
pub(crate) enum HitsTail {
    /// Newest first; there is no head.
    Newest,
    /// By score, then newest first; the papers of the head are among them.
    Scored(Scores),
    /// Not sorted yet: the sort key, then the document id in the lowest 32 bits. Papers in neither head nor tail come last, newest first.
    Narrow(Vec<u64>),
    Wide(Vec<u128>),
}

impl Hits {
    pub(crate) fn new(head: Vec<DocId>, docs: DocSet, tail: HitsTail, unmatched: Vec<String>) -> Self {
        let (missing, ranked) = (Vec::new(), Vec::new());
        Self { count: docs.count(), unmatched, missing, ranked, docs, head, tail, whole: OnceLock::new() }
    }

    /// Up to `length` papers of the order, from position `from` on.
    pub fn page(&self, from: usize, length: usize) -> Vec<DocId> {
        if let HitsTail::Newest = self.tail {
            return self.docs.iter_from(from).take(length).collect();
        }
        let end = from.saturating_add(length).min(self.count);
        let order = if end <= self.head.len() { &self.head } else { self.complete() };
        order.get(from..end).unwrap_or_default().to_vec()
    }

    /// All papers in order; computed once, tens of milliseconds for millions of papers.
    pub fn complete(&self) -> &[DocId] {
        self.whole.get_or_init(|| match &self.tail {
            HitsTail::Newest => self.docs.iter_from(0).collect(),
            HitsTail::Scored(scores) => self.scored(scores),
            HitsTail::Narrow(keys) => self.sorted(keys, |key| key as DocId),
            HitsTail::Wide(keys) => self.sorted(keys, |key| key as DocId),
        })
    }

    fn sorted<K: Copy + Ord>(&self, keys: &[K], doc: impl Fn(K) -> DocId) -> Vec<DocId> {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        let mut order: Vec<DocId> = self.head.iter().copied().chain(keys.into_iter().map(doc)).collect();
        if order.len() < self.count {
            let mut known = order.clone();
            known.sort_unstable();
            order.extend(self.docs.iter_from(0).filter(|doc| known.binary_search(doc).is_err()));
        }
        order
    }

    fn scored(&self, scores: &Scores) -> Vec<DocId> {
        let mut head = self.head.clone();
        head.sort_unstable();
        let mut by_score: Vec<Vec<DocId>> = Vec::new();
        for doc in self.docs.iter_from(0).filter(|doc| head.binary_search(doc).is_err()) {
            let score = scores.of(doc) as usize;
            if by_score.len() <= score {
                by_score.resize(score + 1, Vec::new());
            }
            if let Some(docs) = by_score.get_mut(score) {
                docs.push(doc);
            }
        }
        self.head.iter().copied().chain(by_score.into_iter().rev().flatten()).collect()
    }

    /// Why `similar:` or a description found a paper, the most significant word first; empty for other queries.
    pub fn reasons(&self, doc: DocId) -> &[Reason] {
        self.ranked.iter().find(|ranked| ranked.doc == doc).map_or(&[], |ranked| &ranked.reasons)
    }

    pub fn contains(&self, doc: DocId) -> bool {
        self.docs.contains(doc)
    }

    /// The papers, newest first regardless of the order.
    pub fn ids(&self) -> impl Iterator<Item = DocId> + '_ {
        self.docs.iter_from(0)
    }

    /// The position of a paper in the order, from 0.
    pub fn position(&self, doc: DocId) -> Option<usize> {
        if !self.contains(doc) {
            return None;
        }
        let in_head = self.head.iter().position(|other| *other == doc);
        in_head.or_else(|| match (&self.tail, self.whole.get()) {
            (HitsTail::Newest, _) => Some(self.docs.rank(doc)),
            (HitsTail::Scored(scores), None) => {
                let DocSet::Bitmap(bits) = &self.docs else { return None };
                let score = scores.of(doc);
                let is_after = |other: &DocId| {
                    let other_score = scores.of(*other);
                    other_score < score || (other_score == score && *other > doc)
                };
                // Papers of the head come before in any case; count each of them once.
                Some(scores.before(bits, doc) + self.head.iter().filter(|other| is_after(other)).count())
            }
            _ => self.complete().iter().position(|other| *other == doc),
        })
    }
}
