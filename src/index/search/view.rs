//! What a search reads: the index, the reading states over it, abstracts through the library, today's date and the cancellation check.

use std::sync::Arc;

use jiff::civil::Date;

use super::reading_states::ReadingStates;
use crate::domain::query::{Pattern, Word};
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
    fn similar(&self, _name: &str) -> Option<Vec<RankedPaper>> {
        None
    }
    /// Whether a name after `similar:` is that of a paper, or of papers.
    fn names_papers(&self, _name: &str) -> bool {
        true
    }
    /// The best of these papers for a description.
    fn by_meaning(&self, _description: &str, _papers: &PaperSet) -> Option<Vec<RankedPaper>> {
        None
    }
}

/// Search in the user's notes, implemented by the library.
pub trait NoteSearch {
    /// Papers with a note that holds the words of the pattern, as an abstract would. None when the notes cannot be read.
    fn notes(&self, pattern: &Pattern) -> Option<PaperSet>;
}

/// A paper found by its rank: among those similar to others, or those that fit a description.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedPaper {
    pub doc: DocId,
    /// Higher is better; comparable within one ranking only.
    pub score: f32,
    /// Why it was found.
    pub reasons: Vec<Reason>,
}

/// A word that was searched for and the word of a paper that stands for it, both folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub word: String,
    /// The same where the paper has the word itself.
    pub found: String,
}

impl Reason {
    /// The word itself.
    pub fn same(word: &str) -> Self {
        Self { word: word.to_owned(), found: word.to_owned() }
    }

    /// `hurricane → cyclone`; the word alone where both are the same.
    pub fn text(&self, arrow: &str) -> String {
        if self.word == self.found { self.found.clone() } else { format!("{} {arrow} {}", self.word, self.found) }
    }
}

/// The library as one search sees it.
#[derive(Clone, Copy)]
pub struct SearchView<'a> {
    pub index: &'a Arc<SegmentedIndex>,
    pub states: &'a Arc<ReadingStates>,
    pub abstracts: &'a dyn AbstractSearch,
    pub notes: &'a dyn NoteSearch,
    /// The day that `added:7d` counts back from.
    pub today: Date,
    /// Cancellation check, called about every 64 thousand postings; true ends the search without an answer.
    pub cancelled: &'a dyn Fn() -> bool,
}
