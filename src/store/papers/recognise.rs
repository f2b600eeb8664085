//! Which paper of the library a record is: by arXiv id, by DOI, by title, in this order; and which key a paper gets. Nothing is written
//! here. `same_paper` decides whether two records of one title are one paper.

use rusqlite::Connection;

use super::checksums::{Part, RowChecksums};
use super::merge::PaperCopy;
use super::row::{self, StoredPaper};
use super::store::{PaperStore, alias, load_known, own_row, row_of, rows_titled, titled};
use crate::domain::fold::fold;
use crate::domain::identity::{PaperKey, earlier_title_key};
use crate::domain::names::family_name;
use crate::domain::paper::Paper;
use crate::domain::record_source::RecordSource;
use crate::domain::same_paper::same_paper;
use crate::error::{Error, Result};

/// A record with what identifies it, computed once.
pub(super) struct IdentifiedRecord {
    pub(super) paper: Paper,
    pub(super) source: RecordSource,
    pub(super) key: PaperKey,
    folded: String,
    pub(super) title_hash: i64,
    /// The key that it had when fewer commands of LaTeX were rendered, when that is another one.
    pub(super) earlier: Option<PaperKey>,
    /// It has neither an arXiv id nor a DOI.
    has_only_title: bool,
}

impl IdentifiedRecord {
    /// Errors: Data when nothing identifies the record.
    pub(super) fn new(paper: Paper, source: RecordSource) -> Result<Self> {
        let folded = paper.title_key();
        let key = match (&paper.arxiv, &paper.doi) {
            (Some(id), _) => PaperKey::arxiv(id),
            (None, Some(doi)) => PaperKey::doi(doi),
            (None, None) if folded.is_empty() => return Err(Error::data("a record without an id and without a title")),
            (None, None) => PaperKey::title(&folded),
        };
        let title_hash = row::title_hash(&folded);
        let has_only_title = paper.arxiv.is_none() && paper.doi.is_none();
        let earlier = has_only_title.then(|| earlier_title_key(&paper.title.source, paper.title.markup)).flatten();
        let earlier = earlier.map(|folded| PaperKey::title(&folded));
        Ok(Self { paper, source, key, folded, title_hash, earlier, has_only_title })
    }

    /// The record as a copy of a paper; `now` is unix seconds.
    pub(super) fn copy(&self, now: i64) -> PaperCopy {
        let paper = Paper { sightings: Vec::new(), ..self.paper.clone() };
        PaperCopy { source: self.source, at: now, key: self.key.clone(), paper }
    }
}

/// The paper of the library that a record is.
pub(super) struct KnownPaper {
    pub(super) paper: StoredPaper,
    /// Other rows that are the same paper according to the record.
    pub(super) also: Vec<StoredPaper>,
}

/// Which kinds of keys occur as aliases. Keys of other kinds need not be looked up: in a library of arXiv papers all aliases are DOIs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Aliased {
    arxiv: bool,
    doi: bool,
    title: bool,
}

impl Aliased {
    /// Valid as long as no other process writes.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let mut any = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM alias WHERE key >= ?1 AND key < ?2)")?;
        // The semicolon is the character after the colon.
        let mut any = |from: &str, to: &str| any.query_row([from, to], |row| row.get(0));
        Ok(Self { arxiv: any("arxiv:", "arxiv;")?, doi: any("doi:", "doi;")?, title: any("title:", "title;")? })
    }

    pub(super) fn add(&mut self, key: &PaperKey) {
        *self.kind(key) = true;
    }

    fn has(mut self, key: &PaperKey) -> bool {
        *self.kind(key)
    }

    fn kind(&mut self, key: &PaperKey) -> &mut bool {
        match key.as_str() {
            key if key.starts_with("arxiv:") => &mut self.arxiv,
            key if key.starts_with("doi:") => &mut self.doi,
            _ => &mut self.title,
        }
    }
}

/// None when the library has no such paper.
pub(super) fn recognise(
    store: &PaperStore,
    record: &IdentifiedRecord,
    (aliased, checksums): (Aliased, &mut RowChecksums),
) -> rusqlite::Result<Option<KnownPaper>> {
    let (connection, paper) = (&store.database.connection, &record.paper);
    let row_by = |key: Option<PaperKey>| match key {
        Some(key) if aliased.has(&key) => row_of(connection, &key),
        Some(key) => own_row(connection, &key),
        None => Ok(None),
    };
    let load_row = |row: Option<i64>| row.map_or(Ok(None), |row| load_known(connection, &store.abstracts, row));
    let own = row_by(paper.arxiv.as_ref().map(PaperKey::arxiv))?;
    let other = row_by(paper.doi.as_ref().map(PaperKey::doi))?;
    let by_arxiv = load_row(own)?;
    // Usually both are one row, which need not be read twice.
    let by_doi = load_row(other.filter(|_| other != own))?;
    // Two arXiv ids are two papers, whatever a DOI says.
    let by_doi =
        by_doi.filter(|known| known.paper.arxiv.is_none() || paper.arxiv.is_none() || known.paper.arxiv == paper.arxiv);
    let mut also: Vec<StoredPaper> = by_arxiv.into_iter().chain(by_doi).collect();
    if also.is_empty() {
        also.extend(by_title(store, record, (aliased, checksums))?);
    } else if let Some(row) = other_titled(store, record, &also)? {
        also.push(row);
    }
    if also.is_empty() {
        return Ok(None);
    }
    let paper = also.remove(0);
    Ok(Some(KnownPaper { paper, also }))
}

/// A row known by its title alone that is the paper which the record is by its identifiers: it came before anything told that the paper has this
/// title. None when there are several.
fn other_titled(
    store: &PaperStore,
    record: &IdentifiedRecord,
    known: &[StoredPaper],
) -> rusqlite::Result<Option<StoredPaper>> {
    let connection = &store.database.connection;
    let mut other = None;
    for row in rows_titled(connection, record.title_hash)? {
        if known.iter().any(|known| known.row == row) {
            continue;
        }
        let found = load_known(connection, &store.abstracts, row)?;
        let Some(found) = found.filter(|found| found.paper.arxiv.is_none() && same_paper(&found.paper, &record.paper))
        else {
            continue;
        };
        let is_other_publication = known.iter().any(|known| known.paper.doi.is_some() && found.paper.doi.is_some());
        if other.is_some() || is_other_publication {
            return Ok(None);
        }
        other = Some(found);
    }
    Ok(other)
}

fn by_title(
    store: &PaperStore,
    record: &IdentifiedRecord,
    (aliased, checksums): (Aliased, &mut RowChecksums),
) -> rusqlite::Result<Option<StoredPaper>> {
    let connection = &store.database.connection;
    let by_row = |row: i64| load_known(connection, &store.abstracts, row);
    let mut same = Vec::new();
    for candidate in titled(connection, record.title_hash)? {
        // With its abstract, which may have to decide.
        if let Some(candidate) = by_row(candidate.row)?.filter(|known| same_paper(&known.paper, &record.paper)) {
            same.push(candidate);
        }
    }
    // A paper whose title was changed is still known by its earlier one.
    let mut then = if aliased.title { alias(connection, &PaperKey::title(&record.folded))? } else { None };
    if let (None, Some(earlier)) = (then, &record.earlier) {
        then = row_of(connection, earlier)?;
    }
    if let Some(known) = then.map(by_row).transpose()?.flatten() {
        let then = Paper { title: record.paper.title.clone(), ..known.paper.clone() };
        if same_paper(&then, &record.paper) && !same.iter().any(|other| other.row == known.row) {
            same.push(known);
        }
    }
    // With several papers of this title only the key decides.
    match same.iter().position(|known| known.key == record.key) {
        Some(own) => Ok(Some(same.swap_remove(own))),
        None if same.len() == 1 => Ok(same.pop()),
        None if same.is_empty() && record.has_only_title => {
            // A damaged paper is known by its key alone: its title may be what is damaged.
            let known = own_row(connection, &record.key)?.map(by_row).transpose()?.flatten();
            let Some(known) = known else { return Ok(None) };
            let is_sound = checksums.get(connection, Part::Paper, known.row)? == known.checksums.paper;
            Ok(Some(known).filter(|_| !is_sound))
        }
        None => Ok(None),
    }
}

/// The key of a new paper: the record's own; for a second paper of its title the title with the first author's family name, then the
/// year, then a number.
pub(super) fn free_key(connection: &Connection, record: &IdentifiedRecord) -> rusqlite::Result<PaperKey> {
    let IdentifiedRecord { paper, key, folded, .. } = record;
    if paper.arxiv.is_some() || row_of(connection, key)?.is_none() {
        return Ok(key.clone());
    }
    let letters = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let family = paper.authors.first().map(|author| letters(&family_name(author.as_str()))).unwrap_or_default();
    let year = paper.published.map(|date| date.year().to_string()).unwrap_or_default();
    let longer = [format!("{folded}{family}"), format!("{folded}{family}{year}")].into_iter();
    for longer in longer.chain((2..).map(|number: u32| format!("{folded}{family}{year}{number}"))) {
        let key = PaperKey::title(&longer);
        if row_of(connection, &key)?.is_none() {
            return Ok(key);
        }
    }
    Ok(key.clone())
}

/// The key of a paper after a merge: a new one when it got an id or another title, unless another paper has it.
pub(super) fn key_after(connection: &Connection, known: &StoredPaper, merged: &Paper) -> rusqlite::Result<PaperKey> {
    let best = merged.key();
    let only_title = merged.arxiv.is_none() && merged.doi.is_none();
    // A second paper of its title keeps the longer key it was given.
    if best == known.key || only_title && known.paper.title_key() == merged.title_key() {
        return Ok(known.key.clone());
    }
    let owner = row_of(connection, &best)?;
    Ok(if owner.is_none_or(|owner| owner == known.row) { best } else { known.key.clone() })
}
