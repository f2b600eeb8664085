//! Joins the lines of a page whose titles or abstracts are broken into lines of one width: by blank lines where there are some, else, in
//! cards of papers, by the width. Where the lines do not tell where an abstract begins, the page is refused.

use super::page_lines::{BlockGap, PageBlock, PageSection, columns};
use super::pairing::{LONGEST_TITLE, SHORTEST_ABSTRACT};
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
    let has_cards = section.card_marks >= 2 && blocks.iter().any(|block| block.gap == BlockGap::PaperEnd);
    if has_cards {
        let cards = cards(std::mem::take(&mut section.blocks));
        let width = abstract_width(&cards);
        let joined = cards.into_iter().map(|card| {
            if card.iter().any(PageBlock::is_long) {
                with_title(card)
            } else if continued > 0 {
                joined_card(card, width)
            } else {
                card
            }
        });
        section.blocks = joined.flat_map(with_paragraphs).collect();
        return Ok(());
    }
    if continued == 0 {
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

/// The columns at which the lines of abstracts were broken: the longest that is neither the first, a title's, nor the last of a card.
fn abstract_width(cards: &[Vec<PageBlock>]) -> usize {
    let broken = cards.iter().filter(|card| !card.iter().any(PageBlock::is_long));
    let inner = broken.flat_map(|card| card.iter().skip(1).rev().skip(1).map(PageBlock::length));
    inner.max().unwrap_or_default()
}

/// The title and the abstract of a card without a whole line of one. A card that is too short for an abstract stays as it is.
fn joined_card(card: Vec<PageBlock>, width: usize) -> Vec<PageBlock> {
    let length: usize = card.iter().map(PageBlock::length).sum();
    if card.len() < 3 || length < SHORTEST_ABSTRACT {
        return card;
    }
    let mut groups = paragraphs(card);
    if groups.len() == 1 {
        groups = groups.pop().map(|card| by_width(card, width)).unwrap_or_default();
    }
    groups.into_iter().filter_map(one_block).collect()
}

/// A card with a whole abstract, whose title may be broken.
fn with_title(mut card: Vec<PageBlock>) -> Vec<PageBlock> {
    let title = card.iter().take_while(|block| !block.is_long()).count();
    if !may_be_title_lines(card.get(..title).unwrap_or_default()) {
        return card;
    }
    let rest = card.split_off(title);
    one_block(card).into_iter().chain(rest).collect()
}

/// Whether lines may be those of one title: each but the last had no room for more.
fn may_be_title_lines(lines: &[PageBlock]) -> bool {
    let width = lines.iter().map(PageBlock::length).max().unwrap_or_default();
    let length: usize = lines.iter().map(|line| line.length() + 1).sum();
    let is_broken = |pair: &[PageBlock]| match pair {
        [line, next] => !line.is_closed() && is_full(line, next, width),
        _ => true,
    };
    length <= LONGEST_TITLE && lines.windows(2).all(is_broken)
}

/// Splits the lines of a title and its abstract. Every line of an abstract but the last of a paragraph is broken where the first word of the
/// next one did not fit; the title ends at the last line above that had room for it. Where no line had, they stay together.
fn by_width(mut lines: Vec<PageBlock>, width: usize) -> Vec<Vec<PageBlock>> {
    let ends_title = |count: usize| {
        let (Some(last), Some(next)) = (lines.get(count.saturating_sub(1)), lines.get(count)) else { return false };
        !is_full(last, next, width)
            && !last.is_closed()
            && !next.text.starts_with(char::is_lowercase)
            && lines.get(..count).is_some_and(may_be_title_lines)
    };
    match (1..lines.len()).rev().find(|count| ends_title(*count)) {
        Some(count) => {
            let summary = lines.split_off(count);
            vec![lines, summary]
        }
        None => vec![lines],
    }
}

/// Shortest paragraph of an abstract after the first, in columns: a shorter line may be a name.
const SHORTEST_PARAGRAPH: usize = 60;

/// A card whose abstract has several paragraphs, with all of them as one.
fn with_paragraphs(mut card: Vec<PageBlock>) -> Vec<PageBlock> {
    let is_paragraph = |block: &PageBlock| {
        let is_text = block.is_long() || (block.is_closed() && block.length() >= SHORTEST_PARAGRAPH);
        is_text && block.gap < BlockGap::PaperEnd && block.numbers.is_none() && block.not_text.is_none()
    };
    let has_paragraphs = match card.as_slice() {
        [title, first, others @ ..] => {
            !others.is_empty() && !title.is_long() && first.is_long() && others.iter().all(is_paragraph)
        }
        _ => false,
    };
    if !has_paragraphs {
        return card;
    }
    let others = card.split_off(2);
    if let Some(summary) = card.last_mut() {
        for other in others {
            summary.append("\n\n", other);
        }
    }
    card
}

/// One block of several lines; None for none.
fn one_block(lines: Vec<PageBlock>) -> Option<PageBlock> {
    let mut lines = lines.into_iter();
    let mut block = lines.next()?;
    for line in lines {
        // Han and Kana are written without blanks.
        let is_unspaced = block.text.ends_with(is_unspaced) && line.text.starts_with(is_unspaced);
        block.append(if is_unspaced { "" } else { " " }, line);
    }
    Some(block)
}
