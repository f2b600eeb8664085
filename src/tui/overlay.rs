//! Overlays over the panes: a picker (help, palette, tags, views, ...), a one-line prompt, or a page of text. Plain data, and how typing
//! narrows a picker; what a choice does is decided in `update`.

use tui_input::Input;

use super::command::{Action, COMMANDS, CommandInfo};
use super::completion::{Completions, FolderList};
use super::cursor::Cursor;
use super::effect::{Papers, Work};
use super::flow;
use super::keymap::Keymap;
use super::theme::Theme;
use crate::domain::identity::PaperKey;
use crate::domain::nearest;
use crate::domain::query::Sort;
use crate::domain::reading::Tag;
use crate::library::Statistics;
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
    /// Letters are typed; otherwise `j` and `k` move.
    pub is_typing: bool,
    /// Nothing matches; what is shown is spelt like what was typed.
    pub is_guess: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PickerKind {
    Palette,
    /// For these papers. What is ticked and unticked is applied when it is closed with Enter.
    Tags(Papers),
    Views,
    Sort,
    Links,
    /// Formats to export these papers in.
    Export(Papers),
    /// The theme under the cursor is shown; this was the one before.
    Themes(Box<Theme>),
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
    /// Whether the papers have it, as far as known.
    Tag {
        tag: Tag,
        had: bool,
    },
    /// The label is the name of a tag to create.
    NewTag,
    Theme(String),
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
    /// Text and cursor for which all candidates are to be told, in linear mode.
    pub listed_for: Option<(String, usize)>,
    /// The files of the folder that was typed last.
    pub files: Option<FolderList>,
    /// How many lines back in the history the text is from; None: it was typed.
    pub line_back: Option<usize>,
}

/// Whether to do something.
#[derive(Clone, Debug)]
pub struct Question {
    /// With the question mark.
    pub text: String,
    /// Started after a yes.
    pub work: Work,
    pub kind: QuestionKind,
}

#[derive(Clone, Debug)]
pub enum QuestionKind {
    /// Replaces a file, which cannot be undone: only `y` does. The prompt comes back after a no.
    Replace(Box<Prompt>),
    /// Imports what was pasted; Enter does, too.
    Import,
    /// Takes the reading states of other programs from what was imported; Enter does, too.
    States,
}

impl QuestionKind {
    /// The keys that answer, each with its word: yes, then no.
    pub fn keys(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Replace(_) => &[("y", "replace"), ("n", "back")],
            Self::Import => &[("enter", "import"), ("esc", "leave it")],
            Self::States => &[("enter", "take them"), ("esc", "leave them")],
        }
    }
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
    /// The statistics on it: they are laid out again for another width.
    pub statistics: Option<Box<Statistics>>,
    /// Letters close it even where it is longer than the screen.
    pub any_key_closes: bool,
}

impl Picker {
    pub fn new(kind: PickerKind, title: &'static str, items: Vec<PickerItem>) -> Self {
        let shown = (0..items.len()).collect();
        let is_typing = !kind.is_short();
        Self {
            kind,
            title,
            input: Input::default(),
            items,
            shown,
            cursor: Cursor::default(),
            is_typing,
            is_guess: false,
        }
    }

    /// The same with the cursor on an item.
    pub fn starting_at(mut self, place: usize) -> Self {
        self.cursor.selected = place.min(self.items.len().saturating_sub(1));
        self
    }

    /// Narrows the list to the items that match the typed text, best first; the item whose label it is comes before all others. A command
    /// that does not exist is answered with the one spelt like it.
    pub fn narrow(&mut self) {
        let typed = self.input.value().trim();
        self.items.retain(|item| item.choice != PickerChoice::NewTag);
        let texts: Vec<String> = self.items.iter().map(|item| format!("{} {}", item.label, item.about)).collect();
        self.shown = pick::rank(typed, &texts);
        self.cursor = Cursor::default();
        let typed = typed.to_lowercase();
        let label = |place: &usize| self.items.get(*place).map(|item| item.label.to_lowercase()).unwrap_or_default();
        self.shown.sort_by_key(|place| (label(place) != typed, !label(place).starts_with(&typed)));
        self.is_guess = false;
        if self.shown.is_empty() && self.kind.has_commands() {
            let near = nearest::nearest(&typed, self.items.iter().map(|item| item.label.as_str()));
            self.shown.extend(self.items.iter().position(|item| Some(item.label.as_str()) == near));
            self.is_guess = !self.shown.is_empty();
        }
        if matches!(self.kind, PickerKind::Tags(_)) {
            self.offer_new_tag();
        }
    }

    /// Offers the typed name as a new tag, below the tags that begin with it and above the others that match.
    fn offer_new_tag(&mut self) {
        let Some(tag) = Tag::new(self.input.value()) else { return };
        let begins = |place: &&usize| self.items.get(**place).is_some_and(|item| item.label.starts_with(tag.as_str()));
        if self.items.iter().any(|item| item.label == tag.as_str()) {
            return;
        }
        let below = self.shown.iter().take_while(begins).count();
        self.shown.insert(below, self.items.len());
        self.items.push(PickerItem {
            label: tag.to_string(),
            about: "a new tag".to_owned(),
            side: String::new(),
            ticked: Some(false),
            choice: PickerChoice::NewTag,
        });
    }

    pub fn chosen(&self) -> Option<&PickerItem> {
        self.items.get(*self.shown.get(self.cursor.selected)?)
    }

    pub fn chosen_mut(&mut self) -> Option<&mut PickerItem> {
        self.items.get_mut(*self.shown.get(self.cursor.selected)?)
    }
}

impl PickerKind {
    /// Whether there is so little to choose from that keys move before anything is typed.
    fn is_short(&self) -> bool {
        match self {
            Self::Views | Self::Sort | Self::Links | Self::Export(_) | Self::Themes(_) => true,
            Self::Palette | Self::Tags(_) => false,
        }
    }

    fn has_commands(&self) -> bool {
        matches!(self, Self::Palette)
    }

    /// What to do where nothing matches, or nothing is there yet.
    pub fn when_empty(&self, is_typed: bool) -> &'static str {
        match self {
            Self::Tags(_) if !is_typed => "no tags yet: type a name, enter creates it",
            Self::Tags(_) => "a tag needs letters or digits",
            _ => "nothing matches; ctrl-u clears what was typed",
        }
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
    /// Text and cursor.
    pub fn typed(&self) -> (String, usize) {
        (self.input.value().to_owned(), self.input.cursor())
    }

    /// Whether all candidates for what is typed are told.
    pub fn is_listed(&self) -> bool {
        self.listed_for.as_ref() == Some(&self.typed())
    }

    pub fn new(kind: PromptKind, label: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            kind,
            label: label.into(),
            input: Input::new(text.into()),
            completion: Completions::default(),
            completed_for: None,
            listed_for: None,
            files: None,
            line_back: None,
        }
    }
}
