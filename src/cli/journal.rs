//! The journal in words: what was done, to what, when; newest first.

use serde::Serialize;

use super::arguments::LogArguments;
use super::palette::{Palette, Role};
use super::streams::Data;
use super::{Outcome, Session, write_json_line};
use crate::domain::clean::Clean;
use crate::error::Result;
use crate::library::LogLine;

pub(super) fn run(arguments: &LogArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let library = session.library()?;
    let lines = library.log(arguments.limit)?;
    let snapshot = library.snapshot();
    let palette = session.palette();
    for line in &lines {
        match session.ends.columns {
            _ if arguments.json => write_json_line(&LogJson::new(line), &mut session.out)?,
            Some(columns) => {
                let title = snapshot.index.find(&line.subject).map(|doc| Clean::new(snapshot.index.title(doc)));
                write_fitted(line, title, usize::from(columns), palette, &mut session.out)?;
            }
            None => write_fields(line, &mut session.out)?,
        }
    }
    Ok(Outcome::Done)
}

/// Fields parted by tabs, for programs.
fn write_fields(line: &LogLine, out: &mut Data<'_>) -> Result<()> {
    let LogLine { when, label, subject, field, before, after, undone, .. } = line;
    let [label, subject, field, before, after] = [label, subject, field, before, after].map(|text| Clean::new(text));
    let undone = if *undone { "undone" } else { "" };
    writeln!(out, "{when}\t{label}\t{subject}\t{field}\t{before}\t{after}\t{undone}")
}

/// `2026-01-31 14:05  starred  GaLore: Memory-Efficient…  (undone)`, fitted to a terminal.
fn write_fitted(
    line: &LogLine,
    title: Option<Clean>,
    columns: usize,
    palette: Palette,
    out: &mut Data<'_>,
) -> Result<()> {
    let undone = if line.undone { "  (undone)" } else { "" };
    let room = columns.saturating_sub(line.when.len() + 2 + undone.len());
    let label = Clean::new(&line.label).cut(room);
    // What the label does not name is better told by its name than by a long key.
    let subject = title.unwrap_or_else(|| Clean::new(&line.subject)).cut(room.saturating_sub(label.width() + 2));
    let (when, label) = (palette.paint(Role::Dim, &line.when), palette.paint(Role::Accent, label));
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
    fn new(line: &'a LogLine) -> Self {
        let LogLine { at, when, device, batch, label, subject, field, before, after, undone } = line;
        Self { at: *at, when, device, batch: *batch, label, subject, field, before, after, undone: *undone }
    }
}
