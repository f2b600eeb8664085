//! The order of a result: by likeness when similar papers are asked for, by relevance when there are words, else newest first, else by
//! the keys asked for. Only the first screens are computed; `Hits` does the rest on demand. It reads columns and knows no text.

use std::collections::HashSet;
use std::iter::Peekable;

use super::engine::View;
use super::evaluate::Found;
use super::hits::{Hits, Tail};
use super::rank::Ranker;
use super::scores::Scores;
use crate::domain::query::{Sort, SortBy};
use crate::index::format::file::{Section, u32_at};
use crate::index::format::sets::Set;
use crate::index::{DocId, Index};

/// So many of the best papers are compared by their text.
const RERANKED: usize = 300;
/// The key of a paper for which it is unknown.
const UNKNOWN: u32 = u32::MAX;
/// So many papers of a sorted result are put in order at once.
const FIRST: usize = 1000;

/// Puts the papers found in the order asked for. Of several sort keys the first three decide (a digest's day and rank count as two), then
/// newest first. Papers for which a key is unknown come last in both directions.
pub(crate) fn arrange(view: &View<'_>, ranker: &mut Ranker, docs: Set, found: &Found, sort: &[Sort]) -> Hits {
    let by_relevance = sort.first().is_none_or(|sort| sort.by == SortBy::Relevance);
    let newest = matches!(sort, [Sort { by: SortBy::Date, descending: true }, ..]);
    let unmatched = found.unmatched.clone();
    if by_relevance && sort.len() < 2 && !found.similar.is_empty() {
        return likeness(docs, found);
    }
    if newest || (by_relevance && found.sets.is_empty() && sort.len() < 2) {
        return Hits::new(Vec::new(), docs, Tail::Newest, unmatched);
    }
    if by_relevance && sort.len() < 2 {
        return relevance(view, ranker, docs, found);
    }
    let mut keys: Vec<Key<'_>> = sort.iter().flat_map(|sort| keys(view, found, *sort)).collect();
    keys.truncate(3);
    if let [key] = keys.as_mut_slice() {
        let known = docs.iter_from(0).map(|doc| (key(doc), doc)).filter(|(key, _)| *key != UNKNOWN);
        let (head, tail) = first(known.map(|(key, doc)| u64::from(key) << 32 | u64::from(doc)).collect(), FIRST);
        let head = head.into_iter().map(|key| key as DocId).collect();
        return Hits::new(filled(head, &docs), docs, Tail::Narrow(tail), unmatched);
    }
    let packed = |doc: DocId| {
        let (mut above, mut is_known) = (0, false);
        for key in &mut keys {
            let key = key(doc);
            is_known |= key != UNKNOWN;
            above = (above | u128::from(key)) << 32;
        }
        is_known.then_some(above | u128::from(doc))
    };
    let (head, tail) = first(docs.iter_from(0).filter_map(packed).collect(), FIRST);
    let head = head.into_iter().map(|key| key as DocId).collect();
    Hits::new(filled(head, &docs), docs, Tail::Wide(tail), unmatched)
}

/// Papers of which no key is known come after all others, newest first. They need no keys, and in most orders of a large library they
/// are nearly all; here those that stand on the first screens.
fn filled(mut head: Vec<DocId>, docs: &Set) -> Vec<DocId> {
    if head.len() < FIRST {
        let mut known = head.clone();
        known.sort_unstable();
        let unknown = docs.iter_from(0).filter(|doc| known.binary_search(doc).is_err());
        head.extend(unknown.take(FIRST - head.len()));
    }
    head
}

/// The smallest keys, sorted, and the others.
fn first<K: Ord>(mut keys: Vec<K>, most: usize) -> (Vec<K>, Vec<K>) {
    if keys.len() > most {
        keys.select_nth_unstable(most);
    }
    let rest = keys.split_off(keys.len().min(most));
    keys.sort_unstable();
    (keys, rest)
}

/// The likest first; papers that are like none of those asked for come after them, newest first.
fn likeness(docs: Set, found: &Found) -> Hits {
    let mut scored = found.similar.clone();
    scored.sort_by(|one, two| two.score.total_cmp(&one.score).then(one.doc.cmp(&two.doc)));
    let mut seen = HashSet::new();
    let head: Vec<DocId> =
        scored.iter().map(|like| like.doc).filter(|doc| docs.contains(*doc) && seen.insert(*doc)).collect();
    let tail = docs.iter_from(0).filter(|doc| !seen.contains(doc)).map(u64::from).collect();
    let mut hits = Hits::new(head, docs, Tail::Narrow(tail), found.unmatched.clone());
    hits.like = scored;
    hits
}

fn relevance(view: &View<'_>, ranker: &mut Ranker, docs: Set, found: &Found) -> Hits {
    let unmatched = found.unmatched.clone();
    if let Set::Bits(bits) = &docs {
        let scores = Scores::sum(&found.sets, view.index.len());
        let best = scores.best(bits, RERANKED).into_iter().map(|doc| (scores.of(doc), doc)).collect();
        let head = ranker.rank(view, &found.words, best);
        return Hits::new(head, docs, Tail::Scored(scores), unmatched);
    }
    let score = |doc| found.sets.iter().map(|set| u32::from(set.tier(doc))).sum::<u32>();
    let keys = docs.iter_from(0).map(|doc| u64::from(u32::MAX - score(doc)) << 32 | u64::from(doc)).collect();
    let (best, tail) = first(keys, RERANKED);
    let best = best.into_iter().map(|key| (u32::MAX - (key >> 32) as u32, key as DocId)).collect();
    let head = ranker.rank(view, &found.words, best);
    Hits::new(head, docs, Tail::Narrow(tail), unmatched)
}

/// A sort key of papers asked in ascending order; smaller comes first.
type Key<'a> = Box<dyn FnMut(DocId) -> u32 + 'a>;

fn keys<'a>(view: &View<'a>, found: &'a Found, sort: Sort) -> Vec<Key<'a>> {
    let (index, marks) = (view.index, view.marks);
    let column = |section: Section| index.file.section(section);
    let known = |value: u32, unknown: u32| (value != unknown).then_some(value);
    match sort.by {
        SortBy::Relevance => {
            vec![Box::new(|doc| u32::MAX - found.sets.iter().map(|set| u32::from(set.tier(doc))).sum::<u32>())]
        }
        SortBy::Date => {
            let dates = column(Section::Published);
            vec![directed(sort, move |doc| known(u32_at(dates, doc as usize), 0))]
        }
        SortBy::Added => {
            let added = column(Section::Added);
            vec![directed(sort, move |doc| known(u32_at(added, doc as usize), 0))]
        }
        SortBy::Title | SortBy::Author => {
            let section = if sort.by == SortBy::Title { Section::TitleRank } else { Section::AuthorRank };
            let ranks = column(section);
            vec![directed(sort, move |doc| known(u32_at(ranks, doc as usize), u32::MAX))]
        }
        SortBy::Votes => {
            let mut pairs = index.vote_pairs().peekable();
            vec![directed(sort, move |doc| skip_to(&mut pairs, doc, |pair| pair.0).map(|pair| pair.1))]
        }
        SortBy::Status => vec![directed(sort, move |doc| Some(marks.status(doc) as u32))],
        SortBy::Digest => {
            let latest = latest_digests(index);
            let days = latest.clone();
            let (sets, ranks) = (index.digest_sets(), column(Section::Ranks).as_chunks::<12>().0);
            let mut ranks = ranks.iter().map(|rank| [0, 1, 2].map(|at| u32_at(rank, at))).peekable();
            let day = directed(sort, move |doc| days.get(sets.of(doc) as usize).copied().flatten().map(|(day, _)| day));
            let rank = move |doc: DocId| {
                let digest = latest.get(sets.of(doc) as usize).copied().flatten().map(|(_, digest)| digest);
                let mut found = UNKNOWN;
                while let Some([_, other, rank]) = skip_to(&mut ranks, doc, |rank| rank[0]) {
                    ranks.next();
                    if Some(other) == digest {
                        found = rank;
                    }
                }
                found
            };
            vec![day, Box::new(rank)]
        }
    }
}

fn directed<'a>(sort: Sort, mut value: impl FnMut(DocId) -> Option<u32> + 'a) -> Key<'a> {
    let last = UNKNOWN - 1;
    Box::new(move |doc| match value(doc) {
        None => UNKNOWN,
        Some(value) if sort.descending => last - value.min(last),
        Some(value) => value.min(last),
    })
}

/// The entry of a paper in entries sorted by paper, when papers are asked in ascending order.
fn skip_to<T: Copy, I: Iterator<Item = T>>(
    entries: &mut Peekable<I>,
    doc: DocId,
    of: impl Fn(&T) -> DocId,
) -> Option<T> {
    while entries.next_if(|entry| of(entry) < doc).is_some() {}
    entries.peek().copied().filter(|entry| of(entry) == doc)
}

/// For each set of digests the latest: its place among all by day, and its number.
fn latest_digests(index: &Index) -> Vec<Option<(u32, u32)>> {
    let table = index.digest_table();
    let mut by_day: Vec<usize> = (0..table.len()).collect();
    by_day.sort_by_key(|digest| table.get(*digest).and_then(|row| row.day).map_or(0, |day| day.packed()));
    let mut places = vec![0; table.len()];
    for (place, digest) in (0u32..).zip(by_day) {
        if let Some(entry) = places.get_mut(digest) {
            *entry = place;
        }
    }
    let sets = index.digest_sets();
    let place = |digest: u32| Some((places.get(digest as usize).copied()?, digest));
    (0..sets.len() as u32).map(|set| sets.members(set).filter_map(place).max()).collect()
}
