//! EndNote's XML. Every text stands in one or more `style` elements.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::snapshot::one_line;
use super::super::stated::{
    PublishedIn, StatedPaper, addresses, arxiv_mention, best_date, bracketed_categories, listed_author,
};
use super::tree::XmlNode;
use crate::error::Result;

/// By the elements of a list of records.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    super::has_element(head, &["records"]) && (super::has_element(head, &["ref-type"]) || head.text.contains("EndNote"))
}

pub(in crate::sources) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    super::read_records((origin, lines), |name, _| name == "record", &mut |node| Some(paper(node)), &mut |_| (), each)
}

fn paper(record: &XmlNode) -> StatedPaper {
    let text = |path: &[&str]| one_line(&record.text_at(path));
    let first =
        |paths: &[&[&str]]| paths.iter().map(|path| text(path)).find(|text| !text.is_empty()).unwrap_or_default();
    let authors = record.at(&["contributors", "authors"]).into_iter().flat_map(|list| list.children("author"));
    let kind = record.at(&["ref-type"]).map(|kind| kind.attribute("name")).unwrap_or_default();
    let urls = ["related-urls", "web-urls", "pdf-urls"]
        .iter()
        .filter_map(|name| record.at(&["urls", name]))
        .flat_map(|list| list.children("url"));
    let urls: Vec<String> = urls.map(XmlNode::text).collect();
    let keywords = record.at(&["keywords"]).into_iter().flat_map(|list| list.children("keyword")).map(XmlNode::text);
    let places = ["number", "volume", "notes", "custom7", "accession-num", "work-type", "label"];
    let mentions = places
        .iter()
        .filter_map(|name| arxiv_mention(&text(&[name])))
        .chain(arxiv_mention(&text(&["periodical", "full-title"])));
    let dates = [text(&["dates", "pub-dates", "date"]), text(&["dates", "year"])];
    let venue: &[&[&str]] = &[
        &["periodical", "full-title"],
        &["titles", "secondary-title"],
        &["alt-periodical", "full-title"],
        &["titles", "alt-title"],
    ];
    let mut stated = StatedPaper {
        title: record.text_at(&["titles", "title"]),
        summary: record.text_at(&["abstract"]).replace('\r', "\n"),
        authors: authors.flat_map(|author| listed_author(&one_line(&author.text()))).collect(),
        published: best_date([dates[1].as_str(), dates[0].as_str()]),
        ids: [text(&["electronic-resource-num"])].into_iter().chain(mentions).collect(),
        urls: urls.iter().flat_map(|url| addresses(url)).collect(),
        categories: places.iter().flat_map(|name| bracketed_categories(&text(&[name]))).collect(),
        keywords: keywords
            .flat_map(|words| words.split([';', '\r', '\n']).map(|word| word.trim().to_owned()).collect::<Vec<_>>())
            .collect(),
        ..StatedPaper::default()
    };
    if ["Book", "Thesis", "Report", "Edited Book"].contains(&kind) {
        let what = if kind.contains("Book") { String::new() } else { first(&[&["work-type"]]) };
        let what = if what.is_empty() && kind == "Thesis" { "thesis".to_owned() } else { what };
        stated.comments.push(
            [what, text(&["publisher"])].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        );
    } else {
        stated.place = PublishedIn {
            venue: first(venue),
            volume: text(&["volume"]),
            number: text(&["number"]),
            pages: text(&["pages"]),
        };
    }
    stated
}
