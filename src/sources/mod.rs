//! Files as people have them, turned into papers: which kinds are read, how a file is recognised, and the one way to read it.
//! It streams, keeps nothing and stores nothing; a bad record costs only itself and is reported with its line.

pub mod starter;

mod decode;
mod header;
mod lines;
mod page;
mod pairing;
mod recognise;
mod snapshot;
mod unpack;
mod urls;
mod walk;

use std::io::Read;
use std::ops::ControlFlow;

use jiff::civil::Date;

use crate::domain::date::PartialDate;
use crate::domain::record::Record;
use crate::error::{Error, Result};

use decode::{Head, Lines};
use unpack::{Unpacked, unpacked, without_packing};
pub use walk::{Item, Skipped, Walk, expand};

/// One file on its way in.
pub struct Input<'a> {
    /// The path as it may be shown; `-` for standard input.
    pub name: &'a str,
    /// The file's own date; today for standard input. A day without a year is taken as the latest one not after it.
    pub modified: Date,
    /// The digest's day where the person gave one: goes before anything the file says.
    pub digest_day: Option<PartialDate>,
    pub bytes: Box<dyn Read + 'a>,
}

/// What a reader came upon, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Record(Box<Record>),
    /// A record, or a line that should have been one, that is left out.
    Rejected(Rejection),
    /// Something odd about a record that was read all the same.
    Notice(Notice),
}

/// A line from 1, and why nothing was read from it; safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub line: usize,
    pub reason: String,
}

/// A line from 1, and what is odd about it; safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub line: usize,
    pub message: String,
}

/// Takes what a reader found; `Break` ends the reading early.
pub type Each<'a> = dyn FnMut(Found) -> ControlFlow<()> + 'a;

/// A kind of file that is read.
pub struct Source {
    /// The word for `--format` and reports.
    pub name: &'static str,
    pub doc: &'static str,
    /// How such files' names end, in lower case without the dot; a folder gives only files with one of these.
    pub endings: &'static [&'static str],
    /// Whether a file that begins like this is one.
    recognises: fn(&Head<'_>) -> bool,
    read: fn(&Origin<'_>, Lines<'_>, &mut Each<'_>) -> Result<()>,
}

/// Every kind of file that is read; the first that recognises a file reads it.
pub const SOURCES: [Source; 3] = [
    Source {
        name: "page",
        doc: "a Hugging Face papers page, copied as text",
        endings: &["txt", "text"],
        recognises: recognise::page,
        read: page::read,
    },
    Source {
        name: "arxiv-snapshot",
        doc: "the metadata of all of arXiv, as Kaggle gives it out",
        endings: &["json", "jsonl", "ndjson"],
        recognises: recognise::snapshot,
        read: snapshot::read,
    },
    Source {
        name: "json",
        doc: "JSON lines as `export --format json` writes them",
        endings: &["jsonl", "ndjson"],
        recognises: recognise::json_lines,
        read: lines::read,
    },
];

/// Where the records of one file come from, for the digests they are put in.
pub(crate) struct Origin<'a> {
    pub(crate) name: &'a str,
    /// The file in the archive that it is.
    pub(crate) member: Option<&'a str>,
    pub(crate) modified: Date,
    pub(crate) digest_day: Option<PartialDate>,
}

impl Origin<'_> {
    /// What a message calls the file.
    fn shown(&self) -> &str {
        shown(self.name)
    }

    /// The file's name without folders and ending; `stdin` for standard input.
    fn stem(&self) -> &str {
        match self.file().rsplit_once('.') {
            _ if self.name == "-" => "stdin",
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => self.file(),
        }
    }

    /// The file's ending in lower case without the dot, empty when it has none.
    fn ending(&self) -> String {
        ending(self.file())
    }

    /// The file's name without folders, as it was before it was packed.
    fn file(&self) -> &str {
        let path = self.member.unwrap_or_else(|| without_packing(self.name));
        path.rsplit(['/', '\\']).next().unwrap_or(path)
    }
}

fn shown(name: &str) -> &str {
    if name == "-" { "standard input" } else { name }
}

/// A name's ending in lower case without the dot, empty when it has none.
fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Whether a file of this name may be of a kind that is read, packed or not.
fn is_named_as_read(name: &str) -> bool {
    let ending = ending(without_packing(name));
    SOURCES.iter().any(|source| source.endings.contains(&ending.as_str()))
}

/// The files of an archive that its maker did not put there are those in this folder.
fn is_wanted_member(name: &str) -> bool {
    !name.starts_with("__MACOSX/") && is_named_as_read(name)
}

/// Reads a file, packed or not, and hands over what it holds, one by one. `format` names a row of `SOURCES`; without it the file's beginning, then its
/// ending, decide. Returns the name of the format. An empty file is no error.
///
/// # Errors
/// Usage when `format` is no format; data when the file is none of the kinds that are read; system when reading fails.
pub fn read(input: Input<'_>, format: Option<&str>, each: &mut Each<'_>) -> Result<&'static str> {
    let Input { name, modified, digest_day, bytes } = input;
    let shown = shown(name);
    let failed = |why| decode::cannot_read(shown, why);
    let Unpacked { member, bytes } = unpacked(bytes, is_wanted_member).map_err(failed)?;
    let origin = Origin { name, member: member.as_deref(), modified, digest_day };
    let (head, bytes) = decode::take_head(bytes).map_err(failed)?;
    let ending = origin.ending();
    let source = match format {
        Some(format) => SOURCES.iter().find(|source| source.name == format).ok_or_else(|| {
            Error::usage(format!("`{format}` is not a format that is read")).hint(format!("one of {}", names()))
        })?,
        None => recognise::source(&Head::new(&head, &ending))
            .map_err(|found| Error::data(format!("{shown} {found}")).hint(format!("what is read: {}", docs())))?,
    };
    (source.read)(&origin, Lines::new(bytes, shown), each)?;
    Ok(source.name)
}

fn names() -> String {
    SOURCES.map(|source| source.name).join(", ")
}

fn docs() -> String {
    SOURCES.map(|source| format!("{} ({})", source.name, source.doc)).join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    pub(crate) fn read_bytes(name: &str, modified: &str, bytes: &[u8]) -> Result<(&'static str, Vec<Found>)> {
        let mut found = Vec::new();
        let modified = modified.parse().unwrap();
        let input = Input { name, modified, digest_day: None, bytes: Box::new(bytes) };
        let format = read(input, None, &mut |one| {
            found.push(one);
            ControlFlow::Continue(())
        })?;
        Ok((format, found))
    }

    pub(crate) fn read_text(name: &str, text: &str) -> (&'static str, Vec<Found>) {
        read_bytes(name, "2025-03-20", text.as_bytes()).unwrap()
    }

    /// One line for each thing found: digest, rank and title, or line and reason.
    pub(crate) fn summary(found: &[Found]) -> Vec<String> {
        let one = |found: &Found| match found {
            Found::Record(record) => {
                let sighting = &record.paper.sightings[0];
                let rank = sighting.rank.map_or_else(|| "-".to_owned(), |rank| format!("#{rank}"));
                let votes = sighting.votes.map(|votes| format!(" +{votes}")).unwrap_or_default();
                format!("{} {rank} {}{votes}", sighting.digest.id, record.paper.title.source)
            }
            Found::Rejected(Rejection { line, reason }) => format!("line {line}: {reason}"),
            Found::Notice(Notice { line, message }) => format!("(line {line}: {message})"),
        };
        found.iter().map(one).collect()
    }

    #[test]
    fn nothing_in_a_file_is_no_error() {
        for (name, text) in [("a.txt", ""), ("a.jsonl", ""), ("-", "\u{feff}"), ("a.txt", "\u{feff}\r\n \n")] {
            assert_eq!(read_text(name, text).1, [], "{name}");
        }
    }

    #[test]
    fn a_format_can_be_asked_for_and_must_exist() {
        let input = || Input {
            name: "-",
            modified: Date::constant(2025, 3, 20),
            digest_day: None,
            bytes: Box::new(b"{\"title\":\"T\"}".as_slice()),
        };
        let mut ignore = |_| ControlFlow::Continue(());
        assert_eq!(read(input(), Some("json"), &mut ignore).unwrap(), "json");
        let error = read(input(), Some("ris"), &mut ignore).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert_eq!(error.to_string(), "`ris` is not a format that is read; one of page, arxiv-snapshot, json");
        let error = read_bytes("refs.bib", "2025-03-20", b"@article{a, title={T}}").unwrap_err().to_string();
        assert!(error.starts_with("refs.bib holds BibTeX; what is read: page (a Hugging Face"), "{error}");
    }

    #[test]
    fn a_reader_stops_when_told() {
        let mut count = 0;
        let text = "{\"title\":\"T\"}\n".repeat(9);
        let input = Input {
            name: "a.jsonl",
            modified: Date::constant(2025, 3, 20),
            digest_day: None,
            bytes: Box::new(text.as_bytes()),
        };
        let format = read(input, None, &mut |_| {
            count += 1;
            if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((format.unwrap(), count), ("json", 3));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_and_no_cut_page_bring_a_reader_down(
            noise in proptest::collection::vec(proptest::num::u8::ANY, 0..40),
            cut in 0..3000_usize,
            place in 0..3000_usize,
            name in r"(a\.txt|a\.jsonl|-|x)",
        ) {
            let page = include_bytes!("../../tests/fixtures/pages/sloppy.txt");
            let mut bytes: Vec<u8> = page.iter().skip(cut).copied().collect();
            let place = place.min(bytes.len());
            bytes.splice(place..place, noise.iter().copied());
            for bytes in [bytes, noise] {
                if let Ok((_, found)) = read_bytes(&name, "2025-03-20", &bytes) {
                    for line in summary(&found) {
                        proptest::prop_assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{:?}", line);
                    }
                }
            }
        }
    }

    /// Files of a folder named by an environment variable: real or hostile ones that are no part of the project.
    fn outside(variable: &str) -> Vec<(String, Vec<u8>)> {
        let Some(folder) = std::env::var_os(variable) else { return Vec::new() };
        let content = |item: &Item| {
            let mut bytes = Vec::new();
            item.open(Date::MIN, None).unwrap().bytes.read_to_end(&mut bytes).unwrap();
            (item.shown().to_owned(), bytes)
        };
        expand(&[folder.into()]).items.iter().map(content).collect()
    }

    fn counts(found: &[Found]) -> (usize, usize) {
        let rejected = found.iter().filter(|found| matches!(found, Found::Rejected(_))).count();
        (found.iter().filter(|found| matches!(found, Found::Record(_))).count(), rejected)
    }

    #[test]
    fn real_pages_are_read_whole() {
        let pages = outside("TSUNDOKU_TEST_PAGES");
        if pages.is_empty() {
            return;
        }
        let found: Vec<_> =
            pages.iter().map(|(name, bytes)| read_bytes(name, "2025-03-20", bytes).unwrap().1).collect();
        assert_eq!(found.iter().map(|found| found.len()).collect::<Vec<_>>(), [65, 267, 73]);
        let papers = || {
            found.iter().flatten().filter_map(|found| match found {
                Found::Record(record) => Some(&record.paper),
                _ => None,
            })
        };
        assert_eq!(papers().count(), 405);
        assert_eq!(papers().map(|paper| paper.title_key()).collect::<BTreeSet<_>>().len(), 393);
        let digests: BTreeSet<_> = papers().map(|paper| paper.sightings[0].digest.id.as_str()).collect();
        assert_eq!(digests, ["hf:003_fcc865c8962cd8ce", "hf:2025-03-11", "hf:2025-03-12"].into());
        assert!(papers().all(|paper| paper.summary.as_ref().is_some_and(|text| text.source.len() >= 500)));
    }

    /// Every bad record costs itself alone; the counts are those that the hostile files were made with.
    #[test]
    fn hostile_files_lose_only_their_bad_records() {
        for (path, bytes) in outside("TSUNDOKU_TEST_HOSTILE") {
            let read = read_bytes(&path, "2025-03-20", &bytes);
            let titles =
                |found: &[Found]| summary(found).into_iter().filter(|line| line.contains('#')).collect::<Vec<_>>();
            let name = path.rsplit('/').next().unwrap_or_default();
            match name {
                "page_dump_A.txt" | "page_dump_B.txt" => {
                    let (format, found) = read.unwrap();
                    assert_eq!((format, counts(&found)), ("page", (20, 1)), "{name}");
                    for title in ["#11 Mar 12", "#12 Subscribe", "#13 new", "#20 HD019 control: last full record"] {
                        assert!(titles(&found).iter().any(|line| line.ends_with(title)), "{name} {title}");
                    }
                }
                // Cut off inside the ninth abstract; the fourth record holds the bytes that are no text.
                "page_dump_bad_utf8.txt" => assert_eq!(counts(&read.unwrap().1), (8, 1)),
                "papers.jsonl" => {
                    let (format, found) = read.unwrap();
                    assert_eq!((format, counts(&found)), ("json", (118, 23)));
                    assert!(titles(&found).first().unwrap().contains("HP001"));
                    assert!(summary(&found).last().unwrap().ends_with("plain title"));
                }
                "empty.jsonl" | "only_bom.txt" => assert_eq!(read.unwrap().1, [], "{name}"),
                _ => {
                    let _any_answer_but_no_panic = read;
                }
            }
        }
    }
}
