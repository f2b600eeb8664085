//! The rows of Hugging Face's daily papers as its pages and its API give them in JSON: papers, their places in a list, and the digest that
//! the list is. Every field but the id and the title may be absent. Reads no files.

use std::collections::HashMap;

use serde_json::Value;

use super::input::Origin;
use super::item::{ReadItem, Rejection};
use super::snapshot::one_line;
use super::urls::links_in;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::ArxivId;
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Digest, Link, LinkKind, Paper, Sighting};
use crate::domain::record::{Record, stored_text};
use crate::domain::text::Text;

/// The keys under which the site, people and programs keep a list. Of an object that is a row only the first counts.
const LISTS: [&str; 4] = ["dailyPapers", "papers", "data", "results"];

/// The papers of a document, each recorded as of `line`: a list, an object around a list, a row of a list, or a paper alone. None when it
/// is none of these.
pub(super) fn list(origin: &Origin<'_>, data: &Value, line: usize) -> Option<Vec<ReadItem>> {
    let is_row = data.get("paper").is_some_and(Value::is_object);
    let keys = LISTS.iter().take(if is_row { 1 } else { LISTS.len() });
    let list = data.as_array().or_else(|| keys.filter_map(|key| data.get(key)).find_map(Value::as_array));
    if list.is_none() && !data.get("paper").unwrap_or(data).get("id").is_some_and(Value::is_string) {
        return None;
    }
    let rows = list.map_or(std::slice::from_ref(data), Vec::as_slice);
    let rows: Vec<_> = rows.iter().map(row).collect();
    let listed: Vec<_> = rows.iter().flatten().map(|row| row.listed).collect();
    let digest = digest(origin, data, &listed);
    let mut places: HashMap<PartialDate, u32> = HashMap::new();
    let mut found = Vec::with_capacity(rows.len());
    for (place, row) in (1..).zip(rows) {
        found.push(match row {
            Ok(HfRow { mut paper, votes, listed }) => {
                // The lists of several days in one file are as many digests.
                let own_day = listed.filter(|_| digest.day.is_none() && data.is_array());
                let place = match own_day {
                    Some(day) => *places.entry(day).and_modify(|place| *place += 1).or_insert(1),
                    None => place,
                };
                let digest = own_day.map_or_else(|| digest.clone(), digest_of_day);
                paper.sightings = vec![Sighting { digest, rank: list.is_some().then_some(place), votes }];
                record(line, paper)
            }
            Err(reason) => rejected(line, format!("paper {place} of the list: {reason}")),
        });
    }
    Some(found)
}

/// The digest of a list: its day, month or week where it states one, else the day that all its papers share, else the file.
pub(super) fn digest(origin: &Origin<'_>, data: &Value, listed: &[Option<PartialDate>]) -> Digest {
    let period = || text(data, "dateString").map(|text| stored_text(text.trim()));
    let stated = || date(data, "date").or_else(|| date(data, "dateString"));
    let shared = || listed.first().copied().flatten().filter(|day| listed.iter().all(|other| other == &Some(*day)));
    if let Some(day) = origin.digest_day.or_else(stated).or_else(shared) {
        return digest_of_day(day);
    }
    let (name, label) = period()
        .map_or_else(|| (origin.stem().to_owned(), origin.words()), |period| (period.clone(), Clean::new(&period)));
    Digest { id: format!("hf:{name}"), source: "hf".into(), label, day: None }
}

fn digest_of_day(day: PartialDate) -> Digest {
    Digest { id: format!("hf:{day}"), source: "hf".into(), label: Clean::new(&day.in_words()), day: Some(day) }
}

pub(super) fn record(line: usize, paper: Paper) -> ReadItem {
    ReadItem::Record { line, record: Box::new(Record { paper, ..Record::default() }) }
}

pub(super) fn rejected(line: usize, reason: String) -> ReadItem {
    ReadItem::Rejected(Rejection { line, reason })
}

/// One paper of a list.
struct HfRow {
    /// Without sightings: the list knows its day.
    paper: Paper,
    votes: Option<u32>,
    /// The day of the list on which the paper stood.
    listed: Option<PartialDate>,
}

/// Reads a row, or a paper without the row around it.
///
/// # Errors
/// A message that names the field, safe to show.
fn row(row: &Value) -> Result<HfRow, String> {
    if row.is_string() {
        return Err("expected an object, found text".to_owned());
    }
    let paper = row.get("paper").filter(|paper| paper.is_object()).unwrap_or(row);
    let either = |name: &str| text(paper, name).or_else(|| text(row, name));
    let id = text(paper, "id").ok_or("`paper.id`: expected an arXiv id, found nothing")?;
    let found = || Clean::new(&id.chars().take(200).collect::<String>()).cut(40);
    let named = ArxivId::parse(id).ok_or_else(|| format!("`paper.id`: expected an arXiv id, found `{}`", found()))?;
    let title = either("title").map(one_line).unwrap_or_default();
    if title.is_empty() {
        return Err(format!("`title`: expected text, found nothing in the row of {}", found()));
    }
    let summary = either("summary").map(|summary| stored_text(summary.trim())).filter(|summary| !summary.is_empty());
    Ok(HfRow {
        votes: paper.get("upvotes").and_then(Value::as_u64).and_then(|votes| u32::try_from(votes).ok()),
        listed: date(paper, "submittedOnDailyAt"),
        paper: Paper {
            arxiv: Some(named.id),
            version: named.version,
            title: Text::new(title, Markup::Tex),
            authors: authors(paper),
            published: date(paper, "publishedAt"),
            keywords: keywords(paper),
            links: links(paper, summary.as_deref().unwrap_or_default()),
            summary: summary.map(|summary| Text::new(summary, Markup::Tex)),
            ..Paper::default()
        },
    })
}

/// The names, without those that the page hides.
fn authors(paper: &Value) -> Vec<Author> {
    let authors = paper.get("authors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let shown = authors.iter().filter(|author| author.get("hidden").and_then(Value::as_bool) != Some(true));
    let names = shown.filter_map(|author| text(author, "name")).map(one_line).filter(|name| !name.is_empty());
    Author::list(names.collect::<Vec<_>>().iter().map(String::as_str))
}

/// Words that the service took from the text.
fn keywords(paper: &Value) -> Vec<String> {
    let keywords = paper.get("ai_keywords").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    keywords.iter().filter_map(Value::as_str).map(one_line).filter(|keyword| !keyword.is_empty()).collect()
}

/// Code and project page as the row states them, then the links of the abstract.
fn links(paper: &Value, summary: &str) -> Vec<Link> {
    let stated = [("githubRepo", LinkKind::Code), ("projectPage", LinkKind::Project)];
    let mut links: Vec<Link> = Vec::new();
    for (field, kind) in stated {
        let Some(url) = text(paper, field).map(one_line).filter(|url| !url.is_empty()) else { continue };
        let url = match kind {
            // `owner/repository` is written, too.
            LinkKind::Code if !url.contains("://") => format!("https://github.com/{url}"),
            _ => url,
        };
        links.push(Link { kind, url });
    }
    for link in links_in(summary) {
        if links.iter().all(|known| known.url != link.url) {
            links.push(link);
        }
    }
    links
}

fn text<'a>(object: &'a Value, field: &str) -> Option<&'a str> {
    object.get(field).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// The day of an instant in UTC.
fn date(object: &Value, field: &str) -> Option<PartialDate> {
    text(object, field)?.trim().parse().ok()
}
