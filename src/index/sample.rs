//! Small libraries for tests, written by hand or generated, as owned values that both an index and a plain loop can read.

use std::sync::Arc;

use proptest::prelude::*;

use super::build::builder::bytes_in_memory;
use super::{AbstractSearch, DigestRow, Doc, Index, NoteSearch, PaperFlags, PaperSet, SegmentedIndex};
use crate::domain::date::PartialDate;
use crate::domain::query::{Pattern, Word};

/// A library without abstracts.
pub(crate) struct NoAbstracts;

impl AbstractSearch for NoAbstracts {
    fn phrase(&self, _phrase: &str) -> Option<PaperSet> {
        Some(PaperSet::of(Vec::new(), 0))
    }

    fn word(&self, _word: &Word) -> Option<PaperSet> {
        Some(PaperSet::of(Vec::new(), 0))
    }
}

/// Notes in which nothing is found.
pub(crate) struct NoNotes;

impl NoteSearch for NoNotes {
    fn notes(&self, _pattern: &Pattern) -> Option<PaperSet> {
        Some(PaperSet::of(Vec::new(), 0))
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) row: i64,
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) date: Option<PartialDate>,
    pub(crate) added: i64,
    pub(crate) votes: Option<u32>,
    pub(crate) flags: PaperFlags,
    pub(crate) categories: Vec<String>,
    pub(crate) digests: Vec<(u32, Option<u32>)>,
}

impl Sample {
    pub(crate) fn titled(row: i64, title: &str) -> Self {
        Self { row, key: format!("title:{row}"), title: title.to_owned(), ..Self::default() }
    }

    pub(crate) fn doc(&self) -> Doc<'_> {
        Doc {
            row: self.row,
            key: &self.key,
            title: &self.title,
            authors: &self.authors,
            date: self.date,
            added: self.added,
            votes: self.votes,
            flags: self.flags,
            categories: &self.categories,
            digests: &self.digests,
        }
    }
}

pub(crate) fn index(samples: &[Sample]) -> Arc<SegmentedIndex> {
    in_memory(samples.iter().map(Sample::doc), &digests())
}

pub(crate) fn in_memory<'a>(docs: impl Iterator<Item = Doc<'a>>, digests: &[DigestRow]) -> Arc<SegmentedIndex> {
    Arc::new(Index::from_bytes(bytes_in_memory(docs, digests, 1).unwrap()).unwrap().into())
}

pub(crate) fn digests() -> Vec<DigestRow> {
    let row = |id: &str, source: &str, label: &str, day: Option<&str>| DigestRow {
        id: id.into(),
        source: source.into(),
        label: label.into(),
        day: day.map(|day| day.parse().unwrap()),
    };
    vec![
        row("hf:2025-03-12", "hf", "12 Mar 2025", Some("2025-03-12")),
        row("hf:2025-03-14", "hf", "14 Mar 2025", Some("2025-03-14")),
        row("starter:shelf", "starter", "Starter shelf", None),
    ]
}

/// Words related to each other in every way that a query word matches a term.
pub(crate) const WORDS: [&str; 30] = [
    "attention",
    "attend",
    "attn",
    "diffusion",
    "difusion",
    "model",
    "models",
    "Low",
    "Rank",
    "Adaptation",
    "LoRA",
    "lora",
    "fine-tuning",
    "finetuning",
    "GPT-4",
    "gpt4",
    "Mixture",
    "of",
    "Experts",
    "MoE",
    "Nyström",
    "the",
    "a",
    "in",
    "нейрон",
    "нейроны",
    "large",
    "enlarge",
    "retention",
    "O'Neill",
];

fn date() -> impl Strategy<Value = Option<PartialDate>> {
    let part = |most| prop::option::of(1u8..=most);
    let known = (2023i16..2026, part(12), part(28))
        .prop_map(|(year, month, day)| PartialDate::new(year, month, month.and(day)));
    prop::option::weighted(0.8, known).prop_map(Option::flatten)
}

pub(crate) fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let word = || prop::sample::select(WORDS.to_vec());
    let text = prop::collection::vec(word(), 0..7).prop_map(|words| words.join(" "));
    let name = prop::sample::select(vec![
        "Tim Dettmers",
        "Nyström, Évariste",
        "Tri Dao",
        "A. Model",
        "Ludwig van der Berg",
        "Dao Tri",
    ]);
    let authors = prop::collection::vec(name.prop_map(str::to_owned), 0..3);
    let category = prop::sample::select(vec!["cs.LG", "cs.CL", "stat.ML", "math"]).prop_map(str::to_owned);
    let facts = (
        date(),
        0i64..2_000_000_000,
        prop::option::of(0u32..100),
        0u8..128,
        prop::collection::btree_set(category, 0..3),
    );
    let digests = prop::collection::btree_map(0u32..3, prop::option::of(1u32..30), 0..3);
    let one = (text, authors, facts, digests).prop_map(
        |(title, authors, (date, added, votes, flags, categories), digests)| Sample {
            row: 0,
            key: String::new(),
            title,
            authors,
            date,
            added,
            votes,
            flags: PaperFlags(flags),
            categories: categories.into_iter().rev().collect(),
            digests: digests.into_iter().collect(),
        },
    );
    // Enough papers that frequent words are bitmaps and rare ones lists.
    prop::collection::vec(one, 0..300).prop_map(|mut samples| {
        for (row, sample) in (1..).zip(&mut samples) {
            sample.row = row;
            sample.key = format!("arxiv:24{:02}.{row:05}", row % 12 + 1);
        }
        samples
    })
}
