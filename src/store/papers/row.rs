//! A paper as a row and back: which column holds what, how lists are stored, and the form in which two copies of a paper are compared.
//!
//! The hash of titles is written here and not taken from a crate: it is stored, so it must never change.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::Hash;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params_from_iter};

use super::abstracts::LONGEST;
use super::checksums::{Part, checksum, checksum_of};
use crate::domain::bibtex_entry::BibtexEntry;
use crate::domain::date::PartialDate;
use crate::domain::identity::{ArxivId, Doi, PaperKey, letters_of};
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Link, LinkKind, Paper};
use crate::domain::publication_status::PublicationStatus;
use crate::domain::record_source::RecordSource;
use crate::domain::text::Text;
use crate::error::{Error, Result};
use crate::store::values::{number, number_or_null, parameters, text, text_or_null};

/// A paper as the library holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPaper {
    /// Its number in this file; another one in a file that was made anew.
    pub row: i64,
    /// The key it is known by. Not always `paper.key()`: two papers of one title and without ids need two keys.
    pub key: PaperKey,
    /// Unix seconds of the first import.
    pub added: i64,
    /// Who states the paper, where it is one copy and known; see `PaperStore::copies` for all.
    pub source: Option<RecordSource>,
    /// The earliest arXiv version that was imported, where there are several.
    pub earliest: Option<u16>,
    /// The library has the paper's own abstract, whether it is read into `paper` or not.
    pub has_abstract: bool,
    pub paper: Paper,
    pub(super) checksums: ReadChecksums,
}

/// The checksums of what was read, whatever it should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ReadChecksums {
    pub(super) paper: i64,
    /// 0 when there is no abstract, or it was not read.
    pub(super) summary: i64,
}

/// What the row of a paper says of the copies that it is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowOrigin {
    pub(super) source: Option<RecordSource>,
    pub(super) earliest: Option<u16>,
}

impl RowOrigin {
    /// Of a paper of one copy. An unknown source is stored as none.
    pub(super) fn of_record(source: RecordSource) -> Self {
        Self { source: Some(source).filter(|source| *source != RecordSource::Unknown), earliest: None }
    }
}

/// The columns that `read` expects, in its order; first those that a checksum covers.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT id, key, title_hash, published, updated, version, doi, title, title_markup, authors, categories, keywords, ",
            "links, venue, journal_ref, comment, license, added, publication_status, issued, source, earliest, bibtex, ",
            "EXISTS (SELECT 1 FROM abstract WHERE abstract.paper = paper.id AND abstract.markup <> 'summary') FROM paper ",
            $which
        )
    };
}

pub(super) const BY_ID: &str = select!("WHERE id = ?1");
pub(super) const BY_TITLE: &str = select!("WHERE title_hash = ?1 ORDER BY id");

/// None when the key is invalid, which `PaperStore::check` reports. Abstract and sightings are in tables of their own.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Option<StoredPaper>> {
    let Some(key) = PaperKey::from_stored(row.get_ref(1)?.as_str()?) else { return Ok(None) };
    let arxiv = key.as_str().strip_prefix("arxiv:").and_then(ArxivId::parse).map(|versioned| versioned.id);
    let doi: Option<String> = row.get(6)?;
    let paper = Paper {
        arxiv,
        version: row.get(5)?,
        doi: doi.as_deref().and_then(Doi::parse),
        title: Text::new(row.get::<_, String>(7)?, markup(row.get_ref(8)?.as_str()?)),
        authors: row.get_ref(9)?.as_str()?.lines().map(Author::from).collect(),
        summary: None,
        published: date(row.get(3)?),
        issued: date(row.get::<_, Option<u32>>(19)?.unwrap_or_default()),
        updated: date(row.get(4)?),
        categories: list(row.get_ref(10)?.as_str()?),
        keywords: list(row.get_ref(11)?.as_str()?),
        links: links(row.get_ref(12)?.as_str()?),
        venue: row.get(13)?,
        journal_ref: row.get(14)?,
        comment: row.get(15)?,
        license: row.get::<_, Option<String>>(16)?.map(license),
        publication_status: row.get_ref(18)?.as_str_or_null()?.and_then(PublicationStatus::from_name),
        sightings: Vec::new(),
        bibtex: row.get_ref(22)?.as_str_or_null()?.and_then(BibtexEntry::from_json).map(Box::new),
    };
    let checksums = ReadChecksums { paper: checksum_of(Part::Paper, row, COVERED)?, summary: 0 };
    let source = row.get::<_, Option<i64>>(20)?.and_then(RecordSource::from_number);
    Ok(Some(StoredPaper {
        row: row.get(0)?,
        key,
        added: row.get(17)?,
        source,
        earliest: row.get(21)?,
        has_abstract: row.get(23)?,
        paper,
        checksums,
    }))
}

/// How many columns of `select` a checksum covers.
pub(super) const COVERED: usize = 23;

/// Returns the new row and its checksum.
pub(super) fn insert(
    connection: &Connection,
    paper: &Paper,
    (key, origin): (&PaperKey, RowOrigin),
    title_hash: i64,
    added: i64,
) -> rusqlite::Result<(i64, i64)> {
    let insert = "INSERT INTO paper (key, title_hash, published, updated, version, doi, title, title_markup, authors, categories,
                                     keywords, links, venue, journal_ref, comment, license, publication_status, issued, source, earliest, bibtex, added)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";
    write(connection, insert, paper, (key, title_hash, origin), (None, added))
}

/// Returns the checksum of the row.
pub(super) fn update(
    connection: &Connection,
    paper: &Paper,
    (key, origin): (&PaperKey, RowOrigin),
    title_hash: i64,
    (row, added): (i64, i64),
) -> rusqlite::Result<i64> {
    let update =
        "UPDATE paper SET key = ?1, title_hash = ?2, published = ?3, updated = ?4, version = ?5, doi = ?6, title = ?7,
                                   title_markup = ?8, authors = ?9, categories = ?10, keywords = ?11, links = ?12,
                                   venue = ?13, journal_ref = ?14, comment = ?15, license = ?16, publication_status = ?17, issued = ?18,
                                   source = ?19, earliest = ?20, bibtex = ?21
                  WHERE id = ?22";
    write(connection, update, paper, (key, title_hash, origin), (Some(row), added)).map(|(_, sum)| sum)
}

/// Runs a statement whose first twenty-one parameters are the paper's columns; the last is the row, or for a new one the time when it was
/// added. Returns the row and its checksum.
fn write(
    connection: &Connection,
    statement: &str,
    paper: &Paper,
    (key, title_hash, origin): (&PaperKey, i64, RowOrigin),
    (row, added): (Option<i64>, i64),
) -> rusqlite::Result<(i64, i64)> {
    let authors = paper.authors.iter().map(Author::as_str).collect::<Vec<_>>().join("\n");
    let (categories, keywords) = (paper.categories.join("\n"), paper.keywords.join("\n"));
    let links = link_lines(&paper.links);
    let license = paper.license.as_deref().map(short_license);
    let columns: [ValueRef<'_>; 16] = [
        text(key.as_str()),
        number(title_hash),
        number(packed(paper.published)),
        number(packed(paper.updated)),
        number_or_null(paper.version),
        text_or_null(paper.doi.as_ref().map(Doi::as_str)),
        text(&paper.title.source),
        text(paper.title.markup.name()),
        text(&authors),
        text(&categories),
        text(&keywords),
        text(&links),
        text_or_null(paper.venue.as_deref()),
        text_or_null(paper.journal_ref.as_deref()),
        text_or_null(paper.comment.as_deref()),
        text_or_null(license.as_deref()),
    ];
    let status = text_or_null(paper.publication_status.map(PublicationStatus::name));
    let issued = number_or_null(paper.issued.map(|date| packed(Some(date))));
    let source = number_or_null(origin.source.map(RecordSource::number));
    let earliest = number_or_null(origin.earliest);
    let bibtex = paper.bibtex.as_ref().map(|entry| entry.to_json());
    let bibtex = text_or_null(bibtex.as_deref());
    let last = [status, issued, source, earliest, bibtex, number(row.unwrap_or(added))];
    let all = parameters(&columns).chain(parameters(&last));
    connection.prepare_cached(statement)?.execute(params_from_iter(all))?;
    let row = row.unwrap_or_else(|| connection.last_insert_rowid());
    let values =
        [number(row)].into_iter().chain(columns).chain([number(added), status, issued, source, earliest, bibtex]);
    Ok((row, checksum(Part::Paper, values)))
}

/// The paper in the form in which it is stored: list items on one line each, nothing empty, nothing twice. Errors: Data when a title or
/// abstract is too long.
pub(super) fn tidy(paper: Paper) -> Result<Paper> {
    let mut tidy = paper;
    for author in &mut tidy.authors {
        if let Some(tidy) = on_one_line(author.as_str()) {
            *author = Author::new(tidy);
        }
    }
    tidy.authors.retain(|author| !author.as_str().is_empty());
    for list in [&mut tidy.categories, &mut tidy.keywords] {
        for item in list.iter_mut() {
            if let Some(tidy) = on_one_line(item) {
                *item = tidy;
            }
        }
        list.retain(|item| !item.is_empty());
        unite(list, &[]);
    }
    let links = std::mem::take(&mut tidy.links);
    for Link { kind, url } in links {
        let link = Link { kind, url: url.trim().replace('\n', "%0A").replace('\r', "%0D") };
        if !link.url.is_empty() {
            tidy.links.push(link);
        }
    }
    unite(&mut tidy.links, &[]);
    for text in [&mut tidy.venue, &mut tidy.journal_ref, &mut tidy.comment, &mut tidy.license] {
        text.take_if(|text| text.trim().is_empty());
    }
    tidy.summary.take_if(|summary| summary.source.trim().is_empty());
    let summary = tidy.summary.as_ref().map(|summary| summary.source.as_str());
    let stated = PublicationStatus::stated(&tidy.title.source, tidy.comment.as_deref(), summary);
    tidy.publication_status = tidy.publication_status.max(stated);
    let mut digests = HashSet::new();
    tidy.sightings.retain(|sighting| !sighting.digest.id.is_empty() && digests.insert(sighting.digest.id.clone()));
    let summary = tidy.summary.as_ref().map_or(0, |summary| summary.source.len());
    if summary > LONGEST || tidy.title.source.len() > LONGEST {
        return Err(Error::data("a title or abstract of more than 16 MiB"));
    }
    Ok(tidy)
}

/// The item of a list without line breaks, other control characters and spaces at its ends. None when it is so already.
fn on_one_line(item: &str) -> Option<String> {
    if !item.contains(char::is_control) && item.trim().len() == item.len() {
        return None;
    }
    let parts = item.split(char::is_control).map(str::trim).filter(|part| !part.is_empty());
    Some(parts.collect::<Vec<_>>().join(" "))
}

/// Adds the items that are missing; duplicates are removed.
pub(super) fn unite<T: Hash + Eq + Clone>(list: &mut Vec<T>, more: &[T]) {
    // A set costs more than the few comparisons that nearly every list takes.
    const FEW: usize = 16;
    if list.len() + more.len() > FEW {
        let mut met = HashSet::with_capacity(list.len() + more.len());
        *list = list.iter().chain(more).filter(|item| met.insert(*item)).cloned().collect();
        return;
    }
    let mut united: Vec<T> = Vec::with_capacity(list.len());
    for item in list.iter().chain(more) {
        if !united.contains(item) {
            united.push(item.clone());
        }
    }
    *list = united;
}

/// FNV-1a hash of the letters and digits of a folded title, 64 bits; 0 when there are none. Signs do not count: they did not belong to keys
/// when the first hashes were stored.
pub(super) fn title_hash(folded: &str) -> i64 {
    if folded.is_empty() {
        return 0;
    }
    let mut utf8 = [0; 4];
    let hash = letters_of(folded).fold(0xcbf2_9ce4_8422_2325_u64, |hash, c| {
        let bytes = c.encode_utf8(&mut utf8).bytes();
        bytes.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    });
    hash.cast_signed()
}

pub(super) fn packed(date: Option<PartialDate>) -> u32 {
    date.map_or(0, PartialDate::packed)
}

pub(super) fn date(packed: u32) -> Option<PartialDate> {
    PartialDate::from_packed(packed)
}

/// Plain, which is shown as it is, when the name is unknown.
pub(super) fn markup(name: &str) -> Markup {
    Markup::from_name(name).unwrap_or_default()
}

fn list(lines: &str) -> Vec<String> {
    lines.lines().map(str::to_owned).collect()
}

fn link_lines(links: &[Link]) -> String {
    links.iter().map(|link| format!("{} {}", link.kind.name(), link.url)).collect::<Vec<_>>().join("\n")
}

pub(super) fn links(lines: &str) -> Vec<Link> {
    let link = |line: &str| {
        let (kind, url) = line.split_once(' ')?;
        Some(Link { kind: LinkKind::from_name(kind)?, url: url.to_owned() })
    };
    lines.lines().filter_map(link).collect()
}

/// How nearly all licences begin, and the code stored in its place: millions of papers have one of a few addresses. A code begins with a
/// control character, which no reader of sources lets through, so a licence stored in full is never taken for a code.
const LICENSES: [(&str, &str); 2] =
    [("\u{1}a", "http://arxiv.org/licenses/"), ("\u{1}c", "http://creativecommons.org/licenses/")];
/// Before a text that begins like a code.
const VERBATIM: &str = "\u{1}\u{1}";

fn short_license(license: &str) -> Cow<'_, str> {
    let short = LICENSES.iter().find_map(|(code, start)| Some([code, license.strip_prefix(start)?].concat()));
    match short {
        Some(short) => Cow::Owned(short),
        None if license.starts_with('\u{1}') => Cow::Owned([VERBATIM, license].concat()),
        None => Cow::Borrowed(license),
    }
}

fn license(stored: String) -> String {
    if let Some(verbatim) = stored.strip_prefix(VERBATIM) {
        return verbatim.to_owned();
    }
    let long = LICENSES.iter().find_map(|(code, start)| Some([start, stored.strip_prefix(code)?].concat()));
    long.unwrap_or(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_known_license_is_stored_short() {
        let arxiv = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/";
        let commons = "http://creativecommons.org/licenses/by-nc-sa/4.0/";
        assert_eq!(short_license(arxiv), "\u{1}anonexclusive-distrib/1.0/");
        assert_eq!(short_license(commons), "\u{1}cby-nc-sa/4.0/");
        for text in ["", "CC0", "http://creativecommons.org/publicdomain/zero/1.0/", "http://arxiv.org/", "abc"] {
            assert_eq!(short_license(text), text);
        }
        // StoredPaper by a version that knew no codes.
        assert_eq!(license(arxiv.to_owned()), arxiv);
    }

    #[test]
    fn every_license_comes_back() {
        let codes = ["\u{1}", "\u{1}a", "\u{1}c", "\u{1}b", "\u{1}\u{1}", "\u{1}\u{1}\u{1}a", "a", ""];
        let starts = LICENSES.map(|(_, start)| start);
        for before in codes.iter().chain(&starts) {
            for text in codes.iter().chain(&starts) {
                let text = [before, text, "by/4.0/"].concat();
                assert_eq!(license(short_license(&text).into_owned()), text);
            }
        }
    }
}
