//! Everything a person can do in the reader: one table, from which help, palette, footer, key hints, settings and the README's list of
//! keys are made. It says what there is; what a command does is decided where the model changes.

use crate::domain::nearest;

/// Declares the actions and a list of all of them, so that a test can see to it that each has its row below.
macro_rules! actions {
    ($($action:ident),* $(,)?) => {
        /// What a person wants.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($action),* }

        impl Action {
            pub const ALL: &[Self] = &[$(Self::$action),*];
        }
    };
}

actions! {
    MoveDown, MoveUp, HalfPageDown, HalfPageUp, PageDown, PageUp, Top, Bottom, PaneLeft, PaneRight, NextPane, PreviousPane,
    ScrollDown, ScrollUp, NextDigest, PreviousDigest, Back,
    Activate, OpenAbstract, OpenPdf, OpenCode, Links, RawText, Zen,
    ToggleRead, Star, Queue, Drop, StatusUnread, StatusQueued, StatusReading, StatusRead, StatusDropped, SetStatus,
    Tags, TagWith, Untag, Note, EditNote,
    Select, SelectRange, SelectAll, ClearSelection, Undo, Redo, DigestDate, HideDigest, HideStarter,
    Search, NextMatch, PreviousMatch, Sort, FilterMenu, FollowAuthor, Similar, AllPapers,
    View1, View2, View3, View4, View5, View6, View7, View8, View9, Views, SaveView,
    Density, Narrower, Wider, ThemeNext, ToggleMouse, Redraw,
    CopyCitation, CopyBibtex, CopyUrl, CopyId, CopyTitle, Export, Import,
    Help, CommandLine, Palette, Statistics, Log, Welcome, Suspend, Quit, QuitNow,
}

/// Where a key works. A key of a pane's own scope beats the global one there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everywhere but in a text box.
    Global,
    List,
    Filters,
    Abstract,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Global, Self::List, Self::Filters, Self::Abstract];

    /// As the tables under `[keys]` in the settings are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::List => "list",
            Self::Filters => "filters",
            Self::Abstract => "abstract",
        }
    }
}

/// One row of `COMMANDS`.
#[derive(Debug)]
pub struct Command {
    pub action: Action,
    /// Kebab-case; what the command line, the palette and the settings call it.
    pub name: &'static str,
    /// One line, no final stop.
    pub about: &'static str,
    /// Default keys as in the settings, the one to show first.
    pub keys: &'static [&'static str],
    pub scope: Scope,
    /// Heading in help.
    pub group: &'static str,
    /// What the command line may add after the name.
    pub argument: Option<&'static str>,
}

impl Command {
    const fn within(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    const fn takes(mut self, argument: &'static str) -> Self {
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
) -> Command {
    Command { action, name, about, keys, scope: Scope::Global, group, argument: None }
}

const MOVE: &str = "Move";
const READ: &str = "Read";
const ORGANISE: &str = "Organise";
const FIND: &str = "Find";
const SCREEN: &str = "Screen";
const SHARE: &str = "Share";
const PROGRAM: &str = "Program";

/// Headings of help, in order.
pub const GROUPS: [&str; 7] = [MOVE, READ, ORGANISE, FIND, SCREEN, SHARE, PROGRAM];

/// Every command, in the order help lists them. Digits are counts (`10j`), so saved views are on `g 1` to `g 9`. `d` (download), `S`
/// (sync) and `T` (triage) are kept free for what their letters mean elsewhere; `ctrl-h`, `ctrl-i`, `ctrl-j`
/// and `ctrl-m` are other keys on most terminals, and `ctrl-s` and `ctrl-q` stop and start their output.
#[rustfmt::skip]
pub const COMMANDS: &[Command] = &[
    row(MOVE, Action::MoveDown, "move-down", "Go down one row", &["j", "down"]),
    row(MOVE, Action::MoveUp, "move-up", "Go up one row", &["k", "up"]),
    row(MOVE, Action::HalfPageDown, "half-page-down", "Go down half a page", &["ctrl-d"]),
    row(MOVE, Action::HalfPageUp, "half-page-up", "Go up half a page", &["ctrl-u"]),
    row(MOVE, Action::PageDown, "page-down", "Go down one page", &["ctrl-f", "pagedown"]),
    row(MOVE, Action::PageUp, "page-up", "Go up one page", &["ctrl-b", "pageup"]),
    row(MOVE, Action::Top, "top", "Go to the first row, or to the row counted", &["g g", "home"]),
    row(MOVE, Action::Bottom, "bottom", "Go to the last row, or to the row counted", &["G", "end"]),
    row(MOVE, Action::PaneLeft, "pane-left", "Go to the pane on the left", &["h", "left"]),
    row(MOVE, Action::PaneRight, "pane-right", "Go to the pane on the right", &["l", "right"]),
    row(MOVE, Action::NextPane, "next-pane", "Go to the next pane", &["tab"]),
    row(MOVE, Action::PreviousPane, "previous-pane", "Go to the previous pane", &["shift-tab"]),
    row(MOVE, Action::ScrollDown, "scroll-down", "Scroll the abstract down, from any pane", &["J", "shift-down"]),
    row(MOVE, Action::ScrollUp, "scroll-up", "Scroll the abstract up, from any pane", &["K", "shift-up"]),
    row(MOVE, Action::NextDigest, "next-digest", "Go to the digest of the next day", &["]"]),
    row(MOVE, Action::PreviousDigest, "previous-digest", "Go to the digest of the day before", &["["]),
    row(MOVE, Action::Back, "back", "Take one step back: close, clear, leave; never quits", &["esc"]),

    row(READ, Action::Activate, "activate", "Read the paper; in the filters: apply the filter", &["enter"]),
    row(READ, Action::OpenAbstract, "open-abstract", "Open the paper's page in the browser", &["o"]),
    row(READ, Action::OpenPdf, "open-pdf", "Open the PDF", &["p"]),
    row(READ, Action::OpenCode, "open-code", "Open the code", &["g c"]),
    row(READ, Action::Links, "links", "Choose one of the paper's links to open", &[";"]),
    row(READ, Action::RawText, "raw-text", "Show the abstract as it came, or as it reads best", &["R"]),
    row(READ, Action::Zen, "zen", "Show the abstract alone, or everything again", &["z"]),

    row(ORGANISE, Action::ToggleRead, "toggle-read", "Mark as read, or as unread again", &["r"]),
    row(ORGANISE, Action::Star, "star", "Star, or take the star off", &["s", "b"]),
    row(ORGANISE, Action::Queue, "queue", "Put into the reading queue, or take out", &["+", "="]),
    row(ORGANISE, Action::Drop, "drop", "Drop: not for me", &["a"]),
    row(ORGANISE, Action::StatusUnread, "status-unread", "Mark as unread", &["m u"]),
    row(ORGANISE, Action::StatusQueued, "status-queued", "Mark as queued", &["m q"]),
    row(ORGANISE, Action::StatusReading, "status-reading", "Mark as being read", &["m i"]),
    row(ORGANISE, Action::StatusRead, "status-read", "Mark as read", &["m r"]),
    row(ORGANISE, Action::StatusDropped, "status-dropped", "Mark as dropped", &["m d"]),
    row(ORGANISE, Action::SetStatus, "status", "Mark as the status named", &[]).takes("STATUS"),
    row(ORGANISE, Action::Tags, "tags", "Choose tags", &["t"]),
    row(ORGANISE, Action::TagWith, "tag", "Add the tag named", &[]).takes("TAG"),
    row(ORGANISE, Action::Untag, "untag", "Take the tag named away", &[]).takes("TAG"),
    row(ORGANISE, Action::Note, "note", "Write a one-line note", &["e"]).takes("TEXT"),
    row(ORGANISE, Action::EditNote, "edit-note", "Write a long note in the editor", &["ctrl-e"]),
    row(ORGANISE, Action::Select, "select", "Select the paper, or not, and go down", &["space"]).within(Scope::List),
    row(ORGANISE, Action::SelectRange, "select-range", "Select from here on while moving", &["v"]).within(Scope::List),
    row(ORGANISE, Action::SelectAll, "select-all", "Select all papers of the result", &["ctrl-a"]).within(Scope::List),
    row(ORGANISE, Action::ClearSelection, "clear-selection", "Select nothing", &[]),
    row(ORGANISE, Action::Undo, "undo", "Take back the last change, also of an earlier day", &["u"]),
    row(ORGANISE, Action::Redo, "redo", "Make the change again that was taken back", &["ctrl-r"]),
    row(ORGANISE, Action::DigestDate, "digest-date", "Correct the day of the digest", &["g d"]).takes("DAY"),
    row(ORGANISE, Action::HideDigest, "hide-digest", "Leave the digest's papers out of lists, or show them again", &["g h"]),
    row(ORGANISE, Action::HideStarter, "hide-starter", "Leave the starter shelf out of lists, or show it again", &[]),

    row(FIND, Action::Search, "search", "Search as you type", &["/"]).takes("QUERY"),
    row(FIND, Action::NextMatch, "next-match", "Go to the next match", &["n"]),
    row(FIND, Action::PreviousMatch, "previous-match", "Go to the previous match", &["N"]),
    row(FIND, Action::Sort, "sort", "Choose the order of the list", &["\\", "O"]).takes("ORDER"),
    row(FIND, Action::FilterMenu, "filter-menu", "Go to the filters", &["f"]),
    row(FIND, Action::FollowAuthor, "follow-author", "Show all papers by one of its authors", &["F"]),
    row(FIND, Action::Similar, "similar", "Show papers like this one", &["M"]),
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
    row(FIND, Action::Views, "views", "Choose a saved view", &["w"]).takes("NAME"),
    row(FIND, Action::SaveView, "save-view", "Save the search as a view", &["W"]).takes("NAME"),

    row(SCREEN, Action::Density, "density", "Give a paper one row, or two", &["Z"]),
    row(SCREEN, Action::Narrower, "narrower", "Make the pane narrower", &["<", "alt-left"]),
    row(SCREEN, Action::Wider, "wider", "Make the pane wider", &[">", "alt-right"]),
    row(SCREEN, Action::ThemeNext, "theme", "Take the next theme, or the one named", &["ctrl-t"]).takes("NAME"),
    row(SCREEN, Action::ToggleMouse, "toggle-mouse", "Use the mouse here, or leave it to the terminal", &["g m"]),
    row(SCREEN, Action::Redraw, "redraw", "Draw the screen anew", &["ctrl-l"]),

    row(SHARE, Action::CopyCitation, "copy-citation", "Copy the citation", &["y y"]),
    row(SHARE, Action::CopyBibtex, "copy-bibtex", "Copy the BibTeX entry", &["y b", "c"]),
    row(SHARE, Action::CopyUrl, "copy-url", "Copy the address", &["y u"]),
    row(SHARE, Action::CopyId, "copy-id", "Copy the id", &["y i"]),
    row(SHARE, Action::CopyTitle, "copy-title", "Copy the title", &["y t"]),
    row(SHARE, Action::Export, "export", "Write the selection or the result to a file", &["E"]).takes("PATH"),
    row(SHARE, Action::Import, "import", "Read papers from a file or a folder", &["I"]).takes("PATH"),

    row(PROGRAM, Action::Help, "help", "Show all keys and commands", &["?", "f1"]),
    row(PROGRAM, Action::CommandLine, "command-line", "Type a command", &[":"]),
    row(PROGRAM, Action::Palette, "palette", "Find a command by its words", &["ctrl-p"]),
    row(PROGRAM, Action::Statistics, "statistics", "Show what was read over time", &["g s"]),
    row(PROGRAM, Action::Log, "log", "Show what was changed when", &["g l"]),
    row(PROGRAM, Action::Welcome, "welcome", "Show the welcome again", &["g w"]),
    row(PROGRAM, Action::Suspend, "suspend", "Go back to the shell for a while", &["ctrl-z"]),
    row(PROGRAM, Action::Quit, "close", "Take one step back; quit where there is none", &["q"]),
    row(PROGRAM, Action::QuitNow, "quit", "Quit at once; everything is saved already", &["ctrl-c", "Q"]),
];

impl Action {
    /// The action's row.
    pub fn command(self) -> &'static Command {
        #[expect(clippy::indexing_slicing, reason = "checked when this is compiled")]
        const FIRST: &Command = &COMMANDS[0];
        // Every action has a row (tested), so the first never stands in.
        COMMANDS.iter().find(|command| command.action == self).unwrap_or(FIRST)
    }
}

/// The command of that name; `q` is `quit`, as fingers have it.
pub fn find(name: &str) -> Option<&'static Command> {
    let name = if name == "q" { "quit" } else { name };
    COMMANDS.iter().find(|command| command.name == name)
}

/// The command whose name was most likely meant.
pub fn nearest(name: &str) -> Option<&'static Command> {
    nearest::nearest(name, COMMANDS.iter().map(|command| command.name)).and_then(find)
}

/// The README's list of default keys: a Markdown table for each group.
pub fn key_table() -> String {
    let mut table = String::new();
    for group in GROUPS {
        table.push_str(&format!("### {group}\n\n| Keys | Command | |\n| --- | --- | --- |\n"));
        for command in COMMANDS.iter().filter(|command| command.group == group) {
            let keys: Vec<String> = command.keys.iter().map(|key| format!("`{key}`")).collect();
            let argument = command.argument.map(|argument| format!(" {argument}")).unwrap_or_default();
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
        for action in Action::ALL {
            assert_eq!(COMMANDS.iter().filter(|command| command.action == *action).count(), 1, "{action:?}");
            assert_eq!(action.command().action, *action);
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
        assert!(!table.contains("`|`"), "would part the cell");
        assert!(table.ends_with("|\n"));
    }
}
