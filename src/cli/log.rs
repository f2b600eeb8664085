//! Prints the journal: what was changed, in which paper, view or digest, and when; newest first.

use clap::Args;
use serde::Serialize;

use super::palette::{OutputRole, Palette};
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::streams::DataWriter;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::error::Result;
use crate::library::LogLine;

/// Show what you changed, newest first.
///
/// On a terminal a row is fitted to its width; elsewhere it is one line of tab-separated fields: when, label, subject, field, before,
/// after, and `undone` for a change that was undone.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku log --limit 10")]
pub(super) struct LogArguments {
    /// At most this many entries.
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,

    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl RunCommand for LogArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let library = session.library()?;
        let entries = library.log(self.limit)?;
        let snapshot = library.snapshot();
        let palette = session.palette();
        for entry in &entries {
            match session.terminal.columns {
                _ if self.json => write_json_line(&LogJson::new(entry), &mut session.out)?,
                Some(columns) => {
                    let key = PaperKey::from_stored(&entry.subject);
                    let doc = key.and_then(|key| snapshot.find(&key));
                    let title = doc.map(|doc| Clean::new(snapshot.title(doc)));
                    write_fitted(entry, title, usize::from(columns), palette, &mut session.out)?;
                }
                None => write_fields(entry, &mut session.out)?,
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
fn write_fitted(
    entry: &LogLine,
    title: Option<Clean>,
    columns: usize,
    palette: Palette,
    out: &mut DataWriter<'_>,
) -> Result<()> {
    let undone = if entry.undone { "  (undone)" } else { "" };
    let available = columns.saturating_sub(entry.when.len() + 2 + undone.len());
    let label = Clean::new(&entry.label).cut(available);
    // A title says more than a key.
    let subject = title.unwrap_or_else(|| Clean::new(&entry.subject)).cut(available.saturating_sub(label.width() + 2));
    let (when, label) = (palette.paint(OutputRole::Dim, &entry.when), palette.paint(OutputRole::Accent, label));
    writeln!(out, "{when}  {label}  {subject}{undone}")
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
