use std::fs;

use proptest::prelude::*;

use super::*;
use crate::domain::fold;
use crate::index::Doc;

/// An index of papers in rows from 1 on, the last the newest.
fn index_of(papers: usize) -> Index {
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
        flags: crate::index::Flags::NONE,
        categories: &[],
        digests: &[],
    });
    Index::in_memory(docs, &[], 1).unwrap()
}

fn rows(index: &Index, docs: &[DocId]) -> Vec<i64> {
    assert!(docs.is_sorted());
    let mut rows: Vec<i64> = docs.iter().map(|doc| index.row(*doc)).collect();
    rows.sort_unstable();
    rows
}

fn words(text: &str) -> Vec<String> {
    fold::words(text).collect()
}

fn build(home: &Path, revision: i64, texts: &[&str]) {
    let mut builder = FullTextBuilder::new(home, revision).unwrap().unwrap();
    for (row, text) in (1..).zip(texts) {
        builder.push(row, text).unwrap();
    }
    builder.finish().unwrap();
}

fn found(home: &Path, phrase: &str) -> Option<Vec<i64>> {
    let index = index_of(3);
    let docs = FullText::open(home)?.phrase(&index, &words(phrase), &|| false)?;
    Some(rows(&index, &docs))
}

const TEXTS: [&str; 3] =
    ["We study speculative decoding of long texts", "Decoding is speculative", "Nystro\u{308}m methods"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn it_finds_what_reading_finds(
        texts in prop::collection::vec("([abÄ]{1,3}[ ,-]?){0,12}", 1..40),
        asked in prop::collection::vec("([abä]{1,3}[ -]?){0,3}", 12),
    ) {
        // Every third abstract belongs to a paper that is gone.
        let index = index_of(texts.len() / 3 * 2);
        let text = FullText::in_memory((1..).zip(texts.iter().cloned())).unwrap();
        let reading = |holds: &dyn Fn(&[String]) -> bool| -> Vec<i64> {
            let all = (1..).zip(&texts).filter(|(row, text)| index.with_row(*row).is_some() && holds(&words(text)));
            all.map(|(row, _)| row).collect()
        };
        for asked in &asked {
            let wanted = words(asked);
            let docs = text.phrase(&index, &wanted, &|| false).unwrap();
            prop_assert_eq!(rows(&index, &docs), reading(&|words| holds_phrase(words, &wanted)), "\"{}\"", asked);
            for how in [How::Fuzzy, How::Exact, How::Prefix] {
                let docs = text.words(&index, &wanted, how, &|| false).unwrap();
                prop_assert_eq!(rows(&index, &docs), reading(&|words| holds_words(words, &wanted, how)), "{}", asked);
            }
        }
    }
}

#[test]
fn the_newest_build_counts_and_the_old_one_is_swept_away() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(full_text_revision(home.path()), None);
    build(home.path(), 7, &TEXTS);
    assert_eq!(full_text_revision(home.path()), Some(7));
    assert_eq!(found(home.path(), "speculative decoding"), Some(vec![1]));
    assert_eq!(found(home.path(), "NYSTROM methods"), Some(vec![3]));
    let old = FullText::open(home.path()).unwrap();
    assert!(FullText::is_sound(home.path()) && old.is_current(home.path()));
    build(home.path(), 8, &["speculative decoding", "speculative decoding"]);
    assert_eq!(found(home.path(), "speculative decoding"), Some(vec![1, 2]));
    assert!(!old.is_current(home.path()));
    let index = index_of(3);
    let docs = old.phrase(&index, &words("decoding is"), &|| false);
    assert_eq!(docs.map(|docs| rows(&index, &docs)), Some(vec![2]), "who reads the old one goes on reading it");
    let builds = fs::read_dir(home.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(builds.count(), 1);
}

#[test]
fn one_builds_at_a_time_and_an_unfinished_build_leaves_the_old_one() {
    let home = tempfile::tempdir().unwrap();
    build(home.path(), 1, &TEXTS);
    let mut unfinished = FullTextBuilder::new(home.path(), 2).unwrap().unwrap();
    unfinished.push(1, "other").unwrap();
    assert!(FullTextBuilder::new(home.path(), 2).unwrap().is_none());
    drop(unfinished);
    assert_eq!(full_text_revision(home.path()), Some(1));
    assert_eq!(found(home.path(), "long texts"), Some(vec![1]));
    assert!(FullTextBuilder::new(home.path(), 2).unwrap().is_some());
}

#[test]
fn damage_anywhere_is_no_panic_and_is_found() {
    let home = tempfile::tempdir().unwrap();
    build(home.path(), 1, &TEXTS);
    let stamp = Stamp::read(home.path()).unwrap();
    let saved = fs::read(home.path().join("stamp.json")).unwrap();
    let files: Vec<_> =
        fs::read_dir(home.path().join(&stamp.folder)).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() > 5);
    for file in files.iter().filter(|file| fs::metadata(file).unwrap().len() > 0) {
        let sound = fs::read(file).unwrap();
        for at in (0..sound.len()).step_by(3) {
            let mut damaged = sound.clone();
            damaged[at] ^= 0x55;
            fs::write(file, &damaged).unwrap();
            fs::write(home.path().join("stamp.json"), &saved).unwrap();
            let index = index_of(3);
            if let Some(text) = FullText::open(home.path()) {
                // Wrong answers are possible until somebody verifies; a crash is not.
                text.phrase(&index, &words("speculative decoding"), &|| false);
                text.words(&index, &words("s"), How::Exact, &|| false);
                text.similar(&index, TEXTS[0], &[], 3);
            }
        }
        fs::write(home.path().join("stamp.json"), &saved).unwrap();
        fs::write(file, &sound[..sound.len() - 1]).unwrap();
        assert_eq!(full_text_revision(home.path()), None, "cut short");
        assert!(FullText::open(home.path()).is_none() && !FullText::is_sound(home.path()));
        fs::write(file, &sound).unwrap();
    }
    assert_eq!(found(home.path(), "speculative decoding"), Some(vec![1]));
    let postings = files.iter().find(|file| file.extension().is_some_and(|name| name == "idx")).unwrap();
    let mut bytes = fs::read(postings).unwrap();
    bytes[2] ^= 1;
    fs::write(postings, &bytes).unwrap();
    assert!(!FullText::is_sound(home.path()));
    fs::write(home.path().join("stamp.json"), "{\"version\":1").unwrap();
    assert!(FullText::open(home.path()).is_none());
}

#[test]
fn the_likest_come_first_without_the_paper_itself() {
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
    let found = text.similar(&index, texts[0], &[own], 10).unwrap();
    let best: Vec<i64> = found.iter().map(|(doc, _)| index.row(*doc)).collect();
    assert_eq!(best[0], 2);
    assert!(!best.contains(&1) && !best.contains(&4), "{best:?}");
    assert!(found.is_sorted_by(|one, two| one.1 >= two.1));
    assert_eq!(text.similar(&index, "zebra 12 x", &[], 10), Some(Vec::new()));
    assert_eq!(text.similar(&index, texts[0], &[own], 1).unwrap().len(), 1);
}
