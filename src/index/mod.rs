//! The index: everything a list shows and a search needs, derived from papers.db into memory-mapped files, papers newest first. It answers which
//! papers match a query, in which order, how many of each kind there are, and which characters of a text match. It stores no reading states
//! (they are columns laid over it), opens no database, and can be deleted and built again at any time.
//!
//! Its modules, lowest first; a module uses only those before it, and a test holds them to that:
//! 1. `format`: files, dictionaries, posting lists, columns, `Index`, the reader of a segment, and `SegmentedIndex`, the papers of all segments
//! 2. `text`: tokens, how a word matches a term, highlights, snippets
//! 3. `build`: words.idx from all papers, a recent segment of a few beside it, or words.idx extended by more
//! 4. `search`: query evaluation, ranking, sorting, facets, fuzzy matches
//! 5. `fulltext`: the inverted index of abstracts, with positions
//! 6. `meaning`: papers that fit a description, by the words near its words

mod build;
mod format;
mod fulltext;
mod meaning;
mod search;
mod text;

#[cfg(test)]
mod bench;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::temporary;

/// Removes what killed builds left beside words.idx and in the folder of the full text.
pub fn remove_abandoned_builds(folder: &Path, full_text: &Path) {
    temporary::remove_abandoned(folder, build::builder::TEMPORARY);
    temporary::remove_abandoned(full_text, fulltext::TEMPORARY);
}

pub use self::build::builder::{BuiltIndex, IndexBuilder};
pub use self::format::former_papers::FormerPapers;
pub use self::format::paper::{DigestRow, Doc, DocId, PaperFlags};
pub use self::format::reader::Index;
pub use self::format::segmented::SegmentedIndex;
pub use self::format::sets::PaperSet;
pub use self::fulltext::{
    AbstractAccess, DefinitionCounts, FullText, FullTextBuilder, FullTextRun, KnownDefinitions, UnindexedAbstracts,
    full_text_revision, relevance,
};
pub use self::meaning::{Candidate, Description, candidates, is_known_word, rank};
pub use self::search::engine::SearchEngine;
pub use self::search::facets::{Facets, facets, widening};
pub use self::search::fuzzy::{FuzzyMatcher, has_fuzzy_matches};
pub use self::search::hits::{Elsewhere, Hits};
pub use self::search::pick;
pub use self::search::reading_states::ReadingStates;
pub use self::search::tag_table::TagChanges;
pub use self::search::view::{
    AbstractSearch, Band, BelowResult, NoteSearch, RankedPaper, Reason, SearchView, SearchedWord,
};
pub use self::text::abstract_terms::{AbstractTerm, abstract_terms, term_forms};
pub use self::text::containment::AbstractPattern;
pub use self::text::definitions::definitions;
pub use self::text::highlight::{HighlightedText, highlight_patterns, highlights, name_patterns};
pub use self::text::snippet::{ExcerptPatterns, Snippet, excerpt_patterns, opening, snippet};
pub use self::text::word_match::{ApproximateWord, Approximation};
