//! Asking: searches, facet counts, and looking a paper up by anything a person may type.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use super::{Library, today};
use crate::domain::identity::PaperKey;
use crate::domain::query::{FieldName, How, Query, Word};
use crate::domain::{fold, tex};
use crate::error::Result;
use crate::index::{DocId, Facets, Hits, Index, Texts, View, facets};
use crate::store::PaperStore;

impl Library {
    /// The papers a query finds. None when `cancelled` said so on the way.
    pub fn search(&mut self, query: &Query, cancelled: &dyn Fn() -> bool) -> Option<Hits> {
        let texts = Reading { abstracts: &self.abstracts, papers: &self.papers, index: &self.snapshot.index };
        let view =
            View { index: &self.snapshot.index, marks: &self.snapshot.marks, texts: &texts, today: today(), cancelled };
        let ordered = Query { sort: query.order(), ..query.clone() };
        self.engine.search(&view, &ordered)
    }

    /// How many of the papers found have each status, tag, year, ... Where the query asks for some values of a field, the others of that
    /// field are counted as if it did not: they are what one may choose next.
    pub fn facets(&mut self, query: &Query, hits: &Hits) -> Facets {
        let mut counted = facets(&self.snapshot.index, &self.snapshot.marks, hits);
        for field in query.narrowed_fields() {
            if let Some(wider) = self.search(&query.without_field(field), &|| false) {
                take_field(&mut counted, facets(&self.snapshot.index, &self.snapshot.marks, &wider), field);
            }
        }
        counted
    }

    /// The keys of the papers found, in the order asked for.
    pub fn keys(&self, hits: &Hits) -> Vec<PaperKey> {
        hits.complete().iter().filter_map(|doc| PaperKey::parse(self.snapshot.index.key(*doc))).collect()
    }

    /// A paper's present key from anything that names it: a key, an arXiv id or URL, a DOI.
    pub fn resolve(&self, text: &str) -> Result<Option<PaperKey>> {
        PaperKey::parse(text).map_or(Ok(None), |key| self.papers.resolve(&key))
    }

    /// Every tag in use with the number of papers that have it, most used first.
    pub fn tags(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for reading in self.state.readings.values() {
            for tag in &reading.tags {
                *counts.entry(tag.to_string()).or_default() += 1;
            }
        }
        let mut tags: Vec<(String, usize)> = counts.into_iter().collect();
        tags.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        tags
    }
}

/// Takes the counts of one field from `wider`.
fn take_field(counted: &mut Facets, wider: Facets, field: FieldName) {
    match field {
        FieldName::Status => counted.status = wider.status,
        FieldName::Tag => counted.tags = wider.tags,
        FieldName::Year => counted.years = wider.years,
        FieldName::Category => counted.categories = wider.categories,
        FieldName::Source => counted.sources = wider.sources,
        FieldName::Digest => counted.digests = wider.digests,
        _ => {}
    }
}

/// Words and phrases inside abstracts, found by reading every abstract. Abstracts once read are kept folded, up to `KEPT` bytes in all, so
/// that only the first such key waits for the database.
#[derive(Default)]
pub(super) struct Abstracts {
    /// None: not read yet, or too many.
    kept: RefCell<Option<Folded>>,
}

struct Folded {
    /// Of the index that the papers are numbered by.
    revision: i64,
    /// Papers and their folded words between single spaces, newest first.
    texts: Vec<(DocId, String)>,
}

/// Most bytes of folded abstracts kept: those of some ten thousand papers.
const KEPT: usize = 16 << 20;

impl Abstracts {
    /// Every paper whose folded abstract fits, newest first.
    fn scan(&self, papers: &PaperStore, index: &Index, fits: &dyn Fn(&str) -> bool) -> Option<Vec<DocId>> {
        let mut kept = self.kept.borrow_mut();
        if let Some(folded) = kept.as_ref().filter(|folded| folded.revision == index.revision()) {
            return Some(folded.texts.iter().filter(|(_, text)| fits(text)).map(|(doc, _)| *doc).collect());
        }
        let by_row: HashMap<i64, DocId> = (0..).zip(0..index.len()).map(|(doc, _)| (index.row(doc), doc)).collect();
        let (mut docs, mut texts, mut bytes) = (Vec::new(), Vec::new(), 0);
        let scan = papers.scan_summaries(&mut |row, summary, markup| {
            let Some(doc) = by_row.get(&row) else { return ControlFlow::Continue(()) };
            let mut text = String::from(" ");
            fold::each_word(&tex::render(summary, markup), |word| {
                text.push_str(word);
                text.push(' ');
            });
            if fits(&text) {
                docs.push(*doc);
            }
            bytes += text.len();
            if bytes <= KEPT {
                texts.push((*doc, text));
            }
            ControlFlow::Continue(())
        });
        scan.ok()?;
        docs.sort_unstable();
        if bytes <= KEPT {
            texts.sort_unstable();
            *kept = Some(Folded { revision: index.revision(), texts });
        }
        Some(docs)
    }
}

/// The abstracts as one search asks for them.
struct Reading<'a> {
    abstracts: &'a Abstracts,
    papers: &'a PaperStore,
    index: &'a Index,
}

impl Texts for Reading<'_> {
    fn phrase(&self, phrase: &str) -> Option<Vec<DocId>> {
        let words: Vec<String> = fold::words(phrase).collect();
        if words.is_empty() {
            return Some(Vec::new());
        }
        let wanted = format!(" {} ", words.join(" "));
        self.abstracts.scan(self.papers, self.index, &|text| text.contains(&wanted))
    }

    fn word(&self, word: &Word) -> Option<Vec<DocId>> {
        let before = if word.how == How::Exact { "" } else { " " };
        let wanted: Vec<String> = fold::words(&word.text).map(|word| format!("{before}{word}")).collect();
        self.abstracts.scan(self.papers, self.index, &|text| wanted.iter().all(|word| text.contains(word)))
    }
}
