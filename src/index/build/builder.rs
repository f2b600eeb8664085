//! Builds an index from a stream of papers in any order, with bounded memory: texts wait in a nameless temporary file until the order is
//! known. The finished file replaces the old one by rename, so readers of the old one keep it. Reading is `Index`.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::fs;
use std::io::{self, BufWriter, Cursor, Seek, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::acronyms::Acronyms;
use super::distinct::{CATEGORIES, DIGESTS, SetTable};
use super::extend;
use super::sort_ranks::{author_order, ranks_of, title_order};
use super::spool::{Entry, FIELDS, Record, latest};
use super::vocabulary::{OfTitles, QuickMap, Terms, Vocabulary};
use crate::domain::names::{family_name, split_name};
use crate::error::{Error, Result};
use crate::index::format::file::{self, Checksum, Section, Writer};
use crate::index::format::sets::Bits;
use crate::index::{DigestRow, Doc, DocId, Flags, Index, Meta};

/// More papers than this would not fit the index's numbers.
pub(super) const MOST_PAPERS: usize = 1 << 28;
/// A temporary file this old belongs to no running build.
const STALE: Duration = Duration::from_secs(6 * 3600);
/// Papers between two looks at whether a build is still wanted.
const BETWEEN_LOOKS: usize = 1 << 14;
const TEMPORARY: &str = "words.idx.tmp-";

/// What a build made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    pub papers: usize,
    /// Size of the file.
    pub bytes: u64,
}

/// Builds the index of all papers at `path`. For papers that come one at a time from a database, use `Builder`.
pub fn build<'a>(
    path: &Path,
    docs: &mut dyn Iterator<Item = Doc<'a>>,
    digests: &[DigestRow],
    revision: i64,
) -> Result<Built> {
    let mut builder = Builder::new(path, digests, revision)?;
    for doc in docs {
        builder.push(&doc)?;
    }
    builder.finish()
}

/// Takes papers one at a time, in any order: the file is the same. Papers that come newest first are read back sequentially, which is a
/// little faster.
pub struct Builder<'a> {
    path: &'a Path,
    temporary: BufWriter<fs::File>,
    draft: Draft,
}

impl<'a> Builder<'a> {
    /// `path` is the file to be; its folder must exist. Remains of builds that were killed are removed.
    pub fn new(path: &'a Path, digests: &[DigestRow], revision: i64) -> Result<Self> {
        let folder = folder(path);
        remove_stale(folder);
        let temporary = tempfile::tempfile_in(folder).map_err(|error| failed(path, error))?;
        let temporary = BufWriter::with_capacity(1 << 18, temporary);
        Ok(Self { path, temporary, draft: Draft::new(digests, revision) })
    }

    /// The revision of papers.db, where that of the index says more than that.
    #[must_use]
    pub fn of_papers(mut self, revision: i64) -> Self {
        self.draft.papers_revision = revision;
        self
    }

    pub fn push(&mut self, doc: &Doc<'_>) -> Result<()> {
        self.draft.push(doc, &mut self.temporary).map_err(|error| failed(self.path, error))
    }

    /// Writes the file beside its final place and renames it. Not forced to disk: a file torn by a power cut fails its checksums and is
    /// built again.
    pub fn finish(self) -> Result<Built> {
        let path = self.path;
        self.finish_while(&mut || true)?.ok_or_else(|| failed(path, stopped()))
    }

    /// The same as long as `go_on`, which is asked now and then, says so. None when it did not: the old file stays where it is.
    pub fn finish_while(self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<Built>> {
        let (path, papers) = (self.path, self.draft.entries.len());
        let written = self.spooled().and_then(|(draft, spool, out)| {
            let out = draft.write(spool.as_ref().map_or(&[][..], file::Bytes::all), out, go_on)?;
            out.map(|out| keep(path, out, papers)).transpose()
        });
        written.map_err(|error| failed(path, error))
    }

    /// Writes the same file as `finish` would if the papers of `old`, without those of the rows in `gone`, had been pushed, too; in a
    /// fraction of the time. A paper that changed is pushed and its row is in `gone`. None: that is not to be had from the old index, all
    /// papers must be pushed. A damaged index makes a damaged one: see `Index::verify`.
    pub fn extend(self, old: &Index, gone: &[i64]) -> Result<Option<Built>> {
        let path = self.path;
        let written = self.spooled().and_then(|(draft, spool, out)| {
            let spool = spool.as_ref().map_or(&[][..], file::Bytes::all);
            let extended = extend::write(old, gone, draft, spool, out)?;
            extended.map(|(out, papers)| keep(path, out, papers)).transpose()
        });
        written.map_err(|error| failed(path, error))
    }

    /// What was pushed, its texts (None: there are none), and the file to write to.
    fn spooled(self) -> io::Result<(Draft, Option<file::Bytes>, Out)> {
        let spool = self.temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
        let spool = if self.draft.entries.is_empty() { None } else { Some(file::map(&spool)?) };
        let out = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder(self.path))?;
        Ok((self.draft, spool, BufWriter::with_capacity(1 << 18, out)))
    }
}

type Out = BufWriter<tempfile::NamedTempFile>;

fn keep(path: &Path, out: Out, papers: usize) -> io::Result<Built> {
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    let bytes = out.as_file().metadata()?.len();
    out.persist(path)?;
    Ok(Built { papers, bytes })
}

/// The bytes of an index of few papers.
pub(crate) fn in_memory<'a>(
    docs: impl Iterator<Item = Doc<'a>>,
    digests: &[DigestRow],
    revision: i64,
) -> io::Result<Vec<u8>> {
    let (mut draft, mut spool) = (Draft::new(digests, revision), Vec::new());
    for doc in docs {
        draft.push(&doc, &mut spool)?;
    }
    let written = draft.write(&spool, Cursor::new(Vec::new()), &mut || true)?;
    Ok(written.ok_or_else(stopped)?.into_inner())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn stopped() -> io::Error {
    io::Error::other("it was stopped")
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::io(format_args!("cannot build the index {}", path.display()), error)
        .hint("the papers are safe; free some disk space or check permissions, then run `tsundoku doctor`")
}

fn remove_stale(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) && age.is_some_and(|age| age > STALE) {
            // Only a leftover: when it cannot be removed, nothing is lost but space.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What is kept in memory while papers arrive.
pub(super) struct Draft {
    pub(super) digests: Vec<DigestRow>,
    pub(super) revision: i64,
    pub(super) papers_revision: i64,
    pub(super) highest_row: i64,
    pub(super) entries: Vec<Entry>,
    end: u64,
    pub(super) names: Vec<String>,
    name_numbers: QuickMap<String, u32>,
    pub(super) categories: SetTable,
    pub(super) seen_in: SetTable,
    pub(super) acronyms: Acronyms,
    record: Vec<u8>,
    authors: String,
}

impl Draft {
    fn new(digests: &[DigestRow], revision: i64) -> Self {
        Self {
            digests: digests.to_vec(),
            revision,
            papers_revision: revision,
            highest_row: i64::MIN,
            entries: Vec::new(),
            end: 0,
            names: Vec::new(),
            name_numbers: QuickMap::default(),
            categories: SetTable::default(),
            seen_in: SetTable::default(),
            acronyms: Acronyms::default(),
            record: Vec::new(),
            authors: String::new(),
        }
    }

    fn category(&mut self, name: &str) -> u32 {
        if let Some(number) = self.name_numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.name_numbers.insert(name.to_owned(), number);
        number
    }

    fn push(&mut self, doc: &Doc<'_>, spool: &mut impl Write) -> io::Result<()> {
        if self.entries.len() >= MOST_PAPERS {
            return Err(io::Error::other("more papers than an index can hold"));
        }
        self.acronyms.add_title(doc.title);
        let mut categories: Vec<u32> = Vec::new();
        for name in doc.categories {
            let number = self.category(name);
            if !categories.contains(&number) {
                categories.push(number);
            }
        }
        let categories = self.categories.number(&categories);
        let mut sightings: Vec<(u32, Option<u32>)> =
            doc.digests.iter().copied().filter(|(digest, _)| (*digest as usize) < self.digests.len()).collect();
        sightings.sort_unstable();
        sightings.dedup_by_key(|(digest, _)| *digest);
        let digests: Vec<u32> = sightings.iter().map(|(digest, _)| *digest).collect();
        let (day, rank) = latest(sightings.iter().copied(), &self.digests);
        let ranks: Vec<[u32; 2]> = sightings.iter().filter_map(|(digest, rank)| Some([*digest, (*rank)?])).collect();
        let date = doc.date.map_or(0, |date| date.packed());
        self.entries.push(Entry { date, day, rank, flags: doc.flags, offset: self.end });
        self.highest_row = self.highest_row.max(doc.row);

        self.authors.clear();
        for name in doc.authors {
            join_name(&mut self.authors, name);
        }
        let row = doc.row as u64;
        let fields: [u32; FIELDS] = [
            doc.title.len() as u32,
            self.authors.len() as u32,
            doc.key.len() as u32,
            date,
            doc.added.clamp(0, i64::from(u32::MAX)) as u32,
            doc.votes.map_or(0, |votes| votes.saturating_add(1)),
            categories,
            self.seen_in.number(&digests),
            row as u32,
            (row >> 32) as u32,
            ranks.len() as u32,
        ];
        self.record.clear();
        self.record.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        for text in [doc.title, self.authors.as_str(), doc.key] {
            self.record.extend_from_slice(text.as_bytes());
        }
        self.record.extend(ranks.iter().flatten().flat_map(|number| number.to_le_bytes()));
        self.end += self.record.len() as u64;
        spool.write_all(&self.record)
    }

    pub(super) fn sort(&mut self, spool: &[u8]) {
        self.entries.sort_by_key(Entry::order);
        let ties = self.entries.chunk_by_mut(|one, two| one.order() == two.order());
        for ties in ties.filter(|ties| ties.len() > 1) {
            ties.sort_by_cached_key(|entry| Record::read(spool, entry).map(|record| record.tie()));
        }
    }

    /// None when `go_on` said so.
    fn write<W: Write + Seek>(
        mut self,
        spool: &[u8],
        out: W,
        go_on: &mut dyn FnMut() -> bool,
    ) -> io::Result<Option<W>> {
        self.sort(spool);
        let papers = self.entries.len();
        let mut writer = Writer::new(out)?;
        let (names, renamed) = by_name(std::mem::take(&mut self.names));
        let meta = serde_json::to_vec(&Meta {
            papers_revision: self.papers_revision,
            highest_row: self.highest_row,
            digests: std::mem::take(&mut self.digests),
            categories: names,
            chronological: self.entries.is_sorted_by_key(|entry| Reverse(entry.date)),
        })?;
        writer.begin(Section::Meta)?;
        writer.write_all(&meta)?;
        let categories =
            std::mem::take(&mut self.categories).write(&mut writer, CATEGORIES, |name| at(&renamed, name))?;
        let seen_in = std::mem::take(&mut self.seen_in).write(&mut writer, DIGESTS, |digest| digest)?;

        let entries = std::mem::take(&mut self.entries);
        let acronyms = std::mem::take(&mut self.acronyms);
        let wanted = acronyms.wanted(papers);
        let stop = AtomicBool::new(false);
        let looks = RefCell::new((0_usize, go_on));
        let look = || {
            let (count, go_on) = &mut *looks.borrow_mut();
            *count += 1;
            if count.is_multiple_of(BETWEEN_LOOKS) && !go_on() {
                stop.store(true, Ordering::Relaxed);
            }
            !stop.load(Ordering::Relaxed)
        };
        let read = |entry: &Entry| Record::read(spool, entry);
        let records = || entries.iter().take_while(|_| look()).filter_map(read);
        // The words of the titles are half of the work: they have a thread of their own from the beginning.
        let (titles, authors) = std::thread::scope(|scope| {
            let titles = scope.spawn(|| {
                let records = entries.iter().take_while(|_| !stop.load(Ordering::Relaxed)).filter_map(read);
                OfTitles::of(wanted.as_ref(), (0..).zip(records.map(|record| record.title())))
            });
            writer.column(Section::Published, entries.iter().map(|entry| entry.date))?;
            writer.column(Section::Added, records().map(|record| record.fields[4]))?;
            writer.begin(Section::Rows)?;
            for record in records() {
                writer.write_all(&record.row().to_le_bytes())?;
            }
            writer.column(Section::CategorySet, records().map(|record| at(&categories, record.fields[6])))?;
            writer.column(Section::DigestSet, records().map(|record| at(&seen_in, record.fields[7])))?;
            let numbered = || (0u32..).zip(records());
            let votes = numbered().filter(|(_, record)| record.fields[5] > 0);
            writer.column(Section::Votes, votes.flat_map(|(doc, record)| [doc, record.fields[5] - 1]))?;
            let ranks =
                numbered().flat_map(|(doc, record)| record.ranks().map(move |[digest, rank]| [doc, digest, rank]));
            writer.column(Section::Ranks, ranks.flatten())?;
            writer.begin(Section::Flags)?;
            for flag in Flags::ALL {
                let bits = Bits::collect(papers, entries.iter().map(|entry| entry.flags.contains(flag)));
                for word in bits.words() {
                    writer.write_all(&word.to_le_bytes())?;
                }
            }

            texts(&mut writer, [Section::Keys, Section::KeyOffsets], records().map(|record| record.key()))?;
            let mut hashes: Vec<u64> = numbered().map(|(doc, record)| hashed(record.key(), doc)).collect();
            hashes.sort_unstable();
            writer.begin(Section::KeyHashes)?;
            for hash in hashes {
                writer.write_all(&hash.to_le_bytes())?;
            }
            let of_titles = ranks_of(records().map(|record| record.title()), title_order);
            writer.column(Section::TitleRank, of_titles)?;
            let of_authors = ranks_of(records().map(|record| record.authors()), author_order);
            writer.column(Section::AuthorRank, of_authors)?;
            texts(&mut writer, [Section::Titles, Section::TitleOffsets], records().map(|record| record.title()))?;
            texts(&mut writer, [Section::Authors, Section::AuthorOffsets], records().map(|record| record.authors()))?;
            let authors = Terms::of((0..).zip(records().map(|record| record.authors())));
            let titles = titles.join().map_err(|_| io::Error::other("the words of the titles could not be read"))?;
            Ok::<_, io::Error>((titles, authors))
        })?;
        drop(entries);
        if stop.into_inner() {
            return Ok(None);
        }
        Vocabulary { titles, authors, acronyms, papers }.write(&mut writer)?;
        writer.finish(self.revision, papers).map(Some)
    }
}

/// A number by a table of new ones.
pub(super) fn at(table: &[u32], number: u32) -> u32 {
    table.get(number as usize).copied().unwrap_or(0)
}

/// Names in their order, and the place of each by its number.
pub(super) fn by_name(names: Vec<String>) -> (Vec<String>, Vec<u32>) {
    let mut sorted: Vec<(String, u32)> = names.into_iter().zip(0..).collect();
    sorted.sort_unstable();
    let mut places = vec![0; sorted.len()];
    for (place, (_, number)) in (0u32..).zip(&sorted) {
        if let Some(entry) = places.get_mut(*number as usize) {
            *entry = place;
        }
    }
    (sorted.into_iter().map(|(name, _)| name).collect(), places)
}

/// A paper as `Section::KeyHashes` has it.
pub(super) fn hashed(key: &str, doc: DocId) -> u64 {
    Checksum::of(key.as_bytes()) >> 32 << 32 | u64::from(doc)
}

/// `Berg, Ludwig van der` becomes `Ludwig van der Berg`, so that commas part only names.
fn join_name(line: &mut String, name: &str) {
    let parts = split_name(name);
    if !line.is_empty() {
        line.push_str(", ");
    }
    let words = [parts.given, parts.family, parts.suffix];
    for (place, word) in words.into_iter().filter(|word| !word.is_empty()).enumerate() {
        if place > 0 {
            line.push(' ');
        }
        word.split(',').for_each(|part| line.push_str(part));
    }
}

/// The first author of a line of authors, none of whom has a comma: see `join_name`.
pub(crate) fn first_name(authors: &str) -> &str {
    family_name(authors.split(',').next().unwrap_or_default())
}

fn texts<'a, W: Write + Seek>(
    writer: &mut Writer<W>,
    [section, offsets]: [Section; 2],
    texts: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    let (mut ends, mut end) = (vec![0], 0);
    writer.begin(section)?;
    for text in texts {
        writer.write_all(text.as_bytes())?;
        end += text.len();
        ends.push(u32::try_from(end).map_err(|_| io::Error::other("the texts exceed 4 GB"))?);
    }
    writer.column(offsets, ends)
}
