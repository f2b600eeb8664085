//! How much of one record is kept. Real papers are far below; a record above (a file that went wrong, or was made to do harm) would stall
//! every list, search and key, so it is cut when it is imported, and the import says so. Nothing is cut anywhere else.

use std::mem;

use super::clean::Clean;
use super::paper::Author;
use super::record::Record;

/// Most of one part of a record, and why so much.
struct RecordLimit {
    /// What is cut, in the plural where it is a list.
    part: &'static str,
    /// Most characters of a text, or items of a list.
    most: usize,
}

const fn limit(part: &'static str, most: usize) -> RecordLimit {
    RecordLimit { part, most }
}

/// Most characters of a note. No longer one is accepted, so that none is cut when it is exported and imported again.
pub const NOTE_CHARACTERS: usize = 200_000;

/// The longest of 50,000 real titles has 192 characters; a title is drawn, matched and folded on every key.
const TITLE: RecordLimit = limit("title", 2_000);
/// arXiv takes 1,920 characters; the longest of 50,000 real abstracts has 16,205.
const ABSTRACT: RecordLimit = limit("abstract", 100_000);
/// The largest collaboration has signed with 5,154 names.
const AUTHORS: RecordLimit = limit("authors", 10_000);
/// Names of collaborations have up to 100 characters.
const AUTHOR: RecordLimit = limit("name of an author", 500);
/// A paper has at most a dozen.
const CATEGORIES: RecordLimit = limit("categories", 100);
const CATEGORY: RecordLimit = limit("category", 100);
/// Publishers give up to about 50.
const KEYWORDS: RecordLimit = limit("keywords", 500);
const KEYWORD: RecordLimit = limit("keyword", 200);
/// A page of an abstract has at most 50.
const LINKS: RecordLimit = limit("links", 500);
/// Browsers take addresses of about this length; a part of one leads elsewhere, so a longer one is left out.
const LINK: RecordLimit = limit("link", 2_048);
/// Comments and journal references have up to about 1,000.
const REMARK: RecordLimit = limit("remark", 5_000);
/// The longest fields of real bibliographies are lists of files and notes.
const BIBTEX_FIELDS: RecordLimit = limit("fields of its BibTeX entry", 200);
/// A LaTeX text that is cut is none any more, so a longer one is left out.
const BIBTEX_FIELD: RecordLimit = limit("field of its BibTeX entry", 20_000);
const BIBTEX_KEY: RecordLimit = limit("citation key", 500);
/// A paper on a list every day for 27 years.
const DIGESTS: RecordLimit = limit("digests", 10_000);
/// The name of a digest is drawn on every row of its list.
const DIGEST: RecordLimit = limit("name of a digest", 200);
/// More than a person can think of; each is a line in the list of tags.
const TAGS: RecordLimit = limit("tags", 10_000);
/// A hundred pages, more than the command line or a paste can give; a note is wrapped on every key that moves to its paper.
const NOTE: RecordLimit = limit("note", NOTE_CHARACTERS);

/// Cuts what is above the limits. Returns a message for each part that was cut: which, and to what.
pub fn cut_to_limits(record: &mut Record) -> Vec<String> {
    let mut cut = Vec::new();
    let Record { paper, reading, source: _ } = record;
    TITLE.text(&mut paper.title.source, &mut cut);
    if let Some(summary) = &mut paper.summary {
        ABSTRACT.text(&mut summary.source, &mut cut);
    }
    AUTHORS.list(&mut paper.authors, &mut cut);
    for author in paper.authors.iter_mut().filter(|author| author.as_str().len() > AUTHOR.most) {
        let mut name = author.as_str().to_owned();
        AUTHOR.text(&mut name, &mut cut);
        *author = Author::new(name);
    }
    for (list, items, item) in [(&mut paper.categories, CATEGORIES, CATEGORY), (&mut paper.keywords, KEYWORDS, KEYWORD)]
    {
        items.list(list, &mut cut);
        list.iter_mut().for_each(|text| item.text(text, &mut cut));
    }
    for text in [&mut paper.venue, &mut paper.journal_ref, &mut paper.comment, &mut paper.license].into_iter().flatten()
    {
        REMARK.text(text, &mut cut);
    }
    LINKS.list(&mut paper.links, &mut cut);
    paper.links.retain(|link| {
        let fits = link.url.len() <= LINK.most;
        if !fits {
            cut.push(format!(
                "a link of {} characters was left out: more than {}",
                link.url.chars().count(),
                LINK.most
            ));
        }
        fits
    });
    if let Some(entry) = &mut paper.bibtex {
        BIBTEX_KEY.text(&mut entry.key, &mut cut);
        BIBTEX_FIELDS.list(&mut entry.fields, &mut cut);
        entry.fields.retain(|(name, value)| {
            let fits = value.len() <= BIBTEX_FIELD.most;
            if !fits {
                let characters = value.chars().count();
                let most = BIBTEX_FIELD.most;
                cut.push(format!(
                    "the BibTeX field `{name}` of {characters} characters was left out: more than {most}"
                ));
            }
            fits
        });
    }
    DIGESTS.list(&mut paper.sightings, &mut cut);
    for sighting in &mut paper.sightings {
        let digest = &mut sighting.digest;
        DIGEST.text(&mut digest.id, &mut cut);
        for name in [&mut digest.source, &mut digest.label] {
            DIGEST.name(name, &mut cut);
        }
    }
    if reading.tags.len() > TAGS.most {
        cut.push(TAGS.message(reading.tags.len()));
        let first = std::mem::take(&mut reading.tags);
        reading.tags = first.into_iter().take(TAGS.most).collect();
    }
    NOTE.text(&mut reading.note, &mut cut);
    cut
}

impl RecordLimit {
    fn message(&self, found: usize) -> String {
        format!("{} cut from {found} to {}", self.part, self.most)
    }

    fn list<T>(&self, list: &mut Vec<T>, cut: &mut Vec<String>) {
        if list.len() > self.most {
            cut.push(self.message(list.len()));
            list.truncate(self.most);
        }
    }

    fn text(&self, text: &mut String, cut: &mut Vec<String>) {
        if text.len() <= self.most {
            return;
        }
        if let Some((end, _)) = text.char_indices().nth(self.most) {
            cut.push(format!("{} characters", self.message(text.chars().count())));
            text.truncate(end);
        }
    }

    fn name(&self, name: &mut Clean, cut: &mut Vec<String>) {
        if name.len() > self.most {
            let mut text = mem::take(name).into_string();
            self.text(&mut text, cut);
            *name = Clean::new(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::markup::Markup;
    use crate::domain::paper::{Digest, Link, LinkKind, Paper, Sighting};
    use crate::domain::reading::{Reading, Tag};
    use crate::domain::text::Text;

    #[test]
    fn a_record_above_the_limits_is_cut_and_one_below_is_not() {
        let paper = |scale: usize| Paper {
            title: Text::new("é".repeat(2_000 * scale), Markup::Plain),
            summary: Some(Text::new("a".repeat(100_000 * scale), Markup::Plain)),
            authors: vec![Author::new("n".repeat(500 * scale)); 10_000 * scale],
            keywords: vec!["k".repeat(200 * scale); 500 * scale],
            comment: Some("c".repeat(5_000 * scale)),
            links: vec![Link { kind: LinkKind::Other, url: "u".repeat(2_048 * scale) }; 500 * scale],
            sightings: vec![Sighting {
                digest: Digest { label: "l".repeat(200 * scale).into(), ..Digest::default() },
                ..Sighting::default()
            }],
            ..Paper::default()
        };
        let reading = |count: usize| Reading {
            tags: (0..count).filter_map(|number| Tag::new(&number.to_string())).collect(),
            note: "n".repeat(count * 20),
            ..Reading::default()
        };
        let mut below = Record { paper: paper(1), reading: reading(10_000), ..Record::default() };
        let before = below.clone();
        assert_eq!(cut_to_limits(&mut below), Vec::<String>::new());
        assert!(below == before);

        let mut above = Record { paper: paper(2), reading: reading(20_000), ..Record::default() };
        let cut = cut_to_limits(&mut above);
        assert!(cut.contains(&"title cut from 4000 to 2000 characters".to_owned()), "{:?}", cut.first());
        assert!(cut.contains(&"authors cut from 20000 to 10000".to_owned()));
        assert!(cut.contains(&"a link of 4096 characters was left out: more than 2048".to_owned()));
        // The second time nothing is left to cut.
        assert_eq!(cut_to_limits(&mut above), Vec::<String>::new());
        assert_eq!((above.paper.title.source.chars().count(), above.paper.links.len()), (2_000, 0));
        assert_eq!((above.reading.tags.len(), above.reading.note.len()), (10_000, 200_000));
    }
}
