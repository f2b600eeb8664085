//! Whether a log of `papers.db` that a crash left belongs to the file beside it. Every commit raises a revision that begins at random, so a
//! log goes on where its file is. The same of a rollback journal. Nothing is changed here.

use std::io;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::store::database_file::says_ok;
use crate::store::log_frames::each_committed_page;
use crate::store::table_page::rows_of;

/// `alone` reads the file without its log, `with_log` both. True also where it cannot be told.
pub(in crate::store) fn belongs(log: &Path, alone: &Connection, with_log: &Connection) -> rusqlite::Result<bool> {
    let revision: i64 = alone.query_row("SELECT revision FROM tally", [], |row| row.get(0))?;
    let Ok(mut logged) = Logged::read(log, page_of_tally(alone)?) else { return Ok(true) };
    // Compacting a file moves its tables, which its first page tells.
    if logged.has_first_page {
        match page_of_tally(with_log).map(|page| Logged::read(log, page)) {
            Ok(Ok(moved)) => logged = moved,
            _ => return Ok(true),
        }
    }
    Ok(match logged.revisions {
        Some([Some(first), Some(last)]) => (first.wrapping_sub(1)..=last).contains(&revision),
        // In the file that the log belongs to, another table is there.
        Some(_) => logged.has_first_page,
        None => true,
    })
}

/// Whether a rollback journal belongs to the file beside it: it leads back to the revision of the file, or to the one before, and to a sound file.
/// `alone` reads the file without its journal, `rolled_back` as the journal leaves it. True also where it cannot be told.
pub(in crate::store) fn journal_belongs(alone: &Connection, rolled_back: &Connection) -> rusqlite::Result<bool> {
    let revision = |connection: &Connection| {
        connection.query_row("SELECT revision FROM tally", [], |row| row.get::<_, i64>(0)).ok()
    };
    let is_sound = |connection| matches!(says_ok(connection, "PRAGMA quick_check(1)"), Ok(true));
    let Some(now) = revision(alone) else { return Ok(true) };
    let follows = revision(rolled_back).is_some_and(|before| [before, before.wrapping_add(1)].contains(&now));
    Ok(if follows { is_sound(rolled_back) || !is_sound(alone) } else { !is_sound(alone) })
}

fn page_of_tally(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'tally'", [], |row| row.get(0))
}

/// What the commits of a log hold.
#[derive(Default)]
struct Logged {
    /// The revisions that the first and the last commit left in a page; None in them for a page without one, None where no commit has the page.
    revisions: Option<[Option<i64>; 2]>,
    /// Whether any commit has the first page of the file, in which its tables are defined.
    has_first_page: bool,
}

impl Logged {
    fn read(log: &Path, tally: u32) -> io::Result<Self> {
        let mut logged = Self::default();
        let mut add = |_, number, page: Vec<u8>| {
            if number != tally {
                logged.has_first_page = true;
                return;
            }
            let revision = revision(&page);
            let first = logged.revisions.map_or(revision, |[first, _]| first);
            logged.revisions = Some([first, revision]);
        };
        each_committed_page(log, &|number| number == tally || number == 1, &mut add)?;
        Ok(logged)
    }
}

fn revision(page: &[u8]) -> Option<i64> {
    match rows_of(page, &|_| None)?.as_slice() {
        [row] => match row.values.first()? {
            Value::Integer(revision) => Some(*revision),
            _ => None,
        },
        _ => None,
    }
}
