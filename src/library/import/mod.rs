//! Imports papers from files. A file or record that cannot be read does not affect the others; the report says what became of each.
//!
//! Lists the import formats; front ends import them from here.

mod pasted;
mod reader;
mod report;
mod states;

use std::collections::HashSet;
use std::mem;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub use self::pasted::{NamedText, TextContents, contents_of};
pub use self::report::{
    FileReport, ImportProgress, ImportReport, ImportRequest, JoinedRecord, JoinedRecords, NewPapers, RecordProblem,
    RecordProblems, UndatedDigest,
};

use self::reader::{ReadBatch, ReadRecord, ReaderStatus};
use self::states::StatesInFiles;
use super::{Library, now_seconds, today};
use crate::domain::clean::Clean;
use crate::domain::identity::PaperKey;
use crate::domain::paper::is_daily;
use crate::domain::record_source::RecordSource;
use crate::error::{Error, ErrorKind, Result};
use crate::sources::{self, ImportFormat, InputFile};
use crate::store::{Import, ImportOutcome, PaperStore, ReadyRecord};

/// Every format that can be imported.
pub fn formats() -> impl Iterator<Item = &'static ImportFormat> {
    sources::IMPORT_FORMATS.iter()
}

/// A usage error when there is no import format of this name.
pub fn check_format(name: &str) -> Result<()> {
    if formats().any(|format| format.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = formats().map(|format| format.name).collect();
    let error = Error::usage(format!("`{}` is not an import format", Clean::new(name)));
    Err(error.hint(format!("one of {}", names.join(", "))))
}

/// Id of the digest of the built-in papers, the starter shelf.
pub const STARTER: &str = sources::starter::DIGEST;

/// Adds the papers of the starter shelf.
pub(super) fn add_starter(papers: &mut PaperStore, now: i64) -> Result<()> {
    let mut import = papers.import()?;
    for paper in sources::starter::papers() {
        import.put(&ReadyRecord::new(paper, RecordSource::Starter)?, now)?;
    }
    import.commit()
}

/// Most records between two commits, which a killed import loses. Each commit costs a few milliseconds; without commits the write-ahead log
/// would grow as large as the database.
const COMMIT_INTERVAL: usize = 150_000;
/// The same for the first commit; the interval grows from there.
const FIRST_COMMIT_INTERVAL: usize = 2000;

impl Library {
    /// Imports files. `progress` is called now and then; its Break cancels the import. What was read until then is kept. Cancelled while the
    /// index is built, the old index stays, unless the files have reading states, which need the new one.
    ///
    /// A killed import keeps what it read but for the last records, see `COMMIT_INTERVAL`; importing again goes on from there. An error when no paper can be stored; what fails later, and problems of files
    /// and records, are in the report.
    pub fn import(
        &mut self,
        request: &ImportRequest,
        progress: &mut dyn FnMut(&ImportProgress) -> ControlFlow<()>,
    ) -> Result<ImportReport> {
        let mut report = ImportReport { dry_run: request.dry_run, ..ImportReport::default() };
        let mut inputs = sources::expand(&request.paths);
        let texts = request.texts.iter().map(|text| InputFile::of_text(&text.name, Arc::clone(&text.text)));
        inputs.files.extend(texts);
        let files = inputs.files.len();
        report.skipped = inputs.skipped.into_iter().map(|skipped| (skipped.path, skipped.reason.to_owned())).collect();
        let digests_before: HashSet<String> = self.snapshot.digests().iter().map(|digest| digest.id.clone()).collect();
        if !request.dry_run {
            // No reason to store nothing: `doctor` tells how old the last copy is.
            drop(self.papers.back_up_history(today()));
        }
        let mut running = RunningImport::new(&mut self.papers, request)?;
        let stored = running.store_files(&inputs.files, request, progress, &mut report);
        let stored = stored.and_then(|()| if request.dry_run { Ok(()) } else { running.import.commit() });
        report.distinct = running.rows.count;
        report.joined_starter = running.joined_starter.len();
        report.new_papers = mem::take(&mut running.new_papers);
        report.joined = mem::take(&mut running.joined);
        report.states_left = running.states.left();
        if let Err(error) = stored {
            let (read, committed) = (report.total().read, running.import.committed());
            // Nothing can be said of what went into a file that was removed or replaced.
            if committed == 0 || error.kind != ErrorKind::System {
                return Err(error);
            }
            report.unlisted = true;
            report.failure = Some(error.preceded_by(format_args!("only {committed} of {read} records were stored")));
            return Ok(report);
        }
        if request.dry_run {
            return Ok(report);
        }
        let states = mem::take(&mut running.states);
        drop(running);
        let index_is_needed = !states.is_empty();
        let read = report.total().read;
        let is_indexed = self.index_papers(&mut |done, all| {
            let indexed = Some((done, all));
            let flow = progress(&ImportProgress { read, file: files, files, indexed, ..ImportProgress::default() });
            if index_is_needed { ControlFlow::Continue(()) } else { flow }
        });
        match is_indexed {
            Ok(true) => {}
            Ok(false) => {
                (report.cancelled, report.unlisted) = (true, true);
                return Ok(report);
            }
            Err(error) => {
                report.unlisted = true;
                report.failure = Some(error.preceded_by("the papers are stored, but not listed yet"));
                return Ok(report);
            }
        }
        match self.take_states(states) {
            Ok(restored) => report.restored = restored,
            Err(error) => {
                let what = "the papers are stored, but their reading states are not; import again to restore them";
                report.failure = Some(error.preceded_by(what));
            }
        }
        let undated = self.snapshot.digests().iter().filter(|digest| digest.day.is_none() && is_daily(&digest.source));
        let is_new = undated.filter(|digest| !digests_before.contains(&digest.id));
        report.undated =
            is_new.map(|digest| UndatedDigest { id: digest.id.clone(), label: digest.label.clone() }).collect();
        let starter_listed = !self.snapshot.hidden_digests.contains(STARTER);
        report.offer_to_hide_starter = report.total().new > 0 && starter_listed;
        Ok(report)
    }
}

/// An import while it stores records, and what became of them.
struct RunningImport<'s> {
    import: Import<'s>,
    now: i64,
    /// The report of the file that is being read, those of the files of the same input before it, and what of the input is not read.
    file: FileReport,
    files: Vec<FileReport>,
    skipped: Vec<(String, String)>,
    rows: RowSet,
    joined_starter: HashSet<PaperKey>,
    states: StatesInFiles,
    new_papers: NewPapers,
    joined: JoinedRecords,
}

impl<'s> RunningImport<'s> {
    fn new(papers: &'s mut PaperStore, request: &ImportRequest) -> Result<Self> {
        let import = papers.import()?;
        let import =
            if request.dry_run { import } else { import.commit_more_and_more(FIRST_COMMIT_INTERVAL, COMMIT_INTERVAL) };
        let (file, rows) = (FileReport::default(), RowSet::default());
        let (joined_starter, new_papers) = (HashSet::new(), NewPapers::default());
        let states = StatesInFiles::new(request.states);
        let (files, skipped, joined) = (Vec::new(), Vec::new(), JoinedRecords::default());
        Ok(Self { import, now: now_seconds(), file, files, skipped, rows, joined_starter, states, new_papers, joined })
    }

    /// Stores the records of all files. What became of them is in the report, also after an error.
    fn store_files(
        &mut self,
        files: &[InputFile],
        request: &ImportRequest,
        progress: &mut dyn FnMut(&ImportProgress) -> ControlFlow<()>,
        report: &mut ImportReport,
    ) -> Result<()> {
        let mut packer = self.import.packer()?;
        let status = ReaderStatus::default();
        for (place, item) in files.iter().enumerate() {
            let path = Clean::new(item.shown());
            self.file = FileReport { path: path.clone(), ..FileReport::default() };
            let mut failure = None;
            let outcome = reader::read(item, request, (&mut packer, &status), &mut |batch: &ReadBatch| {
                let all_unchanged = self.file.unchanged + batch.records.len();
                if let Err(error) = batch.records.iter().try_for_each(|record| self.store(record)) {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
                status.all_known.store(self.file.unchanged == all_unchanged, Ordering::Relaxed);
                let ended: usize = self.files.iter().map(|file| file.read).sum();
                let current = ImportProgress {
                    path: path.clone(),
                    file: place + 1,
                    files: files.len(),
                    read: ended + self.file.read,
                    bytes: batch.bytes,
                    length: item.length(),
                    indexed: None,
                };
                let flow = progress(&current);
                report.cancelled |= flow.is_break();
                flow
            });
            if let Err(error) = outcome {
                // Listed in any case, however many others there are.
                self.file.rejected.push_of_file(error.to_string());
            }
            // A file without an end: the import was cancelled, or the rest of the input could not be read.
            let begun = mem::take(&mut self.file);
            if !begun.is_blank() {
                self.files.push(begun);
            }
            report.files.append(&mut self.files);
            report.skipped.append(&mut self.skipped);
            if let Some(error) = failure {
                return Err(error);
            }
            if report.cancelled {
                break;
            }
        }
        Ok(())
    }

    fn store(&mut self, record: &ReadRecord) -> Result<()> {
        let file = &mut self.file;
        let paper = match record {
            ReadRecord::Rejected(rejected) => {
                file.rejected.push(rejected.clone());
                return Ok(());
            }
            ReadRecord::Notice(notice) => {
                file.notices.push(notice.clone());
                return Ok(());
            }
            ReadRecord::FileEnd(path, outcome) => {
                let next = FileReport { path: file.path.clone(), ..FileReport::default() };
                let mut ended = mem::replace(file, next);
                ended.path = path.clone();
                match outcome {
                    Ok(format) => ended.format = (*format).to_owned(),
                    Err(error) => ended.rejected.push_of_file(error.to_string()),
                }
                self.files.push(ended);
                return Ok(());
            }
            ReadRecord::Skipped(skipped) => {
                self.skipped.push((skipped.path.clone(), skipped.reason.to_owned()));
                return Ok(());
            }
            ReadRecord::Paper(paper) => paper,
        };
        let added = self.import.put(&paper.record, self.now)?;
        file.read += 1;
        match added.outcome {
            ImportOutcome::New => {
                file.new += 1;
                self.new_papers.push(&added.key);
            }
            ImportOutcome::Updated => file.updated += 1,
            ImportOutcome::Unchanged => file.unchanged += 1,
        }
        if let Some(before) = &added.joined {
            let stated = paper.record.key();
            let other = if *stated == added.key { before } else { stated };
            self.joined.push(other, &added.key);
        }
        self.rows.insert(added.row);
        self.states.add(&added.key, &paper.reading, paper.states);
        if added.replaced_summary {
            self.joined_starter.insert(added.key);
        }
        Ok(())
    }
}

/// A set of rows of papers.db, a bit each: an archive has millions, numbered from 1 almost without gaps.
#[derive(Default)]
struct RowSet {
    bits: Vec<u64>,
    count: usize,
}

impl RowSet {
    /// Rows above this limit, which no index can hold, count as one.
    const LIMIT: usize = 1 << 28;

    fn insert(&mut self, row: i64) {
        let row = usize::try_from(row).unwrap_or_default().min(Self::LIMIT);
        let (word, bit) = (row / 64, 1 << (row % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(word).filter(|bits| **bits & bit == 0) {
            *bits |= bit;
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_reported_when_reading_states_cannot_be() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("papers.jsonl");
        std::fs::write(&file, r#"{"title":"Quiet Kites of Winter","arxiv":"2401.00001","starred":true}"#).unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
        let report = library
            .import(&request, &mut |progress| {
                if progress.indexed.is_some() {
                    drop(std::fs::remove_file(folder.path().join("user.db")));
                }
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!((report.total().new, report.restored), (1, 0));
        let failure = report.failure.unwrap().to_string();
        assert!(failure.starts_with("the papers are stored, but their reading states are not"), "{failure}");
        assert!(failure.contains("user.db was removed or emptied"), "{failure}");
    }
}
