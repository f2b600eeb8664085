//! The list of papers: only the rows in the window are made. A column that finds no room drops out whole: votes, then author, then year.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::flow;
use super::super::layout::{Areas, lines_each};
use super::super::model::{Model, Pane};
use super::super::snippets::fit;
use super::{columns, put, put_right};
use crate::domain::reading::Status;
use crate::index::{DocId, Loose, Snippet, highlights, needles};

/// Columns of the parts before the title: cursor bar, state, star, each with what parts it from the next.
const MARKS: u16 = 5;
/// Narrowest list that shows a year, an author, votes.
const WITH_YEAR: u16 = 36;
const WITH_AUTHOR: u16 = 56;
const WITH_VOTES: u16 = 66;
/// What stands above loose matches.
const LETTERS_IN_ORDER: &str = "letters in this order";

pub(super) fn draw(buffer: &mut Buffer, areas: &Areas, area: Rect, model: &Model) {
    let results = &model.results;
    if results.hits.is_none() {
        return;
    }
    if results.count() == 0 {
        let head = areas.list_head(model);
        empty(buffer, if head > 0 { Rect { height: head, ..area } } else { area }, model);
    }
    let lines = areas.list_lines(model);
    let mut docs = results.page(model.list.top, lines.len()).into_iter();
    // Letters in order are looked for only where there are rows to light.
    let reaches_loose = lines.iter().any(|(_, place)| place.is_some_and(|place| results.is_loose(place)));
    let mut loose = if reaches_loose { Loose::of(&model.search.query) } else { None };
    for (y, place) in lines {
        let Some(place) = place else {
            divider(buffer, Rect { y, height: 1, ..area }, model);
            continue;
        };
        let Some(doc) = docs.next() else { break };
        let area = Rect { y, height: lines_each(model).min(area.bottom() - y), ..area };
        let shared = shared(model, doc);
        let snippet = model.snippets.of(doc).or(shared.as_ref()).filter(|_| areas.shows_snippets(model));
        let row = Row { doc, place, selected: place == model.list.selected, snippet };
        draw_row(buffer, area, &row, loose.as_mut().filter(|_| results.is_loose(place)), model);
    }
}

/// What a paper shares with those that papers like were asked for.
fn shared(model: &Model, doc: DocId) -> Option<Snippet> {
    let words = model.results.hits.as_ref()?.shared(doc);
    (!words.is_empty()).then(|| Snippet { text: words.join(", "), lit: Vec::new(), is_cut: [false, false] })
}

/// Parts what was found from what only has its letters.
fn divider(buffer: &mut Buffer, area: Rect, model: &Model) {
    let line = model.glyphs.line.horizontal;
    let rest = usize::from(area.width).saturating_sub(LETTERS_IN_ORDER.len() + 5);
    let text = format!("{line}{line} {LETTERS_IN_ORDER} {}", line.repeat(rest));
    put(buffer, area.x + 1, area.y, area.width.saturating_sub(2), &text, model.theme.dim);
}

struct Row<'a> {
    doc: DocId,
    place: usize,
    selected: bool,
    /// What of the abstract shows why the paper was found.
    snippet: Option<&'a Snippet>,
}

fn draw_row(buffer: &mut Buffer, area: Rect, row: &Row<'_>, loose: Option<&mut Loose>, model: &Model) {
    let (theme, glyphs, index, marks) = (&model.theme, &model.glyphs, &model.snapshot.index, &model.snapshot.marks);
    let status = marks.status(row.doc);
    let among_all = model.selection.all && loose.is_none();
    let picked = among_all || model.selection.has(row.doc, row.place, model.list.selected);
    if picked {
        buffer.set_style(area, theme.marked);
    }
    if row.selected {
        let focused = model.focus == Pane::List && model.overlay.is_none();
        buffer.set_style(area, if focused { theme.selection } else { theme.selection_unfocused });
        put(buffer, area.x, area.y, 1, glyphs.cursor, theme.accent);
    } else if picked {
        put(buffer, area.x, area.y, 1, glyphs.marked, theme.accent);
    }
    put(buffer, area.x + 1, area.y, 1, glyphs.status(status), status_style(model, status));
    if marks.starred(row.doc) {
        put(buffer, area.x + 3, area.y, 1, glyphs.star, theme.star);
    } else if marks.noted(row.doc) {
        put(buffer, area.x + 3, area.y, 1, glyphs.note, theme.dim);
    }
    let mut right = area.right().saturating_sub(1);
    // A title may reach into columns that have nothing to say of its paper.
    let mut title_end = right;
    if area.width >= WITH_VOTES && model.snapshot.has_votes {
        if let Some(votes) = index.votes(row.doc) {
            let votes = format!("{}{votes}", glyphs.votes);
            title_end = put_right(buffer, right, area.y, &votes, theme.dim).saturating_sub(1);
        }
        right = right.saturating_sub(6);
    }
    if area.width >= WITH_YEAR {
        if let Some(year) = index.year(row.doc) {
            title_end = put_right(buffer, right, area.y, &year.to_string(), theme.dim).saturating_sub(1);
        }
        right = right.saturating_sub(5);
    }
    let two_line = model.arrangement.two_line;
    if let Some(snippet) = row.snippet.filter(|_| !two_line) {
        // In every row at the same column, so that the eye can run down.
        let half = area.x + MARKS + (right - (area.x + MARKS)) / 2;
        draw_snippet(buffer, (half, area.y, title_end.saturating_sub(half)), snippet, model);
        title_end = half - 2;
    } else if area.width >= WITH_AUTHOR && !two_line {
        let room = (area.width / 6).clamp(10, 14);
        let author = flow::cut(index.first_author(row.doc), usize::from(room) - 1, glyphs.ellipsis);
        if !author.is_empty() {
            title_end = right.saturating_sub(room);
            put(buffer, title_end + 1, area.y, room - 1, &author, theme.dim);
        }
    }
    let room = title_end.saturating_sub(area.x + MARKS);
    let style = match status {
        _ if loose.is_some() => theme.dim,
        Status::Read | Status::Dropped => theme.text,
        _ => theme.bright,
    };
    let text = index.title(row.doc);
    let lit = match loose {
        Some(loose) => loose.lit(text),
        None => highlights(&needles(&model.search.query), text),
    };
    title(buffer, (area.x + MARKS, area.y, room), (text, lit), style, model);
    if two_line && area.height > 1 {
        second_line(buffer, area, row, model);
    }
}

/// A title in its room, the letters that were searched for lit.
fn title(
    buffer: &mut Buffer,
    (x, y, room): (u16, u16, u16),
    (text, matches): (&str, Vec<Range<usize>>),
    style: Style,
    model: &Model,
) {
    let shown = flow::cut(text, usize::from(room), model.glyphs.ellipsis);
    // What was cut off has no letters to light.
    let kept = shown.len()
        - if shown.len() < text.len() || shown != text { model.glyphs.ellipsis.len().min(shown.len()) } else { 0 };
    let visible: Vec<_> = matches.into_iter().filter(|found| found.end <= kept).collect();
    let mut at = x;
    for piece in flow::pieces(&shown, 0..shown.len(), flow::Role::Title, &visible) {
        let style = if piece.matched { style.patch(model.theme.matched) } else { style };
        at += put(buffer, at, y, (x + room).saturating_sub(at), &piece.text, style);
    }
}

/// A piece of an abstract in its room, dim, what was asked for lit.
fn draw_snippet(buffer: &mut Buffer, (x, y, room): (u16, u16, u16), snippet: &Snippet, model: &Model) {
    let (shown, lit) = fit(snippet, usize::from(room), model.glyphs.ellipsis);
    let mut at = x;
    for piece in flow::pieces(&shown, 0..shown.len(), flow::Role::Dim, &lit) {
        let style = if piece.matched { model.theme.dim.patch(model.theme.matched) } else { model.theme.dim };
        at += put(buffer, at, y, (x + room).saturating_sub(at), &piece.text, style);
    }
}

/// Authors, categories and tags under the title; the piece of the abstract where there is one.
fn second_line(buffer: &mut Buffer, area: Rect, row: &Row<'_>, model: &Model) {
    let (doc, index, theme) = (row.doc, &model.snapshot.index, &model.theme);
    let y = area.y + 1;
    let mut right = area.right().saturating_sub(1);
    for tag in model.snapshot.tags_of(doc).into_iter().rev() {
        right = put_right(buffer, right, y, &format!("#{tag}"), theme.tag).saturating_sub(1);
    }
    if let Some(snippet) = row.snippet {
        let x = area.x + MARKS;
        return draw_snippet(buffer, (x, y, right.saturating_sub(x)), snippet, model);
    }
    let categories: Vec<&str> = index.categories(doc).collect();
    let separator = format!(" {} ", model.glyphs.separator);
    let parts = [index.authors(doc).to_owned(), categories.join(" ")];
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

/// Nothing to list: says why, and what to do.
fn empty(buffer: &mut Buffer, area: Rect, model: &Model) {
    let mut lines: Vec<(String, Style)> = Vec::new();
    if model.snapshot.index.is_empty() {
        lines.push(("The library is empty.".to_owned(), model.theme.bright));
        lines.push(("I imports a file or folder: a pasted digest, JSON lines.".to_owned(), model.theme.dim));
    } else {
        lines.push(("Nothing matches.".to_owned(), model.theme.bright));
        for part in &model.results.parts {
            let count = match part.papers {
                0 => "no paper".to_owned(),
                1 => "1 paper".to_owned(),
                papers => format!("{} papers", super::grouped(papers)),
            };
            let style = if part.papers == 0 { model.theme.warning } else { model.theme.dim };
            lines.push((format!("{count:>14}  {}", part.text), style));
        }
        // Where loose matches follow, Enter reads the one under the cursor.
        if model.results.loose.is_empty() {
            let drop = model.results.part_to_drop().map(|part| format!("Enter drops `{}`", part.text));
            lines.push((drop.unwrap_or_else(|| "Esc shows every paper".to_owned()), model.theme.dim));
        }
    }
    let left = area.x + 2;
    for (row, (text, style)) in lines.iter().enumerate().take(usize::from(area.height.saturating_sub(1))) {
        let room = area.width.saturating_sub(3);
        let text = flow::cut(text, usize::from(room), model.glyphs.ellipsis);
        put(buffer, left, area.y + 1 + row as u16, room.max(columns(&text).min(room)), &text, *style);
    }
}
