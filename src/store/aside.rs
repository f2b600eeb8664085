//! What is kept of a log of `user.db` that no longer belongs to the file at its path: changes that were acknowledged and that only the log
//! holds, as lines to read, and the log itself. Nothing is written into another file's contents.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::contents::is_log_saved;
use super::database::OpenDatabase;
use super::folder;
use crate::domain::record::escape_invisible;
use crate::error::{IoContext, Result};

/// A change as the lines tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnsavedChange {
    /// Unix milliseconds.
    pub(super) at: i64,
    pub(super) label: String,
    pub(super) subject: String,
    pub(super) field: String,
    /// None: as if never touched.
    pub(super) value: Option<String>,
}

/// Changes of this process that may be in the log alone.
#[derive(Debug, Default)]
pub(super) struct UnsavedChanges {
    changes: Vec<UnsavedChange>,
    /// How many more there are.
    pub(super) more: usize,
}

impl UnsavedChanges {
    /// Changes held in memory; after more of them the log is written into the file at once.
    pub(super) const MOST: usize = 10_000;

    pub(super) fn add(&mut self, changes: Vec<UnsavedChange>, more: usize) {
        self.changes.extend(changes);
        self.more += more;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether further changes are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.changes.len() >= Self::MOST
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Writes changes beside a database file as JSON lines. Returns where they are.
pub(super) fn keep_changes(path: &Path, unsaved: &UnsavedChanges) -> Result<PathBuf> {
    let mut lines = String::new();
    for UnsavedChange { at, label, subject, field, value } in &unsaved.changes {
        let at = jiff::Timestamp::from_millisecond(*at).map(|at| at.to_string()).unwrap_or_default();
        let line = json!({ "at": at, "change": label, "of": subject, "field": field, "value": value });
        lines.push_str(&escape_invisible(line.to_string()));
        lines.push('\n');
    }
    if unsaved.more > 0 {
        lines.push_str(&format!("{}\n", json!({ "more": unsaved.more })));
    }
    let (mut file, kept) = create(path, ".jsonl").at("write beside", path)?;
    file.write_all(lines.as_bytes()).and_then(|()| file.sync_all()).at("write", &kept)?;
    Ok(kept)
}

/// Moves the log of a database file, or its rollback journal, away from it.
pub(super) fn keep(path: &Path, suffix: &str) -> Result<PathBuf> {
    let log = folder::beside(path, suffix);
    let (_, kept) = create(path, suffix).at("write beside", path)?;
    fs::rename(&log, &kept).at("move aside", &log)?;
    Ok(kept)
}

/// A new, private file with the next free number in its name.
fn create(path: &Path, suffix: &str) -> io::Result<(fs::File, PathBuf)> {
    let mut number = 1_u32;
    loop {
        let kept = folder::beside(path, &format!(".unsaved-{number}{suffix}"));
        match OpenOptions::new().write(true).create_new(true).open(&kept) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
            Ok(file) => return folder::set_mode(&kept, 0o600).map(|()| (file, kept)),
        }
    }
}

impl OpenDatabase {
    /// Whether the file held everything that is in its log.
    pub(super) fn is_log_saved(&self) -> bool {
        is_log_saved(&self.connection)
    }

    /// Removes the log that was opened from the path of a file that it no longer belongs to, and its index. A log that holds more than the
    /// file did is moved aside where `keep` is true.
    pub(super) fn part_from_log(&self, keep: bool) -> Result<()> {
        let path = self.path();
        let [has_log, has_index] = self.opened.as_ref().map_or([false; 2], |opened| opened.has_log_at(&path));
        if keep && has_log && !self.is_log_saved() {
            self::keep(&path, "-wal")?;
        }
        let rest = [has_log.then_some("-wal"), has_index.then_some("-shm")];
        rest.into_iter().flatten().try_for_each(|suffix| folder::remove(&folder::beside(&path, suffix)))
    }
}
