//! Rollback journals that a process left which was ended within a transaction, as SQLite writes them on a file system without shared memory.
//! SQLite rolls back whatever file stands beside one when it is opened, also one that was put there by hand in the meantime, whose pages are
//! others: a journal that does not belong to its file is moved aside first. It holds no change that was acknowledged.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::aside;
use super::database_file::DatabaseFile;
use super::folder;
use super::ownership::{self, Ownership, immutable};
use crate::error::{IoContext, Result};
use crate::temporary::{self, TemporaryFolder};

const JOURNAL: &str = "-journal";
/// Begins the name of the folder with the copy that is rolled back.
const TEMPORARY: &str = "rollback.tmp-";

/// Whether SQLite would roll a file back when it is opened.
pub(super) fn is_hot(path: &Path) -> bool {
    let mut first = [0];
    let read = File::open(folder::beside(path, JOURNAL)).and_then(|mut journal| journal.read_exact(&mut first));
    read.is_ok() && first != [0] && folder::has_bytes(path)
}

/// Moves the hot journal beside a file aside where it does not belong to it, of which `belongs` tells by the file as it is and by a copy of it
/// that was rolled back. Takes as long as copying the file. Returns what to tell of it.
///
/// # Errors
/// System when the file cannot be copied or the journal cannot be moved: it must not be applied.
pub(super) fn set_aside_if_foreign(
    path: &Path,
    file: &DatabaseFile,
    belongs: fn(&Connection, &Connection) -> rusqlite::Result<bool>,
) -> Result<Option<String>> {
    if ownership::look(path, file.tables)? != Ownership::Ours {
        return Ok(None);
    }
    if is_of_a_longer_file(path) {
        return set_aside(path).map(Some);
    }
    let dir = path.parent().unwrap_or(path);
    temporary::remove_abandoned(dir, TEMPORARY);
    let copy = TemporaryFolder::new(dir, TEMPORARY).at("write into", dir)?;
    let copied = copy.path().join(file.name);
    for suffix in ["", JOURNAL] {
        let from = folder::beside(path, suffix);
        fs::copy(&from, folder::beside(&copied, suffix)).at("copy", &from)?;
    }
    let open_and_compare = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let alone = Connection::open_with_flags(immutable(path), flags)?;
        let rolled_back = Connection::open(&copied)?;
        for connection in [&alone, &rolled_back] {
            connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")?;
        }
        belongs(&alone, &rolled_back)
    };
    // Of what cannot be read whoever opens the file says why.
    if open_and_compare().unwrap_or(true) {
        return Ok(None);
    }
    set_aside(path).map(Some)
}

/// Whether the file of a journal had more pages when its transaction began than the one that is there: within a transaction it only grows.
fn is_of_a_longer_file(path: &Path) -> bool {
    let mut header = [0; 28];
    let read = File::open(folder::beside(path, JOURNAL)).and_then(|mut journal| journal.read_exact(&mut header));
    // Magic 8, records 4, nonce 4, pages 4, sector size 4, page size 4.
    let (_, numbers) = header.as_chunks::<4>().0.split_at_checked(4).unwrap_or_default();
    let [pages, _, page_size] = numbers else { return false };
    let [pages, page_size] = [pages, page_size].map(|number| u64::from(u32::from_be_bytes(*number)));
    read.is_ok() && fs::metadata(path).is_ok_and(|file| file.len() < pages * page_size)
}

/// Returns what to tell of it.
fn set_aside(path: &Path) -> Result<String> {
    let kept = aside::keep(path, JOURNAL)?;
    Ok(format!(
        "the rollback journal that was left beside {} belongs to another file than the one that is there now: it was not used, and is kept \
         as {}",
        path.display(),
        kept.display()
    ))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::domain::identity::PaperKey;
    use crate::domain::markup::Markup;
    use crate::domain::paper::Paper;
    use crate::domain::reading::Change;
    use crate::domain::text::Text;
    use crate::store::{PaperStore, UserStore, set_foreign_logs_aside};

    /// The file of a library with so many stars, or papers.
    fn library(name: &str, numbers: std::ops::Range<usize>) -> Vec<u8> {
        let room = tempfile::tempdir().unwrap();
        let title = |number: usize| format!("Paper {number} on kites");
        if name == "user.db" {
            let mut store = UserStore::open(room.path(), "desk").unwrap();
            let all: Vec<Change> = numbers.map(|number| Change::Star(PaperKey::title(&title(number)), true)).collect();
            for (at, some) in (1_700_000_000_000..).zip(all.chunks(4)) {
                store.apply(some, "starred", at).unwrap();
            }
        } else {
            let mut store = PaperStore::open(room.path()).unwrap();
            let mut import = store.import().unwrap();
            for number in numbers {
                let title = Text::new(title(number), Markup::Plain);
                import.add(&Paper { title, ..Paper::default() }, 1000).unwrap();
            }
            import.commit().unwrap();
        }
        fs::read(room.path().join(name)).unwrap()
    }

    /// What a crash within a large transaction leaves of a file: some of its new pages, and the journal.
    fn crashed(name: &str, file: &[u8]) -> [Vec<u8>; 2] {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join(name);
        fs::write(&path, file).unwrap();
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 4; BEGIN IMMEDIATE").unwrap();
        let all = if name == "user.db" {
            "UPDATE batch SET at = at + 1, label = 'other'"
        } else {
            "UPDATE paper SET added = added + 1, comment = 'other'"
        };
        connection.execute_batch(all).unwrap();
        ["", JOURNAL].map(|suffix| fs::read(folder::beside(&path, suffix)).unwrap())
    }

    fn start(name: &str, file: &[u8], journal: &[u8]) -> (TempDir, usize, Vec<String>) {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join(name);
        fs::write(&path, file).unwrap();
        fs::write(folder::beside(&path, JOURNAL), journal).unwrap();
        let told = set_foreign_logs_aside(room.path()).unwrap();
        let (count, problems) = if name == "user.db" {
            let store = UserStore::open(room.path(), "desk").unwrap();
            let mut count = 0;
            store.each_field(&mut |_, _| count += 1).unwrap();
            (count, store.check().unwrap())
        } else {
            let store = PaperStore::open(room.path()).unwrap();
            (store.count().unwrap() as usize, store.check().unwrap())
        };
        assert!(problems.iter().all(|problem| problem.contains("backup")), "{name}: {problems:?}");
        (room, count, told)
    }

    #[test]
    fn a_rollback_journal_is_used_beside_its_file_alone() {
        for name in ["user.db", "papers.db"] {
            let whole = library(name, 0..3000);
            let [torn, journal] = crashed(name, &whole);
            assert!(torn != whole && journal.len() > 16_000, "{name}: {}", journal.len());
            for own in [&torn, &whole] {
                let (room, count, told) = start(name, own, &journal);
                assert_eq!((count, told), (3000, Vec::new()), "{name}");
                assert!(!folder::beside(&room.path().join(name), JOURNAL).exists());
            }
            for other in [5000..8200, 5000..5040] {
                let (room, count, told) = start(name, &library(name, other.clone()), &journal);
                assert_eq!((count, told.len()), (other.len(), 1), "{name}: {told:?}");
                let kept = room.path().join(format!("{name}.unsaved-1-journal"));
                assert!(told[0].contains(&kept.display().to_string()), "{told:?}");
                assert_eq!(fs::read(kept).unwrap(), journal);
            }
        }
    }
}
