//! A topic as a manual page of section 7, and the references to those pages from the page of the program.

use clap_mangen::roff::{Inline, Roff, bold, roman};

use super::markdown::{self, MarkdownBlock, MarkdownSpan};
use super::plain::table;
use super::topics::HelpTopic;

/// Columns of a table, which a manual page shows as it is set here.
const TABLE_COLUMNS: usize = 72;

pub(super) fn page(topic: &HelpTopic) -> String {
    let mut roff = Roff::new();
    let name = format!("tsundoku-{}", topic.name);
    roff.control("TH", [name.as_str(), "7", "", concat!("tsundoku ", env!("CARGO_PKG_VERSION"))]);
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{name} - {}", topic.about))]);
    roff.control("SH", ["DESCRIPTION"]);
    for block in markdown::parse(topic.page) {
        write_block(&mut roff, &block);
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold("tsundoku"), roman("(1)")]);
    roff.render()
}

pub(super) fn references(topics: &[HelpTopic]) -> String {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    for topic in topics {
        roff.control("TP", []);
        roff.text([bold(format!("tsundoku-{}", topic.name)), roman("(7)")]);
        roff.text([roman(topic.about)]);
    }
    // Without the preamble, which the page that it is appended to has.
    roff.to_roff()
}

fn write_block(roff: &mut Roff, block: &MarkdownBlock<'_>) {
    match block {
        // The title is in the page's name.
        MarkdownBlock::Heading(1, _) => {}
        MarkdownBlock::Heading(2, text) => {
            roff.control("SH", [text.to_uppercase().as_str()]);
        }
        MarkdownBlock::Heading(_, text) => {
            roff.control("SS", [text.as_str()]);
        }
        MarkdownBlock::Paragraph(text) => {
            roff.control("PP", []);
            roff.text(inlines(text));
        }
        MarkdownBlock::Item(marker, text) => {
            let bullet = if *marker == "-" { "\\(bu" } else { marker };
            roff.control("IP", [bullet, "4"]);
            roff.text(inlines(text));
        }
        MarkdownBlock::Code(lines) => write_lines(roff, lines.iter().copied()),
        MarkdownBlock::Table(rows) => write_lines(roff, table(rows, TABLE_COLUMNS).iter().map(String::as_str)),
    }
}

/// Lines as they are, indented.
fn write_lines<'a>(roff: &mut Roff, lines: impl Iterator<Item = &'a str>) {
    roff.control("PP", []);
    roff.control("RS", ["2"]);
    roff.control("nf", []);
    for line in lines {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
    roff.control("RE", []);
}

fn inlines(text: &str) -> Vec<Inline> {
    let inline = |span| match span {
        MarkdownSpan::Plain(text) => roman(text),
        MarkdownSpan::Code(text) => bold(text),
        // Code inside is not told apart: both are bold.
        MarkdownSpan::Strong(text) => bold(text.replace('`', "")),
    };
    markdown::spans(text).into_iter().map(inline).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_a_manual_page() {
        let topic = HelpTopic {
            name: "t",
            about: "what it is about",
            page: "# T\n\n## Part\n\nSay `x`.\n\n- one\n\n```\n.a\n```\n",
        };
        let page = page(&topic);
        for part in [
            "tsundoku\\-t \\- what it is about\n",
            ".SH PART\n.PP\nSay \\fBx\\fR.\n.IP \\(bu 4\none\n",
            ".nf\n\\&.a\n.fi\n",
        ] {
            assert!(page.contains(part), "{part:?} in {page}");
        }
    }
}
