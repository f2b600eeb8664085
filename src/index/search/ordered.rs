//! Some papers in an order: the first screens are there, every other page is put in order when it is asked for. `hits` has the bands of a result,
//! each of which is such a list.

use super::parallel::CancelCheck;
use super::scores::Scores;
use super::sort_order::SortOrder;
use crate::index::format::paper::DocId;
use crate::index::format::sets::{Bitmap, DocSet};

/// Papers in an order.
pub(crate) struct OrderedPapers {
    pub(crate) docs: DocSet,
    pub(crate) count: usize,
    /// The first papers in order.
    head: Vec<DocId>,
    tail: OrderOfRest,
}

/// How the papers after the head are ordered.
pub(crate) enum OrderOfRest {
    /// Newest first; there is no head.
    Newest,
    /// By score, then newest first, without the papers of the head.
    Scored(Scores),
    /// Not sorted yet: the sort key, then the document id in the lowest 32 bits.
    Keys(Vec<u64>),
    /// By sort keys, the head included.
    Sorted(SortOrder),
}

impl OrderedPapers {
    pub(crate) fn new(head: Vec<DocId>, docs: DocSet, tail: OrderOfRest) -> Self {
        Self { count: docs.count(), docs, head, tail }
    }

    /// Up to `length` papers of the order, from position `from` on, where that takes no time that grows with the result; None where
    /// they must be put in order first, by `page`.
    pub(crate) fn page_at_hand(&self, from: usize, length: usize) -> Option<Vec<DocId>> {
        if let OrderOfRest::Newest = self.tail {
            return Some(self.docs.iter_from(from).take(length).collect());
        }
        let end = from.saturating_add(length).min(self.count);
        (end <= self.head.len()).then(|| self.head.get(from..end).unwrap_or_default().to_vec())
    }

    /// Up to `length` papers of the order, from position `from` on. None when cancelled.
    pub(crate) fn page_while(&self, from: usize, length: usize, cancelled: CancelCheck<'_>) -> Option<Vec<DocId>> {
        if let Some(page) = self.page_at_hand(from, length) {
            return Some(page);
        }
        if let OrderOfRest::Sorted(order) = &self.tail {
            return order.page(&self.docs, from, length, cancelled);
        }
        let mut page: Vec<DocId> = self.head.iter().copied().skip(from).take(length).collect();
        let (skip, room) = (from.saturating_sub(self.head.len()), length - page.len());
        match &self.tail {
            OrderOfRest::Newest | OrderOfRest::Sorted(_) => {}
            OrderOfRest::Scored(scores) => page.extend(self.scored(scores, skip, room, cancelled)?),
            OrderOfRest::Keys(keys) => {
                let mut keys = keys.clone();
                keys.sort_unstable();
                page.extend(keys.into_iter().skip(skip).take(room).map(|key| key as DocId));
            }
        }
        Some(page)
    }

    /// Papers after the head, by score; only those of the scores that reach into the page are listed.
    fn scored(&self, scores: &Scores, skip: usize, room: usize, cancelled: CancelCheck<'_>) -> Option<Vec<DocId>> {
        let mut rest = self.bitmap();
        for doc in &self.head {
            rest.remove(*doc);
        }
        let (mut skip, mut page) = (skip, Vec::new());
        for score in (0..=scores.highest()).rev() {
            if page.len() >= room {
                break;
            }
            if cancelled() {
                return None;
            }
            let level = DocSet::from_bitmap(scores.level(&rest, score));
            let count = level.count();
            if count <= skip {
                skip -= count;
                continue;
            }
            page.extend(level.iter_from(skip).take(room - page.len()));
            skip = 0;
        }
        Some(page)
    }

    /// The papers as a bitmap, for a result that is ordered by score.
    fn bitmap(&self) -> Bitmap {
        match &self.docs {
            DocSet::Bitmap(bits) => Bitmap::clone(bits),
            DocSet::All(papers) => Bitmap::full(*papers),
            DocSet::List(_) => Bitmap::new(0),
        }
    }

    /// The position of a paper in the order, from 0. Milliseconds for millions of papers that are sorted by keys. None when cancelled, too.
    pub(crate) fn position(&self, doc: DocId, cancelled: CancelCheck<'_>) -> Option<usize> {
        if !self.docs.contains(doc) {
            return None;
        }
        let in_head = self.head.iter().position(|other| *other == doc);
        in_head.or_else(|| match &self.tail {
            OrderOfRest::Newest => Some(self.docs.rank(doc)),
            OrderOfRest::Scored(scores) => {
                let DocSet::Bitmap(bits) = &self.docs else { return None };
                let score = scores.of(doc);
                let is_after = |other: &DocId| {
                    let other_score = scores.of(*other);
                    other_score < score || (other_score == score && *other > doc)
                };
                // Papers of the head come before in any case; count each of them once.
                Some(scores.before(bits, doc) + self.head.iter().filter(|other| is_after(other)).count())
            }
            OrderOfRest::Keys(keys) => {
                let own = keys.iter().find(|key| **key as DocId == doc)?;
                Some(self.head.len() + keys.iter().filter(|key| *key < own).count())
            }
            OrderOfRest::Sorted(order) => order.before(&self.docs, doc, cancelled),
        })
    }
}
