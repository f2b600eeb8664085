//! Builds an index from all papers, or extends one by what changed. It searches nothing.

pub(crate) mod acronyms;
pub(crate) mod builder;
pub(crate) mod distinct;
pub(crate) mod extend;
pub(crate) mod sort_ranks;
pub(crate) mod spool;
pub(crate) mod vocabulary;
