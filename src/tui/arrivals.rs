//! What the latest import brought: papers that the list marks as new, and whether the cursor still has to go to them. Plain data.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::effect::JobId;
use super::panes::Pane;
use crate::domain::identity::PaperKey;
use crate::library::Snapshot;
use crate::library::search::DocId;

/// What the user was at. Nothing moves by itself once it is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stance {
    /// How many keys were pressed and texts pasted.
    pub inputs: u64,
    pub paper: Option<PaperKey>,
    pub focus: Pane,
}

impl Stance {
    /// Whether the user has done nothing until `now`. While a list is not there yet, no paper is under the cursor.
    pub fn is_still(&self, now: &Self) -> bool {
        let is_same_paper = self.paper == now.paper || self.paper.is_none() || now.paper.is_none();
        self.inputs == now.inputs && self.focus == now.focus && is_same_paper
    }
}

#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    /// Imports under way, each with what the user was at when it began.
    begun: Vec<(JobId, Stance)>,
    keys: Vec<PaperKey>,
    /// The same in the snapshot.
    docs: Arc<BTreeSet<DocId>>,
    /// The cursor goes to the first of them once they are listed, if the user still is at this.
    awaited: Option<Stance>,
}

impl Arrivals {
    /// An import began.
    pub fn begin(&mut self, job: JobId, stance: Stance) {
        self.begun.push((job, stance));
    }

    /// An import is over. Returns what the user was at when it began.
    pub fn end(&mut self, job: JobId) -> Option<Stance> {
        let place = self.begun.iter().position(|(begun, _)| *begun == job)?;
        Some(self.begun.remove(place).1)
    }

    /// These papers are new; those of the import before are no longer. The cursor is to go to the first of them while the user is at
    /// `stance`.
    pub fn came(&mut self, keys: &[PaperKey], stance: Option<Stance>) {
        self.keys = keys.to_vec();
        self.docs = Arc::default();
        self.awaited = stance;
    }

    /// Looks the papers up in a snapshot, which replaces the one before.
    pub fn find_in(&mut self, snapshot: &Snapshot) {
        if !self.keys.is_empty() {
            self.docs = Arc::new(self.keys.iter().filter_map(|key| snapshot.find(key)).collect());
        }
    }

    pub fn has(&self, doc: DocId) -> bool {
        self.docs.contains(&doc)
    }

    /// The papers to one of which the cursor has to go now: they are listed, and the user has not moved.
    pub fn due(&mut self, stance: &Stance) -> Option<Arc<BTreeSet<DocId>>> {
        if !self.awaited.as_ref().is_some_and(|awaited| awaited.is_still(stance)) {
            self.awaited = None;
        }
        (self.awaited.is_some() && !self.docs.is_empty()).then(|| Arc::clone(&self.docs))
    }

    /// The cursor went there, or cannot.
    pub fn settle(&mut self) {
        self.awaited = None;
    }
}
