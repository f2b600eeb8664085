//! Papers found by what a description means: each of its words and the words nearest to it in meaning are scored together over all papers, and
//! the best papers are ranked again by how well their words fit the description. Word vectors that ship with the program know which words are
//! near; nothing is stored for a paper and nothing is computed at import.
//!
//! 1. `vectors`: the word vectors
//! 2. `description`: the words of a description, and for each the near words that the library has
//! 3. `candidates`: the papers that have the most of them, by BM25 over titles and abstracts
//! 4. `ranking`: the best of these compared word by word; also which words say why a paper was found

mod candidates;
mod description;
mod ranking;
#[cfg(test)]
mod tests;
mod vectors;

pub use self::candidates::{Candidate, candidates};
pub use self::description::Description;
pub use self::ranking::rank;
pub use self::vectors::is_known_word;
