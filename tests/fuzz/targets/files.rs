//! Files on their way in, of each format that is read.

use std::ops::ControlFlow;

use jiff::civil::Date;
use tsundoku::domain::record::Record;
use tsundoku::domain::record_source::RecordSource;
use tsundoku::sources::{self, Input, ReadItem};

/// Names that a file may have: with and without an ending, packed in each way, and standard input.
const NAMES: [&str; 8] = ["a.txt", "a.jsonl", "a.json", "a", "a.txt.gz", "a.zip", "a.jsonl.zst", "-"];

/// A page copied as text.
pub(crate) fn page(input: &[u8]) {
    read("12-march.txt", Some("page"), input);
}

/// Mails of arXiv.
pub(crate) fn mail(input: &[u8]) {
    read("mail.eml", Some("arxiv-mail"), input);
}

/// A bibliography in BibTeX.
pub(crate) fn bibtex(input: &[u8]) {
    read("refs.bib", Some("bibtex"), input);
}

/// Formats of one field a line; the first byte chooses one.
pub(crate) fn tagged(input: &[u8]) {
    let Some((choice, bytes)) = input.split_first() else { return };
    let formats = ["ris", "nbib", "refer", "wos"];
    read("papers.txt", Some(formats[usize::from(*choice) % formats.len()]), bytes);
}

/// Papers as JSON.
pub(crate) fn bib_json(input: &[u8]) {
    read("papers.json", Some("bib-json"), input);
}

/// A table.
pub(crate) fn csv(input: &[u8]) {
    read("papers.csv", Some("csv"), input);
}

/// XML formats; the first byte chooses one.
pub(crate) fn xml(input: &[u8]) {
    let Some((choice, bytes)) = input.split_first() else { return };
    let formats = ["feed", "oai", "pubmed", "endnote", "dblp", "acl", "zotero-rdf"];
    read("answer.xml", Some(formats[usize::from(*choice) % formats.len()]), bytes);
}

/// A page saved as HTML.
pub(crate) fn html(input: &[u8]) {
    read("papers.html", Some("html"), input);
}

/// JSON lines.
pub(crate) fn json(input: &[u8]) {
    read("papers.jsonl", Some("json"), input);
}

/// The arXiv snapshot.
pub(crate) fn snapshot(input: &[u8]) {
    read("snapshot.json", Some("arxiv-snapshot"), input);
}

/// A file of unknown kind, encoding and packing; its first byte chooses its name.
pub(crate) fn decode(input: &[u8]) {
    let Some((choice, bytes)) = input.split_first() else { return };
    read(NAMES[usize::from(*choice) % NAMES.len()], None, bytes);
}

/// Reads a file. A record survives a round trip through JSON; what is said about the others is safe to show. That the file is
/// refused as a whole is an answer, too.
fn read(name: &str, format: Option<&str>, bytes: &[u8]) {
    let input = Input { name, modified: Date::constant(2025, 3, 20), digest_day: None, bytes: Box::new(bytes) };
    let result = sources::read(input, format, &mut |item| {
        match item {
            ReadItem::Record { record, .. } => {
                let json = record.to_json();
                assert!(!json.contains(char::is_control), "{json:?}");
                // Who states it is in no file.
                let stated = Record { source: RecordSource::Unknown, ..*record };
                assert_eq!(Record::from_json(&json), Ok(stated), "{json}");
            }
            ReadItem::Rejected(rejection) => check_message(rejection.line, &rejection.reason),
            ReadItem::Notice(notice) => check_message(notice.line, &notice.message),
        }
        ControlFlow::Continue(())
    });
    if let Err(error) = result {
        assert!(!error.to_string().contains(|c: char| c.is_control() && c != '\n'), "{error}");
    }
}

fn check_message(line: usize, message: &str) {
    assert!(line > 0 && !message.is_empty(), "line {line}: {message}");
    assert!(!message.contains(char::is_control), "{message:?}");
}
