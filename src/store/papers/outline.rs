//! What a list needs of each paper, straight from the columns of its row: no paper is put together and no abstract is read.

use rusqlite::{Connection, Row};

use super::row;
use crate::domain::date::PartialDate;
use crate::domain::markup::Markup;
use crate::domain::paper::{Link, LinkKind};
use crate::store::stored_key;

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
    /// This and the categories: one a line.
    pub authors: &'r str,
    pub categories: &'r str,
    /// Stored links only.
    pub links: Vec<Link>,
    pub has_venue: bool,
    /// The paper's own abstract.
    pub has_abstract: bool,
    /// Name of the digest, rank and votes there.
    pub sightings: Vec<Seen>,
}

impl Outline<'_> {
    /// As `Paper::link`: every arXiv paper has a PDF.
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
            "EXISTS (SELECT 1 FROM abstract WHERE abstract.paper = paper.id AND abstract.markup <> 'summary') FROM paper ",
            $which
        )
    };
}

/// In the order of rows: all tables are read from front to back.
const OUTLINES: &str = select!("ORDER BY id");
const OUTLINE: &str = select!("WHERE id = ?1");
const SIGHTINGS: &str = "SELECT sighting.paper, digest.name, sighting.rank, sighting.votes
     FROM sighting CROSS JOIN digest ON digest.id = sighting.digest ORDER BY sighting.paper";
const SIGHTINGS_OF_ONE: &str = "SELECT sighting.paper, digest.name, sighting.rank, sighting.votes
     FROM sighting CROSS JOIN digest ON digest.id = sighting.digest WHERE sighting.paper = ?1";

/// As `Outline::sightings` has one.
type Seen = (String, Option<u32>, Option<u32>);

/// Visits every paper; false ends it. A row whose key is none is left out.
pub(super) fn each(connection: &Connection, visit: &mut dyn FnMut(&Outline<'_>) -> bool) -> rusqlite::Result<()> {
    let mut select = connection.prepare(SIGHTINGS)?;
    let mut seen = select.query([])?;
    let mut next: Option<(i64, Seen)> = seen.next()?.map(sighting).transpose()?;
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

/// The same for the papers of these rows, in this order. A row that is gone is passed over.
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

/// A row of sightings: the paper's and what is told of it.
fn sighting(row: &Row<'_>) -> rusqlite::Result<(i64, Seen)> {
    Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?)))
}

fn read<'r>(found: &'r Row<'_>, sightings: Vec<Seen>) -> rusqlite::Result<Option<Outline<'r>>> {
    let text = |column: usize| Ok::<_, rusqlite::Error>(found.get_ref(column)?.as_str()?);
    let key = text(1)?;
    if stored_key(key).is_none() {
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
        sightings,
    }))
}
