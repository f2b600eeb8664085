//! Changes of reading states, views and digests, and their undo and redo. A change goes to the journal first; the snapshot shows it only
//! once it is durable.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::log::readable_label;
use super::states::{PendingStates, StateSource};
use super::{Library, PaperList, Snapshot, now_milliseconds, state_file};
use crate::domain::identity::PaperKey;
use crate::domain::limits::NOTE_CHARACTERS;
use crate::domain::reading::{Change, is_blank_note};
use crate::error::{Error, Result};
pub use crate::store::Direction;
use crate::store::{JournalPosition, UserStore};

/// What a change, an undo or a redo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeReport {
    /// Label of the batch in the journal: `starred`, `tagged peft`, …
    pub label: String,
    /// How many papers, views or digests differ now.
    pub subjects: usize,
    /// What they are: `paper`, `view` or `digest`.
    pub kind: &'static str,
    pub direction: ChangeDirection,
}

/// Which way a batch was applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChangeDirection {
    #[default]
    Do,
    Undo,
    Redo,
}

impl ChangeReport {
    /// One line: `419 marked read`, `view `to read` saved`; after undo and redo `Undid: 419 marked read`, `Redid: …`. The label may hold
    /// text of the user; clean it before it is shown.
    pub fn summary(&self) -> String {
        let what = match self.kind {
            "paper" => format!("{} {}", self.subjects, readable_label(&self.label)),
            _ => self.label.clone(),
        };
        match self.direction {
            ChangeDirection::Do => what,
            ChangeDirection::Undo => format!("Undid: {what}"),
            ChangeDirection::Redo => format!("Redid: {what}"),
        }
    }
}

/// How the journal labels a change: `marked read`, `starred`, `tagged peft`, `noted`, …
pub fn label_of(change: &Change) -> String {
    match change {
        Change::Status(_, status) => format!("marked {status}"),
        Change::Star(_, true) => "starred".to_owned(),
        Change::Star(_, false) => "unstarred".to_owned(),
        Change::Seen(_, true) => "seen".to_owned(),
        Change::Seen(_, false) => "not seen".to_owned(),
        Change::Tag(_, tag) => format!("tagged {tag}"),
        Change::Untag(_, tag) => format!("untagged {tag}"),
        Change::Note(_, note) if is_blank_note(note) => "note removed".to_owned(),
        Change::Note(..) => "noted".to_owned(),
        Change::View(name, Some(_)) => format!("view `{name}` saved"),
        Change::View(name, None) => format!("view `{name}` removed"),
        Change::DigestHidden(id, true) => format!("digest `{id}` hidden"),
        Change::DigestHidden(id, false) => format!("digest `{id}` shown"),
        Change::DigestDay(id, Some(day)) => format!("digest `{id}` is of {day}"),
        Change::DigestDay(id, None) => format!("digest `{id}`: correction of the day removed"),
    }
}

/// Called now and then with how many papers were changed, of how many; its Break cancels the change.
pub type ChangeProgress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// Papers changed between two calls of `progress`.
const PROGRESS_INTERVAL: usize = 64;

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeOutcome {
    Done(ChangeReport),
    /// There was nothing to undo or redo.
    Nothing,
    /// Nothing of it was kept.
    Cancelled,
}

impl ChangeOutcome {
    /// The report; None when nothing was changed.
    pub fn report(self) -> Option<ChangeReport> {
        match self {
            Self::Done(report) => Some(report),
            Self::Nothing | Self::Cancelled => None,
        }
    }
}

impl Library {
    /// Applies changes as one batch, which one undo reverts. Changes without an effect are left out; with none left, nothing is written and
    /// the report counts 0 subjects. An error when the journal cannot be written or a note is too long; nothing is changed then.
    pub fn change(&mut self, changes: &[Change], label: &str) -> Result<ChangeReport> {
        changes.iter().try_for_each(expect_within_limits)?;
        let snapshot = self.snapshot();
        let mut all = changes.iter().flat_map(|change| under_all_keys(&snapshot, change)).map(Some);
        let outcome = self.run_batch(ChangeDirection::Do, |user, changed| {
            let batch = user.write(&mut all, (label, now_milliseconds()), changed)?;
            Ok(Some((label.to_owned(), batch)))
        })?;
        Ok(outcome.report().unwrap_or_default())
    }

    /// The same changes for each of many papers, as one batch. `changes` makes those of one.
    pub fn change_all(
        &mut self,
        papers: &PaperList,
        changes: &dyn Fn(PaperKey) -> Vec<Change>,
        label: &str,
        progress: &mut ChangeProgress<'_>,
    ) -> Result<ChangeOutcome> {
        if let Some(first) = papers.key(0)? {
            changes(first).iter().try_for_each(expect_within_limits)?;
        }
        let snapshot = self.snapshot();
        let mut failure = None;
        let mut all = (0..papers.len()).flat_map(|place| {
            if place.is_multiple_of(PROGRESS_INTERVAL) && progress(place, papers.len()).is_break() {
                return vec![None];
            }
            match papers.key(place) {
                Ok(Some(key)) => {
                    changes(key).iter().flat_map(|change| under_all_keys(&snapshot, change)).map(Some).collect()
                }
                Ok(None) => Vec::new(),
                Err(error) => {
                    failure = Some(error);
                    vec![None]
                }
            }
        });
        let outcome = self.run_batch(ChangeDirection::Do, |user, changed| {
            let batch = user.write(&mut all, (label, now_milliseconds()), changed)?;
            Ok(Some((label.to_owned(), batch)))
        })?;
        failure.map_or(Ok(outcome), Err)
    }

    /// Undoes the latest batch that is not undone yet, of this process or an earlier one; None when there is none.
    pub fn undo(&mut self) -> Result<Option<ChangeReport>> {
        self.reverse(Direction::Undo, &mut |_, _| ControlFlow::Continue(())).map(ChangeOutcome::report)
    }

    /// Redoes the batch that was undone last; None when there is none.
    pub fn redo(&mut self) -> Result<Option<ChangeReport>> {
        self.reverse(Direction::Redo, &mut |_, _| ControlFlow::Continue(())).map(ChangeOutcome::report)
    }

    /// How many changes the next undo, or redo, would make; None when there is nothing to undo.
    pub fn next_reversal(&self, direction: Direction) -> Result<Option<usize>> {
        Ok(self.user.next_reversal(direction)?.map(|(_, changes)| changes))
    }

    /// Undoes or redoes, as `undo` and `redo` do.
    pub fn reverse(&mut self, direction: Direction, progress: &mut ChangeProgress<'_>) -> Result<ChangeOutcome> {
        let all = self.next_reversal(direction)?.unwrap_or_default();
        let mut done = 0;
        let mut proceed = || {
            let flow = if done % PROGRESS_INTERVAL == 0 { progress(done, all) } else { ControlFlow::Continue(()) };
            done += 1;
            flow.is_continue()
        };
        let shown = match direction {
            Direction::Undo => ChangeDirection::Undo,
            Direction::Redo => ChangeDirection::Redo,
        };
        self.run_batch(shown, |user, changed| user.reverse(direction, now_milliseconds(), &mut proceed, changed))
    }

    /// Writes a batch; then state and snapshot show it. `write` returns the label and the number of the batch as `UserStore::write` does.
    fn run_batch(
        &mut self,
        direction: ChangeDirection,
        write: impl FnOnce(&mut UserStore, &mut dyn FnMut(Change)) -> Result<Option<(String, Option<i64>)>>,
    ) -> Result<ChangeOutcome> {
        let index = Arc::clone(&self.snapshot.index);
        let mut pending = PendingStates::new(&self.snapshot.columns);
        let written = write(&mut self.user, &mut |change| pending.add(&index, change))?;
        let Some((label, batch)) = written else { return Ok(ChangeOutcome::Nothing) };
        let Some(batch) = batch else { return Ok(ChangeOutcome::Cancelled) };
        let papers = pending.count_papers();
        let others: HashSet<&str> = pending.others().iter().filter_map(Change::view_or_digest).collect();
        let (kind, subjects) = match pending.others().first() {
            Some(other) if papers == 0 => (other.kind(), others.len()),
            _ => ("paper", papers),
        };
        let report = ChangeReport { label, subjects, kind, direction };
        if pending.others().is_empty() {
            let source = StateSource { index: &index, papers: &self.papers, user: &self.user };
            let columns = pending.finish(source, batch)?;
            if papers >= state_file::WORTH_STORING && columns.position != JournalPosition::UNKNOWN {
                // Without it the next start takes longer, and that is all.
                drop(state_file::write(&self.dir, &index, &columns));
            }
            Arc::make_mut(&mut self.snapshot).columns = columns;
        } else {
            pending.others().iter().for_each(|change| self.state.apply(change));
            // Views and digests are in every snapshot. The day of a digest is in the index, too, which is outdated from here on.
            self.retake_snapshot(None)?;
        }
        Ok(ChangeOutcome::Done(report))
    }
}

/// A change of a paper's state, for every key that the paper has state under.
fn under_all_keys(snapshot: &Snapshot, change: &Change) -> impl Iterator<Item = Change> + use<> {
    let changes = match change.paper() {
        Some(key) => snapshot.state_keys(key).into_iter().map(|key| change.of(key)).collect(),
        None => vec![change.clone()],
    };
    changes.into_iter()
}

/// A usage error for a note that an import of an export would cut.
fn expect_within_limits(change: &Change) -> Result<()> {
    let Change::Note(_, note) = change else { return Ok(()) };
    let characters = if note.len() <= NOTE_CHARACTERS { 0 } else { note.chars().count() };
    if characters <= NOTE_CHARACTERS {
        return Ok(());
    }
    Err(Error::usage(format!("the note has {characters} characters, and at most {NOTE_CHARACTERS} are kept"))
        .hint("keep long texts in a file and its path in the note"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_an_import_would_cut_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let key = library.snapshot().key(0).unwrap();
        let mut note = |characters| library.change(&[Change::Note(key.clone(), "é".repeat(characters))], "noted");
        assert_eq!(note(NOTE_CHARACTERS).unwrap().subjects, 1);
        let refused = note(NOTE_CHARACTERS + 1).unwrap_err();
        assert!(refused.message.contains("200001 characters"), "{refused}");
    }

    #[test]
    fn summaries_count_papers_and_name_views() {
        let report =
            |label: &str, kind, direction| ChangeReport { label: label.to_owned(), subjects: 419, kind, direction };
        assert_eq!(report("marked read", "paper", ChangeDirection::Undo).summary(), "Undid: 419 marked read");
        assert_eq!(report("read", "paper", ChangeDirection::Redo).summary(), "Redid: 419 marked read");
        assert_eq!(report("starred, noted", "paper", ChangeDirection::Do).summary(), "419 starred, noted");
        assert_eq!(report("view `a` saved", "view", ChangeDirection::Undo).summary(), "Undid: view `a` saved");
    }
}
