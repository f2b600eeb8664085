//! What lies over the panes: a picker (help, palette, tags, views, ...), a one-line prompt, or a page of text. Plain data and the rules
//! of filtering; what a choice does is decided by `update`.

use std::path::PathBuf;

use tui_input::Input;

use super::command::{Action, COMMANDS, Command};
use super::effect::Papers;
use super::flow;
use super::keymap::Keymap;
use super::model::Cursor;
use crate::domain::identity::PaperKey;
use crate::domain::query::Sort;
use crate::index::pick;

#[derive(Clone, Debug)]
pub enum Overlay {
    Picker(Picker),
    Prompt(Prompt),
    Page(Page),
}

/// A list to choose from, narrowed by typing.
#[derive(Clone, Debug)]
pub struct Picker {
    pub kind: PickerKind,
    pub title: &'static str,
    pub input: Input,
    pub items: Vec<Item>,
    /// Places in `items` that fit what was typed, best first.
    pub shown: Vec<usize>,
    pub cursor: Cursor,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PickerKind {
    Help,
    Palette,
    /// For these papers; stays open while tags are switched.
    Tags(Papers),
    Views,
    Sort,
    Links,
    /// Formats to write these papers in.
    Export(Papers),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub label: String,
    /// Dim words after the label.
    pub about: String,
    /// At the right edge: keys, a count.
    pub side: String,
    /// Drawn as a tick box when there is one.
    pub ticked: Option<bool>,
    pub choice: Choice,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    Run(Action),
    Tag(String),
    View(String),
    Sort(Vec<Sort>),
    Open(String),
    Format(&'static str),
}

/// One line to type.
#[derive(Clone, Debug)]
pub struct Prompt {
    pub kind: PromptKind,
    pub label: &'static str,
    pub input: Input,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PromptKind {
    CommandLine,
    Note(PaperKey),
    SaveView,
    Import,
    Export {
        papers: Papers,
        format: &'static str,
    },
    /// The day of the digest with this id.
    DigestDay(String),
}

/// Text to look at.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub title: &'static str,
    pub lines: Vec<flow::Line>,
    pub top: usize,
}

impl Picker {
    pub fn new(kind: PickerKind, title: &'static str, items: Vec<Item>) -> Self {
        let shown = (0..items.len()).collect();
        Self { kind, title, input: Input::default(), items, shown, cursor: Cursor::default() }
    }

    /// Narrows the list to what fits the typed text, best first.
    pub fn narrow(&mut self) {
        let texts: Vec<String> = self.items.iter().map(|item| format!("{} {}", item.label, item.about)).collect();
        self.shown = pick::rank(self.input.value(), &texts);
        self.cursor = Cursor::default();
    }

    pub fn chosen(&self) -> Option<&Item> {
        self.items.get(*self.shown.get(self.cursor.selected)?)
    }

    /// What was typed, when it is the name of nothing in the list: a tag to be made.
    pub fn unknown(&self) -> Option<&str> {
        let typed = self.input.value().trim();
        let known = self.items.iter().any(|item| item.label == typed);
        (!typed.is_empty() && !known).then_some(typed)
    }
}

/// Every command with its keys, for help and palette.
pub fn commands(keymap: &Keymap) -> Vec<Item> {
    COMMANDS.iter().map(|command| command_item(command, keymap)).collect()
}

fn command_item(command: &Command, keymap: &Keymap) -> Item {
    Item {
        label: command.name.to_owned(),
        about: command.about.to_owned(),
        side: keymap.keys_of(command.action, command.scope).join("  "),
        ticked: None,
        choice: Choice::Run(command.action),
    }
}

impl Prompt {
    pub fn new(kind: PromptKind, label: &'static str, text: impl Into<String>) -> Self {
        Self { kind, label, input: Input::new(text.into()) }
    }
}

/// A path as typed, with `~` for the home folder.
pub fn typed_path(text: &str, home: Option<&str>) -> PathBuf {
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(text),
    }
}
