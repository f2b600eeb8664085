//! A prompt in the place of the status line; above it what was said last, else what can follow.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::Style;

use super::super::flow::{self, columns};
use super::super::layout;
use super::super::model::Model;
use super::super::overlay::{Prompt, PromptKind};
use super::{put, status};

/// Draws the prompt; returns where the text cursor stands.
pub(super) fn draw(buffer: &mut Buffer, size: Size, prompt: &Prompt, model: &Model) -> Position {
    let screen = layout::prompt(size);
    let y = screen.y;
    let blank = " ".repeat(usize::from(screen.width));
    put(buffer, screen.x, y, screen.width, &blank, model.theme.on_ground(model.theme.status_line));
    let label = match prompt.kind {
        PromptKind::CommandLine => prompt.label.clone(),
        _ => format!("{}: ", prompt.label),
    };
    let x = screen.x + 1;
    let half = screen.width.saturating_sub(2) / 2;
    let label = flow::cut(&label, usize::from(half), &format!("{} ", model.glyphs.ellipsis));
    let x = x + put(buffer, x, y, half, &label, model.theme.prompt);
    let room = screen.right().saturating_sub(x + 1);
    let scroll = prompt.input.visual_scroll(usize::from(room.max(1)));
    let shown: String = prompt.input.value().chars().skip(scroll).collect();
    put(buffer, x, y, room, &shown, model.theme.bright);
    if y > 0 {
        let above = Rect { y: y - 1, ..screen };
        if model.notice.is_some() {
            status::draw_message(buffer, above, model);
        } else {
            draw_completion(buffer, above, prompt, model);
        }
    }
    let cursor = prompt.input.visual_cursor().max(scroll) - scroll;
    Position { x: (x + cursor as u16).min(screen.right().saturating_sub(1)), y }
}

/// What the text is for, and the candidates, the one that Tab takes first.
fn draw_completion(buffer: &mut Buffer, row: Rect, prompt: &Prompt, model: &Model) {
    let (theme, completion) = (&model.theme, &prompt.completion);
    if completion.candidates.is_empty() && completion.about.is_empty() {
        return;
    }
    let ground = model.theme.on_ground(theme.overlay);
    put(buffer, row.x, row.y, row.width, &" ".repeat(usize::from(row.width)), ground);
    let mut x = row.x + 1;
    let mut add = |text: &str, style: Style| {
        let room = row.right().saturating_sub(x + 1);
        if columns(text) <= room {
            x += put(buffer, x, row.y, room, text, style) + 2;
        }
        columns(text) <= room
    };
    if !completion.about.is_empty() {
        add(&completion.about, theme.text);
    }
    let mut candidates = completion.candidates.iter();
    let Some(first) = candidates.next() else { return };
    add(&format!("tab {}", first.text.trim_end()), theme.key);
    if !first.about.is_empty() {
        add(&first.about, theme.dim);
    }
    for other in candidates {
        if !add(other.text.trim_end(), theme.dim) {
            break;
        }
    }
}
