//! The rows of Hugging Face's daily papers as its pages and its API give them in JSON: a paper and its place in a list. Every field but
//! the id and the title may be absent. Reads no files.

use serde_json::Value;

use super::snapshot::one_line;
use super::urls::links_in;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::ArxivId;
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Link, LinkKind, Paper};
use crate::domain::record::stored_text;
use crate::domain::text::Text;

/// One paper of a list.
pub(super) struct HfRow {
    /// Without sightings: the list knows its day.
    pub(super) paper: Paper,
    pub(super) votes: Option<u32>,
    /// The day of the list on which the paper stood.
    pub(super) listed: Option<PartialDate>,
}

/// Reads a row, or a paper without the row around it.
///
/// # Errors
/// A message that names the field, safe to show.
pub(super) fn row(row: &Value) -> Result<HfRow, String> {
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
pub(super) fn date(object: &Value, field: &str) -> Option<PartialDate> {
    text(object, field)?.trim().parse().ok()
}
