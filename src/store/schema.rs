//! Opening a database file: settings, schema steps, read-only folders, newer schemas, damage, and what SQLite's errors mean to a person.
//! It knows no table.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error as SqlError, ErrorCode, OpenFlags};

use super::{backup, folder};
use crate::error::{Error, IoContext, Result};

/// One of the two database files, and what distinguishes it from the other.
pub(super) struct Database {
    pub(super) name: &'static str,
    /// Step n leads from schema version n to n + 1. A released step is never edited.
    pub(super) steps: &'static [&'static str],
    settings: &'static str,
    /// What to do when the file in this folder is damaged.
    remedy: fn(&Path) -> String,
}

pub(super) const USER_STEPS: &[&str] = &[include_str!("../../assets/migrations/user/0001_journal.sql")];
pub(super) const PAPERS_STEPS: &[&str] = &[
    include_str!("../../assets/migrations/papers/0001_papers.sql"),
    include_str!("../../assets/migrations/papers/0002_touched.sql"),
    include_str!("../../assets/migrations/papers/0003_unused_index.sql"),
];

/// FULL: a commit is on the disk before it is acknowledged.
pub(super) static USER: Database = Database::user(USER_STEPS);

/// NORMAL: a power cut may take the last imports, which can be made again; it cannot damage the file.
pub(super) static PAPERS: Database = Database {
    name: "papers.db",
    steps: PAPERS_STEPS,
    settings: "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
               PRAGMA mmap_size = 2147418112; PRAGMA journal_size_limit = 67108864;",
    remedy: |dir| {
        let file = dir.join("papers.db");
        format!("move {} away and import again; what you did with the papers is kept elsewhere", file.display())
    },
};

impl Database {
    pub(super) const fn user(steps: &'static [&'static str]) -> Self {
        Self {
            name: "user.db",
            steps,
            settings: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;",
            remedy: backup::advice,
        }
    }

    fn latest(&self) -> i64 {
        self.steps.len() as i64
    }
}

const BUSY: Duration = Duration::from_secs(10);
/// Before anything of the file is trusted.
const GUARDS: &str = "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;";

/// A connection and where it leads.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) dir: PathBuf,
    pub(super) database: &'static Database,
    pub(super) read_only: bool,
}

impl Opened {
    /// Opens the file of a prepared folder, making it when it is missing. A folder that cannot be written gives a connection that
    /// cannot write. The schema may still be an older one: see `migrate`.
    pub(super) fn open(dir: &Path, database: &'static Database) -> Result<Self> {
        let path = dir.join(database.name);
        match folder::make_private_file(&path) {
            Ok(()) => {}
            Err(error) if cannot_write(error.kind()) => return Self::open_read_only(dir, database),
            Err(error) => return Err(error).at("make", &path),
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let found = Connection::open_with_flags(&path, flags).and_then(|connection| {
            guard(&connection)?;
            // A log cannot be read where its index cannot be written, so this is the first thing a closed folder refuses.
            let version = version(&connection)?;
            Ok((connection, version))
        });
        let (connection, version) = match found {
            Err(error) if is_read_only(&error) => return Self::open_read_only(dir, database),
            other => other.map_err(|error| failed(dir, database, &error))?,
        };
        let opened = Self { connection, dir: dir.to_owned(), database, read_only: false };
        // Before any setting could change a file that only a newer program understands.
        opened.check_known(version)?;
        match opened.connection.execute_batch(database.settings) {
            Ok(()) if opened.connection.is_readonly("main").unwrap_or(false) => Self::open_read_only(dir, database),
            Ok(()) => {
                opened.done(opened.without_log())?;
                Ok(opened)
            }
            Err(error) if is_read_only(&error) => Self::open_read_only(dir, database),
            Err(error) => Err(opened.failed(&error)),
        }
    }

    /// A file system that cannot share memory leaves the rollback journal, which needs one sync more to be as safe as the log.
    fn without_log(&self) -> rusqlite::Result<()> {
        let mode: String = self.connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        match mode.as_str() {
            "wal" => Ok(()),
            _ => self.connection.execute_batch("PRAGMA synchronous = EXTRA"),
        }
    }

    /// Opens for reading what lies in a folder that cannot be written. No file at all reads as an empty one.
    pub(super) fn open_read_only(dir: &Path, database: &'static Database) -> Result<Self> {
        let path = dir.join(database.name);
        let opened = |connection| Self { connection, dir: dir.to_owned(), database, read_only: true };
        // Not `exists`: a file that may not be looked at is not a file that is not there.
        let there = path.try_exists().at("look at", &path)?;
        if !there {
            let memory = Connection::open_in_memory().map_err(|error| failed(dir, database, &error))?;
            let empty = opened(memory);
            empty.migrate()?;
            empty.done(empty.connection.execute_batch("PRAGMA query_only = ON"))?;
            return Ok(empty);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let readable = |connection: Connection| {
            guard(&connection)?;
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        };
        let direct = Connection::open_with_flags(&path, flags).and_then(readable);
        let connection = match direct {
            Err(error) if is_read_only(&error) && !folder::has_bytes(&folder::beside(&path, "-wal")) => {
                // Nobody can write here and no log is left, so the file will not change and needs no lock.
                Connection::open_with_flags(immutable(&path), flags | OpenFlags::SQLITE_OPEN_URI).and_then(readable)
            }
            Err(error) if is_read_only(&error) => {
                return Err(Error::system(format!(
                    "{} was not closed and its folder cannot be written",
                    path.display()
                ))
                .hint("make the folder writable once, or copy the folder and open the copy with --dir"));
            }
            other => other,
        };
        let opened = opened(connection.map_err(|error| failed(dir, database, &error))?);
        match opened.known_version()? {
            version if version == database.latest() => Ok(opened),
            version => Err(Error::system(format!(
                "{} has the older schema version {version} and its folder cannot be written",
                path.display()
            ))
            .hint("make the folder writable once, so that the file can be brought up to date")),
        }
    }

    /// Brings the schema up to date, all steps in one transaction.
    pub(super) fn migrate(&self) -> Result<()> {
        if self.known_version()? == self.database.latest() {
            return Ok(());
        }
        self.done(self.run_steps())
    }

    fn run_steps(&self) -> rusqlite::Result<()> {
        let transaction = Write::begin(&self.connection)?;
        let from = usize::try_from(version(&self.connection)?).unwrap_or_default();
        for step in self.database.steps.iter().skip(from) {
            self.connection.execute_batch(step)?;
        }
        self.connection.pragma_update(None, "user_version", self.database.latest())?;
        transaction.commit()?;
        // The tables are in the file itself from now on: without its log it is an old library, not an empty one.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// The file's schema version; an error when this program does not know it.
    pub(super) fn known_version(&self) -> Result<i64> {
        let version = self.done(version(&self.connection))?;
        self.check_known(version)?;
        Ok(version)
    }

    fn check_known(&self, version: i64) -> Result<()> {
        let latest = self.database.latest();
        if (0..=latest).contains(&version) {
            return Ok(());
        }
        let path = self.dir.join(self.database.name);
        Err(Error::data(format!(
            "{} has schema version {version}, and this program knows versions up to {latest}",
            path.display()
        ))
        .hint("use a newer tsundoku; the file was left as it is"))
    }

    /// An error when this connection cannot write.
    pub(super) fn writable(&self) -> Result<()> {
        if self.read_only {
            let path = self.dir.join(self.database.name);
            return Err(Error::system(format!("{} is open for reading only", path.display()))
                .hint("make its folder writable and start again"));
        }
        Ok(())
    }

    /// First damage that a quick look finds.
    pub(super) fn quick_check(&self) -> Result<()> {
        let found = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        match self.done(found)?.as_str() {
            "ok" => Ok(()),
            detail => Err(damaged(&self.dir, self.database, detail)),
        }
    }

    /// Everything SQLite itself finds wrong with the file.
    pub(super) fn integrity(&self) -> Result<Vec<String>> {
        self.done(self.integrity_lines())
    }

    fn integrity_lines(&self) -> rusqlite::Result<Vec<String>> {
        let name = self.database.name;
        let mut check = self.connection.prepare("PRAGMA integrity_check")?;
        let lines = check.query_map([], |row| row.get::<_, String>(0))?;
        let mut problems: Vec<String> =
            lines.filter(|line| !matches!(line.as_deref(), Ok("ok"))).collect::<rusqlite::Result<_>>()?;
        let mut orphans = self.connection.prepare("PRAGMA foreign_key_check")?;
        let tables = orphans.query_map([], |row| row.get::<_, String>(0))?;
        for table in tables {
            problems.push(format!("a row of {} refers to nothing", table?));
        }
        Ok(problems.into_iter().map(|problem| format!("{name}: {problem}")).collect())
    }

    pub(super) fn vacuum(&self) -> Result<()> {
        self.writable()?;
        self.done(self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);"))
    }

    /// A result of SQLite's with its error in this house's words.
    pub(super) fn done<T>(&self, result: rusqlite::Result<T>) -> Result<T> {
        result.map_err(|error| self.failed(&error))
    }

    pub(super) fn failed(&self, error: &SqlError) -> Error {
        failed(&self.dir, self.database, error)
    }
}

/// A transaction that takes the write lock at its start (a read that turns into a write cannot wait for others) and is rolled back
/// unless it is committed.
pub(super) struct Write<'c> {
    connection: &'c Connection,
}

impl<'c> Write<'c> {
    pub(super) fn begin(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { connection })
    }

    pub(super) fn commit(self) -> rusqlite::Result<()> {
        self.connection.execute_batch("COMMIT")
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        roll_back(self.connection);
    }
}

/// Ends a transaction that is still open. What fails here leaves a connection that refuses the next BEGIN, so nothing is hidden.
pub(super) fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        drop(connection.execute_batch("ROLLBACK"));
    }
}

fn guard(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(48);
    connection.execute_batch(GUARDS)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// The file as an address that promises SQLite nobody writes to it.
fn immutable(path: &Path) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => address.push(char::from(*byte)),
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address + "?immutable=1"
}

fn cannot_write(kind: std::io::ErrorKind) -> bool {
    matches!(kind, std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem)
}

fn is_read_only(error: &SqlError) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied))
}

fn failed(dir: &Path, database: &'static Database, error: &SqlError) -> Error {
    let path = dir.join(database.name);
    let path = path.display();
    // A value that is not what was written into its column.
    if matches!(
        error,
        SqlError::FromSqlConversionFailure(..)
            | SqlError::IntegralValueOutOfRange(..)
            | SqlError::InvalidColumnType(..)
            | SqlError::Utf8Error(..)
    ) {
        return damaged(dir, database, &error.to_string());
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(dir, database, &error.to_string()),
        Some(ErrorCode::DiskFull) => Error::system(format!("no room on the disk for {path}"))
            .hint("free some space and do it again; what was saved before is safe"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::system(format!("another tsundoku is writing to {path}")).hint("do it again when that one is done")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Error::system(format!("cannot open or write {path}: {error}")).hint("look at the rights of its folder")
        }
        _ => Error::system(format!("cannot use {path}: {error}")),
    }
}

pub(super) fn damaged(dir: &Path, database: &'static Database, detail: &str) -> Error {
    let path = dir.join(database.name);
    Error::data(format!("{} is damaged ({detail})", path.display())).hint((database.remedy)(dir))
}
