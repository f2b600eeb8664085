//! Building the full text: which abstracts go in, when, and on how many threads. Every thread reads papers.db through a look of its own
//! and turns around runs of papers; asking is `texts`' affair.

use std::fs;
use std::num::NonZero;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::texts::readable;
use super::upkeep::index_revision;
use super::{INDEX, Library, folder_of_one, remove};
use crate::domain::tex;
use crate::error::{IoContext, Result};
use crate::index::{FullText, FullTextBuilder, FullTextRun, Index, full_text_revision};
use crate::store::PaperStore;

/// Consecutive papers that one thread takes at once.
const SHARE: usize = 1 << 16;
/// Abstracts read between two looks at whether somebody still wants it.
const BETWEEN_LOOKS: usize = 64;
/// All abstracts are turned around again when more than one in so many changed, and some few more.
const RECENT: usize = 20;
const FEW: usize = 500;
/// More threads would wait for the memory and the disk.
const MOST_THREADS: usize = 4;

/// Receives how many papers are in, of how many; Break ends the building, and nothing is kept.
pub type FullTextProgress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// How much of the machine may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Haste {
    /// Somebody works beside it: one core stays free where there are two.
    Beside,
    /// Somebody waits for it.
    All,
}

impl Haste {
    fn threads(self) -> usize {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        match self {
            Self::Beside => cores.saturating_sub(1).clamp(1, MOST_THREADS),
            Self::All => cores.min(MOST_THREADS),
        }
    }
}

impl Library {
    /// Whether the full text is missing or older than the papers, can be built, and was not declined.
    pub fn wants_full_text(&self) -> Result<bool> {
        wanted(&self.dir, &self.papers)
    }

    /// Does without a full text from now on: nothing builds one, and what an older one does not know is read.
    pub fn decline_full_text(&self) -> Result<()> {
        folder_of_one(&home(&self.dir))?;
        let path = declined(&self.dir);
        fs::write(&path, "").at("write", &path)
    }

    /// Takes back `decline_full_text`.
    pub fn accept_full_text(&self) -> Result<()> {
        remove(&declined(&self.dir))
    }

    /// Builds the full text where it is wanted, in bounded memory; for a whole archive this takes a minute or more and is no work for a
    /// thread that somebody waits for. The old one answers meanwhile. False: there was nothing to build, another process builds, the
    /// papers changed on the way, or `progress` ended it.
    pub fn build_full_text(&self, haste: Haste, progress: &mut FullTextProgress<'_>) -> Result<bool> {
        // In the order of an index of these very papers, or not at all.
        let fits = index_revision(&self.papers, &self.state)? == self.snapshot.index.revision();
        Ok(fits && build(&self.dir, &self.papers, &self.snapshot.index, haste, progress)?)
    }
}

pub(super) fn home(dir: &Path) -> PathBuf {
    dir.join(INDEX).join("text")
}

/// Present where no full text is wanted.
fn declined(dir: &Path) -> PathBuf {
    home(dir).join("declined")
}

fn wanted(dir: &Path, papers: &PaperStore) -> Result<bool> {
    let possible = !papers.is_read_only() && !declined(dir).exists();
    Ok(possible && full_text_revision(&home(dir)) != Some(papers.revision()?))
}

/// `Library::build_full_text` for a folder that no library is open in, with an index that fits its papers.
pub(super) fn build(
    dir: &Path,
    papers: &PaperStore,
    index: &Index,
    haste: Haste,
    progress: &mut FullTextProgress<'_>,
) -> Result<bool> {
    // What is damaged in the index would be wrong in the full text for good.
    if !wanted(dir, papers)? || !index.verify() {
        return Ok(false);
    }
    let home = home(dir);
    folder_of_one(&home)?;
    // What the rows are of: papers that came in since make another revision, and an end of it.
    let revision = index.papers_revision();
    let plan = plan(&home, papers, index)?;
    let builder = match plan.base {
        Some(base) => FullTextBuilder::recent(&home, revision, index.highest_row(), base)?,
        None => FullTextBuilder::whole(&home, revision, index.highest_row())?,
    };
    let Some(builder) = builder else { return Ok(false) };
    let work = Work {
        dir,
        revision,
        rows: &plan.rows,
        builder: &builder,
        next: AtomicUsize::new(0),
        read: AtomicUsize::new(0),
        ended: AtomicBool::new(false),
    };
    work.on_threads(papers, haste.threads(), progress)?;
    let all = plan.rows.len();
    if work.ended.load(Ordering::Relaxed) || declined(dir).exists() || progress(all, all).is_break() {
        return Ok(false);
    }
    builder.finish()?;
    Ok(true)
}

/// Which abstracts are to be read.
struct Plan {
    rows: Vec<i64>,
    /// Revision of the full text that these are changes of; None where they are all.
    base: Option<i64>,
}

/// Only what changed since all abstracts were turned around, while that is little; in the order of the index.
fn plan(home: &Path, papers: &PaperStore, index: &Index) -> Result<Plan> {
    if let Some(text) = FullText::open(home) {
        let (base, highest_row, count) = text.base();
        if let Some(rows) = papers.changes_since(base, highest_row, count / RECENT + FEW)? {
            return Ok(Plan { rows, base: Some(base) });
        }
    }
    Ok(Plan { rows: (0..).zip(0..index.len()).map(|(doc, _)| index.row(doc)).collect(), base: None })
}

/// One build, shared by its threads.
struct Work<'a> {
    dir: &'a Path,
    revision: i64,
    /// In the order the papers are numbered in.
    rows: &'a [i64],
    builder: &'a FullTextBuilder,
    /// First paper that no thread has taken.
    next: AtomicUsize,
    read: AtomicUsize,
    /// Nobody wants it any more, or the papers are others now.
    ended: AtomicBool,
}

impl Work<'_> {
    fn on_threads(&self, papers: &PaperStore, threads: usize, progress: &mut FullTextProgress<'_>) -> Result<()> {
        let failure = Mutex::new(None);
        let keep = |outcome: Result<()>| {
            if let Err(error) = outcome {
                self.ended.store(true, Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads.min(self.rows.len().div_ceil(SHARE)) {
                scope.spawn(|| {
                    let of_its_own = PaperStore::open(self.dir);
                    let quietly = &mut |_, _| ControlFlow::Continue(());
                    keep(of_its_own.and_then(|papers| self.take_shares(&papers, quietly)));
                });
            }
            keep(self.take_shares(papers, progress));
        });
        failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Turns shares around until none is left.
    fn take_shares(&self, papers: &PaperStore, progress: &mut FullTextProgress<'_>) -> Result<()> {
        papers.at_once(|| {
            if papers.revision()? != self.revision {
                self.ended.store(true, Ordering::Relaxed);
            }
            loop {
                let start = self.next.fetch_add(SHARE, Ordering::Relaxed);
                let share = start..(start + SHARE).min(self.rows.len());
                if share.is_empty() || !self.turn_around(papers, share, progress)? {
                    return Ok(());
                }
            }
        })
    }

    /// False: it was ended.
    fn turn_around(
        &self,
        papers: &PaperStore,
        share: Range<usize>,
        progress: &mut FullTextProgress<'_>,
    ) -> Result<bool> {
        let (mut run, mut begin) = (FullTextRun::default(), share.start);
        for (place, row) in share.clone().zip(self.rows.get(share).unwrap_or_default()) {
            if run.is_full() {
                self.builder.add(begin, std::mem::take(&mut run))?;
                begin = place;
            }
            match readable(papers, *row)? {
                Some(summary) => run.push(*row, &tex::render(&summary.source, summary.markup)),
                None => run.push(*row, ""),
            }
            if place % BETWEEN_LOOKS == 0 {
                let read = self.read.fetch_add(BETWEEN_LOOKS, Ordering::Relaxed);
                if progress(read.min(self.rows.len()), self.rows.len()).is_break() {
                    self.ended.store(true, Ordering::Relaxed);
                }
                if self.ended.load(Ordering::Relaxed) {
                    return Ok(false);
                }
            }
        }
        self.builder.add(begin, run)?;
        Ok(true)
    }
}
