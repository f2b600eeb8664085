//! The papers of each tag, and the tags of each paper. A table does not change: a change of tags makes the next one from it, in time linear in
//! its size. It knows no reading state but the tags.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::index::format::paper::DocId;

/// Changes of one tag: papers, and whether they have it from now on. The last of several changes of one paper counts.
pub type TagChanges = Vec<(DocId, bool)>;

/// Tags in use, by name, each with its papers, newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct TagTable {
    tags: Vec<TagRow>,
    /// The papers of all tags, tag after tag.
    docs: Vec<DocId>,
    /// Sorted pairs of a paper and the place of one of its tags; made when it is first needed.
    by_paper: OnceLock<Vec<(DocId, u32)>>,
}

#[derive(Clone, Debug)]
struct TagRow {
    name: String,
    /// Where its papers end in `docs`; they start where those of the tag before end.
    end: usize,
}

impl TagTable {
    /// Every tag with its papers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[DocId])> {
        let starts = std::iter::once(0).chain(self.tags.iter().map(|row| row.end));
        self.tags
            .iter()
            .zip(starts)
            .map(|(row, start)| (row.name.as_str(), self.docs.get(start..row.end).unwrap_or_default()))
    }

    /// The tags of a paper, by name.
    pub(crate) fn of(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let pairs = self.by_paper();
        let from = pairs.partition_point(|(other, _)| *other < doc);
        let of_doc = pairs.iter().skip(from).take_while(move |(other, _)| *other == doc);
        of_doc.filter_map(|(_, tag)| self.tags.get(*tag as usize)).map(|row| row.name.as_str())
    }

    pub(crate) fn has_tags(&self, doc: DocId) -> bool {
        self.of(doc).next().is_some()
    }

    fn by_paper(&self) -> &[(DocId, u32)] {
        self.by_paper.get_or_init(|| {
            let tagged = (0..).zip(self.iter()).flat_map(|(tag, (_, docs))| docs.iter().map(move |doc| (*doc, tag)));
            let mut pairs: Vec<(DocId, u32)> = tagged.collect();
            pairs.sort_unstable();
            pairs
        })
    }

    /// The table after these changes, given by tag. A tag without papers is dropped.
    pub(crate) fn with(&self, changes: BTreeMap<String, TagChanges>) -> Self {
        let mut next = Self { docs: Vec::with_capacity(self.docs.len()), ..Self::default() };
        let mut changes = changes.into_iter().peekable();
        for (name, docs) in self.iter() {
            while let Some((new, changed)) = changes.next_if(|(changed, _)| changed.as_str() < name) {
                next.push_changed(new, &[], changed);
            }
            match changes.next_if(|(changed, _)| changed == name) {
                Some((name, changed)) => next.push_changed(name, docs, changed),
                None => {
                    next.docs.extend_from_slice(docs);
                    next.end_tag(name.to_owned());
                }
            }
        }
        for (new, changed) in changes {
            next.push_changed(new, &[], changed);
        }
        next
    }

    /// Adds a tag, after all that come before it by name. Nothing where no paper has it.
    fn push_changed(&mut self, name: String, docs: &[DocId], mut changed: TagChanges) {
        // Stable: the last change of a paper is the last of its run.
        changed.sort_by_key(|(doc, _)| *doc);
        let start = self.docs.len();
        let mut unchanged = docs.iter().copied().peekable();
        for of_doc in changed.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(&(doc, is_tagged)) = of_doc.last() else { continue };
            self.docs.extend(std::iter::from_fn(|| unchanged.next_if(|other| *other < doc)));
            unchanged.next_if_eq(&doc);
            self.docs.extend(is_tagged.then_some(doc));
        }
        self.docs.extend(unchanged);
        if self.docs.len() > start {
            self.end_tag(name);
        }
    }

    fn end_tag(&mut self, name: String) {
        self.tags.push(TagRow { name, end: self.docs.len() });
    }

    /// The papers of all tags, tag after tag, and the name of each tag with where its papers end.
    pub(crate) fn parts(&self) -> (&[DocId], impl Iterator<Item = (&str, usize)>) {
        (&self.docs, self.tags.iter().map(|row| (row.name.as_str(), row.end)))
    }

    /// The table of these parts; None where they are not as `parts` gives them, for an index of this many papers.
    pub(crate) fn from_parts(papers: usize, docs: Vec<DocId>, tags: Vec<(String, usize)>) -> Option<Self> {
        let tags: Vec<TagRow> = tags.into_iter().map(|(name, end)| TagRow { name, end }).collect();
        let table = Self { tags, docs, by_paper: OnceLock::new() };
        let names_ascend = table.tags.is_sorted_by(|one, other| one.name < other.name);
        let ends_ascend = table.tags.first().is_none_or(|row| row.end > 0)
            && table.tags.is_sorted_by(|one, other| one.end < other.end)
            && table.tags.last().map_or(0, |row| row.end) == table.docs.len();
        let docs_ascend = ends_ascend && table.iter().all(|(_, docs)| docs.is_sorted_by(|one, other| one < other));
        let in_index = table.docs.iter().all(|doc| (*doc as usize) < papers);
        (names_ascend && docs_ascend && in_index).then_some(table)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_table_holds_what_the_changes_say(
            batches in proptest::collection::vec(
                proptest::collection::vec(("[abc]{1,2}", 0u32..12, any::<bool>()), 0..20), 1..6)
        ) {
            let mut table = TagTable::default();
            let mut expected: BTreeSet<(String, DocId)> = BTreeSet::new();
            for batch in batches {
                let mut changes: BTreeMap<String, TagChanges> = BTreeMap::new();
                for (tag, doc, is_tagged) in batch {
                    match is_tagged {
                        true => expected.insert((tag.clone(), doc)),
                        false => expected.remove(&(tag.clone(), doc)),
                    };
                    changes.entry(tag).or_default().push((doc, is_tagged));
                }
                table = table.with(changes);
            }
            let pairs = table.iter().flat_map(|(tag, docs)| docs.iter().map(move |doc| (tag.to_owned(), *doc)));
            prop_assert_eq!(pairs.collect::<BTreeSet<_>>(), expected.clone());
            prop_assert!(table.iter().all(|(_, docs)| !docs.is_empty()));
            for doc in 0..12 {
                let tags: Vec<&str> = expected.iter().filter(|(_, other)| *other == doc).map(|(tag, _)| tag.as_str()).collect();
                prop_assert_eq!(table.of(doc).collect::<Vec<_>>(), tags);
            }
            let (docs, tags) = table.parts();
            let (docs, tags) = (docs.to_vec(), tags.map(|(name, end)| (name.to_owned(), end)).collect::<Vec<_>>());
            let again = TagTable::from_parts(12, docs.clone(), tags.clone()).unwrap();
            prop_assert!(again.iter().eq(table.iter()));
            if !docs.is_empty() {
                prop_assert!(TagTable::from_parts(*docs.iter().max().unwrap() as usize, docs, tags).is_none());
            }
        }
    }
}
