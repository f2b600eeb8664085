//! The index file: a header, a table of sections with a checksum each, and the sections. Read where it lies (memory-mapped) or from a
//! buffer; the only place with `unsafe`. It knows no papers: what a section means is the other files' affair.

use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use memmap2::{Advice, Mmap};

use crate::error::{Error, Result};

const MAGIC: [u8; 8] = *b"tsundoku";
/// Raised with every change of what a section holds: files of another version are rebuilt.
const VERSION: u32 = 3;
/// Magic 8, version 4, section count 4, revision 8, papers 8, checksum of the rest of the head 8.
const HEADER: usize = 40;
/// Offset 8, length 8, checksum 8.
const ENTRY: usize = 24;
const HEAD: usize = HEADER + Section::COUNT * ENTRY;
/// Sections up to this size are checked when a file is opened; the others by `File::verify`.
const SMALL: usize = 64 * 1024;
/// One cache line, so that no small record needs two.
const ALIGNMENT: u64 = 64;

/// What the file holds, in file order. `Offsets` sections are little-endian u32, one more than there are items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// JSON: digests and names of categories.
    Meta,
    /// Texts of each paper, newest first.
    Titles,
    TitleOffsets,
    Authors,
    AuthorOffsets,
    Keys,
    KeyOffsets,
    /// Sorted u64: upper half of the key's checksum, then the paper.
    KeyHashes,
    /// One i64 a paper.
    Rows,
    /// One u32 a paper: packed date, 0 when unknown; seconds since 1970; set numbers; places in two orders.
    Published,
    Added,
    CategorySet,
    DigestSet,
    TitleRank,
    AuthorRank,
    /// Sorted pairs of u32: paper, votes. Only papers whose votes are known.
    Votes,
    /// Sorted triples of u32: paper, digest, rank. Only sightings with a rank.
    Ranks,
    /// One bitmap a flag.
    Flags,
    /// The distinct sets of categories (of digests) papers have: members as u32, how many papers have each set, and how many have each
    /// member.
    CategoryMembers,
    CategoryOffsets,
    CategoryCounts,
    CategoryTotals,
    DigestMembers,
    DigestOffsets,
    DigestCounts,
    DigestTotals,
    /// The dictionary: folded words of titles and authors, sorted; a u64 letter mask each; postings by field.
    Terms,
    TermOffsets,
    TermMasks,
    TitleLists,
    TitleListOffsets,
    TitleListCounts,
    AuthorLists,
    AuthorListOffsets,
    AuthorListCounts,
    /// Initialisms of consecutive title words, and their postings.
    Initials,
    InitialOffsets,
    InitialLists,
    InitialListOffsets,
    InitialListCounts,
    /// One- and two-letter beginnings shared by so many words that the union of their postings is kept ready.
    Prefixes,
    PrefixOffsets,
    PrefixLists,
    PrefixListOffsets,
    PrefixListCounts,
    /// Acronyms written in titles, sorted, and in how many places: they decide which initialisms a large index has.
    Acronyms,
    AcronymOffsets,
    AcronymCounts,
    /// A piece of the full text has, beside `Meta`, `Rows` and `Terms`, only these: postings in abstracts, the places in them, and how
    /// many words each abstract has, one u16 each.
    TextLists,
    TextListOffsets,
    TextListCounts,
    Places,
    PlaceOffsets,
    Lengths,
}

impl Section {
    const COUNT: usize = Self::Lengths as usize + 1;
}

/// A fast 64-bit checksum against damage, not against malice: four lanes of multiply and rotate.
#[derive(Clone)]
pub(crate) struct Checksum {
    lanes: [u64; 4],
    pending: [u8; 32],
    filled: usize,
    total: u64,
}

const FACTORS: [u64; 4] = [0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63];

impl Checksum {
    fn new() -> Self {
        Self { lanes: FACTORS, pending: [0; 32], filled: 0, total: 0 }
    }

    pub(crate) fn of(bytes: &[u8]) -> u64 {
        let mut sum = Self::new();
        sum.update(bytes);
        sum.finish()
    }

    fn stripe(lanes: &mut [u64; 4], stripe: &[u8; 32]) {
        for ((lane, word), factor) in lanes.iter_mut().zip(stripe.as_chunks::<8>().0).zip(FACTORS) {
            *lane = (*lane ^ u64::from_le_bytes(*word)).wrapping_mul(factor).rotate_left(29);
        }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        self.total += bytes.len() as u64;
        if self.filled > 0 {
            let room = self.pending.get_mut(self.filled..).unwrap_or_default();
            let taken = room.len().min(bytes.len());
            let (head, rest) = bytes.split_at(taken);
            for (place, byte) in room.iter_mut().zip(head) {
                *place = *byte;
            }
            self.filled += taken;
            bytes = rest;
            if self.filled < self.pending.len() {
                return;
            }
            Self::stripe(&mut self.lanes, &self.pending);
            self.filled = 0;
        }
        let (stripes, rest) = bytes.as_chunks::<32>();
        for stripe in stripes {
            Self::stripe(&mut self.lanes, stripe);
        }
        for (place, byte) in self.pending.iter_mut().zip(rest) {
            *place = *byte;
        }
        self.filled = rest.len();
    }

    fn finish(mut self) -> u64 {
        if let Some(rest) = self.pending.get_mut(self.filled..) {
            rest.fill(0);
        }
        Self::stripe(&mut self.lanes, &self.pending);
        let mixed =
            self.lanes.iter().fold(self.total, |sum, lane| (sum ^ lane).wrapping_mul(FACTORS[0]).rotate_left(31));
        (mixed ^ (mixed >> 32)).wrapping_mul(FACTORS[1])
    }
}

/// What a file holds, wherever it lies.
pub(crate) enum Bytes {
    Mapped(Mmap),
    Owned(Vec<u8>),
}

impl Bytes {
    /// Asks the system for the beginning of every section at once: what a first screen reads comes from all over the file, and a disk
    /// takes as long for one place as for many.
    fn expect(&self, table: &[[u8; ENTRY]]) {
        let Self::Mapped(map) = self else { return };
        for entry in table {
            let mut numbers = entry.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
            let mut number = || usize::try_from(numbers.next().unwrap_or(0)).unwrap_or(usize::MAX);
            let (start, length) = (number(), number().min(SMALL));
            if start.checked_add(length).is_some_and(|end| end <= map.len()) {
                // Only a hint: without it everything is read when it is touched.
                let _ = map.advise_range(Advice::WillNeed, start, length);
            }
        }
    }

    pub(crate) fn all(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}

/// A file of sections, opened. Lengths and offsets were checked against its size; the contents of big sections were not.
pub(crate) struct File {
    bytes: Bytes,
    sections: Vec<(Range<usize>, u64)>,
    pub(crate) revision: i64,
    pub(crate) papers: usize,
}

/// Maps a whole file for reading.
#[expect(unsafe_code, reason = "mapping a file is unsafe because another process may cut it short")]
pub(crate) fn map(file: &fs::File) -> io::Result<Bytes> {
    // SAFETY: index files are replaced by rename and never written in place, and temporary ones have no name.
    unsafe { Mmap::map(file) }.map(Bytes::Mapped)
}

impl File {
    /// None when there is no file, or one that is damaged or of another version.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>> {
        let failed = |error: io::Error| {
            Error::io(format_args!("cannot read the index {}", path.display()), error).hint("check its permissions")
        };
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() || metadata.len() < HEAD as u64 {
            return Ok(None);
        }
        Ok(Self::read(map(&file).map_err(failed)?))
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        Self::read(Bytes::Owned(bytes))
    }

    fn read(bytes: Bytes) -> Option<Self> {
        let mut file = Self { bytes, sections: Vec::new(), revision: 0, papers: 0 };
        let all = file.all();
        let (magic, rest) = all.get(..HEAD)?.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (revision, rest) = rest.split_first_chunk::<8>()?;
        let (papers, rest) = rest.split_first_chunk::<8>()?;
        let (sum, table) = rest.split_first_chunk::<8>()?;
        let known = *magic == MAGIC
            && u32::from_le_bytes(*version) == VERSION
            && u32::from_le_bytes(*count) as usize == Section::COUNT;
        if !known || head_sum(all.get(..HEADER - 8)?, table) != u64::from_le_bytes(*sum) {
            return None;
        }
        file.bytes.expect(table.as_chunks::<ENTRY>().0);
        let all = file.all();
        let mut sections = Vec::with_capacity(Section::COUNT);
        for entry in table.as_chunks::<ENTRY>().0 {
            let mut numbers = entry.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
            let start = usize::try_from(numbers.next()?).ok()?;
            let end = start.checked_add(usize::try_from(numbers.next()?).ok()?)?;
            let sum = numbers.next()?;
            let section = all.get(start..end)?;
            if section.len() <= SMALL && Checksum::of(section) != sum {
                return None;
            }
            sections.push((start..end, sum));
        }
        let (revision, papers) = (i64::from_le_bytes(*revision), u64::from_le_bytes(*papers));
        file.sections = sections;
        file.revision = revision;
        file.papers = usize::try_from(papers).ok()?;
        Some(file)
    }

    fn all(&self) -> &[u8] {
        self.bytes.all()
    }

    pub(crate) fn section(&self, section: Section) -> &[u8] {
        let range = self.sections.get(section as usize).map(|(range, _)| range.clone());
        range.and_then(|range| self.all().get(range)).unwrap_or_default()
    }

    /// Reads everything once and compares all checksums: false when a section is damaged.
    pub(crate) fn verify(&self) -> bool {
        self.sections
            .iter()
            .all(|(range, sum)| self.all().get(range.clone()).is_some_and(|section| Checksum::of(section) == *sum))
    }

    /// Brings the file into the page cache; meant for a background thread. Returns a checksum of nothing, so that it is not optimised away.
    pub(crate) fn prefault(&self) -> u8 {
        if let Bytes::Mapped(map) = &self.bytes {
            // Only a hint: without it the loop below does the same, slower.
            let _ = map.advise(Advice::WillNeed);
        }
        self.all().iter().step_by(4096).fold(0, |sum, byte| sum ^ byte)
    }
}

fn head_sum(header: &[u8], table: &[u8]) -> u64 {
    Checksum::of(header) ^ Checksum::of(table).rotate_left(1)
}

/// Damages the sections of a file and puts its checksums right, so that whoever reads it has to live with what it says.
#[cfg(test)]
pub(crate) fn damaged(mut bytes: Vec<u8>, damage: &[(usize, u8)]) -> Vec<u8> {
    for (at, bit) in damage {
        let at = HEAD + at % (bytes.len() - HEAD);
        bytes[at] ^= 1 << bit;
    }
    for entry in (HEADER..HEAD).step_by(ENTRY) {
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
        let (start, length) = (number(entry), number(entry + 8));
        let sum = Checksum::of(&bytes[start..start + length]);
        bytes[entry + 16..entry + 24].copy_from_slice(&sum.to_le_bytes());
    }
    let sum = head_sum(&bytes[..HEADER - 8], &bytes[HEADER..HEAD]);
    bytes[HEADER - 8..HEADER].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Writes a file section by section. Sections never begun are empty.
pub(crate) struct Writer<W: Write + Seek> {
    out: W,
    position: u64,
    table: Vec<[u64; 3]>,
    current: Option<(Section, u64, Checksum)>,
}

impl<W: Write + Seek> Writer<W> {
    pub(crate) fn new(mut out: W) -> io::Result<Self> {
        out.write_all(&[0; HEAD])?;
        let empty = [0, 0, Checksum::of(&[])];
        Ok(Self { out, position: HEAD as u64, table: vec![empty; Section::COUNT], current: None })
    }

    /// Ends the section before and begins this one; what is written next belongs to it.
    pub(crate) fn begin(&mut self, section: Section) -> io::Result<()> {
        self.end();
        let gap = self.position.next_multiple_of(ALIGNMENT) - self.position;
        self.out.write_all([0; ALIGNMENT as usize].get(..gap as usize).unwrap_or_default())?;
        self.position += gap;
        self.current = Some((section, self.position, Checksum::new()));
        Ok(())
    }

    fn end(&mut self) {
        let Some((section, start, sum)) = self.current.take() else { return };
        if let Some(entry) = self.table.get_mut(section as usize) {
            *entry = [start, self.position - start, sum.finish()];
        }
    }

    /// One whole section of little-endian numbers.
    pub(crate) fn column(&mut self, section: Section, values: impl IntoIterator<Item = u32>) -> io::Result<()> {
        self.begin(section)?;
        let mut buffer = Vec::with_capacity(1 << 16);
        for value in values {
            buffer.extend_from_slice(&value.to_le_bytes());
            if buffer.len() >= 1 << 16 {
                self.write_all(&buffer)?;
                buffer.clear();
            }
        }
        self.write_all(&buffer)
    }

    /// Writes the head; the file is whole only after this.
    pub(crate) fn finish(mut self, revision: i64, papers: usize) -> io::Result<W> {
        self.end();
        let mut head = Vec::with_capacity(HEAD);
        head.extend_from_slice(&MAGIC);
        head.extend_from_slice(&VERSION.to_le_bytes());
        head.extend_from_slice(&(Section::COUNT as u32).to_le_bytes());
        head.extend_from_slice(&revision.to_le_bytes());
        head.extend_from_slice(&(papers as u64).to_le_bytes());
        let table: Vec<u8> = self.table.iter().flatten().flat_map(|number| number.to_le_bytes()).collect();
        let sum = head_sum(&head, &table);
        head.extend_from_slice(&sum.to_le_bytes());
        head.extend_from_slice(&table);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write + Seek> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        if let (Some((_, _, sum)), Some(bytes)) = (&mut self.current, bytes.get(..written)) {
            sum.update(bytes);
        }
        self.position += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The number at a place of a section of u32; 0 beyond its end.
pub(crate) fn u32_at(section: &[u8], place: usize) -> u32 {
    section.as_chunks::<4>().0.get(place).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// The numbers of a section of u32.
pub(crate) fn u32s(section: &[u8]) -> impl ExactSizeIterator<Item = u32> + Clone {
    section.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The numbers of a section of u64.
pub(crate) fn u64s(section: &[u8]) -> impl ExactSizeIterator<Item = u64> + Clone {
    section.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Item `place` of a section cut at `offsets`; empty where the offsets make no sense.
pub(crate) fn slice_at<'a>(bytes: &'a [u8], offsets: &[u8], place: usize) -> &'a [u8] {
    let ends = offsets.as_chunks::<4>().0.get(place..).and_then(|rest| rest.first_chunk::<2>());
    let Some([start, end]) = ends else { return &[] };
    bytes.get(u32::from_le_bytes(*start) as usize..u32::from_le_bytes(*end) as usize).unwrap_or_default()
}

/// The same as text; empty where it is none.
pub(crate) fn text_at<'a>(bytes: &'a [u8], offsets: &[u8], place: usize) -> &'a str {
    std::str::from_utf8(slice_at(bytes, offsets, place)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_does_not_depend_on_how_the_bytes_arrive() {
        let bytes: Vec<u8> = (0..1000u32).map(|number| (number * 7) as u8).collect();
        for step in [1, 3, 31, 32, 33, 500, 1000] {
            let mut sum = Checksum::new();
            bytes.chunks(step).for_each(|chunk| sum.update(chunk));
            assert_eq!(sum.finish(), Checksum::of(&bytes), "in pieces of {step}");
        }
        assert_ne!(Checksum::of(&[0]), Checksum::of(&[0, 0]));
    }

    #[test]
    fn sections_come_back_as_written() {
        let mut writer = Writer::new(io::Cursor::new(Vec::new())).unwrap();
        writer.begin(Section::Titles).unwrap();
        writer.write_all(b"onetwo").unwrap();
        writer.column(Section::TitleOffsets, [0, 3, 6]).unwrap();
        let bytes = writer.finish(7, 2).unwrap().into_inner();
        let file = File::from_bytes(bytes).unwrap();
        assert_eq!((file.revision, file.papers), (7, 2));
        assert_eq!(text_at(file.section(Section::Titles), file.section(Section::TitleOffsets), 1), "two");
        assert_eq!(file.section(Section::Meta), b"");
        assert!(file.verify());
    }
}
