//! What an entry says of the user's reading: keywords and groups as tags, the status, ranking and comments of JabRef, the tags and notes of
//! Mendeley and Zotero.

use super::super::snapshot::rendered;
use super::super::stated_reading::StatedReading;
use super::fields::{BibEntry, listed, without_outer_braces};

/// Fields with lists of tags.
const TAGS: [&str; 5] = ["keywords", "keyword", "groups", "mendeley-tags", "mendeley-groups"];
/// Fields with texts of the user. `note` is a part of the reference.
const NOTES: [&str; 6] = ["annote", "annotation", "annotations", "comment", "comments", "review"];

pub(super) fn reading(entry: &BibEntry) -> StatedReading {
    let mut reading = StatedReading::default();
    for name in TAGS {
        for tags in entry.all(name) {
            reading.tags(listed(&rendered(tags)).iter().map(String::as_str));
        }
    }
    if let Some(status) = entry.get("readstatus") {
        reading.status(&rendered(status));
    }
    if let Some(stars) =
        entry.get("ranking").map(rendered).and_then(|ranking| ranking.strip_prefix("rank")?.parse().ok())
    {
        reading.rating(stars);
    }
    for name in NOTES {
        for note in entry.all(name) {
            let lines: Vec<String> = without_outer_braces(note).lines().map(rendered).collect();
            reading.note(&lines.join("\n"));
        }
    }
    reading
}
