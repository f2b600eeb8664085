//! Reading whole files through `read`, and what the tests of the formats share.

use std::collections::BTreeSet;

use std::ops::ControlFlow;

use jiff::civil::Date;

use super::*;
use crate::domain::paper::Paper;
use crate::domain::record::Record;
use crate::domain::record_source::RecordSource;

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

/// A paper of a bibliography in one line: title, authors, date and identifiers, place, keywords.
pub(crate) fn described(paper: &Paper) -> String {
    let id = paper.arxiv.as_ref().map(|id| format!(" arXiv:{id}")).unwrap_or_default();
    let doi = paper.doi.as_ref().map(|doi| format!(" doi:{doi}")).unwrap_or_default();
    let date = paper.published.map(|date| date.to_string()).unwrap_or_default();
    let authors: Vec<_> = paper.authors.iter().map(|author| author.printed().into_owned()).collect();
    let place = paper.journal_ref.as_deref().or(paper.venue.as_deref()).unwrap_or("-");
    format!(
        "{} | {} | {date}{id}{doi} | {place} | {}",
        paper.title.line(),
        authors.join(", "),
        paper.keywords.join(", ")
    )
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
    let error = read_bytes("refs.bib", "2025-03-20", b"%PDF-1.5").unwrap_err().to_string();
    assert!(error.starts_with("refs.bib is a PDF; import formats: page (a Hugging Face"), "{error}");
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
const REAL_KINDS: &[&str] = &[
    "acl_bib",
    "acl_xml",
    "arxiv_api",
    "arxiv_api_feedparser",
    "arxiv_listing_mail",
    "bbt_json",
    "biblatex",
    "bibtex_bbt",
    "bibtex_crossref",
    "bibtex_encodings",
    "bibtex_filthy",
    "bibtex_ml",
    "bibtex_zbmath",
    "bibtex_zotero",
    "bibtex_zotero_cases",
    "biorxiv_json",
    "crossref_json",
    "csl_json",
    "arxiv_rss",
    "arxiv_rss_old",
    "dblp_bib",
    "dblp_xml",
    "endnote_refer",
    "endnote_xml",
    "hf_feed",
    "hf_html",
    "hf_page_text",
    "jabref_groups",
    "mendeley_bib",
    "oai_arxiv",
    "oai_dc",
    "oai_errors",
    "openalex_json",
    "pubmed_xml",
    "paperlists_json",
    "pwc_api_json",
    "s2_json",
    "zotero_api_json",
    "zotero_csv",
    "zotero_rdf",
    "pubmed_nbib",
    "ris",
];

/// Files of which other numbers are right than those that were counted: records and rejected ones, and why.
const OTHER_COUNTS: &[(&str, usize, usize)] = &[
    // Errors that services answer.
    ("arxiv_api/id_abc.atom.xml", 0, 1),
    ("oai_errors/badResumptionToken.xml", 0, 1),
    // In GBK, which is not read.
    ("bibtex_encodings/gbk_test.bib", 0, 1),
    // UTF-16 that was not decoded when it was counted.
    ("bibtex_encodings/jabref_encoding-utf-16BE-without-header.bib", 1, 0),
    // Entries without a title.
    ("bibtex_encodings/jabref_encoding-windows-1252-but-utf-8-declared--decoding-fails.bib", 0, 1),
    ("bibtex_encodings/jabref_encoding-windows-1252-without-header.bib", 0, 1),
    ("bibtex_filthy/plus_in_field_2660.bib", 210, 73),
    ("endnote_refer/jabref_Endnote.pattern.A.enw", 0, 1),
    // An error of the service.
    ("s2_json/bad_query_parameters.json", 0, 1),
    // Seven items without a title.
    ("zotero_rdf/kishkash_my_library.rdf", 102, 7),
    // RDF of schema.org, which is not Zotero's.
    ("zotero_rdf/zotero_rdf_1.rdf", 0, 0),
    // The others are attachments.
    ("zotero_api_json/fmuro_zotero_api.json", 38, 0),
    // Results of benchmarks.
    ("pwc_api_json/paper_result_list.json", 0, 0),
    // The element around them was counted, too.
    ("pubmed_xml/jabref_MedlineImporterTestArticleID.xml", 1, 0),
    ("pubmed_xml/jabref_MedlineImporterTestMalformedEntry.xml", 0, 1),
    ("pubmed_xml/jabref_MedlineImporterTestNbib.xml", 2, 0),
    ("ris/rispy_example_bom.ris", 0, 1),
    ("ris/rispy_example_multiline.ris", 0, 3),
    ("ris/zotero_ris_4.ris", 37, 2),
];

/// Values that are right otherwise than expected, by file and field: a name that the file spells so, characters that LaTeX prints so.
const OTHER_VALUES: &[(&str, &str)] = &[
    // The year is in the name of the file alone.
    ("paperlists_json/iclr2018_cut.json", "year"),
    ("paperlists_json/acl2022_cut.json", "year"),
    ("biblatex/typst_valid_extended_name_format.bib", "author"),
    ("bibtex_filthy/math_472.bib", "title"),
    // PubMed ends every title with a full stop.
    ("pubmed_nbib/hazelett_citations.nbib", "title"),
    ("jabref_groups/jabref_groups_1641.bib", "author"),
    ("jabref_groups/jabref_groups_1641.bib", "title"),
];

#[test]
fn real_files_give_the_expected_values() {
    let Some(folder) = std::env::var_os("TSUNDOKU_TEST_FILES").map(std::path::PathBuf::from) else { return };
    // A file that is refused has no records.
    let read = |file: &str| {
        let found = read_bytes(file, "2026-07-28", &std::fs::read(folder.join(file)).unwrap());
        found.map(|(_, found)| found).unwrap_or_default()
    };
    let is_ours = |file: &str| REAL_KINDS.contains(&file.split('/').next().unwrap_or_default());
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let rows = manifest.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let mut breaches = Vec::new();
    for row in rows.filter(|row| is_ours(row[0])) {
        let found = read(row[0]);
        let other =
            OTHER_COUNTS.iter().find(|(file, ..)| *file == row[0]).map(|(_, records, rejected)| (*records, *rejected));
        let expected = other.unwrap_or_else(|| (row[6].parse().unwrap(), 0));
        if counts(&found) != expected {
            let problems: Vec<_> = summary(&found).into_iter().filter(|line| line.contains("line ")).take(8).collect();
            breaches.push(format!("{}: {:?}, expected {expected:?}: {problems:#?}", row[0], counts(&found)));
        }
    }
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).unwrap();
    let mut checked = 0;
    for line in expected.lines() {
        let expected: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = expected["file"].as_str().unwrap();
        if !is_ours(file) {
            continue;
        }
        checked += 1;
        let found = read(file);
        let found = papers(&found);
        // Places count what is no paper, too, such as attachments; ids do not.
        let stated = |name: &str| expected["ids"][name].as_str().map(str::to_lowercase);
        let is_it = |paper: &&Paper| {
            let arxiv = paper.arxiv.as_ref().map(|id| id.as_str().to_owned());
            let doi = paper.doi.as_ref().map(|doi| doi.folded());
            arxiv.is_some() && arxiv == stated("arxiv") || doi.is_some() && doi == stated("doi")
        };
        let at_place = || found.get(expected["record"].as_u64()? as usize).copied();
        let paper = found.iter().copied().find(is_it).or_else(at_place);
        let is_other =
            |one: &String| OTHER_VALUES.iter().any(|(other, field)| *other == file && one.starts_with(field));
        match paper {
            Some(paper) => {
                let others = differences(paper, &expected).into_iter().filter(|one| !is_other(one));
                breaches.extend(others.map(|one| format!("{file} {one}")));
            }
            None if OTHER_COUNTS.iter().any(|(other, records, _)| *other == file && *records == 0) => {}
            None => breaches.push(format!("{file}: no record {}", expected["record"])),
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    assert!(checked >= 30, "{checked}");
}

/// Reads a file cut at many places, in UTF-16, with noise in it and in reverse order. Nothing panics, what is read survives a round trip
/// through JSON, and a cut file has no title that the whole one has not.
pub(crate) fn check_variants(name: &str, bytes: &[u8]) {
    let read = |bytes: &[u8]| read_bytes(name, "2025-03-20", bytes).map(|(_, found)| found).unwrap_or_default();
    let titles = |found: &[ReadItem]| -> BTreeSet<String> {
        papers(found).into_iter().map(|paper| paper.title.source.clone()).collect()
    };
    let check = |found: &[ReadItem], what: &str| {
        for item in found {
            if let ReadItem::Record { record, .. } = item {
                // Who states it is in no file.
                let stated = Record { source: RecordSource::Unknown, ..(**record).clone() };
                assert_eq!(Record::from_json(&record.to_json()), Ok(stated), "{name}, {what}");
            }
        }
        assert!(
            summary(found).iter().all(|line| !line.contains(|c: char| c.is_control() && c != '\t')),
            "{name}, {what}"
        );
    };
    let whole = read(bytes);
    check(&whole, "whole");
    let known = titles(&whole);
    let step = (bytes.len() / 97).max(1);
    for cut in (0..bytes.len()).step_by(step) {
        let found = read(&bytes[..cut]);
        check(&found, "cut");
        let others: Vec<_> = titles(&found).difference(&known).cloned().collect();
        assert!(others.is_empty(), "{name}, cut at {cut}: {others:?}");
        let mut noisy = bytes.to_vec();
        noisy[cut] = noisy[cut].wrapping_add(119);
        check(&read(&noisy), "with noise");
        check(&read(&bytes[cut..]), "without its begin");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let reversed: Vec<&str> = text.split_inclusive('\n').rev().collect();
        check(&read(reversed.concat().as_bytes()), "reversed");
        let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&utf16), whole, "{name} in UTF-16");
        assert_eq!(titles(&read(text.replace('\n', "\r\n").as_bytes())), known, "{name} with the line ends of Windows");
    }
}

/// Every stated value that a paper differs in.
fn differences(paper: &Paper, expected: &serde_json::Value) -> Vec<String> {
    let texts = |field: &str| -> Vec<&str> {
        expected[field].as_array().map(|all| all.iter().filter_map(|one| one.as_str()).collect()).unwrap_or_default()
    };
    let sighting = paper.sightings.first();
    let printed: Vec<_> = paper.authors.iter().map(|author| author.printed().into_owned()).collect();
    let summary = paper.summary.as_ref().map(|text| text.source.clone()).unwrap_or_default();
    let mut found: Vec<(&str, Option<String>)> = vec![
        ("title", Some(paper.title.line().to_string())),
        ("n_authors", Some(printed.len().to_string())),
        ("year", paper.published.map(|day| day.year().to_string())),
        ("journal_ref", paper.journal_ref.clone()),
        ("venue", paper.venue.clone()),
        ("published", paper.published.map(|day| day.to_string())),
        ("listed", sighting.and_then(|sighting| sighting.digest.day).map(|day| day.to_string())),
        ("upvotes", sighting.and_then(|sighting| sighting.votes).map(|votes| votes.to_string())),
        ("primary", paper.categories.first().cloned()),
        ("first_author", printed.first().cloned()),
    ];
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let ids = [
        ("arxiv", paper.arxiv.as_ref().map(|id| id.as_str().to_owned())),
        ("doi", paper.doi.as_ref().map(|doi| doi.folded())),
    ];
    let stated_id = |name: &str| text(&expected["ids"][name]).map(|id| id.to_lowercase());
    let mut breaches: Vec<String> = ids
        .into_iter()
        .filter(|(name, found)| stated_id(name).is_some() && *found != stated_id(name))
        .map(|(name, found)| format!("{name}: {found:?}, expected {:?}", stated_id(name)))
        .collect();
    if !texts("categories").is_empty() {
        found.push(("categories", None));
        found.retain(|(name, _)| *name != "categories" || paper.categories != texts("categories"));
    }
    for (name, found) in found {
        let expected = text(&expected[name]).map(|expected| match name {
            // An instant, of which the day is kept.
            "published" => expected.chars().take(10).collect(),
            _ => expected,
        });
        if let Some(expected) = expected.filter(|expected| found.as_ref() != Some(expected)) {
            breaches.push(format!("{name}: {found:?}, expected {expected:?}"));
        }
    }
    let others = printed.iter().zip(texts("authors")).filter(|(one, other)| one != other);
    breaches.extend(others.map(|(one, other)| format!("author: {one:?}, expected {other:?}")));
    let (start, end) = (text(&expected["abstract_starts"]), text(&expected["abstract_ends"]));
    if !summary.starts_with(&start.unwrap_or_default()) || !summary.ends_with(&end.unwrap_or_default()) {
        breaches.push(format!("abstract: {}", summary.chars().take(70).collect::<String>()));
    }
    breaches
}
