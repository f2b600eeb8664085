//! Whether an abstract contains what a clause of a query looks for: the one definition that the full text answers by, that reading abstracts
//! one by one answers by, and that snippets are cut by.

use super::abstract_terms::{AbstractTerm, TermForms};
use super::signs::{SignedPart, SignedText};
use super::tokens;
use super::unspaced::{is_unspaced_word, script_runs, terms_of_run};
use crate::domain::fold;
use crate::domain::query::{How, Pattern, split_beginning};

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
    /// Where the sequence is one part of a hyphenated word, that word as one, whose beginning may stand in place of the part.
    pub(crate) joined: Option<String>,
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

    /// The parts of a word in any place, or the whole word without its hyphens: each the prefix of a word or, for `How::Exact`, anywhere in
    /// a word. In scripts without blanks between words, always anywhere. The parts of a word with signs stand next to each other, and the
    /// first one begins a word.
    pub fn word(text: &str, how: How) -> Self {
        if let Some(signed) = SignedText::of(text) {
            return Self::signed_word(&signed);
        }
        let last = match how {
            How::Exact => TermMatch::Part,
            How::Fuzzy | How::Prefix => TermMatch::Prefix,
        };
        let joined = tokens::parts(text).joined;
        let of_run = |run: &str| match is_unspaced_word(run) {
            true => TermSequence::of_parts(&[SignedPart::plain(run)], last),
            false => {
                // A word that contains the part as it must is found without.
                let joined = joined.clone().filter(|joined| !last.accepts(joined, run));
                TermSequence { terms: vec![run.to_owned()], last, joined }
            }
        };
        let of_word = |word: String| script_runs(&word).map(of_run).collect::<Vec<_>>();
        Self { sequences: fold::words(text).flat_map(of_word).collect() }
    }

    /// A word with signs, of which the last ones may still be typed: `c+` finds `C++`.
    pub(crate) fn signed_word(word: &SignedText) -> Self {
        Self { sequences: vec![TermSequence::of_parts(&word.parts, TermMatch::Prefix)] }
    }

    /// Words next to each other, of which the last may be a beginning.
    pub fn phrase(text: &str) -> Self {
        let (text, is_beginning) = split_beginning(text);
        let parts = SignedText::of(&text).map_or_else(|| SignedPart::all_plain(&text), |signed| signed.parts);
        let last = if is_beginning { TermMatch::Prefix } else { TermMatch::Whole };
        Self { sequences: vec![TermSequence::of_parts(&parts, last)] }
    }

    /// The longest of its terms: a text that contains the pattern has it somewhere in its `term_forms`. None without terms.
    pub fn longest_term(&self) -> Option<&str> {
        let terms = self.sequences.iter().flat_map(|sequence| &sequence.terms);
        terms.map(String::as_str).max_by_key(|term| term.len())
    }

    /// Whether an abstract, given by its terms, contains it.
    pub fn is_in(&self, terms: &[AbstractTerm]) -> bool {
        !terms.is_empty() && self.sequences.iter().all(|sequence| sequence.starts(terms).next().is_some())
    }
}

impl TermSequence {
    /// Consecutive parts of one script each. Only the last one may end before its run in the text does; `last`: how it must match, unless it is
    /// of a script without blanks between words.
    pub(crate) fn of_parts(parts: &[SignedPart], mut last: TermMatch) -> Self {
        let mut terms: Vec<String> = parts.iter().flat_map(SignedPart::terms).collect();
        if let Some(part) = parts.last().filter(|part| is_unspaced_word(&part.letters)) {
            last = TermMatch::Whole;
            if part.letters.chars().count() > 1 {
                // The last letter of the run alone is a term only where a run of the text ends.
                terms.pop();
            } else {
                last = TermMatch::Prefix;
            }
        }
        Self { terms, last, joined: None }
    }

    /// Whether a term may stand at the end of the sequence.
    fn ends_at(&self, term: &impl TermForms) -> bool {
        let Some((asked, before)) = self.terms.split_last() else { return false };
        let joined = self.joined.as_deref();
        term.has_form(|form| self.last.accepts(form, asked) || joined.is_some_and(|joined| form.starts_with(joined)))
            || before.is_empty() && term.joined().is_some_and(|joined| self.last.accepts(joined, asked))
    }

    /// The places in a text's terms where the sequence begins.
    pub(crate) fn starts<T: TermForms>(&self, terms: &[T]) -> impl Iterator<Item = usize> {
        let first = self.terms.split_last().map_or(&[][..], |(_, first)| first);
        let is_here = move |window: &[T]| {
            window.split_last().is_some_and(|(end, start)| {
                self.ends_at(end) && start.iter().zip(first).all(|(term, asked)| term.has_form(|form| form == asked))
            })
        };
        let windows = terms.windows(self.terms.len().max(1)).enumerate().filter(|_| !self.terms.is_empty());
        windows.filter(move |(_, window)| is_here(window)).map(|(start, _)| start)
    }
}

impl SignedPart {
    fn plain(letters: &str) -> Self {
        Self { letters: letters.to_owned(), signed: None }
    }

    fn all_plain(text: &str) -> Vec<Self> {
        fold::words(text).flat_map(|word| script_runs(&word).map(Self::plain).collect::<Vec<_>>()).collect()
    }

    fn terms(&self) -> Vec<String> {
        match &self.signed {
            Some(signed) => vec![signed.clone()],
            None => terms_of_run(&self.letters).map(str::to_owned).collect(),
        }
    }
}

impl TermMatch {
    pub(crate) fn accepts(self, term: &str, asked: &str) -> bool {
        match self {
            Self::Whole => term == asked,
            Self::Prefix => term.starts_with(asked),
            Self::Part => term.contains(asked),
        }
    }
}
