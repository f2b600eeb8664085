//! Whether the files that a connection has open are still those at their paths. SQLite goes on writing into files that were removed or
//! replaced, and everything in them is gone when the program ends. Nothing is repaired here.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::folder::{self, FileNumber};

/// The numbers of a database file, of its log and of the log's index in shared memory, as they were when they were opened. None for a
/// file that is not there: a rollback journal comes and goes with each transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OpenFiles {
    database: Option<FileNumber>,
    log: [Option<FileNumber>; 2],
}

/// What became of open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileState {
    Unchanged,
    /// Removed or emptied: an empty file in its place is no other library.
    Removed,
    Replaced,
    /// The database file is the one that was opened, and another program wrote other contents into it.
    Overwritten,
    /// The database file is the one that was opened, and its log or the index of the log was removed: no other process can have opened
    /// another one, since it would be at the path.
    LogRemoved,
    /// The database file is the one that was opened, and its log or the index of the log is another file: another process may use it.
    LogReplaced,
}

/// What all connections of this process have open. SQLite shares the index of a log among the connections of a process to one database
/// file: a new connection beside one whose log was removed or replaced would use its index with another log.
static OPEN: Mutex<Vec<OpenFiles>> = Mutex::new(Vec::new());

fn open_in_process() -> MutexGuard<'static, Vec<OpenFiles>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether another connection of this process has this database file open with a log that is no longer the one beside it. No connection
/// may be opened then.
pub(super) fn is_parted(path: &Path) -> bool {
    states(path).any(|state| state != FileState::Unchanged)
}

/// Whether a connection of this process has this database file open, with the log beside it.
pub(super) fn is_open_in_process(path: &Path) -> bool {
    let mut states = states(path).peekable();
    states.peek().is_some() && states.all(|state| state == FileState::Unchanged)
}

/// Whether any connection of this process has this database file open.
pub(super) fn has_connection(path: &Path) -> bool {
    states(path).next().is_some()
}

/// How the connections of this process see the database file at the path.
fn states(path: &Path) -> impl Iterator<Item = FileState> {
    let database = folder::file_number(path);
    let open = database.map_or_else(Vec::new, |_| open_in_process().clone());
    let here = open.into_iter().filter(move |files| files.database == database);
    here.map(|files| files.compare(path)).collect::<Vec<_>>().into_iter()
}

/// The files of one connection, known to the others until it is dropped.
#[derive(Debug)]
pub(super) struct RegisteredFiles(OpenFiles);

impl RegisteredFiles {
    pub(super) fn new(files: OpenFiles) -> Self {
        open_in_process().push(files);
        Self(files)
    }

    pub(super) fn compare(&self, path: &Path) -> FileState {
        self.0.compare(path)
    }

    /// Whether the log beside this path, and the index of the log, are those that were opened.
    pub(super) fn has_log_at(&self, path: &Path) -> [bool; 2] {
        let ([log, index], [opened_log, opened_index]) = (OpenFiles::at(path).log, self.0.log);
        [(log, opened_log), (index, opened_index)].map(|(now, opened)| now.is_some() && now == opened)
    }
}

impl Drop for RegisteredFiles {
    fn drop(&mut self) {
        let mut open = open_in_process();
        if let Some(place) = open.iter().position(|files| *files == self.0) {
            open.swap_remove(place);
        }
    }
}

impl OpenFiles {
    /// The files at the path and beside it.
    pub(super) fn at(path: &Path) -> Self {
        let log = ["-wal", "-shm"].map(|suffix| folder::file_number(&folder::beside(path, suffix)));
        Self { database: folder::file_number(path), log }
    }

    /// Whether it is the same database file, whatever its log.
    pub(super) fn has_same_database(self, other: Self) -> bool {
        self.database == other.database
    }

    fn compare(self, path: &Path) -> FileState {
        let now = Self::at(path);
        if !folder::has_bytes(path) {
            return FileState::Removed;
        }
        if self.database != now.database {
            return FileState::Replaced;
        }
        let changed = || self.log.into_iter().zip(now.log).filter(|(opened, now)| opened.is_some() && opened != now);
        match changed().next() {
            None => FileState::Unchanged,
            Some(_) if changed().all(|(_, now)| now.is_none()) => FileState::LogRemoved,
            Some(_) => FileState::LogReplaced,
        }
    }
}
