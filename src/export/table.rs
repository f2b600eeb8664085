//! A CSV table for spreadsheets: RFC 4180 with a byte-order mark and CRLF, every cell quoted, one row a paper. A text cell that a spreadsheet would
//! take for a formula gets an apostrophe in front. Columns that no paper fills are left out.

use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

use super::address::web_address;
use super::citation::{CitationKeys, key_of};
use super::entry::{ExportEntry, ExportPapers, PaperParts, chunks, known_doi, one_line, own_abstract, rendered};
use super::people::printed_authors;
use super::stream;
use crate::domain::paper::LinkKind;

/// Papers read at once while the first abstract is looked for.
const LOOKED_AT_ONCE: usize = 64;

/// A column: its heading, and an entry's text in it, empty when it has none.
struct Column {
    heading: &'static str,
    cell: fn(&ExportEntry) -> String,
    /// Its text is of the abstract, which is read only where it is needed.
    is_abstract: bool,
}

const fn column(heading: &'static str, cell: fn(&ExportEntry) -> String) -> Column {
    Column { heading, cell, is_abstract: false }
}

const COLUMNS: &[Column] = &[
    column("title", |entry| rendered(&entry.paper.title).into_string()),
    column("authors", |entry| printed_authors(&entry.paper).join("; ")),
    column("year", |entry| shown(entry.paper.published.map(|date| format!("{:04}", date.year())))),
    column("date", |entry| shown(entry.paper.published)),
    column("arxiv", |entry| shown(entry.paper.arxiv.as_ref())),
    column("doi", |entry| shown(known_doi(&entry.paper))),
    column("venue", |entry| entry.paper.venue.clone().unwrap_or_default()),
    column("publication_status", |entry| shown(entry.paper.publication_status)),
    column("categories", |entry| entry.paper.categories.join(" ")),
    column("url", |entry| address(entry, LinkKind::Abstract)),
    column("pdf", |entry| address(entry, LinkKind::Pdf)),
    column("code", |entry| address(entry, LinkKind::Code)),
    column("status", |entry| entry.reading.status.to_string()),
    column("starred", |entry| if entry.reading.starred { "yes".into() } else { String::new() }),
    column("tags", |entry| entry.reading.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(" ")),
    column("notes", |entry| entry.reading.note.clone()),
    Column {
        is_abstract: true,
        ..column("abstract", |entry| own_abstract(&entry.paper).map(rendered).unwrap_or_default().into_string())
    },
];

pub(super) fn write(papers: &mut dyn ExportPapers, out: &mut dyn Write) -> io::Result<()> {
    let mut columns = FilledColumns { is_filled: COLUMNS.iter().map(|column| column.heading == "title").collect() };
    let keys = CitationKeys::assign(papers, &mut |entry| columns.look(entry, PaperParts::Head))?;
    columns.look_for_abstract(papers)?;
    let columns = columns.filled();
    // Spreadsheets read a file without the mark in the system's legacy encoding.
    out.write_all("\u{feff}".as_bytes())?;
    let mut head = Vec::new();
    write_row(["key"].into_iter().chain(columns.iter().map(|column| column.heading)), &mut head);
    out.write_all(&head)?;
    let render = |entry: ExportEntry, text: &mut Vec<u8>| {
        let cells = columns.iter().map(|column| guarded(one_line(&(column.cell)(&entry)).into_string()));
        write_row([guarded(key_of(&entry))].into_iter().chain(cells), text);
    };
    stream::write_all(papers, Some(keys), "", &render, out)
}

/// Every cell in quotation marks, those in it doubled.
fn write_row(cells: impl Iterator<Item = impl AsRef<str>>, out: &mut Vec<u8>) {
    for (place, cell) in cells.enumerate() {
        out.extend_from_slice(if place == 0 { b"\"" } else { b",\"" });
        for (part, text) in cell.as_ref().split('"').enumerate() {
            out.extend_from_slice(if part == 0 { b"" } else { b"\"\"" });
            out.extend_from_slice(text.as_bytes());
        }
        out.push(b'"');
    }
    out.extend_from_slice(b"\r\n");
}

/// The columns that some paper fills, and the title. A column is looked for only until a paper fills it.
struct FilledColumns {
    /// By column.
    is_filled: Vec<bool>,
}

impl FilledColumns {
    fn look(&mut self, entry: &ExportEntry, parts: PaperParts) {
        for (column, is_filled) in COLUMNS.iter().zip(&mut self.is_filled) {
            if !*is_filled && (parts == PaperParts::Whole || !column.is_abstract) {
                *is_filled = !(column.cell)(entry).is_empty();
            }
        }
    }

    /// Reads whole papers up to the first with an abstract.
    fn look_for_abstract(&mut self, papers: &mut dyn ExportPapers) -> io::Result<()> {
        let is_open = |columns: &Self| {
            COLUMNS.iter().zip(&columns.is_filled).any(|(column, is_filled)| column.is_abstract && !is_filled)
        };
        for places in chunks(papers.count(), LOOKED_AT_ONCE) {
            if !is_open(self) {
                break;
            }
            let entries = papers.read(&places, PaperParts::Whole)?;
            entries.iter().flatten().for_each(|entry| self.look(entry, PaperParts::Whole));
        }
        Ok(())
    }

    fn filled(&self) -> Vec<&'static Column> {
        COLUMNS.iter().zip(&self.is_filled).filter(|(_, is_filled)| **is_filled).map(|(column, _)| column).collect()
    }
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn address(entry: &ExportEntry, kind: LinkKind) -> String {
    entry.paper.link(kind).and_then(|url| web_address(&url)).unwrap_or_default()
}

/// The cell with an apostrophe in front when its first visible character would start a formula.
fn guarded(cell: String) -> String {
    let visible = |c: &char| !c.is_whitespace() && c.width().is_some_and(|columns| columns > 0);
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    if cell.chars().find(visible).is_some_and(formula) { format!("'{cell}") } else { cell }
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
        write(&mut &*entries, &mut out).unwrap();
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
            assert_eq!(guarded(cell.to_owned()), expected);
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
                let bare = cell.strip_prefix('\'').filter(|_| guarded(title.to_string()) != *title);
                prop_assert_eq!(bare.unwrap_or(cell), &*title);
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']));
            }
            prop_assert_eq!(titles(&table).len(), entries.len());
        }
    }
}
