//! The program: parses the command line and starts one of the two front ends. Nothing is decided here.

use std::io::{self, BufReader, BufWriter};
use std::process::ExitCode;
use std::sync::Arc;

use tsundoku::cli::{self, ParsedCommandLine, ReaderOptions, Streams, TerminalInfo};
use tsundoku::error::Result;
use tsundoku::signals;
use tsundoku::tui;

fn main() -> ExitCode {
    // A file that reaches the limit of file sizes is then an error of that write, not the end of the program.
    drop(signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default()));
    // The streams are not locked: imports read standard input themselves, and a panic of another thread prints its message.
    let mut input = BufReader::new(io::stdin());
    let mut out = BufWriter::new(io::stdout());
    let mut err = io::stderr();
    let streams = Streams { input: &mut input, out: &mut out, err: &mut err };
    let status = match cli::parse(std::env::args_os(), streams) {
        Err(status) => status,
        Ok(ParsedCommandLine::Command(command)) => {
            signals::remove_temporary_files_at_end();
            let streams = Streams { input: &mut input, out: &mut out, err: &mut err };
            cli::run(command, streams, TerminalInfo::of_process(tui::columns), tui::first_frame)
        }
        Ok(ParsedCommandLine::Reader(options)) => {
            let verbose = options.verbose;
            match open_reader(options) {
                Ok(()) => 0,
                Err(error) => cli::report(&error, verbose, &mut err),
            }
        }
    };
    ExitCode::from(status)
}

fn open_reader(options: ReaderOptions) -> Result<()> {
    let ReaderOptions { dir, query, view, theme, plain, linear, trace, verbose: _ } = options;
    tui::run(&tui::Options { dir, query, view, theme, plain, linear, trace })
}
