//! Whether a paper holds a phrase, from the positions of its terms.

use super::positions::Positions;

/// A term of a phrase, over the papers that have all its terms.
pub(super) struct PhraseTerm {
    pub(super) number: u32,
    /// For each of these papers, its ordinal among the papers with the term.
    pub(super) ordinals: Vec<u32>,
    /// Where in the phrase the term stands; nearly always once.
    pub(super) offsets: Vec<u32>,
}

/// A term of a phrase with its positions in the current paper.
pub(super) struct PhraseCursor<'a> {
    term: &'a PhraseTerm,
    positions: Positions<'a>,
    /// Positions in the current paper when each fits a byte.
    bytes: &'a [u8],
}

impl<'a> PhraseCursor<'a> {
    pub(super) fn new(term: &'a PhraseTerm, positions: Positions<'a>) -> Self {
        Self { term, positions, bytes: &[] }
    }

    fn ordinal(&self, paper: usize) -> u32 {
        self.term.ordinals.get(paper).copied().unwrap_or(u32::MAX)
    }
}

/// Whether a paper, by its number among those with all terms, holds the phrase. Most papers are excluded by the second term. `starts`: memory
/// that is reused.
pub(super) fn holds(cursors: &mut [PhraseCursor<'_>], paper: usize, starts: &mut Vec<u32>) -> bool {
    for count in 1..=cursors.len() {
        let Some(cursor) = cursors.get_mut(count - 1) else { return false };
        match cursor.positions.bytes(cursor.ordinal(paper)) {
            Some(bytes) => cursor.bytes = bytes,
            None => return holds_with_large_positions(cursors, paper, starts),
        }
        if count > 1 && !cursors.get(..count).is_some_and(have_common_start) {
            return false;
        }
    }
    cursors.len() > 1 || have_common_start(cursors)
}

/// Whether there is a start of the phrase at which all of these terms are in position.
fn have_common_start(cursors: &[PhraseCursor<'_>]) -> bool {
    let Some((first, others)) = cursors.split_first() else { return false };
    let Some((offset, other_offsets)) = first.term.offsets.split_first() else { return false };
    first.bytes.iter().filter_map(|position| u32::from(*position).checked_sub(*offset)).any(|start| {
        let is_at = |cursor: &PhraseCursor<'_>, offset: u32| {
            u8::try_from(start + offset).is_ok_and(|position| cursor.bytes.contains(&position))
        };
        other_offsets.iter().all(|offset| is_at(first, *offset))
            && others.iter().all(|cursor| cursor.term.offsets.iter().all(|offset| is_at(cursor, *offset)))
    })
}

/// `holds` for positions that may not fit a byte.
fn holds_with_large_positions(cursors: &mut [PhraseCursor<'_>], paper: usize, starts: &mut Vec<u32>) -> bool {
    let mut is_first = true;
    for cursor in cursors {
        let ordinal = cursor.ordinal(paper);
        let positions = cursor.positions.of(ordinal);
        for offset in &cursor.term.offsets {
            if std::mem::take(&mut is_first) {
                starts.clear();
                starts.extend(positions.iter().filter_map(|position| position.checked_sub(*offset)));
            } else {
                starts.retain(|start| contains(positions, start.saturating_add(*offset)));
            }
        }
    }
    !starts.is_empty()
}

/// Whether a position is among sorted ones, of which there are mostly one or two.
fn contains(positions: &[u32], position: u32) -> bool {
    if positions.len() <= 8 { positions.contains(&position) } else { positions.binary_search(&position).is_ok() }
}
