//! The status line: what just happened or is going on, and the keys that matter now. After the first key of a chord, the keys that can
//! follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::command::{self, Action};
use super::super::effect::JobKind;
use super::super::flow::{self, columns};
use super::super::job_page;
use super::super::jobs::JobProgress;
use super::super::layout::ChordTable;
use super::super::model::{Model, Tone};
use super::super::overlay::{Overlay, PickerKind};
use super::super::panes::{Pane, Scope};
use super::super::wording::{continuations, selection};
use super::{put, put_right};

/// Most columns for the name of a view among the keys that can follow.
const WORDS: usize = 24;

/// What the footer offers while papers are selected: the name of a command and the word for it.
const SELECTION_HINTS: &[(&str, &str)] = &[
    ("toggle-read", "mark read"),
    ("star", "star"),
    ("tags", "tags"),
    ("export", "export"),
    ("back", "clear selection"),
    ("help", "help"),
];

fn hints(model: &Model) -> &'static [(&'static str, &'static str)] {
    let pane = if model.arrangement.zen { Pane::Abstract } else { model.focus };
    if model.selection.is_empty() { pane.info().hints } else { SELECTION_HINTS }
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model) {
    let (theme, glyphs) = (&model.theme, &model.glyphs);
    buffer.set_style(area, theme.status_line);
    if !model.pending.is_empty() {
        return draw_chord(buffer, area, model);
    }
    // Hints without room beside the message are left out from the left: the last one is help, or how to close what is open.
    let mut x = area.right().saturating_sub(1);
    let (text, style) = message(model);
    let taken = area.x + 1 + columns(&text);
    let keys = keys_now(model);
    let building = building(model);
    let last = keys.last().map_or(0, |(key, word)| columns(key) + columns(word) + 3);
    if !building.is_empty() && x > taken + columns(&building) + last + 2 {
        x = put_right(buffer, x, area.y, &building, theme.dim).saturating_sub(2);
    }
    for (key, word) in keys.iter().rev() {
        let width = columns(key) + 1 + columns(word);
        if x < taken + width + 2 {
            break;
        }
        x -= width;
        put(buffer, x, area.y, width, key, theme.key);
        put(buffer, x + columns(key) + 1, area.y, columns(word), word, theme.dim);
        x = x.saturating_sub(2);
    }
    let room = x.saturating_sub(area.x + 1);
    put(buffer, area.x + 1, area.y, room, &flow::cut(&text, usize::from(room), glyphs.ellipsis), style);
}

/// What just happened, alone on a row.
pub(super) fn draw_message(buffer: &mut Buffer, row: Rect, model: &Model) {
    let (text, style) = message(model);
    let room = row.width.saturating_sub(1);
    let blank = " ".repeat(usize::from(row.width));
    put(buffer, row.x, row.y, row.width, &blank, Style::reset().patch(model.theme.status_line));
    put(buffer, row.x + 1, row.y, room, &flow::cut(&text, usize::from(room), model.glyphs.ellipsis), style);
}

/// Background jobs that reported progress, the newest of each kind. A figure keeps its columns, so that nothing beside it moves.
fn building(model: &Model) -> String {
    let newest = |kind| model.jobs.open().iter().rfind(|job| job.kind == kind);
    let jobs = [JobKind::FullText, JobKind::Index].into_iter().filter_map(newest);
    let shown = jobs.filter_map(|job| {
        let JobProgress::Papers { done, all } = job.progress.as_ref()? else { return None };
        // At the end the parts are put together, which is not counted.
        let percent = (done * 100 / all.max(&1)).min(99);
        Some(format!("{} {} {percent:>2} %", model.glyphs.separator, job.kind.name()))
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// What the job that the user started is doing, and the key that cancels it.
fn foreground(model: &Model) -> Option<String> {
    let job = model.jobs.foreground()?;
    if job.is_cancelled {
        return Some(match job.kind {
            JobKind::Import => "cancelling the import; what was read is kept".to_owned(),
            JobKind::Export | JobKind::Change | JobKind::Index | JobKind::FullText => {
                format!("cancelling the {}", job.kind.name())
            }
        });
    }
    let back = model.keymap.keys_of(Action::Back, Scope::Pane(Pane::List)).into_iter().next();
    let cancel = back.map_or_else(String::new, |key| format!(" {} {key} cancels", model.glyphs.separator));
    Some(job_page::progress(job) + &cancel)
}

/// The keys that matter now, with the words for what they do.
fn keys_now(model: &Model) -> Vec<(String, &'static str)> {
    if let Some(keys) = overlay_keys(model) {
        return keys.iter().map(|(key, word)| ((*key).to_owned(), *word)).collect();
    }
    let first_key = |name| model.keymap.keys_of(command::find(name)?.action, model.scope()).into_iter().next();
    hints(model).iter().filter_map(|(name, word)| Some((first_key(name)?, *word))).collect()
}

/// Keys of an overlay or of the open search box, which no setting changes.
fn overlay_keys(model: &Model) -> Option<&'static [(&'static str, &'static str)]> {
    match &model.overlay {
        Some(Overlay::Picker(picker)) if matches!(picker.kind, PickerKind::Tags(_)) => {
            Some(&[("enter", "add or remove"), ("esc", "done")])
        }
        Some(Overlay::Picker(_)) => Some(&[("enter", "choose"), ("esc", "close")]),
        Some(Overlay::Prompt(_)) => Some(&[]),
        Some(Overlay::Question(_)) => Some(&[("y", "replace"), ("n", "back")]),
        Some(Overlay::Page(_)) => Some(&[("up down", "scroll"), ("esc", "close")]),
        None if model.search.open => Some(&[("enter", "done"), ("tab", "complete"), ("esc", "cancel")]),
        None => None,
    }
}

/// At the left: a notice, a running job, the selection, or the pane.
fn message(model: &Model) -> (String, Style) {
    let theme = &model.theme;
    if let Some(Overlay::Question(question)) = &model.overlay {
        return (question.text.clone(), theme.warning);
    }
    if let Some(notice) = &model.notice {
        let style = match notice.tone {
            Tone::Info => theme.text,
            Tone::Success => theme.success,
            Tone::Error => theme.error,
        };
        return (notice.text.clone(), style);
    }
    if let Some(job) = foreground(model) {
        return (job, theme.text);
    }
    if let Some(selected) = selection(model) {
        return (selected, theme.accent);
    }
    if model.is_read_only {
        return ("read-only".to_owned(), theme.warning);
    }
    let narrow = model.size.width < 60;
    let place = if narrow { format!("{} {}", model.focus.info().title, model.glyphs.right) } else { String::new() };
    (place, theme.dim)
}

/// The keys that can follow the ones typed, with their commands: a table that grows upwards from the status line.
fn draw_chord(buffer: &mut Buffer, area: Rect, model: &Model) {
    let mut next = continuations(model);
    next.iter_mut().for_each(|(_, words)| *words = flow::cut(words, WORDS, model.glyphs.ellipsis));
    let theme = &model.theme;
    put(buffer, area.x + 1, area.y, area.width - 1, &model.pending.to_string(), theme.key);
    let cell = next.iter().map(|(key, words)| columns(key) + columns(words) + 4).max().unwrap_or(1);
    let table = ChordTable::above(area, next.len(), cell);
    let blank = " ".repeat(usize::from(area.width));
    let ground = Style::reset().patch(theme.overlay);
    for y in table.area.top()..table.area.bottom() {
        put(buffer, area.x, y, area.width, &blank, ground);
    }
    for (number, (key, words)) in (0u16..).zip(&next) {
        if let Some(Rect { x, y, width, .. }) = table.cell(number) {
            let used = put(buffer, x, y, width, key, ground.patch(theme.key));
            put(buffer, x + used + 1, y, width, words, ground.patch(theme.text));
        }
    }
}
