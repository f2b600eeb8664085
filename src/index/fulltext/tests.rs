use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::folder;
use super::{DefinitionCounts, FullText, FullTextBuilder, FullTextRun, KnownDefinitions, full_text_revision};
use std::sync::Arc;

use crate::domain::query::How;
use crate::index::sample::in_memory;
use crate::index::{
    AbstractAccess, AbstractPattern, Doc, PaperFlags, PaperSet, Reason, SegmentedIndex, abstract_terms,
};

/// An index of papers with row ids from 1 on, the last one newest.
fn index_of(papers: usize) -> Arc<SegmentedIndex> {
    let keys: Vec<String> = (1..=papers).map(|row| format!("title:{row}")).collect();
    let rows = (1..).zip(&keys);
    let docs = rows.map(|(row, key)| Doc {
        row,
        key,
        title: key,
        authors: &[],
        date: format!("{:04}", 1000 + row).parse().ok(),
        added: 0,
        votes: None,
        flags: PaperFlags::NONE,
        categories: &[],
        digests: &[],
    });
    in_memory(docs, &[])
}

fn rows(index: &SegmentedIndex, docs: &PaperSet) -> Vec<i64> {
    assert!(docs.0.iter_from(0).is_sorted());
    let mut rows: Vec<i64> = docs.0.iter_from(0).map(|doc| index.row(doc)).collect();
    rows.sort_unstable();
    rows
}

/// Adds runs of `each` papers, last run first.
fn fill(builder: &FullTextBuilder, papers: &[(i64, &str)], each: usize) {
    for (number, papers) in papers.chunks(each.max(1)).enumerate().rev() {
        let mut run = FullTextRun::default();
        papers.iter().for_each(|(row, text)| run.push(*row, text));
        builder.add(number, run).unwrap();
    }
}

fn build(home: &Path, revision: i64, texts: &[&str]) {
    let builder = FullTextBuilder::whole(home, revision, texts.len() as i64).unwrap().unwrap();
    let papers: Vec<(i64, &str)> = (1..).zip(texts.iter().copied()).collect();
    fill(&builder, &papers, 2);
    builder.finish().unwrap();
}

/// Access to abstracts that are not needed.
fn unread() -> AbstractAccess<'static> {
    AbstractAccess { holds: &|_, _| None, cancelled: &|| false }
}

fn found(home: &Path, phrase: &str) -> Option<Vec<i64>> {
    let index = index_of(3);
    let docs = FullText::open(home)?.matching(&index, &AbstractPattern::phrase(phrase), &unread())?;
    Some(rows(&index, &docs))
}

const TEXTS: [&str; 3] =
    ["We study speculative decoding of long texts", "Decoding is speculative", "Nystro\u{308}m methods"];

#[test]
fn definitions_are_counted_over_all_segments_and_what_was_read() {
    let home = tempfile::tempdir().unwrap();
    build(
        home.path(),
        1,
        &[
            "A mixture of experts (MoE), or mixture of experts (MoE)",
            "Mixture of expert (MoE)",
            "Margin of error (MOE)",
        ],
    );
    let builder = FullTextBuilder::recent(home.path(), 2, 4, 1).unwrap().unwrap();
    fill(&builder, &[(4, "The mixture-of-experts (MoEs) and optimal transport (OT)")], 1);
    builder.finish().unwrap();
    let text = FullText::open(home.path()).unwrap();
    assert!(FullText::is_intact(home.path()));
    let read =
        DefinitionCounts::from([("moe mixture of experts".to_owned(), 1), ("ot optimal transport".to_owned(), 1)]);
    let long_forms = |read: &DefinitionCounts, papers: usize, acronym: &str| {
        KnownDefinitions { text: Some(&text), read, papers }.long_forms(acronym)
    };
    let none = DefinitionCounts::new();
    assert_eq!(long_forms(&none, 1000, "moe"), ["mixture of experts", "mixture of expert", "margin of error"]);
    assert_eq!(long_forms(&none, 20_000, "moe"), ["mixture of experts", "mixture of expert"], "three together");
    assert_eq!(long_forms(&none, 10_000, "ot"), [""; 0]);
    assert_eq!(long_forms(&read, 10_000, "ot"), ["optimal transport"]);
    assert_eq!(long_forms(&read, 1000, "o"), [""; 0]);
    let acronyms = |papers: usize, texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        KnownDefinitions { text: Some(&text), read: &none, papers }.acronyms(&texts)
    };
    let texts = ["experts of", "margin of errors", "mixture of expert"];
    assert_eq!(acronyms(1000, &texts), [(1, "moe".to_owned()), (2, "moe".to_owned())]);
    assert_eq!(acronyms(20_000, &texts), [(2, "moe".to_owned())]);
    assert_eq!(found(home.path(), "mixture of experts"), Some(vec![1]));
    let index = index_of(4);
    let all = text.matching(&index, &AbstractPattern::phrase("moe"), &unread()).unwrap();
    assert_eq!(rows(&index, &all), [1, 2, 3], "a definition is no term");
}

#[test]
fn hyphenated_words_are_found_as_one_and_the_reverse() {
    let home = tempfile::tempdir().unwrap();
    build(
        home.path(),
        1,
        &["A multi-modal kite", "Multimodal kites", "multi kites, modal or not", "A multi-task kite"],
    );
    let (text, index) = (FullText::open(home.path()).unwrap(), index_of(4));
    let found = |pattern: &AbstractPattern| rows(&index, &text.matching(&index, pattern, &unread()).unwrap());
    let word = |asked: &str| found(&AbstractPattern::word(asked, How::Fuzzy));
    assert_eq!((word("multimodal"), word("multimod")), (vec![1, 2], vec![1, 2]));
    assert_eq!((word("multi-modal"), word("multi\u{2010}mod")), (vec![1, 2, 3], vec![1, 2, 3]));
    assert_eq!((word("modal"), word("multitask")), (vec![1, 3], vec![4]));
    assert_eq!(
        (found(&AbstractPattern::word("timod", How::Exact)), found(&AbstractPattern::phrase("multimodal"))),
        (vec![1, 2], vec![1, 2])
    );
    assert!(found(&AbstractPattern::phrase("multimodal kite")).is_empty());
    assert_eq!(found(&AbstractPattern::phrase("a multi-modal kite")), [1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn it_finds_what_reading_the_abstracts_finds(
        texts in prop::collection::vec("([abÄ]{1,3}[ ,+*.-]{0,2}|[学习]{1,4}[，ab]?){0,12}", 1..60),
        asked in prop::collection::vec("[.]?([abä]{1,3}[ +*-]{0,2}|[学习]{1,3}[ ，]?){0,3}", 12),
        changed in prop::collection::btree_map(1..90_i64, "([abÄ]{1,3}[ ,+*.-]{0,2}|[学习]{1,4}[，ab]?){0,12}", 0..20),
        each in 1..40_usize,
        newest_first: bool,
    ) {
        let home = tempfile::tempdir().unwrap();
        // Every third abstract belongs to a paper that is not in the index.
        let index = index_of((texts.len() / 3 * 2).max(1));
        let mut papers: Vec<(i64, &str)> = (1..).zip(texts.iter().map(String::as_str)).collect();
        if newest_first {
            papers.retain(|(row, _)| index.with_row(*row).is_some());
            papers.reverse();
        }
        let builder = FullTextBuilder::whole(home.path(), 1, 60).unwrap().unwrap();
        fill(&builder, &papers, each);
        builder.finish().unwrap();
        let mut abstracts: std::collections::BTreeMap<i64, &str> = papers.into_iter().collect();
        if !changed.is_empty() {
            let builder = FullTextBuilder::recent(home.path(), 2, 90, 1).unwrap().unwrap();
            let changed: Vec<(i64, &str)> = changed.iter().map(|(row, text)| (*row, text.as_str())).collect();
            fill(&builder, &changed, each);
            builder.finish().unwrap();
            abstracts.extend(changed);
        }
        let text = FullText::open(home.path()).unwrap();
        let reading = |pattern: &AbstractPattern| -> Vec<i64> {
            let papers = abstracts.iter().filter(|(row, _)| index.with_row(**row).is_some());
            papers.filter(|(_, text)| pattern.is_in(&abstract_terms(text))).map(|(row, _)| *row).collect()
        };
        let holds = |row: i64, pattern: &AbstractPattern| {
            Some(abstracts.get(&row).is_some_and(|text| pattern.is_in(&abstract_terms(text))))
        };
        let access = AbstractAccess { holds: &holds, cancelled: &|| false };
        for asked in &asked {
            let words = [How::Fuzzy, How::Exact, How::Prefix].map(|how| AbstractPattern::word(asked, how));
            let typed = asked.trim_end().rsplit_once(' ');
            let typed = typed.map_or(format!("^{asked}"), |(before, last)| format!("{before} ^{last}"));
            for pattern in words.iter().chain([&AbstractPattern::phrase(asked), &AbstractPattern::phrase(&typed)]) {
                let docs = text.matching(&index, pattern, &access).unwrap();
                prop_assert_eq!(rows(&index, &docs), reading(pattern), "{} {:?}", asked, pattern);
            }
        }
    }
}

/// Posting lists long enough for bitmaps and several blocks of positions.
#[test]
fn long_posting_lists_give_the_same_answers() {
    let texts: Vec<String> = (0..3000)
        .map(|paper| {
            let far = "x ".repeat(if paper % 7 == 0 { 300 } else { paper % 5 });
            format!("{far}the {} of the {}", if paper % 3 == 0 { "model" } else { "method" }, paper % 11)
        })
        .collect();
    let index = index_of(texts.len());
    let text = FullText::in_memory((1..).zip(texts.iter().cloned())).unwrap();
    for asked in
        ["the model of the 3", "of the", "the model of", "x the method", "x x x x x x the", "the the", "the ^m", "x ^t"]
    {
        let pattern = AbstractPattern::phrase(asked);
        let holding = (1..).zip(&texts).filter(|(_, text)| pattern.is_in(&abstract_terms(text)));
        let expected: Vec<i64> = holding.map(|(row, _)| row).collect();
        assert_eq!(rows(&index, &text.matching(&index, &pattern, &unread()).unwrap()), expected, "{asked}");
    }
}

/// The term that goes on with the last word is one of two thousand, in any of two thousand papers.
#[test]
fn a_phrase_that_is_being_typed_is_found_in_one_pass_and_can_be_cancelled_everywhere() {
    let texts = (1..=2000_i64).map(|row| (row, format!("{} of the t{row} of u{row} t{}", "x ".repeat(300), row + 1)));
    let text = FullText::in_memory(texts).unwrap();
    let index = index_of(2000);
    for (asked, found) in [("of the ^t", 2000), ("of ^u12", 111), ("^t of", 0), ("the ^u", 0), ("u7 ^t", 1)] {
        let search = |most: usize| {
            let checks = std::cell::Cell::new(0);
            let cancelled = || {
                checks.set(checks.get() + 1);
                checks.get() > most
            };
            let access = AbstractAccess { holds: &|_, _| None, cancelled: &cancelled };
            let docs = text.matching(&index, &AbstractPattern::phrase(asked), &access);
            (docs.map(|docs| rows(&index, &docs).len()), checks.get())
        };
        let (count, checks) = search(usize::MAX);
        assert_eq!(count, Some(found), "{asked}");
        // How many checks this thread makes depends on what the others do.
        let (count, first) = search(0);
        assert!((count, first) == (None, 1) || (count, first) == (Some(found), 0), "{asked}");
        for most in (0..checks).step_by(checks / 20 + 1) {
            let (count, checks) = search(most);
            assert!(count == Some(found) || (count.is_none() && checks == most + 1), "{asked} {most}");
        }
    }
}

#[test]
fn the_newest_build_counts_and_the_old_one_is_deleted() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(full_text_revision(home.path()), None);
    build(home.path(), 7, &TEXTS);
    assert_eq!(full_text_revision(home.path()), Some(7));
    assert_eq!(found(home.path(), "speculative decoding"), Some(vec![1]));
    assert_eq!(found(home.path(), "NYSTROM methods"), Some(vec![3]));
    let old = FullText::open(home.path()).unwrap();
    assert!(FullText::is_intact(home.path()) && old.is_current(home.path()));
    let recent = FullTextBuilder::recent(home.path(), 8, 3, 7).unwrap().unwrap();
    fill(&recent, &[(2, "Reading is speculative decoding")], 1);
    recent.finish().unwrap();
    assert_eq!(full_text_revision(home.path()), Some(8));
    assert_eq!(found(home.path(), "speculative decoding"), Some(vec![1, 2]));
    assert!(!old.is_current(home.path()));
    build(home.path(), 9, &["speculative decoding", "speculative decoding"]);
    assert_eq!(found(home.path(), "speculative decoding"), Some(vec![1, 2]));
    assert!(!old.is_current(home.path()));
    let index = index_of(3);
    let docs = old.matching(&index, &AbstractPattern::phrase("decoding is"), &unread());
    assert_eq!(docs.map(|docs| rows(&index, &docs)), Some(vec![2]), "readers of the old one keep it");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "the file and the lock");
}

#[test]
fn one_build_runs_at_a_time_and_an_unfinished_one_keeps_the_old_files() {
    let home = tempfile::tempdir().unwrap();
    build(home.path(), 1, &TEXTS);
    let unfinished = FullTextBuilder::whole(home.path(), 2, 3).unwrap().unwrap();
    fill(&unfinished, &[(1, "other")], 1);
    assert!(FullTextBuilder::whole(home.path(), 2, 3).unwrap().is_none());
    drop(unfinished);
    assert_eq!(full_text_revision(home.path()), Some(1));
    assert_eq!(found(home.path(), "long texts"), Some(vec![1]));
    assert!(FullTextBuilder::recent(home.path(), 2, 3, 1).unwrap().is_some());
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "nothing is left behind");
}

#[test]
fn damage_anywhere_causes_no_panic_and_is_found() {
    let home = tempfile::tempdir().unwrap();
    build(home.path(), 1, &TEXTS);
    let [file, _] = folder::files(home.path());
    let intact = fs::read(&file).unwrap();
    for at in 0..intact.len() {
        let mut damaged = intact.clone();
        damaged[at] ^= 0x55;
        fs::write(&file, &damaged).unwrap();
        let index = index_of(3);
        if let Some(text) = FullText::open(home.path()) {
            // Wrong answers are possible before a check of all checksums; a panic is not.
            text.matching(&index, &AbstractPattern::phrase("speculative decoding"), &unread());
            text.matching(&index, &AbstractPattern::phrase("we ^s"), &unread());
            text.matching(&index, &AbstractPattern::word("s", How::Exact), &unread());
            text.matching(&index, &AbstractPattern::word("", How::Exact), &unread());
            text.similar(&index, TEXTS[0], &[], 3);
        }
        let in_a_gap = FullText::open(home.path()).is_some() && FullText::is_intact(home.path());
        assert!(!in_a_gap || found(home.path(), "speculative decoding") == Some(vec![1]), "byte {at}");
    }
    for length in [0, 1, intact.len() / 2, intact.len() - 1] {
        fs::write(&file, &intact[..length]).unwrap();
        assert_eq!(full_text_revision(home.path()), None, "cut short");
        assert!(FullText::open(home.path()).is_none() && !FullText::is_intact(home.path()));
    }
    fs::write(&file, &intact).unwrap();
    assert_eq!(found(home.path(), "speculative decoding"), Some(vec![1]));
    FullText::delete(home.path());
    assert!(FullText::open(home.path()).is_none() && FullText::is_intact(home.path()));
}

#[test]
fn the_most_similar_papers_come_first_without_the_paper_itself() {
    let texts = [
        "Low-rank adapters quantize large language models with little memory",
        "Quantized low-rank adapters for language models under a memory budget",
        "Language models answer questions about history",
        "Dark matter haloes in simulations of galaxies",
        "The history of galaxies and of dark matter",
        "Answers to questions about the memory of bees",
    ];
    let index = index_of(texts.len());
    let text = FullText::in_memory((1..).zip(texts.map(str::to_owned))).unwrap();
    let own = index.with_row(1).unwrap();
    let found = text.similar(&index, texts[0], &[own], 10);
    let best: Vec<i64> = found.iter().map(|similar| index.row(similar.doc)).collect();
    assert_eq!(best[0], 2);
    assert!(!best.contains(&1) && !best.contains(&4), "{best:?}");
    assert!(found.is_sorted_by(|one, two| one.score >= two.score));
    assert!(found[0].reasons.contains(&Reason::same("adapters")), "{:?}", found[0].reasons);
    assert_eq!(text.similar(&index, "zebra 12 x", &[], 10), []);
    assert_eq!(text.similar(&index, texts[0], &[own], 1).len(), 1);
}
