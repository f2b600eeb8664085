//! Builds an index from a stream of papers in any order, with bounded memory: texts wait in a nameless temporary file until the order is
//! known. The finished file replaces the old one by rename, so readers of the old one keep it. Reading is `Index`.

use std::cmp::Reverse;
use std::fs;
use std::io::{self, BufWriter, Cursor, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::alphabet::{author_order, ranks_of, title_order};
use super::file::{self, Checksum, Section, Writer};
use super::sets::Bits;
use super::vocabulary::{Acronyms, QuickMap, Vocabulary};
use super::{DigestRow, Doc, Flags, Meta};
use crate::domain::paper::{family_name, split_name};
use crate::error::{Error, Result};

/// More papers than this would not fit the index's numbers.
const MOST_PAPERS: usize = 1 << 28;
/// A temporary file this old belongs to no running build.
const STALE: Duration = Duration::from_secs(6 * 3600);
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
        let temporary = tempfile::tempfile_in(folder).map_err(|error| failed(path, &error))?;
        let temporary = BufWriter::with_capacity(1 << 18, temporary);
        Ok(Self { path, temporary, draft: Draft::new(digests, revision) })
    }

    /// Ends the build when the flag is set, whatever it is at.
    #[must_use]
    pub fn until(mut self, stop: &Arc<AtomicBool>) -> Self {
        self.draft.stop = Arc::clone(stop);
        self
    }

    pub fn push(&mut self, doc: &Doc<'_>) -> Result<()> {
        self.draft.push(doc, &mut self.temporary).map_err(|error| failed(self.path, &error))
    }

    /// Writes the file beside its final place and renames it. Not forced to disk: a file torn by a power cut fails its checksums and is
    /// built again.
    pub fn finish(self) -> Result<Built> {
        let path = self.path;
        self.write().map_err(|error| failed(path, &error))
    }

    /// The same; None when it was stopped, which leaves the old file where it is.
    pub fn finish_unless_stopped(self) -> Result<Option<Built>> {
        let stop = Arc::clone(&self.draft.stop);
        match self.finish() {
            Err(_) if stop.load(Ordering::Relaxed) => Ok(None),
            built => built.map(Some),
        }
    }

    fn write(self) -> io::Result<Built> {
        let spool = self.temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
        let out = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder(self.path))?;
        let (papers, stop) = (self.draft.entries.len(), Arc::clone(&self.draft.stop));
        let out = if papers == 0 {
            self.draft.write(&[], BufWriter::new(out))?
        } else {
            self.draft.write(&file::map(&spool)?, BufWriter::with_capacity(1 << 18, out))?
        };
        let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = out.as_file().metadata()?.len();
        if stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("it was stopped"));
        }
        out.persist(self.path)?;
        Ok(Built { papers, bytes })
    }
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
    Ok(draft.write(&spool, Cursor::new(Vec::new()))?.into_inner())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::system(format!("cannot build the index {}: {error}", path.display()))
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

/// Distinct sets of numbers, numbered in the order they come.
#[derive(Default)]
struct SetTable {
    numbers: QuickMap<Vec<u32>, u32>,
    uses: Vec<Use>,
}

/// How many papers have a set, and date and row of the newest.
#[derive(Clone, Copy, Default)]
struct Use {
    count: u32,
    newest: Option<(u32, i64)>,
}

impl SetTable {
    /// The number of a set that a paper of this date and row has.
    fn number(&mut self, members: &[u32], paper: (u32, i64)) -> u32 {
        let number = match self.numbers.get(members) {
            Some(number) => *number,
            None => {
                let number = self.uses.len() as u32;
                self.numbers.insert(members.to_vec(), number);
                self.uses.push(Use::default());
                number
            }
        };
        if let Some(used) = self.uses.get_mut(number as usize) {
            used.count += 1;
            used.newest = used.newest.max(Some(paper));
        }
        number
    }

    /// Numbers and members of the sets as they are met when papers come newest first.
    fn in_order(&self) -> Vec<(Use, u32, &[u32])> {
        let used = |number: u32| self.uses.get(number as usize).copied().unwrap_or_default();
        let mut sets: Vec<_> = self.numbers.iter().map(|(set, number)| (used(*number), *number, set.as_slice())).collect();
        sets.sort_unstable_by_key(|(used, number, _)| (Reverse(used.newest), *number));
        sets
    }

    /// Writes the sets, the most frequent first so that counting stays in the cache, and their members under new numbers; returns the new
    /// number of each.
    fn write<W: Write + Seek>(
        &self,
        writer: &mut Writer<W>,
        sections: [Section; 3],
        renamed: impl Fn(u32) -> u32,
    ) -> io::Result<Vec<u32>> {
        let mut sets = self.in_order();
        sets.sort_by_key(|(used, ..)| Reverse(used.count));
        let mut renumbered = vec![0; sets.len()];
        let mut ends = vec![0];
        for (place, (_, number, members)) in sets.iter().enumerate() {
            if let Some(new) = renumbered.get_mut(*number as usize) {
                *new = place as u32;
            }
            ends.push(ends.last().copied().unwrap_or(0) + members.len() as u32 * 4);
        }
        let [members, offsets, counts] = sections;
        writer.column(members, sets.iter().flat_map(|(_, _, members)| members.iter().map(|member| renamed(*member))))?;
        writer.column(offsets, ends)?;
        writer.column(counts, sets.iter().map(|(used, ..)| used.count))?;
        Ok(renumbered)
    }
}

/// Where a paper waits and what decides its place.
#[derive(Clone, Copy)]
struct Entry {
    date: u32,
    day: u32,
    rank: u32,
    flags: Flags,
    offset: u64,
}

impl Entry {
    /// The day that says how new a paper is: its own, else that of the latest digest it was in.
    fn recency(&self) -> u32 {
        if self.date > 0 { self.date } else { self.day }
    }
}

/// What is kept in memory while papers arrive.
struct Draft {
    digests: Vec<DigestRow>,
    revision: i64,
    entries: Vec<Entry>,
    end: u64,
    names: Vec<String>,
    name_numbers: QuickMap<String, u32>,
    categories: SetTable,
    seen_in: SetTable,
    acronyms: Acronyms,
    record: Vec<u8>,
    authors: String,
    stop: Arc<AtomicBool>,
}

/// Fields of a waiting record before its texts, each u32: lengths of title, authors, key; packed date, added, votes + 1, category
/// set, digest set, row (two), count of ranks.
const FIELDS: usize = 11;

/// A waiting record, read back.
struct Record<'a> {
    fields: [u32; FIELDS],
    texts: &'a [u8],
}

impl<'a> Record<'a> {
    fn read(spool: &'a [u8], offset: u64) -> Option<Self> {
        let (head, texts) = spool.get(offset as usize..)?.split_first_chunk::<{ FIELDS * 4 }>()?;
        let mut fields = [0; FIELDS];
        fields.iter_mut().zip(file::u32s(head)).for_each(|(field, value)| *field = value);
        Some(Self { fields, texts })
    }

    /// What decides between papers that are as new as each other.
    fn tie(&self) -> (&'a str, Reverse<u32>, Reverse<i64>) {
        let row = u64::from(self.fields[9]) << 32 | u64::from(self.fields[8]);
        (self.title(), Reverse(self.fields[3]), Reverse(row.cast_signed()))
    }

    fn part(&self, start: u32, length: u32) -> &'a str {
        let bytes = self.texts.get(start as usize..start as usize + length as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn title(&self) -> &'a str {
        self.part(0, self.fields[0])
    }

    fn authors(&self) -> &'a str {
        self.part(self.fields[0], self.fields[1])
    }

    fn key(&self) -> &'a str {
        self.part(self.fields[0] + self.fields[1], self.fields[2])
    }

    /// Pairs of digest and rank.
    fn ranks(&self) -> impl Iterator<Item = [u32; 2]> + use<'a> {
        let start = (self.fields[0] + self.fields[1] + self.fields[2]) as usize;
        let bytes = self.texts.get(start..start + self.fields[10] as usize * 8).unwrap_or_default();
        let numbers = bytes.as_chunks::<8>().0.iter();
        numbers.map(|pair| [file::u32_at(pair, 0), file::u32_at(pair, 1)])
    }
}

impl Draft {
    fn new(digests: &[DigestRow], revision: i64) -> Self {
        Self {
            digests: digests.to_vec(),
            revision,
            entries: Vec::new(),
            end: 0,
            names: Vec::new(),
            name_numbers: QuickMap::default(),
            categories: SetTable::default(),
            seen_in: SetTable::default(),
            acronyms: Acronyms::default(),
            record: Vec::new(),
            authors: String::new(),
            stop: Arc::default(),
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
        let date = doc.date.map_or(0, |date| date.packed());
        let categories = self.categories.number(&categories, (date, doc.row));
        let mut sightings: Vec<(u32, Option<u32>)> =
            doc.digests.iter().copied().filter(|(digest, _)| (*digest as usize) < self.digests.len()).collect();
        sightings.sort_unstable();
        sightings.dedup_by_key(|(digest, _)| *digest);
        let digests: Vec<u32> = sightings.iter().map(|(digest, _)| *digest).collect();
        let day =
            |digest: u32| self.digests.get(digest as usize).and_then(|digest| digest.day).map_or(0, |day| day.packed());
        let latest = sightings.iter().map(|(digest, rank)| (Reverse(day(*digest)), rank.unwrap_or(u32::MAX))).min();
        let (Reverse(latest_day), rank) = latest.unwrap_or((Reverse(0), u32::MAX));
        let ranks: Vec<[u32; 2]> = sightings.iter().filter_map(|(digest, rank)| Some([*digest, (*rank)?])).collect();
        self.entries.push(Entry { date, day: latest_day, rank, flags: doc.flags, offset: self.end });

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
            self.seen_in.number(&digests, (date, doc.row)),
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

    fn sort(&mut self, spool: &[u8]) {
        let key = |entry: &Entry| (Reverse(entry.recency()), Reverse(entry.day), entry.rank);
        self.entries.sort_by_key(key);
        for ties in self.entries.chunk_by_mut(|one, two| key(one) == key(two)).filter(|ties| ties.len() > 1) {
            ties.sort_by_cached_key(|entry| Record::read(spool, entry.offset).map(|record| record.tie()));
        }
    }

    /// The names of the categories as they are met when papers come newest first, and the new number of each.
    fn names_in_order(&mut self) -> (Vec<String>, Vec<u32>) {
        let mut names = std::mem::take(&mut self.names);
        let (mut ordered, mut renamed) = (Vec::with_capacity(names.len()), vec![u32::MAX; names.len()]);
        for name in self.categories.in_order().iter().flat_map(|(.., members)| *members) {
            let place = *name as usize;
            if let (Some(new), Some(name)) = (renamed.get_mut(place).filter(|new| **new == u32::MAX), names.get_mut(place)) {
                *new = ordered.len() as u32;
                ordered.push(std::mem::take(name));
            }
        }
        (ordered, renamed)
    }

    fn write<W: Write + Seek>(mut self, spool: &[u8], out: W) -> io::Result<W> {
        self.sort(spool);
        let papers = self.entries.len();
        let mut writer = Writer::new(out)?;
        let (names, renamed) = self.names_in_order();
        let meta = serde_json::to_vec(&Meta {
            digests: std::mem::take(&mut self.digests),
            categories: names,
            chronological: self.entries.is_sorted_by_key(|entry| Reverse(entry.date)),
        })?;
        writer.begin(Section::Meta)?;
        writer.write_all(&meta)?;
        let sections = [Section::CategoryMembers, Section::CategoryOffsets, Section::CategoryCounts];
        let categories = std::mem::take(&mut self.categories).write(&mut writer, sections, |name| at(&renamed, name))?;
        let sections = [Section::DigestMembers, Section::DigestOffsets, Section::DigestCounts];
        let seen_in = std::mem::take(&mut self.seen_in).write(&mut writer, sections, |digest| digest)?;

        let entries = std::mem::take(&mut self.entries);
        let go_on = |_: &&Entry| !self.stop.load(Ordering::Relaxed);
        let records = || entries.iter().take_while(go_on).filter_map(|entry| Record::read(spool, entry.offset));
        writer.column(Section::Published, entries.iter().map(|entry| entry.date))?;
        writer.column(Section::Added, records().map(|record| record.fields[4]))?;
        writer.begin(Section::Rows)?;
        for record in records() {
            writer.write_all(&[record.fields[8].to_le_bytes(), record.fields[9].to_le_bytes()].concat())?;
        }
        writer.column(Section::CategorySet, records().map(|record| at(&categories, record.fields[6])))?;
        writer.column(Section::DigestSet, records().map(|record| at(&seen_in, record.fields[7])))?;
        let numbered = || (0u32..).zip(records());
        let votes = numbered().filter(|(_, record)| record.fields[5] > 0);
        writer.column(Section::Votes, votes.flat_map(|(doc, record)| [doc, record.fields[5] - 1]))?;
        let ranks = numbered().flat_map(|(doc, record)| record.ranks().map(move |[digest, rank]| [doc, digest, rank]));
        writer.column(Section::Ranks, ranks.flatten())?;
        writer.begin(Section::Flags)?;
        for flag in Flags::ALL {
            let bits = Bits::collect(papers, entries.iter().map(|entry| entry.flags.contains(flag)));
            for word in bits.words() {
                writer.write_all(&word.to_le_bytes())?;
            }
        }

        texts(&mut writer, [Section::Keys, Section::KeyOffsets], records().map(|record| record.key()))?;
        let mut hashes: Vec<u64> = numbered()
            .map(|(doc, record)| Checksum::of(record.key().as_bytes()) >> 32 << 32 | u64::from(doc))
            .collect();
        hashes.sort_unstable();
        writer.begin(Section::KeyHashes)?;
        for hash in hashes {
            writer.write_all(&hash.to_le_bytes())?;
        }
        let (of_titles, of_authors) = std::thread::scope(|scope| {
            let of_titles = scope.spawn(|| ranks_of(records().map(|record| record.title()), title_order));
            let of_authors = ranks_of(records().map(|record| record.authors()), author_order);
            (of_titles.join().unwrap_or_default(), of_authors)
        });
        writer.column(Section::TitleRank, of_titles)?;
        writer.column(Section::AuthorRank, of_authors)?;
        texts(&mut writer, [Section::Titles, Section::TitleOffsets], records().map(|record| record.title()))?;
        texts(&mut writer, [Section::Authors, Section::AuthorOffsets], records().map(|record| record.authors()))?;

        let titles = || records().map(|record| record.title());
        let authors = records().map(|record| record.authors());
        let vocabulary = Vocabulary::of(std::mem::take(&mut self.acronyms), titles, authors, papers)?;
        drop(entries);
        vocabulary.write(&mut writer)?;
        writer.finish(self.revision, papers)
    }
}

/// The number at a place; 0 beyond the end.
fn at(numbers: &[u32], place: u32) -> u32 {
    numbers.get(place as usize).copied().unwrap_or(0)
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
        line.extend(word.chars().filter(|c| *c != ','));
    }
}

/// The first author of a line of authors.
pub(crate) fn first_name(authors: &str) -> &str {
    family_name(authors.split(", ").next().unwrap_or_default())
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
