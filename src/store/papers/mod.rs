//! `papers.db`: what was imported. Papers, the digests they were seen in, the keys they are known by. Can be made again by importing
//! again; holds nothing the user did.

mod abstracts;
mod asked;
mod changes;
mod checksums;
mod damage;
mod follow;
mod history;
mod import;
mod ledger;
mod left_log;
mod merge;
mod outline;
mod provenance;
mod ready;
mod recognise;
mod rehash;
mod row;
mod store;
mod write;

pub use abstracts::Packer;
pub use asked::{AskablePaper, AskedOutcome, AskedPapers};
pub(super) use left_log::{belongs as log_belongs, journal_belongs};
pub(super) use store::PAPERS;

pub use follow::Following;
pub use history::{RestoredHistory, history_copies};
pub use import::{Import, ImportOutcome, ImportedRecord};
pub use ledger::{LedgerDay, StoredList};
pub use merge::PaperCopy;
pub use outline::Outline;
pub use ready::{Packing, ReadyRecord};
pub use row::StoredPaper;
pub use store::{PaperStore, VoteCount};

#[cfg(test)]
mod tests;
