//! The bands of a list: the table of what they are called, and which rows each has. Pure data.

use super::results::Results;
use crate::library::search::Band;

/// What a band is called.
pub struct BandInfo {
    band: Band,
    /// On the line above it.
    pub title: &'static str,
    /// Before the number of a row.
    pub short: &'static str,
    /// One of its rows, and several.
    pub row: [&'static str; 2],
}

/// Every band that has a line above it, in the order of the list.
pub const BANDS: [BandInfo; 4] = [
    BandInfo {
        band: Band::Elsewhere,
        title: "in abstracts, notes and tags",
        short: "abstract",
        row: ["paper by its abstract, note or tags", "papers by their abstracts, notes or tags"],
    },
    BandInfo {
        band: Band::SomeWords,
        title: "some of the words",
        short: "some words",
        row: ["paper with some of the words", "papers with some of the words"],
    },
    BandInfo {
        band: Band::Meaning,
        title: "by meaning",
        short: "by meaning",
        row: ["paper by meaning", "papers by meaning"],
    },
    BandInfo { band: Band::Fuzzy, title: "fuzzy matches", short: "fuzzy", row: ["fuzzy match", "fuzzy matches"] },
];

/// The row of the table for a band.
pub fn info(band: Band) -> &'static BandInfo {
    let [first, ..] = &BANDS;
    BANDS.iter().find(|info| info.band == band).unwrap_or(first)
}

/// What a line of the list is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListLine {
    /// The paper in a row.
    Paper(usize),
    /// The line above the rows of a band.
    Title(Band),
}

impl Results {
    /// The rows where a line stands above, with the band that begins there.
    pub fn titled_rows(&self) -> Vec<(usize, Band)> {
        let row = |found: usize| found + usize::from(self.left_over.is_some_and(|left_over| left_over.row <= found));
        let elsewhere = self.hits.as_ref().and_then(|hits| hits.divider()).map(|found| (row(found), Band::Elsewhere));
        let mut start = self.listed();
        let below = self.below.iter().map(|band| {
            let row = start;
            start += band.papers.len();
            (row, band.band)
        });
        elsewhere.into_iter().chain(below).collect()
    }

    /// The band below the result that a row is in, with its place there and how many rows that band has.
    pub fn below_at(&self, place: usize) -> Option<(Band, usize, usize)> {
        let mut place = place.checked_sub(self.listed())?;
        for band in &self.below {
            if place < band.papers.len() {
                return Some((band.band, place, band.papers.len()));
            }
            place -= band.papers.len();
        }
        None
    }

    /// Whether the paper in a row has all free words in title and authors.
    pub fn shows_words(&self, place: usize) -> bool {
        !self.is_below(place) && !self.hits.as_ref().is_some_and(|hits| hits.is_elsewhere(self.found_row(place)))
    }

    /// Whether a row of the list is below the result.
    pub fn is_below(&self, place: usize) -> bool {
        place >= self.listed()
    }
}
