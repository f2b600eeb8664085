//! File names as the user types them: `~` for the home folder, quotation marks around blanks, `--force` and a format for an export. Pure.

use std::path::PathBuf;

use crate::domain::clean::Clean;
use crate::library::export::{FORMATS, Format, find_format};

/// Replaces an existing file.
const FORCE: &str = "--force";

/// What is written to which file.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExportFile<'t> {
    /// None: the extension of the file decides.
    pub(super) format: Option<&'static Format>,
    /// As typed, without quotation marks; empty when only a format is given.
    pub(super) file: &'t str,
    /// An existing file is replaced without a question.
    pub(super) force: bool,
}

impl<'t> ExportFile<'t> {
    /// Reads `FORMAT FILE`, `FILE` or `FORMAT`, with `--force` before or after the file.
    ///
    /// # Errors
    /// An option that does not exist: says so.
    pub(super) fn read(text: &'t str) -> Result<Self, String> {
        let (mut force, text) = take_force(text);
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let named = FORMATS.iter().find(|format| format.name == first || format.extension == first);
        let mut file = text;
        if named.is_some() {
            let (also, rest) = take_force(rest);
            force |= also;
            file = rest;
        }
        if file.starts_with("--") {
            let word = Clean::new(file.split_whitespace().next().unwrap_or_default()).into_string();
            return Err(format!("there is no option `{word}`, only `{FORCE}`; a file of that name is `./{word}`"));
        }
        Ok(Self { format: named, file: unquoted(file), force })
    }

    /// The format named, else that of the extension.
    ///
    /// # Errors
    /// There is no such format: says which there are.
    pub(super) fn format(&self) -> Result<&'static Format, String> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let name = self.file.rsplit(std::path::is_separator).next().unwrap_or_default();
        match name.rsplit_once('.') {
            Some((_, extension)) => find_format(extension).map_err(|error| error.to_string()),
            None => {
                let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
                let file = Clean::new(self.file);
                Err(format!("`{file}` has no extension that names a format; put one before it: {}", names.join(", ")))
            }
        }
    }
}

/// Removes `--force` at the beginning or the end; true when it was there.
fn take_force(text: &str) -> (bool, &str) {
    let text = text.trim();
    let after = text.strip_prefix(FORCE).filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    let before = text.strip_suffix(FORCE).filter(|rest| rest.ends_with(char::is_whitespace));
    match after.or(before) {
        Some(rest) => (true, rest.trim()),
        None => (false, text),
    }
}

/// A text without the quotation marks around it.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inside = |mark| text.strip_prefix(mark)?.strip_suffix(mark).filter(|inside: &&str| !inside.contains(mark));
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

/// A path as typed.
pub(super) fn path(text: &str, home: Option<&str>) -> PathBuf {
    let text = unquoted(text);
    match (text.strip_prefix('~'), home) {
        (Some(""), Some(home)) => PathBuf::from(home),
        (Some(rest), Some(home)) if rest.starts_with(std::path::is_separator) => {
            PathBuf::from(home).join(rest.trim_start_matches(std::path::is_separator))
        }
        _ => PathBuf::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_read_as_they_are_typed() {
        let read = |text| ExportFile::read(text).map(|it| (it.format.map(|format| format.name), it.file, it.force));
        for (text, format, file, force) in [
            ("a.bib", None, "a.bib", false),
            ("a.bib --force", None, "a.bib", true),
            ("--force a.bib", None, "a.bib", true),
            ("csv a b.txt  --force ", Some("csv"), "a b.txt", true),
            ("csv --force a.txt", Some("csv"), "a.txt", true),
            ("--force csv", Some("csv"), "", true),
            ("bib 'my papers.txt'", Some("bibtex"), "my papers.txt", false),
            ("\"my papers.bib\" --force", None, "my papers.bib", true),
            ("\"--force\"", None, "--force", false),
            ("a--force", None, "a--force", false),
            ("csv", Some("csv"), "", false),
            ("it's", None, "it's", false),
        ] {
            assert_eq!(read(text), Ok((format, file, force)), "{text}");
        }
        for (text, option) in [("--forec a.bib", "--forec"), ("csv --f a", "--f")] {
            assert!(read(text).unwrap_err().contains(&format!("no option `{option}`")), "{text}");
        }
    }

    #[test]
    fn the_format_is_named_or_follows_from_the_extension() {
        let format = |text| ExportFile::read(text).and_then(|it| it.format().map(|format| format.name));
        assert_eq!(format("csv a.bib").as_deref(), Ok("csv"));
        assert_eq!(format("b.x/a.BIB").as_deref(), Ok("bibtex"));
        assert!(format("b.bib/a").unwrap_err().starts_with("`b.bib/a` has no extension"), "that of the folder is none");
        assert!(format("a.xyz").unwrap_err().contains("xyz"));
    }

    #[test]
    fn paths_are_read_as_they_are_typed() {
        let home = Some("/home/me");
        for (text, expected) in [
            ("~/a b", "/home/me/a b"),
            ("~", "/home/me"),
            ("~other/a", "~other/a"),
            ("'a b'", "a b"),
            ("\"~/a\"", "/home/me/a"),
            ("a\"b", "a\"b"),
        ] {
            assert_eq!(path(text, home), PathBuf::from(expected), "{text}");
        }
        assert_eq!(path("~/a", None), PathBuf::from("~/a"));
    }
}
