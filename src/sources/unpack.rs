//! Packed files: gzip, zstd and zip archives, recognised by their first bytes and unpacked as they are read, in bounded memory. An
//! archive in an archive is not unpacked.
//!
//! The zip container is read here and not by the `zip` crate, which needs a file to seek in, or as a stream refuses members whose
//! length stands behind them: archives come through pipes, and the snapshot is such a member.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::CrcReader;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};

/// Endings that say how a file is packed, in lower case without the dot.
const ENDINGS: [&str; 3] = ["gz", "zst", "zip"];
const BUFFER: usize = 128 << 10;
const ZIP: &[u8] = b"PK\x03\x04";

/// A stream as it was before it was packed.
pub(crate) struct Unpacked<'a> {
    /// Name of the file inside an archive.
    pub(crate) member: Option<String>,
    pub(crate) bytes: Box<dyn Read + 'a>,
}

/// Unpacks a stream that is packed according to its first bytes; any other is returned as it is. Of an archive only the first file
/// whose name `is_wanted` is read.
///
/// # Errors
/// A stream that cannot be read, and an archive without such a file. Damage further on is reported when it is read.
pub(crate) fn unpacked<'a>(mut bytes: Box<dyn Read + 'a>, is_wanted: fn(&str) -> bool) -> io::Result<Unpacked<'a>> {
    let mut magic = Vec::new();
    bytes.by_ref().take(4).read_to_end(&mut magic)?;
    let whole = Cursor::new(magic.clone()).chain(bytes);
    let plain = |bytes: Box<dyn Read + 'a>| Unpacked { member: None, bytes };
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => plain(Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole)))),
        [0x28, 0xb5, 0x2f, 0xfd] => {
            let packed = BufReader::with_capacity(BUFFER, whole);
            plain(Box::new(zstd::stream::read::Decoder::with_buffer(packed)?))
        }
        magic if magic == ZIP => member(Box::new(BufReader::with_capacity(BUFFER, whole)), is_wanted)?,
        _ => plain(Box::new(whole)),
    })
}

/// A file's name without the endings that say how it is packed.
pub(crate) fn without_packing(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((inner, ending)) if ENDINGS.iter().any(|packing| packing.eq_ignore_ascii_case(ending)) => inner,
        _ => name,
    }
}

/// The local header of a file in a zip archive, which precedes the file's bytes.
struct ZipHeader {
    name: String,
    flags: u16,
    method: u16,
    crc: u32,
    /// Number of packed bytes, where the header has it.
    length: Option<u64>,
}

/// Flags: the file is encrypted; its length and checksum follow its bytes.
const ENCRYPTED: u16 = 1;
const LENGTH_FOLLOWS: u16 = 8;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

fn member<'a>(mut archive: Box<dyn BufRead + 'a>, is_wanted: fn(&str) -> bool) -> io::Result<Unpacked<'a>> {
    let cannot = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    while let Some(header) = ZipHeader::read(&mut archive)? {
        let ZipHeader { name, flags, method, crc, length } = header;
        if !is_wanted(&name) {
            let why = || cannot("it begins with a file of another kind; unpack it and name the file".to_owned());
            let length = length.ok_or_else(why)?;
            io::copy(&mut archive.by_ref().take(length), &mut io::sink())?;
            continue;
        }
        let unpacked: Box<dyn Read + 'a> = match (method, length) {
            _ if flags & ENCRYPTED != 0 => return Err(cannot("it is encrypted".to_owned())),
            (DEFLATED, _) => Box::new(DeflateDecoder::new(archive)),
            (STORED, Some(length)) => Box::new(archive.take(length)),
            _ => {
                return Err(cannot(format!(
                    "it is compressed by zip method {method}, which is not supported; unpack it"
                )));
            }
        };
        let crc = (flags & LENGTH_FOLLOWS == 0).then_some(crc);
        return Ok(Unpacked {
            member: Some(name),
            bytes: Box::new(ChecksumReader { bytes: CrcReader::new(unpacked), crc }),
        });
    }
    Err(cannot("the archive holds no file of an import format".to_owned()))
}

impl ZipHeader {
    /// None after the last file, where the central directory begins.
    fn read(archive: &mut dyn BufRead) -> io::Result<Option<Self>> {
        let mut magic = [0; 4];
        archive.read_exact(&mut magic)?;
        if magic != ZIP {
            return Ok(None);
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
        let length = match packed {
            _ if flags & LENGTH_FOLLOWS != 0 => None,
            u32::MAX => long_length(&extra),
            packed => Some(u64::from(packed)),
        };
        Ok(Some(Self { name, flags, method, crc, length }))
    }
}

/// The packed length of a file of more than 4 GB: the second number of the extra field with tag 1.
fn long_length(extra: &[u8]) -> Option<u64> {
    let mut rest = extra;
    while let Some((&[tag, tag_high, length, length_high], after)) = rest.split_first_chunk::<4>() {
        let length = usize::from(u16::from_le_bytes([length, length_high]));
        let (field, next) = after.split_at_checked(length)?;
        if (tag, tag_high) == (1, 0) {
            return field.get(8..16)?.try_into().ok().map(u64::from_le_bytes);
        }
        rest = next;
    }
    None
}

/// Verifies the checksum when everything was read.
struct ChecksumReader<R> {
    bytes: CrcReader<R>,
    crc: Option<u32>,
}

impl<R: Read> Read for ChecksumReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.crc.is_some_and(|crc| crc != self.bytes.crc().sum()) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file in the archive is damaged"));
        }
        Ok(count)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};

    use super::*;

    pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// An archive of files with this method and these flags, without the table at the end that a reader of streams never sees.
    pub(crate) fn zip(files: &[(&str, &[u8])], method: u16, flags: u16) -> Vec<u8> {
        let mut archive = Vec::new();
        for (name, bytes) in files {
            let mut crc = flate2::Crc::new();
            crc.update(bytes);
            let packed = if method == DEFLATED { deflate(bytes) } else { bytes.to_vec() };
            let told = flags & LENGTH_FOLLOWS == 0;
            let now = |number: u32| if told { number } else { 0 };
            archive.extend_from_slice(ZIP);
            [20, flags, method, 0, 0].iter().for_each(|field: &u16| archive.extend_from_slice(&field.to_le_bytes()));
            for field in [now(crc.sum()), now(packed.len() as u32), now(bytes.len() as u32)] {
                archive.extend_from_slice(&field.to_le_bytes());
            }
            archive.extend_from_slice(&(name.len() as u16).to_le_bytes());
            archive.extend_from_slice(&[0, 0]);
            archive.extend_from_slice(name.as_bytes());
            archive.extend_from_slice(&packed);
            if !told {
                archive.extend_from_slice(b"PK\x07\x08");
                for field in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
                    archive.extend_from_slice(&field.to_le_bytes());
                }
            }
        }
        archive.extend_from_slice(b"PK\x01\x02");
        archive
    }

    fn read(bytes: &[u8]) -> io::Result<(Option<String>, Vec<u8>)> {
        let Unpacked { member, mut bytes } = unpacked(Box::new(bytes), |name| name.ends_with(".jsonl"))?;
        let mut content = Vec::new();
        bytes.read_to_end(&mut content)?;
        Ok((member, content))
    }

    #[test]
    fn every_packing_gives_the_same_bytes() {
        let text: Vec<u8> = b"{\"id\":\"2401.99901\"}\n".repeat(50_000);
        let of_two = [zstd::bulk::compress(&text[..20], 1).unwrap(), zstd::bulk::compress(&text[20..], 1).unwrap()];
        for packed in [text.clone(), gzip(&text), [gzip(&text[..20]), gzip(&text[20..])].concat(), of_two.concat()] {
            assert_eq!(read(&packed).unwrap(), (None, text.clone()));
        }
        let files: [(&str, &[u8]); 3] = [("notes/", b""), ("read.me", b"no papers"), ("a/papers.jsonl", &text)];
        for (method, flags) in [(DEFLATED, 0), (STORED, 0)] {
            assert_eq!(read(&zip(&files, method, flags)).unwrap(), (Some("a/papers.jsonl".to_owned()), text.clone()));
        }
        assert_eq!(read(&zip(&files[2..], DEFLATED, LENGTH_FOLLOWS)).unwrap().1, text);
        assert_eq!(read(b"PK").unwrap().1, b"PK");
    }

    #[test]
    fn what_cannot_be_unpacked_says_why() {
        let file: [(&str, &[u8]); 1] = [("papers.jsonl", b"some lines of papers, some lines of papers")];
        let mut torn = zip(&file, STORED, 0);
        let place = torn.len() - 10;
        torn[place] ^= 1;
        let cut = gzip(&b"x".repeat(10_000));
        for (bytes, expected) in [
            (torn, "damaged"),
            (cut[..cut.len() / 2].to_vec(), ""),
            (zip(&[("papers.pdf", b"")], DEFLATED, 0), "no file of an import format"),
            (zip(&[("a.pdf", b"x")], DEFLATED, LENGTH_FOLLOWS), "file of another kind"),
            (zip(&file, STORED, ENCRYPTED), "encrypted"),
            (zip(&file, 93, 0), "method 93"),
            (zip(&file, STORED, LENGTH_FOLLOWS), "method 0"),
            (zip(&file, DEFLATED, 0)[..20].to_vec(), ""),
        ] {
            let error = read(&bytes).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_long_file_tells_its_length_apart() {
        let extra = [&[9, 9, 2, 0, 7, 7, 1, 0, 16, 0][..], &5_u64.to_le_bytes(), &(1_u64 << 33).to_le_bytes()].concat();
        assert_eq!(long_length(&extra), Some(1 << 33));
        assert_eq!(long_length(&extra[..20]), None);
    }
}
