//! What a search reads: the index, the reading states over it, abstracts through the library, today's date and the cancellation check.

use jiff::civil::Date;

use super::reading_states::ReadingStates;
use crate::domain::query::Word;
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::PaperSet;

/// Search in abstracts, implemented by the library. None when the search was cancelled or the abstracts cannot be read; then the whole search
/// returns None, because under a NOT an empty set would mean all papers.
pub trait AbstractSearch {
    /// Papers whose abstract holds these words next to each other.
    fn phrase(&self, phrase: &str) -> Option<PaperSet>;
    /// Papers whose abstract holds the word, matched as its `how` says.
    fn word(&self, word: &Word) -> Option<PaperSet>;
    /// Papers similar to the paper, or papers, that `similar:` names.
    fn similar(&self, _name: &str) -> Option<Vec<SimilarPaper>> {
        None
    }
}

/// A paper similar to others.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarPaper {
    pub doc: DocId,
    /// BM25; higher is more similar.
    pub score: f32,
    /// The folded words it shares with them, most significant first.
    pub shared: Vec<String>,
}

/// The library as one search sees it.
#[derive(Clone, Copy)]
pub struct SearchView<'a> {
    pub index: &'a SegmentedIndex,
    pub states: &'a ReadingStates,
    pub abstracts: &'a dyn AbstractSearch,
    /// The day that `added:7d` counts back from.
    pub today: Date,
    /// Cancellation check, called about every 64 thousand postings; true ends the search without an answer.
    pub cancelled: &'a dyn Fn() -> bool,
}
