//! Writes papers for other programs, to standard output or a file. The formats are in `library::export`.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::papers;
use super::progress::ProgressLine;
use super::query::{self, QueryArguments};
use super::session::{CommandOutcome, RunCommand, Session};
use super::wording::{counted, grouped};
use crate::domain::clean::Clean;
use crate::domain::query::Filter;
use crate::error::{Error, Result};
use crate::library::export::{FORMATS, Format, Overwrite, find_format};
use clap::Args;

/// The format when neither `--format` nor a file name says one.
const DEFAULT_FORMAT: &str = "bibtex";

/// Write papers for other programs.
///
/// Without a query, the whole library. A file is written whole or not at all.
#[derive(Debug, Args)]
#[command(after_long_help = help())]
pub(super) struct ExportArguments {
    #[command(flatten)]
    query: QueryArguments,

    /// Output format; without it the extension of the file decides, and without a file it is BibTeX.
    #[arg(long, short, value_name = "FORMAT")]
    format: Option<String>,

    /// Write to this file; `-` is standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Replace an existing file.
    #[arg(long, requires = "output")]
    force: bool,

    /// At most this many papers.
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<usize>,
}

impl RunCommand for ExportArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let format = self.format()?;
        let query = query::parse_whole(&self.query.words)?;
        let mut library = session.library()?;
        let mut papers = papers::found(&mut library, &query)?;
        if papers.is_empty() && query.filter != Filter::All {
            return Err(papers::nothing_found(&self.query.words, "nothing was written"));
        }
        papers.truncate(self.limit.unwrap_or(usize::MAX));
        let mut line = ProgressLine::new(session.terminal, false);
        let Some(path) = self.file() else {
            library.export(&papers, format, &mut session.out, &mut |_, _| ControlFlow::Continue(()))?;
            return Ok(CommandOutcome::Done);
        };
        let overwrite = if self.force { Overwrite::Replace } else { Overwrite::Refuse };
        let written = library.export_file(&papers, format, (path, overwrite), &mut |done, all| {
            line.draw_text(&format!("reading papers: {} of {}", grouped(done), grouped(all)), session.err);
            ControlFlow::Continue(())
        });
        line.clear(session.err);
        session.notify(&format!("{} written to {}", counted(written?.unwrap_or_default(), "paper"), path.display()));
        Ok(CommandOutcome::Done)
    }
}

/// Whether a file to write stands for standard output.
pub(super) fn is_standard_output(path: &Path) -> bool {
    const NAMES: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    NAMES.iter().any(|name| path == Path::new(name))
}

impl ExportArguments {
    /// The file to write; None for standard output, which must not be replaced where it is redirected to a file.
    fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| !is_standard_output(path))
    }

    fn format(&self) -> Result<&'static Format> {
        let file = self.file();
        let extension = file.and_then(Path::extension).map(|extension| extension.to_string_lossy());
        match (&self.format, file, extension) {
            (Some(name), ..) => find_format(name),
            (None, Some(_), Some(extension)) => find_format(&extension),
            (None, Some(path), None) => {
                let name = Clean::new(&path.to_string_lossy());
                Err(Error::usage(format!("`{name}` has no extension that names a format"))
                    .hint("give one with --format"))
            }
            (None, None, _) => find_format(DEFAULT_FORMAT),
        }
    }
}

/// The table of formats, for long help.
fn help() -> String {
    let formats =
        FORMATS.iter().map(|format| format!("  {:<10} .{:<6} {}\n", format.name, format.extension, format.about));
    let formats: String = formats.collect();
    format!("Formats:\n{formats}\nExample:\n  tsundoku export 'is:starred year:2024' -o refs.bib")
}
