//! One paper of the list, on one line or two. The title gets the room; everything else is a narrow column, and the narrower the list, the
//! fewer of them there are: tags and `code` go first, then votes, then the author, then the date.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::flow::{self, columns};
use super::super::model::Model;
use super::super::panes::Pane;
use super::super::snippets::fit;
use super::super::title_cut;
use super::{put, put_right};
use crate::domain::date::PartialDate;
use crate::domain::query::{FieldName, SortBy};
use crate::domain::reading::Status;
use crate::library::search::{
    DocId, FuzzyMatcher, HighlightedText, Snippet, highlight_patterns, highlights, name_patterns,
};

/// Columns of the cursor bar, the status and the mark of a selected or new row.
const BEFORE_STAR: u16 = 3;
/// Narrowest list that shows the year, the note beside the star, the author, the votes, tags and code, the whole date.
const WITH_YEAR: u16 = 36;
const WITH_NOTE: u16 = 48;
const WITH_AUTHOR: u16 = 56;
const WITH_VOTES: u16 = 66;
const WITH_TAGS: u16 = 90;
const WITH_DATE: u16 = 84;
/// Says that a paper has code.
const CODE: &str = "code";
/// Columns of a year, a date, votes, the blank before each included.
const YEAR: u16 = 5;
const DATE: u16 = 11;
const VOTES: u16 = 6;

/// Which columns a list has, and how wide they are.
pub(super) struct RowColumns {
    /// The column of the title, from the left edge.
    title: u16,
    has_note: bool,
    /// 0: none.
    date: u16,
    votes: u16,
    author: u16,
    /// Most columns of tags and `code`.
    tags: u16,
    /// The day of a paper's digest is more telling than its own date.
    by_digest: bool,
}

impl RowColumns {
    pub(super) fn of(area: Rect, model: &Model) -> Self {
        let width = area.width;
        let query = &model.search.query;
        let is_ordered = query.order().first().is_some_and(|sort| sort.by == SortBy::Digest);
        let has_note = width >= WITH_NOTE;
        Self {
            title: BEFORE_STAR + 2 + u16::from(has_note),
            has_note,
            date: match width {
                WITH_DATE.. => DATE,
                WITH_YEAR.. => YEAR,
                _ => 0,
            },
            votes: if width >= WITH_VOTES && model.snapshot.has_votes { VOTES } else { 0 },
            author: if width >= WITH_AUTHOR { (width / 6).clamp(10, 14) } else { 0 },
            tags: if width >= WITH_TAGS { width / 5 } else { 0 },
            by_digest: is_ordered || query.narrowed_fields().contains(&FieldName::Digest),
        }
    }
}

/// A row of the list.
pub(super) struct PaperRow<'a> {
    pub(super) doc: DocId,
    pub(super) place: usize,
    /// Why the paper was found.
    pub(super) reason: Option<&'a Snippet>,
    /// How its abstract begins.
    pub(super) opening: Option<&'a Snippet>,
    pub(super) columns: &'a RowColumns,
    pub(super) model: &'a Model,
}

impl PaperRow<'_> {
    /// `fuzzy`: finds the letters that match in the title of a fuzzy match.
    pub(super) fn draw(&self, buffer: &mut Buffer, area: Rect, fuzzy: Option<&mut FuzzyMatcher>) {
        let (model, doc) = (self.model, self.doc);
        let snapshot = &model.snapshot;
        self.draw_marks(buffer, area);
        let left = area.x + self.columns.title;
        let (right, mut title_end) = self.draw_figures(buffer, area);
        let two_line = model.arrangement.two_line;
        if let Some(snippet) = self.reason.filter(|_| !two_line) {
            // At the same column in every row, so that snippets can be read down the list.
            let half = left + (right.saturating_sub(left)) / 2;
            self.draw_snippet(buffer, (half, area.y, title_end.saturating_sub(half)), snippet);
            title_end = half.saturating_sub(2);
        } else if !two_line {
            let author_at = self.draw_author(buffer, (right, area.y));
            title_end = author_at.unwrap_or(title_end);
            let tags_end = (author_at.unwrap_or(right), area.y);
            title_end = self.draw_tags(buffer, tags_end, self.columns.tags).unwrap_or(title_end);
        }
        let status = snapshot.status(doc);
        let style = match status {
            _ if model.results.is_below(self.place) || model.results.is_left_over(self.place) => model.theme.dim,
            Status::Read | Status::Dropped => model.theme.text,
            _ => model.theme.bright,
        };
        let title = snapshot.title(doc);
        let matches = match fuzzy {
            Some(fuzzy) => fuzzy.highlights(title),
            None => {
                let mut patterns = highlight_patterns(&model.search.query);
                patterns.extend(name_patterns(model.results.names()));
                highlights(&patterns, model.results.approximate(), (HighlightedText::Title, title))
            }
        };
        let left = match snapshot.publication_status(doc) {
            Some(status) => {
                left + 1 + put(buffer, left, area.y, title_end.saturating_sub(left), status.name(), model.theme.error)
            }
            None => left,
        };
        self.draw_title(buffer, (left, area.y, title_end.saturating_sub(left)), (title, &matches), style);
        if two_line && area.height > 1 {
            self.draw_second_line(buffer, area);
        }
    }

    /// The cursor, the status, and whether the row is selected or new, starred, and has a note.
    fn draw_marks(&self, buffer: &mut Buffer, area: Rect) {
        let model = self.model;
        let (theme, glyphs, snapshot) = (&model.theme, &model.glyphs, &model.snapshot);
        let is_selected = model.is_selected(self.doc, self.place);
        if is_selected {
            buffer.set_style(area, theme.marked);
        }
        if self.place == model.list.selected {
            let focused = model.focus == Pane::List && model.overlay.is_none();
            buffer.set_style(area, if focused { theme.selection } else { theme.selection_unfocused });
            put(buffer, area.x, area.y, 1, glyphs.cursor, theme.accent);
        }
        let status = snapshot.status(self.doc);
        put(buffer, area.x + 1, area.y, 1, glyphs.status(status), status_style(model, status));
        if is_selected {
            put(buffer, area.x + 2, area.y, 1, glyphs.marked, theme.accent);
        } else if model.is_new(self.doc) {
            put(buffer, area.x + 2, area.y, 1, glyphs.new, theme.accent);
        }
        let is_starred = snapshot.is_starred(self.doc);
        let star = area.x + BEFORE_STAR;
        if is_starred {
            put(buffer, star, area.y, 1, glyphs.star, theme.star);
        }
        // Without a column of its own, a note gives way to the star.
        if snapshot.has_note(self.doc) && (self.columns.has_note || !is_starred) {
            put(buffer, star + u16::from(self.columns.has_note), area.y, 1, glyphs.note, theme.dim);
        }
    }

    /// Votes and date. Returns where their columns begin, and where those of this row do: a title may reach into columns that are empty.
    fn draw_figures(&self, buffer: &mut Buffer, area: Rect) -> (u16, u16) {
        let (model, snapshot) = (self.model, &self.model.snapshot);
        let mut right = area.right().saturating_sub(1);
        let mut end = right;
        if self.columns.votes > 0 {
            if let Some(votes) = snapshot.votes(self.doc) {
                let votes = format!("{}{votes}", model.glyphs.votes);
                end = put_right(buffer, right, area.y, &votes, model.theme.dim).saturating_sub(1);
            }
            right = right.saturating_sub(self.columns.votes);
        }
        if self.columns.date > 0 {
            if let Some(date) = self.date() {
                let date = if self.columns.date == DATE { date.to_string() } else { date.year().to_string() };
                end = put_right(buffer, right, area.y, &date, model.theme.dim).saturating_sub(1);
            }
            right = right.saturating_sub(self.columns.date);
        }
        (right, end)
    }

    /// The date of publication, or the day of the latest digest where that is unknown or the list is about digests.
    fn date(&self) -> Option<PartialDate> {
        let published = self.model.snapshot.date(self.doc);
        let digest = || self.model.snapshot.digests_of(self.doc).filter_map(|digest| digest.day).max();
        if self.columns.by_digest { digest().or(published) } else { published.or_else(digest) }
    }

    /// Returns where it begins, less a blank.
    fn draw_author(&self, buffer: &mut Buffer, (right, y): (u16, u16)) -> Option<u16> {
        let (room, model) = (self.columns.author.checked_sub(1)?, self.model);
        let author = flow::cut(model.snapshot.first_author(self.doc), usize::from(room), model.glyphs.ellipsis);
        let at = right.saturating_sub(room);
        (!author.is_empty()).then(|| {
            put(buffer, at, y, room, &author, model.theme.dim);
            at - 1
        })
    }

    /// Whether there is code, and as many of the tags as have room before a column. Returns where they begin, less a blank.
    fn draw_tags(&self, buffer: &mut Buffer, (end, y): (u16, u16), room: u16) -> Option<u16> {
        let model = self.model;
        let ellipsis = model.glyphs.ellipsis;
        let has_code = room > columns(CODE) && model.snapshot.has_code(self.doc);
        let (mut words, mut used) = (Vec::new(), if has_code { columns(CODE) } else { 0 });
        for tag in model.snapshot.tags_of(self.doc) {
            let left = room.saturating_sub(used + 1);
            let tag = format!("#{tag}");
            if columns(&tag) <= left {
                used += columns(&tag) + 1;
                words.push(tag);
            } else {
                // The first is cut rather than left out.
                let cut =
                    if words.is_empty() { flow::cut(&tag, usize::from(left), ellipsis) } else { ellipsis.to_owned() };
                words.extend(Some(cut).filter(|_| left > 2));
                break;
            }
        }
        let mut x = end;
        for word in words.iter().rev() {
            x = put_right(buffer, x, y, word, model.theme.tag).saturating_sub(1);
        }
        if has_code {
            x = put_right(buffer, x, y, CODE, model.theme.dim).saturating_sub(1);
        }
        (x != end).then_some(x)
    }

    fn draw_title(
        &self,
        buffer: &mut Buffer,
        (x, y, room): (u16, u16, u16),
        (title, matches): (&str, &[Range<usize>]),
        style: Style,
    ) {
        let (shown, matches) = title_cut::cut(title, usize::from(room), self.model.glyphs.ellipsis, matches);
        let mut at = x;
        for span in flow::spans(&shown, 0..shown.len(), flow::TextRole::Title, &matches) {
            let style = if span.matched { style.patch(self.model.theme.matched) } else { style };
            at += put(buffer, at, y, (x + room).saturating_sub(at), &span.text, style);
        }
    }

    /// An excerpt of an abstract, dim, its matches highlighted.
    fn draw_snippet(&self, buffer: &mut Buffer, (x, y, room): (u16, u16, u16), snippet: &Snippet) {
        let theme = &self.model.theme;
        let (shown, highlights) = fit(snippet, usize::from(room), self.model.glyphs.ellipsis);
        let mut at = x;
        for span in flow::spans(&shown, 0..shown.len(), flow::TextRole::Dim, &highlights) {
            let style = if span.matched { theme.dim.patch(theme.matched) } else { theme.dim };
            at += put(buffer, at, y, (x + room).saturating_sub(at), &span.text, style);
        }
    }

    /// Under the title: why the paper was found, or its authors, categories, digest and how its abstract begins; at the right its tags.
    fn draw_second_line(&self, buffer: &mut Buffer, area: Rect) {
        let model = self.model;
        let (x, y) = (area.x + self.columns.title, area.y + 1);
        let end = area.right().saturating_sub(1);
        let right = self.draw_tags(buffer, (end, y), area.width / 2).unwrap_or(end);
        let room = right.saturating_sub(x);
        if let Some(reason) = self.reason {
            return self.draw_snippet(buffer, (x, y, room), reason);
        }
        let ellipsis = model.glyphs.ellipsis;
        let separator = format!(" {} ", model.glyphs.separator);
        let left_by = |facts: &str| room.saturating_sub(columns(facts) + columns(&separator));
        // The beginning of the abstract has the room that the digest would take, and then that of long names.
        let with_opening = [true, false].into_iter().map(|with_digest| self.facts(room / 3, with_digest, &separator));
        let mut with_opening = with_opening.filter(|facts| left_by(facts) >= LEAST_OPENING);
        let Some((opening, facts)) = self.opening.zip(with_opening.next()) else {
            let facts = flow::cut(&self.facts(room, true, &separator), usize::from(room), ellipsis);
            put(buffer, x, y, room, &facts, model.theme.dim);
            return;
        };
        let facts = if facts.is_empty() { facts } else { facts + &separator };
        let at = x + put(buffer, x, y, room, &facts, model.theme.dim);
        let left = right.saturating_sub(at);
        put(buffer, at, y, left, &fit(opening, usize::from(left), ellipsis).0, model.theme.text);
    }

    /// Authors in at most so many columns, categories and the latest digest.
    fn facts(&self, names: u16, with_digest: bool, separator: &str) -> String {
        let snapshot = &self.model.snapshot;
        let authors = flow::cut(snapshot.authors(self.doc), usize::from(names), self.model.glyphs.ellipsis);
        let categories = snapshot.categories(self.doc).collect::<Vec<_>>().join(" ");
        let digest = snapshot.digests_of(self.doc).filter(|_| with_digest).max_by_key(|digest| digest.day);
        // Its day may stand in the column of dates.
        let digest = digest.filter(|digest| digest.day.is_none() || digest.day != self.date());
        let parts = [authors, categories, digest.map(|digest| digest.label.to_string()).unwrap_or_default()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(separator)
    }
}

/// Fewest columns for the beginning of an abstract.
const LEAST_OPENING: u16 = 16;

pub(super) fn status_style(model: &Model, status: Status) -> Style {
    let theme = &model.theme;
    match status {
        Status::Unread => theme.unread,
        Status::Queued => theme.queued,
        Status::Reading => theme.reading,
        Status::Read => theme.read,
        Status::Dropped => theme.dropped,
    }
}
