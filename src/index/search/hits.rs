//! What a search found: all of it, counted exactly; the first screens in order, the rest put in order when somebody goes there. It needs
//! neither the index nor the engine any more, so it can be handed to another thread.

use std::sync::OnceLock;

use super::scores::Scores;
use crate::index::format::sets::Set;
use crate::index::{DocId, Likeness};

/// The result of one search.
pub struct Hits {
    /// Exactly how many papers match.
    pub count: usize,
    /// Words of the query, as typed, that no paper has.
    pub unmatched: Vec<String>,
    /// Where papers like others were asked for: what is known of each.
    pub(crate) like: Vec<Likeness>,
    pub(crate) docs: Set,
    /// The first papers of the order.
    head: Vec<DocId>,
    tail: Tail,
    whole: OnceLock<Vec<DocId>>,
}

/// The papers after the head.
pub(crate) enum Tail {
    /// Newest first; there is no head.
    Newest,
    /// By score, then newest first; the head comes out of the same papers.
    Scored(Scores),
    /// Not sorted yet: sort key above, paper in the lowest 32 bits. Papers that are in neither come last, newest first.
    Narrow(Vec<u64>),
    Wide(Vec<u128>),
}

impl Hits {
    pub(crate) fn new(head: Vec<DocId>, docs: Set, tail: Tail, unmatched: Vec<String>) -> Self {
        Self { count: docs.count(), unmatched, like: Vec::new(), docs, head, tail, whole: OnceLock::new() }
    }

    /// Up to `length` papers from place `from` of the order.
    pub fn page(&self, from: usize, length: usize) -> Vec<DocId> {
        if let Tail::Newest = self.tail {
            return self.docs.iter_from(from).take(length).collect();
        }
        let end = from.saturating_add(length).min(self.count);
        let order = if end <= self.head.len() { &self.head } else { self.complete() };
        order.get(from..end).unwrap_or_default().to_vec()
    }

    /// The whole order; computed once, tens of milliseconds for millions of papers.
    pub fn complete(&self) -> &[DocId] {
        self.whole.get_or_init(|| match &self.tail {
            Tail::Newest => self.docs.iter_from(0).collect(),
            Tail::Scored(scores) => self.scored(scores),
            Tail::Narrow(keys) => self.sorted(keys, |key| key as DocId),
            Tail::Wide(keys) => self.sorted(keys, |key| key as DocId),
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

    /// The words that a paper shares with those that papers like were asked for, the most telling first.
    pub fn shared(&self, doc: DocId) -> &[String] {
        self.like.iter().find(|like| like.doc == doc).map_or(&[], |like| &like.shared)
    }

    pub fn contains(&self, doc: DocId) -> bool {
        self.docs.contains(doc)
    }

    /// The papers, newest first whatever the order.
    pub fn ids(&self) -> impl Iterator<Item = DocId> + '_ {
        self.docs.iter_from(0)
    }

    /// Where a paper stands in the order.
    pub fn position(&self, doc: DocId) -> Option<usize> {
        if !self.contains(doc) {
            return None;
        }
        let in_head = self.head.iter().position(|other| *other == doc);
        in_head.or_else(|| match (&self.tail, self.whole.get()) {
            (Tail::Newest, _) => Some(self.docs.rank(doc)),
            (Tail::Scored(scores), None) => {
                let Set::Bits(bits) = &self.docs else { return None };
                let score = scores.of(doc);
                let not_before = |other: &DocId| {
                    let of_other = scores.of(*other);
                    of_other < score || (of_other == score && *other > doc)
                };
                // Papers of the head stand before in any case, counted once.
                Some(scores.before(bits, doc) + self.head.iter().filter(|other| not_before(other)).count())
            }
            _ => self.complete().iter().position(|other| *other == doc),
        })
    }
}
