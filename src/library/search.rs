//! Searches: which papers a query finds and in which order, facet counts, and a paper by anything that identifies it. Changes nothing.
//!
//! Re-exports the result types of the index and the functions that show why a paper was found; front ends import them from here.

use super::abstract_search::LibraryAbstracts;
use super::notes::LibraryNotes;
use super::{Library, fulltext_build, today};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::query::{Filter, Query};
use crate::error::{Error, Result};
#[cfg(test)]
use crate::index::AbstractSearch;
pub use crate::index::{
    ApproximateWord, Band, BelowResult, DigestRow, DocId, Elsewhere, ExcerptPatterns, Facets, FuzzyMatcher,
    HighlightedText, Hits, RankedPaper, Reason, Snippet, excerpt_patterns, has_fuzzy_matches, highlight_patterns,
    highlights, name_patterns, pick,
};
use crate::index::{PaperSet, SearchEngine, SearchView, facets, widening};

/// Where free words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SearchExtent {
    /// Not in abstracts while they are not indexed: in a large library, reading each takes many seconds.
    Indexed,
    All,
}

impl Library {
    /// The papers that a query finds. None when `cancelled` returned true on the way, or abstracts that the query needs cannot be read. In a
    /// large library whose abstracts are not indexed yet, free words are not looked for there: `Hits::lacks_abstracts`.
    pub fn search(&mut self, query: &Query, cancelled: &dyn Fn() -> bool) -> Option<Hits> {
        let resolved = self.resolved(query);
        self.with_view(SearchExtent::Indexed, cancelled, |engine, view| engine.search(view, &resolved))
    }

    /// The same; where papers come by relevance, only those that have the free words in title and authors, which takes the time of a frame.
    /// `Elsewhere::Awaited` tells that `complete` adds the others below.
    pub fn begin(&mut self, query: &Query, cancelled: &dyn Fn() -> bool) -> Option<Hits> {
        let resolved = self.resolved(query);
        self.with_view(SearchExtent::Indexed, cancelled, |engine, view| engine.begin(view, &resolved))
    }

    /// The whole result of which `begin` gave a part, with this snapshot of the library; the rows of that part stay as they are. None as for
    /// `search`.
    pub fn complete(&mut self, query: &Query, begun: &Hits, cancelled: &dyn Fn() -> bool) -> Option<Hits> {
        let resolved = self.resolved(query);
        self.with_view(SearchExtent::Indexed, cancelled, |engine, view| engine.complete(view, &resolved, begun))
    }

    /// `search` that is never cancelled and reads abstracts that are not indexed. An error when abstracts that the query needs cannot be read.
    pub fn find(&mut self, query: &Query) -> Result<Hits> {
        let resolved = self.resolved(query);
        let found = self.with_view(SearchExtent::All, &|| false, |engine, view| engine.search(view, &resolved));
        found.ok_or_else(|| {
            Error::data("the search could not read the abstracts").hint("`tsundoku doctor` checks the library")
        })
    }

    /// The query with the identifiers of this library and the order of its papers.
    fn resolved(&self, query: &Query) -> Query {
        Query { sort: query.order(), ..query.with_identifiers(&mut |text| self.indexed_key(text)) }
    }

    /// What is listed below a result that has only the papers in `found`: up to `most` papers that match the other clauses of the query and have
    /// some of its free words, or fit them by meaning, or, where nothing else is listed, have their letters in the title. None when `cancelled` returned true on the way.
    pub fn below(
        &mut self,
        query: &Query,
        found: &[DocId],
        most: usize,
        cancelled: &dyn Fn() -> bool,
    ) -> Option<Vec<BelowResult>> {
        self.with_view(SearchExtent::Indexed, cancelled, |engine, view| engine.below(view, query, found, most))
    }

    fn with_view<T>(
        &mut self,
        extent: SearchExtent,
        cancelled: &dyn Fn() -> bool,
        run: impl FnOnce(&mut SearchEngine, &SearchView<'_>) -> T,
    ) -> T {
        let abstracts = LibraryAbstracts {
            folder: fulltext_build::full_text_folder(&self.dir),
            opened: &self.full_texts,
            papers: &self.papers,
            snapshot: &self.snapshot,
            reads_all: extent == SearchExtent::All,
            cancelled,
        };
        let notes = LibraryNotes { dir: &self.dir, texts: &self.notes, user: &self.user, snapshot: &self.snapshot };
        let view = SearchView {
            index: &self.snapshot.index,
            states: &self.snapshot.columns.states,
            abstracts: &abstracts,
            notes: &notes,
            today: today(),
            cancelled,
        };
        run(&mut self.engine, &view)
    }

    /// Access to the abstracts, and the number of papers.
    #[cfg(test)]
    pub(super) fn with_abstracts<T>(&mut self, run: impl FnOnce(&dyn AbstractSearch, usize) -> T) -> T {
        self.with_view(SearchExtent::All, &|| false, |_, view| run(view.abstracts, view.index.len()))
    }

    /// Facet counts of a result: how many papers have each status, tag, year, … A field that the query filters by is counted as if it did
    /// not, so that the other values can be chosen, too.
    /// None when `cancelled` returned true on the way.
    pub fn facets(&mut self, query: &Query, hits: &Hits, cancelled: &dyn Fn() -> bool) -> Option<Facets> {
        let mut counted = facets(&self.snapshot.index, &self.snapshot.columns.states, &hits.papers());
        for field in query.narrowed_fields() {
            let Some(widen) = widening(field) else { continue };
            let papers = self.papers(&query.without_field(field).filter, cancelled)?;
            widen(&mut counted, facets(&self.snapshot.index, &self.snapshot.columns.states, &papers));
        }
        (!cancelled()).then_some(counted)
    }

    /// How many papers match a filter. None as for `search`.
    pub fn count(&mut self, filter: &Filter, cancelled: &dyn Fn() -> bool) -> Option<usize> {
        self.papers(filter, cancelled).map(|papers| papers.count())
    }

    /// The papers that match a filter, in no order. None as for `search`.
    fn papers(&mut self, filter: &Filter, cancelled: &dyn Fn() -> bool) -> Option<PaperSet> {
        let filter = Query { filter: filter.clone(), ..Query::default() }
            .with_identifiers(&mut |text| self.indexed_key(text))
            .filter;
        self.with_view(SearchExtent::Indexed, cancelled, |engine, view| engine.papers(view, &filter))
    }

    /// The keys of the papers of a result, in its order. An error when the index is damaged, as `Snapshot::key` returns it.
    pub fn keys(&self, hits: &Hits) -> Result<Vec<PaperKey>> {
        self.snapshot.keys(&hits.complete())
    }

    /// The key under which the index has the paper that an identifier in any spelling names. None when the text is not a whole
    /// identifier, or the index has no such paper.
    fn indexed_key(&self, text: &str) -> Option<String> {
        let mut keys = named_keys(text).flat_map(|key| {
            // An outdated index still has a paper under its former key.
            let current = self.papers.resolve(&key).ok().flatten();
            current.into_iter().chain([key])
        });
        keys.find(|key| self.snapshot.find(key).is_some()).map(|key| key.to_string())
    }

    /// The current key of a paper from anything that identifies it: a key or alias, an arXiv id or URL, a DOI. None when the text is no
    /// identifier, or no paper has it.
    pub fn resolve(&self, text: &str) -> Result<Option<PaperKey>> {
        let found = named_keys(text).map(|key| self.papers.resolve(&key));
        found.filter_map(Result::transpose).next().transpose()
    }
}

/// What is said about parts of a query that stand for no paper; see `Hits::missing`.
pub fn not_in_library(identifiers: &[String]) -> String {
    const NAMED: usize = 5;
    let named: Vec<String> = identifiers.iter().take(NAMED).map(|text| format!("`{}`", Clean::new(text))).collect();
    match identifiers.len().saturating_sub(NAMED) {
        0 => format!("not in the library: {}", named.join(", ")),
        more => format!("not in the library: {} and {more} more", named.join(", ")),
    }
}

/// The keys that a text may name: the one it is read as, then itself, as an earlier version may have stored it.
fn named_keys(text: &str) -> impl Iterator<Item = PaperKey> {
    let read = PaperKey::parse(text);
    let stored = PaperKey::from_stored(text.trim()).filter(|key| read.as_ref() != Some(key));
    read.into_iter().chain(stored)
}
