//! Builds the full-text index: decides which abstracts are inverted, and on how many threads. Every thread reads papers.db in a transaction of
//! its own and inverts runs of papers. Searching is in `abstract_search`.

use std::fs;
use std::num::NonZero;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::abstract_search::IN_MEMORY;
use super::abstract_search::readable_abstract;
use super::index_sync::index_revision;
use super::{INDEX, Library, create_private_folder, remove_if_present};
use crate::domain::tex;
use crate::error::{IoContext, Result};
use crate::index::{FullText, FullTextBuilder, FullTextRun, SegmentedIndex, full_text_revision};
use crate::store::PaperStore;

/// Consecutive papers that one thread takes at once.
const SHARE: usize = 1 << 16;
/// Abstracts read between two cancellation checks.
const CHECK_INTERVAL: usize = 64;
/// All abstracts are inverted again when more than `papers / RECENT_SHARE + RECENT_FEW` changed since they last were.
const RECENT_SHARE: usize = 20;
const RECENT_FEW: usize = 500;
/// More threads would wait for the memory and the disk.
const MOST_THREADS: usize = 4;

/// Called now and then with how many abstracts were inverted, of how many; Break cancels the build, and nothing is kept.
pub type FullTextProgress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// How many threads a build may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexingPriority {
    /// All cores but one, where there are two.
    Background,
    /// All cores: the user waits for the build.
    Foreground,
}

impl IndexingPriority {
    fn threads(self) -> usize {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        match self {
            Self::Background => cores.saturating_sub(1).clamp(1, MOST_THREADS),
            Self::Foreground => cores.min(MOST_THREADS),
        }
    }
}

impl Library {
    /// Whether a full-text index should be built: it is missing or outdated, can be written, and was not disabled.
    pub fn wants_full_text(&self) -> Result<bool> {
        is_wanted(&self.dir, &self.papers)
    }

    /// Whether there is no full-text index, so that what only it can find is searched in titles alone: not built yet, or not wanted.
    pub fn lacks_full_text(&self) -> bool {
        self.snapshot.index.len() > IN_MEMORY && !has_full_text(&self.dir)
    }

    /// Builds no full-text index from now on. Searches read the abstracts that an existing one lacks.
    pub fn disable_full_text(&self) -> Result<()> {
        create_private_folder(&full_text_folder(&self.dir))?;
        let path = disabled_file(&self.dir);
        fs::write(&path, "").at("write", &path)
    }

    /// Reverts `disable_full_text`.
    pub fn enable_full_text(&self) -> Result<()> {
        remove_if_present(&disabled_file(&self.dir))
    }

    /// Builds the full-text index where it is wanted, in bounded memory: a minute or more for all of arXiv, so call it on a background thread.
    /// Searches use the old one meanwhile. False when there was nothing to build, another process builds it, the papers changed, or
    /// `progress` cancelled it.
    pub fn build_full_text(&self, priority: IndexingPriority, progress: &mut FullTextProgress<'_>) -> Result<bool> {
        // The document ids are those of the index, so it must be up to date.
        let is_current = index_revision(&self.papers, &self.state)? == self.snapshot.index.revision();
        Ok(is_current && build_full_text(&self.dir, &self.papers, &self.snapshot.index, priority, progress)?)
    }
}

/// Whether there is a full-text index in a folder, outdated or not: without one a search in abstracts reads every one.
pub fn has_full_text(dir: &Path) -> bool {
    full_text_revision(&full_text_folder(dir)).is_some()
}

pub(super) fn full_text_folder(dir: &Path) -> PathBuf {
    dir.join(INDEX).join("text")
}

/// This file exists while the full-text index is disabled.
fn disabled_file(dir: &Path) -> PathBuf {
    full_text_folder(dir).join("declined")
}

fn is_wanted(dir: &Path, papers: &PaperStore) -> Result<bool> {
    let possible = !papers.is_read_only() && !disabled_file(dir).exists();
    Ok(possible && full_text_revision(&full_text_folder(dir)) != Some(papers.revision()?))
}

/// `Library::build_full_text` for a folder without an open library, with a current index.
pub(super) fn build_full_text(
    dir: &Path,
    papers: &PaperStore,
    index: &SegmentedIndex,
    priority: IndexingPriority,
    progress: &mut FullTextProgress<'_>,
) -> Result<bool> {
    if !is_wanted(dir, papers)? {
        return Ok(false);
    }
    let folder = full_text_folder(dir);
    create_private_folder(&folder)?;
    // The build ends when papers that are imported meanwhile change this revision.
    let revision = index.papers_revision();
    let plan = plan(&folder, papers, index)?;
    // The order of all papers is that of the index, and so damage of it would be copied.
    if plan.base.is_none() && !index.verify() {
        return Ok(false);
    }
    let builder = match plan.base {
        Some(base) => FullTextBuilder::recent(&folder, revision, index.highest_row(), base)?,
        None => FullTextBuilder::whole(&folder, revision, index.highest_row())?,
    };
    let Some(builder) = builder else { return Ok(false) };
    let build = ParallelBuild {
        dir,
        revision,
        rows: &plan.rows,
        builder: &builder,
        next: AtomicUsize::new(0),
        read: AtomicUsize::new(0),
        is_cancelled: AtomicBool::new(false),
    };
    build.on_threads(papers, priority.threads(), progress)?;
    let all = plan.rows.len();
    if build.is_cancelled.load(Ordering::Relaxed) || disabled_file(dir).exists() || progress(all, all).is_break() {
        return Ok(false);
    }
    builder.finish()?;
    Ok(true)
}

/// Which abstracts to invert.
struct BuildPlan {
    rows: Vec<i64>,
    /// Revision of the full-text index that these rows changed since; None when they are all rows.
    base: Option<i64>,
}

/// Only what changed since all abstracts were inverted, while that is little; in the order of the index.
fn plan(folder: &Path, papers: &PaperStore, index: &SegmentedIndex) -> Result<BuildPlan> {
    if let Some(text) = FullText::open(folder) {
        let (base, highest_row, count) = text.base();
        if let Some(rows) = papers.changes_since(base, highest_row, count / RECENT_SHARE + RECENT_FEW)? {
            return Ok(BuildPlan { rows, base: Some(base) });
        }
    }
    Ok(BuildPlan { rows: (0..).zip(0..index.len()).map(|(doc, _)| index.row(doc)).collect(), base: None })
}

/// One build, shared by its threads.
struct ParallelBuild<'a> {
    dir: &'a Path,
    revision: i64,
    /// In the order of the document ids.
    rows: &'a [i64],
    builder: &'a FullTextBuilder,
    /// The first paper that no thread has taken.
    next: AtomicUsize,
    read: AtomicUsize,
    /// Cancelled, failed, or the papers changed.
    is_cancelled: AtomicBool,
}

impl ParallelBuild<'_> {
    fn on_threads(&self, papers: &PaperStore, threads: usize, progress: &mut FullTextProgress<'_>) -> Result<()> {
        let failure = Mutex::new(None);
        let record = |outcome: Result<()>| {
            if let Err(error) = outcome {
                self.is_cancelled.store(true, Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads.min(self.rows.len().div_ceil(SHARE)) {
                scope.spawn(|| {
                    let own_store = PaperStore::open(self.dir);
                    let no_progress = &mut |_, _| ControlFlow::Continue(());
                    record(own_store.and_then(|papers| self.invert_shares(&papers, no_progress)));
                });
            }
            record(self.invert_shares(papers, progress));
        });
        failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Inverts shares until none is left.
    fn invert_shares(&self, papers: &PaperStore, progress: &mut FullTextProgress<'_>) -> Result<()> {
        papers.at_once(|| {
            if papers.revision()? != self.revision {
                self.is_cancelled.store(true, Ordering::Relaxed);
            }
            loop {
                let start = self.next.fetch_add(SHARE, Ordering::Relaxed);
                let share = start..(start + SHARE).min(self.rows.len());
                if share.is_empty() || !self.invert(papers, share, progress)? {
                    return Ok(());
                }
            }
        })
    }

    /// Inverts the abstracts of one share. False when the build was cancelled.
    fn invert(&self, papers: &PaperStore, share: Range<usize>, progress: &mut FullTextProgress<'_>) -> Result<bool> {
        let (mut run, mut begin) = (FullTextRun::default(), share.start);
        for (place, row) in share.clone().zip(self.rows.get(share).unwrap_or_default()) {
            if run.is_full() {
                self.builder.add(begin, std::mem::take(&mut run))?;
                begin = place;
            }
            match readable_abstract(papers, *row)? {
                Some(summary) => run.push(*row, &tex::render(&summary.source, summary.markup)),
                None => run.push(*row, ""),
            }
            if place % CHECK_INTERVAL == 0 {
                let read = self.read.fetch_add(CHECK_INTERVAL, Ordering::Relaxed);
                if progress(read.min(self.rows.len()), self.rows.len()).is_break() {
                    self.is_cancelled.store(true, Ordering::Relaxed);
                }
                if self.is_cancelled.load(Ordering::Relaxed) {
                    return Ok(false);
                }
            }
        }
        self.builder.add(begin, run)?;
        Ok(true)
    }
}
