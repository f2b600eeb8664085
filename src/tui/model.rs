//! The state of the screen, as plain data. Only `update` changes it; `view` only reads it. It holds no copies of papers: rows come from the
//! snapshot's index by document id, one page at a time.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::layout::Size;
use tui_input::Input;

use super::arrivals::{Arrivals, Stance};
use super::command::Action;
use super::cursor::Cursor;
use super::drafts::Drafts;
use super::effect::{FoundPapers, SharedHits};
use super::flow;
use super::jobs::Jobs;
use super::jumps::{JumpList, JumpPlace, QueryHistory};
use super::keymap::{Keymap, Pending};
use super::overlay::{Overlay, Prompt, PromptKind};
use super::panes::{Pane, Scope};
use super::results::Results;
use super::snippets::Snippets;
use super::theme::{Glyphs, Theme, Themes};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::domain::reading::Status;
use crate::library::import::UndatedDigest;
use crate::library::search::DocId;
use crate::library::sync::{Network, ServiceRequest};
use crate::library::{PaperDetail, Snapshot};

/// The search box and the query it stands for.
#[derive(Clone, Debug, Default)]
pub struct SearchBox {
    pub input: Input,
    /// What `input` means.
    pub query: Query,
    /// Keys go to the search box.
    pub open: bool,
    /// The text before the box was opened, for Esc.
    pub before: String,
    /// Where the user was then, for the jump list.
    pub opened_from: Option<JumpPlace>,
    /// Offered completions; Tab takes the first.
    pub candidates: Vec<String>,
    /// Text and cursor for which all of them are to be told, in linear mode.
    pub listed_for: Option<(String, usize)>,
}

impl SearchBox {
    /// Text and cursor.
    pub fn typed(&self) -> (String, usize) {
        (self.input.value().to_owned(), self.input.cursor())
    }

    /// Whether all candidates for what is typed are told.
    pub fn is_listed(&self) -> bool {
        self.listed_for.as_ref() == Some(&self.typed())
    }
}

/// The paper in the abstract pane, laid out for the width of the pane.
#[derive(Clone, Debug, Default)]
pub struct DetailPane {
    /// The paper to show; `detail` is an earlier one until it is loaded.
    pub key: Option<PaperKey>,
    pub detail: Option<Arc<PaperDetail>>,
    pub lines: Vec<flow::StyledLine>,
    /// Width and `raw` for which `lines` was laid out. None: lay it out again.
    pub laid_out_for: Option<(usize, bool)>,
    pub top: usize,
    pub raw: bool,
}

/// The filters pane; its rows are made from the results when they are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiltersPane {
    pub cursor: Cursor,
    /// Headings whose rows are hidden.
    pub folded: Vec<&'static str>,
    /// Columns that the labels and counts need that were there so far: more only while the reader runs, so that nothing jumps.
    pub needed: u16,
}

/// Papers selected for a bulk action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub docs: BTreeSet<DocId>,
    /// The row where a range began; it reaches to the cursor.
    pub anchor: Option<usize>,
    /// Every paper of a result, however many: those that were listed then.
    pub all: Option<FoundPapers>,
}

impl Selection {
    pub fn is_empty(&self) -> bool {
        self.docs.is_empty() && self.anchor.is_none() && self.all.is_none()
    }

    /// Whether the paper in a row of the list is selected alone or in a range, with the cursor at row `cursor`.
    fn has(&self, doc: DocId, place: usize, cursor: usize) -> bool {
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

/// What just happened, shown on the status line until the next key.
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
    /// Columns of the filters pane, where the user set them; else as many as it needs.
    pub filters_width: Option<u16>,
    /// Percent of the remaining room that the list gets.
    pub list_share: u16,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self { zen: false, two_line: false, mouse: false, filters_width: None, list_share: 56 }
    }
}

impl Arrangement {
    /// Sets the columns of the filters pane, as far as that leaves it usable.
    pub fn set_filters_width(&mut self, columns: u16) {
        self.filters_width = Some(columns.clamp(12, 60));
    }

    /// Sets the percent of the room that the list gets, as far as that leaves list and abstract usable.
    pub fn set_list_share(&mut self, percent: u16) {
        self.list_share = percent.clamp(15, 85);
    }
}

/// What the configuration and the options decide.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The reader tells in lines what the screen would show.
    pub linear: bool,
    /// Most columns that an abstract is laid out to.
    pub measure: usize,
    /// Seconds after which an open abstract counts as seen; 0 is never.
    pub seen_after: u64,
    /// A paper that is marked as read, dropped or queued gives way to the next one.
    pub advance: bool,
    /// What `~` stands for in a typed path.
    pub home: Option<String>,
    pub sync: SyncSettings,
}

/// What the reader asks services for, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncSettings {
    /// Between two syncs that nobody asked for; None is never.
    pub every: Option<Duration>,
    /// Those that are asked when none is named.
    pub services: Vec<ServiceRequest>,
    pub network: Network,
}

/// What is typed before it is known which papers it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedAhead {
    Key(KeyEvent),
    Paste(String),
}

#[derive(Clone)]
pub struct Model {
    pub size: Size,
    pub settings: Settings,
    pub keymap: Arc<Keymap>,
    pub theme: Theme,
    /// What the theme was asked for as: `auto`, or its name, or the path of its file. It stays while another one is previewed.
    pub theme_name: String,
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
    /// What waits for the list, in the order in which it was typed.
    pub typed_ahead: VecDeque<TypedAhead>,
    pub notice: Option<StatusNotice>,
    /// Counts the notices, so that one that is repeated is known from one that stands.
    pub said: u64,
    /// The command that the latest key ran.
    pub ran: Option<Action>,
    pub jobs: Jobs,
    pub arrivals: Arrivals,
    /// Digests whose days are still to be asked for, the next one first.
    pub undated: VecDeque<UndatedDigest>,
    pub drafts: Drafts,
    /// Lines of the command line that were run, latest last.
    pub command_history: Vec<String>,
    /// Nothing can be changed.
    pub is_read_only: bool,
    /// What was wrong when the reader was started, one text each.
    pub warnings: Vec<Clean>,
    pub jumps: JumpList,
    pub history: QueryHistory,
    /// Counts the papers shown, so that a timer can tell whether its paper still is.
    pub shown: u64,
    /// The one of `shown` for which a timer was set.
    pub watched: u64,
}

impl Model {
    pub fn new(snapshot: Arc<Snapshot>, keymap: Arc<Keymap>, themes: Themes, theme: Theme) -> Self {
        Self {
            size: Size::default(),
            settings: Settings::default(),
            keymap,
            theme_name: theme.name.clone(),
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
            typed_ahead: VecDeque::new(),
            notice: None,
            said: 0,
            ran: None,
            jobs: Jobs::default(),
            arrivals: Arrivals::default(),
            undated: VecDeque::new(),
            drafts: Drafts::default(),
            command_history: Vec::new(),
            is_read_only: false,
            warnings: Vec::new(),
            jumps: JumpList::default(),
            history: QueryHistory::default(),
            shown: 0,
            watched: 0,
        }
    }

    /// Columns of the filters pane where there is room for it.
    pub fn filters_columns(&self) -> u16 {
        self.arrangement.filters_width.unwrap_or(self.filters.needed)
    }

    /// The scope of keys that no text box and no overlay takes.
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

    /// How many papers are selected.
    pub fn selected_count(&self) -> usize {
        let Selection { docs, anchor, all } = &self.selection;
        if let Some(all) = all {
            return all.count();
        }
        let in_range = anchor.map_or(0, |anchor| {
            let (from, to) = (anchor.min(self.list.selected), anchor.max(self.list.selected));
            let length = to - from + 1;
            // Papers that are selected already count once.
            let already = || self.results.page_in_order(from, length).iter().filter(|doc| docs.contains(doc)).count();
            length - if docs.is_empty() { 0 } else { already() }
        });
        docs.len() + in_range
    }

    /// Whether the paper in a row of the list is selected.
    pub fn is_selected(&self, doc: DocId, place: usize) -> bool {
        match &self.selection.all {
            Some(all) => all.contains(&self.snapshot, doc),
            None => self.selection.has(doc, place, self.list.selected),
        }
    }

    /// The papers of the result, without those listed below it; None while the list is not there.
    pub fn found(&self) -> Option<FoundPapers> {
        let hits = SharedHits(self.results.hits.clone()?);
        Some(FoundPapers { hits, snapshot: Arc::clone(&self.snapshot) })
    }

    /// How many of the selected papers the result does not have, because it changed since.
    pub fn selected_elsewhere(&self) -> usize {
        let (docs, results) = (&self.selection.docs, &self.results);
        let is_found = |doc: &DocId| results.hits.as_ref().is_some_and(|hits| hits.contains(*doc));
        let is_listed = |doc: &DocId| is_found(doc) || results.below().any(|paper| paper.doc == *doc);
        docs.iter().filter(|doc| !is_listed(doc)).count()
    }

    /// How many papers an export is for: the selected ones, else the whole result.
    pub fn export_count(&self) -> usize {
        if self.selection.is_empty() { self.results.count() } else { self.selected_count() }
    }

    /// Whether it is known which paper is under the cursor, or that there is none: the list is that of the query,
    /// the row is in order, and the cursor is where the user moved it.
    pub fn is_list_known(&self) -> bool {
        let is_awaited = self.results.window.awaited.is_some() || self.results.is_partial();
        let is_in_order = self.current().is_some() || !is_awaited;
        self.results.is_of_query() && self.results.unread_awaited.is_none() && is_in_order
    }

    /// The document under the cursor of the list.
    pub fn current(&self) -> Option<DocId> {
        self.results.at(self.list.selected)
    }

    /// Whether a paper came with the latest import and was not marked since.
    pub fn is_new(&self, doc: DocId) -> bool {
        self.arrivals.has(doc) && self.snapshot.status(doc) == Status::Unread
    }

    /// Whether what is typed goes to a prompt, a picker, a page or the search box. Nothing takes its place that was not asked for by the
    /// latest key.
    pub fn is_occupied(&self) -> bool {
        self.overlay.is_some() || self.search.open
    }

    /// What the user is at, to find out later whether that changed.
    pub fn stance(&self) -> Stance {
        Stance { inputs: self.drafts.inputs(), paper: self.current_key(), focus: self.moving_pane() }
    }

    /// Where the user is, for the jump list.
    pub fn place(&self) -> JumpPlace {
        let query = self.search.query.to_string();
        match self.results.is_of_query() {
            true => JumpPlace { query, paper: self.current_key(), row: self.list.selected },
            false => JumpPlace { query, paper: None, row: 0 },
        }
    }

    pub fn current_key(&self) -> Option<PaperKey> {
        self.key(self.current()?)
    }

    /// The paper under the cursor once it is loaded; until then the pane shows the previous one.
    pub fn loaded(&self) -> Option<&Arc<PaperDetail>> {
        self.detail.detail.as_ref().filter(|detail| Some(&detail.key) == self.detail.key.as_ref())
    }

    pub fn key(&self, doc: DocId) -> Option<PaperKey> {
        self.snapshot.key(doc).ok()
    }

    /// Opens a prompt with a text to edit: the one that could not be saved, where there is one.
    pub fn open_prompt(&mut self, kind: PromptKind, label: impl Into<String>, text: &str) {
        let text = self.drafts.take(&kind).unwrap_or_else(|| text.to_owned());
        self.overlay = Some(Overlay::Prompt(Prompt::new(kind, label, text)));
    }

    /// Says why something cannot be done; nothing follows from it.
    pub fn refuse<T>(&mut self, why: impl Into<String>) -> Vec<T> {
        self.say(Tone::Error, why);
        Vec::new()
    }

    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.said += 1;
        self.notice = Some(StatusNotice { text: text.into(), tone });
    }
}
