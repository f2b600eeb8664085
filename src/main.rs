//! The program: reads the command line and hands over to one of the two doors. Nothing is decided here.

use std::io::{self, BufReader, BufWriter};
use std::process::ExitCode;

use tsundoku::cli::{self, Ends, Invocation, ReaderOptions, Streams};
use tsundoku::error::Result;
use tsundoku::tui;

fn main() -> ExitCode {
    // Nothing is locked: imports read the input themselves, and a panic in another thread must be able to speak.
    let mut input = BufReader::new(io::stdin());
    let mut out = BufWriter::new(io::stdout());
    let mut err = io::stderr();
    let streams = Streams { input: &mut input, out: &mut out, err: &mut err };
    let status = match cli::parse(std::env::args_os(), streams) {
        Err(status) => status,
        Ok(Invocation::Command(task)) => {
            let streams = Streams { input: &mut input, out: &mut out, err: &mut err };
            cli::run(task, streams, Ends::of_process(tui::columns), tui::first_frame)
        }
        Ok(Invocation::Reader(options)) => {
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
    let ReaderOptions { dir, query, theme, plain, trace, verbose: _ } = options;
    tui::run(&tui::Options { dir, query, theme, plain, trace })
}
