//! The list of papers: only the rows in view are built. A column without room is left out whole: votes, then author, then year.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::flow::{self, columns};
use super::super::layout::{Areas, lines_each};
use super::super::model::Model;
use super::super::page;
use super::super::panes::Pane;
use super::super::snippets::fit;
use super::super::wording::empty_list;
use super::detail::role_style;
use super::{put, put_right};
use crate::domain::reading::Status;
use crate::library::search::{DocId, FuzzyMatcher, Snippet, highlight_words, highlights};

/// Columns before the title: cursor bar, status, mark of a selected row, star or note, a space.
const MARKS: u16 = 5;
/// Narrowest list that shows the year, the author, the votes.
const WITH_YEAR: u16 = 36;
const WITH_AUTHOR: u16 = 56;
const WITH_VOTES: u16 = 66;
/// Title of the line above fuzzy matches.
const FUZZY: &str = "fuzzy matches";

pub(super) fn draw(buffer: &mut Buffer, area: Rect, areas: &Areas, model: &Model) {
    let results = &model.results;
    if results.hits.is_none() {
        return;
    }
    if let Some(area) = areas.empty_list(model) {
        draw_empty(buffer, area, model);
    }
    let lines = areas.list_lines(model);
    let mut docs = results.page(model.list.top, lines.len()).into_iter();
    // Fuzzy matches are highlighted only where some are in view.
    let has_fuzzy = lines.iter().any(|(_, place)| place.is_some_and(|place| results.is_fuzzy(place)));
    let mut fuzzy = if has_fuzzy { FuzzyMatcher::of(&model.search.query) } else { None };
    for (y, place) in lines {
        let Some(place) = place else {
            draw_divider(buffer, Rect { y, height: 1, ..area }, model);
            continue;
        };
        let Some(doc) = docs.next() else { break };
        let area = Rect { y, height: lines_each(model).min(area.bottom() - y), ..area };
        let reasons = reasons(model, doc);
        let snippet = model.snippets.of(doc).or(reasons.as_ref()).filter(|_| areas.shows_snippets(model));
        let row = PaperRow { doc, place, current: place == model.list.selected, snippet };
        draw_row(buffer, area, &row, fuzzy.as_mut().filter(|_| results.is_fuzzy(place)), model);
    }
}

/// The words that say why a paper was found.
fn reasons(model: &Model, doc: DocId) -> Option<Snippet> {
    let reasons = model.results.hits.as_ref()?.reasons(doc);
    let text = page::reasons(reasons, &model.glyphs);
    (!reasons.is_empty()).then_some(Snippet { text, highlights: Vec::new(), is_cut: [false, false] })
}

/// The line between the papers found and the fuzzy matches.
fn draw_divider(buffer: &mut Buffer, area: Rect, model: &Model) {
    let line = model.glyphs.line.horizontal;
    let rest = usize::from(area.width).saturating_sub(FUZZY.len() + 5);
    let text = format!("{line}{line} {FUZZY} {}", line.repeat(rest));
    put(buffer, area.x + 1, area.y, area.width.saturating_sub(2), &text, model.theme.dim);
}

struct PaperRow<'a> {
    doc: DocId,
    place: usize,
    /// The row under the cursor.
    current: bool,
    /// The excerpt of the abstract that shows why the paper was found.
    snippet: Option<&'a Snippet>,
}

fn draw_row(buffer: &mut Buffer, area: Rect, row: &PaperRow<'_>, fuzzy: Option<&mut FuzzyMatcher>, model: &Model) {
    let (theme, glyphs, snapshot) = (&model.theme, &model.glyphs, &model.snapshot);
    let status = snapshot.status(row.doc);
    let among_all = model.selection.all && fuzzy.is_none();
    let is_selected = among_all || model.selection.has(row.doc, row.place, model.list.selected);
    if is_selected {
        buffer.set_style(area, theme.marked);
    }
    if row.current {
        let focused = model.focus == Pane::List && model.overlay.is_none();
        buffer.set_style(area, if focused { theme.selection } else { theme.selection_unfocused });
        put(buffer, area.x, area.y, 1, glyphs.cursor, theme.accent);
    }
    put(buffer, area.x + 1, area.y, 1, glyphs.status(status), status_style(model, status));
    if is_selected {
        put(buffer, area.x + 2, area.y, 1, glyphs.marked, theme.accent);
    } else if model.is_new(row.doc) {
        put(buffer, area.x + 2, area.y, 1, glyphs.new, theme.accent);
    }
    if snapshot.is_starred(row.doc) {
        put(buffer, area.x + 3, area.y, 1, glyphs.star, theme.star);
    } else if snapshot.has_note(row.doc) {
        put(buffer, area.x + 3, area.y, 1, glyphs.note, theme.dim);
    }
    let mut right = area.right().saturating_sub(1);
    // A title may reach into columns that are empty in its row.
    let mut title_end = right;
    if area.width >= WITH_VOTES && snapshot.has_votes {
        if let Some(votes) = snapshot.votes(row.doc) {
            let votes = format!("{}{votes}", glyphs.votes);
            title_end = put_right(buffer, right, area.y, &votes, theme.dim).saturating_sub(1);
        }
        right = right.saturating_sub(6);
    }
    if area.width >= WITH_YEAR {
        if let Some(year) = snapshot.year(row.doc) {
            title_end = put_right(buffer, right, area.y, &year.to_string(), theme.dim).saturating_sub(1);
        }
        right = right.saturating_sub(5);
    }
    let two_line = model.arrangement.two_line;
    if let Some(snippet) = row.snippet.filter(|_| !two_line) {
        // At the same column in every row, so that snippets can be read down the list.
        let half = area.x + MARKS + (right - (area.x + MARKS)) / 2;
        draw_snippet(buffer, (half, area.y, title_end.saturating_sub(half)), snippet, model);
        title_end = half - 2;
    } else if area.width >= WITH_AUTHOR && !two_line {
        let room = (area.width / 6).clamp(10, 14);
        let author = flow::cut(snapshot.first_author(row.doc), usize::from(room) - 1, glyphs.ellipsis);
        if !author.is_empty() {
            title_end = right.saturating_sub(room);
            put(buffer, title_end + 1, area.y, room - 1, &author, theme.dim);
        }
    }
    let room = title_end.saturating_sub(area.x + MARKS);
    let style = match status {
        _ if fuzzy.is_some() => theme.dim,
        Status::Read | Status::Dropped => theme.text,
        _ => theme.bright,
    };
    let text = snapshot.title(row.doc);
    let highlights = match fuzzy {
        Some(fuzzy) => fuzzy.highlights(text),
        None => highlights(&highlight_words(&model.search.query), text),
    };
    draw_title(buffer, (area.x + MARKS, area.y, room), (text, highlights), style, model);
    if two_line && area.height > 1 {
        draw_second_line(buffer, area, row, model);
    }
}

/// A title at a place with its room, the matches of the search highlighted.
fn draw_title(
    buffer: &mut Buffer,
    (x, y, room): (u16, u16, u16),
    (text, matches): (&str, Vec<Range<usize>>),
    style: Style,
    model: &Model,
) {
    let shown = flow::cut(text, usize::from(room), model.glyphs.ellipsis);
    // Matches in the part that was cut off are not highlighted.
    let kept = shown.len()
        - if shown.len() < text.len() || shown != text { model.glyphs.ellipsis.len().min(shown.len()) } else { 0 };
    let visible: Vec<_> = matches.into_iter().filter(|found| found.end <= kept).collect();
    let mut at = x;
    for span in flow::spans(&shown, 0..shown.len(), flow::TextRole::Title, &visible) {
        let style = if span.matched { style.patch(model.theme.matched) } else { style };
        at += put(buffer, at, y, (x + room).saturating_sub(at), &span.text, style);
    }
}

/// An excerpt of an abstract at a place with its room, dim, its matches highlighted.
fn draw_snippet(buffer: &mut Buffer, (x, y, room): (u16, u16, u16), snippet: &Snippet, model: &Model) {
    let (shown, highlights) = fit(snippet, usize::from(room), model.glyphs.ellipsis);
    let mut at = x;
    for span in flow::spans(&shown, 0..shown.len(), flow::TextRole::Dim, &highlights) {
        let style = if span.matched { model.theme.dim.patch(model.theme.matched) } else { model.theme.dim };
        at += put(buffer, at, y, (x + room).saturating_sub(at), &span.text, style);
    }
}

/// Authors, categories and tags under the title; the excerpt of the abstract where there is one.
fn draw_second_line(buffer: &mut Buffer, area: Rect, row: &PaperRow<'_>, model: &Model) {
    let (doc, snapshot, theme) = (row.doc, &model.snapshot, &model.theme);
    let y = area.y + 1;
    let mut right = area.right().saturating_sub(1);
    for tag in model.snapshot.tags_of(doc).into_iter().rev() {
        right = put_right(buffer, right, y, &format!("#{tag}"), theme.tag).saturating_sub(1);
    }
    if let Some(snippet) = row.snippet {
        let x = area.x + MARKS;
        return draw_snippet(buffer, (x, y, right.saturating_sub(x)), snippet, model);
    }
    let categories: Vec<&str> = snapshot.categories(doc).collect();
    let separator = format!(" {} ", model.glyphs.separator);
    let parts = [snapshot.authors(doc).to_owned(), categories.join(" ")];
    let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&separator);
    let room = right.saturating_sub(area.x + MARKS);
    put(buffer, area.x + MARKS, y, room, &flow::cut(&text, usize::from(room), model.glyphs.ellipsis), theme.dim);
}

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

/// Nothing to list: says why, and what to do next.
fn draw_empty(buffer: &mut Buffer, area: Rect, model: &Model) {
    let left = area.x + 2;
    for (row, (text, role)) in empty_list(model).iter().enumerate().take(usize::from(area.height.saturating_sub(1))) {
        let room = area.width.saturating_sub(3);
        let text = flow::cut(text, usize::from(room), model.glyphs.ellipsis);
        put(buffer, left, area.y + 1 + row as u16, room.max(columns(&text).min(room)), &text, role_style(*role, model));
    }
}
