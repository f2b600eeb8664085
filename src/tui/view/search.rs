//! The search box with the number of papers found, and under it, while the user types, the completions or the first mistake.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::command::Action;
use super::super::flow::{self, columns};
use super::super::layout::Areas;
use super::super::model::Model;
use super::super::panes::Pane;
use super::super::wording::{self, order};
use super::{frame, put, put_right};

/// Draws the box; returns where the text cursor stands when the box is open.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, areas: &Areas, model: &Model) -> Option<Position> {
    let (theme, glyphs, search) = (&model.theme, &model.glyphs, &model.search);
    let count = wording::found(model);
    let summary = format!("{count} {} {}", glyphs.separator, order(model));
    let wide = area.width >= 60;
    let right = area.right().saturating_sub(1);
    let reading = place_of_reading(areas, model);
    let summary = match &reading {
        Some(place) => place,
        None if wide => &summary,
        None => &count,
    };
    let summary_at = put_right(buffer, right, area.y, summary, theme.dim);
    let x = area.x + 1;
    let x = x + put(buffer, x, area.y, 2, glyphs.prompt, theme.prompt) + 1;
    let room = summary_at.saturating_sub(x + 1);
    let input = &search.input;
    if input.value().is_empty() && !search.open {
        let key = model.key_for(Action::Search);
        let long = format!("{key} searches titles, abstracts, notes and fields");
        let hint = if columns(&long) > room { format!("{key} searches") } else { long };
        put(buffer, x, area.y, room, &hint, theme.dim);
        return None;
    }
    // A closed box shows the text from its beginning.
    let scroll = if search.open { input.visual_scroll(usize::from(room.max(1))) } else { 0 };
    let shown = match search.open {
        true => visible(input.value(), scroll),
        false => flow::cut(&wording::query(model), usize::from(room), glyphs.ellipsis),
    };
    let style = if search.open { theme.bright } else { theme.text };
    put(buffer, x, area.y, room, &shown, style);
    if !search.open {
        return None;
    }
    if let Some(area) = areas.completions {
        draw_below(buffer, area, x, model);
    }
    let cursor = input.visual_cursor().max(scroll) - scroll;
    Some(Position { x: (x + cursor as u16).min(summary_at), y: area.y })
}

/// The place in the list, where no frame beside the list shows it; beside it how far the abstract is scrolled.
fn place_of_reading(areas: &Areas, model: &Model) -> Option<String> {
    let is_framed = areas.frame.is_some();
    let (list, text) = (areas.pane(Pane::List), areas.pane(Pane::Abstract));
    if list.is_some() && is_framed || list.is_none() && text.is_none() {
        return None;
    }
    let place = Some(frame::list_position(model)).filter(|place| !place.is_empty())?;
    let percent = text.filter(|_| !is_framed).map(|text| frame::text_position(model, usize::from(text.height)));
    Some(match percent.filter(|percent| !percent.is_empty()) {
        Some(percent) => format!("{percent} {} {place}", model.glyphs.separator),
        None => place,
    })
}

/// What is left of a text when its first `columns` columns are scrolled away.
fn visible(text: &str, scrolled: usize) -> String {
    let mut gone = 0;
    text.chars()
        .skip_while(|c| {
            let hidden = gone < scrolled;
            gone += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            hidden
        })
        .collect()
}

/// The line under the box: the completions, else the first mistake at its column.
fn draw_below(buffer: &mut Buffer, area: Rect, x: u16, model: &Model) {
    let (theme, search) = (&model.theme, &model.search);
    let room = area.right().saturating_sub(x);
    // What is unfinished is no mistake while it is typed.
    let mistake = search.query.mistakes.first().or(search.query.ignored.first());
    if !search.candidates.is_empty() || mistake.is_some() {
        let blank = " ".repeat(usize::from(area.width));
        put(buffer, area.x, area.y, area.width, &blank, model.theme.on_ground(theme.overlay));
    }
    if let Some(first) = search.candidates.first() {
        let mut at = x + put(buffer, x, area.y, room, &format!(" tab {first} "), theme.key);
        for other in search.candidates.iter().skip(1) {
            if at + columns(other) + 2 > area.right() {
                break;
            }
            at += put(buffer, at, area.y, area.right() - at, &format!("{other}  "), theme.dim);
        }
    } else if let Some(mistake) = mistake {
        let column = u16::try_from(mistake.column).unwrap_or(0).min(room / 2);
        let text = format!("{} {} ", model.glyphs.up, mistake.message);
        let room = room.saturating_sub(column);
        put(
            buffer,
            x + column,
            area.y,
            room,
            &flow::cut(&text, usize::from(room), model.glyphs.ellipsis),
            theme.warning,
        );
    }
}
