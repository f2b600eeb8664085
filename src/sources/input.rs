//! An input file: its name, its dates and its bytes. Nothing is opened or read here.

use std::io::Read;

use jiff::civil::Date;

use super::unpack::without_packing;
use crate::domain::clean::Clean;
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
    /// The path in messages, with the name of the file inside an archive.
    pub(crate) shown: &'a str,
    /// The name of the file inside its archive.
    pub(crate) member: Option<&'a str>,
    pub(crate) modified: Date,
    pub(crate) digest_day: Option<PartialDate>,
}

impl Origin<'_> {
    /// The file's name without folders and ending; `stdin` for standard input.
    pub(super) fn stem(&self) -> &str {
        match self.file().rsplit_once('.') {
            _ if self.name == "-" => "stdin",
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => self.file(),
        }
    }

    /// The file's name as words, for people to read: `my_daily-papers.txt` is `my daily papers`. A hyphen between digits stays.
    pub(super) fn words(&self) -> Clean {
        let stem: Vec<char> = self.stem().chars().collect();
        let is_digit = |place: Option<usize>| place.and_then(|at| stem.get(at)).is_some_and(char::is_ascii_digit);
        let words = stem.iter().enumerate().map(|(at, c)| match c {
            '-' if is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)) => '-',
            '_' | '-' | '+' => ' ',
            c => *c,
        });
        let words = Clean::new(&words.collect::<String>());
        if words.is_empty() { Clean::new(self.stem()) } else { words }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_words() {
        let words = |name| Origin { name, shown: name, member: None, modified: Date::MIN, digest_day: None }.words();
        for (name, expected) in [
            ("a/my_daily-papers.txt", "my daily papers"),
            ("hf-2025-03-12.txt.gz", "hf 2025-03-12"),
            ("march + april.txt", "march april"),
            ("__.txt", "__"),
            ("notes", "notes"),
            ("a\u{1b}[31m.txt", "a[31m"),
            ("-", "stdin"),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }
}
