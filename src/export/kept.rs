//! The fields of the user's own bibliography in an export: written as they came, in place of those that are made of what the library knows.

use super::entry::one_line;
use super::latex::latex_runs;
use super::scan::braces_balance;
use super::spelling::{FieldEncoding, written};
use super::token::LatexToken;
use crate::domain::bibtex_entry::BibtexEntry;
use crate::domain::publication_status::PublicationStatus;

/// Months as macros that every style defines.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Fields of the library, and those of a bibliography that say the same to classic BibTeX and to biblatex.
const SAME: [(&str, &[&str], &[&str]); 6] = [
    ("journal", &["journal", "booktitle"], &["journal", "journaltitle", "booktitle"]),
    ("journaltitle", &["journal", "booktitle"], &["journal", "journaltitle", "booktitle"]),
    ("booktitle", &["journal", "booktitle"], &["journal", "journaltitle", "booktitle"]),
    ("year", &["year"], &["year", "date"]),
    ("month", &["year", "month"], &["year", "month", "date"]),
    ("date", &["year", "date"], &["year", "date"]),
];
/// Kinds of biblatex that classic styles know by another name.
const CLASSIC_KINDS: [(&str, &str); 4] =
    [("online", "misc"), ("electronic", "misc"), ("thesis", "phdthesis"), ("report", "techreport")];
/// Commands that read or write files, run programs or define others.
const HARMFUL: [&str; 22] = [
    "input",
    "include",
    "includegraphics",
    "write",
    "immediate",
    "openin",
    "openout",
    "read",
    "catcode",
    "csname",
    "def",
    "edef",
    "gdef",
    "xdef",
    "let",
    "directlua",
    "special",
    "usepackage",
    "newcommand",
    "renewcommand",
    "expandafter",
    "loop",
];

/// The kind of an entry as a format knows it.
pub(super) fn kind(entry: &BibtexEntry, encoding: FieldEncoding) -> &str {
    let classic = CLASSIC_KINDS.iter().find(|(kind, _)| *kind == entry.kind && encoding == FieldEncoding::Ascii);
    classic.map_or(entry.kind.as_str(), |(_, classic)| classic)
}

/// The known fields that the entry does not state, then those that it states. A retraction is told in any case.
pub(super) fn with_kept<'a>(
    known: Vec<(&'static str, String)>,
    entry: &'a BibtexEntry,
    status: Option<PublicationStatus>,
    encoding: FieldEncoding,
) -> Vec<(&'a str, String)> {
    let states = |name: &str| entry.get(name).is_some();
    let is_stated = |name: &str| match SAME.iter().find(|(known, ..)| *known == name) {
        Some((_, classic, _)) if encoding == FieldEncoding::Ascii => classic.iter().any(|name| states(name)),
        Some((_, _, modern)) => modern.iter().any(|name| states(name)),
        None => states(name),
    };
    let stated = entry.fields.iter().map(|(name, text)| {
        let text = value(name, text, encoding);
        match status.filter(|_| name == "note") {
            Some(status) => (name.as_str(), text.replacen('{', &format!("{{{}. ", status.capitalized()), 1)),
            None => (name.as_str(), text),
        }
    });
    // The abstract, which is long, comes last.
    let (last, first): (Vec<_>, Vec<_>) =
        known.into_iter().filter(|(name, _)| !is_stated(name)).partition(|(name, _)| *name == "abstract");
    first.into_iter().chain(stated).chain(last).collect()
}

/// A value with its braces.
fn value(name: &str, text: &str, encoding: FieldEncoding) -> String {
    if name == "month" && MONTHS.contains(&text) {
        return text.to_owned();
    }
    if !is_harmless(text) {
        return format!("{{{}}}", written(&latex_runs(&one_line(text)), encoding));
    }
    match encoding {
        // Inside of formulas characters have other commands.
        FieldEncoding::Ascii if !text.is_ascii() && text.contains('$') => {
            format!("{{{}}}", written(&latex_runs(&one_line(text)), encoding))
        }
        FieldEncoding::Ascii => format!("{{{}}}", written(&runs(text), encoding)),
        FieldEncoding::Unicode => format!("{{{text}}}"),
    }
}

/// ASCII as it came, and every other character to be spelled in LaTeX.
fn runs(text: &str) -> Vec<LatexToken> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest.bytes().take_while(u8::is_ascii).count();
        let (token, taken) = match rest.get(..length).filter(|run| !run.is_empty()) {
            Some(run) => (LatexToken::Run(run.to_owned()), length),
            None => (LatexToken::Literal(first), first.len_utf8()),
        };
        tokens.push(token);
        rest = rest.get(taken..).unwrap_or_default();
    }
    tokens
}

/// Whether LaTeX may be written as it came: its braces balance, nothing in it is invisible, and no command does more than print.
fn is_harmless(text: &str) -> bool {
    let mut commands = text.split('\\').skip(1);
    let name = |rest: &str| rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_owned();
    braces_balance(text.chars())
        && !text.contains("^^")
        && !text.contains(|c: char| c.is_control() && !"\n\t".contains(c))
        && *one_line(text) == *text.split_whitespace().collect::<Vec<_>>().join(" ")
        && !commands.any(|rest| HARMFUL.contains(&name(rest).as_str()))
}
