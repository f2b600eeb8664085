//! BibTeX as arXiv, Zotero and Better BibTeX read it: `@misc` with the eprint trio for a preprint, `@inproceedings` or `@article` when
//! the venue is known. Years, months and authors that the sources do not give are left out.

use std::io::{self, Write};

use super::address::{encoded, web_address};
use super::citation::{citation_key, unique_keys, usable_key};
use super::entry::{ExportEntry, known_doi, one_line, own_abstract, rendered};
use super::latex::{LatexToken, latex_tokens, plain_tokens, written};
use super::people::author_names;
use super::protect::protected;
use crate::domain::markup::Markup;
use crate::domain::names::{Name, NameParts, read_name};
use crate::domain::paper::{LinkKind, Paper};
use crate::domain::text::Text;

/// Columns of the longest field name, `archivePrefix`; aligns the equals signs.
const NAME_COLUMNS: usize = 13;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Words by which a venue is classified; the first row with a match wins. Conferences are also recognised by an acronym or a year
/// (`NeurIPS 2023`).
const VENUE_WORDS: [(Venue, &str); 3] = [
    (Venue::Conference, "conference conf workshop symposium meeting findings advances interspeech"),
    (
        Venue::Journal,
        "journal transactions trans letters lett annals review reviews rev survey surveys magazine quarterly bulletin acta access \
         communications nature science phys astrophys academy acad endowment plos pnas mnras jhep tmlr jmlr tacl tpami ijcv jair",
    ),
    (Venue::Conference, "proceedings proc"),
];

pub(super) fn write(entries: &[ExportEntry], out: &mut dyn Write) -> io::Result<()> {
    for (index, (entry, key)) in entries.iter().zip(unique_keys(entries)).enumerate() {
        if index > 0 {
            out.write_all(b"\n")?;
        }
        out.write_all(keyed_entry(&entry.paper, &key).as_bytes())?;
    }
    Ok(())
}

/// One BibTeX entry with its line end, under its stored citation key or a generated one.
pub fn bibtex_entry(entry: &ExportEntry) -> String {
    let given = entry.citation_key.as_deref().and_then(usable_key);
    keyed_entry(&entry.paper, &given.unwrap_or_else(|| citation_key(&entry.paper)))
}

fn keyed_entry(paper: &Paper, key: &str) -> String {
    let fields = fields(paper);
    let mut out = format!("@{}{{{key},\n", entry_type(paper));
    for (index, (name, value)) in fields.iter().enumerate() {
        let end = if index + 1 < fields.len() { "," } else { "" };
        out.push_str(&format!("  {name:NAME_COLUMNS$} = {value}{end}\n"));
    }
    out.push_str("}\n");
    out
}

/// Names and values, the values with their braces, in the order they are written.
fn fields(paper: &Paper) -> Vec<(&'static str, String)> {
    let authors = authors(paper);
    let arxiv = paper.arxiv.as_ref();
    let old_id = arxiv.is_some_and(|id| id.as_str().contains('/'));
    let category = paper.categories.first().filter(|_| arxiv.is_some() && !old_id);
    let note =
        authors.is_none().then(|| paper.sightings.first().map(|seen| format!("Imported from {}", seen.digest.label)));
    let month = paper.published.and_then(|date| MONTHS.get(usize::from(date.month()?) - 1));
    let fields = [
        ("title", braced(protected(&tokens(&paper.title)))),
        ("author", authors.and_then(braced)),
        (venue_field(paper), paper.venue.as_deref().and_then(literal)),
        ("year", paper.published.map(|date| format!("{{{:04}}}", date.year()))),
        ("month", month.map(|month| (*month).to_owned())),
        ("eprint", arxiv.and_then(|id| braced(encoded(id.as_str())))),
        ("archivePrefix", arxiv.map(|_| "{arXiv}".to_owned())),
        ("primaryClass", category.and_then(|category| literal(category))),
        ("doi", known_doi(paper).and_then(|doi| braced(identifier(&doi)))),
        ("url", paper.link(LinkKind::Abstract).and_then(|url| web_address(&url)).and_then(braced)),
        ("note", note.flatten().and_then(|note| literal(&note))),
        ("abstract", own_abstract(paper).and_then(|text| braced(written(&tokens(text))))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn braced(value: impl Into<String>) -> Option<String> {
    let value = value.into();
    (!value.is_empty()).then(|| format!("{{{value}}}"))
}

fn literal(text: &str) -> Option<String> {
    braced(written(&plain_tokens(&one_line(text))))
}

/// LaTeX is written as in the source, everything else as Unicode.
fn tokens(text: &Text) -> Vec<LatexToken> {
    match text.markup {
        Markup::Tex => latex_tokens(&one_line(&text.source)),
        Markup::Plain | Markup::Page | Markup::Summary => plain_tokens(&rendered(text)),
    }
}

/// A DOI is not escaped for LaTeX; only characters that could end its field are percent-encoded.
fn identifier(doi: &str) -> String {
    let harmful = |c: char| c.is_whitespace() || "{}\\\"".contains(c);
    let mut out = String::new();
    for c in one_line(doi).chars() {
        if harmful(c) {
            out.push_str(&encoded(c.encode_utf8(&mut [0; 4])));
        } else {
            out.push(c);
        }
    }
    out
}

fn authors(paper: &Paper) -> Option<String> {
    let names = author_names(paper);
    let mut written: Vec<String> = Vec::with_capacity(names.len());
    let mut others = false;
    for name in &names {
        match read_name(name) {
            Name::Person(parts) => written.push(person(name, parts)),
            Name::Group(name) => written.push(group(name)),
            Name::Others => others = true,
        }
    }
    if written.is_empty() {
        return None;
    }
    written.extend(others.then(|| "others".to_owned()));
    Some(written.join(" and "))
}

fn person(name: &str, parts: NameParts<'_>) -> String {
    let NameParts { given, family, suffix } = parts;
    let tokens = [&*family, suffix, given];
    // BibTeX would read a further comma or "and" as another part or another author.
    let misleading = |part: &str| part.contains(',') || part.split(' ').any(|word| word.eq_ignore_ascii_case("and"));
    if tokens.into_iter().any(misleading) {
        return group(name);
    }
    let known = tokens.into_iter().filter(|part| !part.is_empty());
    known.map(|part| written(&plain_tokens(part))).collect::<Vec<_>>().join(", ")
}

fn group(name: &str) -> String {
    format!("{{{}}}", written(&plain_tokens(name)))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Venue {
    Unknown,
    Conference,
    Journal,
}

fn venue(paper: &Paper) -> Venue {
    let name = one_line(paper.venue.as_deref().unwrap_or_default());
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let tells = |known: &str| words.iter().any(|word| known.split(' ').any(|known| word.eq_ignore_ascii_case(known)));
    let acronym = |word: &&str| word.chars().filter(|c| c.is_uppercase()).count() > 1;
    let year = |word: &&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    match VENUE_WORDS.iter().find(|(_, known)| tells(known)) {
        _ if words.is_empty() => Venue::Unknown,
        Some((venue, _)) => *venue,
        None if words.iter().any(|word| acronym(word) || year(word)) => Venue::Conference,
        None => Venue::Journal,
    }
}

fn entry_type(paper: &Paper) -> &'static str {
    match venue(paper) {
        Venue::Unknown => "misc",
        Venue::Conference => "inproceedings",
        Venue::Journal => "article",
    }
}

fn venue_field(paper: &Paper) -> &'static str {
    if venue(paper) == Venue::Conference { "booktitle" } else { "journal" }
}
