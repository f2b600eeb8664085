//! The filters pane, and the one-line strip in its place on narrow screens.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::super::filters::{BAR, FilterChoice, INDENT, count_columns, rows};
use super::super::flow::{self, columns, grouped};
use super::super::model::Model;
use super::super::panes::Pane;
use super::{put, put_right};

/// Narrowest pane with bars.
const WITH_BARS: u16 = 20;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model) {
    let (theme, glyphs) = (&model.theme, &model.glyphs);
    let focused = model.focus == Pane::Filters && model.overlay.is_none();
    let pane = &model.filters;
    let window = rows(model).into_iter().enumerate().skip(pane.cursor.top).take(usize::from(area.height));
    for (place, row) in window {
        let y = area.y + (place - pane.cursor.top) as u16;
        let line = Rect { y, height: 1, ..area };
        if focused && place == pane.cursor.selected {
            buffer.set_style(line, theme.selection);
            put(buffer, area.x, y, 1, glyphs.cursor, theme.accent);
        }
        let heading = matches!(row.choice, FilterChoice::Heading(_));
        let style = match (heading, row.active) {
            (true, _) => theme.accent,
            (false, true) => theme.bright,
            (false, false) if row.count == Some(0) => theme.dim,
            (false, false) => theme.text,
        };
        if row.active {
            put(buffer, area.x + 1, y, 1, glyphs.marked, theme.accent);
        }
        let indent = if heading { 1 } else { INDENT };
        let count = row.count.map(grouped).unwrap_or_default();
        let count_at = put_right(buffer, area.right().saturating_sub(1), y, &count, theme.dim);
        // The bars begin at the same column whatever the counts are, so that their lengths compare.
        let bar_room = if row.bar.is_some() && area.width >= WITH_BARS { BAR } else { 0 };
        let bar_at = area.right().saturating_sub(1 + count_columns(&model.snapshot) + bar_room);
        if let Some(part) = row.bar.filter(|_| bar_room > 0 && count_at >= bar_at + bar_room) {
            let bar = glyphs.bar((part * 1000.0) as usize, 1000, usize::from(bar_room) - 1);
            put(buffer, bar_at, y, bar_room, &bar, theme.bar);
        }
        let end = if bar_room > 0 { bar_at.min(count_at) } else { count_at };
        let room = end.saturating_sub(area.x + indent + 1);
        put(buffer, area.x + indent, y, room, &flow::cut(&row.label, usize::from(room), glyphs.ellipsis), style);
    }
}

/// The filters of the first group on one line; those in the query are bright.
pub(super) fn draw_strip(buffer: &mut Buffer, area: Rect, model: &Model) {
    let mut x = area.x + 1;
    for row in rows(model) {
        if matches!(row.choice, FilterChoice::Heading(_)) {
            break;
        }
        if row.count == Some(0) && !row.active {
            continue;
        }
        let count = row.count.map(grouped).unwrap_or_default();
        if x + columns(&row.label) + columns(&count) + 2 > area.right() {
            break;
        }
        let style = if row.active { model.theme.accent } else { model.theme.dim };
        x += put(buffer, x, area.y, area.right() - x, &row.label, style) + 1;
        x += put(buffer, x, area.y, area.right().saturating_sub(x), &count, model.theme.dim) + 2;
    }
}
