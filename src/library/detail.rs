//! One paper for reading: its facts, its text rendered, and everything done with it.

use std::sync::Arc;

use super::Library;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::Paper;
use crate::domain::query::Pattern;
use crate::domain::reading::{Reading, Status};
use crate::error::Result;
use crate::index::{DocId, Snippet, snippet};

#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    pub key: PaperKey,
    pub doc: Option<DocId>,
    pub paper: Paper,
    pub reading: Reading,
    pub title: Clean,
    pub authors: Vec<Clean>,
    /// The abstract's paragraphs as Unicode.
    pub paragraphs: Vec<Clean>,
}

impl Detail {
    /// The abstract as the source spells it, still safe to show.
    pub fn raw_paragraphs(&self) -> Vec<Clean> {
        let source = self.paper.summary.as_ref().map_or("", |text| text.source.as_str());
        source.split("\n\n").map(Clean::new).filter(|paragraph| !paragraph.is_empty()).collect()
    }

    /// Whether the text is this project's about the paper and not the paper's own.
    pub fn is_summary(&self) -> bool {
        self.paper.summary.as_ref().is_some_and(|text| text.markup == Markup::Summary)
    }

    /// What to know about the text before trusting it, where there is something.
    pub fn caution(&self) -> Option<&'static str> {
        match self.paper.summary.as_ref()?.markup {
            Markup::Page => Some("text copied from a page: formulas may be wrong"),
            Markup::Summary => Some("written for tsundoku's starter shelf; not the paper's own abstract"),
            Markup::Plain | Markup::Tex => None,
        }
    }
}

impl Library {
    /// A paper by its key or any alias of it. None: it is not there, or no longer.
    pub fn detail(&self, key: &PaperKey) -> Result<Option<Arc<Detail>>> {
        let Some(stored) = self.papers.get(key)? else { return Ok(None) };
        let paper = stored.paper;
        let find = |key: &PaperKey| self.snapshot.index.find(key.as_str());
        // An index that is behind the papers lists a paper under the key it had then.
        let doc = find(&stored.key).or_else(|| find(key));
        let key = if find(&stored.key).is_none() && doc.is_some() { key.clone() } else { stored.key };
        let reading = self.snapshot.reading(&key, &self.state);
        let title = paper.title.line();
        let authors = paper.authors.iter().map(|name| Clean::new(name)).collect();
        let paragraphs = paper.summary.as_ref().map(|text| text.paragraphs()).unwrap_or_default();
        Ok(Some(Arc::new(Detail { key, doc, paper, reading, title, authors, paragraphs })))
    }
}

impl Library {
    /// For each of these papers the piece of its abstract that shows why it was found, where its title does not: see `index::snippet`.
    /// About 20 microseconds a paper. A paper that cannot be read, or that is no longer there, has none.
    pub fn snippets(&self, docs: &[DocId], asked: &[Pattern]) -> Vec<(DocId, Option<Snippet>)> {
        let index = &self.snapshot.index;
        let of_doc = |doc: DocId| {
            let stored = self.papers.get_row(index.row(doc)).ok().flatten();
            // The row of an index that is behind the papers may be another paper's now.
            let stored = stored.filter(|stored| stored.key.as_str() == index.key(doc))?;
            snippet(index.title(doc), &stored.paper.summary?.line(), asked)
        };
        docs.iter().map(|doc| (*doc, of_doc(*doc))).collect()
    }
}

/// Two states of one paper, made under two of its keys: nothing of either is lost.
pub(super) fn combine(mut first: Reading, second: &Reading) -> Reading {
    if first.status == Status::Unread {
        first.status = second.status;
    }
    first.starred |= second.starred;
    first.seen |= second.seen;
    first.tags.extend(second.tags.iter().cloned());
    if first.note.is_empty() {
        first.note.clone_from(&second.note);
    } else if !second.note.is_empty() && !first.note.contains(&second.note) {
        first.note.push('\n');
        first.note.push_str(&second.note);
    }
    first
}
