//! Zotero's RDF. Items, journals, collections, notes and attachments stand side by side; an item names the journal that it is part of, which
//! may come later and may hold the DOI of the item.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::snapshot::one_line;
use super::super::stated::{PublishedIn, StatedPaper, arxiv_mention, bracketed_categories, date_in};
use super::super::stated_reading::StatedReading;
use super::tree::{self, XmlNode, XmlPart};
use super::{item, rejected};
use crate::domain::paper::Author;
use crate::error::Result;

/// Most items that wait for a journal at once, and journals that are kept.
const MOST_KEPT: usize = 20_000;
/// Elements that are no papers.
const NO_PAPERS: [&str; 6] = ["Attachment", "Collection", "Memo", "Journal", "Series", "UserItem"];

/// By its namespace.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    super::has_element(head, &["RDF"])
        && ["http://purl.org/net/biblio#", "http://www.zotero.org/namespaces/export#"]
            .iter()
            .any(|name| head.text.contains(name))
}

pub(in crate::sources) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let mut library = RdfLibrary::default();
    tree::read(lines.into_stream(), origin.shown, |_, depth| depth == 1, &mut |part| {
        let flow = match part {
            XmlPart::Record(line, node) => library.node(line, &node, each),
            XmlPart::Broken(line, reason) => each(rejected(line, reason)),
            XmlPart::Outside(_) => ControlFlow::Continue(()),
        };
        flow.is_continue()
    })?;
    // Whether the reader wants no more makes no difference now.
    let _ = library.end(each);
    Ok(())
}

/// What was read, as far as later elements need it.
#[derive(Default)]
struct RdfLibrary {
    journals: HashMap<String, RdfJournal>,
    /// Items with the journal that they are part of and that was not read yet.
    waiting: Vec<(usize, String, StatedPaper)>,
}

/// What a journal says of the items that are part of it.
#[derive(Clone, Default)]
struct RdfJournal {
    title: String,
    volume: String,
    number: String,
    dois: Vec<String>,
}

impl RdfJournal {
    fn of(node: &XmlNode) -> Self {
        let text = |name: &str| one_line(&node.text_of(name));
        let dois = node.children("identifier").map(|id| one_line(&id.text())).filter(|id| id.starts_with("DOI "));
        Self { title: text("title"), volume: text("volume"), number: text("number"), dois: dois.collect() }
    }

    fn add_to(&self, stated: &mut StatedPaper) {
        stated.ids.extend(self.dois.iter().cloned());
        for (field, value) in [
            (&mut stated.place.venue, &self.title),
            (&mut stated.place.volume, &self.volume),
            (&mut stated.place.number, &self.number),
        ] {
            if field.is_empty() {
                field.clone_from(value);
            }
        }
    }
}

impl RdfLibrary {
    fn node(&mut self, line: usize, node: &XmlNode, each: &mut Visit<'_>) -> ControlFlow<()> {
        let kind = node.text_of("itemType");
        let about = node.attribute("about").to_owned();
        if ["Journal", "Series"].contains(&node.name.as_str()) && kind.is_empty() {
            return self.journal(about, RdfJournal::of(node), each);
        }
        if NO_PAPERS.contains(&node.name.as_str()) || ["attachment", "note", "annotation"].contains(&kind.trim()) {
            return ControlFlow::Continue(());
        }
        let mut stated = paper(node, kind.trim());
        let parts: Vec<&XmlNode> = node.children("isPartOf").chain(node.children("presentedAt")).collect();
        for inner in parts.iter().flat_map(|part| part.nodes()) {
            RdfJournal::of(inner).add_to(&mut stated);
        }
        let named = parts.iter().map(|part| part.attribute("resource")).find(|name| !name.is_empty());
        match named.map(|name| (name, self.journals.get(name))) {
            Some((_, Some(journal))) => {
                // A DOI that stands on a journal is that of the item before it.
                RdfJournal { dois: Vec::new(), ..journal.clone() }.add_to(&mut stated);
                each(item(line, stated))
            }
            Some((name, None)) if self.waiting.len() < MOST_KEPT => {
                self.waiting.push((line, name.to_owned(), stated));
                ControlFlow::Continue(())
            }
            _ => each(item(line, stated)),
        }
    }

    /// Gives the items that waited for a journal. Its DOI belongs to the item, if there is one item.
    fn journal(&mut self, about: String, journal: RdfJournal, each: &mut Visit<'_>) -> ControlFlow<()> {
        let (mut parts, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(_, name, _)| *name == about);
        self.waiting = others;
        let is_alone = parts.len() == 1;
        for (line, _, mut stated) in parts.drain(..) {
            let journal = if is_alone { journal.clone() } else { RdfJournal { dois: Vec::new(), ..journal.clone() } };
            journal.add_to(&mut stated);
            each(item(line, stated))?;
        }
        if self.journals.len() < MOST_KEPT && !about.is_empty() {
            self.journals.insert(about, journal);
        }
        ControlFlow::Continue(())
    }

    fn end(self, each: &mut Visit<'_>) -> ControlFlow<()> {
        self.waiting.into_iter().try_for_each(|(line, _, stated)| each(item(line, stated)))
    }
}

fn paper(node: &XmlNode, kind: &str) -> StatedPaper {
    let text = |name: &str| one_line(&node.text_of(name));
    let people = node
        .at(&["authors", "Seq"])
        .into_iter()
        .flat_map(|list| list.children("li"))
        .filter_map(|li| li.at(&["Person"]));
    let authors = people.flat_map(|person| {
        let part = |name: &str| one_line(&person.text_of(name));
        let family = Some(part("surname")).filter(|name| !name.is_empty()).unwrap_or_else(|| part("name"));
        Author::stated(&family, &[part("givenName"), part("givenname")].concat(), "").collect::<Vec<_>>()
    });
    let extra: Vec<String> = node
        .children("description")
        .map(XmlNode::text)
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let identifiers: Vec<String> = node.children("identifier").map(|id| one_line(&id.text())).collect();
    let mut reading = StatedReading::default();
    // Tags that came with the paper stand in an element of their own.
    let own_tags = node.children("subject").filter(|subject| subject.children("AutomaticTag").next().is_none());
    own_tags.for_each(|subject| reading.tag(&one_line(&subject.text())));
    let keywords = node.children("subject").map(|subject| one_line(&subject.text()));
    let mentions = extra.iter().filter_map(|line| arxiv_mention(line));
    let mut stated = StatedPaper {
        title: text("title"),
        summary: node.text_of("abstract"),
        authors: authors.collect(),
        published: date_in(&text("date")),
        ids: identifiers.iter().filter(|id| id.starts_with("DOI ")).cloned().chain(mentions).collect(),
        urls: identifiers
            .iter()
            .filter(|id| id.contains("://"))
            .cloned()
            .chain([node.attribute("about").to_owned()])
            .collect(),
        categories: extra.iter().flat_map(|line| bracketed_categories(line)).collect(),
        keywords: keywords.collect(),
        reading,
        comments: extra.iter().filter_map(|line| line.trim().strip_prefix("Comment: ")).map(str::to_owned).collect(),
        ..StatedPaper::default()
    };
    if ["book", "thesis", "report"].contains(&kind) {
        let publisher = node
            .at(&["publisher", "Organization"])
            .map(|publisher| one_line(&publisher.text_of("name")))
            .unwrap_or_default();
        let what = if kind == "book" {
            String::new()
        } else {
            Some(text("type")).filter(|kind| !kind.is_empty()).unwrap_or_else(|| kind.to_owned())
        };
        stated
            .comments
            .insert(0, [what, publisher].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
    } else {
        stated.place = PublishedIn {
            pages: text("pages"),
            volume: text("volume"),
            number: text("number"),
            ..PublishedIn::default()
        };
    }
    stated
}
