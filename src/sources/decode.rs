//! Bytes to lines of text: byte order marks, UTF-16, a limit on the length of a line, and lines that are not text. 8-bit encodings are
//! never guessed: a line that is not UTF-8 is reported as such, so that no garbled name is stored.
//!
//! UTF-16 is decoded here and not by a crate because a broken character must reject its line and no other.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use crate::error::{Error, Result};

/// How many bytes of a file its format is recognised by.
pub(super) const HEAD: usize = 64 << 10;
/// Largest document that is read as a whole, in bytes.
const LARGEST_DOCUMENT: usize = 256 << 20;
/// Longest line that is read, in bytes: a record of a million authors, which is cut then, has up to 40 MB.
pub(super) const LONGEST_LINE: usize = 64 << 20;

/// What the format of a file is recognised by.
pub(crate) struct FileHead<'a> {
    /// The first bytes, after unpacking.
    pub(crate) bytes: &'a [u8],
    /// The same as text, with replacement characters for what is not text, without a byte order mark.
    pub(crate) text: String,
    /// The file name's ending in lower case, without the dot.
    pub(crate) ending: &'a str,
}

impl<'a> FileHead<'a> {
    pub(crate) fn new(bytes: &'a [u8], ending: &'a str) -> Self {
        let mut decoded = Vec::new();
        // Reading from memory cannot fail.
        let _ = decoded_stream(bytes, io::empty()).read_to_end(&mut decoded);
        Self { bytes, text: String::from_utf8_lossy(&decoded).into_owned(), ending }
    }

    /// The lines that are not blank, trimmed.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty())
    }
}

/// Reads the first bytes of a stream. Returns them, and the whole stream as UTF-8 without a byte order mark.
pub(crate) fn take_head<'a>(mut bytes: Box<dyn Read + 'a>) -> io::Result<(Vec<u8>, Box<dyn BufRead + 'a>)> {
    let mut head = Vec::new();
    bytes.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let whole = decoded_stream(&head, bytes);
    Ok((head, Box::new(BufReader::with_capacity(HEAD, whole))))
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    /// How two bytes make a unit.
    Utf16(fn([u8; 2]) -> u16),
}

/// The encoding and the length of the byte order mark. UTF-16 without a mark is recognised by the zero bytes of two ASCII characters.
fn encoding(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16(u16::from_le_bytes), 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16(u16::from_be_bytes), 2),
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => (Encoding::Utf16(u16::from_le_bytes), 0),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => (Encoding::Utf16(u16::from_be_bytes), 0),
        _ => (Encoding::Utf8, 0),
    }
}

fn decoded_stream<'a>(head: &[u8], rest: impl Read + 'a) -> Box<dyn Read + 'a> {
    let (encoding, mark) = encoding(head);
    let stream = Cursor::new(head.iter().skip(mark).copied().collect::<Vec<_>>()).chain(rest);
    match encoding {
        Encoding::Utf8 => Box::new(stream),
        Encoding::Utf16(unit) => Box::new(Utf16 {
            bytes: BufReader::new(stream),
            decoder: Utf16Decoder { unit: Some(unit), ..Utf16Decoder::default() },
            ready: Vec::new(),
            given: 0,
        }),
    }
}

/// UTF-16 to UTF-8, a byte at a time. An unpaired surrogate becomes a byte that is not UTF-8, so that its line is rejected like any other that
/// is not text.
#[derive(Default)]
pub(super) struct Utf16Decoder {
    /// How two bytes make a unit; None until the first two tell.
    unit: Option<fn([u8; 2]) -> u16>,
    /// The first byte of a unit.
    half: Option<u8>,
    /// The first half of a surrogate pair whose second half was not read yet.
    high: Option<u16>,
}

const NOT_UTF8: u8 = 0xff;

impl Utf16Decoder {
    /// In the byte order of this name of a charset; else of the byte order mark, or of the first character.
    pub(super) fn named(name: &str) -> Option<Self> {
        let unit: Option<fn([u8; 2]) -> u16> = match name {
            "utf-16" | "ucs-2" | "iso-10646-ucs-2" => None,
            "utf-16le" => Some(u16::from_le_bytes),
            "utf-16be" => Some(u16::from_be_bytes),
            _ => return None,
        };
        Some(Self { unit, ..Self::default() })
    }

    pub(super) fn push(&mut self, byte: u8, decoded: &mut Vec<u8>) {
        let Some(first) = self.half.take() else {
            self.half = Some(byte);
            return;
        };
        let pair = [first, byte];
        let unit = match self.unit {
            Some(unit) => unit(pair),
            None => {
                let (unit, mark): (fn([u8; 2]) -> u16, _) = match pair {
                    [0xff, 0xfe] => (u16::from_le_bytes, true),
                    [0xfe, 0xff] => (u16::from_be_bytes, true),
                    [1..=u8::MAX, 0] => (u16::from_le_bytes, false),
                    _ => (u16::from_be_bytes, false),
                };
                self.unit = Some(unit);
                if mark {
                    return;
                }
                unit(pair)
            }
        };
        let units = self.high.take().into_iter().chain([unit]);
        if (0xd800..0xdc00).contains(&unit) {
            decoded.extend((units.count() == 2).then_some(NOT_UTF8));
            self.high = Some(unit);
            return;
        }
        for c in char::decode_utf16(units) {
            match c {
                Ok(c) => decoded.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => decoded.push(NOT_UTF8),
            }
        }
    }

    /// What the end leaves.
    pub(super) fn end(&mut self, decoded: &mut Vec<u8>) {
        let is_broken = self.high.take().is_some() | self.half.take().is_some();
        decoded.extend(is_broken.then_some(NOT_UTF8));
    }
}

struct Utf16<R> {
    bytes: BufReader<R>,
    decoder: Utf16Decoder,
    /// Decoded bytes, of which so many were read.
    ready: Vec<u8>,
    given: usize,
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
            let bytes = self.bytes.fill_buf()?;
            let taken = bytes.len();
            bytes.iter().for_each(|byte| self.decoder.push(*byte, &mut self.ready));
            self.bytes.consume(taken);
            if taken == 0 {
                self.decoder.end(&mut self.ready);
                if self.ready.is_empty() {
                    return Ok(0);
                }
            }
        }
        let rest = self.ready.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(rest) {
            *slot = *byte;
        }
        self.given += count;
        Ok(count)
    }
}

/// A System error for a file, or standard input, as the user knows it.
pub(crate) fn cannot_read(shown: &str, why: io::Error) -> Error {
    Error::io(format_args!("cannot read {shown}"), why)
}

/// One line without its line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputLine<'a> {
    Text(&'a str),
    /// Why the line is not text, and its bytes; no bytes when it was too long.
    NotText(NotText, &'a [u8]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotText {
    /// How many bytes stand before the first that is not UTF-8.
    NotUtf8(usize),
    TooLong,
}

impl NotText {
    pub(crate) fn reason(self) -> String {
        match self {
            Self::NotUtf8(before) => {
                format!("not UTF-8 from byte {} of the line on; save the file as UTF-8", before + 1)
            }
            Self::TooLong => format!("longer than {} MB", LONGEST_LINE >> 20),
        }
    }
}

/// The lines of a stream, numbered from 1; memory is bounded by the longest line read.
pub(crate) struct InputLines<'a> {
    stream: Box<dyn BufRead + 'a>,
    /// The name of the input in errors.
    shown: &'a str,
    number: usize,
    line: Vec<u8>,
}

impl<'a> InputLines<'a> {
    pub(crate) fn new(stream: Box<dyn BufRead + 'a>, shown: &'a str) -> Self {
        Self { stream, shown, number: 0, line: Vec::new() }
    }

    /// Everything that was not read yet, with replacement characters for what is not text.
    ///
    /// # Errors
    /// System when reading fails, Data when it is too long.
    pub(crate) fn whole(&mut self) -> Result<String> {
        let bytes = self.whole_bytes()?;
        Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// The same as it is.
    pub(crate) fn whole_bytes(&mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let cap = LARGEST_DOCUMENT as u64 + 1;
        self.stream.by_ref().take(cap).read_to_end(&mut bytes).map_err(|why| cannot_read(self.shown, why))?;
        if bytes.len() > LARGEST_DOCUMENT {
            let message = format!("{} is larger than {} MB", self.shown, LARGEST_DOCUMENT >> 20);
            return Err(Error::data(message).hint("split it, or import the parts that it was made of"));
        }
        Ok(bytes)
    }

    /// The bytes that were not read yet, for formats whose records are no lines.
    pub(crate) fn into_stream(self) -> Box<dyn BufRead + 'a> {
        self.stream
    }

    /// The next line with its number; None at the end. Errors: System, `cannot read refs.txt: ...`.
    pub(crate) fn next(&mut self) -> Result<Option<(usize, InputLine<'_>)>> {
        self.line.clear();
        let cap = LONGEST_LINE as u64 + 1;
        let shown = self.shown;
        let failed = |why| cannot_read(shown, why);
        if self.stream.by_ref().take(cap).read_until(b'\n', &mut self.line).map_err(failed)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let whole = self.line.ends_with(b"\n");
        if !whole && self.line.len() > LONGEST_LINE {
            self.stream.skip_until(b'\n').map_err(failed)?;
            self.line = Vec::new();
            return Ok(Some((self.number, InputLine::NotText(NotText::TooLong, &[]))));
        }
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok(Some((
            self.number,
            match std::str::from_utf8(line) {
                Ok(text) => InputLine::Text(text),
                Err(error) => InputLine::NotText(NotText::NotUtf8(error.valid_up_to()), line),
            },
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the lines of a file are: text, or a word for why not.
    fn lines(bytes: &[u8]) -> Vec<(usize, String)> {
        let (_, stream) = take_head(Box::new(bytes)).unwrap();
        let (mut lines, mut found) = (InputLines::new(stream, "test"), Vec::new());
        while let Some((number, line)) = lines.next().unwrap() {
            found.push(match line {
                InputLine::Text(text) => (number, text.to_owned()),
                InputLine::NotText(not, _) => (number, format!("{not:?}")),
            });
        }
        found
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_lines() {
        let text = "ab ö 😀\r\n\nlast";
        let expected: Vec<_> = [(1, "ab ö 😀"), (2, ""), (3, "last")].map(|(n, text)| (n, text.to_owned())).into();
        for bytes in [
            text.into(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(&format!("\u{feff}{text}"), u16::to_le_bytes),
            utf16(&format!("\u{feff}{text}"), u16::to_be_bytes),
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
        ] {
            assert_eq!(lines(&bytes), expected);
        }
    }

    #[test]
    fn what_is_no_text_is_a_line_of_its_own() {
        let not = |n, before| (n, format!("{:?}", NotText::NotUtf8(before)));
        let good = |n, text: &str| (n, text.to_owned());
        assert_eq!(lines(b"a\nb\xe4c\nd"), [good(1, "a"), not(2, 1), good(3, "d")]);
        let mut halves = utf16("\u{feff}ab\ncd\nef", u16::to_le_bytes);
        halves.splice(8..8, [0x00, 0xd8]);
        halves.push(b'x');
        assert_eq!(lines(&halves), [good(1, "ab"), not(2, 0), not(3, 2)]);
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"\xef\xbb\xbf"), []);
    }

    #[test]
    fn a_line_that_never_ends_costs_only_itself() {
        let mut long = vec![b'x'; 2 * LONGEST_LINE];
        long.extend_from_slice(b"\nlast");
        assert_eq!(lines(&long), [(1, "TooLong".to_owned()), (2, "last".to_owned())]);
        let fits = [&vec![b'x'; LONGEST_LINE], b"\n".as_slice()].concat();
        assert_eq!(lines(&fits)[0].1.len(), LONGEST_LINE);
    }
}
