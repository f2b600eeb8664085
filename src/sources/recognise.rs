//! Which kind of file begins like this. Content goes before the ending; what is known but not read is named, so that the message
//! says what the file is.

use super::decode::Head;
use super::{SOURCES, Source, header};

type Kind = (&'static str, fn(&Head<'_>) -> bool);

/// Kinds of files that are not text, by what a message says of them.
const NOT_TEXT: [Kind; 5] = [
    ("is a PDF", |head| head.bytes.starts_with(b"%PDF")),
    ("is compressed with gzip", |head| head.bytes.starts_with(b"\x1f\x8b")),
    ("is compressed with zstd", |head| head.bytes.starts_with(b"\x28\xb5\x2f\xfd")),
    ("is a zip archive", |head| head.bytes.starts_with(b"PK\x03\x04")),
    ("is an SQLite database", |head| head.bytes.starts_with(b"SQLite format 3\0")),
];

/// Kinds of text that are known and not read, by what a message says of them.
const NOT_READ: [Kind; 7] = [
    ("is an HTML page", |head| begins(head, "<!doctype html") || begins(head, "<html")),
    ("is XML", |head| ["<?xml", "<feed", "<rss", "<oai-pmh"].iter().any(|start| begins(head, start))),
    ("is a JSON array, not JSON lines", |head| json(head, '[', &['{', '[', '"', ']'])),
    ("is one JSON document, not JSON lines", |head| json(head, '{', &['"', '}'])),
    ("holds RIS records", |head| begins(head, "TY  -")),
    ("holds BibTeX", |head| head.lines().find(|line| !line.starts_with('%')).is_some_and(bibtex_entry)),
    ("is not text", |head| head.text.contains('\0')),
];

/// The row that reads a file with this head, or what the file is instead.
pub(crate) fn source(head: &Head<'_>) -> Result<&'static Source, String> {
    let one_of = |kinds: &[Kind]| kinds.iter().find(|(_, is)| is(head)).map(|(found, _)| (*found).to_owned());
    if let Some(found) = one_of(&NOT_TEXT) {
        return Err(found);
    }
    if let Some(source) = SOURCES.iter().find(|source| (source.recognises)(head)) {
        return Ok(source);
    }
    if let Some(found) = one_of(&NOT_READ) {
        return Err(found);
    }
    let blank = head.lines().next().is_none();
    let fits = |source: &&Source| blank || head.ending.is_empty() || source.endings.contains(&head.ending);
    SOURCES.iter().find(fits).ok_or_else(|| "is no kind of file that is read".to_owned())
}

/// A line near the top that heads a papers page.
pub(crate) fn page(head: &Head<'_>) -> bool {
    head.lines().take(10).any(header::names_the_page)
}

/// An object near the top with the keys that only the snapshot has. Where the authors are too many for the head, the first keys tell.
pub(crate) fn snapshot(head: &Head<'_>) -> bool {
    let has = |line: &str, key: &str| {
        let mut found = line.match_indices(key).filter_map(|(at, _)| line.get(at + key.len()..));
        found.any(|rest| rest.trim_start().starts_with(':'))
    };
    head.lines().take(20).any(|line| {
        let keys = ["\"authors_parsed\"", "\"versions\"", "\"update_date\"", "\"submitter\""];
        line.starts_with('{') && has(line, "\"id\"") && keys.iter().any(|key| has(line, key))
    })
}

/// The ending says so, because a first line may be broken; without it a first line that begins as an object does.
pub(crate) fn json_lines(head: &Head<'_>) -> bool {
    let object = |line: &str| line.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    head.ending == "jsonl" || head.ending == "ndjson" || head.lines().next().is_some_and(object)
}

/// Begins as JSON does: a title may begin with a bracket, too.
fn json(head: &Head<'_>, open: char, then: &[char]) -> bool {
    head.text.trim_start().strip_prefix(open).is_some_and(|rest| rest.trim_start().starts_with(then))
}

fn begins(head: &Head<'_>, start: &str) -> bool {
    let text = head.text.trim_start();
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// `@article{` and the like.
fn bibtex_entry(line: &str) -> bool {
    let entry = line.strip_prefix('@').and_then(|rest| rest.split_once(['{', '(']));
    entry.is_some_and(|(kind, _)| !kind.is_empty() && kind.trim().chars().all(|c| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], ending: &str) -> String {
        match source(&Head::new(bytes, ending)) {
            Ok(source) => source.name.to_owned(),
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
            (b"% mine\n\n@article{a,", "txt", "holds BibTeX"),
            (b"<?xml version", "txt", "is XML"),
            (b"<!DOCTYPE HTML>", "", "is an HTML page"),
            (b"\x1f\x8b\x08", "jsonl", "is compressed with gzip"),
            (b"\x7fELF\0\0", "", "is not text"),
            (b"fn main() {}", "rs", "is no kind of file that is read"),
        ] {
            assert_eq!(found(bytes, ending), expected, "{}", String::from_utf8_lossy(bytes).escape_debug());
        }
    }
}
