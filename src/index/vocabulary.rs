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
        self.0 ^ (self.0 >> 29)
    }
}

pub(crate) type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<QuickHash>>;

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

    /// The beginnings of those that are indexed, or None when all initialisms are.
    fn wanted(self, papers: usize) -> Option<HashSet<String>> {
        if papers <= EXHAUSTIVE {
            return None;
        }
        let least = (papers / ACRONYM_SHARE).max(1);
        let words = self.counts.into_iter().filter(|(word, count)| *count >= least && word.len() >= SHORTEST_IN_LARGE);
        Some(words.map(|(word, _)| word).collect())
    }
}

#[derive(Default)]
struct Term {
    title: Growing,
    author: Growing,
}

/// Terms and postings, growing.
pub(crate) struct Vocabulary {
    numbers: QuickMap<Box<str>, u32>,
    terms: Vec<Term>,
    initials: QuickMap<Box<str>, Growing>,
    acronyms: Option<HashSet<String>>,
    beginnings: HashSet<String>,
    papers: usize,
}

impl Vocabulary {
    pub(crate) fn new(acronyms: Acronyms, papers: usize) -> Self {
        let acronyms = acronyms.wanted(papers);
        let all_beginnings =
            |word: &String| (1..=word.len()).filter_map(|end| word.get(..end).map(str::to_owned)).collect::<Vec<_>>();
        let beginnings = acronyms.iter().flatten().flat_map(all_beginnings).collect();
        Self {
            numbers: QuickMap::default(),
            terms: Vec::new(),
            initials: QuickMap::default(),
            acronyms,
            beginnings,
            papers,
        }
    }

    fn term(&mut self, word: &str) -> Option<&mut Term> {
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => {
                let number = self.terms.len() as u32;
                self.numbers.insert(word.into(), number);
                self.terms.push(Term::default());
                number
            }
        };
        self.terms.get_mut(number as usize)
    }

    pub(crate) fn add_title(&mut self, doc: DocId, title: &str) {
        let title = folded(title);
        each_term(&title, |word| {
            if let Some(term) = self.term(word) {
                term.title.push(doc);
            }
        });
        let words: Vec<&str> = terms::words(&title).collect();
        let (acronyms, beginnings, initials) = (&self.acronyms, &self.beginnings, &mut self.initials);
        each_initialism(
            &words,
            &mut |letters| acronyms.is_none() || beginnings.contains(letters),
            &mut |letters, _, _| {
                if acronyms.as_ref().is_none_or(|acronyms| acronyms.contains(letters)) {
                    match initials.get_mut(letters) {
                        Some(list) => list.push(doc),
                        None => initials.entry(letters.into()).or_default().push(doc),
                    }
                }
            },
        );
    }

    pub(crate) fn add_authors(&mut self, doc: DocId, authors: &str) {
        each_term(&folded(authors), |word| {
            if let Some(term) = self.term(word) {
                term.author.push(doc);
            }
        });
    }

    pub(crate) fn write<W: Write + Seek>(self, writer: &mut Writer<W>) -> io::Result<()> {
        let mut initials: Vec<(&str, &Growing)> = self.initials.iter().map(|(word, list)| (&**word, list)).collect();
        initials.sort_unstable_by_key(|(word, _)| *word);
        lexicon::write(writer, Section::Initials, Section::InitialOffsets, initials.iter().map(|(word, _)| *word))?;
        postings::write(writer, postings::INITIALS, initials.iter().map(|(_, list)| *list), self.papers)?;

        let numbers =
            self.numbers.iter().filter_map(|(word, number)| Some((&**word, self.terms.get(*number as usize)?)));
        let mut terms: Vec<(&str, &Term)> = numbers.collect();
        terms.sort_unstable_by_key(|(word, _)| *word);
        lexicon::write(writer, Section::Terms, Section::TermOffsets, terms.iter().map(|(word, _)| *word))?;
        writer.begin(Section::TermMasks)?;
        for (word, _) in &terms {
            writer.write_all(&Letters::of(word.as_bytes()).0.to_le_bytes())?;
        }
        postings::write(writer, postings::TITLE, terms.iter().map(|(_, term)| &term.title), self.papers)?;
        postings::write(writer, postings::AUTHOR, terms.iter().map(|(_, term)| &term.author), self.papers)?;

        let prefixes = self.prefixes(&terms);
        lexicon::write(writer, Section::Prefixes, Section::PrefixOffsets, prefixes.iter().map(|(prefix, _)| *prefix))?;
        postings::write(writer, postings::PREFIXES, prefixes.iter().map(|(_, list)| list), self.papers)
    }

    /// Beginnings of one and two letters whose postings together are at least a third as many as there are papers.
    fn prefixes<'a>(&self, terms: &[(&'a str, &Term)]) -> Vec<(&'a str, Growing)> {
        let mut prefixes = Vec::new();
        for letters in 1..=2 {
            for group in terms.chunk_by(|(one, _), (two, _)| beginning(one, letters) == beginning(two, letters)) {
                let lists = || group.iter().flat_map(|(_, term)| [&term.title, &term.author]);
                let total: usize = lists().map(|list| list.count() as usize).sum();
                let Some(prefix) = group.first().and_then(|(word, _)| beginning(word, letters)) else { continue };
                if total <= self.papers / 3 {
                    continue;
                }
                let mut bits = Bits::new(self.papers);
                lists().for_each(|list| list.mark(&mut bits));
                let mut union = Growing::default();
                bits.iter().for_each(|doc| union.push(doc));
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
