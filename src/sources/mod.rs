//! Files turned into records: which formats can be imported, how a file is recognised, and the one way to read it. Files are streamed;
//! nothing is stored here. A bad record costs only itself and is reported with its line.

pub mod starter;
pub mod sync;

mod archived;
mod arxiv_mail;
mod bib_json;
mod bibtex;
mod categories;
mod charset;
mod csv_table;
mod decode;
mod encoded_words;
mod files;
mod foreign_months;
mod formats;
mod header;
mod hf_html;
mod hf_json;
mod hf_rows;
mod html_text;
mod input;
mod item;
mod lines;
mod marks;
mod mime;
mod page;
mod page_lines;
mod pairing;
mod recognise;
mod repeated;
mod rhythm;
mod snapshot;
mod stated;
mod stated_reading;
mod tagged;
mod text_tags;
mod unpack;
mod urls;
mod western;
mod wrapped;
mod xml;
mod zip_stream;

use std::io::Read;
use std::ops::ControlFlow;

use crate::domain::clean::Clean;
use crate::domain::record_source::RecordSource;
use crate::error::{Error, Result};

use archived::Unpacked;
use decode::{FileHead, HEAD, InputLines};
use formats::wanted_member;
use input::{Origin, shown};
use unpack::each_file;

pub use files::{InputFile, InputFiles, SkippedFile, expand};
pub use formats::{CarriedStates, IMPORT_FORMATS, ImportFormat};
pub use input::Input;
pub use item::{ImportNotice, ReadItem, Rejection, Visit};

/// What is found in an input: its only file, or the files of the archive that it is.
pub enum Found<'a> {
    File(SourceFile<'a>),
    /// A file of the archive that is not read.
    Skipped(SkippedFile),
}

/// A file to read, without its packing.
pub struct SourceFile<'a> {
    origin: Origin<'a>,
    bytes: &'a mut dyn Read,
}

/// A file of which the format is known.
pub struct RecognisedFile<'a> {
    pub format: &'static ImportFormat,
    origin: Origin<'a>,
    lines: InputLines<'a>,
}

/// Unpacks an input and passes on what it holds, one by one; Break ends that.
///
/// # Errors
/// System when an input cannot be read or unpacked.
pub fn files_of(input: Input<'_>, each: &mut dyn FnMut(Found<'_>) -> ControlFlow<()>) -> Result<()> {
    let Input { name, modified, digest_day, bytes } = input;
    let input_shown = shown(name);
    let path = |member: &str| Clean::new(&format!("{input_shown}/{member}")).into_string();
    let unpacked = each_file(bytes, wanted_member, &mut |found| match found {
        Unpacked::File { member, bytes } => {
            let shown = member.map_or_else(|| input_shown.to_owned(), path);
            let origin = Origin { name, shown: &shown, member, modified, digest_day };
            each(Found::File(SourceFile { origin, bytes }))
        }
        Unpacked::Skipped { member, reason } => each(Found::Skipped(SkippedFile { path: path(member), reason })),
    });
    unpacked.map_err(|why| decode::cannot_read(input_shown, why))
}

impl<'a> SourceFile<'a> {
    /// The path as it may be shown, with the name of the file in its archive.
    pub fn shown(&self) -> &str {
        self.origin.shown
    }

    /// `format` names a row of `IMPORT_FORMATS`; without it the format is recognised by the first bytes of the file, then by its ending.
    ///
    /// # Errors
    /// Usage when there is no such format; Data when the file has none of the formats; System when reading fails.
    pub fn recognise(self, format: Option<&str>) -> Result<RecognisedFile<'a>> {
        let Self { origin, bytes } = self;
        let shown = origin.shown;
        let (head, bytes) = decode::take_head(Box::new(bytes)).map_err(|why| decode::cannot_read(shown, why))?;
        let ending = origin.ending();
        let format = match format {
            Some(name) => IMPORT_FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
                Error::usage(format!("`{name}` is not an import format")).hint(format!("one of {}", names()))
            })?,
            None => recognise::format(&FileHead::new(&head, &ending))
                .map_err(|found| Error::data(format!("{shown} {found}")).hint(format!("import formats: {}", docs())))?,
        };
        Ok(RecognisedFile { format, lines: InputLines::new(bytes, shown), origin })
    }
}

impl RecognisedFile<'_> {
    /// Passes what the file holds to `each`, one by one. An empty file is no error.
    ///
    /// # Errors
    /// Data when the file is not what it should be; System when reading fails.
    pub fn read(self, each: &mut Visit<'_>) -> Result<()> {
        (self.format.read)(&self.origin, self.lines, &mut |mut item| {
            if let ReadItem::Record { record, .. } = &mut item
                && record.source == RecordSource::Unknown
            {
                record.source = self.format.source;
            }
            each(item)
        })
    }
}

/// Reads all files of an input. Returns the format of the last one.
///
/// # Errors
/// As those of `files_of`, `SourceFile::recognise` and `RecognisedFile::read`, of the first file that has one.
pub fn read(input: Input<'_>, format: Option<&str>, each: &mut Visit<'_>) -> Result<&'static str> {
    let mut outcome = Err(Error::data(format!("{} holds no file", shown(input.name))));
    files_of(input, &mut |found| {
        if let Found::File(file) = found {
            outcome = file.recognise(format).and_then(|file| {
                let name = file.format.name;
                file.read(each).map(|()| name)
            });
            return if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        }
        ControlFlow::Continue(())
    })?;
    outcome
}

/// Whether a text is of a format by a line that only that format has.
pub fn recognises(text: &str) -> bool {
    let head = FileHead::new(text.as_bytes().get(..HEAD).unwrap_or(text.as_bytes()), "");
    IMPORT_FORMATS.iter().any(|format| (format.recognises)(&head))
}

fn names() -> String {
    IMPORT_FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}

fn docs() -> String {
    IMPORT_FORMATS.iter().map(|format| format!("{} ({})", format.name, format.doc)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod page_shapes;
#[cfg(test)]
mod tests;
