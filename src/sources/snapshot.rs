//! The metadata of all of arXiv as published on Kaggle: millions of JSON objects, one a line, 1.8 KB each. Streamed; a bad line costs
//! only itself. Papers of the snapshot are in no digest.

use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::Offset;
use serde::de::{Deserialize, Deserializer, Visitor};

use super::decode::{FileHead, InputLine, InputLines};
use super::input::Origin;
use super::item::{ReadItem, Rejection, Visit};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::identity::{ArxivId, Doi, VersionedId};
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Paper};
use crate::domain::record::{Record, not_json, stored_text};
use crate::domain::tex;
use crate::domain::text::Text;
use crate::error::Result;

/// By an object near the top with keys that only the snapshot has. One of them is enough: a long list of authors may fill the head.
pub(super) fn recognises(head: &FileHead<'_>) -> bool {
    let has = |line: &str, key: &str| {
        let mut found = line.match_indices(key).filter_map(|(at, _)| line.get(at + key.len()..));
        found.any(|rest| rest.trim_start().starts_with(':'))
    };
    head.lines().take(20).any(|line| {
        let keys = ["\"authors_parsed\"", "\"versions\"", "\"update_date\"", "\"submitter\""];
        line.starts_with('{') && has(line, "\"id\"") && keys.iter().any(|key| has(line, key))
    })
}

/// Reads every line that is not blank.
pub(super) fn read(_origin: &Origin<'_>, mut lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    while let Some((number, line)) = lines.next()? {
        let paper = match line {
            InputLine::Text(text) => match text.trim_start_matches('\u{feff}').trim() {
                "" => continue,
                text => paper(text),
            },
            InputLine::NotText(not, _) => Err(not.reason()),
        };
        let found = match paper {
            Ok(paper) => {
                let record = Box::new(Record { paper, ..Record::default() });
                ReadItem::Record { line: number, record }
            }
            Err(reason) => ReadItem::Rejected(Rejection { line: number, reason }),
        };
        if let ControlFlow::Break(()) = each(found) {
            break;
        }
    }
    Ok(())
}

/// One line. Null means absent everywhere; everything but id and title may be absent.
#[derive(serde::Deserialize)]
struct SnapshotObject<'a> {
    #[serde(borrow)]
    id: Option<SnapshotId<'a>>,
    #[serde(borrow)]
    title: Option<JsonText<'a>>,
    #[serde(borrow, rename = "abstract")]
    summary: Option<JsonText<'a>>,
    #[serde(borrow)]
    authors: Option<JsonText<'a>>,
    /// Each is `[family, given, suffix, affiliation...]`.
    #[serde(borrow)]
    authors_parsed: Option<Vec<Vec<Option<JsonText<'a>>>>>,
    #[serde(borrow)]
    categories: Option<JsonText<'a>>,
    #[serde(borrow)]
    versions: Option<Vec<Option<SnapshotVersion<'a>>>>,
    #[serde(borrow)]
    doi: Option<JsonText<'a>>,
    #[serde(borrow, rename = "journal-ref")]
    journal_ref: Option<JsonText<'a>>,
    #[serde(borrow)]
    comments: Option<JsonText<'a>>,
    #[serde(borrow)]
    license: Option<JsonText<'a>>,
}

#[derive(serde::Deserialize)]
#[serde(expecting = "a version")]
struct SnapshotVersion<'a> {
    /// `v1`
    #[serde(borrow)]
    version: Option<JsonText<'a>>,
    /// `Wed, 3 Jan 2024 18:20:11 GMT`
    #[serde(borrow)]
    created: Option<JsonText<'a>>,
}

/// A string, borrowed from the line where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct JsonText<'a>(#[serde(borrow)] Cow<'a, str>);

/// An id. Some tools take it for a number and write it as one.
struct SnapshotId<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for SnapshotId<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = SnapshotId<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an arXiv id")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> std::result::Result<Self::Value, E> {
        Ok(SnapshotId(Cow::Borrowed(text)))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<Self::Value, E> {
        Ok(SnapshotId(Cow::Owned(text.to_owned())))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<Self::Value, E> {
        // The shortest digits of this number are those of the id, without the zeros at its end.
        if (0.0..1e5).contains(&number) {
            Ok(SnapshotId(Cow::Owned(number.to_string())))
        } else {
            Err(E::custom("no arXiv id"))
        }
    }
}

fn paper(line: &str) -> std::result::Result<Paper, String> {
    if !line.starts_with('{') {
        return Err("expected a JSON object".to_owned());
    }
    let object: SnapshotObject<'_> = serde_json::from_str(line).map_err(|error| refusal(&error))?;
    let id = object.id.ok_or("`id`: expected an arXiv id, found nothing")?;
    let VersionedId { id, version } = arxiv_id(&id.0).ok_or_else(|| {
        let found = Clean::new(id.0.get(..200).unwrap_or(&id.0)).cut(40);
        format!("`id`: expected an arXiv id like 2403.03507 or hep-th/9901001, found `{found}`")
    })?;
    let title = object.title.map(|title| one_line(&title.0)).unwrap_or_default();
    if title.is_empty() {
        return Err("`title`: expected text, found nothing".to_owned());
    }
    let versions: Vec<SnapshotVersion<'_>> = object.versions.unwrap_or_default().into_iter().flatten().collect();
    let day = |version: &SnapshotVersion<'_>| version.created.as_ref().and_then(|created| day(&created.0));
    let parsed = object.authors_parsed.unwrap_or_default();
    let mut authors: Vec<Author> = Vec::with_capacity(parsed.len());
    parsed.iter().for_each(|parts| stated_authors(parts, &mut authors));
    if authors.is_empty() {
        authors = object.authors.map(|authors| names(&authors.0)).unwrap_or_default();
    }
    let rendered = |text: Option<JsonText<'_>>| text.map(|text| rendered(&text.0)).filter(|text| !text.is_empty());
    let summary = object.summary.map(|text| stored_text(text.0.trim())).filter(|text| !text.is_empty());
    Ok(Paper {
        arxiv: Some(id),
        version: latest(&versions).or(version),
        // Some papers have several, with blanks between them.
        doi: object.doi.and_then(|doi| doi.0.split_whitespace().find_map(Doi::parse)),
        title: Text::new(title, Markup::Tex),
        authors,
        summary: summary.map(|summary| Text::new(summary, Markup::Tex)),
        published: versions.first().and_then(day),
        updated: versions.last().and_then(day),
        categories: object
            .categories
            .map(|text| text.0.split_whitespace().map(stored_text).collect())
            .unwrap_or_default(),
        journal_ref: rendered(object.journal_ref),
        comment: rendered(object.comments),
        license: object.license.map(|text| one_line(&text.0)).filter(|text| !text.is_empty()),
        ..Paper::default()
    })
}

/// Reads an id, and restores the zeros of `704.001`.
fn arxiv_id(text: &str) -> Option<VersionedId> {
    ArxivId::parse(text).or_else(|| {
        let (month, number) = text.trim().split_once('.')?;
        // Five digits since 2015.
        let digits = if month.parse::<u16>().ok()? < 1501 { 4 } else { 5 };
        ArxivId::parse(&format!("{month:0>4}.{number:0<digits$}"))
    })
}

/// Number of the last version: the stated one, else the number of versions.
fn latest(versions: &[SnapshotVersion<'_>]) -> Option<u16> {
    let last = versions.last()?;
    let told = last.version.as_ref().and_then(|version| version.0.strip_prefix('v')?.parse().ok());
    told.or_else(|| u16::try_from(versions.len()).ok())
}

/// The day in UTC of `Wed, 3 Jan 2024 18:20:11 GMT`.
pub(super) fn day(created: &str) -> Option<PartialDate> {
    const PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    let time = PARSER.parse_timestamp(created.trim()).ok()?;
    let date = Offset::UTC.to_datetime(time).date();
    PartialDate::new(date.year(), u8::try_from(date.month()).ok(), u8::try_from(date.day()).ok())
}

/// Appends the author of `[family, given, suffix, affiliation...]`, and the group that stands before a given name.
fn stated_authors(parts: &[Option<JsonText<'_>>], authors: &mut Vec<Author>) {
    let part = |place: usize| part(parts.get(place).and_then(Option::as_ref).map_or("", |part| part.0.trim()));
    authors.extend(Author::stated(&part(0), &part(1), &part(2)));
}

/// A part of a name as plain Unicode on one line. Nearly all of them are that already.
fn part(source: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'-');
    if source.bytes().all(plain) { Cow::Borrowed(source) } else { Cow::Owned(rendered(source)) }
}

/// The names of `Jane Q. Doe, Ludwig van der Berg (Example Lab) and Li Wei`.
pub(super) fn names(authors: &str) -> Vec<Author> {
    let mut depth = 0_usize;
    let without_places: String = authors
        .chars()
        .filter(|c| {
            let inside = depth > 0;
            depth = match c {
                '(' => depth + 1,
                ')' => depth.saturating_sub(1),
                _ => depth,
            };
            !inside && *c != '('
        })
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    let names = without_places.split([',', ';']).flat_map(|part| part.split(" and ")).map(str::trim);
    let names = names.map(|name| rendered(name.strip_prefix("and ").unwrap_or(name)));
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    Author::list(names.iter().map(String::as_str))
}

/// LaTeX as Unicode on one line.
pub(super) fn rendered(source: &str) -> String {
    stored_text(&tex::render(source, Markup::Tex))
}

/// The source's spelling without its line breaks.
pub(super) fn one_line(source: &str) -> String {
    let stored = stored_text(source.trim());
    let is_other_blank = |c: char| c.is_whitespace() && c != ' ';
    if !stored.contains(is_other_blank) && !stored.contains("  ") {
        return stored;
    }
    let mut line = String::with_capacity(stored.len());
    for word in stored.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Safe to show, though the message may hold a part of the line.
fn refusal(error: &serde_json::Error) -> String {
    let reason = match error.is_data() {
        false => not_json(error),
        true => {
            let message = error.to_string();
            let cause = message.rsplit_once(" at line ").map_or(message.as_str(), |(cause, _)| cause);
            format!("not a paper of the snapshot: {cause} at column {}", error.column())
        }
    };
    Clean::new(&reason).cut(200).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::tests::{read_bytes, summary};
    use crate::sources::unpack::tests::{gzip, zip};

    const PAPERS: &str = include_str!("../../tests/fixtures/snapshot/papers.jsonl");
    const HOSTILE: &[u8] = include_bytes!("../../tests/fixtures/snapshot/hostile.jsonl");

    fn papers(name: &str, bytes: &[u8]) -> Vec<Paper> {
        let (format, found) = read_bytes(name, "2025-03-20", bytes).unwrap();
        assert_eq!(format, "arxiv-snapshot", "{name}");
        let papers = found.into_iter().filter_map(|found| match found {
            ReadItem::Record { record, .. } => Some(record.paper),
            _ => None,
        });
        papers.collect()
    }

    #[test]
    fn every_field_is_where_it_belongs() {
        let papers = papers("arxiv-metadata-oai-snapshot.json", PAPERS.as_bytes());
        let paper = &papers[0];
        assert_eq!(paper.key().as_str(), "arxiv:2401.99901");
        assert_eq!(paper.title, Text::new("Quiet Harbours: Mooring with Less Rope", Markup::Tex));
        assert_eq!(paper.authors, ["Jörg Müller", "Ludwig van der Berg", "Ana O'Dea Jr", "Łukasz Çelik"]);
        let text = "We moor small boats with less\nrope, for $x^2$ knots.\n  A second paragraph.";
        assert_eq!(paper.summary, Some(Text::new(text, Markup::Tex)));
        assert_eq!((paper.version, paper.published), (Some(3), PartialDate::new(2024, Some(1), Some(3))));
        assert_eq!(paper.updated, PartialDate::new(2024, Some(3), Some(1)));
        assert_eq!(paper.categories, ["cs.LG", "stat.ML"]);
        assert_eq!(paper.doi.as_ref().map(Doi::as_str), Some("10.1000/Harbour.7"));
        assert_eq!(paper.journal_ref.as_deref(), Some("J. Mooring 33 (2024) 1–7"));
        assert_eq!(paper.comment.as_deref(), Some("12 pages, in memory of Erdős"));
        assert_eq!(paper.license.as_deref(), Some("http://creativecommons.org/licenses/by/4.0/"));
        assert!(paper.sightings.is_empty() && paper.links.is_empty());
        assert_eq!(papers[1].arxiv.as_ref().map(ArxivId::as_str), Some("math/0309136"));
        assert_eq!(papers[1].authors, ["Jane Q. Doe", "Ludwig Berg", "Li Wei", "The Boat Collaboration"]);
        assert_eq!((papers[1].version, papers[1].published, &papers[1].summary), (None, None, &None));
        let repaired: Vec<_> = papers[2..].iter().map(|paper| paper.key().to_string()).collect();
        assert_eq!(repaired, ["arxiv:0704.0010", "arxiv:0704.0010", "arxiv:1501.00010", "arxiv:2401.12340"]);
    }

    #[test]
    fn stated_names_are_kept() {
        let authors = |parsed: &str| {
            let line = format!(r#"{{"id":"2401.00001","title":"T","authors":"X Y","authors_parsed":[{parsed}]}}"#);
            papers("-", line.as_bytes()).remove(0)
        };
        for (parsed, expected) in [
            (r#"["'t Hooft","Gerard",""]"#, vec!["Gerard 't Hooft"]),
            (r#"["Yang","Xu De",""],["Roe","Ada",null]"#, vec!["Xu De Yang", "Ada Roe"]),
            (r#"["Van Thang","Nguyen",""]"#, vec!["Van Thang, Nguyen"]),
            (r#"["Bruch","Hans vom",""]"#, vec!["Hans vom Bruch"]),
            (r#"["M\\o{}ller","J.","Jr"]"#, vec!["J. Møller Jr"]),
            (r#"["Jones","B.","","1 and 2"],["Roe","A. (1,2)",""]"#, vec!["B. Jones", "A. Roe"]),
            (r#"["The D0 Collaboration","",""],["Roe","A.",""]"#, vec!["The D0 Collaboration", "A. Roe"]),
            (r#"["Roe","A.","","Boat Collaboration"]"#, vec!["A. Roe"]),
            (r#"["Aubert","The BABAR Collaboration: B.",""]"#, vec!["The BABAR Collaboration", "B. Aubert"]),
            (r#"["张","三",""]"#, vec!["张 三"]),
            (r#"["DeepMind","Google",""],["Team","Gemini",""]"#, vec!["Google DeepMind", "Gemini Team"]),
            (r#"["Group","DELPHI Working",""]"#, vec!["DELPHI Working Group"]),
            (r#"["Collaboration:","LIGO Scientific",""]"#, vec!["LIGO Scientific Collaboration"]),
        ] {
            assert_eq!(authors(parsed).authors, expected, "{parsed}");
        }
        let line =
            r#"{"id":"2401.00001","title":"T","authors":"The D0 Collaboration: V. Roe, A. Doe (1 and 2), et al"}"#;
        let found = papers("-", line.replace("\"title\"", "\"submitter\":null,\"title\"").as_bytes()).remove(0);
        assert_eq!(found.authors, ["The D0 Collaboration", "V. Roe", "A. Doe", "et al"]);
    }

    #[test]
    fn packed_and_plain_are_one() {
        let plain = papers("-", PAPERS.as_bytes());
        let packed = zstd_of(PAPERS.as_bytes());
        let member = [("arxiv-metadata-oai-snapshot.json", PAPERS.as_bytes())];
        for (name, bytes) in
            [("a.json.gz", gzip(PAPERS.as_bytes())), ("a.jsonl.zst", packed), ("-", zip(&member, 8, 0))]
        {
            assert!(papers(name, &bytes) == plain, "{name}");
        }
    }

    fn zstd_of(bytes: &[u8]) -> Vec<u8> {
        // One raw block: a frame can be written by hand.
        let head = u32::try_from(bytes.len()).unwrap() << 3 | 1;
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        [&[0x28, 0xb5, 0x2f, 0xfd, 0xa0][..], &length, &head.to_le_bytes()[..3], bytes].concat()
    }

    #[test]
    fn a_hostile_line_costs_one_record() {
        let (format, found) = read_bytes("hostile.jsonl", "2025-03-20", HOSTILE).unwrap();
        assert_eq!(format, "arxiv-snapshot");
        let found: Vec<String> = found
            .iter()
            .map(|found| match found {
                ReadItem::Record { record, .. } => record.paper.title.line().into_string(),
                other => summary(std::slice::from_ref(other)).remove(0),
            })
            .collect();
        assert_eq!(
            found,
            [
                "First",
                "line 2: not JSON: EOF while parsing a string at column 38",
                "line 3: expected a JSON object",
                "line 4: expected a JSON object",
                "line 5: `title`: expected text, found nothing",
                "line 6: `id`: expected an arXiv id, found nothing",
                "line 7: `id`: expected an arXiv id like 2403.03507 or hep-th/9901001, found `../../etc/passwd[31m`",
                "line 8: not a paper of the snapshot: invalid type: integer `99999999`, expected an arXiv id at column 14",
                "line 9: not a paper of the snapshot: invalid type: sequence, expected an arXiv id at column 7",
                "line 10: not a paper of the snapshot: invalid type: map, expected a string at column 27",
                "line 11: not a paper of the snapshot: duplicate field `title` at column 42",
                "line 12: not UTF-8 from byte 39 of the line on; save the file as UTF-8",
                "line 13: not JSON: unexpected end of hex escape at column 52",
                "line 14: not a paper of the snapshot: invalid type: sequence, expected a string at column 47",
                "Escapes [31m and turned",
                "Nobody",
                "Last",
            ]
        );
    }

    #[test]
    fn days_are_days_of_utc() {
        assert_eq!(day("Wed, 3 Jan 2024 18:20:11 GMT"), PartialDate::new(2024, Some(1), Some(3)));
        assert_eq!(day("Mon, 3 Jan 2024 23:20:11 -0500"), PartialDate::new(2024, Some(1), Some(4)));
        assert_eq!(day("yesterday"), None);
    }
}
