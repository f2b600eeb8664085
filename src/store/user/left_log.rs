//! Whether a log of `user.db` that a crash left belongs to the file beside it, and which changes it alone holds where it does not. Nothing is
//! changed here.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::checksums::{BatchChecksum, has_batch, last_batch};
use super::damage;
use crate::store::aside::{UnsavedChange, UnsavedChanges};
use crate::store::database_file::Progress;
use crate::store::folder;
use crate::store::log_frames::each_committed_page;
use crate::store::table_page::{TableRow, rows_of};

/// `alone` reads the file without its log, `with_log` both; `alone` was opened first. None where the log belongs to the file, or it cannot be
/// told; else the changes that the file lacks.
///
/// A log belongs to a file where both together are sound and continue its journal. A file that is not sound may be one into which a crash
/// ended the writing of its log; whoever opens it writes no log into it that does not make it sound.
pub(in crate::store) fn foreign_changes(
    [file, log]: [&Path; 2],
    alone: &Connection,
    with_log: &Connection,
) -> rusqlite::Result<Option<UnsavedChanges>> {
    let version: i64 = alone.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version < damage::WITH_CHECKSUMS || clearly_belongs([file, log], alone)? || !damage::is_sound(alone)? {
        return Ok(None);
    }
    let last = last_batch(alone)?;
    if damage::is_sound(with_log)? && damage::has_right_indexes(with_log)? && has_batch(with_log, last)? {
        return Ok(None);
    }
    changes_in(log, &|batch| has_batch(alone, batch)).map(Some)
}

/// Whether a rollback journal belongs to the file beside it: a crash tore the file, or the file that the journal leads back to is sound and has
/// no change that this one lacks, nor lacks more than one of its. `alone` reads the file without its journal, `rolled_back` as the journal leaves it.
pub(in crate::store) fn journal_belongs(alone: &Connection, rolled_back: &Connection) -> rusqlite::Result<bool> {
    let version: i64 = alone.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let is_whole =
        |connection| Ok::<_, rusqlite::Error>(damage::is_sound(connection)? && damage::has_right_indexes(connection)?);
    if version < damage::WITH_CHECKSUMS || !is_whole(alone)? {
        return Ok(true);
    }
    if !is_whole(rolled_back)? {
        return Ok(false);
    }
    let (now, before) = (last_batch(alone)?, last_batch(rolled_back)?);
    // A transaction writes one batch.
    Ok(has_batch(alone, before)? && now.commit <= before.commit + 1)
}

/// The changes in a log that a file lacks, of which `has_batch` tells. They are read from the log alone, because its pages and those of the
/// file do not fit together: what a commit added to the journal is in the pages that it wrote.
pub(in crate::store) fn changes_in(
    log: &Path,
    has_batch: &dyn Fn(Progress) -> rusqlite::Result<bool>,
) -> rusqlite::Result<UnsavedChanges> {
    // What can be read of it, where the disk fails.
    let batches = LogPages::read(log).map(|pages| pages.batches()).unwrap_or_default();
    let mut changes = UnsavedChanges::default();
    for (id, batch) in batches {
        let Some(checksum) = batch.checksum(id) else { continue };
        if !has_batch(Progress { commit: id, checksum })? {
            batch.add_to(&mut changes);
        }
    }
    Ok(changes)
}

/// Whether a file holds all that is in its log, which then changes nothing. No connection of this process has the file open: closing it would
/// end the locks that SQLite has on it.
pub(in crate::store) fn is_saved([file, log]: [&Path; 2]) -> bool {
    LogPages::read(log).and_then(|pages| pages.are_in(file)).unwrap_or(false)
}

/// Whether a log clearly belongs to the file beside it, which costs reading the log: nothing was written into the file since the last commit
/// of the log, and the first one goes on with its journal. False where it is not clear.
fn clearly_belongs([file, log]: [&Path; 2], alone: &Connection) -> rusqlite::Result<bool> {
    if !folder::was_written_since(log, file) {
        return Ok(false);
    }
    let Ok(pages) = LogPages::read(log) else { return Ok(false) };
    let last = last_batch(alone)?;
    let batches = pages.batches();
    let is_known = batches.get(&last.commit).is_some_and(|batch| batch.stated_checksum() == Some(last.checksum));
    Ok(pages.first_batch().is_some_and(|first| match last == Progress::default() {
        true => first == 1,
        false => is_known && last.commit + 1 >= first,
    }))
}

/// The pages of a log.
struct LogPages {
    /// As the last commit of each left it.
    last: HashMap<u32, Vec<u8>>,
    /// Those of the first commit.
    first: Vec<Vec<u8>>,
}

impl LogPages {
    fn read(log: &Path) -> io::Result<Self> {
        let (mut last, mut first) = (HashMap::new(), Vec::new());
        let mut add = |commit, number, page: Vec<u8>| {
            first.extend((commit == 0).then(|| page.clone()));
            last.insert(number, page);
        };
        each_committed_page(log, &|_| true, &mut add)?;
        Ok(Self { last, first })
    }

    /// Whether a file has all of these pages as they are.
    fn are_in(&self, file: &Path) -> io::Result<bool> {
        let mut file = File::open(file)?;
        let mut here = Vec::new();
        for (number, page) in &self.last {
            here.resize(page.len(), 0);
            file.seek(SeekFrom::Start(u64::from(number.saturating_sub(1)) * page.len() as u64))?;
            match file.read_exact(&mut here) {
                Ok(()) if here == *page => {}
                Ok(()) => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// What they hold of the journal, by the numbers of its batches.
    fn batches(&self) -> BTreeMap<i64, Batch> {
        let mut batches: BTreeMap<i64, Batch> = BTreeMap::new();
        let overflow = |number| self.last.get(&number).map(Vec::as_slice);
        for row in self.last.values().filter_map(|page| rows_of(page, &overflow)).flatten() {
            add(row, &mut batches);
        }
        batches
    }

    /// The batch that the first commit wrote.
    fn first_batch(&self) -> Option<i64> {
        let mut batches: BTreeMap<i64, Batch> = BTreeMap::new();
        for row in self.first.iter().filter_map(|page| rows_of(page, &|_| None)).flatten() {
            add(row, &mut batches);
        }
        batches.into_iter().rev().find(|(_, batch)| batch.header.is_some()).map(|(id, _)| id)
    }
}

/// What is found of a batch.
#[derive(Default)]
struct Batch {
    header: Option<Header>,
    /// By their ids.
    entries: BTreeMap<i64, Entry>,
}

struct Header {
    at: i64,
    device: String,
    label: String,
    undoes: Option<i64>,
    checksum: i64,
}

struct Entry {
    subject: String,
    field: String,
    before: Option<String>,
    after: Option<String>,
}

/// Adds a row of one of the two tables of the journal, which its values tell.
fn add(row: TableRow, batches: &mut BTreeMap<i64, Batch>) {
    let Ok([Value::Null, first, Value::Text(second), Value::Text(third), fourth, fifth]) =
        <[Value; 6]>::try_from(row.values)
    else {
        return;
    };
    match (first, fourth, fifth) {
        (Value::Integer(at), undoes @ (Value::Null | Value::Integer(_)), Value::Integer(checksum)) => {
            let undoes = if let Value::Integer(undone) = undoes { Some(undone) } else { None };
            let header = Header { at, device: second, label: third, undoes, checksum };
            batches.entry(row.number).or_default().header = Some(header);
        }
        (Value::Integer(batch), before, after) => {
            let (Some(before), Some(after)) = (text_or_null(before), text_or_null(after)) else { return };
            let entry = Entry { subject: second, field: third, before, after };
            batches.entry(batch).or_default().entries.insert(row.number, entry);
        }
        _ => {}
    }
}

/// None for a value that is neither.
fn text_or_null(value: Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::Text(text) => Some(Some(text)),
        _ => None,
    }
}

impl Batch {
    fn stated_checksum(&self) -> Option<i64> {
        self.header.as_ref().map(|header| header.checksum)
    }

    /// None where something of it is missing.
    fn checksum(&self, id: i64) -> Option<i64> {
        let Header { at, device, label, undoes, checksum } = self.header.as_ref()?;
        let mut found = BatchChecksum::new(id, *at, [device, label], *undoes);
        for (id, Entry { subject, field, before, after }) in &self.entries {
            found.add(*id, [subject, field], [before.as_deref(), after.as_deref()]);
        }
        (found.finish() == *checksum).then_some(*checksum)
    }

    fn add_to(self, changes: &mut UnsavedChanges) {
        let Some(Header { at, label, .. }) = self.header else { return };
        for Entry { subject, field, after: value, .. } in self.entries.into_values() {
            match changes.is_full() {
                true => changes.more += 1,
                false => changes.add(vec![UnsavedChange { at, label: label.clone(), subject, field, value }], 0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rusqlite::OpenFlags;
    use tempfile::TempDir;

    use super::*;
    use crate::domain::identity::PaperKey;
    use crate::domain::reading::Change;
    use crate::store::ownership::immutable;
    use crate::store::user::UserStore;

    fn star(store: &mut UserStore, count: usize) {
        for number in 0..count {
            store.apply(&[Change::Star(PaperKey::title(&format!("paper{number}")), true)], "", 1).unwrap();
        }
    }

    /// The files of a store with so many saved and logged changes, copied as a crash leaves them.
    fn crashed(saved: usize, logged: usize, checkpoint: bool) -> TempDir {
        let (room, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        star(&mut UserStore::open(room.path(), "desk").unwrap(), saved);
        let mut store = UserStore::open(room.path(), "desk").unwrap();
        for number in 0..logged {
            store.apply(&[Change::Star(PaperKey::title(&format!("logged{number}")), true)], "", 2).unwrap();
        }
        if checkpoint {
            assert!(store.checkpoint().unwrap());
        }
        for name in ["user.db", "user.db-wal"] {
            fs::copy(room.path().join(name), copy.path().join(name)).unwrap();
        }
        copy
    }

    fn is_clear(dir: &Path) -> [bool; 2] {
        let [file, log] = ["user.db", "user.db-wal"].map(|name| dir.join(name));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let saved = is_saved([&file, &log]);
        let alone = Connection::open_with_flags(immutable(&file), flags).unwrap();
        [saved, clearly_belongs([&file, &log], &alone).unwrap()]
    }

    #[test]
    fn a_log_that_is_clearly_of_its_file_is_known_by_itself() {
        for saved in [0, 1, 7] {
            assert_eq!(is_clear(crashed(saved, 3, false).path()), [false, true], "{saved}");
            assert!(is_clear(crashed(saved, 3, true).path())[0], "{saved}");
        }
        let (here, other, both) = (crashed(7, 3, false), crashed(9, 1, false), tempfile::tempdir().unwrap());
        // In the order of a copied folder.
        fs::copy(other.path().join("user.db"), both.path().join("user.db")).unwrap();
        fs::copy(here.path().join("user.db-wal"), both.path().join("user.db-wal")).unwrap();
        assert_eq!(is_clear(both.path()), [false, false], "its journal ends elsewhere");
        let put_back = crashed(7, 3, false);
        let bytes = fs::read(put_back.path().join("user.db")).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
        fs::write(put_back.path().join("user.db"), bytes).unwrap();
        assert_eq!(is_clear(put_back.path()), [false, false], "the file is newer");
    }
}
