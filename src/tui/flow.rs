//! Sets text into lines: where a paragraph breaks at a given width, and how a paper's page (title, authors, facts, abstract, links)
//! becomes styled lines. Pure; knows roles, not colours.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

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
    Warning,
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

/// Byte ranges of the lines a one-paragraph text is set in. No line is wider than `width` columns unless a single grapheme is; the spaces
/// at a break belong to no line. An empty text is one empty line.
pub fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    let width = width.max(1);
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut line: Option<(Range<usize>, usize)> = None;
    for atom in atoms(text) {
        let wide = text.get(atom.clone()).unwrap_or_default().width();
        if let Some((set, columns)) = &mut line {
            let gap = atom.start - set.end;
            if *columns + gap + wide <= width {
                set.end = atom.end;
                *columns += gap + wide;
                continue;
            }
            lines.push(set.clone());
        }
        line = Some(if wide <= width { (atom, wide) } else { split(text, atom, width, &mut lines) });
    }
    lines.extend(line.map(|(set, _)| set));
    if lines.is_empty() {
        lines.push(0..0);
    }
    lines
}

/// The parts of a text that a line may not break inside: words, cut after hyphens, dashes and slashes, and single ideographs.
fn atoms(text: &str) -> Vec<Range<usize>> {
    let mut atoms: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, grapheme) in text.grapheme_indices(true) {
        if grapheme == " " {
            open = false;
            continue;
        }
        let end = at + grapheme.len();
        let ideograph = grapheme.width() > 1;
        match atoms.last_mut() {
            Some(last) if open && !ideograph => last.end = end,
            _ => atoms.push(at..end),
        }
        open = !ideograph && !matches!(grapheme, "-" | "–" | "—" | "/");
    }
    atoms
}

/// Cuts an atom that is wider than a line at its graphemes: whole lines go to `lines`, the rest is returned with its columns.
fn split(text: &str, atom: Range<usize>, width: usize, lines: &mut Vec<Range<usize>>) -> (Range<usize>, usize) {
    let (mut start, mut columns) = (atom.start, 0);
    for (offset, grapheme) in text.get(atom.clone()).unwrap_or_default().grapheme_indices(true) {
        let at = atom.start + offset;
        if columns > 0 && columns + grapheme.width() > width {
            lines.push(start..at);
            (start, columns) = (at, 0);
        }
        columns += grapheme.width();
    }
    (start..atom.end, columns)
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
    use proptest::prelude::*;

    fn lines(text: &str, width: usize) -> Vec<&str> {
        wrap(text, width).into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn words_break_at_spaces_and_hyphens() {
        assert_eq!(lines("low-rank adapters are small", 10), ["low-rank", "adapters", "are small"]);
        assert_eq!(lines("low-rank", 5), ["low-", "rank"]);
        assert_eq!(lines("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(lines("", 5), [""]);
        assert_eq!(lines("字字字字", 5), ["字字", "字字"]);
        assert_eq!(lines("a  b", 1), ["a", "b"]);
    }

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

    proptest! {
        #[test]
        fn wrapping_loses_nothing_and_keeps_the_width(text in "[a-c \\-字é/]{0,60}", width in 1usize..12) {
            let ranges = wrap(&text, width);
            let mut at = 0;
            for line in &ranges {
                prop_assert!(text[at..line.start].trim().is_empty());
                let set = &text[line.clone()];
                prop_assert!(set.width() <= width || set.graphemes(true).count() == 1, "{set:?}");
                at = line.end;
            }
            prop_assert!(text[at..].trim().is_empty());
        }
    }
}
