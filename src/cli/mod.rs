//! The command line: one door to the library. It turns arguments into calls of the facade and answers into text or JSON on the writers
//! it is given. It keeps nothing, draws no screen, and prints foreign text only as `Clean`.
//!
//! Data goes to `out`, talk (hints, progress, mistakes) to `err`. Exit status: 0 done, 1 failed, 2 asked for in a way that cannot be,
//! 3 done but some records were rejected. A reader that went away (`| head`) ends a command quietly with 0.

mod arguments;
mod bench;
mod choice;
mod collections;
mod doctor;
mod export;
mod grammar;
mod help;
mod import;
mod journal;
mod list;
mod mark;
mod palette;
mod setup;
mod show;
mod statistics;
mod streams;
mod text;
mod wording;

use std::ffi::OsString;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::error::ErrorKind as ClapKind;
use clap::{ColorChoice, CommandFactory, Parser};
use serde::Serialize;

pub use streams::{Ends, Streams};

use crate::config::Paths;
use crate::domain::clean::Clean;
use crate::domain::record::escape_invisible;
use crate::error::{Error, Result};
use crate::library::Library;
use arguments::{Arguments, Command, ReaderArguments};
use palette::{Palette, Role};
use streams::Data;

/// What a command line asks for.
#[derive(Debug)]
pub enum Invocation {
    /// No command: the reader.
    Reader(ReaderOptions),
    Command(Task),
}

/// How the reader is to be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderOptions {
    /// Folder of the library, from `--dir` or `TSUNDOKU_DIR`.
    pub dir: Option<PathBuf>,
    pub query: Option<String>,
    pub theme: Option<String>,
    /// No colours, no motion, ASCII only.
    pub plain: bool,
    /// Where to write how long every key took.
    pub trace: Option<PathBuf>,
    /// Say what led to a failure.
    pub verbose: bool,
}

/// A command with its options, ready to run.
#[derive(Debug)]
pub struct Task {
    dir: Option<PathBuf>,
    color: ColorChoice,
    verbose: bool,
    command: Command,
}

/// How a command ended when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// Done, but for records that were rejected.
    Rejected,
    /// What was wrong has been said already.
    Failed,
}

impl Outcome {
    fn status(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Rejected => 3,
        }
    }
}

/// What a command needs besides its arguments.
struct Session<'a> {
    input: &'a mut dyn BufRead,
    out: Data<'a>,
    err: &'a mut dyn Write,
    ends: Ends,
    color: ColorChoice,
    dir: Option<PathBuf>,
    first_frame: FirstFrame,
}

impl Session<'_> {
    fn paths(&self) -> Result<Paths> {
        Paths::resolve(self.dir.as_deref())
    }

    fn library(&self) -> Result<Library> {
        Library::open(&self.paths()?.data)
    }

    /// Colours of data.
    fn palette(&self) -> Palette {
        Palette { coloured: self.ends.colours_data(self.color) }
    }

    /// One line of talk, after the data written so far. Nobody listening is no reason to fail.
    fn say(&mut self, line: &str) {
        // What cannot be written now is tried again at the end, and told then.
        drop(self.out.flush());
        drop(writeln!(self.err, "{}", Clean::new(line)));
    }
}

/// Reads the arguments of a process, the program's name first. Help, the version and mistakes are answered here; the exit status of that
/// answer is the error.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    streams: Streams<'_>,
) -> std::result::Result<Invocation, u8> {
    let parsed = Arguments::try_parse_from(grammar::spared(arguments)).and_then(checked);
    let Arguments { dir, color, verbose, reader, command } = parsed.map_err(|error| answer(&error, streams))?;
    let dir = dir.filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let ReaderArguments { query, theme, plain, trace } = reader;
    Ok(match command {
        Some(command) => Invocation::Command(Task { dir, color, verbose, command }),
        None => Invocation::Reader(ReaderOptions { dir, query, theme, plain, trace, verbose }),
    })
}

/// Options of the reader say nothing to a command.
fn checked(arguments: Arguments) -> std::result::Result<Arguments, clap::Error> {
    if arguments.command.is_some() && arguments.reader != ReaderArguments::default() {
        let message = "--query, --theme, --plain and --trace are for the reader, which opens when no command is given";
        return Err(Arguments::command().error(ClapKind::ArgumentConflict, message));
    }
    Ok(arguments)
}

fn answer(error: &clap::Error, streams: Streams<'_>) -> u8 {
    let text = error.render().to_string();
    if error.use_stderr() {
        for line in text.lines() {
            drop(writeln!(streams.err, "{}", indented(line)));
        }
        return Error::usage("").exit_code();
    }
    let mut out = Data::new(streams.out);
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if !out.is_closed() => report(&error, false, streams.err),
        _ => 0,
    }
}

/// Draws the first frame of the reader on the library in a folder, of so many columns and rows, into memory. Given from outside: this
/// door does not know the other one.
pub type FirstFrame = fn(&Path, (u16, u16)) -> Result<()>;

/// Runs a command; returns its exit status.
pub fn run(task: Task, streams: Streams<'_>, ends: Ends, first_frame: FirstFrame) -> u8 {
    let Task { dir, color, verbose, command } = task;
    let Streams { input, out, err } = streams;
    let mut session = Session { input, out: Data::new(out), err, ends, color, dir, first_frame };
    let result = dispatch(&command, &mut session).and_then(|outcome| {
        session.out.flush()?;
        Ok(outcome)
    });
    match result {
        _ if session.out.is_closed() => 0,
        Ok(outcome) => outcome.status(),
        Err(error) => {
            // What was made before the failure is worth having.
            drop(session.out.flush());
            let palette = Palette { coloured: ends.colours_talk(color) };
            report_in(palette, &error, verbose, session.err)
        }
    }
}

fn dispatch(command: &Command, session: &mut Session<'_>) -> Result<Outcome> {
    match command {
        Command::Import(arguments) => import::run(arguments, session),
        Command::List(arguments) => list::run(arguments, session),
        Command::Show(arguments) => show::run(arguments, session),
        Command::Mark(arguments) => mark::run(arguments, session),
        Command::Undo => mark::undo(session),
        Command::Redo => mark::redo(session),
        Command::Log(arguments) => journal::run(arguments, session),
        Command::Tags(arguments) => collections::tags(arguments, session),
        Command::Views(arguments) => collections::views(arguments, session),
        Command::Digests(arguments) => collections::digests(arguments, session),
        Command::Export(arguments) => export::run(arguments, session),
        Command::Stats(arguments) => statistics::run(arguments, session),
        Command::Text(arguments) => text::run(arguments, session),
        Command::Doctor(arguments) => doctor::run(arguments, session),
        Command::Bench(arguments) => bench::run(arguments, session),
        Command::Completions { shell } => setup::completions(*shell, session),
        Command::Man(arguments) => setup::man(arguments, session),
        Command::Config(arguments) => setup::config(arguments, session),
        Command::Help(arguments) => help::run(arguments, session),
    }
}

/// Says what went wrong and, when `verbose` or RUST_BACKTRACE asks for it, what led to it; returns the exit status.
pub fn report(error: &Error, verbose: bool, err: &mut dyn Write) -> u8 {
    report_in(Palette { coloured: false }, error, verbose, err)
}

fn report_in(palette: Palette, error: &Error, verbose: bool, err: &mut dyn Write) -> u8 {
    let name = palette.paint(Role::Bad, "tsundoku:");
    let text = error.to_string();
    let mut lines = text.lines();
    drop(writeln!(err, "{name} {}", Clean::new(lines.next().unwrap_or_default())));
    for line in lines {
        drop(writeln!(err, "{}", indented(line)));
    }
    if verbose || std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        for cause in error.causes() {
            drop(writeln!(err, "  caused by: {}", Clean::new(&cause)));
        }
    }
    error.exit_code()
}

/// A clean line with the blanks it begins with.
fn indented(line: &str) -> String {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    format!("{}{}", " ".repeat(blanks), Clean::new(line))
}

/// One value as one line of JSON, safe on a terminal: what could act there is written as an escape.
fn write_json_line<T: Serialize>(value: &T, out: &mut Data<'_>) -> Result<()> {
    let line = serde_json::to_string(value).map_err(|error| Error::data(format!("cannot write JSON: {error}")))?;
    writeln!(out, "{}", escape_invisible(line))
}
