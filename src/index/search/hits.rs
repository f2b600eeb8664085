//! The result of a search: all matching papers, counted exactly, the first screens in order and every other page ordered when it is asked for.
//! It can be sent to another thread.

use super::parallel::CancelCheck;
use super::scores::Scores;
use super::sort_order::SortOrder;
use super::view::{RankedPaper, Reason};
use crate::index::format::paper::DocId;
use crate::index::format::sets::{Bitmap, DocSet};

/// How many papers `Hits::find_from` looks at first.
const FIRST_PAGE: usize = 1000;

/// The result of one search.
pub struct Hits {
    /// Exactly how many papers match.
    pub count: usize,
    /// Words of the query, as typed, that match no paper.
    pub unmatched: Vec<String>,
    /// Identifiers of the query, as typed, names after `similar:` and conditions `meaning:...` that stand for no paper, negated or not: without
    /// its paper, a negation finds all the others.
    pub missing: Vec<String>,
    /// For `similar:` and descriptions, the score of each paper and why it was found.
    pub(crate) ranked: Vec<RankedPaper>,
    pub(crate) docs: DocSet,
    /// The first papers in order.
    head: Vec<DocId>,
    tail: HitsTail,
}

/// How the papers after the head are ordered.
pub(crate) enum HitsTail {
    /// Newest first; there is no head.
    Newest,
    /// By score, then newest first, without the papers of the head.
    Scored(Scores),
    /// Not sorted yet: the sort key, then the document id in the lowest 32 bits.
    Keys(Vec<u64>),
    /// By sort keys, the head included.
    Sorted(SortOrder),
}

impl Hits {
    pub(crate) fn new(head: Vec<DocId>, docs: DocSet, tail: HitsTail, unmatched: Vec<String>) -> Self {
        let (missing, ranked) = (Vec::new(), Vec::new());
        Self { count: docs.count(), unmatched, missing, ranked, docs, head, tail }
    }

    /// Up to `length` papers of the order, from position `from` on, where that takes no time that grows with the result; None where
    /// they must be put in order first, by `page`.
    pub fn page_at_hand(&self, from: usize, length: usize) -> Option<Vec<DocId>> {
        if let HitsTail::Newest = self.tail {
            return Some(self.docs.iter_from(from).take(length).collect());
        }
        let end = from.saturating_add(length).min(self.count);
        (end <= self.head.len()).then(|| self.head.get(from..end).unwrap_or_default().to_vec())
    }

    /// Up to `length` papers of the order, from position `from` on. Milliseconds for millions of papers, more with several sort keys.
    pub fn page(&self, from: usize, length: usize) -> Vec<DocId> {
        self.page_while(from, length, &|| false).unwrap_or_default()
    }

    /// The same; None when cancelled.
    pub fn page_while(&self, from: usize, length: usize, cancelled: CancelCheck<'_>) -> Option<Vec<DocId>> {
        if let Some(page) = self.page_at_hand(from, length) {
            return Some(page);
        }
        if let HitsTail::Sorted(order) = &self.tail {
            return order.page(&self.docs, from, length, cancelled);
        }
        let mut page: Vec<DocId> = self.head.iter().copied().skip(from).take(length).collect();
        let (skip, room) = (from.saturating_sub(self.head.len()), length - page.len());
        match &self.tail {
            HitsTail::Newest | HitsTail::Sorted(_) => {}
            HitsTail::Scored(scores) => page.extend(self.scored(scores, skip, room, cancelled)?),
            HitsTail::Keys(keys) => {
                let mut keys = keys.clone();
                keys.sort_unstable();
                page.extend(keys.into_iter().skip(skip).take(room).map(|key| key as DocId));
            }
        }
        Some(page)
    }

    /// All papers in order; tens of milliseconds for millions of papers.
    pub fn complete(&self) -> Vec<DocId> {
        self.page(0, self.count)
    }

    /// The first position from `row` on whose paper passes, or the last before it unless `forward`. Some(None) when there is none, None when
    /// cancelled.
    pub fn find_from(
        &self,
        row: usize,
        forward: bool,
        passes: impl Fn(DocId) -> bool,
        cancelled: CancelCheck<'_>,
    ) -> Option<Option<usize>> {
        self.find_among((if forward { row } else { row.min(self.count) }, forward), passes, cancelled)
    }

    /// The first row whose paper passes; Some(None) when no paper does. None when cancelled.
    pub fn find_first(&self, passes: impl Fn(DocId) -> bool, cancelled: CancelCheck<'_>) -> Option<Option<usize>> {
        self.find_among((0, true), passes, cancelled)
    }

    /// The same among the rows from one on, or before it.
    fn find_among(
        &self,
        (mut from, forward): (usize, bool),
        passes: impl Fn(DocId) -> bool,
        cancelled: CancelCheck<'_>,
    ) -> Option<Option<usize>> {
        // Mostly it is near; every further page is larger, so that there are few.
        let mut length = FIRST_PAGE;
        loop {
            let start = if forward { from } else { from.saturating_sub(length) };
            let end = if forward { from.saturating_add(length).min(self.count) } else { from };
            if start >= end {
                return Some(None);
            }
            let page = self.page_while(start, end - start, cancelled)?;
            let place = match forward {
                true => page.iter().position(|doc| passes(*doc)),
                false => page.iter().rposition(|doc| passes(*doc)),
            };
            if let Some(place) = place {
                return Some(Some(start + place));
            }
            (from, length) = (if forward { end } else { start }, length * 8);
        }
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

    /// The position of a paper in the order, from 0. Milliseconds for millions of papers that are sorted by keys. None when cancelled, too.
    pub fn position(&self, doc: DocId, cancelled: CancelCheck<'_>) -> Option<usize> {
        if !self.contains(doc) {
            return None;
        }
        let in_head = self.head.iter().position(|other| *other == doc);
        in_head.or_else(|| match &self.tail {
            HitsTail::Newest => Some(self.docs.rank(doc)),
            HitsTail::Scored(scores) => {
                let DocSet::Bitmap(bits) = &self.docs else { return None };
                let score = scores.of(doc);
                let is_after = |other: &DocId| {
                    let other_score = scores.of(*other);
                    other_score < score || (other_score == score && *other > doc)
                };
                // Papers of the head come before in any case; count each of them once.
                Some(scores.before(bits, doc) + self.head.iter().filter(|other| is_after(other)).count())
            }
            HitsTail::Keys(keys) => {
                let own = keys.iter().find(|key| **key as DocId == doc)?;
                Some(self.head.len() + keys.iter().filter(|key| *key < own).count())
            }
            HitsTail::Sorted(order) => order.before(&self.docs, doc, cancelled),
        })
    }
}
