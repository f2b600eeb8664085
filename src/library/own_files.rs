//! The files of a library, in whose place nothing that the user names is written: an export into `user.db` would end every state in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::clean::Clean;
use crate::error::{Error, Result};

/// How the names of its files and folders in the folder of a library begin; behind them stand the suffixes of logs and of files kept aside.
const OWN: [&str; 8] =
    ["user.db", "user.lock", "papers.db", "index", "backups", "state.toml", "rules.toml", "config.toml"];

/// A usage error when the path, through symbolic links or not, is a file of the library in a folder, or would be one.
pub(super) fn expect_not_own(dir: &Path, path: &Path) -> Result<()> {
    let (Some(target), Ok(dir)) = (real_path(path), fs::canonicalize(dir)) else { return Ok(()) };
    let first = target.strip_prefix(dir).ok().and_then(|inside| inside.components().next());
    let name = first.map(|part| part.as_os_str().to_string_lossy().into_owned());
    match name.is_some_and(|name| OWN.iter().any(|own| name.starts_with(own))) {
        false => Ok(()),
        true => Err(Error::usage(format!("{} belongs to the library", Clean::new(&path.to_string_lossy())))
            .hint("name another file")),
    }
}

/// The file that a path leads to, or the place where it would be made; None where its folder does not exist.
fn real_path(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().or_else(|| {
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        Some(fs::canonicalize(folder).ok()?.join(path.file_name().map(OsStr::to_owned)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_library_are_refused_under_any_name() {
        let room = tempfile::tempdir().unwrap();
        let dir = room.path().join("library");
        fs::create_dir_all(dir.join("index")).unwrap();
        for name in ["user.db", "index/words.idx", "papers.bib"] {
            fs::write(dir.join(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(dir.join("user.db"), room.path().join("link.csv")).unwrap();
        std::os::unix::fs::symlink(&dir, room.path().join("folder")).unwrap();
        for own in [
            "library/user.db",
            "library/user.db-wal",
            "library/papers.db",
            "library/index/words.idx",
            "link.csv",
            "library/backups",
            "folder/user.db",
            "folder/../library/state.toml",
            "library/index/new.bib",
        ] {
            let refused = expect_not_own(&dir, &room.path().join(own)).unwrap_err();
            assert!(refused.message.ends_with("belongs to the library"), "{own}: {refused}");
        }
        for free in ["papers.bib", "library/papers.bib", "library/new.csv", "user.db", "nowhere/user.db"] {
            expect_not_own(&dir, &room.path().join(free)).unwrap();
        }
    }
}
