//! Filters that read one column of each segment from end to end. Which clause of a query uses which column is decided in `evaluate`.

use crate::index::format::columns::SetColumn;
use crate::index::format::file::Section;
use crate::index::format::paper::PaperFlags;
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::format::sets::{Bitmap, DocSet};

/// Papers of a segment whose set has any member with `is_chosen` true.
fn with_member(segment: &Index, sets: SetColumn<'_>, is_chosen: &[bool]) -> DocSet {
    let is_chosen = |member: u32| is_chosen.get(member as usize).copied().unwrap_or(false);
    let set_matches: Vec<bool> = (0..sets.len() as u32).map(|set| sets.members(set).any(is_chosen)).collect();
    if !set_matches.contains(&true) {
        return DocSet::empty();
    }
    let matches = sets.column().map(|set| set_matches.get(set as usize).copied().unwrap_or(false));
    DocSet::from_bitmap(Bitmap::collect(segment.len(), matches))
}

/// Papers seen in any digest with `is_chosen` true, by its place in the digest table.
pub(crate) fn with_digest(index: &SegmentedIndex, is_chosen: &[bool]) -> DocSet {
    index.docs(|segment| {
        let place = |digest| index.digest_of(segment, digest) as usize;
        let digests = (0..).zip(segment.digest_table()).map(|(digest, _)| place(digest));
        let is_chosen: Vec<bool> = digests.map(|place| is_chosen.get(place).copied().unwrap_or(false)).collect();
        with_member(segment, segment.digest_sets(), &is_chosen)
    })
}

/// Papers in any category whose name passes.
pub(crate) fn with_category(index: &SegmentedIndex, passes: impl Fn(&str) -> bool) -> DocSet {
    index.docs(|segment| {
        let is_chosen: Vec<bool> = segment.meta.categories.iter().map(|name| passes(name)).collect();
        with_member(segment, segment.category_sets(), &is_chosen)
    })
}

/// Papers whose number in a column passes.
pub(crate) fn with_number(index: &SegmentedIndex, section: Section, passes: impl Fn(u32) -> bool) -> DocSet {
    index.docs(|segment| DocSet::from_bitmap(Bitmap::collect(segment.len(), segment.column(section).map(&passes))))
}

/// Papers with known votes that pass.
pub(crate) fn with_votes(index: &SegmentedIndex, passes: impl Fn(u32) -> bool) -> DocSet {
    index.docs(|segment| {
        let docs = segment.vote_pairs().filter(|(_, votes)| passes(*votes)).map(|(doc, _)| doc);
        DocSet::of(docs.collect(), segment.len())
    })
}

/// Papers with a flag.
pub(crate) fn with_flag(index: &SegmentedIndex, flag: PaperFlags) -> DocSet {
    index.docs(|segment| DocSet::from_bitmap(Bitmap::from_words(segment.flag_words(flag), segment.len())))
}
