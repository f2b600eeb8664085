//! The positions of a term in abstracts. The papers of a term are grouped in blocks, each a small table, so that the positions in one paper
//! are read without reading those before it. A position is the number of a word from the beginning of its abstract.
//!
//! A term's bytes: where each block but the first begins (u32, relative to the end of these numbers), then the blocks. A block: the number of
//! its positions; the number of those that do not fit a byte; if any paper has several, a bitmap of the positions that are the first of their
//! paper; the low byte of each position; and for each that does not fit a byte, the distance to the previous one of these and its high bits.

use std::io::{self, Write};

use crate::index::format::file::u32_at;
use crate::index::format::varint;

/// Papers of one block.
const BLOCK: usize = 128;

/// Encodes the positions of one term after another.
#[derive(Default)]
pub(super) struct PositionsBuilder {
    block_starts: Vec<u8>,
    blocks: Vec<u8>,
    positions: Vec<u32>,
    /// Which of `positions` are the first of their paper.
    firsts: Vec<usize>,
}

impl PositionsBuilder {
    /// Adds a position; `is_first` begins the next paper.
    pub(super) fn push(&mut self, position: u32, is_first: bool) {
        if is_first {
            if self.firsts.len() == BLOCK {
                self.end_block();
                self.block_starts.extend_from_slice(&(self.blocks.len() as u32).to_le_bytes());
            }
            self.firsts.push(self.positions.len());
        }
        self.positions.push(position);
    }

    fn end_block(&mut self) {
        let large = || self.positions.iter().enumerate().filter(|(_, position)| **position > 0xFF);
        varint::put(self.positions.len() as u32, &mut self.blocks);
        varint::put(large().count() as u32, &mut self.blocks);
        if self.positions.len() > self.firsts.len() {
            let start = self.blocks.len();
            self.blocks.resize(start + self.positions.len().div_ceil(8), 0);
            for first in &self.firsts {
                if let Some(byte) = self.blocks.get_mut(start + first / 8) {
                    *byte |= 1 << (first % 8);
                }
            }
        }
        self.blocks.extend(self.positions.iter().map(|position| *position as u8));
        let mut after = 0;
        for (at, position) in large() {
            varint::put((at - after) as u32, &mut self.blocks);
            varint::put(position >> 8, &mut self.blocks);
            after = at;
        }
        self.positions.clear();
        self.firsts.clear();
    }

    /// Writes the bytes of the term, returns how many, and is ready for the next term.
    pub(super) fn write(&mut self, out: &mut impl Write) -> io::Result<usize> {
        if !self.positions.is_empty() {
            self.end_block();
        }
        out.write_all(&self.block_starts)?;
        out.write_all(&self.blocks)?;
        let length = self.block_starts.len() + self.blocks.len();
        self.block_starts.clear();
        self.blocks.clear();
        Ok(length)
    }
}

/// Reads the positions of one term; keeps the block read last. Invalid bytes give wrong positions, never a panic.
pub(super) struct Positions<'a> {
    block_starts: &'a [u8],
    blocks: &'a [u8],
    /// How many papers have the term.
    papers: usize,
    block: Option<usize>,
    /// The low bytes of the block's positions.
    low: &'a [u8],
    /// Where in `low` each paper begins, and the end; unused while each paper has one position.
    firsts: [u32; BLOCK + 1],
    has_one_each: bool,
    /// Index in `low`, and the bits above the low byte.
    large: Vec<(usize, u32)>,
    /// A bit for each paper of the block that has any of these.
    with_large: u128,
    /// The positions in the paper read last.
    positions: Vec<u32>,
}

/// The positions in a paper that all fit a byte.
#[derive(Clone, Copy, Default)]
pub(super) struct PositionBytes<'a> {
    /// They and those of the following papers of the block, so that several can be read at once.
    from_start: &'a [u8],
    count: usize,
}

impl<'a> PositionBytes<'a> {
    pub(super) fn all(self) -> &'a [u8] {
        self.from_start.get(..self.count).unwrap_or_default()
    }

    /// The positions in groups that are compared at once.
    #[inline]
    pub(super) fn lanes(self) -> impl ExactSizeIterator<Item = Lanes> {
        (0..self.count).step_by(LANES).map(move |start| {
            let rest = self.from_start.get(start..).unwrap_or_default();
            let bytes = rest.first_chunk::<LANES>().copied().unwrap_or_else(|| {
                let mut padded = [0; LANES];
                padded.iter_mut().zip(rest).for_each(|(to, byte)| *to = *byte);
                padded
            });
            let (low, high) = bytes.split_at(LANES / 2);
            let number = |bytes: &[u8]| bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
            let count = self.count - start;
            let present = [first_lanes(count), first_lanes(count.saturating_sub(LANES / 2))];
            Lanes { positions: [number(low), number(high)], present }
        })
    }

    /// Which of some positions are, `distance` further, among these.
    #[inline]
    pub(super) fn among(self, lanes: &Lanes, distance: i16) -> LaneBits {
        let mut found = [0; 2];
        for position in self.all().iter().filter_map(|position| u8::try_from(i16::from(*position) - distance).ok()) {
            let same = u64::from(position) * LOWEST;
            found.iter_mut().zip(lanes.positions).for_each(|(found, lanes)| *found |= zero_lanes(lanes ^ same));
        }
        found
    }
}

/// Positions that are compared at once: as bytes of two numbers, which any processor compares as fast as its vectors.
pub(super) struct Lanes {
    positions: [u64; 2],
    /// Which lanes have a position.
    pub(super) present: LaneBits,
}

/// The highest bit of each byte that is meant.
pub(super) type LaneBits = [u64; 2];

/// Positions of both numbers.
const LANES: usize = 16;
/// The lowest bit of each byte, and the highest.
const LOWEST: u64 = 0x0101_0101_0101_0101;
const HIGHEST: u64 = LOWEST << 7;

/// The bits of the bytes that are zero.
#[inline]
fn zero_lanes(lanes: u64) -> u64 {
    !(((lanes & !HIGHEST) + !HIGHEST) | lanes | !HIGHEST)
}

/// The bits of the first bytes of a number; of all for more than it has.
#[inline]
fn first_lanes(count: usize) -> u64 {
    if count < LANES / 2 { HIGHEST & ((1 << (8 * count)) - 1) } else { HIGHEST }
}

impl<'a> Positions<'a> {
    /// `papers`: how many papers have the term.
    pub(super) fn new(bytes: &'a [u8], papers: usize) -> Self {
        let length = papers.saturating_sub(1) / BLOCK * 4;
        let (block_starts, blocks) = bytes.split_at_checked(length).unwrap_or_default();
        Self {
            block_starts,
            blocks,
            papers,
            block: None,
            low: &[],
            firsts: [0; BLOCK + 1],
            has_one_each: true,
            large: Vec::new(),
            with_large: 0,
            positions: Vec::new(),
        }
    }

    /// The low bytes of the positions in a paper, given by its ordinal among the papers with the term, and where in the block they begin.
    #[inline]
    fn low(&mut self, ordinal: u32) -> (&'a [u8], usize) {
        let (block, paper) = (ordinal as usize / BLOCK, ordinal as usize % BLOCK);
        if self.block != Some(block) {
            self.move_to(block);
        }
        let first = |paper: usize| self.firsts.get(paper).map_or(0, |first| *first as usize);
        let range = if self.has_one_each { paper..paper + 1 } else { first(paper)..first(paper + 1) };
        (self.low.get(range.clone()).unwrap_or_default(), range.start)
    }

    /// The positions in a paper as bytes; None when one of them does not fit a byte, which is rare.
    #[inline]
    pub(super) fn bytes(&mut self, ordinal: u32) -> Option<PositionBytes<'a>> {
        let (low, start) = self.low(ordinal);
        let from_start = self.low.get(start..).unwrap_or_default();
        (self.with_large >> (ordinal as usize % BLOCK) & 1 == 0)
            .then_some(PositionBytes { from_start, count: low.len() })
    }

    /// The low bytes of the positions in a paper, and whether they are all of each.
    #[inline]
    pub(super) fn low_bytes(&mut self, ordinal: u32) -> (&'a [u8], bool) {
        let (low, _) = self.low(ordinal);
        (low, self.with_large >> (ordinal as usize % BLOCK) & 1 == 0)
    }

    /// How many positions there are in a paper.
    pub(super) fn count(&mut self, ordinal: u32) -> usize {
        self.low(ordinal).0.len()
    }

    /// The positions in a paper.
    pub(super) fn of(&mut self, ordinal: u32) -> &[u32] {
        self.positions.clear();
        if (ordinal as usize) < self.papers {
            let (low, start) = self.low(ordinal);
            self.positions.extend(low.iter().map(|byte| u32::from(*byte)));
            let end = start + low.len();
            let first = self.large.partition_point(|(at, _)| *at < start);
            for (at, high) in self.large.get(first..).unwrap_or_default().iter().take_while(|(at, _)| *at < end) {
                if let Some(position) = self.positions.get_mut(at - start) {
                    *position |= high << 8;
                }
            }
        }
        &self.positions
    }

    /// Reads a block; one with invalid bytes has no positions.
    #[cold]
    fn move_to(&mut self, block: usize) {
        self.block = Some(block);
        if self.read(block).is_none() {
            self.low = &[];
        }
    }

    /// Reads a block; None when its bytes are invalid.
    fn read(&mut self, block: usize) -> Option<()> {
        self.large.clear();
        self.with_large = 0;
        let start = block.checked_sub(1).map_or(0, |at| u32_at(self.block_starts, at) as usize);
        let mut bytes = self.blocks.get(start..)?;
        let (count, large) = (varint::take(&mut bytes)?, varint::take(&mut bytes)?);
        self.has_one_each = count as usize <= self.papers.saturating_sub(block * BLOCK).min(BLOCK);
        if !self.has_one_each {
            let bits;
            (bits, bytes) = bytes.split_at_checked((count as usize).div_ceil(8))?;
            self.firsts = [count; BLOCK + 1];
            let mut firsts = self.firsts.iter_mut();
            for (start, byte) in (0..).step_by(8).zip(bits) {
                let mut rest = *byte;
                while rest != 0 {
                    *firsts.next()? = start + rest.trailing_zeros();
                    rest &= rest - 1;
                }
            }
        }
        (self.low, bytes) = bytes.split_at_checked(count as usize)?;
        let (mut at, mut paper) = (0_usize, 0);
        for _ in 0..large {
            at = at.saturating_add(varint::take(&mut bytes)? as usize);
            self.large.push((at, varint::take(&mut bytes)?));
            while !self.has_one_each && self.firsts.get(paper + 1).is_some_and(|next| *next as usize <= at) {
                paper += 1;
            }
            let paper = if self.has_one_each { at } else { paper };
            self.with_large |= 1_u128.checked_shl(paper as u32).unwrap_or(0);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_are_read_as_written(
            papers in prop::collection::vec(prop::collection::btree_set(0u32..700, 1..6), 0..400),
            far in 0u32..1 << 24,
            order in prop::collection::vec(0usize..400, 20),
        ) {
            let mut papers: Vec<Vec<u32>> = papers.into_iter().map(|positions| positions.into_iter().collect()).collect();
            if let Some(last) = papers.last_mut().filter(|positions| positions.iter().all(|position| *position < far)) {
                last.push(far);
            }
            let mut builder = PositionsBuilder::default();
            for positions in &papers {
                positions.iter().enumerate().for_each(|(at, position)| builder.push(*position, at == 0));
            }
            let mut bytes = Vec::new();
            let length = builder.write(&mut bytes).unwrap();
            prop_assert_eq!(length, bytes.len());
            let mut read = Positions::new(&bytes, papers.len());
            for ordinal in (0..papers.len()).chain(order) {
                let expected = papers.get(ordinal).map_or(&[][..], Vec::as_slice);
                prop_assert_eq!(read.of(ordinal as u32), expected);
                let bytes: Option<Vec<u8>> = expected.iter().map(|position| u8::try_from(*position).ok()).collect();
                if ordinal < papers.len() {
                    prop_assert_eq!(read.bytes(ordinal as u32).map(PositionBytes::all), bytes.as_deref());
                }
            }
        }

        #[test]
        fn positions_at_a_distance_are_found(
            one in prop::collection::btree_set(0u32..256, 1..24),
            two in prop::collection::btree_set(0u32..256, 1..24),
            distance in -3i16..4,
        ) {
            let mut builders = [PositionsBuilder::default(), PositionsBuilder::default()];
            let mut bytes = [Vec::new(), Vec::new()];
            for ((builder, bytes), positions) in builders.iter_mut().zip(&mut bytes).zip([&one, &two]) {
                // A paper before and one after, so that there are bytes around.
                for _ in 0..3 {
                    positions.iter().enumerate().for_each(|(at, position)| builder.push(*position, at == 0));
                }
                builder.write(bytes).unwrap();
            }
            let [mut first, mut second] = bytes.each_ref().map(|bytes| Positions::new(bytes, 3));
            for ordinal in 0..3 {
                let (first, second) = (first.bytes(ordinal).unwrap(), second.bytes(ordinal).unwrap());
                let expected: Vec<u32> = one
                    .iter()
                    .copied()
                    .filter(|position| {
                        let other = i64::from(*position) + i64::from(distance);
                        u32::try_from(other).is_ok_and(|other| two.contains(&other))
                    })
                    .collect();
                let mut met = Vec::new();
                for lanes in first.lanes() {
                    let found = second.among(&lanes, distance);
                    for (number, (found, present)) in found.into_iter().zip(lanes.present).enumerate() {
                        let set = (0..8).filter(|lane| (found & present) >> (8 * lane + 7) & 1 == 1);
                        let at = |lane: u64| lanes.positions[number] >> (8 * lane) & 0xFF;
                        met.extend(set.map(|lane| at(lane) as u32));
                    }
                }
                met.sort_unstable();
                met.dedup();
                prop_assert_eq!(met, expected);
            }
        }

        #[test]
        fn damaged_positions_cause_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), papers in 0usize..600) {
            let mut read = Positions::new(&bytes, papers);
            for ordinal in 0..papers as u32 + 2 {
                read.of(ordinal);
            }
        }
    }
}
