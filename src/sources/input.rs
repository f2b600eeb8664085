//! An input file: its name, its dates and its bytes. Nothing is opened or read here.

use std::io::Read;

use jiff::civil::Date;

use super::unpack::without_packing;
use crate::domain::date::PartialDate;

/// One file to read.
pub struct Input<'a> {
    /// The path as it may be shown; `-` for standard input.
    pub name: &'a str,
    /// The file's own date; today for standard input. A day without a year is the latest such day not after it.
    pub modified: Date,
    /// The digest's day where the user gave one; it takes precedence over what the file says.
    pub digest_day: Option<PartialDate>,
    pub bytes: Box<dyn Read + 'a>,
}

/// Where the records of a file come from; names the digests they are put in.
pub(crate) struct Origin<'a> {
    pub(crate) name: &'a str,
    /// The name of the file inside its archive.
    pub(crate) member: Option<&'a str>,
    pub(crate) modified: Date,
    pub(crate) digest_day: Option<PartialDate>,
}

impl Origin<'_> {
    /// The file's name in messages.
    pub(super) fn shown(&self) -> &str {
        shown(self.name)
    }

    /// The file's name without folders and ending; `stdin` for standard input.
    pub(super) fn stem(&self) -> &str {
        match self.file().rsplit_once('.') {
            _ if self.name == "-" => "stdin",
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => self.file(),
        }
    }

    /// The file's ending in lower case without the dot, empty when it has none.
    pub(super) fn ending(&self) -> String {
        ending(self.file())
    }

    /// The file's name without folders and without the ending of its packing.
    pub(super) fn file(&self) -> &str {
        let path = self.member.unwrap_or_else(|| without_packing(self.name));
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}

pub(super) fn shown(name: &str) -> &str {
    if name == "-" { "standard input" } else { name }
}

/// A name's ending in lower case without the dot, empty when it has none.
pub(super) fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}
