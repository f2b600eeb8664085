//! Prints the journal: what was done, one row an action, newest first; or every changed field.

use clap::Args;
use serde::Serialize;

use super::palette::{OutputRole, Palette};
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::streams::DataWriter;
use super::wording::grouped;
use crate::domain::clean::Clean;
use crate::error::Result;
use crate::library::{LogLine, LoggedAction};

/// Show what you did, newest first.
///
/// On a terminal a row is one action with the titles of its papers, and what was only seen follows by days. Elsewhere, and with
/// `--changes`, it is one changed field: tab-separated when, label, subject, field, before, after, and `undone` for a change that was undone.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku log --limit 10")]
pub(super) struct LogArguments {
    /// At most this many rows.
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,

    /// Every changed field in a row of its own.
    #[arg(long)]
    changes: bool,

    /// Every changed field as a JSON object, one a line.
    #[arg(long)]
    json: bool,
}

impl RunCommand for LogArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let library = session.library()?;
        match session.terminal.columns.filter(|_| !self.changes && !self.json) {
            Some(columns) => {
                let log = library.actions(self.limit)?;
                let palette = session.palette();
                write_actions(&log.actions, usize::from(columns), palette, &mut session.out)?;
                if !log.seen.is_empty() {
                    writeln!(session.out, "\n{}", palette.paint(OutputRole::Title, "seen"))?;
                    write_actions(&log.seen, usize::from(columns), palette, &mut session.out)?;
                }
            }
            None => {
                for entry in &library.changes(self.limit)? {
                    match self.json {
                        true => write_json_line(&LogJson::new(entry), &mut session.out)?,
                        false => write_fields(entry, &mut session.out)?,
                    }
                }
            }
        }
        Ok(CommandOutcome::Done)
    }
}

/// Fields separated by tabs, for programs.
fn write_fields(entry: &LogLine, out: &mut DataWriter<'_>) -> Result<()> {
    let LogLine { when, label, subject, field, before, after, undone, .. } = entry;
    let [label, subject, field, before, after] = [label, subject, field, before, after].map(|text| Clean::new(text));
    let undone = if *undone { "undone" } else { "" };
    writeln!(out, "{when}\t{label}\t{subject}\t{field}\t{before}\t{after}\t{undone}")
}

/// `2026-01-31 14:05  starred  GaLore: Memory-Efficient…  (undone)`, fitted to a terminal.
fn write_actions(actions: &[LoggedAction], columns: usize, palette: Palette, out: &mut DataWriter<'_>) -> Result<()> {
    for action in actions {
        let undone = if action.undone { "  (undone)" } else { "" };
        let available = columns.saturating_sub(action.when.len() + 2 + undone.len());
        let label = action.label.cut(available);
        let subject = action.subject(grouped).cut(available.saturating_sub(label.width() + 2));
        let (when, label) = (palette.paint(OutputRole::Dim, &action.when), palette.paint(OutputRole::Accent, label));
        let between = if subject.is_empty() { "" } else { "  " };
        writeln!(out, "{when}  {label}{between}{subject}{undone}")?;
    }
    Ok(())
}

#[derive(Serialize)]
struct LogJson<'a> {
    /// Unix milliseconds.
    at: i64,
    when: &'a str,
    device: &'a str,
    batch: i64,
    label: &'a str,
    subject: &'a str,
    field: &'a str,
    before: &'a str,
    after: &'a str,
    undone: bool,
}

impl<'a> LogJson<'a> {
    fn new(entry: &'a LogLine) -> Self {
        let LogLine { at, when, device, batch, label, subject, field, before, after, undone } = entry;
        Self { at: *at, when, device, batch: *batch, label, subject, field, before, after, undone: *undone }
    }
}
