//! Which format a file has, by its first bytes, then by its ending. Formats that are known but cannot be imported are named, so that
//! the message says what the file is.

use super::decode::FileHead;
use super::formats::{IMPORT_FORMATS, ImportFormat};

type FileKind = (&'static str, fn(&FileHead<'_>) -> bool);

/// Files that are not text, with the words for messages.
const NOT_TEXT: [FileKind; 5] = [
    ("is a PDF", |head| head.bytes.starts_with(b"%PDF")),
    ("is compressed with gzip", |head| head.bytes.starts_with(b"\x1f\x8b")),
    ("is compressed with zstd", |head| head.bytes.starts_with(b"\x28\xb5\x2f\xfd")),
    ("is a zip archive", |head| head.bytes.starts_with(b"PK\x03\x04")),
    ("is an SQLite database", |head| head.bytes.starts_with(b"SQLite format 3\0")),
];

/// Text formats that are known and cannot be imported, with the words for messages.
const NOT_READ: [FileKind; 5] = [
    ("is an HTML page", |head| begins(head, "<!doctype html") || begins(head, "<html")),
    ("is XML", |head| begins(head, "<?xml") || is_element(&head.text)),
    ("is a JSON array, not JSON lines", |head| json(head, '[', &['{', '[', '"']) || is_empty_array(head)),
    ("is one JSON document, not JSON lines", |head| json(head, '{', &['"', '}'])),
    ("is not text", |head| head.text.contains('\0')),
];

/// The format of a file with this head; the error says what the file is instead, as in `is XML`.
pub(super) fn format(head: &FileHead<'_>) -> Result<&'static ImportFormat, String> {
    let one_of = |kinds: &[FileKind]| kinds.iter().find(|(_, is)| is(head)).map(|(found, _)| (*found).to_owned());
    if let Some(found) = one_of(&NOT_TEXT) {
        return Err(found);
    }
    if let Some(format) = IMPORT_FORMATS.iter().find(|format| (format.recognises)(head)) {
        return Ok(format);
    }
    if let Some(found) = one_of(&NOT_READ) {
        return Err(found);
    }
    let blank = head.lines().next().is_none();
    let fits = |format: &&ImportFormat| blank || head.ending.is_empty() || format.endings.contains(&head.ending);
    IMPORT_FORMATS.iter().find(fits).ok_or_else(|| "has no import format".to_owned())
}

/// Begins like JSON. The bracket alone is not enough: a title may begin with one.
fn json(head: &FileHead<'_>, open: char, then: &[char]) -> bool {
    head.text.trim_start().strip_prefix(open).is_some_and(|rest| rest.trim_start().starts_with(then))
}

/// `[]`; a check box before a text is none.
fn is_empty_array(head: &FileHead<'_>) -> bool {
    let inside = head.text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inside.is_some_and(|inside| inside.trim().is_empty())
}

/// Begins with the tag of an element.
fn is_element(text: &str) -> bool {
    let tag = text.trim_start().strip_prefix('<').and_then(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    let is_name = |c: char| c.is_ascii_alphanumeric() || ":_-.".contains(c);
    tag.is_some_and(|tag| {
        let name = tag.split([' ', '\n', '\r', '\t', '/']).next().unwrap_or_default();
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name)
    })
}

fn begins(head: &FileHead<'_>, start: &str) -> bool {
    let text = head.text.trim_start();
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], ending: &str) -> String {
        match format(&FileHead::new(bytes, ending)) {
            Ok(format) => format.name.to_owned(),
            Err(found) => found,
        }
    }

    #[test]
    fn content_goes_before_the_ending() {
        for (bytes, ending, expected) in [
            (b"new\n\nGet trending papers in your email inbox!\n".as_slice(), "bib", "page"),
            (b"byAK and the research community", "", "page"),
            (b"A title\nAn abstract", "txt", "page"),
            (b"[Re] A Title\n", "", "page"),
            (b"", "", "page"),
            (b"\xef\xbb\xbf\r\n", "bib", "page"),
            (b"", "jsonl", "json"),
            (b"// broken", "jsonl", "json"),
            (b"\n {\"title\":", "txt", "json"),
            (b"\xff\xfe{\0\"\0", "", "json"),
            (b"{\"id\":\"a\",\"note\":\"versions\"}", "jsonl", "json"),
            (b"{\"broken\n{\"id\":\"a\", \"versions\": []}", "jsonl", "arxiv-snapshot"),
            (b"{\"id\":\"a\",\"submitter\":null,\"authors\":\"A, B", "", "arxiv-snapshot"),
            (b"{\n  \"title\": 1", "json", "is one JSON document, not JSON lines"),
            (b"[ {\"title\"", "txt", "is a JSON array, not JSON lines"),
            (b"[ ]\n", "txt", "is a JSON array, not JSON lines"),
            (b"[ ] Buy milk\n", "txt", "page"),
            (b"% mine\n\n@article{a,", "txt", "bibtex"),
            (b"1.\nTY  - JOUR\n", "txt", "ris"),
            (b"\nPMID- 1\nTI  - T", "txt", "nbib"),
            (b"%0 Journal Article\n%T T", "txt", "refer"),
            (b"FN Clarivate\nVR 1.0\nPT J\n", "txt", "wos"),
            (b"<?xml version", "txt", "is XML"),
            (b"<svg:svg a='1'>", "xml", "is XML"),
            (b"<3 of Kites> and Wind", "txt", "page"),
            (b"<?xml version='1.0'?>\n<feed xmlns=\"x\">", "txt", "feed"),
            (b"<oai:OAI-PMH>", "txt", "oai"),
            (b"<!DOCTYPE HTML>", "", "is an HTML page"),
            (b"\x1f\x8b\x08", "jsonl", "is compressed with gzip"),
            (b"\x7fELF\0\0", "", "is not text"),
            (b"fn main() {}", "rs", "has no import format"),
        ] {
            assert_eq!(found(bytes, ending), expected, "{}", String::from_utf8_lossy(bytes).escape_debug());
        }
    }
}
