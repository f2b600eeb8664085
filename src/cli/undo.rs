//! Undo and redo of whole batches: one command, or one action in the reader, is one batch.

use clap::Args;

use super::session::{CommandOutcome, RunCommand, Session};
use crate::domain::clean::Clean;
use crate::error::{Error, Result};

/// Undo the latest change, of this session or an earlier one.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku mark 2403.03507 --star && tsundoku undo")]
pub(super) struct UndoArguments;

/// Redo what was undone last.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku undo && tsundoku redo")]
pub(super) struct RedoArguments;

impl RunCommand for UndoArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let report = session.library()?.undo()?.ok_or_else(|| Error::data("there is nothing to undo"))?;
        session.out.saved();
        writeln!(session.out, "{}", Clean::new(&report.summary()))?;
        Ok(CommandOutcome::Done)
    }
}

impl RunCommand for RedoArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let report = session.library()?.redo()?.ok_or_else(|| Error::data("there is nothing to redo"))?;
        session.out.saved();
        writeln!(session.out, "{}", Clean::new(&report.summary()))?;
        Ok(CommandOutcome::Done)
    }
}
