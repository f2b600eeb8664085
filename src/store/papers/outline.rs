//! What a list needs of each paper, straight from the columns of its row: no paper is put together and no abstract is read.

use rusqlite::{Connection, Row};

use super::row;
use crate::domain::date::PartialDate;
use crate::domain::paper::{Link, LinkKind, Markup};
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
    pub sightings: Vec<(String, Option<u32>, Option<u32>)>,
}

impl Outline<'_> {
    /// As `Paper::link`: every arXiv paper has a PDF.
    pub fn has_link(&self, kind: LinkKind) -> bool {
        let derived = kind == LinkKind::Pdf && self.key.starts_with("arxiv:");
        derived || self.links.iter().any(|link| link.kind == kind)
    }
}

/// In the order of rows: all tables are read from front to back.
const OUTLINES: &str = "SELECT id, key, added, published, title, title_markup, authors, categories, links, venue IS NOT NULL,
     EXISTS (SELECT 1 FROM abstract WHERE abstract.paper = paper.id AND abstract.markup <> 'summary') FROM paper ORDER BY id";
const SIGHTINGS: &str = "SELECT sighting.paper, digest.name, sighting.rank, sighting.votes
     FROM sighting CROSS JOIN digest ON digest.id = sighting.digest ORDER BY sighting.paper";

/// Visits every paper; false ends it. A row whose key is none is left out.
pub(super) fn each(connection: &Connection, visit: &mut dyn FnMut(&Outline<'_>) -> bool) -> rusqlite::Result<()> {
    let mut select = connection.prepare(SIGHTINGS)?;
    let mut seen = select.query([])?;
    let sighting = |row: &Row<'_>| Ok::<_, rusqlite::Error>((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?)));
    let mut next: Option<(i64, _)> = seen.next()?.map(sighting).transpose()?;
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
        let text = |column: usize| Ok::<_, rusqlite::Error>(found.get_ref(column)?.as_str()?);
        let key = text(1)?;
        if stored_key(key).is_none() {
            continue;
        }
        let outline = Outline {
            row,
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
        };
        if !visit(&outline) {
            break;
        }
    }
    Ok(())
}
