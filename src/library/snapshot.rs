//! An immutable, consistent view of the library: the index combined with the reading states. A change of state makes the next snapshot.
//!
//! Front ends read everything that a list shows from here, by document id; the index itself stays inside `library`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::detail::combine;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading, Status};
use crate::error::{Error, Result};
use crate::index::{DigestRow, DocId, Index, ReadingStates};
use crate::store::{PaperStore, UserState};

/// One view of the library. Document ids are valid for this snapshot and for those with the same papers (`has_same_papers`); a document
/// id of another snapshot names another paper, or none.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) index: Arc<Index>,
    pub(super) states: Arc<ReadingStates>,
    /// Saved views: name and query.
    pub views: Vec<(String, String)>,
    /// Ids of the digests whose papers are left out of lists.
    pub hidden_digests: HashSet<String>,
    /// Whether any paper has votes, so that a list needs a column for them.
    pub has_votes: bool,
    aliases: Arc<StateAliases>,
}

/// The keys with state whose papers have another key now, looked up both ways.
#[derive(Default)]
struct StateAliases {
    canonical: HashMap<PaperKey, PaperKey>,
    /// Sorted, by the key that the paper has now.
    aliases: HashMap<PaperKey, Vec<PaperKey>>,
}

impl StateAliases {
    /// Costs a lookup in papers.db for each key that the index does not have.
    fn of(index: &Index, papers: &PaperStore, state: &UserState) -> Result<Self> {
        let mut all = Self::default();
        for key in state.readings.keys() {
            if index.find(key.as_str()).is_none()
                && let Some(canonical) = papers.resolve(key)?
                && canonical != *key
            {
                all.aliases.entry(canonical.clone()).or_default().push(key.clone());
                all.canonical.insert(key.clone(), canonical);
            }
        }
        all.aliases.values_mut().for_each(|aliases| aliases.sort());
        Ok(all)
    }
}

/// The papers.
impl Snapshot {
    /// Number of papers, hidden ones included.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Number of papers that the empty query lists: all but those in hidden digests only.
    pub fn listed(&self) -> usize {
        self.index.len() - self.states.hidden_count()
    }

    /// Whether both snapshots have the same papers under the same document ids; reading states may differ.
    pub fn has_same_papers(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.index, &other.index)
    }

    /// The paper with this key, which must be the key the index knows it by.
    pub fn find(&self, key: &PaperKey) -> Option<DocId> {
        self.index.find(key.as_str())
    }

    /// The key of a paper. An error when the index is damaged and has no key there.
    pub fn key(&self, doc: DocId) -> Result<PaperKey> {
        let text = self.index.key(doc);
        PaperKey::from_stored(text).ok_or_else(|| {
            Error::data(format!("the index has `{}` where the key of a paper should be", Clean::new(text).cut(80)))
                .hint("`tsundoku doctor` checks the index")
        })
    }

    /// The keys of papers, in their order. An error when the index is damaged, as `key` returns it.
    pub fn keys(&self, docs: &[DocId]) -> Result<Vec<PaperKey>> {
        docs.iter().map(|doc| self.key(*doc)).collect()
    }

    /// The key as text; empty for a document id out of range.
    pub fn key_text(&self, doc: DocId) -> &str {
        self.index.key(doc)
    }

    /// The title as clean Unicode on one line.
    pub fn title(&self, doc: DocId) -> &str {
        self.index.title(doc)
    }

    /// All authors on one line: `Given Family, Given Family`.
    pub fn authors(&self, doc: DocId) -> &str {
        self.index.authors(doc)
    }

    /// The family name of the first author; empty when no author is known.
    pub fn first_author(&self, doc: DocId) -> &str {
        self.index.first_author(doc)
    }

    /// The date of publication.
    pub fn date(&self, doc: DocId) -> Option<PartialDate> {
        self.index.date(doc)
    }

    /// The year of publication.
    pub fn year(&self, doc: DocId) -> Option<i16> {
        self.index.year(doc)
    }

    /// The highest number of votes in any digest.
    pub fn votes(&self, doc: DocId) -> Option<u32> {
        self.index.votes(doc)
    }

    /// Names of categories, the primary one first.
    pub fn categories(&self, doc: DocId) -> impl Iterator<Item = &str> {
        self.index.categories(doc)
    }

    /// Every digest, with the day and label as corrected by the user. `Facets::digests` counts by the place in this table.
    pub fn digests(&self) -> &[DigestRow] {
        self.index.digest_table()
    }

    /// The digests that a paper was seen in.
    pub fn digests_of(&self, doc: DocId) -> impl Iterator<Item = &DigestRow> {
        self.index.digests(doc).filter_map(|(digest, _)| self.digests().get(digest as usize))
    }
}

/// The reading states.
impl Snapshot {
    pub fn status(&self, doc: DocId) -> Status {
        self.states.status(doc)
    }

    pub fn is_starred(&self, doc: DocId) -> bool {
        self.states.is_starred(doc)
    }

    pub fn has_note(&self, doc: DocId) -> bool {
        self.states.has_note(doc)
    }

    /// Tags of a paper, by name.
    pub fn tags_of(&self, doc: DocId) -> Vec<&str> {
        let tagged = self.states.tags().filter(|(_, docs)| docs.binary_search(&doc).is_ok());
        if self.states.has_tags(doc) { tagged.map(|(tag, _)| tag).collect() } else { Vec::new() }
    }

    /// Every tag in use, by name, with the number of papers in the index that have it.
    pub fn tags(&self) -> impl Iterator<Item = (&str, usize)> {
        self.states.tags().map(|(tag, docs)| (tag, docs.len()))
    }
}

/// Keys and aliases.
impl Snapshot {
    /// The key that a paper is known by now.
    pub(super) fn canonical<'a>(&'a self, key: &'a PaperKey) -> &'a PaperKey {
        self.aliases.canonical.get(key).unwrap_or(key)
    }

    /// The document that the state under a key belongs to.
    fn doc(&self, key: &PaperKey) -> Option<DocId> {
        self.find(self.canonical(key))
    }

    /// Every key that a paper has state under, its own key first.
    pub(super) fn state_keys(&self, key: &PaperKey) -> Vec<PaperKey> {
        let others = self.aliases.aliases.get(key).into_iter().flatten();
        std::iter::once(key).chain(others).cloned().collect()
    }

    /// The reading state of a paper, combined from all its keys.
    pub(super) fn reading(&self, key: &PaperKey, state: &UserState) -> Reading {
        let readings = self.state_keys(key).into_iter().filter_map(|key| state.readings.get(&key));
        readings.fold(Reading::default(), combine)
    }

    /// Updates the papers that these changes belong to. `state` has the changes already.
    pub(super) fn apply(&mut self, changes: &[Change], state: &UserState) {
        // Each paper once, however many changes of it there are: a record may have thousands of tags. In the order of the index, because
        // the papers of a tag are in this order. With each, whether its tags changed.
        let mut changed: BTreeMap<DocId, (&PaperKey, bool)> = BTreeMap::new();
        for change in changes {
            let Some((doc, key)) = change.paper().and_then(|key| Some((self.doc(key)?, key))) else { continue };
            changed.entry(doc).or_insert((key, false)).1 |= matches!(change, Change::Tag(..) | Change::Untag(..));
        }
        for (doc, (key, has_tag_changes)) in changed {
            let reading = self.reading(self.canonical(key), state);
            let states = Arc::make_mut(&mut self.states);
            set_state(states, doc, &reading);
            if has_tag_changes {
                states.set_tags(doc, &reading.tags);
            }
        }
    }
}

/// A new snapshot of an index and the reading states. Time grows with the number of states.
pub(super) fn take_snapshot(index: Arc<Index>, papers: &PaperStore, state: &UserState) -> Result<Snapshot> {
    let aliases = Arc::new(StateAliases::of(&index, papers, state)?);
    let mut states = ReadingStates::new(index.len());
    hide_papers(&mut states, &index, &state.hidden_digests);
    let (views, hidden_digests) = (state.views.clone(), state.hidden_digests.clone());
    let has_votes = index.has_votes();
    let mut snapshot = Snapshot { index, states: Arc::default(), views, hidden_digests, has_votes, aliases };
    // In the order of the index, so that each paper is added at the end of the papers of its tags.
    let mut with_state: Vec<(DocId, &PaperKey)> =
        state.readings.keys().filter_map(|key| Some((snapshot.doc(key)?, key))).collect();
    with_state.sort_unstable_by_key(|(doc, _)| *doc);
    with_state.dedup_by_key(|(doc, _)| *doc);
    for (doc, key) in with_state {
        let reading = snapshot.reading(snapshot.canonical(key), state);
        set_state(&mut states, doc, &reading);
        states.set_tags(doc, &reading.tags);
    }
    snapshot.states = Arc::new(states);
    Ok(snapshot)
}

fn docs(index: &Index) -> Range<DocId> {
    0..DocId::try_from(index.len()).unwrap_or(DocId::MAX)
}

/// Hides the papers that are in hidden digests only.
fn hide_papers(states: &mut ReadingStates, index: &Index, hidden_digests: &HashSet<String>) {
    if hidden_digests.is_empty() {
        return;
    }
    let is_hidden: Vec<bool> = index.digest_table().iter().map(|digest| hidden_digests.contains(&digest.id)).collect();
    for doc in docs(index) {
        let mut digests =
            index.digests(doc).map(|(digest, _)| is_hidden.get(digest as usize).copied().unwrap_or(false)).peekable();
        if digests.peek().is_some() && digests.all(|hidden| hidden) {
            states.set_hidden(doc, true);
        }
    }
}

/// Replaces the reading state of a document by that of its paper, all but the tags.
fn set_state(states: &mut ReadingStates, doc: DocId, reading: &Reading) {
    states.set_status(doc, reading.status);
    states.set_starred(doc, reading.starred);
    states.set_seen(doc, reading.seen);
    states.set_has_note(doc, !reading.note.is_empty());
}
