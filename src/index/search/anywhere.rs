//! Where a free word stands besides title and authors: in abstracts, the user's notes and tags. A word stands there as `abs:` and `note:` find it.

use memchr::memmem::Finder;

use super::view::{CountedTerm, SearchView};
use crate::domain::query::{How, Pattern, Word};
use crate::index::format::paper::DocId;
use crate::index::format::sets::DocSet;
use crate::index::text::abstract_terms::abstract_terms;
use crate::index::text::containment::{AbstractPattern, TermMatch};
use crate::index::text::signs::SignedText;
use crate::index::text::unspaced::is_unspaced_word;

/// Fewest letters of a word that counts as often as an abstract has it: nearly every abstract has words that begin with two given letters.
const FEWEST_COUNTED: usize = 3;

/// The papers that have one word, by where it stands.
pub(super) struct OtherTexts {
    pub(super) abstracts: DocSet,
    pub(super) notes: DocSet,
    pub(super) tags: DocSet,
}

/// What finds a word or phrase, and where nothing has its signs and they may be left out, the text without them.
pub(super) fn with_or_without_signs(text: &str, mut find: impl FnMut(&str) -> Option<DocSet>) -> Option<DocSet> {
    let docs = find(text)?;
    match SignedText::of(text).and_then(|signed| signed.bare).filter(|_| docs.is_empty()) {
        Some(bare) => find(&bare),
        None => Some(docs),
    }
}

/// The papers that have a free word outside title and authors; None when cancelled or when something cannot be read.
pub(super) fn other_texts(view: &SearchView<'_>, word: &Word) -> Option<OtherTexts> {
    let abstracts = if view.abstracts.are_searched() { in_abstracts(view, word)? } else { DocSet::empty() };
    Some(OtherTexts { abstracts, notes: in_notes(view, word)?, tags: in_tags(view, word)? })
}

/// The papers that have a word in their abstracts.
pub(super) fn in_abstracts(view: &SearchView<'_>, word: &Word) -> Option<DocSet> {
    with_or_without_signs(&word.text, |text| {
        Some(view.abstracts.word(&Word { text: text.to_owned(), how: word.how })?.0)
    })
}

/// The papers that have a word in their notes.
pub(super) fn in_notes(view: &SearchView<'_>, word: &Word) -> Option<DocSet> {
    with_or_without_signs(&word.text, |text| {
        Some(view.notes.notes(&Pattern::Word(Word { text: text.to_owned(), how: word.how }))?.0)
    })
}

/// The papers with a tag that has a word.
fn in_tags(view: &SearchView<'_>, word: &Word) -> Option<DocSet> {
    with_or_without_signs(&word.text, |text| {
        let pattern = AbstractPattern::word(text, word.how);
        // Most tags are ruled out by their bytes; they are in lower case.
        let finder = pattern.longest_term().map(Finder::new);
        let may_have =
            |tag: &str| finder.as_ref().is_some_and(|finder| !tag.is_ascii() || finder.find(tag.as_bytes()).is_some());
        let tags = view.states.tags().filter(|(tag, _)| may_have(tag) && pattern.is_in(&abstract_terms(tag)));
        let docs: Vec<DocId> = tags.flat_map(|(_, docs)| docs.iter().copied()).collect();
        Some(DocSet::of(docs, view.index.len()))
    })
}

/// The term of a word that counts as often as an abstract has it; None for a word that counts once.
pub(super) fn counted_term(word: &Word) -> Option<CountedTerm> {
    if word.how == How::Exact || SignedText::of(&word.text).is_some() {
        return None;
    }
    let mut sequences = AbstractPattern::word(&word.text, word.how).sequences;
    let only = sequences.pop().filter(|only| sequences.is_empty() && only.last == TermMatch::Prefix)?;
    let [term] = only.terms.try_into().ok()?;
    let is_counted = !is_unspaced_word(&term) && term.chars().count() >= FEWEST_COUNTED;
    is_counted.then_some(CountedTerm { term, forms: only.forms })
}
