//! Reading whole files through `read`, and what the tests of the formats share.

use std::collections::BTreeSet;

use std::ops::ControlFlow;

use jiff::civil::Date;

use super::*;
use crate::domain::paper::{Author, Paper};

pub(crate) fn read_bytes(name: &str, modified: &str, bytes: &[u8]) -> Result<(&'static str, Vec<ReadItem>)> {
    let mut found = Vec::new();
    let modified = modified.parse().unwrap();
    let input = Input { name, modified, digest_day: None, bytes: Box::new(bytes) };
    let format = read(input, None, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    })?;
    Ok((format, found))
}

pub(crate) fn read_text(name: &str, text: &str) -> (&'static str, Vec<ReadItem>) {
    read_bytes(name, "2025-03-20", text.as_bytes()).unwrap()
}

/// The papers among what was found.
pub(crate) fn papers(found: &[ReadItem]) -> Vec<&Paper> {
    let records = found.iter().filter_map(|found| match found {
        ReadItem::Record { record, .. } => Some(record),
        ReadItem::Rejected(_) | ReadItem::Notice(_) => None,
    });
    records.map(|record| &record.paper).collect()
}

/// One line for each thing found: digest, rank and title, or line and reason.
pub(crate) fn summary(found: &[ReadItem]) -> Vec<String> {
    let one = |found: &ReadItem| match found {
        ReadItem::Record { record, .. } => {
            let sighting = record.paper.sightings.first();
            let digest = sighting.map_or("-", |sighting| &sighting.digest.id);
            let rank = sighting.and_then(|sighting| sighting.rank).map_or("-".to_owned(), |rank| format!("#{rank}"));
            let votes = sighting.and_then(|sighting| sighting.votes).map(|votes| format!(" +{votes}"));
            format!("{digest} {rank} {}{}", record.paper.title.source, votes.unwrap_or_default())
        }
        ReadItem::Rejected(Rejection { line, reason }) => format!("line {line}: {reason}"),
        ReadItem::Notice(ImportNotice { line, message }) => format!("(line {line}: {message})"),
    };
    found.iter().map(one).collect()
}

#[test]
fn nothing_in_a_file_is_no_error() {
    for (name, text) in [("a.txt", ""), ("a.jsonl", ""), ("-", "\u{feff}"), ("a.txt", "\u{feff}\r\n \n")] {
        assert_eq!(read_text(name, text).1, [], "{name}");
    }
}

#[test]
fn a_format_can_be_asked_for_and_must_exist() {
    let input = || Input {
        name: "-",
        modified: Date::constant(2025, 3, 20),
        digest_day: None,
        bytes: Box::new(b"{\"title\":\"T\"}".as_slice()),
    };
    let mut ignore = |_| ControlFlow::Continue(());
    assert_eq!(read(input(), Some("json"), &mut ignore).unwrap(), "json");
    let error = read(input(), Some("dvi"), &mut ignore).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().starts_with("`dvi` is not an import format; one of page, "), "{error}");
    let error = read_bytes("refs.bib", "2025-03-20", b"@article{a, title={T}}").unwrap_err().to_string();
    assert!(error.starts_with("refs.bib holds BibTeX; import formats: page (a Hugging Face"), "{error}");
}

#[test]
fn a_reader_stops_when_told() {
    let mut count = 0;
    let text = "{\"title\":\"T\"}\n".repeat(9);
    let input = Input {
        name: "a.jsonl",
        modified: Date::constant(2025, 3, 20),
        digest_day: None,
        bytes: Box::new(text.as_bytes()),
    };
    let format = read(input, None, &mut |_| {
        count += 1;
        if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((format.unwrap(), count), ("json", 3));
}

proptest::proptest! {
    #[test]
    fn no_bytes_and_no_cut_page_bring_a_reader_down(
        noise in proptest::collection::vec(proptest::num::u8::ANY, 0..40),
        cut in 0..3000_usize,
        place in 0..3000_usize,
        name in r"(a\.txt|a\.jsonl|-|x)",
    ) {
        let page = include_bytes!("../../tests/fixtures/pages/sloppy.txt");
        let mut bytes: Vec<u8> = page.iter().skip(cut).copied().collect();
        let place = place.min(bytes.len());
        bytes.splice(place..place, noise.iter().copied());
        for bytes in [bytes, noise] {
            if let Ok((_, found)) = read_bytes(&name, "2025-03-20", &bytes) {
                for line in summary(&found) {
                    proptest::prop_assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{:?}", line);
                }
            }
        }
    }
}

/// Files of a folder named by an environment variable: real or hostile ones that are no part of the project.
fn outside(variable: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = std::env::var_os(variable) else { return Vec::new() };
    let content = |item: &InputFile| {
        let mut bytes = Vec::new();
        item.open(Date::MIN, None).unwrap().bytes.read_to_end(&mut bytes).unwrap();
        (item.shown().to_owned(), bytes)
    };
    expand(&[folder.into()]).files.iter().map(content).collect()
}

fn counts(found: &[ReadItem]) -> (usize, usize) {
    let rejected = found.iter().filter(|found| matches!(found, ReadItem::Rejected(_))).count();
    (found.iter().filter(|found| matches!(found, ReadItem::Record { .. })).count(), rejected)
}

#[test]
fn real_pages_are_read_whole() {
    let pages = outside("TSUNDOKU_TEST_PAGES");
    if pages.is_empty() {
        return;
    }
    let found: Vec<_> = pages.iter().map(|(name, bytes)| read_bytes(name, "2025-03-20", bytes).unwrap().1).collect();
    assert_eq!(found.iter().map(|found| found.len()).collect::<Vec<_>>(), [65, 267, 73]);
    let papers = || {
        found.iter().flatten().filter_map(|found| match found {
            ReadItem::Record { record, .. } => Some(&record.paper),
            _ => None,
        })
    };
    assert_eq!(papers().count(), 405);
    assert_eq!(papers().map(|paper| paper.title_key()).collect::<BTreeSet<_>>().len(), 393);
    let digests: BTreeSet<_> = papers().map(|paper| paper.sightings[0].digest.id.as_str()).collect();
    assert_eq!(digests, ["hf:003_fcc865c8962cd8ce", "hf:2025-03-11", "hf:2025-03-12"].into());
    assert!(papers().all(|paper| paper.summary.as_ref().is_some_and(|text| text.source.len() >= 500)));
}

/// Every bad record costs itself alone; the counts are those that the hostile files were made with.
#[test]
fn hostile_files_lose_only_their_bad_records() {
    for (path, bytes) in outside("TSUNDOKU_TEST_HOSTILE") {
        let read = read_bytes(&path, "2025-03-20", &bytes);
        let titles =
            |found: &[ReadItem]| summary(found).into_iter().filter(|line| line.contains('#')).collect::<Vec<_>>();
        let name = path.rsplit('/').next().unwrap_or_default();
        match name {
            "page_dump_A.txt" | "page_dump_B.txt" => {
                let (format, found) = read.unwrap();
                assert_eq!((format, counts(&found)), ("page", (20, 1)), "{name}");
                for title in ["#11 Mar 12", "#12 Subscribe", "#13 new", "#20 HD019 control: last full record"] {
                    assert!(titles(&found).iter().any(|line| line.ends_with(title)), "{name} {title}");
                }
            }
            // Cut off inside the ninth abstract; the fourth record holds the bytes that are no text.
            "page_dump_bad_utf8.txt" => assert_eq!(counts(&read.unwrap().1), (8, 1)),
            "papers.jsonl" => {
                let (format, found) = read.unwrap();
                assert_eq!((format, counts(&found)), ("json", (118, 23)));
                assert!(titles(&found).first().unwrap().contains("HP001"));
                assert!(summary(&found).last().unwrap().ends_with("plain title"));
            }
            "empty.jsonl" | "only_bom.txt" => assert_eq!(read.unwrap().1, [], "{name}"),
            _ => {
                let _any_answer_but_no_panic = read;
            }
        }
    }
}

/// Kinds of the real files in the folder that `TSUNDOKU_TEST_FILES` names; the values in it are what a careful reader would write down.
const REAL_KINDS: [&str; 3] = ["arxiv_listing_mail", "hf_html", "hf_page_text"];

#[test]
fn real_files_give_the_expected_values() {
    let Some(folder) = std::env::var_os("TSUNDOKU_TEST_FILES").map(std::path::PathBuf::from) else { return };
    let read = |file: &str| read_bytes(file, "2026-07-28", &std::fs::read(folder.join(file)).unwrap()).unwrap().1;
    let is_ours = |file: &str| REAL_KINDS.iter().any(|kind| file.starts_with(kind));
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let rows = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    for row in rows.filter(|row| is_ours(row[0])) {
        let found = read(row[0]);
        let (records, rejected) = counts(&found);
        assert_eq!((records.to_string().as_str(), rejected), (row[6], 0), "{}: {:?}", row[0], summary(&found));
    }
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let mut checked = 0;
    for line in expected.lines() {
        let expected: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = expected["file"].as_str().unwrap();
        if !is_ours(file) {
            continue;
        }
        let found = read(file);
        let found = papers(&found);
        let id = expected["ids"]["arxiv"].as_str().unwrap();
        let paper = match expected["record"].as_u64() {
            Some(place) => found[place as usize],
            None => {
                found.into_iter().find(|paper| paper.arxiv.as_ref().is_some_and(|known| known.as_str() == id)).unwrap()
            }
        };
        check_expected(paper, &expected, file);
        checked += 1;
    }
    assert!(checked >= 13, "{checked}");
}

/// Compares every value that is stated.
fn check_expected(paper: &Paper, expected: &serde_json::Value, file: &str) {
    let texts = |field: &str| -> Vec<&str> {
        expected[field].as_array().map(|all| all.iter().filter_map(|one| one.as_str()).collect()).unwrap_or_default()
    };
    assert_eq!(paper.title.line().to_string(), expected["title"].as_str().unwrap(), "{file}");
    assert_eq!(paper.arxiv.as_ref().map(|id| id.as_str()), expected["ids"]["arxiv"].as_str(), "{file}");
    let authors: Vec<&str> = paper.authors.iter().map(Author::as_str).collect();
    assert_eq!(authors.len() as u64, expected["n_authors"].as_u64().unwrap(), "{file}");
    assert_eq!(
        authors.iter().zip(texts("authors")).filter(|(one, other)| **one != *other).count(),
        0,
        "{file} {authors:?}"
    );
    if !texts("categories").is_empty() {
        assert_eq!(paper.categories, texts("categories"), "{file}");
    }
    let sighting = paper.sightings.first();
    for (field, found) in [
        ("journal_ref", paper.journal_ref.clone()),
        ("published", paper.published.map(|day| day.to_string())),
        ("listed", sighting.and_then(|sighting| sighting.digest.day).map(|day| day.to_string())),
    ] {
        if let Some(expected) = expected[field].as_str() {
            assert_eq!(found.as_deref(), Some(expected), "{file} {field}");
        }
    }
    if let Some(votes) = expected["upvotes"].as_u64() {
        assert_eq!(sighting.and_then(|sighting| sighting.votes).map(u64::from), Some(votes), "{file}");
    }
    let summary = paper.summary.as_ref().map(|text| text.source.clone()).unwrap_or_default();
    assert!(summary.starts_with(expected["abstract_starts"].as_str().unwrap_or_default()), "{file}");
    assert!(summary.ends_with(expected["abstract_ends"].as_str().unwrap_or_default()), "{file}");
}
