//! The word vectors: for each word that the asset knows its direction in the space of meanings and its weight in a description and in a paper.
//! `assets/meaning/train.py` trains them; `assets/meaning/pack.py` makes the asset and documents its layout.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::index::format::dictionary::TermDictionary;
use crate::index::format::file::u32_at;

static ASSET: &[u8] = include_bytes!("../../../assets/meaning/vectors.bin");

/// Bytes of the header.
const HEADER: usize = 24;

// A file that is cut short, or another one, does not compile; a test compares the checksum.
const _: () = {
    let [b't', b's', b'd', b'k', b'm', b'e', b'a', b'n', ..] = ASSET else {
        panic!("vectors.bin holds no word vectors")
    };
    assert!(constant(8) == 1, "vectors.bin is of another version");
    let (words, dimensions) = (constant(12), constant(16));
    let columns = 4 * (words + 1) + 3 * 4 * words + 4 * dimensions;
    assert!(ASSET.len() == HEADER + columns + constant(20) + words * dimensions, "vectors.bin is not complete");
};

/// A number of the header.
const fn constant(at: usize) -> usize {
    let (_, rest) = ASSET.split_at(at);
    match rest.first_chunk() {
        Some(bytes) => u32::from_le_bytes(*bytes) as usize,
        None => 0,
    }
}

/// The number of a word in the asset.
pub(super) type WordNumber = usize;

/// Read access to the asset.
pub(super) struct WordVectors {
    words: TermDictionary<'static>,
    /// Length of each direction as stored.
    lengths: &'static [u8],
    query_weights: &'static [u8],
    paper_weights: &'static [u8],
    mean_paper: Vec<f32>,
    directions: &'static [u8],
    dimensions: usize,
    /// The near words of each word that was asked for: every key typed asks for the same words again.
    near: Mutex<FxHashMap<WordNumber, Arc<[NearWord]>>>,
}

/// Near words of each word. More find no better papers.
const NEAR_WORDS: usize = 20;
/// The least similarity of a near word.
const LEAST_SIMILARITY: f32 = 0.4;

/// The least weight in a description of a near word: a lighter one says too little to stand for another (`without` for `alone`). Without these a
/// ranking reads a third less, and of 72 remembered papers one leaves the first five, none the first twenty.
const LEAST_WEIGHT: f32 = 0.25;

/// A word near another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NearWord {
    pub(super) number: WordNumber,
    /// The cosine of the angle between the two.
    pub(super) similarity: f32,
}

static VECTORS: LazyLock<WordVectors> = LazyLock::new(|| WordVectors::read(ASSET));

/// Whether the word vectors that ship with the program know a folded word.
pub fn is_known_word(word: &str) -> bool {
    WordVectors::shipped().find(word).is_some()
}

impl WordVectors {
    /// Those that ship with the program.
    pub(super) fn shipped() -> &'static Self {
        &VECTORS
    }

    /// Reads vectors in the layout of the asset.
    pub(super) fn read(bytes: &'static [u8]) -> Self {
        let number = |at: usize| u32_at(bytes.get(8..HEADER).unwrap_or_default(), at) as usize;
        let (words, dimensions, term_bytes) = (number(1), number(2), number(3));
        let mut rest = bytes.get(HEADER..).unwrap_or_default();
        let mut take = |length: usize| {
            let (part, others) = rest.split_at_checked(length).unwrap_or_default();
            rest = others;
            part
        };
        let offsets = take(4 * (words + 1));
        let [lengths, query_weights, paper_weights] = [(); 3].map(|()| take(4 * words));
        let mean_paper =
            take(4 * dimensions).as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let words = TermDictionary::new(take(term_bytes), offsets);
        let near = Mutex::default();
        Self { words, lengths, query_weights, paper_weights, mean_paper, directions: rest, dimensions, near }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub(super) fn find(&self, word: &str) -> Option<WordNumber> {
        self.words.find(word).map(|number| number as usize)
    }

    pub(super) fn word(&self, number: WordNumber) -> &'static str {
        std::str::from_utf8(self.words.term(number as u32)).unwrap_or_default()
    }

    /// How much a word of a description counts; 0 for a function word.
    pub(super) fn query_weight(&self, number: WordNumber) -> f32 {
        f32_at(self.query_weights, number)
    }

    /// How much a word of a paper counts.
    pub(super) fn paper_weight(&self, number: WordNumber) -> f32 {
        f32_at(self.paper_weights, number)
    }

    /// The sum of the words of a usual paper, of unit length.
    pub(super) fn mean_paper(&self) -> &[f32] {
        &self.mean_paper
    }

    fn direction(&self, number: WordNumber) -> &[u8] {
        self.directions.get(number * self.dimensions..(number + 1) * self.dimensions).unwrap_or_default()
    }

    /// The cosine of the angle between two words.
    pub(super) fn similarity(&self, a: WordNumber, b: WordNumber) -> f32 {
        let lengths = f32_at(self.lengths, a) * f32_at(self.lengths, b);
        dot(self.direction(a), self.direction(b)) as f32 / lengths.max(f32::MIN_POSITIVE)
    }

    /// Adds `weight` times the unit vector of a word to a sum.
    pub(super) fn add_to(&self, sum: &mut [f32], number: WordNumber, weight: f32) {
        let weight = weight / f32_at(self.lengths, number).max(f32::MIN_POSITIVE);
        for (sum, part) in sum.iter_mut().zip(self.direction(number)) {
            *sum += weight * f32::from(*part as i8);
        }
    }

    /// The words nearest to a word, the nearest first; the word itself is left out.
    pub(super) fn near(&self, number: WordNumber) -> Arc<[NearWord]> {
        let known = || self.near.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(near) = known().get(&number) {
            return Arc::clone(near);
        }
        let says_enough = |other: &WordNumber| self.query_weight(*other) >= LEAST_WEIGHT;
        let others = (0..self.words.len()).filter(|other| *other != number).filter(says_enough);
        let near = others.map(|other| NearWord { number: other, similarity: self.similarity(number, other) });
        let mut near: Vec<NearWord> = near.filter(|word| word.similarity >= LEAST_SIMILARITY).collect();
        near.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.number.cmp(&b.number)));
        near.truncate(NEAR_WORDS);
        let near: Arc<[NearWord]> = near.into();
        known().insert(number, Arc::clone(&near));
        near
    }
}

fn f32_at(column: &[u8], at: usize) -> f32 {
    f32::from_bits(u32_at(column, at))
}

fn dot(a: &[u8], b: &[u8]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(i16::from(*a as i8) * i16::from(*b as i8))).sum()
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn the_asset_is_the_one_that_was_measured() {
        assert_eq!(xxh3_64(ASSET), 0x5e68_0bba_ead4_3172, "{:#018x}", xxh3_64(ASSET));
    }

    #[test]
    fn related_words_are_near() {
        let vectors = WordVectors::shipped();
        let number = |word: &str| vectors.find(word).unwrap();
        assert!((vectors.similarity(number("robot"), number("robot")) - 1.0).abs() < 1e-5);
        assert!(
            vectors.similarity(number("robot"), number("manipulator"))
                > vectors.similarity(number("robot"), number("music"))
        );
        let near = vectors.near(number("hurricane"));
        assert!(near.iter().any(|word| vectors.word(word.number) == "cyclone"), "{near:?}");
        assert!(near.is_sorted_by(|a, b| a.similarity >= b.similarity));
        let near = vectors.near(number("alone"));
        assert!(near.iter().all(|word| vectors.word(word.number) != "without"), "{near:?}");
        assert_eq!(vectors.query_weight(number("the")), 0.0);
        assert!(vectors.find("").is_none() && vectors.find("nosuchword").is_none());
    }
}
