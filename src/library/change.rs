//! Changing state: every change goes through the journal first and is laid over the snapshot only when it is durable.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Library, now_milliseconds};
use crate::domain::identity::PaperKey;
use crate::domain::reading::Change;
use crate::error::Result;
use crate::store::ChangeBatch;

/// What a change, an undo or a redo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What the batch is called: `starred`, `tagged peft`, ...
    pub label: String,
    /// How many papers (or views, or digests) are different now.
    pub subjects: usize,
    /// What they are: `paper`, `view` or `digest`.
    pub kind: &'static str,
    /// It took an earlier change back.
    pub undid: bool,
}

impl Library {
    /// Applies changes as one batch that one undo takes back. Changes that change nothing are left out.
    pub fn change(&mut self, changes: &[Change], label: &str) -> Result<Done> {
        let changes: Vec<Change> = changes.iter().flat_map(|change| self.everywhere(change)).collect();
        let batch = self.user.apply(&changes, label, now_milliseconds())?;
        self.lay(batch)
    }

    /// Takes the latest batch back; None when there is nothing to take back.
    pub fn undo(&mut self) -> Result<Option<Done>> {
        let batch = self.user.undo(now_milliseconds())?;
        let done = batch.map(|batch| self.lay(batch)).transpose()?;
        Ok(done.map(|done| Done { undid: true, ..done }))
    }

    /// Does again what was undone last; None when there is nothing.
    pub fn redo(&mut self) -> Result<Option<Done>> {
        self.user.redo(now_milliseconds())?.map(|batch| self.lay(batch)).transpose()
    }

    /// A change of a paper's state, for every key the paper has state under: they are one paper, whatever came first.
    fn everywhere(&self, change: &Change) -> Vec<Change> {
        let Some(key) = change.paper() else { return vec![change.clone()] };
        self.snapshot.state_keys(key).into_iter().map(|key| change.of(key)).collect()
    }

    fn lay(&mut self, batch: ChangeBatch) -> Result<Done> {
        let kind = batch.changed.first().map_or("paper", Change::kind);
        // A paper known by two keys is changed under both and is one all the same.
        let papers: HashSet<&PaperKey> =
            batch.changed.iter().filter_map(Change::paper).map(|key| self.snapshot.canonical(key)).collect();
        let subjects = if papers.is_empty() { batch.papers } else { papers.len() };
        let done = Done { label: batch.label.clone(), subjects, kind, undid: false };
        for change in &batch.changed {
            self.state.apply(change);
        }
        if batch.changed.iter().all(|change| change.paper().is_some()) {
            Arc::make_mut(&mut self.snapshot).lay(&batch.changed, &self.state);
        } else {
            // Views and digests are part of every picture. The day of a digest is part of the index, too, which is behind from here on.
            self.retake(None)?;
        }
        Ok(done)
    }
}
