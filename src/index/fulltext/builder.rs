//! Makes a piece of the full text from runs, in bounded memory: runs wait in nameless files, then their terms are merged in one pass for
//! the words, one for the postings and one for the places. Which abstracts, and when, is the library's.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::{self, BufWriter, Cursor, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::folder::Site;
use super::positions::PlacesBuilder;
use super::run::{Entry, Kept, Run, Terms};
use super::segment::Meta;
use crate::error::{Error, Result};
use crate::index::format::dictionary;
use crate::index::format::file::{Section, Writer};
use crate::index::format::postings::{self, Growing};

/// Takes runs, from any thread, and makes a piece of them. Dropped before `finish` it leaves nothing.
pub struct FullTextBuilder {
    /// With the number that orders them.
    kept: Mutex<Vec<(usize, Kept)>>,
    revision: i64,
    meta: Meta,
    /// None: it is made in memory.
    site: Option<Site>,
}

impl FullTextBuilder {
    /// All abstracts of papers.db at this revision; no row is above `highest_row`. None: another process builds now.
    pub fn whole(home: &Path, revision: i64, highest_row: i64) -> Result<Option<Self>> {
        Self::at(home, revision, Meta { highest_row, base: None })
    }

    /// The abstracts that changed since the full text of revision `base`.
    pub fn recent(home: &Path, revision: i64, highest_row: i64, base: i64) -> Result<Option<Self>> {
        Self::at(home, revision, Meta { highest_row, base: Some(base) })
    }

    fn at(home: &Path, revision: i64, meta: Meta) -> Result<Option<Self>> {
        let site = Site::open(home)?;
        Ok(site.map(|site| Self { kept: Mutex::default(), revision, meta, site: Some(site) }))
    }

    pub(super) fn in_memory() -> Self {
        let meta = Meta { highest_row: i64::MAX, base: None };
        Self { kept: Mutex::default(), revision: 0, meta, site: None }
    }

    /// Takes a run; papers are numbered by the runs in the order of `place`.
    pub fn keep(&self, place: usize, run: Run) -> Result<()> {
        let kept = run.keep(self.site.as_ref().map(Site::path)).map_err(failed)?;
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push((place, kept));
        Ok(())
    }

    /// Makes it the full text that counts.
    pub fn finish(self) -> Result<()> {
        let Self { kept, revision, meta, site } = self;
        let Some(site) = site else { return Ok(()) };
        let write = || {
            let out = BufWriter::with_capacity(1 << 18, site.file()?);
            let out = write(sorted(kept), &meta, revision, out)?;
            site.keep(out.into_inner().map_err(io::IntoInnerError::into_error)?, meta.base.is_some())
        };
        write().map_err(failed)
    }

    /// The bytes of the piece, of one made in memory.
    pub(super) fn bytes(self) -> Result<Vec<u8>> {
        let written = write(sorted(self.kept), &self.meta, self.revision, Cursor::new(Vec::new()));
        written.map(Cursor::into_inner).map_err(failed)
    }
}

fn failed(error: io::Error) -> Error {
    Error::io("the full text cannot be built", error)
        .hint("searching goes on without it, slower; free some disk space or check permissions")
}

fn sorted(kept: Mutex<Vec<(usize, Kept)>>) -> Vec<Kept> {
    let mut runs = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    runs.sort_by_key(|(place, _)| *place);
    runs.into_iter().map(|(_, kept)| kept).collect()
}

fn write<W: Write + Seek>(runs: Vec<Kept>, meta: &Meta, revision: i64, out: W) -> io::Result<W> {
    let papers = runs.iter().map(|run| run.docs).sum();
    let mut writer = Writer::new(out)?;
    writer.begin(Section::Meta)?;
    writer.write_all(&serde_json::to_vec(meta)?)?;
    writer.begin(Section::Rows)?;
    runs.iter().try_for_each(|run| writer.write_all(run.rows()))?;
    writer.begin(Section::Lengths)?;
    runs.iter().try_for_each(|run| writer.write_all(run.lengths()))?;

    let words = Merged::new(&runs).filter_map(|term| std::str::from_utf8(term.word).ok());
    dictionary::write(&mut writer, Section::Terms, Section::TermOffsets, words)?;
    let lists = Merged::new(&runs).map(|term| term.postings());
    postings::write(&mut writer, postings::TEXT, lists, papers)?;

    let (mut ends, mut end) = (vec![0], 0);
    let mut places = PlacesBuilder::default();
    writer.begin(Section::Places)?;
    for term in Merged::new(&runs) {
        for (_, entry) in &term.entries {
            entry.each_place(|is_first, place| places.push(place, is_first));
        }
        end += places.write(&mut writer)?;
        ends.push(u32::try_from(end).map_err(|_| io::Error::other("the places of words exceed 4 GB"))?);
    }
    writer.column(Section::PlaceOffsets, ends)?;
    writer.finish(revision, papers)
}

/// A term, and what each run that has it says of it: the number of the run's first paper, and the entry.
struct Term<'a> {
    word: &'a [u8],
    entries: Vec<(u32, Entry<'a>)>,
}

impl Term<'_> {
    fn postings(&self) -> Growing {
        let mut list = Growing::default();
        for (first, entry) in &self.entries {
            list.append(*first, entry.postings);
        }
        list
    }
}

/// The terms of all runs in their order.
struct Merged<'a> {
    runs: Vec<(u32, Terms<'a>)>,
    /// The next entry of each run that is not at its end.
    next: BinaryHeap<Reverse<Next<'a>>>,
}

struct Next<'a> {
    run: usize,
    entry: Entry<'a>,
}

impl Next<'_> {
    fn key(&self) -> (&[u8], usize) {
        (self.entry.word, self.run)
    }
}

impl Ord for Next<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Next<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Next<'_> {}

impl<'a> Merged<'a> {
    fn new(kept: &'a [Kept]) -> Self {
        let mut first = 0;
        let mut runs = Vec::with_capacity(kept.len());
        for run in kept {
            runs.push((first, run.terms()));
            first += run.docs as u32;
        }
        let firsts = runs.iter_mut().enumerate();
        let next = firsts.filter_map(|(run, (_, terms))| Some(Reverse(Next { run, entry: terms.next()? }))).collect();
        Self { runs, next }
    }
}

impl<'a> Iterator for Merged<'a> {
    type Item = Term<'a>;

    fn next(&mut self) -> Option<Term<'a>> {
        let word = self.next.peek()?.0.entry.word;
        let mut entries = Vec::new();
        while let Some(mut least) = self.next.peek_mut().filter(|least| least.0.entry.word == word) {
            let Next { run, entry } = &mut least.0;
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
        Some(Term { word, entries })
    }
}
