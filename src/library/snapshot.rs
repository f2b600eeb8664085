//! One consistent picture of the library: the index with the reader's state laid over it. Immutable once shared; a change makes the next
//! picture.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::detail::combine;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading};
use crate::error::{Error, Result};
use crate::index::{DocId, Index, ReadingStates};
use crate::store::{PaperStore, UserState};

#[derive(Clone)]
pub struct Snapshot {
    pub index: Arc<Index>,
    pub marks: Arc<ReadingStates>,
    /// Saved views: name and query.
    pub views: Vec<(String, String)>,
    /// Ids of the digests whose papers are left out of lists.
    pub hidden_digests: HashSet<String>,
    /// Some paper has votes, so that a list needs a column for them.
    pub has_votes: bool,
    /// Keys that state was made under while the paper has another key now.
    aliased: HashMap<PaperKey, PaperKey>,
}

impl Snapshot {
    /// Papers that are listed when nothing is asked: all but those only in hidden digests.
    pub fn listed(&self) -> usize {
        self.index.len() - self.marks.hidden_count()
    }

    /// The key of a paper.
    ///
    /// # Errors
    /// When the index has text in its place that is not a key: the index is damaged.
    pub fn key(&self, doc: DocId) -> Result<PaperKey> {
        let text = self.index.key(doc);
        PaperKey::from_stored(text).ok_or_else(|| {
            Error::data(format!("the index has `{}` where the key of a paper should be", Clean::new(text).cut(80)))
                .hint("`tsundoku doctor` checks the index")
        })
    }

    /// The keys of papers, in their order. Fails as `key` does.
    pub fn keys(&self, docs: &[DocId]) -> Result<Vec<PaperKey>> {
        docs.iter().map(|doc| self.key(*doc)).collect()
    }

    /// Tags of a paper, by name.
    pub fn tags_of(&self, doc: DocId) -> Vec<&str> {
        let tagged = self.marks.tags().filter(|(_, docs)| docs.binary_search(&doc).is_ok());
        if self.marks.has_tags(doc) { tagged.map(|(tag, _)| tag).collect() } else { Vec::new() }
    }

    /// The key that a paper is known by now.
    pub(super) fn canonical<'a>(&'a self, key: &'a PaperKey) -> &'a PaperKey {
        self.aliased.get(key).unwrap_or(key)
    }

    /// The document that state under a key belongs to.
    fn doc(&self, key: &PaperKey) -> Option<DocId> {
        self.index.find(self.canonical(key).as_str())
    }

    /// Every key that a paper has state under, itself first.
    pub(super) fn state_keys(&self, key: &PaperKey) -> Vec<PaperKey> {
        let others = self.aliased.iter().filter(|(_, canonical)| *canonical == key).map(|(alias, _)| alias.clone());
        std::iter::once(key.clone()).chain(others).collect()
    }

    /// What was done with a paper, under whichever of its keys.
    pub(super) fn reading(&self, key: &PaperKey, state: &UserState) -> Reading {
        let readings = self.state_keys(key).into_iter().filter_map(|key| state.readings.get(&key));
        readings.fold(Reading::default(), combine)
    }

    /// Lays changes of papers' states over this picture.
    pub(super) fn lay(&mut self, changes: &[Change], state: &UserState) {
        for change in changes {
            let Some(key) = change.paper() else { continue };
            let Some(doc) = self.doc(key) else { continue };
            let canonical = self.canonical(key).clone();
            let reading = self.reading(&canonical, state);
            mark(Arc::make_mut(&mut self.marks), doc, &reading);
        }
    }
}

/// A new picture of an index and a state.
pub(super) fn take(index: Arc<Index>, papers: &PaperStore, state: &UserState) -> Result<Snapshot> {
    let mut aliased = HashMap::new();
    for key in state.readings.keys() {
        if index.find(key.as_str()).is_none()
            && let Some(canonical) = papers.resolve(key)?
            && canonical != *key
        {
            aliased.insert(key.clone(), canonical);
        }
    }
    let mut marks = ReadingStates::new(index.len());
    hide(&mut marks, &index, &state.hidden_digests);
    let (views, hidden_digests) = (state.views.clone(), state.hidden_digests.clone());
    let has_votes = index.has_votes();
    let mut snapshot = Snapshot { index, marks: Arc::default(), views, hidden_digests, has_votes, aliased };
    for key in state.readings.keys() {
        if let Some(doc) = snapshot.doc(key) {
            let canonical = snapshot.canonical(key);
            mark(&mut marks, doc, &snapshot.reading(canonical, state));
        }
    }
    snapshot.marks = Arc::new(marks);
    Ok(snapshot)
}

fn docs(index: &Index) -> std::ops::Range<DocId> {
    0..DocId::try_from(index.len()).unwrap_or(DocId::MAX)
}

/// Hides the papers that are in hidden digests only.
fn hide(marks: &mut ReadingStates, index: &Index, digests: &HashSet<String>) {
    if digests.is_empty() {
        return;
    }
    let hidden: Vec<bool> = index.digest_table().iter().map(|digest| digests.contains(&digest.id)).collect();
    for doc in docs(index) {
        let mut seen_in =
            index.digests(doc).map(|(digest, _)| hidden.get(digest as usize).copied().unwrap_or(false)).peekable();
        if seen_in.peek().is_some() && seen_in.all(|hidden| hidden) {
            marks.set_hidden(doc, true);
        }
    }
}

/// Lays everything done with a paper over its document.
fn mark(marks: &mut ReadingStates, doc: DocId, reading: &Reading) {
    marks.set_status(doc, reading.status);
    marks.set_starred(doc, reading.starred);
    marks.set_seen(doc, reading.seen);
    marks.set_has_note(doc, !reading.note.is_empty());
    let had: Vec<String> =
        marks.tags().filter(|(_, docs)| docs.binary_search(&doc).is_ok()).map(|(tag, _)| tag.to_owned()).collect();
    for tag in had.iter().filter(|tag| !reading.tags.iter().any(|kept| kept.as_str() == *tag)) {
        marks.untag(doc, tag);
    }
    for tag in &reading.tags {
        marks.tag(doc, tag.as_str());
    }
}
