//! Acronyms that stand in titles, counted: they decide which initialisms a large index has. Every initialism of every title would be more
//! than all its words. The counts are kept in the index, so that it can be extended without reading all titles again.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::io::{self, Seek, Write};

use super::vocabulary::{QuickHash, QuickMap};
use crate::index::format::dictionary::{self, Lexicon};
use crate::index::format::file::{File, Section, Writer, u32_at};
use crate::index::text::tokens::{self, is_acronym};

/// A library up to this size has every initialism of its titles; a larger one those that stand somewhere as acronyms.
pub(crate) const EXHAUSTIVE: usize = 10_000;
/// In a large library an acronym counts when it stands in one of so many titles.
const ACRONYM_SHARE: usize = 50_000;
/// Shortest initialism of a large library: two letters fit nearly every title.
const SHORTEST_IN_LARGE: usize = 3;

type QuickSet<K> = HashSet<K, BuildHasherDefault<QuickHash>>;

/// Acronyms written in titles, counted before the vocabulary is built.
#[derive(Default)]
pub(crate) struct Acronyms {
    counts: QuickMap<String, u32>,
}

impl Acronyms {
    pub(crate) fn add_title(&mut self, title: &str) {
        each_acronym(title, |word| *self.counts.entry(word).or_default() += 1);
    }

    /// Takes back what a title counted for.
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

    /// As an index has them.
    pub(crate) fn open(file: &File) -> Self {
        let (words, counts) = (Self::lexicon(file), file.section(Section::AcronymCounts));
        let known = (0..words.len()).filter_map(|number| {
            let word = std::str::from_utf8(words.word(number as u32)).ok()?;
            Some((word.to_owned(), u32_at(counts, number)))
        });
        Self { counts: known.collect() }
    }

    fn lexicon(file: &File) -> Lexicon<'_> {
        Lexicon::open(file, Section::Acronyms, Section::AcronymOffsets)
    }

    pub(crate) fn write<W: Write + Seek>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let counted = self.counts.iter().filter(|(_, count)| **count > 0);
        let mut counted: Vec<(&str, u32)> = counted.map(|(word, count)| (word.as_str(), *count)).collect();
        counted.sort_unstable();
        dictionary::write(writer, Section::Acronyms, Section::AcronymOffsets, counted.iter().map(|(word, _)| *word))?;
        writer.column(Section::AcronymCounts, counted.iter().map(|(_, count)| *count))
    }

    /// Those that are indexed, or None when all initialisms are.
    pub(crate) fn wanted(&self, papers: usize) -> Option<Wanted> {
        if papers <= EXHAUSTIVE {
            return None;
        }
        let wanted = self.counts.iter().filter(|(word, count)| is_wanted(word, **count, papers));
        Some(Wanted::of(wanted.map(|(word, _)| word.as_str())))
    }
}

fn is_wanted(word: &str, count: u32, papers: usize) -> bool {
    count as usize >= (papers / ACRONYM_SHARE).max(1) && word.len() >= SHORTEST_IN_LARGE
}

/// Whether an index of so many papers that has this file lists the papers with these initials.
pub(crate) fn was_wanted(file: &File, word: &str) -> bool {
    let number = || Acronyms::lexicon(file).find(word);
    let count = |number: u32| u32_at(file.section(Section::AcronymCounts), number as usize);
    file.papers <= EXHAUSTIVE || number().is_some_and(|number| is_wanted(word, count(number), file.papers))
}

fn each_acronym(title: &str, mut visit: impl FnMut(String)) {
    // A title all in capitals says nothing about acronyms.
    if title.bytes().any(|byte| byte.is_ascii_lowercase()) {
        tokens::words(title).filter(|word| is_acronym(word)).for_each(|word| visit(word.to_ascii_lowercase()));
    }
}

/// The acronyms that are indexed as initialisms, and how they begin.
pub(crate) struct Wanted {
    whole: QuickSet<String>,
    /// By `code`: beginnings of up to `SHORT` letters, which rule out nearly everything.
    short: Vec<bool>,
    beginnings: QuickSet<String>,
}

/// Letters whose beginnings are looked up in a table.
const SHORT: usize = 3;

impl Wanted {
    pub(crate) fn of<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let short = vec![false; 1 << (5 * SHORT)];
        let mut wanted = Self { whole: QuickSet::default(), short, beginnings: QuickSet::default() };
        for word in words {
            for beginning in (1..=word.len()).filter_map(|end| word.get(..end)) {
                match wanted.short.get_mut(code(beginning)) {
                    Some(place) if beginning.len() <= SHORT => *place = true,
                    _ => {
                        wanted.beginnings.insert(beginning.to_owned());
                    }
                }
            }
            wanted.whole.insert(word.to_owned());
        }
        wanted
    }

    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.whole.iter().map(String::as_str)
    }

    pub(crate) fn contains(&self, letters: &str) -> bool {
        self.whole.contains(letters)
    }

    pub(crate) fn begins(&self, letters: &str) -> bool {
        if letters.len() <= SHORT {
            self.short.get(code(letters)).copied().unwrap_or(false)
        } else {
            self.beginnings.contains(letters)
        }
    }
}

/// Small letters as a number, five bits each.
fn code(letters: &str) -> usize {
    letters.bytes().take(SHORT).fold(0, |code, letter| code << 5 | usize::from(letter & 31))
}
