//! Lexicons: sorted words in the index, looked up by the whole word or by how they begin. The dictionary of titles and authors, the
//! initialisms and the short prefixes are all lexicons. What a query word means by them is decided in `words`.

use std::cmp::Ordering;
use std::io::{self, Seek, Write};
use std::ops::Range;

use super::file::{File, Section, Writer, slice_at, u64s};

/// Sorted words, opened. Numbers of words are `u32`, as the lists that belong to them.
#[derive(Clone, Copy)]
pub(crate) struct Lexicon<'a> {
    words: &'a [u8],
    offsets: &'a [u8],
}

impl<'a> Lexicon<'a> {
    pub(crate) fn open(file: &'a File, words: Section, offsets: Section) -> Self {
        Self { words: file.section(words), offsets: file.section(offsets) }
    }

    pub(crate) fn len(&self) -> usize {
        (self.offsets.len() / 4).saturating_sub(1)
    }

    /// The bytes of a word; words are UTF-8 unless the file is damaged.
    pub(crate) fn word(&self, number: u32) -> &'a [u8] {
        slice_at(self.words, self.offsets, number as usize)
    }

    /// Length of a word in bytes.
    pub(crate) fn length(&self, number: u32) -> usize {
        self.word(number).len()
    }

    /// First number whose word is not `Less`, for words in order of `compare`.
    fn first(&self, from: u32, mut compare: impl FnMut(&[u8]) -> Ordering) -> u32 {
        let (mut low, mut high) = (from, self.len() as u32);
        while low < high {
            let middle = low + (high - low) / 2;
            if compare(self.word(middle)) == Ordering::Less {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        let number = self.first(0, |other| other.cmp(word.as_bytes()));
        (self.word(number) == word.as_bytes() && (number as usize) < self.len()).then_some(number)
    }

    /// The words that begin so.
    pub(crate) fn beginning(&self, prefix: &str) -> Range<u32> {
        let prefix = prefix.as_bytes();
        let start = self.first(0, |word| word.cmp(prefix));
        let end = self.first(start, |word| if word.starts_with(prefix) { Ordering::Less } else { Ordering::Equal });
        start..end
    }
}

/// Writes sorted words as a lexicon.
pub(crate) fn write<'a, W: Write + Seek>(
    writer: &mut Writer<W>,
    section: Section,
    offsets: Section,
    words: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    let (mut ends, mut end) = (vec![0], 0);
    writer.begin(section)?;
    for word in words {
        writer.write_all(word.as_bytes())?;
        end += word.len();
        ends.push(u32::try_from(end).map_err(|_| io::Error::other("the dictionary exceeds 4 GB"))?);
    }
    writer.column(offsets, ends)
}

/// Writes the letter masks of sorted words.
pub(crate) fn write_masks<'a, W: Write + Seek>(
    writer: &mut Writer<W>,
    words: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    writer.begin(Section::TermMasks)?;
    words.into_iter().try_for_each(|word| writer.write_all(&Letters::of(word.as_bytes()).0.to_le_bytes()))
}

/// Which letters a word has, so that most words are ruled out by one comparison: a bit for each of a to z, one for digits, one for all
/// else, and a bit for each letter that comes twice. A word that contains the letters of another, in whatever order, has all its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letters(pub(crate) u64);

const DIGIT: u64 = 1 << 26;
const OTHER: u64 = 1 << 27;
/// Distance from a letter's bit to the bit that says it comes twice.
const TWICE: u32 = 28;

impl Letters {
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

    /// Whether the other has every letter of this one, as often up to twice.
    pub(crate) fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether at most one kind of letter of this one is missing in the other: true for every pair of words one typo apart.
    pub(crate) fn nearly_within(self, other: Self) -> bool {
        let missing = self.0 & !other.0 & ((1 << TWICE) - 1);
        missing & missing.wrapping_sub(1) == 0
    }
}

/// The letter masks of the dictionary, one a word.
pub(crate) fn masks(file: &File) -> impl Iterator<Item = Letters> {
    u64s(file.section(Section::TermMasks)).map(Letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_masks_rule_out_only_what_cannot_match() {
        let letters = |word: &str| Letters::of(word.as_bytes());
        assert!(letters("attn").within(letters("attention")));
        assert!(!letters("attnn").within(letters("atten")));
        assert!(letters("transfomer").nearly_within(letters("transformer")));
        assert!(letters("difvusion").nearly_within(letters("diffusion")));
        assert!(!letters("lora").nearly_within(letters("rag")));
        assert!(!letters("gpt4").within(letters("gpt")));
    }

    #[test]
    fn words_are_found_whole_and_by_beginning() {
        let sorted = ["a", "attend", "attention", "attn", "b", "é"];
        let mut writer = Writer::new(io::Cursor::new(Vec::new())).unwrap();
        write(&mut writer, Section::Terms, Section::TermOffsets, sorted.into_iter()).unwrap();
        let file = File::from_bytes(writer.finish(0, 0).unwrap().into_inner()).unwrap();
        let lexicon = Lexicon::open(&file, Section::Terms, Section::TermOffsets);
        assert_eq!(lexicon.find("attn"), Some(3));
        assert_eq!(lexicon.find("att"), None);
        assert_eq!(lexicon.find("zz"), None);
        assert_eq!(lexicon.beginning("atte"), 1..3);
        assert_eq!(lexicon.beginning("é"), 5..6);
        assert_eq!(lexicon.beginning("c"), 5..5);
    }
}
