//! Whether the tables of a database are those that this program makes: damage in their definitions leaves every row as it was, and fails the
//! queries that come across it.

use std::collections::BTreeSet;

use rusqlite::Connection;

/// What is wrong with the definitions in a database that these steps made, one line each.
pub(super) fn problems(connection: &Connection, steps: &[&str]) -> rusqlite::Result<Vec<String>> {
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let unknown = differences(connection, steps, version)?;
    Ok(unknown.into_iter().map(|table| format!("{table} is not defined as this program defines it")).collect())
}

/// Names of the tables, indexes, views and triggers whose definitions are not those of the first `version` steps, or that are missing or too
/// many, sorted.
pub(super) fn differences(connection: &Connection, steps: &[&str], version: i64) -> rusqlite::Result<BTreeSet<String>> {
    let expected = Connection::open_in_memory()?;
    for step in steps.iter().take(usize::try_from(version).unwrap_or_default()) {
        expected.execute_batch(step)?;
    }
    let (expected, found) = (definitions(&expected)?, definitions(connection)?);
    Ok(expected.symmetric_difference(&found).map(|(name, _)| name.clone()).collect())
}

fn definitions(connection: &Connection) -> rusqlite::Result<BTreeSet<(String, String)>> {
    // SQLite's own tables hold statistics, which any program may have made.
    let mut select = connection.prepare(
        "SELECT name, type || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    )?;
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
