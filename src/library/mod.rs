//! The facade both doors use: one open library, with everything a reader can ask of it or do to it. It composes store, index, sources
//! and export, and knows no terminal and no command line.

mod change;
mod contents;
mod detail;
mod digests;
mod find;
mod fulltext;
pub mod health;
mod import;
mod intake;
mod output;
mod snapshot;
mod statistics;
mod texts;
mod upkeep;

use std::fs;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

pub use change::Done;
pub use detail::Detail;
pub use digests::DigestInfo;
pub use fulltext::{FullTextProgress, Haste};
pub use import::{FileReport, ImportProgress, ImportReport, ImportRequest, Named, RejectedRecord, STARTER};
pub use snapshot::Snapshot;
pub use statistics::{LogLine, Statistics};

use contents::Watch;
use upkeep::{any_index, bring_up_to_date, fitting_index, index_revision, open_index};

use crate::error::{IoContext, Result};
use crate::export::FORMATS;
use crate::index::{Index, SearchEngine};
use crate::store::{PaperStore, UserState, UserStore};

/// One open library. Cheap to open (files are mapped, not read); every process and every worker lane opens its own.
pub struct Library {
    dir: PathBuf,
    papers: PaperStore,
    user: UserStore,
    state: UserState,
    engine: SearchEngine,
    snapshot: Arc<Snapshot>,
    texts: texts::Opened,
    /// What `user.db` looked like when `state` was read; another process may have written since.
    user_version: i64,
    is_new: bool,
}

impl Library {
    /// Opens the library in a folder, making it (with the starter shelf) when there is none. Builds the index when it is missing or
    /// damaged, and brings it up to date when it is older than the papers.
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, open_index)
    }

    /// The same without waiting for an index that is merely older than the papers: the old one is shown, and `is_behind` says so.
    pub fn open_at_once(dir: &Path) -> Result<Self> {
        Self::open_with(dir, any_index)
    }

    fn open_with(dir: &Path, index: OpenIndex) -> Result<Self> {
        let user = UserStore::open(dir, &device_name())?;
        let mut papers = PaperStore::open(dir)?;
        let is_new = papers.count()? == 0 && !papers.is_read_only();
        if is_new {
            import::add_starter(&mut papers, now_seconds())?;
        }
        // Before the state: what another process writes from here on is news.
        let user_version = user.data_version()?;
        let state = user.state()?;
        // An index that is older than a library made just now is of papers that are gone.
        let index = if is_new { open_index } else { index }(dir, &papers, &state)?;
        let snapshot = Arc::new(snapshot::take(index, &papers, &state)?);
        let engine = SearchEngine::default();
        let texts = texts::Opened::default();
        Ok(Self { dir: dir.to_owned(), papers, user, state, engine, snapshot, texts, user_version, is_new })
    }

    /// What the library holds now, as one consistent picture that stays as it is while later ones are taken.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// Takes in what other processes or lanes wrote since. True when anything did change. It never builds an index: where none on the
    /// disk fits the papers, the one there is goes on (its papers stay found) and `is_behind` is true.
    pub fn refresh(&mut self) -> Result<bool> {
        let user_version = self.user.data_version()?;
        let user_changed = user_version != self.user_version;
        if user_changed {
            self.state = self.user.state()?;
            self.user_version = user_version;
        }
        let index = match self.differs()? {
            true => fitting_index(&self.dir, &self.papers, &self.state)?,
            false => None,
        };
        let changed = user_changed || index.is_some();
        if changed {
            self.retake(index)?;
        }
        Ok(changed)
    }

    /// Whether the papers are others than those of the index, or its file is gone, and an index of them can be built.
    pub fn is_behind(&self) -> Result<bool> {
        Ok(!self.papers.is_read_only() && self.differs()?)
    }

    fn differs(&self) -> Result<bool> {
        let index = &self.snapshot.index;
        Ok(index_revision(&self.papers, &self.state)? != index.revision() || !index.is_at(&index_file(&self.dir)))
    }

    /// Brings the index into memory, so that the first search does not wait for the disk, and compares its checksums. A damaged one is
    /// taken away: `is_behind` is true then, and what was read of it already goes on. Takes as long as the disk.
    pub fn check_index(&self) -> Result<()> {
        let index = &self.snapshot.index;
        index.prefault();
        if !index.verify() && index.is_at(&index_file(&self.dir)) && !self.is_read_only() {
            remove(&index_file(&self.dir))?;
        }
        Ok(())
    }

    /// Takes in what changed, with an index of the papers as they are now, built where none fits: tens of seconds for millions of papers,
    /// so this is no work for a thread that somebody waits for. False: papers came in meanwhile, or the build was cancelled.
    ///
    /// `progress` receives how many papers were read, of how many, now and then; its Break ends the build, which keeps the old index.
    pub fn bring_up_to_date(&mut self, progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>) -> Result<bool> {
        self.index_papers(progress)?;
        Ok(!self.is_behind()?)
    }

    /// The same under a watch. False when it ended the work: the index there was goes on.
    fn index_papers(&mut self, watch: &mut Watch<'_>) -> Result<bool> {
        self.refresh()?;
        if !self.is_behind()? {
            return Ok(true);
        }
        let Some((index, _)) = bring_up_to_date(&self.dir, &self.papers, &self.state, watch)? else { return Ok(false) };
        self.retake(Some(Arc::new(index)))?;
        Ok(true)
    }

    /// Takes the picture anew, with a new index where there is one.
    fn retake(&mut self, index: Option<Arc<Index>>) -> Result<()> {
        let index = index.unwrap_or_else(|| Arc::clone(&self.snapshot.index));
        self.snapshot = Arc::new(snapshot::take(index, &self.papers, &self.state)?);
        Ok(())
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// True when the folder cannot be written: everything can be read, nothing can be changed.
    pub fn is_read_only(&self) -> bool {
        self.user.is_read_only()
    }

    /// True when there were no papers before this opening.
    pub fn is_new(&self) -> bool {
        self.is_new
    }
}

/// Folder of what is derived from papers.db.
const INDEX: &str = "index";

fn index_file(dir: &Path) -> PathBuf {
    dir.join(INDEX).join("words.idx")
}

/// Finds the index of a folder, of these papers and this state.
type OpenIndex = fn(&Path, &PaperStore, &UserState) -> Result<Arc<Index>>;

/// Removes a file, where it is there.
fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).at("remove", path),
        _ => Ok(()),
    }
}

/// Makes a folder that only its owner can look into.
fn folder_of_one(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).at("make the folder", folder)
}

/// The clock, read here and nowhere else in the library.
pub(crate) fn now_milliseconds() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

pub(crate) fn now_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// What a citation line says of a paper.
pub use crate::export::citation_line;

/// Names of the export formats with the ending of their files and what they are for.
pub fn export_formats() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    FORMATS.iter().map(|format| (format.name, format.extension, format.about))
}

/// Today where the reader is.
pub fn today() -> Date {
    jiff::Zoned::now().date()
}

/// What the journal calls this machine.
fn device_name() -> String {
    let name = std::env::var("HOSTNAME").ok().or_else(|| fs::read_to_string("/etc/hostname").ok());
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "this-machine".to_owned())
}
