//! The terms of an abstract: what the full text indexes, what containment compares, and which characters of the text they come from. It decides no
//! match.

use super::signs::{self, Sign};
use super::unspaced::{script_runs, terms_of_run};
use crate::domain::fold;

/// A term of an abstract and its other forms, with signs (`c++`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AbstractTerm {
    pub(crate) word: String,
    pub(crate) signed: Vec<String>,
}

/// What stands at one position of a text.
pub(crate) trait TermForms {
    /// Whether any of its forms passes.
    fn has_form(&self, passes: impl Fn(&str) -> bool) -> bool;
}

impl TermForms for AbstractTerm {
    fn has_form(&self, passes: impl Fn(&str) -> bool) -> bool {
        passes(&self.word) || self.signed.iter().any(|form| passes(form))
    }
}

/// What `each_abstract_term` visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermKind {
    /// At the next position.
    Word,
    /// A form with signs of the word visited before, at the same position.
    Signed,
}

/// Visits the terms of a text that the full text has: its folded words, each at the next position; for a run of a script without blanks between
/// words the pairs of neighbouring letters, then the last letter alone, so that each letter of a run begins one term. Behind a word that
/// has signs its forms with them.
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
    fold::each_word_in(text, |range, word| {
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
        _ => terms.push(AbstractTerm { word: term.to_owned(), signed: Vec::new() }),
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
    fn words_with_signs_have_a_second_form() {
        assert_eq!(terms("C++, f*(x) and C⁺⁺"), ["c", "=c++", "f", "=f*", "x", "and", "c", "=c++"]);
        assert_eq!(terms("e⁺e⁻ → μ"), ["e", "=e+", "e", "=e-", "μ"]);
        assert_eq!(terms("ASP.NET... x.5 k-means++"), ["asp", "net", "=.net", "x", "5", "k", "means", "=means++"]);
        assert_eq!(terms("基于C++语言 学习+"), ["基于", "于", "c", "=c++", "语言", "言", "学习", "习"]);
        assert_eq!(
            terms("Q&A, A/B, and/or, #P, H∞"),
            ["q", "=q&", "a", "a", "=a/", "b", "and", "or", "p", "=#p", "h", "=h∞"]
        );
    }
}
