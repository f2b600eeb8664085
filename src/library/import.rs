//! Bringing papers in: every file costs only itself, every record costs only itself, and the report says what became of each.

use std::collections::HashSet;
use std::mem;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use super::intake::{self, Batch, Entry, Pace};
use super::{Library, now_seconds};
use crate::domain::date::PartialDate;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Reading};
use crate::error::Result;
use crate::sources;
use crate::store::{Import, ImportOutcome, PaperStore};

/// What to read and how.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// Files, folders, or `-` for standard input.
    pub paths: Vec<PathBuf>,
    /// Overrides the day a page says it is of.
    pub day: Option<PartialDate>,
    /// A name of IMPORT_FORMATS; None recognises each file by what is in it.
    pub format: Option<String>,
    /// Read and report, keep nothing.
    pub dry_run: bool,
}

/// Where a running import is: first it reads file by file, then it makes the index of all papers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    pub path: String,
    pub file: usize,
    pub files: usize,
    pub read: usize,
    /// Bytes of this file that were read, and how many it has where that is known.
    pub bytes: u64,
    pub length: Option<u64>,
    /// Papers that are on their way into the index, of how many in the library; None while files are read.
    pub indexed: Option<(usize, usize)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RejectedRecord {
    /// From 1; 0 when the whole file is meant.
    pub line: usize,
    pub reason: String,
}

/// Records that a report names: the first of a file, and how many there are besides. A file of another kind has millions of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub first: Vec<RejectedRecord>,
    pub more: usize,
}

impl Named {
    const MOST: usize = 1000;

    fn push(&mut self, record: RejectedRecord) {
        if self.first.len() < Self::MOST {
            self.first.push(record);
        } else {
            self.more += 1;
        }
    }

    pub fn count(&self) -> usize {
        self.first.len() + self.more
    }
}

/// What became of one file's records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileReport {
    pub path: String,
    /// A name of IMPORT_FORMATS; empty when nothing could be read.
    pub format: String,
    pub read: usize,
    pub new: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub rejected: Named,
    /// What is odd about records that were read all the same.
    pub notices: Named,
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
    /// The new papers are kept and not listed: making the index was ended. Whoever next brings the library up to date makes it.
    pub unlisted: bool,
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
        self.files.iter().map(|file| file.rejected.count()).sum()
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

/// Records that a killed import loses at most. Each commit costs a few milliseconds; a log of all of them would be as large as the
/// database.
const COMMIT: usize = 150_000;
/// The same in the beginning.
const FIRST_COMMIT: usize = 2000;

impl Library {
    /// Reads files into the library. `progress` is called now and then; its Break ends the reading after what was read so far, which is
    /// kept, or the making of the index, which leaves the old one (unless states came in, which need the new one). What an import that was
    /// killed had read is kept but for the last few thousand records; importing again goes on from there. Reading state that comes with
    /// a record is taken only for papers nothing was ever done with.
    pub fn import(
        &mut self,
        request: &ImportRequest,
        progress: &mut dyn FnMut(&ImportProgress) -> ControlFlow<()>,
    ) -> Result<ImportReport> {
        let mut report = ImportReport { dry_run: request.dry_run, ..ImportReport::default() };
        let inputs = sources::expand(&request.paths);
        let files = inputs.files.len();
        report.skipped = inputs.skipped.into_iter().map(|skipped| (skipped.path, skipped.reason.to_owned())).collect();
        let mut intake = Intake::new(&mut self.papers, request.dry_run)?;
        let mut packer = intake.import.packer()?;
        let pace = Pace::default();
        for (place, item) in inputs.files.iter().enumerate() {
            intake.file = FileReport { path: item.shown().to_owned(), ..FileReport::default() };
            let mut failure = None;
            let outcome = intake::read(item, request, (&mut packer, &pace), &mut |batch: &Batch| {
                let unchanged = intake.file.unchanged + batch.found.len();
                if let Err(error) = batch.found.iter().try_for_each(|entry| intake.take(entry)) {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
                pace.known.store(intake.file.unchanged == unchanged, Ordering::Relaxed);
                let (path, read, length) = (intake.file.path.clone(), intake.file.read, item.length());
                let at =
                    ImportProgress { path, file: place + 1, files, read, bytes: batch.bytes, length, indexed: None };
                let flow = progress(&at);
                report.cancelled |= flow.is_break();
                flow
            });
            if let Some(error) = failure {
                return Err(error);
            }
            let mut file = mem::take(&mut intake.file);
            match outcome {
                Ok(format) => file.format = format.to_owned(),
                // Told in any case, after however many others.
                Err(error) => file.rejected.first.push(RejectedRecord { line: 0, reason: error.to_string() }),
            }
            report.files.push(file);
            if report.cancelled {
                break;
            }
        }
        report.distinct = intake.seen.count;
        report.joined_starter = intake.joined_starter.len();
        if request.dry_run {
            return Ok(report);
        }
        let readings = intake.finish()?;
        let (read, needed) = (report.total().read, !readings.is_empty());
        let whole = self.index_papers(&mut |done, all| {
            let indexed = Some((done, all));
            let flow = progress(&ImportProgress { read, file: files, files, indexed, ..ImportProgress::default() });
            if needed { ControlFlow::Continue(()) } else { flow }
        })?;
        if !whole {
            (report.cancelled, report.unlisted) = (true, true);
            return Ok(report);
        }
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

/// Papers on their way into the store, and what became of them.
struct Intake<'s> {
    import: Import<'s>,
    now: i64,
    /// The file that is being read.
    file: FileReport,
    seen: Rows,
    joined_starter: HashSet<PaperKey>,
    readings: Vec<(PaperKey, Reading)>,
}

impl<'s> Intake<'s> {
    fn new(papers: &'s mut PaperStore, dry_run: bool) -> Result<Self> {
        let import = papers.import()?;
        let import = if dry_run { import } else { import.commit_more_and_more(FIRST_COMMIT, COMMIT) };
        let (file, seen) = (FileReport::default(), Rows::default());
        Ok(Self { import, now: now_seconds(), file, seen, joined_starter: HashSet::new(), readings: Vec::new() })
    }

    fn take(&mut self, entry: &Entry) -> Result<()> {
        let file = &mut self.file;
        let (ready, reading) = match entry {
            Entry::Rejected(rejected) => {
                file.rejected.push(rejected.clone());
                return Ok(());
            }
            Entry::Notice(notice) => {
                file.notices.push(notice.clone());
                return Ok(());
            }
            Entry::Paper(paper) => (&paper.0, &paper.1),
        };
        let added = self.import.put(ready, self.now)?;
        file.read += 1;
        match added.outcome {
            ImportOutcome::New => file.new += 1,
            ImportOutcome::Updated => file.updated += 1,
            ImportOutcome::Unchanged => file.unchanged += 1,
        }
        self.seen.insert(added.row);
        if *reading != Reading::default() {
            self.readings.push((added.key.clone(), reading.clone()));
        }
        if added.replaced_summary {
            self.joined_starter.insert(added.key);
        }
        Ok(())
    }

    /// Keeps everything; returns the states that came with records.
    fn finish(mut self) -> Result<Vec<(PaperKey, Reading)>> {
        self.import.commit()?;
        Ok(self.readings)
    }
}

/// A set of rows, a bit each: an archive has millions of them, numbered from 1 almost without gaps.
#[derive(Default)]
struct Rows {
    bits: Vec<u64>,
    count: usize,
}

impl Rows {
    /// More rows than an index can hold are not told apart.
    const MOST: usize = 1 << 28;

    fn insert(&mut self, row: i64) {
        let row = usize::try_from(row).unwrap_or_default().min(Self::MOST);
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
