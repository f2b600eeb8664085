//! What every command works with: the writers, the folder of the library, colours, and the ways a command can end. It parses no
//! arguments and prints nothing on its own account.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::ColorChoice;
use serde::Serialize;

use super::palette::Palette;
use super::streams::{DataWriter, TerminalInfo};
use crate::config::Paths;
use crate::domain::clean::Clean;
use crate::domain::record::escape_invisible;
use crate::error::{Error, Result};
use crate::library::Library;

/// A subcommand: the type of its arguments runs it.
pub(super) trait RunCommand {
    /// Runs the command. Data goes to `session.out`, messages through `Session::notify`.
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome>;
}

/// How a command ended when it returned no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommandOutcome {
    Done,
    /// Done, but some records were rejected.
    Rejected,
    /// Failed; the reason was printed already.
    Failed,
}

impl CommandOutcome {
    /// Exit status of the process.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Rejected => 3,
        }
    }
}

/// Draws the first frame of the reader on the library in a folder, of so many columns and rows, into memory. Passed in by `main`, because
/// `cli` does not import `tui`.
pub type FirstFrame = fn(&Path, (u16, u16)) -> Result<()>;

/// What a command needs besides its arguments.
pub(super) struct Session<'a> {
    pub(super) input: &'a mut dyn BufRead,
    pub(super) out: DataWriter<'a>,
    pub(super) err: &'a mut dyn Write,
    pub(super) terminal: TerminalInfo,
    pub(super) color: ColorChoice,
    /// Folder of the library where it was given.
    pub(super) dir: Option<PathBuf>,
    pub(super) first_frame: FirstFrame,
    /// The whole command line, for completion scripts and manual pages.
    pub(super) command_line: fn() -> clap::Command,
}

impl Session<'_> {
    pub(super) fn paths(&self) -> Result<Paths> {
        Paths::resolve(self.dir.as_deref())
    }

    /// Opens the library; what does not work in it and stops nothing is told as a warning.
    pub(super) fn library(&mut self) -> Result<Library> {
        let library = Library::open(&self.paths()?.data)?;
        library.warnings().iter().for_each(|warning| self.notify(&format!("warning: {warning}")));
        Ok(library)
    }

    /// Colours of data.
    pub(super) fn palette(&self) -> Palette {
        Palette { coloured: self.terminal.colours_data(self.color) }
    }

    /// Prints one line of messages, after the data written so far. That nobody can read messages is no reason to fail.
    pub(super) fn notify(&mut self, line: &str) {
        // A failed flush is repeated, and reported, when the command ends.
        drop(self.out.flush());
        drop(writeln!(self.err, "{}", Clean::new(line)));
    }
}

/// One value as one line of JSON, safe on a terminal: control and invisible characters are written as escapes.
pub(super) fn write_json_line<T: Serialize>(value: &T, out: &mut DataWriter<'_>) -> Result<()> {
    let line = serde_json::to_string(value).map_err(|error| Error::data(format!("cannot write JSON: {error}")))?;
    out.write_data(&escape_invisible(line))
}
