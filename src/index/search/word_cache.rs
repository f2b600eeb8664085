//! The papers that the last query words found, so that each key typed costs only the word that changed.

use std::sync::Arc;

use super::view::SearchView;
use super::word_search::{self, WordField, WordSet};
use crate::domain::query::How;
use crate::index::text::word_match::WordMatcher;

/// Most bytes of word sets in the cache.
const CAPACITY: usize = 20 << 20;

type CacheKey = (String, How, WordField);

/// Sets of the last query words over one index, the most recently used last.
#[derive(Default)]
pub(crate) struct WordCache {
    /// `Index::instance`.
    instance: u64,
    sets: Vec<(CacheKey, Arc<WordSet>)>,
}

impl WordCache {
    /// The papers that match a folded word; None when cancelled.
    pub(crate) fn find(
        &mut self,
        view: &SearchView<'_>,
        word: &str,
        how: How,
        field: WordField,
    ) -> Option<Arc<WordSet>> {
        let index = view.index;
        if self.instance != index.instance {
            self.sets.clear();
            self.instance = index.instance;
        }
        let key = (word.to_owned(), how, field);
        if let Some(at) = self.sets.iter().position(|(other, _)| *other == key) {
            let entry = self.sets.remove(at);
            let set = Arc::clone(&entry.1);
            self.sets.push(entry);
            return Some(set);
        }
        let set = Arc::new(word_search::find(index, &WordMatcher::new(word, how), field, view.cancelled)?);
        self.sets.push((key, Arc::clone(&set)));
        let mut bytes: usize = self.sets.iter().map(|(_, set)| set.size(index.len())).sum();
        while bytes > CAPACITY && self.sets.len() > 1 {
            let (_, oldest) = self.sets.remove(0);
            bytes -= oldest.size(index.len());
        }
        Some(set)
    }
}
