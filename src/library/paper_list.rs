//! Which papers an operation on many is about: those a search found, as document ids of its snapshot, or papers by key. Nothing of them is read.

use std::sync::Arc;

use super::{Library, Snapshot};
use crate::domain::identity::PaperKey;
use crate::error::Result;
use crate::index::{DocId, Hits};

/// Papers in an order. Those of a search take four bytes each.
#[derive(Clone)]
pub struct PaperList(ListedPapers);

#[derive(Clone)]
enum ListedPapers {
    Keys(Vec<PaperKey>),
    Found { snapshot: Arc<Snapshot>, docs: Vec<DocId> },
}

impl PaperList {
    pub fn len(&self) -> usize {
        match &self.0 {
            ListedPapers::Keys(keys) => keys.len(),
            ListedPapers::Found { docs, .. } => docs.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Leaves out all papers after the first `most`.
    pub fn truncate(&mut self, most: usize) {
        match &mut self.0 {
            ListedPapers::Keys(keys) => keys.truncate(most),
            ListedPapers::Found { docs, .. } => docs.truncate(most),
        }
    }

    /// The key of the paper at a place; None beyond the end. An error when the index is damaged, as `Snapshot::key` returns it.
    pub fn key(&self, place: usize) -> Result<Option<PaperKey>> {
        match &self.0 {
            ListedPapers::Keys(keys) => Ok(keys.get(place).cloned()),
            ListedPapers::Found { snapshot, docs } => docs.get(place).map(|doc| snapshot.key(*doc)).transpose(),
        }
    }

    /// The keys of all papers. An error as `key` returns it.
    pub fn keys(&self) -> impl Iterator<Item = Result<PaperKey>> {
        (0..self.len()).filter_map(|place| self.key(place).transpose())
    }
}

impl PaperList {
    /// Papers of a snapshot.
    pub fn of(snapshot: Arc<Snapshot>, docs: Vec<DocId>) -> Self {
        Self(ListedPapers::Found { snapshot, docs })
    }
}

impl From<Vec<PaperKey>> for PaperList {
    fn from(keys: Vec<PaperKey>) -> Self {
        Self(ListedPapers::Keys(keys))
    }
}

impl Library {
    /// The papers of a result of this library's snapshot, in its order.
    pub fn list_of(&self, hits: &Hits) -> PaperList {
        PaperList::of(self.snapshot(), hits.complete())
    }
}
