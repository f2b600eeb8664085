//! Decides how a page is read: as titles and abstracts in turn, as a list of titles, or not at all. What has neither shape (notes, a log, a
//! README, a table) must not become papers, so a file without the marks of a papers page has to look like one in nearly every line.

use super::page_lines::{PageBlock, PageSection, columns};
use super::pairing::{LONGEST_TITLE, Pairing, SHORTEST_ABSTRACT, pair_lines};
use crate::domain::clean::Clean;
use crate::domain::names::is_east_asian;

/// Usual lengths in columns, asked of a file that only its lines make a papers page: titles are longer than headings, abstracts than
/// paragraphs.
const USUAL_TITLE: usize = 25;
/// Most characters of what a page says in place of papers, as that there are none.
const LONGEST_MESSAGE: usize = 120;
const USUAL_ABSTRACT: usize = 400;

/// How a section of a page is read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PageReading {
    Pairs(Vec<Pairing>),
    /// Every block is a title.
    Titles,
    /// Why not, for a message that begins with the name of the file.
    Refused(String),
}

/// Decides for one section; lines that were broken are joined already.
pub(crate) fn reading(section: &PageSection) -> PageReading {
    let shapes: Vec<_> = section.blocks.iter().map(|block| block.shape(section.votes_come_first())).collect();
    let pairings = pair_lines(&shapes);
    if section.blocks.is_empty() || has_pairs(section, &pairings) {
        PageReading::Pairs(pairings)
    } else if are_titles(section) {
        PageReading::Titles
    } else {
        PageReading::Refused(refusal(section))
    }
}

/// Whether titles and abstracts take turns.
fn has_pairs(section: &PageSection, pairings: &[Pairing]) -> bool {
    let pairs: Vec<(&PageBlock, &PageBlock)> = pairings
        .iter()
        .filter_map(|part| match part {
            Pairing::Pair(place) => Some((section.blocks.get(*place)?, section.blocks.get(place + 1)?)),
            Pairing::Alone(_) => None,
        })
        .filter(|(title, _)| title.length() <= LONGEST_TITLE)
        .collect();
    if section.is_known_page() {
        // Without the marks of cards, two short lines may be a message of the page.
        let has_abstract =
            section.card_marks >= 2 || pairs.iter().any(|(_, summary)| summary.length() > LONGEST_MESSAGE);
        return pairs.len() * 2 >= pairings.len() && has_abstract && !pairs.is_empty();
    }
    let good = pairs.iter().filter(|(title, summary)| is_like_a_title(&title.text) && summary.is_long()).count();
    let mut lengths: Vec<usize> = pairs.iter().map(|(_, summary)| summary.length()).collect();
    lengths.sort_unstable();
    let usual_abstract = lengths.get(lengths.len() / 2).is_some_and(|length| *length >= USUAL_ABSTRACT);
    good * 2 * 5 >= section.blocks.len() * 4
        && usual_abstract
        && mean_length(pairs.iter().map(|(title, _)| *title)) >= USUAL_TITLE
}

/// Whether every line, but for a few, is a title.
fn are_titles(section: &PageSection) -> bool {
    let blocks = &section.blocks;
    if blocks.iter().any(PageBlock::is_long) {
        return false;
    }
    let is_day_with_title = section.header.seen && blocks.len() == 1;
    if section.is_known_page() || is_day_with_title {
        let is_title =
            |line: &str| may_be_a_title(line) && (section.card_marks >= 2 || is_day_with_title || is_no_message(line));
        let good = blocks.iter().filter(|block| is_title(&block.text)).count();
        return good * 5 >= blocks.len() * 4;
    }
    let listed = without_numbers(blocks.iter().map(|block| block.text.as_str()));
    // Lines of Han, Kana or Hangul alone show too little: notes and lists of other things look the same.
    let good = listed.iter().filter(|title| is_like_a_title(title) && !mostly_east_asian(title)).count();
    good * 10 >= blocks.len() * 9 && mean_length(blocks.iter()) >= USUAL_TITLE
}

fn mean_length<'a>(blocks: impl Iterator<Item = &'a PageBlock>) -> usize {
    let (count, sum) = blocks.fold((0, 0_usize), |(count, sum), block| (count + 1, sum.saturating_add(block.length())));
    sum.checked_div(count).unwrap_or_default()
}

/// The titles of a list, without their numbers when all are numbered in order: `1. `, `2) `, `[3] `.
pub(crate) fn without_numbers<'a>(titles: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let titles: Vec<&str> = titles.collect();
    let numbered: Option<Vec<(u32, &str)>> = titles.iter().map(|title| numbered(title)).collect();
    let in_order = |numbers: &[(u32, &str)]| {
        numbers.len() > 1 && numbers.windows(2).all(|pair| matches!(pair, [(one, _), (next, _)] if one + 1 == *next))
    };
    match numbered.filter(|numbers| in_order(numbers)) {
        Some(numbers) => numbers.into_iter().map(|(_, title)| title).collect(),
        None => titles,
    }
}

fn numbered(title: &str) -> Option<(u32, &str)> {
    let digits = title.trim_start_matches(['[', '(', '#']);
    let (number, rest) = digits.split_at(digits.find(|c: char| !c.is_ascii_digit())?);
    let rest = rest.strip_prefix(['.', ')', ']', ':']).or_else(|| rest.strip_prefix('\t'))?;
    let is_apart = rest.starts_with(char::is_whitespace);
    let title = rest.trim_start();
    (is_apart && !title.is_empty() && number.len() <= 6).then(|| Some((number.parse().ok()?, title))).flatten()
}

/// Whether a line on a papers page may be a title.
pub(crate) fn may_be_a_title(line: &str) -> bool {
    let is_sentence = line.ends_with(['.', ';', ',', '{', '}']) && line.split(' ').count() > 12;
    columns(line) <= LONGEST_TITLE
        && line.contains(char::is_alphanumeric)
        && !is_sentence
        && !line.contains('。')
        && !line.ends_with(['，', '、', '；', '：'])
}

/// Whether a line is rather a title than a message of the page, such as `Try another day`: a usual title by its length, no sentence, with
/// a capital letter in other words than the first.
fn is_no_message(line: &str) -> bool {
    let is_capitalised = |word: &str| word.contains(char::is_uppercase);
    !line.ends_with(['.', '。', '!', '！'])
        && (line.split_whitespace().skip(1).any(is_capitalised)
            || (mostly_east_asian(line) && columns(line) >= USUAL_TITLE))
}

/// Whether a line looks like a title even where nothing around it says that it is one: several words, most of them capitalised, and no
/// signs of code, tables, links or logs.
fn is_like_a_title(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let has_signs = ["://", "](", "::", "....", "\t", "=="].iter().any(|sign| line.contains(sign))
        || line.contains(['{', '}', ';', '<', '>', '|', '\\', '@']) && !line.contains(['$', '^', '_'])
        || line.match_indices(',').any(|(at, _)| line.get(at + 1..).is_some_and(|rest| !rest.starts_with(' ')));
    let ends_open = line.ends_with(['.', ',', ':', ';', '=', '-', '。', '，', '、', '；', '：']);
    let first = words.first().copied().unwrap_or_default();
    let starts_badly = first.starts_with(|c: char| !c.is_alphanumeric() && !"\"“‘'$([{".contains(c))
        || first.bytes().filter(u8::is_ascii_digit).count() > 3
        || first.split('.').filter(|part| part.parse::<u32>().is_ok()).count() > 1;
    let long_words = words.iter().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 3);
    let (capitalised, all) = long_words.fold((0, 0), |(capitalised, all), word| {
        let is_capitalised = word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
        (capitalised + usize::from(is_capitalised || word.contains(char::is_uppercase)), all + 1)
    });
    let is_bad = columns(line) > LONGEST_TITLE || has_signs || ends_open || starts_badly;
    if mostly_east_asian(line) {
        // Neither words nor capital letters tell; a title is no sentence.
        return !is_bad && !line.contains(['。', '；', '！']);
    }
    !is_bad && words.len() > 2 && all > 0 && capitalised * 5 >= all * 3
}

/// Whether at least half of the letters are Han, Kana or Hangul.
fn mostly_east_asian(line: &str) -> bool {
    let (mut letters, mut east_asian) = (0, 0);
    for c in line.chars().filter(|c| c.is_alphabetic()) {
        letters += 1;
        east_asian += usize::from(is_east_asian(c));
    }
    east_asian > 0 && east_asian * 2 >= letters
}

/// What was found, and what would be read, with lines.
fn refusal(section: &PageSection) -> String {
    let long = section.blocks.iter().filter(|block| block.is_long()).count();
    let shown = |block: &PageBlock| {
        let start: String = block.text.chars().take(200).collect();
        format!("line {} (`{}`)", block.line, Clean::new(&start).cut(40))
    };
    let mut would_be = section.blocks.iter().map(shown);
    let example = match (would_be.next(), would_be.next()) {
        (Some(title), Some(summary)) => format!("; {title} would be a title and {summary} its abstract"),
        (Some(title), None) => format!("; {title} would be a title"),
        (None, _) => String::new(),
    };
    let count = section.blocks.len();
    let lines = if count == 1 { "line" } else { "lines" };
    format!(
        "is neither titles and abstracts in turn nor a list of titles: {count} {lines} of text, {long} of them with the \
         {SHORTEST_ABSTRACT} characters of an abstract{example}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_told_from_other_lines() {
        for line in [
            "Kite Sampling: Drawing Long Sequences from Short Strings",
            "Do Small Gardens Need Large Gardeners?",
            "vLanterns: Cheap Light for L_0 Sparse Retrieval",
            "5 Years in Kites: A Retrospective",
            "$H_2O$ in Paper Boats and Harbours",
        ] {
            assert!(is_like_a_title(line), "{line}");
        }
        for line in [
            "Some notes of mine",
            "that are no page",
            "pub fn marks(line: &str) -> Vec<Mark> {",
            "    let mut found = Vec::new();",
            "2024-01-03 10:00:00 INFO Server Started On Port",
            "Title,Authors,Year,Venue Of Publication",
            "# Getting Started With Kites",
            "[Quiet Kites](https://example.org/kites)",
            "| Name | Stars | Description |",
            "2.1 Dataset Construction and Filtering",
            "Chapter One of Everything .......... 12",
            "Buy milk and eggs on the way",
            "Dear Professor Doe and Colleagues,",
            "From: Jane Doe <jane@example.org>",
        ] {
            assert!(!is_like_a_title(line), "{line}");
        }
    }

    #[test]
    fn numbers_go_where_all_are_in_order() {
        let bare = |lines: &[&str]| without_numbers(lines.iter().copied()).join("|");
        assert_eq!(bare(&["1. Quiet Kites", "2. Loud Kites"]), "Quiet Kites|Loud Kites");
        assert_eq!(bare(&["[9] Quiet Kites", "[10] Loud Kites"]), "Quiet Kites|Loud Kites");
        assert_eq!(bare(&["1. Quiet Kites", "3. Loud Kites"]), "1. Quiet Kites|3. Loud Kites");
        assert_eq!(bare(&["3D Kites", "4D Kites"]), "3D Kites|4D Kites");
        assert_eq!(bare(&["1. Quiet Kites"]), "1. Quiet Kites");
    }
}
