//! Whether an abstract contains what a clause of a query looks for: the one definition that the full text answers by, that reading abstracts
//! one by one answers by, and that snippets are cut by.

use super::abstract_terms::{AbstractTerm, TermForms};
use super::inflections::inflections;
use super::signs::{SignedPart, SignedText};
use super::tokens::{self, WordParts};
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
    /// Where the sequence is a hyphenated word or one part of it, that word as one: a term that it begins may stand in place of the sequence.
    pub(crate) joined: Option<String>,
    /// Other terms that may stand in place of the last: inflected forms of a word.
    pub(crate) forms: Vec<String>,
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

    /// The parts of a word in any place, or the whole word without its hyphens: each the prefix of a word, for `How::Fuzzy` also another form
    /// of it, or for `How::Exact` anywhere in a word. In scripts without blanks between words, always anywhere. The parts of a word with signs,
    /// and those of a hyphenated word with a part of one letter, stand next to each other, and the first one begins a word.
    pub fn word(text: &str, how: How) -> Self {
        if let Some(signed) = SignedText::of(text) {
            return Self::signed_word(&signed);
        }
        let last = match how {
            How::Exact => TermMatch::Part,
            How::Fuzzy | How::Prefix => TermMatch::Prefix,
        };
        let WordParts { parts, joined, are_adjacent } = tokens::parts(text);
        if are_adjacent {
            return Self {
                sequences: vec![TermSequence { terms: parts, last: TermMatch::Prefix, joined, forms: Vec::new() }],
            };
        }
        let of_run = |run: &str| match is_unspaced_word(run) {
            true => TermSequence::of_parts(&[SignedPart::plain(run)], last),
            false => {
                // A word that contains the part as it must is found without.
                let joined = joined.clone().filter(|joined| !last.accepts(joined, run));
                let forms = if how == How::Fuzzy { inflections(run) } else { Vec::new() };
                TermSequence { terms: vec![run.to_owned()], last, joined, forms }
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

    /// The longest of its terms, or of the beginnings that they share with their other forms: a text that contains the pattern has it somewhere in
    /// its `term_forms`. None without terms.
    pub fn longest_term(&self) -> Option<&str> {
        let terms = self.sequences.iter().flat_map(|sequence| {
            let (last, first) = sequence.terms.split_last().unzip();
            first
                .into_iter()
                .flatten()
                .map(String::as_str)
                .chain(last.map(|last| shared_beginning(last, &sequence.forms)))
        });
        terms.max_by_key(|term| term.len())
    }

    /// Whether an abstract, given by its terms, contains it.
    pub fn is_in(&self, terms: &[AbstractTerm]) -> bool {
        !terms.is_empty() && self.sequences.iter().all(|sequence| sequence.starts(terms).next().is_some())
    }
}

/// The longest beginning of a term that all of its other forms have, too.
fn shared_beginning<'t>(term: &'t str, forms: &[String]) -> &'t str {
    let shared = |form: &String| term.bytes().zip(form.bytes()).take_while(|(one, two)| one == two).count();
    forms.iter().map(shared).min().and_then(|length| term.get(..length)).unwrap_or(term)
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
        Self { terms, last, joined: None, forms: Vec::new() }
    }

    /// Whether a term may stand at the end of the sequence.
    fn ends_at(&self, term: &impl TermForms) -> bool {
        let Some((asked, before)) = self.terms.split_last() else { return false };
        let is_form = |form: &str| self.forms.iter().any(|other| other == form);
        let accepts = |form: &str| self.last.accepts(form, asked) || is_form(form);
        term.has_form(accepts) || before.is_empty() && term.joined().is_some_and(accepts)
    }

    /// Whether a term is a form of the hyphenated word as one.
    pub(crate) fn is_joined_in(&self, term: &str) -> bool {
        self.joined.as_deref().is_some_and(|joined| term.starts_with(joined))
    }

    /// The places in a text's terms where the sequence begins.
    pub(crate) fn starts<T: TermForms>(&self, terms: &[T]) -> impl Iterator<Item = usize> {
        let is_in_row = |terms: &[T]| {
            let row = self.terms.split_last().zip(terms.get(..self.terms.len()));
            row.and_then(|((_, first), row)| Some((first, row.split_last()?))).is_some_and(|(first, (end, start))| {
                self.ends_at(end) && start.iter().zip(first).all(|(term, asked)| term.has_form(|form| form == asked))
            })
        };
        let is_here = move |start: &usize| {
            let terms = terms.get(*start..).unwrap_or_default();
            let is_joined = || terms.first().is_some_and(|term| term.has_form(|form| self.is_joined_in(form)));
            is_in_row(terms) || self.joined.is_some() && is_joined()
        };
        (0..terms.len()).filter(is_here)
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
