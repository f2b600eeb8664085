//! The rows in one page of a table, read as the format of SQLite's files documents it (<https://www.sqlite.org/fileformat2.html#b_tree_pages>):
//! for pages that stand in a log without their file. Total: a page of anything else has no rows.

use rusqlite::types::Value;

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TableRow {
    pub(super) number: i64,
    /// Null in the place of the column that is the row's number.
    pub(super) values: Vec<Value>,
}

/// The rows of a leaf page, in its order; those that cannot be read are left out. `overflow` returns the other pages of long rows. None where
/// it is no leaf of a table.
pub(super) fn rows_of<'p>(page: &'p [u8], overflow: &dyn Fn(u32) -> Option<&'p [u8]>) -> Option<Vec<TableRow>> {
    const LEAF_OF_TABLE: u8 = 13;
    const HEADER: usize = 8;
    if *page.first()? != LEAF_OF_TABLE {
        return None;
    }
    let count = usize::from(u16::from_be_bytes(page.get(3..)?.first_chunk().copied()?));
    let pointers = page.get(HEADER..HEADER + 2 * count)?.as_chunks::<2>().0;
    let cells = pointers.iter().map(|pointer| page.get(usize::from(u16::from_be_bytes(*pointer))..));
    Some(cells.filter_map(|cell| row(cell?, page.len(), overflow)).collect())
}

fn row<'p>(mut cell: &'p [u8], page: usize, overflow: &dyn Fn(u32) -> Option<&'p [u8]>) -> Option<TableRow> {
    let length = usize::try_from(varint(&mut cell)?).ok()?;
    let number = varint(&mut cell)?.cast_signed();
    let here = length_in_page(length, page)?;
    let mut record = cell.get(..here)?.to_vec();
    if here < length {
        let mut next = u32::from_be_bytes(cell.get(here..)?.first_chunk().copied()?);
        while record.len() < length {
            let (link, content) = overflow(next)?.split_first_chunk()?;
            let rest = length - record.len();
            record.extend_from_slice(content.get(..rest).unwrap_or(content));
            next = u32::from_be_bytes(*link);
        }
    }
    Some(TableRow { number, values: values(&record)? })
}

/// How much of a row of a length stands in the page itself.
fn length_in_page(length: usize, page: usize) -> Option<usize> {
    if length <= page.checked_sub(35)? {
        return Some(length);
    }
    let least = page.checked_sub(12)?.checked_mul(32)? / 255;
    let least = least.checked_sub(23)?;
    let even = least + length.checked_sub(least)? % page.checked_sub(4)?;
    Some(if even <= page - 35 { even } else { least })
}

fn values(record: &[u8]) -> Option<Vec<Value>> {
    let mut header = record;
    let (mut kinds, mut content) = record.split_at_checked(usize::try_from(varint(&mut header)?).ok()?)?;
    kinds = kinds.get(record.len() - header.len()..)?;
    let mut values = Vec::new();
    while !kinds.is_empty() {
        let kind = varint(&mut kinds)?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            _ => usize::try_from(kind.checked_sub(12)? / 2).ok()?,
        };
        let (bytes, rest) = content.split_at_checked(length)?;
        content = rest;
        values.push(match kind {
            0 => Value::Null,
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            1..=6 => Value::Integer(integer(bytes)?),
            7 => Value::Real(f64::from_bits(integer(bytes)?.cast_unsigned())),
            _ if kind % 2 == 1 => Value::Text(String::from_utf8(bytes.to_vec()).ok()?),
            _ => Value::Blob(bytes.to_vec()),
        });
    }
    Some(values)
}

fn integer(bytes: &[u8]) -> Option<i64> {
    let sign = if bytes.first()? & 0x80 == 0 { 0 } else { -1 };
    Some(bytes.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte)))
}

/// Takes one of SQLite's variable-length integers from the front.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for length in 1..=9 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if length == 9 {
            return Some(number << 8 | u64::from(*byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use proptest::prelude::*;
    use rusqlite::{Connection, params};

    const PAGE: usize = 512;

    #[test]
    fn rows_are_read_as_they_were_written() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("x.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA page_size = 512; CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)").unwrap();
        let integers = [0, 1, -1, 127, -128, 300, 70_000, -9_000_000, 1 << 33, 1 << 44, i64::MIN, i64::MAX];
        let mut expected = Vec::new();
        for (at, integer) in integers.into_iter().enumerate() {
            let text = "ä".repeat(at * 91);
            let other = if at % 3 == 0 { Value::Real(0.5) } else { Value::Blob(vec![7; at]) };
            connection.execute("INSERT INTO t VALUES (?1, ?2, ?3)", params![integer, text, other]).unwrap();
            connection.execute("INSERT INTO t VALUES (?1, ?2, NULL)", params![1000 + at as i64, integer]).unwrap();
            expected.push(TableRow { number: integer, values: vec![Value::Null, Value::Text(text), other] });
            let values = vec![Value::Null, Value::Integer(integer), Value::Null];
            expected.push(TableRow { number: 1000 + at as i64, values });
        }
        expected.sort_by_key(|row| row.number);
        drop(connection);
        let file = fs::read(path).unwrap();
        let page = |number: u32| file.get((number as usize - 1) * PAGE..number as usize * PAGE);
        let pages = (2..=file.len() / PAGE).filter_map(|number| page(number as u32));
        let mut found: Vec<TableRow> = pages.filter_map(|leaf| rows_of(leaf, &page)).flatten().collect();
        found.sort_by_key(|row| row.number);
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn anything_else_has_no_rows_or_some(mut page in proptest::collection::vec(any::<u8>(), 0..600), count in 0_u8..9) {
            if let [kind, _, _, high, low, ..] = page.as_mut_slice() {
                (*kind, *high, *low) = (13, 0, count);
            }
            rows_of(&page, &|_| None);
        }
    }
}
