//! The lines between the panes: one frame around all, one line between two, the titles on the top line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::bands;
use super::super::flow::{columns, grouped};
use super::super::layout::{Areas, RuleLine};
use super::super::model::Model;
use super::super::panes::{Movement, PANES, Pane, PaneInfo};
use super::{put, put_right};

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
    for rule in &areas.rules {
        if let RuleLine::Column(x) = rule.line {
            put(buffer, x, top, 1, line.horizontal_down, style);
            put(buffer, x, bottom, 1, line.horizontal_up, style);
            for y in top + 1..bottom {
                put(buffer, x, y, 1, line.vertical, style);
            }
        }
    }
    for rule in &areas.rules {
        if let RuleLine::Row { y, left, right } = rule.line {
            for x in left..=right {
                put(buffer, x, y, 1, line.horizontal, style);
            }
            put(buffer, left, y, 1, line.vertical_right, style);
            put(buffer, right, y, 1, line.vertical_left, style);
        }
    }
    draw_titles(buffer, areas, model);
}

fn draw_titles(buffer: &mut Buffer, areas: &Areas, model: &Model) {
    for info in PANES {
        let Some(area) = areas.pane(info.pane) else { continue };
        let focused = model.focus == info.pane;
        let style = if focused { model.theme.border_focus } else { model.theme.dim };
        let title = title(info, model);
        // Not by colour alone.
        let text = if focused { format!("[{title}]") } else { format!(" {title} ") };
        draw_title(buffer, area, &text, style);
        let position = match info.movement {
            Some(Movement::Papers) => list_position(model),
            Some(Movement::Text) => text_position(model, usize::from(area.height)),
            Some(Movement::Filters) | None => String::new(),
        };
        // The title of the pane below stands on the same line.
        let below = PANES.iter().filter(|other| areas.pane(other.pane).is_some_and(|it| it.y == area.bottom() + 1));
        let taken = below.map(|below| columns(self::title(below, model)) + 3).max().unwrap_or(0);
        let room = area.width.saturating_sub(taken + 3);
        let mut shown = [Some(position.as_str()), position.split(" of ").next()].into_iter().flatten();
        if let Some(shown) = shown.find(|text| columns(text) <= room) {
            draw_position(buffer, area, shown, model.theme.dim);
        }
    }
}

fn title(info: &PaneInfo, model: &Model) -> &'static str {
    let is_summary = || model.detail.detail.as_ref().is_some_and(|detail| detail.is_summary());
    if info.pane == Pane::Abstract && is_summary() { "Summary" } else { info.title }
}

/// A title on the line above a pane.
fn draw_title(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    let room = area.width.saturating_sub(1);
    put(buffer, area.x + 1, area.y - 1, room, text, style);
}

/// The position in a pane's content, on the line below it, at the right.
fn draw_position(buffer: &mut Buffer, area: Rect, text: &str, style: Style) {
    if !text.is_empty() {
        put_right(buffer, area.right() - 1, area.bottom(), &format!(" {text} "), style);
    }
}

pub(super) fn list_position(model: &Model) -> String {
    let (selected, results) = (model.list.selected, &model.results);
    match results.below_at(selected) {
        _ if results.is_left_over(selected) => "no longer in this search".to_owned(),
        _ if selected < results.listed() => {
            format!("{} of {}", grouped(results.found_row(selected) + 1), grouped(results.count()))
        }
        None => String::new(),
        Some((band, place, of)) => format!("{} {} of {of}", bands::info(band).short, place + 1),
    }
}

pub(super) fn text_position(model: &Model, height: usize) -> String {
    let hidden = model.detail.lines.len().saturating_sub(height);
    match hidden {
        0 => String::new(),
        hidden => format!("{}%", model.detail.top * 100 / hidden),
    }
}
