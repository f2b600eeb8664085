//! Where the full text lies: every build in a folder of its own, and a stamp that names the one that counts. The stamp is written last
//! and replaced whole, so a build that was killed leaves nothing but waste, which the next one sweeps away.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tempfile::{NamedTempFile, TempDir};

use crate::error::Result;

const STAMP: &str = "stamp.json";
const LOCK: &str = "lock";
/// Another number makes every older full text one to build again.
const VERSION: u32 = 1;

/// What was built, from what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    version: u32,
    /// The revision of papers.db.
    pub(super) revision: i64,
    /// No row after this one is in it.
    pub(super) highest_row: i64,
    /// Name of the build's folder.
    pub(super) folder: String,
    /// Names and lengths of its files: one that is missing or cut short is noticed before it is read.
    files: Vec<(String, u64)>,
}

impl Stamp {
    /// None: there is no full text, or none that can be used.
    pub(super) fn read(home: &Path) -> Option<Self> {
        let stamp: Self = serde_json::from_slice(&fs::read(home.join(STAMP)).ok()?).ok()?;
        let is_name = stamp.folder.starts_with(PREFIX) && !stamp.folder.contains(['/', '\\']);
        (stamp.version == VERSION && is_name).then_some(stamp)
    }

    /// All files are there in their lengths.
    pub(super) fn is_whole(&self, home: &Path) -> bool {
        let folder = home.join(&self.folder);
        let is_there = |(name, length): &(String, u64)| {
            fs::metadata(folder.join(name)).is_ok_and(|found| found.is_file() && found.len() == *length)
        };
        !self.files.is_empty() && self.files.iter().all(is_there)
    }
}

/// Something was built here, whatever became of it.
pub(super) fn is_stamped(home: &Path) -> bool {
    home.join(STAMP).exists()
}

/// Takes a stamp away: what it named is not trusted any more. One of a later build stays.
pub(super) fn forget(home: &Path, stamp: &Stamp) {
    if Stamp::read(home).as_ref() == Some(stamp) {
        forget_any(home);
    }
}

pub(super) fn forget_any(home: &Path) {
    drop(fs::remove_file(home.join(STAMP)));
}

/// How folders of builds begin.
const PREFIX: &str = "build-";

/// The folder of a new build, with the right to build. Both end with it; `keep` makes it the one that counts.
pub(super) struct Site {
    folder: TempDir,
    _lock: File,
}

impl Site {
    /// None: another process builds.
    pub(super) fn open(home: &Path) -> Result<Option<Self>> {
        let lock = File::create(home.join(LOCK))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks: two builds at once waste work, no more.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        sweep(home);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(home)?;
        Ok(Some(Self { folder, _lock: lock }))
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn keep(self, home: &Path, revision: i64, highest_row: i64) -> Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder.path())? {
            let entry = entry?;
            files.push((entry.file_name().to_string_lossy().into_owned(), entry.metadata()?.len()));
        }
        let folder = self.folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stamp = Stamp { version: VERSION, revision, highest_row, folder, files };
        let mut file = NamedTempFile::new_in(home)?;
        serde_json::to_writer(&mut file, &stamp).map_err(std::io::Error::from)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(home.join(STAMP)).map_err(|error| error.error)?;
        let _kept = self.folder.keep();
        sweep(home);
        Ok(())
    }
}

/// Removes the builds that do not count. One that is still read stays readable where the system allows it to be removed at all.
fn sweep(home: &Path) {
    let counts = Stamp::read(home).map(|stamp| stamp.folder);
    for entry in fs::read_dir(home).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(PREFIX) && Some(&name) != counts.as_ref() {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}
