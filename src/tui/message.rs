//! What happened: a key, a timer, an answer of a background thread. `update` takes messages and returns effects.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

use super::completion::FolderList;
use super::effect::JobId;
use super::effect::{Alarm, Effect, Paste, Request, SharedHits};
use super::jobs::{JobOutcome, JobProgress};
use super::results::QueryPart;
use crate::domain::identity::PaperKey;
use crate::error::{Error, Result};
use crate::library::import::TextContents;
use crate::library::search::{BelowResult, DocId, Facets, Hits, Snippet};
use crate::library::sync::ListStatus;
use crate::library::{ActionLog, ChangeReport, Direction, PaperDetail, Snapshot, Statistics, VersionChange};

/// A message with the moment it arrived.
pub type Timed = (Instant, Message);

/// Something that happened.
pub enum Message {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    /// A line, where keys do not come one by one.
    Line(String),
    /// No more lines come.
    LinesEnded,
    Resize(Size),
    /// A timer set with `TerminalEffect::Wake` ran out.
    Woke(Alarm),
    /// The shell, or whoever else, asks the reader to stop for a while (SIGTSTP).
    StopRequested,
    /// The process goes on after it was stopped (SIGCONT).
    Continued,
    /// This or another process wrote to the files of the library.
    FilesWritten,
    /// A signal ends the process as soon as the sender is dropped, or soon in any case.
    Ending(Sender<()>),
    /// The input thread cannot read the terminal any more.
    InputLost(String),
    Answer(Answer),
}

impl Message {
    /// Whether the user did it.
    pub fn is_key(&self) -> bool {
        matches!(self, Self::Key(_) | Self::Mouse(_) | Self::Paste(_) | Self::Line(_))
    }

    /// Whether what is on the screen can be different afterwards.
    pub fn is_visible(&self) -> bool {
        !matches!(
            self,
            Self::FilesWritten
                | Self::Ending(_)
                | Self::Woke(Alarm::Remember)
                | Self::Answer(Answer::Unsettled | Answer::PapersUnderway)
        )
    }
}

/// What a background thread found or did. An answer that can come too late carries the generation it answers.
pub enum Answer {
    Found {
        generation: u64,
        hits: Arc<Hits>,
        /// The row of the paper that the request names; None when it is not among the papers found.
        row: Option<usize>,
    },
    /// The papers in rows of the result, from one on.
    Rows {
        hits: SharedHits,
        from: usize,
        docs: Vec<DocId>,
    },
    /// The first row with one of the papers that were looked for; None when no row has one.
    FoundFirst {
        hits: SharedHits,
        row: Option<usize>,
    },
    /// What a pasted text holds, or why it is nothing to import.
    Examined {
        paste: Paste,
        found: Result<TextContents>,
    },
    /// The row of the next unread paper; None when there is no more.
    NextUnread {
        hits: SharedHits,
        row: Option<usize>,
    },
    /// The search takes long because there is no full text, so that every abstract is read.
    ReadingAbstracts {
        generation: u64,
    },
    /// Such a search gave way to another request and must be sent again; it goes on where it was.
    SearchPostponed {
        generation: u64,
    },
    Counted {
        generation: u64,
        facets: Arc<Facets>,
    },
    /// The query finds nothing: what each part of it finds alone.
    Blamed {
        generation: u64,
        parts: Vec<QueryPart>,
    },
    /// The whole result of which `Found` brought a part: its rows stay as they are.
    Completed {
        generation: u64,
        hits: Arc<Hits>,
    },
    /// What fills the screen after too few hits.
    Below {
        generation: u64,
        bands: Vec<BelowResult>,
    },
    /// A search gave way to another request and is to be sent again.
    Postponed {
        generation: u64,
        request: Box<Request>,
    },
    /// Excerpts of abstracts for rows of the list; None where the title says enough.
    Snippets {
        epoch: u64,
        found: Vec<(DocId, Option<Snippet>)>,
    },
    /// None: the library no longer has this paper.
    Loaded {
        key: PaperKey,
        detail: Option<Arc<PaperDetail>>,
    },
    /// A change is durable; the snapshot has it.
    Changed {
        snapshot: Arc<Snapshot>,
        done: ChangeReport,
    },
    /// What is to be undone or redone is so much that a job has to do it.
    TooMuchToReverse(Direction),
    /// Another process or thread changed the library.
    Refreshed {
        snapshot: Arc<Snapshot>,
    },
    /// Reading states were written; they are in the log of `user.db`.
    Written,
    /// Another process kept a part of the log from being written into `user.db`.
    CheckpointIncomplete {
        attempt: u32,
    },
    /// The index is older than the papers that another process wrote, and a newer one may follow.
    Unsettled,
    /// Another program is writing into `papers.db`, or what it wrote is being copied.
    PapersUnderway,
    /// The index is older than the papers; searches go on in what it holds.
    Outdated,
    /// A job is so far.
    Progress {
        job: JobId,
        progress: JobProgress,
    },
    /// A job is over. Sent exactly once for every job that was started.
    Ended {
        job: JobId,
        outcome: JobOutcome,
    },
    /// Text made for the clipboard and what to call it.
    Copied {
        text: String,
        what: String,
    },
    /// The text the user left in the editor; None when it was not changed.
    Edited {
        key: PaperKey,
        text: Option<String>,
    },
    Logged(ActionLog),
    SyncStatus(Vec<ListStatus>),
    Versions(Vec<VersionChange>),
    /// The names in a folder.
    Listed(FolderList),
    Counts(Box<Statistics>),
    /// Something that is no job failed; `failure` is that of its policy.
    Failed {
        failure: &'static str,
        error: Error,
        /// What failed, where the user typed or chose it.
        effect: Option<Box<Effect>>,
    },
}
