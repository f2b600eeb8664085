//! The file of an index: a header, a table of sections with a checksum each, and the sections. It is read through a memory map or from a
//! buffer; this is the only file with `unsafe`. It interprets no section.

use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::time::SystemTime;

use memmap2::{Advice, Mmap};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::layout::{ENTRY, HEADER};
pub(crate) use super::layout::{IndexFileKind, Section};
use crate::error::{Error, Result};

/// Sections up to this many bytes are checked when a file is opened; the others by `SectionFile::verify`.
const SMALL: usize = 64 * 1024;
/// One cache line, so that no small record spans two.
const ALIGNMENT: u64 = 64;

/// The bytes of a file.
pub(crate) enum FileBytes {
    Mapped(Mmap),
    Owned(Vec<u8>),
}

impl FileBytes {
    /// Asks the system to read the beginning of every section at once: the first screen needs bytes from all over the file, and a disk
    /// serves many requests as fast as one.
    fn prefetch(&self, table: &[[u8; ENTRY]]) {
        let Self::Mapped(map) = self else { return };
        for entry in table {
            let mut numbers = entry.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
            let mut number = || usize::try_from(numbers.next().unwrap_or(0)).unwrap_or(usize::MAX);
            let (start, length) = (number(), number().min(SMALL));
            if start.checked_add(length).is_some_and(|end| end <= map.len()) {
                // Only a hint: without it pages are read when they are touched.
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

/// An opened file of sections. Lengths and offsets were checked against its size; the contents of large sections were not.
pub(crate) struct SectionFile {
    bytes: FileBytes,
    sections: Vec<(Range<usize>, u64)>,
    /// Of the head, which holds the checksum of every section.
    pub(crate) checksum: u64,
    pub(crate) revision: i64,
    pub(crate) papers: usize,
}

/// When a file was written, and its length: enough to see that it was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileIdentity {
    modified: SystemTime,
    bytes: u64,
}

impl FileIdentity {
    /// None when the file cannot be examined.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self { modified: metadata.modified().ok()?, bytes: metadata.len() })
    }
}

/// Maps a whole file for reading. Fails with the system's error.
#[expect(unsafe_code, reason = "mapping a file is unsafe because another process may cut it short")]
pub(crate) fn map(file: &fs::File) -> io::Result<FileBytes> {
    // SAFETY: index files are replaced by rename and never written in place, and temporary files have no name.
    unsafe { Mmap::map(file) }.map(FileBytes::Mapped)
}

impl SectionFile {
    /// None when the file is missing, damaged or of another version. Fails when it cannot be read.
    pub(crate) fn open(path: &Path, kind: IndexFileKind) -> Result<Option<Self>> {
        let failed = |error: io::Error| {
            Error::io(format_args!("cannot read the index {}", path.display()), error).hint("check its permissions")
        };
        // Opening a pipe would wait for somebody to write into it.
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Ok(None);
        }
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() || metadata.len() < kind.head() as u64 {
            return Ok(None);
        }
        Ok(Self::read(map(&file).map_err(failed)?, kind))
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>, kind: IndexFileKind) -> Option<Self> {
        Self::read(FileBytes::Owned(bytes), kind)
    }

    fn read(bytes: FileBytes, kind: IndexFileKind) -> Option<Self> {
        let layout = kind.layout();
        let mut file = Self { bytes, sections: Vec::new(), checksum: 0, revision: 0, papers: 0 };
        let all = file.all();
        let (magic, rest) = all.get(..kind.head())?.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (revision, rest) = rest.split_first_chunk::<8>()?;
        let (papers, rest) = rest.split_first_chunk::<8>()?;
        let (sum, table) = rest.split_first_chunk::<8>()?;
        let known = *magic == layout.magic
            && u32::from_le_bytes(*version) == layout.version
            && u32::from_le_bytes(*count) as usize == layout.sections.len();
        let checksum = u64::from_le_bytes(*sum);
        if !known || head_sum(all.get(..HEADER - 8)?, table) != checksum {
            return None;
        }
        file.bytes.prefetch(table.as_chunks::<ENTRY>().0);
        let all = file.all();
        let mut sections = vec![(0..0, xxh3_64(&[])); Section::COUNT];
        for (place, entry) in layout.sections.iter().zip(table.as_chunks::<ENTRY>().0) {
            let mut numbers = entry.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
            let start = usize::try_from(numbers.next()?).ok()?;
            let end = start.checked_add(usize::try_from(numbers.next()?).ok()?)?;
            let sum = numbers.next()?;
            let section = all.get(start..end)?;
            if section.len() <= SMALL && xxh3_64(section) != sum {
                return None;
            }
            if let Some(section) = sections.get_mut(*place as usize) {
                *section = (start..end, sum);
            }
        }
        let (revision, papers) = (i64::from_le_bytes(*revision), u64::from_le_bytes(*papers));
        file.sections = sections;
        file.checksum = checksum;
        file.revision = revision;
        file.papers = usize::try_from(papers).ok()?;
        Some(file)
    }

    fn all(&self) -> &[u8] {
        self.bytes.all()
    }

    /// The bytes of a section; empty when it was never written.
    pub(crate) fn section(&self, section: Section) -> &[u8] {
        let range = self.sections.get(section as usize).map(|(range, _)| range.clone());
        range.and_then(|range| self.all().get(range)).unwrap_or_default()
    }

    /// Reads the whole file and compares all checksums; false when a section is damaged.
    pub(crate) fn verify(&self) -> bool {
        self.sections
            .iter()
            .all(|(range, sum)| self.all().get(range.clone()).is_some_and(|section| xxh3_64(section) == *sum))
    }

    /// Reads the file into the page cache; meant for a background thread. The result has no meaning; it keeps the reads from being
    /// optimized away.
    pub(crate) fn prefault(&self) -> u8 {
        if let FileBytes::Mapped(map) = &self.bytes {
            // Only a hint: without it the loop below reads the pages one by one.
            let _ = map.advise(Advice::WillNeed);
        }
        self.all().iter().step_by(4096).fold(0, |sum, byte| sum ^ byte)
    }
}

fn head_sum(header: &[u8], table: &[u8]) -> u64 {
    xxh3_64(header) ^ xxh3_64(table).rotate_left(1)
}

/// Damages the sections of a file and corrects its checksums, so that readers see the damage.
#[cfg(test)]
pub(crate) fn damaged(mut bytes: Vec<u8>, kind: IndexFileKind, damage: &[(usize, u8)]) -> Vec<u8> {
    let head = kind.head();
    for (at, bit) in damage {
        let at = head + at % (bytes.len() - head);
        bytes[at] ^= 1 << bit;
    }
    for entry in (HEADER..head).step_by(ENTRY) {
        let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
        let (start, length) = (number(entry), number(entry + 8));
        let sum = xxh3_64(&bytes[start..start + length]);
        bytes[entry + 16..entry + 24].copy_from_slice(&sum.to_le_bytes());
    }
    let sum = head_sum(&bytes[..HEADER - 8], &bytes[HEADER..head]);
    bytes[HEADER - 8..HEADER].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Writes a file section by section. Sections that are never begun are empty.
pub(crate) struct SectionWriter<W: Write + Seek> {
    out: W,
    kind: IndexFileKind,
    position: u64,
    table: Vec<[u64; 3]>,
    current: Option<(Section, u64, Xxh3)>,
}

impl<W: Write + Seek> SectionWriter<W> {
    pub(crate) fn new(mut out: W, kind: IndexFileKind) -> io::Result<Self> {
        let head = kind.head();
        out.write_all(&vec![0; head])?;
        let empty = [0, 0, xxh3_64(&[])];
        Ok(Self { out, kind, position: head as u64, table: vec![empty; Section::COUNT], current: None })
    }

    /// Ends the previous section and begins this one, which the kind of file must have; bytes written next belong to it.
    pub(crate) fn begin(&mut self, section: Section) -> io::Result<()> {
        self.end();
        if !self.kind.layout().sections.contains(&section) {
            return Err(io::Error::other("the kind of file has no such section"));
        }
        let gap = self.position.next_multiple_of(ALIGNMENT) - self.position;
        self.out.write_all([0; ALIGNMENT as usize].get(..gap as usize).unwrap_or_default())?;
        self.position += gap;
        self.current = Some((section, self.position, Xxh3::new()));
        Ok(())
    }

    fn end(&mut self) {
        let Some((section, start, sum)) = self.current.take() else { return };
        if let Some(entry) = self.table.get_mut(section as usize) {
            *entry = [start, self.position - start, sum.digest()];
        }
    }

    /// Writes a whole section of little-endian u32.
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

    /// Writes the head; the file is valid only after this.
    pub(crate) fn finish(mut self, revision: i64, papers: usize) -> io::Result<W> {
        self.end();
        let layout = self.kind.layout();
        let mut head = Vec::with_capacity(self.kind.head());
        head.extend_from_slice(&layout.magic);
        head.extend_from_slice(&layout.version.to_le_bytes());
        head.extend_from_slice(&(layout.sections.len() as u32).to_le_bytes());
        head.extend_from_slice(&revision.to_le_bytes());
        head.extend_from_slice(&(papers as u64).to_le_bytes());
        let table = layout.sections.iter().filter_map(|section| self.table.get(*section as usize));
        let table: Vec<u8> = table.flatten().flat_map(|number| number.to_le_bytes()).collect();
        let sum = head_sum(&head, &table);
        head.extend_from_slice(&sum.to_le_bytes());
        head.extend_from_slice(&table);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write + Seek> Write for SectionWriter<W> {
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

/// The number at an index of a section of u32; 0 beyond its end.
pub(crate) fn u32_at(section: &[u8], at: usize) -> u32 {
    section.as_chunks::<4>().0.get(at).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// The numbers of a section of u32.
pub(crate) fn u32s(section: &[u8]) -> impl ExactSizeIterator<Item = u32> + Clone {
    section.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The numbers of a section of u64.
pub(crate) fn u64s(section: &[u8]) -> impl ExactSizeIterator<Item = u64> + Clone {
    section.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Item `at` of a section whose items begin at `offsets`; empty when the offsets are invalid.
pub(crate) fn slice_at<'a>(bytes: &'a [u8], offsets: &[u8], at: usize) -> &'a [u8] {
    let ends = offsets.as_chunks::<4>().0.get(at..).and_then(|rest| rest.first_chunk::<2>());
    let Some([start, end]) = ends else { return &[] };
    bytes.get(u32::from_le_bytes(*start) as usize..u32::from_le_bytes(*end) as usize).unwrap_or_default()
}

/// The same as text; empty when it is not UTF-8.
pub(crate) fn text_at<'a>(bytes: &'a [u8], offsets: &[u8], at: usize) -> &'a str {
    std::str::from_utf8(slice_at(bytes, offsets, at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_come_back_as_written() {
        let mut writer = SectionWriter::new(io::Cursor::new(Vec::new()), IndexFileKind::Index).unwrap();
        assert!(writer.begin(Section::Positions).is_err(), "not of this kind");
        writer.begin(Section::Titles).unwrap();
        writer.write_all(b"onetwo").unwrap();
        writer.column(Section::TitleOffsets, [0, 3, 6]).unwrap();
        let bytes = writer.finish(7, 2).unwrap().into_inner();
        assert!(SectionFile::from_bytes(bytes.clone(), IndexFileKind::FullText).is_none());
        let file = SectionFile::from_bytes(bytes, IndexFileKind::Index).unwrap();
        assert_eq!((file.revision, file.papers), (7, 2));
        assert_eq!(text_at(file.section(Section::Titles), file.section(Section::TitleOffsets), 1), "two");
        assert_eq!(file.section(Section::Meta), b"");
        assert!(file.verify());
    }
}
