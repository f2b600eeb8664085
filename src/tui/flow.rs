//! Text as styled lines: wraps paragraphs to a width, marks matches, cuts text to columns. Pure; it names roles, never colours.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub use crate::domain::counts::{counted, grouped};
use crate::domain::wrap::wrap;

/// What a run of text is; the theme gives each role a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextRole {
    Title,
    Text,
    Dim,
    Tag,
    Note,
    Link,
    Heading,
    Star,
    Bright,
    Warning,
}

/// A run of text in one role; `matched` runs are the characters that match the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StyledSpan {
    pub text: String,
    pub role: TextRole,
    pub matched: bool,
}

impl StyledSpan {
    pub fn new(text: impl Into<String>, role: TextRole) -> Self {
        Self { text: text.into(), role, matched: false }
    }
}

/// One line of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledLine {
    pub spans: Vec<StyledSpan>,
    /// The URL that the line shows, for a click.
    pub url: Option<String>,
    /// Columns by which it is indented where it goes on below itself.
    pub hang: usize,
}

impl StyledLine {
    pub fn of(spans: Vec<StyledSpan>) -> Self {
        Self { spans, url: None, hang: 0 }
    }

    /// The same; where it goes on below itself, that is below the span at a place.
    pub fn hanging(self, place: usize) -> Self {
        let hang = self.spans.iter().take(place).map(|span| span.text.width()).sum();
        Self { hang, ..self }
    }

    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    pub fn has_match(&self) -> bool {
        self.spans.iter().any(|span| span.matched)
    }
}

/// Wraps one paragraph into lines of one role, with the matched ranges (bytes, sorted, not overlapping) marked.
pub fn paragraph(text: &str, role: TextRole, width: usize, matches: &[Range<usize>]) -> Vec<StyledLine> {
    wrap(text, width).into_iter().map(|line| StyledLine::of(spans(text, line, role, matches))).collect()
}

/// The spans of `text[line]`: matched and unmatched runs.
pub fn spans(text: &str, line: Range<usize>, role: TextRole, matches: &[Range<usize>]) -> Vec<StyledSpan> {
    let mut spans = Vec::new();
    let mut push = |range: Range<usize>, matched| {
        if let Some(text) = text.get(range).filter(|text| !text.is_empty()) {
            spans.push(StyledSpan { text: text.to_owned(), role, matched });
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
    spans
}

/// Columns of the indent where that of a line takes more than two thirds of the width.
const SHORT_HANG: usize = 2;

/// The first line of a text, then the others with a width of their own.
fn wrap_hanging(text: &str, width: usize, others: usize) -> Vec<Range<usize>> {
    let mut parts = wrap(text, width);
    parts.truncate(1);
    let end = parts.first().map_or(0, |first| first.end);
    let rest = text.get(end..).unwrap_or_default();
    let start = text.len() - rest.trim_start().len();
    parts.extend(wrap(rest.trim_start(), others).into_iter().map(|part| part.start + start..part.end + start));
    parts
}

/// A line wrapped into as many lines as it needs.
pub fn fold(line: &StyledLine, width: usize) -> Vec<StyledLine> {
    let text = line.text();
    if text.width() <= width {
        return vec![line.clone()];
    }
    let mut folded = Vec::new();
    let hang = if line.hang * 3 > width * 2 { SHORT_HANG.min(width / 2) } else { line.hang };
    for part in wrap_hanging(&text, width, width - hang) {
        let mut spans = Vec::new();
        if !folded.is_empty() && hang > 0 {
            spans.push(StyledSpan::new(" ".repeat(hang), TextRole::Text));
        }
        let mut start = 0;
        for span in &line.spans {
            let (from, to) = (part.start.max(start), part.end.min(start + span.text.len()));
            if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
                spans.push(StyledSpan { text: text.to_owned(), ..span.clone() });
            }
            start += span.text.len();
        }
        folded.push(StyledLine { spans, ..line.clone() });
    }
    folded
}

/// Columns that a text takes.
pub fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// `text` cut to `columns`, with `end` in place of what was cut off. For text that is already clean.
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
    fn a_line_goes_on_below_itself() {
        let spans = ["2026  ", "marked ", "a paper about kites"].map(|text| StyledSpan::new(text, TextRole::Text));
        let line = StyledLine::of(spans.to_vec()).hanging(2);
        let folded = |width| fold(&line, width).iter().map(StyledLine::text).collect::<Vec<_>>();
        assert_eq!(folded(32), ["2026  marked a paper about kites"]);
        assert_eq!(folded(27), ["2026  marked a paper about", "             kites"]);
        assert_eq!(folded(20), ["2026  marked a paper", "             about", "             kites"]);
        assert_eq!(folded(15), ["2026  marked a", "  paper about", "  kites"], "the indent takes too much");
        let plain = StyledLine::of(spans.to_vec());
        assert_eq!(fold(&plain, 20)[1].text(), "about kites");
    }

    #[test]
    fn matches_are_marked_across_a_break() {
        let lines = paragraph("alpha beta", TextRole::Text, 6, std::slice::from_ref(&(3..8)));
        let shape: Vec<Vec<(&str, bool)>> =
            lines.iter().map(|line| line.spans.iter().map(|p| (p.text.as_str(), p.matched)).collect()).collect();
        assert_eq!(shape, [vec![("alp", false), ("ha", true)], vec![("be", true), ("ta", false)]]);
    }

    #[test]
    fn cut_text_fits_the_columns() {
        assert_eq!(cut("Quantized", 6, "…"), "Quant…");
        assert_eq!(cut("字字字", 4, "…"), "字…");
        assert_eq!(cut("abc", 0, "…"), "");
        assert_eq!(cut("abc", 3, "…"), "abc");
    }
}
