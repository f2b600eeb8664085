//! The papers that the last query words found, so that each key typed costs only the word that changed.

use std::sync::Arc;

use super::parallel::map_parallel;
use super::typos;
use super::view::SearchView;
use super::word_search::{self, WordField, WordSet};
use crate::domain::query::How;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::DocSet;
use crate::index::text::word_match::{Approximation, WordMatcher};

/// Most bytes of word sets in the cache.
const CAPACITY: usize = 20 << 20;

/// Most results without tiers in the cache, of up to one bit for each paper.
const CACHED_DOCS: usize = 8;

/// Most words in the cache of which the typos are known.
const CACHED_TYPOS: usize = 8;

/// What is searched for in titles and authors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WordKey {
    /// Folded.
    pub(crate) word: String,
    pub(crate) how: How,
    pub(crate) field: WordField,
    /// What else matches.
    pub(crate) approximation: Option<Approximation>,
}

impl WordKey {
    /// A word that matches in whole or in part.
    pub(crate) fn strict(word: &str, how: How, field: WordField) -> Self {
        Self { word: word.to_owned(), how, field, approximation: None }
    }

    fn matcher(&self) -> WordMatcher<'_> {
        WordMatcher::with(&self.word, self.how, self.approximation.as_ref())
    }
}

/// Sets of the last query words over one index, the most recently used last.
#[derive(Default)]
pub(crate) struct WordCache {
    /// `Index::instance`.
    instance: u64,
    sets: Vec<(WordKey, Arc<WordSet>)>,
    /// What the words of one query found ahead of its evaluation, until it asks for them.
    ahead: Vec<(WordKey, Arc<WordSet>)>,
    /// What words under a NOT found, the last ones last.
    docs: Vec<(WordKey, DocSet)>,
    /// What `typos::one_typo_away` found, the last ones last.
    typos: Vec<(String, Vec<(String, usize)>)>,
}

impl WordCache {
    /// The papers that match a folded word; None when cancelled.
    pub(crate) fn find(&mut self, view: &SearchView<'_>, key: WordKey) -> Option<Arc<WordSet>> {
        let index = view.index;
        self.keep_for(index);
        if let Some(at) = self.sets.iter().position(|(other, _)| *other == key) {
            let entry = self.sets.remove(at);
            let set = Arc::clone(&entry.1);
            self.sets.push(entry);
            return Some(set);
        }
        let set = match self.ahead.iter().position(|(other, _)| *other == key) {
            Some(at) => self.ahead.swap_remove(at).1,
            None => Arc::new(word_search::find(index, &key.matcher(), key.field, view.cancelled)?),
        };
        self.sets.push((key, Arc::clone(&set)));
        let mut bytes: usize = self.sets.iter().map(|(_, set)| set.size(index.len())).sum();
        while bytes > CAPACITY && self.sets.len() > 1 {
            let (_, oldest) = self.sets.remove(0);
            bytes -= oldest.size(index.len());
        }
        Some(set)
    }

    /// Searches for those of the words of a query that are not in the cache, several at a time. None when cancelled.
    pub(crate) fn find_ahead(&mut self, view: &SearchView<'_>, mut words: Vec<WordKey>) -> Option<()> {
        self.keep_for(view.index);
        self.ahead.clear();
        words.retain(|key| !self.sets.iter().any(|(other, _)| other == key));
        if words.len() > 1 {
            let index = view.index;
            let found = map_parallel(&words, view.cancelled, |key, cancelled| {
                word_search::find(index, &key.matcher(), key.field, cancelled)
            })?;
            self.ahead.extend(words.into_iter().zip(found.into_iter().map(Arc::new)));
        }
        Some(())
    }

    /// The papers alone, which is faster: how well each matches is not needed. Only those `within` matter; others may be left out. None when
    /// cancelled.
    pub(crate) fn find_docs(&mut self, view: &SearchView<'_>, key: WordKey, within: &DocSet) -> Option<DocSet> {
        self.keep_for(view.index);
        if let Some((_, set)) = self.sets.iter().find(|(other, _)| *other == key) {
            return Some(set.docs.clone());
        }
        if let Some((_, docs)) = self.docs.iter().find(|(other, _)| *other == key) {
            return Some(docs.clone());
        }
        let matcher = key.matcher();
        if word_search::are_read_faster(view.index, within) {
            return word_search::docs_among(view.index, &matcher, key.field, within, view.cancelled);
        }
        let docs = word_search::find_docs(view.index, &matcher, key.field, view.cancelled)?;
        if self.docs.len() == CACHED_DOCS {
            self.docs.remove(0);
        }
        self.docs.push((key, docs.clone()));
        Some(docs)
    }

    /// The words of titles that differ from a folded word by one typo, each with the number of papers. None when cancelled.
    pub(crate) fn one_typo_away(&mut self, view: &SearchView<'_>, word: &str) -> Option<Vec<(String, usize)>> {
        self.keep_for(view.index);
        if let Some((_, found)) = self.typos.iter().find(|(other, _)| other == word) {
            return Some(found.clone());
        }
        let found = typos::one_typo_away(view.index, word, view.cancelled)?;
        if self.typos.len() == CACHED_TYPOS {
            self.typos.remove(0);
        }
        self.typos.push((word.to_owned(), found.clone()));
        Some(found)
    }

    /// Forgets what was found in another index.
    fn keep_for(&mut self, index: &SegmentedIndex) {
        if self.instance != index.instance {
            self.sets.clear();
            self.ahead.clear();
            self.docs.clear();
            self.typos.clear();
            self.instance = index.instance;
        }
    }
}
