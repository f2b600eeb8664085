//! Which paper is meant: arXiv ids, DOIs, and the stable text key that reading state hangs on. When two records are one paper is
//! decided in `same_paper`; joining records and keeping aliases is the store's work.

mod affixes;
mod arxiv_id;
mod doi;
mod key;

pub use self::arxiv_id::{ArxivId, VersionedId};
pub use self::doi::Doi;
pub use self::key::{PaperKey, title_key};
