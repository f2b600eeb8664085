//! Writes a recent segment: the papers that were added or changed since a whole segment was written, where they come among its papers, and which
//! of those they replace. What is written grows with these papers only; reading it is `SegmentedIndex`.

#[cfg(test)]
mod tests;

use std::io::{self, Seek, Write};

use super::acronyms::MOST_FOR_ALL_INITIALISMS;
use super::digests::digest_numbers;
use super::draft::{Draft, MOST_PAPERS};
use super::spool::{SpoolEntry, SpooledPaper, first_after};
use super::whole::{self, WholeSegment};
use crate::index::format::paper::DocId;
use crate::index::format::reader::Index;

/// Writes the segment of a draft that holds those of `changed` row ids that are papers now. Returns how many papers both segments have. None, with
/// nothing written, when a segment beside the whole one would not give the same results as one of all papers.
pub(super) fn write<W: Write + Seek>(
    index: &Index,
    changed: &[i64],
    mut draft: Draft,
    spool: &[u8],
    out: W,
) -> io::Result<Option<(W, usize)>> {
    draft.sort(spool);
    let read = |entry: &SpoolEntry| Some((entry.order(), SpooledPaper::read(spool, entry)?));
    let mut places = Vec::with_capacity(draft.entries.len());
    let mut place = 0;
    for (order, paper) in draft.entries.iter().filter_map(read) {
        place = first_after(index, place, (order, paper.tie_break()));
        places.push(place);
    }
    let replaced = replaced(index, changed, draft.entries.iter().filter_map(read).map(|(_, paper)| paper));
    let papers = index.len() - replaced.len() + places.len();
    if papers > MOST_PAPERS {
        return Err(io::Error::other("more papers than an index can hold"));
    }
    let hold_all_initialisms = [papers, index.len()].map(|papers| papers <= MOST_FOR_ALL_INITIALISMS);
    if hold_all_initialisms != [true; 2] && hold_all_initialisms != [false; 2]
        || digest_numbers(index, &replaced, &draft.digests).is_none()
    {
        return Ok(None);
    }
    draft.highest_row = highest_row(index, &replaced).max(draft.highest_row);
    let segment = WholeSegment { index, places, replaced };
    let written = whole::write(draft, spool, out, Some(segment), &mut || true)?;
    Ok(written.map(|out| (out, papers)))
}

/// The papers of an index that have any of these row ids, sorted. `present`: the papers that have them now. A paper that changed mostly has the
/// same key, by which it is found; only for others all row ids are read.
fn replaced<'a>(index: &Index, rows: &[i64], present: impl Iterator<Item = SpooledPaper<'a>>) -> Vec<DocId> {
    let by_key = |paper: SpooledPaper<'_>| index.find(paper.key()).filter(|doc| index.row(*doc) == paper.row());
    let mut docs: Vec<DocId> = present.filter_map(by_key).collect();
    let mut found: Vec<i64> = docs.iter().map(|doc| index.row(*doc)).collect();
    found.sort_unstable();
    let mut others: Vec<i64> =
        rows.iter().copied().filter(|row| *row <= index.highest_row() && found.binary_search(row).is_err()).collect();
    others.sort_unstable();
    if !others.is_empty() {
        docs.extend(index.with_rows(&others));
    }
    docs.sort_unstable();
    docs.dedup();
    docs
}

/// The highest row id of the papers of an index without some. Only where the highest one is among these all row ids are read.
fn highest_row(index: &Index, without: &[DocId]) -> i64 {
    if !without.iter().any(|doc| index.row(*doc) == index.highest_row()) {
        return index.highest_row();
    }
    let docs = (0..).zip(0..index.len()).map(|(doc, _)| doc);
    docs.filter(|doc| without.binary_search(doc).is_err()).map(|doc| index.row(doc)).max().unwrap_or(i64::MIN)
}
