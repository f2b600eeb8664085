//! `SegmentedIndex`: the papers of up to two segments as one index. A small import writes no second words.idx: a recent segment beside it holds
//! the papers that were added or changed since, and says which papers of the whole segment they replace. Both are complete indexes, and
//! `MergedOrder` gives their papers the document ids that they would have in one. A search asks each segment and joins the sets; whoever reads a
//! single paper does not notice. Once the recent segment has grown, both are written as one.
//!
//! The recent segment names the checksum of the whole one that it belongs to: beside any other it does not count, so that whatever a crash
//! leaves is either both or the whole segment alone, which is then outdated.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::file::{FileIdentity, Section, u32s};
use super::merged_order::{MergedOrder, SegmentDoc};
use super::paper::{DigestRow, DocId, PaperFlags};
use super::reader::Index;
use super::sets::DocSet;
use crate::domain::date::PartialDate;
use crate::error::Result;

/// The file of the recent segment beside words.idx.
pub(in crate::index) fn recent_file(whole: &Path) -> PathBuf {
    whole.with_file_name("recent.idx")
}

/// All papers, on any thread. As with `Index`, damage gives wrong answers at worst.
pub struct SegmentedIndex {
    pub(in crate::index) whole: Arc<Index>,
    pub(in crate::index) recent: Option<RecentSegment>,
    /// Different for every one opened, so that caches can tell which one their entries belong to; never 0.
    pub(in crate::index) instance: u64,
    /// Of the file of a recent segment when this was opened, used or not.
    recent_file: Option<FileIdentity>,
}

static NEXT_INSTANCE: AtomicU64 = AtomicU64::new(1);

/// The papers that were added or changed since the whole segment was written.
pub(in crate::index) struct RecentSegment {
    pub(in crate::index) index: Index,
    pub(in crate::index) order: MergedOrder,
    /// The number in the digest table of each digest of the whole segment's table.
    digests: Vec<u32>,
    /// Where its papers come alphabetically among those of the whole one, once that was needed: see `alphabetical_values`.
    pub(in crate::index) title_values: OnceLock<Vec<u64>>,
    pub(in crate::index) author_values: OnceLock<Vec<u64>>,
}

impl RecentSegment {
    /// None unless this is a segment beside that whole one.
    fn of(index: Index, whole: &Index) -> Option<Self> {
        if index.meta.whole != Some(whole.checksum()) || !index.verify() {
            return None;
        }
        let places: Vec<DocId> = u32s(index.file.section(Section::Places)).collect();
        let replaced = u32s(index.file.section(Section::Replaced)).collect();
        let order = MergedOrder::new(whole.len(), &places, replaced).filter(|_| places.len() == index.len())?;
        let digests = digest_numbers(whole, index.digest_table());
        Some(Self { index, order, digests, title_values: OnceLock::new(), author_values: OnceLock::new() })
    }
}

/// The place in `table` of each digest of an index; 0 for one that is not there, which no paper was seen in.
fn digest_numbers(index: &Index, table: &[DigestRow]) -> Vec<u32> {
    let known: HashMap<&str, u32> = table.iter().map(|row| row.id.as_str()).zip(0..).collect();
    index.digest_table().iter().map(|row| known.get(row.id.as_str()).copied().unwrap_or(0)).collect()
}

impl From<Index> for SegmentedIndex {
    fn from(index: Index) -> Self {
        Self::new(Arc::new(index), None, None)
    }
}

impl SegmentedIndex {
    fn new(whole: Arc<Index>, recent: Option<Index>, recent_file: Option<FileIdentity>) -> Self {
        let recent = recent.and_then(|recent| RecentSegment::of(recent, &whole));
        Self { whole, recent, instance: NEXT_INSTANCE.fetch_add(1, Ordering::Relaxed), recent_file }
    }

    /// Opens words.idx and the recent segment beside it. `known`: one that was opened earlier; its whole segment is kept where the file is the
    /// same. None as `Index::open` returns it. Fails when a file cannot be read.
    pub fn open(path: &Path, known: Option<&Self>) -> Result<Option<Self>> {
        let known = known.map(|known| &known.whole).filter(|whole| whole.is_at(path));
        let whole = match known {
            Some(whole) => Arc::clone(whole),
            None => match Index::open(path)? {
                Some(whole) => Arc::new(whole),
                None => return Ok(None),
            },
        };
        let path = recent_file(path);
        let identity = FileIdentity::of(&path);
        let recent = Index::open(&path).unwrap_or_default();
        Ok(Some(Self::new(whole, recent, identity)))
    }

    /// Why it could not be stored in a file; None when it is, or when that was not tried.
    pub fn why_in_memory(&self) -> Option<&str> {
        self.whole.why_in_memory()
    }

    /// Whether the files still are those it was opened from; always true of one in memory.
    pub fn is_at(&self, path: &Path) -> bool {
        let is_recent = || self.recent_file == FileIdentity::of(&recent_file(path));
        self.whole.is_in_memory() || self.whole.is_at(path) && is_recent()
    }

    /// The segment of all papers, without what was added or changed since.
    pub fn whole(&self) -> &Index {
        &self.whole
    }

    /// The segment that is read for what both know of all papers.
    fn latest(&self) -> &Index {
        self.recent.as_ref().map_or(&self.whole, |recent| &recent.index)
    }

    pub fn len(&self) -> usize {
        self.recent.as_ref().map_or(self.whole.len(), |recent| recent.order.papers())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The revision that its builder was given.
    pub fn revision(&self) -> i64 {
        self.latest().revision()
    }

    /// The revision of papers.db it was derived from.
    pub fn papers_revision(&self) -> i64 {
        self.latest().papers_revision()
    }

    /// The highest row id of its papers; `i64::MIN` when there are none.
    pub fn highest_row(&self) -> i64 {
        self.latest().highest_row()
    }

    /// Of the whole segment, and of the recent one, 0 without one. Equal for indexes with the same contents, and different, all but certainly,
    /// for others.
    pub fn checksums(&self) -> [u64; 2] {
        [self.whole.checksum(), self.recent.as_ref().map_or(0, |recent| recent.index.checksum())]
    }

    /// `Index::verify` of all segments.
    pub fn verify(&self) -> bool {
        self.segments().all(Index::verify)
    }

    /// `Index::prefault` of all segments.
    pub fn prefault(&self) {
        self.segments().for_each(Index::prefault);
    }

    /// The segments, the whole one first.
    pub(in crate::index) fn segments(&self) -> impl Iterator<Item = &Index> {
        std::iter::once(&*self.whole).chain(self.recent.as_ref().map(|recent| &recent.index))
    }

    /// The papers that `find` returns of each segment.
    pub(in crate::index) fn docs(&self, mut find: impl FnMut(&Index) -> DocSet) -> DocSet {
        match &self.recent {
            None => find(&self.whole),
            Some(recent) => recent.order.merged(find(&self.whole), &find(&recent.index)),
        }
    }

    /// Those papers of a set that `find` returns of the ones in each segment; None when it returns None.
    pub(in crate::index) fn try_docs_of(
        &self,
        docs: &DocSet,
        mut find: impl FnMut(&Index, &DocSet) -> Option<DocSet>,
    ) -> Option<DocSet> {
        let Some(recent) = &self.recent else { return find(&self.whole, docs) };
        let [in_whole, in_recent] = recent.order.split(docs);
        Some(recent.order.merged(find(&self.whole, &in_whole)?, &find(&recent.index, &in_recent)?))
    }

    /// The papers of a set by segment.
    pub(in crate::index) fn split<'s>(&'s self, docs: &DocSet) -> Vec<(&'s Index, DocSet)> {
        match &self.recent {
            None => vec![(&*self.whole, docs.clone())],
            Some(recent) => self.segments().zip(recent.order.split(docs)).collect(),
        }
    }

    /// Where a paper is: the segment and its document id there.
    pub(in crate::index) fn locate(&self, doc: DocId) -> (&Index, DocId) {
        match &self.recent {
            None => (&self.whole, doc),
            Some(recent) => match recent.order.locate(doc) {
                SegmentDoc::Whole(doc) => (&self.whole, doc),
                SegmentDoc::Recent(doc) => (&recent.index, doc),
            },
        }
    }

    /// The document id of a paper of the whole segment; None when it was replaced.
    pub(in crate::index) fn of_whole(&self, doc: DocId) -> Option<DocId> {
        match &self.recent {
            None => Some(doc),
            Some(recent) => recent.order.of_whole_doc(doc),
        }
    }

    /// The document id of a paper of one of the segments; None when it was replaced.
    pub(in crate::index) fn of_segment(&self, segment: &Index, doc: DocId) -> Option<DocId> {
        match &self.recent {
            Some(recent) if !self.is_whole(segment) => recent.order.of_recent_doc(doc),
            Some(_) | None => self.of_whole(doc),
        }
    }

    /// Those papers of a set that are in the whole segment.
    pub(in crate::index) fn in_whole(&self, docs: &DocSet) -> DocSet {
        let Some(recent) = &self.recent else { return docs.clone() };
        let [in_whole, _] = recent.order.split(docs);
        recent.order.merged(in_whole, &DocSet::empty())
    }

    /// The place in `digest_table` of a digest of the whole segment's table.
    fn digest_of_whole(&self, digest: u32) -> u32 {
        match &self.recent {
            None => digest,
            Some(recent) => recent.digests.get(digest as usize).copied().unwrap_or(0),
        }
    }

    /// The place in `digest_table` of a digest of a segment's table.
    pub(in crate::index) fn digest_of(&self, segment: &Index, digest: u32) -> u32 {
        if self.is_whole(segment) { self.digest_of_whole(digest) } else { digest }
    }

    /// Whether a segment is the whole one.
    pub(in crate::index) fn is_whole(&self, segment: &Index) -> bool {
        std::ptr::eq(segment, &*self.whole)
    }
}

/// The papers.
impl SegmentedIndex {
    pub fn title(&self, doc: DocId) -> &str {
        let (segment, doc) = self.locate(doc);
        segment.title(doc)
    }

    /// A title as bytes, which are UTF-8 unless they are damaged.
    pub(in crate::index) fn title_bytes(&self, doc: DocId) -> &[u8] {
        let (segment, doc) = self.locate(doc);
        segment.title_bytes(doc)
    }

    /// Bytes of a title.
    pub(in crate::index) fn title_length(&self, doc: DocId) -> usize {
        let (segment, doc) = self.locate(doc);
        segment.title_length(doc)
    }

    /// The papers of a segment that are no longer in the index, or that the recent segment replaces; ascending.
    pub(in crate::index) fn replaced_in(&self, segment: &Index) -> &[DocId] {
        let recent = self.recent.as_ref().filter(|_| self.is_whole(segment));
        recent.map_or(&[], |recent| recent.order.replaced())
    }

    /// The mean length of the titles of all papers in bytes.
    pub(in crate::index) fn mean_title_length(&self) -> f32 {
        let all: usize = self.segments().map(Index::titles_length).sum();
        let replaced = self.replaced_in(&self.whole).iter();
        let replaced: usize = replaced.map(|doc| self.whole.title_length(*doc)).sum();
        all.saturating_sub(replaced) as f32 / self.len().max(1) as f32
    }

    /// All authors in one line: `Given Family, Given Family`.
    pub fn authors(&self, doc: DocId) -> &str {
        let (segment, doc) = self.locate(doc);
        segment.authors(doc)
    }

    /// The family name of the first author.
    pub fn first_author(&self, doc: DocId) -> &str {
        let (segment, doc) = self.locate(doc);
        segment.first_author(doc)
    }

    /// The stable text key.
    pub fn key(&self, doc: DocId) -> &str {
        let (segment, doc) = self.locate(doc);
        segment.key(doc)
    }

    /// The paper with this key.
    pub fn find(&self, key: &str) -> Option<DocId> {
        let recent = self.recent.as_ref().and_then(|recent| recent.order.of_recent_doc(recent.index.find(key)?));
        recent.or_else(|| self.of_whole(self.whole.find(key)?))
    }

    /// Row id in papers.db.
    pub fn row(&self, doc: DocId) -> i64 {
        let (segment, doc) = self.locate(doc);
        segment.row(doc)
    }

    /// The paper of a row id in papers.db. The first call for a paper of the whole segment reads all its row ids.
    pub fn with_row(&self, row: i64) -> Option<DocId> {
        let recent = self.recent.as_ref().and_then(|recent| recent.order.of_recent_doc(recent.index.with_row(row)?));
        let is_in_whole = row <= self.whole.highest_row();
        recent.or_else(|| self.of_whole(is_in_whole.then(|| self.whole.with_row(row)).flatten()?))
    }

    pub fn date(&self, doc: DocId) -> Option<PartialDate> {
        let (segment, doc) = self.locate(doc);
        segment.date(doc)
    }

    pub fn year(&self, doc: DocId) -> Option<i16> {
        self.date(doc).map(PartialDate::year)
    }

    /// Unix seconds.
    pub fn added(&self, doc: DocId) -> i64 {
        let (segment, doc) = self.locate(doc);
        segment.added(doc)
    }

    pub fn votes(&self, doc: DocId) -> Option<u32> {
        let (segment, doc) = self.locate(doc);
        segment.votes(doc)
    }

    /// Whether the votes of any paper are known.
    pub fn has_votes(&self) -> bool {
        let in_whole = || self.whole.vote_pairs().any(|(doc, _)| self.of_whole(doc).is_some());
        self.recent.as_ref().is_some_and(|recent| recent.index.has_votes()) || in_whole()
    }

    pub fn flags(&self, doc: DocId) -> PaperFlags {
        let (segment, doc) = self.locate(doc);
        segment.flags(doc)
    }

    /// Names of categories, primary first.
    pub fn categories(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let (segment, doc) = self.locate(doc);
        segment.categories(doc)
    }

    /// The digests the paper was seen in, as indexes into `digest_table`, and its rank there.
    pub fn digests(&self, doc: DocId) -> impl Iterator<Item = (u32, Option<u32>)> {
        let (segment, doc) = self.locate(doc);
        segment.digests(doc).map(move |(digest, rank)| (self.digest_of(segment, digest), rank))
    }

    pub fn digest_table(&self) -> &[DigestRow] {
        self.latest().digest_table()
    }
}
