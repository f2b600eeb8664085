//! Words and phrases with signs that make another word of a word (`c++`, `c#`, `f*`, `.net`) in titles. The dictionary has letters only, so the
//! papers that have the letters in their titles are found through it and their titles are read. Other words cost nothing here.

use memchr::memmem::Finder;

use super::parallel::{CancelCheck, filter_parallel};
use super::word_search::{self, WordField};
use crate::domain::query::{How, split_beginning};
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::DocSet;
use crate::index::text::abstract_terms::abstract_terms;
use crate::index::text::containment::AbstractPattern;
use crate::index::text::signs::SignedText;
use crate::index::text::unspaced::is_unspaced_word;
use crate::index::text::word_match::WordMatcher;

/// The papers whose titles have a word; None when cancelled. It may still be typed: `c+` finds `C++`, and `.ne` finds `.NET`.
pub(super) fn word(index: &SegmentedIndex, word: &SignedText, cancelled: CancelCheck<'_>) -> Option<DocSet> {
    papers(index, word, &AbstractPattern::signed_word(word), How::Prefix, cancelled)
}

/// The papers whose titles have the words of a phrase next to each other; None when cancelled.
pub(super) fn phrase(
    index: &SegmentedIndex,
    phrase: &SignedText,
    text: &str,
    cancelled: CancelCheck<'_>,
) -> Option<DocSet> {
    let last = if split_beginning(text).1 { How::Prefix } else { How::Exact };
    papers(index, phrase, &AbstractPattern::phrase(text), last, cancelled)
}

/// `last`: how the last part must match where it has no sign.
fn papers(
    index: &SegmentedIndex,
    asked: &SignedText,
    pattern: &AbstractPattern,
    last: How,
    cancelled: CancelCheck<'_>,
) -> Option<DocSet> {
    let mut docs = DocSet::All(index.len());
    for (at, part) in asked.parts.iter().enumerate().filter(|(_, part)| !is_unspaced_word(&part.letters)) {
        let may_go_on = last == How::Prefix && at + 1 == asked.parts.len();
        let ends_with_letter = part.signed.as_ref().is_none_or(|signed| signed.ends_with(part.letters.as_str()));
        docs = docs.and(if may_go_on && ends_with_letter {
            let matcher = WordMatcher::new(&part.letters, How::Prefix);
            word_search::find(index, &matcher, WordField::Title, cancelled)?.docs.clone()
        } else {
            word_search::exactly(index, &part.letters, WordField::Title)
        });
    }
    // Most titles are ASCII, and those without the signs need not be taken apart.
    let signs: Vec<Finder<'_>> = asked.parts.iter().filter_map(|part| Some(Finder::new(part.signs()?))).collect();
    filter_parallel(docs, index.len(), cancelled, || {
        |doc| {
            let title = index.title(doc);
            let may_have = !title.is_ascii() || signs.iter().all(|sign| sign.find(title.as_bytes()).is_some());
            may_have && pattern.is_in(&abstract_terms(title))
        }
    })
}
