//! Finds what is wrong with the file, and mends what can be mended here. A paper or an abstract that differs from its checksum is replaced
//! when the paper is imported again; see `merge::mend`.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

use super::checksums::{BLOCKS, Part, RowChecksums, StoredChecksums, checksum_of};
use super::store::PaperStore;
use super::{asked, changes, ledger};
use crate::domain::identity::PaperKey;
use crate::error::Result;
use crate::store::transaction::WriteTransaction;

/// How many damaged rows of one table are named; the others are counted.
const NAMED: usize = 10;
/// Rows that are read before they are updated.
const PART: i64 = 8192;

impl PaperStore {
    /// Everything wrong with the file, one line each; empty when it is sound. Reads all of it. A sound file from before there were checksums
    /// gets them.
    pub fn check(&self) -> Result<Vec<String>> {
        let mut problems = self.database.integrity()?;
        if problems.is_empty() {
            let connection = &self.database.connection;
            problems = self.at_once(|| {
                let found = [miscounts(connection), differences(connection)];
                let found = found.into_iter().collect::<rusqlite::Result<Vec<_>>>();
                Ok(self.database.explain(found)?.concat())
            })?;
        }
        if problems.is_empty() {
            problems = self.at_once(|| self.database.explain(self.unreadable_abstracts()))?;
        }
        if problems.is_empty() && !self.is_read_only() {
            self.database.explain(compute_missing(&self.database.connection))?;
        }
        Ok(problems)
    }

    fn unreadable_abstracts(&self) -> rusqlite::Result<Vec<String>> {
        let connection = &self.database.connection;
        let mut unreadable = Vec::new();
        let mut select = connection.prepare(Part::Abstract.rows())?;
        let mut rows = select.query([])?;
        while let Some(found) = rows.next()? {
            let packed = found.get_ref(3)?.as_blob()?;
            if let Err(error) = self.abstracts.borrow_mut().read(connection, found.get(2)?, packed) {
                unreadable.push(format!("papers.db: the abstract of row {}: {error}", found.get::<_, i64>(0)?));
            }
        }
        Ok(unreadable)
    }

    /// Removes damaged rows that an import writes again (former keys, places in digests), damaged vote counts and what belonged to lost
    /// papers, and counts again. Returns what was done, one line each.
    pub fn mend(&mut self) -> Result<Vec<String>> {
        self.database.expect_writable()?;
        let done = mend(&self.database.connection);
        self.database.note_commit();
        self.database.explain(done)
    }
}

/// Whether all rows have checksums. Those of a file from before there were any have none until `compute`.
pub(super) fn has_checksums(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT aliases IS NOT NULL FROM tally")?.query_row([], |row| row.get(0))
}

fn compute_missing(connection: &Connection) -> rusqlite::Result<()> {
    if has_checksums(connection)? {
        return Ok(());
    }
    let transaction = WriteTransaction::begin(connection)?;
    // Another process may have done it meanwhile.
    if !has_checksums(connection)? {
        let mut checksums = RowChecksums::default();
        compute(connection, &mut checksums)?;
        checksums.write(connection)?;
    }
    transaction.commit()
}

/// Computes the checksums of all rows as they are. Runs in a transaction of the caller, who writes those that it gets.
pub(super) fn compute(connection: &Connection, checksums: &mut RowChecksums) -> rusqlite::Result<()> {
    for part in Part::NUMBERED {
        let mut select = connection.prepare(part.rows())?;
        let columns = select.column_count();
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            checksums.set(connection, part, row.get(0)?, checksum_of(part, row, columns)?)?;
        }
    }
    let mut select = connection.prepare("SELECT key, paper FROM alias WHERE key > ?1 ORDER BY key LIMIT ?2")?;
    let mut update = connection.prepare("UPDATE alias SET checksum = ?2 WHERE key = ?1")?;
    let mut last = String::new();
    loop {
        let found = select
            .query_map(params![last, PART], |row| Ok((row.get::<_, String>(0)?, checksum_of(Part::Alias, row, 2)?)))?;
        let found: Vec<(String, i64)> = found.collect::<rusqlite::Result<_>>()?;
        for (key, sum) in &found {
            update.execute(params![key, sum])?;
        }
        let Some((key, _)) = found.into_iter().next_back() else { break };
        last = key;
    }
    let mut select = connection.prepare(
        "SELECT paper, digest, rank, votes FROM sighting WHERE (paper, digest) > (?1, ?2) ORDER BY paper, digest LIMIT ?3",
    )?;
    let mut update = connection.prepare("UPDATE sighting SET checksum = ?3 WHERE paper = ?1 AND digest = ?2")?;
    let mut last = [i64::MIN, i64::MIN];
    loop {
        let found = select.query_map(params![last[0], last[1], PART], |row| {
            Ok(([row.get(0)?, row.get(1)?], checksum_of(Part::Sighting, row, 4)?))
        })?;
        let found: Vec<([i64; 2], i64)> = found.collect::<rusqlite::Result<_>>()?;
        for ([paper, digest], sum) in &found {
            update.execute([paper, digest, sum])?;
        }
        let Some((place, _)) = found.last() else { break };
        last = *place;
    }
    connection.execute("UPDATE tally SET aliases = (SELECT count(*) FROM alias)", []).map(drop)
}

/// A row that is not as it was written.
enum Difference {
    Changed(i64),
    /// There is no such row, or it has no checksum.
    Lost(i64),
}

/// The rows of a table that differ from their checksums, in order.
fn each_difference(
    connection: &Connection,
    part: Part,
    visit: &mut dyn FnMut(Difference) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare(part.rows())?;
    let columns = select.column_count();
    let mut rows = select.query([])?;
    let mut blocks = connection.prepare(BLOCKS)?;
    let mut stored = StoredChecksums::new(blocks.query([part as u8])?);
    let mut expected = stored.next()?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        while let Some((lost, _)) = expected.filter(|(expected, _)| *expected < id) {
            visit(Difference::Lost(lost))?;
            expected = stored.next()?;
        }
        let sum = expected.filter(|(expected, _)| *expected == id).map(|(_, sum)| sum);
        if sum.is_some() {
            expected = stored.next()?;
        }
        if sum != Some(checksum_of(part, row, columns)?) {
            visit(Difference::Changed(id))?;
        }
    }
    while let Some((lost, _)) = expected {
        visit(Difference::Lost(lost))?;
        expected = stored.next()?;
    }
    Ok(())
}

/// Rows that differ from their checksums: how many, and the names of the first.
#[derive(Default)]
struct Named {
    count: usize,
    names: Vec<String>,
}

impl Named {
    fn push(&mut self, name: impl FnOnce() -> rusqlite::Result<String>) -> rusqlite::Result<()> {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name()?);
        }
        Ok(())
    }

    /// None when there are none.
    fn line(&self, what: &str, remedy: &str) -> Option<String> {
        let more = match self.count - self.names.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = self.names.join(", ");
        (self.count > 0).then(|| format!("papers.db: {} {what}: {names}{more}; {remedy}", self.count))
    }
}

const IMPORT: &str = "import the files that these papers came from again, and what is damaged is replaced";
const FIX: &str = "`tsundoku doctor --fix` removes them";
const FIX_AND_IMPORT: &str =
    "`tsundoku doctor --fix` removes what is left of them, and importing again brings them back";
const BEGIN_AGAIN: &str = "move papers.db away and import again; what you did with the papers is in user.db";

/// What is said of rows that were changed and of rows that were lost, and what to do.
fn wording(part: Part) -> [(&'static str, &'static str); 2] {
    match part {
        Part::Paper => [("damaged papers", IMPORT), ("lost papers", FIX_AND_IMPORT)],
        Part::Abstract => [("damaged abstracts", IMPORT), ("lost abstracts", FIX_AND_IMPORT)],
        Part::Provenance => [("damaged lists of sources", FIX_AND_IMPORT), ("lost lists of sources", FIX_AND_IMPORT)],
        Part::Dictionary => [("damaged dictionaries of abstracts", BEGIN_AGAIN), ("lost dictionaries", BEGIN_AGAIN)],
        Part::Digest => [("damaged digests", "import them again"), ("lost digests", FIX_AND_IMPORT)],
        Part::Vote => [("damaged vote counts", FIX), ("lost vote counts", FIX)],
        Part::Alias => [("damaged former keys", FIX_AND_IMPORT), ("", "")],
        Part::Sighting => [("damaged places in digests", FIX_AND_IMPORT), ("", "")],
        Part::Ledger => [("damaged days of the ledger", FIX), ("", "")],
        Part::Asked => [("damaged notes of questions", FIX), ("", "")],
        Part::Touched | Part::Tally => [("", ""), ("", "")],
    }
}

/// How the user knows a numbered row.
fn name(connection: &Connection, part: Part, row: i64) -> rusqlite::Result<String> {
    let select = match part {
        Part::Paper | Part::Abstract | Part::Provenance => "SELECT key FROM paper WHERE id = ?1",
        Part::Digest => "SELECT name FROM digest WHERE id = ?1",
        Part::Vote => "SELECT paper.key FROM vote JOIN paper ON paper.id = vote.paper WHERE vote.id = ?1",
        _ => return Ok(format!("row {row}")),
    };
    let found = connection.prepare_cached(select)?.query_row([row], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_else(|| format!("row {row}")))
}

/// Rows that differ from their checksums, a line for each table.
fn differences(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    if !has_checksums(connection)? {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    let mut tell = |part: Part, found: [Named; 2]| {
        let told = found.iter().zip(wording(part));
        lines.extend(told.filter_map(|(found, (what, remedy))| found.line(what, remedy)));
    };
    for part in Part::NUMBERED {
        let mut found = [Named::default(), Named::default()];
        let [changed, lost] = &mut found;
        each_difference(connection, part, &mut |difference| match difference {
            Difference::Changed(row) => changed.push(|| name(connection, part, row)),
            Difference::Lost(row) => lost.push(|| name(connection, part, row)),
        })?;
        tell(part, found);
    }
    let mut changed = Named::default();
    each_changed_alias(connection, &mut |key| changed.push(|| Ok(key)))?;
    tell(Part::Alias, [changed, Named::default()]);
    let mut changed = Named::default();
    each_changed_sighting(connection, &mut |[paper, _]| changed.push(|| name(connection, Part::Paper, paper)))?;
    tell(Part::Sighting, [changed, Named::default()]);
    let mut changed = Named::default();
    ledger::each_damaged(connection, &mut |day| changed.push(|| Ok(day.join(" "))))?;
    tell(Part::Ledger, [changed, Named::default()]);
    let mut changed = Named::default();
    asked::each_damaged(connection, &mut |row| changed.push(|| Ok(row.join(" "))))?;
    tell(Part::Asked, [changed, Named::default()]);
    if changes::are_damaged(connection)? {
        lines.push(format!("papers.db: what is remembered of changes is damaged; {FIX}"));
    }
    Ok(lines)
}

fn each_changed_alias(
    connection: &Connection,
    visit: &mut dyn FnMut(String) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare("SELECT key, paper, checksum FROM alias")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(2)? != ValueRef::Integer(checksum_of(Part::Alias, row, 2)?) {
            visit(row.get(0)?)?;
        }
    }
    Ok(())
}

/// Paper and digest.
fn each_changed_sighting(
    connection: &Connection,
    visit: &mut dyn FnMut([i64; 2]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare("SELECT paper, digest, rank, votes, checksum FROM sighting")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(4)? != ValueRef::Integer(checksum_of(Part::Sighting, row, 4)?) {
            visit([row.get(0)?, row.get(1)?])?;
        }
    }
    Ok(())
}

fn mend(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    if !has_checksums(connection)? {
        return Ok(Vec::new());
    }
    let transaction = WriteTransaction::begin(connection)?;
    let mut done = Vec::new();
    let mut tell = |count: usize, what: &str| {
        if count > 0 {
            done.push(format!("removed {count} {what}"));
        }
    };
    let mut aliases = Vec::new();
    each_changed_alias(connection, &mut |key| {
        aliases.push(key);
        Ok(())
    })?;
    for key in &aliases {
        connection.execute("DELETE FROM alias WHERE key = ?1", [key])?;
    }
    tell(aliases.len(), "damaged former keys");
    let mut sightings = Vec::new();
    each_changed_sighting(connection, &mut |place| {
        sightings.push(place);
        Ok(())
    })?;
    for place in &sightings {
        connection.execute("DELETE FROM sighting WHERE paper = ?1 AND digest = ?2", *place)?;
    }
    tell(sightings.len(), "damaged places in digests");
    tell(ledger::mend(connection)?, "damaged days of the ledger");
    tell(asked::mend(connection)?, "damaged notes of questions");
    let mut left = 0;
    for table in ["abstract", "provenance", "alias", "sighting", "vote"] {
        left += connection.execute(&format!("DELETE FROM {table} WHERE paper NOT IN (SELECT id FROM paper)"), [])?;
    }
    for table in ["sighting", "vote"] {
        left += connection.execute(&format!("DELETE FROM {table} WHERE digest NOT IN (SELECT id FROM digest)"), [])?;
    }
    tell(left, "rows of papers and digests that are lost");
    let mut checksums = RowChecksums::default();
    let (mut votes, mut provenance) = (0, 0);
    for part in Part::NUMBERED {
        let mut gone = Vec::new();
        each_difference(connection, part, &mut |difference| {
            match difference {
                Difference::Lost(row) => gone.push(row),
                Difference::Changed(row) if part == Part::Vote => {
                    gone.push(row);
                    votes += 1;
                }
                Difference::Changed(row) if part == Part::Provenance => {
                    gone.push(row);
                    provenance += 1;
                }
                Difference::Changed(_) => {}
            }
            Ok(())
        })?;
        for row in gone {
            let delete = match part {
                Part::Vote => Some("DELETE FROM vote WHERE id = ?1"),
                Part::Provenance => Some("DELETE FROM provenance WHERE paper = ?1"),
                _ => None,
            };
            if let Some(delete) = delete {
                connection.execute(delete, [row])?;
            }
            checksums.set(connection, part, row, 0)?;
        }
    }
    tell(votes, "damaged vote counts");
    tell(provenance, "damaged lists of sources");
    checksums.write(connection)?;
    connection.execute_batch(
        "UPDATE digest SET papers = (SELECT count(*) FROM sighting WHERE sighting.digest = digest.id);
         UPDATE tally SET papers = (SELECT count(*) FROM paper), aliases = (SELECT count(*) FROM alias)",
    )?;
    if changes::are_damaged(connection)? {
        done.push("removed what was remembered of changes; the index reads all papers again".to_owned());
    }
    if !done.is_empty() {
        changes::begin_again(connection)?;
    }
    transaction.commit()?;
    Ok(done)
}

/// Stored counts that disagree with what they count, and keys that are no paper keys.
fn miscounts(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut problems = Vec::new();
    let wrong = "SELECT (SELECT papers FROM tally) <> (SELECT count(*) FROM paper)";
    if connection.query_row(wrong, [], |row| row.get(0))? {
        problems.push("papers.db: the count of papers is wrong".to_owned());
    }
    let wrong = "SELECT coalesce((SELECT aliases FROM tally) <> (SELECT count(*) FROM alias), 0)";
    if connection.query_row(wrong, [], |row| row.get(0))? {
        problems.push("papers.db: the count of former keys is wrong".to_owned());
    }
    let mut select = connection.prepare(
        "SELECT name FROM digest
         WHERE papers <> (SELECT count(*) FROM sighting WHERE sighting.digest = digest.id)",
    )?;
    for name in select.query_map([], |row| row.get::<_, String>(0))? {
        problems.push(format!("papers.db: the count of papers of digest {} is wrong", name?));
    }
    let mut keys = connection.prepare("SELECT key FROM paper UNION ALL SELECT key FROM alias")?;
    for key in keys.query_map([], |row| row.get::<_, String>(0))? {
        let key = key?;
        if PaperKey::from_stored(&key).is_none() {
            problems.push(format!("papers.db: {key} is not a key"));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests;
