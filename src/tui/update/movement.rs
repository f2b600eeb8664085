//! Movement in the panes and between them: rows, pages, matches, the focus, and the sizes of the panes.

use super::super::effect::{Effect, Request, SharedHits};
use super::super::filters;
use super::super::layout::layout;
use super::super::model::{Model, Tone};
use super::super::panes::{Dock, Movement, PANES, Pane};

/// Rows that a page key moves by in the pane that movement keys move in.
pub(super) fn page_rows(model: &Model) -> isize {
    let rows = model.moving_pane().info().movement.map(|movement| layout(model.size, model).page_rows(movement, model));
    rows.unwrap_or_default().max(2) as isize
}

/// Moves by `by` rows or lines in the pane that movement keys move in.
pub(super) fn step_focused(model: &mut Model, by: isize) {
    step(model, model.moving_pane(), by);
}

/// Moves by `by` rows or lines in a pane.
pub(super) fn step(model: &mut Model, pane: Pane, by: isize) {
    match pane.info().movement {
        Some(Movement::Filters) => {
            let rows = filters::rows(model).len();
            model.filters.cursor.step(by, rows);
        }
        Some(Movement::Papers) => {
            let rows = model.results.rows();
            model.list.step(by, rows);
        }
        Some(Movement::Text) => scroll(model, by),
        None => {}
    }
}

/// Scrolls the abstract by `by` lines.
pub(super) fn scroll(model: &mut Model, by: isize) {
    model.detail.top = model.detail.top.saturating_add_signed(by);
}

/// Moves to a row counted from 1, without a count to `end`.
pub(super) fn go_to(model: &mut Model, count: Option<u32>, end: usize) {
    let row = count.map_or(end, |row| row.saturating_sub(1) as usize);
    match model.moving_pane().info().movement {
        Some(Movement::Filters) => model.filters.cursor.selected = row,
        Some(Movement::Papers) => {
            let here = model.place();
            model.jumps.leave(here);
            model.results.left_over = None;
            model.list.selected = row;
        }
        Some(Movement::Text) => model.detail.top = row,
        None => {}
    }
}

/// Gives a pane the focus.
pub(super) fn focus(model: &mut Model, pane: Pane) {
    model.focus = pane;
    model.arrangement.zen = false;
}

/// Moves the focus by `by` panes; with `wrap`, from the last to the first.
pub(super) fn move_focus(model: &mut Model, by: isize, wrap: bool) {
    let (count, index) = (PANES.len() as isize, model.focus.index() as isize + by);
    let index = if wrap { index.rem_euclid(count) } else { index.clamp(0, count - 1) };
    if let Some(info) = PANES.get(index as usize) {
        focus(model, info.pane);
    }
}

/// In the abstract: the next line with a match. In the list: the next paper of a search, else the next unread one.
pub(super) fn next_match(model: &mut Model, by: isize) -> Vec<Effect> {
    if model.moving_pane() == Pane::Abstract {
        next_matching_line(model, by);
    } else if model.search.query.has_words() {
        step_focused(model, by);
    } else {
        return next_unread(model, by > 0);
    }
    Vec::new()
}

fn next_matching_line(model: &mut Model, by: isize) {
    let lines = model.detail.lines.iter().enumerate();
    let mut matching = lines.filter(|(_, line)| line.has_match()).map(|(number, _)| number);
    let top = model.detail.top;
    let next = if by > 0 { matching.find(|line| *line > top) } else { matching.rfind(|line| *line < top) };
    match next {
        Some(line) => model.detail.top = line,
        None => model.say(Tone::Info, "no more matches in this abstract"),
    }
}

/// The statuses of a result are read in the background: the next unread paper may be millions of rows away.
pub(super) fn next_unread(model: &mut Model, forward: bool) -> Vec<Effect> {
    let Some(hits) = model.results.hits.clone() else { return Vec::new() };
    model.results.unread_awaited = Some(forward);
    let (results, place) = (&model.results, model.list.selected);
    let from = results.found_row(place) + usize::from(forward && !results.is_left_over(place));
    vec![Request::NextUnread { hits: SharedHits(hits), from, forward }.into()]
}

/// Makes the dock of the focused pane wider, or narrower.
pub(super) fn resize(model: &mut Model, by: i16) {
    let filters = model.filters_columns();
    let arrangement = &mut model.arrangement;
    match model.focus.info().dock {
        Dock::Left => arrangement.set_filters_width(filters.saturating_add_signed(by)),
        Dock::Main | Dock::Beside => arrangement.set_list_share(arrangement.list_share.saturating_add_signed(by)),
    }
}
