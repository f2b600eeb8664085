//! The search engine: runs one search after another over an index and keeps what the last words found. Owned by the thread that searches.
//! How words match is in `word_search`, clauses in `evaluate`, order in `order`.

use super::evaluate::{Evaluation, FreeWords, QueryMatches};
use super::fuzzy::FuzzyMatcher;
use super::hits::{Elsewhere, Hits};
use super::order;
use super::rank::Ranker;
use super::view::{Band, BelowResult, RankedPaper, SearchView};
use super::word_cache::WordCache;
use crate::domain::query::{Filter, Query, Sort, SortBy};
use crate::index::format::paper::DocId;
use crate::index::format::sets::{DocSet, PaperSet};

/// Most papers below a result that have some of the words, and that fit them by meaning: more would hide what comes first.
const SOME_WORDS: usize = 10;
const MEANING: usize = 20;

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
        let first = self.begin(view, query)?;
        if first.elsewhere == Elsewhere::Awaited { self.complete(view, query, &first) } else { Some(first) }
    }

    /// The same; where papers come by relevance, only those that have the free words in title and authors, and the phrases in the title. `Elsewhere::Awaited` tells that
    /// `complete` adds the others. None when cancelled.
    pub fn begin(&mut self, view: &SearchView<'_>, query: &Query) -> Option<Hits> {
        let has_bands = query.has_free_texts() && !query.is_ranked();
        let by_relevance = matches!(query.sort.as_slice(), [] | [Sort { by: SortBy::Relevance, .. }]);
        let awaits = has_bands && by_relevance;
        let free_words = if awaits { FreeWords::InTitles } else { FreeWords::Anywhere };
        let (docs, matches) = self.evaluate(view, &query.filter, free_words)?;
        let mut hits = order::arrange(view, &mut self.ranker, docs, &matches, &query.sort)?;
        hits.missing = matches.missing;
        hits.lacks_abstracts = query.has_free_words() && !view.abstracts.are_searched()
            || query.is_ranked() && !view.abstracts.are_indexed();
        if awaits {
            hits.elsewhere = Elsewhere::Awaited;
        } else if has_bands {
            let (in_titles, _) = self.evaluate(view, &query.filter, FreeWords::InTitles)?;
            hits.elsewhere = Elsewhere::Found(hits.count.saturating_sub(in_titles.count()));
        }
        Some(hits)
    }

    /// The whole result of which `begin` gave a part; the rows of that part stay as they are. None when cancelled.
    pub fn complete(&mut self, view: &SearchView<'_>, query: &Query, begun: &Hits) -> Option<Hits> {
        let papers = view.index.len();
        let (docs, matches) = self.evaluate(view, &query.filter, FreeWords::Anywhere)?;
        let others = docs.and(begun.docs.clone().not(papers));
        let others = match query.has_words() {
            true => order::by_searched_words(view, others, &matches)?,
            false => order::newest_first(others),
        };
        let mut hits = begun.followed_by(others, papers);
        (hits.unmatched, hits.approximate, hits.names) = (matches.unmatched, matches.approximate, matches.names);
        Some(hits)
    }

    /// The papers that match, in no order. None when cancelled.
    pub fn papers(&mut self, view: &SearchView<'_>, filter: &Filter) -> Option<PaperSet> {
        Some(PaperSet(self.evaluate(view, filter, FreeWords::Anywhere)?.0))
    }

    /// The papers that match and what the words matched. None when cancelled.
    fn evaluate(
        &mut self,
        view: &SearchView<'_>,
        filter: &Filter,
        free_words: FreeWords,
    ) -> Option<(DocSet, QueryMatches)> {
        let mut evaluation = Evaluation::new(view, &mut self.words, free_words);
        let docs = evaluation.papers(filter)?;
        let matches = evaluation.finish();
        (!(view.cancelled)()).then_some((docs, matches))
    }

    /// What is listed below a result that has the papers in `found`: up to `limit` papers, in bands; nothing for a query without free words or
    /// with too few letters. None when cancelled.
    pub fn below(
        &mut self,
        view: &SearchView<'_>,
        query: &Query,
        found: &[DocId],
        limit: usize,
    ) -> Option<Vec<BelowResult>> {
        let Some(mut matcher) = FuzzyMatcher::of(query) else { return Some(Vec::new()) };
        let (allowed, _) = self.evaluate(view, &matcher.rest, FreeWords::Anywhere)?;
        let (words, _) = query.free_words();
        let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let papers = view.index.len();
        let others = PaperSet(allowed.clone()).without(PaperSet::of(found.to_vec(), papers), papers);
        let some_words = match words.len() {
            1 => Vec::new(),
            _ => view.abstracts.by_some_words(&text, &others, limit.min(SOME_WORDS))?,
        };
        let others = others.without(PaperSet::of(some_words.iter().map(|paper| paper.doc).collect(), papers), papers);
        let mut meaning = view.abstracts.by_meaning(&text, &others)?;
        meaning.truncate(MEANING.min(limit - some_words.len()));
        let mut bands = vec![
            BelowResult { band: Band::SomeWords, papers: some_words },
            BelowResult { band: Band::Meaning, papers: meaning },
        ];
        bands.retain(|band| !band.papers.is_empty());
        if found.is_empty() && bands.is_empty() {
            let docs = matcher.find(view.index, &allowed, limit, view.cancelled)?;
            let papers: Vec<RankedPaper> = docs.into_iter().map(RankedPaper::unranked).collect();
            bands.extend((!papers.is_empty()).then_some(BelowResult { band: Band::Fuzzy, papers }));
        }
        Some(bands)
    }
}
