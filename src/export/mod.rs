//! Papers and what a reader did with them, written for other programs: bibliography managers, note takers, spreadsheets, and
//! tsundoku itself. One format a file, all of them rows of `FORMATS`. It never reads a database, never decides which papers go out,
//! and never lets a foreign text act in the program that opens the file: every format escapes for its own reader.

use std::io::{self, Write};

use crate::domain::clean::Clean;
use crate::domain::paper::{Markup, Paper, Text};
use crate::domain::reading::Reading;
use crate::error::{Error, Result};

mod address;
mod bibtex;
mod citation;
mod file;
mod json;
mod latex;
mod macros;
mod markdown;
mod people;
mod protect;
mod table;

pub use bibtex::bibtex_entry;
pub use citation::{assign_keys, citation_key, citation_line};
pub use file::{Overwrite, write_file};

/// One paper on its way out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub paper: Paper,
    pub reading: Reading,
    /// The key an earlier export gave this paper; wins over a made one, which keeps keys stable.
    pub citation_key: Option<String>,
}

/// A way to write papers.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub name: &'static str,
    /// Of its files, without the dot; also accepted as a name.
    pub extension: &'static str,
    /// One line for help.
    pub about: &'static str,
    /// Writes the entries in the order given. Fails only when the writer does, with the writer's own error, so that a closed pipe
    /// can be told from a full disk.
    pub write: fn(&[Entry], &mut dyn Write) -> io::Result<()>,
}

pub const FORMATS: &[Format] = &[
    Format {
        name: "bibtex",
        extension: "bib",
        about: "bibliography for LaTeX and reference managers",
        write: bibtex::write,
    },
    Format {
        name: "markdown",
        extension: "md",
        about: "reading list by status, with tags, notes and links",
        write: markdown::write,
    },
    Format { name: "csv", extension: "csv", about: "table for spreadsheets, one row a paper", write: table::write },
    Format {
        name: "json",
        extension: "jsonl",
        about: "everything, one line a paper; tsundoku imports it again",
        write: json::write,
    },
];

/// The format of a name (`bibtex`) or a file extension (`bib`), in any case, with or without a dot in front.
pub fn find_format(name_or_extension: &str) -> Result<&'static Format> {
    let wanted = name_or_extension.trim().trim_start_matches('.').to_lowercase();
    let found = FORMATS.iter().find(|format| format.name == wanted || format.extension == wanted);
    found.ok_or_else(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name).collect();
        let known = format!("one of {}", names.join(", "));
        let hint = match nearest(&wanted) {
            Some(format) => format!("did you mean {}? {known}", format.name),
            None => known,
        };
        Error::usage(format!("`{}` is not an export format", Clean::new(name_or_extension).cut(40))).hint(hint)
    })
}

/// The format whose name begins most alike: a slip of the fingers seldom hits the first letter.
fn nearest(wanted: &str) -> Option<&'static Format> {
    let alike = |format: &&Format| format.name.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
    FORMATS.iter().filter(|format| alike(format) > 0).max_by_key(alike)
}

/// Foreign text as one clean line with single spaces.
fn one_line(text: &str) -> Clean {
    Clean::new(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The paper's own abstract. Words of this project about a paper are not the paper's and stay at home, except in JSON.
fn own_abstract(paper: &Paper) -> Option<&Text> {
    paper.summary.as_ref().filter(|text| text.markup != Markup::Summary && !text.source.trim().is_empty())
}

/// A text as Unicode on one line.
fn rendered(text: &Text) -> Clean {
    let paragraphs: Vec<_> = text.paragraphs().into_iter().map(Clean::into_string).collect();
    one_line(&paragraphs.join(" "))
}
