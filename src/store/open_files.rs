//! Whether the files that a connection has open are still those at their paths. SQLite goes on writing into files that were removed or
//! replaced, and everything in them is gone when the program ends. Nothing is repaired here.

use std::path::Path;

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
    /// The database file is the one that was opened, and its log or the index of the log was removed: no other process can have opened
    /// another one, since it would be at the path.
    LogRemoved,
    /// The database file is the one that was opened, and its log or the index of the log is another file: another process may use it.
    LogReplaced,
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

    pub(super) fn compare(self, path: &Path) -> FileState {
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
