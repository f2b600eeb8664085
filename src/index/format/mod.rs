//! The bytes of an index: sections of a file, varints, sets of papers, dictionaries, postings and columns. It decides nothing about what is
//! searched for.

pub(crate) mod columns;
pub(crate) mod dictionary;
pub(crate) mod file;
pub(crate) mod postings;
pub(crate) mod rows;
pub(crate) mod sets;
pub(crate) mod varint;
