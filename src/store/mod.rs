//! The two databases of a data folder: `user.db` (what the user did: a journal, precious) and `papers.db` (what was imported: can be
//! imported again). SQL is spoken here and nowhere else. Sources are not parsed here, and nothing is searched or drawn.
//!
//! A folder is 0700 and its files are 0600 whatever the umask. `user.db` acknowledges a change only after it is on the disk; an import
//! writes `papers.db` alone, so none can touch what the user did.

mod backup;
mod database;
mod folder;
mod open_files;
mod ownership;
mod papers;
mod user;
mod write_failure;

#[cfg(test)]
pub(crate) use database::step_count::steps_of;
pub use papers::{
    Import, ImportOutcome, ImportedRecord, Outline, Packer, Packing, PaperStore, ReadyRecord, StoredPaper, VoteCount,
};
pub use user::{
    Direction, JournalPosition, LogEntry, StateField, UserState, UserStore, checkpoint_user_file, lacks_user_file,
    restore,
};
