//! Where a command's words go: data to one writer, talk to another, and what is known about the ends of both. It decides on colours and
//! widths; it never decides what is said.

use std::env;
use std::fmt;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};

use clap::ColorChoice;

use crate::error::{IoContext, Result};

/// The three streams of a process, or stand-ins.
pub struct Streams<'a> {
    pub input: &'a mut dyn BufRead,
    /// Data.
    pub out: &'a mut dyn Write,
    /// Talk: hints, progress, errors.
    pub err: &'a mut dyn Write,
}

/// What the streams lead to. The default is a place that is no terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    pub input_is_terminal: bool,
    pub err_is_terminal: bool,
    /// Columns of the terminal that data goes to; None when it goes elsewhere.
    pub columns: Option<u16>,
    /// Whether a terminal may be coloured when nobody says so.
    pub colour: bool,
    /// Whether the locale is one of UTF-8.
    pub unicode: bool,
}

/// Columns taken when a terminal does not say how many it has.
const USUAL_COLUMNS: u16 = 80;

impl Ends {
    /// Of this process. `columns` asks the terminal for its width and is called only when there is one.
    pub fn of_process(columns: fn() -> Option<u16>) -> Self {
        let value = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let out_is_terminal = io::stdout().is_terminal();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(value).unwrap_or_default().to_lowercase();
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            columns: out_is_terminal.then(|| columns().unwrap_or(USUAL_COLUMNS)),
            colour: value("NO_COLOR").is_none() && value("TERM").is_none_or(|term| term != "dumb"),
            unicode: cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8"),
        }
    }

    /// Whether data is coloured.
    pub(super) fn colours_data(&self, choice: ColorChoice) -> bool {
        self.colours(choice, self.columns.is_some())
    }

    /// Whether talk is coloured.
    pub(super) fn colours_talk(&self, choice: ColorChoice) -> bool {
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

/// The writer of data. It remembers that nobody reads any more, which other code may have turned into an error of another kind.
pub(super) struct Data<'a> {
    writer: &'a mut dyn Write,
    closed: bool,
}

impl<'a> Data<'a> {
    pub(super) fn new(writer: &'a mut dyn Write) -> Self {
        Self { writer, closed: false }
    }

    /// Whether the reading end of the pipe was closed: no mistake of anybody's.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// What `write!` and `writeln!` call. Errors: System, `cannot write the output: ...`.
    pub(super) fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<()> {
        Write::write_fmt(self, text).context(CANNOT_WRITE)
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        Write::write_all(self, bytes).context(CANNOT_WRITE)
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        Write::flush(self).context(CANNOT_WRITE)
    }

    /// Lets other code write to it, which knows no `Error`.
    pub(super) fn with(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        write(self).context(CANNOT_WRITE)
    }

    fn noticed<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        self.closed |= result.as_ref().is_err_and(|error| error.kind() == ErrorKind::BrokenPipe);
        result
    }
}

impl Write for Data<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.writer.write(bytes);
        self.noticed(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.writer.flush();
        self.noticed(result)
    }
}
