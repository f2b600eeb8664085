//! The records of services: OpenAlex, Semantic Scholar, Papers With Code, OpenReview, DBLP, DataCite, bioRxiv. What a service generated
//! itself (summaries, topics, scores) is not taken.

use serde_json::Value;

use super::super::stated::{
    PublishedIn, StatedPaper, arxiv_mention, date_in, listed_author, pubmed_link, without_number, without_stop,
};
use super::csl;
use super::values::{day_of_milliseconds, first_text, list, text, text_at, text_of, texts};
use crate::domain::date::PartialDate;
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Link, LinkKind};
use crate::domain::publication_status::PublicationStatus;

/// Most words of an abstract that is spelled as a list of places.
const MOST_WORDS: usize = 50_000;

pub(super) fn is_openalex(value: &Value) -> bool {
    value.get("authorships").is_some() || text(value, "id").starts_with("https://openalex.org/W")
}

pub(super) fn openalex(value: &Value) -> Option<StatedPaper> {
    let authors = list(value, "authorships").iter().map(|author| {
        let name = text_at(author, &["author", "display_name"]);
        if name.is_empty() { text(author, "raw_author_name") } else { name }
    });
    let authors: Vec<String> = authors.filter(|name| !name.is_empty()).collect();
    let pages = list(value, "locations").iter().map(|location| text(location, "landing_page_url"));
    // Of other places only those that are arXiv's tell an id.
    let arxiv = pages.filter(|url| url.contains("arxiv.org/"));
    let date = date_in(&text(value, "publication_date"));
    // The first of January stands for a year of which no more is known.
    let is_year = date.is_some_and(|date| (date.month(), date.day()) == (Some(1), Some(1)));
    let pages = [text_at(value, &["biblio", "first_page"]), text_at(value, &["biblio", "last_page"])];
    let pages: Vec<String> = pages.into_iter().filter(|page| !page.is_empty()).collect();
    let pdf = text_at(value, &["primary_location", "pdf_url"]);
    Some(StatedPaper {
        title: first_text(value, &["title", "display_name"]),
        summary: value.get("abstract_inverted_index").map(in_order).unwrap_or_default(),
        authors: Author::list(authors.iter().map(String::as_str)),
        published: if is_year { date.and_then(|date| PartialDate::new(date.year(), None, None)) } else { date }
            .or_else(|| date_in(&text(value, "publication_year"))),
        ids: [first_text(value, &["doi"]), text_at(value, &["ids", "doi"])].into_iter().chain(arxiv).collect(),
        urls: vec![text_at(value, &["primary_location", "landing_page_url"]), pdf],
        links: text_at(value, &["ids", "pmid"]).rsplit('/').next().and_then(pubmed_link).into_iter().collect(),
        place: PublishedIn {
            venue: text_at(value, &["primary_location", "source", "display_name"]),
            volume: text_at(value, &["biblio", "volume"]),
            number: text_at(value, &["biblio", "issue"]),
            pages: pages.join("–"),
        },
        license: Some(text_at(value, &["primary_location", "license"])),
        publication_status: value
            .get("is_retracted")
            .is_some_and(|flag| flag == &Value::Bool(true))
            .then_some(PublicationStatus::Retracted),
        ..StatedPaper::default()
    })
}

/// A text of which each word is listed with its places.
fn in_order(index: &Value) -> String {
    let words = index.as_object().into_iter().flatten().flat_map(|(word, places)| {
        let places = places.as_array().map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(Value::as_u64).map(move |place| (place, word.as_str()))
    });
    let mut words: Vec<(u64, &str)> = words.take(MOST_WORDS).collect();
    words.sort_by_key(|(place, _)| *place);
    let first = words
        .first()
        .is_some_and(|(_, word)| word.eq_ignore_ascii_case("abstract") || word.eq_ignore_ascii_case("abstract."));
    words.iter().skip(usize::from(first)).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

pub(super) fn is_semantic_scholar(value: &Value) -> bool {
    ["paperId", "corpusid", "externalIds", "externalids"].iter().any(|name| value.get(name).is_some())
}

pub(super) fn semantic_scholar(value: &Value) -> Option<StatedPaper> {
    let ids = value.get("externalIds").or_else(|| value.get("externalids")).unwrap_or(&Value::Null);
    let arxiv = text(ids, "ArXiv");
    let date = first_text(value, &["publicationDate", "publicationdate", "year"]);
    let names: Vec<String> =
        list(value, "authors").iter().map(|author| text(author, "name")).filter(|name| !name.is_empty()).collect();
    let journal = value.get("journal").unwrap_or(&Value::Null);
    let venue = [text(value, "venue"), text_at(value, &["publicationVenue", "name"]), text(journal, "name")];
    Some(StatedPaper {
        title: text(value, "title"),
        summary: text(value, "abstract"),
        authors: Author::list(names.iter().map(String::as_str)),
        published: date_in(&date),
        ids: vec![if arxiv.is_empty() { arxiv } else { format!("arXiv:{arxiv}") }, text(ids, "DOI")],
        urls: vec![text_at(value, &["openAccessPdf", "url"])],
        links: page(&text(value, "url")).into_iter().chain(pubmed_link(&text(ids, "PubMed"))).collect(),
        place: PublishedIn {
            venue: venue.into_iter().find(|venue| !venue.is_empty()).unwrap_or_default(),
            volume: text(journal, "volume"),
            number: String::new(),
            pages: text(journal, "pages"),
        },
        ..StatedPaper::default()
    })
}

/// The page of a paper at a service.
fn page(url: &str) -> Option<Link> {
    url.starts_with("https://").then(|| Link { kind: LinkKind::Other, url: url.to_owned() })
}

pub(super) fn is_papers_with_code(value: &Value) -> bool {
    ["url_abs", "paper_url", "conference_url_abs", "best_rank", "proceeding"]
        .iter()
        .any(|name| value.get(name).is_some())
}

pub(super) fn papers_with_code(value: &Value) -> Option<StatedPaper> {
    let names = texts(value, "authors");
    let arxiv = text(value, "arxiv_id");
    let code = text(value, "repo_url");
    Some(StatedPaper {
        markup: Markup::Tex,
        title: first_text(value, &["title", "paper_title"]),
        summary: text(value, "abstract"),
        authors: Author::list(names.iter().map(String::as_str)),
        published: date_in(&first_text(value, &["published", "date"])),
        ids: vec![first_text(value, &["arxiv_id", "paper_arxiv_id"])],
        urls: vec![
            first_text(value, &["url_abs", "paper_url_abs", "conference_url_abs"]),
            if arxiv.is_empty() { first_text(value, &["url_pdf", "paper_url_pdf"]) } else { String::new() },
        ],
        links: page(&code).map(|link| Link { kind: LinkKind::Code, ..link }).into_iter().collect(),
        place: PublishedIn { venue: first_text(value, &["conference", "proceeding"]), ..PublishedIn::default() },
        keywords: texts(value, "tasks"),
        ..StatedPaper::default()
    })
}

pub(super) fn is_openreview(value: &Value) -> bool {
    value.get("forum").is_some() && value.get("content").is_some()
}

pub(super) fn openreview(value: &Value) -> Option<StatedPaper> {
    let content = value.get("content")?;
    // Reviews and decisions are notes, too.
    if value.get("replyto").is_some_and(|parent| !parent.is_null()) {
        return None;
    }
    let names = list(content, "authors")
        .iter()
        .map(|author| if author.is_object() { first_text(author, &["fullname", "name"]) } else { text_of(author) });
    let names: Vec<String> = names.collect();
    let venue = text(content, "venue");
    let is_published =
        !venue.is_empty() && !["Submitted", "Rejected", "Withdrawn"].iter().any(|word| venue.contains(word));
    let date = ["pdate", "odate", "tcdate", "cdate"].iter().find_map(|name| day_of_milliseconds(value.get(name)?));
    Some(StatedPaper {
        markup: Markup::Tex,
        title: text(content, "title"),
        summary: text(content, "abstract"),
        authors: Author::list(names.iter().map(String::as_str)),
        published: date,
        urls: vec![format!("https://openreview.net/forum?id={}", text(value, "forum"))],
        comments: if is_published { Vec::new() } else { vec![venue.clone()] },
        place: PublishedIn { venue: if is_published { venue } else { String::new() }, ..PublishedIn::default() },
        keywords: texts(content, "keywords"),
        license: Some(text(value, "license")),
        ..StatedPaper::default()
    })
}

pub(super) fn is_dblp(value: &Value) -> bool {
    text(value, "url").contains("dblp.org/rec/") || value.get("ee").is_some() && value.get("key").is_some()
}

pub(super) fn dblp(value: &Value) -> Option<StatedPaper> {
    let names = value.get("authors").map(|authors| list(authors, "author")).unwrap_or_default();
    let names: Vec<String> =
        names.iter().map(|name| if name.is_string() { text_of(name) } else { text(name, "text") }).collect();
    let volume = text(value, "volume");
    Some(StatedPaper {
        title: without_stop(&text(value, "title")).to_owned(),
        authors: Author::list(names.iter().map(|name| without_number(name))),
        published: date_in(&text(value, "year")),
        ids: [text(value, "doi")].into_iter().chain(arxiv_mention(&volume)).collect(),
        urls: texts(value, "ee"),
        links: page(&text(value, "url")).into_iter().collect(),
        place: PublishedIn {
            venue: text(value, "venue"),
            volume,
            number: text(value, "number"),
            pages: text(value, "pages"),
        },
        ..StatedPaper::default()
    })
}

pub(super) fn is_datacite(value: &Value) -> bool {
    value.get("titles").is_some() && value.get("creators").is_some()
}

pub(super) fn datacite(value: &Value) -> Option<StatedPaper> {
    let authors = list(value, "creators").iter().flat_map(|creator| {
        let (family, given, name) = (text(creator, "familyName"), text(creator, "givenName"), text(creator, "name"));
        match (family.is_empty(), text(creator, "nameType") == "Organizational") {
            (false, _) => Author::stated(&family, &given, "").collect::<Vec<_>>(),
            (true, true) => Author::stated(&name, "", "").collect(),
            (true, false) => listed_author(&name),
        }
    });
    let descriptions = list(value, "descriptions");
    let summary = descriptions.iter().find(|one| text(one, "descriptionType") == "Abstract").or(descriptions.first());
    let dates = list(value, "dates");
    let submitted =
        dates.iter().find(|date| ["Submitted", "Issued", "Created"].contains(&text(date, "dateType").as_str()));
    let publisher = match value.get("publisher") {
        Some(publisher) if publisher.is_object() => text(publisher, "name"),
        _ => text(value, "publisher"),
    };
    Some(StatedPaper {
        title: list(value, "titles").first().map(|title| text(title, "title")).unwrap_or_default(),
        summary: summary.map(|one| text(one, "description")).unwrap_or_default(),
        authors: authors.collect(),
        published: submitted
            .and_then(|date| date_in(&text(date, "date")))
            .or_else(|| date_in(&text(value, "publicationYear"))),
        ids: vec![text(value, "doi")],
        urls: vec![text(value, "url")],
        place: PublishedIn { venue: text_at(value, &["container", "title"]), ..PublishedIn::default() },
        comments: vec![if publisher == "arXiv" { String::new() } else { publisher }],
        license: list(value, "rightsList").first().map(|license| text(license, "rightsUri")),
        ..StatedPaper::default()
    })
}

pub(super) fn is_biorxiv(value: &Value) -> bool {
    value.get("rel_title").is_some() || value.get("server").is_some() && value.get("jatsxml").is_some()
}

pub(super) fn biorxiv(value: &Value) -> Option<StatedPaper> {
    let names: Vec<Author> = match value.get("rel_authors") {
        Some(Value::Array(authors)) => authors
            .iter()
            .flat_map(|author| {
                let name = text(author, "author_name");
                if name.is_empty() { csl::author(author) } else { Author::list([name.as_str()]) }
            })
            .collect(),
        _ => first_text(value, &["rel_authors", "authors"]).split(';').flat_map(listed_author).collect(),
    };
    Some(StatedPaper {
        title: first_text(value, &["rel_title", "title"]),
        summary: first_text(value, &["rel_abs", "abstract"]),
        authors: names,
        published: date_in(&first_text(value, &["rel_date", "date"])),
        ids: vec![first_text(value, &["rel_doi", "doi"])],
        urls: vec![text(value, "rel_link")],
        place: PublishedIn { venue: first_text(value, &["rel_site", "server"]), ..PublishedIn::default() },
        keywords: vec![first_text(value, &["category"])],
        license: Some(first_text(value, &["license"])),
        ..StatedPaper::default()
    })
}

/// An entry that feedparser, a library of Python, made of an answer of arXiv's API; tools for reading lists save it.
pub(super) fn is_feedparser(value: &Value) -> bool {
    value.get("arxiv_primary_category").is_some() || value.get("guidislink").is_some() && value.get("summary").is_some()
}

pub(super) fn feedparser(value: &Value) -> Option<StatedPaper> {
    // Its older versions give all names in one.
    let names: Vec<String> = list(value, "authors").iter().map(|author| text(author, "name")).collect();
    let tags = list(value, "tags").iter().map(|tag| text(tag, "term"));
    Some(StatedPaper {
        markup: Markup::Tex,
        title: text(value, "title"),
        summary: text(value, "summary"),
        authors: Author::list(names.iter().flat_map(|names| names.split(", "))),
        published: date_in(&text(value, "published")),
        updated: date_in(&text(value, "updated")),
        ids: vec![text(value, "id"), text(value, "arxiv_doi")],
        categories: [text_at(value, &["arxiv_primary_category", "term"])].into_iter().chain(tags).collect(),
        comments: vec![text(value, "arxiv_comment")],
        journal_ref: Some(text(value, "arxiv_journal_ref")),
        ..StatedPaper::default()
    })
}

/// A row of the lists of conferences by papercopilot, of OpenReview or of the ACL Anthology.
pub(super) fn is_paper_list(value: &Value) -> bool {
    value.get("site").is_some() && value.get("author").is_some_and(Value::is_string)
}

pub(super) fn paper_list(value: &Value) -> Option<StatedPaper> {
    let names = text(value, "author");
    let status = text(value, "status");
    let is_published = !["Withdraw", "Reject", "Desk Reject"].iter().any(|word| status.starts_with(word));
    let github = text(value, "github");
    Some(StatedPaper {
        markup: Markup::Tex,
        title: text(value, "title"),
        summary: text(value, "abstract"),
        authors: Author::list(names.split(';').map(str::trim).filter(|name| !name.is_empty())),
        urls: vec![text(value, "site"), text(value, "pdf")],
        links: page(&github).map(|link| Link { kind: LinkKind::Code, ..link }).into_iter().collect(),
        keywords: text(value, "keywords").split(';').map(|word| word.trim().to_owned()).collect(),
        comments: if is_published { Vec::new() } else { vec![status] },
        ..StatedPaper::default()
    })
}
