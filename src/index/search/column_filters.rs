//! Filters that read one column of the index from end to end. Which clause of a query uses which column is decided in `evaluate`.

use crate::index::format::columns::SetColumn;
use crate::index::format::file::Section;
use crate::index::format::paper::PaperFlags;
use crate::index::format::reader::Index;
use crate::index::format::sets::{Bitmap, DocSet};

/// Papers whose set has any member with `is_chosen` true.
pub(crate) fn with_member(index: &Index, sets: SetColumn<'_>, is_chosen: &[bool]) -> DocSet {
    let is_chosen = |member: u32| is_chosen.get(member as usize).copied().unwrap_or(false);
    let set_matches: Vec<bool> = (0..sets.len() as u32).map(|set| sets.members(set).any(is_chosen)).collect();
    if !set_matches.contains(&true) {
        return DocSet::empty();
    }
    let matches = sets.column().map(|set| set_matches.get(set as usize).copied().unwrap_or(false));
    DocSet::from_bitmap(Bitmap::collect(index.len(), matches))
}

/// Papers whose number in a column passes.
pub(crate) fn with_number(index: &Index, section: Section, passes: impl Fn(u32) -> bool) -> DocSet {
    DocSet::from_bitmap(Bitmap::collect(index.len(), index.column(section).map(passes)))
}

/// Papers with known votes that pass.
pub(crate) fn with_votes(index: &Index, passes: impl Fn(u32) -> bool) -> DocSet {
    let docs = index.vote_pairs().filter(|(_, votes)| passes(*votes)).map(|(doc, _)| doc);
    DocSet::of(docs.collect(), index.len())
}

/// Papers with a flag.
pub(crate) fn with_flag(index: &Index, flag: PaperFlags) -> DocSet {
    DocSet::from_bitmap(Bitmap::from_words(index.flag_words(flag), index.len()))
}
