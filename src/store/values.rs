//! Values of rows, to be written and to be hashed: the checksum of a row covers the very values that are written. Which rows have
//! checksums is decided in `papers` and `user`.

use rusqlite::types::{ToSqlOutput, ValueRef};
use xxhash_rust::xxh3::xxh3_64;

/// Appends a value to the bytes that are hashed: with its type and length, so that bytes that move from one column to the next change the
/// checksum. The key of a row is to be among its values, so that a row in the place of another changes it, too. Stored, so it must never
/// change.
pub(super) fn push(bytes: &mut Vec<u8>, value: ValueRef<'_>) {
    let (kind, content) = match value {
        ValueRef::Null => return bytes.push(0),
        ValueRef::Integer(number) => {
            bytes.push(1);
            return bytes.extend(number.to_le_bytes());
        }
        ValueRef::Real(number) => {
            bytes.push(2);
            return bytes.extend(number.to_bits().to_le_bytes());
        }
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(blob) => (4, blob),
    };
    bytes.push(kind);
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend_from_slice(content);
}

/// Never 0.
pub(super) fn checksum_of_bytes(bytes: &[u8]) -> i64 {
    xxh3_64(bytes).max(1).cast_signed()
}

pub(super) fn text(text: &str) -> ValueRef<'_> {
    ValueRef::Text(text.as_bytes())
}

pub(super) fn text_or_null(value: Option<&str>) -> ValueRef<'_> {
    value.map_or(ValueRef::Null, text)
}

pub(super) fn number(number: impl Into<i64>) -> ValueRef<'static> {
    ValueRef::Integer(number.into())
}

pub(super) fn number_or_null(value: Option<impl Into<i64>>) -> ValueRef<'static> {
    value.map_or(ValueRef::Null, number)
}

/// Values as the parameters of a statement.
pub(super) fn parameters<'v>(values: &[ValueRef<'v>]) -> impl Iterator<Item = ToSqlOutput<'v>> {
    values.iter().map(|value| ToSqlOutput::Borrowed(*value))
}
