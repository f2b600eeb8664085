//! The inputs of an import: files, the files in a folder, standard input, a text in memory. Files are opened without waiting for a writer
//! of a pipe and without following links inside a folder; nothing is read here.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::formats::{OTHER_ENDING, is_named_as_read};
use super::input::Input;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::error::{Error, Result};

/// One file to import.
#[derive(Clone, Debug)]
pub struct InputFile {
    content: InputContent,
    shown: String,
    length: Option<u64>,
    /// Found in a folder, not named by the user.
    in_folder: bool,
    /// Why it cannot be opened, where its metadata said so already.
    refusal: Option<Error>,
}

/// Where the bytes of an input are.
#[derive(Clone, Debug)]
enum InputContent {
    StandardInput,
    Path(PathBuf),
    Text(Arc<str>),
}

/// A file of a folder or an archive that is not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedFile {
    /// The path as it may be shown.
    pub path: String,
    pub reason: &'static str,
}

/// Everything that the arguments of an import name.
#[derive(Clone, Debug, Default)]
pub struct InputFiles {
    pub files: Vec<InputFile>,
    pub skipped: Vec<SkippedFile>,
}

/// Expands arguments in their order: `-` is standard input, a folder gives its own files by name (not those of folders in it). Hidden
/// files are left out silently; everything else in a folder that cannot be imported is reported as skipped. A path
/// that was named and cannot be read is listed too; opening it fails and says why.
pub fn expand(arguments: &[PathBuf]) -> InputFiles {
    let mut files = InputFiles::default();
    for path in arguments {
        if path.as_os_str() == "-" {
            let shown = "-".to_owned();
            files.files.push(InputFile::of(InputContent::StandardInput, shown));
            continue;
        }
        let mut file = InputFile::of(InputContent::Path(path.clone()), shown(path));
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => match files.add_folder(path) {
                Ok(()) => continue,
                Err(error) => file.refusal = Some(cannot("list", &file.shown, error)),
            },
            Ok(metadata) if metadata.is_file() => file.length = Some(metadata.len()),
            Ok(metadata) if is_stream(metadata.file_type()) => {}
            Ok(_) => file.refusal = Some(Error::system(format!("{} is neither a file nor a folder", file.shown))),
            Err(error) => file.refusal = Some(cannot("open", &file.shown, error)),
        }
        files.files.push(file);
    }
    files
}

impl InputFiles {
    fn add_folder(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let shown = shown(&path);
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            match entry.metadata().map(|metadata| (metadata.len(), unfit(metadata.file_type(), &path))) {
                Err(_) => self.skipped.push(SkippedFile { path: shown, reason: "its metadata cannot be read" }),
                Ok((_, Some(reason))) => self.skipped.push(SkippedFile { path: shown, reason }),
                Ok((length, None)) => {
                    let file = InputFile::of(InputContent::Path(path), shown);
                    self.files.push(InputFile { length: Some(length), in_folder: true, ..file });
                }
            }
        }
        Ok(())
    }
}

/// Why an entry of a folder is not imported.
fn unfit(kind: FileType, path: &Path) -> Option<&'static str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match () {
        () if kind.is_dir() => Some("a folder in a folder; name it to import it"),
        () if kind.is_symlink() => Some("a symbolic link; name it to import it"),
        () if !kind.is_file() => Some("not a regular file"),
        () if !is_named_as_read(&name) => Some(OTHER_ENDING),
        () => None,
    }
}

/// Pipes and terminals, which the user may name: `import <(command)`, `/dev/stdin`.
#[cfg(unix)]
fn is_stream(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo() || kind.is_char_device()
}

#[cfg(not(unix))]
fn is_stream(_kind: FileType) -> bool {
    false
}

impl InputFile {
    fn of(content: InputContent, shown: String) -> Self {
        Self { content, shown, length: None, in_folder: false, refusal: None }
    }

    /// A text as if it were a file of this name.
    pub fn of_text(name: &str, text: Arc<str>) -> Self {
        let length = Some(text.len() as u64);
        Self { length, ..Self::of(InputContent::Text(text), Clean::new(name).into_string()) }
    }

    /// The path as it may be shown; `-` for standard input.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Length in bytes where it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Opens the file for `sources::read`. `today` is the date of an input without one of its own.
    ///
    /// # Errors
    /// System when the file cannot be opened, or is no longer the regular file that was found in the folder.
    pub fn open(&self, today: Date, digest_day: Option<PartialDate>) -> Result<Input<'_>> {
        if let Some(refusal) = &self.refusal {
            return Err(refusal.clone());
        }
        let (bytes, modified): (Box<dyn Read + '_>, Date) = match &self.content {
            InputContent::StandardInput => (Box::new(io::stdin()), today),
            InputContent::Text(text) => (Box::new(text.as_bytes()), today),
            InputContent::Path(path) => {
                let failed = |error: io::Error| cannot("open", &self.shown, error);
                let file = self.open_file(path).map_err(failed)?;
                let metadata = file.metadata().map_err(failed)?;
                if self.in_folder && !metadata.is_file() {
                    return Err(Error::system(format!("{} is no longer a regular file", self.shown)));
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

            // The folder may have changed since it was listed: a pipe would block, a link could lead elsewhere.
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
        let files = expand(&[folder.path().to_owned()]);
        let file_name = |path: &str| Path::new(path).file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(
            files.files.iter().map(|file| file_name(file.shown())).collect::<Vec<_>>(),
            ["a.JSONL", "b.txt", "c.jsonl.GZ"]
        );
        let skipped = |name: &str| {
            let found = files.skipped.iter().find(|skipped| file_name(&skipped.path) == name);
            found.map(|skipped| skipped.reason)
        };
        assert_eq!(skipped("deeper"), Some("a folder in a folder; name it to import it"));
        assert_eq!(skipped("notes.pdf"), Some("not a file of an import format, by its ending"));
        assert_eq!(skipped(".hidden.txt"), None);
        #[cfg(unix)]
        assert_eq!(skipped("loop"), Some("a symbolic link; name it to import it"));
    }

    #[test]
    fn what_is_named_is_taken_or_says_why_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anything.x");
        fs::write(&file, "content").unwrap();
        let files = expand(&["-".into(), file, folder.path().join("missing")]);
        assert_eq!((files.files[0].shown(), files.files[1].length()), ("-", Some(7)));
        let today = Date::constant(2001, 2, 3);
        let mut input = files.files[1].open(today, None).unwrap();
        let mut content = String::new();
        input.bytes.read_to_string(&mut content).unwrap();
        assert_eq!(content, "content");
        assert!(input.modified > today);
        let error = files.files[2].open(today, None).err().unwrap();
        assert!(error.message.starts_with("cannot open "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_swapped_for_a_link_or_a_socket_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.txt");
        fs::write(&file, "x").unwrap();
        let files = expand(&[folder.path().to_owned()]);
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/null", &file).unwrap();
        assert!(files.files[0].open(Date::MIN, None).is_err());
        fs::remove_file(&file).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(&file).unwrap();
        assert!(files.files[0].open(Date::MIN, None).is_err());
    }
}
