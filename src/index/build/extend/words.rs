//! Writes the terms of an extended index: dictionary, initialisms and frequent prefixes, with their postings, and the acronyms.

use std::collections::BTreeSet;
use std::io::{self, Seek, Write};

use super::merge::PaperMerge;
use crate::index::build::acronyms::{AcronymCounts, IndexedInitialisms, holds_initialism};
use crate::index::build::vocabulary::{FieldTerms, InitialPostings, frequent_prefixes, initials};
use crate::index::format::dictionary::{self, TermDictionary};
use crate::index::format::file::{Section, SectionWriter};
use crate::index::format::paper::DocId;
use crate::index::format::postings::{
    AUTHORS, INITIALS, PREFIXES, PostingsBuilder, PostingsReader, PostingsSections, PostingsWriter, TITLES,
};
use crate::index::format::sets::Bitmap;

/// A term of the extended dictionary.
struct ExtendedTerm<'t> {
    term: &'t str,
    /// Its number in the old dictionary.
    old: Option<u32>,
    /// The posting lists of the new papers, by field.
    new: [Option<&'t PostingsBuilder>; 2],
}

impl PaperMerge<'_> {
    /// The acronyms of the titles of all papers.
    pub(super) fn acronyms(&self, new: &AcronymCounts) -> AcronymCounts {
        let mut acronyms = AcronymCounts::open(&self.old.file);
        self.removed.iter().for_each(|doc| acronyms.remove_title(self.old.title(*doc)));
        acronyms.add(new);
        acronyms
    }

    /// Writes everything that words are found by.
    pub(super) fn write_words<W: Write + Seek>(
        &self,
        acronyms: &AcronymCounts,
        writer: &mut SectionWriter<W>,
    ) -> io::Result<()> {
        self.write_initials(acronyms.indexed(self.papers).as_ref(), writer)?;
        self.write_terms(writer)?;
        acronyms.write(writer)
    }

    fn write_initials<W: Write + Seek>(
        &self,
        indexed: Option<&IndexedInitialisms>,
        writer: &mut SectionWriter<W>,
    ) -> io::Result<()> {
        let file = &self.old.file;
        let mut new = initials(indexed, self.new_papers().map(|(doc, record)| (doc, record.title())));
        let missing = |indexed: &&IndexedInitialisms| {
            IndexedInitialisms::of(indexed.words().filter(|word| !holds_initialism(file, word)))
        };
        if let Some(unknown) = indexed.as_ref().map(missing).filter(|unknown| unknown.words().next().is_some()) {
            // The old index does not hold their postings: read all titles.
            new.extend(self.initials_of_all(&unknown)?);
        }
        let removed = initials(indexed, self.removed.iter().map(|doc| (*doc, self.old.title(*doc))));
        let old = TermDictionary::open(file, Section::Initials, Section::InitialOffsets);
        let emptied = self.emptied(old, &[INITIALS], removed.keys(), |word| new.contains_key(word));
        let remains = |number: u32, word: &str| {
            !emptied.contains(&number) && indexed.is_none_or(|indexed| indexed.contains(word))
        };
        let terms = merged(old, &sorted(&new), remains);
        dictionary::write(writer, Section::Initials, Section::InitialOffsets, terms.iter().map(|term| term.term))?;
        self.write_postings(writer, INITIALS, &terms, 0).map(drop)
    }

    /// Reads the titles of all papers on two threads.
    fn initials_of_all(&self, indexed: &IndexedInitialisms) -> io::Result<InitialPostings> {
        let half = self.papers / 2;
        let titles = || (0..).zip(self.papers().map(|paper| self.title(paper)));
        std::thread::scope(|scope| {
            let first = scope.spawn(|| initials(Some(indexed), titles().take(half)));
            let second = initials(Some(indexed), titles().skip(half));
            let mut all = first.join().map_err(|_| io::Error::other("the initials of titles could not be read"))?;
            for (letters, list) in second {
                let all = all.entry(letters).or_default();
                list.each(|doc| all.push(doc));
            }
            Ok(all)
        })
    }

    fn write_terms<W: Write + Seek>(&self, writer: &mut SectionWriter<W>) -> io::Result<()> {
        let file = &self.old.file;
        let title_terms = FieldTerms::of(self.new_papers().map(|(doc, record)| (doc, record.title())));
        let author_terms = FieldTerms::of(self.new_papers().map(|(doc, record)| (doc, record.authors())));
        let words: BTreeSet<&str> =
            title_terms.numbers.keys().chain(author_terms.numbers.keys()).map(|word| &**word).collect();
        let new: Vec<(&str, [Option<&PostingsBuilder>; 2])> =
            words.iter().map(|word| (*word, [title_terms.get(word), author_terms.get(word)])).collect();
        let texts = self.removed.iter().flat_map(|doc| [self.old.title(*doc), self.old.authors(*doc)]);
        let removed = FieldTerms::of((0..).zip(texts));
        let old = TermDictionary::open(file, Section::Terms, Section::TermOffsets);
        let emptied = self.emptied(old, &[TITLES, AUTHORS], removed.numbers.keys(), |word| words.contains(word));
        let terms = merged(old, &new, |number, _| !emptied.contains(&number));

        dictionary::write(writer, Section::Terms, Section::TermOffsets, terms.iter().map(|term| term.term))?;
        dictionary::write_letter_masks(writer, terms.iter().map(|term| term.term))?;
        let in_titles = self.write_postings(writer, TITLES, &terms, 0)?;
        let in_authors = self.write_postings(writer, AUTHORS, &terms, 1)?;

        let counts = in_titles.iter().zip(in_authors).map(|(titles, authors)| *titles as usize + authors as usize);
        let counted: Vec<(&str, usize)> = terms.iter().map(|term| term.term).zip(counts).collect();
        let frequent = frequent_prefixes(&counted, self.papers);
        let prefixes = frequent.iter().map(|(prefix, _)| *prefix);
        dictionary::write(writer, Section::Prefixes, Section::PrefixOffsets, prefixes)?;
        let old_prefixes = TermDictionary::open(file, Section::Prefixes, Section::PrefixOffsets);
        let old_postings = PostingsReader::open(file, PREFIXES);
        let mut list = PostingsBuilder::default();
        let mut postings = PostingsWriter::begin(writer, PREFIXES, self.papers)?;
        for (prefix, range) in frequent {
            let terms = terms.get(range).unwrap_or_default();
            let mut added: Vec<DocId> = Vec::new();
            terms.iter().flat_map(|term| term.new).flatten().for_each(|new| new.each(|doc| added.push(doc)));
            added.sort_unstable();
            list.clear();
            match old_prefixes.find(prefix) {
                Some(number) => self.renumber(|visit| old_postings.each(number, visit), &added, &mut list),
                None => {
                    let mut union = Bitmap::new(self.old.len());
                    for postings in [TITLES, AUTHORS].map(|sections| PostingsReader::open(file, sections)) {
                        terms.iter().filter_map(|term| term.old).for_each(|number| postings.add_to(number, &mut union));
                    }
                    union.trim();
                    self.renumber(|visit| union.each(visit), &added, &mut list);
                }
            }
            postings.push(&list)?;
        }
        postings.finish().map(drop)
    }

    /// Writes the posting lists of sorted terms in one field. Returns how many papers each has.
    fn write_postings<W: Write + Seek>(
        &self,
        writer: &mut SectionWriter<W>,
        sections: PostingsSections,
        terms: &[ExtendedTerm<'_>],
        field: usize,
    ) -> io::Result<Vec<u32>> {
        let old_postings = PostingsReader::open(&self.old.file, sections);
        let (mut list, mut added) = (PostingsBuilder::default(), Vec::new());
        let mut postings = PostingsWriter::begin(writer, sections, self.papers)?;
        for term in terms {
            added.clear();
            if let Some(new) = term.new.get(field).copied().flatten() {
                new.each(|doc| added.push(doc));
            }
            list.clear();
            let visit_old = |visit: &mut dyn FnMut(DocId)| {
                if let Some(number) = term.old {
                    old_postings.each(number, visit);
                }
            };
            self.renumber(visit_old, &added, &mut list);
            postings.push(&list)?;
        }
        postings.finish()
    }

    /// Merges a posting list of the old index, renumbered and without removed papers, with new papers.
    fn renumber(&self, old: impl FnOnce(&mut dyn FnMut(DocId)), added: &[DocId], list: &mut PostingsBuilder) {
        let mut added = added.iter().copied().peekable();
        old(&mut |doc| {
            let Some(doc) = self.new_doc(doc) else { return };
            while let Some(new) = added.next_if(|new| *new < doc) {
                list.push(new);
            }
            list.push(doc);
        });
        added.for_each(|new| list.push(new));
    }

    /// Old numbers of the terms that no paper has any more. `removed`: the terms of the removed papers; `added`: whether new papers have one.
    fn emptied<'t>(
        &self,
        old: TermDictionary<'_>,
        fields: &[PostingsSections],
        removed: impl Iterator<Item = &'t Box<str>>,
        added: impl Fn(&str) -> bool,
    ) -> BTreeSet<u32> {
        let fields: Vec<PostingsReader<'_>> =
            fields.iter().map(|sections| PostingsReader::open(&self.old.file, *sections)).collect();
        let has_none = |number: &u32| {
            fields.iter().all(|postings| {
                let mut left = postings.count(*number).saturating_sub(self.removed.len());
                if left == 0 {
                    postings.each(*number, |doc| left += usize::from(self.new_doc(doc).is_some()));
                }
                left == 0
            })
        };
        removed.filter(|word| !added(word)).filter_map(|word| old.find(word)).filter(has_none).collect()
    }
}

/// Initialisms in order, as terms of one field.
fn sorted(initials: &InitialPostings) -> Vec<(&str, [Option<&PostingsBuilder>; 2])> {
    let mut sorted: Vec<_> = initials.iter().map(|(word, list)| (&**word, [Some(list), None])).collect();
    sorted.sort_unstable_by_key(|(word, _)| *word);
    sorted
}

/// The terms of a dictionary that remain and sorted new ones, merged.
fn merged<'t>(
    old: TermDictionary<'t>,
    new: &[(&'t str, [Option<&'t PostingsBuilder>; 2])],
    remains: impl Fn(u32, &str) -> bool,
) -> Vec<ExtendedTerm<'t>> {
    let mut terms = Vec::with_capacity(old.len() + new.len());
    let mut new = new.iter().copied().peekable();
    for number in 0..old.len() as u32 {
        let term = std::str::from_utf8(old.term(number)).unwrap_or_default();
        while let Some((term, new)) = new.next_if(|(new, _)| *new < term) {
            terms.push(ExtendedTerm { term, old: None, new });
        }
        match new.next_if(|(new, _)| *new == term) {
            Some((term, new)) => terms.push(ExtendedTerm { term, old: Some(number), new }),
            None if remains(number, term) => terms.push(ExtendedTerm { term, old: Some(number), new: [None, None] }),
            None => {}
        }
    }
    terms.extend(new.map(|(term, new)| ExtendedTerm { term, old: None, new }));
    terms
}
