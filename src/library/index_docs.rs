//! Turns the papers of papers.db into documents of the index: what a list shows and a search needs. When to build which index is decided in
//! `index_sync`.

use std::collections::HashMap;
use std::mem;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread;

use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::markup::Markup;
use crate::domain::paper::LinkKind;
use crate::domain::publication_status::PublicationStatus;
use crate::domain::text::line;
use crate::error::{IoContext, Result};
use crate::index::{BuiltIndex, DigestRow, Doc, Index, IndexBuilder, PaperFlags};
use crate::store::{Outline, PaperStore, UserState};
use crate::temporary::{self, TemporaryFolder};

/// Called now and then with how many papers were read, of how many; Break cancels the build.
pub(super) type BuildProgress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// Papers of a batch, and the capacity of the channel in batches.
const BATCH_PAPERS: usize = 512;
const CAPACITY: usize = 4;

/// Builds the index of all papers and puts it in place of the old one once it is complete. False when `progress` cancelled it. The papers
/// are read on this thread and rendered on another.
pub(super) fn build_index(
    path: &Path,
    papers: &PaperStore,
    state: &UserState,
    revision: i64,
    progress: &mut BuildProgress<'_>,
) -> Result<bool> {
    let digests = digest_rows(papers, state)?;
    let all = papers.count()? as usize;
    let builder = IndexBuilder::new(path, &digests, revision)?.with_papers_revision(papers.revision()?);
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(CAPACITY);
        let (return_sender, returned) = channel();
        let rendering = scope.spawn(move || render_batches(builder, &batches, &return_sender));
        let mut read = 0;
        let mut is_cancelled = false;
        let mut may_continue = |read: usize| {
            is_cancelled = is_cancelled || progress(read, all.max(read)).is_break();
            !is_cancelled
        };
        let digest_numbers = digest_numbers(&digests);
        let mut batch = PaperBatch::default();
        papers.each_outline(&mut |outline| {
            batch.add(outline, &digest_numbers);
            read += 1;
            if batch.papers.len() < BATCH_PAPERS {
                return true;
            }
            // The channel is closed when the builder has failed; joining its thread returns the error.
            sender.send(mem::replace(&mut batch, returned.try_recv().unwrap_or_default())).is_ok() && may_continue(read)
        })?;
        drop(sender.send(batch));
        drop(sender);
        let builder = rendering.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(may_continue(read) && builder.finish_while(&mut || may_continue(read))?.is_some())
    })
}

/// Adds batches to the index until the channel closes.
fn render_batches<'b>(
    mut builder: IndexBuilder<'b>,
    batches: &Receiver<PaperBatch>,
    return_sender: &Sender<PaperBatch>,
) -> Result<IndexBuilder<'b>> {
    for mut batch in batches {
        batch.each(&mut |doc| builder.push(doc))?;
        batch.clear();
        // Returned to be filled again, so that no thread frees the memory of the other.
        drop(return_sender.send(batch));
    }
    Ok(builder)
}

/// How the papers that changed since an index was written get into the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addition {
    /// As a recent segment beside it.
    Beside,
    /// In a new file of all papers.
    Extension,
}

/// Writes the index of the papers of an outdated one and of the few rows that changed since. False when the outdated one lacks what that needs.
pub(super) fn add_to_index(
    path: &Path,
    addition: Addition,
    (old, changed): (&Index, &[i64]),
    (papers, state): (&PaperStore, &UserState),
    revision: i64,
) -> Result<bool> {
    let digests = digest_rows(papers, state)?;
    let digest_numbers = digest_numbers(&digests);
    let mut builder = IndexBuilder::new(path, &digests, revision)?.with_papers_revision(papers.revision()?);
    let mut batch = PaperBatch::default();
    let mut pushed = Ok(());
    papers.each_outline_of(changed, &mut |outline| {
        batch.clear();
        batch.add(outline, &digest_numbers);
        pushed = batch.each(&mut |doc| builder.push(doc));
        pushed.is_ok()
    })?;
    pushed?;
    let written: Option<BuiltIndex> = match addition {
        Addition::Beside => builder.finish_recent(old, changed)?,
        Addition::Extension => builder.extend(old, changed)?,
    };
    Ok(written.is_some())
}

/// Builds the index of all papers in memory, for a folder that cannot be written.
pub(super) fn index_in_memory(papers: &PaperStore, state: &UserState, revision: i64) -> Result<Index> {
    const TEMPORARY: &str = "tsundoku-index-";
    let parent = std::env::temp_dir();
    temporary::remove_abandoned(&parent, TEMPORARY);
    let folder = TemporaryFolder::new(&parent, TEMPORARY).context("cannot create a temporary folder")?;
    let path = folder.path().join("words.idx");
    build_index(&path, papers, state, revision, &mut |_, _| ControlFlow::Continue(()))?;
    let bytes = std::fs::read(&path).at("read", &path)?;
    Index::from_bytes(bytes).ok_or_else(|| crate::error::Error::system("the index could not be built in memory"))
}

/// Every digest with the day that the user corrected, in the order of the database.
fn digest_rows(papers: &PaperStore, state: &UserState) -> Result<Vec<DigestRow>> {
    let rows = papers.digests()?.into_iter().map(|(digest, _)| {
        let corrected: Option<PartialDate> = state.digest_days.get(&digest.id).and_then(|day| day.parse().ok());
        DigestRow {
            label: corrected.map_or(digest.label, |day| Clean::new(&day.in_words())),
            day: corrected.or(digest.day),
            id: digest.id,
            source: digest.source,
        }
    });
    Ok(rows.collect())
}

/// The number of each digest by its id.
fn digest_numbers(digests: &[DigestRow]) -> HashMap<&str, u32> {
    digests.iter().map(|digest| digest.id.as_str()).zip(0..).collect()
}

/// Papers for the thread that renders them.
#[derive(Default)]
struct PaperBatch {
    /// The texts of all papers, concatenated.
    texts: String,
    papers: Vec<UnrenderedPaper>,
}

struct UnrenderedPaper {
    row: i64,
    added: i64,
    published: Option<PartialDate>,
    title_markup: Markup,
    flags: PaperFlags,
    votes: Option<u32>,
    digests: Vec<(u32, Option<u32>)>,
    /// Where in `texts` the key, title, authors and categories end.
    ends: [usize; 4],
}

impl PaperBatch {
    fn clear(&mut self) {
        self.texts.clear();
        self.papers.clear();
    }

    fn add(&mut self, outline: &Outline<'_>, digest_numbers: &HashMap<&str, u32>) {
        let ends = [outline.key, outline.title, outline.authors, outline.categories].map(|text| {
            self.texts.push_str(text);
            self.texts.len()
        });
        let digests = outline.sightings.iter();
        let digests = digests.filter_map(|(digest, rank, _)| Some((*digest_numbers.get(digest.as_str())?, *rank)));
        self.papers.push(UnrenderedPaper {
            row: outline.row,
            added: outline.added,
            published: outline.published,
            title_markup: outline.title_markup,
            flags: flags(outline),
            votes: outline.sightings.iter().filter_map(|(_, _, votes)| *votes).max(),
            digests: digests.collect(),
            ends,
        });
    }

    /// Renders the papers one by one.
    fn each(&self, push: &mut dyn FnMut(&Doc<'_>) -> Result<()>) -> Result<()> {
        let mut start = 0;
        for paper in &self.papers {
            let [key, title, authors, categories] = paper.ends.map(|end| {
                let text = self.texts.get(start..end).unwrap_or_default();
                start = end;
                text
            });
            let clean = |lines: &str| lines.lines().map(|line| Clean::new(line).into_string()).collect::<Vec<_>>();
            push(&Doc {
                row: paper.row,
                key,
                title: &line(title, paper.title_markup),
                authors: &clean(authors),
                date: paper.published,
                added: paper.added,
                votes: paper.votes,
                flags: paper.flags,
                categories: &clean(categories),
                digests: &paper.digests,
            })?;
        }
        Ok(())
    }
}

fn flags(outline: &Outline<'_>) -> PaperFlags {
    let known = [
        (outline.has_link(LinkKind::Code), PaperFlags::CODE),
        (outline.has_abstract, PaperFlags::ABSTRACT),
        (outline.has_link(LinkKind::Pdf), PaperFlags::PDF),
        (outline.has_venue, PaperFlags::VENUE),
        (outline.has_update, PaperFlags::UPDATE),
        (outline.publication_status == Some(PublicationStatus::Withdrawn), PaperFlags::WITHDRAWN),
        (outline.publication_status == Some(PublicationStatus::Retracted), PaperFlags::RETRACTED),
    ];
    known.into_iter().filter(|(has, _)| *has).fold(PaperFlags::NONE, |flags, (_, flag)| flags.with(flag))
}
