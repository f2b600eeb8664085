//! Changing what a reader did with papers: status, star, tags, note, and the way back. Every command is one batch, so one undo takes
//! the whole of it back.

use super::arguments::MarkArguments;
use super::wording::many;
use super::{Outcome, Session, choice};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::reading::Change;
use crate::error::{Error, Result};
use crate::library::Done;

pub(super) fn run(arguments: &MarkArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let mut library = session.library()?;
    let keys = choice::papers(&mut library, &arguments.papers)?;
    if keys.is_empty() {
        let query = Clean::new(&arguments.papers.join(" "));
        let error = Error::data(format!("no paper matches `{query}`; nothing was changed"));
        return Err(error.hint("`tsundoku list` shows what there is"));
    }
    let label = label(arguments);
    if arguments.dry_run {
        writeln!(session.out, "would be {label}: {}", many(keys.len(), "paper"))?;
        return Ok(Outcome::Done);
    }
    let changes: Vec<Change> = keys.iter().flat_map(|key| changes(arguments, key)).collect();
    let changed = library.change(&changes, &label)?.subjects;
    writeln!(session.out, "{label}: {}", many(changed, "paper"))?;
    let unchanged = keys.len().saturating_sub(changed);
    if unchanged > 0 {
        session.say(&format!("{} had it already", many(unchanged, "paper")));
    }
    Ok(Outcome::Done)
}

pub(super) fn undo(session: &mut Session<'_>) -> Result<Outcome> {
    let done = session.library()?.undo()?.ok_or_else(|| Error::data("there is nothing to undo"))?;
    writeln!(session.out, "undone: {}", told(&done))?;
    Ok(Outcome::Done)
}

pub(super) fn redo(session: &mut Session<'_>) -> Result<Outcome> {
    let done = session.library()?.redo()?.ok_or_else(|| Error::data("there is nothing to redo"))?;
    writeln!(session.out, "done again: {}", told(&done))?;
    Ok(Outcome::Done)
}

/// `starred, tagged peft: 3 changes`.
fn told(done: &Done) -> String {
    format!("{}: {}", Clean::new(&done.label), many(done.subjects, done.kind))
}

/// What the batch is called in the log and by undo.
fn label(arguments: &MarkArguments) -> String {
    let status = arguments.status.map(|status| format!("marked {status}"));
    let star = [(arguments.star, "starred"), (arguments.unstar, "unstarred")];
    let star = star.into_iter().filter(|(asked, _)| *asked).map(|(_, label)| label.to_owned());
    let tags = arguments.tag.iter().map(|tag| format!("tagged {tag}"));
    let untags = arguments.untag.iter().map(|tag| format!("untagged {tag}"));
    let note = arguments.note.as_ref().map(|note| if note.is_empty() { "note removed" } else { "noted" }.to_owned());
    status.into_iter().chain(star).chain(tags).chain(untags).chain(note).collect::<Vec<_>>().join(", ")
}

fn changes(arguments: &MarkArguments, key: &PaperKey) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(arguments.status.map(|status| Change::Status(key.clone(), status)));
    if arguments.star || arguments.unstar {
        changes.push(Change::Star(key.clone(), arguments.star));
    }
    changes.extend(arguments.tag.iter().map(|tag| Change::Tag(key.clone(), tag.clone())));
    changes.extend(arguments.untag.iter().map(|tag| Change::Untag(key.clone(), tag.clone())));
    changes.extend(arguments.note.iter().map(|note| Change::Note(key.clone(), note.clone())));
    changes
}
