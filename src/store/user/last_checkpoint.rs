//! What a process writes from the log into the file at its end.

use std::path::Path;
use std::thread;

use rusqlite::{Connection, OpenFlags};

use super::{BETWEEN_ATTEMPTS, USER};
use crate::store::database::checkpoint;
use crate::store::open_files::is_open_in_process;
use crate::store::{contents, folder};

/// How often it is tried while another process is in its way.
const LAST_ATTEMPTS: usize = 20;

/// `UserStore::checkpoint` for a process that ends without dropping its stores, through a connection of its own. A failure leaves the log
/// for the next start.
pub fn checkpoint_user_file(dir: &Path) {
    let path = dir.join(USER.name);
    // A new log beside a file that is open would part its user from others.
    if !is_open_in_process(&path) || !folder::has_bytes(&folder::beside(&path, "-wal")) {
        return;
    }
    if contents::is_overwritten(&path) {
        return;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if let Ok(connection) = Connection::open_with_flags(path, flags) {
        checkpoint_at_last(&connection);
    }
}

/// The last checkpoint of a process. Another one may be at it, which may not have seen all changes.
pub(super) fn checkpoint_at_last(connection: &Connection) {
    for _ in 0..LAST_ATTEMPTS {
        if !matches!(checkpoint(connection), Ok(false)) {
            return;
        }
        thread::sleep(BETWEEN_ATTEMPTS);
    }
}
