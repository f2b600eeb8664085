//! What the index knows of words, extended: the dictionary, the initialisms, the frequent beginnings, and the postings of each.

use std::collections::BTreeSet;
use std::io::{self, Seek, Write};

use super::Merge;
use crate::index::DocId;
use crate::index::build::acronyms::{Acronyms, Wanted, was_wanted};
use crate::index::build::vocabulary::{Initials, Terms, frequent_beginnings, initials};
use crate::index::format::dictionary::{self, Lexicon};
use crate::index::format::file::{Section, Writer};
use crate::index::format::postings::{AUTHOR, Family, Growing, INITIALS, Lists, PREFIXES, TITLE, Writing};
use crate::index::format::sets::Bits;

/// A word of the lexicon to be.
struct Word<'w> {
    word: &'w str,
    /// Its number in the old lexicon.
    old: Option<u32>,
    /// What the new papers add to its postings, by field.
    new: [Option<&'w Growing>; 2],
}

impl Merge<'_> {
    /// The acronyms of all titles that stay or are new.
    pub(super) fn acronyms(&self, new: &Acronyms) -> Acronyms {
        let mut acronyms = Acronyms::open(&self.old.file);
        self.gone.iter().for_each(|doc| acronyms.remove_title(self.old.title(*doc)));
        acronyms.add(new);
        acronyms
    }

    pub(super) fn write_words<W: Write + Seek>(&self, acronyms: &Acronyms, writer: &mut Writer<W>) -> io::Result<()> {
        self.write_initials(acronyms.wanted(self.papers).as_ref(), writer)?;
        self.write_terms(writer)?;
        acronyms.write(writer)
    }

    fn write_initials<W: Write + Seek>(&self, wanted: Option<&Wanted>, writer: &mut Writer<W>) -> io::Result<()> {
        let file = &self.old.file;
        let mut new = initials(wanted, self.placed().map(|(doc, record)| (doc, record.title())));
        let unknown = |wanted: &&Wanted| Wanted::of(wanted.words().filter(|word| !was_wanted(file, word)));
        if let Some(unknown) = wanted.as_ref().map(unknown).filter(|unknown| unknown.words().next().is_some()) {
            // Nobody asked for them before: only the titles know who has them.
            new.extend(self.initials_of_all(&unknown)?);
        }
        let leaving = initials(wanted, self.gone.iter().map(|doc| (*doc, self.old.title(*doc))));
        let old = Lexicon::open(file, Section::Initials, Section::InitialOffsets);
        let emptied = self.emptied(old, &[INITIALS], leaving.keys(), |word| new.contains_key(word));
        let stays =
            |number: u32, word: &str| !emptied.contains(&number) && wanted.is_none_or(|wanted| wanted.contains(word));
        let words = merged(old, &sorted(&new), stays);
        dictionary::write(writer, Section::Initials, Section::InitialOffsets, words.iter().map(|word| word.word))?;
        self.write_lists(writer, INITIALS, &words, 0).map(drop)
    }

    /// Reads the titles of all papers, on two threads.
    fn initials_of_all(&self, wanted: &Wanted) -> io::Result<Initials> {
        let half = self.papers / 2;
        let titles = || (0..).zip(self.papers().map(|paper| self.title(paper)));
        std::thread::scope(|scope| {
            let first = scope.spawn(|| initials(Some(wanted), titles().take(half)));
            let second = initials(Some(wanted), titles().skip(half));
            let mut all = first.join().map_err(|_| io::Error::other("the initials of titles could not be read"))?;
            for (letters, list) in second {
                let all = all.entry(letters).or_default();
                list.each(|doc| all.push(doc));
            }
            Ok(all)
        })
    }

    fn write_terms<W: Write + Seek>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        let file = &self.old.file;
        let of_titles = Terms::of(self.placed().map(|(doc, record)| (doc, record.title())));
        let of_authors = Terms::of(self.placed().map(|(doc, record)| (doc, record.authors())));
        let words: BTreeSet<&str> =
            of_titles.numbers.keys().chain(of_authors.numbers.keys()).map(|word| &**word).collect();
        let new: Vec<(&str, [Option<&Growing>; 2])> =
            words.iter().map(|word| (*word, [of_titles.get(word), of_authors.get(word)])).collect();
        let texts = self.gone.iter().flat_map(|doc| [self.old.title(*doc), self.old.authors(*doc)]);
        let leaving = Terms::of((0..).zip(texts));
        let old = Lexicon::open(file, Section::Terms, Section::TermOffsets);
        let emptied = self.emptied(old, &[TITLE, AUTHOR], leaving.numbers.keys(), |word| words.contains(word));
        let terms = merged(old, &new, |number, _| !emptied.contains(&number));

        dictionary::write(writer, Section::Terms, Section::TermOffsets, terms.iter().map(|term| term.word))?;
        dictionary::write_masks(writer, terms.iter().map(|term| term.word))?;
        let in_titles = self.write_lists(writer, TITLE, &terms, 0)?;
        let in_authors = self.write_lists(writer, AUTHOR, &terms, 1)?;

        let counts = in_titles.iter().zip(in_authors).map(|(titles, authors)| *titles as usize + authors as usize);
        let counted: Vec<(&str, usize)> = terms.iter().map(|term| term.word).zip(counts).collect();
        let frequent = frequent_beginnings(&counted, self.papers);
        let prefixes = frequent.iter().map(|(prefix, _)| *prefix);
        dictionary::write(writer, Section::Prefixes, Section::PrefixOffsets, prefixes)?;
        let known = Lexicon::open(file, Section::Prefixes, Section::PrefixOffsets);
        let lists = Lists::open(file, PREFIXES);
        let mut list = Growing::default();
        let mut writing = Writing::begin(writer, PREFIXES, self.papers)?;
        for (prefix, range) in frequent {
            let terms = terms.get(range).unwrap_or_default();
            let mut added: Vec<DocId> = Vec::new();
            terms.iter().flat_map(|term| term.new).flatten().for_each(|new| new.each(|doc| added.push(doc)));
            added.sort_unstable();
            list.clear();
            match known.find(prefix) {
                Some(number) => self.shift(|visit| lists.each(number, visit), &added, &mut list),
                None => {
                    let mut union = Bits::new(self.old.len());
                    for lists in [TITLE, AUTHOR].map(|family| Lists::open(file, family)) {
                        terms.iter().filter_map(|term| term.old).for_each(|number| lists.mark(number, &mut union));
                    }
                    union.trim();
                    self.shift(|visit| union.each(visit), &added, &mut list);
                }
            }
            writing.push(&list)?;
        }
        writing.finish().map(drop)
    }

    /// Writes the postings of sorted words in one field. Returns how many papers each has.
    fn write_lists<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        family: Family,
        words: &[Word<'_>],
        field: usize,
    ) -> io::Result<Vec<u32>> {
        let lists = Lists::open(&self.old.file, family);
        let (mut list, mut added) = (Growing::default(), Vec::new());
        let mut writing = Writing::begin(writer, family, self.papers)?;
        for word in words {
            added.clear();
            if let Some(new) = word.new.get(field).copied().flatten() {
                new.each(|doc| added.push(doc));
            }
            list.clear();
            let visit_old = |visit: &mut dyn FnMut(DocId)| {
                if let Some(number) = word.old {
                    lists.each(number, visit);
                }
            };
            self.shift(visit_old, &added, &mut list);
            writing.push(&list)?;
        }
        writing.finish()
    }

    /// A list of the old index with its papers at their new places, and the new ones.
    fn shift(&self, old: impl FnOnce(&mut dyn FnMut(DocId)), added: &[DocId], list: &mut Growing) {
        let mut added = added.iter().copied().peekable();
        old(&mut |doc| {
            let Some(place) = self.place(doc) else { return };
            while let Some(new) = added.next_if(|new| *new < place) {
                list.push(new);
            }
            list.push(place);
        });
        added.for_each(|new| list.push(new));
    }

    /// Numbers of the words that no paper has any more. `leaving`: the words of the papers that go.
    fn emptied<'w>(
        &self,
        old: Lexicon<'_>,
        families: &[Family],
        leaving: impl Iterator<Item = &'w Box<str>>,
        added: impl Fn(&str) -> bool,
    ) -> BTreeSet<u32> {
        let lists: Vec<Lists<'_>> = families.iter().map(|family| Lists::open(&self.old.file, *family)).collect();
        let has_none = |number: &u32| {
            lists.iter().all(|lists| {
                let mut left = lists.count(*number).saturating_sub(self.gone.len());
                if left == 0 {
                    lists.each(*number, |doc| left += usize::from(self.place(doc).is_some()));
                }
                left == 0
            })
        };
        leaving.filter(|word| !added(word)).filter_map(|word| old.find(word)).filter(has_none).collect()
    }
}

fn sorted(initials: &Initials) -> Vec<(&str, [Option<&Growing>; 2])> {
    let mut sorted: Vec<_> = initials.iter().map(|(word, list)| (&**word, [Some(list), None])).collect();
    sorted.sort_unstable_by_key(|(word, _)| *word);
    sorted
}

/// The words of a lexicon that stay and sorted new ones, in one order.
fn merged<'w>(
    old: Lexicon<'w>,
    new: &[(&'w str, [Option<&'w Growing>; 2])],
    stays: impl Fn(u32, &str) -> bool,
) -> Vec<Word<'w>> {
    let mut words = Vec::with_capacity(old.len() + new.len());
    let mut new = new.iter().copied().peekable();
    for number in 0..old.len() as u32 {
        let word = std::str::from_utf8(old.word(number)).unwrap_or_default();
        while let Some((word, new)) = new.next_if(|(new, _)| *new < word) {
            words.push(Word { word, old: None, new });
        }
        match new.next_if(|(new, _)| *new == word) {
            Some((word, new)) => words.push(Word { word, old: Some(number), new }),
            None if stays(number, word) => words.push(Word { word, old: Some(number), new: [None, None] }),
            None => {}
        }
    }
    words.extend(new.map(|(word, new)| Word { word, old: None, new }));
    words
}
