//! The tokenizer: the folded words of a text, hyphenated words also joined (`fine-tuning` is also `finetuning`), and the initialisms of
//! consecutive title words (`moe`, `rag`, `lora`). The dictionary, queries and highlights all use it.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

use super::unspaced::{is_unspaced_word, script_runs};
use crate::domain::fold;

/// Words that an initialism may skip: mixture (of) experts.
const MINOR: [&str; 16] =
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with"];
/// Number of letters of an initialism.
pub(crate) const INITIALS: std::ops::RangeInclusive<usize> = 2..=5;

/// The folded text, as `fold::fold` gives it; faster for ASCII.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        Cow::Owned(fold::fold(text))
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character of a folded text belongs to a word. Marks that remain after folding belong to their letter.
pub(crate) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// The words of a folded text.
pub(crate) fn words(folded: &str) -> impl Iterator<Item = &str> + Clone {
    written_words(folded).flat_map(script_runs)
}

/// The longest runs of letters of a folded text, of whatever scripts.
fn written_words(folded: &str) -> impl Iterator<Item = &str> + Clone {
    folded.split(|c| !is_letter(c)).filter(|word| !word.is_empty())
}

/// Visits the words of a folded text, and after each chain of hyphenated words the chain as one word.
pub(crate) fn each_term(folded: &str, mut visit: impl FnMut(&str)) {
    let (mut chain, mut parts, mut rest) = (String::new(), 0, folded);
    while let Some(start) = rest.find(is_letter) {
        let (between, tail) = rest.split_at(start);
        let (word, tail) = tail.split_at(tail.find(|c| !is_letter(c)).unwrap_or(tail.len()));
        let mut is_joined = is_joiner(between);
        for word in script_runs(word) {
            if !is_joined {
                if parts > 1 {
                    visit(&chain);
                }
                chain.clear();
                parts = 0;
            }
            visit(word);
            chain.push_str(word);
            parts += 1;
            is_joined = false;
        }
        rest = tail;
    }
    if parts > 1 {
        visit(&chain);
    }
}

/// Whether the text between two words joins them into one: a dash of any kind or an apostrophe, alone. Right for folded and for other texts.
pub(crate) fn is_joiner(between: &str) -> bool {
    let mut chars = between.chars();
    chars.next().is_some_and(|c| fold::is_dash(c) || matches!(c, '\'' | '\u{2019}')) && chars.next().is_none()
}

/// A query word as the dictionary has it: its parts, and the parts joined when there are several.
pub(crate) struct WordParts {
    pub(crate) parts: Vec<String>,
    pub(crate) joined: Option<String>,
    /// Whether the parts match only next to each other, the last one as the beginning of a word. So do hyphenated words with a part of one
    /// letter or digit (`p-value`): nearly every text has a word that begins with it.
    pub(crate) are_adjacent: bool,
}

/// Folds a query word and splits it.
pub(crate) fn parts(text: &str) -> WordParts {
    let folded = folded(text);
    let parts: Vec<String> = words(&folded).map(str::to_owned).collect();
    let joined = (written_words(&folded).nth(1).is_some()).then(|| parts.concat());
    let are_adjacent = joined.is_some() && is_hyphenated(&folded) && parts.iter().any(|part| part.chars().count() == 1);
    WordParts { parts, joined, are_adjacent }
}

/// Whether single dashes separate all words of a folded text, which has none of a script without blanks between words.
fn is_hyphenated(folded: &str) -> bool {
    let inner = folded.trim_matches(|c| !is_letter(c));
    let mut words = inner.split(fold::is_dash);
    words.all(|word| !word.is_empty() && word.chars().all(is_letter) && !script_runs(word).any(is_unspaced_word))
}

/// Whether a written word looks like an acronym: short, and with at least two capitals.
pub(crate) fn is_acronym(word: &str) -> bool {
    INITIALS.contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && word.bytes().filter(u8::is_ascii_uppercase).count() >= 2
}

/// Visits every initialism of consecutive words of a folded title, with the numbers of its first and last word: one letter of each word, or
/// two of one word when three or more words take part (Lo-R-A). Minor words may be used or skipped, but neither begin nor end one.
/// `is_prefix` tells whether any initialism of interest begins with these letters.
pub(crate) fn each_initialism(
    words: &[&str],
    is_prefix: &mut dyn FnMut(&str) -> bool,
    visit: &mut dyn FnMut(&str, usize, usize),
) {
    for start in 0..words.len() {
        if words.get(start).is_some_and(|word| !MINOR.contains(word)) {
            let mut walk = InitialismWalk { words, start, letters: String::new(), is_prefix, visit };
            walk.extend(start, 0, false);
        }
    }
}

struct InitialismWalk<'a> {
    words: &'a [&'a str],
    start: usize,
    letters: String,
    is_prefix: &'a mut dyn FnMut(&str) -> bool,
    visit: &'a mut dyn FnMut(&str, usize, usize),
}

impl InitialismWalk<'_> {
    /// Continues with the word `at`. `taken` words gave the letters so far, one of them two when `doubled`.
    fn extend(&mut self, at: usize, taken: usize, doubled: bool) {
        let Some(word) = self.words.get(at) else { return };
        let minor = MINOR.contains(word);
        if minor && taken > 0 {
            self.extend(at + 1, taken, doubled);
        }
        let before = self.letters.len();
        for (letters, c) in word.bytes().take(if doubled || minor { 1 } else { 2 }).enumerate() {
            if !c.is_ascii_alphabetic() || self.letters.len() == *INITIALS.end() {
                break;
            }
            self.letters.push(c as char);
            if !(self.is_prefix)(&self.letters) {
                break;
            }
            let (taken, doubled) = (taken + 1, doubled || letters > 0);
            let is_complete = taken >= if doubled { 3 } else { 2 };
            if is_complete && !minor {
                (self.visit)(&self.letters, self.start, at);
            }
            self.extend(at + 1, taken, doubled);
        }
        self.letters.truncate(before);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        each_term(&folded(text), |term| terms.push(term.to_owned()));
        terms
    }

    #[test]
    fn hyphenated_words_are_also_one_word() {
        assert_eq!(
            terms("Fine-Tuning GPT-4: a state-of-the-art view"),
            [
                "fine",
                "tuning",
                "finetuning",
                "gpt",
                "4",
                "gpt4",
                "a",
                "state",
                "of",
                "the",
                "art",
                "stateoftheart",
                "view"
            ]
        );
        assert_eq!(terms("-O'Neill-"), ["o", "neill", "oneill"]);
        assert_eq!(terms("cost -- benefit, time/space"), ["cost", "benefit", "time", "space"]);
    }

    proptest! {
        #[test]
        fn words_are_those_of_the_shared_folding(text in "[a-zA-Z0-9 ,.'éßﬁ漢Жहि½Ⅷ\u{301}-]{0,40}") {
            let ours: Vec<String> = words(&folded(&text)).map(str::to_owned).collect();
            let shared = fold::words(&text).flat_map(|word| script_runs(&word).map(str::to_owned).collect::<Vec<_>>());
            prop_assert_eq!(ours, shared.collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_dash_joins_as_a_hyphen_does() {
        let hyphenated = ["multi", "modal", "multimodal"];
        for c in ('\0'..=char::MAX).filter(|&c| fold::is_dash(c)) {
            assert_eq!(terms(&format!("Multi{c}modal")), hyphenated, "{}", c.escape_unicode());
            assert!(is_joiner(&c.to_string()), "the text before it is folded");
        }
        assert_eq!(terms("Multi\u{AD}modal"), ["multimodal"]);
        assert_eq!(terms("Multi \u{2013} modal"), ["multi", "modal"]);
    }

    fn initialisms(title: &str) -> BTreeSet<String> {
        let folded = folded(title);
        let words: Vec<&str> = words(&folded).collect();
        let mut found = BTreeSet::new();
        each_initialism(&words, &mut |_| true, &mut |letters, _, _| {
            found.insert(letters.to_owned());
        });
        found
    }

    #[test]
    fn common_initialisms_are_found() {
        for (title, expected) in [
            ("LoRA: Low-Rank Adaptation of Large Language Models", vec!["lora", "lra", "llm"]),
            ("Sparse Mixture of Experts", vec!["moe", "me", "smoe"]),
            ("Retrieval-Augmented Generation for Tasks", vec!["rag"]),
            ("Bidirectional Encoder Representations from Transformers", vec!["bert"]),
        ] {
            let found = initialisms(title);
            assert!(expected.iter().all(|letters| found.contains(*letters)), "{title}: {found:?}");
        }
        let found = initialisms("Models of the");
        assert!(found.is_empty(), "{found:?}");
        assert!(is_acronym("RAG") && is_acronym("LoRA") && !is_acronym("Low") && !is_acronym("GPT4"));
    }
}
