//! An immutable, consistent view of the library: the index combined with the reading states. A change of state makes the next snapshot.
//!
//! Front ends read everything that a list shows from here, by document id; the index itself stays inside `library`.

use std::collections::HashSet;
use std::sync::Arc;

use super::states::StateColumns;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::publication_status::PublicationStatus;
use crate::domain::reading::Status;
use crate::error::{Error, Result};
use crate::index::{DigestRow, DocId, PaperFlags, SegmentedIndex};
use crate::store::UserState;

/// One view of the library. Document ids are valid for this snapshot and for those with the same papers (`has_same_papers`); a document
/// id of another snapshot names another paper, or none.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) index: Arc<SegmentedIndex>,
    pub(super) columns: StateColumns,
    /// Saved views: name and query.
    pub views: Vec<(String, String)>,
    /// Ids of the digests whose papers are left out of lists.
    pub hidden_digests: HashSet<String>,
    /// Whether any paper has votes, so that a list needs a column for them.
    pub has_votes: bool,
}

impl Snapshot {
    /// Of an index and the reading states beside it, with these views and hidden digests. Takes time only where digests are hidden.
    pub(super) fn new(index: Arc<SegmentedIndex>, columns: StateColumns, state: &UserState) -> Self {
        let (views, hidden_digests) = (state.views.clone(), state.hidden_digests.clone());
        let has_votes = index.has_votes();
        let mut snapshot = Self { index, columns, views, hidden_digests, has_votes };
        snapshot.hide_papers();
        snapshot
    }

    /// Hides the papers that are in hidden digests only.
    fn hide_papers(&mut self) {
        let is_hidden: Vec<bool> =
            self.digests().iter().map(|digest| self.hidden_digests.contains(&digest.id)).collect();
        if is_hidden.contains(&true) || self.columns.states.hidden_count() > 0 {
            Arc::make_mut(&mut self.columns.states).hide_digests(&self.index, &is_hidden);
        }
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
        self.index.len() - self.columns.states.hidden_count()
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

    /// Whether a link to code is known.
    pub fn has_code(&self, doc: DocId) -> bool {
        self.index.flags(doc).contains(PaperFlags::CODE)
    }

    /// Whether the paper was withdrawn or retracted.
    pub fn publication_status(&self, doc: DocId) -> Option<PublicationStatus> {
        let flags = self.index.flags(doc);
        let known = [
            (PublicationStatus::Retracted, PaperFlags::RETRACTED),
            (PublicationStatus::Withdrawn, PaperFlags::WITHDRAWN),
        ];
        known.into_iter().find(|(_, flag)| flags.contains(*flag)).map(|(status, _)| status)
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
        self.columns.states.status(doc)
    }

    pub fn is_starred(&self, doc: DocId) -> bool {
        self.columns.states.is_starred(doc)
    }

    pub fn has_note(&self, doc: DocId) -> bool {
        self.columns.states.has_note(doc)
    }

    /// Tags of a paper, by name.
    pub fn tags_of(&self, doc: DocId) -> Vec<&str> {
        self.columns.states.tags_of(doc).collect()
    }

    /// Every tag in use, by name, with the number of papers in the index that have it.
    pub fn tags(&self) -> impl Iterator<Item = (&str, usize)> {
        self.columns.states.tags().map(|(tag, docs)| (tag, docs.len()))
    }
}

/// The keys that a paper has state under.
impl Snapshot {
    /// Every key that a paper has state under, its own key first.
    pub(super) fn state_keys(&self, key: &PaperKey) -> Vec<PaperKey> {
        let former = self.find(key).into_iter().flat_map(|doc| self.columns.aliases.of_doc(doc));
        std::iter::once(key.clone()).chain(former.filter_map(PaperKey::from_stored)).collect()
    }
}
