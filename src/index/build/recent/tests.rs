//! Two segments give the results of one segment of all papers: the same papers, in the same order, with the same counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use proptest::prelude::*;

use crate::domain::query::Query;
use crate::domain::reading::Status;
use crate::index::sample::{NoAbstracts, NoNotes, Sample, digests, samples};
use crate::index::{
    DigestRow, DocId, Facets, IndexBuilder, ReadingStates, SearchEngine, SearchView, SegmentedIndex, facets,
};

/// The papers of a library by row id.
type PapersByRow = BTreeMap<i64, Sample>;

/// The digests that papers were seen in, latest first, as the library orders them.
fn table(papers: &PapersByRow) -> Vec<DigestRow> {
    let seen = |number: u32| papers.values().any(|sample| sample.digests.iter().any(|(digest, _)| *digest == number));
    let mut table: Vec<DigestRow> =
        (0..).zip(digests()).filter(|(number, _)| seen(*number)).map(|(_, row)| row).collect();
    table.sort_by(|one, two| two.day.cmp(&one.day).then(one.id.cmp(&two.id)));
    table
}

/// With those of `papers` that have these row ids.
fn builder<'a>(path: &'a Path, papers: &PapersByRow, rows: impl Iterator<Item = i64>) -> IndexBuilder<'a> {
    let (all, table) = (digests(), table(papers));
    let mut builder = IndexBuilder::new(path, &table, 1).unwrap();
    for mut sample in rows.filter_map(|row| papers.get(&row).cloned()) {
        for (digest, _) in &mut sample.digests {
            let id = &all[*digest as usize].id;
            *digest = table.iter().position(|row| row.id == *id).unwrap() as u32;
        }
        builder.push(&sample.doc()).unwrap();
    }
    builder
}

const QUERIES: &[&str] = &[
    "",
    "attn",
    "a",
    "model lora",
    "'tion",
    "^at",
    "difusion -models",
    "low rank adaptation",
    "lra",
    "moe",
    "нейрон",
    "\"mixture of\"",
    "author:dao",
    "author:\"van der berg\"",
    "title:the OR author:tri",
    "cat:cs.LG",
    "-cat:cs.*",
    "cat:stat.ml OR cat:math",
    "year:2024",
    "date:2023-03..2024-06",
    "has:code -has:pdf",
    "upvotes:>50",
    "-upvotes:>=1",
    "digest:2025-03-12",
    "digest:starter",
    "source:hf",
    "id:24",
    "id:2405",
    "id:title:1",
    "is:starred",
    "status:read,queued model",
    "tag:area/*",
    "-tag:rl the",
    "added:2020..2025",
    "finetuning",
    "c++ OR gpt-4",
    "sort:title",
    "sort:-title,author",
    "sort:author,-date",
    "sort:-author",
    "sort:added",
    "sort:-added,title",
    "sort:date,title",
    "sort:upvotes,-title",
    "sort:status,author",
    "sort:-status",
    "sort:digest",
    "sort:-digest,title",
    "the sort:relevance,author",
    "-model sort:title",
    "a sort:-author,added",
];

/// What a query shows, by row ids.
#[derive(Debug, PartialEq)]
struct Shown {
    order: Vec<i64>,
    /// In the order of document ids.
    newest_first: Vec<i64>,
    unmatched: Vec<String>,
    fuzzy: Vec<i64>,
    facets: Facets,
}

fn states(index: &SegmentedIndex, hidden: bool) -> ReadingStates {
    let mut states = ReadingStates::new(index.len());
    for (doc, _) in (0..).zip(0..index.len()) {
        let kind = index.row(doc) as usize % 11;
        states.set_status(doc, Status::ALL[kind % 5]);
        states.set_starred(doc, kind == 7);
        if kind > 8 {
            let tag = if kind == 9 { "area/vision" } else { "rl" };
            states.change_tags([(tag.to_owned(), vec![(doc, true)])].into());
        }
    }
    let is_hidden: Vec<bool> = index.digest_table().iter().map(|row| hidden && row.source == "starter").collect();
    states.hide_digests(index, &is_hidden);
    states
}

fn shown(index: &Arc<SegmentedIndex>, states: &Arc<ReadingStates>, text: &str) -> Shown {
    let view = SearchView {
        index,
        states,
        abstracts: &NoAbstracts,
        notes: &NoNotes,
        today: date(2025, 4, 1),
        cancelled: &|| false,
    };
    let (mut engine, query) = (SearchEngine::new(), Query::parse(text));
    let hits = engine.search(&view, &query).unwrap();
    let rows = |docs: &mut dyn Iterator<Item = DocId>| docs.map(|doc| index.row(doc)).collect::<Vec<i64>>();
    let pages: Vec<DocId> = (0..hits.count).step_by(7).flat_map(|from| hits.page(from, 7)).collect();
    assert_eq!(pages, hits.complete(), "{text}");
    let below = engine.below(&view, &query, &[], 20).unwrap();
    let fuzzy: Vec<DocId> = below.iter().flat_map(|band| &band.papers).map(|paper| paper.doc).collect();
    Shown {
        order: rows(&mut pages.into_iter()),
        newest_first: rows(&mut hits.ids()),
        fuzzy: rows(&mut fuzzy.into_iter()),
        facets: facets(index, states, &hits.papers()),
        unmatched: hits.unmatched.clone(),
    }
}

/// Everything that is stored of a paper.
fn stored(index: &SegmentedIndex, doc: DocId) -> impl PartialEq + std::fmt::Debug {
    let texts = [index.title(doc), index.authors(doc), index.first_author(doc), index.key(doc)].map(str::to_owned);
    let categories: Vec<String> = index.categories(doc).map(str::to_owned).collect();
    let digests: Vec<(String, Option<u32>)> =
        index.digests(doc).map(|(digest, rank)| (index.digest_table()[digest as usize].id.clone(), rank)).collect();
    let numbers = (index.row(doc), index.date(doc), index.added(doc), index.votes(doc), index.flags(doc));
    (texts, categories, digests, numbers, index.find(index.key(doc)), index.with_row(index.row(doc)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn two_segments_are_as_one(
        samples in samples(),
        removed in prop::collection::btree_set(1i64..300, 0..12),
        changed in prop::collection::btree_set(1i64..300, 0..12),
        more in samples(),
        keeps_keys in any::<bool>(),
        hidden in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("words.idx");
        let mut papers: PapersByRow = samples.into_iter().map(|sample| (sample.row, sample)).collect();
        builder(&path, &papers, papers.keys().copied()).finish().unwrap();
        let whole = SegmentedIndex::open(&path, None).unwrap().unwrap();

        let mut rows: BTreeSet<i64> = removed.iter().copied().filter(|row| papers.remove(row).is_some()).collect();
        // Changed papers, then new ones; the row id of a removed paper may be used again.
        let mut free = changed.into_iter().chain(papers.keys().last().copied().unwrap_or(0) + 1..);
        for mut sample in more.into_iter().take(30) {
            sample.row = free.next().unwrap();
            let before = papers.get(&sample.row).filter(|_| keeps_keys).map(|before| before.key.clone());
            sample.key = before.unwrap_or_else(|| format!("arxiv:25{:02}.{:05}", sample.row % 12 + 1, sample.row));
            rows.insert(sample.row);
            papers.insert(sample.row, sample);
        }
        let rows: Vec<i64> = rows.into_iter().collect();
        let built = builder(&path, &papers, rows.iter().copied()).finish_recent(whole.whole(), &rows).unwrap();
        let both = SegmentedIndex::open(&path, Some(&whole)).unwrap().unwrap();
        prop_assert!(built.is_some_and(|built| built.papers == papers.len()) && both.verify());
        let other = folder.path().join("other").join("words.idx");
        std::fs::create_dir(other.parent().unwrap()).unwrap();
        builder(&other, &papers, papers.keys().copied()).finish().unwrap();
        let one = SegmentedIndex::open(&other, None).unwrap().unwrap();

        prop_assert_eq!(both.len(), one.len());
        prop_assert_eq!((both.highest_row(), both.has_votes()), (one.highest_row(), one.has_votes()));
        prop_assert_eq!(both.digest_table(), one.digest_table());
        for (doc, _) in (0..).zip(0..one.len()) {
            prop_assert_eq!(stored(&both, doc), stored(&one, doc));
        }
        for row in removed.iter().filter(|row| !papers.contains_key(row)) {
            prop_assert_eq!(both.with_row(*row), None);
        }
        let states = [&both, &one].map(|index| Arc::new(states(index, hidden)));
        let [states_of_both, states_of_one] = states;
        let (both, one) = (Arc::new(both), Arc::new(one));
        for query in QUERIES {
            prop_assert_eq!(shown(&both, &states_of_both, query), shown(&one, &states_of_one, query), "{}", query);
        }
    }
}
