//! The engine: one search after another over an index, keeping what the last words found, so that a key costs only the word that
//! changed. Owned by the thread that searches; it decides nothing about matching (`matching`), filters (`evaluate`) or order (`order`).

use std::sync::Arc;

use jiff::civil::Date;

use super::evaluate::Evaluation;
use super::order;
use super::rank::Ranker;
use super::word_search::{self, Field, WordSet};
use crate::domain::query::{How, Query, Word};
use crate::index::format::sets::PaperSet;
use crate::index::text::word_match::Wanted;
use crate::index::{DocId, Hits, Index, Likeness, Loose, Marks};

/// Search in abstracts, given by the library. None: cancelled, or they cannot be read; then the search has no answer, for `NOT` would make
/// all papers of no answer.
pub trait Texts {
    /// Papers whose abstract holds these words next to each other.
    fn phrase(&self, phrase: &str) -> Option<PaperSet>;
    /// Papers whose abstract holds the word, matched as it says.
    fn word(&self, word: &Word) -> Option<PaperSet>;
    /// Papers like the one, or those, that `similar:` names.
    fn similar(&self, _name: &str) -> Option<Vec<Likeness>> {
        None
    }
}

/// The library as one search sees it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub index: &'a Index,
    pub marks: &'a Marks,
    pub texts: &'a dyn Texts,
    /// The day that `added:7d` counts from.
    pub today: Date,
    /// Asked every 64 thousand postings or so; true ends the search without an answer.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// Most bytes of word sets kept.
const CACHE: usize = 20 << 20;

/// Searches; see `Engine::search`.
pub struct Engine {
    words: WordCache,
    ranker: Ranker,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    pub fn new() -> Self {
        Self { words: WordCache::default(), ranker: Ranker::new() }
    }

    /// All papers that match, counted exactly, the first screens in order. None: cancelled.
    pub fn search(&mut self, view: &View<'_>, query: &Query) -> Option<Hits> {
        let mut evaluation = Evaluation::new(view, &mut self.words);
        let docs = evaluation.papers(&query.filter)?;
        let found = evaluation.finish();
        if (view.cancelled)() {
            return None;
        }
        Some(order::arrange(view, &mut self.ranker, docs, &found, &query.sort))
    }

    /// The best loose matches of a query, at most so many, without the papers that it finds exactly; see `Loose`. None: cancelled.
    pub fn loose(&mut self, view: &View<'_>, query: &Query, found: &[DocId], most: usize) -> Option<Vec<DocId>> {
        let Some(mut loose) = Loose::of(query) else { return Some(Vec::new()) };
        let mut evaluation = Evaluation::new(view, &mut self.words);
        let allowed = evaluation.papers(&loose.rest)?;
        loose.find(view.index, &allowed, (found, most), view.cancelled)
    }
}

type WordKey = (String, How, Field);

/// What the last words found, the most recently used last.
#[derive(Default)]
pub(crate) struct WordCache {
    stamp: u64,
    sets: Vec<(WordKey, Arc<WordSet>)>,
}

impl WordCache {
    /// What a folded word finds; None when cancelled.
    pub(crate) fn find(&mut self, view: &View<'_>, word: &str, how: How, field: Field) -> Option<Arc<WordSet>> {
        let index = view.index;
        if self.stamp != index.stamp {
            self.sets.clear();
            self.stamp = index.stamp;
        }
        let key = (word.to_owned(), how, field);
        if let Some(place) = self.sets.iter().position(|(other, _)| *other == key) {
            let entry = self.sets.remove(place);
            let set = Arc::clone(&entry.1);
            self.sets.push(entry);
            return Some(set);
        }
        let set = Arc::new(word_search::find(index, &Wanted::new(word, how), field, view.cancelled)?);
        self.sets.push((key, Arc::clone(&set)));
        let mut size: usize = self.sets.iter().map(|(_, set)| set.size(index.len())).sum();
        while size > CACHE && self.sets.len() > 1 {
            let (_, oldest) = self.sets.remove(0);
            size -= oldest.size(index.len());
        }
        Some(set)
    }
}
