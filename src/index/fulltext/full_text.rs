//! `FullText`: the segments of a folder opened for searching.

use std::cell::{Ref, RefCell};
use std::path::Path;

use super::builder::FullTextBuilder;
use super::folder::{self, SegmentIdentities};
use super::paper_mapping::PaperMapping;
use super::run::FullTextRun;
use super::segment::{AbstractAccess, Segment};
use crate::error::Result;
use crate::index::format::file::{IndexFileKind, SectionFile};
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{DocSet, PaperSet};
use crate::index::text::containment::AbstractPattern;

/// An opened full text.
pub struct FullText {
    /// All abstracts, then those that changed since.
    pub(super) segments: Vec<Segment>,
    identities: SegmentIdentities,
    mapping: RefCell<PaperMapping>,
}

impl FullText {
    /// None when there is no full text, or it is damaged or of another version: build it again.
    pub fn open(home: &Path) -> Option<Self> {
        let identities = folder::identities(home);
        let [whole, recent] = folder::files(home);
        let open = |path: &Path| Segment::open(path).ok().flatten();
        let whole = open(&whole).filter(|segment| segment.meta.base.is_none())?;
        let recent = open(&recent).filter(|segment| segment.meta.base == Some(whole.file.revision));
        let segments = std::iter::once(whole).chain(recent).collect();
        Some(Self { segments, identities, mapping: RefCell::default() })
    }

    /// A small full text in memory, from row ids in papers.db and rendered abstracts.
    pub fn in_memory(abstracts: impl IntoIterator<Item = (i64, String)>) -> Result<Self> {
        let builder = FullTextBuilder::in_memory();
        let mut run = FullTextRun::default();
        for (row, text) in abstracts {
            run.push(row, &text);
        }
        builder.add(0, run)?;
        let segment = SectionFile::from_bytes(builder.bytes()?, IndexFileKind::FullText).and_then(Segment::of);
        let segments = segment.into_iter().collect();
        Ok(Self { segments, identities: SegmentIdentities::default(), mapping: RefCell::default() })
    }

    /// Whether the files of the folder still are those it was opened from.
    pub fn is_current(&self, home: &Path) -> bool {
        folder::identities(home) == self.identities
    }

    /// The revision of papers.db it was built from.
    pub fn revision(&self) -> i64 {
        self.segments.last().map_or(0, |segment| segment.file.revision)
    }

    /// The highest row id of papers.db when it was built; abstracts of later rows are not in it.
    pub fn highest_row(&self) -> i64 {
        self.segments.last().map_or(i64::MIN, |segment| segment.meta.highest_row)
    }

    /// Revision and highest row id of the segment of all abstracts, and how many papers it has.
    pub fn base(&self) -> (i64, i64, usize) {
        let base = |segment: &Segment| (segment.file.revision, segment.meta.highest_row, segment.papers());
        self.segments.first().map_or((0, i64::MIN, 0), base)
    }

    /// Deletes the files of a folder, so that they are built again.
    pub fn delete(home: &Path) {
        folder::delete(home);
    }

    /// Reads the files of a folder and compares every checksum; false when one is damaged: build the full text again.
    pub fn is_intact(home: &Path) -> bool {
        let exists = folder::files(home).iter().any(|path| path.exists());
        !exists || Self::open(home).is_some_and(|text| text.segments.iter().all(|segment| segment.file.verify()))
    }

    /// Papers of the index whose abstract contains the pattern. None when cancelled or an abstract cannot be read.
    pub fn matching(
        &self,
        index: &SegmentedIndex,
        pattern: &AbstractPattern,
        search: &AbstractAccess<'_>,
    ) -> Option<PaperSet> {
        let mapping = self.mapping(index);
        let mut all = DocSet::empty();
        for (segment, papers) in self.segments.iter().zip(&mapping.segments) {
            let found = match pattern.sequences.as_slice() {
                [] => segment.with_words(),
                sequences => sequences.iter().try_fold(DocSet::All(segment.papers()), |docs, sequence| {
                    Some(if docs.is_empty() { docs } else { docs.and(segment.sequence(sequence, search)?) })
                })?,
            };
            all = all.or(papers.docs(found, index.len()), index.len());
        }
        Some(PaperSet(all))
    }

    /// The mean number of words of the abstracts that the papers of an index have, in whatever segments they are.
    pub(in crate::index) fn mean_length(&self, index: &SegmentedIndex) -> f32 {
        let mapping = self.mapping(index);
        *mapping.mean_length.get_or_init(|| {
            let (mut words, mut papers) = (0_u64, 0_u64);
            for (segment, gone) in self.segments.iter().zip(&mapping.gone) {
                let of_gone: u64 = gone.iter().map(|number| u64::from(segment.length(*number))).sum();
                words += segment.lengths().map(u64::from).sum::<u64>().saturating_sub(of_gone);
                papers += segment.papers().saturating_sub(gone.len()) as u64;
            }
            if words > 0 { words as f32 / papers as f32 } else { 1.0 }
        })
    }

    /// The mapping to the papers of an index, made once for each index.
    pub(super) fn mapping(&self, index: &SegmentedIndex) -> Ref<'_, PaperMapping> {
        let mut mapping = self.mapping.borrow_mut();
        if mapping.instance != index.instance {
            *mapping = PaperMapping::new(&self.segments, index);
        }
        drop(mapping);
        self.mapping.borrow()
    }
}

/// The revision of papers.db that the full text of a folder was built from; None when there is no usable one.
pub fn full_text_revision(home: &Path) -> Option<i64> {
    FullText::open(home).map(|text| text.revision())
}
