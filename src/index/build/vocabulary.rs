//! The dictionary while an index is built: every term of titles and authors with its postings, the initialisms, the short prefixes.
//! Papers must be added in their final order. Reading is `lexicon` and `postings`.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, Seek, Write};
use std::ops::Range;

use super::acronyms::{Acronyms, Wanted};
use crate::index::DocId;
use crate::index::format::dictionary;
use crate::index::format::file::{Section, Writer};
use crate::index::format::postings::{self, Growing};
use crate::index::format::sets::Bits;
use crate::index::text::tokens::{self, each_initialism, each_term, folded};

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

/// The terms of one field and their postings.
#[derive(Default)]
pub(crate) struct Terms {
    pub(crate) numbers: QuickMap<Box<str>, u32>,
    lists: Vec<Growing>,
}

impl Terms {
    /// From papers in ascending order.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = (DocId, &'a str)>) -> Self {
        let mut terms = Self::default();
        for (doc, text) in texts {
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

    pub(crate) fn get(&self, word: &str) -> Option<&Growing> {
        self.lists.get(*self.numbers.get(word)? as usize)
    }
}

pub(crate) type Initials = QuickMap<Box<str>, Growing>;

/// The wanted initialisms of titles, all where none are named; papers in ascending order.
pub(crate) fn initials<'a>(acronyms: Option<&Wanted>, titles: impl Iterator<Item = (DocId, &'a str)>) -> Initials {
    let mut initials = Initials::default();
    for (doc, title) in titles {
        add_initials(&mut initials, acronyms, doc, &folded(title));
    }
    initials
}

fn add_initials(initials: &mut Initials, acronyms: Option<&Wanted>, doc: DocId, title: &str) {
    let words: Vec<&str> = tokens::words(title).collect();
    let mut keep = |letters: &str| acronyms.is_none_or(|acronyms| acronyms.begins(letters));
    each_initialism(&words, &mut keep, &mut |letters, _, _| {
        if acronyms.is_none_or(|acronyms| acronyms.contains(letters)) {
            match initials.get_mut(letters) {
                Some(list) => list.push(doc),
                None => initials.entry(letters.into()).or_default().push(doc),
            }
        }
    });
}

/// What titles are found by: their terms and the wanted initialisms.
pub(crate) struct OfTitles {
    terms: Terms,
    initials: Initials,
}

impl OfTitles {
    /// `Terms::of` and `initials` at once: a title is folded for both.
    pub(crate) fn of<'a>(acronyms: Option<&Wanted>, titles: impl Iterator<Item = (DocId, &'a str)>) -> Self {
        let (mut terms, mut initials) = (Terms::default(), Initials::default());
        for (doc, title) in titles {
            let title = folded(title);
            each_term(&title, |word| terms.add(word, doc));
            add_initials(&mut initials, acronyms, doc, &title);
        }
        Self { terms, initials }
    }
}

/// Terms and postings of all papers.
pub(crate) struct Vocabulary {
    pub(crate) titles: OfTitles,
    pub(crate) authors: Terms,
    pub(crate) acronyms: Acronyms,
    pub(crate) papers: usize,
}

/// A term with its postings in titles and in authors.
type Merged<'a> = (&'a str, [&'a Growing; 2]);

impl Vocabulary {
    pub(crate) fn write<W: Write + Seek>(self, writer: &mut Writer<W>) -> io::Result<()> {
        let mut initials: Vec<(&str, &Growing)> =
            self.titles.initials.iter().map(|(word, list)| (&**word, list)).collect();
        initials.sort_unstable_by_key(|(word, _)| *word);
        dictionary::write(writer, Section::Initials, Section::InitialOffsets, initials.iter().map(|(word, _)| *word))?;
        postings::write(writer, postings::INITIALS, initials.iter().map(|(_, list)| *list), self.papers)?;

        let none = Growing::default();
        let of_titles = self.titles.terms.numbers.keys();
        let only_of_authors = self.authors.numbers.keys().filter(|word| !self.titles.terms.numbers.contains_key(*word));
        let mut terms: Vec<Merged<'_>> = of_titles
            .chain(only_of_authors)
            .map(|word| (&**word, [&self.titles.terms, &self.authors].map(|terms| terms.get(word).unwrap_or(&none))))
            .collect();
        terms.sort_unstable_by_key(|(word, _)| *word);
        dictionary::write(writer, Section::Terms, Section::TermOffsets, terms.iter().map(|(word, _)| *word))?;
        dictionary::write_masks(writer, terms.iter().map(|(word, _)| *word))?;
        postings::write(writer, postings::TITLE, terms.iter().map(|(_, [title, _])| *title), self.papers)?;
        postings::write(writer, postings::AUTHOR, terms.iter().map(|(_, [_, author])| *author), self.papers)?;

        let prefixes = self.prefixes(&terms);
        dictionary::write(
            writer,
            Section::Prefixes,
            Section::PrefixOffsets,
            prefixes.iter().map(|(prefix, _)| *prefix),
        )?;
        postings::write(writer, postings::PREFIXES, prefixes.iter().map(|(_, list)| list), self.papers)?;
        self.acronyms.write(writer)
    }

    fn prefixes<'a>(&self, terms: &[Merged<'a>]) -> Vec<(&'a str, Growing)> {
        let count = |term: &Merged<'a>| (term.0, term.1.iter().map(|list| list.count() as usize).sum());
        let counted: Vec<(&str, usize)> = terms.iter().map(count).collect();
        let union = |range: Range<usize>| {
            let mut bits = Bits::new(self.papers);
            let lists = terms.get(range).unwrap_or_default().iter().flat_map(|(_, lists)| lists);
            lists.for_each(|list| list.mark(&mut bits));
            let mut union = Growing::default();
            bits.each(|doc| union.push(doc));
            union
        };
        frequent_beginnings(&counted, self.papers).into_iter().map(|(prefix, range)| (prefix, union(range))).collect()
    }
}

/// Beginnings of one and two letters whose postings together are more than a third as many as there are papers, sorted, with the places
/// of their words. `terms` are sorted words, each with the length of its postings.
pub(crate) fn frequent_beginnings<'a>(terms: &[(&'a str, usize)], papers: usize) -> Vec<(&'a str, Range<usize>)> {
    let mut frequent = Vec::new();
    for letters in 1..=2 {
        let mut end = 0;
        for group in terms.chunk_by(|(one, _), (two, _)| beginning(one, letters) == beginning(two, letters)) {
            let start = end;
            end += group.len();
            let total: usize = group.iter().map(|(_, count)| count).sum();
            let Some(prefix) = group.first().and_then(|(word, _)| beginning(word, letters)) else { continue };
            if total > papers / 3 {
                frequent.push((prefix, start..end));
            }
        }
    }
    frequent.sort_unstable_by_key(|(prefix, _)| *prefix);
    frequent
}

/// The first letters of a word, when it has so many.
fn beginning(word: &str, letters: usize) -> Option<&str> {
    let end = word.char_indices().map(|(at, c)| at + c.len_utf8()).nth(letters - 1)?;
    word.get(..end)
}
