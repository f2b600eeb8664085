//! Alphabetical ranks: the position of each paper by title and by first author, computed when an index is built, so that sorting compares
//! numbers. The order is that of the folded texts; it follows no language's collation rules.

use std::borrow::Cow;

use crate::index::format::author_line::first_family_name;
use crate::index::format::paper::DocId;
use crate::index::text::tokens::folded;

/// Bytes that decide nearly all comparisons.
const PREFIX_BYTES: usize = 16;

/// Each paper's rank when all are sorted by a text; `u32::MAX` for papers without the text. `order` gives at least so many bytes of the text
/// that is compared.
pub(crate) fn ranks_of<'a>(
    texts: impl Iterator<Item = &'a str>,
    order: impl Fn(&'a str, usize) -> Cow<'a, str>,
) -> Vec<u32> {
    let texts: Vec<&str> = texts.collect();
    let mut sorted: Vec<(u64, u64, DocId)> = Vec::with_capacity(texts.len());
    for (doc, text) in (0u32..).zip(&texts) {
        let prefix = byte_prefix(&order(text, PREFIX_BYTES));
        if prefix != 0 {
            sorted.push(((prefix >> 64) as u64, prefix as u64, doc));
        }
    }
    sorted.sort_unstable();
    for ties in sorted.chunk_by_mut(|one, two| (one.0, one.1) == (two.0, two.1)).filter(|ties| ties.len() > 1) {
        ties.sort_by_cached_key(|(.., doc)| texts.get(*doc as usize).map(|text| order(text, usize::MAX)));
    }
    let mut ranks = vec![u32::MAX; texts.len()];
    for (rank, (.., doc)) in (0u32..).zip(sorted) {
        if let Some(entry) = ranks.get_mut(doc as usize) {
            *entry = rank;
        }
    }
    ranks
}

/// The first bytes as a number that compares like them; 0 for an empty text.
fn byte_prefix(text: &str) -> u128 {
    let mut bytes = [0; PREFIX_BYTES];
    bytes.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
    u128::from_be_bytes(bytes)
}

/// What `ranks_of` gives for the remaining old papers and the new ones, from the ranks of the old index. `new_docs`: the new document ids of
/// the old papers, `DocId::MAX` for a removed one, and of the new papers.
pub(crate) fn extended_ranks<'a>(
    old_ranks: impl Iterator<Item = u32>,
    old_text: impl Fn(DocId) -> &'a str,
    new: &[&'a str],
    new_docs: [&[DocId]; 2],
    order: impl Fn(&'a str, usize) -> Cow<'a, str>,
) -> Vec<u32> {
    let [docs_of_old, docs_of_new] = new_docs;
    let new_doc = |doc: DocId| docs_of_old.get(doc as usize).copied().unwrap_or(u32::MAX);
    let mut remaining = vec![u32::MAX; docs_of_old.len()];
    for (doc, rank) in (0u32..).zip(old_ranks) {
        if let Some(entry) = remaining.get_mut(rank as usize) {
            *entry = doc;
        }
    }
    remaining.retain(|doc| new_doc(*doc) != u32::MAX);
    let mut added: Vec<(usize, Cow<'a, str>, DocId)> = Vec::new();
    for (text, doc) in new.iter().zip(docs_of_new) {
        let text = order(text, usize::MAX);
        if byte_prefix(&text) != 0 {
            let before = remaining
                .partition_point(|other| (order(old_text(*other), usize::MAX), new_doc(*other)) < (text.clone(), *doc));
            added.push((before, text, *doc));
        }
    }
    added.sort_unstable();
    let old_papers = docs_of_old.iter().filter(|doc| **doc != u32::MAX).count();
    let mut ranks = vec![u32::MAX; old_papers + docs_of_new.len()];
    let mut added = added.into_iter().peekable();
    let mut next = 0;
    let mut rank = |doc: DocId| {
        if let Some(entry) = ranks.get_mut(doc as usize) {
            *entry = next;
        }
        next += 1;
    };
    for (before, doc) in remaining.iter().enumerate() {
        while let Some((.., new)) = added.next_if(|(at, ..)| *at <= before) {
            rank(new);
        }
        rank(new_doc(*doc));
    }
    added.for_each(|(.., new)| rank(new));
    ranks
}

/// What titles are ordered by: the folded title from its first letter or digit on.
pub(crate) fn title_order(title: &str, enough: usize) -> Cow<'_, str> {
    folded(cut(title.trim_start_matches(|c: char| !c.is_alphanumeric()), enough))
}

/// What authors are ordered by: the family name of the first, then all of them; folded.
pub(crate) fn author_order(authors: &str, enough: usize) -> Cow<'_, str> {
    match first_family_name(authors) {
        "" => Cow::Borrowed(""),
        first => Cow::Owned(folded(&[first, " ", cut(authors, enough)].concat()).into_owned()),
    }
}

/// A prefix that folds to at least so many bytes. ASCII folds byte by byte; any other text is not cut.
fn cut(text: &str, enough: usize) -> &str {
    if text.is_ascii() { text.get(..enough).unwrap_or(text) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_follow_the_folded_text_and_empty_texts_have_none() {
        let titles =
            ["zeta", "\"Élan and a long common beginning, two", "", "Élan and a long common beginning, one", "apt"];
        assert_eq!(ranks_of(titles.into_iter(), title_order), [3, 2, u32::MAX, 1, 0]);
        let authors = ["Zoe Abel, Ann Zorn", "", "Ann Zorn", "Ann Abel"];
        assert_eq!(ranks_of(authors.into_iter(), author_order), [1, u32::MAX, 2, 0]);
    }
}
