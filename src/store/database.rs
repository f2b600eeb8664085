//! Opening a database file: settings, schema steps, read-only folders, newer schemas, damage, transactions, and SQLite's errors in words
//! for the user. No table is named here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error as SqlError, ErrorCode, OpenFlags};

use super::folder;
use crate::error::{Error, IoContext, Result};

/// One of the two database files, and what distinguishes it from the other.
pub(super) struct DatabaseFile {
    pub(super) name: &'static str,
    /// Step n leads from schema version n to n + 1. A released step is never edited.
    pub(super) steps: &'static [&'static str],
    /// Pragmas of every connection that may write.
    pub(super) settings: &'static str,
    /// What to do when the file in this folder is damaged.
    pub(super) remedy: fn(&Path) -> String,
}

impl DatabaseFile {
    pub(super) fn latest_version(&self) -> i64 {
        self.steps.len() as i64
    }
}

const BUSY: Duration = Duration::from_secs(10);
/// Set before anything in the file is trusted.
const GUARDS: &str = "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;";

/// A connection to a database file, with its folder.
pub(super) struct OpenDatabase {
    pub(super) connection: Connection,
    pub(super) dir: PathBuf,
    pub(super) file: &'static DatabaseFile,
    pub(super) read_only: bool,
}

impl OpenDatabase {
    /// Opens the file in a prepared folder, creating it when it is missing. In a folder that cannot be written the connection is
    /// read-only. The schema may be an older one: see `migrate`.
    pub(super) fn open(dir: &Path, file: &'static DatabaseFile) -> Result<Self> {
        let path = dir.join(file.name);
        match folder::make_private_file(&path) {
            Ok(()) => {}
            Err(error) if cannot_write(error.kind()) => return Self::open_read_only(dir, file),
            Err(error) => return Err(error).at("make", &path),
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let found = Connection::open_with_flags(&path, flags).and_then(|connection| {
            guard(&connection)?;
            // In a folder that cannot be written this is the first statement that fails: the log cannot be read without its index.
            let version = version(&connection)?;
            Ok((connection, version))
        });
        let (connection, version) = match found {
            Err(error) if is_read_only(&error) => return Self::open_read_only(dir, file),
            other => other.map_err(|error| explained(dir, file, &error))?,
        };
        let opened = Self { connection, dir: dir.to_owned(), file, read_only: false };
        // Before any setting, which could change a file that only a newer program understands.
        opened.check_known(version)?;
        match opened.connection.execute_batch(file.settings) {
            Ok(()) if opened.connection.is_readonly("main").unwrap_or(false) => Self::open_read_only(dir, file),
            Ok(()) => {
                opened.explain(opened.harden_rollback_journal())?;
                Ok(opened)
            }
            Err(error) if is_read_only(&error) => Self::open_read_only(dir, file),
            Err(error) => Err(opened.explain_error(&error)),
        }
    }

    /// On a file system without shared memory SQLite stays with the rollback journal, which needs one more sync to be as safe as the log.
    fn harden_rollback_journal(&self) -> rusqlite::Result<()> {
        let mode: String = self.connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        match mode.as_str() {
            "wal" => Ok(()),
            _ => self.connection.execute_batch("PRAGMA synchronous = EXTRA"),
        }
    }

    /// Opens the file in a folder that cannot be written. A missing file reads as an empty one.
    pub(super) fn open_read_only(dir: &Path, file: &'static DatabaseFile) -> Result<Self> {
        let path = dir.join(file.name);
        let opened = |connection| Self { connection, dir: dir.to_owned(), file, read_only: true };
        // Not `exists`, which is false also for a file whose metadata may not be read.
        let there = path.try_exists().at("look at", &path)?;
        if !there {
            let memory = Connection::open_in_memory().map_err(|error| explained(dir, file, &error))?;
            let empty = opened(memory);
            empty.migrate()?;
            empty.explain(empty.connection.execute_batch("PRAGMA query_only = ON"))?;
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
                // The folder cannot be written and there is no log, so the file will not change and needs no lock.
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
        let opened = opened(connection.map_err(|error| explained(dir, file, &error))?);
        match opened.known_version()? {
            version if version == file.latest_version() => Ok(opened),
            version => Err(Error::system(format!(
                "{} has the older schema version {version} and its folder cannot be written",
                path.display()
            ))
            .hint("make the folder writable once, so that the file can be brought up to date")),
        }
    }

    /// Brings the schema up to date, all steps in one transaction.
    pub(super) fn migrate(&self) -> Result<()> {
        if self.known_version()? == self.file.latest_version() {
            return Ok(());
        }
        self.explain(self.run_steps())
    }

    fn run_steps(&self) -> rusqlite::Result<()> {
        let transaction = WriteTransaction::begin(&self.connection)?;
        let from = usize::try_from(version(&self.connection)?).unwrap_or_default();
        for step in self.file.steps.iter().skip(from) {
            self.connection.execute_batch(step)?;
        }
        self.connection.pragma_update(None, "user_version", self.file.latest_version())?;
        transaction.commit()?;
        // Writes the tables into the file itself: should its log be lost, it must not look like an empty library.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// The schema version of the file. Errors: Data when this program does not know it.
    pub(super) fn known_version(&self) -> Result<i64> {
        let version = self.explain(version(&self.connection))?;
        self.check_known(version)?;
        Ok(version)
    }

    fn check_known(&self, version: i64) -> Result<()> {
        let latest = self.file.latest_version();
        if (0..=latest).contains(&version) {
            return Ok(());
        }
        let path = self.dir.join(self.file.name);
        Err(Error::data(format!(
            "{} has schema version {version}, and this program knows versions up to {latest}",
            path.display()
        ))
        .hint("use a newer tsundoku; the file was not changed"))
    }

    /// Errors: System when this connection is read-only.
    pub(super) fn expect_writable(&self) -> Result<()> {
        if self.read_only {
            let path = self.dir.join(self.file.name);
            return Err(Error::system(format!("{} is read-only", path.display()))
                .hint("make its folder writable and start again"));
        }
        Ok(())
    }

    /// Errors: Data when a quick check finds damage.
    pub(super) fn quick_check(&self) -> Result<()> {
        let found = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        match self.explain(found)?.as_str() {
            "ok" => Ok(()),
            detail => Err(damaged(&self.dir, self.file, detail)),
        }
    }

    /// Everything that SQLite's own check finds wrong with the file, one line each.
    pub(super) fn integrity(&self) -> Result<Vec<String>> {
        self.explain(self.integrity_lines())
    }

    fn integrity_lines(&self) -> rusqlite::Result<Vec<String>> {
        let name = self.file.name;
        let mut check = self.connection.prepare("PRAGMA integrity_check")?;
        let lines = check.query_map([], |row| row.get::<_, String>(0))?;
        let mut problems: Vec<String> =
            lines.filter(|line| !matches!(line.as_deref(), Ok("ok"))).collect::<rusqlite::Result<_>>()?;
        let mut orphans = self.connection.prepare("PRAGMA foreign_key_check")?;
        let tables = orphans.query_map([], |row| row.get::<_, String>(0))?;
        for table in tables {
            problems.push(format!("a row of {} refers to a row that does not exist", table?));
        }
        Ok(problems.into_iter().map(|problem| format!("{name}: {problem}")).collect())
    }

    pub(super) fn vacuum(&self) -> Result<()> {
        self.expect_writable()?;
        self.explain(self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);"))
    }

    /// A result of SQLite with its error in words for the user.
    pub(super) fn explain<T>(&self, result: rusqlite::Result<T>) -> Result<T> {
        result.map_err(|error| self.explain_error(&error))
    }

    pub(super) fn explain_error(&self, error: &SqlError) -> Error {
        explained(&self.dir, self.file, error)
    }
}

/// A transaction that takes the write lock at its start, because one that starts as a read cannot wait for the lock. It is rolled
/// back unless it is committed.
pub(super) struct WriteTransaction<'c> {
    connection: &'c Connection,
}

impl<'c> WriteTransaction<'c> {
    pub(super) fn begin(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { connection })
    }

    pub(super) fn commit(self) -> rusqlite::Result<()> {
        self.connection.execute_batch("COMMIT")
    }
}

impl Drop for WriteTransaction<'_> {
    fn drop(&mut self) {
        roll_back(self.connection);
    }
}

/// Rolls back a transaction that is still open. A failure is not hidden: the connection then refuses the next BEGIN.
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

/// Encoded in the path of a URI: everything but these four signs, letters and digits.
const NOT_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// The file as a URI that promises SQLite that nothing writes to it.
fn immutable(path: &Path) -> String {
    format!("file:{}?immutable=1", percent_encode(path.as_os_str().as_encoded_bytes(), NOT_IN_PATH))
}

fn cannot_write(kind: std::io::ErrorKind) -> bool {
    matches!(kind, std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem)
}

fn is_read_only(error: &SqlError) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied))
}

fn explained(dir: &Path, file: &'static DatabaseFile, error: &SqlError) -> Error {
    let path = dir.join(file.name);
    let path = path.display();
    // A value of another type than was written into its column.
    if matches!(
        error,
        SqlError::FromSqlConversionFailure(..)
            | SqlError::IntegralValueOutOfRange(..)
            | SqlError::InvalidColumnType(..)
            | SqlError::Utf8Error(..)
    ) {
        return damaged(dir, file, &error.to_string());
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(dir, file, &error.to_string()),
        Some(ErrorCode::DiskFull) => Error::system(format!("cannot write {path}: no space left on device"))
            .hint("free some space and try again; what was saved before is safe"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::system(format!("another tsundoku is writing to {path}")).hint("try again when it is done")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Error::system(format!("cannot open or write {path}: {error}")).hint("check the permissions of its folder")
        }
        _ => Error::system(format!("cannot use {path}: {error}")),
    }
}

pub(super) fn damaged(dir: &Path, file: &'static DatabaseFile, detail: &str) -> Error {
    let path = dir.join(file.name);
    Error::data(format!("{} is damaged ({detail})", path.display())).hint((file.remedy)(dir))
}
