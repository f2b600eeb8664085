//! Overlays: pickers and pages of text, each on a cleared background with one frame.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::super::flow::{self, columns};
use super::super::layout;
use super::super::model::Model;
use super::super::overlay::{Overlay, Picker, PickerChoice, PickerItem, TextPage};
use super::{detail, prompt, put, put_right};

/// Draws the overlay; returns where the text cursor stands when it takes text.
pub(super) fn draw(buffer: &mut Buffer, size: Size, overlay: &Overlay, model: &Model) -> Option<Position> {
    match overlay {
        Overlay::Picker(picker) => Some(draw_picker(buffer, size, picker, model)),
        Overlay::Prompt(prompt) => Some(prompt::draw(buffer, size, prompt, model)),
        // The status line asks it.
        Overlay::Question(_) => None,
        Overlay::Page(page) => {
            draw_page(buffer, size, page, model);
            None
        }
    }
}

/// A cleared background with a frame and a title; returns the area inside.
fn draw_frame(buffer: &mut Buffer, area: Rect, title: &str, model: &Model) -> Rect {
    let (line, theme) = (&model.glyphs.line, &model.theme);
    let blank = " ".repeat(usize::from(area.width));
    for y in area.top()..area.bottom() {
        put(buffer, area.x, y, area.width, &blank, model.theme.on_ground(theme.overlay));
    }
    if area.width < 4 || area.height < 3 {
        return area;
    }
    let horizontal = line.horizontal.repeat(usize::from(area.width - 2));
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    put(
        buffer,
        area.x,
        area.y,
        area.width,
        &format!("{}{horizontal}{}", line.top_left, line.top_right),
        theme.border_focus,
    );
    put(
        buffer,
        area.x,
        bottom,
        area.width,
        &format!("{}{horizontal}{}", line.bottom_left, line.bottom_right),
        theme.border_focus,
    );
    for y in area.y + 1..bottom {
        put(buffer, area.x, y, 1, line.vertical, theme.border_focus);
        put(buffer, right, y, 1, line.vertical, theme.border_focus);
    }
    put(buffer, area.x + 2, area.y, area.width - 4, &format!(" {title} "), theme.border_focus);
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

fn draw_picker(buffer: &mut Buffer, size: Size, picker: &Picker, model: &Model) -> Position {
    let inner = draw_frame(buffer, layout::picker(size, picker.items.len()), picker.title, model);
    let theme = &model.theme;
    let x = inner.x + 1;
    put(buffer, x, inner.y, 2, model.glyphs.prompt, theme.prompt);
    let room = inner.width.saturating_sub(4);
    put(buffer, x + 2, inner.y, room, picker.input.value(), theme.bright);
    let cursor = Position { x: (x + 2 + picker.input.visual_cursor() as u16).min(inner.right()), y: inner.y };
    let rows = inner.height.saturating_sub(1);
    let label_room = picker.items.iter().map(|item| columns(&item.label)).max().unwrap_or(0).min(inner.width / 2);
    let window = picker.shown.iter().enumerate().skip(picker.cursor.top).take(usize::from(rows));
    for (place, item) in window.filter_map(|(place, item)| Some((place, picker.items.get(*item)?))) {
        let y = inner.y + 1 + (place - picker.cursor.top) as u16;
        let line = Rect { y, height: 1, ..inner };
        if place == picker.cursor.selected {
            buffer.set_style(line, theme.selection);
            put(buffer, inner.x, y, 1, model.glyphs.cursor, theme.accent);
        }
        draw_item(buffer, line, item, label_room, model);
    }
    if picker.is_guess {
        let typed = columns(picker.input.value());
        let room = room.saturating_sub(typed + 3);
        let told = flow::cut("no such command; did you mean this?", usize::from(room), model.glyphs.ellipsis);
        put_right(buffer, inner.right().saturating_sub(1), inner.y, &told, theme.dim);
    }
    if picker.shown.is_empty() {
        let text = picker.kind.when_empty(!picker.input.value().is_empty());
        let room = inner.width.saturating_sub(2);
        put(buffer, x, inner.y + 1, room, &flow::cut(text, usize::from(room), model.glyphs.ellipsis), theme.dim);
    }
    cursor
}

fn draw_item(buffer: &mut Buffer, line: Rect, item: &PickerItem, label_room: u16, model: &Model) {
    let theme = &model.theme;
    let mut x = line.x + 1;
    if let Some(ticked) = item.ticked {
        let new = if item.choice == PickerChoice::NewTag { "+" } else { " " };
        put(buffer, x, line.y, 1, if ticked { model.glyphs.marked } else { new }, theme.accent);
        x += 2;
    }
    let side_at = put_right(buffer, line.right().saturating_sub(1), line.y, &item.side, theme.key);
    let create = format!("create `{}`", item.label);
    let (label, label_room) = match item.choice {
        PickerChoice::NewTag => (&create, line.width.saturating_sub(4)),
        _ => (&item.label, label_room),
    };
    let label_room = label_room.min(side_at.saturating_sub(x));
    put(buffer, x, line.y, label_room, &flow::cut(label, usize::from(label_room), model.glyphs.ellipsis), theme.bright);
    if item.choice == PickerChoice::NewTag {
        return;
    }
    let about = x + label_room + 2;
    let room = side_at.saturating_sub(about + 1);
    put(buffer, about, line.y, room, &flow::cut(&item.about, usize::from(room), model.glyphs.ellipsis), theme.dim);
}

fn draw_page(buffer: &mut Buffer, size: Size, page: &TextPage, model: &Model) {
    let lines = layout::page_lines(page, size);
    let inner = draw_frame(buffer, layout::page(size, &lines, columns(page.title)), page.title, model);
    for (y, line) in (inner.y + 1..).zip(lines.iter().skip(page.top).take(layout::page_rows(size))) {
        detail::draw_line(buffer, (inner.x + 2, y, inner.width.saturating_sub(3)), line, model);
    }
}
