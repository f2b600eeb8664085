//! What the model asks the world outside it to do, and the one table that says how each of these is run: on which queue, whether the
//! first frame can do without it, what makes it pointless, and how its failure is reported. It runs nothing itself.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::domain::reading::{Change, Status, Tag};
use crate::library::ImportRequest;
use crate::library::export::Overwrite;
use crate::library::search::{DocId, ExcerptPatterns, Hits};
use crate::library::sync::{Network, ServiceRequest};
use crate::library::{Direction, Snapshot};

/// Something to be done outside the model.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Done at once by the loop, which owns the terminal.
    Terminal(TerminalEffect),
    /// Done by a background thread and answered soon.
    Request(Request),
    /// Long work: reports progress and ends with one `Answer::Ended`. Made by `Jobs::start`.
    Start(JobId, Work),
    /// Cancels a job, queued or running.
    Cancel(JobId),
}

/// What only the owner of the terminal can do.
#[derive(Clone, Debug, PartialEq)]
pub enum TerminalEffect {
    /// Sends text to the terminal's clipboard.
    Clip {
        text: String,
    },
    /// Opens the user's editor on a paper's note; the terminal is the editor's meanwhile.
    Edit {
        key: PaperKey,
        text: String,
    },
    /// Asks for `Message::Woke(alarm)` after a while. A later alarm of the same kind replaces an earlier one.
    Wake {
        after: Duration,
        alarm: Alarm,
    },
    Mouse(bool),
    Suspend,
    Redraw,
    /// Set the terminal up again: the process was stopped, and another program may have had it.
    SetUpAgain,
    Quit,
}

/// What a timer was set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// The paper that was the `n`th one shown has been on the screen long enough to count as seen.
    Seen(u64),
    /// A failed index build may be tried again.
    RetryIndex,
    /// Another process wrote papers, and nothing more for a while.
    Settled,
    /// The screen asked to be shown again although nothing happened.
    Show,
    /// No key was pressed for a while: what the reader remembers is to be written.
    Remember,
    /// The services are to be asked again.
    Sync,
    /// Nothing was changed for a while: `user.db` is to hold everything without its log. Counts the attempts before this one.
    Checkpoint(u32),
}

/// A question or a change that is answered soon.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Search {
        generation: u64,
        query: Query,
        /// The paper whose row the answer is to name.
        keep: Option<DocId>,
        /// The whole result in one answer, because the cursor is to stay on one of its rows. Otherwise the papers that have the free words in
        /// title and authors come first.
        at_once: bool,
    },
    /// Adds the papers that have free words elsewhere to a result that has the others; gives way to everything else on its queue.
    Complete {
        generation: u64,
        query: Query,
        begun: SharedHits,
    },
    /// Puts these rows of a result in order.
    Rows {
        hits: SharedHits,
        rows: Range<usize>,
    },
    /// Looks for the first unread paper of a result from a row on, or the last one before it.
    NextUnread {
        hits: SharedHits,
        from: usize,
        forward: bool,
    },
    /// Looks for what is listed below the result of a query that finds too little; gives way to everything else on its queue.
    Below {
        generation: u64,
        query: Query,
        /// The papers that the query finds.
        found: Vec<DocId>,
    },
    /// Makes the excerpts of abstracts and notes that show why these papers were found.
    Snippets {
        epoch: u64,
        docs: Vec<DocId>,
        patterns: ExcerptPatterns,
        /// How an abstract begins, where none of it matches.
        or_opening: bool,
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
    /// Undoes or redoes, unless it is so much that a job does it.
    Reverse(Direction),
    /// Takes in what another thread or process wrote.
    Refresh,
    /// The same where it is not known that somebody wrote. Unless it `is_settled`, an outdated index is not built yet: whoever wrote the
    /// papers is likely to build it.
    CheckFiles {
        is_settled: bool,
    },
    Copy {
        papers: Papers,
        kind: CopyKind,
    },
    /// Opens a URL that passed the gate.
    Open {
        url: String,
    },
    ReadLog,
    ReadStatistics,
    /// Reads what the versions of a paper changed.
    ReadChanges(PaperKey),
    /// Reads what is known of the days of services.
    ReadSyncStatus(Vec<ServiceRequest>),
    /// Reads what a pasted text holds, to ask whether to import it.
    ExaminePaste(Paste),
    /// Looks for the first row of a result with one of these papers.
    FindFirst {
        hits: SharedHits,
        docs: Arc<BTreeSet<DocId>>,
    },
    /// Reads the names in a folder, to complete a path; `folder` is how it was typed.
    ListFolder {
        folder: String,
        path: PathBuf,
    },
    /// Writes the log of `user.db` into the file, and makes the backup of a day that has begun meanwhile. `attempt` counts the attempts before this one.
    Checkpoint {
        attempt: u32,
    },
    /// Reads the index into memory and verifies its checksums.
    CheckIndex,
}

/// A pasted text of several lines, which may be something to import.
#[derive(Clone, Debug, PartialEq)]
pub struct Paste {
    pub text: Arc<str>,
    pub place: PastePlace,
    /// How many keys were pressed and texts pasted until then.
    pub inputs: u64,
}

/// Where a text was pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PastePlace {
    /// Where no text goes.
    Pane,
    /// The prompt for the path of a file to import.
    ImportPrompt,
    /// The search box, which took it as words; with its text and cursor from before.
    Search(String, usize),
}

/// The result that a request is about; equal when it is the same one.
#[derive(Clone)]
pub struct SharedHits(pub Arc<Hits>);

impl PartialEq for SharedHits {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for SharedHits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} papers", self.0.count)
    }
}

/// Names one job for as long as the reader runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub(super) u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    Import,
    /// Fetches papers from services.
    Sync,
    Export,
    /// A change of many papers, or its undo.
    Change,
    Index,
    FullText,
}

impl JobKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Sync => "sync",
            Self::Export => "export",
            Self::Change => "change",
            Self::Index => "index",
            Self::FullText => "full text",
        }
    }

    /// Whether the user started it, and can cancel it.
    pub fn is_foreground(self) -> bool {
        match self {
            Self::Import | Self::Sync | Self::Export | Self::Change => true,
            Self::Index | Self::FullText => false,
        }
    }
}

/// What a job does.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    Import(Box<ImportRequest>),
    /// Asks services for the days of which something may be missing.
    Sync {
        services: Vec<ServiceRequest>,
        network: Network,
    },
    Export {
        papers: Papers,
        /// Name of a row of the table of export formats.
        format: &'static str,
        path: PathBuf,
        overwrite: Overwrite,
    },
    /// `Request::ChangeAll` for so many papers that it takes a while.
    Change {
        papers: Papers,
        change: Bulk,
        label: String,
    },
    /// Undoes or redoes a change of that many.
    Reverse(Direction),
    /// Builds the index where it is outdated.
    BuildIndex,
    /// Builds the full text where it is missing or outdated.
    BuildFullText,
}

impl Work {
    pub fn kind(&self) -> JobKind {
        match self {
            Self::Import(_) => JobKind::Import,
            Self::Sync { .. } => JobKind::Sync,
            Self::Export { .. } => JobKind::Export,
            Self::Change { .. } | Self::Reverse(_) => JobKind::Change,
            Self::BuildIndex => JobKind::Index,
            Self::BuildFullText => JobKind::FullText,
        }
    }
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
    /// A whole result, in its order.
    Found(FoundPapers),
    /// The unread ones of a part of a result.
    Unread(Box<UnreadPart>),
}

impl Papers {
    /// How many there are; of a part of a result, how many of it may be unread.
    pub fn count(&self) -> usize {
        match self {
            Self::Keys(keys) => keys.len(),
            Self::Found(found) => found.count(),
            Self::Unread(part) => part.rows,
        }
    }
}

/// The papers of a result as they were listed when a key was pressed. What the same query finds later may be others.
#[derive(Clone)]
pub struct FoundPapers {
    pub hits: SharedHits,
    /// The one that the hits are of.
    pub snapshot: Arc<Snapshot>,
}

impl FoundPapers {
    pub fn count(&self) -> usize {
        self.hits.0.count
    }

    /// Whether a paper of another snapshot is among them.
    pub fn contains(&self, snapshot: &Snapshot, doc: DocId) -> bool {
        let doc = match snapshot.has_same_papers(&self.snapshot) {
            true => Some(doc),
            false => snapshot.key(doc).ok().and_then(|key| self.snapshot.find(&key)),
        };
        doc.is_some_and(|doc| self.hits.0.contains(doc))
    }
}

impl PartialEq for FoundPapers {
    fn eq(&self, other: &Self) -> bool {
        self.hits == other.hits
    }
}

impl Eq for FoundPapers {}

impl fmt::Debug for FoundPapers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hits.fmt(f)
    }
}

/// The unread papers in the first rows of a result, without the exceptions.
#[derive(Clone, Debug, PartialEq)]
pub struct UnreadPart {
    pub found: FoundPapers,
    pub rows: usize,
    pub except: Vec<PaperKey>,
    pub except_found: Option<FoundPapers>,
}

/// From so many papers on a change is a job, with progress, which can be cancelled.
pub const LARGE_CHANGE: usize = 5000;

/// One change for many papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bulk {
    Status(Status),
    Star(bool),
    Tag(Tag),
    Untag(Tag),
    /// Adds tags (true) and removes others.
    Tags(Vec<(Tag, bool)>),
}

/// A queue with a background thread and a library of its own. Its effects run one after another, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// What the user waits for: searches, papers, changes.
    Interactive,
    /// What reads and writes the user's files.
    Transfer,
    /// What waits for the network.
    Network,
    Indexing,
    FullText,
}

impl Lane {
    pub const ALL: [Self; 5] = [Self::Interactive, Self::Transfer, Self::Network, Self::Indexing, Self::FullText];
}

/// What a later effect can make pointless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Results,
    OpenPaper,
    Snippets,
    FullText,
    Files,
    Pastes,
}

impl Topic {
    pub const COUNT: usize = 6;
}

/// What makes an effect pointless, whether it waits or runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supersession {
    Never,
    /// Superseded by the next effect that is `Newest` of the topic.
    Older(Topic),
    /// The same, and supersedes what came before it in the topic.
    Newest(Topic),
}

/// How a background thread runs an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub lane: Lane,
    /// Begins the message when it fails: `copy failed: ...`.
    pub failure: &'static str,
    /// The first frame is complete without it.
    pub deferrable: bool,
    pub supersession: Supersession,
}

impl Effect {
    /// How this effect is run, and the only place that says so. None: the loop does it at once.
    pub fn policy(&self) -> Option<Policy> {
        use Lane::{FullText, Indexing, Interactive, Network, Transfer};
        use Supersession::{Never, Newest, Older};
        let (lane, failure, deferrable, supersession) = match self {
            Self::Terminal(_) | Self::Cancel(_) => return None,
            Self::Request(request) => match request {
                Request::Search { .. } => (Interactive, "search failed", false, Newest(Topic::Results)),
                Request::Rows { .. } => (Interactive, "rows not read", false, Older(Topic::Results)),
                Request::NextUnread { .. } => (Interactive, "rows not read", false, Older(Topic::Results)),
                Request::Complete { .. } => (Interactive, "search failed", true, Older(Topic::Results)),
                Request::Below { .. } => (Interactive, "search failed", true, Older(Topic::Results)),
                Request::Snippets { .. } => (Interactive, "excerpts not read", false, Newest(Topic::Snippets)),
                Request::Load { .. } => (Interactive, "paper not read", false, Newest(Topic::OpenPaper)),
                Request::Change { .. } | Request::ChangeAll { .. } => (Interactive, "not saved", false, Never),
                Request::Reverse(Direction::Undo) => (Interactive, "undo failed", false, Never),
                Request::Reverse(Direction::Redo) => (Interactive, "redo failed", false, Never),
                Request::Refresh => (Interactive, "library not read", false, Never),
                Request::CheckFiles { .. } => (Interactive, "library not read", true, Never),
                Request::Copy { .. } => (Interactive, "copy failed", false, Never),
                Request::Open { .. } => (Interactive, "not opened", false, Never),
                Request::ReadLog => (Interactive, "log not read", false, Never),
                Request::ReadSyncStatus(_) => (Interactive, "status of the sync not read", false, Never),
                Request::ReadChanges(_) => (Interactive, "versions not read", false, Never),
                Request::ReadStatistics => (Interactive, "statistics not read", false, Never),
                Request::ExaminePaste(_) => (Interactive, "paste not read", true, Newest(Topic::Pastes)),
                Request::FindFirst { .. } => (Interactive, "rows not read", false, Older(Topic::Results)),
                Request::ListFolder { .. } => (Transfer, "folder not read", true, Newest(Topic::Files)),
                Request::Checkpoint { .. } => (Interactive, "upkeep of user.db failed", true, Never),
                Request::CheckIndex => (Indexing, "index not checked", true, Never),
            },
            Self::Start(_, work) => match work {
                Work::Import(_) => (Transfer, "import failed", true, Never),
                Work::Sync { .. } => (Network, "sync failed", true, Never),
                Work::Export { .. } => (Transfer, "export failed", true, Never),
                Work::Change { .. } => (Transfer, "not saved", true, Never),
                Work::Reverse(Direction::Undo) => (Transfer, "undo failed", true, Never),
                Work::Reverse(Direction::Redo) => (Transfer, "redo failed", true, Never),
                Work::BuildIndex => (Indexing, "index not built", true, Never),
                Work::BuildFullText => (FullText, "full text not built", true, Newest(Topic::FullText)),
            },
        };
        Some(Policy { lane, failure, deferrable, supersession })
    }
}

impl Request {
    /// Whether it writes `user.db`, and so would wait for a job that does.
    pub fn writes(&self) -> bool {
        match self {
            Self::Change { .. } | Self::ChangeAll { .. } | Self::Reverse(_) | Self::Checkpoint { .. } => true,
            Self::Rows { .. } | Self::NextUnread { .. } | Self::FindFirst { .. } | Self::ExaminePaste(_) => false,
            Self::Search { .. } | Self::Complete { .. } | Self::Below { .. } => false,
            Self::Snippets { .. } | Self::Load { .. } => false,
            // The citation keys of what is copied are stored.
            Self::Copy { kind, .. } => *kind == CopyKind::Bibtex,
            Self::Refresh | Self::CheckFiles { .. } | Self::CheckIndex => false,
            Self::Open { .. } | Self::ReadLog | Self::ReadStatistics | Self::ReadSyncStatus(_) => false,
            Self::ReadChanges(_) => false,
            Self::ListFolder { .. } => false,
        }
    }
}

impl Effect {
    /// Whether the user typed or chose what is lost when it fails.
    pub fn holds_text(&self) -> bool {
        match self {
            Self::Request(request) => matches!(request, Request::Change { .. } | Request::ChangeAll { .. }),
            Self::Start(_, work) => work.kind().is_foreground(),
            Self::Terminal(effect) => matches!(effect, TerminalEffect::Edit { .. }),
            Self::Cancel(_) => false,
        }
    }
}

impl From<Request> for Effect {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<TerminalEffect> for Effect {
    fn from(effect: TerminalEffect) -> Self {
        Self::Terminal(effect)
    }
}
