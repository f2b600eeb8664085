//! Dictionaries: sorted terms, looked up whole or by prefix. The terms of titles and authors, the initialisms, the frequent prefixes, the
//! acronyms and the terms of a full-text segment are all dictionaries. How a query word matches a term is decided in `text::word_match`.

use std::cmp::Ordering;
use std::io::{self, Seek, Write};
use std::ops::Range;

use memchr::memmem::Finder;

use super::file::{Section, SectionFile, SectionWriter, slice_at, u32_at};

/// Reads sorted terms. A term is named by its number, which is also that of its posting list.
#[derive(Clone, Copy)]
pub(crate) struct TermDictionary<'a> {
    terms: &'a [u8],
    offsets: &'a [u8],
}

impl<'a> TermDictionary<'a> {
    pub(crate) fn open(file: &'a SectionFile, terms: Section, offsets: Section) -> Self {
        Self::new(file.section(terms), file.section(offsets))
    }

    /// `terms`: one after another, sorted; `offsets`: where each begins as u32, and the end.
    pub(crate) fn new(terms: &'a [u8], offsets: &'a [u8]) -> Self {
        Self { terms, offsets }
    }

    pub(crate) fn len(&self) -> usize {
        (self.offsets.len() / 4).saturating_sub(1)
    }

    /// The bytes of a term; UTF-8 unless the file is damaged.
    pub(crate) fn term(&self, number: u32) -> &'a [u8] {
        slice_at(self.terms, self.offsets, number as usize)
    }

    /// Length of a term in bytes.
    pub(crate) fn length(&self, number: u32) -> usize {
        self.term(number).len()
    }

    /// The numbers of the terms that contain a text, which is not empty.
    pub(crate) fn containing(&self, part: &str) -> Vec<u32> {
        let finder = Finder::new(part);
        let end = |number: usize| u32_at(self.offsets, number + 1) as usize;
        // All terms are searched as one text; what is found across the end of a term does not count.
        let (mut found, mut number, mut from) = (Vec::new(), 0, 0);
        while let Some(at) = self.terms.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + at;
            while number < self.len() && end(number) <= at {
                number += 1;
            }
            if number == self.len() {
                break;
            }
            from = at + 1;
            if at + part.len() <= end(number) {
                found.push(number as u32);
                from = from.max(end(number));
            }
        }
        found
    }

    /// The first number from `from` on whose term does not compare as `Less`.
    fn first(&self, from: u32, mut compare: impl FnMut(&[u8]) -> Ordering) -> u32 {
        let (mut low, mut high) = (from, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            if compare(self.term(middle)) == Ordering::Less {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The number of a term.
    pub(crate) fn find(&self, term: &str) -> Option<u32> {
        let number = self.first(0, |other| other.cmp(term.as_bytes()));
        (self.term(number) == term.as_bytes() && (number as usize) < self.len()).then_some(number)
    }

    /// The numbers of the terms with a prefix.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Range<u32> {
        let prefix = prefix.as_bytes();
        let start = self.first(0, |term| term.cmp(prefix));
        let end = self.first(start, |term| if term.starts_with(prefix) { Ordering::Less } else { Ordering::Equal });
        start..end
    }
}

/// Writes sorted terms as a dictionary.
pub(crate) fn write<'a, W: Write + Seek>(
    writer: &mut SectionWriter<W>,
    section: Section,
    offsets: Section,
    terms: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    let (mut ends, mut end) = (vec![0], 0);
    writer.begin(section)?;
    for term in terms {
        writer.write_all(term.as_bytes())?;
        end += term.len();
        ends.push(u32::try_from(end).map_err(|_| io::Error::other("the dictionary exceeds 4 GB"))?);
    }
    writer.column(offsets, ends)
}

/// Writes the letter masks of sorted terms.
pub(crate) fn write_letter_masks<'a, W: Write + Seek>(
    writer: &mut SectionWriter<W>,
    mut terms: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    writer.begin(Section::TermMasks)?;
    terms.try_for_each(|term| writer.write_all(&LetterMask::of(term.as_bytes()).0.to_le_bytes()))
}

/// Which letters a term has: a bit for each of a to z, one for digits, one for anything else, and a bit for each of these that occurs
/// twice. A term that contains the letters of another, in any order, has all its bits, so one comparison excludes most terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LetterMask(pub(crate) u64);

const DIGIT: u64 = 1 << 26;
const OTHER: u64 = 1 << 27;
/// Distance from a letter's bit to the bit for its second occurrence.
const TWICE: u32 = 28;

impl LetterMask {
    pub(crate) fn of(word: &[u8]) -> Self {
        let mut mask = 0;
        for byte in word {
            let bit = match byte {
                b'a'..=b'z' => 1 << (byte - b'a'),
                b'0'..=b'9' => DIGIT,
                _ => OTHER,
            };
            mask |= bit | (mask & bit) << TWICE;
        }
        Self(mask)
    }

    /// Whether the other has every letter of this one, counted up to twice.
    pub(crate) fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether at most one distinct letter of this one is missing in the other: true for all pairs of terms one typo apart.
    pub(crate) fn is_nearly_within(self, other: Self) -> bool {
        let missing = self.0 & !other.0 & ((1 << TWICE) - 1);
        missing & missing.wrapping_sub(1) == 0
    }
}

/// The letter mask of a term of the dictionary.
pub(crate) fn letter_mask(file: &SectionFile, number: u32) -> LetterMask {
    let masks = file.section(Section::TermMasks).as_chunks::<8>().0;
    LetterMask(masks.get(number as usize).map_or(0, |mask| u64::from_le_bytes(*mask)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::format::file::IndexFileKind;

    #[test]
    fn letter_masks_exclude_only_what_cannot_match() {
        let letters = |word: &str| LetterMask::of(word.as_bytes());
        assert!(letters("attn").is_within(letters("attention")));
        assert!(!letters("attnn").is_within(letters("atten")));
        assert!(letters("transfomer").is_nearly_within(letters("transformer")));
        assert!(letters("difvusion").is_nearly_within(letters("diffusion")));
        assert!(!letters("lora").is_nearly_within(letters("rag")));
        assert!(!letters("gpt4").is_within(letters("gpt")));
    }

    #[test]
    fn terms_are_found_whole_and_by_prefix() {
        let sorted = ["a", "attend", "attention", "attn", "b", "é"];
        let mut writer = SectionWriter::new(io::Cursor::new(Vec::new()), IndexFileKind::Index).unwrap();
        write(&mut writer, Section::Terms, Section::TermOffsets, sorted.into_iter()).unwrap();
        let file = SectionFile::from_bytes(writer.finish(0, 0).unwrap().into_inner(), IndexFileKind::Index).unwrap();
        let dictionary = TermDictionary::open(&file, Section::Terms, Section::TermOffsets);
        assert_eq!(dictionary.find("attn"), Some(3));
        assert_eq!(dictionary.find("att"), None);
        assert_eq!(dictionary.find("zz"), None);
        assert_eq!(dictionary.with_prefix("atte"), 1..3);
        assert_eq!(dictionary.with_prefix("é"), 5..6);
        assert_eq!(dictionary.with_prefix("c"), 5..5);
        assert_eq!(dictionary.containing("tt"), [1, 2, 3]);
        assert_eq!(dictionary.containing("at"), [1, 2, 3]);
        assert_eq!(dictionary.containing("nb"), [0; 0], "across two terms");
        assert_eq!(dictionary.containing("é"), [5]);
    }
}
