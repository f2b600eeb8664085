//! Runs: the words of consecutive abstracts, inverted in memory up to a limit, then spooled to an unnamed file until all runs are merged. Several
//! threads fill runs of their own. Merging is in `builder`.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use rustc_hash::FxHashMap;

use crate::index::format::file::{self, FileBytes};
use crate::index::format::postings::{PostingsBuilder, RawPostings};
use crate::index::format::varint;
use crate::index::text::abstract_terms::{TermKind, each_abstract_term};
use crate::index::text::definitions::definitions;

/// Words of a full run. They take some 20 bytes each while the run is inverted, on each of up to four threads.
const MOST_WORDS: usize = 3 << 20;

/// Consecutive abstracts to be inverted: the number of the term of each of their words, in order. Sorting these numbers at the end is twice as
/// fast as growing a list for each term, which would write all over the memory.
#[derive(Default)]
pub struct FullTextRun {
    rows: Vec<i64>,
    terms: TermNumbers,
    /// A number with `SAME_POSITION` is of another form of the word before.
    words: Vec<u32>,
    /// Where in `words` each abstract ends.
    ends: Vec<usize>,
    /// The keys of the words of one abstract, and which of them are other forms of the word before; memory that is reused.
    keys: Vec<TermKey>,
    forms: Vec<usize>,
}

/// Begins the definitions of acronyms, which go with the terms until all runs are merged. No term begins so, and all come behind.
pub(super) const DEFINITION: char = '\u{1}';

/// A bit that no term's number has: a run has fewer terms.
const SAME_POSITION: u32 = 1 << 31;

impl FullTextRun {
    /// Adds a paper by its row id in papers.db, with its rendered abstract, empty when it has none.
    pub fn push(&mut self, row: i64, text: &str) {
        // All words are looked up together, so that the processor overlaps the waits for memory.
        self.keys.clear();
        self.forms.clear();
        each_abstract_term(text, |term, kind| {
            if kind != TermKind::Word {
                self.forms.push(self.keys.len());
            }
            self.keys.push(self.terms.key(term));
        });
        for definition in definitions(text) {
            self.forms.push(self.keys.len());
            self.keys.push(self.terms.key(&format!("{DEFINITION}{definition}")));
        }
        let start = self.words.len();
        self.words.extend(self.keys.iter().map(|key| self.terms.number(*key)));
        for form in &self.forms {
            if let Some(word) = self.words.get_mut(start + form) {
                *word |= SAME_POSITION;
            }
        }
        self.rows.push(row);
        self.ends.push(self.words.len());
    }

    /// Whether the run should be added to the builder and another one begun.
    pub fn is_full(&self) -> bool {
        self.words.len() >= MOST_WORDS
    }

    /// Inverts the run and spools it: to an unnamed file in the folder, or in memory without one.
    pub(super) fn spool(self, folder: Option<&Path>) -> io::Result<SpooledRun> {
        let Some(folder) = folder else {
            let mut bytes = Vec::new();
            let ends = self.write(&mut bytes)?;
            return Ok(SpooledRun { papers: self.rows.len(), bytes: FileBytes::Owned(bytes), ends });
        };
        let mut out = BufWriter::with_capacity(1 << 18, tempfile::tempfile_in(folder)?);
        let ends = self.write(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(SpooledRun { papers: self.rows.len(), bytes: file::map(&file)?, ends })
    }

    /// The paper and position of every word as one number, sorted by term; and where each term's numbers begin.
    fn by_term(&self) -> (Vec<u64>, Vec<usize>) {
        let mut starts = vec![0; self.terms.count as usize + 1];
        for term in &self.words {
            if let Some(start) = starts.get_mut((*term & !SAME_POSITION) as usize + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut sorted = vec![0; self.words.len()];
        let mut from = 0;
        for (doc, to) in (0_u64..).zip(&self.ends) {
            let mut after = 0_u64;
            for term in self.words.get(from..*to).unwrap_or_default() {
                after += u64::from(term & SAME_POSITION == 0);
                if let Some(at) = next.get_mut((term & !SAME_POSITION) as usize) {
                    if let Some(slot) = sorted.get_mut(*at) {
                        *slot = doc << 32 | after.saturating_sub(1);
                    }
                    *at += 1;
                }
            }
            from = *to;
        }
        (sorted, starts)
    }

    /// Writes dictionary, postings, positions, row ids and lengths of abstracts. Returns where each ends.
    fn write(&self, out: &mut impl Write) -> io::Result<[usize; 5]> {
        let (sorted, starts) = self.by_term();
        let (mut dictionary, mut postings, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        self.terms.each(|word, number| {
            let range = starts.get(number as usize).zip(starts.get(number as usize + 1));
            let words = range.and_then(|(from, to)| sorted.get(*from..*to)).unwrap_or_default();
            let (positions_before, mut list) = (positions.len(), PostingsBuilder::default());
            let mut last = 0;
            for word in words {
                let (doc, position) = ((word >> 32) as u32, *word as u32);
                let is_first = !list.ends_with(doc);
                list.push(doc);
                let step = if is_first { position } else { position - last };
                varint::put(step << 1 | u32::from(is_first), &mut positions);
                last = position;
            }
            let RawPostings { gaps, end, count } = list.raw();
            let positions = positions.len() - positions_before;
            let lengths = [word.len(), gaps.len(), end as usize, count as usize, positions];
            lengths.into_iter().for_each(|number| varint::put(number as u32, &mut dictionary));
            dictionary.extend_from_slice(word);
            postings.extend_from_slice(gaps);
        });
        let starts = std::iter::once(&0).chain(&self.ends);
        let length = |(end, start): (&usize, &usize)| {
            let words = self.words.get(*start..*end).unwrap_or_default();
            u16::try_from(words.iter().filter(|word| *word & SAME_POSITION == 0).count()).unwrap_or(u16::MAX)
        };
        let lengths = self.ends.iter().zip(starts).map(length);
        let rows: Vec<u8> = self.rows.iter().flat_map(|row| row.to_le_bytes()).collect();
        let lengths: Vec<u8> = lengths.flat_map(u16::to_le_bytes).collect();
        let mut end = 0;
        let mut ends = [0; 5];
        for (part, at) in [dictionary, postings, positions, rows, lengths].iter().zip(&mut ends) {
            out.write_all(part)?;
            end += part.len();
            *at = end;
        }
        Ok(ends)
    }
}

/// The terms of a run, numbered in the order they come.
#[derive(Default)]
struct TermNumbers {
    /// Terms of up to `SHORT` bytes, which is nearly all, as one number: their bytes, then how many. The numbers sort like the terms.
    short: FxHashMap<TermKey, u32>,
    long: FxHashMap<Box<str>, u32>,
    count: u32,
}

/// Bytes of the longest term that is packed into a key.
const SHORT: usize = 15;

/// A term as a number: a short one packed with its length; a long one's number with `LONG` in place of the length.
type TermKey = u128;

const LONG: u8 = u8::MAX;

impl TermNumbers {
    fn key(&mut self, word: &str) -> TermKey {
        if word.len() <= SHORT {
            let mut bytes = [0; 16];
            bytes.iter_mut().zip(word.bytes()).for_each(|(to, byte)| *to = byte);
            return TermKey::from_be_bytes(bytes) | word.len() as TermKey;
        }
        let number = match self.long.get(word) {
            Some(number) => *number,
            None => {
                self.long.insert(word.into(), self.count);
                self.count += 1;
                self.count - 1
            }
        };
        TermKey::from(number) << 8 | TermKey::from(LONG)
    }

    fn number(&mut self, key: TermKey) -> u32 {
        if key as u8 == LONG {
            return (key >> 8) as u32;
        }
        let number = *self.short.entry(key).or_insert(self.count);
        self.count += u32::from(number == self.count);
        number
    }

    /// Visits the terms in order.
    fn each(&self, mut visit: impl FnMut(&[u8], u32)) {
        let mut short: Vec<(TermKey, u32)> = self.short.iter().map(|(word, number)| (*word, *number)).collect();
        short.sort_unstable();
        let mut long: Vec<(&str, u32)> = self.long.iter().map(|(word, number)| (&**word, *number)).collect();
        long.sort_unstable();
        let mut long = long.into_iter().peekable();
        for (word, number) in short {
            let bytes = word.to_be_bytes();
            let word = bytes.get(..usize::from(word as u8)).unwrap_or_default();
            while let Some((word, number)) = long.next_if(|(other, _)| other.as_bytes() < word) {
                visit(word.as_bytes(), number);
            }
            visit(word, number);
        }
        long.for_each(|(word, number)| visit(word.as_bytes(), number));
    }
}

/// An inverted run, spooled to a file or in memory.
pub(super) struct SpooledRun {
    pub(super) papers: usize,
    bytes: FileBytes,
    ends: [usize; 5],
}

impl SpooledRun {
    /// A part by its number in the order of writing.
    fn part(&self, number: usize) -> &[u8] {
        let end = |number: usize| self.ends.get(number).copied().unwrap_or(0);
        let start = number.checked_sub(1).map_or(0, end);
        self.bytes.all().get(start..end(number)).unwrap_or_default()
    }

    /// One i64 for each paper.
    pub(super) fn rows(&self) -> &[u8] {
        self.part(3)
    }

    /// One u16 for each paper.
    pub(super) fn lengths(&self) -> &[u8] {
        self.part(4)
    }

    /// The terms in order.
    pub(super) fn terms(&self) -> RunTerms<'_> {
        RunTerms { dictionary: self.part(0), postings: self.part(1), positions: self.part(2) }
    }
}

/// A term of a run with its postings and positions.
#[derive(Clone, Copy)]
pub(super) struct RunTerm<'a> {
    pub(super) word: &'a [u8],
    pub(super) postings: RawPostings<'a>,
    positions: &'a [u8],
}

impl RunTerm<'_> {
    /// Visits the positions; true for the first one of each paper.
    pub(super) fn each_position(&self, mut visit: impl FnMut(bool, u32)) {
        let (mut positions, mut last) = (self.positions, 0u32);
        while let Some(number) = varint::take(&mut positions) {
            let is_first = number & 1 == 1;
            last = if is_first { number >> 1 } else { last.wrapping_add(number >> 1) };
            visit(is_first, last);
        }
    }
}

/// Reads the papers of a term of a run one by one.
pub(super) struct RunPapers<'a> {
    gaps: &'a [u8],
    /// The next paper, by its number in the run.
    pub(super) paper: Option<u32>,
    positions: &'a [u8],
}

impl<'a> RunPapers<'a> {
    pub(super) fn new(term: RunTerm<'a>) -> Self {
        let mut gaps = term.postings.gaps;
        let paper = varint::take(&mut gaps);
        Self { gaps, paper, positions: term.positions }
    }

    /// Visits the positions in the next paper and goes on to the one behind it.
    pub(super) fn next_positions(&mut self, mut visit: impl FnMut(u32)) {
        let mut last = None;
        loop {
            let mut rest = self.positions;
            let Some(number) = varint::take(&mut rest) else { break };
            last = match (last, number & 1 == 1) {
                (None, _) => Some(number >> 1),
                (Some(_), true) => break,
                (Some(last), false) => Some(number >> 1).map(|step| step.wrapping_add(last)),
            };
            last.into_iter().for_each(&mut visit);
            self.positions = rest;
        }
        let paper = self.paper.unwrap_or(0);
        self.paper = varint::take(&mut self.gaps).map(|gap| paper.wrapping_add(1).wrapping_add(gap));
    }
}

/// Reads the terms of a run in order.
pub(super) struct RunTerms<'a> {
    dictionary: &'a [u8],
    postings: &'a [u8],
    positions: &'a [u8],
}

impl<'a> Iterator for RunTerms<'a> {
    type Item = RunTerm<'a>;

    fn next(&mut self) -> Option<RunTerm<'a>> {
        let mut numbers = [0; 5];
        for number in &mut numbers {
            *number = varint::take(&mut self.dictionary)?;
        }
        let [word, gaps, end, count, positions] = numbers;
        let (word, dictionary) = self.dictionary.split_at_checked(word as usize)?;
        let (gaps, postings) = self.postings.split_at_checked(gaps as usize)?;
        let (term_positions, positions) = self.positions.split_at_checked(positions as usize)?;
        *self = Self { dictionary, postings, positions };
        Some(RunTerm { word, postings: RawPostings { gaps, end, count }, positions: term_positions })
    }
}
