//! The journal as a log: one row for each action, with the titles of its papers, and apart from them what was only seen. `changes` has
//! every changed field.

use std::collections::HashSet;

use jiff::tz::TimeZone;

use super::{Library, Snapshot};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::reading::Status;
use crate::error::Result;
use crate::store::{LoggedBatch, Subjects};

/// Papers named in a row.
const NAMED: usize = 3;
/// The latest batches that only say that a paper was seen, of which the days are made.
const SEEN_BATCHES: usize = 500;

/// One entry of the journal, ready to be shown. Texts may hold anything the user typed; clean them before they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Unix milliseconds.
    pub at: i64,
    /// `2026-01-31 14:05` in the system's time zone.
    pub when: String,
    pub device: String,
    /// Number of the batch: entries with the same number are undone together.
    pub batch: i64,
    pub label: String,
    /// Key of the paper, name of the view or id of the digest.
    pub subject: String,
    pub field: String,
    pub before: String,
    pub after: String,
    pub undone: bool,
}

/// One action, which one undo reverts; or what was seen on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoggedAction {
    /// `2026-01-31 14:05` in the system's time zone; the day alone for what was seen.
    pub when: String,
    /// `starred`, `marked read`, `tagged peft`, `view `a` saved`, …
    pub label: Clean,
    /// How many papers; 0 for views and digests, which the label names.
    pub papers: usize,
    /// Titles of the first of them, or keys of those that are no longer in the library.
    pub titles: Vec<Clean>,
    /// What was written as the note of one paper.
    pub note: Clean,
    pub undone: bool,
}

/// The latest actions, newest first, and the latest days on which papers were only seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionLog {
    pub actions: Vec<LoggedAction>,
    pub seen: Vec<LoggedAction>,
}

impl LoggedAction {
    /// What it was about: the title of a paper, or how many papers with the first titles. `grouped` writes numbers.
    pub fn subject(&self, grouped: fn(usize) -> String) -> Clean {
        let titles = self.titles.iter().map(|title| &**title).collect::<Vec<_>>().join("; ");
        let note = if self.note.is_empty() { String::new() } else { format!(": {}", self.note) };
        Clean::new(&match self.papers {
            0 => String::new(),
            1 => format!("{titles}{note}"),
            papers if papers > self.titles.len() => format!("{} papers: {titles}; …", grouped(papers)),
            papers => format!("{} papers: {titles}", grouped(papers)),
        })
    }
}

/// Journals hold batches that are labelled with a status only.
pub(super) fn readable_label(label: &str) -> String {
    match label.parse::<Status>() {
        Ok(status) => format!("marked {status}"),
        Err(_) => label.to_owned(),
    }
}

impl Library {
    /// The latest changed fields of the journal, at most `limit`, newest first.
    pub fn changes(&self, limit: Option<usize>) -> Result<Vec<LogLine>> {
        let entries = self.user.log(None, limit.unwrap_or(i64::MAX as usize))?;
        let lines = entries.into_iter().map(|entry| LogLine {
            at: entry.at,
            when: written(entry.at, "%Y-%m-%d %H:%M"),
            device: entry.device,
            batch: entry.batch,
            label: entry.label,
            subject: entry.subject,
            field: entry.field,
            before: entry.before.unwrap_or_default(),
            after: entry.after.unwrap_or_default(),
            undone: entry.undone,
        });
        Ok(lines.collect())
    }

    /// The latest actions, at most `limit`, and what was seen.
    pub fn actions(&self, limit: Option<usize>) -> Result<ActionLog> {
        let snapshot = &self.snapshot;
        let batches = self.user.batches(limit.unwrap_or(i64::MAX as usize))?;
        let actions = batches.iter().map(|batch| action(snapshot, batch)).collect();
        Ok(ActionLog { actions, seen: seen(snapshot, &self.user.seen(SEEN_BATCHES)?) })
    }
}

fn written(at: i64, format: &str) -> String {
    let zoned = jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(TimeZone::system());
    zoned.strftime(format).to_string()
}

fn action(snapshot: &Snapshot, batch: &LoggedBatch) -> LoggedAction {
    let (papers, titles) = match &batch.subjects {
        Subjects::All(subjects) => papers(snapshot, subjects.iter().map(String::as_str)),
        Subjects::First { subjects, count } => {
            let (_, titles) = papers(snapshot, subjects.iter().map(String::as_str));
            (*count, titles)
        }
    };
    let note = batch.note.clone().filter(|_| papers == 1).unwrap_or_default();
    LoggedAction {
        when: written(batch.at, "%Y-%m-%d %H:%M"),
        label: Clean::new(&readable_label(&batch.label)),
        papers,
        titles,
        note: Clean::new(&note),
        undone: batch.undone,
    }
}

/// How many papers these subjects are, and the titles of the first. A paper may have reading state under several keys.
fn papers<'a>(snapshot: &Snapshot, subjects: impl Iterator<Item = &'a str>) -> (usize, Vec<Clean>) {
    let (mut known, mut count, mut titles) = (HashSet::new(), 0, Vec::new());
    for key in subjects.filter_map(PaperKey::from_stored) {
        let doc = snapshot.find(&key);
        if doc.is_some_and(|doc| !known.insert(doc)) {
            continue;
        }
        count += 1;
        if titles.len() < NAMED {
            titles.push(Clean::new(doc.map_or_else(|| key.as_str(), |doc| snapshot.title(doc))));
        }
    }
    (count, titles)
}

/// What was seen, by day; `seen` is newest first.
fn seen(snapshot: &Snapshot, seen: &[(i64, String)]) -> Vec<LoggedAction> {
    let day = |at: i64| written(at, "%Y-%m-%d");
    let days = seen.chunk_by(|one, other| day(one.0) == day(other.0));
    let rows = days.filter_map(|rows| {
        let (papers, titles) = papers(snapshot, rows.iter().map(|(_, subject)| subject.as_str()));
        let when = day(rows.first()?.0);
        Some(LoggedAction { when, label: "seen".into(), papers, titles, ..LoggedAction::default() })
    });
    rows.collect()
}
