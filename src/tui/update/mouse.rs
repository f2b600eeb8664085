//! The mouse, unless the user left it to the terminal: click to select, click again to open, wheel to scroll, drag a border to resize.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::super::command::Action;
use super::super::effect::Effect;
use super::super::layout::{layout, picker as picker_frame};
use super::super::model::{Model, Tone};
use super::super::overlay::Overlay;
use super::super::panes::Movement;
use super::invocation::Invocation;
use super::{actions, keys, movement, pickers, transfer};

/// Rows that one notch of the wheel moves.
const NOTCH: isize = 3;

pub(super) fn mouse(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    match event.kind {
        MouseEventKind::ScrollDown => wheel(model, event, NOTCH),
        MouseEventKind::ScrollUp => wheel(model, event, -NOTCH),
        MouseEventKind::Down(MouseButton::Left) => return click(model, event),
        MouseEventKind::Drag(MouseButton::Left) => drag(model, event),
        _ => {}
    }
    Vec::new()
}

fn wheel(model: &mut Model, event: MouseEvent, by: isize) {
    match &mut model.overlay {
        Some(Overlay::Picker(picker)) => {
            let count = picker.shown.len();
            picker.cursor.step(by, count);
        }
        Some(Overlay::Page(page)) => page.top = page.top.saturating_add_signed(by),
        Some(Overlay::Prompt(_) | Overlay::Question(_)) => {}
        None => {
            if let Some(pane) = layout(model.size, model).pane_at(event.column, event.row) {
                movement::step(model, pane, by);
            }
        }
    }
}

fn click(model: &mut Model, event: MouseEvent) -> Vec<Effect> {
    match &mut model.overlay {
        // A click loses nothing that was typed.
        Some(Overlay::Prompt(_) | Overlay::Question(_)) => return Vec::new(),
        Some(Overlay::Picker(picker)) => {
            let frame = picker_frame(model.size, picker.items.len());
            if !frame.contains((event.column, event.row).into()) {
                if let Some(Overlay::Picker(picker)) = model.overlay.take() {
                    pickers::cancel(model, picker);
                }
                return Vec::new();
            }
            // Below the border and the line that is typed into.
            let row = event.row.checked_sub(frame.y + 2).map(|row| picker.cursor.top + usize::from(row));
            let Some(row) = row.filter(|row| *row < picker.shown.len() && event.row + 1 < frame.bottom()) else {
                return Vec::new();
            };
            picker.cursor.selected = row;
            return keys::key(model, KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
        }
        Some(Overlay::Page(_)) => {
            model.overlay = None;
            return Vec::new();
        }
        None => {}
    }
    let areas = layout(model.size, model);
    if areas.search.is_some_and(|area| area.contains((event.column, event.row).into())) {
        return actions::run(model, &Invocation::of(Action::Search));
    }
    model.search.open = false;
    model.typed_ahead.clear();
    let Some(pane) = areas.pane_at(event.column, event.row) else { return Vec::new() };
    let had_focus = model.focus == pane;
    model.focus = pane;
    match pane.info().movement {
        Some(Movement::Filters) => {
            let cursor = &mut model.filters.cursor;
            cursor.selected = areas.line_at(pane, cursor.top, event.row);
            actions::run(model, &Invocation::of(Action::Activate))
        }
        Some(Movement::Papers) => {
            // The rows are those of an earlier query.
            let Some(place) = areas.paper_at(model, event.row).filter(|_| model.is_list_known()) else {
                return Vec::new();
            };
            let again = had_focus && place == model.list.selected;
            model.list.selected = place;
            if again { actions::run(model, &Invocation::of(Action::Activate)) } else { Vec::new() }
        }
        Some(Movement::Text) => {
            let line = areas.line_at(pane, model.detail.top, event.row);
            let url = model.detail.lines.get(line).and_then(|line| line.url.clone());
            url.map_or_else(Vec::new, |url| transfer::open_url(model, &url))
        }
        None => Vec::new(),
    }
}

fn drag(model: &mut Model, event: MouseEvent) {
    if let Some(arrangement) = layout(model.size, model).dragged(&model.arrangement, (event.column, event.row)) {
        model.arrangement = arrangement;
    } else if model.overlay.is_none() {
        // What a terminal selects by itself is not selected while the reader has the mouse.
        let key = model.key_for(Action::ToggleMouse);
        model.say(Tone::Info, format!("hold shift to select text, or press {key}: the terminal has the mouse then"));
    }
}
