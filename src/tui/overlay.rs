//! Overlays over the panes: a picker (help, palette, tags, views, ...), a one-line prompt, or a page of text. Plain data, and how typing
//! narrows a picker; what a choice does is decided in `update`.

use tui_input::Input;

use super::command::{Action, COMMANDS, CommandInfo};
use super::completion::{Completions, FolderList};
use super::cursor::Cursor;
use super::effect::{Papers, Work};
use super::flow;
use super::keymap::Keymap;
use crate::domain::identity::PaperKey;
use crate::domain::query::Sort;
use crate::library::search::pick;

#[derive(Clone, Debug)]
pub enum Overlay {
    Picker(Picker),
    Prompt(Prompt),
    Question(Question),
    Page(TextPage),
}

/// A list to choose from; typing narrows it.
#[derive(Clone, Debug)]
pub struct Picker {
    pub kind: PickerKind,
    pub title: &'static str,
    pub input: Input,
    pub items: Vec<PickerItem>,
    /// Indexes into `items` of those that match what was typed, best first.
    pub shown: Vec<usize>,
    pub cursor: Cursor,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PickerKind {
    Palette,
    /// For these papers; stays open while tags are added and removed.
    Tags(Papers),
    Views,
    Sort,
    Links,
    /// Formats to export these papers in.
    Export(Papers),
}

#[derive(Clone, Debug, PartialEq)]
pub struct PickerItem {
    pub label: String,
    /// Dim text after the label.
    pub about: String,
    /// At the right edge: keys, or a count.
    pub side: String,
    /// Drawn as a tick when true; None reserves no column for it.
    pub ticked: Option<bool>,
    pub choice: PickerChoice,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PickerChoice {
    Run(Action),
    Tag(String),
    View(String),
    Sort(Vec<Sort>),
    Open(String),
    Format(&'static str),
}

/// One line to type into.
#[derive(Clone, Debug)]
pub struct Prompt {
    pub kind: PromptKind,
    pub label: String,
    pub input: Input,
    /// What can follow at the cursor.
    pub completion: Completions,
    /// Text and cursor that `completion` is for.
    pub completed_for: Option<(String, usize)>,
    /// The files of the folder that was typed last.
    pub files: Option<FolderList>,
    /// How many lines back in the history the text is from; None: it was typed.
    pub line_back: Option<usize>,
}

/// Whether to do what cannot be undone.
#[derive(Clone, Debug)]
pub struct Question {
    /// With the question mark.
    pub text: String,
    /// Started after a yes.
    pub work: Work,
    /// Comes back after a no.
    pub prompt: Prompt,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PromptKind {
    CommandLine,
    /// The note of this paper.
    Note(PaperKey),
    /// The argument of the command.
    Argument(Action),
    Export {
        papers: Papers,
        format: &'static str,
    },
    /// The day of the digest with this id.
    DigestDay(String),
}

/// A page of text to read.
#[derive(Clone, Debug, Default)]
pub struct TextPage {
    pub title: &'static str,
    pub lines: Vec<flow::StyledLine>,
    pub top: usize,
}

impl Picker {
    pub fn new(kind: PickerKind, title: &'static str, items: Vec<PickerItem>) -> Self {
        let shown = (0..items.len()).collect();
        Self { kind, title, input: Input::default(), items, shown, cursor: Cursor::default() }
    }

    /// Narrows the list to the items that match the typed text, best first.
    pub fn narrow(&mut self) {
        let texts: Vec<String> = self.items.iter().map(|item| format!("{} {}", item.label, item.about)).collect();
        self.shown = pick::rank(self.input.value(), &texts);
        self.cursor = Cursor::default();
    }

    pub fn chosen(&self) -> Option<&PickerItem> {
        self.items.get(*self.shown.get(self.cursor.selected)?)
    }

    /// The typed text if no item has it as its label: the name of a new tag.
    pub fn unknown(&self) -> Option<&str> {
        let typed = self.input.value().trim();
        let known = self.items.iter().any(|item| item.label == typed);
        (!typed.is_empty() && !known).then_some(typed)
    }
}

/// Every command with its keys, for help and palette.
pub fn command_items(keymap: &Keymap) -> Vec<PickerItem> {
    COMMANDS.iter().map(|command| command_item(command, keymap)).collect()
}

fn command_item(command: &CommandInfo, keymap: &Keymap) -> PickerItem {
    PickerItem {
        label: command.name.to_owned(),
        about: command.about.to_owned(),
        side: keymap.keys_of(command.action, command.scope).join("  "),
        ticked: None,
        choice: PickerChoice::Run(command.action),
    }
}

impl Prompt {
    pub fn new(kind: PromptKind, label: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            kind,
            label: label.into(),
            input: Input::new(text.into()),
            completion: Completions::default(),
            completed_for: None,
            files: None,
            line_back: None,
        }
    }
}
