//! The papers of each tag, and the tags of each paper. A table does not change: a change of tags makes the next one from it, which shares with
//! it all that stays the same. It knows no reading state but the tags.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::index::format::paper::DocId;

/// Changes of one tag: papers, and whether they have it from now on. The last of several changes of one paper counts.
pub type TagChanges = Vec<(DocId, bool)>;

/// Papers whose tags are kept beside a table of all papers before that table is made again.
const MOST_CHANGED: usize = 2000;

/// Tags in use, by name, each with its papers, newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct TagTable {
    tags: Vec<Arc<TagRow>>,
    by_paper: PaperTags,
}

#[derive(Debug)]
struct TagRow {
    name: Arc<str>,
    docs: Vec<DocId>,
}

/// The tags of each paper.
#[derive(Clone, Debug, Default)]
struct PaperTags {
    /// Of all papers, at the time it was made; made when it is first needed.
    all: OnceLock<Arc<PairTable>>,
    /// The tags, by name, of the papers whose tags changed since then.
    changed: BTreeMap<DocId, Vec<Arc<str>>>,
}

#[derive(Debug)]
struct PairTable {
    /// By name.
    names: Vec<Arc<str>>,
    /// A paper in the upper half, the place of one of its tags in `names` in the lower; sorted.
    pairs: Vec<u64>,
}

impl PairTable {
    fn of(tags: &[Arc<TagRow>]) -> Self {
        let tagged =
            (0u64..).zip(tags).flat_map(|(tag, row)| row.docs.iter().map(move |doc| u64::from(*doc) << 32 | tag));
        let mut pairs: Vec<u64> = tagged.collect();
        pairs.sort_unstable();
        Self { names: tags.iter().map(|row| Arc::clone(&row.name)).collect(), pairs }
    }

    fn of_doc(&self, doc: DocId) -> impl Iterator<Item = &Arc<str>> {
        let doc = u64::from(doc);
        let from = self.pairs.partition_point(|pair| pair >> 32 < doc);
        let of_doc = self.pairs.iter().skip(from).take_while(move |pair| *pair >> 32 == doc);
        of_doc.filter_map(|pair| self.names.get((pair & u64::from(u32::MAX)) as usize))
    }
}

impl TagTable {
    /// Every tag with its papers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[DocId])> {
        self.tags.iter().map(|row| (&*row.name, row.docs.as_slice()))
    }

    /// The tags of a paper, by name.
    pub(crate) fn of(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let changed = self.by_paper.changed.get(&doc);
        let unchanged = changed.is_none().then(|| self.all_papers().of_doc(doc));
        changed.into_iter().flatten().chain(unchanged.into_iter().flatten()).map(|name| &**name)
    }

    pub(crate) fn has_tags(&self, doc: DocId) -> bool {
        self.of(doc).next().is_some()
    }

    fn all_papers(&self) -> &PairTable {
        self.by_paper.all.get_or_init(|| Arc::new(PairTable::of(&self.tags)))
    }

    /// The table after these changes, given by tag. A tag without papers is dropped. Time grows with the papers of these tags and the number
    /// of all tags.
    pub(crate) fn with(&self, changes: BTreeMap<String, TagChanges>) -> Self {
        let by_paper = self.by_paper.with(&changes);
        let mut tags = Vec::with_capacity(self.tags.len() + changes.len());
        let mut changes = changes.into_iter().peekable();
        for row in &self.tags {
            while let Some((new, changed)) = changes.next_if(|(changed, _)| **changed < *row.name) {
                tags.extend(changed_row(new.into(), &[], changed));
            }
            match changes.next_if(|(changed, _)| **changed == *row.name) {
                Some((_, changed)) => tags.extend(changed_row(Arc::clone(&row.name), &row.docs, changed)),
                None => tags.push(Arc::clone(row)),
            }
        }
        tags.extend(changes.filter_map(|(new, changed)| changed_row(new.into(), &[], changed)));
        Self { tags, by_paper }
    }

    /// The table of tags, each with its papers; None where they are not as `iter` gives them, for an index of this many papers.
    pub(crate) fn from_rows(papers: usize, rows: Vec<(String, Vec<DocId>)>) -> Option<Self> {
        let tags: Vec<_> = rows.into_iter().map(|(name, docs)| Arc::new(TagRow { name: name.into(), docs })).collect();
        let names_ascend = tags.is_sorted_by(|one, other| one.name < other.name);
        let are_papers = |docs: &[DocId]| {
            let in_index = docs.last().is_some_and(|last| (*last as usize) < papers);
            in_index && docs.is_sorted_by(|one, other| one < other)
        };
        let are_right = names_ascend && tags.iter().all(|row| are_papers(&row.docs));
        are_right.then_some(Self { tags, by_paper: PaperTags::default() })
    }
}

impl PaperTags {
    /// The tags of each paper after changes, given by tag. Empty, and made again when they are needed, after more changes than are kept
    /// beside the table.
    fn with(&self, changes: &BTreeMap<String, TagChanges>) -> Self {
        let count: usize = changes.values().map(Vec::len).sum();
        let Some(all) = self.all.get().filter(|_| self.changed.len() + count <= MOST_CHANGED) else {
            return Self::default();
        };
        let mut changed = self.changed.clone();
        for (name, of_tag) in changes {
            for (doc, is_tagged) in of_tag {
                let names = changed.entry(*doc).or_insert_with(|| all.of_doc(*doc).cloned().collect());
                match (names.binary_search_by(|other| (**other).cmp(name)), is_tagged) {
                    (Err(place), true) => names.insert(place, name.as_str().into()),
                    (Ok(place), false) => drop(names.remove(place)),
                    (Ok(_), true) | (Err(_), false) => {}
                }
            }
        }
        Self { all: self.all.clone(), changed }
    }
}

/// The row of a tag after changes; None where no paper has it.
fn changed_row(name: Arc<str>, docs: &[DocId], mut changed: TagChanges) -> Option<Arc<TagRow>> {
    // Stable: the last change of a paper is the last of its run.
    changed.sort_by_key(|(doc, _)| *doc);
    let mut next = Vec::with_capacity(docs.len() + changed.len());
    let mut unchanged = docs.iter().copied().peekable();
    for of_doc in changed.chunk_by(|(one, _), (other, _)| one == other) {
        let Some(&(doc, is_tagged)) = of_doc.last() else { continue };
        next.extend(std::iter::from_fn(|| unchanged.next_if(|other| *other < doc)));
        unchanged.next_if_eq(&doc);
        next.extend(is_tagged.then_some(doc));
    }
    next.extend(unchanged);
    (!next.is_empty()).then(|| Arc::new(TagRow { name, docs: next }))
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
                proptest::collection::vec(("[abc]{1,2}", 0u32..12, any::<bool>()), 0..20), 1..6),
            is_looked_up in any::<bool>()
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
                // The tags of each paper are changed where they were made, and made again where not.
                if is_looked_up {
                    table.has_tags(0);
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
            let rows: Vec<_> = table.iter().map(|(name, docs)| (name.to_owned(), docs.to_vec())).collect();
            let again = TagTable::from_rows(12, rows.clone()).unwrap();
            prop_assert!(again.iter().eq(table.iter()));
            if let Some(last) = rows.iter().filter_map(|(_, docs)| docs.last()).max() {
                prop_assert!(TagTable::from_rows(*last as usize, rows).is_none());
            }
        }
    }
    #[test]
    fn many_changes_of_papers_make_the_table_of_all_again() {
        let change = |docs: std::ops::Range<u32>| {
            BTreeMap::from([("a".to_owned(), docs.map(|doc| (doc, true)).collect::<TagChanges>())])
        };
        let mut table = TagTable::default();
        for doc in 0..MOST_CHANGED as u32 {
            table.has_tags(doc);
            table = table.with(change(doc..doc + 1));
        }
        assert_eq!(table.by_paper.changed.len(), MOST_CHANGED);
        table = table.with(change(0..1));
        assert_eq!((table.by_paper.changed.len(), table.by_paper.all.get().is_none()), (0, true));
        assert_eq!(table.of(7).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn a_changed_tag_leaves_the_rows_of_others_in_place() {
        let of = |tag: &str, doc| BTreeMap::from([(tag.to_owned(), vec![(doc, true)])]);
        let table = TagTable::default().with(of("a", 1)).with(of("b", 2));
        let next = table.with(of("b", 3));
        assert!(Arc::ptr_eq(&table.tags[0], &next.tags[0]) && !Arc::ptr_eq(&table.tags[1], &next.tags[1]));
    }
}
