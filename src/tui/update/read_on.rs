//! Reading on: from one paper to the next, from whatever pane, while the list keeps its place behind.

use super::super::flow::grouped;
use super::super::layout::layout;
use super::super::model::{Model, Tone};
use super::super::panes::Pane;
use super::movement;

/// Goes on by that many papers of the list, or back.
pub(super) fn step(model: &mut Model, by: isize) {
    let rows = model.results.rows();
    let from = model.list.selected;
    model.list.step(by, rows);
    if model.list.selected != from || rows == 0 {
        return;
    }
    let end = if by > 0 { "last" } else { "first" };
    model.say(Tone::Info, format!("this is the {end} of {} papers", grouped(rows)));
}

/// One page down in the abstract; at its end, the next paper.
pub(super) fn page(model: &mut Model) {
    // The text on the screen is still that of the paper before.
    if model.loaded().is_none() {
        return;
    }
    let rows = layout(model.size, model).rows_of(Pane::Abstract);
    // In linear mode the whole abstract was told when it was opened.
    if !model.settings.linear && model.detail.top + rows < model.detail.lines.len() {
        movement::scroll(model, rows.max(1) as isize);
    } else {
        step(model, 1);
    }
}

/// After a mark: the next paper, unless the mark was for a selection.
pub(super) fn advance(model: &mut Model) {
    if model.selection.is_empty() {
        let rows = model.results.rows();
        model.list.step(1, rows);
    }
}
