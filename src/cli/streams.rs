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
pub(super) struct DataWriter<'a> {
    writer: &'a mut dyn Write,
    closed: bool,
}

impl<'a> DataWriter<'a> {
    pub(super) fn new(writer: &'a mut dyn Write) -> Self {
        Self { writer, closed: false }
    }

    /// Whether the reading end of the pipe was closed, which is no failure.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
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

    fn checked<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        self.closed |= result.as_ref().is_err_and(|error| error.kind() == ErrorKind::BrokenPipe);
        result
    }
}

impl Write for DataWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.writer.write(bytes);
        self.checked(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.writer.flush();
        self.checked(result)
    }
}
