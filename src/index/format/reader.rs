//! `Index`: words.idx opened for reading. It returns what is stored of each paper; searching is in `search`.

use std::path::Path;
use std::sync::OnceLock;

use super::author_line;
use super::columns::{CATEGORIES, DIGESTS, DateColumn, SetColumn};
use super::file::{FileIdentity, IndexFileKind, Section, SectionFile, slice_at, text_at, u32_at, u32s, u64s};
use super::key_hashes;
use super::orders::StoredOrder;
use super::paper::{DigestRow, DocId, IndexMeta, PaperFlags};
use super::rows::RowTable;
use crate::domain::date::PartialDate;
use crate::error::Result;

/// An index opened for reading, on any thread. A damaged file gives wrong answers at worst; `verify` finds the damage.
pub struct Index {
    pub(in crate::index) file: SectionFile,
    pub(in crate::index) meta: IndexMeta,
    by_row: OnceLock<RowTable>,
    /// The file it was opened from; None for one in memory.
    origin: Option<FileIdentity>,
    /// Why it has no file, where that is a fault.
    why_in_memory: Option<String>,
}

impl Index {
    /// None when there is no index, or it is damaged or of another version: build it again. Fails when the file cannot be read.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let origin = FileIdentity::of(path);
        Ok(SectionFile::open(path, IndexFileKind::Index)?.and_then(Self::of).map(|index| Self { origin, ..index }))
    }

    /// The same index with the reason why it could not be stored in a file.
    #[must_use]
    pub fn in_memory_because(self, why: String) -> Self {
        Self { why_in_memory: Some(why), ..self }
    }

    /// Why it could not be stored in a file; None when it is, or when that was not tried.
    pub fn why_in_memory(&self) -> Option<&str> {
        self.why_in_memory.as_deref()
    }

    /// Whether `path` still is the file it was opened from; never true of an index in memory.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        self.origin.is_some() && self.origin == FileIdentity::of(path)
    }

    /// Whether it was not opened from a file.
    pub(super) fn is_in_memory(&self) -> bool {
        self.origin.is_none()
    }

    /// The papers of these row ids, which are in order, in one pass over all row ids.
    pub(in crate::index) fn with_rows(&self, rows: &[i64]) -> Vec<DocId> {
        (0..).zip(self.rows()).filter(|(_, row)| rows.binary_search(row).is_ok()).map(|(doc, _)| doc).collect()
    }

    /// An index from the bytes of its file; None when they are damaged or of another version.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        SectionFile::from_bytes(bytes, IndexFileKind::Index).and_then(Self::of)
    }

    fn of(file: SectionFile) -> Option<Self> {
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
            .all(|(section, width, extra)| (papers + extra).checked_mul(width) == Some(file.section(section).len()));
        let terms = (file.section(Section::TermOffsets).len() / 4).checked_sub(1)?;
        if !fits || file.section(Section::TermMasks).len() != terms * 8 {
            return None;
        }
        let meta = serde_json::from_slice(file.section(Section::Meta)).ok()?;
        Some(Self { file, meta, by_row: OnceLock::new(), origin: None, why_in_memory: None })
    }

    pub fn len(&self) -> usize {
        self.file.papers
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The revision that its builder was given.
    pub fn revision(&self) -> i64 {
        self.file.revision
    }

    /// The revision of papers.db it was derived from.
    pub fn papers_revision(&self) -> i64 {
        self.meta.papers_revision
    }

    /// Equal for indexes with the same contents, and different, all but certainly, for others.
    pub fn checksum(&self) -> u64 {
        self.file.checksum
    }

    /// The highest row id of its papers; `i64::MIN` when there are none.
    pub fn highest_row(&self) -> i64 {
        self.meta.highest_row
    }

    /// Reads the whole file and compares every checksum; false when it is damaged: build it again. Takes a fraction of a second for
    /// millions of papers.
    pub fn verify(&self) -> bool {
        self.file.verify()
    }

    /// Reads the file into the page cache, so that the first search does not wait for the disk; for a background thread.
    pub fn prefault(&self) {
        std::hint::black_box(self.file.prefault());
    }

    /// The number of a paper in a column.
    pub(in crate::index) fn number(&self, section: Section, doc: DocId) -> u32 {
        u32_at(self.file.section(section), doc as usize)
    }

    fn text(&self, section: Section, offsets: Section, doc: DocId) -> &str {
        text_at(self.file.section(section), self.file.section(offsets), doc as usize)
    }

    pub fn title(&self, doc: DocId) -> &str {
        self.text(Section::Titles, Section::TitleOffsets, doc)
    }

    /// A title as bytes, which are UTF-8 unless they are damaged.
    pub(in crate::index) fn title_bytes(&self, doc: DocId) -> &[u8] {
        slice_at(self.file.section(Section::Titles), self.file.section(Section::TitleOffsets), doc as usize)
    }

    /// Bytes of a title.
    pub(in crate::index) fn title_length(&self, doc: DocId) -> usize {
        let start = |doc: DocId| self.number(Section::TitleOffsets, doc);
        start(doc + 1).saturating_sub(start(doc)) as usize
    }

    /// Bytes of all titles.
    pub(in crate::index) fn titles_length(&self) -> usize {
        self.file.section(Section::Titles).len()
    }

    /// All authors in one line as bytes, as `title_bytes`.
    pub(in crate::index) fn authors_bytes(&self, doc: DocId) -> &[u8] {
        slice_at(self.file.section(Section::Authors), self.file.section(Section::AuthorOffsets), doc as usize)
    }

    /// All authors in one line: `Given PostingsSections, Given PostingsSections`.
    pub fn authors(&self, doc: DocId) -> &str {
        self.text(Section::Authors, Section::AuthorOffsets, doc)
    }

    /// The family name of the first author.
    pub fn first_author(&self, doc: DocId) -> &str {
        author_line::first_family_name(self.authors(doc))
    }

    /// The stable text key.
    pub fn key(&self, doc: DocId) -> &str {
        self.text(Section::Keys, Section::KeyOffsets, doc)
    }

    /// The paper with this key.
    pub fn find(&self, key: &str) -> Option<DocId> {
        let mut candidates = key_hashes::candidates(self.file.section(Section::KeyHashes), key);
        candidates.find(|doc| self.key(*doc) == key && (*doc as usize) < self.len())
    }

    /// Row id in papers.db.
    pub fn row(&self, doc: DocId) -> i64 {
        let rows = self.file.section(Section::Rows).as_chunks::<8>().0;
        rows.get(doc as usize).map_or(0, |row| i64::from_le_bytes(*row))
    }

    fn rows(&self) -> impl ExactSizeIterator<Item = i64> + Clone + '_ {
        self.file.section(Section::Rows).as_chunks::<8>().0.iter().map(|row| i64::from_le_bytes(*row))
    }

    /// The paper of a row id in papers.db. The first call reads all row ids.
    pub fn with_row(&self, row: i64) -> Option<DocId> {
        self.by_row.get_or_init(|| RowTable::new(self.rows())).doc(row)
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
        let at = pairs.binary_search_by_key(&doc, |pair| u32_at(pair, 0)).ok()?;
        pairs.get(at).map(|pair| u32_at(pair, 1))
    }

    /// Whether the votes of any paper are known.
    pub fn has_votes(&self) -> bool {
        self.vote_pairs().next().is_some()
    }

    pub fn flags(&self, doc: DocId) -> PaperFlags {
        let has = |flag: &PaperFlags| {
            self.flag_words(*flag).nth(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
        };
        PaperFlags::ALL.into_iter().filter(has).fold(PaperFlags::NONE, PaperFlags::with)
    }

    /// The words of the bitmap of one flag.
    pub(in crate::index) fn flag_words(&self, flag: PaperFlags) -> impl ExactSizeIterator<Item = u64> + Clone + '_ {
        let bytes = self.len().div_ceil(64) * 8;
        let start = flag.0.trailing_zeros() as usize * bytes;
        u64s(self.file.section(Section::Flags).get(start..start + bytes).unwrap_or_default())
    }

    /// Names of categories, primary first.
    pub fn categories(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let members = self.category_sets().members(self.number(Section::CategorySet, doc));
        members.filter_map(|number| self.meta.categories.get(number as usize).map(String::as_str))
    }

    /// The digests the paper was seen in, as indexes into `digest_table`, and its rank there.
    pub fn digests(&self, doc: DocId) -> impl Iterator<Item = (u32, Option<u32>)> {
        let ranks = self.file.section(Section::Ranks).as_chunks::<12>().0;
        let start = ranks.partition_point(|rank| u32_at(rank, 0) < doc);
        let ranks = ranks.get(start..).unwrap_or_default().iter().take_while(move |rank| u32_at(*rank, 0) == doc);
        self.digest_sets().members(self.number(Section::DigestSet, doc)).map(move |digest| {
            let rank = ranks.clone().find(|rank| u32_at(*rank, 1) == digest);
            (digest, rank.map(|rank| u32_at(rank, 2)))
        })
    }

    /// The papers that have a rank in any digest, newest first, each once for every such digest.
    pub(in crate::index) fn ranked(&self) -> impl Iterator<Item = DocId> + '_ {
        self.file.section(Section::Ranks).as_chunks::<12>().0.iter().map(|rank| u32_at(rank, 0))
    }

    /// The rank of a paper in a digest.
    pub(in crate::index) fn digest_rank(&self, doc: DocId, digest: u32) -> Option<u32> {
        let ranks = self.file.section(Section::Ranks).as_chunks::<12>().0;
        let at = ranks.binary_search_by_key(&(doc, digest), |rank| (u32_at(rank, 0), u32_at(rank, 1))).ok()?;
        ranks.get(at).map(|rank| u32_at(rank, 2))
    }

    pub fn digest_table(&self) -> &[DigestRow] {
        &self.meta.digests
    }

    /// The numbers of a column, one for each paper.
    pub(in crate::index) fn column(&self, section: Section) -> impl ExactSizeIterator<Item = u32> + Clone + '_ {
        u32s(self.file.section(section))
    }

    /// The stored order of the papers that have a value in a column.
    pub(in crate::index) fn stored_order(&self, order: Section, values: Section) -> StoredOrder<'_> {
        if order == Section::DateOrder && self.meta.chronological {
            return StoredOrder::Descending {
                values: self.file.section(values),
                known: self.dates().first_below(0, 1),
            };
        }
        StoredOrder::Entries(self.file.section(order))
    }

    pub(crate) fn dates(&self) -> DateColumn<'_> {
        DateColumn::new(self.file.section(Section::Published))
    }

    pub(crate) fn category_sets(&self) -> SetColumn<'_> {
        self.sets(CATEGORIES, Section::CategorySet)
    }

    pub(crate) fn digest_sets(&self) -> SetColumn<'_> {
        self.sets(DIGESTS, Section::DigestSet)
    }

    fn sets(&self, sections: [Section; 4], column: Section) -> SetColumn<'_> {
        SetColumn::open(&self.file, sections, column)
    }

    /// The papers with known votes, newest first, and their votes.
    pub(crate) fn vote_pairs(&self) -> impl Iterator<Item = (DocId, u32)> + '_ {
        let pairs = self.file.section(Section::Votes).as_chunks::<8>().0;
        pairs.iter().map(|pair| (u32_at(pair, 0), u32_at(pair, 1)))
    }
}
