//! The streams of a command (input, data, messages) and what is known about the terminal behind them: width, colours, Unicode. It never
//! decides what is printed.

use std::borrow::Cow;
use std::env;
use std::fmt;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};

use clap::ColorChoice;

use crate::domain::clean::clean_row;
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
/// What `write!` and `writeln!` write is for people: whatever it is made of, nothing a terminal could act on gets past them but the colours of
/// `Palette`. Bytes for programs (exports, JSON, scripts) pass as they are, through `write_all`, `write_data` and `Write`.
///
/// Once a command has changed something and said so with `saved`, what it prints is a message about that, and a message that cannot be
/// written is no failure of the change: no later write fails, and `lost` tells what the first failure was.
pub(super) struct DataWriter<'a> {
    writer: &'a mut dyn Write,
    closed: bool,
    is_saved: bool,
    lost: Option<io::Error>,
    /// The text being written; memory that is reused.
    text: String,
}

impl<'a> DataWriter<'a> {
    pub(super) fn new(writer: &'a mut dyn Write) -> Self {
        Self { writer, closed: false, is_saved: false, lost: None, text: String::new() }
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
        let mut written = std::mem::take(&mut self.text);
        written.clear();
        let formatted = fmt::Write::write_fmt(&mut written, text).map_err(io::Error::other).context(CANNOT_WRITE);
        let result = formatted.and_then(|()| self.write_all(clean_text(&written).as_bytes()));
        self.text = written;
        result
    }

    /// A line for programs, as it is.
    pub(super) fn write_data(&mut self, line: &str) -> Result<()> {
        self.write_all(line.as_bytes())?;
        self.write_all(b"\n")
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

/// Text of several lines, in columns perhaps, without anything a terminal could act on but colours.
fn clean_text(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\t', ESCAPE]) {
        let (row, from) = rest.split_at(at);
        clean.push_str(&clean_row(row));
        let kept = style_length(from).unwrap_or(usize::from(!from.starts_with(ESCAPE)));
        let (separator, _) = from.split_at(kept);
        clean.push_str(separator);
        rest = from.get(kept.max(1)..).unwrap_or_default();
    }
    clean.push_str(&clean_row(rest));
    Cow::Owned(clean)
}

const ESCAPE: char = '\u{1b}';

/// Bytes of the sequence that sets a style, where a text begins with one: it does nothing else to a terminal.
fn style_length(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let length = parameters.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    parameters.get(length..)?.starts_with('m').then_some(length + 3)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_for_people_is_clean_and_data_is_as_it_is() {
        let written = |write: &dyn Fn(&mut DataWriter<'_>) -> Result<()>| {
            let mut out = Vec::new();
            write(&mut DataWriter::new(&mut out)).unwrap();
            String::from_utf8(out).unwrap()
        };
        let hostile = "a\u{1b}]0;x\u{7}\u{202e}b\u{9b}2J\rc\u{1b}[2J\u{1b}[1;31";
        assert_eq!(written(&|out| writeln!(out, "{hostile}\t{hostile}")), "a]0;xb2J c[2J[1;31\ta]0;xb2J c[2J[1;31\n");
        let painted = "\u{1b}[1mé\u{1b}[0m  \u{1b}[38;5;9mb\u{1b}[m\n\n";
        assert_eq!(written(&|out| write!(out, "{painted}")), painted);
        assert_eq!(written(&|out| out.write_data("e\u{301}\u{200d}")), "e\u{301}\u{200d}\n");
        assert_eq!(written(&|out| out.with(|out| out.write_all(b"\x1b]"))), "\u{1b}]");
    }
}
