//! Finds changes in `user.db` that nobody made: batches of the journal and citation keys that differ from their checksums, lost batches, and
//! states that differ from the journal. Nothing is repaired here.

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::USER;
use super::checksums::{BATCHES, BatchChecksum, of_citation};
use super::citation::hashes_differ;
use crate::store::database_file::{says_ok, tells_damage};
use crate::store::schema;

/// How many damaged rows are named; the others are counted.
const NAMED: usize = 10;

/// The first version of the file in which every change has a checksum.
pub(in crate::store) const WITH_CHECKSUMS: i64 = 3;

/// What is wrong with the contents of a file of this version, one line each.
pub(super) fn of(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    Ok([differences(connection)?, disagreements(connection)?].concat())
}

/// Whether a file is sound as far as it can be read from itself. Errors: what does not tell damage, such as a disk that cannot be read.
pub(in crate::store) fn is_sound(connection: &Connection) -> rusqlite::Result<bool> {
    or_damage(sound(connection))
}

fn sound(connection: &Connection) -> rusqlite::Result<bool> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(says_ok(connection, "PRAGMA quick_check(1)")?
        && (version < WITH_CHECKSUMS || of(connection)?.is_empty())
        && has_known_tables(connection, version)?)
}

/// Whether the indexes of all tables have the rows of their tables, which `is_sound` does not read.
pub(in crate::store) fn has_right_indexes(connection: &Connection) -> rusqlite::Result<bool> {
    or_damage(says_ok(connection, "PRAGMA integrity_check(1)"))
}

fn or_damage(is_sound: rusqlite::Result<bool>) -> rusqlite::Result<bool> {
    match is_sound {
        Err(error) if tells_damage(&error) => Ok(false),
        other => other,
    }
}

/// Whether the tables of a file of a version are defined as this program defines them.
fn has_known_tables(connection: &Connection, version: i64) -> rusqlite::Result<bool> {
    Ok(schema::differences(connection, USER.steps, version)?.is_empty())
}

/// What is damaged or lost, one line each.
fn differences(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare(&format!("{BATCHES} ORDER BY id"))?;
    let mut batches = select.query([])?;
    let (mut damaged, mut lost) = (Damaged::default(), Damaged::default());
    let mut expected = 1;
    while let Some(batch) = batches.next()? {
        let id: i64 = batch.get(0)?;
        if id != expected {
            lost.push(|| format!("{expected} to {}", id.wrapping_sub(1)));
        }
        expected = id.wrapping_add(1);
        if batch.get_ref(5)? != ValueRef::Integer(BatchChecksum::read(connection, batch)?.finish()) {
            let label = batch.get_ref(3)?.as_str().unwrap_or_default();
            damaged.push(|| format!("{id} ({label})"));
        }
    }
    let mut select = connection.prepare("SELECT subject, citation_key, checksum FROM citation")?;
    let mut citations = select.query([])?;
    let mut keys = Damaged::default();
    while let Some(row) = citations.next()? {
        let (subject, citation_key) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
        if row.get_ref(2)? != ValueRef::Integer(of_citation(subject, citation_key)) {
            keys.push(|| format!("{citation_key} of {subject}"));
        }
    }
    let lines = [
        hashes_differ(connection)?.then(|| {
            "user.db: what is remembered of the citation keys that were given is damaged; `tsundoku doctor --fix` makes it anew".to_owned()
        }),
        damaged.line("damaged in the journal: the changes"),
        lost.line("lost from the journal: the changes"),
        keys.line("damaged: the citation keys"),
    ];
    Ok(lines.into_iter().flatten().collect())
}

/// Damaged rows: how many, and the names of the first.
#[derive(Default)]
struct Damaged {
    count: usize,
    names: Vec<String>,
}

impl Damaged {
    fn push(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name());
        }
    }

    /// None when there are none.
    fn line(&self, what: &str) -> Option<String> {
        let more = match self.count - self.names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (self.count > 0).then(|| format!("user.db: {what} {}{more}", self.names.join(", ")))
    }
}

/// Fields whose last entry in the journal differs from the state.
fn disagreements(connection: &Connection) -> rusqlite::Result<Vec<String>> {
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
