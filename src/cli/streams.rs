//! The streams of a command (input, data, messages) and what is known about the terminal behind them: width, colours, Unicode. It never
//! decides what is printed.

use std::env;
use std::fmt;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};

use clap::ColorChoice;

use crate::error::{IoContext, Result};

/// The three streams of a process, or replacements in tests.
pub struct Streams<'a> {
    pub input: &'a mut dyn BufRead,
    /// For data.
    pub out: &'a mut dyn Write,
    /// For messages: hints, progress, errors.
    pub err: &'a mut dyn Write,
}

/// What is known about the terminal. The default describes streams that lead to no terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalInfo {
    pub input_is_terminal: bool,
    pub err_is_terminal: bool,
    /// Columns of the terminal that shows the data; None when data goes to a file or a pipe.
    pub columns: Option<u16>,
    /// Whether a terminal is coloured unless `--color` says otherwise.
    pub colour: bool,
    /// Whether the locale uses UTF-8.
    pub unicode: bool,
}

/// Columns of a terminal that does not report its width.
const DEFAULT_COLUMNS: u16 = 80;

impl TerminalInfo {
    /// Describes the terminal of this process. `columns` returns its width and is called only when data goes to a terminal.
    pub fn of_process(columns: fn() -> Option<u16>) -> Self {
        let value = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let out_is_terminal = io::stdout().is_terminal();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(value).unwrap_or_default().to_lowercase();
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            columns: out_is_terminal.then(|| columns().unwrap_or(DEFAULT_COLUMNS)),
            colour: value("NO_COLOR").is_none() && value("TERM").is_none_or(|term| term != "dumb"),
            unicode: cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8"),
        }
    }

    /// Whether data is coloured.
    pub(super) fn colours_data(&self, choice: ColorChoice) -> bool {
        self.colours(choice, self.columns.is_some())
    }

    /// Whether messages are coloured.
    pub(super) fn colours_messages(&self, choice: ColorChoice) -> bool {
        self.colours(choice, self.err_is_terminal)
    }

    fn colours(&self, choice: ColorChoice, is_terminal: bool) -> bool {
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && self.colour,
        }
    }
}

const CANNOT_WRITE: &str = "cannot write the output";

/// The writer of data. Its methods return the `Error` of this crate. It remembers a closed pipe, because other code may turn that error into one of another kind.
///
/// Once a command has changed something and said so with `saved`, what it prints is a message about that, and a message that cannot be
/// written is no failure of the change: no later write fails, and `lost` tells what the first failure was.
pub(super) struct DataWriter<'a> {
    writer: &'a mut dyn Write,
    closed: bool,
    is_saved: bool,
    lost: Option<io::Error>,
}

impl<'a> DataWriter<'a> {
    pub(super) fn new(writer: &'a mut dyn Write) -> Self {
        Self { writer, closed: false, is_saved: false, lost: None }
    }

    /// Whether the reading end of the pipe was closed, which is no failure.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// To be called as soon as a command has changed something, before it prints what.
    pub(super) fn saved(&mut self) {
        self.is_saved = true;
    }

    /// Why a message about a change could not be written. A closed pipe is no reason: nobody reads it.
    pub(super) fn lost(&self) -> Option<&io::Error> {
        self.lost.as_ref().filter(|error| error.kind() != ErrorKind::BrokenPipe)
    }

    /// Called by `write!` and `writeln!`.
    pub(super) fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<()> {
        Write::write_fmt(self, text).context(CANNOT_WRITE)
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        Write::write_all(self, bytes).context(CANNOT_WRITE)
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        Write::flush(self).context(CANNOT_WRITE)
    }

    /// Passes the writer to code that returns `io::Error`.
    pub(super) fn with(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        write(self).context(CANNOT_WRITE)
    }

    /// The result of a write, or `done` for a failure after a change.
    fn checked<T>(&mut self, result: io::Result<T>, done: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                self.closed |= error.kind() == ErrorKind::BrokenPipe;
                if !self.is_saved {
                    return Err(error);
                }
                self.lost.get_or_insert(error);
                Ok(done)
            }
            result => result,
        }
    }
}

impl Write for DataWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.writer.write(bytes);
        self.checked(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.writer.flush();
        self.checked(result, ())
    }
}
