//! Pairs of real papers with equal titles, each judged by hand: one paper, or two.

use std::collections::HashMap;
use std::{env, fs};

use serde_json::Value;
use tsundoku::domain::date::PartialDate;
use tsundoku::domain::identity::ArxivId;
use tsundoku::domain::markup::Markup;
use tsundoku::domain::paper::Paper;
use tsundoku::domain::same_paper::same_paper;
use tsundoku::domain::text::Text;

/// The ids of both and `one` or `two`. The texts are in the collection.
const JUDGED: &str = include_str!("../fixtures/equal_titles.tsv");

/// The year of an id: `arxiv:2501.14912`, `iclr2018:HyNyyCxA-`.
fn year(id: &str) -> Option<i16> {
    let (name, rest) = id.split_once(':')?;
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    match name {
        "arxiv" => format!("20{}", rest.get(..2)?).parse().ok(),
        _ => digits.parse().ok(),
    }
}

fn paper(record: &Value, side: &str) -> Paper {
    let text = |name: &str| record[format!("{name}{side}")].as_str().unwrap();
    let id = text("");
    let authors = record[format!("authors_{side}")].as_array().unwrap();
    Paper {
        arxiv: id.strip_prefix("arxiv:").and_then(ArxivId::parse).map(|found| found.id),
        title: Text::new(text("title_"), Markup::Plain),
        authors: authors.iter().map(|author| author.as_str().unwrap().into()).collect(),
        published: year(id).and_then(|year| PartialDate::new(year, None, None)),
        ..Paper::default()
    }
}

#[test]
fn papers_of_one_title_are_told_apart_as_a_person_does() {
    let judged: HashMap<(&str, &str), bool> = JUDGED
        .lines()
        .map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [a, b, verdict] => ((*a, *b), *verdict == "one"),
            _ => panic!("{line}"),
        })
        .collect();
    assert_eq!(judged.len(), 158);
    assert_eq!(judged.values().filter(|is_one| !**is_one).count(), 5, "prefaces");
    let Ok(folder) = env::var("TSUNDOKU_TEST_DATA") else { return };
    let path = format!("{folder}/real_corpus_duplicate_titles.jsonl");
    let mut read = 0;
    for line in fs::read_to_string(path).unwrap().lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let ids = ["a", "b"].map(|side| record[side].as_str().unwrap());
        let [a, b] = ["a", "b"].map(|side| paper(&record, side));
        assert_eq!(same_paper(&a, &b), judged[&(ids[0], ids[1])], "{ids:?}");
        read += 1;
    }
    assert_eq!(read, judged.len());
}
