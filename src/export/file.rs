//! Files written whole or not at all: under a temporary name in the same folder, synced, then renamed. No file is replaced, through a
//! symbolic link or not, unless the user said so.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType, Metadata, OpenOptions, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::clean::Clean;
use crate::error::{Error, IoContext, Result};
use crate::temporary;

/// What to do when the file exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    Refuse,
    Replace,
}

/// Writes a file through `write`, which may fail at any point: the old file stays as it is until the last byte is on the disk. A new
/// file gets the permissions of 0666 less the umask, because exports are for sharing; a replaced file keeps its own. With
/// `Overwrite::Replace` a symbolic link stays and the file it leads to is replaced. A pipe or a terminal is written to directly.
///
/// # Errors
/// Usage when the path is a folder, a block device, a socket, in no folder, or an existing file under `Overwrite::Refuse`; System when
/// the file cannot be written (permissions, a full disk).
pub fn write_file(
    path: &Path,
    overwrite: Overwrite,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let (target, old) = match target(path, overwrite)? {
        ExportTarget::Stream => return write_stream(path, write),
        ExportTarget::Missing => (Cow::Borrowed(path), None),
        ExportTarget::File(target, old) => (target, Some(old)),
    };
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Error::usage(format!("there is no folder {} to write {} into", shown(folder), shown(path)))
            .hint("make the folder first, or name another file"));
    }
    let failed = |error: io::Error| failure(path, error, old.is_some());
    let prefix = temporary_prefix(&target);
    temporary::remove_abandoned(folder, &prefix);
    let mut file = temporary_file(folder, &prefix).map_err(failed)?;
    fill(&mut file, write).map_err(failed)?;
    if let Some(old) = &old {
        file.as_file().set_permissions(old.permissions()).map_err(failed)?;
    }
    let placed = match overwrite {
        Overwrite::Replace => file.persist(&target),
        // Atomic: also refuses a file that was created since the check above.
        Overwrite::Refuse => file.persist_noclobber(&target),
    };
    match placed {
        Ok(_) => sync_folder(folder).context(&format!("{} is written, but may not outlast a power cut", shown(path))),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Err(taken(path)),
        Err(refused) => Err(failed(refused.error)),
    }
}

/// What a path leads to.
enum ExportTarget<'p> {
    Missing,
    /// A pipe, a terminal or a like device: nothing that could be replaced or kept.
    Stream,
    /// The file itself, behind any symbolic links, with its metadata.
    File(Cow<'p, Path>, Metadata),
}

/// Errors: Usage when the path leads to nothing that may be written.
fn target(path: &Path, overwrite: Overwrite) -> Result<ExportTarget<'_>> {
    if path.file_name().is_none() {
        return Err(Error::usage(format!("`{}` names no file", shown(path))).hint("give the name of the file to write"));
    }
    let failed = |error| failure(path, error, false);
    let entry = match fs::symlink_metadata(path) {
        Ok(entry) => entry,
        // The caller reports a missing folder.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(ExportTarget::Missing);
        }
        Err(error) => return Err(failed(error)),
    };
    let old = match fs::metadata(path) {
        Ok(old) => old,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::usage(format!("{} is a symbolic link to a file that does not exist", shown(path)))
                .hint("name that file, or another one"));
        }
        Err(error) => return Err(failed(error)),
    };
    if old.is_dir() {
        return Err(Error::usage(format!("{} is a folder", shown(path))).hint("name a file inside it"));
    }
    if is_stream(old.file_type()) {
        return Ok(ExportTarget::Stream);
    }
    if !old.is_file() {
        return Err(Error::usage(format!("{} is a device or a socket", shown(path))).hint("name a regular file"));
    }
    match overwrite {
        Overwrite::Refuse => Err(taken(path)),
        Overwrite::Replace if entry.is_symlink() => {
            Ok(ExportTarget::File(Cow::Owned(fs::canonicalize(path).map_err(failed)?), old))
        }
        Overwrite::Replace => Ok(ExportTarget::File(Cow::Borrowed(path), old)),
    }
}

#[cfg(unix)]
fn is_stream(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo() || kind.is_char_device()
}

#[cfg(not(unix))]
fn is_stream(_kind: FileType) -> bool {
    false
}

/// Waits for a pipe's reader, as every program does that writes to one.
fn write_stream(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let stream = OpenOptions::new().write(true).open(path);
    let written = stream.and_then(|stream| {
        let mut buffered = BufWriter::with_capacity(1 << 16, stream);
        write(&mut buffered)?;
        buffered.flush()
    });
    written.map_err(|error| Error::io(format_args!("cannot write {}", shown(path)), error))
}

/// How the names of the temporary files of a target begin, so that those which killed exports left are known from those of other targets.
fn temporary_prefix(target: &Path) -> OsString {
    /// The name of a file can be as long as a name can be.
    const LONGEST: usize = 100;
    let name = target.file_name().unwrap_or_default();
    let mut prefix = OsString::from(".tsundoku-");
    match name.len() {
        0..=LONGEST => prefix.push(name),
        _ => prefix.push(format!("{:x}", xxh3_64(name.as_encoded_bytes()))),
    }
    prefix.push("-");
    prefix
}

fn temporary_file(folder: &Path, prefix: &OsStr) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o666));
    }
    temporary::file_with(&builder, folder)
}

fn fill(file: &mut NamedTempFile, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()
}

/// Makes the new name durable. Some file systems cannot sync a folder; this is not an error.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        done => done,
    }
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn taken(path: &Path) -> Error {
    Error::usage(format!("{} exists already", shown(path))).hint("name another file, or replace it with --force")
}

/// The error with the file's name and what happened to it.
fn failure(path: &Path, error: io::Error, had_old: bool) -> Error {
    let kept = if had_old { "the old file is as it was" } else { "nothing was written" };
    Error::io(format_args!("cannot write {}", shown(path)), error).hint(kept)
}

fn shown(path: &Path) -> Clean {
    Clean::new(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn put(path: &Path, overwrite: Overwrite, text: &str) -> Result<()> {
        write_file(path, overwrite, |writer| writer.write_all(text.as_bytes()))
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn an_existing_file_needs_consent() {
        let folder = folder();
        let path = folder.path().join("refs.bib");
        put(&path, Overwrite::Refuse, "one").unwrap();
        let refused = put(&path, Overwrite::Refuse, "two").unwrap_err();
        assert!(refused.to_string().contains("exists already"), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        put(&path, Overwrite::Replace, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(names(folder.path()), ["refs.bib"]);
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_not_lost() {
        let folder = folder();
        let path = folder.path().join("refs.bib");
        let refused = write_file(&path, Overwrite::Refuse, |writer| {
            fs::write(&path, "theirs")?;
            writer.write_all(b"ours")
        });
        assert_eq!(refused.unwrap_err().exit_code(), 2);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(names(folder.path()), ["refs.bib"]);
    }

    #[test]
    fn a_full_disk_leaves_the_old_file() {
        let folder = folder();
        let path = folder.path().join("refs.bib");
        fs::write(&path, "old").unwrap();
        let failed = write_file(&path, Overwrite::Replace, |writer| {
            writer.write_all(&[b'x'; 200_000])?;
            Err(ErrorKind::StorageFull.into())
        });
        let said = format!("cannot write {}: no space left on device; the old file is as it was", path.display());
        assert_eq!(failed.unwrap_err().to_string(), said);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["refs.bib"]);
    }

    #[test]
    fn folders_and_missing_folders_are_refused() {
        let folder = folder();
        for (path, words) in [
            (folder.path().to_path_buf(), "is a folder"),
            (folder.path().join("no/such/refs.bib"), "there is no folder"),
            (Path::new("..").to_path_buf(), "names no file"),
        ] {
            let refused = put(&path, Overwrite::Replace, "x").unwrap_err();
            assert!(refused.to_string().contains(words), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_written_through_only_when_the_user_says_so() {
        let folder = folder();
        let (target, link) = (folder.path().join("target.bib"), folder.path().join("link.bib"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink("target.bib", &link).unwrap();
        assert!(put(&link, Overwrite::Refuse, "x").unwrap_err().to_string().contains("exists already"));
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        put(&link, Overwrite::Replace, "new").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        for (name, points_to, words) in
            [("dangling", Path::new("nowhere"), "does not exist"), ("folder", folder.path(), "is a folder")]
        {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(points_to, &link).unwrap();
            let refused = put(&link, Overwrite::Replace, "x").unwrap_err();
            assert!(refused.to_string().contains(words), "{refused}");
        }
        // A link planted after the check is replaced itself; what it points to stays.
        let path = folder.path().join("raced");
        write_file(&path, Overwrite::Replace, |writer| {
            std::os::unix::fs::symlink(&target, &path)?;
            writer.write_all(b"ours")
        })
        .unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn pipes_and_terminals_are_written_to_directly() {
        let folder = folder();
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read_to_string(pipe).unwrap()
        });
        put(&pipe, Overwrite::Refuse, "through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        put(Path::new("/dev/null"), Overwrite::Refuse, "x").unwrap();
        let full = put(Path::new("/dev/full"), Overwrite::Refuse, "x").unwrap_err();
        assert_eq!(full.to_string(), "cannot write /dev/full: no space left on device");
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(put(&socket, Overwrite::Replace, "x").unwrap_err().to_string().contains("socket"));
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let path = folder.path().join("refs.bib");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        put(&path, Overwrite::Refuse, "one").unwrap();
        let plain = folder.path().join("plain");
        fs::write(&plain, "").unwrap();
        assert_eq!(mode(&path), mode(&plain), "a new file follows the umask");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        put(&path, Overwrite::Replace, "two").unwrap();
        assert_eq!(mode(&path), 0o640);
    }
}
