//! Zip archives as streams. The `zip` crate needs a file to seek in, or as a stream refuses files whose length stands behind them: archives
//! come through pipes, and the snapshot is such a file.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;

use super::archived::{Unpacked, VisitUnpacked, Wanted, damaged};

/// The first bytes of the header of each file, of the checksum behind one, and of the two kinds of tables behind the last.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const DIRECTORIES: [&[u8]; 3] = [b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x08"];

/// Flags: the file is encrypted; its length and checksum follow its bytes.
const ENCRYPTED: u16 = 1;
const LENGTH_FOLLOWS: u16 = 8;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Passes on the files of an archive in their order.
///
/// # Errors
/// An archive that is cut short, and a file whose end cannot be found. Damage in a file of a stated length costs only that file.
pub(super) fn files(
    mut archive: impl BufRead,
    wanted: fn(&str) -> Wanted,
    each: &mut VisitUnpacked<'_>,
) -> io::Result<ControlFlow<()>> {
    while let Some(header) = ZipHeader::read(&mut archive)? {
        let flow = match (wanted(&header.name), header.refusal()) {
            (Wanted::Read, None) => header.pass_on(&mut archive, each)?,
            (Wanted::Read, Some(reason)) => {
                header.skip(&mut archive)?;
                each(Unpacked::Skipped { member: &header.name, reason })
            }
            (Wanted::Skipped(reason), _) => {
                header.skip(&mut archive)?;
                each(Unpacked::Skipped { member: &header.name, reason })
            }
            (Wanted::Ignored, _) => {
                header.skip(&mut archive)?;
                ControlFlow::Continue(())
            }
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// The local header of a file in a zip archive, which precedes the file's bytes.
struct ZipHeader {
    name: String,
    flags: u16,
    method: u16,
    crc: u32,
    /// Number of packed bytes, where the header has it.
    length: Option<u64>,
    /// Lengths behind the file have eight bytes.
    is_long: bool,
}

impl ZipHeader {
    /// None after the last file, where the central directory begins.
    fn read(archive: &mut dyn BufRead) -> io::Result<Option<Self>> {
        let mut magic = [0; 4];
        archive.read_exact(&mut magic)?;
        if magic != MAGIC {
            let is_end = DIRECTORIES.contains(&magic.as_slice());
            return if is_end { Ok(None) } else { Err(damaged("the archive is damaged")) };
        }
        let mut fields = [[0; 2]; 13];
        for field in &mut fields {
            archive.read_exact(field)?;
        }
        let field = |place: usize| fields.get(place).copied().map_or(0, u16::from_le_bytes);
        let wide = |place: usize| u32::from(field(place)) | u32::from(field(place + 1)) << 16;
        let (flags, method, crc, packed) = (field(1), field(2), wide(5), wide(7));
        let mut take = |length: u16| {
            let mut bytes = Vec::new();
            (&mut *archive).take(u64::from(length)).read_to_end(&mut bytes).map(|_| bytes)
        };
        let name = String::from_utf8_lossy(&take(field(11))?).into_owned();
        let extra = take(field(12))?;
        let long = long_lengths(&extra);
        let length = match packed {
            _ if flags & LENGTH_FOLLOWS != 0 => None,
            u32::MAX => long.and_then(|lengths| lengths.get(8..16)?.try_into().ok().map(u64::from_le_bytes)),
            packed => Some(u64::from(packed)),
        };
        Ok(Some(Self { name, flags, method, crc, length, is_long: long.is_some() }))
    }

    /// Why the file cannot be unpacked.
    fn refusal(&self) -> Option<&'static str> {
        match self.method {
            _ if self.flags & ENCRYPTED != 0 => Some("it is encrypted"),
            DEFLATED => None,
            STORED if self.length.is_some() => None,
            _ => Some("it is compressed by a method of zip that is not supported; unpack it"),
        }
    }

    fn skip(&self, archive: &mut dyn BufRead) -> io::Result<()> {
        match self.length {
            Some(length) => io::copy(&mut archive.take(length), &mut io::sink()).map(drop),
            None if self.method == DEFLATED && self.flags & ENCRYPTED == 0 => {
                io::copy(&mut DeflateDecoder::new(&mut *archive), &mut io::sink())?;
                self.read_descriptor(archive).map(drop)
            }
            None => Err(damaged("the end of a file in it is not known; unpack the archive and import what it holds")),
        }
    }

    fn pass_on(&self, archive: &mut dyn BufRead, each: &mut VisitUnpacked<'_>) -> io::Result<ControlFlow<()>> {
        let member = Some(self.name.as_str());
        let Some(length) = self.length else {
            let mut bytes = CrcReader::new(DeflateDecoder::new(&mut *archive));
            let flow = each(Unpacked::File { member, bytes: &mut bytes });
            if flow.is_break() {
                return Ok(flow);
            }
            io::copy(&mut bytes, &mut io::sink())?;
            let sum = bytes.crc().sum();
            return match self.read_descriptor(archive)? == sum {
                true => Ok(flow),
                false => Err(damaged("a file in the archive is damaged")),
            };
        };
        let mut packed = archive.take(length);
        let flow = {
            let unpacked: Box<dyn Read + '_> = match self.method {
                DEFLATED => Box::new(DeflateDecoder::new(&mut packed)),
                _ => Box::new(&mut packed),
            };
            let mut bytes = ChecksumReader { bytes: CrcReader::new(unpacked), crc: self.crc };
            each(Unpacked::File { member, bytes: &mut bytes })
        };
        if flow.is_continue() {
            io::copy(&mut packed, &mut io::sink())?;
        }
        Ok(flow)
    }

    /// Reads what follows a file whose length follows it, and returns its checksum. The mark in front of it is optional.
    fn read_descriptor(&self, archive: &mut dyn BufRead) -> io::Result<u32> {
        let mut sum = [0; 4];
        archive.read_exact(&mut sum)?;
        if sum == DESCRIPTOR {
            archive.read_exact(&mut sum)?;
        }
        let lengths = if self.is_long { 16 } else { 8 };
        io::copy(&mut archive.take(lengths), &mut io::sink())?;
        Ok(u32::from_le_bytes(sum))
    }
}

/// The lengths of a file of more than 4 GB: the extra field with tag 1, first the unpacked length, then the packed one.
fn long_lengths(extra: &[u8]) -> Option<&[u8]> {
    let mut rest = extra;
    while let Some((&[tag, tag_high, length, length_high], after)) = rest.split_first_chunk::<4>() {
        let length = usize::from(u16::from_le_bytes([length, length_high]));
        let (field, next) = after.split_at_checked(length)?;
        if (tag, tag_high) == (1, 0) {
            return Some(field);
        }
        rest = next;
    }
    None
}

/// Verifies the checksum when everything was read.
struct ChecksumReader<R> {
    bytes: CrcReader<R>,
    crc: u32,
}

impl<R: Read> Read for ChecksumReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.crc != self.bytes.crc().sum() {
            return Err(damaged("the file in the archive is damaged"));
        }
        Ok(count)
    }
}
