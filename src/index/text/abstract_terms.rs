//! The terms of an abstract: what the full text indexes, what containment compares, and which characters of the text they come from. It decides no
//! match.

use std::ops::Range;

use super::signs::{self, Sign};
use super::tokens::is_joiner;
use super::unspaced::{is_unspaced_word, script_runs, terms_of_run};
use crate::domain::fold;

/// Begins the terms that stand for hyphenated words as one. They are terms of their own, so that neither phrases nor counts of words read them.
pub(crate) const JOINED: char = '-';

/// A term of an abstract and its other forms, with signs (`c++`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AbstractTerm {
    pub(crate) word: String,
    pub(crate) signed: Vec<String>,
    /// The hyphenated words that end with it, as one (`multimodal`).
    pub(crate) joined: Option<String>,
}

/// What stands at one position of a text.
pub(crate) trait TermForms {
    /// Whether any of its forms passes; hyphenated words as one are none of them.
    fn has_form(&self, passes: impl Fn(&str) -> bool) -> bool;

    /// The hyphenated words that end here, as one.
    fn joined(&self) -> Option<&str>;
}

impl TermForms for AbstractTerm {
    fn has_form(&self, passes: impl Fn(&str) -> bool) -> bool {
        passes(&self.word) || self.signed.iter().any(|form| passes(form))
    }

    fn joined(&self) -> Option<&str> {
        self.joined.as_deref()
    }
}

/// What `each_abstract_term` visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermKind {
    /// At the next position.
    Word,
    /// A form with signs of the word visited before, at the same position.
    Signed,
    /// The hyphenated words that end with the word visited before, as one behind `JOINED`, at the same position.
    Joined,
}

/// Visits the terms of a text that the full text has: its folded words, each at the next position; for a run of a script without blanks between
/// words the pairs of neighbouring letters, then the last letter alone, so that each letter of a run begins one term. Behind a word that
/// has signs its forms with them, and behind the last of several hyphenated words all of them as one.
pub(crate) fn each_abstract_term(text: &str, mut visit: impl FnMut(&str, TermKind)) {
    let mut form = String::new();
    let mut visit_forms =
        |(front, behind): (Option<Sign>, Vec<Sign>), part: &str, visit: &mut dyn FnMut(&str, TermKind)| {
            if let Some(front) = front {
                form.clear();
                form.push(front.sign);
                form.push_str(part);
                visit(&form, TermKind::Signed);
            }
            if !behind.is_empty() {
                form.clear();
                form.push_str(part);
                form.extend(behind.iter().map(|sign| sign.sign));
                visit(&form, TermKind::Signed);
            }
        };
    let mut chain = WordChain::default();
    fold::each_word_in(text, |range, word| {
        if !chain.goes_on(text, &range, word) {
            chain.term().into_iter().for_each(|joined| visit(joined, TermKind::Joined));
            chain.begin();
        }
        chain.push(&range, word);
        if word.is_ascii() {
            visit(word, TermKind::Word);
            visit_forms(signs::forms(text, &range, word, (true, true)), word, &mut visit);
            return;
        }
        let mut runs = script_runs(word).peekable();
        let mut is_first = true;
        while let Some(run) = runs.next() {
            terms_of_run(run).for_each(|term| visit(term, TermKind::Word));
            let ends = (is_first, runs.peek().is_none());
            visit_forms(signs::forms(text, &range, run, ends), run, &mut visit);
            is_first = false;
        }
    });
    chain.term().into_iter().for_each(|joined| visit(joined, TermKind::Joined));
}

/// Words of a text that hyphens or apostrophes join. Words of scripts without blanks between words are found within longer ones anyway: they
/// are joined to none.
#[derive(Default)]
pub(crate) struct WordChain {
    /// Behind `JOINED`.
    letters: String,
    words: usize,
    /// Where the last word ends; None where nothing can be joined to it.
    end: Option<usize>,
}

impl WordChain {
    /// Whether the next word of the text is joined to the one before.
    pub(crate) fn goes_on(&self, text: &str, range: &Range<usize>, word: &str) -> bool {
        let between = self.end.and_then(|end| text.get(end..range.start));
        between.is_some_and(is_joiner) && is_joinable(word)
    }

    pub(crate) fn begin(&mut self) {
        self.letters.clear();
        self.letters.push(JOINED);
        (self.words, self.end) = (0, None);
    }

    pub(crate) fn push(&mut self, range: &Range<usize>, word: &str) {
        self.letters.push_str(word);
        self.words += 1;
        self.end = is_joinable(word).then_some(range.end);
    }

    /// The words as one term; None where there are not several.
    fn term(&self) -> Option<&str> {
        (self.words > 1).then_some(self.letters.as_str())
    }

    /// The same without `JOINED`.
    pub(crate) fn joined(&self) -> Option<&str> {
        self.term()?.strip_prefix(JOINED)
    }
}

fn is_joinable(word: &str) -> bool {
    word.is_ascii() || !script_runs(word).any(is_unspaced_word)
}

/// Visits the terms without the forms that have signs.
pub(crate) fn each_abstract_word(text: &str, mut visit: impl FnMut(&str)) {
    fold::each_word(text, |word| {
        if word.is_ascii() {
            visit(word);
        } else {
            script_runs(word).for_each(|run| terms_of_run(run).for_each(&mut visit));
        }
    });
}

/// The terms of an abstract, in order: what `AbstractPattern::is_in` takes.
pub fn abstract_terms(text: &str) -> Vec<AbstractTerm> {
    let mut terms: Vec<AbstractTerm> = Vec::new();
    each_abstract_term(text, |term, kind| match (kind, terms.last_mut()) {
        (TermKind::Signed, Some(last)) => last.signed.push(term.to_owned()),
        (TermKind::Joined, Some(last)) => last.joined = term.strip_prefix(JOINED).map(str::to_owned),
        _ => terms.push(AbstractTerm { word: term.to_owned(), ..AbstractTerm::default() }),
    });
    terms
}

/// All forms of all terms of a text, one a line.
pub fn term_forms(text: &str) -> String {
    let mut forms = String::new();
    each_abstract_term(text, |term, _| forms.extend([term, "\n"]));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        each_abstract_term(text, |term, kind| {
            terms.push(if kind == TermKind::Word { term.to_owned() } else { format!("={term}") });
        });
        terms
    }

    #[test]
    fn runs_are_indexed_by_pairs() {
        assert_eq!(terms("深度学习，GPT的"), ["深度", "度学", "学习", "习", "gpt", "的"]);
        assert_eq!(terms("Deep learning Ж"), ["deep", "learning", "ж"]);
        assert_eq!(terms("การเรียนรู้").len(), "การเรียนรู้".chars().count());
    }

    #[test]
    fn hyphenated_words_are_one_more_term_at_their_last() {
        assert_eq!(
            terms("Multi–modal, state-of-the-art GPT-4"),
            ["multi", "modal", "=-multimodal", "state", "of", "the", "art", "=-stateoftheart", "gpt", "4", "=-gpt4"]
        );
        assert_eq!(terms("don\u{2019}t - stop -- now x-"), ["don", "t", "=-dont", "stop", "now", "x", "=x-"]);
        assert_eq!(
            terms("学习-based Größen-Maß e-学"),
            ["学习", "习", "based", "größen", "maß", "=-größenmaß", "e", "学"]
                .map(|term| term.replace('ö', "o").replace('ß', "ss"))
        );
    }

    #[test]
    fn words_with_signs_have_a_second_form() {
        assert_eq!(terms("C++, f*(x) and C⁺⁺"), ["c", "=c++", "f", "=f*", "x", "and", "c", "=c++"]);
        assert_eq!(terms("e⁺e⁻ → μ"), ["e", "=e+", "e", "=e-", "μ"]);
        assert_eq!(
            terms("ASP.NET... x.5 k-means++"),
            ["asp", "net", "=.net", "x", "5", "k", "means", "=means++", "=-kmeans"]
        );
        assert_eq!(terms("基于C++语言 学习+"), ["基于", "于", "c", "=c++", "语言", "言", "学习", "习"]);
        assert_eq!(
            terms("n! Z\u{2032}-boson (f'') it's x'y 'a' 5! no!"),
            ["n", "=n!", "z", "=z'", "boson", "f", "=f''", "it", "s", "=-its", "x", "y", "=-xy", "a", "5", "no"]
        );
        assert_eq!(
            terms("Q&A, A/B, and/or, #P, H∞"),
            ["q", "=q&", "a", "a", "=a/", "b", "and", "or", "p", "=#p", "h", "=h∞"]
        );
    }
}
