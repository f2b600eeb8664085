//! A run: the words of some abstracts turned around in memory, so many as fit, then kept in a nameless file until all runs are merged.
//! Several threads fill runs of their own. It knows no papers.db and no finished piece.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::domain::fold;
use crate::index::build::vocabulary::QuickMap;
use crate::index::format::file::{self, Bytes};
use crate::index::format::postings::Growing;
use crate::index::format::varint;

/// Words of a run. They take some 20 bytes each while it is turned around, on each of up to four threads.
const FULL: usize = 3 << 20;

/// Consecutive abstracts, to be turned around: for each of their words its term, one after the other. Sorting them at the end is twice as
/// quick as a list a term from the beginning, which would be written to all over the memory.
#[derive(Default)]
pub struct Run {
    rows: Vec<i64>,
    terms: TermNumbers,
    words: Vec<u32>,
    /// Where in `words` each abstract ends.
    ends: Vec<usize>,
    /// The words of one abstract, ready to be looked up.
    keys: Vec<Key>,
}

impl Run {
    /// Adds the abstract of a paper, rendered; empty where it has none.
    pub fn push(&mut self, row: i64, text: &str) {
        // Looked up all at once, so that the processor can wait for many places of the memory at the same time.
        self.keys.clear();
        fold::each_word(text, |word| self.keys.push(self.terms.key(word)));
        self.words.extend(self.keys.iter().map(|key| self.terms.number(*key)));
        self.rows.push(row);
        self.ends.push(self.words.len());
    }

    /// Time to keep it and begin another one.
    pub fn is_full(&self) -> bool {
        self.words.len() >= FULL
    }

    /// Puts it away: into a nameless file of a folder, or in memory.
    pub(super) fn keep(self, folder: Option<&Path>) -> io::Result<Kept> {
        let Some(folder) = folder else {
            let mut bytes = Vec::new();
            let ends = self.write(&mut bytes)?;
            return Ok(Kept { docs: self.rows.len(), bytes: Bytes::Owned(bytes), ends });
        };
        let mut out = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(folder)?);
        let ends = self.write(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Kept { docs: self.rows.len(), bytes: file::map(&file)?, ends })
    }

    /// The paper and the place of every word, as one number, by term; and where each term's begin.
    fn by_term(&self) -> (Vec<u64>, Vec<usize>) {
        let mut begins = vec![0; self.terms.count as usize + 1];
        for term in &self.words {
            if let Some(begin) = begins.get_mut(*term as usize + 1) {
                *begin += 1;
            }
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let mut next = begins.clone();
        let mut sorted = vec![0; self.words.len()];
        let mut from = 0;
        for (doc, to) in (0_u64..).zip(&self.ends) {
            for (place, term) in (0_u64..).zip(self.words.get(from..*to).unwrap_or_default()) {
                if let Some(at) = next.get_mut(*term as usize) {
                    if let Some(slot) = sorted.get_mut(*at) {
                        *slot = doc << 32 | place;
                    }
                    *at += 1;
                }
            }
            from = *to;
        }
        (sorted, begins)
    }

    /// Dictionary, postings, places, rows, lengths; returns where each ends.
    fn write(&self, out: &mut impl Write) -> io::Result<[usize; 5]> {
        let (sorted, begins) = self.by_term();
        let (mut dictionary, mut postings, mut places) = (Vec::new(), Vec::new(), Vec::new());
        self.terms.each(|word, number| {
            let range = begins.get(number as usize).zip(begins.get(number as usize + 1));
            let words = range.and_then(|(from, to)| sorted.get(*from..*to)).unwrap_or_default();
            let (before, mut list) = (places.len(), Growing::default());
            let mut last = 0;
            for word in words {
                let (doc, place) = ((word >> 32) as u32, *word as u32);
                let is_first = !list.ends_with(doc);
                list.push(doc);
                let step = if is_first { place } else { place - last };
                varint::put(step << 1 | u32::from(is_first), &mut places);
                last = place;
            }
            let (gaps, end, count) = list.parts();
            let lengths = [word.len(), gaps.len(), end as usize, count as usize, places.len() - before];
            lengths.into_iter().for_each(|number| varint::put(number as u32, &mut dictionary));
            dictionary.extend_from_slice(word);
            postings.extend_from_slice(gaps);
        });
        let begins = std::iter::once(&0).chain(&self.ends);
        let lengths = self.ends.iter().zip(begins).map(|(end, begin)| u16::try_from(end - begin).unwrap_or(u16::MAX));
        let rows: Vec<u8> = self.rows.iter().flat_map(|row| row.to_le_bytes()).collect();
        let lengths: Vec<u8> = lengths.flat_map(u16::to_le_bytes).collect();
        let mut end = 0;
        let mut ends = [0; 5];
        for (part, at) in [dictionary, postings, places, rows, lengths].iter().zip(&mut ends) {
            out.write_all(part)?;
            end += part.len();
            *at = end;
        }
        Ok(ends)
    }
}

/// The terms of a run and their numbers, in the order they came.
#[derive(Default)]
struct TermNumbers {
    /// Terms of up to 15 bytes, nearly all, as one number: their bytes, then how many. The numbers are in the order of the words.
    short: QuickMap<Key, u32>,
    long: QuickMap<Box<str>, u32>,
    count: u32,
}

const SHORT: usize = 15;

/// A word ready to be looked up: a short one packed; of a long one the number it has, and a length that no short one has.
type Key = u128;

const LONG: u8 = u8::MAX;

impl TermNumbers {
    fn key(&mut self, word: &str) -> Key {
        if word.len() <= SHORT {
            let mut bytes = [0; 16];
            bytes.iter_mut().zip(word.bytes()).for_each(|(place, byte)| *place = byte);
            return Key::from_be_bytes(bytes) | word.len() as Key;
        }
        let number = match self.long.get(word) {
            Some(number) => *number,
            None => {
                self.long.insert(word.into(), self.count);
                self.count += 1;
                self.count - 1
            }
        };
        Key::from(number) << 8 | Key::from(LONG)
    }

    fn number(&mut self, key: Key) -> u32 {
        if key as u8 == LONG {
            return (key >> 8) as u32;
        }
        let number = *self.short.entry(key).or_insert(self.count);
        self.count += u32::from(number == self.count);
        number
    }

    /// Visits the terms in the order of their words.
    fn each(&self, mut visit: impl FnMut(&[u8], u32)) {
        let mut short: Vec<(Key, u32)> = self.short.iter().map(|(word, number)| (*word, *number)).collect();
        short.sort_unstable();
        let mut long: Vec<(&str, u32)> = self.long.iter().map(|(word, number)| (&**word, *number)).collect();
        long.sort_unstable();
        let mut long = long.into_iter().peekable();
        for (word, number) in short {
            let bytes = word.to_be_bytes();
            let word = bytes.get(..usize::from(word as u8)).unwrap_or_default();
            while let Some((word, number)) = long.next_if(|(other, _)| other.as_bytes() < word) {
                visit(word.as_bytes(), number);
            }
            visit(word, number);
        }
        long.for_each(|(word, number)| visit(word.as_bytes(), number));
    }
}

/// A run put away.
pub(super) struct Kept {
    pub(super) docs: usize,
    bytes: Bytes,
    ends: [usize; 5],
}

impl Kept {
    fn part(&self, place: usize) -> &[u8] {
        let end = |place: usize| self.ends.get(place).copied().unwrap_or(0);
        let start = place.checked_sub(1).map_or(0, end);
        self.bytes.all().get(start..end(place)).unwrap_or_default()
    }

    /// One i64 a paper.
    pub(super) fn rows(&self) -> &[u8] {
        self.part(3)
    }

    /// One u16 a paper.
    pub(super) fn lengths(&self) -> &[u8] {
        self.part(4)
    }

    /// The terms in their order.
    pub(super) fn terms(&self) -> Terms<'_> {
        Terms { dictionary: self.part(0), postings: self.part(1), places: self.part(2) }
    }
}

/// What a run says of a term.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) word: &'a [u8],
    /// Gaps, one past the last paper, how many papers.
    pub(super) postings: (&'a [u8], u32, u32),
    pub(super) places: &'a [u8],
}

impl Entry<'_> {
    /// Visits the places: whether it is the first of the next paper, and the place.
    pub(super) fn each_place(&self, mut visit: impl FnMut(bool, u32)) {
        let (mut places, mut last) = (self.places, 0u32);
        while let Some(number) = varint::take(&mut places) {
            let is_first = number & 1 == 1;
            last = if is_first { number >> 1 } else { last.wrapping_add(number >> 1) };
            visit(is_first, last);
        }
    }
}

pub(super) struct Terms<'a> {
    dictionary: &'a [u8],
    postings: &'a [u8],
    places: &'a [u8],
}

impl<'a> Iterator for Terms<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let mut numbers = [0; 5];
        for number in &mut numbers {
            *number = varint::take(&mut self.dictionary)?;
        }
        let [word, gaps, end, count, places] = numbers;
        let (word, dictionary) = self.dictionary.split_at_checked(word as usize)?;
        let (gaps, postings) = self.postings.split_at_checked(gaps as usize)?;
        let (of_term, places) = self.places.split_at_checked(places as usize)?;
        *self = Self { dictionary, postings, places };
        Some(Entry { word, postings: (gaps, end, count), places: of_term })
    }
}
