//! The journal as the log shows it: every changed field, or every batch with what it changed. Reads only.

use std::collections::HashSet;

use rusqlite::{Connection, Row, params};

use super::UserStore;
use super::journal::{self, count};
use crate::domain::identity::PaperKey;
use crate::domain::reading::Status;
use crate::error::Result;

/// One changed field, as the log shows it. Its texts are the user's and pass `Clean` before they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Unix milliseconds.
    pub at: i64,
    pub device: String,
    pub batch: i64,
    pub label: String,
    /// The batch that this one undid; for a redo, the undo.
    pub undoes: Option<i64>,
    /// A paper's key, `view:<name>` or `digest:<id>`.
    pub subject: String,
    /// `status`, `star`, `seen`, `note`, `tag:<tag>`; `query` of a view; `day`, `hidden` of a digest.
    pub field: String,
    /// None: the initial value.
    pub before: Option<String>,
    pub after: Option<String>,
    /// The change was undone and not redone.
    pub undone: bool,
}

impl UserStore {
    /// Changes of status in force, oldest first: time in unix milliseconds, paper, new status.
    pub fn status_changes(&self) -> Result<Vec<(i64, PaperKey, Status)>> {
        self.database.explain(journal::status_changes(&self.database.connection))
    }

    /// At most `limit` journal entries, newest first, of one paper or of everything.
    pub fn log(&self, about: Option<&PaperKey>, limit: usize) -> Result<Vec<LogEntry>> {
        self.database.explain(log(&self.database.connection, about.map(PaperKey::as_str), limit))
    }

    /// At most `limit` batches that the user made, newest first.
    pub fn batches(&self, limit: usize) -> Result<Vec<LoggedBatch>> {
        self.database.explain(batches(&self.database.connection, limit))
    }

    /// When which papers were seen and nothing else, in at most `limit` batches, newest first.
    pub fn seen(&self, limit: usize) -> Result<Vec<(i64, String)>> {
        self.database.explain(seen(&self.database.connection, limit))
    }
}

/// At most `limit` entries, newest first, about one subject or all.
fn log(connection: &Connection, about: Option<&str>, limit: usize) -> rusqlite::Result<Vec<LogEntry>> {
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

/// One batch as the log shows it. Its texts are the user's and pass `Clean` before they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedBatch {
    /// Unix milliseconds.
    pub at: i64,
    pub label: String,
    pub subjects: Subjects,
    /// What its first change wrote, if that is a note.
    pub note: Option<String>,
    /// It was undone and not redone.
    pub undone: bool,
}

/// What a batch changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subjects {
    All(Vec<String>),
    /// So many that not all were read.
    First {
        subjects: Vec<String>,
        /// Number of changes of the field that its first change is of.
        count: usize,
    },
}

/// A batch of at most this many changes is read whole for the log.
const READ_WHOLE: usize = 500;

/// At most `limit` batches that the user made, newest first. What only says that a paper was seen is left out.
fn batches(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<LoggedBatch>> {
    let mut select = connection.prepare_cached(
        "SELECT batch.id, batch.at, batch.label, undone.undo IS NOT NULL
         FROM by_hand AS batch LEFT JOIN undone ON undone.batch = batch.id
         ORDER BY batch.id DESC LIMIT ?1",
    )?;
    let rows = select.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    let mut batches = Vec::new();
    for row in rows {
        let (id, at, label, undone) = row?;
        let (subjects, note) = subjects(connection, id)?;
        batches.push(LoggedBatch { at, label, subjects, note, undone });
    }
    Ok(batches)
}

/// What a batch changed, and the note that its first change wrote.
fn subjects(connection: &Connection, batch: i64) -> rusqlite::Result<(Subjects, Option<String>)> {
    let mut select =
        connection.prepare_cached("SELECT subject, field, after FROM journal WHERE batch = ?1 ORDER BY id LIMIT ?2")?;
    let rows = select.query_map([batch, READ_WHOLE as i64 + 1], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?))
    })?;
    let rows: Vec<(String, String, Option<String>)> = rows.collect::<rusqlite::Result<_>>()?;
    let note = rows.first().filter(|(_, field, _)| field == "note").and_then(|(_, _, after)| after.clone());
    let first = rows.first().map(|(_, field, _)| field.clone()).unwrap_or_default();
    let mut seen = HashSet::new();
    let of_field = rows.iter().filter(|(_, field, _)| *field == first).count();
    let subjects: Vec<String> =
        rows.iter().filter(|(subject, ..)| seen.insert(subject)).map(|(subject, ..)| subject.clone()).collect();
    let is_whole = rows.len() <= READ_WHOLE;
    let subjects = match is_whole {
        true => Subjects::All(subjects),
        // One change a paper: their number is in the index of the table.
        false if of_field == rows.len() => Subjects::First { subjects, count: count(connection, batch)? },
        false => {
            let count = "SELECT count(*) FROM journal WHERE batch = ?1 AND field = ?2";
            let count =
                connection.prepare_cached(count)?.query_row(params![batch, first], |row| row.get::<_, i64>(0))?;
            Subjects::First { subjects, count: usize::try_from(count).unwrap_or_default() }
        }
    };
    Ok((subjects, note))
}

/// When which papers were seen, in at most `limit` batches that say only that, newest first.
fn seen(connection: &Connection, limit: usize) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut select = connection.prepare_cached(
        "SELECT batch.at, journal.subject
         FROM (SELECT id, at FROM batch WHERE label = 'seen' AND undoes IS NULL ORDER BY id DESC LIMIT ?1) AS batch
         JOIN journal ON journal.batch = batch.id WHERE journal.field = 'seen' AND journal.after IS NOT NULL
         ORDER BY batch.id DESC, journal.id DESC",
    )?;
    let rows = select.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
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
