//! Finds, orders and counts papers of an index, and narrows short lists. It writes nothing.

mod adjacent_words;
mod alphabetical_values;
mod anywhere;
pub(crate) mod column_filters;
mod day_span;
pub(crate) mod engine;
pub(crate) mod evaluate;
pub(crate) mod facets;
pub(crate) mod fuzzy;
pub(crate) mod hits;
pub(crate) mod id_search;
pub(crate) mod order;
mod ordered;
mod other_names;
pub(crate) mod parallel;
pub mod pick;
pub(crate) mod rank;
pub(crate) mod reading_states;
pub(crate) mod scores;
mod signed_words;
mod sort_columns;
mod sort_order;
mod spellings;
pub(crate) mod tag_table;
mod text_clauses;
pub(crate) mod typos;
pub(crate) mod union;
pub(crate) mod view;
pub(crate) mod word_cache;
pub(crate) mod word_search;

#[cfg(test)]
mod tests;
