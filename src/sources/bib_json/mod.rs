//! Papers as JSON: CSL-JSON and what services and reference managers answer. `stream` finds the records in the document, here each is given
//! to the reader of its shape: `csl` (also Crossref), `zotero` (also Better BibTeX), `services` (OpenAlex, Semantic Scholar, Papers With Code,
//! OpenReview, DBLP, DataCite, bioRxiv, feedparser, papercopilot), `values` reads single fields. Shapes are told apart by fields that no other has.

mod csl;
mod services;
mod stream;
mod values;
mod zotero;

use serde_json::Value;

use self::stream::{JsonRecord, JsonRecords};
use super::decode::{FileHead, InputLines};
use super::input::Origin;
use super::item::{ReadItem, Rejection, Visit};
use super::stated::StatedPaper;
use crate::domain::record::{Record, not_json};
use crate::domain::record_source::RecordSource;
use crate::error::Result;

/// A shape of records: what its objects are, and how they are read. None for an object that is no paper, such as an attachment.
struct JsonShape {
    is: fn(&Value) -> bool,
    paper: fn(&Value) -> Option<StatedPaper>,
    source: RecordSource,
}

const SHAPES: [JsonShape; 11] = [
    JsonShape { is: zotero::is, paper: zotero::paper, source: RecordSource::Zotero },
    JsonShape { is: services::is_openalex, paper: services::openalex, source: RecordSource::OpenAlex },
    JsonShape {
        is: services::is_semantic_scholar,
        paper: services::semantic_scholar,
        source: RecordSource::SemanticScholar,
    },
    JsonShape {
        is: services::is_papers_with_code,
        paper: services::papers_with_code,
        source: RecordSource::PapersWithCode,
    },
    JsonShape { is: services::is_openreview, paper: services::openreview, source: RecordSource::OpenReview },
    JsonShape { is: services::is_dblp, paper: services::dblp, source: RecordSource::Dblp },
    JsonShape { is: services::is_datacite, paper: services::datacite, source: RecordSource::DataCite },
    JsonShape { is: services::is_biorxiv, paper: services::biorxiv, source: RecordSource::Biorxiv },
    JsonShape { is: services::is_feedparser, paper: services::feedparser, source: RecordSource::ArxivFeed },
    JsonShape { is: services::is_paper_list, paper: services::paper_list, source: RecordSource::PaperList },
    JsonShape { is: csl::is, paper: csl::paper, source: RecordSource::Crossref },
];

/// Fields that records of these shapes have and our own lines have not.
const FIELDS: [&str; 25] = [
    "itemType",
    "date-parts",
    "container-title",
    "citation-key",
    "issued",
    "authorships",
    "abstract_inverted_index",
    "paperId",
    "externalIds",
    "externalids",
    "citedPaper",
    "citingPaper",
    "url_abs",
    "paper_url",
    "message-type",
    "authorids",
    "invitations",
    "publicationYear",
    "rel_title",
    "rel_doi",
    "publication_year",
    "family",
    "arxiv_primary_category",
    "guidislink",
    "gs_citation",
];

/// JSON with a field of a known shape near its begin.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    let text = head.text.trim_start_matches('\u{feff}').trim_start();
    let has = |field: &str| {
        let mut found =
            text.match_indices(field).filter_map(|(at, _)| Some((text.get(..at)?, text.get(at + field.len()..)?)));
        found.any(|(before, after)| {
            before.ends_with('"') && after.strip_prefix('"').is_some_and(|after| after.trim_start().starts_with(':'))
        })
    };
    let is_dblp = || text.contains("\"hits\"") && text.contains("dblp.org");
    text.starts_with(['[', '{']) && (FIELDS.iter().any(|field| has(field)) || is_dblp())
}

/// Passes on the records in their order.
pub(super) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let mut take = |record: JsonRecord| match item(&record) {
        Some(item) => each(item).is_continue(),
        None => true,
    };
    JsonRecords::new(lines.into_stream(), origin.shown).read(&mut take)
}

/// What a record is; None for one that is no paper.
fn item(record: &JsonRecord) -> Option<ReadItem> {
    let rejected = |reason| Some(ReadItem::Rejected(Rejection { line: record.line, reason }));
    if let Some(problem) = &record.problem {
        return rejected(problem.clone());
    }
    let value: Value = match serde_json::from_slice(&record.json) {
        Ok(value) => value,
        Err(error) => return rejected(not_json(&error)),
    };
    let value = unwrapped(&value);
    let Some(shape) = SHAPES.iter().find(|shape| (shape.is)(value)) else {
        return rejected("not a paper of a known service or program".to_owned());
    };
    match (shape.paper)(value)?.record() {
        Ok(found) => {
            let found = Box::new(Record { source: shape.source, ..*found });
            Some(ReadItem::Record { line: record.line, record: found })
        }
        Err(reason) => rejected(reason),
    }
}

/// The object that states the paper, in an element that says something of it besides.
fn unwrapped(value: &Value) -> &Value {
    ["citedPaper", "citingPaper", "data", "info", "attributes"]
        .iter()
        .filter(|_| value.get("title").is_none())
        .find_map(|name| value.get(name).filter(|inner| inner.is_object()))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests;
