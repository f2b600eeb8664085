//! Whose a database file is. Another program's must not be opened for writing: a setting, or the end of a connection, would change it. A
//! first look reads the file as if nothing could write to it, which leaves it and everything beside it as they are.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, OpenFlags};

use super::{folder, write_failure};
use crate::error::Result;

/// Whose a database file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ownership {
    /// One of ours, of whatever version, or an empty one.
    Ours,
    /// One of ours that lacks this table.
    Incomplete(String),
    /// Another program's.
    Foreign,
}

/// Looks at a file before anything is opened that could change it. A missing or empty file is a new one; what cannot be read is left to the
/// opening, which says why. `known` are the tables of every version of ours.
///
/// # Errors
/// Data when the file, or one beside it that SQLite would open, is no regular file.
pub(super) fn look(path: &Path, known: &[&str]) -> Result<Ownership> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        folder::expect_regular(&folder::beside(path, suffix))?;
    }
    write_failure::expect_readable(path)?;
    if !folder::has_bytes(path) {
        return Ok(Ownership::Ours);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let found = Connection::open_with_flags(immutable(path), flags).and_then(|connection| of(&connection, known));
    Ok(found.unwrap_or(Ownership::Ours))
}

/// Whose an open database is.
pub(super) fn of(connection: &Connection, known: &[&str]) -> rusqlite::Result<Ownership> {
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    if number("PRAGMA application_id")? != 0 {
        return Ok(Ownership::Foreign);
    }
    let mut select = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let tables: Vec<String> = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let has_schema = number("PRAGMA user_version")? != 0;
    if tables.is_empty() && !has_schema {
        return Ok(Ownership::Ours);
    }
    let missing: Vec<&&str> = known.iter().filter(|known| !tables.iter().any(|table| table == **known)).collect();
    Ok(match missing.first() {
        _ if !has_schema || missing.len() * 2 >= known.len() => Ownership::Foreign,
        Some(table) => Ownership::Incomplete((**table).to_owned()),
        None => Ownership::Ours,
    })
}

/// Encoded in the path of a URI: everything but these four signs, letters and digits.
const NOT_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');

/// The file as a URI that promises SQLite that nothing writes to it.
pub(super) fn immutable(path: &Path) -> String {
    format!("file:{}?immutable=1", percent_encode(path.as_os_str().as_encoded_bytes(), NOT_IN_PATH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::{Duration, Instant};

    use tempfile::TempDir;

    use crate::error::Error;
    use crate::store::{PaperStore, UserStore, restore};

    fn open(dir: &Path, name: &str) -> Option<Error> {
        match name {
            "user.db" => UserStore::open(dir, "desk").err(),
            _ => PaperStore::open(dir).err(),
        }
    }

    /// A folder with a database as a crash of the program that made it leaves it.
    fn crashed(name: &str, sql: &str) -> TempDir {
        let (made, room) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = made.path().join(name);
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch(sql).unwrap();
        for suffix in ["", "-wal", "-journal"] {
            let from = folder::beside(&path, suffix);
            if from.exists() {
                fs::copy(from, folder::beside(&room.path().join(name), suffix)).unwrap();
            }
        }
        room
    }

    /// The database with its log: what holds data.
    fn bytes(dir: &Path, name: &str) -> Vec<Option<Vec<u8>>> {
        ["", "-wal", "-journal"].map(|suffix| fs::read(folder::beside(&dir.join(name), suffix)).ok()).to_vec()
    }

    const FOREIGN: [&str; 7] = [
        "CREATE TABLE bookmark (x); INSERT INTO bookmark VALUES (1)",
        "CREATE TABLE bookmark (x); PRAGMA user_version = 1",
        "CREATE TABLE bookmark (x); PRAGMA user_version = 77",
        "PRAGMA application_id = 252006674; CREATE TABLE batch (x)",
        "PRAGMA journal_mode = WAL; CREATE TABLE bookmark (x); PRAGMA wal_checkpoint; INSERT INTO bookmark VALUES (1)",
        "PRAGMA journal_mode = WAL; CREATE TABLE bookmark (x); PRAGMA user_version = 1",
        "PRAGMA journal_mode = WAL; PRAGMA user_version = 3; CREATE TABLE state (x); CREATE TABLE paper (x)",
    ];

    #[test]
    fn the_database_of_another_program_is_refused_and_not_changed() {
        for name in ["user.db", "papers.db"] {
            for sql in FOREIGN {
                let room = crashed(name, sql);
                let before = bytes(room.path(), name);
                for _ in 0..2 {
                    let refused = open(room.path(), name).unwrap();
                    assert!(refused.message.ends_with("is a database of another program"), "{sql}: {refused}");
                    assert!(bytes(room.path(), name) == before, "{sql}");
                }
            }
        }
    }

    #[test]
    fn a_file_of_ours_that_lacks_a_table_is_damaged() {
        for (name, table) in [("user.db", "journal"), ("papers.db", "vote")] {
            let room = tempfile::tempdir().unwrap();
            assert!(open(room.path(), name).is_none());
            let connection = Connection::open(room.path().join(name)).unwrap();
            connection.execute_batch(&format!("PRAGMA journal_mode = DELETE; DROP TABLE {table}")).unwrap();
            drop(connection);
            let before = bytes(room.path(), name);
            let refused = open(room.path(), name).unwrap();
            let told = format!("is damaged (the table {table} is missing)");
            assert!(refused.message.ends_with(&told) && refused.hint.is_some(), "{refused}");
            assert!(bytes(room.path(), name) == before);
        }
    }

    #[test]
    fn a_newer_file_is_refused_and_not_changed() {
        for name in ["user.db", "papers.db"] {
            for mode in ["", "PRAGMA wal_checkpoint; ", "PRAGMA journal_mode = DELETE; "] {
                let made = tempfile::tempdir().unwrap();
                assert!(open(made.path(), name).is_none());
                let path = made.path().join(name);
                let connection = Connection::open(&path).unwrap();
                connection.execute_batch(&format!("{mode}CREATE TABLE later (x); PRAGMA user_version = 99")).unwrap();
                let room = tempfile::tempdir().unwrap();
                for suffix in ["", "-wal"] {
                    drop(fs::copy(folder::beside(&path, suffix), folder::beside(&room.path().join(name), suffix)));
                }
                let before = bytes(room.path(), name);
                let refused = open(room.path(), name).unwrap();
                assert!(refused.message.contains("schema version 99"), "{refused}");
                assert!(bytes(room.path(), name) == before, "{name} {mode}");
            }
        }
    }

    #[test]
    fn an_empty_database_is_a_new_one() {
        for name in ["user.db", "papers.db"] {
            for sql in ["", "PRAGMA journal_mode = WAL", "CREATE TABLE t (x); DROP TABLE t"] {
                let room = crashed(name, sql);
                assert!(open(room.path(), name).is_none(), "{sql}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_at_once() {
        use std::os::unix::net::UnixListener;
        let places = ["user.db", "papers.db", "user.lock"]
            .into_iter()
            .flat_map(|name| ["", "-wal", "-shm", "-journal"].map(|suffix| format!("{name}{suffix}")));
        for place in places.filter(|place| !place.starts_with("user.lock-")) {
            for kind in ["fifo", "socket", "device", "folder"] {
                let room = tempfile::tempdir().unwrap();
                assert!(open(room.path(), "user.db").is_none() && open(room.path(), "papers.db").is_none());
                let path = room.path().join(&place);
                drop(fs::remove_file(&path));
                let _listener = match kind {
                    "fifo" => {
                        let mode = rustix::fs::Mode::RWXU;
                        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
                        None
                    }
                    "socket" => Some(UnixListener::bind(&path).unwrap()),
                    "device" => {
                        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
                        None
                    }
                    _ => {
                        fs::create_dir(&path).unwrap();
                        None
                    }
                };
                let start = Instant::now();
                let database = if place.starts_with("papers") { "papers.db" } else { "user.db" };
                let refused = open(room.path(), database).unwrap();
                assert!(
                    refused.message.ends_with(&format!("{place} is not a regular file")),
                    "{place} {kind}: {refused}"
                );
                assert!(start.elapsed() < Duration::from_secs(2));
                if place == "user.lock" {
                    assert!(restore(room.path()).unwrap_err().message.ends_with("is not a regular file"));
                }
            }
        }
    }
}
