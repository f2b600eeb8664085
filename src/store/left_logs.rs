//! Logs that a process left which was ended before it could write them into their files. SQLite applies such a log to whatever file stands
//! beside it at the next start, also to one that was put there by hand in the meantime, whose pages are others: a log that does not belong to
//! its file is moved aside first.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::aside::{self, UnsavedChanges};
use super::database_file::DatabaseFile;
use super::ownership::{self, Ownership, immutable};
use super::{folder, left_journals, papers, user};
use crate::error::Result;

/// Looks at the logs and rollback journals in a folder, and moves those aside that do not belong to the files beside them. Costs nothing where there are none, and
/// where another process has the library open, whose logs they are then; else the time to read them and, where it is not clear to
/// which file they belong, to read `user.db` twice. Returns what to tell the user, one line each.
///
/// # Errors
/// System when a log cannot be moved: it must not be applied.
pub fn set_foreign_logs_aside(dir: &Path) -> Result<Vec<String>> {
    let has_log = |file: &DatabaseFile| folder::has_bytes(&folder::beside(&dir.join(file.name), "-wal"));
    let has_journal = |file: &DatabaseFile| left_journals::is_hot(&dir.join(file.name));
    if ![&user::USER, &papers::PAPERS].into_iter().any(|file| has_log(file) || has_journal(file)) {
        return Ok(Vec::new());
    }
    folder::expect_regular(&folder::lock_path(dir))?;
    let _lock = folder::lock(dir);
    let Ok(Some(_unused)) = folder::lock_out(dir) else { return Ok(Vec::new()) };
    let mut told = Vec::new();
    type Belongs = fn(&Connection, &Connection) -> rusqlite::Result<bool>;
    let files: [(&DatabaseFile, Belongs); 2] =
        [(&user::USER, user::journal_belongs), (&papers::PAPERS, papers::journal_belongs)];
    for (file, belongs) in files.into_iter().filter(|(file, _)| has_journal(file)) {
        told.extend(left_journals::set_aside_if_foreign(&dir.join(file.name), file, belongs)?);
    }
    if has_log(&user::USER) {
        let path = dir.join(user::USER.name);
        let log = folder::beside(&path, "-wal");
        let foreign = match folder::has_bytes(&path) {
            true if user::is_saved([&path, &log]) => None,
            true => {
                let compare = |alone: &Connection, both: &Connection| user::foreign_changes([&path, &log], alone, both);
                read_both(&path, &user::USER, compare)?.flatten()
            }
            false => user::changes_in(&log, &|_| Ok(false)).ok(),
        };
        told.extend(foreign.map(|changes| set_aside(&path, &changes)).transpose()?);
    }
    if has_log(&papers::PAPERS) {
        let path = dir.join(papers::PAPERS.name);
        let log = folder::beside(&path, "-wal");
        let belongs = match folder::has_bytes(&path) {
            true => read_both(&path, &papers::PAPERS, |alone, both| papers::log_belongs(&log, alone, both))?,
            false => Some(false),
        };
        told.extend((belongs == Some(false)).then(|| set_aside(&path, &UnsavedChanges::default())).transpose()?);
    }
    Ok(told)
}

/// Lets a function read the file without its log and with it. SQLite writes neither then. None where they cannot be read, of which whoever
/// opens the file says why.
fn read_both<T>(
    path: &Path,
    file: &DatabaseFile,
    read: impl FnOnce(&Connection, &Connection) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    if ownership::look(path, file.tables)? != Ownership::Ours {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let open_and_read = || {
        let alone = Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let with_log = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        with_log.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        for connection in [&alone, &with_log] {
            connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")?;
        }
        let version = |connection: &Connection| connection.query_row("PRAGMA user_version", [], |row| row.get(0));
        let is_newer = |connection| version(connection).is_ok_and(|version: i64| version > file.latest_version());
        let is_known = ![&alone, &with_log].into_iter().any(is_newer);
        is_known.then(|| read(&alone, &with_log)).transpose()
    };
    let found: rusqlite::Result<_> = open_and_read();
    Ok(found.unwrap_or_default())
}

/// Returns what to tell of it.
fn set_aside(path: &Path, changes: &UnsavedChanges) -> Result<String> {
    let kept = aside::keep(path, "-wal")?;
    folder::remove(&folder::beside(path, "-shm"))?;
    // On a full disk the log alone is kept.
    let listed = (!changes.is_empty()).then(|| aside::keep_changes(path, changes).ok()).flatten();
    let listed = listed.map(|listed| format!("; the changes that it alone holds are listed in {}", listed.display()));
    Ok(format!(
        "the log that was left beside {} belongs to another file than the one that is there now: it was not used, and is kept as {}{}",
        path.display(),
        kept.display(),
        listed.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests;
