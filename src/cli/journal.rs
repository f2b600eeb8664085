//! The journal in words: what was done, to what, when; newest first.

use std::io::Write;

use serde::Serialize;

use super::arguments::LogArguments;
use super::palette::{Palette, Role};
use super::{Outcome, Session, write_json_line};
use crate::domain::clean::Clean;
use crate::error::Result;
use crate::library::LogLine;

pub(super) fn run(arguments: &LogArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let lines = session.library()?.log(arguments.limit)?;
    let palette = session.palette();
    for line in &lines {
        if arguments.json {
            write_json_line(&LogJson::new(line), &mut session.out)?;
        } else {
            write_words(line, palette, &mut session.out)?;
        }
    }
    Ok(Outcome::Done)
}

/// `2026-01-31 14:05  starred  arxiv:2403.03507  star: no > yes`.
fn write_words(line: &LogLine, palette: Palette, out: &mut dyn Write) -> Result<()> {
    let when = palette.paint(Role::Dim, &line.when);
    let label = palette.paint(Role::Accent, Clean::new(&line.label));
    let (subject, field) = (Clean::new(&line.subject), Clean::new(&line.field));
    let (before, after) = (value(&line.before), value(&line.after));
    let undone = if line.undone { "  (undone)" } else { "" };
    Ok(writeln!(out, "{when}  {label}  {subject}  {field}: {before} > {after}{undone}")?)
}

/// A note may be long and of several lines; nothing is a dash.
fn value(text: &str) -> Clean {
    const COLUMNS: usize = 40;
    if text.is_empty() { Clean::new("-") } else { Clean::new(text).cut(COLUMNS) }
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
