//! A database file as a kind: what distinguishes `user.db` and `papers.db`, and what is wrong with one, in words for the user. Opens nothing.

use std::path::Path;

use rusqlite::{Connection, Error as SqlError, ErrorCode, ffi};

use super::ownership::Ownership;
use super::write_failure;
use crate::error::{Error, Result};

/// Where the contents of a file are: a number that grows with every commit, and what tells two commits of this number apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) commit: i64,
    pub(super) checksum: i64,
}

/// One of the two database files, and what distinguishes it from the other.
pub(super) struct DatabaseFile {
    pub(super) name: &'static str,
    /// Step n leads from schema version n to n + 1. A released step is never edited.
    pub(super) steps: &'static [&'static str],
    /// What follows the steps in their transaction and is no SQL.
    pub(super) after_steps: fn(&Connection) -> rusqlite::Result<()>,
    /// Tables of every version.
    pub(super) tables: &'static [&'static str],
    /// Pragmas of every connection that may write.
    pub(super) settings: &'static str,
    /// The last commit that a connection reads.
    pub(super) progress: fn(&Connection) -> rusqlite::Result<Progress>,
    /// Whether what a connection reads has a commit of before.
    pub(super) has_commit: fn(&Connection, Progress) -> rusqlite::Result<bool>,
    /// What to do when the file in this folder is damaged.
    pub(super) remedy: fn(&Path) -> String,
}

impl DatabaseFile {
    pub(super) fn latest_version(&self) -> i64 {
        self.steps.len() as i64
    }
}

/// What to do about a read or write that the disk failed.
pub(super) const CHECK_DISK: &str = "check the disk and its connection, then try again; the file itself may be sound";

/// Whether a line of SQLite's check says that a page could not be read at all (error 10, with details in the higher bits), which says
/// nothing about what is in it.
pub(super) fn is_read_failure(line: &str) -> bool {
    let number = line.rsplit_once("error code=").map(|(_, number)| number.trim());
    number.and_then(|number| number.parse::<i32>().ok()).is_some_and(|number| number & 0xff == ffi::SQLITE_IOERR)
}

/// Whether a check of SQLite finds nothing wrong.
pub(super) fn says_ok(connection: &Connection, check: &str) -> rusqlite::Result<bool> {
    connection.query_row(check, [], |row| Ok(row.get_ref(0)?.as_str()? == "ok"))
}

/// Whether an error of SQLite says that what a file holds is not what was written into it.
pub(super) fn tells_damage(error: &SqlError) -> bool {
    // A value of another type than was written into its column; a statement that the tables do not fit.
    let is_wrong_value = matches!(
        error,
        SqlError::FromSqlConversionFailure(..)
            | SqlError::IntegralValueOutOfRange(..)
            | SqlError::InvalidColumnType(..)
            | SqlError::Utf8Error(..)
            | SqlError::SqlInputError { .. }
    );
    is_wrong_value
        || error.to_string().starts_with("no such ")
        || matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// SQLite's error in words for the user, with itself as the source.
pub(super) fn explained(dir: &Path, file: &'static DatabaseFile, error: SqlError) -> Error {
    let path = dir.join(file.name);
    let path = path.display();
    let explained = match error.sqlite_error_code() {
        _ if tells_damage(&error) => damaged(dir, file, &error.to_string()),
        Some(ErrorCode::DiskFull) => Error::system(format!("cannot write {path}: no space left on device"))
            .hint("free some space and try again; what was saved before is safe"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::system(format!("another tsundoku is writing to {path}")).hint("try again when it is done")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            Error::system(format!("cannot open or write {path}: {error}")).hint("check the permissions of its folder")
        }
        Some(ErrorCode::SystemIoFailure) => match write_failure::behind(&error, dir, &dir.join(file.name)) {
            Some(why) => write_failure::cannot_write(&dir.join(file.name), why),
            None => Error::system(format!("cannot read or write {path}: input/output error")).hint(CHECK_DISK),
        },
        _ => Error::system(format!("cannot use {path}: {error}")),
    };
    explained.caused_by(error)
}

pub(super) fn expect_ours(dir: &Path, file: &'static DatabaseFile, ownership: &Ownership) -> Result<()> {
    match ownership {
        Ownership::Ours => Ok(()),
        Ownership::Incomplete(table) => Err(damaged(dir, file, &format!("the table {table} is missing"))),
        Ownership::Foreign => {
            Err(Error::data(format!("{} is a database of another program", dir.join(file.name).display()))
                .hint("it was not changed; move it away, or name another folder with --dir or TSUNDOKU_DIR"))
        }
    }
}

pub(super) fn damaged(dir: &Path, file: &'static DatabaseFile, detail: &str) -> Error {
    let path = dir.join(file.name);
    Error::data(format!("{} is damaged ({detail})", path.display())).hint((file.remedy)(dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_could_not_be_read_is_not_called_damaged() {
        for line in ["*** in database main ***\nTree 3 page 3: unable to get the page. error code=10", "error code=266"]
        {
            assert!(is_read_failure(line), "{line}");
        }
        for line in ["ok", "row 1 missing from index state_field", "unable to get the page. error code=11"] {
            assert!(!is_read_failure(line), "{line}");
        }
    }
}
