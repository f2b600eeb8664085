//! One paper in full: its metadata, its rendered text and its reading state. Also the snippets of notes and abstracts for the rows of a list.

use std::sync::Arc;

use super::Library;
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::Paper;
use crate::domain::query::Pattern;
use crate::domain::reading::{Reading, Status};
use crate::error::Result;
use crate::index::{DocId, ExcerptPatterns, Snippet, opening, snippet};

/// One paper in full, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PaperDetail {
    /// The key that the index knows the paper by, else its current key.
    pub key: PaperKey,
    /// None when the index does not have the paper yet.
    pub doc: Option<DocId>,
    pub paper: Paper,
    pub reading: Reading,
    pub title: Clean,
    /// As papers print them.
    pub authors: Vec<Clean>,
    /// The paragraphs of the abstract as Unicode; empty when there is no abstract.
    pub paragraphs: Vec<Clean>,
}

impl PaperDetail {
    /// The paragraphs of the abstract as the source spells them, clean.
    pub fn raw_paragraphs(&self) -> Vec<Clean> {
        let source = self.paper.summary.as_ref().map_or("", |text| text.source.as_str());
        source.split("\n\n").map(Clean::new).filter(|paragraph| !paragraph.is_empty()).collect()
    }

    /// Whether the text is a summary written for the starter shelf and not the paper's own abstract.
    pub fn is_summary(&self) -> bool {
        self.paper.summary.as_ref().is_some_and(|text| text.markup == Markup::Summary)
    }

    /// What limits the trust in the text, where anything does.
    pub fn caution(&self) -> Option<&'static str> {
        match self.paper.summary.as_ref()?.markup {
            Markup::Page => Some("text copied from a page: formulas may be wrong"),
            Markup::Summary => Some("written for tsundoku's starter shelf; not the paper's own abstract"),
            Markup::Plain | Markup::Tex => None,
        }
    }
}

impl Library {
    /// The paper with this key or alias. None when it is not in the library.
    pub fn detail(&self, key: &PaperKey) -> Result<Option<Arc<PaperDetail>>> {
        let Some(stored) = self.papers.get(key)? else { return Ok(None) };
        let paper = stored.paper;
        let find = |key: &PaperKey| self.snapshot.index.find(key.as_str());
        // An outdated index lists a paper under the key that it had then.
        let doc = find(&stored.key).or_else(|| find(key));
        let key = if find(&stored.key).is_none() && doc.is_some() { key.clone() } else { stored.key };
        let reading = self.reading(&key)?;
        let title = paper.title.line();
        let authors = paper.authors.iter().map(|author| Clean::new(&author.printed())).collect();
        let paragraphs = paper.summary.as_ref().map(|text| text.paragraphs()).unwrap_or_default();
        Ok(Some(Arc::new(PaperDetail { key, doc, paper, reading, title, authors, paragraphs })))
    }
}

impl Library {
    /// For each of these papers the snippet of its note or abstract that shows why it was found; None where the title shows it, or where
    /// neither can be read. See `index::snippet`. With `or_opening`, how the abstract begins where there is none. About 20 microseconds a
    /// paper.
    pub fn snippets(
        &self,
        docs: &[DocId],
        patterns: &ExcerptPatterns,
        or_opening: bool,
    ) -> Vec<(DocId, Option<Snippet>)> {
        let index = &self.snapshot.index;
        let of_note = |doc: DocId, words: &[Pattern]| {
            let patterns = [&patterns.notes, words].concat();
            let noted = !patterns.is_empty() && self.snapshot.has_note(doc);
            let note = noted.then(|| self.reading(&self.snapshot.key(doc).ok()?).ok()).flatten()?.note;
            snippet("", &Clean::new(&note), &patterns)
        };
        let of_abstract = |doc: DocId, words: &[Pattern]| {
            let patterns = [&patterns.abstracts, words].concat();
            if patterns.is_empty() && !or_opening {
                return None;
            }
            let stored = self.papers.get_row(index.row(doc)).ok().flatten();
            // A row of an outdated index may hold another paper now.
            let stored = stored.filter(|stored| stored.key.as_str() == index.key(doc))?;
            let (title, summary) = (index.title(doc), stored.paper.summary?.line());
            snippet(title, &summary, &patterns).or_else(|| opening(&summary).filter(|_| or_opening))
        };
        let of_doc = |doc: DocId| {
            let words = patterns.words_beside(index.title(doc), index.authors(doc));
            of_note(doc, &words).or_else(|| of_abstract(doc, &words))
        };
        docs.iter().map(|doc| (*doc, of_doc(*doc))).collect()
    }
}

/// Combines two reading states of one paper that were made under two of its keys. Nothing of either is lost.
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
