//! The help page: every key in force and what it does, that of the focused pane first. It only reads; the palette runs commands. Pure.

use super::command::{Action, COMMANDS, CommandInfo, GROUPS};
use super::flow::{StyledLine, StyledSpan, TextRole, columns};
use super::layout::page_columns;
use super::model::Model;
use super::overlay::TextPage;
use super::panes::Scope;
use super::wording::view_name;
use crate::domain::wrap::wrap;

/// Keys of text boxes, which no setting changes.
const TYPING: [(&str, &str); 4] = [
    ("enter", "Take what was typed or chosen"),
    ("tab", "Complete what is being typed"),
    ("up, down", "Move in the list or the picker"),
    ("esc", "Close, and keep nothing of it"),
];
/// Columns for the keys, and on a screen where that would leave too little for the words.
const KEYS: usize = 20;
const NARROW_KEYS: usize = 10;
const NARROW: u16 = 60;

pub(super) fn page(model: &Model) -> TextPage {
    let pane = model.moving_pane();
    let here: Vec<&CommandInfo> = here(model);
    let mut lines = vec![heading(&format!("{}: where you are", pane.info().title))];
    lines.extend(here.iter().flat_map(|command| rows(model, command)));
    let is_elsewhere = |command: &&CommandInfo| here.iter().all(|other| other.action != command.action);
    for group in GROUPS {
        lines.push(StyledLine::default());
        lines.push(heading(group));
        let commands = COMMANDS.iter().filter(|command| command.group == group).filter(is_elsewhere);
        lines.extend(commands.filter(|command| exists(model, command.action)).flat_map(|command| rows(model, command)));
    }
    lines.push(StyledLine::default());
    lines.push(heading("While you type"));
    lines.extend(TYPING.iter().flat_map(|(keys, about)| row(model, keys, about)));
    lines.push(StyledLine::default());
    let [palette, typed] = [Action::Palette, Action::CommandLine].map(|action| model.key_for(action));
    let hint =
        format!("{palette} searches the commands and runs one, {typed} runs one by its name; `tsundoku help` has more");
    lines.push(StyledLine::of(vec![StyledSpan::new(hint, TextRole::Dim)]));
    TextPage { title: "Keys", lines, ..TextPage::default() }
}

/// The commands that matter in the focused pane: those of its hints, then those whose keys work only there.
fn here(model: &Model) -> Vec<&'static CommandInfo> {
    let pane = model.moving_pane();
    let hinted = pane.info().hints.iter().filter_map(|(name, _)| super::command::find(name));
    let own = COMMANDS.iter().filter(|command| command.scope == Scope::Pane(pane));
    let mut commands: Vec<&CommandInfo> = Vec::new();
    for command in hinted.chain(own) {
        if command.action != Action::Help && commands.iter().all(|other| other.action != command.action) {
            commands.push(command);
        }
    }
    commands
}

/// Whether there is something for the command to work on: a saved view that it shows.
fn exists(model: &Model, action: Action) -> bool {
    let place = Action::VIEWS.iter().position(|view| *view == action);
    place.is_none_or(|place| place < model.snapshot.views.len())
}

fn heading(text: &str) -> StyledLine {
    StyledLine::of(vec![StyledSpan::new(text, TextRole::Heading)])
}

fn rows(model: &Model, command: &CommandInfo) -> Vec<StyledLine> {
    let scope = match command.scope {
        Scope::Global => model.scope(),
        own => own,
    };
    let keys: Vec<String> =
        model.keymap.keys_of(command.action, scope).iter().map(|chord| chord_in_words(chord)).collect();
    let argument = command.argument.map(|argument| format!(" {}", argument.placeholder())).unwrap_or_default();
    let keys = if keys.is_empty() { format!(":{}{argument}", command.name) } else { keys.join(", ") };
    let about =
        view_name(model, command.action).map_or_else(|| command.about.to_owned(), |name| format!("Show {name}"));
    let place = match command.scope {
        Scope::Pane(pane) if pane != model.moving_pane() => format!(" ({})", command.scope.name()),
        _ => String::new(),
    };
    row(model, &keys, &format!("{about}{place}"))
}

/// `g then c` for the chord `g c`.
fn chord_in_words(chord: &str) -> String {
    chord.replace(' ', " then ")
}

fn row(model: &Model, keys: &str, about: &str) -> Vec<StyledLine> {
    let column = if model.size.width < NARROW { NARROW_KEYS } else { KEYS };
    let gap = " ".repeat(column.saturating_sub(usize::from(columns(keys))));
    let keys = format!("{keys}{gap} ");
    // Words that do not fit go on below themselves, not below the keys.
    let room = page_columns(model.size).saturating_sub(usize::from(columns(&keys))).max(NARROW_KEYS);
    let parts = wrap(about, room).into_iter().filter_map(|part| about.get(part));
    let lines = parts.enumerate().map(|(number, words)| {
        let lead = if number == 0 { keys.clone() } else { " ".repeat(usize::from(columns(&keys))) };
        StyledLine::of(vec![StyledSpan::new(lead, TextRole::Tag), StyledSpan::new(words, TextRole::Text)])
    });
    lines.collect()
}
