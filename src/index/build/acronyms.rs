//! Counts of the acronyms written in titles: they decide which initialisms a large index holds, because the initialisms of all titles outnumber
//! their words. The counts are stored in the index, so that it can be extended without reading all titles again.

use std::io::{self, Seek, Write};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::index::format::dictionary::{self, TermDictionary};
use crate::index::format::file::{Section, SectionFile, SectionWriter, u32_at};
use crate::index::text::tokens::{self, is_acronym};

/// Up to this many papers an index holds every initialism of its titles; a larger one those that some titles write as acronyms.
pub(crate) const MOST_FOR_ALL_INITIALISMS: usize = 10_000;
/// In a large index an acronym counts when at least one in so many titles has it.
const TITLES_PER_ACRONYM: usize = 50_000;
/// Shortest initialism in a large index: two letters match nearly every title.
const MIN_LETTERS: usize = 3;

/// How often each acronym is written in titles, in lower case.
#[derive(Default)]
pub(crate) struct AcronymCounts {
    counts: FxHashMap<String, u32>,
}

impl AcronymCounts {
    pub(crate) fn add_title(&mut self, title: &str) {
        each_acronym(title, |word| *self.counts.entry(word).or_default() += 1);
    }

    /// Subtracts the acronyms of a title.
    pub(crate) fn remove_title(&mut self, title: &str) {
        each_acronym(title, |word| {
            if let Some(count) = self.counts.get_mut(&word) {
                *count = count.saturating_sub(1);
            }
        });
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (word, count) in &other.counts {
            let known = self.counts.entry(word.clone()).or_default();
            *known = known.saturating_add(*count);
        }
    }

    /// Reads the counts of an index.
    pub(crate) fn open(file: &SectionFile) -> Self {
        let (words, counts) = (Self::dictionary(file), file.section(Section::AcronymCounts));
        let known = (0..words.len()).filter_map(|number| {
            let word = std::str::from_utf8(words.term(number as u32)).ok()?;
            Some((word.to_owned(), u32_at(counts, number)))
        });
        Self { counts: known.collect() }
    }

    fn dictionary(file: &SectionFile) -> TermDictionary<'_> {
        TermDictionary::open(file, Section::Acronyms, Section::AcronymOffsets)
    }

    pub(crate) fn write<W: Write + Seek>(&self, writer: &mut SectionWriter<W>) -> io::Result<()> {
        let counted = self.counts.iter().filter(|(_, count)| **count > 0);
        let mut counted: Vec<(&str, u32)> = counted.map(|(word, count)| (word.as_str(), *count)).collect();
        counted.sort_unstable();
        dictionary::write(writer, Section::Acronyms, Section::AcronymOffsets, counted.iter().map(|(word, _)| *word))?;
        writer.column(Section::AcronymCounts, counted.iter().map(|(_, count)| *count))
    }

    /// The initialisms that an index of so many papers holds; None when it holds all.
    pub(crate) fn indexed(&self, papers: usize) -> Option<IndexedInitialisms> {
        if papers <= MOST_FOR_ALL_INITIALISMS {
            return None;
        }
        let indexed = self.counts.iter().filter(|(word, count)| is_indexed(word, **count, papers));
        Some(IndexedInitialisms::of(indexed.map(|(word, _)| word.as_str())))
    }
}

fn is_indexed(word: &str, count: u32, papers: usize) -> bool {
    count as usize >= (papers / TITLES_PER_ACRONYM).max(1) && word.len() >= MIN_LETTERS
}

/// Whether the index in this file holds an initialism.
pub(crate) fn holds_initialism(file: &SectionFile, word: &str) -> bool {
    let number = || AcronymCounts::dictionary(file).find(word);
    let count = |number: u32| u32_at(file.section(Section::AcronymCounts), number as usize);
    file.papers <= MOST_FOR_ALL_INITIALISMS
        || number().is_some_and(|number| is_indexed(word, count(number), file.papers))
}

fn each_acronym(title: &str, mut visit: impl FnMut(String)) {
    // In a title all in capitals every short word looks like an acronym.
    if title.bytes().any(|byte| byte.is_ascii_lowercase()) {
        tokens::words(title).filter(|word| is_acronym(word)).for_each(|word| visit(word.to_ascii_lowercase()));
    }
}

/// The initialisms that an index holds, and their prefixes.
pub(crate) struct IndexedInitialisms {
    whole: FxHashSet<String>,
    /// By `letter_code`: which prefixes of up to `SHORT_PREFIX` letters there are; they exclude nearly everything.
    short_prefixes: Vec<bool>,
    long_prefixes: FxHashSet<String>,
}

/// Letters of the longest prefix that is looked up in the table.
const SHORT_PREFIX: usize = 3;

impl IndexedInitialisms {
    pub(crate) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let short_prefixes = vec![false; 1 << (5 * SHORT_PREFIX)];
        let mut indexed = Self { whole: FxHashSet::default(), short_prefixes, long_prefixes: FxHashSet::default() };
        for word in words {
            for prefix in (1..=word.len()).filter_map(|end| word.get(..end)) {
                match indexed.short_prefixes.get_mut(letter_code(prefix)) {
                    Some(is_prefix) if prefix.len() <= SHORT_PREFIX => *is_prefix = true,
                    _ => {
                        indexed.long_prefixes.insert(prefix.to_owned());
                    }
                }
            }
            indexed.whole.insert(word.to_owned());
        }
        indexed
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.whole.iter().map(String::as_str)
    }

    pub(crate) fn contains(&self, letters: &str) -> bool {
        self.whole.contains(letters)
    }

    /// Whether any of them has this prefix.
    pub(crate) fn has_prefix(&self, letters: &str) -> bool {
        if letters.len() <= SHORT_PREFIX {
            self.short_prefixes.get(letter_code(letters)).copied().unwrap_or(false)
        } else {
            self.long_prefixes.contains(letters)
        }
    }
}

/// Lower-case letters as a number, five bits each.
fn letter_code(letters: &str) -> usize {
    letters.bytes().take(SHORT_PREFIX).fold(0, |code, letter| code << 5 | usize::from(letter & 31))
}
