//! Alphabetical order: the place of each paper by title and by first author, computed once when an index is built, so that a sorted list
//! compares numbers. Order is that of the folded text; it follows no language's rules of collation.

use std::borrow::Cow;

use super::builder::first_name;
use crate::index::DocId;
use crate::index::text::tokens::folded;

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
        let both = beginning(&order(text, START));
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

/// The bytes that decide as a number; 0 when there is nothing to go by.
fn beginning(text: &str) -> u128 {
    let mut start = [0; START];
    start.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    u128::from_be_bytes(start)
}

/// `ranks_of` the papers that stay and the new ones, from the ranks that the old papers had. `places`: the new places of the old papers
/// (the largest number: it went away) and of the new ones.
pub(crate) fn extended_ranks<'a>(
    old_ranks: impl Iterator<Item = u32>,
    old_text: impl Fn(DocId) -> &'a str,
    new: &[&'a str],
    places: [&[DocId]; 2],
    order: impl Fn(&'a str, usize) -> Cow<'a, str>,
) -> Vec<u32> {
    let [old_places, new_places] = places;
    let place = |doc: DocId| old_places.get(doc as usize).copied().unwrap_or(u32::MAX);
    let mut stay = vec![u32::MAX; old_places.len()];
    for (doc, rank) in (0u32..).zip(old_ranks) {
        if let Some(entry) = stay.get_mut(rank as usize) {
            *entry = doc;
        }
    }
    stay.retain(|doc| place(*doc) != u32::MAX);
    let mut added: Vec<(usize, Cow<'a, str>, DocId)> = Vec::new();
    for (text, doc) in new.iter().zip(new_places) {
        let text = order(text, usize::MAX);
        if beginning(&text) != 0 {
            let before = stay
                .partition_point(|other| (order(old_text(*other), usize::MAX), place(*other)) < (text.clone(), *doc));
            added.push((before, text, *doc));
        }
    }
    added.sort_unstable();
    let staying = old_places.iter().filter(|place| **place != u32::MAX).count();
    let mut ranks = vec![u32::MAX; staying + new_places.len()];
    let mut added = added.into_iter().peekable();
    let mut next = 0;
    let mut rank = |doc: DocId| {
        if let Some(entry) = ranks.get_mut(doc as usize) {
            *entry = next;
        }
        next += 1;
    };
    for (before, doc) in stay.iter().enumerate() {
        while let Some((.., new)) = added.next_if(|(at, ..)| *at <= before) {
            rank(new);
        }
        rank(place(*doc));
    }
    added.for_each(|(.., new)| rank(new));
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
