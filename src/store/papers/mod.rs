//! `papers.db`: what was imported. Papers, the digests they were seen in, the keys they are known by. Can be made again by importing
//! again; holds nothing a reader did.

mod abstracts;
mod changes;
mod import;
mod merge;
mod outline;
mod ready;
mod recognise;
mod row;

use std::cell::RefCell;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row};

pub use self::abstracts::Packer;
pub use self::import::{Added, Import, Outcome};
pub use self::outline::Outline;
pub use self::ready::{Packing, Ready};

use self::abstracts::Abstracts;
use super::folder;
use super::schema::{Opened, PAPERS};
use super::stored_key;
use crate::domain::identity::PaperKey;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::domain::text::Text;
use crate::error::Result;

/// A paper as the library holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place in this file; another one after the file was made anew.
    pub row: i64,
    /// The key it is known by. Not always `paper.key()`: two papers of one title and without ids need two keys.
    pub key: PaperKey,
    /// Unix seconds of the first import.
    pub added: i64,
    /// The library has the paper's own abstract, whether it is read into `paper` or not.
    pub has_abstract: bool,
    pub paper: Paper,
}

/// A vote count found by an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoteCount {
    /// Unix seconds of the import.
    pub at: i64,
    /// Id of the digest that told it.
    pub digest: String,
    pub votes: u32,
}

pub struct PaperStore {
    opened: Opened,
    abstracts: RefCell<Abstracts>,
}

impl PaperStore {
    /// Opens or makes the file; a folder that cannot be written gives a store that only reads. Errors: an unfit folder, a damaged file,
    /// a schema newer than this program.
    pub fn open(dir: &Path) -> Result<Self> {
        folder::prepare(dir)?;
        let _lock = folder::lock(dir);
        let opened = Opened::open(dir, &PAPERS)?;
        if !opened.read_only {
            opened.migrate()?;
        }
        Ok(Self { opened, abstracts: RefCell::default() })
    }

    pub fn is_read_only(&self) -> bool {
        self.opened.read_only
    }

    /// Begins an import. Nothing is kept before `Import::commit`.
    pub fn import(&mut self) -> Result<Import<'_>> {
        self.opened.writable()?;
        Import::begin(self)
    }

    /// The paper known by this key, now or earlier.
    pub fn get(&self, key: &PaperKey) -> Result<Option<Stored>> {
        match self.find(key)? {
            Some((row, _)) => self.get_row(row),
            None => Ok(None),
        }
    }

    pub fn get_row(&self, row: i64) -> Result<Option<Stored>> {
        self.opened.done(load(&self.opened.connection, &self.abstracts, row))
    }

    /// The key that the paper once known by this key is known by now. A title that is nobody's key leads to the one paper that has it.
    pub fn resolve(&self, key: &PaperKey) -> Result<Option<PaperKey>> {
        Ok(self.find(key)?.map(|(_, key)| key))
    }

    fn find(&self, key: &PaperKey) -> Result<Option<(i64, PaperKey)>> {
        let connection = &self.opened.connection;
        let found = match self.opened.done(row_of(connection, key))? {
            None => match key.as_str().strip_prefix("title:") {
                Some(folded) => self.opened.done(only_titled(connection, folded))?,
                None => None,
            },
            found => found,
        };
        let Some(row) = found else { return Ok(None) };
        let key = connection
            .prepare_cached("SELECT key FROM paper WHERE id = ?1")
            .and_then(|mut select| select.query_row([row], |row| row.get::<_, String>(0)));
        Ok(stored_key(&self.opened.done(key)?).map(|key| (row, key)))
    }

    /// What a list needs of every paper, in the order of rows; false ends the scan.
    pub fn each_outline(&self, visit: &mut dyn FnMut(&Outline<'_>) -> bool) -> Result<()> {
        self.scan(|connection| outline::each(connection, visit))
    }

    /// The same of the papers in these rows, in this order. A row that is gone is passed over.
    pub fn each_outline_of(&self, rows: &[i64], visit: &mut dyn FnMut(&Outline<'_>) -> bool) -> Result<()> {
        self.scan(|connection| outline::each_of(connection, rows, visit))
    }

    /// The abstract of a row as its source spells it; None when there is no such row or it has none.
    pub fn summary(&self, row: i64) -> Result<Option<Text>> {
        self.opened.done(summary(&self.opened.connection, &self.abstracts, row))
    }

    /// Several readings in one look at the file, whatever is imported meanwhile. Looks may be nested.
    pub fn at_once<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        self.opened.done(self.opened.connection.execute_batch("SAVEPOINT scan"))?;
        let _look = Look(&self.opened.connection);
        read()
    }

    fn scan(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> Result<()> {
        self.at_once(|| self.opened.done(read(&self.opened.connection)))
    }

    /// Every digest and how many papers were seen in it, latest day first.
    pub fn digests(&self) -> Result<Vec<(Digest, u32)>> {
        let all = || {
            let mut select = self.opened.connection.prepare_cached(
                "SELECT name, source, label, day, papers FROM digest WHERE papers > 0 ORDER BY day DESC, name",
            )?;
            let digests = select.query_map([], |row| Ok((digest(row)?, row.get(4)?)))?;
            digests.collect()
        };
        self.opened.done(all())
    }

    /// Vote counts as imports found them, oldest first.
    pub fn vote_history(&self, key: &PaperKey) -> Result<Vec<VoteCount>> {
        let Some((row, _)) = self.find(key)? else { return Ok(Vec::new()) };
        let all = || {
            let mut select = self.opened.connection.prepare_cached(
                "SELECT vote.at, digest.name, vote.votes FROM vote JOIN digest ON digest.id = vote.digest
                 WHERE vote.paper = ?1 ORDER BY vote.id",
            )?;
            let counts = select
                .query_map([row], |row| Ok(VoteCount { at: row.get(0)?, digest: row.get(1)?, votes: row.get(2)? }))?;
            counts.collect()
        };
        self.opened.done(all())
    }

    /// Papers held.
    pub fn count(&self) -> Result<u32> {
        self.opened.done(self.opened.connection.query_row("SELECT papers FROM tally", [], |row| row.get(0)))
    }

    /// A number that is another one after every commit that changed something, and in every file made anew.
    pub fn revision(&self) -> Result<i64> {
        // Asked before everything a reader does.
        let select = self.opened.connection.prepare_cached("SELECT revision FROM tally");
        self.opened.done(select.and_then(|mut select| select.query_row([], |row| row.get(0))))
    }

    /// Everything wrong with the file, one line each; empty when it is sound. Reads all of it.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut problems = self.opened.integrity()?;
        if problems.is_empty() {
            problems.extend(self.opened.done(miscounts(&self.opened.connection))?);
            self.scan(|connection| {
                let mut select = connection.prepare("SELECT paper, dictionary, text FROM abstract")?;
                let mut rows = select.query([])?;
                while let Some(found) = rows.next()? {
                    let packed = found.get_ref(2)?.as_blob()?;
                    if let Err(error) = self.abstracts.borrow_mut().read(connection, found.get(1)?, packed) {
                        problems.push(format!("papers.db: the abstract of row {}: {error}", found.get::<_, i64>(0)?));
                    }
                }
                Ok(())
            })?;
        }
        Ok(problems)
    }

    /// Gives unused space back to the disk.
    pub fn vacuum(&mut self) -> Result<()> {
        self.opened.vacuum()
    }
}

/// Ends a look at the file, whatever happens in it: one that never ended would show the papers of that moment for ever.
struct Look<'a>(&'a Connection);

impl Drop for Look<'_> {
    fn drop(&mut self) {
        // It only read, so there is nothing that could be lost.
        drop(self.0.execute_batch("RELEASE scan"));
    }
}

/// The row of the paper that has this key or had it.
fn row_of(connection: &Connection, key: &PaperKey) -> rusqlite::Result<Option<i64>> {
    match own_row(connection, key)? {
        None => alias(connection, key),
        found => Ok(found),
    }
}

/// The row of the paper that has this key.
fn own_row(connection: &Connection, key: &PaperKey) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT id FROM paper WHERE key = ?1";
    connection.prepare_cached(select)?.query_row([key.as_str()], |row| row.get(0)).optional()
}

fn alias(connection: &Connection, key: &PaperKey) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT paper FROM alias WHERE key = ?1";
    connection.prepare_cached(select)?.query_row([key.as_str()], |row| row.get(0)).optional()
}

/// The row of the one paper with this folded title; None when several have it.
fn only_titled(connection: &Connection, folded: &str) -> rusqlite::Result<Option<i64>> {
    let mut only = None;
    for candidate in titled(connection, row::title_hash(folded))? {
        if candidate.paper.title_key() == folded && only.replace(candidate.row).is_some() {
            return Ok(None);
        }
    }
    Ok(only)
}

/// Papers whose folded title has this hash, without abstracts and sightings.
fn titled(connection: &Connection, title_hash: i64) -> rusqlite::Result<Vec<Stored>> {
    if title_hash == 0 {
        return Ok(Vec::new());
    }
    let mut select = connection.prepare_cached(row::BY_TITLE)?;
    let rows = select.query_map([title_hash], row::read)?;
    rows.filter_map(rusqlite::Result::transpose).collect()
}

fn load(connection: &Connection, abstracts: &RefCell<Abstracts>, row: i64) -> rusqlite::Result<Option<Stored>> {
    let mut select = connection.prepare_cached(row::BY_ID)?;
    let Some(mut stored) = select.query_row([row], row::read).optional()?.flatten() else { return Ok(None) };
    stored.paper.summary = summary(connection, abstracts, row)?;
    stored.paper.sightings = sightings(connection, row)?;
    Ok(Some(stored))
}

fn summary(connection: &Connection, abstracts: &RefCell<Abstracts>, row: i64) -> rusqlite::Result<Option<Text>> {
    let mut select = connection.prepare_cached("SELECT markup, dictionary, text FROM abstract WHERE paper = ?1")?;
    let mut rows = select.query([row])?;
    let Some(found) = rows.next()? else { return Ok(None) };
    let packed = found.get_ref(2)?.as_blob()?;
    let text = abstracts.borrow_mut().read(connection, found.get(1)?, packed)?;
    Ok(Some(Text::new(text, row::markup(found.get_ref(0)?.as_str()?))))
}

fn sightings(connection: &Connection, row: i64) -> rusqlite::Result<Vec<Sighting>> {
    let mut select = connection.prepare_cached(
        "SELECT digest.name, digest.source, digest.label, digest.day, sighting.rank, sighting.votes
         FROM sighting JOIN digest ON digest.id = sighting.digest WHERE sighting.paper = ?1
         ORDER BY digest.day, digest.name",
    )?;
    let rows =
        select.query_map([row], |row| Ok(Sighting { digest: digest(row)?, rank: row.get(4)?, votes: row.get(5)? }))?;
    rows.collect()
}

/// From a row that begins with name, source, label, day.
fn digest(row: &Row<'_>) -> rusqlite::Result<Digest> {
    Ok(Digest { id: row.get(0)?, source: row.get(1)?, label: row.get(2)?, day: row::date(row.get(3)?) })
}

/// Counts that are kept and do not agree with what they count, and keys that are none.
fn miscounts(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut problems = Vec::new();
    let wrong = "SELECT (SELECT papers FROM tally) <> (SELECT count(*) FROM paper)";
    if connection.query_row(wrong, [], |row| row.get(0))? {
        problems.push("papers.db: the count of papers is wrong".to_owned());
    }
    let mut select = connection.prepare(
        "SELECT name FROM digest
         WHERE papers <> (SELECT count(*) FROM sighting WHERE sighting.digest = digest.id)",
    )?;
    for name in select.query_map([], |row| row.get::<_, String>(0))? {
        problems.push(format!("papers.db: the count of papers of digest {} is wrong", name?));
    }
    let mut keys = connection.prepare("SELECT key FROM paper UNION ALL SELECT key FROM alias")?;
    for key in keys.query_map([], |row| row.get::<_, String>(0))? {
        let key = key?;
        if stored_key(&key).is_none() {
            problems.push(format!("papers.db: {key} is not a key"));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests;
