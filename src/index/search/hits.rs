//! The result of a search: all matching papers, counted exactly, in bands that follow each other, each in its order. It can be sent to another
//! thread.

use std::sync::Arc;

use super::ordered::OrderedPapers;
use super::parallel::CancelCheck;
use super::view::{RankedPaper, Reason};
use crate::index::format::paper::DocId;
use crate::index::format::sets::{DocSet, PaperSet};
use crate::index::text::word_match::ApproximateWord;

/// How many papers `Hits::find_from` looks at first.
const FIRST_PAGE: usize = 1000;

/// The result of one search.
pub struct Hits {
    /// Exactly how many papers match.
    pub count: usize,
    /// How many of them do not have all free words in title and authors.
    pub elsewhere: Elsewhere,
    /// Free words were not looked for in abstracts, because these are not indexed yet.
    pub lacks_abstracts: bool,
    /// Words of the query, as typed, that match no paper.
    pub unmatched: Vec<String>,
    /// Words of the query that match by more than their letters as typed.
    pub approximate: Vec<ApproximateWord>,
    /// Acronyms and long forms, folded, that stand for words of the query and that papers have.
    pub names: Vec<String>,
    /// Identifiers of the query, as typed, names after `similar:` and conditions `meaning:...` that stand for no paper, negated or not: without
    /// its paper, a negation finds all the others.
    pub missing: Vec<String>,
    /// For `similar:` and descriptions, the score of each paper and why it was found.
    pub(crate) ranked: Vec<RankedPaper>,
    pub(crate) docs: DocSet,
    bands: Vec<Arc<OrderedPapers>>,
}

/// The papers of a result that have the free words of a query, but not all of them in title and authors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elsewhere {
    /// The query has no free words.
    #[default]
    NoWords,
    /// They are not in the result yet; `SearchEngine::complete` adds them.
    Awaited,
    /// So many are in the result.
    Found(usize),
}

impl Hits {
    /// Papers in one band.
    pub(crate) fn new(papers: OrderedPapers) -> Self {
        Self {
            count: papers.count,
            elsewhere: Elsewhere::default(),
            lacks_abstracts: false,
            unmatched: Vec::new(),
            approximate: Vec::new(),
            names: Vec::new(),
            missing: Vec::new(),
            ranked: Vec::new(),
            docs: papers.docs.clone(),
            bands: vec![Arc::new(papers)],
        }
    }

    /// The same result with the papers below that have free words elsewhere.
    pub(crate) fn followed_by(&self, more: OrderedPapers, papers: usize) -> Self {
        let mut bands = self.bands.clone();
        let docs = self.docs.clone().or(more.docs.clone(), papers);
        let (count, elsewhere) = (self.count + more.count, Elsewhere::Found(more.count));
        bands.push(Arc::new(more));
        Self {
            count,
            elsewhere,
            lacks_abstracts: self.lacks_abstracts,
            unmatched: self.unmatched.clone(),
            approximate: self.approximate.clone(),
            names: self.names.clone(),
            missing: self.missing.clone(),
            ranked: self.ranked.clone(),
            docs,
            bands,
        }
    }

    /// How many papers have all free words in title and authors; all of a query without free words.
    pub fn in_titles(&self) -> usize {
        match self.elsewhere {
            Elsewhere::NoWords | Elsewhere::Awaited => self.count,
            Elsewhere::Found(elsewhere) => self.count - elsewhere,
        }
    }

    /// Whether the papers in the rows from `row` on are in the result for words outside title and authors. In a list that is sorted by keys
    /// any row may be.
    pub fn is_elsewhere(&self, row: usize) -> bool {
        match self.elsewhere {
            Elsewhere::NoWords | Elsewhere::Awaited | Elsewhere::Found(0) => false,
            Elsewhere::Found(_) => self.bands.len() < 2 || row >= self.in_titles(),
        }
    }

    /// The row of the line between papers that have the words in title and authors and those that have them elsewhere, where there is one.
    pub fn divider(&self) -> Option<usize> {
        let divides = self.bands.len() > 1 && (1..self.count).contains(&self.in_titles());
        divides.then(|| self.in_titles())
    }

    /// Up to `length` papers of the order, from position `from` on, where that takes no time that grows with the result; None where
    /// they must be put in order first, by `page`.
    pub fn page_at_hand(&self, from: usize, length: usize) -> Option<Vec<DocId>> {
        self.page_of(from, length, |band, from, length| band.page_at_hand(from, length))
    }

    /// Up to `length` papers of the order, from position `from` on. Milliseconds for millions of papers, more with several sort keys.
    pub fn page(&self, from: usize, length: usize) -> Vec<DocId> {
        self.page_while(from, length, &|| false).unwrap_or_default()
    }

    /// The same; None when cancelled.
    pub fn page_while(&self, from: usize, length: usize, cancelled: CancelCheck<'_>) -> Option<Vec<DocId>> {
        self.page_of(from, length, |band, from, length| band.page_while(from, length, cancelled))
    }

    /// A page across the bands, of each of which `page` gives a part.
    fn page_of(
        &self,
        from: usize,
        length: usize,
        page: impl Fn(&OrderedPapers, usize, usize) -> Option<Vec<DocId>>,
    ) -> Option<Vec<DocId>> {
        let (mut docs, mut before) = (Vec::new(), 0);
        for band in &self.bands {
            let after = before + band.count;
            if docs.len() < length && from < after {
                docs.extend(page(band, from.saturating_sub(before), length - docs.len())?);
            }
            before = after;
        }
        Some(docs)
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

    /// Why `similar:` or a description found a paper, the most significant word first; empty for other queries.
    pub fn reasons(&self, doc: DocId) -> &[Reason] {
        self.ranked.iter().find(|ranked| ranked.doc == doc).map_or(&[], |ranked| &ranked.reasons)
    }

    /// The papers, in no order.
    pub fn papers(&self) -> PaperSet {
        PaperSet(self.docs.clone())
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
        let mut before = 0;
        for band in &self.bands {
            if band.docs.contains(doc) {
                return Some(before + band.position(doc, cancelled)?);
            }
            before += band.count;
        }
        None
    }
}
