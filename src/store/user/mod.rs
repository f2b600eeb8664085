//! `user.db`: what the user did. Small and precious: every change is acknowledged only when it is on the disk, can be undone, and is
//! copied to `backups/` once a day. No import writes here.

mod checksums;
mod citation;
pub(super) mod damage;
mod journal;
mod last_checkpoint;
mod left_log;
mod log;
mod parted;
mod readings;
mod state;

use std::fs::{self, File};
use std::mem;
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(super) use self::left_log::{changes_in, foreign_changes, is_saved, journal_belongs};
use jiff::Timestamp;
use jiff::civil::Date;

pub use self::citation::RecentKeys;
pub use self::journal::{Direction, JournalPosition};
pub use self::last_checkpoint::checkpoint_user_file;
pub use self::log::{LogEntry, LoggedBatch, Subjects};
pub use self::state::{StateField, UserState};
pub use super::backup::{last_backup, restore};

use self::journal::{BatchHeader, BatchOutcome};
use self::state::Fact;
use super::aside::{UnsavedChange, UnsavedChanges};
use super::database::OpenDatabase;
use super::database_file::{DatabaseFile, damaged};
use super::open_files::FileState;
use super::{backup, folder};
use crate::domain::reading::{Change, Reading};
use crate::error::{Error, Result};

/// A file of up to this many bytes is checked at every start; a larger one before the backup of the day, and after a session that did not end
/// properly.
const QUICK: u64 = 1 << 20;

const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

const STEPS: &[&str] = &[
    include_str!("../../../assets/migrations/user/0001_journal.sql"),
    include_str!("../../../assets/migrations/user/0002_given_keys.sql"),
    include_str!("../../../assets/migrations/user/0003_checksums.sql"),
];
pub(super) static USER: DatabaseFile = user_database(STEPS);

/// FULL: a commit is on the disk before it is acknowledged.
const fn user_database(steps: &'static [&'static str]) -> DatabaseFile {
    DatabaseFile {
        name: backup::FILE,
        steps,
        after_steps: checksums::compute_missing,
        tables: &["batch", "journal", "state", "citation"],
        // The reader checkpoints the log when it is idle, and every process does at its end. A checkpoint within a change makes the user
        // wait, so only a log of 32 MB causes one.
        settings: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;
                   PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 33554432;",
        progress: checksums::last_batch,
        has_commit: checksums::has_batch,
        remedy: backup::advice,
    }
}

/// What a call changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeBatch {
    /// Number in the journal; 0 when nothing was written.
    pub id: i64,
    /// The changes made, to be applied to a state in memory.
    pub changed: Vec<Change>,
}

/// What a batch changed, as far as it is kept in memory.
#[derive(Default)]
struct NewFacts {
    facts: Vec<Fact>,
    more: usize,
}

impl NewFacts {
    fn add(&mut self, fact: &Fact) {
        if self.facts.len() < UnsavedChanges::MOST {
            self.facts.push(fact.clone());
        } else {
            self.more += 1;
        }
    }
}

/// None when the batch was cancelled.
fn number_of(outcome: BatchOutcome) -> Option<i64> {
    match outcome {
        BatchOutcome::Written(id) => Some(id),
        BatchOutcome::Unchanged => Some(0),
        BatchOutcome::Cancelled => None,
    }
}

pub struct UserStore {
    database: OpenDatabase,
    device: String,
    /// A write failed with an I/O error: what the file holds is uncertain until it is reopened and checked.
    must_reopen: bool,
    /// Why today's backup could not be made.
    backup_failure: Option<Error>,
    /// There was no file, or one that held nothing.
    is_new: bool,
    /// How often it was reopened.
    reopened: i64,
    /// Something was written since `take_written` was called last.
    written: bool,
    /// The day whose backup was made, was not due or failed.
    day: Date,
    /// Held while the file is open, so that no backup is restored meanwhile.
    in_use: Option<File>,
    /// Changes that may be in the log alone.
    unsaved: UnsavedChanges,
    /// That other contents were opened in the place of those that were open.
    replacement: Option<Error>,
}

/// What opening or reopening the file gives.
struct Opened {
    database: OpenDatabase,
    in_use: Option<File>,
    backup_failure: Option<Error>,
    is_new: bool,
}

/// Opens or creates the file in a folder, marks it as open, checks it and brings it up to date. A full disk must not prevent reading: why
/// the backup of the day failed is no error here.
fn open_database(dir: &Path, file: &'static DatabaseFile, today: Date) -> Result<Opened> {
    folder::prepare(dir)?;
    folder::expect_regular(&folder::lock_path(dir))?;
    let is_open_elsewhere = matches!(folder::lock_out(dir), Ok(None));
    // First: a restore that waits for the other lock has this one.
    let in_use = folder::mark_open(dir);
    let lock = folder::lock(dir);
    let path = dir.join(file.name);
    if !path.exists() && backup::exists(dir) {
        return Err(Error::data(format!("{} is missing, and there are backups of it", path.display()))
            .hint(format!("{}; to start with an empty one, move the backups away", backup::advice(dir))));
    }
    // A log beside a file that others have open is theirs, and none of a session that did not end properly.
    let left_open = !is_open_elsewhere && folder::has_bytes(&folder::beside(&path, "-wal"));
    let is_empty = !folder::has_bytes(&path);
    let mut database = OpenDatabase::open(dir, file)?;
    let is_new = is_empty || database.known_version()? == 0;
    if lock.is_some() && !database.is_read_only() {
        backup::remove_abandoned(dir);
    }
    let brought = if database.is_read_only() { Ok(None) } else { bring_up_to_date(&database, today, left_open) };
    // A log is not written into a file that does not become sound by it.
    let backup_failure = brought.inspect_err(|_| database.leave_log())?;
    database.guard_contents();
    Ok(Opened { database, in_use, backup_failure, is_new })
}

/// Returns why the backup of the day failed, when it did.
fn bring_up_to_date(database: &OpenDatabase, today: Date, left_open: bool) -> Result<Option<Error>> {
    let version = database.known_version()?;
    if version == 0 {
        if backup::exists(&database.dir) {
            return Err(damaged(&database.dir, database.file, "it holds nothing, and there are backups of it"));
        }
        return database.migrate().map(|()| None);
    }
    let small = fs::metadata(database.path()).is_ok_and(|found| found.len() <= QUICK);
    let copy_due = backup::is_due(&database.dir, today) && has_history(database)?;
    if left_open || small || copy_due {
        database.quick_check()?;
    }
    if version < database.file.latest_version() {
        backup::make_before_step(database, version)?;
        database.migrate()?;
    }
    if copy_due {
        return Ok(backup::make_daily(database, today).err());
    }
    Ok(None)
}

fn has_history(database: &OpenDatabase) -> Result<bool> {
    let any = "SELECT EXISTS (SELECT 1 FROM batch)";
    database.explain(database.connection.query_row(any, [], |row| row.get(0)))
}

fn today() -> Date {
    let now = Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH);
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

impl UserStore {
    /// Opens or creates the file. `device` names this machine in the journal. In a folder that cannot be written the store is read-only.
    ///
    /// # Errors
    /// An unfit folder, a damaged file or a missing one (the hint names the backup to restore), a schema newer than this program.
    pub fn open(dir: &Path, device: &str) -> Result<Self> {
        Self::open_on(dir, device, &USER, today())
    }

    fn open_on(dir: &Path, device: &str, file: &'static DatabaseFile, today: Date) -> Result<Self> {
        parted::await_log(dir, &dir.join(file.name))?;
        let Opened { database, in_use, backup_failure, is_new } = open_database(dir, file, today)?;
        let device = device.to_owned();
        let (must_reopen, reopened, written, day) = (false, 0, false, today);
        let (unsaved, replacement) = (UnsavedChanges::default(), None);
        Ok(Self {
            database,
            device,
            must_reopen,
            backup_failure,
            is_new,
            reopened,
            written,
            day,
            in_use,
            unsaved,
            replacement,
        })
    }

    /// Whether anything was ever changed.
    pub fn has_history(&self) -> Result<bool> {
        has_history(&self.database)
    }

    /// Whether the file was missing or empty when it was opened.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Makes the backup of the day where the file has been open since an earlier day. Call it once a change is done: it copies the file.
    ///
    /// # Errors
    /// System when it cannot be made; it is not tried again on this day.
    pub fn back_up_daily(&mut self) -> Result<()> {
        self.back_up_on(today())
    }

    fn back_up_on(&mut self, today: Date) -> Result<()> {
        if self.database.is_read_only() || mem::replace(&mut self.day, today) == today {
            return Ok(());
        }
        self.backup_failure = None;
        let _lock = folder::lock(&self.database.dir);
        if backup::is_due(&self.database.dir, today) && has_history(&self.database)? {
            self.backup_failure = backup::make_daily(&self.database, today).err();
        }
        self.backup_failure().map_or(Ok(()), |why| Err(Error::system(why)))
    }

    /// Why today's backup could not be made, and when the last sound one was made; None when it was made or nothing was due.
    pub fn backup_failure(&self) -> Option<String> {
        let error = self.backup_failure.as_ref()?;
        Some(format!("today's backup of user.db failed: {error}; {}", backup::last_in_words(&self.database.dir)))
    }

    pub fn is_read_only(&self) -> bool {
        self.database.is_read_only()
    }

    /// Why nothing can be written; None when it can.
    pub fn refusal(&self) -> Option<&Error> {
        self.database.refusal.as_ref()
    }

    /// Saved views and digests, as the journal adds up.
    pub fn state(&self) -> Result<UserState> {
        let mut state = UserState::default();
        for fact in self.database.explain(readings::other_facts(&self.database.connection))? {
            if let Some(change) = fact.change() {
                state.apply(&change);
            }
        }
        Ok(state)
    }

    /// The reading state under a key; the initial one where there is none. A key may be an alias by now: `PaperStore::resolve` gives the
    /// present one.
    pub fn reading(&self, subject: &str) -> Result<Reading> {
        self.database.explain(readings::of(&self.database.connection, subject))
    }

    /// Every field of every reading state: key and field, sorted by key. Takes about a microsecond a field.
    pub fn each_field(&self, visit: &mut dyn FnMut(&str, StateField<'_>)) -> Result<()> {
        self.database.explain(readings::each(&self.database.connection, visit))
    }

    /// Every note: the key that it is stored under, and the note.
    pub fn each_note(&self, visit: &mut dyn FnMut(&str, &str)) -> Result<()> {
        self.database.explain(readings::each_note(&self.database.connection, visit))
    }

    /// Several reads of the same state of the file, whatever other processes write meanwhile. Calls may be nested.
    pub fn at_once<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        self.database.at_once(read)
    }

    /// Where the journal ends.
    pub fn position(&self) -> Result<JournalPosition> {
        self.database.explain(journal::position(&self.database.connection))
    }

    /// Where the journal ends after a batch that follows directly on `before`; None when others were written between.
    pub fn position_after(&self, before: &JournalPosition, batch: i64) -> Result<Option<JournalPosition>> {
        match *before != JournalPosition::UNKNOWN && batch == before.batch + 1 {
            true => self.database.explain(journal::position_at(&self.database.connection, batch)),
            false => Ok(None),
        }
    }

    /// The keys of papers, views and digests that were changed after a position. None when there are more than `most`, or this journal was
    /// never at that position.
    pub fn changed_since(&self, position: &JournalPosition, most: usize) -> Result<Option<Vec<String>>> {
        self.database.explain(journal::changed_since(&self.database.connection, position, most))
    }

    /// Makes changes, all or none, as one batch that is on the disk when this returns. Changes to what is already so are left out.
    /// `label` is the batch's name for undo and the log, `at` its time in unix milliseconds.
    pub fn apply(&mut self, changes: &[Change], label: &str, at: i64) -> Result<ChangeBatch> {
        let mut changed = Vec::new();
        let facts = changes.iter().cloned().map(Some);
        let id = self.write(&mut facts.into_iter(), (label, at), &mut |change| changed.push(change))?;
        Ok(ChangeBatch { id: id.unwrap_or_default(), changed })
    }

    /// The same, one change after another, of which there may be millions: None in place of a change cancels the batch, of which nothing is
    /// kept then. `changed` gets every change that made a difference; what it got counts only when this returns Ok.
    ///
    /// Returns the number of the batch in the journal; 0 when nothing was written, None when it was cancelled.
    pub fn write(
        &mut self,
        changes: &mut dyn Iterator<Item = Option<Change>>,
        (label, at): (&str, i64),
        changed: &mut dyn FnMut(Change),
    ) -> Result<Option<i64>> {
        self.prepare_write()?;
        let header = BatchHeader { at, device: &self.device, label, undoes: None };
        let mut facts = changes.map(|change| change.as_ref().map(Fact::of));
        let mut new = NewFacts::default();
        let mut written = |fact: &Fact| {
            new.add(fact);
            fact.change().into_iter().for_each(&mut *changed);
        };
        let outcome =
            self.note_failure(journal::append(&self.database.connection, &header, &mut facts, &mut written))?;
        self.note_written((at, label), new)?;
        Ok(number_of(outcome))
    }

    /// Called after every commit of changes.
    fn note_written(&mut self, (at, label): (i64, &str), new: NewFacts) -> Result<()> {
        self.database.note_commit();
        self.expect_still_at_path()?;
        let change =
            |Fact { subject, field, value }| UnsavedChange { at, label: label.to_owned(), subject, field, value };
        self.unsaved.add(new.facts.into_iter().map(change).collect(), new.more);
        if self.unsaved.more > 0 && self.checkpoint()? {
            self.unsaved.clear();
        }
        Ok(())
    }

    /// What undo, or redo, would reverse: its label and how many entries of the journal it has. None when there is none.
    pub fn next_reversal(&self, direction: Direction) -> Result<Option<(String, usize)>> {
        let connection = &self.database.connection;
        let next = self.database.explain(journal::next(connection, direction))?;
        next.map(|(batch, label)| Ok((label, self.database.explain(journal::count(connection, batch))?))).transpose()
    }

    /// Undoes the newest change in force, of this session or an earlier one, or redoes what was undone last. Returns its label and the number
    /// of the batch as `write` does; None when nothing was done, or undone, or something was changed since. `proceed` is asked before each
    /// entry; false cancels.
    pub fn reverse(
        &mut self,
        direction: Direction,
        at: i64,
        proceed: &mut dyn FnMut() -> bool,
        changed: &mut dyn FnMut(Change),
    ) -> Result<Option<(String, Option<i64>)>> {
        self.prepare_write()?;
        let mut new = NewFacts::default();
        let mut written = |fact: &Fact| {
            new.add(fact);
            fact.change().into_iter().for_each(&mut *changed);
        };
        let (connection, device) = (&self.database.connection, self.device.as_str());
        let reversal =
            self.note_failure(journal::reverse(connection, direction, (at, device), proceed, &mut written))?;
        self.note_written((at, reversal.as_ref().map_or("", |(label, _)| label)), new)?;
        Ok(reversal.map(|(label, outcome)| (label, number_of(outcome))))
    }

    /// Whether something was written since the last call: it is in the log, and `checkpoint` brings it into the file.
    pub fn take_written(&mut self) -> bool {
        mem::take(&mut self.written)
    }

    /// Writes the log into `user.db`, so that a copy of that file alone holds everything. False when a part of the log remains, because
    /// another process reads or writes at this moment.
    pub fn checkpoint(&mut self) -> Result<bool> {
        self.prepare_write()?;
        self.database.checkpoint()
    }

    /// A number that changes when another process (or another store) has written since the last call, or other contents are at the path,
    /// which are opened; `take_replacement` tells. Where that fails the next write tells why.
    pub fn data_version(&mut self) -> Result<i64> {
        if matches!(self.database.file_state(), FileState::Replaced | FileState::Overwritten | FileState::LogRemoved) {
            drop(self.expect_at_path());
        }
        let version = self.database.connection.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0));
        Ok(self.database.explain(version)?.wrapping_add(self.reopened << 32))
    }

    /// Everything that is wrong with the file, one line each; empty when it is sound.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut problems = self.database.integrity()?;
        let connection = &self.database.connection;
        problems.extend(self.database.explain(damage::of(connection))?);
        let mut unknown = |fact: &Fact| {
            if fact.change().is_none() {
                problems.push(format!("unknown field {} of {}", fact.field, fact.subject));
            }
        };
        self.database.explain(journal::each_fact(connection, &mut unknown))?;
        problems.extend(self.backup_failure());
        if self.backup_failure.is_none() && has_history(&self.database)? && !backup::exists(&self.database.dir) {
            problems.push("there is no backup of user.db yet".to_owned());
        }
        Ok(problems)
    }

    /// Copies everything into a file of the same name in another folder, whatever others write meanwhile.
    pub fn copy_to(&self, folder: &Path) -> Result<()> {
        self.database.copy_pages_to(folder)
    }

    /// Returns unused space to the file system.
    pub fn vacuum(&mut self) -> Result<()> {
        self.prepare_write()?;
        self.database.vacuum()
    }

    /// That another program put other contents in the place of those that were open, which are open now; once.
    pub fn take_replacement(&mut self) -> Option<Error> {
        self.replacement.take()
    }

    /// Called before every write: the file is writable, is the one at its path and, after a write that failed, reopened and checked.
    fn prepare_write(&mut self) -> Result<()> {
        self.database.expect_writable()?;
        self.expect_at_path()?;
        if !self.unsaved.is_empty() && self.database.is_log_saved() {
            self.unsaved.clear();
        }
        if self.must_reopen {
            self.reopen()?;
        }
        let dir = &self.database.dir;
        if self.in_use.as_ref().is_some_and(|mark| !folder::marks(mark, dir)) {
            self.in_use = folder::mark_open(dir);
        }
        Ok(())
    }

    fn reopen(&mut self) -> Result<()> {
        let again = open_database(&self.database.dir, self.database.file, today())?;
        again.database.expect_writable()?;
        again.database.quick_check()?;
        self.database = again.database;
        self.in_use = again.in_use;
        self.backup_failure = again.backup_failure;
        self.must_reopen = false;
        self.reopened += 1;
        Ok(())
    }

    fn note_failure<T>(&mut self, result: rusqlite::Result<T>) -> Result<T> {
        self.written = true;
        result.map_err(|error| {
            self.must_reopen |= error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure);
            self.database.explain_error(error)
        })
    }
}

impl Drop for UserStore {
    /// SQLite does this by itself when the last process closes the file, and not while another has it open.
    fn drop(&mut self) {
        if !self.database.is_read_only() && self.database.file_state() == FileState::Unchanged {
            last_checkpoint::checkpoint_at_last(&self.database.connection);
        }
    }
}

/// Whether opening the file would begin an empty one.
pub fn lacks_user_file(dir: &Path) -> bool {
    !folder::has_bytes(&dir.join(USER.name)) && !backup::exists(dir)
}

#[cfg(test)]
mod tests;
