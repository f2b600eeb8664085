//! Changing state: every change goes through the journal first and is laid over the snapshot only when it is durable.

use std::sync::Arc;

use super::{Library, now_milliseconds, snapshot};
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading};
use crate::error::Result;
use crate::store::Batch;

/// What a change, an undo or a redo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What the batch is called: `starred`, `tagged peft`, ...
    pub label: String,
    /// Papers (or views, or digests) whose state is different now.
    pub subjects: usize,
}

impl Library {
    /// Applies changes as one batch that one undo takes back. Changes that change nothing are left out.
    pub fn change(&mut self, changes: &[Change], label: &str) -> Result<Done> {
        let changes: Vec<Change> = changes.iter().map(|change| self.canonical(change)).collect::<Result<_>>()?;
        let batch = self.user.apply(&changes, label, now_milliseconds())?;
        self.lay(batch)
    }

    /// Takes the latest batch back; None when there is nothing to take back.
    pub fn undo(&mut self) -> Result<Option<Done>> {
        self.user.undo(now_milliseconds())?.map(|batch| self.lay(batch)).transpose()
    }

    /// Does again what was undone last; None when there is nothing.
    pub fn redo(&mut self) -> Result<Option<Done>> {
        self.user.redo(now_milliseconds())?.map(|batch| self.lay(batch)).transpose()
    }

    /// Everything done with one paper, under whichever of its keys it was done.
    pub fn reading(&self, key: &PaperKey) -> Reading {
        self.state.readings.get(&self.state_key(key)).cloned().unwrap_or_default()
    }

    /// The key that a paper's state is kept under: the one it has state under already, else the one given.
    pub(super) fn state_key(&self, key: &PaperKey) -> PaperKey {
        self.snapshot.state_keys.get(key).unwrap_or(key).clone()
    }

    fn canonical(&self, change: &Change) -> Result<Change> {
        let key = |key: &PaperKey| self.state_key(key);
        Ok(match change {
            Change::Status(of, status) => Change::Status(key(of), *status),
            Change::Star(of, starred) => Change::Star(key(of), *starred),
            Change::Seen(of, seen) => Change::Seen(key(of), *seen),
            Change::Tag(of, tag) => Change::Tag(key(of), tag.clone()),
            Change::Untag(of, tag) => Change::Untag(key(of), tag.clone()),
            Change::Note(of, note) => Change::Note(key(of), note.clone()),
            Change::View(..) | Change::DigestDay(..) | Change::DigestHidden(..) => change.clone(),
        })
    }

    fn lay(&mut self, batch: Batch) -> Result<Done> {
        let done = Done { label: batch.label.clone(), subjects: batch.papers };
        let structural =
            |change: &Change| matches!(change, Change::View(..) | Change::DigestDay(..) | Change::DigestHidden(..));
        for change in &batch.changed {
            self.state.apply(change);
        }
        if batch.changed.iter().any(structural) {
            self.snapshot = Arc::new(snapshot::take(Arc::clone(&self.snapshot.index), &self.papers, &self.state)?);
        } else if !batch.changed.is_empty() {
            let state = &self.state;
            Arc::make_mut(&mut self.snapshot).lay(&batch.changed, state);
        }
        self.user_version = self.user.data_version()?;
        Ok(done)
    }
}
