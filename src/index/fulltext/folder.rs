//! Where the full text lies: one file of all abstracts, and beside it one of those that changed since. Each is replaced whole, by rename;
//! a build that was killed leaves nothing but waste, which the next one sweeps away.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::NamedTempFile;

use crate::error::{IoContext, Result};

const WHOLE: &str = "whole.idx";
const RECENT: &str = "recent.idx";
const LOCK: &str = "lock";
const TEMPORARY: &str = "text.tmp-";

/// The file of all abstracts, and the one of those that changed since.
pub(super) fn files(home: &Path) -> [PathBuf; 2] {
    [WHOLE, RECENT].map(|name| home.join(name))
}

/// What tells one build's files from another's: when they were written, and their lengths.
pub(super) type Look = [Option<(SystemTime, u64)>; 2];

pub(super) fn look(home: &Path) -> Look {
    files(home).map(|path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}

/// Takes the files away: what they hold is not trusted any more.
pub(super) fn forget(home: &Path) {
    for path in files(home) {
        drop(fs::remove_file(path));
    }
}

/// The right to build here. It ends with this.
pub(super) struct Site {
    home: PathBuf,
    _lock: File,
}

impl Site {
    /// None: another process builds.
    pub(super) fn open(home: &Path) -> Result<Option<Self>> {
        let path = home.join(LOCK);
        let lock = File::create(&path).at("write", &path)?;
        let is_alone = match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks: two builds at once waste work, no more.
            Err(TryLockError::Error(_)) => false,
            Ok(()) => true,
        };
        for entry in fs::read_dir(home).into_iter().flatten().flatten() {
            if is_alone && entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                drop(fs::remove_file(entry.path()));
            }
        }
        Ok(Some(Self { home: home.to_owned(), _lock: lock }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.home
    }

    /// A file to write a piece into.
    pub(super) fn file(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.home)
    }

    /// Puts a piece in its place. All abstracts make those that changed before needless.
    pub(super) fn keep(&self, file: NamedTempFile, is_recent: bool) -> io::Result<()> {
        let [whole, recent] = files(&self.home);
        if is_recent {
            file.persist(recent)?;
            return Ok(());
        }
        file.persist(whole)?;
        drop(fs::remove_file(recent));
        Ok(())
    }
}
