//! The two databases of a data folder: `user.db` (what the user did: a journal, precious) and `papers.db` (what was imported: can be
//! imported again). SQL is spoken here and nowhere else. Sources are not parsed here, and nothing is searched or drawn.
//!
//! A folder is 0700 and its files are 0600 whatever the umask. `user.db` acknowledges a change only after it is on the disk; an import
//! writes `papers.db` alone, so none can touch what the user did.

mod aside;
mod backup;
mod contents;
mod database;
mod database_file;
mod folder;
mod left_journals;
mod left_logs;
mod log_frames;
mod open_files;
mod ownership;
mod papers;
mod schema;
mod table_page;
mod transaction;
mod user;
mod values;
mod write_failure;

#[cfg(test)]
pub(crate) use database::step_count::steps_of;
use std::path::Path;

use crate::error::{Error, Result};

pub use left_logs::set_foreign_logs_aside;
pub use papers::{
    AskablePaper, AskedOutcome, AskedPapers, Following, Import, ImportOutcome, ImportedRecord, LedgerDay, Outline,
    Packer, Packing, PaperCopy, PaperStore, ReadyRecord, RestoredHistory, StoredList, StoredPaper, VoteCount,
    history_copies,
};
pub use user::{
    Direction, JournalPosition, LogEntry, LoggedBatch, RecentKeys, StateField, Subjects, UserState, UserStore,
    checkpoint_user_file, lacks_user_file, last_backup, restore,
};

/// Fails where one of the files is missing or empty, which a library that is open has; `has_user_file` is false for one that had no
/// `user.db` from the start, because it cannot be written.
///
/// # Errors
/// Data when a file is gone, System when its permissions are; with the name of the file.
pub fn expect_files(dir: &Path, has_user_file: bool) -> Result<()> {
    let files = [("user.db", has_user_file), ("papers.db", true)];
    let mut paths = files.into_iter().filter(|(_, is_expected)| *is_expected).map(|(name, _)| dir.join(name));
    paths.clone().try_for_each(|path| write_failure::expect_readable(&path))?;
    match paths.find(|path| !folder::has_bytes(path)) {
        Some(path) => Err(Error::data(format!("{} was removed or emptied while it was open", path.display()))
            .hint("quit and start again")),
        None => Ok(()),
    }
}
