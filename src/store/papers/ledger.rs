//! The ledger: what services answered about the days of their lists. A row that is damaged counts as none, so that the day is asked for again.
//! What follows from an answer is decided by whoever asks.

use jiff::civil::Date;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params_from_iter};

use super::checksums::{Part, checksum, checksum_of};
use super::store::PaperStore;
use crate::domain::identity::ArxivId;
use crate::error::Result;
use crate::store::transaction::WriteTransaction;
use crate::store::values::{number, number_or_null, parameters, text, text_or_null};

/// What is known of the list of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerDay {
    pub day: Date,
    /// The last list that was stored.
    pub list: Option<StoredList>,
    /// Unix seconds of the last question, answered or not.
    pub asked: i64,
    /// Why the last question has no answer.
    pub failure: Option<String>,
    /// Unix seconds before which the service does not want to be asked again.
    pub retry: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredList {
    /// Unix seconds when it was asked for.
    pub at: i64,
    pub entries: u32,
    /// How many of them could not be read.
    pub unread: u32,
    /// To ask whether it changed.
    pub validator: Option<String>,
    /// How many entries there are, where the service says so.
    pub expected: Option<u32>,
    /// How many papers were announced long after they were submitted.
    pub held: u32,
    /// Entries of which there was no paper.
    pub missing: Vec<ArxivId>,
    /// Where it goes on; None where it is whole.
    pub cursor: Option<String>,
}

/// The columns in the order in which they are read; the checksum is the last.
const SELECT: &str = "SELECT source, day, listed, entries, unread, validator, asked, failure, retry, expected, held, missing, cursor, checksum
                      FROM ledger";
/// Columns that a checksum always covers. The later ones, which older rows do not have, it covers up to the last with a value.
const FIRST_COLUMNS: usize = 9;
const COLUMNS: usize = 13;

/// The sound rows of every list in a file, with the names of the lists.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<(String, LedgerDay)>> {
    let mut select = connection.prepare(&format!("{SELECT} ORDER BY source, day"))?;
    let days = select.query_map([], |row| Ok((row.get(0)?, if is_sound(row)? { read(row)? } else { None })))?;
    let days = days.collect::<rusqlite::Result<Vec<(String, Option<LedgerDay>)>>>()?;
    Ok(days.into_iter().filter_map(|(list, day)| Some((list, day?))).collect())
}

impl PaperStore {
    /// The days of a list, the earliest first.
    pub fn ledger(&self, list: &str) -> Result<Vec<LedgerDay>> {
        let all = || {
            let select = format!("{SELECT} WHERE source = ?1 ORDER BY day");
            let mut select = self.database.connection.prepare_cached(&select)?;
            let days = select.query_map([list], |row| Ok(if is_sound(row)? { Some(read(row)?) } else { None }))?;
            Ok(days.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().flatten().collect())
        };
        self.database.explain(all())
    }

    /// Stores what is known of a day in place of what was known before.
    pub fn note_day(&mut self, list: &str, day: &LedgerDay) -> Result<()> {
        self.database.expect_writable()?;
        self.database.expect_in_place()?;
        let stored = write(&self.database.connection, list, day);
        self.database.note_commit();
        self.database.explain(stored)
    }
}

fn write(connection: &Connection, name: &str, day: &LedgerDay) -> rusqlite::Result<()> {
    let date = day.day.to_string();
    let list = day.list.as_ref();
    let missing = list.map(|list| list.missing.iter().map(ArxivId::as_str).collect::<Vec<_>>().join(" "));
    let mut values = vec![
        text(name),
        text(&date),
        number_or_null(list.map(|list| list.at)),
        number(list.map_or(0, |list| list.entries)),
        number(list.map_or(0, |list| list.unread)),
        text_or_null(list.and_then(|list| list.validator.as_deref())),
        number(day.asked),
        text_or_null(day.failure.as_deref()),
        number_or_null(day.retry),
        number_or_null(list.and_then(|list| list.expected)),
        number_or_null(list.map(|list| list.held).filter(|held| *held > 0)),
        text_or_null(missing.as_deref().filter(|missing| !missing.is_empty())),
        text_or_null(list.and_then(|list| list.cursor.as_deref())),
    ];
    let covered = covered(|column| values.get(column).is_none_or(|value| *value == ValueRef::Null));
    values.push(number(checksum(Part::Ledger, values.iter().copied().take(covered))));
    let transaction = WriteTransaction::begin(connection)?;
    let replace = "INSERT OR REPLACE INTO ledger
                   (source, day, listed, entries, unread, validator, asked, failure, retry, expected, held, missing, cursor, checksum)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    connection.prepare_cached(replace)?.execute(params_from_iter(parameters(&values)))?;
    transaction.commit()
}

/// How many columns the checksum of a row covers.
fn covered(is_null: impl Fn(usize) -> bool) -> usize {
    (FIRST_COLUMNS..COLUMNS).rev().find(|column| !is_null(*column)).map_or(FIRST_COLUMNS, |last| last + 1)
}

fn is_sound(row: &Row<'_>) -> rusqlite::Result<bool> {
    let covered = covered(|column| row.get_ref(column) == Ok(ValueRef::Null));
    Ok(row.get_ref(COLUMNS)? == ValueRef::Integer(checksum_of(Part::Ledger, row, covered)?))
}

/// None for a day that is no date.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<LedgerDay>> {
    let Ok(day) = row.get::<_, String>(1)?.parse() else { return Ok(None) };
    let missing: Option<String> = row.get(11)?;
    let ids = missing.iter().flat_map(|ids| ids.split(' ')).filter_map(ArxivId::parse).map(|versioned| versioned.id);
    let list = match row.get(2)? {
        Some(at) => Some(StoredList {
            at,
            entries: row.get(3)?,
            unread: row.get(4)?,
            validator: row.get(5)?,
            expected: row.get(9)?,
            held: row.get::<_, Option<u32>>(10)?.unwrap_or_default(),
            missing: ids.collect(),
            cursor: row.get(12)?,
        }),
        None => None,
    };
    Ok(Some(LedgerDay { day, list, asked: row.get(6)?, failure: row.get(7)?, retry: row.get(8)? }))
}

/// List and day of every damaged row.
pub(super) fn each_damaged(
    connection: &Connection,
    visit: &mut dyn FnMut([String; 2]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare(SELECT)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if !is_sound(row)? {
            visit([row.get(0)?, row.get(1)?])?;
        }
    }
    Ok(())
}

/// Removes damaged rows; the days are asked for again. Returns how many there were.
pub(super) fn mend(connection: &Connection) -> rusqlite::Result<usize> {
    let mut damaged = Vec::new();
    each_damaged(connection, &mut |day| {
        damaged.push(day);
        Ok(())
    })?;
    for day in &damaged {
        connection.execute("DELETE FROM ledger WHERE source = ?1 AND day = ?2", params_from_iter(day))?;
    }
    Ok(damaged.len())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn day(number: i8, entries: u32) -> LedgerDay {
        let validator = Some("W/\"x\"".to_owned());
        let list = StoredList { at: 1_700_000_000, entries, unread: 1, validator, ..StoredList::default() };
        LedgerDay { day: date(2025, 3, number), list: Some(list), asked: 1_700_000_001, failure: None, retry: None }
    }

    #[test]
    fn days_read_back_and_damaged_ones_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = PaperStore::open(folder.path()).unwrap();
        let failed = LedgerDay {
            list: None,
            failure: Some("it answered 503".to_owned()),
            retry: Some(1_700_009_999),
            ..day(9, 0)
        };
        for day in [day(12, 20), day(11, 3), failed.clone(), day(12, 21)] {
            store.note_day("hf", &day).unwrap();
        }
        let mut part = day(1, 1);
        let ids = ["2503.00001", "hep-th/9901001"].map(|id| ArxivId::parse(id).unwrap().id);
        part.list = part.list.map(|list| StoredList {
            expected: Some(3),
            held: 2,
            missing: ids.into(),
            cursor: Some("token|1".to_owned()),
            ..list
        });
        store.note_day("other list", &part).unwrap();
        assert_eq!(store.ledger("other list").unwrap(), [part]);
        assert_eq!(store.ledger("hf").unwrap(), [failed, day(11, 3), day(12, 21)]);
        assert_eq!(store.check().unwrap(), [""; 0]);
        let damage = "UPDATE ledger SET entries = 22 WHERE source = 'hf' AND day = '2025-03-12'";
        store.database.connection.execute(damage, []).unwrap();
        assert_eq!(store.ledger("hf").unwrap().len(), 2);
        let problems = store.check().unwrap();
        assert!(
            matches!(&*problems, [one] if one.contains("1 damaged days of the ledger: hf 2025-03-12")),
            "{problems:?}"
        );
        assert_eq!(store.mend().unwrap(), ["removed 1 damaged days of the ledger"]);
        assert_eq!(store.check().unwrap(), [""; 0]);
    }

    #[test]
    fn rows_of_the_first_form_are_sound() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = PaperStore::open(folder.path()).unwrap();
        store.note_day("hf", &day(12, 20)).unwrap();
        let connection = &store.database.connection;
        let nine = [text("hf"), text("2025-03-12"), number(1_700_000_000_i64), number(20), number(1)];
        let nine = nine.into_iter().chain([text("W/\"x\""), number(1_700_000_001_i64), ValueRef::Null, ValueRef::Null]);
        let expected = checksum(Part::Ledger, nine);
        let stored: i64 = connection.query_row("SELECT checksum FROM ledger", [], |row| row.get(0)).unwrap();
        assert_eq!(stored, expected);
        connection.execute("UPDATE ledger SET cursor = 'x'", []).unwrap();
        assert_eq!(store.ledger("hf").unwrap(), []);
    }
}
