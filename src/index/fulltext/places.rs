//! Where in abstracts a term stands. The papers of a term in blocks, each a small table of its own, so that the places in any one of them
//! are reached without reading those before it. A place is the number of a word from the beginning of its abstract.
//!
//! A term's bytes: where each block but the first begins (u32, from the end of these numbers), then the blocks. A block: how many places
//! it has, how many of them need more than a byte; where a paper has several, a bitmap of those that are the first of their paper; the
//! low byte of each place; for those that need more, how far from the one before, and the rest.

use std::io::{self, Write};

use crate::index::file::u32_at;
use crate::index::varint;

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
    papers: usize,
    block: Option<usize>,
    places: Vec<u32>,
    /// Where in `places` each paper begins, and the end.
    firsts: Vec<u32>,
}

impl<'a> Places<'a> {
    /// `papers`: how many have the term.
    pub(super) fn new(bytes: &'a [u8], papers: usize) -> Self {
        let length = papers.saturating_sub(1) / BLOCK * 4;
        let (begins, blocks) = bytes.split_at_checked(length).unwrap_or_default();
        Self { begins, blocks, papers, block: None, places: Vec::new(), firsts: Vec::new() }
    }

    /// The places in a paper, which is given by its number among those with the term.
    pub(super) fn of(&mut self, ordinal: u32) -> &[u32] {
        let (block, place) = (ordinal as usize / BLOCK, ordinal as usize % BLOCK);
        if ordinal as usize >= self.papers {
            return &[];
        }
        if self.block != Some(block) {
            self.read(block);
            self.block = Some(block);
        }
        let range = self.firsts.get(place).zip(self.firsts.get(place + 1));
        range.and_then(|(from, to)| self.places.get(*from as usize..*to as usize)).unwrap_or_default()
    }

    fn read(&mut self, block: usize) {
        self.places.clear();
        self.firsts.clear();
        let begin = match block {
            0 => 0,
            later => u32_at(self.begins, later - 1) as usize,
        };
        let mut bytes = self.blocks.get(begin..).unwrap_or_default();
        let (Some(count), Some(large)) = (varint::take(&mut bytes), varint::take(&mut bytes)) else { return };
        let papers = self.papers.saturating_sub(block * BLOCK).min(BLOCK);
        if count as usize > papers {
            let Some((bits, rest)) = bytes.split_at_checked((count as usize).div_ceil(8)) else { return };
            bytes = rest;
            for (start, byte) in (0..).step_by(8).zip(bits) {
                let mut rest = *byte;
                while rest != 0 {
                    self.firsts.push(start + rest.trailing_zeros());
                    rest &= rest - 1;
                }
            }
        } else {
            self.firsts.extend(0..count);
        }
        self.firsts.push(count);
        let Some((low, mut rest)) = bytes.split_at_checked(count as usize) else { return self.firsts.clear() };
        self.places.extend(low.iter().map(|byte| u32::from(*byte)));
        let mut at = 0;
        for _ in 0..large {
            let (Some(after), Some(high)) = (varint::take(&mut rest), varint::take(&mut rest)) else { return };
            at += after as usize;
            if let Some(place) = self.places.get_mut(at) {
                *place |= high << 8;
            }
        }
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
