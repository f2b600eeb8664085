//! Breaks a paragraph into lines of a given number of terminal columns. Decides where lines break and nothing else.
//!
//! Own code because lines are byte ranges of the text (highlights are placed by them), are measured in grapheme clusters as the
//! screen draws them, and break before and after any ideograph; the wrapping crates return copies and measure single characters.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Byte ranges of the lines of a paragraph. No line is wider than `width` terminal columns unless a single grapheme cluster is; the
/// spaces at a break belong to no line. An empty text is one empty line. Linear in the length of the text.
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

/// Byte ranges that a line does not break inside: words, cut after hyphens, dashes and slashes, and single ideographs.
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

/// Cuts an atom that is wider than a line between grapheme clusters: full lines go to `lines`, the rest is returned with its columns.
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
