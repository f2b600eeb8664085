//! The terms of a text with the characters they come from, and which of them the patterns of `containment` match: for highlights and snippets of
//! abstracts and notes. It decides no match.

use std::mem;
use std::ops::Range;

use super::abstract_terms::{TermForms, WordChain};
use super::containment::{AbstractPattern, TermMatch, TermSequence};
use super::signs::{self, Sign, SignedText};
use super::unspaced::{script_runs, terms_of_run};
use super::word_match::Tier;
use crate::domain::fold;
use crate::domain::query::{Pattern, Word};

/// The byte ranges of a text that a word or phrase matches as it does in an abstract: with its signs, or without them where the text does not have
/// them.
pub(crate) fn pattern_matches(pattern: &Pattern, terms: &[LocatedTerm]) -> Vec<Range<usize>> {
    let found = matches_as_written(pattern, terms);
    if !found.is_empty() {
        return found;
    }
    without_signs(pattern).map_or(found, |bare| matches_as_written(&bare, terms))
}

/// The same with its signs.
pub(crate) fn matches_as_written(pattern: &Pattern, terms: &[LocatedTerm]) -> Vec<Range<usize>> {
    let sequences = AbstractPattern::new(pattern).sequences;
    sequences.iter().flat_map(|sequence| sequence_matches(sequence, terms)).collect()
}

/// The pattern that is searched for where nothing has the signs of its words; None when it has none, or they cannot be left out.
pub(crate) fn without_signs(pattern: &Pattern) -> Option<Pattern> {
    Some(match pattern {
        Pattern::Word(word) => Pattern::Word(Word { text: SignedText::of(&word.text)?.bare?, how: word.how }),
        Pattern::Phrase(phrase) => Pattern::Phrase(SignedText::of(phrase)?.bare?),
    })
}

/// The byte ranges that a sequence matches.
fn sequence_matches(sequence: &TermSequence, terms: &[LocatedTerm]) -> Vec<Range<usize>> {
    let Some((asked, before)) = sequence.terms.split_last() else { return Vec::new() };
    let of_start = |start: usize| {
        let is_joined = |form: &str| sequence.is_joined_in(form);
        let as_one = terms.get(start)?.form(is_joined).filter(|_| !before.is_empty());
        if let Some((form, joined)) = as_one.zip(sequence.joined.as_deref()) {
            return Some(form.matched(joined, Tier::Prefix));
        }
        let end = terms.get(start + before.len())?;
        let of_form = |form: &FoldedText, how, asked| match how {
            TermMatch::Whole => form.origins.clone(),
            TermMatch::Prefix => form.matched(asked, Tier::Prefix),
            TermMatch::Part => form.matched(asked, Tier::Substring),
        };
        let form = |how: TermMatch, asked| Some(of_form(end.form(|form| how.accepts(form, asked))?, how, asked));
        let part = form(sequence.last, asked);
        let joined = || Some(of_form(end.joined.as_ref()?, sequence.last, asked));
        let other = || Some(end.form(|form| sequence.forms.iter().any(|other| other == form))?.origins.clone());
        let mut ranges =
            part.or_else(|| form(TermMatch::Prefix, sequence.joined.as_deref()?)).or_else(other).or_else(joined)?;
        if let Some(asked) = before.first() {
            // With everything between the words.
            let first = terms.get(start)?.form(|form| form == asked)?;
            ranges.first_mut()?.start = first.origins.first()?.start;
        }
        Some(ranges)
    };
    sequence.starts(terms).filter_map(of_start).flatten().collect()
}

/// A folded word or text, and for each of its characters the byte range it comes from.
#[derive(Clone, Default)]
pub(crate) struct FoldedText {
    pub(super) folded: String,
    pub(crate) origins: Vec<Range<usize>>,
}

impl FoldedText {
    pub(crate) fn new(text: &str, range: Range<usize>, folded: String) -> Self {
        let mut origins: Vec<Range<usize>> = Vec::new();
        let mut letters = String::new();
        for (at, c) in text.get(range.clone()).unwrap_or_default().char_indices() {
            let origin = range.start + at..range.start + at + c.len_utf8();
            let of_c = fold::fold(c.encode_utf8(&mut [0; 4]));
            match origins.last_mut() {
                // A mark that folding drops belongs to the letter before it.
                Some(last) if of_c.is_empty() => last.end = origin.end,
                _ => origins.extend(of_c.chars().map(|_| origin.clone())),
            }
            letters.push_str(&of_c);
        }
        if letters != folded {
            // Characters that fold only together cannot be separated.
            origins = vec![range; folded.chars().count()];
        }
        Self { folded, origins }
    }

    /// The parts of the word, one for each script.
    pub(super) fn script_runs(self) -> Vec<Self> {
        if self.folded.is_ascii() {
            return vec![self];
        }
        let mut origins = self.origins.iter();
        let part = |run: &str| Self {
            folded: run.to_owned(),
            origins: origins.by_ref().take(run.chars().count()).cloned().collect(),
        };
        script_runs(&self.folded).map(part).collect()
    }

    fn with_signs(&self, front: &[Sign], behind: &[Sign]) -> Self {
        let (signs, ranges) = (
            |signs: &[Sign]| signs.iter().map(|sign| sign.sign).collect::<String>(),
            |signs: &[Sign]| signs.iter().map(|sign| sign.range.clone()).collect::<Vec<_>>(),
        );
        Self {
            folded: [signs(front), self.folded.clone(), signs(behind)].concat(),
            origins: [ranges(front), self.origins.clone(), ranges(behind)].concat(),
        }
    }

    /// The byte ranges that a query word matches, given its tier.
    pub(crate) fn matched(&self, part: &str, tier: Tier) -> Vec<Range<usize>> {
        let length = part.chars().count();
        match tier {
            Tier::Exact | Tier::Typo | Tier::Initials => self.origins.clone(),
            Tier::Prefix if self.folded.starts_with(part) => self.origins.iter().take(length).cloned().collect(),
            // Another form of the word.
            Tier::Prefix => self.origins.clone(),
            Tier::Substring => {
                let before = |(at, _)| self.folded.get(..at).unwrap_or_default().chars().count();
                let places = self.folded.match_indices(part).map(before);
                places.flat_map(|before| self.origins.iter().skip(before).take(length).cloned()).collect()
            }
            Tier::Subsequence | Tier::SparseSubsequence => {
                let mut letters_left = part.chars().peekable();
                let letters = self.folded.chars().zip(&self.origins);
                letters
                    .filter(|(c, _)| letters_left.next_if_eq(c).is_some())
                    .map(|(_, origin)| origin.clone())
                    .collect()
            }
        }
    }
}

/// A term of an abstract and its other forms, with signs, each with the bytes it comes from.
#[derive(Clone, Default)]
pub(crate) struct LocatedTerm {
    word: FoldedText,
    signed: Vec<FoldedText>,
    /// The hyphenated words that end with it, as one.
    joined: Option<FoldedText>,
}

impl LocatedTerm {
    /// The form that matches.
    fn form(&self, passes: impl Fn(&str) -> bool) -> Option<&FoldedText> {
        std::iter::once(&self.word).chain(&self.signed).find(|form| passes(&form.folded))
    }
}

impl TermForms for LocatedTerm {
    fn has_form(&self, passes: impl Fn(&str) -> bool) -> bool {
        passes(&self.word.folded) || self.signed.iter().any(|form| passes(&form.folded))
    }

    fn joined(&self) -> Option<&str> {
        self.joined.as_ref().map(|joined| joined.folded.as_str())
    }
}

/// The terms of an abstract, as `abstract_terms` gives them.
pub(crate) fn located_terms(text: &str) -> Vec<LocatedTerm> {
    let mut terms: Vec<LocatedTerm> = Vec::new();
    let (mut chain, mut origins): (WordChain, Vec<Range<usize>>) = Default::default();
    for (range, folded) in fold::find_words(text) {
        if !chain.goes_on(text, &range, &folded) {
            add_joined(&mut terms, &chain, mem::take(&mut origins));
            chain.begin();
        }
        chain.push(&range, &folded);
        let runs = FoldedText::new(text, range.clone(), folded).script_runs();
        let last = runs.len().saturating_sub(1);
        origins.extend(runs.iter().flat_map(|run| run.origins.iter().cloned()));
        for (at, run) in runs.into_iter().enumerate() {
            terms.extend(terms_of_run(&run.folded).enumerate().map(|(start, term)| LocatedTerm {
                word: FoldedText {
                    folded: term.to_owned(),
                    origins: run.origins.iter().skip(start).take(term.chars().count()).cloned().collect(),
                },
                signed: Vec::new(),
                joined: None,
            }));
            let (front, behind) = signs::forms(text, &range, &run.folded, (at == 0, at == last));
            if let Some(term) = terms.last_mut() {
                term.signed.extend(front.map(|front| run.with_signs(&[front], &[])));
                term.signed.extend((!behind.is_empty()).then(|| run.with_signs(&[], &behind)));
            }
        }
    }
    add_joined(&mut terms, &chain, origins);
    terms
}

/// Adds the hyphenated words that end with the last term.
fn add_joined(terms: &mut [LocatedTerm], chain: &WordChain, origins: Vec<Range<usize>>) {
    if let (Some(joined), Some(term)) = (chain.joined(), terms.last_mut()) {
        term.joined = Some(FoldedText { folded: joined.to_owned(), origins });
    }
}
