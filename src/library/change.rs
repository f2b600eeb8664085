//! Changes of reading states, views and digests, and their undo and redo. A change goes to the journal first; the snapshot shows it only
//! once it is durable.

use std::sync::Arc;

use super::states::StateSource;
use super::{Library, now_milliseconds, state_file};
use crate::domain::limits::NOTE_CHARACTERS;
use crate::domain::reading::{Change, Status};
use crate::error::{Error, Result};
use crate::store::ChangeBatch;

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

/// Journals hold batches that are labelled with a status only.
fn readable_label(label: &str) -> String {
    match label.parse::<Status>() {
        Ok(status) => format!("marked {status}"),
        Err(_) => label.to_owned(),
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
        Change::Note(_, note) if note.is_empty() => "note removed".to_owned(),
        Change::Note(..) => "noted".to_owned(),
        Change::View(name, Some(_)) => format!("view `{name}` saved"),
        Change::View(name, None) => format!("view `{name}` removed"),
        Change::DigestHidden(id, true) => format!("digest `{id}` hidden"),
        Change::DigestHidden(id, false) => format!("digest `{id}` shown"),
        Change::DigestDay(id, Some(day)) => format!("digest `{id}` is of {day}"),
        Change::DigestDay(id, None) => format!("digest `{id}`: correction of the day removed"),
    }
}

impl Library {
    /// Applies changes as one batch, which one undo reverts. Changes without an effect are left out; with none left, nothing is written and
    /// the report counts 0 subjects. An error when the journal cannot be written or a note is too long; nothing is changed then.
    pub fn change(&mut self, changes: &[Change], label: &str) -> Result<ChangeReport> {
        changes.iter().try_for_each(expect_within_limits)?;
        let changes: Vec<Change> = changes.iter().flat_map(|change| self.under_all_keys(change)).collect();
        let batch = self.user.apply(&changes, label, now_milliseconds())?;
        self.show_batch(batch, ChangeDirection::Do)
    }

    /// Undoes the latest batch that is not undone yet, of this process or an earlier one; None when there is none.
    pub fn undo(&mut self) -> Result<Option<ChangeReport>> {
        self.user.undo(now_milliseconds())?.map(|batch| self.show_batch(batch, ChangeDirection::Undo)).transpose()
    }

    /// Redoes the batch that was undone last; None when there is none.
    pub fn redo(&mut self) -> Result<Option<ChangeReport>> {
        self.user.redo(now_milliseconds())?.map(|batch| self.show_batch(batch, ChangeDirection::Redo)).transpose()
    }

    /// A change of a paper's state, for every key that the paper has state under.
    fn under_all_keys(&self, change: &Change) -> Vec<Change> {
        let Some(key) = change.paper() else { return vec![change.clone()] };
        self.snapshot.state_keys(key).into_iter().map(|key| change.of(key)).collect()
    }

    /// Applies a batch that is in the journal to the state and the snapshot.
    fn show_batch(&mut self, batch: ChangeBatch, direction: ChangeDirection) -> Result<ChangeReport> {
        let kind = batch.changed.first().map_or("paper", Change::kind);
        // A paper with two keys is changed under both and counts once.
        let papers = self.snapshot.count_papers(batch.changed.iter().filter_map(Change::paper));
        let subjects = if papers == 0 { batch.papers } else { papers };
        let report = ChangeReport { label: batch.label.clone(), subjects, kind, direction };
        for change in &batch.changed {
            self.state.apply(change);
        }
        if batch.changed.iter().all(|change| change.paper().is_some()) {
            self.show_states(&batch)?;
        } else {
            // Views and digests are in every snapshot. The day of a digest is in the index, too, which is outdated from here on.
            self.retake_snapshot(None)?;
        }
        Ok(report)
    }

    /// Applies a batch of changes of papers to the columns.
    fn show_states(&mut self, batch: &ChangeBatch) -> Result<()> {
        let snapshot = Arc::make_mut(&mut self.snapshot);
        let source = StateSource { index: &Arc::clone(&snapshot.index), papers: &self.papers, user: &self.user };
        snapshot.columns.apply(source, &batch.changed, batch.id)?;
        if batch.changed.len() >= state_file::WORTH_STORING {
            // Without it the next start takes longer, and that is all.
            drop(state_file::write(&self.dir, &snapshot.index, &snapshot.columns));
        }
        Ok(())
    }
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
