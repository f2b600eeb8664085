//! Damage of every kind is found, and is mended by importing again. Bits are flipped at random places of the whole file.

use std::path::Path;

use super::*;
use crate::domain::date::PartialDate;
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, Link, LinkKind, Paper, Sighting};
use crate::domain::text::Text;
use crate::store::papers::StoredPaper;
use crate::store::papers::tests::{add_all, arxiv, assert_sound, forget_checksums, open, room};

fn seen(day: u8, rank: u32, votes: u32) -> Sighting {
    let digest = Digest {
        id: format!("hf:2025-03-{day:02}"),
        source: "hf".into(),
        label: format!("{day} Mar 2025").into(),
        day: PartialDate::new(2025, Some(3), Some(day)),
    };
    Sighting { digest, rank: Some(rank), votes: Some(votes) }
}

fn paper(number: u32) -> Paper {
    let places: Vec<Sighting> =
        (1..=2).filter(|day| number % 3 == *day).map(|day| seen(day as u8, number, number * 7)).collect();
    Paper {
        arxiv: arxiv(&format!("2503.{number:05}")),
        version: Some(2),
        doi: crate::domain::identity::Doi::parse(&format!("10.1000/Kite.{number}")),
        title: Text::new(format!("Quiet Kites of the Kind {number}"), Markup::Tex),
        authors: vec![format!("Ann Lee{number}").as_str().into(), "Bo Li".into()],
        summary: Some(Text::new(format!("Kites fly higher by {number} of $x^2$ feet."), Markup::Tex)),
        categories: vec!["cs.LG".into(), "math.OC".into()],
        links: vec![Link { kind: LinkKind::Code, url: format!("https://example.org/{number}") }],
        comment: Some("12 pages".into()),
        sightings: places,
        ..Paper::default()
    }
}

const PAPERS: u32 = 300;

/// A library with rows in every table.
fn filled(dir: &tempfile::TempDir) -> PaperStore {
    let mut store = open(dir);
    add_all(&mut store, &(1..=PAPERS).map(paper).collect::<Vec<_>>());
    let mut later = paper(1);
    later.sightings = vec![seen(1, 2, 99)];
    add_all(&mut store, &[later]);
    for number in (2..PAPERS).step_by(2) {
        add_all(&mut store, &[Paper { keywords: vec![format!("kites{number}")], ..paper(number) }]);
    }
    store
}

fn connection(store: &PaperStore) -> &Connection {
    &store.database.connection
}

/// Everything that is read from the file.
#[derive(Debug, PartialEq)]
struct Contents {
    papers: Vec<StoredPaper>,
    outlines: Vec<String>,
    votes: Vec<String>,
    aliases: Vec<Option<PaperKey>>,
    digests: Vec<(Digest, u32)>,
    /// Since each of the revisions.
    changes: Vec<Option<Vec<i64>>>,
}

fn contents(dir: &Path, keys: &[PaperKey], last: i64) -> Result<Contents> {
    let store = PaperStore::open(dir)?;
    let (mut papers, mut outlines, mut votes, mut aliases) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    store.each_outline(&mut |outline| {
        outlines.push(format!("{outline:?}"));
        true
    })?;
    for row in 1..i64::from(PAPERS) + 3 {
        papers.extend(store.get_row(row)?);
    }
    for key in keys {
        votes.push(format!("{:?}", store.vote_history(key)?));
        aliases.push(store.resolve(key)?);
    }
    store.count()?;
    let since = |revision| store.changes_since(revision, i64::from(PAPERS), usize::MAX);
    let changes = (last - 200..=last + 1).map(since).collect::<Result<Vec<_>>>()?;
    Ok(Contents { papers, outlines, votes, aliases, digests: store.digests()?, changes })
}

/// Every key and every former key.
fn all_keys(store: &PaperStore) -> Vec<PaperKey> {
    let mut select = connection(store).prepare("SELECT key FROM paper UNION ALL SELECT key FROM alias").unwrap();
    let keys = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
    keys.map(|key| PaperKey::from_stored(&key.unwrap()).unwrap()).collect()
}

#[test]
fn a_flipped_bit_changes_nothing_or_is_found() {
    let made = room();
    let store = filled(&made);
    let (keys, last) = (all_keys(&store), store.revision().unwrap());
    assert_sound(&store);
    drop(store);
    let whole = std::fs::read(made.path().join("papers.db")).unwrap();
    let good = contents(made.path(), &keys, last).unwrap();
    let flips: usize = std::env::var("TSUNDOKU_TEST_FLIPS").ok().and_then(|flips| flips.parse().ok()).unwrap_or(150);
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut found = 0;
    for _ in 0..flips {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bit = (seed >> 20) as usize % (whole.len() * 8);
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let room = room();
        std::fs::write(room.path().join("papers.db"), &bytes).unwrap();
        if contents(room.path(), &keys, last).is_ok_and(|contents| contents == good) {
            continue;
        }
        found += 1;
        let checked = PaperStore::open(room.path()).and_then(|store| store.check());
        assert!(
            checked.is_err() || checked.is_ok_and(|problems| !problems.is_empty()),
            "byte {} bit {}",
            bit / 8,
            bit % 8
        );
    }
    assert!(found * 4 > flips, "only {found} of {flips} flips changed anything");
}

/// What `check` says after a statement.
fn after(store: &PaperStore, change: &str) -> String {
    connection(store).execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    connection(store).execute_batch(change).unwrap();
    store.check().unwrap().join("\n")
}

#[test]
fn every_changed_row_is_named() {
    for (change, told) in [
        ("UPDATE paper SET title = 'Quiet Kitet' WHERE id = 5", "1 damaged papers: arxiv:2503.00005; import"),
        (
            "UPDATE paper SET comment = categories, categories = comment WHERE id = 5",
            "1 damaged papers: arxiv:2503.00005",
        ),
        ("UPDATE paper SET venue = '' WHERE id = 5", "1 damaged papers: arxiv:2503.00005"),
        ("UPDATE abstract SET markup = 'plain' WHERE paper = 7", "1 damaged abstracts: arxiv:2503.00007"),
        ("DELETE FROM abstract WHERE paper = 7", "1 lost abstracts: arxiv:2503.00007"),
        ("UPDATE sighting SET votes = 8 WHERE paper = 2", "1 damaged places in digests: arxiv:2503.00002"),
        ("UPDATE digest SET label = 'x' WHERE id = 1", "1 damaged digests: hf:2025-03-01"),
        ("UPDATE vote SET at = 999 WHERE id = 2", "1 damaged vote counts: arxiv:2503.00002"),
        ("DELETE FROM vote WHERE id = 1", "1 lost vote counts: row 1"),
        ("UPDATE alias SET paper = 9 WHERE key = 'doi:10.1000/kite.3'", "1 damaged former keys: doi:10.1000/kite.3"),
        ("DELETE FROM alias WHERE key = 'doi:10.1000/kite.3'", "the count of former keys is wrong"),
        ("UPDATE abstract SET paper = 9000 - paper", "1 damaged"),
        ("UPDATE touched SET paper = paper + 1 WHERE paper = 8", "what is remembered of changes is damaged"),
        ("UPDATE tally SET told_since = told_since - 1", "what is remembered of changes is damaged"),
        ("UPDATE tally SET revision = revision + 1", "what is remembered of changes is damaged"),
        ("UPDATE paper SET license = 'x' WHERE id < 15", "arxiv:2503.00010 and 4 more; import"),
    ] {
        let room = room();
        let store = filled(&room);
        let said = after(&store, change);
        let is_told = told == "1 damaged" || said.contains(told);
        assert!(is_told && !said.is_empty(), "{change}: {said}");
    }
}

#[test]
fn two_rows_that_changed_places_are_found() {
    let room = room();
    let store = filled(&room);
    let swap = "CREATE TABLE two AS SELECT paper, text FROM abstract WHERE paper IN (5, 6);
                UPDATE abstract SET text = (SELECT text FROM two WHERE two.paper = 11 - abstract.paper) WHERE paper IN (5, 6);
                DROP TABLE two";
    assert!(after(&store, swap).contains("2 damaged abstracts: arxiv:2503.00005, arxiv:2503.00006;"));
}

#[test]
fn a_damaged_paper_is_replaced_when_it_is_imported_again() {
    let room = room();
    let mut store = filled(&room);
    let good = store.get_row(5).unwrap();
    after(
        &store,
        "UPDATE paper SET title = 'Quiet Kitet', authors = 'Xnn Lee4' || char(10) || 'Bo Li', categories = 'cs.LF' WHERE id = 5;
         UPDATE abstract SET text = x'00' WHERE paper = 5;
         DELETE FROM abstract WHERE paper = 6",
    );
    // A record that lacks a part of it leaves it damaged, whatever else it brings.
    let page = Paper { authors: Vec::new(), summary: None, comment: Some("13 pages".into()), ..paper(5) };
    add_all(&mut store, &[page]);
    assert!(store.check().unwrap().join(" ").contains("1 damaged papers: arxiv:2503.00005"));
    let added = add_all(&mut store, &[paper(5), paper(6)]);
    assert!(added.iter().all(|added| added.outcome == crate::store::ImportOutcome::Updated), "{added:?}");
    assert_eq!(store.get_row(5).unwrap(), good);
    assert_eq!(store.get_row(6).unwrap().unwrap().paper.summary, paper(6).summary);
    assert_sound(&store);
    let again = add_all(&mut store, &[paper(5), paper(6)]);
    assert!(again.iter().all(|added| added.outcome == crate::store::ImportOutcome::Unchanged));
}

#[test]
fn what_an_import_cannot_replace_is_removed_and_brought_back() {
    let room = room();
    let mut store = filled(&room);
    let good = (store.digests().unwrap(), store.get_row(2).unwrap());
    let said = after(
        &store,
        "UPDATE alias SET paper = 9 WHERE key = 'doi:10.1000/kite.3';
         UPDATE sighting SET votes = 8 WHERE paper = 2;
         UPDATE vote SET at = 999 WHERE id = 1;
         DELETE FROM paper WHERE id = 12;
         UPDATE tally SET papers = 299",
    );
    assert!(said.contains("refers to a row that does not exist"), "{said}");
    let done = store.mend().unwrap().join("\n");
    for told in ["1 damaged former keys", "1 damaged places", "1 damaged vote counts", "rows of papers and digests"] {
        assert!(done.contains(told), "{done}");
    }
    assert_sound(&store);
    assert_eq!(store.mend().unwrap(), Vec::<String>::new());
    let mut later = paper(1);
    later.sightings = vec![seen(1, 2, 99)];
    add_all(&mut store, &[later, paper(2), paper(3), paper(12)]);
    assert_eq!((store.digests().unwrap(), store.get_row(2).unwrap()), good);
    let doi = PaperKey::from_stored("doi:10.1000/kite.3").unwrap();
    assert_eq!(store.resolve(&doi).unwrap().unwrap().as_str(), "arxiv:2503.00003");
    assert_eq!(store.count().unwrap(), PAPERS);
    assert_sound(&store);
}

#[test]
fn a_file_from_before_there_were_checksums_gets_them() {
    for by_import in [false, true] {
        let room = room();
        let mut store = filled(&room);
        let before = sums(&store);
        assert!(before.len() > 5);
        forget_checksums(&store);
        if by_import {
            add_all(&mut store, &[paper(4)]);
        } else {
            assert_sound(&store);
        }
        assert_eq!(sums(&store), before);
        assert!(!after(&store, "UPDATE paper SET title = 'Quiet Kitet' WHERE id = 5").is_empty());
    }
}

#[test]
fn damaged_changes_are_forgotten() {
    let room = room();
    let mut store = filled(&room);
    let before = store.revision().unwrap();
    after(&store, "UPDATE touched SET paper = paper + 1 WHERE paper = 8");
    assert!(store.mend().unwrap().join(" ").contains("what was remembered of changes"));
    assert_sound(&store);
    assert_eq!(store.changes_since(before, 0, usize::MAX).unwrap(), None);
    let after = store.revision().unwrap();
    add_all(&mut store, &[Paper { keywords: vec!["kites".into()], ..paper(7) }]);
    assert_eq!(store.changes_since(after, i64::from(PAPERS), usize::MAX).unwrap(), Some(vec![7]));
}

fn sums(store: &PaperStore) -> Vec<String> {
    let all = "SELECT part || block || hex(sums) FROM checksum UNION ALL SELECT key || checksum FROM alias
               UNION ALL SELECT paper || checksum FROM sighting UNION ALL SELECT 'aliases' || aliases FROM tally";
    let mut select = connection(store).prepare(all).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

#[test]
fn checksums_of_rows_far_apart_are_kept_apart() {
    let room = room();
    let store = open(&room);
    let connection = connection(&store);
    let mut checksums = RowChecksums::default();
    // More blocks than are held in memory.
    let rows: Vec<i64> = (0..9000).map(|number| number * 200 - 600).collect();
    for row in &rows {
        checksums.set(connection, Part::Vote, *row, row + 601).unwrap();
    }
    for row in &rows {
        assert_eq!(checksums.get(connection, Part::Vote, *row).unwrap(), row + 601);
    }
    checksums.write(connection).unwrap();
    let mut blocks = connection.prepare(BLOCKS).unwrap();
    let mut stored = StoredChecksums::new(blocks.query([Part::Vote as u8]).unwrap());
    let mut read = Vec::new();
    while let Some((row, sum)) = stored.next().unwrap() {
        assert_eq!(sum, row + 601);
        read.push(row);
    }
    assert_eq!(read, rows);
}
