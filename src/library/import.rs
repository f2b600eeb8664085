//! Bringing papers in: every file costs only itself, every record costs only itself, and the report says what became of each.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::{Library, now_seconds, today};
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading};
use crate::error::{ErrorKind, Result};
use crate::sources::{self, Found};
use crate::store::{Outcome, PaperStore};

/// What to read and how.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// Files, folders, or `-` for standard input.
    pub paths: Vec<PathBuf>,
    /// Overrides the day a page says it is of.
    pub day: Option<PartialDate>,
    /// A name of SOURCES; None recognises each file by what is in it.
    pub format: Option<String>,
    /// Read and report, keep nothing.
    pub dry_run: bool,
}

/// Where a running import is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    pub path: String,
    pub file: usize,
    pub files: usize,
    pub read: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectedRecord {
    /// From 1; 0 when the whole file is meant.
    pub line: usize,
    pub reason: String,
}

/// What became of one file's records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReport {
    pub path: String,
    /// A name of SOURCES; empty when nothing could be read.
    pub format: String,
    pub read: usize,
    pub new: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub rejected: Vec<RejectedRecord>,
    /// What is odd about records that were read all the same.
    pub notices: Vec<RejectedRecord>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    pub files: Vec<FileReport>,
    /// Different papers among all that were read.
    pub distinct: usize,
    /// Papers that were on the starter shelf and now have their own abstract.
    pub joined_starter: usize,
    /// Papers whose state came in with them.
    pub restored: usize,
    /// What a folder held that is no file to read, and why: path and reason.
    pub skipped: Vec<(String, String)>,
    pub cancelled: bool,
    pub dry_run: bool,
    /// The first real papers came in while the starter shelf is still listed.
    pub offer_to_hide_starter: bool,
}

impl ImportReport {
    /// Sum over the files, without the rejected records themselves.
    pub fn total(&self) -> FileReport {
        let mut total = FileReport::default();
        for file in &self.files {
            total.read += file.read;
            total.new += file.new;
            total.updated += file.updated;
            total.unchanged += file.unchanged;
        }
        total
    }

    pub fn rejected(&self) -> usize {
        self.files.iter().map(|file| file.rejected.len()).sum()
    }
}

/// Id of the digest that holds the built-in papers.
pub const STARTER: &str = sources::starter::DIGEST;

pub(super) fn add_starter(papers: &mut PaperStore, now: i64) -> Result<()> {
    let mut import = papers.import()?;
    for paper in sources::starter::papers() {
        import.add(&paper, now)?;
    }
    import.commit()
}

impl Library {
    /// Reads files into the library. `progress` is called now and then; its Break ends the import after what was read so far, which is
    /// kept. Reading state that comes with a record is taken only for papers nothing was ever done with.
    pub fn import(
        &mut self,
        request: &ImportRequest,
        progress: &mut dyn FnMut(&ImportProgress) -> ControlFlow<()>,
    ) -> Result<ImportReport> {
        let mut report = ImportReport { dry_run: request.dry_run, ..ImportReport::default() };
        let mut seen = HashSet::new();
        let mut joined_starter = HashSet::new();
        let mut readings: Vec<(PaperKey, Reading)> = Vec::new();
        let walk = sources::expand(&request.paths);
        let files = walk.items.len();
        report.skipped = walk.skipped.into_iter().map(|skipped| (skipped.path, skipped.reason.to_owned())).collect();
        let now = now_seconds();
        let mut import = self.papers.import()?;
        for (place, item) in walk.items.into_iter().enumerate() {
            let mut file = FileReport { path: item.shown().to_owned(), ..FileReport::default() };
            let input = match item.open(today(), request.day) {
                Ok(input) => input,
                Err(error) => {
                    file.rejected.push(RejectedRecord { line: 0, reason: error.to_string() });
                    report.files.push(file);
                    continue;
                }
            };
            let mut failure = None;
            let outcome = sources::read(input, request.format.as_deref(), &mut |found| {
                match found {
                    Found::Rejected(rejected) => {
                        file.rejected.push(RejectedRecord { line: rejected.line, reason: rejected.reason });
                    }
                    Found::Notice(notice) => {
                        file.notices.push(RejectedRecord { line: notice.line, reason: notice.message });
                    }
                    Found::Record(record) => {
                        file.read += 1;
                        let added = match import.add(&record.paper, now) {
                            Ok(added) => added,
                            Err(error) if error.kind == ErrorKind::Data => {
                                file.read -= 1;
                                file.rejected.push(RejectedRecord { line: 0, reason: error.to_string() });
                                return ControlFlow::Continue(());
                            }
                            Err(error) => {
                                failure = Some(error);
                                return ControlFlow::Break(());
                            }
                        };
                        match added.outcome {
                            Outcome::New => file.new += 1,
                            Outcome::Updated => file.updated += 1,
                            Outcome::Unchanged => file.unchanged += 1,
                        }
                        if added.replaced_summary {
                            joined_starter.insert(added.key.clone());
                        }
                        if record.reading != Reading::default() {
                            readings.push((added.key.clone(), record.reading.clone()));
                        }
                        seen.insert(added.key);
                    }
                }
                if (file.read + file.rejected.len()).is_multiple_of(256) {
                    let at = ImportProgress { path: file.path.clone(), file: place + 1, files, read: file.read };
                    if progress(&at).is_break() {
                        report.cancelled = true;
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            });
            if let Some(error) = failure {
                return Err(error);
            }
            match outcome {
                Ok(format) => file.format = format.to_owned(),
                Err(error) => file.rejected.push(RejectedRecord { line: 0, reason: error.to_string() }),
            }
            report.files.push(file);
            if report.cancelled {
                break;
            }
        }
        report.distinct = seen.len();
        report.joined_starter = joined_starter.len();
        if request.dry_run {
            drop(import);
            return Ok(report);
        }
        import.commit()?;
        drop(import);
        self.refresh()?;
        report.restored = self.restore(readings)?;
        let starter_listed = !self.snapshot.hidden_digests.contains(STARTER);
        report.offer_to_hide_starter = report.total().new > 0 && starter_listed;
        Ok(report)
    }

    /// Takes states that came with records, as one batch, for papers that have none.
    fn restore(&mut self, readings: Vec<(PaperKey, Reading)>) -> Result<usize> {
        let mut changes = Vec::new();
        let mut papers = 0;
        for (key, reading) in readings {
            let known = self.snapshot.reading(&key, &self.state);
            if known != (Reading { seen: known.seen, ..Reading::default() }) {
                continue;
            }
            papers += 1;
            changes.push(Change::Status(key.clone(), reading.status));
            changes.push(Change::Star(key.clone(), reading.starred));
            changes.push(Change::Seen(key.clone(), reading.seen));
            changes.extend(reading.tags.into_iter().map(|tag| Change::Tag(key.clone(), tag)));
            changes.push(Change::Note(key, reading.note));
        }
        if papers > 0 {
            self.change(&changes, "restored from a file")?;
        }
        Ok(papers)
    }
}
