//! Why a database cannot be written, which SQLite does not tell: found out by the same attempt without it, and from the limits of this
//! process. It changes no file of the library.

use std::io::{self, Write};
use std::path::Path;

use rusqlite::{Error as SqlError, ErrorCode, ffi};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use super::folder;
use crate::error::{Error, Result};

/// As much as SQLite needs for the shared memory of a log and a small change.
const TRIAL_BYTES: usize = 64 << 10;

/// Whether a failure leaves a file that can still be read.
pub(super) fn prevents_writing(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) || is_out_of_room(kind)
}

/// Whether a disk, a quota or a limit is used up.
pub(super) fn is_out_of_room(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// Whether SQLite could not write, or could not make the shared memory that it needs even to read.
pub(super) fn is_refused(error: &SqlError) -> bool {
    let shared_memory = [ffi::SQLITE_IOERR_SHMOPEN, ffi::SQLITE_IOERR_SHMSIZE, ffi::SQLITE_IOERR_SHMMAP];
    error.sqlite_error().is_some_and(|found| shared_memory.contains(&found.extended_code))
        || matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::DiskFull)
        )
}

/// Why SQLite could not write.
pub(super) fn refusal_of(error: &SqlError) -> io::ErrorKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => io::ErrorKind::StorageFull,
        _ => io::ErrorKind::PermissionDenied,
    }
}

/// Why a database and its folder cannot be written; None when they can.
pub(super) fn reason(dir: &Path, path: &Path) -> Option<io::Error> {
    if is_at_size_limit(path) {
        return Some(Errno::FBIG.into());
    }
    let write = || {
        let mut trial = tempfile::tempfile_in(dir)?;
        trial.write_all(&[0; TRIAL_BYTES])?;
        trial.sync_all()
    };
    folder::expect_writable(path).and_then(|()| write()).err()
}

/// What is behind SQLite's "disk I/O error" of a write; None for a read, and when the same attempt without SQLite succeeds.
pub(super) fn behind(error: &SqlError, dir: &Path, path: &Path) -> Option<io::Error> {
    const WRITES: [i32; 7] = [
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_DIR_FSYNC,
        ffi::SQLITE_IOERR_TRUNCATE,
        ffi::SQLITE_IOERR_SHMOPEN,
        ffi::SQLITE_IOERR_SHMSIZE,
        ffi::SQLITE_IOERR_SHMMAP,
    ];
    let is_write = error.sqlite_error().is_some_and(|found| WRITES.contains(&found.extended_code));
    if is_write { reason(dir, path) } else { None }
}

/// Whether the next write could make the database or its log larger than this process may make a file.
fn is_at_size_limit(path: &Path) -> bool {
    let Some(limit) = getrlimit(Resource::Fsize).current else { return false };
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
    ["", "-wal"].iter().any(|suffix| size(&folder::beside(path, suffix)) + TRIAL_BYTES as u64 > limit)
}

/// The failure of every write to a file, with what to do about it.
pub(super) fn cannot_write(path: &Path, why: io::Error) -> Error {
    let hint = match why.kind() {
        io::ErrorKind::FileTooLarge => "raise the limit and start again; what was saved before is safe",
        kind if is_out_of_room(kind) => "free some space and start again",
        _ => "make its folder writable and start again",
    };
    Error::io(format_args!("cannot write {}", path.display()), why).hint(hint)
}

/// Fails where a file is there and its permissions, or those of a folder above it, keep it from being read.
pub(super) fn expect_readable(path: &Path) -> Result<()> {
    folder::expect_readable(path).map_err(|why| {
        Error::io(format_args!("cannot read {}", path.display()), why)
            .hint("give yourself the permission to read it and its folder, and start again")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_of_a_write_names_file_and_reason() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("user.db");
        let why = reason(&folder.path().join("missing"), &path).unwrap();
        assert_eq!(why.kind(), io::ErrorKind::NotFound);
        let full = cannot_write(Path::new("user.db"), io::ErrorKind::StorageFull.into());
        assert_eq!(full.to_string(), "cannot write user.db: no space left on device; free some space and start again");
        let closed = cannot_write(Path::new("user.db"), io::ErrorKind::PermissionDenied.into());
        assert!(closed.to_string().contains("permission denied; make its folder writable"), "{closed}");
    }
}
