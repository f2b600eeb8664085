//! Opening a database file: settings, schema steps, read-only folders, newer schemas, damage, transactions, changed files.
//! No table is named here.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Error as SqlError, OpenFlags, ffi};
use tempfile::NamedTempFile;

use super::contents::{ContentsGuard, FoundContents, LOG_COUNTS};
use super::database_file::{CHECK_DISK, DatabaseFile, damaged, expect_ours, explained, is_read_failure};
use super::folder;
use super::open_files::{FileState, OpenFiles, RegisteredFiles, is_parted};
use super::ownership::{self, immutable};
use super::schema;
use super::transaction::{ReadTransaction, WriteTransaction};
use super::write_failure::{self, cannot_write, is_out_of_room, is_refused, prevents_writing, refusal_of};
use crate::error::{Error, IoContext, Result};

/// How often a file is opened that is replaced meanwhile.
const OPEN_ATTEMPTS: usize = 3;
/// Bytes in front of the frames of a log, and in front of the page in each frame.
const LOG_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
const BUSY: Duration = Duration::from_secs(10);
/// Set before anything in the file is trusted.
const GUARDS: &str = "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;";

/// A connection to a database file, with its folder.
pub(super) struct OpenDatabase {
    pub(super) connection: Connection,
    pub(super) dir: PathBuf,
    pub(super) file: &'static DatabaseFile,
    /// The error of every write; None when the file can be written.
    pub(super) refusal: Option<Error>,
    /// The files that were opened; None when they are only read.
    pub(super) opened: Option<RegisteredFiles>,
    /// None when the file is only read, and until `guard_contents`.
    guard: Option<Arc<ContentsGuard>>,
}

impl OpenDatabase {
    /// Opens the file in a prepared folder, creating it when it is missing. In a folder that cannot be written, and on a full disk, the
    /// connection is read-only. The schema may be an older one: see `migrate`.
    pub(super) fn open(dir: &Path, file: &'static DatabaseFile) -> Result<Self> {
        let path = dir.join(file.name);
        for _ in 0..OPEN_ATTEMPTS {
            if is_parted(&path) {
                return Err(Error::system(format!(
                    "the log of {} was removed or replaced while it was open",
                    path.display()
                ))
                .hint("quit and start again"));
            }
            expect_ours(dir, file, &ownership::look(&path, file.tables)?)?;
            match folder::make_private_file(&path) {
                Ok(()) => {}
                Err(error) if prevents_writing(error.kind()) => {
                    return Self::open_read_only(dir, file, error.kind());
                }
                Err(error) => return Err(error).at("create", &path),
            }
            let before = OpenFiles::at(&path);
            let mut opened = Self::open_existing(dir, file)?;
            if opened.is_read_only() {
                return Ok(opened);
            }
            let files = OpenFiles::at(&path);
            if files.has_same_database(before) {
                opened.opened = Some(RegisteredFiles::new(files));
                return Ok(opened);
            }
        }
        Err(Error::system(format!("{} was replaced each time it was opened", path.display()))
            .hint("close what replaces it, and try again"))
    }

    fn open_existing(dir: &Path, file: &'static DatabaseFile) -> Result<Self> {
        let path = dir.join(file.name);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let found = Connection::open_with_flags(&path, flags).and_then(|connection| {
            guard(&connection)?;
            // Until it is known to be ours and of a known version, its log stays as it is.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            // In a folder that cannot be written this is the first statement that fails: the log cannot be read without its index.
            let ownership = ownership::of(&connection, file.tables)?;
            let version = version(&connection)?;
            Ok((connection, ownership, version))
        });
        let (connection, ownership, version) = match found {
            Err(error) if is_refused(&error) => return Self::open_read_only(dir, file, refusal_of(&error)),
            other => other.map_err(|error| explained(dir, file, error))?,
        };
        let opened = Self { connection, dir: dir.to_owned(), file, refusal: None, opened: None, guard: None };
        // Before any setting, which could change a file that only another or a newer program understands.
        expect_ours(dir, file, &ownership)?;
        opened.check_known(version)?;
        let checkpoint = opened.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
        opened.explain(checkpoint.map(drop))?;
        match opened.connection.execute_batch(file.settings) {
            Ok(()) if opened.connection.is_readonly("main").unwrap_or(false) => {
                Self::open_read_only(dir, file, io::ErrorKind::PermissionDenied)
            }
            Ok(()) => {
                opened.explain(opened.harden_rollback_journal())?;
                // A first read, after which SQLite has all its files open.
                opened.known_version()?;
                Ok(opened)
            }
            Err(error) if is_refused(&error) => Self::open_read_only(dir, file, refusal_of(&error)),
            Err(error) => Err(opened.explain_error(error)),
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

    /// Opens the file in a folder that cannot be written, or on a full disk. A missing or empty file reads as one without papers or
    /// changes. `refused`: why it could not be opened for writing, for when a trial finds no reason any more.
    pub(super) fn open_read_only(dir: &Path, file: &'static DatabaseFile, refused: io::ErrorKind) -> Result<Self> {
        let path = dir.join(file.name);
        expect_ours(dir, file, &ownership::look(&path, file.tables)?)?;
        let why = write_failure::reason(dir, &path).unwrap_or_else(|| refused.into());
        let is_full = is_out_of_room(why.kind());
        let refusal = cannot_write(&path, why);
        let opened = |connection| {
            let refusal = Some(refusal.clone());
            Self { connection, dir: dir.to_owned(), file, refusal, opened: None, guard: None }
        };
        // Not `exists`, which is false also for a file whose metadata may not be read.
        let there = path.try_exists().at("read", &path)?;
        if !there || !folder::has_bytes(&path) {
            let memory = Connection::open_in_memory().map_err(|error| explained(dir, file, error))?;
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
        let direct = match direct {
            Err(error) if is_full && is_refused(&error) => {
                without_shared_memory(&path).and_then(readable).or(Err(error))
            }
            other => other,
        };
        let connection = match direct {
            Err(error) if is_refused(&error) && !folder::has_bytes(&folder::beside(&path, "-wal")) => {
                // The folder cannot be written and there is no log, so the file will not change and needs no lock.
                Connection::open_with_flags(immutable(&path), flags | OpenFlags::SQLITE_OPEN_URI).and_then(readable)
            }
            Err(error) if is_refused(&error) => {
                return Err(Error::system(format!(
                    "{} was not closed and its folder cannot be written",
                    path.display()
                ))
                .hint("make the folder writable once, or copy the folder and open the copy with --dir")
                .caused_by(error));
            }
            other => other,
        };
        let opened = opened(connection.map_err(|error| explained(dir, file, error))?);
        match opened.known_version()? {
            version if version == file.latest_version() => Ok(opened),
            version => Err(Error::system(format!(
                "{} has the older schema version {version} and cannot be brought up to date: {}",
                path.display(),
                refusal.message
            ))
            .hint("make it possible to write the file once")),
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
        (self.file.after_steps)(&self.connection)?;
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

    /// What became of the files that were opened. Waits for a program that is writing into them.
    pub(super) fn file_state(&self) -> FileState {
        self.file_state_where(|| if self.is_overwritten() { FoundContents::Foreign } else { FoundContents::Ours })
            .unwrap_or(FileState::Overwritten)
    }

    /// The same without waiting: None as long as another program may be writing into them.
    pub(super) fn file_state_at_once(&self) -> Option<FileState> {
        self.file_state_where(|| {
            self.guard.as_ref().map_or(FoundContents::Ours, |guard| guard.look_once(&self.connection))
        })
    }

    /// The same directly after a commit before which it was asked for.
    pub(super) fn file_state_after_commit(&self) -> FileState {
        let is_overwritten =
            || self.guard.as_ref().is_some_and(|guard| guard.is_overwritten_meanwhile(&self.connection));
        self.file_state_where(|| if is_overwritten() { FoundContents::Foreign } else { FoundContents::Ours })
            .unwrap_or(FileState::Overwritten)
    }

    fn file_state_where(&self, look: impl Fn() -> FoundContents) -> Option<FileState> {
        let Some(opened) = &self.opened else { return Some(FileState::Unchanged) };
        Some(match opened.compare(&self.path()) {
            state @ (FileState::Unchanged | FileState::LogRemoved) => match look() {
                FoundContents::Foreign => FileState::Overwritten,
                FoundContents::Unsettled => return None,
                FoundContents::Ours if state == FileState::Unchanged && self.is_log_cut() => FileState::LogRemoved,
                FoundContents::Ours => state,
            },
            state => state,
        })
    }

    /// Called once the schema is up to date: from here on contents that another program writes into the file are noticed.
    pub(super) fn guard_contents(&mut self) {
        if self.opened.is_some() {
            self.guard = ContentsGuard::new(&self.path(), self.file, &self.connection);
        }
    }

    fn is_overwritten(&self) -> bool {
        self.guard.as_ref().is_some_and(|guard| guard.is_overwritten(&self.connection))
    }

    /// Called after every commit of this connection.
    pub(super) fn note_commit(&self) {
        if let Some(guard) = &self.guard {
            guard.note_commit(&self.connection);
        }
    }

    /// Errors: Data when what is written now would be lost, because the file or its log was removed or replaced.
    pub(super) fn expect_in_place(&self) -> Result<()> {
        write_failure::expect_readable(&self.path())?;
        match self.file_state() {
            FileState::Unchanged => Ok(()),
            _ => Err(Error::data(format!("{} was removed or replaced while it was open", self.path().display()))
                .hint("start again")),
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.join(self.file.name)
    }

    /// Whether the log is shorter than what SQLite wrote into it. It would go on writing behind the gap, and nothing behind a gap is read
    /// when the file is opened again.
    fn is_log_cut(&self) -> bool {
        let ask = |pragma: &str, column: usize| {
            self.connection.prepare_cached(pragma)?.query_row([], |row| row.get::<_, u32>(column))
        };
        let (frames, page) = (ask(LOG_COUNTS, 1), ask("PRAGMA page_size", 0));
        let (Ok(frames @ 1..), Ok(page)) = (frames, page) else { return false };
        let expected = LOG_HEADER + u64::from(frames) * (FRAME_HEADER + u64::from(page));
        std::fs::metadata(folder::beside(&self.path(), "-wal")).is_ok_and(|found| found.len() < expected)
    }

    /// Puts a copy of everything that this connection reads in the place of the file. For a log that was removed: what it holds can only
    /// be read through the connections that have it open, and these must not be written to any more. The caller has the folder's lock and
    /// opens the new file.
    ///
    /// # Errors
    /// System when the log cannot be read or the copy cannot be written. The file is as it was then.
    pub(super) fn rewrite(&self) -> Result<()> {
        let path = self.path();
        // What is in the log goes into the file, so that whatever interrupts the steps below leaves a complete one.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        if self.explain(self.connection.query_row(checkpoint, [], |row| row.get::<_, bool>(0)))? {
            return Err(Error::system(format!("another tsundoku is reading {}", path.display()))
                .hint("try again when it is done"));
        }
        self.replace_by(self.copy(&self.dir)?)
    }

    /// Puts a copy of what the file in a folder holds without its log in its place, as another file. The caller has the folder's lock and opens
    /// it.
    ///
    /// # Errors
    /// Data when it is no sound file of this kind; it is as it was then.
    pub(super) fn replace_by_copy(dir: &Path, file: &'static DatabaseFile) -> Result<()> {
        let alone = Self::open_without_log(dir, file)?;
        alone.replace_by(alone.copy(dir)?)
    }

    fn replace_by(&self, fresh: NamedTempFile) -> Result<()> {
        let path = self.path();
        // A log at the path would be taken for that of the new file.
        for suffix in ["-wal", "-shm"] {
            folder::remove(&folder::beside(&path, suffix))?;
        }
        fresh.persist(&path).map_err(|error| error.error).at("write", &path)?;
        folder::sync(&self.dir).at("sync", &self.dir)
    }

    /// Copies what this connection reads, page by page, into a file of the same name in another folder. Other processes may go on writing.
    ///
    /// # Errors
    /// System when the copy cannot be written.
    pub(super) fn copy_pages_to(&self, folder: &Path) -> Result<()> {
        let path = folder.join(self.file.name);
        folder::make_private_file(&path).at("create", &path)?;
        let copied = Connection::open(&path).and_then(|mut copy| {
            let backup = Backup::new(&self.connection, &mut copy)?;
            // All in one step, so that nothing is written between.
            backup.step(-1).map(|outcome| outcome == StepResult::Done)
        });
        match copied.map_err(|error| explained(folder, self.file, error))? {
            true => Ok(()),
            false => Err(explained(&self.dir, self.file, busy())),
        }
    }

    /// A private, synced copy of the database in a folder, made through SQLite, so that the log is included.
    pub(super) fn copy(&self, folder: &Path) -> Result<NamedTempFile> {
        let fresh = folder::temporary_file(folder).at("write into", folder)?;
        let name = fresh.path().to_str().ok_or_else(|| {
            Error::system(format!("cannot make a copy in {}: its name is not Unicode", folder.display()))
        })?;
        self.explain(self.connection.execute("VACUUM INTO ?1", [name]).map(drop))?;
        let synced = folder::set_mode(fresh.path(), 0o600).and_then(|()| File::open(fresh.path())?.sync_all());
        synced.at("write", fresh.path())?;
        Ok(fresh)
    }

    /// What a file holds without its log, for reading. Errors: Data when it is no sound file of this kind.
    fn open_without_log(dir: &Path, file: &'static DatabaseFile) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(immutable(&dir.join(file.name)), flags);
        let connection = connection.map_err(|error| explained(dir, file, error))?;
        let alone = Self { connection, dir: dir.to_owned(), file, refusal: None, opened: None, guard: None };
        expect_ours(dir, file, &alone.explain(ownership::of(&alone.connection, file.tables))?)?;
        alone.known_version()?;
        alone.quick_check()?;
        Ok(alone)
    }

    /// Errors: System when this connection is read-only.
    pub(super) fn expect_writable(&self) -> Result<()> {
        self.refusal.clone().map_or(Ok(()), Err)
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.refusal.is_some()
    }

    /// Errors: Data when a quick check finds damage.
    pub(super) fn quick_check(&self) -> Result<()> {
        let found = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        match self.explain(found)?.as_str() {
            "ok" => Ok(()),
            detail if is_read_failure(detail) => {
                let path = self.dir.join(self.file.name);
                Err(Error::system(format!("cannot read {}: {detail}", path.display())).hint(CHECK_DISK))
            }
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
        problems.extend(schema::problems(&self.connection, self.file.steps)?);
        Ok(problems.into_iter().map(|problem| format!("{name}: {problem}")).collect())
    }

    /// Writes the log into the file. Waits for nothing and changes nothing that another process has read. False when a part of the log
    /// remains, because another process reads or writes at this moment.
    pub(super) fn checkpoint(&self) -> Result<bool> {
        let is_complete = self.explain(checkpoint(&self.connection))?;
        // What the file has from here on must stay there.
        self.is_overwritten();
        Ok(is_complete)
    }

    /// Keeps SQLite from writing the log into the file when this connection is closed.
    pub(super) fn leave_log(&self) {
        drop(self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true));
    }

    pub(super) fn vacuum(&self) -> Result<()> {
        self.expect_writable()?;
        let vacuumed = self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
        self.note_commit();
        self.explain(vacuumed)
    }

    /// Several reads of the same state of the file, whatever other connections write meanwhile. Calls may be nested.
    pub(super) fn at_once<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        let _transaction = self.explain(ReadTransaction::begin(&self.connection))?;
        read()
    }

    /// A result of SQLite with its error in words for the user.
    pub(super) fn explain<T>(&self, result: rusqlite::Result<T>) -> Result<T> {
        result.map_err(|error| self.explain_error(error))
    }

    pub(super) fn explain_error(&self, error: SqlError) -> Error {
        explained(&self.dir, self.file, error)
    }
}

impl Drop for OpenDatabase {
    /// At the end of the last connection SQLite writes the log into the file and removes it by its name. Beside the log of another process
    /// that would undo what it wrote, and into foreign contents the log does not belong.
    fn drop(&mut self) {
        if matches!(self.file_state(), FileState::LogReplaced | FileState::Overwritten) {
            self.leave_log();
        }
    }
}

fn guard(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(48);
    #[cfg(test)]
    step_count::count(connection)?;
    connection.execute_batch(GUARDS)
}

/// Counts the steps of SQLite's virtual machine in this thread, so that tests can tell what work grows with.
#[cfg(test)]
pub(crate) mod step_count {
    use std::cell::Cell;

    use rusqlite::Connection;

    thread_local! {
        static STEPS: Cell<u64> = const { Cell::new(0) };
    }

    /// Fewer calls than steps, so that tests stay fast.
    const COUNTED_AT_ONCE: i32 = 10;

    pub(super) fn count(connection: &Connection) -> rusqlite::Result<()> {
        let count = || {
            STEPS.set(STEPS.get() + COUNTED_AT_ONCE as u64);
            false
        };
        connection.progress_handler(COUNTED_AT_ONCE, Some(count))
    }

    /// The steps that a function takes in this thread, about.
    pub(crate) fn steps_of(run: impl FnOnce()) -> u64 {
        let before = STEPS.get();
        run();
        STEPS.get() - before
    }
}

fn busy() -> SqlError {
    SqlError::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// See `OpenDatabase::checkpoint`. PASSIVE leaves the log as it is, so that other processes do not take it for a change.
pub(super) fn checkpoint(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let (is_busy, pages, written): (bool, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(!is_busy && pages == written)
    })
}

/// Opens a file for reading where the disk is full: the index of the log is kept in private memory instead of a new file. No other
/// process can have the file open, or the shared memory would exist.
fn without_shared_memory(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON")?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_without_shared_memory() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (7)").unwrap();
        let copy = folder.path().join("copy.db");
        for suffix in ["", "-wal"] {
            std::fs::copy(folder::beside(&path, suffix), folder::beside(&copy, suffix)).unwrap();
        }
        let reader = without_shared_memory(&copy).unwrap();
        assert_eq!(reader.query_row("SELECT x FROM t", [], |row| row.get::<_, i64>(0)).unwrap(), 7);
        assert!(reader.execute_batch("INSERT INTO t VALUES (8)").is_err());
        drop(reader);
        assert!(!folder::beside(&copy, "-shm").exists() && folder::has_bytes(&folder::beside(&copy, "-wal")));
    }
}
