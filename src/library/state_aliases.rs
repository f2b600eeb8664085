//! Former keys under which the user did something with papers that have another key now. Looked up both ways; which key a paper has now is
//! decided in papers.db.

use std::sync::OnceLock;

use crate::index::DocId;

/// Former keys with state and their papers, of one index.
#[derive(Clone, Debug, Default)]
pub(super) struct StateAliases {
    /// Sorted.
    by_doc: Vec<(DocId, String)>,
    /// Places in `by_doc`, sorted by key; made when it is first needed.
    by_key: OnceLock<Vec<u32>>,
}

impl StateAliases {
    pub(super) fn of(mut pairs: Vec<(DocId, String)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        Self { by_doc: pairs, by_key: OnceLock::new() }
    }

    /// The paper that had this key.
    pub(super) fn find(&self, key: &str) -> Option<DocId> {
        let pair = |place: &u32| self.by_doc.get(*place as usize);
        let by_key = self.by_key.get_or_init(|| {
            let mut by_key: Vec<u32> = (0..).zip(&self.by_doc).map(|(place, _)| place).collect();
            by_key.sort_unstable_by_key(|place| pair(place).map(|(_, key)| key));
            by_key
        });
        let at = by_key.binary_search_by(|place| pair(place).map(|(_, other)| other.as_str()).cmp(&Some(key))).ok()?;
        by_key.get(at).and_then(pair).map(|(doc, _)| *doc)
    }

    /// The former keys of a paper, sorted.
    pub(super) fn of_doc(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let from = self.by_doc.partition_point(|(other, _)| *other < doc);
        self.by_doc.iter().skip(from).take_while(move |(other, _)| *other == doc).map(|(_, key)| key.as_str())
    }

    pub(super) fn has(&self, doc: DocId) -> bool {
        self.of_doc(doc).next().is_some()
    }

    /// Adds keys; time grows with all of them.
    pub(super) fn add(&mut self, pairs: Vec<(DocId, String)>) {
        if !pairs.is_empty() {
            let mut all = std::mem::take(self).by_doc;
            all.extend(pairs);
            *self = Self::of(all);
        }
    }

    /// Every paper with each of its former keys, sorted.
    pub(super) fn pairs(&self) -> &[(DocId, String)] {
        &self.by_doc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_both_ways() {
        let pair = |doc, key: &str| (doc, key.to_owned());
        let mut aliases = StateAliases::of(vec![pair(7, "title:b"), pair(2, "title:c"), pair(7, "doi:a")]);
        aliases.add(vec![pair(1, "title:z"), pair(2, "title:c")]);
        assert_eq!(aliases.of_doc(7).collect::<Vec<_>>(), ["doi:a", "title:b"]);
        assert_eq!(
            (aliases.find("title:c"), aliases.find("title:z"), aliases.find("title:d")),
            (Some(2), Some(1), None)
        );
        assert!(aliases.has(1) && !aliases.has(3));
        assert_eq!(aliases.pairs().len(), 4);
    }
}
