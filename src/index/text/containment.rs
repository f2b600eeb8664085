//! Whether an abstract contains what a clause of a query looks for: the one definition that the full text answers by, that reading abstracts
//! one by one answers by, and that snippets are cut by.

use super::unspaced::{each_abstract_term, is_unspaced_word, script_runs, terms_of_run};
use crate::domain::fold;
use crate::domain::query::{How, Pattern};

/// What an abstract must contain. Without sequences it must have any word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbstractPattern {
    /// Each must stand somewhere.
    pub(crate) sequences: Vec<TermSequence>,
}

/// Terms, as `abstract_terms` gives them, that must stand next to each other. An empty one stands nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TermSequence {
    pub(crate) terms: Vec<String>,
    /// How the last term must match; the others must be equal.
    pub(crate) last: TermMatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermMatch {
    Whole,
    Prefix,
    /// Anywhere in a term.
    Part,
}

impl AbstractPattern {
    pub fn new(pattern: &Pattern) -> Self {
        match pattern {
            Pattern::Word(word) => Self::word(&word.text, word.how),
            Pattern::Phrase(phrase) => Self::phrase(phrase),
        }
    }

    /// The parts of a word in any place: each the prefix of a word or, for `How::Exact`, anywhere in a word. In scripts without blanks between
    /// words, always anywhere.
    pub fn word(text: &str, how: How) -> Self {
        let last = match how {
            How::Exact => TermMatch::Part,
            How::Fuzzy | How::Prefix => TermMatch::Prefix,
        };
        let of_run = |run: &str| match is_unspaced_word(run) {
            true => TermSequence::of_runs(&[run]),
            false => TermSequence { terms: vec![run.to_owned()], last },
        };
        let of_word = |word: String| script_runs(&word).map(of_run).collect::<Vec<_>>();
        Self { sequences: fold::words(text).flat_map(of_word).collect() }
    }

    /// Words next to each other.
    pub fn phrase(text: &str) -> Self {
        let words: Vec<String> = fold::words(text).collect();
        let runs: Vec<&str> = words.iter().flat_map(|word| script_runs(word)).collect();
        Self { sequences: vec![TermSequence::of_runs(&runs)] }
    }

    /// Whether an abstract, given by its terms, contains it.
    pub fn is_in(&self, terms: &[String]) -> bool {
        !terms.is_empty() && self.sequences.iter().all(|sequence| sequence.starts(terms).next().is_some())
    }
}

impl TermSequence {
    /// Consecutive runs of one script each. Only the last one may end before its run in the text does.
    fn of_runs(runs: &[&str]) -> Self {
        let mut terms: Vec<String> = runs.iter().flat_map(|run| terms_of_run(run)).map(str::to_owned).collect();
        let mut last = TermMatch::Whole;
        if let Some(run) = runs.last().filter(|run| is_unspaced_word(run)) {
            if run.chars().count() > 1 {
                // The last letter of the run alone is a term only where a run of the text ends.
                terms.pop();
            } else {
                last = TermMatch::Prefix;
            }
        }
        Self { terms, last }
    }

    /// The places in a text's terms where the sequence begins.
    pub(crate) fn starts<T: AsRef<str>>(&self, terms: &[T]) -> impl Iterator<Item = usize> {
        let (last, first) = self.terms.split_last().map_or(("", &[][..]), |(last, first)| (last.as_str(), first));
        let is_here = move |window: &[T]| {
            window.split_last().is_some_and(|(end, start)| {
                self.last.accepts(end.as_ref(), last) && start.iter().map(AsRef::as_ref).eq(first)
            })
        };
        let windows = terms.windows(self.terms.len().max(1)).enumerate().filter(|_| !self.terms.is_empty());
        windows.filter(move |(_, window)| is_here(window)).map(|(start, _)| start)
    }
}

impl TermMatch {
    fn accepts(self, term: &str, asked: &str) -> bool {
        match self {
            Self::Whole => term == asked,
            Self::Prefix => term.starts_with(asked),
            Self::Part => term.contains(asked),
        }
    }
}

/// The terms of an abstract, in order: what `AbstractPattern::is_in` takes.
pub fn abstract_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    each_abstract_term(text, |term| terms.push(term.to_owned()));
    terms
}
