//! The journal: batches of changes are written together with the state that results, and read again as the log. Undo and redo append
//! batches; nothing is ever deleted.
//!
//! All processes that use the library share one undo stack: undo takes the newest change in force, whichever process made it. A field
//! therefore holds the value of the change that is undone. Where it does not (journals of two machines joined), undo restores the value
//! from before the change, and the value replaced is in the journal, from which redo restores it.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use xxhash_rust::xxh3::Xxh3;

use super::checksums::BatchChecksum;
use super::state::Fact;
use crate::domain::identity::PaperKey;
use crate::domain::reading::Status;
use crate::store::transaction::WriteTransaction;

/// When a batch is written (unix milliseconds), on which device, and under which name.
pub(super) struct BatchHeader<'a> {
    pub(super) at: i64,
    pub(super) device: &'a str,
    pub(super) label: &'a str,
    /// The batch that this one undoes; for a redo, the undo.
    pub(super) undoes: Option<i64>,
}

/// The facts of a batch one after another; None cancels it. A batch may have millions.
pub(super) type Facts<'a> = dyn Iterator<Item = Option<Fact>> + 'a;

/// Called with every fact that differed from the state and was written.
pub(super) type Written<'a> = dyn FnMut(&Fact) + 'a;

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BatchOutcome {
    Written(i64),
    /// Nothing differed, and nothing was written.
    Unchanged,
    /// Nothing of it was kept.
    Cancelled,
}

/// Writes the facts that differ from the state as one batch.
pub(super) fn append(
    connection: &Connection,
    header: &BatchHeader<'_>,
    facts: &mut Facts<'_>,
    written: &mut Written<'_>,
) -> rusqlite::Result<BatchOutcome> {
    let transaction = WriteTransaction::begin(connection)?;
    let outcome = write(connection, header, facts, written)?;
    if matches!(outcome, BatchOutcome::Written(_)) {
        transaction.commit()?;
    }
    Ok(outcome)
}

fn write(
    connection: &Connection,
    header: &BatchHeader<'_>,
    facts: &mut Facts<'_>,
    written: &mut Written<'_>,
) -> rusqlite::Result<BatchOutcome> {
    let mut find = connection.prepare_cached("SELECT value FROM state WHERE subject = ?1 AND field = ?2")?;
    let mut set = connection.prepare_cached(
        "INSERT INTO state (subject, field, value) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET value = excluded.value",
    )?;
    let mut clear = connection.prepare_cached("DELETE FROM state WHERE subject = ?1 AND field = ?2")?;
    let mut insert = connection
        .prepare_cached("INSERT INTO journal (batch, subject, field, before, after) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    // An undo is written even when it restores nothing: otherwise the same change would be next to undo for ever.
    let mut batch = header.undoes.map(|_| Started::new(connection, header)).transpose()?;
    for fact in facts {
        let Some(fact) = fact else { return Ok(BatchOutcome::Cancelled) };
        let Fact { subject, field, value } = &fact;
        let before: Option<String> = find.query_row([subject, field], |row| row.get(0)).optional()?;
        if before == *value {
            continue;
        }
        let started = match &mut batch {
            Some(started) => started,
            None => batch.insert(Started::new(connection, header)?),
        };
        let entry = insert.insert(params![started.id, subject, field, before, value])?;
        started.checksum.add(entry, [subject, field], [before.as_deref(), value.as_deref()]);
        match value {
            Some(value) => set.execute([subject, field, value])?,
            None => clear.execute([subject, field])?,
        };
        written(&fact);
    }
    let Some(Started { id, checksum }) = batch else { return Ok(BatchOutcome::Unchanged) };
    connection.prepare_cached("UPDATE batch SET checksum = ?2 WHERE id = ?1")?.execute([id, checksum.finish()])?;
    Ok(BatchOutcome::Written(id))
}

/// A batch whose entries are being written.
struct Started {
    id: i64,
    checksum: BatchChecksum,
}

impl Started {
    fn new(connection: &Connection, header: &BatchHeader<'_>) -> rusqlite::Result<Self> {
        let insert = "INSERT INTO batch (at, device, label, undoes) VALUES (?1, ?2, ?3, ?4)";
        let BatchHeader { at, device, label, undoes } = header;
        let id = connection.prepare_cached(insert)?.insert(params![at, device, label, undoes])?;
        Ok(Self { id, checksum: BatchChecksum::new(id, *at, [device, label], *undoes) })
    }
}

/// The newest change in force, which undo reverses.
const NEXT_UNDO: &str = "SELECT id, label FROM by_hand AS batch
    WHERE NOT EXISTS (SELECT 1 FROM undone WHERE undone.batch = batch.id)
    ORDER BY id DESC LIMIT 1";

/// The newest undo in force since the last change, which redo reverses.
const NEXT_REDO: &str = "SELECT undone.undo, batch.label FROM undone JOIN batch ON batch.id = undone.batch
    WHERE undone.undo > (SELECT max(id) FROM by_hand)
    ORDER BY undone.undo DESC LIMIT 1";

/// Which batch is reversed: the newest change, or the newest undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Undo,
    Redo,
}

/// The batch that is next in this direction, and its label; None when there is none.
pub(super) fn next(connection: &Connection, direction: Direction) -> rusqlite::Result<Option<(i64, String)>> {
    let next = match direction {
        Direction::Undo => NEXT_UNDO,
        Direction::Redo => NEXT_REDO,
    };
    connection.prepare_cached(next)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// Entries of a batch.
pub(super) fn count(connection: &Connection, batch: i64) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("SELECT count(*) FROM journal WHERE batch = ?1")?
        .query_row([batch], |row| row.get::<_, i64>(0))
        .map(|count| usize::try_from(count).unwrap_or_default())
}

/// Reverses the batch that is next in this direction; returns its label. None when there is none. `proceed` is asked before every entry;
/// false cancels.
pub(super) fn reverse(
    connection: &Connection,
    direction: Direction,
    (at, device): (i64, &str),
    proceed: &mut dyn FnMut() -> bool,
    written: &mut Written<'_>,
) -> rusqlite::Result<Option<(String, BatchOutcome)>> {
    let transaction = WriteTransaction::begin(connection)?;
    let Some((old, label)) = next(connection, direction)? else { return Ok(None) };
    let header = BatchHeader { at, device, label: &label, undoes: Some(old) };
    let mut failure = None;
    let mut entries = Backwards { connection, batch: old, before: i64::MAX, read: Vec::new().into_iter() };
    let mut facts = std::iter::from_fn(|| match entries.next()? {
        Ok(fact) => Some(proceed().then_some(fact)),
        Err(error) => {
            failure = Some(error);
            Some(None)
        }
    });
    let outcome = write(connection, &header, &mut facts, written)?;
    if let Some(error) = failure {
        return Err(error);
    }
    if matches!(outcome, BatchOutcome::Written(_)) {
        transaction.commit()?;
    }
    Ok(Some((label, outcome)))
}

/// The values from before the changes of a batch, last change first, because a batch may have changed one field twice. Read in parts: a batch may
/// have millions of entries.
struct Backwards<'c> {
    connection: &'c Connection,
    batch: i64,
    /// All entries from this one on were read.
    before: i64,
    read: std::vec::IntoIter<(i64, Fact)>,
}

/// Entries read at once.
const PART: usize = 4096;

impl Iterator for Backwards<'_> {
    type Item = rusqlite::Result<Fact>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.len() == 0 {
            match self.read_part() {
                Ok(part) => self.read = part.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
        let (entry, fact) = self.read.next()?;
        self.before = entry;
        Some(Ok(fact))
    }
}

impl Backwards<'_> {
    fn read_part(&self) -> rusqlite::Result<Vec<(i64, Fact)>> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, subject, field, before FROM journal WHERE batch = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
        )?;
        let rows = select.query_map(params![self.batch, self.before, PART as i64], |row| {
            Ok((row.get(0)?, Fact { subject: row.get(1)?, field: row.get(2)?, value: row.get(3)? }))
        })?;
        rows.collect()
    }
}

/// Changes of status in force, oldest first: time in unix milliseconds, paper, new status.
pub(super) fn status_changes(connection: &Connection) -> rusqlite::Result<Vec<(i64, PaperKey, Status)>> {
    let mut select = connection.prepare(
        "SELECT batch.at, journal.subject, journal.after
         FROM journal JOIN batch ON batch.id = journal.batch LEFT JOIN undone ON undone.batch = batch.id
         WHERE journal.field = 'status' AND batch.undoes IS NULL AND undone.undo IS NULL
         ORDER BY journal.id",
    )?;
    let mut rows = select.query([])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let (subject, after): (String, Option<String>) = (row.get(1)?, row.get(2)?);
        let status = after.map_or(Some(Status::default()), |name| name.parse().ok());
        if let (Some(key), Some(status)) = (PaperKey::from_stored(&subject), status) {
            changes.push((row.get(0)?, key, status));
        }
    }
    Ok(changes)
}

/// Every row of the table of states.
pub(super) fn each_fact(connection: &Connection, visit: &mut dyn FnMut(&Fact)) -> rusqlite::Result<()> {
    let mut select = connection.prepare("SELECT subject, field, value FROM state ORDER BY subject, field")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        visit(&Fact { subject: row.get(0)?, field: row.get(1)?, value: Some(row.get(2)?) });
    }
    Ok(())
}

/// A point in a journal: its last batch, and a checksum of the batch, which tells the journals of two files apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JournalPosition {
    /// 0 for an empty journal.
    pub batch: i64,
    pub checksum: u64,
}

impl JournalPosition {
    /// One that no journal was ever at.
    pub const UNKNOWN: Self = Self { batch: -1, checksum: 0 };
}

/// Where the journal ends.
pub(super) fn position(connection: &Connection) -> rusqlite::Result<JournalPosition> {
    let last =
        connection.prepare_cached("SELECT max(id) FROM batch")?.query_row([], |row| row.get::<_, Option<i64>>(0))?;
    match last {
        Some(last) => Ok(position_at(connection, last)?.unwrap_or_default()),
        None => Ok(JournalPosition::default()),
    }
}

/// The position after a batch; None when there is no such batch.
pub(super) fn position_at(connection: &Connection, batch: i64) -> rusqlite::Result<Option<JournalPosition>> {
    let select = "SELECT at, device, label FROM batch WHERE id = ?1";
    let read = |row: &Row<'_>| {
        let mut hash = Xxh3::new();
        hash.update(&row.get::<_, i64>(0)?.to_le_bytes());
        hash.update(row.get_ref(1)?.as_str()?.as_bytes());
        hash.update(&[0]);
        hash.update(row.get_ref(2)?.as_str()?.as_bytes());
        Ok(JournalPosition { batch, checksum: hash.digest() })
    };
    connection.prepare_cached(select)?.query_row([batch], read).optional()
}

/// The subjects changed after a position, at most `most`. None when there are more, or the journal was never at the position.
pub(super) fn changed_since(
    connection: &Connection,
    position: &JournalPosition,
    most: usize,
) -> rusqlite::Result<Option<Vec<String>>> {
    let is_known = match position.batch {
        0 => *position == JournalPosition::default(),
        batch => position_at(connection, batch)?.as_ref() == Some(position),
    };
    if !is_known {
        return Ok(None);
    }
    // In the order of the entries: all of them need not be read to see that there are too many.
    let mut select = connection.prepare_cached("SELECT subject FROM journal WHERE batch > ?1 ORDER BY batch")?;
    let mut rows = select.query([position.batch])?;
    let mut subjects = HashSet::new();
    while let Some(row) = rows.next()? {
        let subject = row.get_ref(0)?.as_str()?;
        if subjects.contains(subject) {
            continue;
        }
        if subjects.len() == most {
            return Ok(None);
        }
        subjects.insert(subject.to_owned());
    }
    Ok(Some(subjects.into_iter().collect()))
}
