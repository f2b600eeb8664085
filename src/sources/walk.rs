//! The files meant by the arguments of an import: files, the files in a folder, standard input. It opens them without waiting for a
//! pipe nobody writes to and without following links inside a folder; it reads nothing.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Input, SOURCES};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::error::{Error, Result};

/// One file to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// None is standard input.
    pub path: Option<PathBuf>,
    /// The path as it may be shown; `-` for standard input.
    pub name: String,
    /// Length in bytes where it is known, for progress.
    pub length: Option<u64>,
    /// Found in a folder, not named by the person.
    in_folder: bool,
}

/// A file of a folder that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The path as it may be shown.
    pub name: String,
    pub reason: &'static str,
}

/// Everything the arguments of an import mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    pub places: Vec<Place>,
    pub skipped: Vec<Skipped>,
}

/// Expands arguments in their order: `-` is standard input, a folder gives its own files by name (not those of folders in it). Hidden
/// files are passed over in silence; other things in a folder that are no readable kind of file are reported as skipped.
///
/// # Errors
/// System when an argument does not exist or cannot be looked at, or is neither a file nor a folder.
pub fn expand(arguments: &[PathBuf]) -> Result<Walk> {
    let mut walk = Walk::default();
    for path in arguments {
        if path.as_os_str() == "-" {
            walk.places.push(Place { path: None, name: "-".to_owned(), length: None, in_folder: false });
            continue;
        }
        let failed = |error: io::Error| cannot("read", &shown(path), &error);
        let metadata = fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            walk.folder(path).map_err(failed)?;
        } else if metadata.is_file() || is_stream(metadata.file_type()) {
            walk.places.push(Place {
                path: Some(path.clone()),
                name: shown(path),
                length: metadata.is_file().then_some(metadata.len()),
                in_folder: false,
            });
        } else {
            return Err(Error::system(format!("{} is neither a file nor a folder", shown(path))));
        }
    }
    Ok(walk)
}

impl Walk {
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = shown(&path);
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            match entry.metadata().map(|metadata| (metadata.len(), unfit(metadata.file_type(), &path))) {
                Err(_) => self.skipped.push(Skipped { name, reason: "cannot be looked at" }),
                Ok((_, Some(reason))) => self.skipped.push(Skipped { name, reason }),
                Ok((length, None)) => {
                    self.places.push(Place { path: Some(path), name, length: Some(length), in_folder: true });
                }
            }
        }
        Ok(())
    }
}

/// Why something in a folder is not read.
fn unfit(kind: FileType, path: &Path) -> Option<&'static str> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match () {
        () if kind.is_dir() => Some("a folder in a folder; name it to import it"),
        () if kind.is_symlink() => Some("a symbolic link; name it to import it"),
        () if !kind.is_file() => Some("not a regular file"),
        () if !SOURCES.iter().any(|source| source.endings.contains(&ending.as_str())) => {
            Some("not a kind of file that is read, by its ending")
        }
        () => None,
    }
}

/// Pipes and terminals, which a person may name: `import <(command)`, `/dev/stdin`.
#[cfg(unix)]
fn is_stream(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo() || kind.is_char_device()
}

#[cfg(not(unix))]
fn is_stream(_kind: FileType) -> bool {
    false
}

impl Place {
    /// Opens the file for `sources::read`. `today` is the date of what has none of its own.
    ///
    /// # Errors
    /// System when the file cannot be opened, or is no longer the regular file that was found in the folder.
    pub fn open(&self, digest_day: Option<PartialDate>, today: Date) -> Result<Input<'_>> {
        let (bytes, modified): (Box<dyn Read>, Date) = match &self.path {
            None => (Box::new(io::stdin()), today),
            Some(path) => {
                let failed = |error: io::Error| cannot("open", &self.name, &error);
                let file = self.open_file(path).map_err(failed)?;
                let metadata = file.metadata().map_err(failed)?;
                if self.in_folder && !metadata.is_file() {
                    return Err(Error::system(format!("{} is not a regular file any more", self.name)));
                }
                let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
                let day = modified.map(|time| time.to_zoned(TimeZone::system()).date());
                (Box::new(file), day.filter(|_| metadata.is_file()).unwrap_or(today))
            }
        };
        Ok(Input { name: &self.name, modified, digest_day, bytes })
    }

    fn open_file(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        if self.in_folder {
            use std::os::unix::fs::OpenOptionsExt;
            // Between the look and the opening, somebody else's folder may change: no waiting on a pipe, no way out by a link.
            options.custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW);
        }
        options.open(path)
    }
}

fn shown(path: &Path) -> String {
    Clean::new(&path.to_string_lossy()).into_string()
}

fn cannot(what: &str, name: &str, error: &io::Error) -> Error {
    let failure = Error::system(format!("cannot {what} {name}: {error}"));
    if error.kind() == io::ErrorKind::NotFound { failure.hint("check the path") } else { failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(walk: &Walk, folder: &Path) -> (Vec<String>, Vec<String>) {
        let short = |name: &str| Path::new(name).strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        let places = walk.places.iter().map(|place| short(&place.name)).collect();
        let skipped = walk.skipped.iter().map(|skipped| format!("{}: {}", short(&skipped.name), skipped.reason));
        (places, skipped.collect())
    }

    #[test]
    fn a_folder_gives_its_own_readable_files_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.txt", "a.JSONL", ".hidden.txt", "notes.pdf"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::create_dir(folder.path().join("deeper")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
        let walk = expand(&[folder.path().to_owned()]).unwrap();
        let (places, skipped) = names(&walk, folder.path());
        assert_eq!(places, ["a.JSONL", "b.txt"]);
        assert_eq!(skipped.first().unwrap(), "deeper: a folder in a folder; name it to import it");
        assert_eq!(skipped.last().unwrap(), "notes.pdf: not a kind of file that is read, by its ending");
        #[cfg(unix)]
        assert_eq!(skipped[1], "loop: a symbolic link; name it to import it");
    }

    #[test]
    fn what_is_named_is_taken_and_must_exist() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anything.x");
        fs::write(&file, "content").unwrap();
        let walk = expand(&[PathBuf::from("-"), file]).unwrap();
        assert_eq!((walk.places[0].name.as_str(), walk.places[1].length), ("-", Some(7)));
        let today = Date::constant(2001, 2, 3);
        let mut input = walk.places[1].open(None, today).unwrap();
        let mut content = String::new();
        input.bytes.read_to_string(&mut content).unwrap();
        assert_eq!(content, "content");
        assert!(input.modified > today);
        let error = expand(&[folder.path().join("missing")]).unwrap_err();
        assert!(error.message.starts_with("cannot read "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_swapped_for_a_link_or_a_socket_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.txt");
        fs::write(&file, "x").unwrap();
        let walk = expand(&[folder.path().to_owned()]).unwrap();
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/null", &file).unwrap();
        assert!(walk.places[0].open(None, Date::constant(2025, 1, 1)).is_err());
        fs::remove_file(&file).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(&file).unwrap();
        assert!(walk.places[0].open(None, Date::constant(2025, 1, 1)).is_err());
    }
}
