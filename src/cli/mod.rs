//! The command line: parses arguments, calls the library, and prints the answers as text or JSON to the writers it is given. It keeps no
//! state, draws no screen, and prints text from outside only as `Clean`.
//!
//! Data goes to standard output, messages (hints, progress, errors) to standard error. Exit status: 0 done, 1 failed, 2 usage error, 3 done
//! but some records were rejected. A closed pipe (`| head`) ends a command quietly with 0.

mod arguments;
mod bench;
mod dashed_words;
mod digests;
mod doctor;
mod export;
mod formats;
mod help;
mod import;
mod list;
mod log;
mod mark;
mod palette;
mod paper_text;
mod papers;
mod progress;
mod query;
mod session;
mod setup;
mod show;
mod show_sources;
mod statistics;
mod streams;
mod sync;
mod tags;
mod text;
mod undo;
mod views;
mod wording;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::error::ErrorKind as ClapErrorKind;
use clap::{ColorChoice, CommandFactory, Parser};

pub use session::FirstFrame;
pub use streams::{Streams, TerminalInfo};

use crate::config::LinearInput;
use crate::domain::clean::Clean;
use crate::error::{Error, in_plain_words};
use arguments::{Arguments, CliCommand, ReaderArguments};
use palette::{OutputRole, Palette};
use session::Session;
use streams::DataWriter;

/// What a command line asks for.
#[derive(Debug)]
pub enum ParsedCommandLine {
    /// No subcommand: open the reader.
    Reader(ReaderOptions),
    Command(ParsedCommand),
}

/// How to open the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderOptions {
    /// Folder of the library, from `--dir` or `TSUNDOKU_DIR`.
    pub dir: Option<PathBuf>,
    pub query: Option<String>,
    /// Name of a saved view.
    pub view: Option<String>,
    pub theme: Option<String>,
    /// No colours, no motion, ASCII only.
    pub plain: bool,
    /// Lines in place of the screen.
    pub linear: Option<LinearInput>,
    /// File for the time every frame took.
    pub trace: Option<PathBuf>,
    /// Print the causes of an error, too.
    pub verbose: bool,
}

/// A subcommand with its options, ready for `run`.
#[derive(Debug)]
pub struct ParsedCommand {
    dir: Option<PathBuf>,
    color: ColorChoice,
    verbose: bool,
    command: CliCommand,
}

/// Parses the arguments of a process, the program's name first. Help, the version and usage errors are printed here; the error is the exit
/// status then.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    streams: Streams<'_>,
) -> std::result::Result<ParsedCommandLine, u8> {
    let arguments = dashed_words::protect_negations(arguments);
    let parsed = Arguments::try_parse_from(arguments).and_then(without_reader_options_for_commands);
    let Arguments { dir, color, verbose, reader, command } =
        parsed.map_err(|error| print_clap_error(&error, streams))?;
    let dir = dir.filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let ReaderArguments { query, view, theme, plain, linear, trace } = reader;
    Ok(match command {
        Some(command) => ParsedCommandLine::Command(ParsedCommand { dir, color, verbose, command }),
        None => ParsedCommandLine::Reader(ReaderOptions {
            dir,
            query,
            view,
            theme,
            plain,
            linear: linear.flatten(),
            trace,
            verbose,
        }),
    })
}

fn without_reader_options_for_commands(arguments: Arguments) -> std::result::Result<Arguments, clap::Error> {
    // The variable may be set for good; it concerns the reader alone.
    let reader = ReaderArguments { linear: None, ..arguments.reader.clone() };
    if arguments.command.is_some() && reader != ReaderArguments::default() {
        let message =
            "--query, --view, --theme, --plain and --trace are for the reader, which opens when no command is given";
        return Err(Arguments::command().error(ClapErrorKind::ArgumentConflict, message));
    }
    Ok(arguments)
}

/// Prints help, the version or a usage error; returns the exit status.
fn print_clap_error(error: &clap::Error, streams: Streams<'_>) -> u8 {
    let text = error.render().to_string();
    if error.use_stderr() {
        for line in text.lines() {
            drop(writeln!(streams.err, "{}", clean_with_indent(line)));
        }
        return Error::usage("").exit_code();
    }
    let mut out = DataWriter::new(streams.out);
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if !out.is_closed() => report(&error, false, streams.err),
        _ => 0,
    }
}

/// Runs a command; returns its exit status.
pub fn run(parsed: ParsedCommand, streams: Streams<'_>, terminal: TerminalInfo, first_frame: FirstFrame) -> u8 {
    let ParsedCommand { dir, color, verbose, command } = parsed;
    let Streams { input, out, err } = streams;
    let (out, command_line) = (DataWriter::new(out), Arguments::command as fn() -> clap::Command);
    let mut session = Session { input, out, err, terminal, color, dir, first_frame, command_line };
    let result = command.run(&mut session).and_then(|outcome| {
        session.out.flush()?;
        Ok(outcome)
    });
    match result {
        Ok(outcome) => {
            if let Some(why) = session.out.lost() {
                let why = in_plain_words(why);
                drop(writeln!(session.err, "the change was saved; its message could not be written: {why}"));
            }
            outcome.exit_code()
        }
        Err(_) if session.out.is_closed() => 0,
        Err(error) => {
            // The data written before the failure is still of use.
            drop(session.out.flush());
            let palette = Palette { coloured: terminal.colours_messages(color) };
            report_in(palette, &error, verbose, session.err)
        }
    }
}

/// Prints an error and, when `verbose` or RUST_BACKTRACE asks for them, its causes; returns the exit status.
pub fn report(error: &Error, verbose: bool, err: &mut dyn Write) -> u8 {
    report_in(Palette { coloured: false }, error, verbose, err)
}

fn report_in(palette: Palette, error: &Error, verbose: bool, err: &mut dyn Write) -> u8 {
    let name = palette.paint(OutputRole::Bad, "tsundoku:");
    let text = error.to_string();
    let mut lines = text.lines();
    drop(writeln!(err, "{name} {}", Clean::new(lines.next().unwrap_or_default())));
    for line in lines {
        drop(writeln!(err, "{}", clean_with_indent(line)));
    }
    if verbose || std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
        for cause in error.causes() {
            drop(writeln!(err, "  caused by: {}", Clean::new(&cause)));
        }
    }
    error.exit_code()
}

/// A clean line that keeps its leading blanks.
fn clean_with_indent(line: &str) -> String {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    format!("{}{}", " ".repeat(blanks), Clean::new(line))
}
