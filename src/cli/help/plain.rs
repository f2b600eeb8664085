//! A page as plain text of a given width: headings at the margin, everything else below them, tables in columns. Code lines are not
//! broken.

use std::fmt;

use unicode_width::UnicodeWidthStr;

use super::markdown::{self, MarkdownBlock, MarkdownSpan};
use crate::cli::palette::{OutputRole, Palette};
use crate::domain::wrap::wrap;

/// Columns before everything that is not a heading.
const MARGIN: usize = 2;
/// Columns between two columns of a table.
const GAP: usize = 2;
/// Columns that a column of a table keeps when the table is too wide.
const NARROWEST: usize = 8;

/// A page, shown by `Display` in lines of at most `columns` columns, but for code.
pub(super) struct TopicText<'a> {
    /// Markdown.
    pub(super) page: &'a str,
    pub(super) columns: usize,
    pub(super) palette: Palette,
}

impl fmt::Display for TopicText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.columns.saturating_sub(MARGIN).max(NARROWEST);
        let mut in_list = false;
        for (place, block) in markdown::parse(self.page).iter().enumerate() {
            let continues_list = in_list && matches!(block, MarkdownBlock::Item(..));
            in_list = matches!(block, MarkdownBlock::Item(..));
            if place > 0 && !continues_list {
                writeln!(f)?;
            }
            match block {
                MarkdownBlock::Heading(_, text) => writeln!(f, "{}", self.palette.paint(OutputRole::Title, text))?,
                MarkdownBlock::Paragraph(text) => write_wrapped(f, "", &plain(text), width)?,
                MarkdownBlock::Item(marker, text) => write_wrapped(f, marker, &plain(text), width)?,
                MarkdownBlock::Code(lines) => {
                    for line in lines {
                        writeln!(f, "{}", format!("{:indent$}{line}", "", indent = MARGIN + 2).trim_end())?;
                    }
                }
                MarkdownBlock::Table(rows) => {
                    for line in table(rows, width) {
                        writeln!(f, "{:MARGIN$}{line}", "")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A text below its marker.
fn write_wrapped(f: &mut fmt::Formatter<'_>, marker: &str, text: &str, width: usize) -> fmt::Result {
    let indent = if marker.is_empty() { 0 } else { marker.len() + 1 };
    for (place, line) in lines(text, width.saturating_sub(indent)).enumerate() {
        let marker = if place == 0 { marker } else { "" };
        writeln!(f, "{:MARGIN$}{marker:indent$}{line}", "")?;
    }
    Ok(())
}

fn lines(text: &str, width: usize) -> impl Iterator<Item = &str> {
    wrap(text, width).into_iter().map(|range| text.get(range).unwrap_or_default())
}

/// A text of a page without its marks; code keeps its quotes.
fn plain(text: &str) -> String {
    let span = |span: MarkdownSpan<'_>| match span {
        MarkdownSpan::Plain(text) | MarkdownSpan::Strong(text) => text.to_owned(),
        MarkdownSpan::Code(code) => format!("`{code}`"),
    };
    markdown::spans(text).into_iter().map(span).collect()
}

/// A cell of a table: its column sets it off, so that code needs no quotes.
fn cell(text: &str) -> String {
    let span = |span: MarkdownSpan<'_>| match span {
        MarkdownSpan::Plain(text) | MarkdownSpan::Strong(text) | MarkdownSpan::Code(text) => text.to_owned(),
    };
    markdown::spans(text).into_iter().map(span).collect()
}

/// The lines of a table. When it is too wide, the widest columns become narrower and their cells take several lines.
pub(super) fn table(rows: &[Vec<&str>], width: usize) -> Vec<String> {
    let rows: Vec<Vec<String>> = rows.iter().map(|cells| cells.iter().map(|text| cell(text)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| rows.iter().filter_map(|cells| cells.get(column)).map(|cell| cell.width()).max();
    let mut widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0)).collect();
    let gaps = GAP * columns.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    let mut set = Vec::new();
    for cells in &rows {
        let cells: Vec<Vec<&str>> =
            cells.iter().zip(&widths).map(|(cell, width)| lines(cell, *width).collect()).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let mut text = String::new();
            for (cell, width) in cells.iter().zip(&widths) {
                let part = cell.get(line).copied().unwrap_or_default();
                text.push_str(part);
                text.push_str(&" ".repeat(width.saturating_sub(part.width()) + GAP));
            }
            set.push(text.trim_end().to_owned());
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::super::topics::TOPICS;
    use super::*;

    fn shown(page: &str, columns: usize) -> String {
        TopicText { page, columns, palette: Palette { coloured: false } }.to_string()
    }

    #[test]
    fn a_page_is_set_to_its_width() {
        let page = "# Title\n\nSome `code` and **strong** words.\n\n- one\n- two words\n\n| A | B |\n| --- | --- |\n| `x` | long cell |\n";
        assert_eq!(
            shown(page, 16),
            "Title\n\n  Some `code`\n  and strong\n  words.\n\n  - one\n  - two words\n\n  A  B\n  x  long cell\n"
        );
    }

    #[test]
    fn no_topic_is_wider_than_asked_and_no_mark_is_left() {
        for topic in &TOPICS {
            for columns in [60, 80, 100] {
                for line in shown(topic.page, columns).lines() {
                    let is_code = line.starts_with("    ");
                    assert!(is_code || line.width() <= columns, "{}: {line}", topic.name);
                    assert!(is_code || !["**", "](", "<!--"].iter().any(|mark| line.contains(mark)), "{line}");
                }
            }
        }
    }
}
