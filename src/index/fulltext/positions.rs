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
    /// The positions in the paper read last.
    positions: Vec<u32>,
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
            positions: Vec::new(),
        }
    }

    /// The low bytes of the positions in a paper, given by its ordinal among the papers with the term, and where in the block they begin.
    fn low(&mut self, ordinal: u32) -> (&'a [u8], usize) {
        let (block, paper) = (ordinal as usize / BLOCK, ordinal as usize % BLOCK);
        if self.block != Some(block) {
            self.block = Some(block);
            if self.read(block).is_none() {
                self.low = &[];
            }
        }
        let first = |paper: usize| self.firsts.get(paper).map_or(0, |first| *first as usize);
        let range = if self.has_one_each { paper..paper + 1 } else { first(paper)..first(paper + 1) };
        (self.low.get(range.clone()).unwrap_or_default(), range.start)
    }

    /// The positions in a paper as bytes; None when one of them does not fit a byte, which is rare.
    pub(super) fn bytes(&mut self, ordinal: u32) -> Option<&'a [u8]> {
        let (low, start) = self.low(ordinal);
        let is_large = self.large.iter().any(|(at, _)| (start..start + low.len()).contains(at));
        (!is_large).then_some(low)
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
            for (at, high) in &self.large {
                if let Some(position) = at.checked_sub(start).and_then(|at| self.positions.get_mut(at)) {
                    *position |= high << 8;
                }
            }
        }
        &self.positions
    }

    /// Reads a block; None when its bytes are invalid.
    fn read(&mut self, block: usize) -> Option<()> {
        self.large.clear();
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
        let mut at = 0_usize;
        for _ in 0..large {
            at += varint::take(&mut bytes)? as usize;
            self.large.push((at, varint::take(&mut bytes)?));
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
