//! What lies over the panes: pickers, prompts and pages, each on a cleared ground with one frame.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use super::super::flow;
use super::super::model::Model;
use super::super::overlay::{Item, Overlay, Page, Picker, Prompt};
use super::{columns, detail, put, put_right};

/// Rows of choices a picker shows on a screen of this size.
pub fn picker_rows(size: Size) -> usize {
    usize::from(picker_area(Rect::new(0, 0, size.width, size.height)).height.saturating_sub(3))
}

fn picker_area(screen: Rect) -> Rect {
    centred(screen, 84, screen.height.saturating_sub(4).min(26))
}

fn centred(screen: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(screen.width), height.min(screen.height));
    Rect::new(screen.x + (screen.width - width) / 2, screen.y + (screen.height - height) / 2, width, height)
}

/// Draws the overlay; returns where the text cursor stands when it takes text.
pub(super) fn draw(buffer: &mut Buffer, screen: Rect, overlay: &Overlay, model: &Model) -> Option<Position> {
    match overlay {
        Overlay::Picker(picker) => Some(draw_picker(buffer, screen, picker, model)),
        Overlay::Prompt(prompt) => Some(draw_prompt(buffer, screen, prompt, model)),
        Overlay::Page(page) => {
            draw_page(buffer, screen, page, model);
            None
        }
    }
}

/// A cleared, framed ground with a title; returns the room inside.
fn ground(buffer: &mut Buffer, area: Rect, title: &str, model: &Model) -> Rect {
    let (line, theme) = (&model.glyphs.line, &model.theme);
    let blank = " ".repeat(usize::from(area.width));
    for y in area.top()..area.bottom() {
        put(buffer, area.x, y, area.width, &blank, ratatui::style::Style::reset().patch(theme.overlay));
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

fn draw_picker(buffer: &mut Buffer, screen: Rect, picker: &Picker, model: &Model) -> Position {
    let mut area = picker_area(screen);
    // As tall as what there is to choose from, from the same top, so that nothing jumps while one types.
    let rows = u16::try_from(picker.items.len()).unwrap_or(u16::MAX).max(1);
    area.height = area.height.min(rows.saturating_add(3));
    let inner = ground(buffer, area, picker.title, model);
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
    if picker.shown.is_empty() {
        let text = picker.unknown().map_or("nothing fits".to_owned(), |typed| match picker.kind {
            super::super::overlay::PickerKind::Tags(_) => format!("Enter makes the tag {typed}"),
            _ => "nothing fits".to_owned(),
        });
        put(buffer, x, inner.y + 1, room, &text, theme.dim);
    }
    cursor
}

fn draw_item(buffer: &mut Buffer, line: Rect, item: &Item, label_room: u16, model: &Model) {
    let theme = &model.theme;
    let mut x = line.x + 1;
    if let Some(ticked) = item.ticked {
        put(buffer, x, line.y, 1, if ticked { model.glyphs.marked } else { " " }, theme.accent);
        x += 2;
    }
    let side_at = put_right(buffer, line.right().saturating_sub(1), line.y, &item.side, theme.key);
    put(buffer, x, line.y, label_room, &item.label, theme.bright);
    let about = x + label_room + 2;
    let room = side_at.saturating_sub(about + 1);
    put(buffer, about, line.y, room, &flow::cut(&item.about, usize::from(room), model.glyphs.ellipsis), theme.dim);
}

/// A prompt stands on the bottom line, where its answer will be said.
fn draw_prompt(buffer: &mut Buffer, screen: Rect, prompt: &Prompt, model: &Model) -> Position {
    let y = screen.bottom().saturating_sub(1);
    let blank = " ".repeat(usize::from(screen.width));
    put(buffer, screen.x, y, screen.width, &blank, ratatui::style::Style::reset().patch(model.theme.status_line));
    let label = if prompt.label == ":" { ":".to_owned() } else { format!("{}: ", prompt.label) };
    let x = screen.x + 1;
    let half = screen.width.saturating_sub(2) / 2;
    let label = flow::cut(&label, usize::from(half), &format!("{} ", model.glyphs.ellipsis));
    let x = x + put(buffer, x, y, half, &label, model.theme.prompt);
    let room = screen.right().saturating_sub(x + 1);
    let scroll = prompt.input.visual_scroll(usize::from(room.max(1)));
    let shown: String = prompt.input.value().chars().skip(scroll).collect();
    put(buffer, x, y, room, &shown, model.theme.bright);
    let cursor = prompt.input.visual_cursor().max(scroll) - scroll;
    Position { x: (x + cursor as u16).min(screen.right().saturating_sub(1)), y }
}

fn draw_page(buffer: &mut Buffer, screen: Rect, page: &Page, model: &Model) {
    let lines = page_lines(page, screen.as_size());
    let widest = lines.iter().map(|line| columns(&line.text())).max().unwrap_or(0);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let width = widest.max(columns(page.title) + 6).saturating_add(6).max(40);
    let area = centred(screen, width, height.min(screen.height.saturating_sub(2)));
    let inner = ground(buffer, area, page.title, model);
    let rows = page_rows(screen.as_size());
    for (row, line) in lines.iter().skip(page.top).take(rows).enumerate() {
        let place = (inner.x + 2, inner.y + 1 + row as u16, inner.width.saturating_sub(3));
        detail::draw_line(buffer, place, line, model);
    }
}

/// A page's lines as they are set on a screen of this size.
pub fn page_lines(page: &Page, size: Size) -> Vec<flow::Line> {
    let width = usize::from(size.width.saturating_sub(6).max(1));
    page.lines.iter().flat_map(|line| flow::fold(line, width)).collect()
}

/// Lines of a page that a screen of this size shows at once.
pub fn page_rows(size: Size) -> usize {
    usize::from(size.height.saturating_sub(6).max(1))
}
