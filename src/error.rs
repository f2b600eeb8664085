//! What went wrong, in words for the person: one error type for the whole house. It never names another room's types; each room
//! turns its own libraries' errors into this one beside its own code.

use std::fmt;

/// Why a command ends: decides the exit status and the tone of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The person asked for something that cannot be asked like that: a bad option, query, date or file name.
    Usage,
    /// Input or a stored file could not be read as what it should be.
    Data,
    /// The machine said no: permissions, a full disk, a missing file.
    System,
}

/// A failure with what happened, to what, and (where one is known) what to do about it.
#[derive(Clone, Debug)]
pub struct Error {
    pub kind: ErrorKind,
    /// Says what happened and to what; no final stop, no debug output.
    pub message: String,
    /// Says what to do, when there is something to do.
    pub hint: Option<String>,
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

    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
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

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::system(error.to_string())
    }
}
