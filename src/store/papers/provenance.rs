//! The copies of papers that several sources state, as they are stored: only what differs from the row of the paper. Which copy of a field wins
//! is decided in `merge`.

use std::cell::RefCell;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value};

use super::abstracts::AbstractReader;
use super::checksums::{Part, checksum, checksum_of};
use super::import::Import;
use super::merge::PaperCopy;
use super::row::StoredPaper;
use super::store::{PaperStore, load_known};
use crate::domain::identity::PaperKey;
use crate::domain::paper::Paper;
use crate::domain::record::Record;
use crate::domain::record_source::RecordSource;
use crate::error::Result;
use crate::store::values::{number, number_or_null, parameters};

/// Fields of a line that are not of a copy.
const NOT_OF_COPY: [&str; 8] = ["id", "digests", "status", "starred", "seen", "tags", "note", "source"];

impl PaperStore {
    /// What each source states of the paper of a row, the one that is believed most first; empty when there is no such row. Of what was imported by
    /// earlier versions, and of damaged lists, the source is unknown.
    pub fn copies(&self, row: i64) -> Result<Vec<PaperCopy>> {
        let connection = &self.database.connection;
        self.at_once(|| {
            let known = self.database.explain(load_known(connection, &self.abstracts, row))?;
            let Some(known) = known else { return Ok(Vec::new()) };
            let read = read(connection, &self.abstracts, &known).map(|found| found.map(|(copies, _)| copies));
            let mut copies = self.database.explain(read)?.unwrap_or_else(|| vec![only_copy(&known)]);
            copies.sort_by_cached_key(PaperCopy::precedence);
            Ok(copies)
        })
    }
}

impl Import<'_> {
    /// The copies that a paper is made of, and whether they are stored apart from its row.
    pub(super) fn copies_of(&mut self, known: &StoredPaper) -> rusqlite::Result<(Vec<PaperCopy>, bool)> {
        if known.source.is_none() {
            let connection = &self.store.database.connection;
            if let Some((copies, sum)) = read(connection, &self.store.abstracts, known)? {
                let is_sound = self.checksums.get(connection, Part::Provenance, known.row)? == sum;
                // What is damaged is stated anew by the files that are imported again.
                return Ok((if is_sound { copies } else { vec![only_copy(known)] }, true));
            }
        }
        Ok((vec![only_copy(known)], false))
    }

    /// Stores the copies of a paper beside its row, or removes them where they are one.
    pub(super) fn write_copies(
        &mut self,
        row: i64,
        merged: &Paper,
        copies: &[PaperCopy],
        are_stored: bool,
    ) -> rusqlite::Result<()> {
        let connection = &self.store.database.connection;
        if copies.len() < 2 {
            if are_stored {
                connection.prepare_cached("DELETE FROM provenance WHERE paper = ?1")?.execute([row])?;
                self.set_checksum(Part::Provenance, row, 0)?;
            }
            return Ok(());
        }
        let text = encoded(copies, merged);
        let (dictionary, bytes) = self.abstracts.compressed((connection, &mut self.checksums), &text)?;
        let write = "INSERT INTO provenance (paper, dictionary, copies) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET dictionary = excluded.dictionary, copies = excluded.copies";
        let values = [number(row), number_or_null(dictionary), ValueRef::Blob(&bytes)];
        connection.prepare_cached(write)?.execute(params_from_iter(parameters(&values)))?;
        let sum = checksum(Part::Provenance, values);
        self.set_checksum(Part::Provenance, row, sum)
    }
}

/// The row of a paper as its only copy.
fn only_copy(known: &StoredPaper) -> PaperCopy {
    let paper = Paper { sightings: Vec::new(), ..known.paper.clone() };
    let source = known.source.unwrap_or_default();
    PaperCopy { source, at: known.added, key: paper.key(), paper }
}

/// The stored copies of a paper and the checksum of their row; None when it has none.
pub(super) fn read(
    connection: &Connection,
    abstracts: &RefCell<AbstractReader>,
    known: &StoredPaper,
) -> rusqlite::Result<Option<(Vec<PaperCopy>, i64)>> {
    let mut select = connection.prepare_cached("SELECT paper, dictionary, copies FROM provenance WHERE paper = ?1")?;
    let mut rows = select.query([known.row])?;
    let Some(found) = rows.next()? else { return Ok(None) };
    let sum = checksum_of(Part::Provenance, found, 3)?;
    let text = abstracts.borrow_mut().read(connection, found.get(1)?, found.get_ref(2)?.as_blob()?);
    let copies = text.ok().map(|text| decoded(&text, &known.paper)).filter(|copies| !copies.is_empty());
    Ok(Some((copies.unwrap_or_else(|| vec![only_copy(known)]), sum)))
}

/// The fields of a paper as they stand in a line of JSON.
fn fields(paper: &Paper) -> Map<String, Value> {
    let line = Record { paper: paper.clone(), ..Record::default() }.to_json();
    let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(&line) else { return Map::new() };
    fields.retain(|name, value| !NOT_OF_COPY.contains(&name.as_str()) && !value.is_null());
    fields
}

/// A list of objects: `from`, `at`, `key`, and in `is` the fields that differ from the paper, null where the copy has none.
fn encoded(copies: &[PaperCopy], merged: &Paper) -> String {
    let whole = fields(merged);
    let of_copy = |copy: &PaperCopy| {
        let mut own = fields(&copy.paper);
        let missing: Vec<String> = whole.keys().filter(|name| !own.contains_key(*name)).cloned().collect();
        own.retain(|name, value| whole.get(name) != Some(value));
        own.extend(missing.into_iter().map(|name| (name, Value::Null)));
        serde_json::json!({ "from": copy.source.name(), "at": copy.at, "key": copy.key.as_str(), "is": own })
    };
    Value::Array(copies.iter().map(of_copy).collect()).to_string()
}

/// What cannot be read is left out.
fn decoded(text: &str, merged: &Paper) -> Vec<PaperCopy> {
    let Ok(Value::Array(list)) = serde_json::from_str(text) else { return Vec::new() };
    let whole = fields(merged);
    let copy = |value: &Value| {
        let mut own = whole.clone();
        own.extend(value.get("is")?.as_object()?.clone());
        let paper = Record::from_json(&Value::Object(own).to_string()).ok()?.paper;
        Some(PaperCopy {
            // A source of a later version is no reason to lose the copy.
            source: value.get("from")?.as_str().and_then(RecordSource::from_name).unwrap_or_default(),
            at: value.get("at")?.as_i64()?,
            key: PaperKey::from_stored(value.get("key")?.as_str()?)?,
            paper,
        })
    };
    list.iter().filter_map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bibtex_entry::BibtexEntry;
    use crate::domain::date::PartialDate;
    use crate::domain::identity::{ArxivId, Doi};
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Author, Link, LinkKind};
    use crate::domain::publication_status::PublicationStatus;
    use crate::domain::text::Text;

    fn full() -> Paper {
        Paper {
            arxiv: ArxivId::parse("2503.01234").map(|found| found.id),
            version: Some(2),
            doi: Doi::parse("10.1000/Quiet.7"),
            title: Text::new("Quiet $\\alpha$ \"Nets\"\u{2028}", Markup::Tex),
            authors: vec!["Ann Lee".into(), Author::new("Li, Bo")],
            summary: Some(Text::new("We study\n quiet nets", Markup::Tex)),
            published: PartialDate::new(2025, Some(3), Some(2)),
            issued: PartialDate::new(2026, None, None),
            updated: PartialDate::new(2025, Some(3), Some(9)),
            categories: vec!["cs.LG".into()],
            venue: Some("A Venue".into()),
            journal_ref: Some("J. 1".into()),
            comment: Some("2 pages".into()),
            license: Some("CC0".into()),
            publication_status: Some(PublicationStatus::Retracted),
            keywords: vec!["nets".into()],
            links: vec![Link { kind: LinkKind::Code, url: "https://example.org/x".into() }],
            sightings: Vec::new(),
            bibtex: BibtexEntry::kept("article", "lee25", &[("editor".into(), "Roe, Ada".into())]).map(Box::new),
        }
    }

    #[test]
    fn copies_are_read_back_as_they_were() {
        let copy = |source, at, paper: Paper| PaperCopy { source, at, key: paper.key(), paper };
        let bare = Paper { title: Text::new("Quiet Nets", Markup::Page), ..Paper::default() };
        let other = Paper { summary: None, title: Text::new("Other", Markup::Plain), ..full() };
        let copies = vec![
            copy(RecordSource::ArxivFeed, 7, full()),
            copy(RecordSource::Page, 8, bare.clone()),
            copy(RecordSource::Bibtex, 9, other.clone()),
        ];
        for merged in [full(), bare, other] {
            assert_eq!(decoded(&encoded(&copies, &merged), &merged), copies);
        }
        let same = encoded(&copies[..1], &full());
        assert!(same.len() < 80, "{same}");
        for text in ["", "{}", "[1, {}, {\"is\": {}}]"] {
            assert_eq!(decoded(text, &full()), Vec::new());
        }
    }
}
