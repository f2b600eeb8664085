//! The keys of a page of text.

use crossterm::event::{KeyCode, KeyEvent};

use super::super::command::Action;
use super::super::effect::Effect;
use super::super::flow::StyledLine;
use super::super::layout::{page_columns, page_lines, page_rows};
use super::super::model::Model;
use super::super::overlay::{Overlay, TextPage};
use super::super::stats::{self, StatisticsLayout};
use super::invocation::Next;
use crate::library::Statistics;

/// The lines of statistics for the present size of the screen.
pub(super) fn statistics_lines(model: &Model, statistics: &Statistics) -> Vec<StyledLine> {
    let read_key = model.key_for(Action::ToggleRead);
    let layout = StatisticsLayout { glyphs: &model.glyphs, width: page_columns(model.size), read_key: &read_key };
    stats::lines(statistics, &layout)
}

/// Opens a page of text.
pub(super) fn open(model: &mut Model, title: &'static str, lines: Vec<StyledLine>) -> Vec<Effect> {
    model.overlay = Some(Overlay::Page(TextPage { title, lines, ..TextPage::default() }));
    Vec::new()
}

/// The screen has another size: a page whose lines depend on it is laid out again.
pub(super) fn resized(model: &mut Model) {
    let Some(Overlay::Page(TextPage { statistics: Some(statistics), .. })) = &model.overlay else { return };
    let lines = statistics_lines(model, statistics);
    let (rows, size) = (page_rows(model.size), model.size);
    if let Some(Overlay::Page(page)) = &mut model.overlay {
        page.lines = lines;
        page.top = page.top.min(page_lines(page, size).len().saturating_sub(rows));
    }
}

/// Scrolls a page of text; Esc, q and Enter close it. On a page that fits the screen, and on one that says so, every other key closes it,
/// too, and then does what it always does.
pub(super) fn key(model: &mut Model, mut page: TextPage, key: KeyEvent) -> Next {
    let rows = page_rows(model.size);
    let last = page_lines(&page, model.size).len().saturating_sub(rows);
    let moved = match key.code {
        KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return Next::nothing(),
        _ if last == 0 => return Next::PassKey,
        KeyCode::Down => page.top + 1,
        KeyCode::Up => page.top.saturating_sub(1),
        KeyCode::PageDown => page.top + rows,
        KeyCode::PageUp => page.top.saturating_sub(rows),
        KeyCode::Char(_) if page.any_key_closes => return Next::PassKey,
        KeyCode::Char('j') => page.top + 1,
        KeyCode::Char('k') => page.top.saturating_sub(1),
        KeyCode::Char(' ' | 'd' | 'f') => page.top + rows,
        KeyCode::Char('u' | 'b') => page.top.saturating_sub(rows),
        KeyCode::Home | KeyCode::Char('g') => 0,
        KeyCode::End | KeyCode::Char('G') => last,
        _ if page.any_key_closes => return Next::PassKey,
        _ => page.top,
    };
    page.top = moved.min(last);
    model.overlay = Some(Overlay::Page(page));
    Next::nothing()
}
