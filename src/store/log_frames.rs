//! The pages in a log of SQLite, read from its file as its format documents it (<https://www.sqlite.org/fileformat2.html#walformat>): what
//! a log holds can be learned without applying it to a database file. Nothing is written.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The lowest bit says that checksums are computed of big-endian words.
const MAGIC: u32 = 0x377f_0682;

/// Reads a whole log and visits the pages that its commits hold, in its order, with the number of the commit from 0. What follows the last complete commit, and what was left of an
/// earlier log, does not count, as in SQLite. Pages that are not wanted are not kept in memory.
pub(super) fn each_committed_page(
    log: &Path,
    is_wanted: &dyn Fn(u32) -> bool,
    visit: &mut dyn FnMut(usize, u32, Vec<u8>),
) -> io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(log)?);
    let mut header = [0; HEADER];
    if !fill(&mut reader, &mut header)? {
        return Ok(());
    }
    let [magic, _, page_size, _, salt_1, salt_2, sum_1, sum_2] = words(&header);
    let mut checksum = Checksum { is_big_endian: magic & 1 == 1, sums: [0; 2] };
    checksum.add(&header[..HEADER - 8]);
    let is_page_size = page_size.is_power_of_two() && (512..=65536).contains(&page_size);
    if magic & !1 != MAGIC || !is_page_size || checksum.sums != [sum_1, sum_2] {
        return Ok(());
    }
    let mut content = vec![0; page_size as usize];
    let mut frame = [0; FRAME_HEADER];
    // Those of the transaction that is being read.
    let (mut pending, mut commit) = (Vec::new(), 0);
    while fill(&mut reader, &mut frame)? && fill(&mut reader, &mut content)? {
        let [number, pages_after_commit, frame_salt_1, frame_salt_2, sum_1, sum_2] = words(&frame);
        checksum.add(&frame[..8]);
        checksum.add(&content);
        if [frame_salt_1, frame_salt_2] != [salt_1, salt_2] || checksum.sums != [sum_1, sum_2] {
            break;
        }
        if is_wanted(number) {
            pending.push((number, content.clone()));
        }
        if pages_after_commit > 0 {
            pending.drain(..).for_each(|(number, content)| visit(commit, number, content));
            commit += 1;
        }
    }
    Ok(())
}

/// The checksum of a log runs over all of it.
struct Checksum {
    is_big_endian: bool,
    sums: [u32; 2],
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let [mut one, mut two] = self.sums;
        let word = if self.is_big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        for pair in bytes.as_chunks::<4>().0.as_chunks::<2>().0 {
            let [first, second] = pair.map(word);
            one = one.wrapping_add(first).wrapping_add(two);
            two = two.wrapping_add(second).wrapping_add(one);
        }
        self.sums = [one, two];
    }
}

fn words<const BYTES: usize, const WORDS: usize>(bytes: &[u8; BYTES]) -> [u32; WORDS] {
    let mut words = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word));
    [(); WORDS].map(|()| words.next().unwrap_or_default())
}

/// False at the end of the file, also where it ends within what was asked for.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        other => other.map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use rusqlite::Connection;
    use rusqlite::types::Value;
    use tempfile::TempDir;

    use crate::store::table_page::rows_of;

    /// A database whose log has a commit for each of these numbers, and the page of its table.
    fn logged(numbers: &[i64]) -> (TempDir, Connection, u32) {
        let room = tempfile::tempdir().unwrap();
        let connection = Connection::open(room.path().join("x.db")).unwrap();
        let made =
            "PRAGMA journal_mode = WAL; CREATE TABLE tally (revision INTEGER, other TEXT); CREATE TABLE more (x);
                    INSERT INTO tally VALUES (1000, 'x'); PRAGMA wal_checkpoint(TRUNCATE);";
        connection.execute_batch(made).unwrap();
        let page =
            connection.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'tally'", [], |row| row.get(0));
        for number in numbers {
            connection.execute("UPDATE tally SET revision = ?1", [number]).unwrap();
        }
        (room, connection, page.unwrap())
    }

    /// The numbers that the commits of a log left in a page.
    fn numbers(log: &Path, page: u32) -> Vec<i64> {
        let mut found = Vec::new();
        let mut add = |_, number, content: Vec<u8>| {
            assert_eq!(number, page);
            let rows = rows_of(&content, &|_| None).unwrap();
            found.push(rows[0].values[0].clone());
        };
        each_committed_page(log, &|number| number == page, &mut add).unwrap();
        let integer = |value| if let Value::Integer(number) = value { number } else { panic!("{value:?}") };
        found.into_iter().map(integer).collect()
    }

    #[test]
    fn every_commit_of_a_page_is_read() {
        let (room, connection, page) = logged(&[5, 6, 7, 8]);
        let log = room.path().join("x.db-wal");
        assert_eq!(numbers(&log, page), [5, 6, 7, 8]);
        connection.execute_batch("BEGIN; UPDATE tally SET revision = 9; INSERT INTO more VALUES (1); COMMIT").unwrap();
        assert_eq!(numbers(&log, page), [5, 6, 7, 8, 9]);
    }

    #[test]
    fn what_is_not_committed_or_of_an_earlier_log_does_not_count() {
        let (room, connection, page) = logged(&[5, 6, 7, 8]);
        let (log, torn) = (room.path().join("x.db-wal"), room.path().join("torn"));
        let whole = fs::read(&log).unwrap();
        fs::write(&torn, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(numbers(&torn, page), [5, 6, 7]);
        let mut flipped = whole.clone();
        let place = whole.len() - 5000;
        flipped[place] ^= 1;
        fs::write(&torn, &flipped).unwrap();
        assert_eq!(numbers(&torn, page), [5, 6]);
        let nothing = [&whole[..20], b"no log at all, but a text that is longer than the header of one", &[0; 5000]];
        for nothing in nothing {
            fs::write(&torn, nothing).unwrap();
            assert!(numbers(&torn, page).is_empty());
        }
        // The log begins again, and the frames of the earlier one are behind it.
        connection.execute_batch("PRAGMA wal_checkpoint(RESTART); INSERT INTO more VALUES (1)").unwrap();
        assert!(fs::metadata(&log).unwrap().len() == whole.len() as u64);
        assert!(numbers(&log, page).is_empty());
        connection.execute_batch("UPDATE tally SET revision = 9").unwrap();
        assert_eq!(numbers(&log, page), [9]);
    }
}
