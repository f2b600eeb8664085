//! Hashes of titles that an earlier version of this program computed. A title is rendered before it is folded, so a version that renders more
//! of LaTeX or page text gives another hash, by which it would not find the paper. They are computed anew once, by the first import; keys
//! stay as they are, because reading states refer to them.

use rusqlite::{Connection, params};

use super::checksums::{Part, RowChecksums, checksum_of};
use super::{changes, row};
use crate::domain::identity::{TITLE_KEY_VERSION, title_key};

/// Papers that are read before any is updated.
const PART: i64 = 8192;

/// In a file without papers there is nothing to compute.
pub(super) fn begin(connection: &Connection) -> rusqlite::Result<()> {
    let is_empty = "UPDATE tally SET title_keys = ?1 WHERE NOT EXISTS (SELECT 1 FROM paper)";
    connection.execute(is_empty, [TITLE_KEY_VERSION]).map(drop)
}

/// Computes the hashes of all titles where they are of another version. Runs in a transaction of the caller, who writes the checksums.
pub(super) fn bring_up_to_date(connection: &Connection, checksums: &mut RowChecksums) -> rusqlite::Result<()> {
    let is_present = "SELECT title_keys IS ?1 FROM tally";
    if connection.prepare_cached(is_present)?.query_row([TITLE_KEY_VERSION], |row| row.get(0))? {
        return Ok(());
    }
    let next = "SELECT id, title, title_markup, title_hash FROM paper WHERE id > ?1 ORDER BY id LIMIT ?2";
    let mut select = connection.prepare(next)?;
    let mut last = i64::MIN;
    loop {
        let mut others = Vec::new();
        let mut rows = select.query([last, PART])?;
        let before = last;
        while let Some(found) = rows.next()? {
            last = found.get(0)?;
            let markup = row::markup(found.get_ref(2)?.as_str()?);
            let hash = row::title_hash(&title_key(found.get_ref(1)?.as_str()?, markup));
            if found.get::<_, i64>(3)? != hash {
                others.push((last, hash));
            }
        }
        for (paper, hash) in others {
            rehash(connection, checksums, paper, hash)?;
        }
        if last == before {
            break;
        }
    }
    connection.execute("UPDATE tally SET title_keys = ?1", [TITLE_KEY_VERSION])?;
    changes::seal(connection)
}

/// A row that differs from its checksum does so still.
fn rehash(connection: &Connection, checksums: &mut RowChecksums, paper: i64, hash: i64) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(row::BY_ID)?;
    let mut sum = || select.query_row([paper], |row| checksum_of(Part::Paper, row, row::COVERED));
    let is_sound = checksums.get(connection, Part::Paper, paper)? == sum()?;
    connection.prepare_cached("UPDATE paper SET title_hash = ?2 WHERE id = ?1")?.execute(params![paper, hash])?;
    let sum = sum()?;
    checksums.set(connection, Part::Paper, paper, if is_sound { sum } else { !sum })
}
