//! The bottom line: what just happened or is going on, and the keys that matter now. After the first key of a chord, what may follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::command::Action;
use super::super::flow;
use super::super::jobs::{JobKind, JobProgress};
use super::super::model::{Model, Pane, Tone};
use super::super::overlay::{Overlay, PickerKind};
use super::{columns, grouped, put, put_right};
use crate::domain::clean::Clean;

/// The six keys of each place, with the word that says what they do.
fn hints(model: &Model) -> &'static [(Action, &'static str)] {
    if !model.selection.is_empty() {
        return &[
            (Action::ToggleRead, "read"),
            (Action::Star, "star"),
            (Action::Tags, "tags"),
            (Action::Export, "export"),
            (Action::Back, "let go"),
            (Action::Help, "help"),
        ];
    }
    match (model.arrangement.zen, model.focus) {
        (false, Pane::Filters) => &[
            (Action::Activate, "filter"),
            (Action::AllPapers, "all"),
            (Action::SaveView, "save view"),
            (Action::NextPane, "papers"),
            (Action::Search, "search"),
            (Action::Help, "help"),
        ],
        (false, Pane::List) => &[
            (Action::Activate, "read"),
            (Action::Star, "star"),
            (Action::ToggleRead, "done"),
            (Action::Tags, "tags"),
            (Action::Search, "search"),
            (Action::Help, "help"),
        ],
        _ => &[
            (Action::Back, "back"),
            (Action::Star, "star"),
            (Action::OpenAbstract, "open"),
            (Action::CopyCitation, "cite"),
            (Action::Note, "note"),
            (Action::Help, "help"),
        ],
    }
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model) {
    let (theme, glyphs) = (&model.theme, &model.glyphs);
    buffer.set_style(area, theme.status_line);
    if !model.pending.is_empty() {
        return chord(buffer, area, model);
    }
    // Hints that find no room beside what happened drop out from the left: the last one is help, or the way out.
    let mut x = area.right().saturating_sub(1);
    let (text, style) = said(model);
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
            JobKind::Export | JobKind::Index | JobKind::FullText => format!("cancelling the {}", job.kind.name()),
        });
    }
    let back = model.keymap.keys_of(Action::Back, Pane::List.scope()).into_iter().next();
    let cancel = back.map_or_else(String::new, |key| format!(" {} {key} cancels", model.glyphs.separator));
    let doing = match &job.progress {
        None => format!("{} {}", doing(job.kind), job.subject),
        Some(JobProgress::Papers { done, all }) => {
            format!("{} {}: {} of {} papers", doing(job.kind), job.subject, grouped(*done), grouped(*all))
        }
        Some(JobProgress::Import(progress)) => match progress.indexed {
            Some((done, all)) if done < all => {
                format!("building the index: {} of {} papers", grouped(done), grouped(all))
            }
            Some((_, all)) => format!("writing the index of {} papers", grouped(all)),
            None => {
                let file = Clean::new(&progress.path);
                format!("importing {file} ({} of {}): {} read", progress.file, progress.files, grouped(progress.read))
            }
        },
    };
    Some(doing + &cancel)
}

fn doing(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Import => "importing",
        JobKind::Export => "exporting",
        JobKind::Index | JobKind::FullText => "building",
    }
}

/// The keys that matter now, with what they do.
fn keys_now(model: &Model) -> Vec<(String, &'static str)> {
    if let Some(keys) = box_keys(model) {
        return keys.iter().map(|(key, word)| ((*key).to_owned(), *word)).collect();
    }
    let key = |action| model.keymap.keys_of(action, model.scope()).into_iter().next();
    hints(model).iter().filter_map(|(action, word)| Some((key(*action)?, *word))).collect()
}

/// Keys of what takes them now: an overlay, or the open search box.
fn box_keys(model: &Model) -> Option<&'static [(&'static str, &'static str)]> {
    match &model.overlay {
        Some(Overlay::Picker(picker)) if matches!(picker.kind, PickerKind::Tags(_)) => {
            Some(&[("enter", "on or off"), ("esc", "done")])
        }
        Some(Overlay::Picker(_)) => Some(&[("enter", "choose"), ("esc", "close")]),
        Some(Overlay::Prompt(_)) => Some(&[]),
        Some(Overlay::Page(_)) => Some(&[("j k", "scroll"), ("esc", "close")]),
        None if model.search.open => Some(&[("enter", "keep"), ("tab", "complete"), ("esc", "take back")]),
        None => None,
    }
}

/// What stands at the left: a notice, a running job, the selection, or where one is.
fn said(model: &Model) -> (String, Style) {
    let theme = &model.theme;
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
    let selection = &model.selection;
    if selection.all {
        return (format!("all {} picked", grouped(model.results.count())), theme.accent);
    }
    if let Some(anchor) = selection.anchor {
        let range = anchor.abs_diff(model.list.selected) + 1;
        return (format!("picking a range: {} papers", range + selection.docs.len()), theme.accent);
    }
    if !selection.docs.is_empty() {
        return (format!("{} picked", selection.docs.len()), theme.accent);
    }
    let narrow = model.size.width < 60;
    let place = if narrow { format!("{} {}", model.focus.title(), model.glyphs.right) } else { String::new() };
    (place, theme.dim)
}

/// The keys that may follow the ones typed, with what they do: a table that grows upwards from the bottom line.
fn chord(buffer: &mut Buffer, area: Rect, model: &Model) {
    let next = model.keymap.continuations(&model.pending, model.scope());
    let theme = &model.theme;
    put(buffer, area.x + 1, area.y, area.width - 1, &model.pending.to_string(), theme.key);
    let cell = next.iter().map(|(key, command)| columns(key) + columns(command.name) + 4).max().unwrap_or(1);
    let across = ((area.width - 1) / cell).max(1);
    let rows = u16::try_from(next.len()).unwrap_or(u16::MAX).div_ceil(across).min(area.y);
    let blank = " ".repeat(usize::from(area.width));
    let ground = Style::reset().patch(theme.overlay);
    for row in 0..rows {
        put(buffer, area.x, area.y - rows + row, area.width, &blank, ground);
    }
    for (place, (key, command)) in (0u16..).zip(&next) {
        let (x, y) = (area.x + 1 + place / rows.max(1) * cell, area.y - rows + place % rows.max(1));
        if x + cell <= area.right() + 1 {
            let used = put(buffer, x, y, cell, key, ground.patch(theme.key));
            put(buffer, x + used + 1, y, cell, command.name, ground.patch(theme.text));
        }
    }
}
