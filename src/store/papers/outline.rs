//! What a list needs of each paper, directly from the columns of its row. No `Paper` is built and no abstract is read.

use rusqlite::{Connection, Row};

use super::row;
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::{Link, LinkKind};
use crate::domain::publication_status::PublicationStatus;

/// A paper as a list shows it; texts as they are stored.
#[derive(Clone, Debug)]
pub struct Outline<'r> {
    pub row: i64,
    pub key: &'r str,
    /// Unix seconds of the first import.
    pub added: i64,
    pub published: Option<PartialDate>,
    pub title: &'r str,
    pub title_markup: Markup,
    /// Authors, and below categories: one a line.
    pub authors: &'r str,
    pub categories: &'r str,
    /// The stored links, without derived ones.
    pub links: Vec<Link>,
    pub has_venue: bool,
    /// Whether the paper has an abstract of its own, not of the starter shelf.
    pub has_abstract: bool,
    pub publication_status: Option<PublicationStatus>,
    /// Whether a later version was imported than the first.
    pub has_update: bool,
    /// Name of the digest, rank and votes there.
    pub sightings: Vec<SightingColumns>,
}

impl Outline<'_> {
    /// Whether the paper has a link of this kind. As in `Paper::link`, every arXiv paper has a PDF.
    pub fn has_link(&self, kind: LinkKind) -> bool {
        let derived = kind == LinkKind::Pdf && self.key.starts_with("arxiv:");
        derived || self.links.iter().any(|link| link.kind == kind)
    }
}

/// The columns that `read` expects, in its order.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT id, key, added, published, title, title_markup, authors, categories, links, venue IS NOT NULL, ",
            "EXISTS (SELECT 1 FROM abstract WHERE abstract.paper = paper.id AND abstract.markup <> 'summary'), ",
            "publication_status, earliest IS NOT NULL FROM paper ",
            $which
        )
    };
}

/// In the order of rows, so that all tables are read sequentially.
const OUTLINES: &str = select!("ORDER BY id");
const OUTLINE: &str = select!("WHERE id = ?1");
const SIGHTINGS: &str = "SELECT sighting.paper, digest.name, sighting.rank, sighting.votes
     FROM sighting CROSS JOIN digest ON digest.id = sighting.digest ORDER BY sighting.paper";
const SIGHTINGS_OF_ONE: &str = "SELECT sighting.paper, digest.name, sighting.rank, sighting.votes
     FROM sighting CROSS JOIN digest ON digest.id = sighting.digest WHERE sighting.paper = ?1";

/// Name of the digest, rank and votes.
type SightingColumns = (String, Option<u32>, Option<u32>);

/// Visits every paper until `visit` returns false. A row with an invalid key is left out.
pub(super) fn each(connection: &Connection, visit: &mut dyn FnMut(&Outline<'_>) -> bool) -> rusqlite::Result<()> {
    let mut select = connection.prepare(SIGHTINGS)?;
    let mut seen = select.query([])?;
    let mut next: Option<(i64, SightingColumns)> = seen.next()?.map(sighting).transpose()?;
    let mut select = connection.prepare(OUTLINES)?;
    let mut rows = select.query([])?;
    while let Some(found) = rows.next()? {
        let row = found.get(0)?;
        let mut sightings = Vec::new();
        while let Some((paper, sighting_of)) = next.take_if(|(paper, _)| *paper <= row) {
            if paper == row {
                sightings.push(sighting_of);
            }
            next = seen.next()?.map(sighting).transpose()?;
        }
        if read(found, sightings)?.is_some_and(|outline| !visit(&outline)) {
            break;
        }
    }
    Ok(())
}

/// The same for the papers of these rows, in this order. A row that does not exist is skipped.
pub(super) fn each_of(
    connection: &Connection,
    rows: &[i64],
    visit: &mut dyn FnMut(&Outline<'_>) -> bool,
) -> rusqlite::Result<()> {
    let mut select = connection.prepare_cached(OUTLINE)?;
    let mut seen = connection.prepare_cached(SIGHTINGS_OF_ONE)?;
    for row in rows {
        let mut found = select.query([row])?;
        let Some(found) = found.next()? else { continue };
        let sightings = seen.query_map([row], sighting)?.map(|found| found.map(|(_, seen)| seen));
        if read(found, sightings.collect::<rusqlite::Result<_>>()?)?.is_some_and(|outline| !visit(&outline)) {
            break;
        }
    }
    Ok(())
}

/// From a row of sightings: the paper's row, and the rest.
fn sighting(row: &Row<'_>) -> rusqlite::Result<(i64, SightingColumns)> {
    Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?)))
}

fn read<'r>(found: &'r Row<'_>, sightings: Vec<SightingColumns>) -> rusqlite::Result<Option<Outline<'r>>> {
    let text = |column: usize| Ok::<_, rusqlite::Error>(found.get_ref(column)?.as_str()?);
    let key = text(1)?;
    if PaperKey::from_stored(key).is_none() {
        return Ok(None);
    }
    Ok(Some(Outline {
        row: found.get(0)?,
        key,
        added: found.get(2)?,
        published: row::date(found.get(3)?),
        title: text(4)?,
        title_markup: row::markup(text(5)?),
        authors: text(6)?,
        categories: text(7)?,
        links: row::links(text(8)?),
        has_venue: found.get(9)?,
        has_abstract: found.get(10)?,
        publication_status: found.get_ref(11)?.as_str_or_null()?.and_then(PublicationStatus::from_name),
        has_update: found.get(12)?,
        sightings,
    }))
}
