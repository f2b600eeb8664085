//! Whether a paper holds a phrase, from the positions of its terms. Positions of the rarest term are compared with those of the others many at a time.

use super::positions::{LaneBits, Lanes, PositionBytes, Positions};
use crate::index::format::paper::DocId;
use crate::index::format::postings::Ordinals;

/// A term of a phrase, and where in it the term stands; nearly always once.
pub(super) struct PhraseTerm {
    pub(super) number: u32,
    pub(super) offsets: Vec<u32>,
}

impl PhraseTerm {
    pub(super) fn new(number: u32, phrase: &[u32]) -> Self {
        let offsets = (0..).zip(phrase).filter(|(_, other)| **other == number).map(|(offset, _)| offset).collect();
        Self { number, offsets }
    }
}

/// Reads the positions of a term of a phrase; papers are asked for in ascending order.
pub(super) struct PhraseCursor<'a> {
    pub(super) offsets: &'a [u32],
    pub(super) ordinals: Ordinals<'a>,
    /// Of the paper asked for last.
    pub(super) ordinal: u32,
    /// Its positions when each fits a byte.
    pub(super) bytes: PositionBytes<'a>,
    pub(super) positions: Positions<'a>,
}

impl<'a> PhraseCursor<'a> {
    /// Moves to a paper that has the term. None when its positions do not all fit a byte.
    #[inline]
    pub(super) fn find(&mut self, paper: DocId) -> Option<PositionBytes<'a>> {
        self.ordinal = self.ordinals.find(paper).unwrap_or(DocId::MAX);
        self.bytes = self.positions.bytes(self.ordinal)?;
        Some(self.bytes)
    }
}

/// Whether a paper that has all terms holds the phrase. Most papers are excluded by the second term. `starts`: memory that is reused.
pub(super) fn holds(cursors: &mut [PhraseCursor<'_>], paper: DocId, starts: &mut Vec<u32>) -> bool {
    let Some(bytes) = cursors.first_mut().and_then(|first| first.find(paper)) else {
        return holds_with_large_positions(cursors, 0, paper, starts);
    };
    let mut groups = bytes.lanes();
    let Some(lanes) = groups.next() else { return false };
    let Some((first, others)) = cursors.split_first_mut() else { return false };
    let Some((reference, more)) = first.offsets.split_first() else { return false };
    let mut possible = lanes.present;
    keep(&mut possible, &lanes, bytes, (*reference, more));
    for number in 0..others.len() {
        if possible == [0; 2] && groups.len() == 0 {
            return false;
        }
        let Some(cursor) = others.get_mut(number) else { return false };
        let Some(bytes) = cursor.find(paper) else {
            return holds_with_large_positions(cursors, number + 1, paper, starts);
        };
        keep(&mut possible, &lanes, bytes, (*reference, cursor.offsets));
    }
    possible != [0; 2]
        || groups.any(|lanes| {
            let mut possible = lanes.present;
            keep(&mut possible, &lanes, first.bytes, (*reference, more));
            others.iter().for_each(|other| keep(&mut possible, &lanes, other.bytes, (*reference, other.offsets)));
            possible != [0; 2]
        })
}

/// Keeps the places of a term at offset `reference` of the phrase that another term with these positions and offsets agrees with. The first place of
/// the phrase is among those compared, so that no phrase begins before the abstract.
#[inline]
fn keep(possible: &mut LaneBits, lanes: &Lanes, bytes: PositionBytes<'_>, (reference, offsets): (u32, &[u32])) {
    for offset in offsets {
        let distance = i16::try_from(i64::from(*offset) - i64::from(reference));
        let found = distance.map_or([0; 2], |distance| bytes.among(lanes, distance));
        possible.iter_mut().zip(found).for_each(|(possible, found)| *possible &= found);
    }
}

/// Where a phrase begins in a paper that has all terms.
pub(super) fn find_starts(cursors: &mut [PhraseCursor<'_>], paper: DocId, starts: &mut Vec<u32>) {
    starts.clear();
    if let Some(first) = cursors.first_mut() {
        first.find(paper);
        holds_with_large_positions(cursors, 0, paper, starts);
    }
}

/// `holds` for positions that may not fit a byte. The first `found` cursors and the one behind them are at the paper.
fn holds_with_large_positions(
    cursors: &mut [PhraseCursor<'_>],
    found: usize,
    paper: DocId,
    starts: &mut Vec<u32>,
) -> bool {
    let mut is_first = true;
    for (number, cursor) in cursors.iter_mut().enumerate() {
        if number > found {
            cursor.ordinal = cursor.ordinals.find(paper).unwrap_or(DocId::MAX);
        }
        let positions = cursor.positions.of(cursor.ordinal);
        for offset in cursor.offsets {
            if std::mem::take(&mut is_first) {
                starts.clear();
                starts.extend(positions.iter().filter_map(|position| position.checked_sub(*offset)));
            } else {
                starts.retain(|start| contains(positions, start.saturating_add(*offset)));
            }
        }
        if starts.is_empty() {
            return false;
        }
    }
    !starts.is_empty()
}

/// Whether a position is among sorted ones, of which there are mostly one or two.
fn contains(positions: &[u32], position: u32) -> bool {
    if positions.len() <= 8 { positions.contains(&position) } else { positions.binary_search(&position).is_ok() }
}
