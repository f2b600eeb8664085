//! Lines that a page repeats beside its papers (labels, buttons, names), in any language: what stands before different lines again and
//! again is no title. A title that is repeated stands before the same abstract.

use std::collections::HashMap;

use super::page_lines::PageBlock;

/// How often a line stands there at least.
const TIMES: usize = 3;
/// Longest such line, in columns.
const LONGEST: usize = 60;

/// The blocks without those lines; what stood beside one stays with its neighbours.
pub(crate) fn without(blocks: Vec<PageBlock>) -> Vec<PageBlock> {
    // For each short line: how often it stands there, and in how many of these the line after it is another than the time before.
    let mut found: HashMap<&str, (usize, usize, &str)> = HashMap::new();
    for (place, block) in blocks.iter().enumerate().filter(|(_, block)| block.length() <= LONGEST) {
        let next = blocks.get(place + 1).map_or("", |next| next.text.as_str());
        let (times, changes, last) = found.entry(&block.text).or_insert((0, 0, next));
        *times += 1;
        *changes += usize::from(*last != next);
        *last = next;
    }
    let is_repeated = |(times, changes, _): (usize, usize, &str)| times >= TIMES && changes + 1 >= TIMES;
    let repeated: Vec<bool> =
        blocks.iter().map(|block| found.get(block.text.as_str()).copied().is_some_and(is_repeated)).collect();
    let mut kept: Vec<PageBlock> = Vec::with_capacity(blocks.len());
    let mut dropped: Option<PageBlock> = None;
    for (mut block, is_repeated) in blocks.into_iter().zip(repeated) {
        if let Some(before) = dropped.take() {
            block.gap = block.gap.max(before.gap);
            block.numbers = match (before.numbers, block.numbers) {
                (Some((first, _)), Some((_, last))) => Some((first, last)),
                (before, own) => before.or(own),
            };
            block.login = block.login.take().or(before.login);
        }
        if !is_repeated {
            kept.push(block);
            continue;
        }
        if let Some(last) = kept.last_mut() {
            last.published = last.published.or(block.published);
            last.link = last.link.take().or(block.link.take());
        }
        dropped = Some(block);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remaining(lines: &str) -> String {
        let block = |text: &str| PageBlock { text: text.to_owned(), ..PageBlock::default() };
        let kept = without(lines.split(' ').map(block).collect());
        kept.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_line_before_different_lines_is_dropped() {
        assert_eq!(remaining("one label a two label b three label c"), "one a two b three c");
        assert_eq!(remaining("one label a two label b"), "one label a two label b");
        assert_eq!(remaining("one a two b one a two b one a"), "one a two b one a two b one a");
    }
}
