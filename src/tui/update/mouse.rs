//! The mouse, where a person turned it on: click to select, click again to read, wheel to scroll, drag a border to resize.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::super::command::Action;
use super::super::effect::Effect;
use super::super::layout::{Divider, layout};
use super::super::model::{Model, Pane};
use super::super::overlay::Overlay;
use super::actions;

/// Rows a wheel notch moves.
const NOTCH: isize = 3;

pub(super) fn mouse(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    match event.kind {
        MouseEventKind::ScrollDown => wheel(model, event, NOTCH),
        MouseEventKind::ScrollUp => wheel(model, event, -NOTCH),
        MouseEventKind::Down(MouseButton::Left) => click(model, event),
        MouseEventKind::Drag(MouseButton::Left) => drag(model, event),
        _ => Vec::new(),
    }
}

fn wheel(model: &mut Model, event: MouseEvent, by: isize) -> Vec<Effect> {
    match &mut model.overlay {
        Some(Overlay::Picker(picker)) => {
            let count = picker.shown.len();
            picker.cursor.step(by, count);
        }
        Some(Overlay::Page(page)) => page.top = page.top.saturating_add_signed(by),
        Some(Overlay::Prompt(_)) => {}
        None => match layout(model.size, model).pane_at(event.column, event.row) {
            Some(Pane::Filters) => {
                model.filters.cursor.selected = model.filters.cursor.selected.saturating_add_signed(by);
            }
            Some(Pane::List) => {
                let rows = model.results.rows();
                model.list.step(by, rows);
            }
            Some(Pane::Abstract) => model.detail.top = model.detail.top.saturating_add_signed(by),
            None => {}
        },
    }
    Vec::new()
}

fn click(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    if model.overlay.take().is_some() {
        return Vec::new();
    }
    let areas = layout(model.size, model);
    if areas.search.is_some_and(|area| area.contains((event.column, event.row).into())) {
        return actions::run(model, Action::Search, None);
    }
    model.search.open = false;
    let Some(pane) = areas.pane_at(event.column, event.row) else { return Vec::new() };
    let row_in = |area: Option<ratatui::layout::Rect>| usize::from(event.row - area.map_or(0, |area| area.y));
    match pane {
        Pane::Filters => {
            model.focus = Pane::Filters;
            model.filters.cursor.selected = model.filters.cursor.top + row_in(areas.filters);
            actions::run(model, Action::Activate, None)
        }
        Pane::List => {
            let place = areas.list_place(model, event.row);
            let again = model.focus == Pane::List && place == Some(model.list.selected);
            model.focus = Pane::List;
            if let Some(place) = place {
                model.list.selected = place;
            }
            if again { actions::run(model, Action::Activate, None) } else { Vec::new() }
        }
        Pane::Abstract => {
            model.focus = Pane::Abstract;
            let line = model.detail.top + row_in(areas.detail);
            let url = model.detail.lines.get(line).and_then(|line| line.url.clone());
            url.map_or_else(Vec::new, |url| actions::open_url(model, &url))
        }
    }
}

fn drag(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    let areas = layout(model.size, model);
    let (Some(list), Some(detail)) = (areas.list, areas.detail) else { return Vec::new() };
    let near = |at: u16, border: u16| at.abs_diff(border) <= 2;
    let share = |part: u16, whole: u16| (u32::from(part) * 100 / u32::from(whole.max(1))) as u16;
    match areas.divider {
        Some(Divider::Column(column)) if near(event.column, column) => {
            let part = event.column.saturating_sub(list.x);
            model.arrangement.list_share = share(part, list.width + detail.width).clamp(15, 85);
        }
        Some(Divider::Row(row)) if near(event.row, row) => {
            let part = event.row.saturating_sub(list.y);
            model.arrangement.list_share = (share(part, list.height + detail.height) * 5 / 4).clamp(15, 85);
        }
        _ if areas.filters_border.is_some_and(|border| near(event.column, border)) => {
            model.arrangement.filters_width = event.column.saturating_sub(1).clamp(12, 60);
        }
        _ => {}
    }
    Vec::new()
}
