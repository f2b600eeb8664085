//! Builds words.idx from all papers, or extends it by what changed. It searches nothing.
//!
//! `draft` and `spool` hold papers while they arrive, `whole` writes an index of all of them, `recent` a segment of a few beside it, `extend` the
//! next index once there are more, `builder` is the public interface.

pub(crate) mod acronyms;
pub(crate) mod builder;
mod digests;
mod distinct_sets;
mod draft;
mod extend;
mod recent;
mod sort_ranks;
mod spool;
mod vocabulary;
mod whole;
