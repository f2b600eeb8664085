//! The journal's two sides: batches written with the state they lead to, and the log read from them. Undo and redo append; nothing
//! here is ever deleted.
//!
//! The stack is shared by every process on the library: undo takes the newest change in force, whoever made it. What a field holds
//! when its change is undone is therefore what that change gave it; should it hold something else all the same (journals of two
//! machines joined), undo restores what was before the change, and the value it replaces is in the journal for redo to bring back.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::state::Fact;
use crate::domain::identity::PaperKey;
use crate::domain::reading::Status;
use crate::store::schema::Write;
use crate::store::stored_key;

/// Who writes a batch, when (unix milliseconds), and what it is called.
pub(super) struct Entry<'a> {
    pub(super) at: i64,
    pub(super) device: &'a str,
    pub(super) label: &'a str,
    /// The change that this undoes, or the undo that it takes back.
    pub(super) undoes: Option<i64>,
}

/// One changed field, as the log shows it. Texts are a reader's own and pass `Clean` before they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Unix milliseconds.
    pub at: i64,
    pub device: String,
    pub batch: i64,
    pub label: String,
    /// The batch that this one took back: for an undo the change, for a redo the undo.
    pub undoes: Option<i64>,
    /// A paper's key, `view:<name>` or `digest:<id>`.
    pub subject: String,
    /// `status`, `star`, `seen`, `note`, `tag:<tag>`; `query` of a view; `day`, `hidden` of a digest.
    pub field: String,
    /// None: as if never touched.
    pub before: Option<String>,
    pub after: Option<String>,
    /// The change is not in force: it was undone and not redone.
    pub undone: bool,
}

/// Writes the facts that differ from the state as one batch. Gives the batch's id (None: nothing differed, nothing was written) and the
/// places in `facts` of those that did.
pub(super) fn append(
    connection: &Connection,
    entry: &Entry<'_>,
    facts: &[Fact],
) -> rusqlite::Result<(Option<i64>, Vec<usize>)> {
    let transaction = Write::begin(connection)?;
    let written = write(connection, entry, facts)?;
    if written.0.is_some() {
        transaction.commit()?;
    }
    Ok(written)
}

fn write(connection: &Connection, entry: &Entry<'_>, facts: &[Fact]) -> rusqlite::Result<(Option<i64>, Vec<usize>)> {
    let mut find = connection.prepare_cached("SELECT value FROM state WHERE subject = ?1 AND field = ?2")?;
    let mut set = connection.prepare_cached(
        "INSERT INTO state (subject, field, value) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET value = excluded.value",
    )?;
    let mut clear = connection.prepare_cached("DELETE FROM state WHERE subject = ?1 AND field = ?2")?;
    let mut note_down = connection
        .prepare_cached("INSERT INTO journal (batch, subject, field, before, after) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    // An undo is written even when it finds nothing to restore, or it would be offered for ever.
    let mut batch = entry.undoes.map(|_| start(connection, entry)).transpose()?;
    let mut written = Vec::new();
    for (place, Fact { subject, field, value }) in facts.iter().enumerate() {
        let before: Option<String> = find.query_row([subject, field], |row| row.get(0)).optional()?;
        if before == *value {
            continue;
        }
        let id = match batch {
            Some(id) => id,
            None => *batch.insert(start(connection, entry)?),
        };
        note_down.execute(params![id, subject, field, before, value])?;
        match value {
            Some(value) => set.execute([subject, field, value])?,
            None => clear.execute([subject, field])?,
        };
        written.push(place);
    }
    Ok((batch, written))
}

fn start(connection: &Connection, entry: &Entry<'_>) -> rusqlite::Result<i64> {
    connection.prepare_cached("INSERT INTO batch (at, device, label, undoes) VALUES (?1, ?2, ?3, ?4)")?.insert(params![
        entry.at,
        entry.device,
        entry.label,
        entry.undoes
    ])
}

/// The newest change in force: what undo takes back.
const NEXT_UNDO: &str = "SELECT id, label FROM by_hand AS batch
    WHERE NOT EXISTS (SELECT 1 FROM undone WHERE undone.batch = batch.id)
    ORDER BY id DESC LIMIT 1";

/// The newest undo in force that no change came after: what redo takes back.
const NEXT_REDO: &str = "SELECT undone.undo, batch.label FROM undone JOIN batch ON batch.id = undone.batch
    WHERE undone.undo > (SELECT max(id) FROM by_hand)
    ORDER BY undone.undo DESC LIMIT 1";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Undo,
    Redo,
}

/// What a batch that took another one back did.
pub(super) struct Reversal {
    pub(super) id: i64,
    pub(super) label: String,
    pub(super) restored: Vec<Fact>,
}

/// Takes back what is next in this direction; None when nothing is.
pub(super) fn reverse(
    connection: &Connection,
    direction: Direction,
    at: i64,
    device: &str,
) -> rusqlite::Result<Option<Reversal>> {
    let next = match direction {
        Direction::Undo => NEXT_UNDO,
        Direction::Redo => NEXT_REDO,
    };
    let transaction = Write::begin(connection)?;
    let found: Option<(i64, String)> =
        connection.prepare_cached(next)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((old, label)) = found else { return Ok(None) };
    // Backwards, for a batch may have changed one field twice.
    let mut earlier =
        connection.prepare_cached("SELECT subject, field, before FROM journal WHERE batch = ?1 ORDER BY id DESC")?;
    let facts = earlier
        .query_map([old], |row| Ok(Fact { subject: row.get(0)?, field: row.get(1)?, value: row.get(2)? }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let entry = Entry { at, device, label: &label, undoes: Some(old) };
    let (id, places) = write(connection, &entry, &facts)?;
    transaction.commit()?;
    let restored = places.into_iter().filter_map(|place| facts.get(place).cloned()).collect();
    Ok(id.map(|id| Reversal { id, label, restored }))
}

/// Newest entries first, at most `limit`, about one subject or all.
pub(super) fn log(connection: &Connection, about: Option<&str>, limit: usize) -> rusqlite::Result<Vec<LogEntry>> {
    let mut select = connection.prepare_cached(
        "SELECT batch.at, batch.device, batch.id, batch.label, batch.undoes,
                journal.subject, journal.field, journal.before, journal.after, undone.undo IS NOT NULL
         FROM journal JOIN batch ON batch.id = journal.batch LEFT JOIN undone ON undone.batch = batch.id
         WHERE ?1 IS NULL OR journal.subject = ?1
         ORDER BY journal.id DESC LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let entries = select.query_map(params![about, limit], log_entry)?;
    entries.collect()
}

fn log_entry(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    Ok(LogEntry {
        at: row.get(0)?,
        device: row.get(1)?,
        batch: row.get(2)?,
        label: row.get(3)?,
        undoes: row.get(4)?,
        subject: row.get(5)?,
        field: row.get(6)?,
        before: row.get(7)?,
        after: row.get(8)?,
        undone: row.get(9)?,
    })
}

/// Changes of status in force, oldest first: unix milliseconds, paper, what it became.
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
        if let (Some(key), Some(status)) = (stored_key(&subject), status) {
            changes.push((row.get(0)?, key, status));
        }
    }
    Ok(changes)
}

/// The state as the tables hold it.
pub(super) fn facts(connection: &Connection) -> rusqlite::Result<Vec<Fact>> {
    let mut select = connection.prepare("SELECT subject, field, value FROM state ORDER BY subject, field")?;
    let facts =
        select.query_map([], |row| Ok(Fact { subject: row.get(0)?, field: row.get(1)?, value: Some(row.get(2)?) }))?;
    facts.collect()
}

/// Fields whose last entry in the journal is not what the state says.
pub(super) fn disagreements(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare(
        "WITH last AS (SELECT subject, field, after, max(id) FROM journal GROUP BY subject, field)
         SELECT coalesce(last.subject, state.subject), coalesce(last.field, state.field)
         FROM last FULL JOIN state ON state.subject = last.subject AND state.field = last.field
         WHERE last.after IS NOT state.value LIMIT 20",
    )?;
    let lines = select.query_map([], |row| {
        Ok(format!("journal and state differ in {} of {}", row.get::<_, String>(1)?, row.get::<_, String>(0)?))
    })?;
    lines.collect()
}
