//! Acronyms that an abstract defines: `mixture of experts (MoE)`. The words in front of the bracket that spell the letters are the long form, as
//! Schwartz and Hearst find it (A simple algorithm for identifying abbreviation definitions in biomedical text, 2003).

use std::collections::BTreeSet;

use memchr::memchr_iter;

use super::inflections::inflections;
use crate::domain::fold;

/// Letters and digits of an acronym.
pub(crate) const ACRONYM: std::ops::RangeInclusive<usize> = 2..=10;
/// Bytes in front of a bracket in which the long form is looked for.
const WINDOW: usize = 160;
/// Capitals that an acronym has at least.
const CAPITALS: usize = 2;
/// Words of a long form beyond the letters of the acronym, at most; and at most so many for each letter.
const MORE_WORDS: usize = 5;
const WORDS_PER_LETTER: usize = 2;

/// The definitions of a text, each once: the folded acronym, a blank and the folded words of the long form (`moe mixture of experts`).
pub fn definitions(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for at in memchr_iter(b'(', text.as_bytes()) {
        if let Some((acronym, long)) = definition_at(text, at) {
            found.insert(format!("{acronym} {long}"));
        }
    }
    found
}

/// How many abstracts must define an acronym alike, in a library of so many papers: in a large one many pairs are a coincidence of one text.
pub(crate) fn fewest_definitions(papers: usize) -> u32 {
    match papers {
        0..=1_000 => 1,
        1_001..=10_000 => 2,
        _ => 3,
    }
}

/// The acronym and the long form of a definition.
pub(crate) fn split_definition(definition: &str) -> Option<(&str, &str)> {
    definition.split_once(' ')
}

/// What the bracket that opens at a byte of a text defines.
fn definition_at(text: &str, at: usize) -> Option<(String, String)> {
    let (before, rest) = text.split_at_checked(at)?;
    let (inside, _) = rest.get(1..)?.split_once(')')?;
    let is_acronym = inside.len() <= *ACRONYM.end() + 2
        && inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && inside.bytes().filter(u8::is_ascii_uppercase).count() >= CAPITALS;
    if !is_acronym || !before.ends_with(' ') {
        return None;
    }
    // `LLMs`, `MoEs`.
    let singular = inside.strip_suffix('s').filter(|rest| rest.ends_with(|c: char| c.is_ascii_uppercase()));
    let acronym: String = singular.unwrap_or(inside).chars().filter(char::is_ascii_alphanumeric).collect();
    let acronym = acronym.to_ascii_lowercase();
    let starts_with_letter = acronym.starts_with(|c: char| c.is_ascii_alphabetic());
    if !ACRONYM.contains(&acronym.len()) || !starts_with_letter {
        return None;
    }
    let words = words_before(before, acronym.len());
    let long = long_form(&words, acronym.as_bytes())?;
    (long.len() > 1 && !long.contains(&acronym)).then(|| (acronym, long.join(" ")))
}

/// The last folded words of a text, of its last clause only, so many that a long form for an acronym of so many letters is among them.
fn words_before(text: &str, letters: usize) -> Vec<String> {
    let from = (text.len().saturating_sub(WINDOW)..=text.len()).find(|at| text.is_char_boundary(*at));
    let window = from.and_then(|from| text.get(from..)).unwrap_or_default();
    let mut ends = window.char_indices().filter(|(at, c)| {
        let is_mark = ".;:!?(),[]".contains(*c);
        is_mark && window.get(at + c.len_utf8()..).is_some_and(|rest| rest.starts_with(' ') || *c != '.')
    });
    let clause = ends.next_back().and_then(|(at, c)| window.get(at + c.len_utf8()..)).unwrap_or(window);
    let mut words: Vec<String> = fold::words(clause).collect();
    if clause.len() == window.len() && window.len() < text.len() {
        // The first one may be cut.
        words.drain(..words.len().min(1));
    }
    let most = (letters + MORE_WORDS).min(letters * WORDS_PER_LETTER);
    words.split_off(words.len().saturating_sub(most))
}

/// The fewest last words in which the letters of an acronym stand in order, the first of them at the beginning of the first word.
fn long_form<'w>(words: &'w [String], acronym: &[u8]) -> Option<&'w [String]> {
    let (first, mut others) = acronym.split_first()?;
    for (at, word) in words.iter().enumerate().rev() {
        if !word.is_ascii() {
            return None;
        }
        for (letter_at, letter) in word.bytes().enumerate().rev() {
            match others.split_last() {
                Some((last, before)) if *last == letter => others = before,
                Some(_) => {}
                None if letter_at == 0 && letter == *first => return words.get(at..),
                None => {}
            }
        }
    }
    None
}

/// A text of folded words, and the same with the other forms of its last word.
pub(crate) fn long_form_variants(text: &str) -> Vec<String> {
    let (before, last) = text.rsplit_once(' ').map_or(("", text), |(before, last)| (before, last));
    let forms = inflections(last).into_iter().chain([format!("{last}s"), last.to_owned()]);
    forms.map(|form| if before.is_empty() { form } else { format!("{before} {form}") }).collect()
}

/// Whether two long forms are the same but for the form of their last word (`mixture of experts`, `mixture of expert`).
pub(crate) fn is_same_long_form(one: &str, other: &str) -> bool {
    let is_variant = |one: &str, other: &str| long_form_variants(one).iter().any(|variant| variant == other);
    is_variant(one, other) || is_variant(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defined(text: &str) -> Vec<String> {
        definitions(text).into_iter().collect()
    }

    #[test]
    fn definitions_are_found() {
        for (text, expected) in [
            ("We train a mixture of experts (MoE) on text.", "moe mixture of experts"),
            ("Sparse Mixture-of-Experts (MoE) layers", "moe mixture of experts"),
            ("Large language models (LLMs) are", "llm large language models"),
            ("with low-rank adaptation (LoRA), which", "lora low rank adaptation"),
            ("First. Hidden Markov models (HMM)", "hmm hidden markov models"),
            ("the k-nearest neighbours (k-NN) of", "knn k nearest neighbours"),
            ("Generative adversarial networks (GANs)", "gan generative adversarial networks"),
            ("U-Net (see Fig. 3) and (MoE)", ""),
            ("of images (i.e., photos), text (2024) and (a)", ""),
            ("Nyström methods (NM) and новый метод (NM)", "nm nystrom methods"),
            ("mixtures of experts (MoEs)", "moe mixtures of experts"),
            ("the GAN approach (GAN)", ""),
            ("an end. Sparse (ES)", ""),
            ("Stochastic gradient descent, or gradient descent (SGD)", ""),
            ("in retrieval augmented generation(RAG)", ""),
            ("(MoE)", ""),
            ("learning (ML", ""),
            ("", ""),
        ] {
            let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
            assert_eq!(defined(text), expected, "{text}");
        }
        let long = format!("{} of mixture of experts (MoE)", "ö".repeat(200));
        assert_eq!(defined(&long), ["moe mixture of experts"]);
    }

    #[test]
    fn long_forms_are_the_same_in_singular_and_plural() {
        assert!(is_same_long_form("mixture of experts", "mixture of expert"));
        assert!(is_same_long_form("policy", "policy"));
        assert!(!is_same_long_form("mixtures of experts", "mixture of experts"));
        assert!(!is_same_long_form("machine learning", "manifold learning"));
    }
}
