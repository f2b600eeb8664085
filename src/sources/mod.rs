//! Files turned into records: which formats can be imported, how a file is recognised, and the one way to read it. Files are streamed;
//! nothing is stored here. A bad record costs only itself and is reported with its line.

pub mod starter;
pub mod sync;

mod arxiv_mail;
mod bib_json;
mod bibtex;
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
mod tagged;
mod text_tags;
mod unpack;
mod urls;
mod western;
mod wrapped;
mod xml;

use crate::error::{Error, Result};

use decode::{FileHead, HEAD, InputLines};
use formats::is_wanted_member;
use input::{Origin, shown};
use unpack::{Unpacked, unpacked};

pub use files::{InputFile, InputFiles, SkippedFile, expand};
pub use formats::{IMPORT_FORMATS, ImportFormat};
pub use input::Input;
pub use item::{ImportNotice, ReadItem, Rejection, Visit};

/// Reads a file, packed or not, and passes what it holds to `each`, one by one. `format` names a row of `IMPORT_FORMATS`; without it
/// the format is recognised by the first bytes of the file, then by its ending. Returns the name of the format. An empty file is no
/// error.
///
/// # Errors
/// Usage when there is no such format; Data when the file has none of the formats; System when reading fails.
pub fn read(input: Input<'_>, format: Option<&str>, each: &mut Visit<'_>) -> Result<&'static str> {
    let Input { name: file, modified, digest_day, bytes } = input;
    let shown = shown(file);
    let failed = |why| decode::cannot_read(shown, why);
    let Unpacked { member, bytes } = unpacked(bytes, is_wanted_member).map_err(failed)?;
    let origin = Origin { name: file, member: member.as_deref(), modified, digest_day };
    let (head, bytes) = decode::take_head(bytes).map_err(failed)?;
    let ending = origin.ending();
    let format = match format {
        Some(name) => IMPORT_FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
            Error::usage(format!("`{name}` is not an import format")).hint(format!("one of {}", names()))
        })?,
        None => recognise::format(&FileHead::new(&head, &ending))
            .map_err(|found| Error::data(format!("{shown} {found}")).hint(format!("import formats: {}", docs())))?,
    };
    (format.read)(&origin, InputLines::new(bytes, shown), each)?;
    Ok(format.name)
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
