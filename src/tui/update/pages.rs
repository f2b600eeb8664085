//! The keys of a page of text.

use crossterm::event::{KeyCode, KeyEvent};

use super::super::layout::{page_lines, page_rows};
use super::super::model::Model;
use super::super::overlay::{Overlay, TextPage};
use super::invocation::Next;

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
