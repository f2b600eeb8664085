//! A reading list in Markdown: grouped by status, one task a paper, with tags, links and notes below it. Text is escaped so that
//! CommonMark shows exactly that text: no title makes a link, a heading or HTML, and notes keep their lines.

use std::io::{self, Write};

use super::address::web_address;
use super::entry::{ExportEntry, ExportPapers, PaperParts, chunks, one_line, rendered};
use super::people::short_authors;
use crate::domain::paper::{LinkKind, Paper};
use crate::domain::reading::Status;

/// Papers read at once.
const READ_AT_ONCE: usize = 256;

/// The groups in their order, with heading and task mark. `[-]` is a common mark for an abandoned task.
const GROUPS: [(Status, &str, &str); 5] = [
    (Status::Reading, "Reading", "[ ]"),
    (Status::Queued, "Queued", "[ ]"),
    (Status::Unread, "Unread", "[ ]"),
    (Status::Read, "Read", "[x]"),
    (Status::Dropped, "Dropped", "[-]"),
];
/// Links below a paper; its abstract page is the title's.
const LINKS: [(LinkKind, &str); 3] = [(LinkKind::Pdf, "pdf"), (LinkKind::Code, "code"), (LinkKind::Project, "project")];

pub(super) fn write(papers: &mut dyn ExportPapers, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: [Vec<usize>; GROUPS.len()] = Default::default();
    for places in chunks(papers.count(), READ_AT_ONCE) {
        for (place, entry) in places.iter().zip(papers.read(&places, PaperParts::Head)?) {
            let Some(entry) = entry else { continue };
            let of_status = GROUPS.iter().zip(&mut groups).find(|((status, ..), _)| *status == entry.reading.status);
            of_status.into_iter().for_each(|(_, group)| group.push(*place));
        }
    }
    let count: usize = groups.iter().map(Vec::len).sum();
    write!(out, "# Reading list\n\n{count} {}\n", if count == 1 { "paper" } else { "papers" })?;
    for ((_, heading, mark), group) in GROUPS.iter().zip(&groups).filter(|(_, group)| !group.is_empty()) {
        write!(out, "\n## {heading} ({})\n\n", group.len())?;
        for places in group.chunks(READ_AT_ONCE) {
            for entry in papers.read(places, PaperParts::Head)?.into_iter().flatten() {
                out.write_all(item(&entry, mark).as_bytes())?;
            }
        }
    }
    Ok(())
}

fn item(entry: &ExportEntry, mark: &str) -> String {
    let ExportEntry { paper, reading, .. } = entry;
    let star = if reading.starred { "★ " } else { "" };
    let status = paper.publication_status.map(|status| format!("**{}:** ", status.capitalized())).unwrap_or_default();
    let mut out = format!("- {mark} {star}{status}{}{}\n", title(paper), origin(paper));
    if !reading.tags.is_empty() {
        let tags: Vec<_> = reading.tags.iter().map(|tag| format!("#{}", escaped(tag.as_str()))).collect();
        out.push_str(&format!("  - tags: {}\n", tags.join(" ")));
    }
    for (kind, name) in LINKS {
        if let Some(url) = paper.link(kind).and_then(|url| web_address(&url)) {
            out.push_str(&format!("  - {name}: <{url}>\n"));
        }
    }
    out.push_str(&note(&reading.note));
    out
}

fn title(paper: &Paper) -> String {
    let title = escaped(&rendered(&paper.title));
    match paper.link(LinkKind::Abstract).and_then(|url| web_address(&url)) {
        Some(url) => format!("[{title}]({url})"),
        None => title,
    }
}

/// ` — Doe & van der Berg, 2024 `arXiv:2401.99901``, as far as it is known.
fn origin(paper: &Paper) -> String {
    let venue = paper.venue.as_deref().map(|venue| one_line(venue).into_string()).unwrap_or_default();
    let year = paper.cited_date().map(|date| format!("{:04}", date.year()));
    // `NeurIPS 2023` says the year already.
    let year = year.filter(|year| !venue.contains(year)).unwrap_or_default();
    let known = [short_authors(paper), venue, year].into_iter().filter(|part| !part.is_empty());
    let known: Vec<_> = known.map(|part| escaped(&part)).collect();
    let mut out = if known.is_empty() { String::new() } else { format!(" — {}", known.join(", ")) };
    if let Some(id) = &paper.arxiv {
        out.push_str(&format!(" `arXiv:{id}`"));
    }
    out
}

/// A note as an item of its own: lines stay lines, an empty line starts a new paragraph.
fn note(note: &str) -> String {
    let mut out = String::new();
    let mut ended = false;
    for line in note.lines().map(one_line) {
        match (line.is_empty(), out.is_empty()) {
            (true, _) => ended = true,
            (false, true) => out.push_str("  - note: "),
            (false, false) if ended => out.push_str("\n\n    "),
            (false, false) => out.push_str("\\\n    "),
        }
        if !line.is_empty() {
            ended = false;
            out.push_str(&escaped_line(&line));
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Text inside a line, escaped: no character acts as Markdown, HTML, a formula, or a link.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let special = match c {
            ':' => rest.as_str().starts_with("//"),
            '.' => out.get(out.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www")),
            // Inside a word it is only a letter.
            '_' => !(before.is_alphanumeric() && rest.as_str().starts_with(char::is_alphanumeric)),
            _ => "\\`*[]<>&|~$".contains(c),
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        before = c;
    }
    out
}

/// Text at the start of a line, where more characters are special: headings, quotes, lists, rules.
fn escaped_line(text: &str) -> String {
    let escaped = escaped(text);
    let digits = escaped.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && escaped.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']));
    match escaped.get(..digits).zip(escaped.get(digits..)) {
        Some((number, rest)) if numbered => format!("{number}\\{rest}"),
        _ if escaped.starts_with(['#', '-', '+', '=', ':']) => format!("\\{escaped}"),
        _ => escaped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::markup::Markup;
    use crate::domain::paper::Link;
    use crate::domain::text::Text;
    use proptest::prelude::*;

    fn listed(title: &str, note: &str) -> String {
        let mut entry = ExportEntry::default();
        entry.paper.title = Text::new(title, Markup::Plain);
        entry.reading.note = note.to_owned();
        let mut out = Vec::new();
        write(&mut [entry].as_slice(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hostile_titles_stay_text() {
        for (title, expected) in [
            ("[click](https://evil.example)", r"- [ ] \[click\](https\://evil.example)"),
            ("<script>&amp;*x* _y_ a_b `z`", r"- [ ] \<script\>\&amp;\*x\* \_y\_ a_b \`z\`"),
            ("www.evil.example $1 a|b \\", r"- [ ] www\.evil.example \$1 a\|b \\"),
        ] {
            let list = listed(title, "");
            assert_eq!(list.lines().last(), Some(expected));
        }
    }

    #[test]
    fn notes_keep_their_lines() {
        let list = listed("Title", "first\n# second\n\n\n1. third\n- fourth\n===\n");
        let expected = "  - note: first\\\n    \\# second\n\n    1\\. third\\\n    \\- fourth\\\n    \\===\n";
        assert!(list.ends_with(expected), "{list}");
    }

    #[test]
    fn links_cannot_be_closed_early() {
        let mut entry = ExportEntry::default();
        entry.paper.title = Text::new("Title", Markup::Plain);
        let link = |kind, url: &str| Link { kind, url: url.into() };
        entry.paper.links = vec![
            link(LinkKind::Abstract, "https://example.org/a) <b>"),
            link(LinkKind::Code, "javascript:alert(1)"),
            link(LinkKind::Project, "https://example.org/p>q"),
        ];
        let expected = "- [ ] [Title](https://example.org/a%29%20%3Cb%3E)\n  - project: <https://example.org/p%3Eq>\n";
        assert_eq!(item(&entry, "[ ]"), expected);
    }

    proptest! {
        #[test]
        fn no_line_starts_html_or_leaves_its_item(title in "[^\\x00-\\x1f]{0,40}", note in "([#<>=+*0-9.) a-]|\n|[^\\x00-\\x09]){0,60}") {
            let list = listed(&title, &note);
            let item = list.split_once("## Unread (1)\n\n").unwrap().1;
            prop_assert!(list.ends_with('\n'));
            for line in item.lines().skip(1).filter(|line| !line.is_empty()) {
                prop_assert!(line.starts_with("  - note: ") || line.starts_with("    "), "{}", line);
                let text = line.strip_prefix("    ").unwrap_or_default();
                prop_assert!(!text.starts_with(['<', '#', '>', '-', '+', '=', '*', ' ']), "{}", line);
            }
        }
    }
}
