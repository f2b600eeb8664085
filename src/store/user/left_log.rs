//! Whether a log of `user.db` that a crash left belongs to the file beside it, and which changes it alone holds where it does not. Nothing is
//! changed here.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::checksums::{BatchChecksum, has_batch, last_batch};
use super::damage;
use crate::store::aside::{UnsavedChange, UnsavedChanges};
use crate::store::database_file::Progress;
use crate::store::log_frames::each_committed_page;
use crate::store::table_page::{TableRow, rows_of};

/// `alone` reads the file without its log, `with_log` both; `alone` was opened first. None where the log belongs to the file, or it cannot be
/// told; else the changes that the file lacks.
///
/// A log belongs to a file where both together are sound and continue its journal. A file that is not sound may be one into which a crash
/// ended the writing of its log; whoever opens it writes no log into it that does not make it sound.
pub(in crate::store) fn foreign_changes(
    log: &Path,
    alone: &Connection,
    with_log: &Connection,
) -> rusqlite::Result<Option<UnsavedChanges>> {
    let version: i64 = alone.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version < damage::WITH_CHECKSUMS || !damage::is_sound(alone)? {
        return Ok(None);
    }
    let last = last_batch(alone)?;
    if damage::is_sound(with_log)? && damage::has_right_indexes(with_log)? && has_batch(with_log, last)? {
        return Ok(None);
    }
    changes_in(log, &|batch| has_batch(alone, batch)).map(Some)
}

/// The changes in a log that a file lacks, of which `has_batch` tells. They are read from the log alone, because its pages and those of the file do not fit together: what
/// a commit added to the journal is in the pages that it wrote.
pub(in crate::store) fn changes_in(
    log: &Path,
    has_batch: &dyn Fn(Progress) -> rusqlite::Result<bool>,
) -> rusqlite::Result<UnsavedChanges> {
    let mut pages = HashMap::new();
    // What can be read of it, where the disk fails.
    drop(each_committed_page(log, &|_| true, &mut |number, page| drop(pages.insert(number, page))));
    let mut batches: BTreeMap<i64, Batch> = BTreeMap::new();
    for page in pages.values() {
        let overflow = |number| pages.get(&number).map(Vec::as_slice);
        for row in rows_of(page, &overflow).unwrap_or_default() {
            add(row, &mut batches);
        }
    }
    let mut changes = UnsavedChanges::default();
    for (id, batch) in batches {
        let Some(checksum) = batch.checksum(id) else { continue };
        if !has_batch(Progress { commit: id, checksum })? {
            batch.add_to(&mut changes);
        }
    }
    Ok(changes)
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
