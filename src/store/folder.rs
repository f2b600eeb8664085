//! The data folder and its files: made private, locked while a database is prepared, made durable after a rename. The contents of the
//! files are not read here.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, IoContext, Result};
use crate::temporary;

const OTHER_FOLDER: &str = "name another folder with --dir or TSUNDOKU_DIR";

/// Creates the folder and every missing folder above it with mode 0700. An existing folder keeps its mode.
///
/// # Errors
/// Usage when the path is no folder, or one in which every user may replace files; System when it cannot be created.
pub(super) fn prepare(dir: &Path) -> Result<()> {
    match fs::metadata(dir) {
        Ok(found) if !found.is_dir() => {
            Err(Error::usage(format!("{} is not a folder", dir.display())).hint(OTHER_FOLDER))
        }
        Ok(found) if all_may_write(&found) => {
            Err(Error::usage(format!("every user may write into {}, so files there are not safe", dir.display()))
                .hint(format!("remove that permission (chmod o-w), or {OTHER_FOLDER}")))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => make_private(dir).map_err(|error| {
            Error::io(format_args!("cannot make the folder {}", dir.display()), error).hint(OTHER_FOLDER)
        }),
        Err(error) => {
            Err(Error::io(format_args!("cannot read the folder {}", dir.display()), error).hint(OTHER_FOLDER))
        }
    }
}

/// From the top down: under a strict umask a folder can only be made in a parent whose mode was set first.
fn make_private(dir: &Path) -> io::Result<()> {
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.exists()) {
        make_private(parent)?;
    }
    match fs::create_dir(dir) {
        // Another process may have created it first.
        Err(error) if !(error.kind() == ErrorKind::AlreadyExists && dir.is_dir()) => Err(error),
        _ => set_mode(dir, 0o700),
    }
}

/// Creates an empty file that only its owner may read, or removes the permissions of others from an existing one.
pub(super) fn make_private_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => set_mode(path, 0o600),
        // Not opened: closing it would end the locks that SQLite has on it elsewhere in this process.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")].iter().try_for_each(|path| tighten(path))
        }
        Err(error) => Err(error),
    }
}

/// The path with a suffix appended to its file name: `user.db-wal`.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Refuses what is no file in the place of one: to open a pipe would wait for ever, and a device is not ours to write to. A missing one is
/// no error here.
///
/// # Errors
/// Data when there is something that is no regular file.
pub(super) fn expect_regular(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            Err(Error::data(format!("{} is not a regular file", path.display())).hint("move it away and start again"))
        }
        _ => Ok(()),
    }
}

/// Why a file cannot be read; a missing one is no error. It is not opened, see `expect_writable`.
#[cfg(unix)]
pub(super) fn expect_readable(path: &Path) -> io::Result<()> {
    match rustix::fs::access(path, rustix::fs::Access::READ_OK) {
        Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn expect_readable(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Why a file cannot be written; a missing one is no error. It is not opened: closing it would end the locks that SQLite has on it.
#[cfg(unix)]
pub(super) fn expect_writable(path: &Path) -> io::Result<()> {
    match rustix::fs::access(path, rustix::fs::Access::WRITE_OK) {
        Err(error) if error != rustix::io::Errno::NOENT => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(super) fn expect_writable(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.permissions().readonly() => Err(ErrorKind::PermissionDenied.into()),
        _ => Ok(()),
    }
}

/// Whether the contents of a file were written after another one was last changed or given its name, or at the same time. True where the system
/// does not tell.
#[cfg(unix)]
pub(super) fn was_written_since(file: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(file), Ok(other)) = (fs::metadata(file), fs::metadata(other)) else { return false };
    (file.mtime(), file.mtime_nsec()) >= (other.ctime(), other.ctime_nsec())
}

#[cfg(not(unix))]
pub(super) fn was_written_since(_file: &Path, _other: &Path) -> bool {
    true
}

/// Whether the file exists and is not empty.
pub(super) fn has_bytes(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

/// Removes a file; a missing one is no error.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).at("remove", path),
        _ => Ok(()),
    }
}

/// Waits for other processes that prepare a database in this folder. The lock ends with its process. None where a folder cannot be
/// locked (some network file systems): preparation is then as safe as SQLite's own locks make it.
pub(super) fn lock(dir: &Path) -> Option<File> {
    let folder = File::open(dir).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

const IN_USE: &str = "user.lock";

pub(super) fn lock_path(dir: &Path) -> PathBuf {
    dir.join(IN_USE)
}

/// Marks the folder's `user.db` as open until the file returned is dropped or its process ends. None where that is not possible (a folder
/// that cannot be written, some network file systems).
pub(super) fn mark_open(dir: &Path) -> Option<File> {
    let mut file = lock_file(dir).ok()?;
    file.lock_shared().ok()?;
    // Removed while this waited for the lock: others lock the next one.
    while !marks(&file, dir) {
        file = lock_file(dir).ok()?;
        file.lock_shared().ok()?;
    }
    Some(file)
}

/// Whether the file returned by `mark_open` marks this folder still.
pub(super) fn marks(file: &File, dir: &Path) -> bool {
    file.metadata().is_ok_and(|found| number_of(&found) == file_number(&lock_path(dir)))
}

/// Keeps others from opening `user.db` until the file returned is dropped. None when it is open now.
pub(super) fn lock_out(dir: &Path) -> io::Result<Option<File>> {
    let file = lock_file(dir)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(None),
        // A file system without locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
    }
}

fn lock_file(dir: &Path) -> io::Result<File> {
    let path = lock_path(dir);
    make_private_file(&path)?;
    OpenOptions::new().write(true).open(path)
}

/// Which file of which disk a path leads to.
pub(super) type FileNumber = (u64, u64);

/// None when there is no file, or the system numbers none.
pub(super) fn file_number(path: &Path) -> Option<FileNumber> {
    fs::metadata(path).ok().and_then(|found| number_of(&found))
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems number none")]
fn number_of(found: &fs::Metadata) -> Option<FileNumber> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn number_of(_found: &fs::Metadata) -> Option<FileNumber> {
    None
}

/// Begins the names of copies of `user.db` until they are complete.
const TEMPORARY: &str = "user.db.tmp-";

/// A private file for a copy. It is not locked, because SQLite writes it through a lock of its own: whoever makes one has the lock of the
/// folder.
pub(super) fn temporary_file(dir: &Path) -> io::Result<NamedTempFile> {
    temporary::unlocked_file(tempfile::Builder::new().prefix(TEMPORARY), dir)
}

/// Removes all of these files in a folder.
pub(super) fn remove_temporary_files(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// Makes renames in a folder durable.
pub(super) fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(unix)]
pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn tighten(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match fs::metadata(path) {
        // Without write permission it is kept from changes on purpose.
        Ok(found) if found.permissions().mode() & 0o077 != 0 => set_mode(path, found.permissions().mode() & 0o600),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn tighten(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn all_may_write(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    found.permissions().mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn all_may_write(_found: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn folders_are_made_private_all_the_way_down() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("a/b/c");
        prepare(&dir).unwrap();
        for made in ["a", "a/b", "a/b/c"] {
            assert_eq!(mode(&room.path().join(made)), 0o700);
        }
        prepare(&dir).unwrap();
    }

    #[test]
    fn unfit_folders_are_refused_in_words() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("file");
        fs::write(&file, "x").unwrap();
        assert!(prepare(&file).unwrap_err().message.ends_with("is not a folder"));
        let open = room.path().join("open");
        fs::create_dir(&open).unwrap();
        set_mode(&open, 0o777).unwrap();
        assert!(prepare(&open).unwrap_err().message.contains("every user may write"));
        let circle = room.path().join("circle");
        std::os::unix::fs::symlink(&circle, &circle).unwrap();
        assert!(prepare(&circle).is_err());
    }

    #[test]
    fn files_of_others_lose_their_rights() {
        let room = tempfile::tempdir().unwrap();
        let (file, log) = (room.path().join("x.db"), room.path().join("x.db-wal"));
        for path in [&file, &log] {
            fs::write(path, "").unwrap();
            set_mode(path, 0o666).unwrap();
        }
        make_private_file(&file).unwrap();
        assert_eq!([mode(&file), mode(&log)], [0o600, 0o600]);
        set_mode(&file, 0o444).unwrap();
        make_private_file(&file).unwrap();
        assert_eq!(mode(&file), 0o400);
    }
}
