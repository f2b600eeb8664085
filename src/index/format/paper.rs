//! What goes into the index about a paper and a digest, and the small tables of words.idx. Plain data; reads and writes no file.

use serde::{Deserialize, Serialize};

use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;

/// A paper's number in the index; 0 is the newest. Papers are ordered by date of publication, or by the day of the latest digest where that
/// is unknown, descending, papers without either last; equal ones by latest digest, rank in it, title.
pub type DocId = u32;

/// Which of code, abstract, PDF and venue a paper has, whether it was withdrawn or retracted, and whether it has an update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaperFlags(pub(in crate::index) u8);

impl PaperFlags {
    pub const NONE: Self = Self(0);
    pub const CODE: Self = Self(1);
    pub const ABSTRACT: Self = Self(2);
    pub const PDF: Self = Self(4);
    pub const VENUE: Self = Self(8);
    pub const WITHDRAWN: Self = Self(16);
    pub const RETRACTED: Self = Self(32);
    pub const UPDATE: Self = Self(64);

    pub(in crate::index) const ALL: [Self; 7] =
        [Self::CODE, Self::ABSTRACT, Self::PDF, Self::VENUE, Self::WITHDRAWN, Self::RETRACTED, Self::UPDATE];

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One paper as it goes into the index. Its texts are rendered and free of control characters.
#[derive(Clone, Debug)]
pub struct Doc<'a> {
    /// Row id in papers.db.
    pub row: i64,
    /// The stable text key.
    pub key: &'a str,
    pub title: &'a str,
    pub authors: &'a [String],
    pub date: Option<PartialDate>,
    /// Unix seconds.
    pub added: i64,
    pub votes: Option<u32>,
    pub flags: PaperFlags,
    /// Names, primary category first.
    pub categories: &'a [String],
    /// Indexes into the digest table given to the build, and the paper's rank in that digest.
    pub digests: &'a [(u32, Option<u32>)],
}

/// A digest in the index's table. As JSON: id, source, label and packed day, 0 when unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, String, String, u32)", into = "(String, String, String, u32)")]
pub struct DigestRow {
    pub id: String,
    pub source: Clean,
    pub label: Clean,
    pub day: Option<PartialDate>,
}

impl From<(String, String, String, u32)> for DigestRow {
    fn from((id, source, label, day): (String, String, String, u32)) -> Self {
        Self { id, source: Clean::new(&source), label: Clean::new(&label), day: PartialDate::from_packed(day) }
    }
}

impl From<DigestRow> for (String, String, String, u32) {
    fn from(row: DigestRow) -> Self {
        (row.id, row.source.into_string(), row.label.into_string(), row.day.map_or(0, PartialDate::packed))
    }
}

/// The small tables, stored as JSON.
#[derive(Default, Serialize, Deserialize)]
pub(in crate::index) struct IndexMeta {
    /// The revision of papers.db that the index was derived from.
    pub(in crate::index) papers_revision: i64,
    /// The highest row id; `i64::MIN` when there are no papers.
    pub(in crate::index) highest_row: i64,
    pub(in crate::index) digests: Vec<DigestRow>,
    pub(in crate::index) categories: Vec<String>,
    /// Whether published dates descend over all papers: false when a paper without a date is ordered among them by its digest's day.
    pub(in crate::index) chronological: bool,
    /// Of a recent segment: the checksum of the whole one that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::index) whole: Option<u64>,
}
