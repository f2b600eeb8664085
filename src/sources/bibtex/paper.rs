//! The paper that a BibTeX or biblatex entry describes. Which fields hold what is as programs write them: arXiv, DBLP, publishers, Google
//! Scholar, Zotero with and without Better BibTeX, Mendeley, JabRef. Local files and the programs' own fields are not taken.

use super::super::snapshot::{one_line, rendered};
use super::super::stated::{PublishedIn, StatedPaper, arxiv_mention, bracketed_categories, date, date_in, pubmed_link};
use super::super::urls::links_in;
use super::fields::{BibEntry, listed, without_outer_braces};
use super::names::authors;
use super::reading::reading;
use crate::domain::bibtex_entry::BibtexEntry;
use crate::domain::date::PartialDate;
use crate::domain::markup::Markup;
use crate::domain::record::stored_text;

/// Kinds of entries that are in no journal and no proceedings, with the fields that say where they appeared and a word for what they are.
const OTHER_PLACES: [(&[&str], &[&str], &str); 6] = [
    (&["phdthesis"], &["school", "institution"], "PhD thesis"),
    (&["mastersthesis"], &["school", "institution"], "Master's thesis"),
    (&["thesis"], &["school", "institution"], ""),
    (&["techreport", "report", "manual"], &["institution", "organization"], ""),
    (
        &["book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings", "reference"],
        &["publisher"],
        "",
    ),
    (&["patent", "dataset", "software", "standard"], &["publisher", "organization"], ""),
];

/// What an entry states of a paper.
pub(super) fn stated(entry: &BibEntry) -> StatedPaper {
    let text = |names: &[&str]| entry.first_of(names).map(rendered).unwrap_or_default();
    let note = entry.get("note").map(note_lines).unwrap_or_default();
    let mut stated = StatedPaper {
        markup: Markup::Tex,
        title: title(entry),
        summary: entry.get("abstract").map(|text| without_outer_braces(text).to_owned()).unwrap_or_default(),
        authors: entry.first_of(&["author", "authors"]).map(authors).unwrap_or_default(),
        published: published(entry),
        ids: ids(entry, &note),
        urls: urls(entry),
        links: entry.get("pmid").and_then(|pmid| pubmed_link(&rendered(pmid))).into_iter().collect(),
        categories: categories(entry, &note),
        keywords: keywords(entry),
        comments: remarks(entry, note),
        reading: reading(entry),
        bibtex: kept(entry),
        ..StatedPaper::default()
    };
    let other = OTHER_PLACES.iter().find(|(kinds, ..)| kinds.contains(&entry.kind.as_str()));
    match other {
        Some((_, places, what)) => {
            let stated_kind = text(&["type"]);
            let what = if stated_kind.is_empty() { (*what).to_owned() } else { stated_kind };
            let number = Some(text(&["number"])).filter(|number| arxiv_mention(number).is_none()).unwrap_or_default();
            let words = [what, number].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            let parts = [words, text(places)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            stated.comments.insert(0, parts.join(", "));
        }
        None => {
            let venue = ["journal", "journaltitle", "booktitle", "maintitle", "eventtitle", "fjournal", "series"];
            stated.place = PublishedIn {
                venue: text(&venue),
                volume: text(&["volume"]),
                number: text(&["number", "issue"]),
                pages: text(&["pages", "eid"]),
            };
        }
    }
    stated
}

/// What is written out again as it came.
fn kept(entry: &BibEntry) -> Option<BibtexEntry> {
    let fields = entry.fields.iter().map(|(name, value)| (name.clone(), stored_text(value)));
    BibtexEntry::kept(&entry.kind, &stored_text(&entry.key), &fields.collect::<Vec<_>>())
}

/// The title with its subtitle. A volume of proceedings may state its own as the title of the book.
fn title(entry: &BibEntry) -> String {
    let title = entry.first_of(&["title", "maintitle", "booktitle", "shorttitle"]).unwrap_or_default();
    let title = without_outer_braces(title);
    let subtitle = entry.get("subtitle").map(without_outer_braces).filter(|_| entry.get("title").is_some());
    match subtitle {
        Some(subtitle) if title.trim_end().ends_with([':', '?', '!', '.']) => format!("{title} {subtitle}"),
        Some(subtitle) => format!("{title}: {subtitle}"),
        None => title.to_owned(),
    }
}

fn published(entry: &BibEntry) -> Option<PartialDate> {
    let field = |name: &str| entry.get(name).map(without_outer_braces).unwrap_or_default();
    let stated = date(field("year"), field("month"), field("day"));
    let dated = entry.get("date").map(without_outer_braces).and_then(date_in);
    dated.or(stated).or_else(|| date_in(field("year")))
}

/// Where an identifier may be, the most certain place first.
fn ids(entry: &BibEntry, note: &[String]) -> Vec<String> {
    let mut ids = Vec::new();
    let address = |text: &str| unescaped(text);
    let kind = entry.first_of(&["archiveprefix", "eprinttype"]).map(|kind| rendered(kind).to_lowercase());
    if let Some(eprint) = entry.get("eprint").filter(|_| kind.as_deref().is_none_or(|kind| kind.contains("arxiv"))) {
        ids.push(address(eprint));
    }
    ids.extend(["arxivid", "arxiv"].iter().filter_map(|name| entry.get(name)).map(address));
    ids.extend(entry.all("doi").map(address));
    for name in ["journal", "journaltitle", "volume", "number", "howpublished", "pages", "publisher", "booktitle"] {
        ids.extend(entry.get(name).and_then(|text| arxiv_mention(&address(text))));
    }
    ids.extend(note.iter().filter_map(|line| arxiv_mention(line)));
    ids
}

/// Pages of the paper.
fn urls(entry: &BibEntry) -> Vec<String> {
    let howpublished = entry.get("howpublished").map(unescaped).into_iter().flat_map(|text| {
        let links = links_in(&text);
        links.into_iter().map(|link| link.url)
    });
    let listed = ["url", "ee", "link", "adsurl"].iter().filter_map(|name| entry.get(name)).map(unescaped);
    // Some write two addresses into one field.
    let listed = listed.flat_map(|urls| urls.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    listed.chain(howpublished).collect()
}

/// An identifier or an address without the LaTeX around it: `10.1000/a\_b`, `\url{https://...}`.
fn unescaped(text: &str) -> String {
    let text = text.trim().replace("\\url", "");
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '{' | '}' => {}
            '\\' if characters.peek().is_some_and(|next| "_%#&~$^{}".contains(*next)) => {}
            _ => plain.push(c),
        }
    }
    let named = [
        ("\\textless", "<"),
        ("\\textgreater", ">"),
        ("\\textasciitilde", "~"),
        ("\\textunderscore", "_"),
        ("\\textbackslash", "\\"),
    ];
    named.iter().fold(plain, |plain, (name, sign)| plain.replace(name, sign))
}

fn categories(entry: &BibEntry, note: &[String]) -> Vec<String> {
    let mut categories: Vec<String> = Vec::new();
    if let Some(class) = entry.first_of(&["primaryclass", "eprintclass", "arxivclass"]) {
        categories.extend(rendered(class).split([',', ' ', ';']).map(str::to_owned));
    }
    let bracketed = ["eprint", "journal", "number"].iter().filter_map(|name| entry.get(name)).map(one_line);
    for text in bracketed.chain(note.iter().cloned()) {
        if arxiv_mention(&text).is_some() || text.ends_with(']') {
            categories.extend(bracketed_categories(&text));
        }
    }
    categories
}

fn keywords(entry: &BibEntry) -> Vec<String> {
    let fields = ["keywords", "keyword"].iter().filter_map(|name| entry.get(name)).map(rendered);
    fields.flat_map(|field| listed(&field)).collect()
}

/// The lines of a note; Zotero writes what has no field of its own into lines.
fn note_lines(note: &str) -> Vec<String> {
    without_outer_braces(note).lines().map(rendered).filter(|line| !line.is_empty()).collect()
}

/// What is said of the paper besides its fields: no identifiers, no numbers of catalogues, no fields of programs.
fn remarks(entry: &BibEntry, note: Vec<String>) -> Vec<String> {
    const FIELDS: [&str; 12] = [
        "PMID",
        "PMCID",
        "ISSN",
        "ISBN",
        "Publisher",
        "Number",
        "Conference Name",
        "Series Title",
        "Citation Key",
        "Journal Abbreviation",
        "tex.",
        "_eprint",
    ];
    let is_field =
        |line: &str| FIELDS.iter().any(|field| line.strip_prefix(field).is_some_and(|rest| rest.contains(':')));
    let howpublished = entry.get("howpublished").map(|text| rendered(&text.replace("\\url", "")));
    let lines = howpublished.into_iter().chain(note);
    let lines = lines.map(|line| line.strip_prefix("Comment: ").map(str::to_owned).unwrap_or(line));
    let is_remark =
        |line: &String| line.contains(char::is_alphabetic) && arxiv_mention(line).is_none() && !line.contains("://");
    lines.filter(|line| is_remark(line) && !is_field(line)).collect()
}
