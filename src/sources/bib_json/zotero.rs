//! The items of Zotero: of its web API, and of Better BibTeX's export. Attachments, notes and annotations are no papers.

use serde_json::Value;

use super::super::html_text::html_lines;
use super::super::stated::{PublishedIn, StatedPaper, arxiv_mention, bracketed_categories, date_in, pubmed_link};
use super::super::stated_reading::StatedReading;
use super::values::{first_text, list, text, text_of, texts};
use crate::domain::paper::Author;

pub(super) fn is(value: &Value) -> bool {
    value.get("itemType").is_some_and(Value::is_string)
}

pub(super) fn paper(value: &Value) -> Option<StatedPaper> {
    let kind = text(value, "itemType");
    if ["attachment", "note", "annotation"].contains(&kind.as_str()) {
        return None;
    }
    let extra: Vec<String> = texts(value, "extra").iter().flat_map(|lines| lines.lines()).map(str::to_owned).collect();
    let field = |name: &str| {
        extra.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(|value| value.trim().to_owned())
    };
    let mentions = ["archiveID", "publicationTitle", "reportNumber", "number"]
        .iter()
        .filter_map(|name| arxiv_mention(&text(value, name)));
    let ids = [text(value, "DOI")]
        .into_iter()
        .chain(field("DOI"))
        .chain(mentions)
        .chain(extra.iter().filter_map(|line| arxiv_mention(line)));
    let tags = list(value, "tags").iter().map(tag_text);
    let venue = [
        "publicationTitle",
        "proceedingsTitle",
        "bookTitle",
        "conferenceName",
        "encyclopediaTitle",
        "websiteTitle",
        "blogTitle",
    ];
    let mut stated = StatedPaper {
        title: first_text(value, &["title", "caseName", "subject", "nameOfAct"]),
        summary: text(value, "abstractNote"),
        authors: authors(value),
        published: date_in(&text(value, "date")),
        ids: ids.collect(),
        urls: vec![text(value, "url")],
        links: field("PMID").and_then(|pmid| pubmed_link(&pmid)).into_iter().collect(),
        categories: extra.iter().flat_map(|line| bracketed_categories(line)).collect(),
        keywords: tags.collect(),
        comments: extra.iter().filter_map(|line| line.strip_prefix("Comment: ")).map(str::to_owned).collect(),
        reading: reading(value, field("Read_Status").or_else(|| field("Read Status"))),
        license: Some(text(value, "rights")).filter(|rights| rights.contains("creativecommons.org")),
        ..StatedPaper::default()
    };
    let other = match kind.as_str() {
        "thesis" => Some([first_text(value, &["thesisType"]), text(value, "university")]),
        "report" => Some([first_text(value, &["reportType"]), text(value, "institution")]),
        "book" => Some([String::new(), text(value, "publisher")]),
        _ => None,
    };
    match other {
        Some(parts) => {
            stated.comments.insert(0, parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
        }
        None => {
            let pages = text(value, "pages");
            stated.place = PublishedIn {
                venue: first_text(value, &venue),
                volume: text(value, "volume"),
                number: text(value, "issue"),
                pages,
            };
        }
    }
    Some(stated)
}

/// Tags that the user gave, not those that came with the paper; the status of the reading list plug-in; notes.
fn reading(value: &Value, status: Option<String>) -> StatedReading {
    let mut reading = StatedReading::default();
    let is_automatic = |tag: &Value| text(tag, "type") == "1";
    let tags = list(value, "tags").iter().filter(|tag| !is_automatic(tag));
    let tags: Vec<String> = tags.map(tag_text).collect();
    reading.tags(tags.iter().map(String::as_str));
    reading.status(&status.unwrap_or_default());
    for note in list(value, "notes") {
        let html = if note.is_string() { text_of(note) } else { text(note, "note") };
        reading.note(&html_lines(&html).join("\n"));
    }
    reading
}

fn tag_text(tag: &Value) -> String {
    if tag.is_string() { text_of(tag) } else { text(tag, "tag") }
}

/// The authors; where there are none those who stand for them, such as the inventors of a patent.
fn authors(value: &Value) -> Vec<Author> {
    let creators = list(value, "creators");
    let of = |is_wanted: &dyn Fn(&str) -> bool| -> Vec<Author> {
        let wanted = creators.iter().filter(|creator| is_wanted(&text(creator, "creatorType")));
        wanted
            .flat_map(|creator| match text(creator, "name") {
                name if !name.is_empty() => Author::stated(&name, "", "").collect::<Vec<_>>(),
                _ => Author::stated(&text(creator, "lastName"), &text(creator, "firstName"), "").collect(),
            })
            .collect()
    };
    let authors = of(&|kind| kind == "author");
    if authors.is_empty() {
        of(&|kind| !["editor", "translator", "seriesEditor", "contributor", "reviewedAuthor"].contains(&kind))
    } else {
        authors
    }
}
