//! Files and folders under a name that is theirs until they are complete. A process that is ended by a signal removes its own. Each is locked
//! while its process lives, so that one which a killed process left is recognised, by its prefix and because nobody holds the lock, and removed
//! by the next process that looks. What is in them is up to the caller.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile, TempDir};

/// The file in a folder that is locked. Not the folder itself: a library that is opened in it locks that.
const IN_USE: &str = ".in-use";
/// How often the removal of a folder is tried that another thread is writing into.
const REMOVALS: usize = 5;
/// Time for a process to lock what it has just created.
const FRESH: Duration = Duration::from_secs(60);
/// The same on a file system without locks, where age alone tells.
const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Creates a private file in a folder. Its name begins with the prefix.
pub(crate) fn file(folder: &Path, prefix: impl AsRef<OsStr>) -> io::Result<NamedTempFile> {
    file_with(Builder::new().prefix(&prefix), folder)
}

/// Creates a file in a folder with the prefix, the suffix and the permissions of a builder.
pub(crate) fn file_with(builder: &Builder<'_, '_>, folder: &Path) -> io::Result<NamedTempFile> {
    let file = unlocked_file(builder, folder)?;
    lock(file.as_file());
    Ok(file)
}

/// The same without a lock, for a file that another part of the program writes through a lock of its own.
pub(crate) fn unlocked_file(builder: &Builder<'_, '_>, folder: &Path) -> io::Result<NamedTempFile> {
    let mut own = own();
    let file = builder.tempfile_in(folder)?;
    own.push(file.path().to_owned());
    Ok(file)
}

/// What this process has made under temporary names and may still have. What is complete has another name.
fn own() -> MutexGuard<'static, Vec<PathBuf>> {
    static OWN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    own.retain(|path| path.symlink_metadata().is_ok());
    own
}

/// Removes all that this process has under temporary names. While the result is held, nothing new is made: the process is about to end.
pub(crate) fn remove_own() -> impl Sized {
    let own = own();
    for path in own.iter() {
        for _ in 0..REMOVALS {
            let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            if removed.is_ok() {
                break;
            }
        }
    }
    own
}

/// A folder that is removed, with what is in it, when this is dropped.
#[derive(Debug)]
pub(crate) struct TemporaryFolder {
    folder: TempDir,
    _lock: File,
}

impl TemporaryFolder {
    /// Creates a private folder in another. Its name begins with the prefix.
    pub(crate) fn new(parent: &Path, prefix: &str) -> io::Result<Self> {
        let mut own = own();
        let folder = Builder::new().prefix(prefix).tempdir_in(parent)?;
        own.push(folder.path().to_owned());
        drop(own);
        let in_use = File::create(folder.path().join(IN_USE))?;
        lock(&in_use);
        Ok(Self { folder, _lock: in_use })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Without a lock, age tells.
fn lock(file: &File) {
    drop(file.try_lock());
}

/// Removes the files and folders whose names begin with the prefix and whose process is gone. What cannot be removed costs space only.
pub(crate) fn remove_abandoned(folder: &Path, prefix: impl AsRef<OsStr>) {
    for (path, is_folder) in abandoned(folder, prefix.as_ref()) {
        drop(if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) });
    }
}

/// With whether each is a folder. Symbolic links are left alone.
fn abandoned(folder: &Path, prefix: &OsStr) -> Vec<(PathBuf, bool)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes()));
    named
        .filter_map(|entry| {
            let (path, found) = (entry.path(), entry.metadata().ok()?);
            let is_folder = found.is_dir();
            let age = found.modified().ok()?.elapsed().ok()?;
            let locked = if is_folder { &path.join(IN_USE) } else { &path };
            let is_abandoned = (is_folder || found.is_file()) && age > FRESH && age > longest_life(locked);
            is_abandoned.then_some((path, is_folder))
        })
        .collect()
}

/// How old a file may be at most: nothing when nobody has it locked.
fn longest_life(path: &Path) -> Duration {
    match File::open(path).map(|file| file.try_lock()) {
        Ok(Ok(())) => Duration::ZERO,
        Ok(Err(TryLockError::WouldBlock)) => Duration::MAX,
        Ok(Err(TryLockError::Error(_))) | Err(_) => LIFETIME,
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn make_older(path: &Path, age: Duration) {
        File::open(path).unwrap().set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let room = tempfile::tempdir().unwrap();
        let path = |name: &str| room.path().join(name);
        let running = file(room.path(), "index.tmp-").unwrap();
        let running_folder = TemporaryFolder::new(room.path(), "index.tmp-").unwrap();
        for name in ["index.tmp-1", "index.tmp-fresh", "other.tmp-1", "index.tmp", "my index.tmp-1"] {
            fs::write(path(name), "x").unwrap();
        }
        fs::create_dir(path("index.tmp-2")).unwrap();
        for name in ["x", IN_USE] {
            fs::write(path("index.tmp-2").join(name), "x").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(path("other.tmp-1"), path("index.tmp-link")).unwrap();
        for entry in fs::read_dir(room.path()).unwrap().flatten() {
            if entry.file_name() != "index.tmp-fresh" && !entry.path().is_symlink() {
                make_older(&entry.path(), FRESH * 2);
            }
        }
        remove_abandoned(room.path(), "index.tmp-");
        let mut left: Vec<String> =
            fs::read_dir(room.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut expected = vec![name(running.path()), name(running_folder.path())];
        expected.extend(["index.tmp-fresh", "other.tmp-1", "index.tmp", "my index.tmp-1"].map(str::to_owned));
        #[cfg(unix)]
        expected.push("index.tmp-link".to_owned());
        left.sort();
        expected.sort();
        assert_eq!(left, expected);
    }
}
