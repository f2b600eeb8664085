//! The file of the feeds that are followed besides those of the settings.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::error::{IoContext, Result};
use crate::export::{Overwrite, write_file};

/// Adds tables of feeds to a file that may have been edited. It is replaced as a whole: half a table would not be read.
///
/// # Errors
/// System when it cannot be read or written; Usage when it is no file.
pub fn keep_feeds(path: &Path, tables: &str) -> Result<()> {
    let old = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        old => old.at("read", path)?,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).at("make", folder)?;
    }
    let blank = if old.is_empty() || old.ends_with("\n\n") { "" } else { "\n" };
    write_file(path, Overwrite::Replace, |out| write!(out, "{old}{blank}{tables}"))
}
