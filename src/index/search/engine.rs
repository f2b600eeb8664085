//! The search engine: runs one search after another over an index and keeps what the last words found. Owned by the thread that searches.
//! How words match is in `word_search`, clauses in `evaluate`, order in `order`.

use super::evaluate::Evaluation;
use super::fuzzy::FuzzyMatcher;
use super::hits::Hits;
use super::order;
use super::rank::Ranker;
use super::view::SearchView;
use super::word_cache::WordCache;
use crate::domain::query::Query;
use crate::index::format::paper::DocId;

/// Runs searches; see `SearchEngine::search`.
pub struct SearchEngine {
    words: WordCache,
    ranker: Ranker,
}

impl Default for SearchEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl SearchEngine {
    pub fn new() -> Self {
        Self { words: WordCache::default(), ranker: Ranker::new() }
    }

    /// All papers that match, counted exactly, the first screens in order. None when cancelled.
    pub fn search(&mut self, view: &SearchView<'_>, query: &Query) -> Option<Hits> {
        let mut evaluation = Evaluation::new(view, &mut self.words);
        let docs = evaluation.papers(&query.filter)?;
        let matches = evaluation.finish();
        if (view.cancelled)() {
            return None;
        }
        let mut hits = order::arrange(view, &mut self.ranker, docs, &matches, &query.sort)?;
        hits.missing = matches.missing;
        Some(hits)
    }

    /// Up to `limit` of the best fuzzy matches of a query, without the papers in `exclude`; empty when the query has no fuzzy matches. None
    /// when cancelled.
    pub fn fuzzy(
        &mut self,
        view: &SearchView<'_>,
        query: &Query,
        exclude: &[DocId],
        limit: usize,
    ) -> Option<Vec<DocId>> {
        let Some(mut matcher) = FuzzyMatcher::of(query) else { return Some(Vec::new()) };
        let mut evaluation = Evaluation::new(view, &mut self.words);
        let allowed = evaluation.papers(&matcher.rest)?;
        matcher.find(view.index, &allowed, (exclude, limit), view.cancelled)
    }
}
