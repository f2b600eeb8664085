//! Draws the model. Reads it and nothing else; every text it takes is clean already; geometry comes from `layout`, colours from the theme.

mod detail;
mod filters;
mod frame;
mod list;
mod overlay;
mod search;
mod status;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::layout::layout;
use super::model::Model;

pub use overlay::{page_lines, page_rows, picker_rows};

/// Smaller than this in either direction there is nothing worth drawing but a word.
const SMALLEST: Size = Size { width: 12, height: 3 };

pub fn view(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    if area.width < SMALLEST.width || area.height < SMALLEST.height {
        put(buffer, area.x, area.y, area.width, "too small", model.theme.text);
        return;
    }
    let size = Size { width: area.width, height: area.height };
    let areas = layout(size, model);
    frame::draw(buffer, &areas, model);
    if let Some(area) = areas.filters {
        filters::draw(buffer, area, model);
    }
    if let Some(area) = areas.strip {
        filters::draw_strip(buffer, area, model);
    }
    if let Some(area) = areas.list {
        list::draw(buffer, &areas, area, model);
    }
    if areas.detail.is_some() {
        detail::draw(buffer, &areas, model);
    }
    if let Some(area) = areas.status {
        status::draw(buffer, area, model);
    }
    let mut cursor = areas.search.and_then(|area| search::draw(buffer, area, model));
    if let Some(overlay) = &model.overlay {
        cursor = overlay::draw(buffer, area, overlay, model);
    }
    if let Some(place) = cursor {
        frame.set_cursor_position(place);
    }
}

/// Writes text into one row, cut to `width` columns and to the buffer; returns the columns it took.
#[expect(clippy::too_many_arguments, reason = "a place, a room, a text and its style")]
fn put(buffer: &mut Buffer, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
    if width == 0 || y < buffer.area.top() || y >= buffer.area.bottom() || x >= buffer.area.right() {
        return 0;
    }
    // A letter of two columns that begins just before is half covered now: it goes whole, or it would hide what is written here.
    let before = x.checked_sub(1).and_then(|x| buffer.cell_mut((x, y)));
    if let Some(letter) = before.filter(|cell| columns(cell.symbol()) > 1) {
        letter.set_symbol(" ");
    }
    let (end, _) = buffer.set_stringn(x, y, text, usize::from(width), style);
    end - x
}

/// Writes text that ends at column `right` (exclusive); returns the column it begins at.
fn put_right(buffer: &mut Buffer, right: u16, y: u16, text: &str, style: Style) -> u16 {
    let x = right.saturating_sub(columns(text));
    put(buffer, x, y, right - x, text, style);
    x
}

/// Columns a text takes.
fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 2_700_000].map(grouped), ["0", "999", "1,000", "2,700,000"]);
    }
}
