//! `user.db`: what a reader did. Small and precious: every change is acknowledged only when it is on the disk, can be taken back, and
//! is copied to `backups/` once a day. No import writes here.

mod journal;
mod state;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use rusqlite::Connection;

pub use self::journal::LogEntry;
pub use self::state::UserState;

use self::journal::{Direction, Entry};
use self::state::Fact;
use super::schema::{Database, Opened, USER, Write, damaged};
use super::{backup, folder, stored_key};
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Status};
use crate::error::{Error, Result};

/// A file of up to this many bytes is looked through at every start; a larger one after a session that did not end, and once a day.
const QUICK: u64 = 1 << 20;

/// What a call changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Place in the journal; 0 when nothing was written.
    pub id: i64,
    pub label: String,
    /// Papers (or views, or digests) that are different now.
    pub papers: usize,
    /// What is in force now that was not before, to lay over a state in memory.
    pub changed: Vec<Change>,
}

pub struct UserStore {
    opened: Opened,
    device: String,
    /// A write failed below SQLite: what the file holds is uncertain until it is opened and read anew.
    suspect: bool,
}

impl UserStore {
    /// Opens or makes the file. `device` names this machine in the journal. A folder that cannot be written gives a store that only
    /// reads. Errors: an unfit folder, a damaged or missing file (with the backup to restore), a schema newer than this program.
    pub fn open(dir: &Path, device: &str) -> Result<Self> {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        Self::open_on(dir, device, &USER, today)
    }

    fn open_on(dir: &Path, device: &str, database: &'static Database, today: Date) -> Result<Self> {
        folder::prepare(dir)?;
        let _lock = folder::lock(dir);
        let path = dir.join(database.name);
        if !path.exists() && backup::any(dir) {
            return Err(Error::data(format!("{} is missing, and there are backups of it", path.display()))
                .hint(format!("{}; to begin with nothing, move the backups away", backup::advice(dir))));
        }
        let left_open = folder::has_bytes(&folder::beside(&path, "-wal"));
        let opened = Opened::open(dir, database)?;
        let store = Self { opened, device: device.to_owned(), suspect: false };
        if store.opened.read_only {
            return Ok(store);
        }
        store.bring_up_to_date(today, left_open)?;
        Ok(store)
    }

    fn bring_up_to_date(&self, today: Date, left_open: bool) -> Result<()> {
        let opened = &self.opened;
        let version = opened.known_version()?;
        if version == 0 {
            if backup::any(&opened.dir) {
                return Err(damaged(&opened.dir, opened.database, "it holds nothing, and there are backups of it"));
            }
            return opened.migrate();
        }
        let small = fs::metadata(opened.dir.join(opened.database.name)).is_ok_and(|found| found.len() <= QUICK);
        let copy_due = backup::is_due(&opened.dir, today);
        if left_open || small || copy_due {
            opened.quick_check()?;
        }
        if version < opened.database.steps.len() as i64 {
            backup::make_before_step(opened, version)?;
            opened.migrate()?;
        }
        if copy_due && self.has_history()? {
            // A full disk must not keep anybody from reading; `check` tells.
            drop(backup::make_daily(opened, today));
        }
        Ok(())
    }

    fn has_history(&self) -> Result<bool> {
        let any = "SELECT EXISTS (SELECT 1 FROM batch)";
        self.opened.done(self.opened.connection.query_row(any, [], |row| row.get(0)))
    }

    pub fn is_read_only(&self) -> bool {
        self.opened.read_only
    }

    /// What the journal adds up to.
    pub fn state(&self) -> Result<UserState> {
        let mut state = UserState::default();
        for fact in self.opened.done(journal::facts(&self.opened.connection))? {
            if let Some(change) = fact.change() {
                state.lay(&change);
            }
        }
        Ok(state)
    }

    /// Makes the changes that change something, all or none, as one batch; when this returns they are on the disk. `label` is what
    /// undo and the log call it, `at` unix milliseconds.
    pub fn apply(&mut self, changes: &[Change], label: &str, at: i64) -> Result<Batch> {
        self.ready()?;
        let facts: Vec<Fact> = changes.iter().map(Fact::of).collect();
        let entry = Entry { at, device: &self.device, label, undoes: None };
        let (id, places) = self.kept(journal::append(&self.opened.connection, &entry, &facts))?;
        let subjects: HashSet<&str> =
            places.iter().filter_map(|place| facts.get(*place)).map(|fact| fact.subject.as_str()).collect();
        Ok(Batch {
            id: id.unwrap_or_default(),
            label: label.to_owned(),
            papers: subjects.len(),
            changed: places.iter().filter_map(|place| changes.get(*place).cloned()).collect(),
        })
    }

    /// Takes the newest change in force back, in this session or an earlier one. None when there is none.
    pub fn undo(&mut self, at: i64) -> Result<Option<Batch>> {
        self.reverse(Direction::Undo, at)
    }

    /// Takes the newest undo back. None when there is none, or something was changed since.
    pub fn redo(&mut self, at: i64) -> Result<Option<Batch>> {
        self.reverse(Direction::Redo, at)
    }

    fn reverse(&mut self, direction: Direction, at: i64) -> Result<Option<Batch>> {
        self.ready()?;
        let reversal = self.kept(journal::reverse(&self.opened.connection, direction, at, &self.device))?;
        Ok(reversal.map(|reversal| {
            let subjects: HashSet<&str> = reversal.restored.iter().map(|fact| fact.subject.as_str()).collect();
            Batch {
                id: reversal.id,
                label: reversal.label,
                papers: subjects.len(),
                changed: reversal.restored.iter().filter_map(Fact::change).collect(),
            }
        }))
    }

    /// The newest entries first, at most `limit`, of one paper or of everything.
    pub fn log(&self, about: Option<&PaperKey>, limit: usize) -> Result<Vec<LogEntry>> {
        self.opened.done(journal::log(&self.opened.connection, about.map(PaperKey::as_str), limit))
    }

    /// Changes of status in force, oldest first: unix milliseconds, paper, what it became.
    pub fn status_changes(&self) -> Result<Vec<(i64, PaperKey, Status)>> {
        self.opened.done(journal::status_changes(&self.opened.connection))
    }

    /// Citation keys that exports have given so far.
    pub fn citation_keys(&self) -> Result<HashMap<PaperKey, String>> {
        let all = || {
            let mut select = self.opened.connection.prepare_cached("SELECT subject, citation_key FROM citation")?;
            let rows = select.query_map([], |row| Ok((stored_key(row.get_ref(0)?.as_str()?), row.get(1)?)))?;
            let pairs = rows.filter_map(|row| row.map(|(key, given)| Some((key?, given))).transpose());
            pairs.collect()
        };
        self.opened.done(all())
    }

    /// Keeps citation keys for later exports; one that a paper has already stays.
    pub fn keep_citation_keys(&mut self, given: &[(PaperKey, String)]) -> Result<()> {
        self.ready()?;
        let keep = |connection: &Connection| {
            let write = Write::begin(connection)?;
            let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO citation VALUES (?1, ?2)")?;
            for (key, citation_key) in given {
                insert.execute([key.as_str(), citation_key])?;
            }
            write.commit()
        };
        let kept = keep(&self.opened.connection);
        self.kept(kept)
    }

    /// A number that differs from the last one asked for when another process (or another store) wrote in between.
    pub fn data_version(&self) -> Result<i64> {
        self.opened.done(self.opened.connection.query_row("PRAGMA data_version", [], |row| row.get(0)))
    }

    /// Everything wrong with the file, one line each; empty when it is sound.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut problems = self.opened.integrity()?;
        let connection = &self.opened.connection;
        problems.extend(self.opened.done(journal::disagreements(connection))?);
        let unread = self.opened.done(journal::facts(connection))?.into_iter().filter(|fact| fact.change().is_none());
        problems.extend(unread.map(|fact| format!("unknown field {} of {}", fact.field, fact.subject)));
        if self.has_history()? && !backup::any(&self.opened.dir) {
            problems.push("there is no backup of user.db yet".to_owned());
        }
        Ok(problems)
    }

    /// Gives unused space back to the disk.
    pub fn vacuum(&mut self) -> Result<()> {
        self.ready()?;
        self.opened.vacuum()
    }

    /// Before a write: the file is writable, and known to be sound after a failed one.
    fn ready(&mut self) -> Result<()> {
        self.opened.writable()?;
        if self.suspect {
            let again = Opened::open(&self.opened.dir, self.opened.database)?;
            again.writable()?;
            again.quick_check()?;
            self.opened = again;
            self.suspect = false;
        }
        Ok(())
    }

    fn kept<T>(&mut self, result: rusqlite::Result<T>) -> Result<T> {
        result.map_err(|error| {
            self.suspect |= error.sqlite_error_code() == Some(rusqlite::ErrorCode::SystemIoFailure);
            self.opened.failed(&error)
        })
    }
}

#[cfg(test)]
mod tests;
