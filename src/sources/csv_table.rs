//! Tables with a header, as CSV: Zotero's, those of databases, our own export, and any other whose columns have names that say what they
//! hold. Columns may stand in any order; unknown ones are left out. Separators are commas, semicolons or tabs.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use super::decode::{FileHead, InputLine, InputLines, NotText, cannot_read};
use super::html_text::html_lines;
use super::input::Origin;
use super::item::{ReadItem, Rejection, Visit};
use super::stated::{
    PublishedIn, StatedPaper, addresses, arxiv_mention, best_date, bracketed_categories, listed_author, pubmed_link,
};
use super::stated_reading::StatedReading;
use super::western::line_text;
use crate::domain::paper::Author;
use crate::domain::publication_status::PublicationStatus;
use crate::domain::record::Record;
use crate::error::{Error, Result};

/// Most bytes of a row; a quote that is never closed makes one row of the rest of the file.
const LARGEST_ROW: usize = 16 << 20;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TableColumn {
    Title,
    Authors,
    Date,
    Year,
    Abstract,
    Doi,
    Arxiv,
    PubMed,
    Url,
    Venue,
    Volume,
    Number,
    Pages,
    Keywords,
    Categories,
    Remark,
    PublicationStatus,
    Kind,
    Tags,
    Status,
    Starred,
    Note,
}

/// The place of Zotero's column of the tags that the user gave, among those of keywords.
const MANUAL_TAGS: usize = 0;

/// Names of columns, without blanks and signs and in lower case, the best one of a kind first.
const NAMES: [(TableColumn, &[&str]); 22] = [
    (TableColumn::Title, &["title", "articletitle", "documenttitle", "papertitle", "ti"]),
    (TableColumn::Authors, &["author", "authors", "authorfullnames", "creators", "authornames", "au"]),
    (TableColumn::Date, &["date", "publicationdate", "published", "publisheddate", "coverdate"]),
    (TableColumn::Year, &["publicationyear", "year", "pubyear", "py"]),
    (TableColumn::Abstract, &["abstractnote", "abstract", "summary", "ab"]),
    (TableColumn::Doi, &["doi", "doilink", "di"]),
    (TableColumn::Arxiv, &["arxiv", "arxivid", "eprint"]),
    (TableColumn::PubMed, &["pmid", "pubmedid"]),
    (TableColumn::Url, &["url", "link", "links", "pdf", "pdflink", "articleurl"]),
    (
        TableColumn::Venue,
        &[
            "publicationtitle",
            "journalbook",
            "journal",
            "venue",
            "sourcetitle",
            "booktitle",
            "conferencename",
            "source",
            "conference",
        ],
    ),
    (TableColumn::Volume, &["volume"]),
    (TableColumn::Number, &["issue", "number"]),
    (TableColumn::Pages, &["pages"]),
    (
        TableColumn::Keywords,
        &["manualtags", "automatictags", "keywords", "authorkeywords", "ieeeterms", "indexkeywords"],
    ),
    (TableColumn::Categories, &["categories", "category", "primarycategory"]),
    (TableColumn::Remark, &["extra", "comment", "comments"]),
    (TableColumn::PublicationStatus, &["publicationstatus"]),
    (TableColumn::Kind, &["itemtype", "documenttype"]),
    (TableColumn::Tags, &["tags", "labels"]),
    (TableColumn::Status, &["status", "readstatus", "readingstatus"]),
    (TableColumn::Starred, &["starred", "star", "favorite", "favourite"]),
    (TableColumn::Note, &["notes", "note"]),
];

/// By a first line with a title and another column that is known.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    let Some(line) = head.text.lines().find(|line| !line.trim().is_empty()) else { return false };
    let columns = columns(line.split(separator(line)));
    let has = |wanted: TableColumn| columns.iter().flatten().any(|(column, _)| *column == wanted);
    let others = [
        TableColumn::Authors,
        TableColumn::Year,
        TableColumn::Date,
        TableColumn::Abstract,
        TableColumn::Doi,
        TableColumn::Url,
        TableColumn::Arxiv,
    ];
    has(TableColumn::Title) && others.into_iter().any(has)
}

/// The separator of a header: the sign of the three that it has most of.
fn separator(header: &str) -> char {
    let count = |sign: char| header.matches(sign).count();
    // Of equally many the first.
    [',', '\t', ';'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(',')
}

/// What each column of a header holds, and the place of its name among those of its kind.
fn columns<'h>(names: impl Iterator<Item = &'h str>) -> Vec<Option<(TableColumn, usize)>> {
    let known = |name: &str| {
        let name: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        NAMES.iter().find_map(|(column, names)| Some((*column, names.iter().position(|known| *known == name)?)))
    };
    names.map(known).collect()
}

/// Reads row by row.
pub(super) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let left = Rc::new(Cell::new(LARGEST_ROW));
    let mut stream = lines.into_stream();
    let separator = stream.fill_buf().map(|head| {
        let head = String::from_utf8_lossy(head);
        separator(head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default())
    });
    let separator = separator.map_err(|error| cannot_read(origin.shown, error))?;
    let bounded = BoundedRows { stream, left: Rc::clone(&left) };
    let mut builder = ReaderBuilder::new();
    builder.flexible(true).has_headers(false).delimiter(u8::try_from(separator).unwrap_or(b','));
    let mut reader = builder.from_reader(bounded);
    let mut header: Option<Vec<Option<(TableColumn, usize)>>> = None;
    // The last row may be cut, which only the end of the file tells.
    let mut waiting: Option<(usize, ByteRecord)> = None;
    loop {
        left.set(LARGEST_ROW);
        let mut row = ByteRecord::new();
        let next = match reader.read_byte_record(&mut row) {
            Ok(is_there) => Ok(is_there.then_some(row)),
            Err(error) => match error.into_kind() {
                ErrorKind::Io(error) if error.kind() != io::ErrorKind::FileTooLarge => {
                    return Err(cannot_read(origin.shown, error));
                }
                _ => Err(format!("a row of more than {} MB; a quote in it is never closed", LARGEST_ROW >> 20)),
            },
        };
        let columns = header.as_ref().map_or(0, Vec::len);
        let line = reader.position().line();
        if let (Some((line, row)), Some(header)) = (waiting.take(), &header) {
            let is_cut = matches!(next, Ok(None)) && row.len() < columns;
            let found = match is_cut {
                true => Err("the file ends inside of this row".to_owned()),
                false => cells(&row, header).and_then(|cells| cells.paper().record()),
            };
            if each(found_item(line, found)).is_break() {
                return Ok(());
            }
        }
        let row = match next {
            Ok(None) => return Ok(()),
            Ok(Some(row)) => row,
            Err(reason) => {
                // Nothing can be read behind it.
                let _ = each(found_item(usize::try_from(line).unwrap_or(1), Err(reason)));
                return Ok(());
            }
        };
        let line = row.position().map_or(1, |position| usize::try_from(position.line()).unwrap_or(1)).max(1);
        if header.is_none() {
            let names: Vec<String> = row.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
            let named = self::columns(names.iter().map(String::as_str));
            if !named.iter().flatten().any(|(column, _)| *column == TableColumn::Title) {
                let message = format!("{} has no column for titles", origin.shown);
                return Err(
                    Error::data(message).hint("name a column `Title`; others may be `Authors`, `Year`, `DOI`, `URL`")
                );
            }
            header = Some(named);
        } else if row.iter().any(|cell| !cell.trim_ascii().is_empty()) {
            waiting = Some((line, row));
        }
    }
}

fn found_item(line: usize, found: std::result::Result<Box<Record>, String>) -> ReadItem {
    match found {
        Ok(record) => ReadItem::Record { line, record },
        Err(reason) => ReadItem::Rejected(Rejection { line, reason }),
    }
}

/// The cells of a row by what they hold, the best name of a kind first.
fn cells(row: &ByteRecord, header: &[Option<(TableColumn, usize)>]) -> std::result::Result<TableCells, String> {
    let mut cells = Vec::new();
    for (cell, column) in row.iter().zip(header) {
        let Some((column, rank)) = column else { continue };
        let (text, unreadable) = match std::str::from_utf8(cell) {
            Ok(text) => line_text(InputLine::Text(text)),
            Err(error) => line_text(InputLine::NotText(NotText::NotUtf8(error.valid_up_to()), cell)),
        };
        if let Some(reason) = unreadable {
            return Err(reason);
        }
        let text = without_guard(text.trim());
        if !text.is_empty() {
            cells.push((*column, *rank, text.to_owned()));
        }
    }
    cells.sort_by_key(|(_, rank, _)| *rank);
    Ok(TableCells(cells))
}

/// A cell without the quote that our export, and others, put before what a spreadsheet would take for a formula.
fn without_guard(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|rest| rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']))
        .unwrap_or(cell)
}

struct TableCells(Vec<(TableColumn, usize, String)>);

impl TableCells {
    fn all(&self, wanted: TableColumn) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(column, ..)| *column == wanted).map(|(.., text)| text.as_str())
    }

    fn get(&self, wanted: TableColumn) -> String {
        self.all(wanted).next().unwrap_or_default().to_owned()
    }

    fn reading(&self) -> StatedReading {
        let mut reading = StatedReading::default();
        let manual = self.0.iter().filter(|(column, rank, _)| *column == TableColumn::Keywords && *rank == MANUAL_TAGS);
        manual.for_each(|(.., words)| reading.tags(words.split(';')));
        self.all(TableColumn::Tags).for_each(|list| reading.tags(tags(list)));
        for status in self.all(TableColumn::Status) {
            reading.status(status);
        }
        self.all(TableColumn::Starred).for_each(|value| reading.starred(value));
        // Zotero's notes are HTML.
        self.all(TableColumn::Note).for_each(|note| match note.contains("</") {
            true => reading.note(&html_lines(note).join("\n")),
            false => reading.note(note),
        });
        reading
    }

    fn paper(&self) -> StatedPaper {
        let remarks: Vec<&str> = self.all(TableColumn::Remark).flat_map(str::lines).map(str::trim).collect();
        let mentions = remarks.iter().filter_map(|line| arxiv_mention(line));
        let venue = self.all(TableColumn::Venue).filter_map(arxiv_mention);
        let pmid = remarks.iter().find_map(|line| line.strip_prefix("PMID:")).map(str::to_owned);
        let categories =
            self.all(TableColumn::Categories).flat_map(|text| text.split([' ', ',', ';'])).map(str::to_owned);
        let kind = self.get(TableColumn::Kind).to_lowercase();
        let has_place = !["book", "thesis", "report"].contains(&kind.as_str());
        let comments = remarks.iter().filter_map(|line| line.strip_prefix("Comment: ")).map(str::to_owned);
        StatedPaper {
            title: self.get(TableColumn::Title),
            summary: self.get(TableColumn::Abstract),
            authors: authors(&self.get(TableColumn::Authors)),
            published: best_date(self.all(TableColumn::Date).chain(self.all(TableColumn::Year))),
            ids: self
                .all(TableColumn::Arxiv)
                .map(str::to_owned)
                .chain(self.all(TableColumn::Doi).map(str::to_owned))
                .chain(mentions)
                .chain(venue)
                .collect(),
            urls: self.all(TableColumn::Url).flat_map(addresses).collect(),
            links: pmid
                .or_else(|| self.all(TableColumn::PubMed).next().map(str::to_owned))
                .and_then(|pmid| pubmed_link(&pmid))
                .into_iter()
                .collect(),
            place: PublishedIn {
                venue: if has_place { self.get(TableColumn::Venue) } else { String::new() },
                volume: self.get(TableColumn::Volume),
                number: self.get(TableColumn::Number),
                pages: self.get(TableColumn::Pages),
            },
            categories: categories.chain(remarks.iter().flat_map(|line| bracketed_categories(line))).collect(),
            keywords: self
                .all(TableColumn::Keywords)
                .flat_map(|words| words.split(';'))
                .map(|word| word.trim().to_owned())
                .collect(),
            comments: comments.collect(),
            reading: self.reading(),
            publication_status: self.all(TableColumn::PublicationStatus).find_map(PublicationStatus::from_name),
            ..StatedPaper::default()
        }
    }
}

/// Tags with semicolons, commas or, as our own export writes them, blanks between them.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let separators: &[char] = if text.contains(';') {
        &[';']
    } else if text.contains(',') {
        &[',']
    } else {
        &[' ']
    };
    text.split(separators)
}

/// `Doe, Jane Q.; Berg, Ludwig`, or a list with commas.
fn authors(text: &str) -> Vec<Author> {
    match text.contains(';') {
        true => text.split(';').flat_map(listed_author).collect(),
        false => Author::list([text]),
    }
}

/// Refuses a row that never ends.
struct BoundedRows<R> {
    stream: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for BoundedRows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.left.get().min(buffer.len());
        if most == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.stream.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.set(self.left.get() - count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use crate::sources::tests::{check_variants, described, papers, read_bytes, read_text, summary};

    const TABLE: &str = include_str!("../../tests/fixtures/bibliographies/papers.csv");

    fn read(text: &str) -> Vec<String> {
        let (format, found) = read_text("papers.csv", text);
        assert_eq!(format, "csv");
        let mut lines: Vec<String> = papers(&found).into_iter().map(described).collect();
        lines.extend(summary(&found).into_iter().filter(|line| line.starts_with("line ") || line.starts_with('(')));
        lines
    }

    #[test]
    fn tables_are_read_by_the_names_of_their_columns() {
        assert_eq!(
            read(TABLE),
            [
                "Kites, \"Wind\" and Glass | Ada Roe, Ludwig van der Berg | 2020-07-15 doi:10.9999/978-3-030_11 | Kites – EX 2020 (2020) 1-9 | wind, glass, kites",
                "Ropes | Ada Roe | 2024-02-13 arXiv:2402.99903 | - | ",
                "=SUM(Kites) |  | 2019-08 | - | ",
                "line 7: no title"
            ]
        );
        let expected = ["Kites | Jane Doe, Ada Roe | 2024 arXiv:2401.99901 | J. Kites | "];
        for text in [
            "Year;Journal;Authors;Nonsense;TITLE;arXiv ID\n2024;J. Kites;Jane Doe and Ada Roe;x;Kites;2401.99901\n",
            "\u{feff}Title\tAuthors\tYear\tJournal\tLink\r\nKites\tDoe, Jane; Roe, Ada\t2024\tJ. Kites\thttps://arxiv.org/abs/2401.99901\r\n\r\n",
            "\n\"Document Title\",Authors,Year,Journal,\"eprint\"\nKites,\"Jane Doe; Ada Roe\",2024,J. Kites,2401.99901",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_table_without_titles_is_refused_as_a_whole() {
        let error = read_bytes("papers.csv", "2025-03-20", b"name,age\nx,1\n").unwrap_err().to_string();
        assert!(error.starts_with("papers.csv has no column for titles; name a column `Title`"), "{error}");
    }

    #[test]
    fn variants_make_no_other_papers() {
        check_variants("papers.csv", TABLE.as_bytes());
    }

    #[test]
    fn a_quote_that_is_never_closed_takes_bounded_memory() {
        let text = format!("title,year\nKites,2024\n\"{}", "x".repeat(super::LARGEST_ROW + (1 << 20)));
        assert_eq!(
            read(&text),
            ["Kites |  | 2024 | - | ", "line 3: a row of more than 16 MB; a quote in it is never closed"]
        );
    }
}
