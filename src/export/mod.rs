//! Papers and what the user did with them, written for other programs: bibliography managers, note takers, spreadsheets, and
//! tsundoku itself. One format a file, all of them rows of `FORMATS`. No database is read here, and the caller chooses the papers.
//! Every format escapes for its own reader, so that no text from outside acts in the program that opens the file.

use std::io::{self, Write};

use crate::domain::clean::Clean;
use crate::domain::nearest::nearest;
use crate::error::{Error, Result};

mod address;
mod biblatex;
mod bibtex;
mod citation;
mod entry;
mod file;
mod formula;
mod json;
mod kept;
mod latex;
mod macros;
mod markdown;
mod people;
mod protect;
mod scan;
mod spelling;
mod stream;
mod symbols;
mod table;
mod token;

pub use bibtex::bibtex_entry;
pub use citation::{CitationKeys, citation_key, citation_line};
pub use entry::{ExportEntry, ExportPapers, PaperParts};
pub use file::{Overwrite, write_file};

/// A format that papers can be written in.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The word for `--format`.
    pub name: &'static str,
    /// Of its files, without the dot; also accepted as a name.
    pub extension: &'static str,
    /// One line for help.
    pub about: &'static str,
    pub citation_keys: CitationKeyUse,
    /// Writes the papers in their order, reading some at a time. Fails with the error of the papers or the writer's own: the caller
    /// tells a closed pipe from a full disk by it.
    pub write: fn(&mut dyn ExportPapers, &mut dyn Write) -> io::Result<()>,
}

/// What a format does with citation keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitationKeyUse {
    None,
    /// They are written.
    Written,
    /// They are written and kept: every later export gives a paper the same key.
    Kept,
}

/// Every export format. A new one is a file with a `write` function, and a row here.
pub const FORMATS: &[Format] = &[
    Format {
        name: "bibtex",
        extension: "bib",
        about: "bibliography for LaTeX and reference managers",
        citation_keys: CitationKeyUse::Kept,
        write: bibtex::write,
    },
    Format {
        name: "biblatex",
        extension: "bib",
        about: "bibliography for biblatex and biber, in UTF-8",
        citation_keys: CitationKeyUse::Kept,
        write: biblatex::write,
    },
    Format {
        name: "markdown",
        extension: "md",
        about: "reading list by status, with tags, notes and links",
        citation_keys: CitationKeyUse::None,
        write: markdown::write,
    },
    Format {
        name: "csv",
        extension: "csv",
        about: "table for spreadsheets, one row a paper",
        citation_keys: CitationKeyUse::Written,
        write: table::write,
    },
    Format {
        name: "json",
        extension: "jsonl",
        about: "everything, one line a paper; tsundoku imports it again",
        citation_keys: CitationKeyUse::None,
        write: json::write,
    },
];

/// The format of a name (`bibtex`) or a file extension (`bib`), in any case, with or without a dot in front.
pub fn find_format(name_or_extension: &str) -> Result<&'static Format> {
    let name = name_or_extension.trim().trim_start_matches('.').to_lowercase();
    let found = FORMATS.iter().find(|format| format.name == name || format.extension == name);
    found.ok_or_else(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        let known = format!("one of {}", names.join(", "));
        let hint = match nearest(&name, names.iter().copied()) {
            Some(near) => format!("did you mean {near}? {known}"),
            None => known,
        };
        Error::usage(format!("`{}` is not an export format", Clean::new(name_or_extension).cut(40))).hint(hint)
    })
}

#[cfg(test)]
mod tests;
