//! Puts a result in order: by the sort keys of the query; without any, by rank for `similar:` and descriptions, by relevance when there are words, else
//! newest first. Only the first screens are sorted here, `Hits` sorts the rest on demand.

use std::collections::HashSet;

use super::evaluate::QueryMatches;
use super::hits::Hits;
use super::ordered::{OrderOfRest, OrderedPapers};
use super::rank::Ranker;
use super::scores::Scores;
use super::sort_order::SortOrder;
use super::view::SearchView;
use crate::domain::query::{Sort, SortBy};
use crate::index::format::paper::DocId;
use crate::index::format::sets::{DocSet, PaperSet};

/// How many of the best papers are ranked by their texts.
const RERANKED: usize = 300;
/// How many papers of a sorted result are sorted at once.
const HEAD: usize = 1000;

/// Puts the papers in the query's order. Of several sort keys the first three count (a digest's day and rank are two), then newest first.
/// Papers without a value come last in both directions. None when cancelled.
pub(crate) fn arrange(
    view: &SearchView<'_>,
    ranker: &mut Ranker,
    docs: DocSet,
    matches: &QueryMatches,
    sort: &[Sort],
) -> Option<Hits> {
    let is_by_relevance = sort.first().is_none_or(|sort| sort.by == SortBy::Relevance);
    let is_newest_first = matches!(sort, [Sort { by: SortBy::Date, descending: true }, ..]);
    let mut hits = if is_by_relevance && sort.len() < 2 && !matches.ranked.is_empty() {
        by_rank(docs, matches)
    } else if is_by_relevance && matches.sets.is_empty() && !matches.searched.is_empty() && sort.len() == 1 {
        Hits::new(by_searched_words(view, docs, matches)?)
    } else if is_newest_first || (is_by_relevance && matches.sets.is_empty() && sort.len() < 2) {
        Hits::new(newest_first(docs))
    } else if is_by_relevance && sort.len() < 2 {
        Hits::new(by_relevance(view, ranker, docs, matches))
    } else {
        let order = SortOrder::new(view, matches, sort);
        let head = order.page(&docs, 0, HEAD, view.cancelled)?;
        Hits::new(OrderedPapers::new(head, docs, OrderOfRest::Sorted(order)))
    };
    hits.unmatched.clone_from(&matches.unmatched);
    hits.approximate.clone_from(&matches.approximate);
    hits.names.clone_from(&matches.names);
    Some(hits)
}

pub(crate) fn newest_first(docs: DocSet) -> OrderedPapers {
    OrderedPapers::new(Vec::new(), docs, OrderOfRest::Newest)
}

/// By how often the papers have the words that are looked for in abstracts, then newest first. None when cancelled.
pub(crate) fn by_searched_words(view: &SearchView<'_>, docs: DocSet, matches: &QueryMatches) -> Option<OrderedPapers> {
    let scores = view.abstracts.relevance(&matches.searched, &PaperSet(docs.clone()))?;
    let mut scores = scores.into_iter();
    let mut keys: Vec<u64> = Vec::with_capacity(docs.count());
    docs.each(|doc| {
        // The bits of numbers that are not negative are in their order.
        let score = scores.next().unwrap_or(0.0).max(0.0);
        keys.push(u64::from(!score.to_bits()) << 32 | u64::from(doc));
    });
    let (best, tail) = smallest(keys, RERANKED);
    let head = best.into_iter().map(|key| key as DocId).collect();
    Some(OrderedPapers::new(head, docs, OrderOfRest::Keys(tail)))
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
    let mut hits = Hits::new(OrderedPapers::new(head, docs, OrderOfRest::Keys(tail)));
    hits.ranked = scored;
    hits
}

fn by_relevance(view: &SearchView<'_>, ranker: &mut Ranker, docs: DocSet, matches: &QueryMatches) -> OrderedPapers {
    let docs = if let DocSet::All(papers) = docs { DocSet::Bitmap(docs.into_bitmap(papers)) } else { docs };
    if let DocSet::Bitmap(bits) = &docs {
        let scores = Scores::sum(&matches.sets, view.index.len());
        let best = scores.best(bits, RERANKED).into_iter().map(|doc| (scores.of(doc), doc)).collect();
        let head = ranker.rank(view, &matches.words, best);
        return OrderedPapers::new(head, docs, OrderOfRest::Scored(scores));
    }
    let score = |doc| matches.sets.iter().map(|set| u32::from(set.tier(doc))).sum::<u32>();
    let keys = docs.iter_from(0).map(|doc| u64::from(u32::MAX - score(doc)) << 32 | u64::from(doc)).collect();
    let (best, tail) = smallest(keys, RERANKED);
    let best = best.into_iter().map(|key| (u32::MAX - (key >> 32) as u32, key as DocId)).collect();
    let head = ranker.rank(view, &matches.words, best);
    OrderedPapers::new(head, docs, OrderOfRest::Keys(tail))
}
