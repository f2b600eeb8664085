//! A paper's page as lines: title, authors, facts, reading state, abstract, links, digests. Pure; the model keeps the result until the
//! paper, the query or the width changes.

use std::ops::Range;

use super::flow::{self, StyledLine, StyledSpan, TextRole};
use super::theme::Glyphs;
use crate::domain::clean::Clean;
use crate::domain::paper::LinkKind;
use crate::domain::publication_status::PublicationStatus;
use crate::domain::query::{How, Pattern, Query, Word};
use crate::domain::reading::Status;
use crate::library::PaperDetail;
use crate::library::search::{ApproximateWord, HighlightedText, Reason, highlight_patterns, highlights, name_patterns};

/// Authors named in full; the others are counted.
const AUTHORS_SHOWN: usize = 12;

/// How a page is laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageSettings<'a> {
    pub width: usize,
    /// The abstract as its source spells it instead of cleaned up.
    pub raw: bool,
    /// Its matches are highlighted in the text.
    pub query: &'a Query,
    /// See `Hits::names`.
    pub names: &'a [String],
    /// See `Hits::approximate`.
    pub approximate: &'a [ApproximateWord],
    /// Why the paper was found; its words are highlighted, too.
    pub reasons: &'a [Reason],
    pub glyphs: &'a Glyphs,
}

pub(super) fn lines(detail: &PaperDetail, settings: &PageSettings<'_>) -> Vec<StyledLine> {
    let width = settings.width;
    let highlighted = |kind: HighlightedText, text: &str, role: TextRole| {
        flow::paragraph(text, role, width, &matches(settings, (kind, text)))
    };
    let mut lines = highlighted(HighlightedText::Title, &detail.title, TextRole::Title);
    lines.extend(highlighted(HighlightedText::Authors, &authors(detail), TextRole::Dim));
    if let Some(status) = detail.paper.publication_status {
        // Where the authors say why, it is in the comment.
        let why = detail.paper.comment.as_deref().filter(|comment| PublicationStatus::is_notice(comment));
        let text =
            why.map_or_else(|| status.capitalized().to_owned(), |why| format!("{}: {why}", status.capitalized()));
        lines.extend(highlighted(HighlightedText::Abstract, &Clean::new(&text), TextRole::Warning));
    }
    let facts = facts(detail, settings.glyphs);
    if !facts.is_empty() {
        lines.extend(flow::paragraph(&facts, TextRole::Dim, width, &[]));
    }
    if !settings.reasons.is_empty() {
        let found = format!("found by: {}", reasons(settings.reasons, settings.glyphs));
        lines.extend(flow::paragraph(&found, TextRole::Dim, width, &[]));
    }
    lines.extend(reading_state(detail, settings));
    lines.push(StyledLine::default());
    let raw = settings.raw.then(|| detail.raw_paragraphs());
    let paragraphs = raw.as_ref().unwrap_or(&detail.paragraphs);
    if paragraphs.is_empty() {
        lines.push(StyledLine::of(vec![StyledSpan::new("No abstract is known for this paper.", TextRole::Dim)]));
    }
    for (place, paragraph) in paragraphs.iter().enumerate() {
        if place > 0 {
            lines.push(StyledLine::default());
        }
        lines.extend(highlighted(HighlightedText::Abstract, paragraph, TextRole::Text));
    }
    if let Some(caution) = detail.caution().filter(|_| !settings.raw) {
        lines.push(StyledLine::default());
        lines.extend(flow::paragraph(caution, TextRole::Dim, width, &[]));
    }
    lines.extend(links(detail, width));
    lines.extend(digests(detail, settings));
    lines
}

/// The byte ranges of a text that match the query's words and phrases, or why the paper was found.
fn matches(settings: &PageSettings<'_>, text: (HighlightedText, &str)) -> Vec<Range<usize>> {
    let mut patterns = highlight_patterns(settings.query);
    patterns.extend(name_patterns(settings.names));
    let reasons = settings.reasons.iter();
    patterns.extend(reasons.map(|reason| Pattern::Word(Word { text: reason.found.clone(), how: How::Prefix })));
    highlights(&patterns, settings.approximate, text)
}

/// The words that say why a paper was found.
pub(super) fn reasons(reasons: &[Reason], glyphs: &Glyphs) -> String {
    let words: Vec<String> = reasons.iter().map(|reason| reason.text(glyphs.stands_for)).collect();
    words.join(", ")
}

fn authors(detail: &PaperDetail) -> String {
    let names: Vec<&str> = detail.authors.iter().map(|name| &**name).collect();
    match names.get(..AUTHORS_SHOWN).filter(|_| names.len() > AUTHORS_SHOWN + 1) {
        Some(first) => format!("{} and {} more", first.join(", "), names.len() - AUTHORS_SHOWN),
        None if names.is_empty() => "Authors unknown".to_owned(),
        None => names.join(", "),
    }
}

fn facts(detail: &PaperDetail, glyphs: &Glyphs) -> String {
    let paper = &detail.paper;
    let mut facts: Vec<String> = Vec::new();
    facts.extend(paper.published.map(|date| date.to_string()));
    facts.extend(paper.venue.clone());
    facts.extend((!paper.categories.is_empty()).then(|| paper.categories.join(" ")));
    facts.extend(paper.arxiv.as_ref().map(|id| format!("arXiv:{id}")));
    facts.extend(paper.doi.as_ref().map(|doi| format!("doi:{doi}")));
    facts.extend(paper.votes().map(|votes| format!("{} {votes}", glyphs.votes)));
    Clean::new(&facts.join(&format!(" {} ", glyphs.separator))).into_string()
}

/// Reading state: star, status, tags, note.
fn reading_state(detail: &PaperDetail, settings: &PageSettings<'_>) -> Vec<StyledLine> {
    let (reading, glyphs) = (&detail.reading, settings.glyphs);
    let mut spans = Vec::new();
    if reading.starred {
        spans.push(StyledSpan::new(format!("{} starred  ", glyphs.star), TextRole::Star));
    }
    if reading.status != Status::Unread {
        spans.push(StyledSpan::new(
            format!("{} {}  ", glyphs.status(reading.status), reading.status),
            TextRole::Heading,
        ));
    }
    spans.extend(reading.tags.iter().map(|tag| StyledSpan::new(format!("#{tag} "), TextRole::Tag)));
    let mut lines: Vec<StyledLine> = if spans.is_empty() { Vec::new() } else { vec![StyledLine::of(spans)] };
    for line in reading.note.lines() {
        let note = format!("{} {}", glyphs.note, Clean::new(line));
        let matches = matches(settings, (HighlightedText::Abstract, &note));
        lines.extend(flow::paragraph(&note, TextRole::Note, settings.width, &matches));
    }
    lines
}

fn links(detail: &PaperDetail, width: usize) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for kind in LinkKind::ALL {
        let stored = detail.paper.links.iter().filter(|link| link.kind == kind).map(|link| link.url.clone());
        let urls: Vec<String> = match kind {
            LinkKind::Abstract | LinkKind::Pdf => detail.paper.link(kind).into_iter().collect(),
            _ => stored.collect(),
        };
        for url in urls {
            let shown = Clean::new(&url);
            let label = format!("{:<9}", kind.name());
            let room = width.saturating_sub(label.len());
            let spans = vec![
                StyledSpan::new(label, TextRole::Dim),
                StyledSpan::new(flow::cut(&shown, room, "…"), TextRole::Link),
            ];
            lines.push(StyledLine { url: Some(url), ..StyledLine::of(spans) });
        }
    }
    if !lines.is_empty() {
        lines.insert(0, StyledLine::default());
    }
    lines
}

fn digests(detail: &PaperDetail, settings: &PageSettings<'_>) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for sighting in &detail.paper.sightings {
        let rank = sighting.rank.map(|rank| format!("#{rank} ")).unwrap_or_default();
        let digest = &sighting.digest;
        let of = if digest.day.is_some() { "the digest of " } else { "" };
        let mut text = format!("{rank}in {of}{}", digest.label);
        if let Some(votes) = sighting.votes {
            text.push_str(&format!(", {} {votes}", settings.glyphs.votes));
        }
        let text = Clean::new(&text);
        lines.extend(flow::paragraph(&text, TextRole::Dim, settings.width, &[]));
    }
    if !lines.is_empty() {
        lines.insert(0, StyledLine::default());
    }
    lines
}
