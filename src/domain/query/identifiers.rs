//! Identifiers among the words of a query, as they are pasted: several in one word, in quotation marks, in the lists of programs and of
//! prose. Decides which words are identifiers and what only separates them; what an identifier is, `PaperKey::parse` decides.

use std::collections::HashSet;

use super::{Filter, Term};
use crate::domain::identity::PaperKey;

/// What separates identifiers that are pasted without blanks.
const SEPARATORS: [char; 6] = [',', ';', '|', '\u{FF0C}', '\u{FF1B}', '\u{3001}'];

/// What lists have around identifiers besides: the brackets and quotation marks of programs, and full stops.
const LIST_MARKS: [char; 10] = ['[', ']', '{', '}', '<', '>', '\'', '.', ':', '\u{3002}'];

/// What stands alone in front of an identifier: the bullets of lists, and signs that join.
const BULLETS: [char; 13] = ['-', '*', '+', '&', '/', '#', '•', '·', '‣', '◦', '–', '—', '−'];

/// Most digits of the number in front of a row of a list.
const LONGEST_NUMBER: usize = 4;

/// The identifiers that a word is: one, or several with a separator between. A DOI may contain separators itself, so a part that is none
/// belongs to the one before. None for any other word.
pub(super) fn in_word(word: &str) -> Option<Vec<String>> {
    let is_one = |text: &str| PaperKey::parse(text).is_some();
    let text = word.trim_matches(SEPARATORS);
    if !is_one(text.split(SEPARATORS).next()?) {
        return is_one(text).then(|| vec![text.to_owned()]);
    }
    let mut found: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(SEPARATORS) {
        let (before, after) = (text.get(start..at)?, text.get(at..)?.trim_start_matches(SEPARATORS));
        if is_one(after.split(SEPARATORS).next()?) && is_one(before) {
            found.push(before);
            start = text.len() - after.len();
        }
    }
    found.push(text.get(start..)?);
    found.dedup();
    found.iter().all(|text| is_one(text)).then(|| found.into_iter().map(str::to_owned).collect())
}

/// The identifiers that a text in quotation marks is. A key of a title is none: its words may be searched for.
pub(super) fn in_quotes(text: &str) -> Option<Vec<String>> {
    if text.starts_with("title:") { None } else { in_word(text) }
}

/// Whether a text without blanks consists of what only separates identifiers or encloses them.
pub(super) fn is_separator(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| SEPARATORS.contains(&c) || LIST_MARKS.contains(&c))
}

/// Whether a text without blanks may stand between two identifiers: `and`, `or`, a bullet.
pub(super) fn is_conjunction(text: &str) -> bool {
    ["and", "or", "And", "Or"].contains(&text.trim_matches(SEPARATORS)) || is_bullet(text)
}

/// Whether a text without blanks may stand in front of an identifier that begins a row of a list: a bullet, or a number as in `1.`, `2)`, `[3]`.
pub(super) fn begins_row(text: &str) -> bool {
    let inner = text.strip_prefix(['(', '[']).unwrap_or(text);
    let number = inner.strip_suffix(['.', ')', ']', ':']).unwrap_or_default();
    let is_number = (1..=LONGEST_NUMBER).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number || is_bullet(text)
}

fn is_bullet(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| BULLETS.contains(&c)) && chars.as_str().is_empty()
}

/// The identifiers among the words that AND joins. Each names one paper, so several of them are alternatives, wherever they stand.
#[derive(Default)]
pub(super) struct BareIdentifiers {
    found: Vec<Filter>,
    /// How many conditions stand before the first one.
    place: usize,
}

impl BareIdentifiers {
    pub(super) fn add(&mut self, found: Vec<Filter>, place: usize) {
        if self.found.is_empty() {
            self.place = place;
        }
        self.found.extend(found);
    }

    /// Makes one condition of them, in the place of the first.
    pub(super) fn move_to(&mut self, all: &mut Vec<Filter>) {
        let mut known = HashSet::new();
        let found = std::mem::take(&mut self.found).into_iter();
        let found: Vec<Filter> = found.filter(|filter| known.insert(filter.to_string())).collect();
        if !found.is_empty() {
            all.insert(self.place.min(all.len()), Filter::any_of(found));
        }
    }
}

/// Conditions that find the papers of identifiers.
pub(super) fn filters(identifiers: Vec<String>) -> Vec<Filter> {
    identifiers.into_iter().map(|text| Filter::Term(Term::Id(text))).collect()
}
