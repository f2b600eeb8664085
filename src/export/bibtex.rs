//! Bibliographies: `@misc` or `@online` with the eprint fields for a preprint, `@inproceedings` or `@article` when the venue is known.
//! Years, months and authors that the sources do not give are left out. `write` makes BibTeX as the classic program and its styles read
//! it; `biblatex` shares all but the names of some fields.

use std::io::{self, Write};

use super::address::{encoded, web_address};
use super::citation::{CitationKeys, key_of};
use super::entry::{ExportEntry, ExportPapers, known_doi, one_line, own_abstract, rendered};
use super::kept;
use super::latex::{latex_runs, latex_tokens, plain_runs, plain_tokens};
use super::people::author_names;
use super::protect::protected;
use super::spelling::{FieldEncoding, is_written_alike, written};
use super::stream;
use super::token::LatexToken;
use crate::domain::markup::Markup;
use crate::domain::names::{Name, NameParts, is_east_asian, printed_name, read_name};
use crate::domain::paper::{LinkKind, Paper};
use crate::domain::tex;
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

pub(super) fn write(papers: &mut dyn ExportPapers, out: &mut dyn Write) -> io::Result<()> {
    write_entries(papers, FieldEncoding::Ascii, out)
}

/// Writes BibTeX in ASCII, or biblatex in Unicode.
pub(super) fn write_entries(
    papers: &mut dyn ExportPapers,
    encoding: FieldEncoding,
    out: &mut dyn Write,
) -> io::Result<()> {
    let keys = CitationKeys::assign(papers, &mut |_| ())?;
    let render = |entry: ExportEntry, text: &mut Vec<u8>| {
        text.extend_from_slice(keyed_entry(&entry.paper, &key_of(&entry), encoding).as_bytes());
    };
    stream::write_all(papers, Some(keys), "\n", &render, out)
}

/// One BibTeX entry with its line end, under its stored citation key or a generated one.
pub fn bibtex_entry(entry: &ExportEntry) -> String {
    keyed_entry(&entry.paper, &key_of(entry), FieldEncoding::Ascii)
}

fn keyed_entry(paper: &Paper, key: &str, encoding: FieldEncoding) -> String {
    let fields = fields(paper, encoding);
    let kind = paper.bibtex.as_ref().map(|entry| kept::kind(entry, encoding));
    let mut out = format!("@{}{{{key},\n", kind.unwrap_or_else(|| entry_type(paper, encoding)));
    for (index, (name, value)) in fields.iter().enumerate() {
        let end = if index + 1 < fields.len() { "," } else { "" };
        out.push_str(&format!("  {name:NAME_COLUMNS$} = {value}{end}\n"));
    }
    out.push_str("}\n");
    out
}

/// Names and values, the values with their braces, in the order they are written: what the user's bibliography states goes before what is
/// known from elsewhere.
fn fields(paper: &Paper, encoding: FieldEncoding) -> Vec<(&str, String)> {
    match &paper.bibtex {
        Some(entry) => kept::with_kept(known_fields(paper, encoding), entry, paper.publication_status, encoding),
        None => known_fields(paper, encoding),
    }
}

fn known_fields(paper: &Paper, encoding: FieldEncoding) -> Vec<(&'static str, String)> {
    let authors = authors(paper, encoding);
    let literal = |text: &str| braced(plain(&one_line(text), encoding));
    let arxiv = paper.arxiv.as_ref();
    let old_id = arxiv.is_some_and(|id| id.as_str().contains('/'));
    let category = paper.categories.first().filter(|_| arxiv.is_some() && !old_id);
    let place = place(paper);
    // What the venue does not say: the journal reference beside it, else where a paper without authors came from.
    let reference = paper.journal_ref.as_deref().filter(|reference| Some(*reference) != place.map(|(name, _)| name));
    let digest = paper.sightings.first().filter(|_| authors.is_none());
    let note = reference.map(str::to_owned).or_else(|| Some(format!("Imported from {}", digest?.digest.label)));
    let status = paper.publication_status.map(|status| status.capitalized().to_owned());
    let notes: Vec<String> = status.into_iter().chain(note).collect();
    let note = (!notes.is_empty()).then(|| notes.join(". "));
    let month = paper.cited_date().and_then(|date| MONTHS.get(usize::from(date.month()?) - 1));
    let is_unicode = encoding == FieldEncoding::Unicode;
    let field = |ascii, unicode| if is_unicode { unicode } else { ascii };
    let (year, date) = match paper.cited_date() {
        Some(date) if is_unicode => (None, Some(format!("{{{date}}}"))),
        Some(date) => (Some(format!("{{{:04}}}", date.year())), None),
        None => (None, None),
    };
    let place_field = match place {
        Some((_, Venue::Conference)) => "booktitle",
        _ => field("journal", "journaltitle"),
    };
    let fields = [
        ("title", braced(title(&paper.title, encoding))),
        ("author", authors.and_then(braced)),
        (place_field, place.and_then(|(name, _)| literal(name))),
        ("year", year),
        ("month", month.filter(|_| !is_unicode).map(|month| (*month).to_owned())),
        ("date", date),
        ("eprint", arxiv.and_then(|id| braced(encoded(id.as_str())))),
        (field("archivePrefix", "eprinttype"), arxiv.map(|_| field("{arXiv}", "{arxiv}").to_owned())),
        (field("primaryClass", "eprintclass"), category.and_then(|category| literal(category))),
        ("doi", known_doi(paper).and_then(|doi| braced(identifier(&doi)))),
        ("url", paper.link(LinkKind::Abstract).and_then(|url| web_address(&url)).and_then(braced)),
        ("note", note.and_then(|note| literal(&note))),
        ("abstract", own_abstract(paper).and_then(|text| braced(long_text(text, encoding)))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn braced(value: impl Into<String>) -> Option<String> {
    let value = value.into();
    (!value.is_empty()).then(|| format!("{{{value}}}"))
}

/// The title. One that LaTeX would print nothing of, such as `\end{document}`, is written without its backslashes.
fn title(text: &Text, encoding: FieldEncoding) -> String {
    let title = protected(&tokens(text), encoding);
    if title.contains(|c: char| !c.is_whitespace() && !"{}~$".contains(c)) {
        return title;
    }
    protected(&plain_tokens(&one_line(&text.source.replace('\\', ""))), encoding)
}

/// LaTeX is written as in the source, everything else as Unicode.
fn tokens(text: &Text) -> Vec<LatexToken> {
    match text.markup {
        Markup::Tex => latex_tokens(&one_line(&text.source)),
        Markup::Plain | Markup::Page | Markup::Summary => plain_tokens(&rendered(text)),
    }
}

fn long_text(text: &Text, encoding: FieldEncoding) -> String {
    if text.markup != Markup::Tex {
        return plain(&rendered(text), encoding);
    }
    let line = one_line(&text.source);
    if is_written_alike(&line) { line.into_string() } else { written(&latex_runs(&line), encoding) }
}

/// Plain text as it stands in a field.
fn plain(text: &str, encoding: FieldEncoding) -> String {
    if is_written_alike(text) { text.to_owned() } else { written(&plain_runs(text), encoding) }
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

fn authors(paper: &Paper, encoding: FieldEncoding) -> Option<String> {
    let names = author_names(paper);
    let mut written: Vec<String> = Vec::with_capacity(names.len());
    let mut others = false;
    for name in &names {
        // Sources that give plain Unicode have a name in LaTeX now and then.
        let rendered =
            name.contains('\\').then(|| tex::render(&tex::without_unknown(name), Markup::Tex).replace('\\', ""));
        match read_name(rendered.as_deref().unwrap_or(name)) {
            Name::Person(parts) => written.push(person(name, &parts, encoding)),
            Name::Group(name) => written.push(group(name, encoding)),
            Name::Others => others = true,
        }
    }
    if written.is_empty() {
        return None;
    }
    written.extend(others.then(|| "others".to_owned()));
    Some(written.join(" and "))
}

fn person(name: &str, parts: &NameParts<'_>, encoding: FieldEncoding) -> String {
    let NameParts { given, family, suffix } = parts;
    // BibTeX would read a further comma or "and" as another part or another author.
    let misleading = |part: &str| part.contains(',') || part.split(' ').any(|word| word.eq_ignore_ascii_case("and"));
    // Styles write the given name first, or its initial.
    let family_first = encoding == FieldEncoding::Ascii && family.starts_with(is_east_asian);
    if family_first || [family, *suffix, *given].into_iter().any(misleading) {
        return group(&printed_name(name), encoding);
    }
    let part = |text: &str| name_part(text, encoding);
    let mut person = part(family);
    // BibTeX takes all words up to the last one in lower case for particles: `García de Vega`.
    let first_is_capital = !family.split(' ').next().is_some_and(is_lower);
    if first_is_capital && family.split(' ').rev().skip(1).any(is_lower) {
        person = format!("{{{person}}}");
    }
    for text in [part(suffix), part(&spaced_initials(given))].iter().filter(|text| !text.is_empty()) {
        person.push_str(", ");
        person.push_str(text);
    }
    person
}

fn is_lower(word: &str) -> bool {
    word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase)
}

/// `J. P.` of `J.P.`: styles abbreviate word by word.
fn spaced_initials(given: &str) -> String {
    let mut spaced = String::with_capacity(given.len() + 2);
    let mut before = ' ';
    for c in given.chars() {
        if before == '.' && c.is_alphabetic() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    spaced
}

fn group(name: &str, encoding: FieldEncoding) -> String {
    match plain(name, encoding) {
        name if encoding == FieldEncoding::Ascii && !name.is_ascii() => uncut(&name),
        name => format!("{{{name}}}"),
    }
}

/// Words of a name. One that has no spelling in ASCII is kept whole.
fn name_part(text: &str, encoding: FieldEncoding) -> String {
    if is_written_alike(text) {
        return text.to_owned();
    }
    let words = text.split(' ').map(|word| match plain(word, encoding) {
        word if encoding == FieldEncoding::Ascii && !word.is_ascii() => uncut(&word),
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Text that classic BibTeX takes for one character: initials and labels would end between the bytes of a letter.
fn uncut(text: &str) -> String {
    format!("{{\\mbox{{{text}}}}}")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Venue {
    Conference,
    Journal,
}

/// Where the paper appeared: its venue, else its journal reference. None for a preprint.
fn place(paper: &Paper) -> Option<(&str, Venue)> {
    let known = |text: &&str| text.contains(char::is_alphanumeric);
    if let Some(venue) = paper.venue.as_deref().filter(known) {
        return Some((venue, classified(venue).unwrap_or_else(|| by_spelling(venue))));
    }
    let reference = paper.journal_ref.as_deref().filter(known)?;
    Some((reference, classified(reference).unwrap_or(Venue::Journal)))
}

fn words(venue: &str) -> impl Iterator<Item = &str> {
    venue.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn classified(venue: &str) -> Option<Venue> {
    let tells = |known: &str| words(venue).any(|word| known.split(' ').any(|known| word.eq_ignore_ascii_case(known)));
    VENUE_WORDS.iter().find(|(_, known)| tells(known)).map(|(venue, _)| *venue)
}

/// A conference by an acronym or a year: `NeurIPS 2023`.
fn by_spelling(venue: &str) -> Venue {
    let acronym = |word: &str| word.chars().filter(|c| c.is_uppercase()).count() > 1;
    let year = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    if words(venue).any(|word| acronym(word) || year(word)) { Venue::Conference } else { Venue::Journal }
}

fn entry_type(paper: &Paper, encoding: FieldEncoding) -> &'static str {
    match place(paper) {
        Some((_, Venue::Conference)) => "inproceedings",
        Some((_, Venue::Journal)) => "article",
        None if encoding == FieldEncoding::Unicode && paper.link(LinkKind::Abstract).is_some() => "online",
        None => "misc",
    }
}
