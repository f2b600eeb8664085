//! Checksums of `user.db`: one of each batch of the journal with all its entries, and one of each citation key. The table of states has
//! none: it is compared with the journal, whose sum it is.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};
use xxhash_rust::xxh3::Xxh3;

use crate::store::database_file::Progress;
use crate::store::values::{checksum_of_bytes, number, number_or_null, push, text, text_or_null};

/// Of a batch and its entries, which may be millions.
pub(super) struct BatchChecksum {
    hash: Xxh3,
    bytes: Vec<u8>,
}

impl BatchChecksum {
    pub(super) fn new(id: i64, at: i64, device_and_label: [&str; 2], undoes: Option<i64>) -> Self {
        let [device, label] = device_and_label.map(text);
        let mut checksum = Self { hash: Xxh3::new(), bytes: Vec::new() };
        checksum.update([number(id), number(at), device, label, number_or_null(undoes)]);
        checksum
    }

    /// The next entry: subject and field, the value before and after it.
    pub(super) fn add(&mut self, id: i64, what: [&str; 2], values: [Option<&str>; 2]) {
        let ([subject, field], [before, after]) = (what.map(text), values.map(text_or_null));
        self.update([number(id), subject, field, before, after]);
    }

    fn update(&mut self, values: [ValueRef<'_>; 5]) {
        self.bytes.clear();
        values.into_iter().for_each(|value| push(&mut self.bytes, value));
        self.hash.update(&self.bytes);
    }

    /// Never 0.
    pub(super) fn finish(&self) -> i64 {
        self.hash.digest().max(1).cast_signed()
    }

    /// Of a row of batches as `BATCHES` selects it, with its entries.
    pub(super) fn read(connection: &Connection, batch: &Row<'_>) -> rusqlite::Result<Self> {
        let mut checksum = Self { hash: Xxh3::new(), bytes: Vec::new() };
        checksum.update(five(batch)?);
        let entries = "SELECT id, subject, field, before, after FROM journal WHERE batch = ?1 ORDER BY id";
        let mut entries = connection.prepare_cached(entries)?;
        let mut entries = entries.query([batch.get::<_, i64>(0)?])?;
        while let Some(entry) = entries.next()? {
            checksum.update(five(entry)?);
        }
        Ok(checksum)
    }
}

fn five<'r>(row: &'r Row<'_>) -> rusqlite::Result<[ValueRef<'r>; 5]> {
    Ok([row.get_ref(0)?, row.get_ref(1)?, row.get_ref(2)?, row.get_ref(3)?, row.get_ref(4)?])
}

/// What `BatchChecksum` covers, and the checksum.
pub(super) const BATCHES: &str = "SELECT id, at, device, label, undoes, checksum FROM batch";

/// The last batch and its checksum.
pub(super) fn last_batch(connection: &Connection) -> rusqlite::Result<Progress> {
    let select = "SELECT id, checksum FROM batch ORDER BY id DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok(Progress { commit: row.get(0)?, checksum: row.get(1)? });
    Ok(connection.prepare_cached(select)?.query_row([], read).optional()?.unwrap_or_default())
}

/// Whether there is such a batch; true for the default, which is before the first.
pub(super) fn has_batch(connection: &Connection, batch: Progress) -> rusqlite::Result<bool> {
    let Progress { commit, checksum } = batch;
    let select = "SELECT EXISTS (SELECT 1 FROM batch WHERE id = ?1 AND checksum = ?2)";
    Ok(batch == Progress::default() || connection.query_row(select, [commit, checksum], |row| row.get(0))?)
}

/// Of the row of a citation key.
pub(super) fn of_citation(subject: &str, citation_key: &str) -> i64 {
    let mut bytes = Vec::new();
    [subject, citation_key].into_iter().for_each(|value| push(&mut bytes, text(value)));
    checksum_of_bytes(&bytes)
}

/// Computes the checksums that rows do not have yet. Runs in a transaction of the caller.
pub(super) fn compute_missing(connection: &Connection) -> rusqlite::Result<()> {
    let missing: Vec<i64> = connection
        .prepare("SELECT id FROM batch WHERE checksum IS NULL ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut select = connection.prepare(&format!("{BATCHES} WHERE id = ?1"))?;
    let mut update = connection.prepare("UPDATE batch SET checksum = ?2 WHERE id = ?1")?;
    for id in missing {
        let sum = select.query_row([id], |batch| Ok(BatchChecksum::read(connection, batch)?.finish()))?;
        update.execute([id, sum])?;
    }
    let next = "SELECT subject, citation_key FROM citation WHERE subject > ?1 ORDER BY subject LIMIT 8192";
    let mut select = connection.prepare(next)?;
    let mut update = connection.prepare("UPDATE citation SET checksum = ?2 WHERE subject = ?1")?;
    let mut last = String::new();
    loop {
        let found = select.query_map([&last], |row| {
            Ok((row.get::<_, String>(0)?, of_citation(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?)))
        })?;
        let found: Vec<(String, i64)> = found.collect::<rusqlite::Result<_>>()?;
        for (subject, sum) in &found {
            update.execute(params![subject, sum])?;
        }
        let Some((subject, _)) = found.into_iter().next_back() else { return Ok(()) };
        last = subject;
    }
}
