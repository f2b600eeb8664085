//! What went wrong, in words for the user: the one error type of every layer. It names no type of another module; each module turns the
//! errors of the libraries it uses into this type.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustix::io::Errno;

/// Why a command ends: decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line, a query, a date or a name is wrong.
    Usage,
    /// Input or a stored file could not be read as what it should be.
    Data,
    /// The operating system refused: permissions, a full disk, a missing file.
    System,
}

/// A failure: what happened, to what, and (where that is known) what to do about it.
#[derive(Clone, Debug)]
pub struct Error {
    pub kind: ErrorKind,
    /// Says what happened and to what; no final stop, no debug output.
    pub message: String,
    /// Says what to do, when there is something to do.
    pub hint: Option<String>,
    /// The error of a library or of the operating system behind this one: for those who look for the cause, see [`Error::causes`].
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    pub fn data(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, message)
    }

    pub fn system(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::System, message)
    }

    /// A System error `what: why`, as in `cannot write refs.bib: no space left on device`.
    pub fn io(what: impl fmt::Display, why: io::Error) -> Self {
        Self::system(format!("{what}: {}", in_plain_words(&why))).caused_by(why)
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, source: None }
    }

    /// The same error behind what it left: `the papers are stored, but not listed yet: why`.
    #[must_use]
    pub fn preceded_by(self, what: impl fmt::Display) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error with the one that led to it.
    #[must_use]
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The errors that led to this one, the nearest first, as the libraries and the operating system word them.
    pub fn causes(&self) -> impl Iterator<Item = String> {
        let mut cause = StdError::source(self);
        std::iter::from_fn(move || {
            let current = cause?;
            cause = current.source();
            Some(current.to_string())
        })
    }

    /// Exit status of a command that ends with this error: 2 for usage, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            ErrorKind::Usage => 2,
            ErrorKind::Data | ErrorKind::System => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Turns a failure of the operating system into an [`Error`] that names what was done and to which file. There is no `From<io::Error>`,
/// so that none of them can lose its path.
pub trait IoContext<T> {
    /// `cannot {action} {path}: {why}`.
    fn at(self, action: &str, path: &Path) -> Result<T>;

    /// `{what}: {why}`, for what has no path: a stream, a thread, a terminal.
    fn context(self, what: &str) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn at(self, action: &str, path: &Path) -> Result<T> {
        self.map_err(|why| Error::io(format_args!("cannot {action} {}", path.display()), why))
    }

    fn context(self, what: &str) -> Result<T> {
        self.map_err(|why| Error::io(what, why))
    }
}

/// The error of an operating system in words that read inside a sentence: `permission denied`, without the number.
pub fn in_plain_words(error: &io::Error) -> String {
    let bare = error.raw_os_error().is_none() && error.get_ref().is_none();
    if bare && let Some(words) = words_for(error.kind()) {
        return words.to_owned();
    }
    let text = error.to_string();
    // Only what the operating system says has the number; libraries put its text before their own.
    let Some((said, rest)) = text.split_once(" (os error ") else { return text };
    let number = rest.split_once(')').and_then(|(number, _)| number.parse().ok());
    if let Some(words) = number.and_then(words_for_number) {
        return words.to_owned();
    }
    let said = said.trim_end_matches('.');
    let mut rest = said.chars();
    let first = rest.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    first + rest.as_str()
}

/// Words for the errors whose usual text says too little.
fn words_for_number(number: i32) -> Option<&'static str> {
    const WORDS: [(Errno, &str); 6] = [
        (Errno::MFILE, "too many files are open in this program; `ulimit -n` is the limit"),
        (Errno::NFILE, "too many files are open in the whole system"),
        (Errno::LOOP, "its symbolic links lead in a circle, or are too many"),
        (Errno::NAMETOOLONG, "the name is too long for the file system"),
        (Errno::FBIG, TOO_LARGE),
        (Errno::STALE, "the file is no longer on the server of the network drive"),
    ];
    WORDS.iter().find(|(error, _)| error.raw_os_error() == number).map(|(_, words)| *words)
}

const TOO_LARGE: &str = "file too large: the limit of this process (`ulimit -f`) or of the file system is reached";

/// What the operating system would have said, for an error that carries only its kind.
fn words_for(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::NotFound => "no such file or directory",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::AlreadyExists => "file exists",
        io::ErrorKind::StorageFull => "no space left on device",
        io::ErrorKind::QuotaExceeded => "disk quota exceeded",
        io::ErrorKind::ReadOnlyFilesystem => "read-only file system",
        io::ErrorKind::NotADirectory => "not a directory",
        io::ErrorKind::IsADirectory => "is a directory",
        io::ErrorKind::FileTooLarge => TOO_LARGE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_a_file_names_the_action_the_path_and_the_reason() {
        let full = || Err::<(), _>(io::Error::from(io::ErrorKind::StorageFull));
        let error = full().at("write", Path::new("refs.bib")).unwrap_err();
        assert_eq!(error.to_string(), "cannot write refs.bib: no space left on device");
        assert_eq!((error.kind, error.exit_code()), (ErrorKind::System, 1));
        let error = full().context("cannot write the output").unwrap_err();
        assert_eq!(error.to_string(), "cannot write the output: no space left on device");
    }

    #[test]
    fn kinds_are_told_as_the_operating_system_tells_them() {
        for (kind, words) in [
            (io::ErrorKind::NotFound, "no such file or directory"),
            (io::ErrorKind::PermissionDenied, "permission denied"),
            (io::ErrorKind::ReadOnlyFilesystem, "read-only file system"),
            (io::ErrorKind::TimedOut, "timed out"),
        ] {
            assert_eq!(in_plain_words(&kind.into()), words);
        }
        assert_eq!(in_plain_words(&io::Error::other("GZIP is cut short")), "GZIP is cut short");
    }

    #[cfg(unix)]
    #[test]
    fn the_operating_systems_text_goes_without_its_number() {
        for (number, words) in [
            (rustix::io::Errno::NOSPC, "no space left on device"),
            (rustix::io::Errno::ACCESS, "permission denied"),
            (rustix::io::Errno::PERM, "operation not permitted"),
            (rustix::io::Errno::ROFS, "read-only file system"),
            (rustix::io::Errno::NOENT, "no such file or directory"),
            (rustix::io::Errno::DQUOT, "disk quota exceeded"),
            (rustix::io::Errno::IO, "input/output error"),
            (rustix::io::Errno::MFILE, "too many files are open in this program; `ulimit -n` is the limit"),
            (rustix::io::Errno::NFILE, "too many files are open in the whole system"),
            (rustix::io::Errno::LOOP, "its symbolic links lead in a circle, or are too many"),
            (rustix::io::Errno::NAMETOOLONG, "the name is too long for the file system"),
            (rustix::io::Errno::FBIG, TOO_LARGE),
            (rustix::io::Errno::STALE, "the file is no longer on the server of the network drive"),
        ] {
            let raw = io::Error::from(number);
            assert_eq!(in_plain_words(&raw), words);
            let wrapped = io::Error::new(raw.kind(), format!("{raw} at path \"/x/.tmpA1\""));
            assert_eq!(in_plain_words(&wrapped), words, "as tempfile wraps it");
        }
    }

    #[test]
    fn the_source_is_kept_by_clones_and_told_with_what_is_behind_it() {
        let inner = Error::data("a page is damaged").caused_by(io::Error::other("checksum"));
        let outer = Error::system("cannot open the library").hint("run doctor").caused_by(inner);
        for error in [outer.clone(), outer] {
            assert_eq!(error.causes().collect::<Vec<_>>(), ["a page is damaged", "checksum"]);
            assert!(error.source().is_some_and(|source| source.is::<Error>()));
            assert_eq!(error.to_string(), "cannot open the library; run doctor");
        }
        assert_eq!(Error::usage("no").causes().count(), 0);
    }
}
