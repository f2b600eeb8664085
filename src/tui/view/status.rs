//! The status line: what just happened or is going on, and the keys that matter now. After the first key of a chord, the keys that can
//! follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::command::{self, Action};
use super::super::effect::JobKind;
use super::super::flow::{self, StyledLine, TextRole, columns, counted};
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
    ("back", "clear"),
    ("help", "help"),
];

/// Commands by how much they matter where there is not room for all hints.
const IMPORTANCE: &[&str] = &[
    "back",
    "toggle-read",
    "star",
    "next-paper",
    "activate",
    "help",
    "search",
    "next-pane",
    "tags",
    "export",
    "open-abstract",
    "all-papers",
    "save-view",
];

/// The first ones matter most: the way back, and marking.
const BASIC: usize = 3;

fn commands_now(model: &Model) -> &'static [(&'static str, &'static str)] {
    if model.selection.is_empty() { model.moving_pane().info().hints } else { SELECTION_HINTS }
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model) {
    let theme = &model.theme;
    buffer.set_style(area, theme.status_line);
    if !model.pending.is_empty() {
        return draw_chord(buffer, area, model);
    }
    let hints = hints_now(model);
    let mut text = message(model);
    let room = area.width.saturating_sub(2);
    // What matters most stays beside any message; a message that leaves no room for it stands above.
    let kept = essential(&hints, room / 2);
    let kept_columns = columns_of(&hints, &kept);
    let is_said = model.notice.is_some() || matches!(model.overlay, Some(Overlay::Question(_)));
    if is_said && columns(&text.0) + kept_columns + GAP > room && area.y > 0 {
        draw_message(buffer, Rect { y: area.y - 1, ..area }, model);
        text = (String::new(), theme.text);
    }
    let (mut text, style) = text;
    let basics = fitting(&hints, room).into_iter().filter(|at| hints.get(*at).is_some_and(|hint| hint.is_basic()));
    let basics = columns_of(&hints, &basics.collect::<Vec<_>>());
    if !is_said && columns(&text) + basics + GAP > room && text == place(model) {
        text.clear();
    }
    let text = flow::cut(&text, usize::from(room.saturating_sub(kept_columns + GAP)), model.glyphs.ellipsis);
    let mut free = room.saturating_sub(columns(&text) + GAP);
    let mut right = area.right().saturating_sub(1);
    let building = building(model);
    if !building.is_empty() && free > columns(&building) + GAP + kept_columns {
        right = put_right(buffer, right, area.y, &building, theme.dim).saturating_sub(GAP);
        free -= columns(&building) + GAP;
    }
    let shown = fitting(&hints, free);
    let mut x = right.saturating_sub(columns_of(&hints, &shown));
    for hint in shown.iter().filter_map(|place| hints.get(*place)) {
        x += put(buffer, x, area.y, columns(&hint.key), &hint.key, theme.key) + 1;
        x += put(buffer, x, area.y, columns(hint.word), hint.word, theme.dim) + GAP;
    }
    put(buffer, area.x + 1, area.y, columns(&text), &text, style);
}

/// Columns between two hints, and between them and what stands beside them.
const GAP: u16 = 2;

/// A key with the word for what it does.
struct Hint {
    key: String,
    word: &'static str,
    /// The lower, the more important.
    rank: usize,
}

impl Hint {
    /// Whether it matters more than where one is, which stands on the border of the pane, too.
    fn is_basic(&self) -> bool {
        self.rank < BASIC
    }

    fn width(&self) -> u16 {
        columns(&self.key) + 1 + columns(self.word)
    }
}

/// Columns that some of the hints take side by side.
fn columns_of(hints: &[Hint], places: &[usize]) -> u16 {
    let all: u16 = places.iter().filter_map(|place| hints.get(*place)).map(|hint| hint.width() + GAP).sum();
    all.saturating_sub(GAP)
}

/// The most important hints that fit into so many columns, in the order of the footer. One that does not fit ends it, so that none is
/// there in place of a more important one.
fn fitting(hints: &[Hint], room: u16) -> Vec<usize> {
    let mut ranked: Vec<usize> = (0..hints.len()).collect();
    ranked.sort_by_key(|place| hints.get(*place).map(|hint| hint.rank));
    let mut fitting: Vec<usize> = Vec::new();
    for place in ranked {
        fitting.push(place);
        if columns_of(hints, &fitting) > room {
            fitting.pop();
            break;
        }
    }
    fitting.sort_unstable();
    fitting
}

/// Hints that a message never takes the place of: the most important ones, at most two, in so many columns.
fn essential(hints: &[Hint], room: u16) -> Vec<usize> {
    let mut essential = fitting(hints, room);
    essential.sort_by_key(|place| hints.get(*place).map(|hint| hint.rank));
    essential.truncate(2);
    essential.sort_unstable();
    essential
}

/// Most rows that a message takes above the status line.
const MESSAGE_ROWS: usize = 4;

/// What just happened, on the row and as many above it as it needs.
pub(super) fn draw_message(buffer: &mut Buffer, row: Rect, model: &Model) {
    let (text, style) = message(model);
    let room = usize::from(row.width.saturating_sub(2));
    let mut lines: Vec<String> =
        flow::paragraph(&text, TextRole::Text, room, &[]).iter().map(StyledLine::text).collect();
    let most = MESSAGE_ROWS.min(usize::from(row.y) + 1);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = flow::cut(last, room.saturating_sub(1), "") + model.glyphs.ellipsis;
        }
    }
    let blank = " ".repeat(usize::from(row.width));
    for (up, line) in lines.iter().rev().enumerate() {
        let y = row.y.saturating_sub(u16::try_from(up).unwrap_or(u16::MAX));
        put(buffer, row.x, y, row.width, &blank, model.theme.on_ground(model.theme.status_line));
        put(buffer, row.x + 1, y, row.width.saturating_sub(1), line, style);
    }
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
            JobKind::Sync => "cancelling the sync; what was fetched is kept".to_owned(),
            JobKind::Export | JobKind::Change | JobKind::Index | JobKind::FullText => {
                format!("cancelling the {}", job.kind.name())
            }
        });
    }
    let back = model.keymap.keys_of(Action::Back, Scope::Pane(Pane::List)).into_iter().next();
    let cancel = back.map_or_else(String::new, |key| format!(" {} {key} cancels", model.glyphs.separator));
    Some(job_page::progress(job) + &cancel)
}

/// The keys that matter now.
fn hints_now(model: &Model) -> Vec<Hint> {
    if let Some(keys) = overlay_keys(model) {
        // How to close what is open stands last and matters most.
        let ranks = (0..keys.len()).rev();
        return keys.iter().zip(ranks).map(|((key, word), rank)| Hint { key: (*key).to_owned(), word, rank }).collect();
    }
    let first_key = |name| model.keymap.keys_of(command::find(name)?.action, model.scope()).into_iter().next();
    let rank = |name| IMPORTANCE.iter().position(|known| *known == name).unwrap_or(IMPORTANCE.len());
    let hints = commands_now(model).iter();
    hints.filter_map(|(name, word)| Some(Hint { key: first_key(name)?, word, rank: rank(*name) })).collect()
}

/// Keys of an overlay or of the open search box, which no setting changes.
fn overlay_keys(model: &Model) -> Option<&'static [(&'static str, &'static str)]> {
    match &model.overlay {
        Some(Overlay::Picker(picker)) => Some(match (&picker.kind, picker.is_typing) {
            (PickerKind::Tags(_), true) => &[("space", "tick"), ("enter", "apply"), ("esc", "close")],
            (PickerKind::Tags(_), false) => {
                &[("j k", "move"), ("/", "type"), ("space", "tick"), ("enter", "apply"), ("esc", "close")]
            }
            (_, true) => &[("up down", "move"), ("enter", "choose"), ("esc", "close")],
            (_, false) => &[("j k", "move"), ("/", "type"), ("enter", "choose"), ("esc", "close")],
        }),
        Some(Overlay::Prompt(_)) => Some(&[]),
        Some(Overlay::Question(question)) => Some(question.kind.keys()),
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
    if !model.typed_ahead.is_empty() {
        let typed = counted(model.typed_ahead.len(), "key");
        return (format!("searching; {typed} typed ahead {} esc drops them", model.glyphs.separator), theme.text);
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
    (place(model), theme.dim)
}

/// Where one is, on a screen that shows one pane at a time.
fn place(model: &Model) -> String {
    let narrow = model.size.width < 60;
    if narrow { format!("{} {}", model.moving_pane().info().title, model.glyphs.right) } else { String::new() }
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
    let ground = model.theme.on_ground(theme.overlay);
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

#[cfg(test)]
mod tests {
    use super::super::super::panes::PANES;
    use super::*;

    #[test]
    fn every_hint_is_of_a_command_and_has_a_rank() {
        for (name, _) in PANES.iter().flat_map(|info| info.hints).chain(SELECTION_HINTS) {
            assert!(command::find(name).is_some() && IMPORTANCE.contains(name), "{name}");
        }
    }

    #[test]
    fn hints_drop_from_the_least_important() {
        let hint = |key: &str, word, rank| Hint { key: key.to_owned(), word, rank };
        let hints = [hint("a", "one", 2), hint("b", "two", 0), hint("c", "three", 1)];
        assert_eq!(fitting(&hints, 21), [0, 1, 2]);
        assert_eq!(fitting(&hints, 20), [1, 2]);
        assert_eq!(fitting(&hints, 13), [1]);
        assert_eq!(fitting(&hints, 4), Vec::<usize>::new());
        assert_eq!(essential(&hints, 80), [1, 2]);
    }
}
