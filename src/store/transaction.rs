//! Transactions that end on every way out.

use rusqlite::Connection;

/// A transaction that takes the write lock at its start, because one that starts as a read cannot wait for the lock. It is rolled
/// back unless it is committed.
pub(super) struct WriteTransaction<'c> {
    connection: &'c Connection,
}

impl<'c> WriteTransaction<'c> {
    pub(super) fn begin(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { connection })
    }

    pub(super) fn commit(self) -> rusqlite::Result<()> {
        self.connection.execute_batch("COMMIT")
    }
}

impl Drop for WriteTransaction<'_> {
    fn drop(&mut self) {
        roll_back(self.connection);
    }
}

/// Ends a read transaction on every way out: one that never ended would show the file of that moment for ever.
pub(super) struct ReadTransaction<'c> {
    connection: &'c Connection,
}

impl<'c> ReadTransaction<'c> {
    /// They may be nested.
    pub(super) fn begin(connection: &'c Connection) -> rusqlite::Result<Self> {
        connection.execute_batch("SAVEPOINT reads")?;
        Ok(Self { connection })
    }
}

impl Drop for ReadTransaction<'_> {
    fn drop(&mut self) {
        // It only read, so there is nothing that could be lost.
        drop(self.connection.execute_batch("RELEASE reads"));
    }
}

/// Rolls back a transaction that is still open. A failure is not hidden: the connection then refuses the next BEGIN.
pub(super) fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        drop(connection.execute_batch("ROLLBACK"));
    }
}
