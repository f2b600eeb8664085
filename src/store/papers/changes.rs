//! Which rows changed since a revision, so that an index can be extended without reading all papers again. What changed in a row is not
//! recorded, and old revisions are dropped once reading all papers is no more work.

use std::collections::BTreeSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

use super::checksums::{Part, checksum, checksum_of};
use crate::store::values::number;

/// How many changed rows are remembered, about two megabytes; who missed more reads all papers.
pub(super) const REMEMBERED: usize = 1 << 17;

pub(super) fn since(
    connection: &Connection,
    revision: i64,
    highest_row: i64,
    at_most: usize,
) -> rusqlite::Result<Option<Vec<i64>>> {
    if !knows(connection, revision)? {
        return Ok(None);
    }
    let mut select = connection.prepare_cached(
        "SELECT paper FROM touched WHERE revision > ?1
         UNION SELECT id FROM (SELECT id FROM paper WHERE id > ?2 ORDER BY id LIMIT ?3) ORDER BY 1 LIMIT ?3",
    )?;
    let limit = i64::try_from(at_most).unwrap_or(i64::MAX).saturating_add(1);
    let rows = select.query_map([revision, highest_row, limit], |row| row.get(0))?;
    let rows: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(Some(rows).filter(|rows| rows.len() <= at_most))
}

pub(super) fn knows(connection: &Connection, revision: i64) -> rusqlite::Result<bool> {
    let known = "SELECT ?1 BETWEEN told_since AND revision FROM tally";
    connection.prepare_cached(known)?.query_row([revision], |row| row.get(0))
}

/// Records which rows a commit changes. Runs in its transaction, after the revision was raised.
pub(super) fn record(connection: &Connection, rows: &BTreeSet<i64>, remembered: usize) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let revision: i64 = connection.query_row("SELECT revision FROM tally", [], |row| row.get(0))?;
    let mut insert =
        connection.prepare_cached("INSERT INTO touched (revision, paper, checksum) VALUES (?1, ?2, ?3)")?;
    for row in rows {
        insert.execute([revision, *row, checksum(Part::Touched, [revision, *row].map(number))])?;
    }
    let first_too_many = "SELECT revision FROM touched ORDER BY revision DESC LIMIT 1 OFFSET ?1";
    let offset = i64::try_from(remembered).unwrap_or(i64::MAX);
    let forgotten: Option<i64> =
        connection.prepare_cached(first_too_many)?.query_row([offset], |row| row.get(0)).optional()?;
    if let Some(revision) = forgotten {
        connection.execute("DELETE FROM touched WHERE revision <= ?1", params![revision])?;
        connection.execute("UPDATE tally SET told_since = max(told_since, ?1)", params![revision])?;
    }
    Ok(())
}

/// Stores the checksum of the revisions. Runs at the end of every transaction that changes them.
pub(super) fn seal(connection: &Connection) -> rusqlite::Result<()> {
    let sum = tally_checksum(connection)?;
    connection.prepare_cached("UPDATE tally SET checksum = ?1")?.execute([sum]).map(drop)
}

fn tally_checksum(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(Part::Tally.rows())?.query_row([], |row| checksum_of(Part::Tally, row, 3))
}

/// Whether the revisions or a remembered change differ from their checksums.
pub(super) fn are_damaged(connection: &Connection) -> rusqlite::Result<bool> {
    let stored: Option<i64> = connection.query_row("SELECT checksum FROM tally", [], |row| row.get(0))?;
    if stored != Some(tally_checksum(connection)?) {
        return Ok(true);
    }
    let mut select = connection.prepare("SELECT revision, paper, checksum FROM touched")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(2)? != ValueRef::Integer(checksum_of(Part::Touched, row, 2)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets all changes, under a new revision: what is derived from this file reads all of it again.
pub(super) fn begin_again(connection: &Connection) -> rusqlite::Result<()> {
    let reset = "DELETE FROM touched; UPDATE tally SET revision = revision + 1; UPDATE tally SET told_since = revision";
    connection.execute_batch(reset)?;
    seal(connection)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::domain::identity::{ArxivId, Doi};
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Digest, Paper, Sighting};
    use crate::domain::text::Text;
    use crate::store::database::OpenDatabase;
    use crate::store::folder;
    use crate::store::papers::ImportedRecord;
    use crate::store::papers::store::{PAPERS, PaperStore, STEPS};

    const ALL: usize = 1000;

    fn arxiv(number: u32) -> Paper {
        let arxiv = Some(ArxivId::parse(&format!("2503.{number:05}")).unwrap().id);
        Paper { arxiv, title: Text::new(format!("Paper of number {number}"), Markup::Tex), ..Paper::default() }
    }

    fn journal() -> Paper {
        let title = Text::new("The Journal Version", Markup::Plain);
        Paper { doi: Doi::parse("10.1000/x"), title, authors: vec!["Ann Lee".into()], ..Paper::default() }
    }

    /// Says that a paper and the journal's are one.
    fn joined(number: u32) -> Paper {
        Paper { doi: journal().doi, ..arxiv(number) }
    }

    fn add(store: &mut PaperStore, papers: &[Paper]) -> Vec<ImportedRecord> {
        let mut import = store.import().unwrap();
        let added = papers.iter().map(|paper| import.add(paper, 1).unwrap()).collect();
        import.commit().unwrap();
        added
    }

    /// A library of three papers, the third known by a DOI, and its revision.
    fn three() -> (TempDir, PaperStore, i64) {
        let room = tempfile::tempdir().unwrap();
        let mut store = PaperStore::open(room.path()).unwrap();
        add(&mut store, &[arxiv(1), arxiv(2), journal()]);
        let revision = store.revision().unwrap();
        (room, store, revision)
    }

    fn changes(store: &PaperStore, revision: i64, highest_row: i64) -> Vec<i64> {
        store.changes_since(revision, highest_row, ALL).unwrap().unwrap()
    }

    fn titles(store: &PaperStore, rows: &[i64]) -> Vec<String> {
        let mut titles = Vec::new();
        store
            .each_outline_of(rows, &mut |outline| {
                let stored = store.get_row(outline.row).unwrap().unwrap().paper;
                let seen = |seen: Sighting| (seen.digest.id, seen.rank, seen.votes);
                assert_eq!(stored.sightings.into_iter().map(seen).collect::<Vec<_>>(), outline.sightings);
                titles.push(outline.title.to_owned());
                true
            })
            .unwrap();
        titles
    }

    #[test]
    fn what_changed_is_told_and_nothing_else() {
        let (_room, mut store, first) = three();
        assert_eq!(changes(&store, first, 3), [0; 0]);
        add(&mut store, &[arxiv(1), arxiv(2)]);
        assert_eq!(changes(&store, first, 3), [0; 0], "importing again changes nothing");
        let mut abstracted = arxiv(2);
        abstracted.summary = Some(Text::new("What it is about", Markup::Tex));
        add(&mut store, &[abstracted]);
        let second = store.revision().unwrap();
        let digest = Digest { id: "hf:2025-03-12".into(), source: "hf".into(), ..Digest::default() };
        let mut seen = arxiv(1);
        seen.sightings = vec![Sighting { digest, rank: Some(1), votes: Some(5) }];
        add(&mut store, &[arxiv(4), seen.clone()]);
        let third = store.revision().unwrap();
        seen.sightings[0].votes = Some(6);
        add(&mut store, &[seen]);
        assert_eq!(changes(&store, first, 3), [1, 2, 4]);
        assert_eq!(changes(&store, second, 3), [1, 4]);
        assert_eq!(changes(&store, third, 4), [1]);
        assert_eq!(changes(&store, store.revision().unwrap(), 4), [0; 0]);
        assert_eq!(changes(&store, first, i64::MIN), [1, 2, 3, 4]);
        assert_eq!(store.changes_since(first, 3, 3).unwrap(), Some(vec![1, 2, 4]));
        assert_eq!(store.changes_since(first, 3, 2).unwrap(), None, "too many");
        for foreign in [first - 2, store.revision().unwrap() + 1, 0, -1] {
            assert_eq!(store.changes_since(foreign, 3, ALL).unwrap(), None, "{foreign}");
        }
        assert_eq!(titles(&store, &[4, 9, 1]), ["Paper of number 4", "Paper of number 1"]);
    }

    #[test]
    fn a_row_that_went_away_is_told_though_another_paper_has_it() {
        let (_room, mut store, first) = three();
        let joined = add(&mut store, &[joined(1), arxiv(5)]);
        assert_eq!((joined[0].row, joined[1].row), (1, 3), "the highest row was free again");
        assert_eq!(changes(&store, first, 3), [1, 3]);
        assert_eq!(titles(&store, &[1, 3]), ["Paper of number 1", "Paper of number 5"]);
    }

    #[test]
    fn a_row_that_came_and_changed_in_one_commit_is_not_told() {
        let (_room, mut store, first) = three();
        let mut longer = arxiv(6);
        longer.comment = Some("4 pages".into());
        add(&mut store, &[arxiv(6), longer]);
        assert_eq!(changes(&store, first, 4), [0; 0]);
        assert_eq!(changes(&store, first, 3), [4]);
        let mut import = store.import().unwrap();
        import.add(&joined(2), 1).unwrap();
        drop(import);
        assert_eq!(changes(&store, first, 4), [0; 0], "a dropped import changed nothing");
    }

    #[test]
    fn what_changed_before_anybody_told_is_not_known() {
        let room = tempfile::tempdir().unwrap();
        folder::prepare(room.path()).unwrap();
        let opened = OpenDatabase::open(room.path(), &PAPERS).unwrap();
        opened.connection.execute_batch(STEPS[0]).unwrap();
        let old = "INSERT INTO paper VALUES (1, 'arxiv:2503.00001', 0, 0, 0, 1, NULL, NULL, 'Paper of number 1', 'tex',
                                             '', '', '', '', NULL, NULL, NULL, NULL);
                   UPDATE tally SET revision = 7, papers = 1; PRAGMA user_version = 1;";
        opened.connection.execute_batch(old).unwrap();
        drop(opened);
        let mut store = PaperStore::open(room.path()).unwrap();
        assert_eq!((store.revision().unwrap(), store.check().unwrap()), (7, Vec::<String>::new()));
        let indexes = "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
        let indexes: String = store.database.connection.query_row(indexes, [], |row| row.get(0)).unwrap();
        assert_eq!(indexes, "paper_title,vote_paper,alias_paper");
        assert_eq!(store.changes_since(6, 1, ALL).unwrap(), None);
        add(&mut store, &[Paper { comment: Some("2 pages".into()), ..arxiv(1) }, arxiv(2)]);
        assert_eq!(changes(&store, 7, 1), [1, 2]);
        assert_eq!(store.changes_since(6, 1, ALL).unwrap(), None);
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let (_room, store, first) = three();
        let connection = &store.database.connection;
        let commit = |rows: &[i64], remembered: usize| {
            connection.execute("UPDATE tally SET revision = revision + 1", []).unwrap();
            record(connection, &rows.iter().copied().collect(), remembered).unwrap();
        };
        commit(&[1, 2], 4);
        commit(&[2, 3], 4);
        assert_eq!(changes(&store, first, 3), [1, 2, 3]);
        commit(&[1], 4);
        assert_eq!(store.changes_since(first, 3, ALL).unwrap(), None);
        assert_eq!(changes(&store, first + 1, 3), [1, 2, 3]);
        assert_eq!(changes(&store, first + 2, 3), [1]);
        commit(&[1, 2, 3], 2);
        assert_eq!(store.changes_since(first + 3, 3, ALL).unwrap(), None);
        assert_eq!(changes(&store, first + 4, 3), [0; 0]);
    }
}
