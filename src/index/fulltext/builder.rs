//! Builds a segment of the full text from runs, in bounded memory: spooled runs are merged in one pass for the dictionary, one for the postings
//! and one for the positions and the pairs of frequent terms. The library decides which abstracts go in and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::{self, BufWriter, Cursor, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::folder::BuildFolder;
use super::pairs::PairsBuilder;
use super::positions::PositionsBuilder;
use super::run::{DEFINITION, FullTextRun, RunTerm, RunTerms, SpooledRun};
use super::segment::SegmentMeta;
use crate::error::{Error, Result};
use crate::index::format::dictionary;
use crate::index::format::file::{IndexFileKind, Section, SectionWriter};
use crate::index::format::postings::{ABSTRACTS, PostingsBuilder, PostingsWriter};
use crate::index::text::definitions::fewest_definitions;

/// Takes runs, from any thread, and merges them to a segment. Dropped before `finish`, it leaves no files.
pub struct FullTextBuilder {
    /// Each with the number that orders them.
    runs: Mutex<Vec<(usize, SpooledRun)>>,
    revision: i64,
    meta: SegmentMeta,
    /// None when it is built in memory.
    folder: Option<BuildFolder>,
}

impl FullTextBuilder {
    /// For the segment of all abstracts of papers.db at a revision, whose highest row id is given. None when another process is building.
    pub fn whole(home: &Path, revision: i64, highest_row: i64) -> Result<Option<Self>> {
        Self::at(home, revision, SegmentMeta { highest_row, base: None })
    }

    /// For the segment of the abstracts that changed since the segment of all abstracts at revision `base`. None as for `whole`.
    pub fn recent(home: &Path, revision: i64, highest_row: i64, base: i64) -> Result<Option<Self>> {
        Self::at(home, revision, SegmentMeta { highest_row, base: Some(base) })
    }

    fn at(home: &Path, revision: i64, meta: SegmentMeta) -> Result<Option<Self>> {
        let folder = BuildFolder::open(home)?;
        Ok(folder.map(|folder| Self { runs: Mutex::default(), revision, meta, folder: Some(folder) }))
    }

    pub(super) fn in_memory() -> Self {
        let meta = SegmentMeta { highest_row: i64::MAX, base: None };
        Self { runs: Mutex::default(), revision: 0, meta, folder: None }
    }

    /// Spools a run. Papers are numbered in the order of the runs' numbers.
    pub fn add(&self, number: usize, run: FullTextRun) -> Result<()> {
        let run = run.spool(self.folder.as_ref().map(BuildFolder::path)).map_err(failed)?;
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push((number, run));
        Ok(())
    }

    /// Writes the segment and puts it in place of the old one.
    pub fn finish(self) -> Result<()> {
        let Self { runs, revision, meta, folder } = self;
        let Some(folder) = folder else { return Ok(()) };
        let write = || {
            let out = BufWriter::with_capacity(1 << 18, folder.temporary_file()?);
            let out = write(sorted(runs), &meta, revision, out)?;
            folder.replace(out.into_inner().map_err(io::IntoInnerError::into_error)?, meta.base.is_some())
        };
        write().map_err(failed)
    }

    /// The bytes of the segment, when it is built in memory.
    pub(super) fn bytes(self) -> Result<Vec<u8>> {
        let written = write(sorted(self.runs), &self.meta, self.revision, Cursor::new(Vec::new()));
        written.map(Cursor::into_inner).map_err(failed)
    }
}

fn failed(error: io::Error) -> Error {
    Error::io("cannot build the full text", error)
        .hint("searches work without it, slower; free some disk space or check permissions")
}

fn sorted(runs: Mutex<Vec<(usize, SpooledRun)>>) -> Vec<SpooledRun> {
    let mut runs = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    runs.sort_by_key(|(number, _)| *number);
    runs.into_iter().map(|(_, run)| run).collect()
}

fn write<W: Write + Seek>(runs: Vec<SpooledRun>, meta: &SegmentMeta, revision: i64, out: W) -> io::Result<W> {
    let papers = runs.iter().map(|run| run.papers).sum();
    let mut writer = SectionWriter::new(out, IndexFileKind::FullText)?;
    writer.begin(Section::Meta)?;
    writer.write_all(&serde_json::to_vec(meta)?)?;
    writer.begin(Section::Rows)?;
    runs.iter().try_for_each(|run| writer.write_all(run.rows()))?;
    writer.begin(Section::AbstractLengths)?;
    runs.iter().try_for_each(|run| writer.write_all(run.lengths()))?;

    let words = terms(&runs).filter_map(|term| std::str::from_utf8(term.word).ok());
    dictionary::write(&mut writer, Section::Terms, Section::TermOffsets, words)?;
    let mut postings = PostingsWriter::begin(&mut writer, ABSTRACTS, papers)?;
    terms(&runs).try_for_each(|term| postings.push(&term.postings()))?;
    let mut pairs = PairsBuilder::new(&postings.finish()?, papers);

    let (mut ends, mut end) = (vec![0], 0);
    let mut positions = PositionsBuilder::default();
    writer.begin(Section::Positions)?;
    for (number, term) in (0..).zip(terms(&runs)) {
        pairs.push(number, term.word, &term.entries);
        for (_, entry) in &term.entries {
            entry.each_position(|is_first, position| positions.push(position, is_first));
        }
        end += positions.write(&mut writer)?;
        ends.push(u32::try_from(end).map_err(|_| io::Error::other("the positions of words exceed 4 GB"))?);
    }
    writer.column(Section::PositionOffsets, ends)?;
    pairs.write(&mut writer, papers)?;

    // Of a few papers all are kept: others may add to them.
    let fewest = if meta.base.is_none() { fewest_definitions(papers) } else { 1 };
    let definitions = || definitions(&runs).filter(|(_, count)| *count >= fewest);
    dictionary::write(
        &mut writer,
        Section::Definitions,
        Section::DefinitionOffsets,
        definitions().map(|(definition, _)| definition),
    )?;
    writer.column(Section::DefinitionCounts, definitions().map(|(_, count)| count))?;
    writer.finish(revision, papers)
}

/// The terms of all runs in order.
fn terms(runs: &[SpooledRun]) -> impl Iterator<Item = MergedTerm<'_>> {
    TermMerge::new(runs).filter(|term| term.definition().is_none())
}

/// The definitions of all runs in order, each with the number of abstracts that have it.
fn definitions(runs: &[SpooledRun]) -> impl Iterator<Item = (&str, u32)> {
    // They come before the terms.
    TermMerge::new(runs).map_while(|term| Some((term.definition()?, term.count())))
}

/// A term with its entry in each run that has it, and the number of the run's first paper.
struct MergedTerm<'a> {
    word: &'a [u8],
    entries: Vec<(u32, RunTerm<'a>)>,
}

impl<'a> MergedTerm<'a> {
    /// The definition of an acronym that goes with the terms; None for a term.
    fn definition(&self) -> Option<&'a str> {
        std::str::from_utf8(self.word).ok()?.strip_prefix(DEFINITION)
    }

    /// How many papers have it.
    fn count(&self) -> u32 {
        self.entries.iter().map(|(_, entry)| entry.postings.count).sum()
    }

    fn postings(&self) -> PostingsBuilder {
        let mut list = PostingsBuilder::default();
        for (first, entry) in &self.entries {
            list.append(*first, entry.postings);
        }
        list
    }
}

/// Merges the sorted terms of all runs.
struct TermMerge<'a> {
    runs: Vec<(u32, RunTerms<'a>)>,
    /// The next term of each run that is not at its end.
    next: BinaryHeap<Reverse<NextTerm<'a>>>,
}

struct NextTerm<'a> {
    run: usize,
    entry: RunTerm<'a>,
}

impl NextTerm<'_> {
    fn key(&self) -> (&[u8], usize) {
        (self.entry.word, self.run)
    }
}

impl Ord for NextTerm<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for NextTerm<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for NextTerm<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for NextTerm<'_> {}

impl<'a> TermMerge<'a> {
    fn new(spooled: &'a [SpooledRun]) -> Self {
        let mut first = 0;
        let mut runs = Vec::with_capacity(spooled.len());
        for run in spooled {
            runs.push((first, run.terms()));
            first += run.papers as u32;
        }
        let firsts = runs.iter_mut().enumerate();
        let next =
            firsts.filter_map(|(run, (_, terms))| Some(Reverse(NextTerm { run, entry: terms.next()? }))).collect();
        Self { runs, next }
    }
}

impl<'a> Iterator for TermMerge<'a> {
    type Item = MergedTerm<'a>;

    fn next(&mut self) -> Option<MergedTerm<'a>> {
        let word = self.next.peek()?.0.entry.word;
        let mut entries = Vec::new();
        while let Some(mut least) = self.next.peek_mut().filter(|least| least.0.entry.word == word) {
            let NextTerm { run, entry } = &mut least.0;
            let Some((first, terms)) = self.runs.get_mut(*run) else {
                PeekMut::pop(least);
                continue;
            };
            entries.push((*first, *entry));
            match terms.next() {
                Some(following) => *entry = following,
                None => drop(PeekMut::pop(least)),
            }
        }
        Some(MergedTerm { word, entries })
    }
}
