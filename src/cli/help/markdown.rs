//! Reads the Markdown of the pages in `assets/docs`: headings, paragraphs, lists of one level, fenced code, tables, and in a text `code`,
//! **strong** and links. Comments are dropped. Anything else is text as it stands.

/// A part of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum MarkdownBlock<'a> {
    /// Level from 1, and the text.
    Heading(usize, String),
    Paragraph(String),
    /// `-` or `1.`, and the text.
    Item(&'a str, String),
    Code(Vec<&'a str>),
    /// Rows of cells, the header first; it is missing where all of its cells are empty.
    Table(Vec<Vec<&'a str>>),
}

/// A run of text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum MarkdownSpan<'a> {
    Plain(&'a str),
    Code(&'a str),
    Strong(&'a str),
}

pub(super) fn parse(page: &str) -> Vec<MarkdownBlock<'_>> {
    let mut blocks = Vec::new();
    // Whether the next line continues the last block.
    let mut is_open = false;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let text = line.trim();
        if text.starts_with("```") {
            blocks.push(MarkdownBlock::Code(lines.by_ref().take_while(|line| !line.starts_with("```")).collect()));
            is_open = false;
        } else if text.is_empty() || text.starts_with("<!--") {
            is_open = false;
        } else if text.starts_with('#') {
            let level = text.len() - text.trim_start_matches('#').len();
            blocks.push(MarkdownBlock::Heading(level, text.trim_start_matches('#').trim().to_owned()));
            is_open = false;
        } else if let Some(row) = text.strip_prefix('|') {
            let cells = row.strip_suffix('|').unwrap_or(row).split('|').map(str::trim).collect::<Vec<_>>();
            match blocks.last_mut() {
                Some(MarkdownBlock::Table(rows)) if is_open => rows.push(cells),
                _ => blocks.push(MarkdownBlock::Table(vec![cells])),
            }
            is_open = true;
        } else if let Some((marker, text)) = list_item(line) {
            blocks.push(MarkdownBlock::Item(marker, text.to_owned()));
            is_open = true;
        } else {
            match blocks.last_mut() {
                Some(MarkdownBlock::Paragraph(open) | MarkdownBlock::Item(_, open)) if is_open => {
                    open.push(' ');
                    open.push_str(text);
                }
                _ => blocks.push(MarkdownBlock::Paragraph(text.to_owned())),
            }
            is_open = true;
        }
    }
    for block in &mut blocks {
        if let MarkdownBlock::Table(rows) = block {
            rows.retain(|cells| !cells.iter().all(|cell| cell.trim_matches(['-', ':']).is_empty()));
        }
    }
    blocks
}

/// The marker and the text of a line that begins an item of a list.
fn list_item(line: &str) -> Option<(&str, &str)> {
    let (marker, text) = line.split_once(' ')?;
    let is_number = marker.strip_suffix('.').is_some_and(|digits| digits.parse::<u8>().is_ok());
    (marker == "-" || is_number).then_some((marker, text))
}

/// The runs of a text. A mark without its partner is text.
pub(super) fn spans(text: &str) -> Vec<MarkdownSpan<'_>> {
    let mut spans = Vec::new();
    let (mut rest, mut plain) = (text, text);
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (_, marked) = rest.split_at(at);
        let found = span(marked);
        rest = match found {
            Some((_, after)) => after,
            None => marked.get(1..).unwrap_or_default(),
        };
        if let Some((span, after)) = found {
            spans.extend(before(plain, marked));
            spans.push(span);
            plain = after;
        }
    }
    spans.extend(before(plain, ""));
    spans
}

/// What stands in `text` before its end `rest`, when that is anything.
fn before<'a>(text: &'a str, rest: &str) -> Option<MarkdownSpan<'a>> {
    text.get(..text.len() - rest.len()).filter(|text| !text.is_empty()).map(MarkdownSpan::Plain)
}

/// The run that a text begins with, and the text after it.
fn span(text: &str) -> Option<(MarkdownSpan<'_>, &str)> {
    if let Some((code, rest)) = text.strip_prefix('`').and_then(|text| text.split_once('`')) {
        return Some((MarkdownSpan::Code(code), rest));
    }
    if let Some((strong, rest)) = text.strip_prefix("**").and_then(|text| text.split_once("**")) {
        return Some((MarkdownSpan::Strong(strong), rest));
    }
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (_, rest) = rest.split_once(')')?;
    Some((MarkdownSpan::Plain(label), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_blocks() {
        let page = "# Title\n\nOne\ntwo.\n\n- a\n  b\n- c\n\n<!-- x -->\n| A | B |\n| --- | --- |\n| `k` | |\n```sh\n# no title\n\n```\n";
        let expected = [
            MarkdownBlock::Heading(1, "Title".to_owned()),
            MarkdownBlock::Paragraph("One two.".to_owned()),
            MarkdownBlock::Item("-", "a b".to_owned()),
            MarkdownBlock::Item("-", "c".to_owned()),
            MarkdownBlock::Table(vec![vec!["A", "B"], vec!["`k`", ""]]),
            MarkdownBlock::Code(vec!["# no title", ""]),
        ];
        assert_eq!(parse(page), expected);
        assert_eq!(parse("1. one\n\n2. two").len(), 2);
        assert_eq!(parse("| | x |\n| --- | --- |")[..], [MarkdownBlock::Table(vec![vec!["", "x"]])]);
    }

    #[test]
    fn a_text_is_read_in_spans() {
        use MarkdownSpan::{Code, Plain, Strong};
        assert_eq!(
            spans("a `b*` **c** [d](e.md)."),
            [Plain("a "), Code("b*"), Plain(" "), Strong("c"), Plain(" "), Plain("d"), Plain(".")]
        );
        assert_eq!(spans("2 * 3 [x] `"), [Plain("2 * 3 [x] `")]);
        assert_eq!(spans(""), []);
    }
}
