//! CSL-JSON, as citation processors, Zotero and content negotiation write it, and the records of Crossref, which are nearly that.

use serde_json::Value;

use super::super::stated::{PublishedIn, StatedPaper, arxiv_mention, bracketed_categories, date_in};
use super::values::{date_parts, first_text, list, text, text_of, texts};
use crate::domain::date::PartialDate;
use crate::domain::paper::Author;
use crate::domain::publication_status::PublicationStatus;

pub(super) fn is(value: &Value) -> bool {
    let fields =
        ["issued", "container-title", "DOI", "author", "date-parts", "citation-key", "publisher", "page", "URL"];
    value.get("title").is_some() && fields.iter().any(|field| value.get(field).is_some())
        || value.get("citation-key").is_some()
}

pub(super) fn paper(value: &Value) -> Option<StatedPaper> {
    let kind = text(value, "type");
    let notes: Vec<String> = text(value, "note").lines().map(str::to_owned).collect();
    let mentions = ["number", "archive_location", "container-title", "genre"]
        .iter()
        .filter_map(|name| arxiv_mention(&text(value, name)));
    let preprint = value.get("relation").map(|relation| list(relation, "has-preprint")).unwrap_or_default();
    // arXiv's DOIs are arXiv ids; a preprint elsewhere has a DOI of its own, which is not this paper's.
    let preprints = preprint.iter().map(|id| text(id, "id")).filter_map(|id| arxiv_doi(&id));
    let ids = [text(value, "DOI")]
        .into_iter()
        .chain(mentions)
        .chain(notes.iter().filter_map(|line| arxiv_mention(line)))
        .chain(preprints);
    let mut stated = StatedPaper {
        title: title(value),
        summary: text(value, "abstract"),
        authors: list(value, "author").iter().flat_map(author).collect(),
        published: ["published", "issued", "published-online", "published-print", "created"]
            .iter()
            .find_map(|name| dated(value.get(name)?)),
        ids: ids.collect(),
        urls: vec![text(value, "URL")],
        categories: notes.iter().flat_map(|line| bracketed_categories(line)).collect(),
        keywords: keywords(value),
        license: list(value, "license").first().map(|license| text(license, "URL")),
        publication_status: list(value, "updated-by").iter().filter_map(update).max(),
        ..StatedPaper::default()
    };
    let publisher = text(value, "publisher");
    let what = match kind.as_str() {
        "thesis" | "dissertation" => {
            Some(first_text(value, &["genre"])).map(|genre| if genre.is_empty() { "thesis".to_owned() } else { genre })
        }
        "report" => Some(first_text(value, &["genre", "type"])),
        "book" | "monograph" | "edited-book" => Some(String::new()),
        _ => None,
    };
    match what {
        Some(what) => stated
            .comments
            .push([what, publisher].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")),
        None => {
            let institution =
                list(value, "institution").first().map(|institution| text(institution, "name")).unwrap_or_default();
            let venue = first_text(value, &["container-title", "event-title", "event", "collection-title"]);
            let venue = if venue.is_empty() { institution } else { venue };
            let pages = first_text(value, &["page", "article-number"]);
            stated.place = PublishedIn { venue, volume: text(value, "volume"), number: text(value, "issue"), pages };
        }
    }
    Some(stated)
}

/// What an update that Crossref knows of a paper says; corrections and partial retractions say nothing.
fn update(update: &Value) -> Option<PublicationStatus> {
    match text(update, "type").to_ascii_lowercase().as_str() {
        "retraction" | "removal" => Some(PublicationStatus::Retracted),
        "withdrawal" => Some(PublicationStatus::Withdrawn),
        _ => None,
    }
}

/// The title; Crossref states a subtitle apart.
fn title(value: &Value) -> String {
    let (title, subtitle) = (text(value, "title"), text(value, "subtitle"));
    if subtitle.trim().is_empty() || title.contains(&subtitle) {
        title
    } else {
        format!("{}: {subtitle}", title.trim_end_matches(':'))
    }
}

/// A date as parts, or as a text or a number.
fn dated(value: &Value) -> Option<PartialDate> {
    let stated = ["raw", "literal", "date-time"].iter().map(|name| text(value, name));
    let plain = if value.is_object() { String::new() } else { text_of(value) };
    date_parts(value).or_else(|| stated.chain([plain]).find_map(|text| date_in(&text)))
}

/// A name with its parts, or one that is not to be taken apart.
pub(super) fn author(value: &Value) -> Vec<Author> {
    let whole = first_text(value, &["literal", "name"]);
    if !whole.is_empty() {
        return Author::stated(&whole, "", "").collect();
    }
    if let Value::String(name) = value {
        return Author::list([name.as_str()]);
    }
    let particle = first_text(value, &["non-dropping-particle", "dropping-particle"]);
    let family =
        [particle, text(value, "family")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Author::stated(&family, &text(value, "given"), &text(value, "suffix")).collect()
}

fn keywords(value: &Value) -> Vec<String> {
    let listed = texts(value, "keyword");
    let split = listed.iter().flat_map(|words| words.split([',', ';'])).map(|word| word.trim().to_owned());
    split.chain(texts(value, "subject")).collect()
}

/// A DOI that arXiv registered.
fn arxiv_doi(doi: &str) -> Option<String> {
    doi.to_ascii_lowercase().contains("10.48550/arxiv.").then(|| doi.to_owned())
}
