//! Checksums of rows: computed here from all values of a row, and stored. Those of tables whose rows have numbers are in a table of
//! their own, many in one blob; those of the others are a column. What differs is found by `damage`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::values::{checksum_of_bytes, push};

/// A table with checksums. The numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Paper = 1,
    Abstract = 2,
    Dictionary = 3,
    Digest = 4,
    Vote = 5,
    Alias = 6,
    Sighting = 7,
    Touched = 8,
    Tally = 9,
    Ledger = 10,
    Asked = 11,
    Provenance = 12,
}

impl Part {
    /// Those whose checksums are in the table of checksums.
    pub(super) const NUMBERED: [Self; 6] =
        [Self::Paper, Self::Abstract, Self::Provenance, Self::Dictionary, Self::Digest, Self::Vote];

    /// Whether a checksum covers this value. A column that a table did not have from the start is covered where it has a value, so that the
    /// checksums of before stay right.
    fn covers(self, column: usize, value: ValueRef<'_>) -> bool {
        const FIRST_COLUMNS_OF_PAPER: usize = 18;
        self != Self::Paper || column < FIRST_COLUMNS_OF_PAPER || value != ValueRef::Null
    }

    /// Every row with the columns that its checksum covers, the number first, in the order of the numbers. The count of a digest's papers is
    /// not covered: it is compared with what it counts.
    pub(super) fn rows(self) -> &'static str {
        match self {
            Self::Paper => {
                "SELECT id, key, title_hash, published, updated, version, doi, title, title_markup, authors, categories, keywords,
                        links, venue, journal_ref, comment, license, added, publication_status, issued, source, earliest,
                        bibtex FROM paper ORDER BY id"
            }
            Self::Abstract => "SELECT paper, markup, dictionary, text FROM abstract ORDER BY paper",
            Self::Provenance => "SELECT paper, dictionary, copies FROM provenance ORDER BY paper",
            Self::Dictionary => "SELECT id, bytes FROM dictionary ORDER BY id",
            Self::Digest => "SELECT id, name, source, label, day FROM digest ORDER BY id",
            Self::Vote => "SELECT id, paper, digest, at, votes FROM vote ORDER BY id",
            Self::Alias => "SELECT key, paper FROM alias ORDER BY key",
            Self::Sighting => "SELECT paper, digest, rank, votes FROM sighting ORDER BY paper, digest",
            Self::Touched => "SELECT revision, paper FROM touched ORDER BY revision, paper",
            // The counts are compared with what they count.
            Self::Tally => "SELECT revision, told_since, title_keys FROM tally",
            Self::Ledger => {
                "SELECT source, day, listed, entries, unread, validator, asked, failure, retry, expected, held, missing, cursor
                 FROM ledger ORDER BY source, day"
            }
            Self::Asked => "SELECT question, paper, at, outcome FROM asked ORDER BY question, paper",
        }
    }
}

/// The checksum of a row, never 0.
pub(super) fn checksum<'v>(part: Part, values: impl IntoIterator<Item = ValueRef<'v>>) -> i64 {
    BYTES.with_borrow_mut(|bytes| {
        begin(part, bytes);
        for (column, value) in values.into_iter().enumerate() {
            if part.covers(column, value) {
                push(bytes, value);
            }
        }
        checksum_of_bytes(bytes)
    })
}

/// The checksum of a row as it was read; the first `columns` are those that it covers.
pub(super) fn checksum_of(part: Part, row: &Row<'_>, columns: usize) -> rusqlite::Result<i64> {
    BYTES.with_borrow_mut(|bytes| {
        begin(part, bytes);
        for column in 0..columns {
            let value = row.get_ref(column)?;
            if part.covers(column, value) {
                push(bytes, value);
            }
        }
        Ok(checksum_of_bytes(bytes))
    })
}

thread_local! {
    /// What is hashed. Kept from row to row: an import reads several for each record.
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Room that is kept: far more than nearly every row takes.
const KEPT_BYTES: usize = 64 << 10;

fn begin(part: Part, bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.shrink_to(KEPT_BYTES);
    bytes.push(part as u8);
}

/// Rows of one blob. Stored, so it must never change.
const BLOCK: i64 = 128;
/// Blocks held in memory: about eight megabytes.
const MOST_BLOCKS: usize = 8192;

/// Reads and writes the checksums of numbered rows within a transaction. Every change is kept in memory until `write`.
#[derive(Default)]
pub(super) struct RowChecksums {
    blocks: HashMap<(Part, i64), ChecksumBlock>,
}

struct ChecksumBlock {
    sums: Vec<i64>,
    is_changed: bool,
}

impl RowChecksums {
    /// Sets the checksum of a row; 0 for one that was deleted.
    pub(super) fn set(&mut self, connection: &Connection, part: Part, row: i64, sum: i64) -> rusqlite::Result<()> {
        let (block, place) = self.place(connection, part, row)?;
        if block.sums.len() <= place {
            block.sums.resize(place + 1, 0);
        }
        if let Some(old) = block.sums.get_mut(place) {
            *old = sum;
        }
        block.is_changed = true;
        Ok(())
    }

    /// The stored checksum of a row; 0 when there should be no such row.
    pub(super) fn get(&mut self, connection: &Connection, part: Part, row: i64) -> rusqlite::Result<i64> {
        let (block, place) = self.place(connection, part, row)?;
        Ok(block.sums.get(place).copied().unwrap_or_default())
    }

    fn place(
        &mut self,
        connection: &Connection,
        part: Part,
        row: i64,
    ) -> rusqlite::Result<(&mut ChecksumBlock, usize)> {
        let number = row.div_euclid(BLOCK);
        if self.blocks.len() >= MOST_BLOCKS {
            self.write(connection)?;
        }
        let block = match self.blocks.entry((part, number)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let select = "SELECT sums FROM checksum WHERE part = ?1 AND block = ?2";
                let stored = connection
                    .prepare_cached(select)?
                    .query_row(params![part as u8, number], |row| Ok(sums(row.get_ref(0)?.as_blob()?).collect()))
                    .optional()?;
                place.insert(ChecksumBlock { sums: stored.unwrap_or_default(), is_changed: false })
            }
        };
        Ok((block, row.rem_euclid(BLOCK) as usize))
    }

    /// Writes what was changed, and forgets all of it: another process may change it after the end of the transaction.
    pub(super) fn write(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut changed: Vec<((Part, i64), ChecksumBlock)> =
            self.blocks.drain().filter(|(_, block)| block.is_changed).collect();
        changed.sort_by_key(|((part, number), _)| (*part as u8, *number));
        let mut write = connection.prepare_cached(
            "INSERT INTO checksum (part, block, sums) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET sums = excluded.sums",
        )?;
        let mut bytes = Vec::new();
        for ((part, number), block) in changed {
            bytes.clear();
            bytes.extend(block.sums.iter().flat_map(|sum| sum.to_le_bytes()));
            write.execute(params![part as u8, number, bytes])?;
        }
        Ok(())
    }

    /// Forgets everything, after a rollback.
    pub(super) fn forget(&mut self) {
        self.blocks.clear();
    }
}

fn sums(blob: &[u8]) -> impl Iterator<Item = i64> {
    blob.as_chunks::<8>().0.iter().map(|sum| i64::from_le_bytes(*sum))
}

/// Visits the stored checksums of a part in the order of the rows, but for those of deleted rows, until `visit` returns false.
pub(super) struct StoredChecksums<'s> {
    blocks: rusqlite::Rows<'s>,
    block: std::vec::IntoIter<(i64, i64)>,
}

/// Every block of a part, in order.
pub(super) const BLOCKS: &str = "SELECT block, sums FROM checksum WHERE part = ?1 ORDER BY block";

impl<'s> StoredChecksums<'s> {
    pub(super) fn new(blocks: rusqlite::Rows<'s>) -> Self {
        Self { blocks, block: Vec::new().into_iter() }
    }

    /// Row and checksum.
    pub(super) fn next(&mut self) -> rusqlite::Result<Option<(i64, i64)>> {
        loop {
            if let Some(next) = self.block.next() {
                return Ok(Some(next));
            }
            let Some(found) = self.blocks.next()? else { return Ok(None) };
            let first = found.get::<_, i64>(0)?.wrapping_mul(BLOCK);
            let block: Vec<(i64, i64)> =
                (first..).zip(sums(found.get_ref(1)?.as_blob()?)).filter(|(_, sum)| *sum != 0).collect();
            self.block = block.into_iter();
        }
    }
}
