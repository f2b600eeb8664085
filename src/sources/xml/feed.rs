//! Atom and RSS: the answers of arXiv's API, arXiv's feeds of a day, today's and those before 2024, and feeds of others whose entries lead to
//! papers. The new papers and cross-lists of a feed of a day are a digest, as in arXiv's mails; replacements update papers.

use std::io::BufRead;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::{ReadItem, Visit};
use super::super::snapshot::{day, names, one_line};
use super::super::stated::{StatedPaper, date_in};
use super::super::text_tags::without_tags;
use super::tree::{self, XmlNode, XmlPart};
use super::{item, rejected};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::{ArxivId, Doi};
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Digest, Sighting};
use crate::domain::record_source::RecordSource;
use crate::error::Result;

/// By its outermost element.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    let is_old = || ['"', '\''].iter().any(|quote| head.text.contains(&format!("http://purl.org/rss/1.0/{quote}")));
    super::has_element(head, &["feed", "rss"]) || super::has_element(head, &["RDF"]) && is_old()
}

pub(in crate::sources) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    read_answer(lines.into_stream(), origin, each)
}

/// Reads a feed or an answer of arXiv's API, also from the body of a response. An answer that is an error is a rejected record. Errors:
/// System, when reading fails.
pub(in crate::sources) fn read_answer(
    stream: Box<dyn BufRead + '_>,
    origin: &Origin<'_>,
    each: &mut Visit<'_>,
) -> Result<()> {
    let mut feed = FeedHead::default();
    tree::read(stream, origin.shown, |name, _| name == "entry" || name == "item", &mut |part| {
        let found = match part {
            XmlPart::Outside(node) => feed.element(&node),
            XmlPart::Broken(line, reason) => Some(rejected(line, reason)),
            XmlPart::Record(line, entry) => Some(feed.entry(line, &entry, origin.digest_day)),
        };
        found.is_none_or(|item| each(item).is_continue())
    })
}

/// What stands before the entries of a feed.
#[derive(Default)]
struct FeedHead {
    /// `cs.LG` of `cs.LG updates on arXiv.org`.
    category: Option<String>,
    day: Option<PartialDate>,
    rank: u32,
}

impl FeedHead {
    /// Takes an element around the entries. The feed of a category that does not exist is a feed that says so.
    fn element(&mut self, node: &XmlNode) -> Option<ReadItem> {
        match node.name.as_str() {
            "title" => {
                let title = one_line(&node.text());
                if let Some(error) = title.strip_prefix("Feed error for query:") {
                    return Some(rejected(1, format!("arXiv has no feed of `{}`", Clean::new(error.trim()).cut(60))));
                }
                if let Some((category, _)) = title.split_once(" updates on arXiv.org") {
                    self.category = Some(category.to_owned());
                }
            }
            "pubDate" | "date" => self.day = day_in_utc(&node.text()).or(self.day),
            _ => {}
        }
        None
    }

    fn entry(&mut self, line: usize, entry: &XmlNode, given: Option<PartialDate>) -> ReadItem {
        let guid = first_text(entry, &["guid", "id"]);
        if guid.contains("arxiv.org/api/errors") {
            let message = one_line(&entry.text_of("summary"));
            return rejected(line, format!("arXiv answers: {}", Clean::new(&message).cut(120)));
        }
        let announced = Announced::of(entry);
        let listed = announced.is_some();
        let is_answer = guid.contains("arxiv.org/abs/") && entry.at(&["published"]).is_some();
        let source = if listed || is_answer { RecordSource::ArxivFeed } else { RecordSource::Feed };
        let stated = match &announced {
            Some(announced) => announced.paper(entry, &guid),
            None if is_answer => answer(entry, &guid),
            None => match other(entry, &guid) {
                Some(stated) => stated,
                None => return rejected(line, "the entry leads to no paper: neither an arXiv id nor a DOI".to_owned()),
            },
        };
        let mut found = item(line, stated);
        if let ReadItem::Record { record, .. } = &mut found {
            record.source = source;
        }
        let is_new = announced.is_some_and(|announced| !announced.replaces);
        if let ReadItem::Record { record, .. } = &mut found
            && listed
            && is_new
        {
            self.rank += 1;
            let stated = || {
                day_in_utc(&entry.text_of("pubDate")).or_else(|| day_in_utc(&entry.text_of("published"))).or(self.day)
            };
            let day = given.or_else(stated);
            let (id, label) =
                day.map_or_else(|| ("feed".to_owned(), "feed".to_owned()), |day| (day.to_string(), day.in_words()));
            let (id, label) = match &self.category {
                Some(category) => (format!("arxiv:{category}:{id}"), format!("{category}, {label}")),
                None => (format!("arxiv:{id}"), label),
            };
            let digest = Digest { id, source: "arxiv".into(), label: label.into(), day };
            record.paper.sightings = vec![Sighting { digest, rank: Some(self.rank), votes: None }];
        }
        found
    }
}

/// The day of an instant. Papers that are announced in the evening, Eastern time, are listed under the next day.
fn day_in_utc(text: &str) -> Option<PartialDate> {
    let instant = text.trim().parse::<Timestamp>().ok();
    let listed = instant.map(|instant| Offset::UTC.to_datetime(instant).date().into());
    listed.or_else(|| day(text)).or_else(|| date_in(text))
}

/// What a feed of a day says of an entry.
struct Announced {
    replaces: bool,
    title: String,
    summary: String,
    categories: Vec<String>,
    id: String,
}

impl Announced {
    /// None for an entry of another kind of feed.
    fn of(entry: &XmlNode) -> Option<Self> {
        let title = one_line(&entry.text_of("title"));
        let text = first_text(entry, &["description", "summary"]);
        let kind = one_line(&entry.text_of("announce_type"));
        // `arXiv:2401.00001v1 Announce Type: new \nAbstract: ...`
        if let Some((head, summary)) = text.split_once("Abstract: ").filter(|_| text.contains("Announce Type:")) {
            let (id, told) = head.split_once("Announce Type:")?;
            let kind = if kind.is_empty() { one_line(told) } else { kind };
            let categories: Vec<String> =
                entry
                    .children("category")
                    .map(|node| {
                        if node.attribute("term").is_empty() { node.text() } else { node.attribute("term").to_owned() }
                    })
                    .collect();
            return Some(Self {
                replaces: kind.starts_with("replace"),
                title,
                summary: summary.to_owned(),
                categories,
                id: id.trim().to_owned(),
            });
        }
        // `Title. (arXiv:1805.08875v1 [hep-ex] CROSS LISTED)`
        let (bare, suffix) = title.strip_suffix(')').and_then(|title| title.rsplit_once(" (arXiv:"))?;
        let (id, rest) = suffix.split_once(' ').unwrap_or((suffix, ""));
        let category = rest.split(['[', ']']).nth(1).unwrap_or_default();
        let bare = bare.strip_suffix('.').unwrap_or(bare);
        Some(Self {
            replaces: rest.contains("UPDATED"),
            title: bare.to_owned(),
            summary: without_tags(&text, Markup::Tex).into_owned(),
            categories: vec![category.to_owned()],
            id: format!("arXiv:{id}"),
        })
    }

    fn paper(&self, entry: &XmlNode, guid: &str) -> StatedPaper {
        let creators: Vec<String> = entry.children("creator").map(XmlNode::text).collect();
        StatedPaper {
            markup: Markup::Tex,
            title: self.title.clone(),
            summary: self.summary.trim().to_owned(),
            authors: names(&without_tags(&creators.join(", "), Markup::Tex)),
            // The day of the feed is not that of the submission, but the id tells the month.
            published: ArxivId::parse(&self.id).and_then(|named| month_of(&named.id)),
            ids: vec![self.id.clone(), guid.to_owned(), entry.text_of("DOI")],
            urls: vec![entry.text_of("link")],
            categories: self.categories.clone(),
            license: Some(entry.text_of("rights")).filter(|rights| rights.contains("://")),
            journal_ref: Some(one_line(&entry.text_of("journal_reference"))),
            ..StatedPaper::default()
        }
    }
}

/// The month in which an arXiv id was given.
fn month_of(id: &ArxivId) -> Option<PartialDate> {
    let number = id.as_str().rsplit('/').next()?;
    let (year, month) = (number.get(..2)?.parse::<i16>().ok()?, number.get(2..4)?.parse().ok()?);
    PartialDate::new(if year > 90 { 1900 + year } else { 2000 + year }, Some(month), None)
}

/// An entry of an answer of arXiv's API.
fn answer(entry: &XmlNode, id: &str) -> StatedPaper {
    let authors: Vec<String> = entry.children("author").map(|author| one_line(&author.text_of("name"))).collect();
    let term = |node: &XmlNode| node.attribute("term").to_owned();
    let primary = entry.children("primary_category").map(term);
    StatedPaper {
        markup: Markup::Tex,
        title: entry.text_of("title"),
        summary: entry.text_of("summary"),
        authors: Author::list(authors.iter().map(String::as_str)),
        published: date_in(&entry.text_of("published")),
        updated: date_in(&entry.text_of("updated")),
        ids: vec![id.to_owned(), entry.text_of("doi")],
        categories: primary.chain(entry.children("category").map(term)).collect(),
        comments: vec![entry.text_of("comment")],
        journal_ref: Some(one_line(&entry.text_of("journal_ref"))),
        ..StatedPaper::default()
    }
}

/// An entry of another feed, where it leads to a paper.
fn other(entry: &XmlNode, guid: &str) -> Option<StatedPaper> {
    let links = entry
        .children("link")
        .map(|node| if node.attribute("href").is_empty() { node.text() } else { node.attribute("href").to_owned() });
    let urls: Vec<String> = links.chain([guid.to_owned()]).map(|url| url.trim().to_owned()).collect();
    let leads = |url: &String| ArxivId::parse(url).is_some() || Doi::parse(url).is_some();
    if !urls.iter().any(leads) {
        return None;
    }
    let text = first_text(entry, &["description", "summary", "content", "encoded"]);
    let text = without_tags(&text, Markup::Tex);
    let authors: Vec<String> = entry
        .children("author")
        .map(|author| if author.at(&["name"]).is_some() { author.text_of("name") } else { author.text() })
        .collect();
    let creators = entry.children("creator").map(XmlNode::text);
    let authors: Vec<String> = authors.into_iter().chain(creators).collect();
    let labelled = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    let summary = labelled("Summary:").or_else(|| labelled("Abstract:")).unwrap_or(&text);
    let authors =
        if authors.is_empty() { labelled("Authors:").unwrap_or_default().to_owned() } else { authors.join(", ") };
    Some(StatedPaper {
        markup: Markup::Tex,
        title: entry.text_of("title"),
        summary: summary.to_owned(),
        authors: names(&authors),
        ids: urls,
        ..StatedPaper::default()
    })
}

fn first_text(entry: &XmlNode, names: &[&str]) -> String {
    names.iter().map(|name| entry.text_of(name)).find(|text| !text.trim().is_empty()).unwrap_or_default()
}
