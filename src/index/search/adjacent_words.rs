//! The papers with words next to each other in titles and names, which have no positions in the index: those that have all of them, read one by
//! one.

use memchr::memmem::Finder;

use super::parallel::filter_parallel;
use super::view::SearchView;
use super::word_cache::{WordCache, WordKey};
use super::word_search::{self, WordField};
use crate::domain::query::How;
use crate::index::format::sets::DocSet;
use crate::index::text::tokens::{self, folded};
use crate::index::text::unspaced::{fits_phrase, is_unspaced_word};

/// Papers whose title, or the name of one of their authors, holds folded words next to each other, the last perhaps as the beginning of one.
/// None when cancelled.
pub(super) fn find(
    view: &SearchView<'_>,
    cache: &mut WordCache,
    (words, is_beginning): (&[String], bool),
    field: WordField,
) -> Option<DocSet> {
    let index = view.index;
    let all = DocSet::All(index.len());
    let mut docs = all.clone();
    for (at, word) in words.iter().enumerate() {
        let may_go_on = is_beginning && at + 1 == words.len();
        docs = docs.and(match is_unspaced_word(word) {
            true => cache.find(view, WordKey::strict(word, How::Exact, field))?.docs.clone(),
            false if may_go_on => cache.find_docs(view, WordKey::strict(word, How::Prefix, field), &all)?,
            false => word_search::exactly(index, word, field),
        });
    }
    if words.len() < 2 {
        return Some(docs);
    }
    let finder = AdjacentWords::new(words, is_beginning);
    filter_parallel(docs, index.len(), view.cancelled, || {
        let mut finder = finder.clone();
        move |doc| match field {
            WordField::Author => index.authors(doc).split(", ").any(|name| finder.are_in(name.as_bytes())),
            WordField::Title | WordField::Any => finder.are_in(index.title_bytes(doc)),
        }
    })
}

/// Folded words that are looked for; several of them.
#[derive(Clone)]
struct AdjacentWords<'a> {
    words: &'a [String],
    /// The last one is the beginning of a word.
    is_beginning: bool,
    /// Finds the first word.
    first: Finder<'a>,
    are_ascii: bool,
    /// The text in lower case; memory that is reused.
    lower: Vec<u8>,
}

impl<'a> AdjacentWords<'a> {
    fn new(words: &'a [String], is_beginning: bool) -> Self {
        let first = Finder::new(words.first().map_or("", String::as_str));
        let are_ascii = words.iter().all(|word| word.is_ascii());
        Self { words, is_beginning, first, are_ascii, lower: Vec::new() }
    }

    /// Whether a text, which is UTF-8 unless it is damaged, holds all of the words next to each other.
    fn are_in(&mut self, text: &[u8]) -> bool {
        if !text.is_ascii() {
            return std::str::from_utf8(text).is_ok_and(|text| self.are_in_folded(&folded(text)));
        }
        if !self.are_ascii {
            return false;
        }
        // ASCII folds letter by letter, and its words are runs of letters and digits.
        self.lower.clear();
        self.lower.extend_from_slice(text);
        self.lower.make_ascii_lowercase();
        let text = self.lower.as_slice();
        self.first.find_iter(text).any(|at| {
            let begins = at.checked_sub(1).and_then(|before| text.get(before)).is_none_or(|byte| !is_letter(byte));
            begins && follow_each_other(self.words, self.is_beginning, text.get(at..).unwrap_or_default())
        })
    }

    fn are_in_folded(&self, text: &str) -> bool {
        let last = self.words.len().saturating_sub(1);
        let mut words = tokens::words(text);
        loop {
            let mut run = words.clone();
            let fits = |(at, part): (usize, &String)| {
                let begins = |word: &str| self.is_beginning && at == last && word.starts_with(part.as_str());
                run.next().is_some_and(|word| begins(word) || fits_phrase(word, part, at == 0, at == last))
            };
            if self.words.iter().enumerate().all(fits) {
                return true;
            }
            if words.next().is_none() {
                return false;
            }
        }
    }
}

fn is_letter(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Whether a text in lower case begins with these words, the last perhaps as the beginning of one.
fn follow_each_other(words: &[String], is_beginning: bool, mut text: &[u8]) -> bool {
    words.iter().enumerate().all(|(at, word)| {
        let Some(after) = text.strip_prefix(word.as_bytes()) else { return false };
        let may_go_on = is_beginning && at + 1 == words.len();
        if !may_go_on && after.first().is_some_and(is_letter) {
            return false;
        }
        let next = after.iter().position(is_letter).unwrap_or(after.len());
        text = after.get(next..).unwrap_or_default();
        true
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_found_exactly_where_they_follow_each_other(
            text in "([abAé]{1,2}[ ,.-]{0,2}){0,8}",
            words in prop::collection::vec("[abe]{1,2}", 2..4),
            is_beginning: bool,
        ) {
            let folded = folded(&text).into_owned();
            let all: Vec<&str> = tokens::words(&folded).collect();
            let last = words.len() - 1;
            let fits = |window: &[&str]| match is_beginning {
                true => window[..last] == words[..last] && window[last].starts_with(&words[last]),
                false => window == words.as_slice(),
            };
            let expected = all.windows(words.len()).any(fits);
            let mut finder = AdjacentWords::new(&words, is_beginning);
            prop_assert_eq!(finder.are_in(text.as_bytes()), expected, "{} {:?} {}", text, words, is_beginning);
        }
    }
}
