//! Query words with signs that make another word of them: `c++`, `c#`, `f*`, `.net`. The dictionary has letters only, so the papers that have
//! the letters in their titles are found through it and their titles are read. Other words cost nothing here.

use std::borrow::Cow;

use super::parallel::{CancelCheck, filter_parallel};
use super::word_search::{self, WordField};
use crate::domain::fold::is_dash;
use crate::domain::query::How;
use crate::index::format::paper::DocId;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::DocSet;
use crate::index::text::tokens::{folded, is_letter, parts};
use crate::index::text::word_match::WordMatcher;

/// Letters of a word from which on its signs may just as well be none of its own (`transformer*`): it is searched without them where no
/// title has it with them.
const LONG: usize = 3;

/// A word with its signs, folded.
pub(super) struct SignedWord(String);

impl SignedWord {
    /// None for a word without such signs, which most are: only its first and last character are looked at.
    pub(super) fn of(text: &str) -> Option<Self> {
        let is_led = text.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        if !is_led && !text.ends_with(['+', '#', '*']) {
            return None;
        }
        let word = with_plain_dashes(&folded(text)).into_owned();
        let bare = word.strip_prefix('.').unwrap_or(&word).trim_end_matches(['+', '#', '*']);
        (bare.starts_with(is_letter) && bare.ends_with(is_letter)).then_some(Self(word))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether it is searched without its signs where no title has it.
    pub(super) fn is_long(&self) -> bool {
        self.0.chars().filter(|c| is_letter(*c)).count() >= LONG
    }

    /// The papers whose titles have it; None when cancelled. It may still be typed: `c+` finds `C++`, and `.ne` finds `.NET`.
    pub(super) fn papers(&self, index: &SegmentedIndex, cancelled: CancelCheck<'_>) -> Option<DocSet> {
        let parts = parts(&self.0).parts;
        let mut docs = DocSet::All(index.len());
        for (at, part) in parts.iter().enumerate() {
            docs = docs.and(if at + 1 == parts.len() && self.0.ends_with(is_letter) {
                let matcher = WordMatcher::new(part, How::Prefix);
                word_search::find(index, &matcher, WordField::Title, cancelled)?.docs.clone()
            } else {
                word_search::exactly(index, part, WordField::Title)
            });
        }
        let candidates: Vec<DocId> = docs.iter_from(0).collect();
        let found = filter_parallel(&candidates, cancelled, || |_, doc| self.is_in(index.title(doc)))?;
        Some(DocSet::of_sorted(found, index.len()))
    }

    fn is_in(&self, title: &str) -> bool {
        let title = folded(title);
        let title = with_plain_dashes(&title);
        let begins_a_word = |at: usize| !title.get(..at).is_some_and(|before| before.ends_with(is_letter));
        title.match_indices(&self.0).any(|(at, _)| self.0.starts_with('.') || begins_a_word(at))
    }
}

/// Every kind of dash as a hyphen.
fn with_plain_dashes(folded: &str) -> Cow<'_, str> {
    if folded.is_ascii() { Cow::Borrowed(folded) } else { Cow::Owned(folded.replace(is_dash, "-")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_belong_to_a_word_at_its_end_and_a_stop_at_its_front() {
        for text in ["c++", "C#", "f*", ".NET", "c+", "k-means++", "K–Means++", "é*"] {
            assert!(SignedWord::of(text).is_some(), "{text}");
        }
        for text in ["c", "+", "...", ".", ".5", "asp.net", "a+b", "gpt-4", "#tag", "(c)", "…net", ""] {
            assert!(SignedWord::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn titles_have_a_signed_word_or_not() {
        let is_in = |word: &str, title: &str| SignedWord::of(word).unwrap().is_in(title);
        for (word, title) in [
            ("c++", "Learning C++ Fast"),
            ("c+", "Learning C++"),
            ("c++", "C⁺⁺ for All"),
            ("c#", "From Java to C#"),
            ("f*", "Verified in F*"),
            (".net", "ASP.NET and .NET"),
            (".ne", ".NET"),
            ("k-means++", "Why K–Means++ Works"),
        ] {
            assert!(is_in(word, title), "{word} {title}");
        }
        for (word, title) in
            [("c++", "Vitamin C + D"), ("c++", "ABC++"), ("c#", "C Sharp"), (".net", "A Net"), ("f*", "An F Test")]
        {
            assert!(!is_in(word, title), "{word} {title}");
        }
    }
}
