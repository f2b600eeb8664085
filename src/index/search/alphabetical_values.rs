//! Values by which the papers of two segments are sorted alphabetically. Each segment has ranks of its own; the papers of the recent one are
//! looked up among those of the whole one, once for each index that is opened.

use crate::index::format::file::Section;
use crate::index::format::paper::DocId;
use crate::index::format::reader::Index;
use crate::index::format::segmented::SegmentedIndex;
use crate::index::text::alphabetical::{author_order, title_order};

/// The value of a paper of a segment by title or, for `Section::AuthorRank`, by author: less for one that comes before, equal for equal texts. None
/// for a paper without the text.
pub(super) fn value(index: &SegmentedIndex, segment: &Index, ranks: Section, doc: DocId) -> Option<u64> {
    let rank = segment.number(ranks, doc);
    if rank == u32::MAX {
        return None;
    }
    let Some(recent) = index.recent.as_ref().filter(|_| !index.is_whole(segment)) else { return Some(of_rank(rank)) };
    let values = if ranks == Section::TitleRank { &recent.title_values } else { &recent.author_values };
    values.get_or_init(|| recent_values(index.whole(), segment, ranks)).get(doc as usize).copied()
}

/// Of a rank in the whole segment. Papers of the recent one that come between two ranks have the even numbers between, and their own ranks below.
fn of_rank(rank: u32) -> u64 {
    (u64::from(rank) * 2 + 1) << 32
}

/// The values of all papers of the recent segment; unspecified for one without the text.
fn recent_values(whole: &Index, recent: &Index, ranks: Section) -> Vec<u64> {
    let is_title = ranks == Section::TitleRank;
    let section = if is_title { Section::TitleOrder } else { Section::AuthorOrder };
    let order = whole.stored_order(section, ranks);
    let text = |index: &'_ Index, doc: DocId| match is_title {
        true => title_order(index.title(doc), usize::MAX).into_owned(),
        false => author_order(index.authors(doc), usize::MAX).into_owned(),
    };
    let value = |doc: DocId| {
        let own = text(recent, doc);
        let (mut from, mut to) = (0, order.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            if text(whole, order.doc(middle)) < own { from = middle + 1 } else { to = middle }
        }
        let rank_at = |place: usize| whole.number(ranks, order.doc(place));
        let next = if from < order.len() {
            rank_at(from)
        } else {
            order.len().checked_sub(1).map_or(0, |last| rank_at(last) + 1)
        };
        if from < order.len() && text(whole, order.doc(from)) == own {
            of_rank(next)
        } else {
            u64::from(next) << 33 | u64::from(recent.number(ranks, doc))
        }
    };
    (0..recent.len() as DocId).map(value).collect()
}
