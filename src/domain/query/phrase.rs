//! Phrases: words next to each other. The last one may be the beginning of a word: `"low ^ran"`, which an open quotation mark stands for while
//! the phrase is typed.

use std::borrow::Cow;

use crate::domain::fold;

/// The sign of a beginning, as before a word outside a phrase.
const BEGINNING: char = '^';

/// Whether a word or phrase can be searched for: a letter or digit is left of it when it is folded. Letters that folding drops, such as a tatweel
/// alone, would match every paper.
pub(super) fn has_letter_or_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_alphanumeric())
        || text.contains(char::is_alphanumeric) && fold::words(text).next().is_some()
}

/// The words of a phrase without the sign, and whether the last of them is a beginning.
pub fn split_beginning(phrase: &str) -> (Cow<'_, str>, bool) {
    let at = last_word(phrase);
    match phrase.get(at..).and_then(|word| word.strip_prefix(BEGINNING)).filter(|word| has_letter_or_digit(word)) {
        Some(word) => (Cow::Owned(format!("{}{word}", phrase.get(..at).unwrap_or_default())), true),
        None => (Cow::Borrowed(phrase), false),
    }
}

/// A phrase whose last word may still be typed.
pub(super) fn with_beginning(mut phrase: String) -> String {
    let at = last_word(&phrase);
    let word = phrase.get(at..).unwrap_or_default();
    if has_letter_or_digit(word) && !word.starts_with(BEGINNING) {
        phrase.insert(at, BEGINNING);
    }
    phrase
}

/// Where the last word of a phrase begins.
fn last_word(phrase: &str) -> usize {
    phrase.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_word_is_a_beginning() {
        for (typed, marked) in [("low ran", "low ^ran"), ("ran", "^ran"), ("low ^ran", "low ^ran"), ("low -", "low -")]
        {
            assert_eq!(with_beginning(typed.to_owned()), marked);
        }
        assert_eq!(split_beginning("low ^ran"), (Cow::Owned("low ran".to_owned()), true));
        assert_eq!(split_beginning("^fine-tun"), (Cow::Owned("fine-tun".to_owned()), true));
        for whole in ["low ran", "^low ran", "low ^", "10^6", ""] {
            assert_eq!(split_beginning(whole), (Cow::Borrowed(whole), false));
        }
    }
}
