//! Papers by the meaning of a description: the ranked papers below the result of a search. The word vectors and the ranking are the index's.

use super::Library;
use crate::domain::query::Query;
use crate::error::Result;
use crate::index::{Description, DocId, MeaningMatch, candidates, rank};

/// Papers that are ranked.
pub const MOST_BY_MEANING: usize = 200;

impl Library {
    /// Papers that fit the free words of a query by meaning and its other clauses, best first, at most `MOST_BY_MEANING`; without those in
    /// `found`. None when `cancelled` returned true on the way, or abstracts that the other clauses need cannot be read.
    pub fn by_meaning(
        &mut self,
        query: &Query,
        found: &[DocId],
        cancelled: &dyn Fn() -> bool,
    ) -> Option<Vec<MeaningMatch>> {
        let (words, rest) = query.free_words();
        let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let description = Description::new(&words.join(" "));
        if description.is_empty() {
            return Some(Vec::new());
        }
        let mut found = found.to_vec();
        found.sort_unstable();
        self.with_view(cancelled, |engine, view, abstracts| {
            let allowed = engine.search(view, &Query { filter: rest, ..Query::default() })?;
            let is_wanted = |doc: DocId| allowed.contains(doc) && found.binary_search(&doc).is_err();
            let text = abstracts.any_full_text();
            let library = (view.index, text.as_deref());
            let candidates = candidates(&description, library, MOST_BY_MEANING, &is_wanted, cancelled)?;
            if cancelled() {
                return None;
            }
            Some(rank(&description, &candidates, |doc| abstracts.text_of(&[doc], 1)))
        })
    }

    /// `by_meaning` that is never cancelled. An error when abstracts that the query needs cannot be read.
    pub fn find_by_meaning(&mut self, query: &Query) -> Result<Vec<MeaningMatch>> {
        self.by_meaning(query, &[], &|| false).ok_or_else(super::search::unreadable_abstracts)
    }
}
