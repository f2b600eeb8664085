//! A paper's page as lines: title, authors, facts, the reader's own marks, the abstract, links. Pure; the model keeps the result for as
//! long as paper and width stay.

use std::ops::Range;

use super::flow::{self, Line, Piece, Role};
use super::theme::Glyphs;
use crate::domain::paper::LinkKind;
use crate::domain::query::{How, Query, Word};
use crate::domain::reading::Status;
use crate::index::{highlights, needles};
use crate::library::Detail;

/// Authors named before the rest are counted.
const AUTHORS_SHOWN: usize = 12;

/// What a page is set for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    pub width: usize,
    /// The source's own spelling instead of Unicode.
    pub raw: bool,
    /// Its words are marked in the text.
    pub query: &'a Query,
    /// Words it shares with the papers that it was found to be like; marked, too.
    pub shared: &'a [String],
    pub glyphs: &'a Glyphs,
}

pub(super) fn lines(detail: &Detail, setting: &Setting<'_>) -> Vec<Line> {
    let width = setting.width;
    let set = |text: &str, role: Role| flow::paragraph(text, role, width, &matches(setting, text));
    let mut lines = set(&detail.title, Role::Title);
    lines.extend(set(&authors(detail), Role::Dim));
    let facts = facts(detail, setting.glyphs);
    if !facts.is_empty() {
        lines.extend(flow::paragraph(&facts, Role::Dim, width, &[]));
    }
    if !setting.shared.is_empty() {
        let shared = format!("shares {}", setting.shared.join(", "));
        lines.extend(flow::paragraph(&shared, Role::Dim, width, &[]));
    }
    lines.extend(own_marks(detail, setting));
    lines.push(Line::default());
    let raw = setting.raw.then(|| detail.raw_paragraphs());
    let paragraphs = raw.as_ref().unwrap_or(&detail.paragraphs);
    if paragraphs.is_empty() {
        lines.push(Line::of(vec![Piece::new("No abstract is known for this paper.", Role::Dim)]));
    }
    for (place, paragraph) in paragraphs.iter().enumerate() {
        if place > 0 {
            lines.push(Line::default());
        }
        lines.extend(set(paragraph, Role::Text));
    }
    if let Some(caution) = detail.caution().filter(|_| !setting.raw) {
        lines.push(Line::default());
        lines.extend(flow::paragraph(caution, Role::Dim, width, &[]));
    }
    lines.extend(links(detail, width));
    lines.extend(seen_in(detail, setting));
    lines
}

/// Where the query's words and phrases, and the shared words, stand in a text.
fn matches(setting: &Setting<'_>, text: &str) -> Vec<Range<usize>> {
    let mut words = needles(setting.query);
    words.extend(setting.shared.iter().map(|word| Word { text: word.clone(), how: How::Prefix }));
    highlights(&words, text)
}

fn authors(detail: &Detail) -> String {
    let names: Vec<&str> = detail.authors.iter().map(|name| &**name).collect();
    match names.get(..AUTHORS_SHOWN).filter(|_| names.len() > AUTHORS_SHOWN + 1) {
        Some(first) => format!("{} and {} more", first.join(", "), names.len() - AUTHORS_SHOWN),
        None if names.is_empty() => "Authors unknown".to_owned(),
        None => names.join(", "),
    }
}

fn facts(detail: &Detail, glyphs: &Glyphs) -> String {
    let paper = &detail.paper;
    let mut facts: Vec<String> = Vec::new();
    facts.extend(paper.published.map(|date| date.to_string()));
    facts.extend(paper.venue.clone());
    facts.extend((!paper.categories.is_empty()).then(|| paper.categories.join(" ")));
    facts.extend(paper.arxiv.as_ref().map(|id| format!("arXiv:{id}")));
    facts.extend(paper.doi.as_ref().map(|doi| format!("doi:{doi}")));
    facts.extend(paper.votes().map(|votes| format!("{} {votes}", glyphs.votes)));
    crate::domain::clean::Clean::new(&facts.join(&format!(" {} ", glyphs.separator))).into_string()
}

/// Status, star, tags and note: what the reader did with the paper.
fn own_marks(detail: &Detail, setting: &Setting<'_>) -> Vec<Line> {
    let (reading, glyphs) = (&detail.reading, setting.glyphs);
    let mut pieces = Vec::new();
    if reading.starred {
        pieces.push(Piece::new(format!("{} starred  ", glyphs.star), Role::Star));
    }
    if reading.status != Status::Unread {
        pieces.push(Piece::new(format!("{} {}  ", glyphs.status(reading.status), reading.status), Role::Heading));
    }
    pieces.extend(reading.tags.iter().map(|tag| Piece::new(format!("#{tag} "), Role::Tag)));
    let mut lines: Vec<Line> = if pieces.is_empty() { Vec::new() } else { vec![Line::of(pieces)] };
    for line in reading.note.lines() {
        let note = format!("{} {}", glyphs.note, crate::domain::clean::Clean::new(line));
        lines.extend(flow::paragraph(&note, Role::Note, setting.width, &[]));
    }
    lines
}

fn links(detail: &Detail, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for kind in LinkKind::ALL {
        let stored = detail.paper.links.iter().filter(|link| link.kind == kind).map(|link| link.url.clone());
        let urls: Vec<String> = match kind {
            LinkKind::Abstract | LinkKind::Pdf => detail.paper.link(kind).into_iter().collect(),
            _ => stored.collect(),
        };
        for url in urls {
            let shown = crate::domain::clean::Clean::new(&url);
            let label = format!("{:<9}", kind.name());
            let room = width.saturating_sub(label.len());
            let pieces = vec![Piece::new(label, Role::Dim), Piece::new(flow::cut(&shown, room, "…"), Role::Link)];
            lines.push(Line { pieces, url: Some(url) });
        }
    }
    if !lines.is_empty() {
        lines.insert(0, Line::default());
    }
    lines
}

fn seen_in(detail: &Detail, setting: &Setting<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for sighting in &detail.paper.sightings {
        let mut text = format!("in {}", sighting.digest.label);
        if let Some(rank) = sighting.rank {
            text.push_str(&format!(", place {rank}"));
        }
        if let Some(votes) = sighting.votes {
            text.push_str(&format!(", {} {votes}", setting.glyphs.votes));
        }
        let text = crate::domain::clean::Clean::new(&text);
        lines.extend(flow::paragraph(&text, Role::Dim, setting.width, &[]));
    }
    if !lines.is_empty() {
        lines.insert(0, Line::default());
    }
    lines
}
