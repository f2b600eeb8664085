//! What the screen shows, as plain data. `update` is its only writer; `view` only reads. It holds no paper of its own: rows come from the
//! snapshot's index by document id, one page at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use ratatui::layout::Size;
use tui_input::Input;

use super::command::Action;
use super::cursor::Cursor;
use super::flow;
use super::jobs::Jobs;
use super::keymap::{Keymap, Pending};
use super::overlay::Overlay;
use super::panes::{Pane, Scope};
use super::snippets::Snippets;
use super::theme::{Glyphs, Theme, Themes};
use crate::domain::identity::PaperKey;
use crate::domain::query::{Filter, Query};
use crate::index::{DocId, Facets, Hits};
use crate::library::{Detail, Snapshot};

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
    pub parts: Vec<QueryPart>,
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
pub struct QueryPart {
    pub filter: Filter,
    pub text: String,
    pub papers: usize,
}

impl Results {
    pub fn count(&self) -> usize {
        self.hits.as_ref().map_or(0, |hits| hits.count)
    }

    /// Of a query that finds nothing, the part to blame: the first that finds nothing alone, else the last.
    pub fn part_to_drop(&self) -> Option<&QueryPart> {
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
    pub lines: Vec<flow::StyledLine>,
    /// What `lines` was set for: width and raw text or not. None: set anew.
    pub set_for: Option<(usize, bool)>,
    pub top: usize,
    pub raw: bool,
}

/// The filters pane; its rows are made from the results when they are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiltersPane {
    pub cursor: Cursor,
    /// Headings whose rows are hidden.
    pub folded: Vec<&'static str>,
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
pub struct StatusNotice {
    pub text: String,
    pub tone: Tone,
}

/// How the screen is arranged, as the user left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    pub zen: bool,
    pub two_line: bool,
    pub mouse: bool,
    /// Columns of the filters pane.
    pub filters_width: u16,
    /// Percent of the remaining room that the list gets.
    pub list_share: u16,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self { zen: false, two_line: false, mouse: false, filters_width: 28, list_share: 56 }
    }
}

impl Arrangement {
    /// Sets the columns of the filters pane, as far as that leaves it usable.
    pub fn set_filters_width(&mut self, columns: u16) {
        self.filters_width = columns.clamp(12, 60);
    }

    /// Sets the percent of the room that the list gets, as far as that leaves list and abstract usable.
    pub fn set_list_share(&mut self, percent: u16) {
        self.list_share = percent.clamp(15, 85);
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
    pub notice: Option<StatusNotice>,
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
        Scope::Pane(self.moving_pane())
    }

    /// The pane that movement keys move in: the one with the focus, except in zen.
    pub fn moving_pane(&self) -> Pane {
        if self.arrangement.zen { Pane::Abstract } else { self.focus }
    }

    /// How a message names the way to run an action now: its first key, else `:name`.
    pub fn key_for(&self, action: Action) -> String {
        self.keymap.key_for(action, self.scope())
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
        self.notice = Some(StatusNotice { text: text.into(), tone });
    }
}
