//! Sets text into lines: where a paragraph breaks at a given width, and how a paper's page (title, authors, facts, abstract, links)
//! becomes styled lines. Pure; knows roles, not colours.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::wrap::wrap;

/// What a piece of text is, which the theme turns into a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Title,
    Text,
    Dim,
    Tag,
    Note,
    Link,
    Heading,
    Star,
}

/// A run of text in one role; `matched` runs are the letters that were searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub role: Role,
    pub matched: bool,
}

impl Piece {
    pub fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role, matched: false }
    }
}

/// One line of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub pieces: Vec<Piece>,
    /// The URL this line is, for a click.
    pub url: Option<String>,
}

impl Line {
    pub fn of(pieces: Vec<Piece>) -> Self {
        Self { pieces, url: None }
    }

    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    pub fn has_match(&self) -> bool {
        self.pieces.iter().any(|piece| piece.matched)
    }
}

/// Sets one paragraph in lines of one role, with the matched ranges (bytes, sorted, not overlapping) marked.
pub fn paragraph(text: &str, role: Role, width: usize, matches: &[Range<usize>]) -> Vec<Line> {
    wrap(text, width).into_iter().map(|line| Line::of(pieces(text, line, role, matches))).collect()
}

/// The pieces of `text[line]`: matched and unmatched runs in turn.
pub fn pieces(text: &str, line: Range<usize>, role: Role, matches: &[Range<usize>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut push = |range: Range<usize>, matched| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            pieces.push(Piece { text: text.to_owned(), role, matched });
        }
    };
    let mut at = line.start;
    for found in matches {
        let (from, to) = (found.start.max(at), found.end.min(line.end));
        if from < to {
            push(at..from, false);
            push(from..to, true);
            at = to;
        }
    }
    push(at..line.end, false);
    pieces
}

/// A line set in as many lines as it needs.
pub fn fold(line: &Line, width: usize) -> Vec<Line> {
    let text = line.text();
    let mut folded = Vec::new();
    for part in wrap(&text, width) {
        let mut pieces = Vec::new();
        let mut start = 0;
        for piece in &line.pieces {
            let (from, to) = (part.start.max(start), part.end.min(start + piece.text.len()));
            if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
                pieces.push(Piece { text: text.to_owned(), ..piece.clone() });
            }
            start += piece.text.len();
        }
        folded.push(Line { pieces, url: line.url.clone() });
    }
    folded
}

/// `text` cut to `columns`, with `end` in place of what was cut. For text that is already clean.
pub fn cut(text: &str, columns: usize, end: &str) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(end.width());
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used > room {
            break;
        }
        kept.push_str(grapheme);
    }
    if end.width() <= columns {
        kept.push_str(end);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_marked_across_a_break() {
        let lines = paragraph("alpha beta", Role::Text, 6, std::slice::from_ref(&(3..8)));
        let shape: Vec<Vec<(&str, bool)>> =
            lines.iter().map(|line| line.pieces.iter().map(|p| (p.text.as_str(), p.matched)).collect()).collect();
        assert_eq!(shape, [vec![("alp", false), ("ha", true)], vec![("be", true), ("ta", false)]]);
    }

    #[test]
    fn cutting_keeps_to_the_columns() {
        assert_eq!(cut("Quantized", 6, "…"), "Quant…");
        assert_eq!(cut("字字字", 4, "…"), "字…");
        assert_eq!(cut("abc", 0, "…"), "");
        assert_eq!(cut("abc", 3, "…"), "abc");
    }
}
