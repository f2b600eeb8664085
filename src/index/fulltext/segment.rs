//! One file of the full text, opened: which of its papers hold a word, part of a word, words next to each other. Papers are numbered as
//! in the file; what they are in the index is `FullText`'s affair.

use std::path::Path;

use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

use super::Cancelled;
use super::positions::Places;
use crate::domain::query::How;
use crate::error::Result;
use crate::index::DocId;
use crate::index::format::dictionary::Lexicon;
use crate::index::format::file::{File, Section, slice_at};
use crate::index::format::postings::{Lists, TEXT};
use crate::index::format::sets::{Bits, SPARSE, Set};
use crate::index::search::parallel::sift;

/// What a piece says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Meta {
    /// No row of papers.db after this one was there when it was made.
    pub(super) highest_row: i64,
    /// Revision of the full text that this one completes; None for one of all abstracts.
    pub(super) base: Option<i64>,
}

/// Postings read between two looks at whether the search was cancelled.
const BETWEEN_LOOKS: usize = 1 << 16;

pub(super) struct Piece {
    pub(super) file: File,
    pub(super) meta: Meta,
}

impl Piece {
    /// None: there is no such file, or it is damaged or of another version.
    pub(super) fn open(path: &Path) -> Result<Option<Self>> {
        Ok(File::open(path)?.and_then(Self::of))
    }

    pub(super) fn of(file: File) -> Option<Self> {
        let meta = serde_json::from_slice(file.section(Section::Meta)).ok()?;
        let terms = (file.section(Section::TermOffsets).len() / 4).checked_sub(1)?;
        let widths = [
            (Section::Rows, file.papers, 8),
            (Section::Lengths, file.papers, 2),
            (Section::TermOffsets, terms + 1, 4),
            (Section::TextListOffsets, terms + 1, 4),
            (Section::TextListCounts, terms, 4),
            (Section::PlaceOffsets, terms + 1, 4),
        ];
        let fits = |(section, items, width): (Section, usize, usize)| {
            items.checked_mul(width) == Some(file.section(section).len())
        };
        widths.into_iter().all(fits).then_some(Self { file, meta })
    }

    pub(super) fn papers(&self) -> usize {
        self.file.papers
    }

    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = i64> + '_ {
        self.file.section(Section::Rows).as_chunks::<8>().0.iter().map(|row| i64::from_le_bytes(*row))
    }

    /// How many words an abstract has.
    pub(super) fn length(&self, doc: DocId) -> u16 {
        let lengths = self.file.section(Section::Lengths).as_chunks::<2>().0;
        lengths.get(doc as usize).map_or(0, |length| u16::from_le_bytes(*length))
    }

    pub(super) fn lexicon(&self) -> Lexicon<'_> {
        Lexicon::open(&self.file, Section::Terms, Section::TermOffsets)
    }

    pub(super) fn lists(&self) -> Lists<'_> {
        Lists::open(&self.file, TEXT)
    }

    pub(super) fn places(&self, term: u32) -> Places<'_> {
        let bytes =
            slice_at(self.file.section(Section::Places), self.file.section(Section::PlaceOffsets), term as usize);
        Places::new(bytes, self.lists().count(term))
    }

    /// The papers whose abstract has any words.
    pub(super) fn with_words(&self) -> Set {
        let papers = self.papers();
        let all = (0..).zip(0..papers).map(|(doc, _)| self.length(doc) > 0);
        Set::bits(Bits::collect(papers, all))
    }

    /// The papers with a word that begins so or, where exactly these letters are asked for, has them anywhere; None: cancelled.
    pub(super) fn word(&self, letters: &str, how: How, cancelled: Cancelled<'_>) -> Option<Set> {
        let lexicon = self.lexicon();
        match how {
            How::Fuzzy | How::Prefix => self.any(lexicon.beginning(letters), cancelled),
            How::Exact => {
                let finder = Finder::new(letters);
                let all = (0..).zip(0..lexicon.len()).map(|(number, _)| number);
                self.any(all.filter(|number| finder.find(lexicon.word(*number)).is_some()), cancelled)
            }
        }
    }

    fn any(&self, terms: impl Iterator<Item = u32>, cancelled: Cancelled<'_>) -> Option<Set> {
        let lists = self.lists();
        let mut bits = Bits::new(self.papers());
        let mut read = 0;
        for term in terms {
            lists.mark(term, &mut bits);
            read += 16 + lists.count(term);
            if read > BETWEEN_LOOKS {
                read = 0;
                if cancelled() {
                    return None;
                }
            }
        }
        bits.trim();
        Some(Set::bits(bits))
    }

    /// The papers that have exactly this term.
    fn exactly(&self, term: u32) -> Set {
        let (lists, papers) = (self.lists(), self.papers());
        if lists.count(term) <= papers / SPARSE {
            let mut docs = Vec::with_capacity(lists.count(term).min(papers));
            lists.each(term, |doc| docs.push(doc));
            return Set::list(docs);
        }
        let mut bits = Bits::new(papers);
        lists.mark(term, &mut bits);
        bits.trim();
        Set::bits(bits)
    }

    /// The papers whose abstract has these words next to each other; None: cancelled.
    pub(super) fn phrase(&self, words: &[String], cancelled: Cancelled<'_>) -> Option<Set> {
        let (lexicon, lists) = (self.lexicon(), self.lists());
        let Some(numbers) = words.iter().map(|word| lexicon.find(word)).collect::<Option<Vec<u32>>>() else {
            return Some(Set::empty());
        };
        let mut terms = numbers.clone();
        terms.sort_unstable_by_key(|term| (lists.count(*term), *term));
        terms.dedup();
        let mut having = Set::All(self.papers());
        for term in &terms {
            having = having.and(self.exactly(*term));
        }
        if words.len() < 2 || having.is_empty() {
            return Some(having);
        }
        let mut docs = Vec::with_capacity(having.count());
        having.each(|doc| docs.push(doc));
        // The rarest word first: where it stands decides most papers.
        let terms: Vec<Term> = terms.iter().map(|term| self.term(*term, &docs, &numbers)).collect();
        let found = sift(&docs, cancelled, || {
            let mut readings: Vec<Reading<'_>> =
                terms.iter().map(|term| Reading { term, places: self.places(term.number), small: &[] }).collect();
            let mut starts = Vec::new();
            move |place, _| holds(&mut readings, place, &mut starts)
        })?;
        Some(Set::of_sorted(found, self.papers()))
    }

    /// A term of a phrase in papers that all have it.
    fn term(&self, number: u32, docs: &[DocId], phrase: &[u32]) -> Term {
        let mut ordinals = Vec::with_capacity(docs.len());
        self.lists().ordinals(number, docs, |_, ordinal| ordinals.push(ordinal));
        let offsets = (0..).zip(phrase).filter(|(_, other)| **other == number).map(|(offset, _)| offset).collect();
        Term { number, ordinals, offsets }
    }
}

/// A term of a phrase, in the papers that may hold it.
struct Term {
    number: u32,
    /// Which of the term's papers each of these papers is.
    ordinals: Vec<u32>,
    /// Where in the phrase the term stands; mostly once.
    offsets: Vec<u32>,
}

/// A term of a phrase with its places in the paper looked at.
struct Reading<'a> {
    term: &'a Term,
    places: Places<'a>,
    small: &'a [u8],
}

impl Reading<'_> {
    fn ordinal(&self, place: usize) -> u32 {
        self.term.ordinals.get(place).copied().unwrap_or(u32::MAX)
    }
}

/// Whether a paper holds the phrase: each term stands where the others want it. Most papers are out after the second term.
fn holds(readings: &mut [Reading<'_>], place: usize, starts: &mut Vec<u32>) -> bool {
    for count in 1..=readings.len() {
        let Some(reading) = readings.get_mut(count - 1) else { return false };
        match reading.places.small(reading.ordinal(place)) {
            Some(small) => reading.small = small,
            None => return holds_far(readings, place, starts),
        }
        if count > 1 && !readings.get(..count).is_some_and(agree) {
            return false;
        }
    }
    readings.len() > 1 || agree(readings)
}

/// Whether there is a beginning from which all of these terms stand where they should.
fn agree(readings: &[Reading<'_>]) -> bool {
    let Some((first, others)) = readings.split_first() else { return false };
    let Some((offset, again)) = first.term.offsets.split_first() else { return false };
    first.small.iter().filter_map(|place| u32::from(*place).checked_sub(*offset)).any(|start| {
        let stands = |reading: &Reading<'_>, offset: u32| {
            u8::try_from(start + offset).is_ok_and(|wanted| reading.small.contains(&wanted))
        };
        again.iter().all(|offset| stands(first, *offset))
            && others.iter().all(|reading| reading.term.offsets.iter().all(|offset| stands(reading, *offset)))
    })
}

/// The same where places may need more than a byte.
fn holds_far(readings: &mut [Reading<'_>], place: usize, starts: &mut Vec<u32>) -> bool {
    let mut is_first = true;
    for reading in readings {
        let ordinal = reading.ordinal(place);
        let places = reading.places.of(ordinal);
        for offset in &reading.term.offsets {
            if std::mem::take(&mut is_first) {
                starts.clear();
                starts.extend(places.iter().filter_map(|place| place.checked_sub(*offset)));
            } else {
                starts.retain(|start| stands(places, start.saturating_add(*offset)));
            }
        }
    }
    !starts.is_empty()
}

/// Whether a place is one of these; mostly there are one or two.
fn stands(places: &[u32], place: u32) -> bool {
    if places.len() <= 8 { places.contains(&place) } else { places.binary_search(&place).is_ok() }
}
