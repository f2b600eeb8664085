//! The folder of the full text: one segment of all abstracts and one of those that changed since. Each file is replaced by rename.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{IoContext, Result};
use crate::index::format::file::FileIdentity;
use crate::temporary;

const WHOLE: &str = "whole.idx";
const RECENT: &str = "recent.idx";
const LOCK: &str = "lock";
/// Begins the name of a segment while it is written.
pub(in crate::index) const TEMPORARY: &str = "text.tmp-";

/// The paths of the segment of all abstracts and of the one of those that changed since.
pub(super) fn files(home: &Path) -> [PathBuf; 2] {
    [WHOLE, RECENT].map(|name| home.join(name))
}

/// The identities of the two segments; None for one that does not exist.
pub(super) type SegmentIdentities = [Option<FileIdentity>; 2];

pub(super) fn identities(home: &Path) -> SegmentIdentities {
    files(home).map(|path| FileIdentity::of(&path))
}

/// Deletes the segments.
pub(super) fn delete(home: &Path) {
    for path in files(home) {
        drop(fs::remove_file(path));
    }
}

/// The folder, locked for one build until this is dropped.
pub(super) struct BuildFolder {
    home: PathBuf,
    _lock: File,
}

impl BuildFolder {
    /// None when another process is building. Fails when the lock file cannot be created.
    pub(super) fn open(home: &Path) -> Result<Option<Self>> {
        let path = home.join(LOCK);
        let lock = File::create(&path).at("write", &path)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks: two simultaneous builds waste work and do no other harm.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        Ok(Some(Self { home: home.to_owned(), _lock: lock }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.home
    }

    /// A temporary file for a segment.
    pub(super) fn temporary_file(&self) -> io::Result<NamedTempFile> {
        temporary::file(&self.home, TEMPORARY)
    }

    /// Renames a finished segment to its final path. One of all abstracts makes the other segment obsolete.
    pub(super) fn replace(&self, file: NamedTempFile, is_recent: bool) -> io::Result<()> {
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
