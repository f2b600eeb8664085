//! The index: everything a list shows and a search needs, derived from papers.db into one memory-mapped file, papers newest first. It
//! answers which papers match, in which order, how many of each kind, and which letters of a text matched. It stores nothing a reader
//! did (marks are laid over it), opens no database and can be thrown away and built again at any time.
//!
//! `build` writes it, `extend` writes the next one after a small change, `Index` reads it, `Engine` searches it, `facets` counts,
//! `highlights` lights; `Loose` finds letters in order, `FullText` knows the words of abstracts.

mod build;
mod format;
mod fulltext;
mod search;
mod text;

#[cfg(test)]
mod bench;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

pub use self::build::builder::{Builder, Built, build};
pub use self::format::sets::PaperSet;
pub use self::fulltext::{FullText, FullTextBuilder, Likeness, Run, full_text_revision, holds_phrase, holds_words};
pub use self::search::engine::{Engine, Texts, View};
pub use self::search::facets::{Facets, facets, widening};
pub use self::search::fuzzy::{Loose, asks_loosely};
pub use self::search::hits::Hits;
pub use self::search::pick;
pub use self::search::reading_states::Marks;
pub use self::text::highlight::{highlights, needles};
pub use self::text::snippet::{Snippet, asked_of_abstracts, snippet};

use self::build::builder;
use self::format::file::{Checksum, File, Section, text_at, u32_at, u32s, u64s};
use self::format::rows::Rows;
use crate::domain::date::PartialDate;
use crate::error::{Error, IoContext, Result};

/// A paper's place in the index: 0 is the newest. By published date, where that is unknown by the day of the latest digest, descending;
/// unknown dates last; ties by latest digest, rank in it, title.
pub type DocId = u32;

/// What a paper has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    pub const NONE: Self = Self(0);
    pub const CODE: Self = Self(1);
    pub const ABSTRACT: Self = Self(2);
    pub const PDF: Self = Self(4);
    pub const VENUE: Self = Self(8);

    const ALL: [Self; 4] = [Self::CODE, Self::ABSTRACT, Self::PDF, Self::VENUE];

    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One paper as it goes into the index. Texts are rendered and clean.
#[derive(Clone, Debug)]
pub struct Doc<'a> {
    /// Row in papers.db.
    pub row: i64,
    /// The stable text key.
    pub key: &'a str,
    pub title: &'a str,
    pub authors: &'a [String],
    pub date: Option<PartialDate>,
    /// Unix seconds.
    pub added: i64,
    pub votes: Option<u32>,
    pub flags: Flags,
    /// Primary first.
    pub categories: &'a [String],
    /// Places in the digest table given to the build, and the rank there.
    pub digests: &'a [(u32, Option<u32>)],
}

/// A digest as the index knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestRow {
    pub id: String,
    pub source: String,
    pub label: String,
    pub day: Option<PartialDate>,
}

/// The small tables, kept as JSON in the file. Days are packed dates, 0 when unknown.
#[derive(Default, Serialize, Deserialize)]
struct Meta {
    /// The revision of papers.db, and the highest row that was read.
    papers_revision: i64,
    highest_row: i64,
    #[serde(with = "digest_rows")]
    digests: Vec<DigestRow>,
    categories: Vec<String>,
    /// Published dates descend from paper to paper: none without a date stands among them by the day of its digest.
    chronological: bool,
}

mod digest_rows {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::DigestRow;
    use crate::domain::date::PartialDate;

    pub(super) fn serialize<S: Serializer>(rows: &[DigestRow], serializer: S) -> Result<S::Ok, S::Error> {
        let day = |row: &DigestRow| row.day.map_or(0, PartialDate::packed);
        let rows: Vec<_> = rows.iter().map(|row| (&row.id, &row.source, &row.label, day(row))).collect();
        rows.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<DigestRow>, D::Error> {
        let rows = Vec::<(String, String, String, u32)>::deserialize(deserializer)?;
        let row = |(id, source, label, day)| DigestRow { id, source, label, day: PartialDate::from_packed(day) };
        Ok(rows.into_iter().map(row).collect())
    }
}

/// An index, opened for reading. Any thread may use it; nothing in a damaged file can do worse than give wrong answers until `verify`.
pub struct Index {
    file: File,
    meta: Meta,
    /// Different for every index opened, so that caches know whose answers they hold.
    stamp: u64,
    by_row: OnceLock<Rows>,
    /// When the file it was opened from was written, and its length; None of one in memory.
    look: Option<(SystemTime, u64)>,
}

fn look(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

static STAMPS: AtomicU64 = AtomicU64::new(1);

impl Index {
    /// None: there is no index, or it is damaged or of another version; build it again.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let look = look(path);
        Ok(File::open(path)?.and_then(Self::of).map(|index| Self { look, ..index }))
    }

    /// Whether the file it was opened from is still there; true of one in memory.
    pub fn is_at(&self, path: &Path) -> bool {
        self.look.is_none() || self.look == look(path)
    }

    /// An index that lives in memory only.
    pub fn in_memory<'a>(docs: impl Iterator<Item = Doc<'a>>, digests: &[DigestRow], revision: i64) -> Result<Self> {
        let bytes = builder::in_memory(docs, digests, revision).context("cannot build an index in memory")?;
        Self::from_bytes(bytes).ok_or_else(|| Error::data("an index built in memory cannot be read"))
    }

    /// An index from the bytes of its file.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        File::from_bytes(bytes).and_then(Self::of)
    }

    fn of(file: File) -> Option<Self> {
        let widths = [
            (Section::TitleOffsets, 4, 1),
            (Section::AuthorOffsets, 4, 1),
            (Section::KeyOffsets, 4, 1),
            (Section::KeyHashes, 8, 0),
            (Section::Rows, 8, 0),
            (Section::Published, 4, 0),
            (Section::Added, 4, 0),
            (Section::CategorySet, 4, 0),
            (Section::DigestSet, 4, 0),
            (Section::TitleRank, 4, 0),
            (Section::AuthorRank, 4, 0),
        ];
        let papers = file.papers;
        let fits = widths
            .into_iter()
            .all(|(section, width, more)| (papers + more).checked_mul(width) == Some(file.section(section).len()));
        let terms = (file.section(Section::TermOffsets).len() / 4).checked_sub(1)?;
        if !fits || file.section(Section::TermMasks).len() != terms * 8 {
            return None;
        }
        let meta = serde_json::from_slice(file.section(Section::Meta)).ok()?;
        Some(Self { file, meta, stamp: STAMPS.fetch_add(1, Ordering::Relaxed), by_row: OnceLock::new(), look: None })
    }

    pub fn len(&self) -> usize {
        self.file.papers
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What whoever built it says it was built from.
    pub fn revision(&self) -> i64 {
        self.file.revision
    }

    /// The revision of papers.db it was derived from.
    pub fn papers_revision(&self) -> i64 {
        self.meta.papers_revision
    }

    /// The highest of all rows; the lowest number when there are no papers.
    pub fn highest_row(&self) -> i64 {
        self.meta.highest_row
    }

    /// Reads the whole file and compares every checksum; false: build it again. Takes a fraction of a second for millions of papers.
    pub fn verify(&self) -> bool {
        self.file.verify()
    }

    /// Brings the file into memory, so that the first search does not wait for the disk; for a background thread.
    pub fn prefault(&self) {
        std::hint::black_box(self.file.prefault());
    }

    fn number(&self, section: Section, doc: DocId) -> u32 {
        u32_at(self.file.section(section), doc as usize)
    }

    fn text(&self, section: Section, offsets: Section, doc: DocId) -> &str {
        text_at(self.file.section(section), self.file.section(offsets), doc as usize)
    }

    pub fn title(&self, doc: DocId) -> &str {
        self.text(Section::Titles, Section::TitleOffsets, doc)
    }

    /// All authors in one line: `Given Family, Given Family`.
    pub fn authors(&self, doc: DocId) -> &str {
        self.text(Section::Authors, Section::AuthorOffsets, doc)
    }

    /// The first author's family name.
    pub fn first_author(&self, doc: DocId) -> &str {
        builder::first_name(self.authors(doc))
    }

    /// The stable text key.
    pub fn key(&self, doc: DocId) -> &str {
        self.text(Section::Keys, Section::KeyOffsets, doc)
    }

    /// The paper with this key.
    pub fn find(&self, key: &str) -> Option<DocId> {
        let hashes = self.file.section(Section::KeyHashes).as_chunks::<8>().0;
        let wanted = Checksum::of(key.as_bytes()) >> 32;
        let start = hashes.partition_point(|hash| u64::from_le_bytes(*hash) >> 32 < wanted);
        let same = u64s(hashes.get(start..)?.as_flattened()).take_while(|hash| hash >> 32 == wanted);
        same.map(|hash| hash as DocId).find(|doc| self.key(*doc) == key && (*doc as usize) < self.len())
    }

    /// Row in papers.db.
    pub fn row(&self, doc: DocId) -> i64 {
        let rows = self.file.section(Section::Rows).as_chunks::<8>().0;
        rows.get(doc as usize).map_or(0, |row| i64::from_le_bytes(*row))
    }

    /// The paper of a row in papers.db. The first question reads all rows.
    pub fn with_row(&self, row: i64) -> Option<DocId> {
        self.by_row.get_or_init(|| Rows::of(self)).doc(row)
    }

    pub fn date(&self, doc: DocId) -> Option<PartialDate> {
        PartialDate::from_packed(self.number(Section::Published, doc))
    }

    pub fn year(&self, doc: DocId) -> Option<i16> {
        self.date(doc).map(PartialDate::year)
    }

    /// Unix seconds.
    pub fn added(&self, doc: DocId) -> i64 {
        i64::from(self.number(Section::Added, doc))
    }

    pub fn votes(&self, doc: DocId) -> Option<u32> {
        let pairs = self.file.section(Section::Votes).as_chunks::<8>().0;
        let place = pairs.binary_search_by_key(&doc, |pair| u32_at(pair, 0)).ok()?;
        pairs.get(place).map(|pair| u32_at(pair, 1))
    }

    /// The votes of any paper are known.
    pub fn has_votes(&self) -> bool {
        self.vote_pairs().next().is_some()
    }

    pub fn flags(&self, doc: DocId) -> Flags {
        let has = |flag: &Flags| {
            self.flag_words(*flag).nth(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
        };
        Flags::ALL.into_iter().filter(has).fold(Flags::NONE, Flags::with)
    }

    /// The bitmap of one flag.
    fn flag_words(&self, flag: Flags) -> impl ExactSizeIterator<Item = u64> + Clone + '_ {
        let bytes = self.len().div_ceil(64) * 8;
        let start = flag.0.trailing_zeros() as usize * bytes;
        u64s(self.file.section(Section::Flags).get(start..start + bytes).unwrap_or_default())
    }

    /// Names of categories, primary first.
    pub fn categories(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let members = self.category_sets().members(self.number(Section::CategorySet, doc));
        members.filter_map(|number| self.meta.categories.get(number as usize).map(String::as_str))
    }

    /// Digests (places in `digest_table`) the paper was seen in, and its rank there.
    pub fn digests(&self, doc: DocId) -> impl Iterator<Item = (u32, Option<u32>)> {
        let ranks = self.file.section(Section::Ranks).as_chunks::<12>().0;
        let start = ranks.partition_point(|rank| u32_at(rank, 0) < doc);
        let ranks = ranks.get(start..).unwrap_or_default().iter().take_while(move |rank| u32_at(*rank, 0) == doc);
        self.digest_sets().members(self.number(Section::DigestSet, doc)).map(move |digest| {
            let rank = ranks.clone().find(|rank| u32_at(*rank, 1) == digest);
            (digest, rank.map(|rank| u32_at(rank, 2)))
        })
    }

    pub fn digest_table(&self) -> &[DigestRow] {
        &self.meta.digests
    }

    fn column(&self, section: Section) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        u32s(self.file.section(section))
    }
}
