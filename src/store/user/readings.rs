//! Reading states as the table of states holds them: of one paper, or of all in one pass. Nothing is kept in memory.

use rusqlite::{Connection, params};

use super::state::{DIGEST, Fact, NOTE, StateField, VIEW};
use crate::domain::reading::{Reading, is_blank_note};

/// The reading state under a key. A field that this program does not know is left out.
pub(super) fn of(connection: &Connection, subject: &str) -> rusqlite::Result<Reading> {
    let mut select = connection.prepare_cached("SELECT field, value FROM state WHERE subject = ?1")?;
    let mut rows = select.query([subject])?;
    let mut reading = Reading::default();
    while let Some(row) = rows.next()? {
        if let Some(field) = StateField::read(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?) {
            field.add_to(&mut reading);
        }
    }
    Ok(reading)
}

/// Every field of every paper with state: key and field, those of one paper one after another, sorted by key.
pub(super) fn each(connection: &Connection, visit: &mut dyn FnMut(&str, StateField<'_>)) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached("SELECT subject, field, value FROM state ORDER BY subject, field")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let subject = row.get_ref(0)?.as_str()?;
        if subject.starts_with(VIEW) || subject.starts_with(DIGEST) {
            continue;
        }
        if let Some(field) = StateField::read(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?) {
            visit(subject, field);
        }
    }
    Ok(())
}

/// Every note with the key it is stored under.
pub(super) fn each_note(connection: &Connection, visit: &mut dyn FnMut(&str, &str)) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached("SELECT subject, value FROM state WHERE field = ?1")?;
    let mut rows = select.query([NOTE])?;
    while let Some(row) = rows.next()? {
        let note = row.get_ref(1)?.as_str()?;
        if !is_blank_note(note) {
            visit(row.get_ref(0)?.as_str()?, note);
        }
    }
    Ok(())
}

/// The fields of views and digests.
pub(super) fn other_facts(connection: &Connection) -> rusqlite::Result<Vec<Fact>> {
    let mut facts = Vec::new();
    // By ranges of the primary key: there may be millions of papers with state.
    let mut select =
        connection.prepare_cached("SELECT subject, field, value FROM state WHERE subject >= ?1 AND subject < ?2")?;
    for kind in [VIEW, DIGEST] {
        let end = format!("{};", kind.trim_end_matches(':'));
        let rows = select.query_map(params![kind, end], |row| {
            Ok(Fact { subject: row.get(0)?, field: row.get(1)?, value: Some(row.get(2)?) })
        })?;
        for fact in rows {
            facts.push(fact?);
        }
    }
    Ok(facts)
}
