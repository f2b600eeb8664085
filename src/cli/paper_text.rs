//! A paper as text for a terminal: its fields by name, wrapped.

use super::palette::OutputRole;
use super::session::Session;
use crate::domain::clean::Clean;
use crate::domain::paper::{LinkKind, Paper, Sighting};
use crate::domain::reading::Reading;
use crate::domain::record::Record;
use crate::domain::wrap::wrap;
use crate::error::Result;

/// Longest line of text in columns; longer lines are hard to read.
const LINE_LENGTH: usize = 80;
/// Columns of the field names.
const NAME_COLUMNS: usize = 12;

/// Columns of a line. A program gets a paragraph a line.
pub(super) fn width(session: &Session<'_>) -> usize {
    session.terminal.columns.map_or(usize::MAX, |columns| usize::from(columns).min(LINE_LENGTH))
}

/// The text in lines of at most `width` columns.
pub(super) fn lines(text: &Clean, width: usize) -> Vec<&str> {
    wrap(text, width).into_iter().filter_map(|line| text.get(line)).collect()
}

/// A field with its name in front, in as many lines as it takes.
pub(super) fn write_field(name: &str, text: &Clean, session: &mut Session<'_>) -> Result<()> {
    let (palette, width) = (session.palette(), width(session));
    for (place, line) in lines(text, width.saturating_sub(NAME_COLUMNS).max(1)).into_iter().enumerate() {
        let name = palette.paint(OutputRole::Dim, format!("{:<NAME_COLUMNS$}", if place == 0 { name } else { "" }));
        writeln!(session.out, "{name}{line}")?;
    }
    Ok(())
}

/// The fields that are known, by name, the most important first.
pub(super) fn metadata(record: &Record) -> Vec<(&'static str, Clean)> {
    let Record { paper, reading, source: _ } = record;
    let mut fields = vec![("id", paper.key().to_string())];
    fields.extend(paper.publication_status.map(|status| ("notice", status.to_string())));
    let dates = [("published", paper.published), ("issued", paper.issued), ("updated", paper.updated)];
    fields.extend(dates.into_iter().filter_map(|(name, date)| Some((name, date?.to_string()))));
    fields.push(("categories", paper.categories.join(", ")));
    let texts = [
        ("venue", &paper.venue),
        ("journal", &paper.journal_ref),
        ("comment", &paper.comment),
        ("license", &paper.license),
    ];
    fields.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))));
    fields.push(("keywords", paper.keywords.join(", ")));
    fields.extend(links(paper));
    fields.push(("digests", paper.sightings.iter().map(sighting).collect::<Vec<_>>().join(", ")));
    fields.extend(state(reading));
    let clean = fields.into_iter().map(|(name, text)| (name, Clean::new(&text)));
    clean.filter(|(_, text)| !text.is_empty()).collect()
}

/// The abstract page and the PDF, derived from the arXiv id where need be, then every other link.
fn links(paper: &Paper) -> impl Iterator<Item = (&'static str, String)> {
    let derived = [LinkKind::Abstract, LinkKind::Pdf].map(|kind| (kind.name(), paper.link(kind).unwrap_or_default()));
    let others = paper.links.iter().filter(|link| !matches!(link.kind, LinkKind::Abstract | LinkKind::Pdf));
    derived.into_iter().chain(others.map(|link| (link.kind.name(), link.url.clone())))
}

/// `12 Mar 2025 (#3, 41 votes)`.
fn sighting(sighting: &Sighting) -> String {
    let rank = sighting.rank.map(|rank| format!("#{rank}"));
    let votes = sighting.votes.map(|votes| format!("{votes} votes"));
    let details = rank.into_iter().chain(votes).collect::<Vec<_>>().join(", ");
    if details.is_empty() {
        sighting.digest.label.to_string()
    } else {
        format!("{} ({details})", sighting.digest.label)
    }
}

fn state(reading: &Reading) -> Vec<(&'static str, String)> {
    let star = if reading.starred { ", starred" } else { "" };
    let tags = reading.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(", ");
    let mut state = vec![("status", format!("{}{star}", reading.status)), ("tags", tags)];
    state.extend(reading.note.lines().map(|line| ("note", line.to_owned())));
    state
}
