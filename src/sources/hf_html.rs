//! A Hugging Face papers page saved as HTML: a list of a day, a week or a month, a search, or the page of one paper. The papers are JSON in
//! an attribute; where a program removed that, titles and ids are left. Scripts and styles are not looked at.

use serde_json::Value;

use super::charset::page_text;
use super::decode::{FileHead, InputLines};
use super::hf_rows::{self, record, rejected};
use super::input::Origin;
use super::item::{ImportNotice, ReadItem, Visit};
use crate::domain::identity::ArxivId;
use crate::domain::markup::Markup;
use crate::domain::paper::{Paper, Sighting};
use crate::domain::record::not_json;
use crate::domain::text::Text;
use crate::error::{Error, Result};

/// The attribute with the JSON.
const DATA: &str = "data-props=";

/// HTML that names the site.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    head.text.trim_start().starts_with('<') && head.text.contains("huggingface.co")
}

/// Reads the whole document, then yields the papers in their order.
pub(super) fn read(origin: &Origin<'_>, mut lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let document = page_text(lines.whole_bytes()?);
    let mut found = data(origin, &document);
    if found.is_empty() {
        found = titles(origin, &document);
    }
    if found.is_empty() && !document.trim().is_empty() {
        let message = format!("{} is an HTML page without a list of papers", origin.shown);
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
            Ok(data) => found.extend(hf_rows::list(origin, &data, line).unwrap_or_default()),
            Err(error) => found.push(rejected(line, not_json(&error))),
        }
    }
    found
}

/// Titles and ids of the links in headings, where the attribute with the data is gone.
fn titles(origin: &Origin<'_>, document: &str) -> Vec<ReadItem> {
    let digest = hf_rows::digest(origin, &Value::Null, &[]);
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
