//! Draws the model. Reads it and nothing else; every text passes `clean_row` on its way to the screen, so that none can be forgotten; geometry comes from `layout`, colours from the theme.

mod detail;
mod filters;
mod frame;
mod list;
mod overlay;
mod paper_row;
mod prompt;
mod search;
mod status;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::Style;

use super::flow::columns;
use super::layout::{Areas, is_large_enough, layout};
use super::model::Model;
use super::panes::{PANES, Pane};
use crate::domain::clean::clean_row;

pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    let size = Size { width: area.width, height: area.height };
    buffer.set_style(area, model.theme.ground);
    if !is_large_enough(size) {
        put(buffer, area.x, area.y, area.width, "too small", model.theme.text);
        return;
    }
    let areas = layout(size, model);
    frame::draw(buffer, &areas, model);
    for info in PANES {
        if let Some(area) = areas.pane(info.pane) {
            draw_pane(buffer, info.pane, area, &areas, model);
        }
    }
    if let Some(area) = areas.strip {
        filters::draw_strip(buffer, area, model);
    }
    if let Some(area) = areas.status {
        status::draw(buffer, area, model);
    }
    let mut cursor = areas.search.and_then(|area| search::draw(buffer, area, &areas, model));
    if let Some(overlay) = &model.overlay {
        cursor = overlay::draw(buffer, size, overlay, model);
    }
    if let Some(place) = cursor {
        frame.set_cursor_position(place);
    }
}

fn draw_pane(buffer: &mut Buffer, pane: Pane, area: Rect, areas: &Areas, model: &Model) {
    match pane {
        Pane::Filters => filters::draw(buffer, area, model),
        Pane::List => list::draw(buffer, area, areas, model),
        Pane::Abstract => detail::draw(buffer, areas, model),
    }
}

/// Writes text into one row, cut to `width` columns and to the buffer; returns the columns it took.
#[expect(clippy::too_many_arguments, reason = "a place, a room, a text and its style")]
fn put(buffer: &mut Buffer, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
    if width == 0 || y < buffer.area.top() || y >= buffer.area.bottom() || x >= buffer.area.right() {
        return 0;
    }
    // A letter of two columns that begins just before is half covered now: remove all of it, or it would hide what is written here.
    let before = x.checked_sub(1).and_then(|x| buffer.cell_mut((x, y)));
    if let Some(letter) = before.filter(|cell| columns(cell.symbol()) > 1) {
        letter.set_symbol(" ");
    }
    // Whatever it is made of, nothing that a terminal could act on gets past this line.
    let (end, _) = buffer.set_stringn(x, y, clean_row(text), usize::from(width), style);
    end - x
}

/// Writes text that ends at column `right` (exclusive); returns the column it begins at.
fn put_right(buffer: &mut Buffer, right: u16, y: u16, text: &str, style: Style) -> u16 {
    let x = right.saturating_sub(columns(text));
    put(buffer, x, y, right - x, text, style);
    x
}
