//! A CSV table for spreadsheets: RFC 4180 with a byte-order mark and CRLF, every cell quoted, one row a paper. A text cell that a spreadsheet would
//! take for a formula gets an apostrophe in front. Columns that no paper fills are left out.

use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};
use unicode_width::UnicodeWidthChar;

use super::address::web_address;
use super::citation::unique_keys;
use super::entry::{ExportEntry, known_doi, one_line, own_abstract, rendered};
use super::people::printed_authors;
use crate::domain::paper::LinkKind;

/// A column: its heading, and an entry's text in it, empty when it has none.
struct Column {
    heading: &'static str,
    cell: fn(&ExportEntry) -> String,
}

const COLUMNS: &[Column] = &[
    Column { heading: "title", cell: |entry| rendered(&entry.paper.title).into_string() },
    Column { heading: "authors", cell: |entry| printed_authors(&entry.paper).join("; ") },
    Column { heading: "year", cell: |entry| shown(entry.paper.published.map(|date| format!("{:04}", date.year()))) },
    Column { heading: "date", cell: |entry| shown(entry.paper.published) },
    Column { heading: "arxiv", cell: |entry| shown(entry.paper.arxiv.as_ref()) },
    Column { heading: "doi", cell: |entry| shown(known_doi(&entry.paper)) },
    Column { heading: "venue", cell: |entry| entry.paper.venue.clone().unwrap_or_default() },
    Column { heading: "categories", cell: |entry| entry.paper.categories.join(" ") },
    Column { heading: "url", cell: |entry| address(entry, LinkKind::Abstract) },
    Column { heading: "pdf", cell: |entry| address(entry, LinkKind::Pdf) },
    Column { heading: "code", cell: |entry| address(entry, LinkKind::Code) },
    Column { heading: "status", cell: |entry| entry.reading.status.to_string() },
    Column { heading: "starred", cell: |entry| if entry.reading.starred { "yes".into() } else { String::new() } },
    Column {
        heading: "tags",
        cell: |entry| entry.reading.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(" "),
    },
    Column { heading: "notes", cell: |entry| entry.reading.note.clone() },
    Column {
        heading: "abstract",
        cell: |entry| own_abstract(&entry.paper).map(rendered).unwrap_or_default().into_string(),
    },
];

pub(super) fn write(entries: &[ExportEntry], out: &mut dyn Write) -> io::Result<()> {
    // Spreadsheets read a file without the mark in the system's legacy encoding.
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).from_writer(out);
    let filled =
        |column: &&Column| column.heading == "title" || entries.iter().any(|entry| !(column.cell)(entry).is_empty());
    let columns: Vec<&Column> = COLUMNS.iter().filter(filled).collect();
    table.write_record(["key"].into_iter().chain(columns.iter().map(|column| column.heading)))?;
    for (entry, key) in entries.iter().zip(unique_keys(entries)) {
        let cells = columns.iter().map(|column| guarded(&one_line(&(column.cell)(entry))));
        table.write_record([guarded(&key)].into_iter().chain(cells))?;
    }
    table.flush()
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn address(entry: &ExportEntry, kind: LinkKind) -> String {
    entry.paper.link(kind).and_then(|url| web_address(&url)).unwrap_or_default()
}

/// The cell with an apostrophe in front when its first visible character would start a formula.
fn guarded(cell: &str) -> String {
    let visible = |c: &char| !c.is_whitespace() && c.width().is_some_and(|columns| columns > 0);
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    if cell.chars().find(visible).is_some_and(formula) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::markup::Markup;
    use crate::domain::text::Text;
    use proptest::prelude::*;

    fn titled(title: &str) -> ExportEntry {
        let mut entry = ExportEntry::default();
        entry.paper.title = Text::new(title, Markup::Plain);
        entry
    }

    fn written(entries: &[ExportEntry]) -> String {
        let mut out = Vec::new();
        write(entries, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn titles(table: &str) -> Vec<String> {
        let mut reader = csv::Reader::from_reader(table.strip_prefix('\u{feff}').unwrap().as_bytes());
        reader.records().map(|record| record.unwrap()[1].to_owned()).collect()
    }

    #[test]
    fn formulas_are_guarded() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            (" \u{200d}=1", "' \u{200d}=1"),
            ("'=1", "'=1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(guarded(cell), expected);
        }
    }

    #[test]
    fn empty_columns_are_left_out() {
        assert_eq!(
            written(&[titled("The \"Word\"")]),
            "\u{feff}\"key\",\"title\",\"status\"\r\n\"Word\",\"The \"\"Word\"\"\",\"unread\"\r\n"
        );
        assert_eq!(written(&[]), "\u{feff}\"key\",\"title\"\r\n");
    }

    proptest! {
        #[test]
        fn cells_come_back(texts in prop::collection::vec("[=+@ \"',;a-c-]{0,8}[^\\x00-\\x1f\\x7f-\\x9f]{0,20}", 1..4)) {
            let entries: Vec<ExportEntry> = texts.iter().map(|text| titled(text)).collect();
            let table = written(&entries);
            for (cell, entry) in titles(&table).iter().zip(&entries) {
                let title = rendered(&entry.paper.title);
                let bare = cell.strip_prefix('\'').filter(|_| guarded(&title) != *title);
                prop_assert_eq!(bare.unwrap_or(cell), &*title);
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']));
            }
            prop_assert_eq!(titles(&table).len(), entries.len());
        }
    }
}
