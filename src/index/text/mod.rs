//! How the index reads text: tokens, how a query word matches a term, which characters of a text are highlighted, and snippets of
//! abstracts. It opens no index.

pub(crate) mod abstract_terms;
pub(crate) mod alphabetical;
pub(crate) mod containment;
pub(crate) mod definitions;
pub(crate) mod highlight;
pub(crate) mod inflections;
pub(crate) mod located_terms;
pub(crate) mod signs;
pub(crate) mod snippet;
pub(crate) mod tokens;
pub(crate) mod unspaced;
pub(crate) mod word_match;
