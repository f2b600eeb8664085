//! Where in abstracts a term stands. The papers of a term in blocks, each a small table of its own, so that the places in any one of them
//! are reached without reading those before it. A place is the number of a word from the beginning of its abstract.
//!
//! A term's bytes: where each block but the first begins (u32, from the end of these numbers), then the blocks. A block: how many places
//! it has, how many of them need more than a byte; where a paper has several, a bitmap of those that are the first of their paper; the
//! low byte of each place; for those that need more, how far from the one before, and the rest.

use std::io::{self, Write};

use crate::index::format::file::u32_at;
use crate::index::format::varint;

/// Papers of one block.
const BLOCK: usize = 128;

/// Bytes of a term's places, being made.
#[derive(Default)]
pub(super) struct PlacesBuilder {
    begins: Vec<u8>,
    blocks: Vec<u8>,
    places: Vec<u32>,
    /// Which of `places` are the first of their paper.
    firsts: Vec<usize>,
}

impl PlacesBuilder {
    /// Adds a place; `is_first` begins the next paper.
    pub(super) fn push(&mut self, place: u32, is_first: bool) {
        if is_first {
            if self.firsts.len() == BLOCK {
                self.end_block();
                self.begins.extend_from_slice(&(self.blocks.len() as u32).to_le_bytes());
            }
            self.firsts.push(self.places.len());
        }
        self.places.push(place);
    }

    fn end_block(&mut self) {
        let large = || self.places.iter().enumerate().filter(|(_, place)| **place > 0xFF);
        varint::put(self.places.len() as u32, &mut self.blocks);
        varint::put(large().count() as u32, &mut self.blocks);
        if self.places.len() > self.firsts.len() {
            let start = self.blocks.len();
            self.blocks.resize(start + self.places.len().div_ceil(8), 0);
            for first in &self.firsts {
                if let Some(byte) = self.blocks.get_mut(start + first / 8) {
                    *byte |= 1 << (first % 8);
                }
            }
        }
        self.blocks.extend(self.places.iter().map(|place| *place as u8));
        let mut after = 0;
        for (at, place) in large() {
            varint::put((at - after) as u32, &mut self.blocks);
            varint::put(place >> 8, &mut self.blocks);
            after = at;
        }
        self.places.clear();
        self.firsts.clear();
    }

    /// Writes the bytes and says how many; afterwards it is as new.
    pub(super) fn write(&mut self, out: &mut impl Write) -> io::Result<usize> {
        if !self.places.is_empty() {
            self.end_block();
        }
        out.write_all(&self.begins)?;
        out.write_all(&self.blocks)?;
        let length = self.begins.len() + self.blocks.len();
        self.begins.clear();
        self.blocks.clear();
        Ok(length)
    }
}

/// The places of one term, with the block read last. Bytes that make no sense give wrong places, never a panic.
pub(super) struct Places<'a> {
    begins: &'a [u8],
    blocks: &'a [u8],
    /// How many papers have the term.
    papers: usize,
    block: Option<usize>,
    /// The low bytes of the block's places.
    low: &'a [u8],
    /// Where in `low` each paper begins, and the end; meaningless while each paper has one place.
    firsts: [u32; BLOCK + 1],
    has_one_each: bool,
    /// Where in `low`, and what is above the low byte.
    large: Vec<(usize, u32)>,
    /// The places of the paper asked for last.
    places: Vec<u32>,
}

impl<'a> Places<'a> {
    /// `papers`: how many have the term.
    pub(super) fn new(bytes: &'a [u8], papers: usize) -> Self {
        let length = papers.saturating_sub(1) / BLOCK * 4;
        let (begins, blocks) = bytes.split_at_checked(length).unwrap_or_default();
        Self {
            begins,
            blocks,
            papers,
            block: None,
            low: &[],
            firsts: [0; BLOCK + 1],
            has_one_each: true,
            large: Vec::new(),
            places: Vec::new(),
        }
    }

    /// The low bytes of the places in a paper, which is given by its number among those with the term, and where in the block they begin.
    fn low(&mut self, ordinal: u32) -> (&'a [u8], usize) {
        let (block, place) = (ordinal as usize / BLOCK, ordinal as usize % BLOCK);
        if self.block != Some(block) {
            self.block = Some(block);
            if self.read(block).is_none() {
                self.low = &[];
            }
        }
        let first = |place: usize| self.firsts.get(place).map_or(0, |first| *first as usize);
        let range = if self.has_one_each { place..place + 1 } else { first(place)..first(place + 1) };
        (self.low.get(range.clone()).unwrap_or_default(), range.start)
    }

    /// The places in a paper, each a byte, where all are so small: nearly always.
    pub(super) fn small(&mut self, ordinal: u32) -> Option<&'a [u8]> {
        let (low, start) = self.low(ordinal);
        let is_large = self.large.iter().any(|(at, _)| (start..start + low.len()).contains(at));
        (!is_large).then_some(low)
    }

    /// The places in a paper.
    pub(super) fn of(&mut self, ordinal: u32) -> &[u32] {
        self.places.clear();
        if (ordinal as usize) < self.papers {
            let (low, start) = self.low(ordinal);
            self.places.extend(low.iter().map(|byte| u32::from(*byte)));
            for (at, high) in &self.large {
                if let Some(place) = at.checked_sub(start).and_then(|at| self.places.get_mut(at)) {
                    *place |= high << 8;
                }
            }
        }
        &self.places
    }

    /// None: it makes no sense.
    fn read(&mut self, block: usize) -> Option<()> {
        self.large.clear();
        let begin = block.checked_sub(1).map_or(0, |place| u32_at(self.begins, place) as usize);
        let mut bytes = self.blocks.get(begin..)?;
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
        fn places_come_back(
            papers in prop::collection::vec(prop::collection::btree_set(0u32..700, 1..6), 0..400),
            far in 0u32..1 << 24,
            order in prop::collection::vec(0usize..400, 20),
        ) {
            let mut papers: Vec<Vec<u32>> = papers.into_iter().map(|places| places.into_iter().collect()).collect();
            if let Some(last) = papers.last_mut().filter(|places| places.iter().all(|place| *place < far)) {
                last.push(far);
            }
            let mut builder = PlacesBuilder::default();
            for places in &papers {
                places.iter().enumerate().for_each(|(at, place)| builder.push(*place, at == 0));
            }
            let mut bytes = Vec::new();
            let length = builder.write(&mut bytes).unwrap();
            prop_assert_eq!(length, bytes.len());
            let mut read = Places::new(&bytes, papers.len());
            for ordinal in (0..papers.len()).chain(order) {
                let expected = papers.get(ordinal).map_or(&[][..], Vec::as_slice);
                prop_assert_eq!(read.of(ordinal as u32), expected);
            }
        }

        #[test]
        fn damaged_places_are_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), papers in 0usize..600) {
            let mut read = Places::new(&bytes, papers);
            for ordinal in 0..papers as u32 + 2 {
                read.of(ordinal);
            }
        }
    }
}
