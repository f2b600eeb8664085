//! The promises of `papers.db`: what goes in comes out, one paper is one row, importing again changes nothing. Parses no source.

mod history;
mod identity;
mod rehashed;
mod replaced;
mod titles;

use std::collections::HashSet;
use std::fs;

use tempfile::TempDir;

use super::*;
use crate::domain::bibtex_entry::BibtexEntry;
use crate::domain::date::PartialDate;
use crate::domain::identity::{ArxivId, Doi, PaperKey};
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Digest, Link, LinkKind, Paper, Sighting};
use crate::domain::publication_status::PublicationStatus;
use crate::domain::text::Text;

const TITLE: &str = "Quiet Gradients in Loud Networks";

pub(super) fn room() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(super) fn open(room: &TempDir) -> PaperStore {
    PaperStore::open(room.path()).unwrap()
}

pub(super) fn arxiv(id: &str) -> Option<ArxivId> {
    Some(ArxivId::parse(id).unwrap().id)
}

fn sighting(day: u8, rank: u32, votes: u32) -> Sighting {
    let digest = Digest {
        id: format!("hf:2025-03-{day:02}"),
        source: "hf".into(),
        label: format!("{day} Mar 2025").into(),
        day: PartialDate::new(2025, Some(3), Some(day)),
    };
    Sighting { digest, rank: Some(rank), votes: Some(votes) }
}

/// As a pasted page tells it.
fn page() -> Paper {
    Paper {
        title: Text::new(TITLE, Markup::Page),
        summary: Some(Text::new("An abstract from a page.", Markup::Page)),
        sightings: vec![sighting(12, 3, 10)],
        ..Paper::default()
    }
}

/// As arXiv tells it.
fn full() -> Paper {
    Paper {
        arxiv: arxiv("2503.01234"),
        version: Some(2),
        doi: Doi::parse("10.1000/Quiet.7"),
        title: Text::new(TITLE, Markup::Tex),
        authors: vec!["Ann Lee".into(), "Bo Li".into()],
        summary: Some(Text::new("An abstract with $x^2$.", Markup::Tex)),
        published: PartialDate::new(2025, Some(3), Some(2)),
        issued: PartialDate::new(2026, Some(7), None),
        updated: PartialDate::new(2025, Some(3), Some(9)),
        categories: vec!["cs.LG".into(), "math.OC".into()],
        venue: Some("ICML 2025".into()),
        journal_ref: Some("PMLR 300".into()),
        comment: Some("12 pages".into()),
        license: Some("http://creativecommons.org/licenses/by/4.0/".into()),
        publication_status: Some(PublicationStatus::Retracted),
        keywords: vec!["optimization".into()],
        links: vec![Link { kind: LinkKind::Code, url: "https://example.org/code?a=1&b=2".into() }],
        sightings: vec![sighting(13, 1, 44)],
        bibtex: BibtexEntry::kept("inproceedings", "lee25", &[("editor".into(), "Roe, Ada".into())]).map(Box::new),
    }
}

fn titled_by(title: &str, author: &str) -> Paper {
    Paper { title: Text::new(title, Markup::Plain), authors: vec![author.into()], ..Paper::default() }
}

pub(super) fn add_all(store: &mut PaperStore, papers: &[Paper]) -> Vec<ImportedRecord> {
    let mut import = store.import().unwrap();
    let added = papers.iter().map(|paper| import.add(paper, 1000).unwrap()).collect();
    import.commit().unwrap();
    added
}

fn add(store: &mut PaperStore, paper: &Paper) -> ImportedRecord {
    add_all(store, std::slice::from_ref(paper)).remove(0)
}

/// As a version before there were checksums left it.
pub(super) fn forget_checksums(store: &PaperStore) {
    let forget = "UPDATE tally SET aliases = NULL; DELETE FROM checksum; UPDATE alias SET checksum = NULL;
                  UPDATE sighting SET checksum = NULL";
    store.database.connection.execute_batch(forget).unwrap();
}

pub(super) fn assert_sound(store: &PaperStore) {
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_paper_comes_back_as_it_went_in() {
    let room = room();
    let added = add(&mut open(&room), &full());
    assert_eq!((added.outcome, added.joined, added.key.as_str()), (ImportOutcome::New, None, "arxiv:2503.01234"));
    let store = open(&room);
    let stored = store.get(&added.key).unwrap().unwrap();
    assert_eq!((&stored.paper, stored.added, stored.row), (&full(), 1000, added.row));
    assert_eq!(store.get_row(added.row).unwrap(), Some(stored));
    assert_eq!(store.get_row(999).unwrap(), None);
    assert_eq!(store.count().unwrap(), 1);
    assert_sound(&store);
}

#[test]
fn importing_again_changes_nothing() {
    let room = room();
    let mut store = open(&room);
    let records = [page(), full(), titled_by("Introduction", "Cy Doe"), titled_by("Introduction", "Di Roe")];
    add_all(&mut store, &records);
    let revision = store.revision().unwrap();
    for added in add_all(&mut store, &records) {
        assert_eq!((added.outcome, &added.joined), (ImportOutcome::Unchanged, &None), "{}", added.key);
    }
    assert_eq!(store.revision().unwrap(), revision);
    assert_eq!(store.count().unwrap(), 3);
    let mut more = titled_by("Introduction", "Cy Doe");
    more.comment = Some("4 pages".into());
    assert_eq!(add(&mut store, &more).outcome, ImportOutcome::Updated);
    assert_ne!(store.revision().unwrap(), revision);
    assert_sound(&store);
}

#[test]
fn votes_keep_their_history_and_digests_their_correction() {
    let room = room();
    let mut store = open(&room);
    let mut seen = page();
    for (votes, now) in [(10, 100), (10, 200), (25, 300)] {
        seen.sightings[0].votes = Some(votes);
        let mut import = store.import().unwrap();
        import.add(&seen, now).unwrap();
        // Listed twice on one page: the first place counts.
        let mut again = seen.clone();
        again.sightings[0].votes = Some(1);
        assert_eq!(import.add(&again, now).unwrap().outcome, ImportOutcome::Unchanged);
        import.commit().unwrap();
    }
    let mut import = store.import().unwrap();
    seen.sightings[0].digest.day = PartialDate::new(2024, Some(3), Some(12));
    assert_eq!(import.add(&seen, 400).unwrap().outcome, ImportOutcome::Updated);
    import.commit().unwrap();
    drop(import);
    let counts: Vec<_> = store.vote_history(&seen.key()).unwrap().iter().map(|count| (count.at, count.votes)).collect();
    assert_eq!(counts, [(100, 10), (300, 25)]);
    let digests = store.digests().unwrap();
    assert_eq!((digests.len(), digests[0].1, digests[0].0.day), (1, 1, PartialDate::new(2024, Some(3), Some(12))));
}

#[test]
fn a_dropped_import_leaves_nothing() {
    let room = room();
    let mut store = open(&room);
    let revision = store.revision().unwrap();
    let mut import = store.import().unwrap();
    import.add(&full(), 1).unwrap();
    drop(import);
    assert_eq!((store.count().unwrap(), store.digests().unwrap().len()), (0, 0));
    assert_eq!(store.revision().unwrap(), revision);
    let mut import = store.import().unwrap().commit_every(2);
    for number in 0..5 {
        import.add(&titled_by(&format!("Paper Number {number}"), "Cy Doe"), 1).unwrap();
    }
    drop(import);
    assert_eq!(store.count().unwrap(), 4);
    assert_sound(&store);
}

#[test]
fn a_bad_record_costs_only_itself() {
    let room = room();
    let mut store = open(&room);
    let mut import = store.import().unwrap();
    import.add(&full(), 1).unwrap();
    assert!(import.add(&Paper::default(), 1).is_err());
    let mut endless = page();
    endless.summary = Some(Text::new("x".repeat((16 << 20) + 1), Markup::Page));
    assert!(import.add(&endless, 1).is_err());
    import.add(&page(), 1).unwrap();
    import.commit().unwrap();
    drop(import);
    assert_eq!(store.count().unwrap(), 1);
}

#[test]
fn hostile_text_is_only_text() {
    let room = room();
    let hostile = "Robert'); DROP TABLE paper; -- \u{0}\u{1b}[31m\u{202e}\u{7f} %s {} \u{feff}end";
    let text = || Some(hostile.to_owned());
    let paper = Paper {
        arxiv: arxiv("2503.01234"),
        title: Text::new(hostile, Markup::Tex),
        authors: vec!["a\nb".into(), hostile.into(), " ".into()],
        summary: Some(Text::new(hostile, Markup::Tex)),
        categories: vec![hostile.into(), "cs.LG\r\n".into()],
        venue: text(),
        journal_ref: text(),
        comment: text(),
        license: text(),
        keywords: vec![hostile.into(), String::new()],
        links: vec![
            Link { kind: LinkKind::Other, url: "javascript:alert(1)\nabstract https://evil.example".into() },
            Link { kind: LinkKind::Pdf, url: String::new() },
        ],
        sightings: vec![Sighting {
            digest: Digest { id: hostile.into(), source: hostile.into(), label: hostile.into(), day: None },
            rank: Some(u32::MAX),
            votes: Some(u32::MAX),
        }],
        ..Paper::default()
    };
    let mut store = open(&room);
    let added = add(&mut store, &paper);
    let stored = store.get(&added.key).unwrap().unwrap().paper;
    assert_eq!((&stored.title, &stored.summary, &stored.venue), (&paper.title, &paper.summary, &paper.venue));
    assert_eq!(stored.sightings, paper.sightings);
    assert_eq!((stored.authors[0].as_str(), stored.authors.len()), ("a b", 2));
    assert_eq!(stored.links.len(), 1);
    assert_eq!(add(&mut store, &paper).outcome, ImportOutcome::Unchanged);
    assert_sound(&store);
}

#[test]
fn a_scan_goes_from_row_to_row_and_can_be_nested_and_stopped() {
    let room = room();
    let mut store = open(&room);
    let seen = Paper { sightings: vec![sighting(12, 3, 10), sighting(13, 2, 9)], ..titled_by("Seen", "A B") };
    add_all(&mut store, &[titled_by("Old", "A B"), seen, titled_by("New", "A B"), full()]);
    let mut visited = Vec::new();
    let mut visit = |outline: &Outline<'_>| {
        let stored = store.get_row(outline.row).unwrap().unwrap();
        let paper = &stored.paper;
        assert_eq!(
            (outline.key, outline.added, outline.published),
            (stored.key.as_str(), stored.added, paper.published)
        );
        assert_eq!(Text::new(outline.title, outline.title_markup), paper.title);
        let authors: Vec<&str> = paper.authors.iter().map(Author::as_str).collect();
        let lists = [authors.join("\n"), paper.categories.join("\n")];
        assert_eq!(
            ([outline.authors, outline.categories], &outline.links),
            (lists.each_ref().map(|list| list.as_str()), &paper.links)
        );
        let flags = [paper.link(LinkKind::Pdf).is_some(), paper.venue.is_some(), stored.has_abstract];
        assert_eq!([outline.has_link(LinkKind::Pdf), outline.has_venue, outline.has_abstract], flags);
        let seen = stored.paper.sightings.into_iter().map(|seen| (seen.digest.id, seen.rank, seen.votes));
        assert_eq!(seen.collect::<Vec<_>>(), outline.sightings);
        store.each_outline(&mut |_| false).unwrap();
        visited.push(outline.row);
        visited.len() % 4 != 2
    };
    store.each_outline(&mut visit).unwrap();
    store.each_outline_of(&[4, 9, 1], &mut visit).unwrap();
    store.each_outline_of(&[3, 2, 1], &mut visit).unwrap();
    assert_eq!(visited, [1, 2, 4, 1, 3, 2]);
}

#[test]
fn the_settings_hold_and_damage_is_told() {
    let room = room();
    let mut store = open(&room);
    add_all(&mut store, &(0..300).map(super::abstracts::tests::invented).collect::<Vec<_>>());
    let pragma = |name: &str| -> i64 {
        store.database.connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((pragma("page_size"), pragma("synchronous"), pragma("trusted_schema")), (8192, 1, 0));
    assert!(pragma("mmap_size") > 0);
    drop(store);
    let file = room.path().join("papers.db");
    let mut holed = fs::read(&file).unwrap();
    holed[8192..].fill(0x5A);
    fs::write(&file, holed).unwrap();
    let told = PaperStore::open(room.path()).and_then(|store| store.check());
    assert!(told.is_err() || told.is_ok_and(|problems| !problems.is_empty()));
    fs::write(&file, "no database").unwrap();
    let error = PaperStore::open(room.path()).err().unwrap();
    assert!(error.message.contains("papers.db is damaged") && error.to_string().contains("import again"), "{error}");
}
