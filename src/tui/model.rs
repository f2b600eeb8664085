//! What the screen shows, as plain data. `update` is its only writer; `view` only reads. It holds no paper of its own: rows come from the
//! snapshot's index by document id, one page at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use ratatui::layout::Size;
use tui_input::Input;

use super::command::Scope;
use super::filters::FiltersPane;
use super::flow;
use super::jobs::Jobs;
use super::keymap::{Keymap, Pending};
use super::overlay::Overlay;
use super::snippets::Snippets;
use super::theme::{Glyphs, Theme, Themes};
use crate::domain::identity::PaperKey;
use crate::domain::query::{Filter, Query};
use crate::index::{DocId, Facets, Hits};
use crate::library::{Detail, Snapshot};

/// The three places that can have the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    Filters,
    #[default]
    List,
    Abstract,
}

impl Pane {
    pub fn scope(self) -> Scope {
        match self {
            Self::Filters => Scope::Filters,
            Self::List => Scope::List,
            Self::Abstract => Scope::Abstract,
        }
    }

    /// What the pane is called in a breadcrumb and on its border.
    pub fn title(self) -> &'static str {
        match self {
            Self::Filters => "Library",
            Self::List => "Papers",
            Self::Abstract => "Abstract",
        }
    }
}

/// A selected row in a window of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub selected: usize,
    /// First row in the window.
    pub top: usize,
}

impl Cursor {
    /// Moves by `step` rows within `len`.
    pub fn step(&mut self, step: isize, len: usize) {
        self.selected = self.selected.saturating_add_signed(step).min(len.saturating_sub(1));
    }

    /// Brings the selection into `len` and the window of `height` rows onto the selection, moving the window as little as possible.
    pub fn clamp(&mut self, len: usize, height: usize) {
        self.selected = self.selected.min(len.saturating_sub(1));
        let last_top = len.saturating_sub(height);
        let lowest = self.selected.saturating_sub(height.saturating_sub(1));
        self.top = self.top.clamp(lowest, self.selected.max(lowest)).min(last_top.max(lowest));
    }
}

/// The search box and the query it stands for.
#[derive(Clone, Debug, Default)]
pub struct SearchBox {
    pub input: Input,
    /// What `input` means.
    pub query: Query,
    /// Keys go to the box.
    pub open: bool,
    /// The text before the box was opened, for Esc.
    pub before: String,
    /// Offered completions and the one that Tab takes next.
    pub candidates: Vec<String>,
}

/// So many papers fill a screen: a result of fewer is followed by loose matches, up to so many in all.
pub const FULL: usize = 50;

/// The answer to the latest answered query.
#[derive(Clone, Default)]
pub struct Results {
    /// Of a query that finds nothing: each part and what it finds alone.
    pub parts: Vec<Part>,
    /// Generation of the latest question asked.
    pub asked: u64,
    pub hits: Option<Arc<Hits>>,
    /// Papers that only have the letters of the words in their order, listed after the hits. They are never counted among them, and what is
    /// done to all papers found is not done to these.
    pub loose: Vec<DocId>,
    /// What `loose` was found for.
    pub loose_for: Filter,
    pub facets: Option<Arc<Facets>>,
    /// The paper to keep selected when the next answer arrives; None selects the first.
    pub keep: Option<DocId>,
}

/// A part of a query and how many papers it finds alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub filter: Filter,
    pub text: String,
    pub papers: usize,
}

impl Results {
    pub fn count(&self) -> usize {
        self.hits.as_ref().map_or(0, |hits| hits.count)
    }

    /// Of a query that finds nothing, the part to blame: the first that finds nothing alone, else the last.
    pub fn part_to_drop(&self) -> Option<&Part> {
        self.parts.iter().find(|part| part.papers == 0).or(self.parts.last())
    }

    /// Rows of the list: the papers found and the loose matches.
    pub fn rows(&self) -> usize {
        self.count() + self.loose.len()
    }

    /// Document at a place of the list.
    pub fn at(&self, place: usize) -> Option<DocId> {
        self.page(place, 1).first().copied()
    }

    /// Up to `length` documents of the list from a place on.
    pub fn page(&self, from: usize, length: usize) -> Vec<DocId> {
        let mut docs = self.hits.as_ref().map_or_else(Vec::new, |hits| hits.page(from, length));
        let before = from.saturating_sub(self.count());
        docs.extend(self.loose.iter().skip(before).take(length.saturating_sub(docs.len())));
        docs
    }

    /// Where a document stands in the list.
    pub fn position(&self, doc: DocId) -> Option<usize> {
        let found = self.hits.as_ref().and_then(|hits| hits.position(doc));
        found.or_else(|| self.loose.iter().position(|other| *other == doc).map(|place| self.count() + place))
    }

    /// Whether a place of the list is a loose match's.
    pub fn is_loose(&self, place: usize) -> bool {
        place >= self.count()
    }
}

/// The paper in the abstract pane, set in lines for the pane's present width.
#[derive(Clone, Debug, Default)]
pub struct DetailPane {
    /// The paper wanted; the detail follows when it is loaded.
    pub wanted: Option<PaperKey>,
    pub detail: Option<Arc<Detail>>,
    pub lines: Vec<flow::Line>,
    /// What `lines` was set for: width and raw text or not. None: set anew.
    pub set_for: Option<(usize, bool)>,
    pub top: usize,
    pub raw: bool,
}

/// Papers picked for a bulk action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub docs: BTreeSet<DocId>,
    /// Where a range began; the range reaches to the cursor.
    pub anchor: Option<usize>,
    /// Every paper of the result, however many.
    pub all: bool,
}

impl Selection {
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty() && self.anchor.is_none() && !self.all
    }

    /// Whether the paper at a place of the list is picked one by one or by a range, with the cursor at `cursor`.
    pub fn has(&self, doc: DocId, place: usize, cursor: usize) -> bool {
        let in_range = self.anchor.is_some_and(|anchor| (anchor.min(cursor)..=anchor.max(cursor)).contains(&place));
        in_range || self.docs.contains(&doc)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Info,
    Success,
    Error,
}

/// What just happened, in words, on the status line until the next key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub tone: Tone,
}

/// How the screen is arranged, as the person left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    pub zen: bool,
    pub two_line: bool,
    pub mouse: bool,
    /// Columns of the filters pane.
    pub filters_width: u16,
    /// Percent of the remaining room the list gets.
    pub list_share: u16,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self { zen: false, two_line: false, mouse: false, filters_width: 28, list_share: 56 }
    }
}

/// What the configuration decides.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Widest an abstract is set, in columns.
    pub measure: usize,
    /// Seconds after which an open abstract counts as seen; 0 is never.
    pub seen_after: u64,
    /// What `~` stands for in a typed path.
    pub home: Option<String>,
}

#[derive(Clone)]
pub struct Model {
    pub size: Size,
    pub settings: Settings,
    pub keymap: Arc<Keymap>,
    pub theme: Theme,
    pub themes: Themes,
    pub glyphs: Glyphs,
    pub snapshot: Arc<Snapshot>,
    pub focus: Pane,
    pub search: SearchBox,
    pub results: Results,
    pub snippets: Snippets,
    pub list: Cursor,
    pub filters: FiltersPane,
    pub detail: DetailPane,
    pub selection: Selection,
    pub arrangement: Arrangement,
    pub overlay: Option<Overlay>,
    pub pending: Pending,
    pub notice: Option<Notice>,
    pub jobs: Jobs,
    /// Counts what was shown, so that a timer knows whether its paper is still on the screen.
    pub shown: u64,
}

impl Model {
    pub fn new(snapshot: Arc<Snapshot>, keymap: Arc<Keymap>, themes: Themes, theme: Theme) -> Self {
        Self {
            size: Size::default(),
            settings: Settings::default(),
            keymap,
            theme,
            themes,
            glyphs: Glyphs::default(),
            snapshot,
            focus: Pane::default(),
            search: SearchBox::default(),
            results: Results::default(),
            snippets: Snippets::default(),
            list: Cursor::default(),
            filters: FiltersPane::default(),
            detail: DetailPane::default(),
            selection: Selection::default(),
            arrangement: Arrangement::default(),
            overlay: None,
            pending: Pending::default(),
            notice: None,
            jobs: Jobs::default(),
            shown: 0,
        }
    }

    /// Where keys go when no box and no overlay takes them.
    pub fn scope(&self) -> Scope {
        if self.arrangement.zen { Scope::Abstract } else { self.focus.scope() }
    }

    /// The document under the cursor of the list.
    pub fn current(&self) -> Option<DocId> {
        self.results.at(self.list.selected)
    }

    pub fn current_key(&self) -> Option<PaperKey> {
        self.key(self.current()?)
    }

    /// The paper under the cursor, once it has arrived; until then the pane still shows the one before.
    pub fn loaded(&self) -> Option<&Arc<Detail>> {
        self.detail.detail.as_ref().filter(|detail| Some(&detail.key) == self.detail.wanted.as_ref())
    }

    pub fn key(&self, doc: DocId) -> Option<PaperKey> {
        self.snapshot.key(doc).ok()
    }

    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), tone });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_window_always_holds_the_selection(
            selected in 0usize..200, top in 0usize..200, len in 0usize..150, height in 0usize..40
        ) {
            let mut cursor = Cursor { selected, top };
            cursor.clamp(len, height);
            prop_assert!(cursor.selected < len.max(1));
            if height > 0 {
                prop_assert!(cursor.top <= cursor.selected && cursor.selected < cursor.top + height);
                prop_assert!(cursor.top == 0 || cursor.top + height <= len, "no empty rows below a long list");
            }
        }
    }
}
