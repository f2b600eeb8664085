//! Files replaced whole or not at all: written beside their place under a random name, synced, then renamed. It never writes through
//! a symbolic link, never into anything but a regular file, and never over a file the person did not agree to lose.

use std::fs::{self, Metadata, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::domain::clean::Clean;
use crate::error::{Error, IoContext, Result};

/// What to do when the file is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    Refuse,
    Replace,
}

/// Writes a file through `write`, which may fail at any point: until the last byte is on the disk the old file stays as it was.
///
/// A new file gets the permissions the umask leaves of 0666, as exports are for sharing; a replaced file keeps its own.
/// Fails with a usage error when the path is a folder, a device, a symbolic link, an existing file under `Overwrite::Refuse`, or in no
/// folder; with a system error when the machine refuses (permissions, a full disk).
pub fn write_file(
    path: &Path,
    overwrite: Overwrite,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let old = replaceable(path, overwrite)?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Error::usage(format!("there is no folder {} to write {} into", shown(folder), shown(path)))
            .hint("make the folder first, or name another file"));
    }
    let failed = |error: io::Error| failure(path, error, old.is_some());
    let mut file = temporary(folder).map_err(failed)?;
    fill(&mut file, write).map_err(failed)?;
    if let Some(old) = &old {
        file.as_file().set_permissions(old.permissions()).map_err(failed)?;
    }
    let placed = match overwrite {
        Overwrite::Replace => file.persist(path),
        // Refuses atomically even when the file appeared since the check above.
        Overwrite::Refuse => file.persist_noclobber(path),
    };
    match placed {
        Ok(_) => sync_folder(folder).context(&format!("{} is written, but may not outlast a power cut", shown(path))),
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Err(taken(path)),
        Err(refused) => Err(failed(refused.error)),
    }
}

/// The old file's metadata, None when there is none; an error when it must not be replaced.
fn replaceable(path: &Path, overwrite: Overwrite) -> Result<Option<Metadata>> {
    if path.file_name().is_none() {
        return Err(Error::usage(format!("`{}` names no file", shown(path))).hint("give the name of the file to write"));
    }
    let old = match fs::symlink_metadata(path) {
        Ok(old) => old,
        // A missing folder is reported with its own words by the caller.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(failure(path, error, false)),
    };
    let kind = old.file_type();
    if kind.is_dir() {
        return Err(Error::usage(format!("{} is a folder", shown(path))).hint("name a file inside it"));
    }
    if kind.is_symlink() {
        return Err(Error::usage(format!("{} is a symbolic link, which is never written through", shown(path)))
            .hint("name the file it points to, or another file"));
    }
    if !kind.is_file() {
        return Err(Error::usage(format!("{} is a device, pipe or socket", shown(path))).hint("name a regular file"));
    }
    match overwrite {
        Overwrite::Replace => Ok(Some(old)),
        Overwrite::Refuse => Err(taken(path)),
    }
}

fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tsundoku-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn fill(file: &mut NamedTempFile, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut buffered = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    file.as_file().sync_all()
}

/// Makes the new name last through a power cut. Some file systems cannot sync a folder; there is nothing better to do on those.
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

/// The failure with the file's name and what became of it.
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
    fn links_and_devices_are_never_written_through() {
        let folder = folder();
        let target = folder.path().join("precious");
        fs::write(&target, "precious").unwrap();
        for (name, points_to) in
            [("link", target.as_path()), ("dangling", Path::new("nowhere")), ("folder", folder.path())]
        {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(points_to, &link).unwrap();
            let refused = put(&link, Overwrite::Replace, "x").unwrap_err();
            assert!(refused.to_string().contains("symbolic link"), "{refused}");
        }
        assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
        assert!(put(Path::new("/dev/null"), Overwrite::Replace, "x").unwrap_err().to_string().contains("device"));
        // A link planted after the check is replaced itself; what it points to stays.
        let path = folder.path().join("raced");
        write_file(&path, Overwrite::Replace, |writer| {
            std::os::unix::fs::symlink(&target, &path)?;
            writer.write_all(b"ours")
        })
        .unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
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
