use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::candidates::{UNKNOWN_WORD, WEIGHT_POWER, score};
use super::vectors::WordVectors;
use super::{Candidate, Description, candidates, rank};
use crate::index::fulltext::{B, K1, TITLE_WORD};
use crate::index::sample::{Sample, index};
use crate::index::text::abstract_terms::each_abstract_word;
use crate::index::text::tokens;
use crate::index::{FullText, FullTextBuilder, FullTextRun, SegmentedIndex};

/// Words that are near each other, words that are not, and words that the word vectors do not know.
const WORDS: [&str; 16] = [
    "hurricane",
    "cyclone",
    "storm",
    "forecasting",
    "prediction",
    "robot",
    "manipulator",
    "grasping",
    "cheap",
    "inexpensive",
    "quantum",
    "the",
    "of",
    "zzyzx",
    "Qubit",
    "深度学习",
];

fn text(words: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS.to_vec()), words).prop_map(|words| words.join(" "))
}

/// Papers with their abstracts, in the order of the index.
fn papers() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec((text(1..6), text(0..30)), 0..60)
}

fn library(papers: &[(String, String)], last_first: bool) -> (Arc<SegmentedIndex>, FullText) {
    // The index has the newest first.
    let date = |row: usize| format!("{:04}", 3000 - row).parse().ok();
    let samples = papers
        .iter()
        .enumerate()
        .map(|(row, (title, _))| Sample { date: date(row), ..Sample::titled(row as i64, title) });
    let index = index(&samples.collect::<Vec<_>>());
    let mut abstracts: Vec<(i64, String)> = (0..).zip(papers).map(|(row, (_, text))| (row, text.clone())).collect();
    if last_first {
        abstracts.reverse();
    }
    (index, FullText::in_memory(abstracts).unwrap())
}

fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    each_abstract_word(text, |term| terms.push(term.to_owned()));
    terms
}

/// The score of every paper by the definition.
fn scores(description: &Description, papers: &[(String, String)]) -> Vec<f32> {
    let vectors = WordVectors::shipped();
    // The dictionary has a run of Han letters whole.
    let title_terms = |title: &str| tokens::words(&tokens::folded(title)).map(str::to_owned).collect();
    let titles: Vec<Vec<String>> = papers.iter().map(|(title, _)| title_terms(title)).collect();
    let abstracts: Vec<Vec<String>> = papers.iter().map(|(_, text)| terms(text)).collect();
    let all = papers.len() as f32;
    let having =
        |texts: &[Vec<String>], term: &str| texts.iter().filter(|text| text.iter().any(|word| word == term)).count();
    let rarity = |term: &str| {
        let having = having(&titles, term).max(having(&abstracts, term)) as f32;
        (having > 0.0).then(|| ((all - having + 0.5) / (having + 0.5)).ln_1p())
    };
    let title_bytes: usize = papers.iter().map(|(title, _)| title.len()).sum();
    let mean_abstract = abstracts.iter().map(|text| text.len() as f32).sum::<f32>() / all.max(1.0);
    let mean_abstract = if mean_abstract > 0.0 { mean_abstract } else { 1.0 };
    let mean = mean_abstract + title_bytes as f32 / all.max(1.0) / TITLE_WORD as f32;
    let of_paper = |at: usize| {
        let length = abstracts[at].len() as f32 + (papers[at].0.len() / TITLE_WORD) as f32;
        let of_term = |term: &str, weight: f32| {
            let times = abstracts[at].iter().filter(|word| *word == term).count() as f32
                + if titles[at].iter().any(|word| word == term) { 1.0 } else { 0.0 };
            weight * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length / mean))
        };
        let of_word = |word: &super::description::DescriptionWord| {
            let own = rarity(&word.text);
            let factor = match (word.number, own) {
                (Some(number), Some(own)) => (vectors.query_weight(number) / own).powf(WEIGHT_POWER),
                _ => UNKNOWN_WORD,
            };
            let near = word.near.iter().filter_map(|near| {
                let text = vectors.word(near.number);
                let rarity = rarity(text)?.min(own.unwrap_or(f32::MAX));
                Some(of_term(text, near.similarity * rarity))
            });
            factor * own.map_or(0.0, |own| of_term(&word.text, own)).max(near.fold(0.0, f32::max))
        };
        description.words.iter().map(of_word).sum::<f32>()
    };
    (0..papers.len()).map(of_paper).collect()
}

proptest! {
    #[test]
    fn every_paper_is_scored_as_defined(
        papers in papers(),
        asked in text(1..8),
        last_first in any::<bool>(),
        papers_at_a_time in 1usize..70,
    ) {
        let (index, full_text) = library(&papers, last_first);
        let description = Description::new(&asked);
        let mut found = Vec::new();
        score(&description, (&index, Some(&full_text)), papers_at_a_time, &|| false, &mut |paper| found.push(paper)).unwrap();
        let expected = scores(&description, &papers);
        prop_assert_eq!(found.len(), papers.len());
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            prop_assert_eq!(found.doc as usize, at);
            prop_assert!((found.score - expected).abs() <= 1e-4 * expected.max(1.0), "{at}: {} {expected}", found.score);
        }

        let best = candidates(&description, (&index, Some(&full_text)), 5, &|doc| doc % 2 == 0, &|| false).unwrap();
        let mut wanted: Vec<Candidate> = found.iter().copied().filter(|paper| paper.doc % 2 == 0 && paper.score > 0.0).collect();
        wanted.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
        wanted.truncate(5);
        prop_assert_eq!(best, wanted);
    }

    #[test]
    fn every_reason_stands_in_the_text(papers in papers(), asked in text(1..8)) {
        let (index, full_text) = library(&papers, false);
        let description = Description::new(&asked);
        let best = candidates(&description, (&index, Some(&full_text)), 200, &|_| true, &|| false).unwrap();
        let text = |doc: u32| format!("{}\n{}", papers[doc as usize].0, papers[doc as usize].1);
        let ranked = rank(&description, &best, |doc| Some(text(doc))).unwrap();
        prop_assert_eq!(ranked.len(), best.len());
        prop_assert!(ranked.is_sorted_by(|a, b| a.score >= b.score));
        let asked: BTreeSet<String> = terms(&asked).into_iter().collect();
        for found in ranked {
            let text: BTreeSet<String> = terms(&text(found.doc)).into_iter().collect();
            for reason in found.reasons {
                prop_assert!(text.contains(&reason.found) && asked.contains(&reason.word), "{reason:?}");
                prop_assert!(reason.word == reason.found || !text.contains(&reason.word), "{reason:?}");
            }
        }
    }
}

#[test]
fn a_paper_is_found_by_words_it_does_not_have() {
    let papers = [
        ("Tracking cyclones with neural networks", "We forecast where a tropical cyclone goes."),
        ("Grasping with a soft manipulator", "A gripper that is inexpensive."),
        ("On qubits", ""),
    ];
    let papers = papers.map(|(title, text)| (title.to_owned(), text.to_owned()));
    let (index, full_text) = library(&papers, false);
    let first = |asked: &str, full_text: Option<&FullText>| {
        let description = Description::new(asked);
        let best = candidates(&description, (&index, full_text), 200, &|_| true, &|| false).unwrap();
        let ranked =
            rank(&description, &best, |doc| Some(format!("{}\n{}", papers[doc as usize].0, papers[doc as usize].1)))
                .unwrap();
        ranked
            .first()
            .map(|found| (found.doc, found.reasons.iter().map(|reason| reason.found.clone()).collect::<Vec<_>>()))
    };
    assert_eq!(
        first("prediction of hurricanes", Some(&full_text)),
        Some((0, vec!["forecast".to_owned(), "cyclones".to_owned()]))
    );
    assert_eq!(first("cheap robot hand", Some(&full_text)).unwrap().0, 1);
    assert_eq!(first("quantum computer", None).unwrap().0, 2);
    assert_eq!(first("the of", Some(&full_text)), None);
    assert!(candidates(&Description::new("storm"), (&index, None), 9, &|_| true, &|| true).is_none());
}

#[test]
fn descriptions_of_any_length_and_script_are_answered() {
    let papers: Vec<(String, String)> = vec![("深度学习入门".to_owned(), "本文介绍深度学习的方法。".to_owned())];
    let (index, full_text) = library(&papers, false);
    // 200 words, 40 of them different.
    let words: Vec<&str> = (0..40).map(|number| WordVectors::shipped().word(500 * number)).collect();
    let long = (words.join(" ") + " ").repeat(5);
    for (asked, found) in [("深度学习", 1), ("学", 0), (long.as_str(), 0), ("", 0), ("\u{301}", 0)] {
        let best = candidates(&Description::new(asked), (&index, Some(&full_text)), 9, &|_| true, &|| false).unwrap();
        assert_eq!(best.len(), found, "{asked}");
    }
}

#[test]
fn abstracts_that_changed_count_as_they_are_now() {
    let home = tempfile::tempdir().unwrap();
    let builder = FullTextBuilder::whole(home.path(), 1, 2).unwrap().unwrap();
    let mut run = FullTextRun::default();
    run.push(0, "a cyclone");
    run.push(1, "a robot");
    builder.add(0, run).unwrap();
    builder.finish().unwrap();
    let builder = FullTextBuilder::recent(home.path(), 2, 2, 1);
    let mut run = FullTextRun::default();
    run.push(1, "a storm");
    let builder = builder.unwrap().unwrap();
    builder.add(0, run).unwrap();
    builder.finish().unwrap();
    let index = index(&[Sample::titled(0, "One"), Sample::titled(1, "Two")]);
    let full_text = FullText::open(home.path()).unwrap();
    let found = |asked: &str| {
        let best = candidates(&Description::new(asked), (&index, Some(&full_text)), 9, &|_| true, &|| false).unwrap();
        best.iter().map(|paper| index.row(paper.doc)).collect::<Vec<_>>()
    };
    assert_eq!(found("robot"), Vec::<i64>::new());
    assert_eq!(found("storm"), [1, 0]);
}
