//! Asking: searches, facet counts, and looking a paper up by anything a person may type.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Library, today};
use crate::domain::fold;
use crate::domain::identity::PaperKey;
use crate::domain::query::{How, Query, Word};
use crate::error::Result;
use crate::index::{DocId, Facets, Hits, Texts, facets};
use crate::store::PaperStore;

impl Library {
    /// The papers a query finds. None when `cancelled` said so on the way.
    pub fn search(&mut self, query: &Query, cancelled: &dyn Fn() -> bool) -> Option<Hits> {
        let texts = Abstracts { papers: &self.papers, index: &self.snapshot.index };
        self.engine.search(&self.snapshot.index, &self.snapshot.marks, &texts, query, today(), cancelled)
    }

    /// How many of the papers found have each status, tag, year, ...
    pub fn facets(&self, hits: &Hits) -> Facets {
        facets(&self.snapshot.index, &self.snapshot.marks, hits)
    }

    /// The keys of the papers found, in the order asked for.
    pub fn keys(&self, hits: &Hits) -> Vec<PaperKey> {
        hits.ids().into_iter().filter_map(|doc| PaperKey::parse(self.snapshot.index.key(doc))).collect()
    }

    /// A paper's present key from anything that names it: a key, an arXiv id or URL, a DOI.
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

/// Words and phrases inside abstracts, found by reading every abstract.
struct Abstracts<'a> {
    papers: &'a PaperStore,
    index: &'a crate::index::Index,
}

impl Abstracts<'_> {
    fn scan(&self, matches: &dyn Fn(&[String]) -> bool) -> Option<Vec<DocId>> {
        let mut docs = Vec::new();
        let scan = self.papers.scan_summaries(&mut |row, summary| {
            let words: Vec<String> = fold::words(&summary.line()).collect();
            if matches(&words) {
                docs.extend(self.index.doc_of_row(row));
            }
            ControlFlow::Continue(())
        });
        scan.ok()?;
        docs.sort_unstable();
        Some(docs)
    }
}

impl Texts for Abstracts<'_> {
    fn phrase(&self, phrase: &str) -> Option<Vec<DocId>> {
        let wanted: Vec<String> = fold::words(phrase).collect();
        if wanted.is_empty() {
            return Some(Vec::new());
        }
        self.scan(&|words| words.windows(wanted.len()).any(|window| window == wanted))
    }

    fn word(&self, word: &Word) -> Option<Vec<DocId>> {
        let wanted: Vec<String> = fold::words(&word.text).collect();
        let fits = |have: &str, want: &str| match word.how {
            How::Exact => have.contains(want),
            How::Fuzzy | How::Prefix => have.starts_with(want),
        };
        self.scan(&|words| wanted.iter().all(|want| words.iter().any(|have| fits(have, want))))
    }
}
