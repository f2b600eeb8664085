//! Alphabetical order: the place of each paper by title and by first author, computed once when an index is built, so that a sorted list
//! compares numbers. Order is that of the folded text; it follows no language's rules of collation.

use std::borrow::Cow;

use super::DocId;
use super::build::first_name;
use super::terms::folded;

/// Bytes of an order that decide nearly always.
const START: usize = 16;

/// Each paper's place when all are sorted by a text; papers without the text have no place (`u32::MAX`). `order` makes what is compared,
/// at least so many bytes of it.
pub(crate) fn ranks_of<'a>(
    texts: impl Iterator<Item = &'a str>,
    order: impl Fn(&'a str, usize) -> Cow<'a, str>,
) -> Vec<u32> {
    let texts: Vec<&str> = texts.collect();
    let mut sorted: Vec<(u64, u64, DocId)> = Vec::with_capacity(texts.len());
    for (doc, text) in (0u32..).zip(&texts) {
        let mut start = [0; START];
        start.iter_mut().zip(order(text, START).bytes()).for_each(|(place, byte)| *place = byte);
        let both = u128::from_be_bytes(start);
        if both != 0 {
            sorted.push(((both >> 64) as u64, both as u64, doc));
        }
    }
    sorted.sort_unstable();
    for ties in sorted.chunk_by_mut(|one, two| (one.0, one.1) == (two.0, two.1)).filter(|ties| ties.len() > 1) {
        ties.sort_by_cached_key(|(.., doc)| texts.get(*doc as usize).map(|text| order(text, usize::MAX)));
    }
    let mut ranks = vec![u32::MAX; texts.len()];
    for (rank, (.., doc)) in (0u32..).zip(sorted) {
        if let Some(place) = ranks.get_mut(doc as usize) {
            *place = rank;
        }
    }
    ranks
}

pub(crate) fn title_order(title: &str, enough: usize) -> Cow<'_, str> {
    folded(cut(title.trim_start_matches(|c: char| !c.is_alphanumeric()), enough))
}

pub(crate) fn author_order(authors: &str, enough: usize) -> Cow<'_, str> {
    match first_name(authors) {
        "" => Cow::Borrowed(""),
        first => Cow::Owned(folded(&[first, " ", cut(authors, enough)].concat()).into_owned()),
    }
}

/// A part that folds to at least so many bytes: of ASCII the beginning, for its bytes fold one by one.
fn cut(text: &str, enough: usize) -> &str {
    if text.is_ascii() { text.get(..enough).unwrap_or(text) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_folded_text_and_empty_texts_have_none() {
        let titles =
            ["zeta", "\"Élan and a long common beginning, two", "", "Élan and a long common beginning, one", "apt"];
        assert_eq!(ranks_of(titles.into_iter(), title_order), [3, 2, u32::MAX, 1, 0]);
        let authors = ["Zoe Abel, Ann Zorn", "", "Ann Zorn", "Ann Abel"];
        assert_eq!(ranks_of(authors.into_iter(), author_order), [1, u32::MAX, 2, 0]);
    }
}
