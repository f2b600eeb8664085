//! Puts a result in order: by the sort keys of the query; without any, by rank for `similar:` and descriptions, by relevance when there are words, else
//! newest first. Only the first screens are sorted here, `Hits` sorts the rest on demand.

use std::collections::HashSet;

use super::evaluate::QueryMatches;
use super::hits::{Hits, HitsTail};
use super::rank::Ranker;
use super::scores::Scores;
use super::sort_order::SortOrder;
use super::view::SearchView;
use crate::domain::query::{Sort, SortBy};
use crate::index::format::paper::DocId;
use crate::index::format::sets::DocSet;

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
    let unmatched = matches.unmatched.clone();
    if is_by_relevance && sort.len() < 2 && !matches.ranked.is_empty() {
        return Some(by_rank(docs, matches));
    }
    if is_newest_first || (is_by_relevance && matches.sets.is_empty() && sort.len() < 2) {
        return Some(Hits::new(Vec::new(), docs, HitsTail::Newest, unmatched));
    }
    if is_by_relevance && sort.len() < 2 {
        return Some(by_relevance(view, ranker, docs, matches));
    }
    let order = SortOrder::new(view, matches, sort);
    let head = order.page(&docs, 0, HEAD, view.cancelled)?;
    Some(Hits::new(head, docs, HitsTail::Sorted(order), unmatched))
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
    let mut hits = Hits::new(head, docs, HitsTail::Keys(tail), matches.unmatched.clone());
    hits.ranked = scored;
    hits
}

fn by_relevance(view: &SearchView<'_>, ranker: &mut Ranker, docs: DocSet, matches: &QueryMatches) -> Hits {
    let unmatched = matches.unmatched.clone();
    let docs = if let DocSet::All(papers) = docs { DocSet::Bitmap(docs.into_bitmap(papers)) } else { docs };
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
    Hits::new(head, docs, HitsTail::Keys(tail), unmatched)
}
