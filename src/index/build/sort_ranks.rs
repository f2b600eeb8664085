//! Alphabetical ranks: the position of each paper by title and by first author, computed when an index is built, so that sorting compares
//! numbers. The order is that of the folded texts; it follows no language's collation rules.

use std::borrow::Cow;

use crate::index::format::paper::DocId;

/// Bytes that decide nearly all comparisons.
const PREFIX_BYTES: usize = 16;

/// Each paper's rank when all are sorted by a text: 0 for the first text, 1 for the next, the same for equal texts; `u32::MAX` for papers
/// without the text. `order` gives at least so many bytes of the text that is compared.
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
    let mut ranks = AssignedRanks::new(texts.len());
    for same_prefix in sorted.chunk_by(|one, two| (one.0, one.1) == (two.0, two.1)) {
        if let [(.., doc)] = same_prefix {
            ranks.assign_next([*doc]);
            continue;
        }
        let text = |doc: DocId| texts.get(doc as usize).map(|text| order(text, usize::MAX)).unwrap_or_default();
        let mut whole: Vec<(Cow<'_, str>, DocId)> = same_prefix.iter().map(|(.., doc)| (text(*doc), *doc)).collect();
        whole.sort_unstable();
        for equal in whole.chunk_by(|one, two| one.0 == two.0) {
            ranks.assign_next(equal.iter().map(|(_, doc)| *doc));
        }
    }
    ranks.ranks
}

/// Ranks given in ascending order.
struct AssignedRanks {
    ranks: Vec<u32>,
    next: u32,
}

impl AssignedRanks {
    fn new(papers: usize) -> Self {
        Self { ranks: vec![u32::MAX; papers], next: 0 }
    }

    /// Gives the next rank to papers whose texts are equal.
    fn assign_next(&mut self, docs: impl IntoIterator<Item = DocId>) {
        for doc in docs {
            if let Some(entry) = self.ranks.get_mut(doc as usize) {
                *entry = self.next;
            }
        }
        self.next += 1;
    }
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
    let mut remaining = by_rank(old_ranks, docs_of_old.len());
    remaining.retain(|(_, doc)| new_doc(*doc) != u32::MAX);
    let old_text = |doc: DocId| order(old_text(doc), usize::MAX);
    // Each new text with the first place whose old text is not less, and whether that one is equal.
    let mut added: Vec<(usize, Cow<'a, str>, bool, DocId)> = Vec::new();
    for (text, doc) in new.iter().zip(docs_of_new) {
        let text = order(text, usize::MAX);
        if byte_prefix(&text) != 0 {
            let place = remaining.partition_point(|(_, other)| old_text(*other) < text);
            let is_equal = remaining.get(place).is_some_and(|(_, other)| old_text(*other) == text);
            added.push((place, text, is_equal, *doc));
        }
    }
    added.sort_unstable();
    let mut new_groups = added.chunk_by(|one, two| (one.0, &one.1) == (two.0, &two.1)).peekable();
    let docs = |group: &[(usize, Cow<'a, str>, bool, DocId)]| group.iter().map(|(.., doc)| *doc).collect::<Vec<_>>();
    let is_before = |group: &[(usize, Cow<'a, str>, bool, DocId)], place: usize, or_equal: bool| {
        group.first().is_some_and(|(at, _, is_equal, _)| *at == place && *is_equal == or_equal)
    };
    let old_papers = docs_of_old.iter().filter(|doc| **doc != u32::MAX).count();
    let mut ranks = AssignedRanks::new(old_papers + docs_of_new.len());
    let mut place = 0;
    for old_group in remaining.chunk_by(|one, two| one.0 == two.0) {
        while let Some(group) = new_groups.next_if(|group| is_before(group, place, false)) {
            ranks.assign_next(docs(group));
        }
        let equal = new_groups.next_if(|group| is_before(group, place, true)).map(docs).unwrap_or_default();
        ranks.assign_next(old_group.iter().map(|(_, doc)| new_doc(*doc)).chain(equal));
        place += old_group.len();
    }
    new_groups.for_each(|group| ranks.assign_next(docs(group)));
    ranks.ranks
}

/// The papers that have a rank, with it, by rank. Ranks are below the number of papers; others, of a damaged index, are left out.
fn by_rank(ranks: impl Iterator<Item = u32>, papers: usize) -> Vec<(u32, DocId)> {
    let ranks: Vec<u32> = ranks.take(papers).collect();
    // How many papers have a lower rank.
    let mut starts = vec![0_u32; papers + 1];
    for rank in &ranks {
        if let Some(count) = (*rank as usize).checked_add(1).and_then(|above| starts.get_mut(above)) {
            *count += 1;
        }
    }
    let mut below = 0;
    for count in &mut starts {
        below += *count;
        *count = below;
    }
    let mut sorted = vec![(0, 0); below as usize];
    for (doc, rank) in (0u32..).zip(&ranks) {
        let Some(place) = starts.get_mut(*rank as usize).filter(|_| (*rank as usize) < papers) else { continue };
        if let Some(entry) = sorted.get_mut(*place as usize) {
            *entry = (*rank, doc);
        }
        *place += 1;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::text::alphabetical::{author_order, title_order};

    #[test]
    fn ranks_follow_the_folded_text_and_empty_texts_have_none() {
        let titles =
            ["zeta", "\"Élan and a long common beginning, two", "", "Élan and a long common beginning, one", "apt"];
        assert_eq!(ranks_of(titles.into_iter(), title_order), [3, 2, u32::MAX, 1, 0]);
        let authors = ["Zoe Abel, Ann Zorn", "", "Ann Zorn", "Ann Abel"];
        assert_eq!(ranks_of(authors.into_iter(), author_order), [1, u32::MAX, 2, 0]);
    }

    #[test]
    fn equal_texts_have_one_rank() {
        let long = "A title that is longer than a prefix";
        assert_eq!(ranks_of([long, "Zeta", "apt", long, "ZETA"].into_iter(), title_order), [0, 2, 1, 0, 2]);
        let authors = ["Ann Abel, Bo Li", "Bo Li", "Ann Abel", "Ann Abel, Zoe Zorn"];
        assert_eq!(ranks_of(authors.into_iter(), author_order), [0, 1, 0, 0]);
    }

    proptest! {
        /// Some old papers are removed, new ones come in anywhere between.
        #[test]
        fn extended_ranks_are_those_of_a_whole_build(
            papers in proptest::collection::vec(("a?b?(xxxxxxxxxxxxxxxxxxxx)?c?", 0..3), 0..20),
        ) {
            let is_old = |kind: &i32| *kind < 2;
            let old: Vec<&str> = papers.iter().filter(|(_, kind)| is_old(kind)).map(|(text, _)| text.as_str()).collect();
            let new: Vec<&str> = papers.iter().filter(|(_, kind)| !is_old(kind)).map(|(text, _)| text.as_str()).collect();
            let (mut docs_of_old, mut docs_of_new, mut whole) = (Vec::new(), Vec::new(), Vec::new());
            for (text, kind) in &papers {
                match kind {
                    0 => docs_of_old.push(u32::MAX),
                    1 => docs_of_old.push(whole.len() as u32),
                    _ => docs_of_new.push(whole.len() as u32),
                }
                if *kind > 0 {
                    whole.push(text.as_str());
                }
            }
            let old_ranks = ranks_of(old.iter().copied(), title_order);
            let extended = extended_ranks(
                old_ranks.into_iter(), |doc| old[doc as usize], &new, [&docs_of_old, &docs_of_new], title_order,
            );
            prop_assert_eq!(extended, ranks_of(whole.into_iter(), title_order));
        }
    }
}
