//! The abstract pane: a window on the lines of the paper's page, which the model holds wrapped to the pane's width.

use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};

use super::super::flow::{StyledLine, TextRole};
use super::super::layout::Areas;
use super::super::model::Model;
use super::put;

pub(super) fn draw(buffer: &mut Buffer, areas: &Areas, model: &Model) {
    let area = areas.abstract_text(model);
    let shown = model.detail.lines.iter().skip(model.detail.top).take(usize::from(area.height));
    for (row, line) in shown.enumerate() {
        draw_line(buffer, (area.x, area.y + row as u16, area.width), line, model);
    }
}

/// One line of a page: (column, row, width).
pub(super) fn draw_line(buffer: &mut Buffer, (x, y, width): (u16, u16, u16), line: &StyledLine, model: &Model) {
    let mut at = x;
    for span in &line.spans {
        let mut style = role_style(span.role, model);
        if span.matched {
            style = style.patch(model.theme.matched);
        }
        at += put(buffer, at, y, (x + width).saturating_sub(at), &span.text, style);
    }
}

pub(super) fn role_style(role: TextRole, model: &Model) -> Style {
    let theme = &model.theme;
    match role {
        TextRole::Title => theme.bright.add_modifier(Modifier::BOLD),
        TextRole::Text | TextRole::Note => theme.text,
        TextRole::Dim => theme.dim,
        TextRole::Tag => theme.tag,
        TextRole::Link => theme.link,
        TextRole::Heading => theme.accent,
        TextRole::Star => theme.star,
        TextRole::Bright => theme.bright,
        TextRole::Warning => theme.warning,
    }
}
