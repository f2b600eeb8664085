//! What identifies a paper: arXiv ids, DOIs, and the paper key, to which reading state belongs. Whether two records are one paper is
//! decided in `same_paper`; the store joins records and keeps aliases.

mod affixes;
mod arxiv_id;
mod doi;
mod key;
mod title_key;

pub use self::arxiv_id::{ArxivId, VersionedId};
pub use self::doi::Doi;
pub use self::key::PaperKey;
pub use self::title_key::{TITLE_KEY_VERSION, earlier_title_key, letters_of, title_key};
pub(crate) use self::title_key::{has_letter, is_symbol, sign};
