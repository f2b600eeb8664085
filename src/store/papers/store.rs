//! The store of imported papers: opening `papers.db`, and every way to read papers, digests and votes from it. Writing is `import`'s work.

use std::cell::RefCell;
use std::path::Path;
use std::thread::JoinHandle;

use rusqlite::{Connection, OptionalExtension, Row};

use super::abstracts::AbstractReader;
use super::changes;
use super::checksums::{Part, checksum_of};
use super::outline::{self, Outline};
use super::rehash;
use super::row::{self, StoredPaper};
use crate::domain::clean::Clean;
use crate::domain::identity::{PaperKey, letters_of};
use crate::domain::paper::{Digest, Sighting};
use crate::domain::text::Text;
use crate::error::Result;
use crate::store::database::OpenDatabase;
use crate::store::database_file::{DatabaseFile, Progress};
use crate::store::folder;

/// The thread that copies foreign contents into a file of their own.
pub(super) type CopyingThread = JoinHandle<Result<()>>;

pub(super) const STEPS: &[&str] = &[
    include_str!("../../../assets/migrations/papers/0001_papers.sql"),
    include_str!("../../../assets/migrations/papers/0002_touched.sql"),
    include_str!("../../../assets/migrations/papers/0003_unused_index.sql"),
    include_str!("../../../assets/migrations/papers/0004_checksums.sql"),
    include_str!("../../../assets/migrations/papers/0005_alias_paper.sql"),
    include_str!("../../../assets/migrations/papers/0006_changes.sql"),
    include_str!("../../../assets/migrations/papers/0007_ledger.sql"),
    include_str!("../../../assets/migrations/papers/0008_ledger_lists.sql"),
    include_str!("../../../assets/migrations/papers/0009_publication_status.sql"),
    include_str!("../../../assets/migrations/papers/0010_asked.sql"),
    include_str!("../../../assets/migrations/papers/0011_provenance.sql"),
    include_str!("../../../assets/migrations/papers/0012_bibtex_entry.sql"),
];

/// NORMAL: a power cut may take the last imports, which can be made again; it cannot damage the file.
pub(in crate::store) static PAPERS: DatabaseFile = DatabaseFile {
    name: "papers.db",
    steps: STEPS,
    // Checksums and hashes of millions of rows are computed by the next import, not by a start.
    after_steps: |connection| {
        rehash::begin(connection)?;
        changes::seal(connection)
    },
    tables: &["paper", "abstract", "alias", "digest", "sighting", "vote"],
    settings: "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
               PRAGMA mmap_size = 2147418112; PRAGMA journal_size_limit = 67108864;",
    progress: |connection| {
        let revision = connection.query_row("SELECT revision FROM tally", [], |row| row.get(0))?;
        Ok(Progress { commit: revision, checksum: 0 })
    },
    has_commit: |connection, commit| {
        connection.query_row("SELECT revision >= ?1 FROM tally", [commit.commit], |row| row.get(0))
    },
    remedy: |dir| {
        let file = dir.join("papers.db");
        format!("move {} away and import again; what you did with the papers is in user.db", file.display())
    },
};

/// A vote count found by an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoteCount {
    /// Unix seconds of the import.
    pub at: i64,
    /// Id of the digest that it stands in.
    pub digest: String,
    pub votes: u32,
}

pub struct PaperStore {
    pub(super) database: OpenDatabase,
    pub(super) abstracts: RefCell<AbstractReader>,
    /// The copying of foreign contents that another program wrote into the file.
    pub(super) copying: Option<CopyingThread>,
}

impl PaperStore {
    /// Whether a revision is one of this file's and the changes since then are remembered.
    pub fn knows_since(&self, revision: i64) -> Result<bool> {
        self.database.explain(changes::knows(&self.database.connection, revision))
    }

    /// The rows that were changed or removed after a revision, and those above the highest row at that time, ascending. None when there
    /// are more than `at_most`, or it is not known (the revision is another file's, or too old). `each_outline_of` reads the rows; the
    /// number of a removed row may be another paper's by now.
    pub fn changes_since(&self, revision: i64, highest_row: i64, at_most: usize) -> Result<Option<Vec<i64>>> {
        self.database.explain(changes::since(&self.database.connection, revision, highest_row, at_most))
    }

    /// Opens or makes the file; a folder that cannot be written gives a store that only reads. Errors: an unfit folder, a damaged file,
    /// a schema newer than this program.
    pub fn open(dir: &Path) -> Result<Self> {
        folder::prepare(dir)?;
        let _lock = folder::lock(dir);
        let mut database = OpenDatabase::open(dir, &PAPERS)?;
        if !database.is_read_only() {
            database.migrate()?;
        }
        database.guard_contents();
        Ok(Self { database, abstracts: RefCell::default(), copying: None })
    }

    pub fn is_read_only(&self) -> bool {
        self.database.is_read_only()
    }

    /// The paper known by this key, now or earlier.
    pub fn get(&self, key: &PaperKey) -> Result<Option<StoredPaper>> {
        match self.find(key)? {
            Some((row, _)) => self.get_row(row),
            None => Ok(None),
        }
    }

    /// The same without abstract and sightings.
    pub fn head(&self, key: &PaperKey) -> Result<Option<StoredPaper>> {
        match self.find(key)? {
            Some((row, _)) => self.database.explain(load_head(&self.database.connection, row)),
            None => Ok(None),
        }
    }

    pub fn get_row(&self, row: i64) -> Result<Option<StoredPaper>> {
        self.database.explain(load(&self.database.connection, &self.abstracts, row))
    }

    /// The key that the paper once known by this key is known by now. A title that is no paper's key leads to the one paper that has this title.
    pub fn resolve(&self, key: &PaperKey) -> Result<Option<PaperKey>> {
        Ok(self.find(key)?.map(|(_, key)| key))
    }

    fn find(&self, key: &PaperKey) -> Result<Option<(i64, PaperKey)>> {
        let connection = &self.database.connection;
        let found = match self.database.explain(row_of(connection, key))? {
            None => match key.as_str().strip_prefix("title:") {
                Some(folded) => self.database.explain(only_titled(connection, folded))?,
                None => None,
            },
            found => found,
        };
        let Some(row) = found else { return Ok(None) };
        let key = connection
            .prepare_cached("SELECT key FROM paper WHERE id = ?1")
            .and_then(|mut select| select.query_row([row], |row| row.get::<_, String>(0)));
        Ok(PaperKey::from_stored(&self.database.explain(key)?).map(|key| (row, key)))
    }

    /// What a list needs of every paper, in the order of rows; `visit` returns false to end the scan.
    pub fn each_outline(&self, visit: &mut dyn FnMut(&Outline<'_>) -> bool) -> Result<()> {
        self.scan(|connection| outline::each(connection, visit))
    }

    /// The same for the papers of these rows, in this order. A row that does not exist is skipped.
    pub fn each_outline_of(&self, rows: &[i64], visit: &mut dyn FnMut(&Outline<'_>) -> bool) -> Result<()> {
        self.scan(|connection| outline::each_of(connection, rows, visit))
    }

    /// Every key that leads to the papers of these rows (ascending): their own, their titles, and all that they had before.
    pub fn keys_of(&self, rows: &[i64]) -> Result<Vec<String>> {
        self.database.explain(keys_of(&self.database.connection, rows))
    }

    /// The abstract of a row as its source spells it; None when there is no such row or it has none.
    pub fn summary(&self, row: i64) -> Result<Option<Text>> {
        self.database.explain(summary(&self.database.connection, &self.abstracts, row))
    }

    /// Several reads of the same state of the file, whatever is imported meanwhile. Calls may be nested.
    pub fn at_once<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        self.database.at_once(read)
    }

    fn scan(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> Result<()> {
        self.at_once(|| self.database.explain(read(&self.database.connection)))
    }

    /// Every digest and how many papers were seen in it, latest day first.
    pub fn digests(&self) -> Result<Vec<(Digest, u32)>> {
        let all = || {
            let mut select = self.database.connection.prepare_cached(
                "SELECT name, source, label, day, papers FROM digest WHERE papers > 0 ORDER BY day DESC, name",
            )?;
            let digests = select.query_map([], |row| Ok((digest(row)?, row.get(4)?)))?;
            digests.collect()
        };
        self.database.explain(all())
    }

    /// Vote counts as imports found them, oldest first.
    pub fn vote_history(&self, key: &PaperKey) -> Result<Vec<VoteCount>> {
        let Some((row, _)) = self.find(key)? else { return Ok(Vec::new()) };
        let all = || {
            let mut select = self.database.connection.prepare_cached(
                "SELECT vote.at, digest.name, vote.votes FROM vote JOIN digest ON digest.id = vote.digest
                 WHERE vote.paper = ?1 ORDER BY vote.at, vote.id",
            )?;
            let counts = select
                .query_map([row], |row| Ok(VoteCount { at: row.get(0)?, digest: row.get(1)?, votes: row.get(2)? }))?;
            counts.collect()
        };
        self.database.explain(all())
    }

    /// Papers held.
    pub fn count(&self) -> Result<u32> {
        self.database.explain(self.database.connection.query_row("SELECT papers FROM tally", [], |row| row.get(0)))
    }

    /// A number that differs after every commit that changed something, and in every new file.
    pub fn revision(&self) -> Result<i64> {
        // Called before every action of the user.
        let select = self.database.connection.prepare_cached("SELECT revision FROM tally");
        self.database.explain(select.and_then(|mut select| select.query_row([], |row| row.get(0))))
    }

    /// Copies everything into a file of the same name in another folder, whatever others write meanwhile.
    pub fn copy_to(&self, folder: &Path) -> Result<()> {
        self.database.copy_pages_to(folder)
    }

    /// Returns unused space to the file system.
    pub fn vacuum(&mut self) -> Result<()> {
        self.database.vacuum()
    }
}

/// The row of the paper that has this key or had it.
pub(super) fn row_of(connection: &Connection, key: &PaperKey) -> rusqlite::Result<Option<i64>> {
    match own_row(connection, key)? {
        None => alias(connection, key),
        found => Ok(found),
    }
}

/// The row of the paper that has this key.
pub(super) fn own_row(connection: &Connection, key: &PaperKey) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT id FROM paper WHERE key = ?1";
    connection.prepare_cached(select)?.query_row([key.as_str()], |row| row.get(0)).optional()
}

pub(super) fn alias(connection: &Connection, key: &PaperKey) -> rusqlite::Result<Option<i64>> {
    let select = "SELECT paper FROM alias WHERE key = ?1";
    connection.prepare_cached(select)?.query_row([key.as_str()], |row| row.get(0)).optional()
}

/// The row of the one paper with this folded title; None when several have it. A folded title without signs may be one of a time when signs did
/// not belong to keys: where no paper has it, it is the one paper with these letters.
fn only_titled(connection: &Connection, folded: &str) -> rusqlite::Result<Option<i64>> {
    let candidates = titled(connection, row::title_hash(folded))?;
    let titles: Vec<(String, i64)> =
        candidates.iter().map(|candidate| (candidate.paper.title_key(), candidate.row)).collect();
    let exactly: Vec<i64> = titles.iter().filter(|(title, _)| title == folded).map(|(_, row)| *row).collect();
    let by_letters =
        || titles.iter().filter(|(title, _)| letters_of(title).eq(folded.chars())).map(|(_, row)| *row).collect();
    let found: Vec<i64> = if exactly.is_empty() { by_letters() } else { exactly };
    Ok(if let [only] = found.as_slice() { Some(*only) } else { None })
}

fn keys_of(connection: &Connection, rows: &[i64]) -> rusqlite::Result<Vec<String>> {
    let mut keys = Vec::new();
    for row in rows {
        let Some(stored) = load_head(connection, *row)? else { continue };
        let title = stored.paper.title_key();
        // As titles were folded before signs belonged to them.
        let letters: String = letters_of(&title).collect();
        keys.extend([title, letters].map(|title| PaperKey::title(&title).to_string()));
        keys.push(stored.key.to_string());
    }
    let mut select = connection.prepare_cached("SELECT key FROM alias WHERE paper = ?1")?;
    for row in rows {
        let former = select.query_map([row], |alias| alias.get(0))?;
        keys.extend(former.collect::<rusqlite::Result<Vec<String>>>()?);
    }
    Ok(keys)
}

/// Papers whose folded title has this hash, without abstracts and sightings.
pub(super) fn titled(connection: &Connection, title_hash: i64) -> rusqlite::Result<Vec<StoredPaper>> {
    if title_hash == 0 {
        return Ok(Vec::new());
    }
    let mut select = connection.prepare_cached(row::BY_TITLE)?;
    let rows = select.query_map([title_hash], row::read)?;
    rows.filter_map(rusqlite::Result::transpose).collect()
}

/// The rows of the papers whose folded title has this hash.
pub(super) fn rows_titled(connection: &Connection, title_hash: i64) -> rusqlite::Result<Vec<i64>> {
    if title_hash == 0 {
        return Ok(Vec::new());
    }
    let mut select = connection.prepare_cached("SELECT id FROM paper WHERE title_hash = ?1 ORDER BY id")?;
    let rows = select.query_map([title_hash], |row| row.get(0))?;
    rows.collect()
}

/// With its abstract and sightings. Errors: an abstract that cannot be read.
pub(super) fn load(
    connection: &Connection,
    abstracts: &RefCell<AbstractReader>,
    row: i64,
) -> rusqlite::Result<Option<StoredPaper>> {
    let Some(mut stored) = load_head(connection, row)? else { return Ok(None) };
    stored.paper.summary = summary(connection, abstracts, row)?;
    stored.paper.sightings = sightings(connection, row)?;
    Ok(Some(stored))
}

/// The same for an import, with the checksums, and without an abstract that cannot be read: the import may bring another one.
pub(super) fn load_known(
    connection: &Connection,
    abstracts: &RefCell<AbstractReader>,
    row: i64,
) -> rusqlite::Result<Option<StoredPaper>> {
    let Some(mut stored) = load_head(connection, row)? else { return Ok(None) };
    if let Some((sum, text)) = read_abstract(connection, abstracts, row)? {
        stored.checksums.summary = sum;
        stored.paper.summary = text.ok();
    }
    stored.paper.sightings = sightings(connection, row)?;
    Ok(Some(stored))
}

fn load_head(connection: &Connection, row: i64) -> rusqlite::Result<Option<StoredPaper>> {
    Ok(connection.prepare_cached(row::BY_ID)?.query_row([row], row::read).optional()?.flatten())
}

fn summary(connection: &Connection, abstracts: &RefCell<AbstractReader>, row: i64) -> rusqlite::Result<Option<Text>> {
    read_abstract(connection, abstracts, row)?.map(|(_, text)| text).transpose()
}

/// The checksum of the row of an abstract, and its text; None when there is none.
fn read_abstract(
    connection: &Connection,
    abstracts: &RefCell<AbstractReader>,
    row: i64,
) -> rusqlite::Result<Option<(i64, rusqlite::Result<Text>)>> {
    let select = "SELECT paper, markup, dictionary, text FROM abstract WHERE paper = ?1";
    let mut select = connection.prepare_cached(select)?;
    let mut rows = select.query([row])?;
    let Some(found) = rows.next()? else { return Ok(None) };
    let read = || {
        let packed = found.get_ref(3)?.as_blob()?;
        let text = abstracts.borrow_mut().read(connection, found.get(2)?, packed)?;
        Ok(Text::new(text, row::markup(found.get_ref(1)?.as_str()?)))
    };
    Ok(Some((checksum_of(Part::Abstract, found, 4)?, read())))
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
pub(super) fn digest(row: &Row<'_>) -> rusqlite::Result<Digest> {
    let clean = |column| Ok::<_, rusqlite::Error>(Clean::new(row.get_ref(column)?.as_str()?));
    Ok(Digest { id: row.get(0)?, source: clean(1)?, label: clean(2)?, day: row::date(row.get(3)?) })
}
