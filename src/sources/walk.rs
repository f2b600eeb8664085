//! The files meant by the arguments of an import: files, the files in a folder, standard input. It opens them without waiting for a
//! pipe nobody writes to and without following links inside a folder; it reads nothing.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Input, is_named_as_read};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::error::{Error, Result};

/// One file to import.
#[derive(Clone, Debug)]
pub struct Item {
    /// None is standard input.
    path: Option<PathBuf>,
    shown: String,
    length: Option<u64>,
    /// Found in a folder, not named by the person.
    in_folder: bool,
    /// Why it cannot be opened, where the look at it told already.
    refusal: Option<Error>,
}

/// Something in a folder that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The path as it may be shown.
    pub path: String,
    pub reason: &'static str,
}

/// Everything the arguments of an import mean.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    pub items: Vec<Item>,
    pub skipped: Vec<Skipped>,
}

/// Expands arguments in their order: `-` is standard input, a folder gives its own files by name (not those of folders in it). Hidden
/// files are passed over in silence; other things in a folder that are no readable kind of file are reported as skipped. What was
/// named and cannot be read is an item all the same, whose opening fails and says why.
pub fn expand(arguments: &[PathBuf]) -> Walk {
    let mut walk = Walk::default();
    for path in arguments {
        if path.as_os_str() == "-" {
            let shown = "-".to_owned();
            walk.items.push(Item { path: None, shown, length: None, in_folder: false, refusal: None });
            continue;
        }
        let mut item =
            Item { path: Some(path.clone()), shown: shown(path), length: None, in_folder: false, refusal: None };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => match walk.folder(path) {
                Ok(()) => continue,
                Err(error) => item.refusal = Some(cannot("list", &item.shown, error)),
            },
            Ok(metadata) if metadata.is_file() => item.length = Some(metadata.len()),
            Ok(metadata) if is_stream(metadata.file_type()) => {}
            Ok(_) => item.refusal = Some(Error::system(format!("{} is neither a file nor a folder", item.shown))),
            Err(error) => item.refusal = Some(cannot("open", &item.shown, error)),
        }
        walk.items.push(item);
    }
    walk
}

impl Walk {
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let shown = shown(&path);
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            match entry.metadata().map(|metadata| (metadata.len(), unfit(metadata.file_type(), &path))) {
                Err(_) => self.skipped.push(Skipped { path: shown, reason: "cannot be looked at" }),
                Ok((_, Some(reason))) => self.skipped.push(Skipped { path: shown, reason }),
                Ok((length, None)) => {
                    let (path, length) = (Some(path), Some(length));
                    self.items.push(Item { path, shown, length, in_folder: true, refusal: None });
                }
            }
        }
        Ok(())
    }
}

/// Why something in a folder is not read.
fn unfit(kind: FileType, path: &Path) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match () {
        () if kind.is_dir() => Some("a folder in a folder; name it to import it"),
        () if kind.is_symlink() => Some("a symbolic link; name it to import it"),
        () if !kind.is_file() => Some("not a regular file"),
        () if !is_named_as_read(&name) => Some("not a kind of file that is read, by its ending"),
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

impl Item {
    /// The path as it may be shown; `-` for standard input.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Length in bytes where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Opens the file for `sources::read`. `today` is the date of what has none of its own.
    ///
    /// # Errors
    /// System when the file cannot be opened, or is no longer the regular file that was found in the folder.
    pub fn open(&self, today: Date, digest_day: Option<PartialDate>) -> Result<Input<'_>> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let (bytes, modified): (Box<dyn Read>, Date) = match &self.path {
            None => (Box::new(io::stdin()), today),
            Some(path) => {
                let failed = |error: io::Error| cannot("open", &self.shown, error);
                let file = self.open_file(path).map_err(failed)?;
                let metadata = file.metadata().map_err(failed)?;
                if self.in_folder && !metadata.is_file() {
                    return Err(Error::system(format!("{} is not a regular file any more", self.shown)));
                }
                let modified = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
                let day = modified.map(|time| time.to_zoned(TimeZone::system()).date());
                (Box::new(file), day.filter(|_| metadata.is_file()).unwrap_or(today))
            }
        };
        Ok(Input { name: &self.shown, modified, digest_day, bytes })
    }

    fn open_file(&self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        if self.in_folder {
            use rustix::fs::OFlags;
            use std::os::unix::fs::OpenOptionsExt;

            // Between the look and the opening, somebody else's folder may change: no waiting on a pipe, no way out by a link.
            options.custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed());
        }
        options.open(path)
    }
}

fn shown(path: &Path) -> String {
    Clean::new(&path.to_string_lossy()).into_string()
}

fn cannot(what: &str, name: &str, error: io::Error) -> Error {
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    let failure = Error::io(format_args!("cannot {what} {name}"), error);
    if is_missing { failure.hint("check the path") } else { failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_own_readable_files_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.txt", "a.JSONL", "c.jsonl.GZ", ".hidden.txt", "notes.pdf", "notes.zip"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::create_dir(folder.path().join("deeper")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
        let walk = expand(&[folder.path().to_owned()]);
        let file_name = |path: &str| Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            walk.items.iter().map(|item| file_name(item.shown())).collect::<Vec<_>>(),
            ["a.JSONL", "b.txt", "c.jsonl.GZ"]
        );
        let skipped = |name: &str| {
            let found = walk.skipped.iter().find(|skipped| file_name(&skipped.path) == name);
            found.map(|skipped| skipped.reason)
        };
        assert_eq!(skipped("deeper"), Some("a folder in a folder; name it to import it"));
        assert_eq!(skipped("notes.pdf"), Some("not a kind of file that is read, by its ending"));
        assert_eq!(skipped(".hidden.txt"), None);
        #[cfg(unix)]
        assert_eq!(skipped("loop"), Some("a symbolic link; name it to import it"));
    }

    #[test]
    fn what_is_named_is_taken_or_says_why_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anything.x");
        fs::write(&file, "content").unwrap();
        let walk = expand(&["-".into(), file, folder.path().join("missing")]);
        assert_eq!((walk.items[0].shown(), walk.items[1].length()), ("-", Some(7)));
        let today = Date::constant(2001, 2, 3);
        let mut input = walk.items[1].open(today, None).unwrap();
        let mut content = String::new();
        input.bytes.read_to_string(&mut content).unwrap();
        assert_eq!(content, "content");
        assert!(input.modified > today);
        let error = walk.items[2].open(today, None).err().unwrap();
        assert!(error.message.starts_with("cannot open "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_swapped_for_a_link_or_a_socket_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.txt");
        fs::write(&file, "x").unwrap();
        let walk = expand(&[folder.path().to_owned()]);
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/null", &file).unwrap();
        assert!(walk.items[0].open(Date::MIN, None).is_err());
        fs::remove_file(&file).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(&file).unwrap();
        assert!(walk.items[0].open(Date::MIN, None).is_err());
    }
}
