//! The terms of an index during a build: every term of titles and authors with its postings, the initialisms and the frequent prefixes. Papers
//! are added in their final order. Reading is in `format::dictionary` and `format::postings`.

use std::io::{self, Seek, Write};
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::acronyms::{AcronymCounts, IndexedInitialisms};
use crate::index::format::dictionary;
use crate::index::format::file::{Section, SectionWriter};
use crate::index::format::paper::DocId;
use crate::index::format::postings::{self, PostingsBuilder};
use crate::index::format::sets::Bitmap;
use crate::index::text::tokens::{self, each_initialism, each_term, folded};

/// The terms of one field and their posting lists.
#[derive(Default)]
pub(crate) struct FieldTerms {
    /// The number of each term, in the order they came.
    pub(crate) numbers: FxHashMap<Box<str>, u32>,
    postings: Vec<PostingsBuilder>,
}

impl FieldTerms {
    /// From texts of papers in ascending order.
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
                let number = self.postings.len() as u32;
                self.numbers.insert(word.into(), number);
                self.postings.push(PostingsBuilder::default());
                number
            }
        };
        if let Some(list) = self.postings.get_mut(number as usize) {
            list.push(doc);
        }
    }

    /// The posting list of a term.
    pub(crate) fn get(&self, word: &str) -> Option<&PostingsBuilder> {
        self.postings.get(*self.numbers.get(word)? as usize)
    }
}

/// Initialisms and their posting lists.
pub(crate) type InitialPostings = FxHashMap<Box<str>, PostingsBuilder>;

/// The initialisms of titles that are among `indexed`, all without it; papers in ascending order.
pub(crate) fn initials<'a>(
    indexed: Option<&IndexedInitialisms>,
    titles: impl Iterator<Item = (DocId, &'a str)>,
) -> InitialPostings {
    let mut initials = InitialPostings::default();
    for (doc, title) in titles {
        add_initials(&mut initials, indexed, doc, &folded(title));
    }
    initials
}

fn add_initials(initials: &mut InitialPostings, indexed: Option<&IndexedInitialisms>, doc: DocId, title: &str) {
    let words: Vec<&str> = tokens::words(title).collect();
    let mut is_prefix = |letters: &str| indexed.is_none_or(|indexed| indexed.has_prefix(letters));
    each_initialism(&words, &mut is_prefix, &mut |letters, _, _| {
        if indexed.is_none_or(|indexed| indexed.contains(letters)) {
            match initials.get_mut(letters) {
                Some(list) => list.push(doc),
                None => initials.entry(letters.into()).or_default().push(doc),
            }
        }
    });
}

/// The terms and initialisms of titles.
pub(crate) struct TitleTerms {
    terms: FieldTerms,
    initials: InitialPostings,
}

impl TitleTerms {
    /// `FieldTerms::of` and `initials` in one pass, because both need the folded title.
    pub(crate) fn of<'a>(indexed: Option<&IndexedInitialisms>, titles: impl Iterator<Item = (DocId, &'a str)>) -> Self {
        let (mut terms, mut initials) = (FieldTerms::default(), InitialPostings::default());
        for (doc, title) in titles {
            let title = folded(title);
            each_term(&title, |word| terms.add(word, doc));
            add_initials(&mut initials, indexed, doc, &title);
        }
        Self { terms, initials }
    }

    /// Drops the initialisms that `keep` is false for.
    pub(crate) fn retain_initials(&mut self, keep: impl Fn(&str) -> bool) {
        self.initials.retain(|letters, _| keep(letters));
    }
}

/// The terms and posting lists of all papers.
pub(crate) struct Vocabulary {
    pub(crate) titles: TitleTerms,
    pub(crate) authors: FieldTerms,
    pub(crate) acronyms: AcronymCounts,
    pub(crate) papers: usize,
}

/// A term with its posting lists in titles and in authors.
type TermPostings<'a> = (&'a str, [&'a PostingsBuilder; 2]);

impl Vocabulary {
    /// Writes initialisms, dictionary, postings, frequent prefixes and acronyms.
    pub(crate) fn write<W: Write + Seek>(self, writer: &mut SectionWriter<W>) -> io::Result<()> {
        let mut initials: Vec<(&str, &PostingsBuilder)> =
            self.titles.initials.iter().map(|(word, list)| (&**word, list)).collect();
        initials.sort_unstable_by_key(|(word, _)| *word);
        dictionary::write(writer, Section::Initials, Section::InitialOffsets, initials.iter().map(|(word, _)| *word))?;
        postings::write(writer, postings::INITIALS, initials.iter().map(|(_, list)| *list), self.papers)?;

        let none = PostingsBuilder::default();
        let in_titles = self.titles.terms.numbers.keys();
        let only_in_authors = self.authors.numbers.keys().filter(|word| !self.titles.terms.numbers.contains_key(*word));
        let mut terms: Vec<TermPostings<'_>> = in_titles
            .chain(only_in_authors)
            .map(|word| (&**word, [&self.titles.terms, &self.authors].map(|terms| terms.get(word).unwrap_or(&none))))
            .collect();
        terms.sort_unstable_by_key(|(word, _)| *word);
        dictionary::write(writer, Section::Terms, Section::TermOffsets, terms.iter().map(|(word, _)| *word))?;
        dictionary::write_letter_masks(writer, terms.iter().map(|(word, _)| *word))?;
        postings::write(writer, postings::TITLES, terms.iter().map(|(_, [title, _])| *title), self.papers)?;
        postings::write(writer, postings::AUTHORS, terms.iter().map(|(_, [_, author])| *author), self.papers)?;

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

    /// The frequent prefixes and the unions of their postings.
    fn prefixes<'a>(&self, terms: &[TermPostings<'a>]) -> Vec<(&'a str, PostingsBuilder)> {
        let count = |term: &TermPostings<'a>| (term.0, term.1.iter().map(|list| list.count() as usize).sum());
        let counted: Vec<(&str, usize)> = terms.iter().map(count).collect();
        let union = |range: Range<usize>| {
            let mut bits = Bitmap::new(self.papers);
            let lists = terms.get(range).unwrap_or_default().iter().flat_map(|(_, lists)| lists);
            lists.for_each(|list| list.add_to(&mut bits));
            let mut union = PostingsBuilder::default();
            bits.each(|doc| union.push(doc));
            union
        };
        frequent_prefixes(&counted, self.papers).into_iter().map(|(prefix, range)| (prefix, union(range))).collect()
    }
}

/// The sorted prefixes of one and two letters whose terms have together more postings than a third of the papers, each with the range of its
/// terms. `terms`: sorted, each with the length of its posting list.
pub(crate) fn frequent_prefixes<'a>(terms: &[(&'a str, usize)], papers: usize) -> Vec<(&'a str, Range<usize>)> {
    let mut frequent = Vec::new();
    for letters in 1..=2 {
        let mut end = 0;
        for group in terms.chunk_by(|(one, _), (two, _)| first_letters(one, letters) == first_letters(two, letters)) {
            let start = end;
            end += group.len();
            let total: usize = group.iter().map(|(_, count)| count).sum();
            let Some(prefix) = group.first().and_then(|(word, _)| first_letters(word, letters)) else { continue };
            if total > papers / 3 {
                frequent.push((prefix, start..end));
            }
        }
    }
    frequent.sort_unstable_by_key(|(prefix, _)| *prefix);
    frequent
}

/// The first letters of a term; None when it has fewer.
fn first_letters(word: &str, letters: usize) -> Option<&str> {
    let end = word.char_indices().map(|(at, c)| at + c.len_utf8()).nth(letters - 1)?;
    word.get(..end)
}
