//! One paper in full: its facts, its text, and what was done with it.

use super::arguments::ShowArguments;
use super::palette::Role;
use super::{Outcome, Session, choice};
use crate::domain::clean::Clean;
use crate::domain::paper::{LinkKind, Paper, Sighting};
use crate::domain::reading::Reading;
use crate::domain::record::Record;
use crate::domain::wrap::wrap;
use crate::error::{Error, Result};

/// Widest that text is set, in columns; more loses the eye on the way back.
const MEASURE: usize = 80;
/// Columns of the names of facts.
const NAMES: usize = 12;

pub(super) fn run(arguments: &ShowArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let mut library = session.library()?;
    let key = choice::paper(&mut library, &arguments.paper)?;
    let gone = || Error::data(format!("the paper {} is gone from the library", Clean::new(key.as_str())));
    let record = library.records(std::slice::from_ref(&key))?.pop().ok_or_else(gone)?;
    if arguments.json {
        writeln!(session.out, "{}", record.to_json())?;
        return Ok(Outcome::Done);
    }
    let detail = library.detail(&key)?.ok_or_else(gone)?;
    let (title, paragraphs) = if arguments.raw {
        (Clean::new(&detail.paper.title.source), detail.raw_paragraphs())
    } else {
        (detail.title.clone(), detail.paragraphs.clone())
    };
    let palette = session.palette();
    // A program that reads gets a paragraph a line.
    let width = session.ends.columns.map_or(usize::MAX, |columns| usize::from(columns).min(MEASURE));
    for line in set(&title, width) {
        writeln!(session.out, "{}", palette.paint(Role::Title, line))?;
    }
    for line in set(&Clean::new(&detail.authors.iter().map(|name| &**name).collect::<Vec<_>>().join(", ")), width) {
        writeln!(session.out, "{line}")?;
    }
    writeln!(session.out)?;
    for (name, text) in facts(&record) {
        let lines = set(&text, width.saturating_sub(NAMES).max(1));
        for (place, line) in lines.into_iter().enumerate() {
            let name = palette.paint(Role::Dim, format!("{:<NAMES$}", if place == 0 { name } else { "" }));
            writeln!(session.out, "{name}{line}")?;
        }
    }
    if let Some(caution) = detail.caution() {
        writeln!(session.out, "\n{}", palette.paint(Role::Dim, format!("({caution})")))?;
    }
    for paragraph in paragraphs {
        writeln!(session.out)?;
        for line in set(&paragraph, width) {
            writeln!(session.out, "{line}")?;
        }
    }
    Ok(Outcome::Done)
}

/// A clean text in lines of at most `width` columns.
fn set(text: &Clean, width: usize) -> Vec<&str> {
    wrap(text, width).into_iter().filter_map(|line| text.get(line)).collect()
}

/// What is known, by name, in the order of interest. Nothing is said about what is not known.
fn facts(record: &Record) -> Vec<(&'static str, Clean)> {
    let Record { paper, reading } = record;
    let mut facts = vec![("id", paper.key().to_string())];
    let dates = [("published", paper.published), ("updated", paper.updated)];
    facts.extend(dates.into_iter().filter_map(|(name, date)| Some((name, date?.to_string()))));
    facts.push(("categories", paper.categories.join(", ")));
    let texts = [
        ("venue", &paper.venue),
        ("journal", &paper.journal_ref),
        ("comment", &paper.comment),
        ("license", &paper.license),
    ];
    facts.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))));
    facts.push(("keywords", paper.keywords.join(", ")));
    facts.extend(links(paper));
    facts.push(("digests", paper.sightings.iter().map(sighting).collect::<Vec<_>>().join(", ")));
    facts.extend(state(reading));
    let clean = facts.into_iter().map(|(name, text)| (name, Clean::new(&text)));
    clean.filter(|(_, text)| !text.is_empty()).collect()
}

/// The pages of the paper, derived ones too, then every other link.
fn links(paper: &Paper) -> impl Iterator<Item = (&'static str, String)> {
    let derived = [LinkKind::Abstract, LinkKind::Pdf].map(|kind| (kind.name(), paper.link(kind).unwrap_or_default()));
    let others = paper.links.iter().filter(|link| !matches!(link.kind, LinkKind::Abstract | LinkKind::Pdf));
    derived.into_iter().chain(others.map(|link| (link.kind.name(), link.url.clone())))
}

/// `12 Mar 2025 (place 3, 41 votes)`.
fn sighting(sighting: &Sighting) -> String {
    let rank = sighting.rank.map(|rank| format!("place {rank}"));
    let votes = sighting.votes.map(|votes| format!("{votes} votes"));
    let place = rank.into_iter().chain(votes).collect::<Vec<_>>().join(", ");
    if place.is_empty() { sighting.digest.label.clone() } else { format!("{} ({place})", sighting.digest.label) }
}

fn state(reading: &Reading) -> Vec<(&'static str, String)> {
    let star = if reading.starred { ", starred" } else { "" };
    let tags = reading.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(", ");
    let mut state = vec![("status", format!("{}{star}", reading.status)), ("tags", tags)];
    state.extend(reading.note.lines().map(|line| ("note", line.to_owned())));
    state
}
