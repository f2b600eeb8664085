//! The panes of the main screen: `PANES` has a row for each, from which the order of the focus, the borders, the titles, the scopes of
//! keys and the hints of the footer follow. A new pane is a variant and a row here, and its drawing in `view`. Plain data.

/// A pane that can have the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    Filters,
    #[default]
    List,
    Abstract,
}

/// Which part of the screen a pane takes. Panes of one dock share it, one above the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dock {
    /// A column at the left edge; hidden on narrow screens unless one of its panes has the focus.
    Left,
    /// The larger part of what is left.
    Main,
    /// Right of the main dock, or below it on an upright screen.
    Beside,
}

/// What the movement keys and the mouse wheel move in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// The cursor of the filters.
    Filters,
    /// The cursor of the list of papers.
    Papers,
    /// The text of the abstract.
    Text,
}

/// One row of `PANES`.
#[derive(Debug)]
pub struct PaneInfo {
    pub pane: Pane,
    /// What the table of its keys under `[keys]` in the settings is called.
    pub name: &'static str,
    /// On its border, and in a breadcrumb where one pane is shown at a time.
    pub title: &'static str,
    pub dock: Dock,
    /// None: nothing moves in it.
    pub movement: Option<Movement>,
    /// What the footer offers, in its order: the name of a command and the word for it.
    pub hints: &'static [(&'static str, &'static str)],
}

/// Every pane, in the order in which the focus goes from left to right.
pub const PANES: &[PaneInfo] = &[
    PaneInfo {
        pane: Pane::Filters,
        name: "filters",
        title: "Library",
        dock: Dock::Left,
        movement: Some(Movement::Filters),
        hints: &[
            ("back", "back"),
            ("activate", "filter"),
            ("all-papers", "all"),
            ("save-view", "save view"),
            ("search", "search"),
            ("help", "help"),
        ],
    },
    PaneInfo {
        pane: Pane::List,
        name: "list",
        title: "Papers",
        dock: Dock::Main,
        movement: Some(Movement::Papers),
        hints: &[
            ("activate", "open"),
            ("star", "star"),
            ("toggle-read", "mark read"),
            ("tags", "tags"),
            ("search", "search"),
            ("help", "help"),
        ],
    },
    PaneInfo {
        pane: Pane::Abstract,
        name: "abstract",
        title: "Abstract",
        dock: Dock::Beside,
        movement: Some(Movement::Text),
        hints: &[
            ("back", "back"),
            ("open-abstract", "browser"),
            ("toggle-read", "mark read"),
            ("star", "star"),
            ("next-paper", "next"),
            ("help", "help"),
        ],
    },
];

impl Pane {
    /// The pane's row.
    pub fn info(self) -> &'static PaneInfo {
        #[expect(clippy::indexing_slicing, reason = "checked when this is compiled")]
        const FIRST: &PaneInfo = &PANES[0];
        // Every pane has a row (tested), so the first is never a substitute.
        PANES.iter().find(|info| info.pane == self).unwrap_or(FIRST)
    }

    /// Where the pane is in `PANES`.
    pub fn index(self) -> usize {
        PANES.iter().position(|info| info.pane == self).unwrap_or_default()
    }
}

/// Where a key works. A key of a pane's own scope beats the global one there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere but in a text box.
    Global,
    Pane(Pane),
}

impl Scope {
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Global].into_iter().chain(PANES.iter().map(|info| Self::Pane(info.pane)))
    }

    /// What the tables under `[keys]` in the settings are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Pane(pane) => pane.info().name,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_pane_has_one_row_and_a_name_of_its_own() {
        // A variant that is added does not compile until it is listed here.
        let all = |pane| match pane {
            Pane::Filters | Pane::List | Pane::Abstract => [Pane::Filters, Pane::List, Pane::Abstract],
        };
        for pane in all(Pane::default()) {
            assert_eq!(PANES.iter().filter(|info| info.pane == pane).count(), 1, "{pane:?}");
            assert_eq!(pane.info().pane, pane);
            assert_eq!(PANES[pane.index()].pane, pane);
        }
        assert_eq!(PANES.len(), all(Pane::default()).len());
        let names: HashSet<&str> = Scope::all().map(Scope::name).collect();
        assert_eq!(names.len(), PANES.len() + 1);
        for info in PANES {
            assert!(info.hints.len() <= 6 && info.hints.last().is_some_and(|(name, _)| *name == "help"));
        }
    }
}
