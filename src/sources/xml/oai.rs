//! OAI-PMH, as arXiv and other repositories answer it: `arXiv`, `arXivRaw` and `oai_dc` records, deleted ones, errors and resumption tokens.

use std::io::BufRead;

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::{ImportNotice, ReadItem, Visit};
use super::super::snapshot::{day, names, one_line};
use super::super::stated::{StatedPaper, date_in, listed_author};
use super::tree::{self, XmlNode, XmlPart};
use super::{item, rejected};
use crate::domain::clean::Clean;
use crate::domain::identity::{ArxivId, Doi};
use crate::domain::markup::Markup;
use crate::domain::paper::Author;
use crate::domain::record_source::RecordSource;
use crate::error::Result;

/// By its outermost element, or by that of a single record.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    super::has_element(head, &["OAI-PMH"])
        || super::has_element(head, &["record"]) && head.text.contains("openarchives.org/OAI/2.0/")
}

/// Reads a saved answer. What it says of itself is reported: an error, and that there are more pages.
pub(in crate::sources) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let answer = read_answer(lines.into_stream(), origin.shown, each)?;
    if let Some(OaiError { code, message }) = answer.error.filter(|error| error.code != "noRecordsMatch") {
        let _ = each(rejected(
            1,
            format!("the service answers: {}: {}", Clean::new(&code).cut(40), Clean::new(&message).cut(120)),
        ));
    }
    if answer.resumption_token.is_some() {
        let message = "one page of a list; the next pages are in other files".to_owned();
        let _ = each(ReadItem::Notice(ImportNotice { line: 1, message }));
    }
    Ok(())
}

/// What an answer says besides its records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::sources) struct OaiAnswer {
    /// With what the next page is asked for; None on the last one.
    pub(in crate::sources) resumption_token: Option<String>,
    /// Why there are no records.
    pub(in crate::sources) error: Option<OaiError>,
}

/// An error of the protocol: `noRecordsMatch` for an empty list, `badResumptionToken` for one that expired, ...
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sources) struct OaiError {
    pub(in crate::sources) code: String,
    pub(in crate::sources) message: String,
}

/// Reads an answer, also from the body of a response. Errors: System, when reading fails.
pub(in crate::sources) fn read_answer(
    stream: Box<dyn BufRead + '_>,
    shown: &str,
    each: &mut Visit<'_>,
) -> Result<OaiAnswer> {
    let mut answer = OaiAnswer::default();
    tree::read(stream, shown, |name, _| name == "record", &mut |part| {
        let found = match part {
            XmlPart::Record(line, record) => Some(of_record(line, &record)),
            XmlPart::Broken(line, reason) => Some(rejected(line, reason)),
            XmlPart::Outside(node) => {
                answer.element(&node);
                None
            }
        };
        found.is_none_or(|item| each(item).is_continue())
    })?;
    Ok(answer)
}

impl OaiAnswer {
    fn element(&mut self, node: &XmlNode) {
        let text = one_line(&node.text());
        match node.name.as_str() {
            "resumptionToken" if !text.is_empty() => self.resumption_token = Some(text),
            "error" => self.error = Some(OaiError { code: node.attribute("code").to_owned(), message: text }),
            _ => {}
        }
    }
}

fn of_record(line: usize, record: &XmlNode) -> ReadItem {
    let identifier = one_line(&record.text_at(&["header", "identifier"]));
    if record.at(&["header"]).is_some_and(|header| header.attribute("status") == "deleted") {
        let message = format!("{} was deleted by its repository", Clean::new(&identifier).cut(80));
        return ReadItem::Notice(ImportNotice { line, message });
    }
    let metadata = record.at(&["metadata"]).and_then(|metadata| metadata.nodes().next());
    let is_arxiv = identifier.contains("arXiv.org:") || metadata.is_some_and(|node| node.name.starts_with("arXiv"));
    let stated = match metadata.map(|node| (node.name.as_str(), node)) {
        Some(("dc", node)) => dublin_core(node, &identifier),
        Some(("arXivRaw", node)) => arxiv_raw(node),
        Some(("arXiv" | "arXivOld", node)) => arxiv(node),
        Some((other, _)) => {
            return rejected(
                line,
                format!("metadata in the format `{}`, which is not read", Clean::new(other).cut(40)),
            );
        }
        None => return rejected(line, "a record without metadata".to_owned()),
    };
    let mut found = item(line, stated);
    if let ReadItem::Record { record, .. } = &mut found
        && is_arxiv
    {
        record.source = RecordSource::ArxivOai;
    }
    found
}

/// The fields that both formats of arXiv have.
fn of_arxiv(node: &XmlNode) -> StatedPaper {
    StatedPaper {
        markup: Markup::Tex,
        title: node.text_of("title"),
        summary: node.text_of("abstract"),
        ids: vec![format!("arXiv:{}", one_line(&node.text_of("id")))]
            .into_iter()
            .chain(node.text_of("doi").split_whitespace().map(str::to_owned))
            .collect(),
        categories: node.text_of("categories").split_whitespace().map(str::to_owned).collect(),
        comments: vec![node.text_of("comments")],
        journal_ref: Some(one_line(&node.text_of("journal-ref"))),
        license: Some(node.text_of("license")),
        ..StatedPaper::default()
    }
}

fn arxiv(node: &XmlNode) -> StatedPaper {
    let stated =
        node.at(&["authors"]).map(|authors| authors.children("author").collect::<Vec<_>>()).unwrap_or_default();
    let authors = stated.iter().flat_map(|author| {
        let part = |name: &str| one_line(&author.text_of(name));
        Author::stated(&part("keyname"), &part("forenames"), &part("suffix")).collect::<Vec<_>>()
    });
    let authors: Vec<Author> = authors.collect();
    StatedPaper {
        authors: if authors.is_empty() { names(&node.text_of("authors")) } else { authors },
        published: date_in(&node.text_of("created")),
        updated: date_in(&node.text_of("updated")),
        ..of_arxiv(node)
    }
}

fn arxiv_raw(node: &XmlNode) -> StatedPaper {
    let versions: Vec<&XmlNode> = node.children("version").collect();
    let sent = |version: Option<&&XmlNode>| version.and_then(|version| day(&version.text_of("date")));
    let mut stated = StatedPaper {
        authors: names(&node.text_of("authors")),
        published: sent(versions.first()),
        updated: sent(versions.last()),
        ..of_arxiv(node)
    };
    if let Some(version) =
        versions.last().map(|version| version.attribute("version")).filter(|version| version.starts_with('v'))
    {
        stated.ids.insert(0, format!("arXiv:{}{version}", one_line(&node.text_of("id"))));
    }
    stated
}

/// `oai_dc`: everything is repeated, and identifiers, addresses and journal references share one element.
fn dublin_core(node: &XmlNode, identifier: &str) -> StatedPaper {
    let texts = |name: &'static str| node.children(name).map(|child| child.text()).collect::<Vec<_>>();
    let (descriptions, identifiers) = (texts("description"), texts("identifier"));
    let is_arxiv = identifier.starts_with("oai:arXiv.org:");
    let is_comment = |text: &&String| text.trim_start().starts_with("Comment:");
    let is_id = |text: &str| ArxivId::parse(text).is_some() || Doi::parse(text).is_some() || text.contains("://");
    let dates = texts("date");
    let dates: Vec<_> = dates.iter().filter_map(|text| date_in(text)).collect();
    let mut references = identifiers.iter().map(|text| one_line(text)).filter(|text| !is_id(text));
    let subjects = texts("subject");
    StatedPaper {
        markup: if is_arxiv { Markup::Tex } else { Markup::Plain },
        title: node.text_of("title"),
        summary: descriptions.iter().find(|text| !is_comment(text)).cloned().unwrap_or_default(),
        authors: texts("creator").iter().flat_map(|name| listed_author(name)).collect(),
        published: dates.iter().min().copied(),
        updated: dates.iter().max().copied().filter(|_| dates.len() > 1 && is_arxiv),
        ids: [identifier.to_owned()].into_iter().chain(identifiers.iter().map(|text| one_line(text))).collect(),
        urls: identifiers.iter().filter(|text| text.contains("://")).cloned().collect(),
        keywords: subjects,
        comments: descriptions
            .iter()
            .filter(is_comment)
            .map(|text| text.trim().trim_start_matches("Comment:").to_owned())
            .collect(),
        journal_ref: if is_arxiv { references.next_back() } else { None },
        ..StatedPaper::default()
    }
}
