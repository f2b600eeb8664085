//! The facade both doors use: one open library, with everything a reader can ask of it or do to it. It composes store, index, sources
//! and export, and knows no terminal and no command line.

mod change;
mod detail;
mod find;
mod import;
mod output;
mod snapshot;
mod statistics;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

pub use change::Done;
pub use detail::Detail;
pub use import::{FileReport, ImportProgress, ImportReport, ImportRequest, RejectedRecord};
pub use snapshot::{DigestInfo, Snapshot};
pub use statistics::{LogLine, Statistics};

use crate::error::Result;
use crate::index::{Engine, Index};
use crate::store::{PaperStore, UserState, UserStore};

/// One open library. Cheap to open (files are mapped, not read); every process and every worker lane opens its own.
#[derive(Debug)]
pub struct Library {
    dir: PathBuf,
    papers: PaperStore,
    user: UserStore,
    state: UserState,
    engine: Engine,
    snapshot: Arc<Snapshot>,
    /// What `user.db` looked like when `state` was read; another process may have written since.
    user_version: i64,
}

impl Library {
    /// Opens the library in a folder, making it (with the starter shelf) when there is none. Builds the index when it is missing,
    /// damaged or older than the papers.
    pub fn open(dir: &Path) -> Result<Self> {
        let device = device_name();
        let user = UserStore::open(dir, &device)?;
        let mut papers = PaperStore::open(dir)?;
        if papers.revision()? == 0 {
            import::add_starter(&mut papers, now_seconds())?;
        }
        let state = user.state()?;
        let index = open_index(dir, &papers)?;
        let user_version = user.data_version()?;
        let snapshot = Arc::new(snapshot::take(index, &papers, &state)?);
        Ok(Self { dir: dir.to_owned(), papers, user, state, engine: Engine::default(), snapshot, user_version })
    }

    /// What the library holds now, as one consistent picture that stays as it is while later ones are taken.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// Takes in what other processes or lanes wrote since. True when anything did change.
    pub fn refresh(&mut self) -> Result<bool> {
        let user_version = self.user.data_version()?;
        let papers_changed = self.papers.revision()? != self.snapshot.index.revision();
        if user_version == self.user_version && !papers_changed {
            return Ok(false);
        }
        self.state = self.user.state()?;
        self.user_version = user_version;
        let index = if papers_changed { open_index(&self.dir, &self.papers)? } else { Arc::clone(&self.snapshot.index) };
        self.snapshot = Arc::new(snapshot::take(index, &self.papers, &self.state)?);
        Ok(true)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// True when the folder cannot be written: everything can be read, nothing can be changed.
    pub fn is_read_only(&self) -> bool {
        self.user.is_read_only()
    }
}

/// The index of the papers as they are now: opened, or built when the one on disk does not fit them.
fn open_index(dir: &Path, papers: &PaperStore) -> Result<Arc<Index>> {
    let folder = dir.join("index");
    let path = folder.join("words.idx");
    let revision = papers.revision()?;
    if let Some(index) = Index::open(&path)?.filter(|index| index.revision() == revision) {
        return Ok(Arc::new(index));
    }
    fs::create_dir_all(&folder)?;
    snapshot::build_index(&path, papers, revision)
}

/// The clock, read here and nowhere else in the library.
pub(crate) fn now_milliseconds() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

pub(crate) fn now_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
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
