//! What a search reads: the index, the reading states over it, abstracts through the library, today's date and the cancellation check.

use std::sync::Arc;

use jiff::civil::Date;

use super::reading_states::ReadingStates;
use crate::domain::query::{Pattern, Word};
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{DocSet, PaperSet};

/// Search in abstracts, implemented by the library. None when the search was cancelled or the abstracts cannot be read; then the whole search
/// returns None, because under a NOT an empty set would mean all papers.
pub trait AbstractSearch {
    /// Papers whose abstract holds these words next to each other.
    fn phrase(&self, phrase: &str) -> Option<PaperSet>;
    /// Papers whose abstract holds the word, matched as its `how` says.
    fn word(&self, word: &Word) -> Option<PaperSet>;
    /// Whether free words are looked for in abstracts. Not where each would have to be read for it.
    fn are_searched(&self) -> bool {
        true
    }
    /// Whether what only indexed abstracts tell is known: similar papers, and more than titles of papers that fit a description.
    fn are_indexed(&self) -> bool {
        true
    }
    /// The long forms that the abstracts give for a folded acronym, as folded words.
    fn long_forms(&self, _acronym: &str) -> Option<Vec<String>> {
        Some(Vec::new())
    }
    /// The folded acronyms of those of some texts of folded words that the abstracts give as long forms, each with the place of its text.
    fn acronyms(&self, _texts: &[String]) -> Option<Vec<(usize, String)>> {
        Some(Vec::new())
    }
    /// Whether a folded word is known beyond the papers of the library, so that it is no misspelling of another, however few papers have it.
    fn is_known_word(&self, _word: &str) -> bool {
        false
    }
    /// How well each of these papers fits the words, in their order; higher is better, and papers beyond the last number have 0.
    fn relevance(&self, _words: &[SearchedWord], _papers: &PaperSet) -> Option<Vec<f32>> {
        Some(Vec::new())
    }
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
        Some(Vec::new())
    }
    /// The up to `most` of these papers that have the most of some words.
    fn by_some_words(&self, _words: &str, _papers: &PaperSet, _most: usize) -> Option<Vec<RankedPaper>> {
        Some(Vec::new())
    }
}

/// A word of a query and the papers that have it, for a ranking by how often they do.
#[derive(Clone, Debug)]
pub struct SearchedWord {
    /// The term that counts as often as an abstract has it.
    pub(crate) counted: Option<CountedTerm>,
    /// The papers in whose texts the word counts once more: a set for each text.
    pub(crate) once: Vec<DocSet>,
    /// The papers that have the word by another name, where it counts half as much.
    pub(crate) named: DocSet,
    /// How many papers have the word.
    pub(crate) papers: usize,
}

/// A term that counts as often as an abstract has it; each longer word that begins with it counts half as much, as do its other forms.
#[derive(Clone, Debug)]
pub(crate) struct CountedTerm {
    pub(crate) term: String,
    pub(crate) forms: Vec<String>,
}

/// Search in the user's notes, implemented by the library.
pub trait NoteSearch {
    /// Papers with a note that holds the words of the pattern, as an abstract would. None when the notes cannot be read.
    fn notes(&self, pattern: &Pattern) -> Option<PaperSet>;
}

/// A part of a list of papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// Papers of the result that have a free word outside title and authors.
    Elsewhere,
    /// Below the result: papers that have the most of the free words.
    SomeWords,
    /// Below the result: papers that fit the free words as a description.
    Meaning,
    /// Below the result: papers whose titles have the letters of the free words.
    Fuzzy,
}

/// Papers that are listed below a result and are not a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct BelowResult {
    pub band: Band,
    /// Best first.
    pub papers: Vec<RankedPaper>,
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

impl RankedPaper {
    /// A paper whose place alone ranks it.
    pub(crate) fn unranked(doc: DocId) -> Self {
        Self { doc, score: 0.0, reasons: Vec::new() }
    }
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
