//! Cuts a title to the columns of a row so that the words that matched are shown: at its end where they stand before that, else in the middle,
//! or at its start where there is no room for both. Pure.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::flow;

/// In fewer columns a title is not cut in the middle: what is left of its start would tell nothing.
const TWO_PARTS: usize = 24;
/// Fewest columns of a title that show anything but its start, and fewest of that start beside a later part.
const LEAST: usize = 8;
const LEAST_HEAD: usize = 6;

/// A title as it fits, and the byte ranges of it that matched. `matches`: byte ranges of the title, sorted.
pub fn cut(title: &str, columns: usize, ellipsis: &str, matches: &[Range<usize>]) -> (String, Vec<Range<usize>>) {
    if title.width() <= columns {
        return (title.to_owned(), matches.to_vec());
    }
    let end = flow::cut(title, columns.saturating_sub(ellipsis.width()), "").len();
    let word = |range: &Range<usize>| title.get(range.clone()).unwrap_or_default().to_lowercase();
    let (seen, hidden): (Vec<_>, Vec<_>) = matches.iter().partition(|range| range.end <= end);
    let is_new = |range: &&&Range<usize>| seen.iter().all(|other| word(other) != word(range));
    let Some(hidden) = hidden.iter().find(is_new).filter(|_| columns >= LEAST) else {
        return joined(title, std::slice::from_ref(&(0..end)), ellipsis, columns, matches);
    };
    let from = word_start(title, hidden.start, columns / 4);
    let rest = title.get(from..).unwrap_or_default().width();
    let gap = ellipsis.width() + 1;
    // The start tells which paper it is, and may have matches of its own.
    let least_head = if columns >= TWO_PARTS { columns / 3 } else { 0 };
    let tail_room = columns.saturating_sub(gap + least_head);
    let (head_room, tail) = if rest <= tail_room {
        (Some(columns.saturating_sub(gap + rest)).filter(|room| *room >= LEAST_HEAD).unwrap_or(0), from..title.len())
    } else {
        let kept =
            flow::cut(title.get(from..).unwrap_or_default(), tail_room.saturating_sub(ellipsis.width()), "").len();
        (least_head, from..from + kept)
    };
    let head = head_end(title, head_room, from);
    joined(title, &[0..head, tail], ellipsis, columns, matches)
}

/// The parts of a title with an ellipsis for what is between, before and after them.
fn joined(
    title: &str,
    parts: &[Range<usize>],
    ellipsis: &str,
    columns: usize,
    matches: &[Range<usize>],
) -> (String, Vec<Range<usize>>) {
    let (mut shown, mut found): (String, Vec<Range<usize>>) = (String::new(), Vec::new());
    if ellipsis.width() > columns {
        return (shown, found);
    }
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            shown.push_str(ellipsis);
            if title.get(..part.start).is_some_and(|before| before.ends_with(' ')) {
                shown.push(' ');
            }
        }
        let start = shown.len();
        shown.push_str(title.get(part.clone()).unwrap_or_default());
        let inside = matches.iter().map(|range| range.start.max(part.start)..range.end.min(part.end));
        let inside = inside.filter(|range| range.start < range.end);
        found.extend(inside.map(|range| start + range.start - part.start..start + range.end - part.start));
    }
    if parts.last().is_some_and(|part| part.end < title.len()) {
        shown.push_str(ellipsis);
    }
    (shown, found)
}

/// Where the word begins in which this byte stands, if that is at most so many columns before; else the letter itself, as in scripts
/// without blanks between words.
fn word_start(title: &str, at: usize, columns: usize) -> usize {
    let before = title.get(..at).unwrap_or_default();
    let start = before.rfind(' ').map_or(0, |blank| blank + 1);
    let letter = || title.grapheme_indices(true).map(|(start, _)| start).take_while(|start| *start <= at).last();
    let is_near = title.get(start..at).unwrap_or_default().width() <= columns;
    if is_near { start } else { letter().unwrap_or(at) }
}

/// Where the start of a title ends that is shown in so many columns, and before `limit`: after a whole word, where that leaves most of it.
fn head_end(title: &str, columns: usize, limit: usize) -> usize {
    let before = title.get(..limit).unwrap_or_default().trim_end();
    let end = flow::cut(before, columns, "").len();
    let head = before.get(..end).unwrap_or_default();
    if end == before.len() || before.get(end..).is_some_and(|rest| rest.starts_with(' ')) {
        return head.trim_end().len();
    }
    head.rfind(' ')
        .filter(|blank| *blank * 2 > end)
        .map_or(end, |blank| head.get(..blank).unwrap_or_default().trim_end().len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The title as it is shown, with the matches in brackets.
    fn shown(title: &str, columns: usize, words: &[&str]) -> String {
        let mut matches: Vec<Range<usize>> =
            words.iter().flat_map(|word| title.match_indices(word).map(|(at, word)| at..at + word.len())).collect();
        matches.sort_by_key(|range| range.start);
        let (text, matches) = cut(title, columns, "…", &matches);
        assert!(text.width() <= columns, "{text} in {columns}");
        let mut marked = text;
        for range in matches.iter().rev() {
            marked.insert(range.end, ']');
            marked.insert(range.start, '[');
        }
        marked
    }

    #[test]
    fn the_words_that_matched_are_shown() {
        let title = "QLoRA: Efficient Finetuning of Quantized Large Language Models";
        assert_eq!(shown(title, 80, &["Quant"]), "QLoRA: Efficient Finetuning of [Quant]ized Large Language Models");
        assert_eq!(shown(title, 40, &["QLoRA"]), "[QLoRA]: Efficient Finetuning of Quantize…");
        assert_eq!(
            shown(title, 40, &["Quant"]),
            "QLoRA: Efficient Finetuning of [Quant]ize…",
            "it stands before the cut"
        );
        assert_eq!(shown(title, 40, &["Models"]), "QLoRA: Efficient Finetuning of… [Models]");
        assert_eq!(shown(title, 40, &["QLoRA", "Language"]), "[QLoRA]: Efficient… [Language] Models");
        assert_eq!(shown(title, 40, &["i"]), "QLoRA: Eff[i]c[i]ent F[i]netun[i]ng of Quant[i]ze…", "seen already");
        assert_eq!(shown(title, 30, &["Large"]), "QLoRA:… [Large] Language Mo…");
        assert_eq!(shown(title, 20, &["Language"]), "… [Language] Models");
        assert_eq!(shown(title, 12, &["Large"]), "… [Large] Lan…");
        assert_eq!(shown(title, 0, &["Large"]), "");
    }

    #[test]
    fn letters_of_two_columns_and_marks_are_not_cut_apart() {
        let title = "长文本检索中的稀疏注意力：一种分层方法";
        assert_eq!(shown(title, 20, &["分层"]), "长文本检索…[分层]方法");
        assert_eq!(shown(title, 26, &["分层"]), "长文本检索中的稀…[分层]方法");
        assert_eq!(shown(title, 14, &["分层"]), "…[分层]方法");
        let marks = "Ze\u{301}ro\u{301} de\u{301}ja\u{300} vu e\u{301}te\u{301}";
        assert_eq!(shown(marks, 10, &["e\u{301}te\u{301}"]), "… [e\u{301}te\u{301}]");
    }

    proptest! {
        #[test]
        fn a_title_fits_and_shows_a_match(
            title in "[ab字é\u{301}🇯🇵 ]{1,60}", at in 0usize..60, length in 1usize..6, columns in 0usize..50
        ) {
            let bounds: Vec<usize> = title.grapheme_indices(true).map(|(at, _)| at).chain([title.len()]).collect();
            let at = at.min(bounds.len() - 2);
            let matched = bounds[at]..bounds[(at + length).min(bounds.len() - 1)];
            let (text, found) = cut(&title, columns, "…", std::slice::from_ref(&matched));
            prop_assert!(text.width() <= columns, "{text} in {columns}");
            for range in &found {
                prop_assert!(text.get(range.clone()).is_some_and(|part| !part.is_empty()));
            }
            prop_assert!(columns < 8 || !found.is_empty(), "{text} in {columns}");
        }
    }
}
