//! What happens and what is to be done about it. A Message is something that happened (a key, an answer); an Effect is something the
//! world outside the model must do (search, write, open). `update` turns the first into the second and does neither itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

use super::model::Part;
use crate::domain::identity::PaperKey;
use crate::domain::query::{Pattern, Query};
use crate::domain::reading::Change;
use crate::error::Error;
use crate::index::{DocId, Facets, Hits, Snippet};
use crate::library::{Detail, Done, ImportProgress, ImportReport, LogLine, Snapshot, Statistics};

/// A message with the moment it arrived.
pub type Timed = (Instant, Message);

/// Something that happened.
pub enum Message {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    Resize(Size),
    /// A moment asked for with `Effect::Wake` has come.
    Woke(u64),
    /// The input thread cannot read the terminal any more.
    InputLost(String),
    Answer(Answer),
}

/// What a worker lane found. Answers that can be overtaken carry the generation they answer.
pub enum Answer {
    Found {
        generation: u64,
        hits: Arc<Hits>,
    },
    Counted {
        generation: u64,
        facets: Arc<Facets>,
    },
    /// Nothing was found: what each part of the query finds alone.
    Blamed {
        generation: u64,
        parts: Vec<Part>,
    },
    /// Papers that only have the letters of the words in their order: what fills the screen after too few hits.
    Loose {
        generation: u64,
        docs: Vec<DocId>,
    },
    /// Looking for loose matches made way for something else and is to be asked for again.
    Delayed {
        generation: u64,
    },
    /// Pieces of abstracts for rows of the list; None where the title says enough.
    Snippets {
        epoch: u64,
        found: Vec<(DocId, Option<Snippet>)>,
    },
    /// None: the library no longer has this paper.
    Loaded {
        key: PaperKey,
        detail: Option<Arc<Detail>>,
    },
    /// A change is durable; the snapshot has it.
    Changed {
        snapshot: Arc<Snapshot>,
        done: Done,
    },
    /// Another process or lane changed the library.
    Refreshed {
        snapshot: Arc<Snapshot>,
    },
    /// The index is older than the papers; what it holds is found all the same.
    Behind,
    /// There is an index of the papers as they are now.
    UpToDate,
    /// Something is being built in the background, done so many percent where that is known.
    Building {
        what: &'static str,
        percent: Option<usize>,
    },
    /// It is over, whatever became of it.
    Built {
        what: &'static str,
    },
    Progress(ImportProgress),
    Imported(Box<ImportReport>),
    Exported {
        path: PathBuf,
        papers: usize,
    },
    /// Text made for the clipboard and what to call it.
    Copied {
        text: String,
        what: String,
    },
    /// The text a person left in the editor; None when it was not changed.
    Edited {
        key: PaperKey,
        text: Option<String>,
    },
    Logged(Vec<LogLine>),
    Counts(Box<Statistics>),
    Failed {
        what: &'static str,
        error: Error,
    },
}

/// Which text of a paper to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyKind {
    Citation,
    Bibtex,
    Url,
    Id,
    Title,
}

/// Which papers an effect is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Papers {
    Keys(Vec<PaperKey>),
    /// Everything the query finds, in its order.
    Found(Query),
}

/// Something to be done outside the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Search {
        generation: u64,
        query: Query,
    },
    /// Looks for loose matches of a query that finds too little; anything else goes first.
    Loose {
        generation: u64,
        query: Query,
        /// The papers it finds exactly.
        found: Vec<DocId>,
    },
    /// Makes the pieces of abstracts that show why these papers were found.
    Snippets {
        epoch: u64,
        docs: Vec<DocId>,
        asked: Vec<Pattern>,
    },
    Load {
        key: PaperKey,
    },
    Change {
        changes: Vec<Change>,
        label: String,
    },
    /// The same change for every paper found, which may be millions: the worker makes the list.
    ChangeAll {
        papers: Papers,
        change: Bulk,
        label: String,
    },
    Undo,
    Redo,
    /// Takes in what another lane or process wrote.
    Refresh,
    Import {
        paths: Vec<PathBuf>,
    },
    /// Ends a running import after its current batch.
    CancelImport,
    /// Builds the index where it is older than the papers.
    BringUpToDate,
    /// Brings the index into memory and sees whether it is sound.
    CheckIndex,
    /// Builds the full text where it is missing or older than the papers.
    BuildFullText,
    Export {
        papers: Papers,
        format: &'static str,
        path: PathBuf,
    },
    Copy {
        papers: Papers,
        kind: CopyKind,
    },
    /// Sends text to the terminal's clipboard.
    Clip {
        text: String,
    },
    /// A URL that passed the gate.
    Open {
        url: String,
    },
    /// Opens the person's editor on a paper's note; takes the terminal away for a while.
    Edit {
        key: PaperKey,
        text: String,
    },
    ReadLog,
    ReadStatistics,
    /// Asks for `Message::Woke(token)` after a while; a later one replaces an earlier one.
    Wake {
        after: Duration,
        token: u64,
    },
    Mouse(bool),
    Suspend,
    Redraw,
    Quit,
}

impl Effect {
    /// Whether the first screen is whole without it.
    pub fn can_wait(&self) -> bool {
        matches!(
            self,
            Self::Wake { .. } | Self::Loose { .. } | Self::BringUpToDate | Self::CheckIndex | Self::BuildFullText
        )
    }
}

/// One change for many papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bulk {
    Status(crate::domain::reading::Status),
    Star(bool),
    Tag(crate::domain::reading::Tag),
    Untag(crate::domain::reading::Tag),
}
