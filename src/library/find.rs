//! Asking: searches, facet counts, and looking a paper up by anything a person may type.

use std::collections::BTreeMap;

use super::texts::Abstracts;
use super::{Library, fulltext, today};
use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::error::Result;
use crate::index::{DocId, Facets, Hits, SearchEngine, SearchView, facets, widening};

impl Library {
    /// The papers a query finds. None when `cancelled` said so on the way.
    pub fn search(&mut self, query: &Query, cancelled: &dyn Fn() -> bool) -> Option<Hits> {
        let ordered = Query { sort: query.order(), ..query.with_identifiers(&mut |text| self.indexed_key(text)) };
        self.ask(cancelled, |engine, view| engine.search(view, &ordered))
    }

    /// The best papers, at most so many, that only have the letters of a query's free words in their order, where all else it asks for
    /// holds: see `index::FuzzyMatcher`. Those that it `found` are left out. None when `cancelled` said so on the way.
    pub fn loose(
        &mut self,
        query: &Query,
        found: &[DocId],
        most: usize,
        cancelled: &dyn Fn() -> bool,
    ) -> Option<Vec<DocId>> {
        self.ask(cancelled, |engine, view| engine.fuzzy(view, query, found, most))
    }

    fn ask<T>(&mut self, cancelled: &dyn Fn() -> bool, ask: impl FnOnce(&mut SearchEngine, &SearchView<'_>) -> T) -> T {
        let texts = Abstracts {
            home: fulltext::home(&self.dir),
            opened: &self.texts,
            papers: &self.papers,
            snapshot: &self.snapshot,
            cancelled,
        };
        let view = SearchView {
            index: &self.snapshot.index,
            states: &self.snapshot.marks,
            abstracts: &texts,
            today: today(),
            cancelled,
        };
        ask(&mut self.engine, &view)
    }

    /// How many of the papers found have each status, tag, year, ... Where the query asks for some values of a field, the others of that
    /// field are counted as if it did not: they are what one may choose next.
    pub fn facets(&mut self, query: &Query, hits: &Hits) -> Facets {
        let mut counted = facets(&self.snapshot.index, &self.snapshot.marks, hits);
        for field in query.narrowed_fields() {
            let Some(widen) = widening(field) else { continue };
            if let Some(wider) = self.search(&query.without_field(field), &|| false) {
                widen(&mut counted, facets(&self.snapshot.index, &self.snapshot.marks, &wider));
            }
        }
        counted
    }

    /// The keys of the papers found, in the order asked for. Fails as `Snapshot::key` does.
    pub fn keys(&self, hits: &Hits) -> Result<Vec<PaperKey>> {
        self.snapshot.keys(hits.complete())
    }

    /// The key under which the index has the paper that an identifier in any spelling names; None when the text is not a whole
    /// identifier or the index has no such paper.
    fn indexed_key(&self, text: &str) -> Option<String> {
        let key = PaperKey::parse(text)?;
        // An outdated index still has a paper under its former key.
        let current = self.papers.resolve(&key).ok().flatten();
        let mut keys = current.into_iter().chain([key]);
        keys.find(|key| self.snapshot.index.find(key.as_str()).is_some()).map(|key| key.to_string())
    }

    /// A paper's current key from anything that names it: a paper key, an arXiv id or DOI in any spelling that `PaperKey::parse` reads.
    pub fn resolve(&self, text: &str) -> Result<Option<PaperKey>> {
        PaperKey::parse(text).map_or(Ok(None), |key| self.papers.resolve(&key))
    }

    /// Every tag in use with the number of papers that have it, most used first.
    pub fn tags(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for reading in self.state.readings.values() {
            for tag in &reading.tags {
                *counts.entry(tag.to_string()).or_default() += 1;
            }
        }
        let mut tags: Vec<(String, usize)> = counts.into_iter().collect();
        tags.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        tags
    }
}
