//! Writes the next index from an older one and the papers that changed since: each section is read once, from end to end, and written without
//! the removed papers and with the new ones in their positions. The file is, byte for byte, what a build from all papers would write. Order,
//! sets and terms are defined by the other files of `build`.

mod columns;
mod merge;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, Seek, Write};

use self::merge::PaperMerge;
use super::acronyms::MOST_FOR_ALL_INITIALISMS;
use super::draft::{Draft, MOST_PAPERS};
use crate::index::format::file::{IndexFileKind, SectionWriter};
use crate::index::format::reader::Index;

/// Writes the index of the papers of `old`, without those whose row ids are in `removed`, and of the draft. Returns how many papers it has.
/// None, with nothing written, when all papers are needed: see `IndexBuilder::extend`.
pub(super) fn write<W: Write + Seek>(
    old: &Index,
    removed: &[i64],
    mut draft: Draft,
    spool: &[u8],
    out: W,
) -> io::Result<Option<(W, usize)>> {
    draft.sort(spool);
    let merge = PaperMerge::new(old, removed, &draft, spool);
    if merge.papers > MOST_PAPERS {
        return Err(io::Error::other("more papers than an index can hold"));
    }
    // A large index lacks initialisms that a small one holds.
    if merge.papers <= MOST_FOR_ALL_INITIALISMS && old.len() > MOST_FOR_ALL_INITIALISMS {
        return Ok(None);
    }
    let Some(digests) = merge.digest_numbers(&draft.digests) else { return Ok(None) };
    let mut writer = SectionWriter::new(out, IndexFileKind::Index)?;
    let acronyms = merge.acronyms(&draft.acronyms);
    let (revision, papers) = (draft.revision, merge.papers);
    merge.write_columns(draft, &digests, &mut writer)?;
    merge.write_words(&acronyms, &mut writer)?;
    Ok(Some((writer.finish(revision, papers)?, papers)))
}
