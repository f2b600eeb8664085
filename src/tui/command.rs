//! Everything the user can do in the reader: one table, from which help, palette, footer, key hints, settings and the documented list of
//! keys are made. What a command does is decided in `update`.

use super::panes::{Pane, Scope};
use crate::domain::nearest;

/// Declares the actions and a list of them, so that a test can check that each has its row below.
macro_rules! actions {
    ($($action:ident),* $(,)?) => {
        /// What the user wants done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($action,)*
            /// Gives the pane the focus.
            Focus(Pane),
        }

        impl Action {
            /// All but `Focus`.
            pub const ALL: &[Self] = &[$(Self::$action),*];
        }
    };
}

actions! {
    MoveDown, MoveUp, HalfPageDown, HalfPageUp, PageDown, PageUp, Top, Bottom, PaneLeft, PaneRight, NextPane, PreviousPane,
    ScrollDown, ScrollUp, NextPaper, PreviousPaper, PageOn, NextDigest, PreviousDigest, JumpBack, JumpForward, Back,
    Activate, OpenAbstract, OpenPdf, OpenCode, Links, RawText, Changes, Zen,
    ToggleRead, ReadOn, Star, Queue, Drop, StatusUnread, StatusQueued, StatusReading, StatusRead, StatusDropped, SetStatus,
    MarkAbove, DropAbove, MarkAll, DropAll, MarkRest, DropRest,
    Tags, TagWith, Untag, Note, EditNote,
    Select, SelectRange, SelectAll, ClearSelection, Undo, Redo, DigestDate, HideDigest, HideStarter,
    Search, NextMatch, PreviousMatch, Sort, FollowAuthor, Similar, AllPapers,
    View1, View2, View3, View4, View5, View6, View7, View8, View9, Views, SaveView,
    Density, Narrower, Wider, Themes, ToggleAdvance, ToggleMouse, Redraw,
    CopyCitation, CopyBibtex, CopyUrl, CopyId, CopyTitle, Export, Import, Sync, SyncStatus,
    Help, CommandLine, Palette, Statistics, Log, Jobs, Welcome, Suspend, Quit, QuitNow,
}

/// One row of `COMMANDS`.
#[derive(Debug)]
pub struct CommandInfo {
    pub action: Action,
    /// Kebab-case; its name on the command line, in the palette and in the settings.
    pub name: &'static str,
    /// One line, no final period.
    pub about: &'static str,
    /// Default keys as the settings write them, the one to show first.
    pub keys: &'static [&'static str],
    pub scope: Scope,
    /// Heading in help.
    pub group: &'static str,
    /// What may follow the name on the command line.
    pub argument: Option<Argument>,
}

/// What a command takes on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    Status,
    Tag,
    Note,
    Day,
    Query,
    Order,
    /// A saved view.
    View,
    /// A view to save.
    NewView,
    Theme,
    /// A file to write, with its format and `--force`.
    ExportFile,
    /// A file or a folder to read.
    ImportPath,
    /// A service that papers are fetched from.
    Service,
}

impl Argument {
    /// The word for it in help.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Status => "STATUS",
            Self::Tag => "TAG",
            Self::Note => "TEXT",
            Self::Day => "DAY",
            Self::Query => "QUERY",
            Self::Order => "ORDER",
            Self::View | Self::NewView | Self::Theme => "NAME",
            Self::ExportFile => "FILE",
            Self::ImportPath => "PATH",
            Self::Service => "SERVICE",
        }
    }
}

impl CommandInfo {
    const fn within(mut self, pane: Pane) -> Self {
        self.scope = Scope::Pane(pane);
        self
    }

    const fn takes(mut self, argument: Argument) -> Self {
        self.argument = Some(argument);
        self
    }
}

const fn row(
    group: &'static str,
    action: Action,
    name: &'static str,
    about: &'static str,
    keys: &'static [&'static str],
) -> CommandInfo {
    CommandInfo { action, name, about, keys, scope: Scope::Global, group, argument: None }
}

pub(super) const MOVE: &str = "Move";
const READ: &str = "Read";
const ORGANISE: &str = "Organise";
const FIND: &str = "Find";
const SCREEN: &str = "Screen";
const SHARE: &str = "Share";
const PROGRAM: &str = "Program";

/// Headings of help, in order.
pub const GROUPS: [&str; 7] = [MOVE, READ, ORGANISE, FIND, SCREEN, SHARE, PROGRAM];

/// Every command, in the order of help. Digits are counts (`10j`), so saved views are on `g 1` to `g 9`. `d` (download)
/// and `T` (triage) stay free for what these letters mean elsewhere; `ctrl-h`, `ctrl-i`, `ctrl-j`
/// and `ctrl-m` are other keys on most terminals, and `ctrl-s` and `ctrl-q` stop and start their output.
#[rustfmt::skip]
pub const COMMANDS: &[CommandInfo] = &[
    row(MOVE, Action::MoveDown, "move-down", "Go down one row", &["j", "down"]),
    row(MOVE, Action::MoveUp, "move-up", "Go up one row", &["k", "up"]),
    row(MOVE, Action::HalfPageDown, "half-page-down", "Go down half a page", &["ctrl-d"]),
    row(MOVE, Action::HalfPageUp, "half-page-up", "Go up half a page", &["ctrl-u"]),
    row(MOVE, Action::PageDown, "page-down", "Go down one page", &["ctrl-f", "pagedown"]),
    row(MOVE, Action::PageUp, "page-up", "Go up one page", &["ctrl-b", "pageup"]),
    row(MOVE, Action::Top, "top", "Go to the first row; with a count, to that row", &["g g", "home"]),
    row(MOVE, Action::Bottom, "bottom", "Go to the last row; with a count, to that row", &["G", "end"]),
    row(MOVE, Action::PaneLeft, "pane-left", "Go to the pane on the left", &["h", "left"]),
    row(MOVE, Action::PaneRight, "pane-right", "Go to the pane on the right", &["l", "right"]),
    row(MOVE, Action::NextPane, "next-pane", "Go to the next pane", &["tab"]),
    row(MOVE, Action::PreviousPane, "previous-pane", "Go to the previous pane", &["shift-tab"]),
    row(MOVE, Action::ScrollDown, "scroll-down", "Scroll the abstract down, from any pane", &["J", "shift-down"]),
    row(MOVE, Action::ScrollUp, "scroll-up", "Scroll the abstract up, from any pane", &["K", "shift-up"]),
    row(MOVE, Action::NextPaper, "next-paper", "Go to the next paper, from any pane", &["."]),
    row(MOVE, Action::PreviousPaper, "previous-paper", "Go to the previous paper, from any pane", &[","]),
    row(MOVE, Action::PageOn, "page-on", "Go down one page, and at last to the next paper", &["space"]).within(Pane::Abstract),
    row(MOVE, Action::NextDigest, "next-digest", "Go to the next day's digest", &["]"]),
    row(MOVE, Action::PreviousDigest, "previous-digest", "Go to the previous day's digest", &["["]),
    row(MOVE, Action::JumpBack, "jump-back", "Go back to the query and paper before", &["ctrl-o"]),
    row(MOVE, Action::JumpForward, "jump-forward", "Go forward again after going back", &["g o"]),
    row(MOVE, Action::Back, "back", "Close, clear or leave one thing at a time; never quits", &["esc"]),

    row(READ, Action::Activate, "activate", "Open the paper; in the filters: apply the filter", &["enter"]),
    row(READ, Action::OpenAbstract, "open-abstract", "Open the paper's page in the browser", &["o"]),
    row(READ, Action::OpenPdf, "open-pdf", "Open the PDF in the browser", &["p"]),
    row(READ, Action::OpenCode, "open-code", "Open the code in the browser", &["g c"]),
    row(READ, Action::Links, "links", "Choose one of the paper's links to open", &[";"]),
    row(READ, Action::RawText, "raw-text", "Show the abstract as its source spells it, or cleaned up", &["R"]),
    row(READ, Action::Changes, "changes", "Show what a later version changed, word by word", &["D"]),
    row(READ, Action::Zen, "zen", "Show only the abstract, or everything again", &["z"]),

    row(ORGANISE, Action::ToggleRead, "toggle-read", "Mark as read, or as unread again", &["r"]),
    row(ORGANISE, Action::ReadOn, "read-on", "Mark as read and go to the next paper", &["x"]),
    row(ORGANISE, Action::Star, "star", "Star, or remove the star", &["s", "b"]),
    row(ORGANISE, Action::Queue, "queue", "Add to the reading queue, or remove from it", &["+", "="]),
    row(ORGANISE, Action::Drop, "drop", "Drop the paper: not interested", &["a"]),
    row(ORGANISE, Action::StatusUnread, "status-unread", "Mark as unread", &["m u"]),
    row(ORGANISE, Action::StatusQueued, "status-queued", "Mark as queued", &["m q"]),
    row(ORGANISE, Action::StatusReading, "status-reading", "Mark as reading", &["m i"]),
    row(ORGANISE, Action::StatusRead, "status-read", "Mark as read", &["m r"]),
    row(ORGANISE, Action::StatusDropped, "status-dropped", "Mark as dropped", &["m d"]),
    row(ORGANISE, Action::SetStatus, "status", "Set the status named", &[]).takes(Argument::Status),
    row(ORGANISE, Action::MarkAbove, "mark-above", "Mark what is unread above the cursor as read", &["m a"]).takes(Argument::Status),
    row(ORGANISE, Action::DropAbove, "drop-above", "Drop what is unread above the cursor", &["m A"]),
    row(ORGANISE, Action::MarkAll, "mark-all", "Mark what is unread in the list as read", &["m l"]).takes(Argument::Status),
    row(ORGANISE, Action::DropAll, "drop-all", "Drop what is unread in the list", &["m L"]),
    row(ORGANISE, Action::MarkRest, "mark-rest", "Mark what is unread and not selected as read", &["m o"]).takes(Argument::Status),
    row(ORGANISE, Action::DropRest, "drop-rest", "Drop what is unread and not selected", &["m O"]),
    row(ORGANISE, Action::Tags, "tags", "Add or remove tags", &["t"]),
    row(ORGANISE, Action::TagWith, "tag", "Add the tag named", &[]).takes(Argument::Tag),
    row(ORGANISE, Action::Untag, "untag", "Remove the tag named", &[]).takes(Argument::Tag),
    row(ORGANISE, Action::Note, "note", "Write a one-line note", &["e"]).takes(Argument::Note),
    row(ORGANISE, Action::EditNote, "edit-note", "Write a long note in the editor", &["ctrl-e"]),
    row(ORGANISE, Action::Select, "select", "Select or deselect the paper, and go down", &["space"]).within(Pane::List),
    row(ORGANISE, Action::SelectRange, "select-range", "Select a range of papers, from here to the cursor", &["v"]).within(Pane::List),
    row(ORGANISE, Action::SelectAll, "select-all", "Select all papers of the result", &["ctrl-a"]).within(Pane::List),
    row(ORGANISE, Action::ClearSelection, "clear-selection", "Deselect all papers", &[]),
    row(ORGANISE, Action::Undo, "undo", "Undo the last change, even one of an earlier day", &["u"]),
    row(ORGANISE, Action::Redo, "redo", "Redo the change that was undone last", &["ctrl-r"]),
    row(ORGANISE, Action::DigestDate, "digest-date", "Correct the day of the digest", &["g d"]).takes(Argument::Day),
    row(ORGANISE, Action::HideDigest, "hide-digest", "Hide the digest's papers from lists, or show them again", &["g h"]),
    row(ORGANISE, Action::HideStarter, "hide-starter", "Hide the starter shelf from lists, or show it again", &[]),

    row(FIND, Action::Search, "search", "Search as you type", &["/"]).takes(Argument::Query),
    row(FIND, Action::NextMatch, "next-match", "Go to the next match", &["n"]),
    row(FIND, Action::PreviousMatch, "previous-match", "Go to the previous match", &["N"]),
    row(FIND, Action::Sort, "sort", "Choose the order of the list", &["\\", "O"]).takes(Argument::Order),
    row(FIND, Action::Focus(Pane::Filters), "filter-menu", "Go to the filters", &["f"]),
    row(FIND, Action::FollowAuthor, "follow-author", "Show all papers by the first author", &["F"]),
    row(FIND, Action::Similar, "similar", "Show papers similar to this one", &["M"]),
    row(FIND, Action::AllPapers, "all-papers", "Show all papers", &["0", "g 0"]),
    row(FIND, Action::View1, "view-1", "Show the first saved view", &["g 1"]),
    row(FIND, Action::View2, "view-2", "Show the second saved view", &["g 2"]),
    row(FIND, Action::View3, "view-3", "Show the third saved view", &["g 3"]),
    row(FIND, Action::View4, "view-4", "Show the fourth saved view", &["g 4"]),
    row(FIND, Action::View5, "view-5", "Show the fifth saved view", &["g 5"]),
    row(FIND, Action::View6, "view-6", "Show the sixth saved view", &["g 6"]),
    row(FIND, Action::View7, "view-7", "Show the seventh saved view", &["g 7"]),
    row(FIND, Action::View8, "view-8", "Show the eighth saved view", &["g 8"]),
    row(FIND, Action::View9, "view-9", "Show the ninth saved view", &["g 9"]),
    row(FIND, Action::Views, "views", "Choose a saved view", &["w"]).takes(Argument::View),
    row(FIND, Action::SaveView, "save-view", "Save the search as a view", &["W"]).takes(Argument::NewView),

    row(SCREEN, Action::Density, "density", "Show one line per paper, or two", &["Z"]),
    row(SCREEN, Action::Narrower, "narrower", "Make the pane narrower", &["<", "alt-left"]),
    row(SCREEN, Action::Wider, "wider", "Make the pane wider", &[">", "alt-right"]),
    row(SCREEN, Action::Themes, "theme", "Choose a theme, or switch to the one named", &["ctrl-t"]).takes(Argument::Theme),
    row(SCREEN, Action::ToggleAdvance, "toggle-advance", "Go to the next paper after each mark, or stay", &["g a"]),
    row(SCREEN, Action::ToggleMouse, "toggle-mouse", "Use the mouse in the reader, or leave it to the terminal", &["g m"]),
    row(SCREEN, Action::Redraw, "redraw", "Redraw the screen", &["ctrl-l"]),

    row(SHARE, Action::CopyCitation, "copy-citation", "Copy the citation", &["y y"]),
    row(SHARE, Action::CopyBibtex, "copy-bibtex", "Copy the BibTeX entry", &["y b", "c"]),
    row(SHARE, Action::CopyUrl, "copy-url", "Copy the URL", &["y u"]),
    row(SHARE, Action::CopyId, "copy-id", "Copy the id", &["y i"]),
    row(SHARE, Action::CopyTitle, "copy-title", "Copy the title", &["y t"]),
    row(SHARE, Action::Export, "export", "Export the selection or the result to a file", &["E"]).takes(Argument::ExportFile),
    row(SHARE, Action::Import, "import", "Import papers from a file or a folder", &["I"]).takes(Argument::ImportPath),
    row(SHARE, Action::Sync, "sync", "Fetch papers from services, or the one named", &["S"]).takes(Argument::Service),
    row(SHARE, Action::SyncStatus, "sync-status", "Show which days were fetched, and which are missing", &["g y"]),

    row(PROGRAM, Action::Help, "help", "Show all keys and commands", &["?", "f1"]),
    row(PROGRAM, Action::CommandLine, "command-line", "Type a command", &[":"]),
    row(PROGRAM, Action::Palette, "palette", "Search for a command", &["ctrl-p"]),
    row(PROGRAM, Action::Statistics, "statistics", "Show what you read over time", &["g s"]),
    row(PROGRAM, Action::Log, "log", "Show what you changed and when", &["g l"]),
    row(PROGRAM, Action::Jobs, "jobs", "Show imports, exports and index builds, and how they ended", &["g j"]),
    row(PROGRAM, Action::Welcome, "welcome", "Show the welcome again", &["g w"]),
    row(PROGRAM, Action::Suspend, "suspend", "Suspend the reader and return to the shell", &["ctrl-z"]),
    row(PROGRAM, Action::Quit, "close", "Go one step back; quit when there is none", &["q"]),
    row(PROGRAM, Action::QuitNow, "quit", "Quit at once; everything is saved already", &["ctrl-c", "Q"]),
];

impl Action {
    /// Those that show the saved views, in order.
    pub const VIEWS: [Self; 9] = [
        Self::View1,
        Self::View2,
        Self::View3,
        Self::View4,
        Self::View5,
        Self::View6,
        Self::View7,
        Self::View8,
        Self::View9,
    ];

    /// The action's row.
    pub fn command(self) -> &'static CommandInfo {
        #[expect(clippy::indexing_slicing, reason = "checked when this is compiled")]
        const FIRST: &CommandInfo = &COMMANDS[0];
        // Every action has a row (tested), so the first is never a substitute.
        COMMANDS.iter().find(|command| command.action == self).unwrap_or(FIRST)
    }
}

/// The command of that name; `q` is short for `quit`.
pub fn find(name: &str) -> Option<&'static CommandInfo> {
    let name = if name == "q" { "quit" } else { name };
    COMMANDS.iter().find(|command| command.name == name)
}

/// The command whose name is most like the misspelt one, if any is near.
pub fn nearest(name: &str) -> Option<&'static CommandInfo> {
    nearest::nearest(name, COMMANDS.iter().map(|command| command.name)).and_then(find)
}

/// The documented list of default keys: a Markdown table for each group.
pub fn key_table() -> String {
    let mut table = String::new();
    for group in GROUPS {
        table.push_str(&format!("### {group}\n\n| Keys | Command | |\n| --- | --- | --- |\n"));
        for command in COMMANDS.iter().filter(|command| command.group == group) {
            let keys: Vec<String> = command.keys.iter().map(|key| format!("`{key}`")).collect();
            let argument = command.argument.map(|argument| format!(" {}", argument.placeholder())).unwrap_or_default();
            let place = match command.scope {
                Scope::Global => String::new(),
                scope => format!(" ({})", scope.name()),
            };
            table.push_str(&format!(
                "| {} | `{}{argument}` | {}{place} |\n",
                keys.join(" "),
                command.name,
                command.about
            ));
        }
        table.push('\n');
    }
    table.truncate(table.trim_end().len() + 1);
    table
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_action_has_one_row_and_every_row_its_own_name() {
        for action in Action::ALL.iter().copied().chain(COMMANDS.iter().map(|command| command.action)) {
            assert_eq!(COMMANDS.iter().filter(|command| command.action == action).count(), 1, "{action:?}");
            assert_eq!(action.command().action, action);
        }
        let names: HashSet<&str> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        for command in COMMANDS {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(command.name.chars().all(kebab) && !command.name.starts_with('-'), "{}", command.name);
            assert!(!["none", "q"].contains(&command.name), "these mean something else");
            assert!(GROUPS.contains(&command.group));
            let about = command.about;
            assert!(
                about.starts_with(char::is_uppercase) && !about.ends_with(['.', ' ']) && about.len() <= 60,
                "{about}"
            );
        }
    }

    #[test]
    fn commands_are_found_by_name_and_near_name() {
        assert_eq!(find("q").map(|command| command.action), Some(Action::QuitNow));
        assert!(find("toggle").is_none());
        assert_eq!(nearest("toggel-read").map(|command| command.action), Some(Action::ToggleRead));
        assert!(nearest("frobnicate").is_none());
    }

    #[test]
    fn the_table_of_keys_lists_every_command() {
        let table = key_table();
        assert_eq!(
            table.lines().filter(|line| line.starts_with("| `") || line.starts_with("|  |")).count(),
            COMMANDS.len()
        );
        assert!(table.contains("| `y b` `c` | `copy-bibtex` | Copy the BibTeX entry |\n"));
        assert!(table.contains("| `/` | `search QUERY` |"));
        assert!(!table.contains("`|`"), "would end the cell");
        assert!(table.ends_with("|\n"));
    }
}
