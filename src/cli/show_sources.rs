//! Prints what each source states of a paper, and what its versions changed.

use serde_json::Value;

use super::palette::{OutputRole, Palette};
use super::paper_text::{metadata, width, write_field};
use super::session::Session;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::paper::Author;
use crate::domain::record::{Record, escape_invisible};
use crate::domain::word_difference::{WordRun, WordsIn};
use crate::error::Result;
use crate::library::{Library, PaperCopy, VersionChange, day_of};

pub(super) fn write_sources(library: &Library, key: &PaperKey, as_json: bool, session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    for (place, copy) in library.copies(key)?.iter().enumerate() {
        if as_json {
            writeln!(session.out, "{}", json(copy))?;
            continue;
        }
        let gap = if place > 0 { "\n" } else { "" };
        let version = copy.paper.version.map(|version| format!(", version {version}")).unwrap_or_default();
        let head = format!("{}{version}", copy.source.doc());
        let when = format!("imported {}", day_of(copy.at));
        writeln!(
            session.out,
            "{gap}{}  {}",
            palette.paint(OutputRole::Title, head),
            palette.paint(OutputRole::Dim, when)
        )?;
        let authors = copy.paper.authors.iter().map(Author::printed).collect::<Vec<_>>().join(", ");
        let mut fields = vec![("title", copy.paper.title.line()), ("authors", Clean::new(&authors))];
        fields.extend(metadata(&Record { paper: copy.paper.clone(), ..Record::default() }));
        fields.extend(copy.paper.summary.as_ref().map(|summary| ("text", summary.line())));
        for (name, text) in fields.into_iter().filter(|(name, text)| *name != "status" && !text.is_empty()) {
            write_field(name, &text, session)?;
        }
    }
    Ok(())
}

/// The record with `from`, the word of its source, and `imported`, the day.
fn json(copy: &PaperCopy) -> String {
    let line = Record { paper: copy.paper.clone(), ..Record::default() }.to_json();
    let mut value = serde_json::from_str(&line).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        for state in ["status", "starred", "seen", "tags", "note", "digests", "source"] {
            fields.remove(state);
        }
        fields.insert("from".to_owned(), copy.source.name().into());
        fields.insert("imported".to_owned(), day_of(copy.at).to_string().into());
    }
    escape_invisible(value.to_string())
}

pub(super) fn write_changes(library: &Library, key: &PaperKey, session: &mut Session<'_>) -> Result<()> {
    let changes = library.version_changes(key)?;
    if changes.is_empty() {
        session.notify("no later version was imported than the first");
    }
    for (place, change) in changes.iter().enumerate() {
        let VersionChange { from, to, date, title, summary } = change;
        let palette = session.palette();
        let gap = if place > 0 { "\n" } else { "" };
        let date = date.map(|date| format!(", {date}")).unwrap_or_default();
        writeln!(session.out, "{gap}{}", palette.paint(OutputRole::Title, format!("v{from} to v{to}{date}")))?;
        if title.is_none() && summary.is_none() {
            writeln!(session.out, "title and abstract are the same")?;
        }
        for runs in [title, summary].into_iter().flatten() {
            writeln!(session.out)?;
            write_runs(runs, palette, session)?;
        }
    }
    Ok(())
}

/// Words that were removed as `[-words-]`, added ones as `{+words+}`.
fn write_runs(runs: &[WordRun], palette: Palette, session: &mut Session<'_>) -> Result<()> {
    let width = width(session);
    let mut column = 0;
    for run in runs {
        let (before, after, role) = match run.words_in {
            WordsIn::Both => ("", "", OutputRole::Plain),
            WordsIn::Old => ("[-", "-]", OutputRole::Bad),
            WordsIn::New => ("{+", "+}", OutputRole::Good),
        };
        let marked = Clean::new(&format!("{before}{}{after}", run.text));
        for word in marked.split(' ') {
            let columns = Clean::new(word).width();
            if column > 0 && column + 1 + columns > width {
                writeln!(session.out)?;
                column = 0;
            }
            let gap = if column > 0 { " " } else { "" };
            write!(session.out, "{gap}{}", palette.paint(role, word))?;
            column += gap.len() + columns;
        }
    }
    writeln!(session.out)?;
    Ok(())
}
