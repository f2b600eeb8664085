//! The lines between the panes: one frame around all, one line between two, the titles on the top line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::layout::{Areas, Divider};
use super::super::model::{Model, Pane};
use super::{columns, grouped, put, put_right};

pub(super) fn draw(buffer: &mut Buffer, areas: &Areas, model: &Model) {
    let Some(frame) = areas.frame else { return };
    let (line, style) = (&model.glyphs.line, model.theme.border);
    let (left, right) = (frame.x, frame.right() - 1);
    let (top, bottom) = (frame.y, frame.bottom() - 1);
    for x in left..=right {
        put(buffer, x, top, 1, line.horizontal, style);
        put(buffer, x, bottom, 1, line.horizontal, style);
    }
    for y in top..=bottom {
        put(buffer, left, y, 1, line.vertical, style);
        put(buffer, right, y, 1, line.vertical, style);
    }
    put(buffer, left, top, 1, line.top_left, style);
    put(buffer, right, top, 1, line.top_right, style);
    put(buffer, left, bottom, 1, line.bottom_left, style);
    put(buffer, right, bottom, 1, line.bottom_right, style);
    let upright = areas.filters_border.into_iter().chain(match areas.divider {
        Some(Divider::Column(x)) => Some(x),
        _ => None,
    });
    for x in upright {
        put(buffer, x, top, 1, line.horizontal_down, style);
        put(buffer, x, bottom, 1, line.horizontal_up, style);
        for y in top + 1..bottom {
            put(buffer, x, y, 1, line.vertical, style);
        }
    }
    if let (Some(Divider::Row(y)), Some(list)) = (areas.divider, areas.list) {
        let start = list.x - 1;
        for x in start..=right {
            put(buffer, x, y, 1, line.horizontal, style);
        }
        put(buffer, start, y, 1, line.vertical_right, style);
        put(buffer, right, y, 1, line.vertical_left, style);
    }
    titles(buffer, areas, model);
}

fn titles(buffer: &mut Buffer, areas: &Areas, model: &Model) {
    let panes = [(Pane::Filters, areas.filters), (Pane::List, areas.list), (Pane::Abstract, areas.detail)];
    for (pane, area) in panes {
        let Some(area) = area else { continue };
        let focused = model.focus == pane;
        let style = if focused { model.theme.border_focus } else { model.theme.dim };
        let summary = pane == Pane::Abstract && model.detail.detail.as_ref().is_some_and(|detail| detail.is_summary());
        title(buffer, area, if summary { "Summary" } else { pane.title() }, style);
    }
    if let Some(area) = areas.list {
        place(buffer, area, &list_place(model), model.theme.dim);
    }
    if let Some(area) = areas.detail {
        place(buffer, area, &detail_place(model, usize::from(area.height)), model.theme.dim);
    }
}

/// A title on the line above a pane.
fn title(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    let room = area.width.saturating_sub(1);
    put(buffer, area.x + 1, area.y - 1, room, &format!(" {text} "), style);
}

/// Where one is in a pane, on the line below it, at the right.
fn place(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    if !text.is_empty() && columns(text) + 4 < area.width {
        put_right(buffer, area.right() - 1, area.bottom(), &format!(" {text} "), style);
    }
}

fn list_place(model: &Model) -> String {
    let (selected, count, loose) = (model.list.selected, model.results.count(), model.results.loose.len());
    match (model.results.is_loose(selected), count, loose) {
        (false, _, _) => format!("{} of {}", grouped(selected + 1), grouped(count)),
        (true, _, 0) => String::new(),
        (true, _, _) => format!("loose {} of {loose}", selected - count + 1),
    }
}

fn detail_place(model: &Model, height: usize) -> String {
    let hidden = model.detail.lines.len().saturating_sub(height);
    match hidden {
        0 => String::new(),
        hidden => format!("{}%", model.detail.top * 100 / hidden),
    }
}
