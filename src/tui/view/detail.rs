//! The abstract pane: a window on the lines that the model has set.

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};

use super::super::flow::{Line, Role};
use super::super::layout::Areas;
use super::super::model::Model;
use super::put;

pub(super) fn draw(buffer: &mut Buffer, areas: &Areas, model: &Model) {
    let page = areas.page(model);
    let shown = model.detail.lines.iter().skip(model.detail.top).take(usize::from(page.height));
    for (row, line) in shown.enumerate() {
        draw_line(buffer, (page.x, page.y + row as u16, page.width), line, model);
    }
}

/// One line of a page: (column, row, width).
pub(super) fn draw_line(buffer: &mut Buffer, (x, y, width): (u16, u16, u16), line: &Line, model: &Model) {
    let mut at = x;
    for piece in &line.pieces {
        let mut style = role_style(piece.role, model);
        if piece.matched {
            style = style.patch(model.theme.matched);
        }
        at += put(buffer, at, y, (x + width).saturating_sub(at), &piece.text, style);
    }
}

fn role_style(role: Role, model: &Model) -> Style {
    let theme = &model.theme;
    match role {
        Role::Title => theme.bright.add_modifier(Modifier::BOLD),
        Role::Text | Role::Note => theme.text,
        Role::Dim => theme.dim,
        Role::Tag => theme.tag,
        Role::Link => theme.link,
        Role::Heading => theme.accent,
        Role::Star => theme.star,
    }
}
