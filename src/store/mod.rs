//! The two databases of a data folder: `user.db` (what a reader did: a journal, precious) and `papers.db` (what was imported: can be
//! imported again). The only room that speaks SQL. It never parses a source, never searches, never draws.
//!
//! A folder is 0700 and its files are 0600 whatever the umask. `user.db` acknowledges a change only after it is on the disk; an import
//! writes `papers.db` alone, so none can touch what a reader did.

mod backup;
mod folder;
mod papers;
mod schema;
mod user;

pub use backup::restore;
pub use papers::{Added, Import, Outcome, Outline, Packer, Packing, PaperStore, Ready, Stored, VoteCount};
pub use user::{Batch, LogEntry, UserState, UserStore};

use crate::domain::identity::PaperKey;

/// A key as a database holds it. None when the text is no key, which only a foreign hand can have brought about.
fn stored_key(text: &str) -> Option<PaperKey> {
    match text.strip_prefix("title:") {
        Some(folded) => Some(PaperKey::title(folded)),
        None => PaperKey::parse(text).filter(|key| key.as_str() == text),
    }
}
