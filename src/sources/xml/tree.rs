//! XML, read element by element: the elements that are records as small trees, what stands around them as texts. Document types are skipped and
//! no entity but the usual ones of HTML is known, so nothing is loaded and nothing grows; depth and size are bounded. Names are local
//! names: which prefix a document chose does not matter.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::charset::Charset;
use super::super::decode::cannot_read;
use super::entities::named_entity;
use crate::domain::clean::Clean;
use crate::error::Result;

/// Most bytes of a record, and of one tag or text.
const LARGEST: usize = 16 << 20;
/// Elements in elements; what is deeper leaves its text.
const DEEPEST: usize = 64;
/// Most bytes that are kept of a text around the records.
const LONGEST_OUTSIDE: usize = 64 << 10;

/// An element with what is in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct XmlNode {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    content: Vec<XmlContent>,
}

#[derive(Debug, PartialEq, Eq)]
enum XmlContent {
    Text(String),
    Node(XmlNode),
}

impl XmlNode {
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// The child elements of a name.
    pub(super) fn children<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.nodes().filter(move |node| node.name == name)
    }

    /// All child elements.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Self> {
        self.content.iter().filter_map(|content| match content {
            XmlContent::Node(node) => Some(node),
            XmlContent::Text(_) => None,
        })
    }

    /// The first element at the end of a path of names.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.nodes().find(|child| child.name == *name))
    }

    /// All text in the element; sub- and superscripts keep their tags, formulas are between dollar signs.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.append_text(&mut text);
        text
    }

    /// The text of the first child of a name; empty where there is none.
    pub(super) fn text_of(&self, name: &str) -> String {
        self.children(name).map(Self::text).find(|text| !text.trim().is_empty()).unwrap_or_default()
    }

    /// The text at the end of a path.
    pub(super) fn text_at(&self, path: &[&str]) -> String {
        self.at(path).map(Self::text).unwrap_or_default()
    }

    fn append_text(&self, text: &mut String) {
        for content in &self.content {
            match content {
                XmlContent::Text(part) => text.push_str(part),
                XmlContent::Node(node) if ["sub", "sup"].contains(&node.name.as_str()) => {
                    text.push_str(&format!("<{}>", node.name));
                    node.append_text(text);
                    text.push_str(&format!("</{}>", node.name));
                }
                // A formula of the ACL Anthology, or of JATS.
                XmlContent::Node(node) if node.name == "tex-math" => {
                    text.push('$');
                    node.append_text(text);
                    text.push('$');
                }
                XmlContent::Node(node) => node.append_text(text),
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        match self.content.last_mut() {
            Some(XmlContent::Text(last)) => last.push_str(text),
            _ => self.content.push(XmlContent::Text(text.to_owned())),
        }
    }
}

/// What is found in a document, in its order.
pub(super) enum XmlPart {
    /// A record, with the line on which it begins, from 1.
    Record(usize, XmlNode),
    /// An element around the records that ended, without what is in its elements.
    Outside(XmlNode),
    /// Why the document, or the record that begins there, could not be read on.
    Broken(usize, String),
}

/// Receives the parts; false ends the reading.
pub(super) type TakePart<'t> = dyn FnMut(XmlPart) -> bool + 't;

/// Reads a document. `is_record` tells the elements that are records by their local names
/// and how many elements are around them. Errors: System, when reading fails.
pub(super) fn read(
    stream: Box<dyn BufRead + '_>,
    shown: &str,
    is_record: fn(&str, usize) -> bool,
    take: &mut TakePart<'_>,
) -> Result<()> {
    let counts = Rc::new(ReadCounts { line: Cell::new(1), left: Cell::new(LARGEST) });
    let stream = BufReader::new(Utf8Bytes { bytes: stream, decoded: Vec::new(), at: 0, is_latin: None });
    let mut reader = Reader::from_reader(CountedLines { stream, counts: Rc::clone(&counts) });
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) = (false, true, true);
    config.expand_empty_elements = true;
    let mut document = XmlDocument { is_record, open: Vec::new(), too_deep: 0, record: None, size: 0 };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        counts.left.set(LARGEST);
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) if error.kind() != io::ErrorKind::FileTooLarge => {
                return Err(cannot_read(shown, io::Error::new(error.kind(), error.to_string())));
            }
            Err(error) => {
                let line = document.record.as_ref().map_or(counts.line.get(), |(line, _)| *line);
                take(XmlPart::Broken(line, format!("not XML: {}", Clean::new(&error.to_string()).cut(120))));
                return Ok(());
            }
        };
        let part = match event {
            Event::Start(tag) => document.start(&tag, counts.line.get()),
            Event::End(tag) => document.end(tag.local_name().into_inner()),
            Event::Text(text) => document.text(&text),
            Event::CData(text) => document.text(&text),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok().flatten().or_else(|| named_entity(&name));
                match character {
                    Some(character) => document.text(character.encode_utf8(&mut [0; 4])),
                    None => document.text(&format!("&{};", &*name)),
                }
            }
            Event::Eof => break,
            // Empty elements come as a start and an end.
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => None,
        };
        if part.is_some_and(|part| !take(part)) {
            return Ok(());
        }
    }
    if let Some((line, _)) = document.record {
        take(XmlPart::Broken(line, "the file ends inside of it".to_owned()));
    }
    Ok(())
}

/// The elements that are open.
struct XmlDocument {
    is_record: fn(&str, usize) -> bool,
    open: Vec<XmlNode>,
    /// How many open elements are deeper than what is kept.
    too_deep: usize,
    /// The line of the record that is open, and the place of its element.
    record: Option<(usize, usize)>,
    /// Bytes of the record.
    size: usize,
}

impl XmlDocument {
    fn start(&mut self, tag: &BytesStart<'_>, line: usize) -> Option<XmlPart> {
        if self.open.len() >= DEEPEST {
            self.too_deep += 1;
            return None;
        }
        let name = tag.local_name().into_inner().to_owned();
        let mut attributes = Vec::new();
        for attribute in tag.html_attributes().with_checks(false).flatten() {
            let key = attribute.key.local_name().into_inner().to_owned();
            self.size += key.len() + attribute.value.len();
            attributes.push((key, super::super::hf_html::unescaped(&attribute.value)));
        }
        if self.record.is_none() && (self.is_record)(&name, self.open.len()) {
            self.record = Some((line, self.open.len()));
            self.size = 0;
        }
        self.size += name.len() + 64;
        self.open.push(XmlNode { name, attributes, content: Vec::new() });
        None
    }

    fn end(&mut self, name: &str) -> Option<XmlPart> {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return None;
        }
        // An end without a beginning is left out; one that was forgotten ends with the element around it.
        let place = self.open.iter().rposition(|node| node.name == name)?;
        if self.record.is_some_and(|(_, record)| place < record) {
            return None;
        }
        let mut ended = None;
        while self.open.len() > place {
            let node = self.open.pop()?;
            ended = self.ended(node).or(ended);
        }
        ended
    }

    fn ended(&mut self, node: XmlNode) -> Option<XmlPart> {
        match self.record {
            None => Some(XmlPart::Outside(node)),
            Some((line, place)) if place == self.open.len() => {
                self.record = None;
                let is_too_large = self.size > LARGEST;
                Some(match is_too_large {
                    true => XmlPart::Broken(line, format!("longer than {} MB", LARGEST >> 20)),
                    false => XmlPart::Record(line, node),
                })
            }
            Some(_) => {
                if self.size <= LARGEST
                    && let Some(parent) = self.open.last_mut()
                {
                    parent.content.push(XmlContent::Node(node));
                }
                None
            }
        }
    }

    fn text(&mut self, text: &str) -> Option<XmlPart> {
        self.size += text.len();
        let is_inside = self.record.is_some();
        if let Some(node) = self.open.last_mut() {
            // An element around the records holds text alone.
            let kept = match node.content.first() {
                Some(XmlContent::Text(text)) => text.len(),
                Some(XmlContent::Node(_)) | None => 0,
            };
            if is_inside && self.size <= LARGEST || !is_inside && kept + text.len() <= LONGEST_OUTSIDE {
                node.push_text(text);
            }
        }
        None
    }
}

/// Where the reading stands, and how much it may still take for one tag or text.
struct ReadCounts {
    line: Cell<usize>,
    left: Cell<usize>,
}

/// Counts lines, and refuses a tag or a text that never ends.
struct CountedLines<R> {
    stream: R,
    counts: Rc<ReadCounts>,
}

impl<R: BufRead> Read for CountedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        self.counts.line.set(self.counts.line.get() + read.iter().filter(|byte| **byte == b'\n').count());
        Ok(count)
    }
}

impl<R: BufRead> BufRead for CountedLines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.counts.left.get() == 0 {
            let message = format!("a tag or a text is longer than {} MB", LARGEST >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        self.stream.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        let taken =
            self.stream.fill_buf().map_or(0, |bytes| bytes.iter().take(count).filter(|byte| **byte == b'\n').count());
        self.counts.line.set(self.counts.line.get() + taken);
        self.counts.left.set(self.counts.left.get().saturating_sub(count));
        self.stream.consume(count);
    }
}

/// The bytes of a document as UTF-8. What is not UTF-8 is in Latin-1 where the document declares that, as DBLP's does.
struct Utf8Bytes<'a> {
    bytes: Box<dyn BufRead + 'a>,
    decoded: Vec<u8>,
    /// How much of it was read.
    at: usize,
    is_latin: Option<bool>,
}

impl Read for Utf8Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.decoded.len() {
            self.decode()?;
        }
        let rest = self.decoded.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(rest) {
            *slot = *byte;
        }
        self.at += count;
        Ok(count)
    }
}

impl Utf8Bytes<'_> {
    fn decode(&mut self) -> io::Result<()> {
        (self.at, self.decoded) = (0, Vec::new());
        let chunk = self.bytes.fill_buf()?;
        if chunk.is_empty() {
            return Ok(());
        }
        let is_latin = *self.is_latin.get_or_insert_with(|| declares_latin(chunk));
        let mut bytes = chunk.to_vec();
        let count = bytes.len();
        self.bytes.consume(count);
        // The last character may be cut by the chunk.
        let needed = || -> usize {
            let last = bytes.iter().rev().take(4).position(|byte| !(0x80..0xc0).contains(byte));
            last.and_then(|place| Some((place + 1, *bytes.get(bytes.len() - place - 1)?))).map_or(0, |(have, first)| {
                let length = match first {
                    0xc2..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf4 => 4,
                    _ => 1,
                };
                usize::saturating_sub(length, have)
            })
        };
        let missing = needed() as u64;
        self.bytes.by_ref().take(missing).read_to_end(&mut bytes)?;
        for part in bytes.utf8_chunks() {
            self.decoded.extend_from_slice(part.valid().as_bytes());
            match Charset::WINDOWS_1252.decode(part.invalid()) {
                Ok(text) if is_latin => self.decoded.extend_from_slice(text.as_bytes()),
                _ if part.invalid().is_empty() => {}
                _ => self.decoded.extend_from_slice("\u{fffd}".as_bytes()),
            }
        }
        Ok(())
    }
}

/// Whether the declaration of a document names Latin-1, which is read as Windows-1252.
fn declares_latin(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head.get(..200).unwrap_or(head)).to_ascii_lowercase();
    let declared = head.split_once("encoding=").map(|(_, rest)| rest.trim_start_matches(['"', '\'']));
    declared.is_some_and(|name| ["iso-8859-1", "latin1", "windows-1252"].iter().any(|latin| name.starts_with(latin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let mut take = |part: XmlPart| {
            found.push(match part {
                XmlPart::Record(line, node) => format!("{line} {}", node.text()),
                XmlPart::Outside(node) => format!("{}: {}", node.name, node.text()),
                XmlPart::Broken(line, reason) => format!("{line}! {reason}"),
            });
            true
        };
        read(Box::new(bytes), "test", |name, _| name == "r", &mut take).unwrap();
        found
    }

    #[test]
    fn records_and_what_is_around_them() {
        for (text, expected) in [
            ("<a><t>T</t>\n<r>x<b>y</b></r>\n<x:r>z</x:r></a>", vec!["t: T", "2 xy", "3 z", "a: \n\n"]),
            (
                "<r>H<sub>2</sub>O &amp; &eacute;&#233;&unknown; <![CDATA[<b>]]></r>",
                vec!["1 H<sub>2</sub>O & éé&unknown; <b>"],
            ),
            ("<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>", vec!["1 &b;"]),
            ("<r><b>x</r><r/>", vec!["1 x", "1 "]),
            ("<r>x</c>y</r></q>", vec!["1 xy"]),
            ("<r>AT&T</r>", vec!["1 AT&T"]),
            ("<a>\n<r>x", vec!["2! the file ends inside of it"]),
            ("no xml", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(parts(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn latin_1_is_read_where_it_is_declared() {
        let text = |head: &[u8]| [head, b"<r>Zolt\xe1n \xc3\xa9</r>"].concat();
        assert_eq!(parts(&text(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>")), ["1 Zoltán é"]);
        assert_eq!(parts(&text(b"<?xml version=\"1.0\"?>")), ["1 Zolt\u{fffd}n é"]);
    }

    #[test]
    fn what_is_too_deep_or_too_large_is_bounded() {
        let deep = format!("<r>{}x{}</r><r>y</r>", "<b>".repeat(100_000), "</b>".repeat(100_000));
        assert_eq!(parts(deep.as_bytes()), ["1 x", "1 y"]);
        let large = format!("<r>{}</r><r>y</r>", "<b>xxxxxxxxxxxxxxxxxxx</b>".repeat(1_000_000));
        assert_eq!(parts(large.as_bytes()), ["1! longer than 16 MB", "1 y"]);
        let endless = format!("<r>{}", "x".repeat(17 << 20));
        assert_eq!(parts(endless.as_bytes()), ["1! not XML: I/O error: a tag or a text is longer than 16 MB"]);
    }
}
