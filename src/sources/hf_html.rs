//! A Hugging Face papers page saved as HTML: a list of a day, a week or a month, a search, or the page of one paper. The papers are JSON in
//! an attribute; where a program removed that, titles and ids are left. Scripts and styles are not looked at.

use serde_json::Value;

use super::decode::{FileHead, InputLine, InputLines};
use super::hf_rows::{self, HfRow};
use super::input::Origin;
use super::item::{ImportNotice, ReadItem, Rejection, Visit};
use crate::domain::date::PartialDate;
use crate::domain::identity::ArxivId;
use crate::domain::markup::Markup;
use crate::domain::paper::{Digest, Paper, Sighting};
use crate::domain::reading::Reading;
use crate::domain::record::{Record, not_json, stored_text};
use crate::domain::text::Text;
use crate::error::{Error, Result};

/// Largest document that is read, in bytes; a list of 500 papers takes 5 MB.
const LARGEST_DOCUMENT: usize = 64 << 20;
/// The attribute with the JSON.
const DATA: &str = "data-props=";

/// HTML that names the site.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    head.text.trim_start().starts_with('<') && head.text.contains("huggingface.co")
}

/// Reads the whole document, then yields the papers in their order.
pub(super) fn read(origin: &Origin<'_>, mut lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let mut document = String::new();
    while let Some((_, line)) = lines.next()? {
        match line {
            InputLine::Text(text) => document.push_str(text),
            InputLine::NotText(_, bytes) => document.push_str(&String::from_utf8_lossy(bytes)),
        }
        document.push('\n');
        if document.len() > LARGEST_DOCUMENT {
            let message = format!("{} is larger than {} MB", origin.shown(), LARGEST_DOCUMENT >> 20);
            return Err(Error::data(message).hint("a list of 500 papers takes 5 MB"));
        }
    }
    let mut found = data(origin, &document);
    if found.is_empty() {
        found = titles(origin, &document);
    }
    if found.is_empty() && !document.trim().is_empty() {
        let message = format!("{} is an HTML page without a list of papers", origin.shown());
        return Err(Error::data(message).hint("save a papers page, such as huggingface.co/papers, as HTML"));
    }
    for item in found {
        if each(item).is_break() {
            break;
        }
    }
    Ok(())
}

/// The papers of every attribute that holds some.
fn data(origin: &Origin<'_>, document: &str) -> Vec<ReadItem> {
    let mut found = Vec::new();
    for (at, _) in document.match_indices(DATA) {
        let rest = document.get(at + DATA.len()..).unwrap_or_default();
        let Some(quote) = rest.chars().next().filter(|quote| ['"', '\''].contains(quote)) else { continue };
        let Some(value) = rest.get(1..).and_then(|rest| rest.split(quote).next()) else { continue };
        if !["dailyPapers", "&quot;paper&quot;", "\"paper\""].iter().any(|key| value.contains(key)) {
            continue;
        }
        let line = line_of(document, at);
        match serde_json::from_str::<Value>(&unescaped(value)) {
            Ok(data) => found.extend(papers(origin, &data, line)),
            Err(error) => found.push(rejected(line, not_json(&error))),
        }
    }
    found
}

/// The papers of one attribute.
fn papers(origin: &Origin<'_>, data: &Value, line: usize) -> Vec<ReadItem> {
    let one = data.get("paper").filter(|paper| paper.is_object());
    let rows = match (data.get("dailyPapers").and_then(Value::as_array), one) {
        (Some(rows), _) => rows.as_slice(),
        (None, Some(_)) => std::slice::from_ref(data),
        (None, None) => return Vec::new(),
    };
    let rows: Vec<_> = rows.iter().map(hf_rows::row).collect();
    let listed = rows.iter().flatten().map(|row| row.listed);
    let digest = digest(origin, data, &listed.collect::<Vec<_>>());
    let mut found = Vec::with_capacity(rows.len());
    for (rank, row) in (1..).zip(rows) {
        found.push(match row {
            Ok(HfRow { mut paper, votes, listed: _ }) => {
                let rank = one.is_none().then_some(rank);
                paper.sightings = vec![Sighting { digest: digest.clone(), rank, votes }];
                record(line, paper)
            }
            Err(reason) => rejected(line, format!("paper {rank} of the list: {reason}")),
        });
    }
    found
}

/// The digest of a page: its day, month or week where it states one, else the day that all its papers share, else the file.
fn digest(origin: &Origin<'_>, data: &Value, listed: &[Option<PartialDate>]) -> Digest {
    let period = || data.get("dateString").and_then(Value::as_str).map(|text| stored_text(text.trim()));
    let stated = || hf_rows::date(data, "date").or_else(|| hf_rows::date(data, "dateString"));
    let shared = || listed.first().copied().flatten().filter(|day| listed.iter().all(|other| other == &Some(*day)));
    let (name, label, day) = match origin.digest_day.or_else(stated).or_else(shared) {
        Some(day) => (day.to_string(), day.in_words(), Some(day)),
        None => {
            let stated = period().filter(|text| !text.is_empty());
            let (name, label) =
                stated.map_or_else(|| (origin.stem().to_owned(), origin.words()), |it| (it.clone(), it));
            (name, label, None)
        }
    };
    Digest { id: format!("hf:{name}"), source: "hf".to_owned(), label, day }
}

/// Titles and ids of the links in headings, where the attribute with the data is gone.
fn titles(origin: &Origin<'_>, document: &str) -> Vec<ReadItem> {
    let digest = digest(origin, &Value::Null, &[]);
    let mut found = Vec::new();
    for (at, _) in document.match_indices("<h3") {
        let heading = document.get(at..).and_then(|rest| rest.split("</h3>").next()).unwrap_or_default();
        let Some((_, link)) = heading.split_once("/papers/") else { continue };
        let Some((id, label)) = link.split_once(['"', '\'']) else { continue };
        let Some(id) = ArxivId::parse(id) else { continue };
        let label = label.split_once('>').and_then(|(_, label)| label.split("</a").next()).unwrap_or_default();
        let title = super::snapshot::one_line(&unescaped(&without_tags(label)));
        if title.is_empty() {
            continue;
        }
        let line = line_of(document, at);
        if found.is_empty() {
            let message = "the page has lost its data; titles and ids are read, abstracts are missing".to_owned();
            found.push(ReadItem::Notice(ImportNotice { line, message }));
        }
        let rank = u32::try_from(found.len()).ok();
        let sightings = vec![Sighting { digest: digest.clone(), rank, votes: None }];
        let title = Text::new(title, Markup::Tex);
        found.push(record(
            line,
            Paper { arxiv: Some(id.id), version: id.version, title, sightings, ..Paper::default() },
        ));
    }
    found
}

fn record(line: usize, paper: Paper) -> ReadItem {
    ReadItem::Record { line, record: Box::new(Record { paper, reading: Reading::default() }) }
}

fn rejected(line: usize, reason: String) -> ReadItem {
    ReadItem::Rejected(Rejection { line, reason })
}

/// The number of the line at a byte of the document.
fn line_of(document: &str, at: usize) -> usize {
    document.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

fn without_tags(text: &str) -> String {
    let mut parts = text.split('<');
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        bare.push_str(part.split_once('>').map_or("", |(_, rest)| rest));
    }
    bare
}

/// Text with the entities of HTML replaced that a template engine writes, and the numeric ones.
pub(super) fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = String::with_capacity(text.len());
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let entity = part.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest)));
        match entity {
            Some((c, rest)) => {
                plain.push(c);
                plain.push_str(rest);
            }
            None => {
                plain.push('&');
                plain.push_str(part);
            }
        }
    }
    plain
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
        return char::from_u32(hex.unwrap_or_else(|| number.parse()).ok()?);
    }
    Some(match name {
        "quot" => '"',
        "amp" => '&',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper::LinkKind;
    use crate::sources::tests::{papers, read_bytes, read_text, summary};

    const DAY: &str = include_str!("../../tests/fixtures/pages/day.html");

    #[test]
    fn a_saved_page_is_read_with_everything_it_states() {
        let (format, found) = read_text("papers.html", DAY);
        assert_eq!(format, "html");
        assert_eq!(
            summary(&found),
            [
                "hf:2024-08-01 #1 Quiet Gradients: Training with <Less> Noise & \"More\" $x^2$ +12",
                "line 9: paper 2 of the list: `paper.id`: expected an arXiv id, found `none`",
                "hf:2024-08-01 #3 Loud Gradients",
            ]
        );
        let papers = papers(&found);
        let paper = papers[0];
        assert_eq!(paper.arxiv.as_ref().map(ArxivId::as_str), Some("2407.99901"));
        assert_eq!(paper.authors, ["Jane Q. Doe", "Ludwig van der Berg"]);
        assert_eq!(paper.published, "2024-07-31".parse().ok());
        assert_eq!(paper.summary, Some(Text::new("We train with less\nnoise at 90\\% of the cost.", Markup::Tex)));
        let links: Vec<_> = paper.links.iter().map(|link| (link.kind, link.url.as_str())).collect();
        assert_eq!(
            links,
            [(LinkKind::Code, "https://github.com/example/quiet"), (LinkKind::Project, "https://example.org/quiet")]
        );
        assert_eq!(papers[1].title.markup, Markup::Tex);
    }

    #[test]
    fn the_day_is_the_one_that_the_page_states() {
        for (from, to, expected) in [
            ("2024-08-01T00:00:00.000Z", "2024-08-02", "hf:2024-08-02"),
            ("&quot;date&quot;:&quot;2024-08-01T00:00:00.000Z", "&quot;dateString&quot;:&quot;2024-08", "hf:2024-08"),
            ("&quot;date&quot;:&quot;2024-08-01T00:00:00.000Z", "&quot;dateString&quot;:&quot;2024-W31", "hf:2024-W31"),
            ("&quot;date&quot;", "&quot;other&quot;", "hf:papers"),
        ] {
            assert!(DAY.contains(from));
            let found = read_text("papers.html", &DAY.replace(from, to)).1;
            assert!(summary(&found)[0].starts_with(&format!("{expected} #1 ")), "{to}: {:?}", summary(&found));
        }
    }

    #[test]
    fn without_its_data_a_page_gives_titles_and_ids() {
        let found = read_text("papers.html", &DAY.replace("data-props", "data-gone")).1;
        assert_eq!(
            summary(&found),
            [
                "(line 12: the page has lost its data; titles and ids are read, abstracts are missing)",
                "hf:papers #1 Quiet Gradients: Training with <Less> Noise",
                "hf:papers #2 Loud Gradients",
            ]
        );
        assert_eq!(papers(&found)[1].arxiv.as_ref().map(ArxivId::as_str), Some("2407.99903"));
    }

    #[test]
    fn a_page_of_one_paper_is_that_paper() {
        let page = "<html><a href=\"https://huggingface.co\"></a><div data-target='PaperContent' data-props='{\
                    \"paper\":{\"id\":\"2407.99904\",\"title\":\"Alone\",\"upvotes\":3,\
                    \"submittedOnDailyAt\":\"2024-08-03T00:00:00.000Z\"},\"comments\":[]}'></div></html>";
        assert_eq!(summary(&read_text("paper.html", page).1), ["hf:2024-08-03 - Alone +3"]);
    }

    #[test]
    fn other_html_is_refused() {
        let error = read_bytes("a.html", "2025-03-20", b"<html><p>huggingface.co</p></html>").unwrap_err();
        assert!(error.message.starts_with("a.html is an HTML page without a list of papers"), "{error}");
        let cut = &DAY[..DAY.find("Loud").unwrap()];
        let found = read_text("papers.html", cut).1;
        assert!(summary(&found)[0].starts_with("line 9: not JSON: "), "{:?}", summary(&found));
    }
}
