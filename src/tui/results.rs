//! The list of papers: what the latest search found, and which rows of it are at hand. Plain data, read by row.

use std::ops::Range;
use std::sync::Arc;

use super::cursor::Cursor;
use crate::domain::query::Filter;
use crate::library::search::{ApproximateWord, BelowResult, DocId, Elsewhere, Facets, Hits, RankedPaper, Reason};

/// Rows that fill a screen: a result of fewer papers is followed by others, up to this many rows in all.
pub const SCREENFUL: usize = 50;

/// What the latest search found.
#[derive(Clone, Default)]
pub struct Results {
    /// If the query finds nothing: each part of it, and what it finds alone.
    pub parts: Vec<QueryPart>,
    /// Number of the latest search; answers to earlier ones are stale.
    pub generation: u64,
    pub hits: Option<Arc<Hits>>,
    /// Papers listed below the hits. They are not counted among the hits, and changes to the whole result leave them out.
    pub below: Vec<BelowResult>,
    /// Number of the search that `hits` answers.
    pub answered: u64,
    /// The first search of the query as it is now: the list of an earlier one is of another query.
    pub first_of_query: u64,
    /// The next unread paper is looked for, forward or not, and the cursor goes to it.
    pub unread_awaited: Option<bool>,
    /// Rows that the cursor was moved by since the query was typed, in a list that is still to come.
    pub steps: isize,
    /// The filter that `below` was found for.
    pub below_for: Filter,
    pub facets: Option<Arc<Facets>>,
    /// The paper on which the cursor stays when the next answer arrives; None moves it to the first.
    pub keep: Option<DocId>,
    /// A change that the user made here is saved, and the library that has it is still to come.
    pub is_own_change_awaited: bool,
    /// It stays even if the next answer does not list it.
    pub keeps_unlisted: bool,
    /// The paper under the cursor that the search no longer finds: it has a row of its own until the cursor leaves it.
    pub left_over: Option<LeftOver>,
    /// Where the cursor was when the reader was last left, for the first answer.
    pub left_at: Option<Cursor>,
    /// Rows that were put in order when they were needed; the first screens are in `hits`.
    pub window: Window,
}

/// A paper that is no longer found, and its row: above those below the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOver {
    pub doc: DocId,
    pub row: usize,
}

/// Rows of a list, from one on.
#[derive(Clone, Debug, Default)]
pub struct Window {
    pub from: usize,
    pub docs: Vec<DocId>,
    /// The rows that were requested last and have not arrived.
    pub awaited: Option<Range<usize>>,
}

/// Rows that are put in order at once around those needed, so that scrolling on needs no more for a while.
const WINDOW: usize = 2000;

/// A part of a query and how many papers it finds alone.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryPart {
    pub filter: Filter,
    pub text: String,
    pub papers: usize,
}

impl Results {
    /// Whether the list is that of the query, as it is now or was before the library changed.
    pub fn is_of_query(&self) -> bool {
        self.answered >= self.first_of_query
    }

    /// The next search is for another query, or for other papers.
    pub fn begin_query(&mut self) {
        self.first_of_query = self.generation + 1;
        self.unread_awaited = None;
        self.steps = 0;
    }

    /// Nothing is awaited any longer: the list stays the one that was found last.
    pub fn give_up(&mut self) {
        self.first_of_query = self.answered;
        self.unread_awaited = None;
    }

    pub fn count(&self) -> usize {
        self.hits.as_ref().map_or(0, |hits| hits.count)
    }

    /// If the query finds nothing, the part to remove: the first that finds nothing alone, else the last.
    pub fn part_to_drop(&self) -> Option<&QueryPart> {
        self.parts.iter().find(|part| part.papers == 0).or(self.parts.last())
    }

    /// Whether papers that have free words outside title and authors are still to come.
    pub fn is_partial(&self) -> bool {
        self.hits.as_ref().is_some_and(|hits| hits.elsewhere == Elsewhere::Awaited)
    }

    /// Number of rows above those below the result.
    pub fn listed(&self) -> usize {
        self.count() + usize::from(self.left_over.is_some())
    }

    /// Number of rows of the list, those below the result included.
    pub fn rows(&self) -> usize {
        self.listed() + self.below.iter().map(|band| band.papers.len()).sum::<usize>()
    }

    /// The papers below the hits.
    pub fn below(&self) -> impl Iterator<Item = &RankedPaper> {
        self.below.iter().flat_map(|band| &band.papers)
    }

    /// Why a paper was found; empty where the query says it.
    pub fn reasons(&self, doc: DocId) -> &[Reason] {
        let of_hits = self.hits.as_ref().map_or(&[][..], |hits| hits.reasons(doc));
        let below = || self.below().find(|paper| paper.doc == doc).map_or(&[][..], |paper| &paper.reasons);
        if of_hits.is_empty() { below() } else { of_hits }
    }

    /// See `Hits::approximate`.
    pub fn approximate(&self) -> &[ApproximateWord] {
        self.hits.as_ref().map_or(&[], |hits| &hits.approximate)
    }

    /// See `Hits::names`.
    pub fn names(&self) -> &[String] {
        self.hits.as_ref().map_or(&[], |hits| &hits.names)
    }

    /// The row among what was found, of a row of the list: one less below a paper that is no longer found.
    pub fn found_row(&self, place: usize) -> usize {
        place - usize::from(self.left_over.is_some_and(|left_over| left_over.row < place))
    }

    /// Whether a row is that of a paper that is no longer found.
    pub fn is_left_over(&self, place: usize) -> bool {
        self.left_over.is_some_and(|left_over| left_over.row == place)
    }

    /// The document in a row of the list.
    pub fn at(&self, place: usize) -> Option<DocId> {
        self.page(place, 1).first().copied()
    }

    /// Up to `length` documents of the list from a row on; empty while they are being put in order.
    pub fn page(&self, from: usize, length: usize) -> Vec<DocId> {
        let found = |from, length| {
            let Some(mut docs) = self.at_hand(from, length) else { return Vec::new() };
            let before = from.saturating_sub(self.count());
            docs.extend(self.below().skip(before).take(length.saturating_sub(docs.len())).map(|paper| paper.doc));
            docs
        };
        self.with_left_over(from, length, found)
    }

    /// Rows of the list from rows of what was found.
    fn with_left_over(&self, from: usize, length: usize, found: impl Fn(usize, usize) -> Vec<DocId>) -> Vec<DocId> {
        match self.left_over.filter(|left_over| (from..from.saturating_add(length)).contains(&left_over.row)) {
            None => found(self.found_row(from), length),
            Some(LeftOver { doc, row }) => {
                let mut docs = found(from, row - from);
                docs.push(doc);
                docs.extend(found(row, length - (row - from) - 1));
                docs
            }
        }
    }

    /// The same, put in order here where they are not: for what a key acts on, not for drawing.
    pub fn page_in_order(&self, from: usize, length: usize) -> Vec<DocId> {
        match &self.hits {
            Some(hits) if self.at_hand(self.found_row(from), length).is_none() => {
                self.with_left_over(from, length, |from, length| hits.page(from, length))
            }
            _ => self.page(from, length),
        }
    }

    /// The same without those below the hits; None while they are not in order.
    fn at_hand(&self, from: usize, length: usize) -> Option<Vec<DocId>> {
        let Some(hits) = &self.hits else { return Some(Vec::new()) };
        hits.page_at_hand(from, length).or_else(|| {
            let end = from.saturating_add(length).min(hits.count);
            let start = from.checked_sub(self.window.from)?;
            self.window.docs.get(start..start + end.saturating_sub(from)).map(<[DocId]>::to_vec)
        })
    }

    /// The rows to request, when some of these are not in order and not requested yet.
    pub fn missing(&mut self, from: usize, length: usize) -> Option<Range<usize>> {
        let from = self.found_row(from);
        let end = from.saturating_add(length).min(self.count());
        let is_awaited = self.window.awaited.as_ref().is_some_and(|rows| rows.start <= from && end <= rows.end);
        if is_awaited || self.at_hand(from, length).is_some() {
            return None;
        }
        let rows = from.saturating_sub(WINDOW / 2)..end.saturating_add(WINDOW / 2).min(self.count());
        self.window.awaited = Some(rows.clone());
        Some(rows)
    }

    /// The row of a document in a list of less than a screen.
    pub fn position_in_short_list(&self, doc: DocId) -> Option<usize> {
        self.page(0, SCREENFUL).iter().position(|other| *other == doc)
    }

    /// The paper in a row left the list for another reason than what the user did here: it keeps a row of its own, above those below the
    /// result. Returns it.
    pub fn leave_over(&mut self, doc: DocId, place: usize) -> usize {
        let row = place.min(self.count());
        self.left_over = Some(LeftOver { doc, row });
        row
    }
}
