//! What an index is made of: a file of sections, varints, document sets, dictionaries, posting lists and columns; and `Index`, the reader of
//! words.idx. It searches nothing and decides nothing about texts.

pub(crate) mod author_line;
pub(crate) mod columns;
pub(crate) mod dictionary;
pub(crate) mod file;
pub(crate) mod former_papers;
pub(crate) mod key_hashes;
mod layout;
pub(crate) mod merged_order;
pub(crate) mod orders;
pub(crate) mod paper;
pub(crate) mod postings;
pub(crate) mod reader;
pub(crate) mod rows;
pub(crate) mod segmented;
pub(crate) mod sets;
pub(crate) mod varint;
