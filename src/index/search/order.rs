//! Puts a result in order: by the sort keys of the query; without any, by rank for `similar:` and descriptions, by relevance when there are words, else
//! newest first. Only the first screens are sorted here, `Hits` sorts the rest on demand.

use std::collections::HashSet;
use std::iter::Peekable;

use super::evaluate::QueryMatches;
use super::hits::{Hits, HitsTail};
use super::rank::Ranker;
use super::scores::Scores;
use super::view::SearchView;
use crate::domain::query::{Sort, SortBy};
use crate::index::format::file::{Section, u32_at};
use crate::index::format::paper::DocId;
use crate::index::format::reader::Index;
use crate::index::format::sets::DocSet;

/// How many of the best papers are ranked by their texts.
const RERANKED: usize = 300;
/// The key of a paper without a value.
const UNKNOWN: u32 = u32::MAX;
/// How many papers of a sorted result are sorted at once.
const HEAD: usize = 1000;

/// Puts the papers in the query's order. Of several sort keys the first three count (a digest's day and rank are two), then newest first.
/// Papers without a value come last in both directions.
pub(crate) fn arrange(
    view: &SearchView<'_>,
    ranker: &mut Ranker,
    docs: DocSet,
    matches: &QueryMatches,
    sort: &[Sort],
) -> Hits {
    let is_by_relevance = sort.first().is_none_or(|sort| sort.by == SortBy::Relevance);
    let is_newest_first = matches!(sort, [Sort { by: SortBy::Date, descending: true }, ..]);
    let unmatched = matches.unmatched.clone();
    if is_by_relevance && sort.len() < 2 && !matches.ranked.is_empty() {
        return by_rank(docs, matches);
    }
    if is_newest_first || (is_by_relevance && matches.sets.is_empty() && sort.len() < 2) {
        return Hits::new(Vec::new(), docs, HitsTail::Newest, unmatched);
    }
    if is_by_relevance && sort.len() < 2 {
        return by_relevance(view, ranker, docs, matches);
    }
    let mut keys: Vec<SortKey<'_>> = sort.iter().flat_map(|sort| keys(view, matches, *sort)).collect();
    keys.truncate(3);
    if let [key] = keys.as_mut_slice() {
        let known = docs.iter_from(0).map(|doc| (key(doc), doc)).filter(|(key, _)| *key != UNKNOWN);
        let (head, tail) = smallest(known.map(|(key, doc)| u64::from(key) << 32 | u64::from(doc)).collect(), HEAD);
        let head = head.into_iter().map(|key| key as DocId).collect();
        return Hits::new(with_unknown(head, &docs), docs, HitsTail::Narrow(tail), unmatched);
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
    let (head, tail) = smallest(docs.iter_from(0).filter_map(packed).collect(), HEAD);
    let head = head.into_iter().map(|key| key as DocId).collect();
    Hits::new(with_unknown(head, &docs), docs, HitsTail::Wide(tail), unmatched)
}

/// Papers without any value come after all others, newest first. They get no keys, because in many orders they are nearly the whole library;
/// this adds those of the first screens.
fn with_unknown(mut head: Vec<DocId>, docs: &DocSet) -> Vec<DocId> {
    if head.len() < HEAD {
        let mut known = head.clone();
        known.sort_unstable();
        let unknown = docs.iter_from(0).filter(|doc| known.binary_search(doc).is_err());
        head.extend(unknown.take(HEAD - head.len()));
    }
    head
}

/// The `limit` smallest keys, sorted, and the others.
fn smallest<K: Ord>(mut keys: Vec<K>, limit: usize) -> (Vec<K>, Vec<K>) {
    if keys.len() > limit {
        keys.select_nth_unstable(limit);
    }
    let rest = keys.split_off(keys.len().min(limit));
    keys.sort_unstable();
    (keys, rest)
}

/// Best first; papers without a rank after them, newest first.
fn by_rank(docs: DocSet, matches: &QueryMatches) -> Hits {
    let mut scored = matches.ranked.clone();
    scored.sort_by(|one, two| two.score.total_cmp(&one.score).then(one.doc.cmp(&two.doc)));
    let mut seen = HashSet::new();
    let head: Vec<DocId> =
        scored.iter().map(|ranked| ranked.doc).filter(|doc| docs.contains(*doc) && seen.insert(*doc)).collect();
    let tail = docs.iter_from(0).filter(|doc| !seen.contains(doc)).map(u64::from).collect();
    let mut hits = Hits::new(head, docs, HitsTail::Narrow(tail), matches.unmatched.clone());
    hits.ranked = scored;
    hits
}

fn by_relevance(view: &SearchView<'_>, ranker: &mut Ranker, docs: DocSet, matches: &QueryMatches) -> Hits {
    let unmatched = matches.unmatched.clone();
    if let DocSet::Bitmap(bits) = &docs {
        let scores = Scores::sum(&matches.sets, view.index.len());
        let best = scores.best(bits, RERANKED).into_iter().map(|doc| (scores.of(doc), doc)).collect();
        let head = ranker.rank(view, &matches.words, best);
        return Hits::new(head, docs, HitsTail::Scored(scores), unmatched);
    }
    let score = |doc| matches.sets.iter().map(|set| u32::from(set.tier(doc))).sum::<u32>();
    let keys = docs.iter_from(0).map(|doc| u64::from(u32::MAX - score(doc)) << 32 | u64::from(doc)).collect();
    let (best, tail) = smallest(keys, RERANKED);
    let best = best.into_iter().map(|key| (u32::MAX - (key >> 32) as u32, key as DocId)).collect();
    let head = ranker.rank(view, &matches.words, best);
    Hits::new(head, docs, HitsTail::Narrow(tail), unmatched)
}

/// A sort key, called for papers in ascending order of document ids; smaller comes first.
type SortKey<'a> = Box<dyn FnMut(DocId) -> u32 + 'a>;

/// The keys of one sort clause.
fn keys<'a>(view: &SearchView<'a>, matches: &'a QueryMatches, sort: Sort) -> Vec<SortKey<'a>> {
    let (index, states) = (&*view.index.whole, view.states);
    let column = |section: Section| index.file.section(section);
    let known = |value: u32, unknown: u32| (value != unknown).then_some(value);
    match sort.by {
        SortBy::Relevance => {
            vec![Box::new(|doc| u32::MAX - matches.sets.iter().map(|set| u32::from(set.tier(doc))).sum::<u32>())]
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
        SortBy::Status => vec![directed(sort, move |doc| Some(states.status(doc) as u32))],
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

/// The key of a value, None when unknown, in the direction of the sort clause.
fn directed<'a>(sort: Sort, mut value: impl FnMut(DocId) -> Option<u32> + 'a) -> SortKey<'a> {
    let last = UNKNOWN - 1;
    Box::new(move |doc| match value(doc) {
        None => UNKNOWN,
        Some(value) if sort.descending => last - value.min(last),
        Some(value) => value.min(last),
    })
}

/// The entry of a paper in entries sorted by paper, when called for papers in ascending order.
fn skip_to<T: Copy, I: Iterator<Item = T>>(
    entries: &mut Peekable<I>,
    doc: DocId,
    of: impl Fn(&T) -> DocId,
) -> Option<T> {
    while entries.next_if(|entry| of(entry) < doc).is_some() {}
    entries.peek().copied().filter(|entry| of(entry) == doc)
}

/// For each set of digests the latest one: its rank among all digests by day, and its number.
fn latest_digests(index: &Index) -> Vec<Option<(u32, u32)>> {
    let table = index.digest_table();
    let mut by_day: Vec<usize> = (0..table.len()).collect();
    by_day.sort_by_key(|digest| table.get(*digest).and_then(|row| row.day).map_or(0, |day| day.packed()));
    let mut ranks = vec![0; table.len()];
    for (rank, digest) in (0u32..).zip(by_day) {
        if let Some(entry) = ranks.get_mut(digest) {
            *entry = rank;
        }
    }
    let sets = index.digest_sets();
    let ranked = |digest: u32| Some((ranks.get(digest as usize).copied()?, digest));
    (0..sets.len() as u32).map(|set| sets.members(set).filter_map(ranked).max()).collect()
}
