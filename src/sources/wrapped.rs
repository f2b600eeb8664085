//! Joins the lines of a page whose titles or abstracts are broken into lines of one width: by blank lines where there are some, else, in
//! cards of papers, by the width. Where the lines do not tell where an abstract begins, the page is refused.

use super::page_lines::{BlockGap, PageBlock, PageSection, columns};
use super::pairing::SHORTEST_ABSTRACT;
use crate::domain::names::is_east_asian;

/// Fewest lines that show that a page is wrapped.
const FEWEST_LINES: usize = 6;

/// Lines that are wrapped, and nothing tells what belongs together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnclearLines {
    /// Columns of the longest line.
    pub(crate) width: usize,
}

/// Joins wrapped lines. A page without any stays as it is.
///
/// # Errors
/// When the lines are wrapped and neither blank lines nor the marks of cards tell titles from abstracts.
pub(crate) fn join(section: &mut PageSection) -> Result<(), UnclearLines> {
    let blocks = &section.blocks;
    let continued = continued(blocks);
    if continued == 0 {
        return Ok(());
    }
    let has_cards = section.card_marks >= 2 && blocks.iter().any(|block| block.gap == BlockGap::PaperEnd);
    if has_cards {
        let blocks = std::mem::take(&mut section.blocks);
        section.blocks = cards(blocks).into_iter().flat_map(joined_card).collect();
        return Ok(());
    }
    let is_wrapped =
        blocks.len() >= FEWEST_LINES && continued * 6 > blocks.len() && !blocks.iter().any(PageBlock::is_long);
    if !is_wrapped {
        return Ok(());
    }
    if !blocks.iter().any(|block| block.gap == BlockGap::Blank) {
        return Err(UnclearLines { width: blocks.iter().map(PageBlock::length).max().unwrap_or_default() });
    }
    let blocks = std::mem::take(&mut section.blocks);
    section.blocks = paragraphs(blocks).into_iter().filter_map(one_block).collect();
    Ok(())
}

/// How many lines go on with a sentence: they begin with a small letter, which hardly any title or abstract does, or, in a script without
/// such letters, the line before had no room for more.
fn continued(blocks: &[PageBlock]) -> usize {
    let caseless = |text: &str| text.chars().any(is_caseless);
    let lines = blocks.iter().filter(|block| caseless(&block.text));
    let width = lines.map(PageBlock::length).max().unwrap_or_default();
    let goes_on = |pair: &[PageBlock]| match pair {
        [line, next] => {
            let small = next.text.starts_with(char::is_lowercase);
            let full = || caseless(&line.text) && next.text.starts_with(is_caseless) && is_full(line, next, width);
            next.gap == BlockGap::None && (small || full())
        }
        _ => false,
    };
    blocks.windows(2).filter(|pair| goes_on(pair)).count()
}

/// Whether a line was broken at a width: what the next one begins with did not fit.
fn is_full(line: &PageBlock, next: &PageBlock, width: usize) -> bool {
    let word = if next.text.starts_with(is_unspaced) {
        UNSPACED_ROOM
    } else {
        1 + columns(next.text.split(' ').next().unwrap_or_default())
    };
    line.length() <= width && line.length() + word > width
}

/// The columns that may stay empty where a line is broken between Han and Kana: some signs cannot begin or end a line.
const UNSPACED_ROOM: usize = 5;

/// A letter of a script without capital letters.
fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
}

/// Han, Kana and the signs among them, which are written without blanks.
fn is_unspaced(c: char) -> bool {
    let is_hangul = matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7AF}');
    let is_sign = matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}');
    (is_east_asian(c) && !is_hangul) || is_sign
}

/// The blocks of each paper.
fn cards(blocks: Vec<PageBlock>) -> Vec<Vec<PageBlock>> {
    grouped(blocks, |block| block.gap == BlockGap::PaperEnd || block.numbers.is_some())
}

fn paragraphs(blocks: Vec<PageBlock>) -> Vec<Vec<PageBlock>> {
    grouped(blocks, |block| block.gap > BlockGap::None)
}

fn grouped(blocks: Vec<PageBlock>, begins: fn(&PageBlock) -> bool) -> Vec<Vec<PageBlock>> {
    let mut groups: Vec<Vec<PageBlock>> = Vec::new();
    for block in blocks {
        match groups.last_mut() {
            Some(group) if !begins(&block) => group.push(block),
            _ => groups.push(vec![block]),
        }
    }
    groups
}

/// The title and the abstract of a card. A card whose lines are whole, or too short for an abstract, stays as it is.
fn joined_card(card: Vec<PageBlock>) -> Vec<PageBlock> {
    let length: usize = card.iter().map(PageBlock::length).sum();
    if card.len() < 3 || length < SHORTEST_ABSTRACT || card.iter().any(PageBlock::is_long) {
        return card;
    }
    let mut groups = paragraphs(card);
    if groups.len() == 1 {
        let lines = groups.pop().unwrap_or_default();
        groups = by_width(lines);
    }
    groups.into_iter().filter_map(one_block).collect()
}

/// Splits the lines of a title and its abstract. A line is broken where the first word of the next one did not fit; a title ends at the
/// first line that had room for it. Where the title may end at two lines, they stay together.
fn by_width(lines: Vec<PageBlock>) -> Vec<Vec<PageBlock>> {
    let inner = lines.iter().skip(1).rev().skip(1).map(PageBlock::length);
    let width = inner.max().unwrap_or_default();
    let is_broken = |place: usize| {
        let (Some(line), Some(next)) = (lines.get(place), lines.get(place + 1)) else { return false };
        is_full(line, next, width)
    };
    let title = match (is_broken(0), is_broken(1)) {
        (false, _) => 1,
        (true, false) => 2,
        (true, true) => return vec![lines],
    };
    let mut title_lines = lines;
    let summary = title_lines.split_off(title.min(title_lines.len()));
    vec![title_lines, summary]
}

/// One block of several lines; None for none.
fn one_block(lines: Vec<PageBlock>) -> Option<PageBlock> {
    let mut lines = lines.into_iter();
    let mut block = lines.next()?;
    for line in lines {
        // Han and Kana are written without blanks.
        if !(block.text.ends_with(is_unspaced) && line.text.starts_with(is_unspaced)) {
            block.text.push(' ');
        }
        block.text.push_str(&line.text);
        block.not_text = block.not_text.or(line.not_text);
        block.link = block.link.take().or(line.link);
        block.published = block.published.or(line.published);
    }
    Some(block)
}
