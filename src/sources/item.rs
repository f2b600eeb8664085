//! What the readers of all formats yield: records, rejected records and notices, each with its line.

use std::ops::ControlFlow;

use crate::domain::record::Record;

/// One thing that a reader found in a file; they come in the order of the file, but for records that need a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadItem {
    /// The line on which it begins, counted from 1, and the record.
    Record { line: usize, record: Box<Record> },
    /// A record, or a line that should have been one, that is left out.
    Rejected(Rejection),
    /// A peculiarity of a record that was read.
    Notice(ImportNotice),
}

/// The line, counted from 1, and why it was rejected; safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub line: usize,
    pub reason: String,
}

/// The line, counted from 1, and what is peculiar about it; safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportNotice {
    pub line: usize,
    pub message: String,
}

/// Receives what a reader finds; `Break` ends the reading early.
pub type Visit<'a> = dyn FnMut(ReadItem) -> ControlFlow<()> + 'a;
