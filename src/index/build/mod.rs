//! Builds words.idx from all papers, or extends it by what changed. It searches nothing.
//!
//! `draft` and `spool` hold papers while they arrive, `whole` writes an index of all of them, `extend` the next index after a small change,
//! `builder` is the public interface.

pub(crate) mod acronyms;
pub(crate) mod builder;
mod distinct_sets;
mod draft;
mod extend;
mod sort_ranks;
mod spool;
mod vocabulary;
mod whole;
