//! The dictionary while an index is built: every term of titles and authors with its postings, the initialisms, the short prefixes.
//! Papers must be added in their final order. Reading is `lexicon` and `postings`.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, Seek, Write};

use super::DocId;
use super::file::{Section, Writer};
use super::lexicon::{self, Letters};
use super::postings::{self, Growing};
use super::sets::Bits;
use super::terms::{self, each_initialism, each_term, folded, is_acronym};

/// A library up to this size has every initialism of its titles; a larger one those that stand somewhere as acronyms.
const EXHAUSTIVE: usize = 10_000;
/// In a large library an acronym counts when it stands in one of so many titles.
const ACRONYM_SHARE: usize = 50_000;
/// Shortest initialism of a large library: two letters fit nearly every title.
const SHORTEST_IN_LARGE: usize = 3;

/// Multiply and rotate over 8 bytes at a time: the dictionary is asked for every word of every paper.
#[derive(Clone, Copy, Default)]
pub(crate) struct QuickHash(u64);

impl Hasher for QuickHash {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
        for word in words.iter().chain([&last]) {
            self.write_u64(u64::from_le_bytes(*word));
        }
    }

    fn write_u8(&mut self, _end: u8) {}

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        // The product's high bits are the well mixed ones; the table takes its place from the low ones.
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        mixed ^ (mixed >> 32)
    }
}

pub(crate) type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<QuickHash>>;
type QuickSet<K> = HashSet<K, BuildHasherDefault<QuickHash>>;

/// Acronyms written in titles, counted before the vocabulary is built.
#[derive(Default)]
pub(crate) struct Acronyms {
    counts: QuickMap<String, usize>,
}

impl Acronyms {
    pub(crate) fn add_title(&mut self, title: &str) {
        // A title all in capitals says nothing about acronyms.
        if !title.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return;
        }
        for word in terms::words(title).filter(|word| is_acronym(word)) {
            let word = word.to_ascii_lowercase();
            *self.counts.entry(word).or_default() += 1;
        }
    }

    /// Those that are indexed, or None when all initialisms are.
    pub(crate) fn wanted(self, papers: usize) -> Option<Wanted> {
        if papers <= EXHAUSTIVE {
            return None;
        }
        let least = (papers / ACRONYM_SHARE).max(1);
        let short = vec![false; 1 << (5 * SHORT)];
        let mut wanted = Wanted { whole: QuickSet::default(), short, beginnings: QuickSet::default() };
        for (word, _) in
            self.counts.into_iter().filter(|(word, count)| *count >= least && word.len() >= SHORTEST_IN_LARGE)
        {
            for beginning in (1..=word.len()).filter_map(|end| word.get(..end)) {
                match wanted.short.get_mut(code(beginning)) {
                    Some(place) if beginning.len() <= SHORT => *place = true,
                    _ => {
                        wanted.beginnings.insert(beginning.to_owned());
                    }
                }
            }
            wanted.whole.insert(word);
        }
        Some(wanted)
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
    fn begins(&self, letters: &str) -> bool {
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

/// The terms of one field and their postings.
#[derive(Default)]
pub(crate) struct Terms {
    numbers: QuickMap<Box<str>, u32>,
    lists: Vec<Growing>,
}

impl Terms {
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut terms = Self::default();
        for (doc, text) in (0..).zip(texts) {
            each_term(&folded(text), |word| terms.add(word, doc));
        }
        terms
    }

    fn add(&mut self, word: &str, doc: DocId) {
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => {
                let number = self.lists.len() as u32;
                self.numbers.insert(word.into(), number);
                self.lists.push(Growing::default());
                number
            }
        };
        if let Some(list) = self.lists.get_mut(number as usize) {
            list.push(doc);
        }
    }

    fn get(&self, word: &str) -> Option<&Growing> {
        self.lists.get(*self.numbers.get(word)? as usize)
    }
}

type Initials = QuickMap<Box<str>, Growing>;

/// What titles are found by: their terms and the wanted initialisms, all of them where none are named.
pub(crate) struct OfTitles {
    terms: Terms,
    initials: Initials,
}

impl OfTitles {
    pub(crate) fn of<'a>(acronyms: Option<&Wanted>, titles: impl Iterator<Item = &'a str>) -> Self {
        let (mut terms, mut initials) = (Terms::default(), Initials::default());
        for (doc, title) in (0..).zip(titles) {
            let title = folded(title);
            each_term(&title, |word| terms.add(word, doc));
            add_initials(&mut initials, acronyms, doc, &title);
        }
        Self { terms, initials }
    }
}

fn add_initials(initials: &mut Initials, acronyms: Option<&Wanted>, doc: DocId, title: &str) {
    let words: Vec<&str> = terms::words(title).collect();
    let mut keep = |letters: &str| acronyms.is_none_or(|acronyms| acronyms.begins(letters));
    each_initialism(&words, &mut keep, &mut |letters, _, _| {
        if acronyms.is_none_or(|acronyms| acronyms.whole.contains(letters)) {
            match initials.get_mut(letters) {
                Some(list) => list.push(doc),
                None => initials.entry(letters.into()).or_default().push(doc),
            }
        }
    });
}

/// Terms and postings of all papers.
pub(crate) struct Vocabulary {
    pub(crate) titles: OfTitles,
    pub(crate) authors: Terms,
    pub(crate) papers: usize,
}

/// A term with its postings in titles and in authors.
type Merged<'a> = (&'a str, [&'a Growing; 2]);

impl Vocabulary {
    pub(crate) fn write<W: Write + Seek>(self, writer: &mut Writer<W>) -> io::Result<()> {
        let mut initials: Vec<(&str, &Growing)> =
            self.titles.initials.iter().map(|(word, list)| (&**word, list)).collect();
        initials.sort_unstable_by_key(|(word, _)| *word);
        lexicon::write(writer, Section::Initials, Section::InitialOffsets, initials.iter().map(|(word, _)| *word))?;
        postings::write(writer, postings::INITIALS, initials.iter().map(|(_, list)| *list), self.papers)?;

        let none = Growing::default();
        let of_titles = self.titles.terms.numbers.keys();
        let only_of_authors = self.authors.numbers.keys().filter(|word| !self.titles.terms.numbers.contains_key(*word));
        let mut terms: Vec<Merged<'_>> = of_titles
            .chain(only_of_authors)
            .map(|word| (&**word, [&self.titles.terms, &self.authors].map(|terms| terms.get(word).unwrap_or(&none))))
            .collect();
        terms.sort_unstable_by_key(|(word, _)| *word);
        lexicon::write(writer, Section::Terms, Section::TermOffsets, terms.iter().map(|(word, _)| *word))?;
        writer.begin(Section::TermMasks)?;
        for (word, _) in &terms {
            writer.write_all(&Letters::of(word.as_bytes()).0.to_le_bytes())?;
        }
        postings::write(writer, postings::TITLE, terms.iter().map(|(_, [title, _])| *title), self.papers)?;
        postings::write(writer, postings::AUTHOR, terms.iter().map(|(_, [_, author])| *author), self.papers)?;

        let prefixes = self.prefixes(&terms);
        lexicon::write(writer, Section::Prefixes, Section::PrefixOffsets, prefixes.iter().map(|(prefix, _)| *prefix))?;
        postings::write(writer, postings::PREFIXES, prefixes.iter().map(|(_, list)| list), self.papers)
    }

    /// Beginnings of one and two letters whose postings together are at least a third as many as there are papers.
    fn prefixes<'a>(&self, terms: &[Merged<'a>]) -> Vec<(&'a str, Growing)> {
        let mut prefixes = Vec::new();
        for letters in 1..=2 {
            for group in terms.chunk_by(|(one, _), (two, _)| beginning(one, letters) == beginning(two, letters)) {
                let lists = || group.iter().flat_map(|(_, lists)| lists);
                let total: usize = lists().map(|list| list.count() as usize).sum();
                let Some(prefix) = group.first().and_then(|(word, _)| beginning(word, letters)) else { continue };
                if total <= self.papers / 3 {
                    continue;
                }
                let mut bits = Bits::new(self.papers);
                lists().for_each(|list| list.mark(&mut bits));
                let mut union = Growing::default();
                bits.each(|doc| union.push(doc));
                prefixes.push((prefix, union));
            }
        }
        prefixes.sort_unstable_by_key(|(prefix, _)| *prefix);
        prefixes
    }
}

/// The first letters of a word, when it has so many.
fn beginning(word: &str, letters: usize) -> Option<&str> {
    let end = word.char_indices().map(|(at, c)| at + c.len_utf8()).nth(letters - 1)?;
    word.get(..end)
}
