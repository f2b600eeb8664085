//! Writing papers for other programs, to standard output or a file. The formats themselves are the export room's.

use std::path::Path;

use super::arguments::ExportArguments;
use super::wording::many;
use super::{Outcome, Session, choice};
use crate::domain::clean::Clean;
use crate::error::{Error, Result};
use crate::export::{FORMATS, Format, Overwrite, find_format};

/// What is written when neither a format nor a file says it.
const USUAL: &str = "bibtex";

pub(super) fn run(arguments: &ExportArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let format = format(arguments)?;
    let query = choice::query(&arguments.query.words)?;
    let mut library = session.library()?;
    let hits = choice::search(&mut library, &query)?;
    let mut keys = library.keys(&hits)?;
    keys.truncate(arguments.limit.unwrap_or(usize::MAX));
    let Some(path) = file(arguments) else {
        library.export(&keys, format, &mut session.out)?;
        return Ok(Outcome::Done);
    };
    let overwrite = if arguments.force { Overwrite::Replace } else { Overwrite::Refuse };
    let written = library.export_file(&keys, format, path, overwrite)?;
    session.say(&format!("{} written to {}", many(written, "paper"), path.display()));
    Ok(Outcome::Done)
}

/// The file to write; None for standard output, which must not be replaced where it is a file.
fn file(arguments: &ExportArguments) -> Option<&Path> {
    let is_standard_output =
        |path: &&Path| ["-", "/dev/stdout", "/dev/fd/1"].iter().any(|name| *path == Path::new(name));
    arguments.output.as_deref().filter(|path| !is_standard_output(path))
}

fn format(arguments: &ExportArguments) -> Result<&'static Format> {
    let file = file(arguments);
    let ending = file.and_then(Path::extension).map(|ending| ending.to_string_lossy());
    match (&arguments.format, file, ending) {
        (Some(name), ..) => find_format(name),
        (None, Some(_), Some(ending)) => find_format(&ending),
        (None, Some(path), None) => {
            let name = Clean::new(&path.to_string_lossy());
            Err(Error::usage(format!("the name `{name}` does not say a format")).hint("say it with --format"))
        }
        (None, None, _) => find_format(USUAL),
    }
}

/// The formats, for long help.
pub(super) fn help() -> String {
    let formats =
        FORMATS.iter().map(|format| format!("  {:<10} .{:<6} {}\n", format.name, format.extension, format.about));
    let formats: String = formats.collect();
    format!("Formats:\n{formats}\nExample:\n  tsundoku export 'is:starred year:2024' -o refs.bib")
}
