//! The papers of each tag, and the tags of each paper. A table does not change: a change of tags makes the next one from it, which shares with
//! it all that was read from a file. It knows no reading state but the tags.

use std::collections::BTreeMap;
use std::iter;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use crate::index::format::paper::DocId;

/// Changes of one tag: papers, and whether they have it from now on. The last of several changes of one paper counts.
pub type TagChanges = Vec<(DocId, bool)>;

/// Changes that are kept beside the rows; after more of them all rows are written anew.
const MOST_CHANGED: usize = 2000;

/// Tags in use, by name, each with its papers, newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct TagTable {
    rows: Arc<TagRows>,
    /// The papers of the tags that changed since the rows were written; none for one that is no longer in use.
    changed: BTreeMap<Arc<str>, Arc<Vec<DocId>>>,
    /// The tags that papers got since then, and those that they lost.
    of_changed: BTreeMap<DocId, BTreeMap<Arc<str>, bool>>,
    /// How many these are.
    changes: usize,
}

/// Tags by name, each with its papers, one after another: an object for each of tens of thousands of tags would take longer to make than all
/// else at the start of a command.
#[derive(Debug, Default)]
pub(crate) struct TagRows {
    names: String,
    docs: Vec<DocId>,
    /// Where in `names` and in `docs` each tag ends.
    ends: Vec<[usize; 2]>,
    /// A paper in the upper half, the place of one of its tags in the lower; sorted. Made when it is first needed.
    by_paper: OnceLock<Vec<u64>>,
}

impl TagRows {
    pub(crate) fn push(&mut self, name: &str, docs: impl IntoIterator<Item = DocId>) {
        self.names.push_str(name);
        self.docs.extend(docs);
        self.ends.push([self.names.len(), self.docs.len()]);
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &[DocId])> {
        (0..self.ends.len()).map(|tag| (self.name(tag), self.docs(tag)))
    }

    fn ends_before(&self, tag: usize) -> [usize; 2] {
        tag.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default()
    }

    fn name(&self, tag: usize) -> &str {
        let [from, _] = self.ends_before(tag);
        self.ends.get(tag).and_then(|[to, _]| self.names.get(from..*to)).unwrap_or_default()
    }

    fn docs(&self, tag: usize) -> &[DocId] {
        let [_, from] = self.ends_before(tag);
        self.ends.get(tag).and_then(|[_, to]| self.docs.get(from..*to)).unwrap_or_default()
    }

    /// The papers of a tag; None when it has no row.
    fn find(&self, name: &str) -> Option<&[DocId]> {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name(middle).cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(self.docs(middle)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn by_paper(&self) -> &[u64] {
        self.by_paper.get_or_init(|| {
            let tagged = (0u64..).zip(self.iter());
            let tagged = tagged.flat_map(|(tag, (_, docs))| docs.iter().map(move |doc| u64::from(*doc) << 32 | tag));
            let mut pairs: Vec<u64> = tagged.collect();
            pairs.sort_unstable();
            pairs
        })
    }

    /// The tags of a paper, by name.
    fn of_doc(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let (pairs, doc) = (self.by_paper(), u64::from(doc));
        let from = pairs.partition_point(|pair| pair >> 32 < doc);
        let of_doc = pairs.iter().skip(from).take_while(move |pair| *pair >> 32 == doc);
        of_doc.map(|pair| self.name((pair & u64::from(u32::MAX)) as usize))
    }
}

impl TagTable {
    /// The table of tags, each with its papers; None where they are not as `iter` gives them, for an index of this many papers.
    pub(crate) fn from_rows(papers: usize, rows: TagRows) -> Option<Self> {
        let names_ascend = rows.iter().is_sorted_by(|(one, _), (other, _)| one < other);
        let are_papers = |docs: &[DocId]| {
            let in_index = docs.last().is_some_and(|last| (*last as usize) < papers);
            in_index && docs.is_sorted_by(|one, other| one < other)
        };
        let are_right = names_ascend && rows.iter().all(|(_, docs)| are_papers(docs));
        are_right.then(|| Self { rows: Arc::new(rows), ..Self::default() })
    }

    /// Every tag with its papers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[DocId])> {
        let mut rows = self.rows.iter().peekable();
        let mut changed = self.changed.iter().map(|(name, docs)| (&**name, docs.as_slice())).peekable();
        let all = iter::from_fn(move || match (rows.peek(), changed.peek()) {
            (Some((row, _)), Some((new, _))) if row < new => rows.next(),
            (Some((row, _)), Some((new, _))) => {
                if row == new {
                    rows.next();
                }
                changed.next()
            }
            (Some(_), None) => rows.next(),
            (None, _) => changed.next(),
        });
        all.filter(|(_, docs)| !docs.is_empty())
    }

    /// The tags of a paper, by name.
    pub(crate) fn of(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let changed = self.of_changed.get(&doc);
        let unchanged = self.rows.of_doc(doc).filter(|tag| changed.is_none_or(|changed| !changed.contains_key(*tag)));
        let mut tags: Vec<&str> = unchanged.collect();
        if let Some(changed) = changed {
            tags.extend(changed.iter().filter(|(_, is_tagged)| **is_tagged).map(|(tag, _)| &**tag));
            tags.sort_unstable();
        }
        tags.into_iter()
    }

    /// The same of several papers. Takes one pass over all tags where the tags of a paper were not asked for before.
    pub(crate) fn of_each(&self, docs: &FxHashSet<DocId>) -> BTreeMap<DocId, Vec<&str>> {
        if docs.is_empty() || self.rows.by_paper.get().is_some() {
            return docs.iter().map(|doc| (*doc, self.of(*doc).collect())).collect();
        }
        let mut found: BTreeMap<DocId, Vec<&str>> = docs.iter().map(|doc| (*doc, Vec::new())).collect();
        for (tag, of_tag) in self.iter() {
            for doc in of_tag.iter().filter(|doc| docs.contains(*doc)) {
                found.entry(*doc).or_default().push(tag);
            }
        }
        found
    }

    pub(crate) fn has_tags(&self, doc: DocId) -> bool {
        self.of(doc).next().is_some()
    }

    /// The table after these changes, given by tag. A tag without papers is dropped. Time grows with the papers of these tags and with
    /// what changed since all rows were written.
    pub(crate) fn with(&self, changes: BTreeMap<String, TagChanges>) -> Self {
        let count: usize = changes.values().map(|of_tag| of_tag.len() + 1).sum();
        if self.changes + count > MOST_CHANGED {
            return self.rewritten(changes);
        }
        let mut next = Self { changes: self.changes + count, ..self.clone() };
        for (name, of_tag) in changes {
            let name: Arc<str> = name.into();
            for (doc, is_tagged) in &of_tag {
                next.of_changed.entry(*doc).or_default().insert(Arc::clone(&name), *is_tagged);
            }
            let docs = match next.changed.get(&name) {
                Some(docs) => changed_docs(docs, of_tag),
                None => changed_docs(self.rows.find(&name).unwrap_or_default(), of_tag),
            };
            next.changed.insert(name, Arc::new(docs));
        }
        next
    }

    /// The same with all rows written anew.
    fn rewritten(&self, changes: BTreeMap<String, TagChanges>) -> Self {
        let mut rows = TagRows::default();
        let mut push = |name: &str, docs: &[DocId], of_tag: TagChanges| {
            let docs = changed_docs(docs, of_tag);
            if !docs.is_empty() {
                rows.push(name, docs);
            }
        };
        let mut changes = changes.into_iter().peekable();
        for (name, docs) in self.iter() {
            while let Some((new, of_tag)) = changes.next_if(|(new, _)| new.as_str() < name) {
                push(&new, &[], of_tag);
            }
            push(name, docs, changes.next_if(|(new, _)| new == name).map(|(_, of_tag)| of_tag).unwrap_or_default());
        }
        changes.for_each(|(new, of_tag)| push(&new, &[], of_tag));
        Self { rows: Arc::new(rows), ..Self::default() }
    }
}

/// The papers of a tag after changes.
fn changed_docs(docs: &[DocId], mut changed: TagChanges) -> Vec<DocId> {
    // Stable: the last change of a paper is the last of its run.
    changed.sort_by_key(|(doc, _)| *doc);
    let mut next = Vec::with_capacity(docs.len() + changed.len());
    let mut unchanged = docs.iter().copied().peekable();
    for of_doc in changed.chunk_by(|(one, _), (other, _)| one == other) {
        let Some(&(doc, is_tagged)) = of_doc.last() else { continue };
        next.extend(iter::from_fn(|| unchanged.next_if(|other| *other < doc)));
        unchanged.next_if_eq(&doc);
        next.extend(is_tagged.then_some(doc));
    }
    next.extend(unchanged);
    next
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
            many in 0..6_usize,
            is_looked_up in any::<bool>()
        ) {
            let mut table = TagTable::default();
            let mut expected: BTreeSet<(String, DocId)> = BTreeSet::new();
            for (number, batch) in batches.into_iter().enumerate() {
                let mut changes: BTreeMap<String, TagChanges> = BTreeMap::new();
                for (tag, doc, is_tagged) in batch {
                    match is_tagged {
                        true => expected.insert((tag.clone(), doc)),
                        false => expected.remove(&(tag.clone(), doc)),
                    };
                    changes.entry(tag).or_default().push((doc, is_tagged));
                }
                if is_looked_up {
                    table.has_tags(0);
                }
                // Many changes at once write all rows anew.
                table = if number == many { table.rewritten(changes) } else { table.with(changes) };
            }
            let pairs = table.iter().flat_map(|(tag, docs)| docs.iter().map(move |doc| (tag.to_owned(), *doc)));
            prop_assert_eq!(pairs.collect::<BTreeSet<_>>(), expected.clone());
            prop_assert!(table.iter().all(|(_, docs)| !docs.is_empty()));
            for doc in 0..12 {
                let tags: Vec<&str> = expected.iter().filter(|(_, other)| *other == doc).map(|(tag, _)| tag.as_str()).collect();
                prop_assert_eq!(table.of(doc).collect::<Vec<_>>(), tags);
            }
            let docs: FxHashSet<DocId> = (2..7).collect();
            for (doc, tags) in table.of_each(&docs) {
                prop_assert!(docs.contains(&doc) && table.of(doc).eq(tags));
            }
            let rows = || {
                let mut rows = TagRows::default();
                table.iter().for_each(|(name, docs)| rows.push(name, docs.iter().copied()));
                rows
            };
            let again = TagTable::from_rows(12, rows()).unwrap();
            prop_assert!(again.iter().eq(table.iter()));
            // Before and after the tags of each paper were made.
            let of_each = again.of_each(&docs);
            again.has_tags(0);
            prop_assert!(of_each == again.of_each(&docs) && of_each == table.of_each(&docs));
            if let Some(last) = table.iter().filter_map(|(_, docs)| docs.last()).max() {
                prop_assert!(TagTable::from_rows(*last as usize, rows()).is_none());
            }
        }
    }
    fn tagged(tag: &str, docs: std::ops::Range<u32>) -> BTreeMap<String, TagChanges> {
        BTreeMap::from([(tag.to_owned(), docs.map(|doc| (doc, true)).collect())])
    }

    #[test]
    fn after_many_changes_all_rows_are_written_anew() {
        let mut table = TagTable::default();
        for doc in 0..MOST_CHANGED as u32 / 2 {
            table = table.with(tagged("a", doc..doc + 1));
        }
        assert_eq!((table.of_changed.len(), table.rows.ends.len()), (MOST_CHANGED / 2, 0));
        table = table.with(tagged("b", 0..1));
        assert_eq!((table.of_changed.len(), table.changed.len(), table.rows.ends.len()), (0, 0, 2));
        assert_eq!((table.of(7).collect::<Vec<_>>(), table.of(0).collect::<Vec<_>>()), (vec!["a"], vec!["a", "b"]));
    }

    #[test]
    fn a_changed_tag_leaves_the_rows_of_others_in_place() {
        let table = TagTable::default().with(tagged("a", 0..5000)).with(tagged("b", 2..3));
        let next = table.with(tagged("b", 3..4));
        assert!(Arc::ptr_eq(&table.rows, &next.rows) && table.rows.ends.len() == 1);
    }
}
