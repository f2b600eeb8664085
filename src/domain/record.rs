//! A paper and its reading state as one JSON line: what `export --format json` and `list --json` write and `import` reads. Lossless
//! both ways. Never opens a file.

use serde::Serialize;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::bibtex_entry::BibtexEntry;
use super::clean::Clean;
use super::date::PartialDate;
use super::identity::{ArxivId, Doi};
pub(crate) use super::json_text::escape_invisible;
use super::markup::Markup;
use super::names::{Name, listed_authors, read_name};
use super::paper::{Author, Digest, Link, LinkKind, Paper, Sighting};
use super::publication_status::PublicationStatus;
use super::reading::{Reading, Status, Tag, is_blank_note};
use super::record_source::RecordSource;
use super::text::Text;

/// A paper with its reading state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub paper: Paper,
    pub reading: Reading,
    /// Who states it; in no file.
    pub source: RecordSource,
}

/// A word of a description and the word of a paper that stands for it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct WordPair<'a> {
    pub word: &'a str,
    pub found: &'a str,
}

#[derive(Serialize)]
struct FoundJson<'a> {
    #[serde(flatten)]
    record: RecordJson<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reason: &'a [WordPair<'a>],
}

impl Record {
    /// One line of JSON, without a line break. Control, format and bidirectional characters are written as `\u` escapes, so the line is
    /// safe on a terminal and reads back the same.
    pub fn to_json(&self) -> String {
        // Writing strings, numbers and lists into memory cannot fail.
        let json = serde_json::to_string(&RecordJson::new(self)).unwrap_or_default();
        escape_invisible(json)
    }

    /// `to_json` with the pairs of words that say why the paper was found, if any.
    pub fn to_json_with_reason(&self, reason: &[WordPair<'_>]) -> String {
        let json = serde_json::to_string(&FoundJson { record: RecordJson::new(self), reason }).unwrap_or_default();
        escape_invisible(json)
    }

    /// Reads one line. Only a title is required; unknown fields are ignored, null counts as absent, and the last of repeated keys is
    /// used. The field `id` is read only for an arXiv id or DOI that `arxiv` and `doi` do not give. Texts go through `stored_text`.
    ///
    /// # Errors
    /// A message that names the field, what was expected and what was found; safe to show.
    pub fn from_json(line: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(line).map_err(|error| not_json(&error))?;
        let Value::Object(object) = &value else {
            return Err(format!("expected a JSON object, found {}", describe(&value)));
        };
        let fields = JsonFields { object, within: String::new() };
        Ok(Self { paper: paper(&fields)?, reading: reading(&fields)?, source: RecordSource::default() })
    }
}

/// Text as it is stored: the source's own spelling in NFC without control characters. Line feeds and tabs stay; other controls that
/// are white space (carriage return, vertical tab, form feed, next line) become a space, and CR LF a line feed.
pub fn stored_text(text: &str) -> String {
    // Without an early exit the compiler checks many bytes at a time.
    if text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\n' | '\t' => Some(c),
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' => Some(' '),
            _ => (!c.is_control()).then_some(c),
        })
        .nfc()
        .collect()
}

/// The fields of a line, in the order in which they are written.
#[derive(Serialize)]
struct RecordJson<'a> {
    id: String,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title_markup: Option<&'static str>,
    authors: Vec<&'a str>,
    r#abstract: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    abstract_markup: Option<&'static str>,
    arxiv: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u16>,
    doi: Option<&'a str>,
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    categories: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    venue: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal_ref: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publication_status: Option<&'static str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    keywords: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    bibtex: Option<&'a BibtexEntry>,
    links: Vec<LinkJson<'a>>,
    digests: Vec<SightingJson<'a>>,
    status: &'static str,
    starred: bool,
    seen: bool,
    tags: Vec<&'a str>,
    note: &'a str,
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct LinkJson<'a> {
    kind: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct SightingJson<'a> {
    id: &'a str,
    source: &'a str,
    label: &'a str,
    day: Option<String>,
    rank: Option<u32>,
    votes: Option<u32>,
}

impl<'a> RecordJson<'a> {
    fn new(record: &'a Record) -> Self {
        let Record { paper, reading, source: _ } = record;
        let other_than_plain = |text: &Text| (text.markup != Markup::Plain).then(|| text.markup.name());
        Self {
            id: paper.key().to_string(),
            title: &paper.title.source,
            title_markup: other_than_plain(&paper.title),
            authors: paper.authors.iter().map(Author::as_str).collect(),
            r#abstract: paper.summary.as_ref().map(|text| text.source.as_str()),
            abstract_markup: paper.summary.as_ref().and_then(other_than_plain),
            arxiv: paper.arxiv.as_ref().map(ArxivId::as_str),
            version: paper.version,
            doi: paper.doi.as_ref().map(Doi::as_str),
            published: paper.published.map(|date| date.to_string()),
            issued: paper.issued.map(|date| date.to_string()),
            updated: paper.updated.map(|date| date.to_string()),
            categories: &paper.categories,
            venue: paper.venue.as_deref(),
            journal_ref: paper.journal_ref.as_deref(),
            comment: paper.comment.as_deref(),
            license: paper.license.as_deref(),
            publication_status: paper.publication_status.map(PublicationStatus::name),
            keywords: &paper.keywords,
            bibtex: paper.bibtex.as_deref(),
            links: paper.links.iter().map(|link| LinkJson { kind: link.kind.name(), url: &link.url }).collect(),
            digests: paper.sightings.iter().map(SightingJson::new).collect(),
            status: reading.status.name(),
            starred: reading.starred,
            seen: reading.seen,
            tags: reading.tags.iter().map(Tag::as_str).collect(),
            note: &reading.note,
            source: paper.sightings.first().map(|sighting| &*sighting.digest.source),
        }
    }
}

impl<'a> SightingJson<'a> {
    fn new(sighting: &'a Sighting) -> Self {
        let Sighting { digest, rank, votes } = sighting;
        Self {
            id: &digest.id,
            source: &digest.source,
            label: &digest.label,
            day: digest.day.map(|day| day.to_string()),
            rank: *rank,
            votes: *votes,
        }
    }
}

fn paper(fields: &JsonFields<'_>) -> Result<Paper, String> {
    let title = fields.text("title")?.ok_or("`title`: expected text, found nothing")?;
    let (id, doi) = (fields.key(), fields.text("doi")?);
    let named = match fields.text("arxiv")? {
        Some(text) => {
            let expected = "an arXiv id like 2403.03507 or hep-th/9901001";
            Some(ArxivId::parse(&text).ok_or_else(|| fields.wrong("arxiv", expected))?)
        }
        None => doi.as_deref().and_then(ArxivId::parse).or_else(|| id.as_deref().and_then(ArxivId::parse)),
    };
    // A DOI registered by arXiv itself is an arXiv id.
    let publisher = doi.filter(|text| ArxivId::parse(text).is_none());
    let doi = match publisher {
        Some(text) => Some(Doi::parse(&text).ok_or_else(|| fields.wrong("doi", "a DOI like 10.1000/182"))?),
        None => id.as_deref().filter(|_| named.is_none()).and_then(Doi::parse),
    };
    let version = fields.number("version")?;
    let paper = Paper {
        version: version.or(named.as_ref().and_then(|named| named.version)),
        arxiv: named.map(|named| named.id),
        doi,
        title: Text::new(title, fields.markup("title_markup")?),
        authors: fields.authors()?,
        summary: match fields.text("abstract")? {
            Some(text) => Some(Text::new(text, fields.markup("abstract_markup")?)),
            None => None,
        },
        published: fields.date("published")?,
        issued: fields.date("issued")?,
        updated: fields.date("updated")?,
        categories: fields.texts("categories")?,
        venue: fields.text("venue")?,
        journal_ref: fields.text("journal_ref")?,
        comment: fields.text("comment")?,
        license: fields.text("license")?,
        publication_status: match fields.text("publication_status")? {
            Some(name) => Some(PublicationStatus::from_name(&name).ok_or_else(|| {
                fields.wrong(
                    "publication_status",
                    &format!("one of {}", PublicationStatus::ALL.map(PublicationStatus::name).join(", ")),
                )
            })?),
            None => None,
        },
        keywords: fields.texts("keywords")?,
        links: fields.objects("links")?.iter().map(link).collect::<Result<_, _>>()?,
        sightings: fields.objects("digests")?.iter().map(sighting).collect::<Result<_, _>>()?,
        bibtex: match fields.get("bibtex").map(BibtexEntry::from_value) {
            Some(None) => return Err(fields.wrong("bibtex", "an entry with `kind`, `key` and `fields`")),
            entry => entry.flatten().map(Box::new),
        },
    };
    // Papers without any of these would all get the same key.
    let has_no_key = paper.arxiv.is_none() && paper.doi.is_none() && paper.title_key().is_empty();
    if has_no_key { Err(fields.wrong("title", "a title with letters or digits")) } else { Ok(paper) }
}

fn link(fields: &JsonFields<'_>) -> Result<Link, String> {
    let kind = fields.text("kind")?.and_then(|name| LinkKind::from_name(&name)).unwrap_or(LinkKind::Other);
    let url = fields.text("url")?.ok_or_else(|| fields.wrong("url", "a URL"))?;
    Ok(Link { kind, url })
}

fn sighting(fields: &JsonFields<'_>) -> Result<Sighting, String> {
    let id = fields.text("id")?.ok_or_else(|| fields.wrong("id", "text like hf:2025-03-12"))?;
    let source = fields.text("source")?;
    let source = source.unwrap_or_else(|| id.split(':').next().unwrap_or_default().to_owned());
    let label = fields.text("label")?.unwrap_or_else(|| id.clone());
    // Names, which are shown and typed: without line breaks and characters that turn or hide others.
    let [id, source, label] = [id, source, label].map(|text| Clean::new(&text));
    let digest = Digest { id: id.into_string(), source, label, day: fields.date("day")? };
    Ok(Sighting { digest, rank: fields.number("rank")?, votes: fields.number("votes")? })
}

fn reading(fields: &JsonFields<'_>) -> Result<Reading, String> {
    let status = match fields.text("status")? {
        Some(name) => name
            .parse()
            .map_err(|_| fields.wrong("status", &format!("one of {}", Status::ALL.map(Status::name).join(", "))))?,
        None => Status::default(),
    };
    Ok(Reading {
        status,
        starred: fields.flag("starred")?,
        seen: fields.flag("seen")?,
        tags: fields.texts("tags")?.iter().filter_map(|tag| Tag::new(tag)).collect(),
        note: fields.text("note")?.filter(|note| !is_blank_note(note)).unwrap_or_default(),
    })
}

/// The fields of one object, and its path in the record (`digests[0].`) for messages.
struct JsonFields<'a> {
    object: &'a Map<String, Value>,
    within: String,
}

impl JsonFields<'_> {
    /// The value of a field; null is absent.
    fn get(&self, field: &str) -> Option<&Value> {
        self.object.get(field).filter(|value| !value.is_null())
    }

    fn wrong(&self, field: &str, expected: &str) -> String {
        let found = self.get(field).map_or_else(|| "nothing".to_owned(), describe);
        format!("`{}{field}`: expected {expected}, found {found}", self.within)
    }

    /// None also for white space alone.
    fn text(&self, field: &str) -> Result<Option<String>, String> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(stored_text(text)).filter(|text| !text.trim().is_empty())),
            Some(_) => Err(self.wrong(field, "text")),
        }
    }

    /// The `id`. Other programs write anything there, so no value is an error.
    fn key(&self) -> Option<String> {
        self.get("id").and_then(Value::as_str).map(stored_text)
    }

    fn texts(&self, field: &str) -> Result<Vec<String>, String> {
        let expected = "a list of texts";
        let values = match self.get(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(values)) => values,
            Some(Value::String(text)) => return Ok(vec![stored_text(text)]),
            Some(_) => return Err(self.wrong(field, expected)),
        };
        let mut texts = Vec::with_capacity(values.len());
        for (place, value) in values.iter().enumerate().filter(|(_, value)| !value.is_null()) {
            let found = || format!("`{}{field}[{place}]`: expected text, found {}", self.within, describe(value));
            texts.push(stored_text(value.as_str().ok_or_else(found)?));
        }
        texts.retain(|text| !text.trim().is_empty());
        Ok(texts)
    }

    fn authors(&self) -> Result<Vec<Author>, String> {
        let names = match self.get("authors") {
            Some(Value::String(text)) => split_authors(&stored_text(text)),
            _ => self.texts("authors")?,
        };
        Ok(Author::list(names.iter().map(String::as_str)))
    }

    fn objects(&self, field: &str) -> Result<Vec<JsonFields<'_>>, String> {
        let values = match self.get(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(values)) => values,
            Some(_) => return Err(self.wrong(field, "a list of objects")),
        };
        let mut objects = Vec::with_capacity(values.len());
        for (place, value) in values.iter().enumerate() {
            let within = format!("{field}[{place}]");
            let Value::Object(object) = value else {
                return Err(format!("`{within}`: expected an object, found {}", describe(value)));
            };
            objects.push(JsonFields { object, within: within + "." });
        }
        Ok(objects)
    }

    /// A whole number, or text that is one.
    fn number<T: TryFrom<u64>>(&self, field: &str) -> Result<Option<T>, String> {
        let number = match self.get(field) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        let number = number.and_then(|number| T::try_from(number).ok());
        number.map(Some).ok_or_else(|| self.wrong(field, "a whole number"))
    }

    fn flag(&self, field: &str) -> Result<bool, String> {
        match self.get(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(field, "true or false")),
        }
    }

    /// A date as text, or a year as a number.
    fn date(&self, field: &str) -> Result<Option<PartialDate>, String> {
        let date = match self.get(field) {
            None => return Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(Value::Number(year)) => {
                year.as_i64().and_then(|year| PartialDate::new(i16::try_from(year).ok()?, None, None))
            }
            Some(_) => None,
        };
        date.map(Some).ok_or_else(|| self.wrong(field, "a date like 2024, 2024-03 or 2024-03-12"))
    }

    fn markup(&self, field: &str) -> Result<Markup, String> {
        let Some(name) = self.text(field)? else { return Ok(Markup::Plain) };
        Markup::from_name(&name)
            .ok_or_else(|| self.wrong(field, &format!("one of {}", Markup::ALL.map(Markup::name).join(", "))))
    }
}

/// The names in one text: `A B, C D and E F`, `A; B`, `Doe, Jane and Roe, Richard`. Two parts around one comma are one name, family
/// first, when either is a single word and no initial.
fn split_authors(text: &str) -> Vec<String> {
    let plain = listed_authors([text]);
    // `Steele, Jr., Guy L.`
    let is_one = text.matches(',').count() == 2 && matches!(read_name(text), Name::Person(_));
    if plain.len() > 1 || is_one {
        return plain;
    }
    let mut names = Vec::new();
    for part in text.split(';').flat_map(|part| part.split(" and ")) {
        let part = part.trim().trim_matches(',').trim_start_matches("and ").trim();
        let parts: Vec<&str> = part.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        let family_first = parts.len() == 2 && parts.iter().any(|part| part.len() > 1 && !part.contains(' '));
        if family_first {
            names.push(part.to_owned());
        } else {
            names.extend(parts.into_iter().map(str::to_owned));
        }
    }
    names
}

/// A value for a message: at most 40 columns, safe to show.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => {
            let start: String = text.chars().take(200).collect();
            format!("`{}`", Clean::new(&start).cut(40))
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Why a line is not JSON, with the column. May quote the line, so it is not safe to show.
pub(crate) fn not_json(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let cause = message.split(" at line ").next().unwrap_or_default();
    format!("not JSON: {cause} at column {}", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Record {
        Record::from_json(line).unwrap()
    }

    fn refused(line: &str) -> String {
        Record::from_json(line).unwrap_err()
    }

    fn text(text: &str) -> String {
        text.to_owned()
    }

    fn full() -> Record {
        let day: PartialDate = "2025-03-12".parse().unwrap();
        let digest = |id: &str, day| Digest { id: text(id), source: "hf".into(), label: "12 Mar 2025".into(), day };
        Record {
            paper: Paper {
                version: Some(3),
                title: Text::new("On $S^{3}$ \\& \"quotes\"\n  wrapped \u{202e}", Markup::Tex),
                authors: vec!["Jane Q. Doe".into(), "Öz, Ali".into()],
                summary: Some(Text::new("First 67\\%.\n\n  Second\ttab \u{2028} 😀.", Markup::Page)),
                published: Some("2024".parse().unwrap()),
                issued: Some("2025".parse().unwrap()),
                updated: Some("2024-05".parse().unwrap()),
                categories: vec![text("cs.LG"), text("stat.ML")],
                venue: Some(text("A Venue")),
                journal_ref: Some(text("J. Inv. 3 (2024)")),
                comment: Some(text("12 pages")),
                license: Some(text("CC0")),
                publication_status: Some(PublicationStatus::Withdrawn),
                keywords: vec![text("kites")],
                links: vec![Link { kind: LinkKind::Code, url: text("https://example.invalid/a?b=c&d") }],
                sightings: vec![
                    Sighting { digest: digest("hf:2025-03-12", Some(day)), rank: Some(4), votes: Some(0) },
                    Sighting { digest: digest("hf:page", None), rank: None, votes: None },
                ],
                ..Paper::default()
            },
            source: RecordSource::Unknown,
            reading: Reading {
                status: Status::Queued,
                starred: true,
                seen: true,
                tags: ["area/vision", "b"].into_iter().filter_map(Tag::new).collect(),
                note: text("  first line\nsecond\n"),
            },
        }
    }

    #[test]
    fn a_record_reads_back_as_it_was() {
        for record in [full(), Record { paper: full().paper, ..Record::default() }] {
            let line = record.to_json();
            assert_eq!(read(&line), record, "{line}");
            assert!(!line.contains(['\n', '\u{202e}', '\u{2028}']), "{line}");
        }
    }

    #[test]
    fn ids_read_back_and_are_found_in_id_or_doi() {
        let arxiv = |line| read(line).paper.arxiv.map(|id| id.to_string());
        for line in [
            r#"{"title":"T","arxiv":"2403.03507v2","doi":"10.1000/AbC"}"#,
            r#"{"title":"T","arxiv":"hep-th/9901001"}"#,
            r#"{"title":"T","doi":"10.1000/AbC"}"#,
        ] {
            let record = read(line);
            assert!(record.paper.arxiv.is_some() || record.paper.doi.is_some(), "{line}");
            assert_eq!(read(&record.to_json()), record);
        }
        assert_eq!(read(r#"{"title":"T","arxiv":"2403.03507v2"}"#).paper.version, Some(2));
        assert_eq!(arxiv(r#"{"title":"T","id":"arxiv:2403.03507"}"#), Some(text("2403.03507")));
        assert_eq!(arxiv(r#"{"title":"T","doi":"10.48550/arXiv.2403.03507"}"#), Some(text("2403.03507")));
        assert_eq!(read(r#"{"title":"T","id":"doi:10.1000/abc"}"#).paper.doi.unwrap().as_str(), "10.1000/abc");
        assert_eq!(arxiv(r#"{"title":"T","id":"../../PWNED"}"#), None);
        assert!(refused(r#"{"title":"T","arxiv":"yesterday"}"#).starts_with("`arxiv`: expected an arXiv id"));
        assert!(refused(r#"{"title":"T","doi":"11"}"#).starts_with("`doi`: expected a DOI"));
    }

    #[test]
    fn the_documented_fields_are_always_written_in_order() {
        let line = read(r#"{"title":"T"}"#).to_json();
        assert_eq!(
            line,
            concat!(
                r#"{"id":"title:t","title":"T","authors":[],"abstract":null,"arxiv":null,"doi":null,"published":null,"#,
                r#""categories":[],"links":[],"digests":[],"status":"unread","starred":false,"seen":false,"tags":[],"#,
                r#""note":"","source":null}"#
            )
        );
    }

    #[test]
    fn wrong_types_name_the_field_and_what_was_found() {
        for (line, reason) in [
            (r#"{}"#, "`title`: expected text, found nothing"),
            (r#"{"title":5}"#, "`title`: expected text, found `5`"),
            (r#"{"title":" "}"#, "`title`: expected text, found nothing"),
            (r#"{"title":"?!"}"#, "`title`: expected a title with letters or digits, found `?!`"),
            (r#"{"title":"T","authors":["x",1]}"#, "`authors[1]`: expected text, found `1`"),
            (
                r#"{"title":"T","published":"2026-02-30"}"#,
                "`published`: expected a date like 2024, 2024-03 or 2024-03-12, found `2026-02-30`",
            ),
            (r#"{"title":"T","starred":"yes"}"#, "`starred`: expected true or false, found `yes`"),
            (
                r#"{"title":"T","status":"done"}"#,
                "`status`: expected one of unread, queued, reading, read, dropped, found `done`",
            ),
            (
                r#"{"title":"T","digests":[{"id":"a:b"},{"id":"a:c","rank":-1}]}"#,
                "`digests[1].rank`: expected a whole number, found `-1`",
            ),
            (r#"{"title":"T","links":["x"]}"#, "`links[0]`: expected an object, found `x`"),
            ("null", "expected a JSON object, found null"),
        ] {
            assert_eq!(refused(line), reason);
        }
        for line in [r#"{"title":"cut"#, r#"{"title":"\ud800"}"#, r#"{"title":"t"} x"#, r#"{"title":"t","x":1e999}"#] {
            assert!(refused(line).starts_with("not JSON: "), "{line}");
        }
        let deep = format!(r#"{{"title":"t","x":{}{}}}"#, "[".repeat(300), "]".repeat(300));
        assert!(refused(&deep).starts_with("not JSON: "));
    }

    #[test]
    fn harmless_variants_are_read() {
        let record = read(
            r#"{"title":"a","title":"T","version":"2","published":2024,"abstract":null,"tags":"Big Idea","more":[1],
                "links":[{"kind":"podcast","url":"https://example.invalid"}],"digests":[{"id":"hf:x","votes":"12"}]}"#,
        );
        assert_eq!((record.paper.title.source.as_str(), record.paper.version), ("T", Some(2)));
        assert_eq!(record.paper.published, "2024".parse().ok());
        assert_eq!(record.paper.links[0].kind, LinkKind::Other);
        let sighting = &record.paper.sightings[0];
        assert_eq!((&*sighting.digest.source, &*sighting.digest.label), ("hf", "hf:x"));
        assert_eq!(sighting.votes, Some(12));
        assert_eq!(record.reading.tags.first().unwrap().as_str(), "big-idea");
    }

    #[test]
    fn names_of_digests_are_clean() {
        let line = r#"{"title":"T","digests":[{"id":"hf:\u202ex\u001b[31m","label":"a\nb","source":"\u200fhf"}]}"#;
        let digest = &read(line).paper.sightings[0].digest;
        for text in [digest.id.as_str(), &digest.label, &digest.source] {
            assert_eq!(&*Clean::new(text), text);
            assert!(!text.contains(['\n', '\u{202e}', '\u{200f}', '\u{1b}']), "{}", text.escape_debug());
        }
    }

    #[test]
    fn authors_in_one_text_are_split() {
        for (text, names) in [
            ("A, B", vec!["A", "B"]),
            ("A and B", vec!["A", "B"]),
            ("Jane Doe, Li Wei, and Ada Roe", vec!["Jane Doe", "Li Wei", "Ada Roe"]),
            ("Doe, Jane and Roe, Ada", vec!["Doe, Jane", "Roe, Ada"]),
            ("Doe, Jane Q.", vec!["Doe, Jane Q."]),
            ("Smith, J., Doe, J.", vec!["Smith, J.", "Doe, J."]),
            ("Steele, Jr., Guy L.", vec!["Steele, Jr., Guy L."]),
            ("Jane Doe; Ada Roe", vec!["Jane Doe", "Ada Roe"]),
            ("Anderson Sandoval", vec!["Anderson Sandoval"]),
            (" , and ,", vec![]),
        ] {
            assert_eq!(split_authors(text), names, "{text}");
        }
    }

    #[test]
    fn stored_text_has_no_controls_and_is_composed() {
        assert_eq!(stored_text("a\u{1b}]0;x\u{7}b\u{9b}c\0"), "a]0;xbc");
        assert_eq!(stored_text("a\r\nb\rc\u{b}d\te\u{85}f"), "a\nb c d\te f");
        assert_eq!(stored_text("Nystro\u{308}m \\%"), "Nystr\u{f6}m \\%");
    }
}
