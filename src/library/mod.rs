//! The facade both doors use: one open library, with everything a reader can ask of it or do to it. It composes store, index, sources
//! and export, and knows no terminal and no command line.

mod change;
mod contents;
mod detail;
mod digests;
mod find;
pub mod health;
mod import;
mod intake;
mod output;
mod snapshot;
mod statistics;
mod texts;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use contents::Watch;

pub use change::Done;
pub use detail::Detail;
pub use digests::DigestInfo;
pub use import::{FileReport, ImportProgress, ImportReport, ImportRequest, Named, RejectedRecord, STARTER};
pub use snapshot::Snapshot;
pub use statistics::{LogLine, Statistics};
pub use texts::FullTextProgress;

use crate::error::Result;
use crate::export::FORMATS;
use crate::index::{Engine, Index};
use crate::store::{PaperStore, UserState, UserStore};

/// One open library. Cheap to open (files are mapped, not read); every process and every worker lane opens its own.
pub struct Library {
    dir: PathBuf,
    papers: PaperStore,
    user: UserStore,
    state: UserState,
    engine: Engine,
    snapshot: Arc<Snapshot>,
    texts: texts::Opened,
    /// What `user.db` looked like when `state` was read; another process may have written since.
    user_version: i64,
    is_new: bool,
}

impl Library {
    /// Opens the library in a folder, making it (with the starter shelf) when there is none. Builds the index when it is missing,
    /// damaged or older than the papers.
    pub fn open(dir: &Path) -> Result<Self> {
        let user = UserStore::open(dir, &device_name())?;
        let mut papers = PaperStore::open(dir)?;
        let is_new = papers.count()? == 0 && !papers.is_read_only();
        if is_new {
            import::add_starter(&mut papers, now_seconds())?;
        }
        let state = user.state()?;
        let index = open_index(dir, &papers, &state)?;
        let user_version = user.data_version()?;
        let snapshot = Arc::new(snapshot::take(index, &papers, &state)?);
        let engine = Engine::default();
        let texts = texts::Opened::default();
        Ok(Self { dir: dir.to_owned(), papers, user, state, engine, snapshot, texts, user_version, is_new })
    }

    /// What the library holds now, as one consistent picture that stays as it is while later ones are taken.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// Takes in what other processes or lanes wrote since. True when anything did change.
    pub fn refresh(&mut self) -> Result<bool> {
        let user_version = self.user.data_version()?;
        let user_changed = user_version != self.user_version;
        if user_changed {
            self.state = self.user.state()?;
            self.user_version = user_version;
        }
        let papers_changed = index_revision(&self.papers, &self.state)? != self.snapshot.index.revision();
        if user_changed || papers_changed {
            self.retake()?;
        }
        Ok(user_changed || papers_changed)
    }

    /// Makes the index of the papers as they are now, unless it is the one in use. False when the watch ended it.
    fn index_papers(&self, watch: &mut Watch<'_>) -> Result<bool> {
        let known = index_revision(&self.papers, &self.state)? == self.snapshot.index.revision();
        Ok(known || make_index(&self.dir, &self.papers, &self.state, watch)?)
    }

    /// `refresh` for one who must answer at once: no index is made, papers that are in none on the disk stay unknown.
    pub fn glance(&mut self) -> Result<bool> {
        let known = self.snapshot.index.revision();
        let revision = index_revision(&self.papers, &self.state)?;
        if revision != known && Index::open(&index_file(&self.dir))?.is_none_or(|index| index.revision() != revision) {
            return Ok(false);
        }
        self.refresh()
    }

    /// Takes the picture anew, with a new index where the papers are others now.
    fn retake(&mut self) -> Result<()> {
        let index = match index_revision(&self.papers, &self.state)? == self.snapshot.index.revision() {
            true => Arc::clone(&self.snapshot.index),
            false => open_index(&self.dir, &self.papers, &self.state)?,
        };
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

/// What an index must say it was made from: the papers, and the days a reader corrected.
fn index_revision(papers: &PaperStore, state: &UserState) -> Result<i64> {
    let mut days: Vec<_> = state.digest_days.iter().collect();
    days.sort();
    let mix = |sum: i64, byte: u8| sum.wrapping_mul(1_000_003).wrapping_add(i64::from(byte) + 1);
    let text = days.into_iter().flat_map(|(id, day)| id.bytes().chain([0]).chain(day.bytes()));
    Ok(text.fold(papers.revision()?, mix))
}

/// The index of the papers as they are now: opened, or built when the one on disk does not fit them. A folder that cannot be written
/// gives one in memory.
fn open_index(dir: &Path, papers: &PaperStore, state: &UserState) -> Result<Arc<Index>> {
    let path = index_file(dir);
    let revision = index_revision(papers, state)?;
    let fitting = |index: Option<Index>| index.filter(|index| index.revision() == revision).map(Arc::new);
    if let Some(index) = fitting(Index::open(&path)?) {
        return Ok(index);
    }
    if papers.is_read_only() {
        return Ok(Arc::new(contents::in_memory(papers, state, revision)?));
    }
    make_index(dir, papers, state, &mut |_, _| ControlFlow::Continue(()))?;
    fitting(Index::open(&path)?).ok_or_else(|| {
        let error =
            crate::error::Error::system(format!("{} cannot be read right after it was written", path.display()));
        error.hint("`tsundoku doctor` looks for the reason")
    })
}

/// Builds the index on disk anew. False when the watch ended it: the old one stays.
fn make_index(dir: &Path, papers: &PaperStore, state: &UserState, watch: &mut Watch<'_>) -> Result<bool> {
    folder_of_one(&dir.join(INDEX))?;
    contents::build(&index_file(dir), papers, state, index_revision(papers, state)?, watch)
}

/// Makes a folder that only its owner can look into.
fn folder_of_one(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
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
