//! The full text of abstracts: an inverted index with positions, for phrases, for words in abstracts and for similar papers. Derived from
//! papers.db; the library decides which abstracts go in and when it is built. Its answers are exactly those of reading every abstract.
//!
//! Terms are not stemmed: a phrase means these very words, and a word typed in whole or in part is looked up among the terms. One segment
//! holds all abstracts in the order of the index, so that a document id is mostly the same in both; a second one holds the abstracts that
//! changed since, until there are so many that all are built again. Damage that opening detects counts as no full text, to be built again;
//! damage that only `FullText::is_intact` detects can make answers wrong, never cause a panic.
//!
//! # Why not a library
//!
//! tantivy was built and measured in its place. This full text is our own because:
//! - Folding and word boundaries must be exactly those of reading an abstract, which answers until the full text is built and for the
//!   abstracts that changed since; any difference would make a result depend on when it was asked for.
//! - Document ids are shared with words.idx, so that the sets of all clauses of a query are joined without mapping them.
//! - Memory is bounded by the runs, whatever the number of papers.
//! - Two builds from the same abstracts give equal bytes, so that a test can compare them.
//! - It is not slower. Over 2.7 million abstracts it builds in about 65 s, against 140 s, and takes 0.95 GB, against 0.88 GB. Two or three words
//!   that nearly all abstracts have, next to each other (`of the`), take a few milliseconds: `pairs` lists them.

mod builder;
mod definitions;
mod folder;
mod frequencies;
mod full_text;
mod last_terms;
mod pairs;
mod paper_mapping;
mod phrase;
mod positions;
mod relevance;
mod run;
mod segment;
mod similar;
#[cfg(test)]
mod tests;

pub(super) use self::folder::TEMPORARY;
pub(super) use self::frequencies::{FullTextOfIndex, TermFrequencies};
pub(super) use self::relevance::{B, K1, TITLE_WORD, rarity};

pub use self::builder::FullTextBuilder;
pub use self::definitions::{DefinitionCounts, KnownDefinitions};
pub use self::full_text::{FullText, full_text_revision};
pub use self::relevance::{UnindexedAbstracts, relevance};
pub use self::run::FullTextRun;
pub use self::segment::AbstractAccess;
