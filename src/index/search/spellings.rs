//! Whether a query word is a misspelling of words that titles have. A word that no paper has matches by its letters alone. One that a few papers
//! have may stand there by mistake: then another spelling, one typo away, is in about a hundred times as many papers.

use std::sync::Arc;

use super::anywhere;
use super::view::SearchView;
use super::word_cache::{WordCache, WordKey};
use super::word_search::{self, WordField};
use crate::domain::query::{How, Word};
use crate::index::format::sets::DocSet;
use crate::index::text::word_match::{Approximation, WordMatcher};

/// In how many times as many papers the other spelling must be. Of the words of 52,739 papers that stand so far below a neighbour, nine in ten are
/// misspelt or cut; at ten times, four in ten.
const RATIO: usize = if cfg!(test) { 2 } else { 100 };

/// What else a folded part of a query word matches; None when cancelled or when something cannot be read.
pub(super) fn approximation(
    view: &SearchView<'_>,
    cache: &mut WordCache,
    (part, how, field): (&str, How, WordField),
) -> Option<Option<Approximation>> {
    let index = view.index;
    let may_be_misspelt = field != WordField::Author && WordMatcher::has_typos(part, how);
    if !WordMatcher::has_approximations(part, how) || !may_be_misspelt && word_search::has_beginning(index, part, field)
    {
        return Some(None);
    }
    let is_rare = |papers: usize| papers * RATIO <= index.len();
    let in_titles = cache.find(view, WordKey::strict(part, how, field))?.papers_with_word();
    if in_titles > 0 && !(may_be_misspelt && is_rare(in_titles)) {
        return Some(None);
    }
    // A word that the field uses, or a name, is none, however rare.
    let is_word =
        || view.abstracts.is_known_word(part) || !word_search::exactly(index, part, WordField::Author).is_empty();
    let mut spellings = Vec::new();
    if in_titles > 0 {
        spellings = if is_word() { Vec::new() } else { cache.one_typo_away(view, part)? };
        if spellings.iter().all(|(_, papers)| *papers < in_titles * RATIO) {
            return Some(None);
        }
    }
    let papers = match field {
        WordField::Title | WordField::Author => in_titles,
        WordField::Any => {
            let texts = anywhere::other_texts(view, &Word { text: part.to_owned(), how })?;
            let all = [texts.abstracts, texts.notes, texts.tags];
            all.iter().map(DocSet::count).fold(in_titles, usize::max)
        }
    };
    if papers == 0 {
        return Some(Some(Approximation::Letters));
    }
    if in_titles == 0 && may_be_misspelt && is_rare(papers) && !is_word() {
        spellings = cache.one_typo_away(view, part)?;
    }
    let frequent = spellings.into_iter().filter(|(_, others)| *others >= papers * RATIO).map(|(word, _)| word);
    let spellings: Arc<[String]> = frequent.collect();
    Some((!spellings.is_empty()).then_some(Approximation::Spellings(spellings)))
}
