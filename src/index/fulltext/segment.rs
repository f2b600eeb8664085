//! One segment of the full text, opened: which of its papers hold a word, part of a word or a phrase. Papers are numbered as in the segment;
//! `paper_mapping` gives their document ids in the index.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::phrase::{PhraseCursor, PhraseTerm, holds};
use super::positions::{PositionBytes, Positions};
use crate::error::Result;
use crate::index::format::dictionary::TermDictionary;
use crate::index::format::file::{IndexFileKind, Section, SectionFile, slice_at};
use crate::index::format::paper::DocId;
use crate::index::format::postings::{ABSTRACTS, PostingsReader};
use crate::index::format::sets::{Bitmap, DocSet, SPARSE};
use crate::index::search::parallel::{CancelCheck, filter_parallel};
use crate::index::search::union::{ListsToJoin, UnionOfLists, union};
use crate::index::text::abstract_terms::JOINED;
use crate::index::text::containment::{AbstractPattern, TermMatch, TermSequence};

/// The small table of a segment, stored as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SegmentMeta {
    /// The highest row id of papers.db when it was built.
    pub(super) highest_row: i64,
    /// Revision of the segment of all abstracts that this one adds to; None for that segment itself.
    pub(super) base: Option<i64>,
}

/// What it costs to read an abstract from papers.db, in postings that could be read meanwhile.
const READING: usize = if cfg!(test) { 2 } else { 40_000 };

/// How a search gets at what the full text does not have.
pub struct AbstractAccess<'a> {
    /// Whether the abstract of a row of papers.db contains a pattern; None when it cannot be read.
    pub holds: &'a dyn Fn(i64, &AbstractPattern) -> Option<bool>,
    /// The cancellation check.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// A segment opened for searching.
pub(super) struct Segment {
    pub(super) file: SectionFile,
    pub(super) meta: SegmentMeta,
}

impl Segment {
    /// None when the file is missing, damaged or of another version. Fails when it cannot be read.
    pub(super) fn open(path: &Path) -> Result<Option<Self>> {
        Ok(SectionFile::open(path, IndexFileKind::FullText)?.and_then(Self::of))
    }

    pub(super) fn of(file: SectionFile) -> Option<Self> {
        let meta = serde_json::from_slice(file.section(Section::Meta)).ok()?;
        let terms = (file.section(Section::TermOffsets).len() / 4).checked_sub(1)?;
        let definitions = (file.section(Section::DefinitionOffsets).len() / 4).checked_sub(1)?;
        let pairs = (file.section(Section::FrequentTerms).len() / 4).checked_pow(2)?;
        let widths = [
            (Section::Rows, file.papers, 8),
            (Section::AbstractLengths, file.papers, 2),
            (Section::TermOffsets, terms + 1, 4),
            (Section::AbstractPostingOffsets, terms + 1, 4),
            (Section::AbstractPostingCounts, terms, 4),
            (Section::PositionOffsets, terms + 1, 4),
            (Section::PairPostingOffsets, pairs + 1, 4),
            (Section::PairPostingCounts, pairs, 4),
            (Section::DefinitionOffsets, definitions + 1, 4),
            (Section::DefinitionCounts, definitions, 4),
        ];
        let fits = |(section, items, width): (Section, usize, usize)| {
            items.checked_mul(width) == Some(file.section(section).len())
        };
        widths.into_iter().all(fits).then_some(Self { file, meta })
    }

    pub(super) fn papers(&self) -> usize {
        self.file.papers
    }

    /// The row id in papers.db of each paper.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = i64> + '_ {
        self.file.section(Section::Rows).as_chunks::<8>().0.iter().map(|row| i64::from_le_bytes(*row))
    }

    /// How many words an abstract has, up to `u16::MAX`.
    pub(super) fn length(&self, doc: DocId) -> u16 {
        let lengths = self.file.section(Section::AbstractLengths).as_chunks::<2>().0;
        lengths.get(doc as usize).map_or(0, |length| u16::from_le_bytes(*length))
    }

    /// The same of every abstract.
    pub(super) fn lengths(&self) -> impl Iterator<Item = u16> {
        self.file.section(Section::AbstractLengths).as_chunks::<2>().0.iter().map(|length| u16::from_le_bytes(*length))
    }

    pub(super) fn dictionary(&self) -> TermDictionary<'_> {
        TermDictionary::open(&self.file, Section::Terms, Section::TermOffsets)
    }

    pub(super) fn postings(&self) -> PostingsReader<'_> {
        PostingsReader::open(&self.file, ABSTRACTS)
    }

    /// The positions of a term.
    pub(super) fn positions(&self, term: u32) -> Positions<'_> {
        let bytes =
            slice_at(self.file.section(Section::Positions), self.file.section(Section::PositionOffsets), term as usize);
        Positions::new(bytes, self.postings().count(term))
    }

    /// The papers whose abstract has any words.
    pub(super) fn with_words(&self) -> DocSet {
        let papers = self.papers();
        let all = (0..).zip(0..papers).map(|(doc, _)| self.length(doc) > 0);
        DocSet::from_bitmap(Bitmap::collect(papers, all))
    }

    /// The papers whose abstract holds these terms next to each other, or all of them as one; None when cancelled or an abstract cannot be read.
    pub(super) fn sequence(&self, sequence: &TermSequence, search: &AbstractAccess<'_>) -> Option<DocSet> {
        let parted = self.parted(sequence, search)?;
        let Some(joined) = sequence.joined.as_deref().filter(|_| sequence.terms.len() > 1) else { return Some(parted) };
        let joined = self.any(self.dictionary().with_prefix(joined).collect(), sequence, search)?;
        Some(parted.or(joined, self.papers()))
    }

    /// The same where terms that stand for all of several ones do not count.
    fn parted(&self, sequence: &TermSequence, search: &AbstractAccess<'_>) -> Option<DocSet> {
        let dictionary = self.dictionary();
        let Some((last, first)) = sequence.terms.split_last() else { return Some(DocSet::empty()) };
        let Some(first) = first.iter().map(|term| dictionary.find(term)).collect::<Option<Vec<u32>>>() else {
            return Some(DocSet::empty());
        };
        let joined = if first.is_empty() { Some(format!("{JOINED}{last}")) } else { None };
        let mut last: Vec<u32> = match sequence.last {
            TermMatch::Whole => dictionary.find(last).into_iter().collect(),
            TermMatch::Prefix => dictionary.with_prefix(last).collect(),
            TermMatch::Part => dictionary.containing(last),
        };
        if let Some(joined) = joined {
            match sequence.last {
                TermMatch::Whole => last.extend(dictionary.find(&joined)),
                TermMatch::Prefix => last.extend(dictionary.with_prefix(&joined)),
                // With the others.
                TermMatch::Part => {}
            }
            let joined_forms = sequence.forms.iter().map(|form| format!("{JOINED}{form}"));
            last.extend(sequence.forms.iter().cloned().chain(joined_forms).filter_map(|form| dictionary.find(&form)));
            last.extend(sequence.joined.iter().flat_map(|joined| dictionary.with_prefix(joined)));
            return self.any(last, sequence, search);
        }
        if let [term] = last.as_slice() {
            return self.phrase(&[&first, [*term].as_slice()].concat(), search.cancelled);
        }
        let before = match first.as_slice() {
            [only] => self.with_term(*only),
            several => self.phrase(several, search.cancelled)?,
        };
        self.followed_by_any(before, &first, last, search.cancelled)
    }

    /// The papers with any of these terms, which are all those of a sequence of one term, or all that stand for a longer one, whose other papers
    /// may be among them; None as for `sequence`.
    fn any(&self, terms: Vec<u32>, sequence: &TermSequence, search: &AbstractAccess<'_>) -> Option<DocSet> {
        let papers = self.papers();
        if let [term] = terms.as_slice() {
            return Some(self.with_term(*term));
        }
        let mut lists = ListsToJoin::new(papers);
        lists.add(self.postings(), terms);
        let possible = match lists.cost() / 4 > papers {
            true => self.with_words().into_bitmap(papers),
            false => DocSet::All(papers).into_bitmap(papers),
        };
        let UnionOfLists { docs, undecided } = union(lists, &possible, READING, search.cancelled)?;
        let pattern = AbstractPattern { sequences: vec![sequence.clone()] };
        let rows = self.file.section(Section::Rows).as_chunks::<8>().0;
        let mut read = Vec::new();
        for doc in undecided.iter_from(0) {
            if (search.cancelled)() {
                return None;
            }
            let row = rows.get(doc as usize).map_or(0, |row| i64::from_le_bytes(*row));
            read.extend((search.holds)(row, &pattern)?.then_some(doc));
        }
        Some(docs.or(DocSet::list(read), papers))
    }

    /// The papers with a term.
    pub(super) fn with_term(&self, term: u32) -> DocSet {
        self.listed(self.postings(), term)
    }

    /// The papers of a posting list.
    fn listed(&self, postings: PostingsReader<'_>, number: u32) -> DocSet {
        let papers = self.papers();
        if postings.count(number) <= papers / SPARSE {
            let mut docs = Vec::with_capacity(postings.count(number).min(papers));
            postings.each(number, |doc| docs.push(doc));
            return DocSet::list(docs);
        }
        let mut bits = Bitmap::new(papers);
        postings.add_to(number, &mut bits);
        bits.trim();
        DocSet::from_bitmap(bits)
    }

    /// The papers whose abstract holds the terms with these numbers, two at least, next to each other; None when cancelled.
    fn phrase(&self, numbers: &[u32], cancelled: CancelCheck<'_>) -> Option<DocSet> {
        let all = DocSet::All(self.papers());
        let candidates = match numbers {
            [one, two] if self.pair(*one, *two).is_some() => all,
            _ => self.rarest_first(numbers).into_iter().fold(all, |docs, term| docs.and(self.with_term(term))),
        };
        self.phrase_in(candidates, numbers, cancelled)
    }

    /// Each term once, the rarest first.
    pub(super) fn rarest_first(&self, numbers: &[u32]) -> Vec<u32> {
        let postings = self.postings();
        let mut terms = numbers.to_vec();
        terms.sort_unstable_by_key(|term| (postings.count(*term), *term));
        terms.dedup();
        terms
    }

    /// The same of papers that have all of the terms; where the pair of two terms is listed, of any papers.
    pub(super) fn phrase_in(
        &self,
        mut candidates: DocSet,
        numbers: &[u32],
        cancelled: CancelCheck<'_>,
    ) -> Option<DocSet> {
        let pairs: Vec<u32> = numbers.array_windows().filter_map(|[one, two]| self.pair(*one, *two)).collect();
        for pair in &pairs {
            candidates = candidates.and(self.listed(self.pairs(), *pair));
        }
        if candidates.is_empty() || (numbers.len() == 2 && pairs.len() == 1) {
            return Some(candidates);
        }
        // The positions of the rarest term exclude most papers.
        let terms = self.rarest_first(numbers).into_iter();
        let terms: Vec<PhraseTerm> = terms.map(|term| PhraseTerm::new(term, numbers)).collect();
        filter_parallel(candidates, self.papers(), cancelled, || {
            let mut cursors: Vec<PhraseCursor<'_>> = terms.iter().map(|term| self.phrase_cursor(term)).collect();
            let mut starts = Vec::new();
            move |paper| holds(&mut cursors, paper, &mut starts)
        })
    }

    pub(super) fn phrase_cursor<'s>(&'s self, term: &'s PhraseTerm) -> PhraseCursor<'s> {
        PhraseCursor {
            offsets: &term.offsets,
            ordinals: self.postings().ordinals(term.number),
            ordinal: 0,
            bytes: PositionBytes::default(),
            positions: self.positions(term.number),
        }
    }
}
