//! Shows one paper in full: metadata, abstract and reading state.

use super::palette::OutputRole;
use super::papers;
use super::query;
use super::session::{CommandOutcome, RunCommand, Session};
use crate::domain::clean::Clean;
use crate::domain::paper::{LinkKind, Paper, Sighting};
use crate::domain::reading::Reading;
use crate::domain::record::Record;
use crate::domain::wrap::wrap;
use crate::error::{Error, Result};
use clap::Args;

/// Longest line of text in columns; longer lines are hard to read.
const LINE_LENGTH: usize = 80;
/// Columns of the field names.
const NAME_COLUMNS: usize = 12;

/// Show one paper: its metadata, its abstract, and what you did with it.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku show 2403.03507")]
pub(super) struct ShowArguments {
    /// An arXiv id or URL, a DOI, a key as `list --ids` prints it, or a query that finds one paper.
    #[arg(required = true, value_name = "ID|QUERY", value_parser = query::word)]
    paper: Vec<String>,

    /// Title and abstract as the source spells them.
    #[arg(long)]
    raw: bool,

    /// As one JSON object.
    #[arg(long, conflicts_with = "raw")]
    json: bool,
}

impl RunCommand for ShowArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let mut library = session.library()?;
        let key = papers::paper(&mut library, &self.paper)?;
        let gone = || Error::data(format!("the paper {} is no longer in the library", Clean::new(key.as_str())));
        let record = library.records(std::slice::from_ref(&key))?.pop().ok_or_else(gone)?;
        if self.json {
            writeln!(session.out, "{}", record.to_json())?;
            return Ok(CommandOutcome::Done);
        }
        let detail = library.detail(&key)?.ok_or_else(gone)?;
        let (title, paragraphs) = if self.raw {
            (Clean::new(&detail.paper.title.source), detail.raw_paragraphs())
        } else {
            (detail.title.clone(), detail.paragraphs.clone())
        };
        let palette = session.palette();
        // A program gets a paragraph a line.
        let width = session.terminal.columns.map_or(usize::MAX, |columns| usize::from(columns).min(LINE_LENGTH));
        for line in lines(&title, width) {
            writeln!(session.out, "{}", palette.paint(OutputRole::Title, line))?;
        }
        for line in lines(&Clean::new(&detail.authors.iter().map(|name| &**name).collect::<Vec<_>>().join(", ")), width)
        {
            writeln!(session.out, "{line}")?;
        }
        writeln!(session.out)?;
        for (name, text) in metadata(&record) {
            let text_lines = lines(&text, width.saturating_sub(NAME_COLUMNS).max(1));
            for (place, line) in text_lines.into_iter().enumerate() {
                let name =
                    palette.paint(OutputRole::Dim, format!("{:<NAME_COLUMNS$}", if place == 0 { name } else { "" }));
                writeln!(session.out, "{name}{line}")?;
            }
        }
        if let Some(caution) = detail.caution() {
            writeln!(session.out, "\n{}", palette.paint(OutputRole::Dim, format!("({caution})")))?;
        }
        for paragraph in paragraphs {
            writeln!(session.out)?;
            for line in lines(&paragraph, width) {
                writeln!(session.out, "{line}")?;
            }
        }
        Ok(CommandOutcome::Done)
    }
}

/// The text in lines of at most `width` columns.
fn lines(text: &Clean, width: usize) -> Vec<&str> {
    wrap(text, width).into_iter().filter_map(|line| text.get(line)).collect()
}

/// The fields that are known, by name, the most important first.
fn metadata(record: &Record) -> Vec<(&'static str, Clean)> {
    let Record { paper, reading } = record;
    let mut fields = vec![("id", paper.key().to_string())];
    fields.extend(paper.publication_status.map(|status| ("notice", status.to_string())));
    let dates = [("published", paper.published), ("updated", paper.updated)];
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
