//! From papers.db to the index: what of each paper is shown in a list and searched as one types.

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
use crate::domain::text::line;
use crate::error::{IoContext, Result};
use crate::index::{DigestRow, Doc, Index, IndexBuilder, PaperFlags};
use crate::store::{Outline, PaperStore, UserState};

/// Told now and then how many papers were read, of how many; its Break ends a build.
pub(super) type Watch<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// Papers handed over at once, and how many such batches wait at most.
const BATCH: usize = 512;
const WAITING: usize = 4;

/// Writes the index of all papers to a file, which takes the place of an older one when it is whole. False when the watch ended it. The
/// papers are read on this thread and rendered on another.
pub(super) fn build(
    path: &Path,
    papers: &PaperStore,
    state: &UserState,
    revision: i64,
    watch: &mut Watch<'_>,
) -> Result<bool> {
    let digests = digest_rows(papers, state)?;
    let all = papers.count()? as usize;
    let builder = IndexBuilder::new(path, &digests, revision)?.with_papers_revision(papers.revision()?);
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING);
        let (back, used) = channel();
        let taking = scope.spawn(move || take(builder, &batches, &back));
        let mut read = 0;
        let mut ended = false;
        let mut go_on = |read: usize| {
            ended = ended || watch(read, all.max(read)).is_break();
            !ended
        };
        let places = places(&digests);
        let mut batch = Batch::default();
        papers.each_outline(&mut |outline| {
            batch.add(outline, &places);
            read += 1;
            if batch.rows.len() < BATCH {
                return true;
            }
            // Where nobody takes it, the builder has failed and will say why.
            sender.send(mem::replace(&mut batch, used.try_recv().unwrap_or_default())).is_ok() && go_on(read)
        })?;
        drop(sender.send(batch));
        drop(sender);
        let builder = taking.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(go_on(read) && builder.finish_while(&mut || go_on(read))?.is_some())
    })
}

/// Takes batches as long as any come.
fn take<'b>(
    mut builder: IndexBuilder<'b>,
    batches: &Receiver<Batch>,
    back: &Sender<Batch>,
) -> Result<IndexBuilder<'b>> {
    for mut batch in batches {
        batch.each(&mut |doc| builder.push(doc))?;
        batch.clear();
        // To be filled again: no thread frees what the other one made.
        drop(back.send(batch));
    }
    Ok(builder)
}

/// The same from an older index and the rows that changed since, which are few. False: that is not to be had from it.
pub(super) fn extend(
    path: &Path,
    (old, changed): (&Index, &[i64]),
    papers: &PaperStore,
    state: &UserState,
    revision: i64,
) -> Result<bool> {
    let digests = digest_rows(papers, state)?;
    let places = places(&digests);
    let mut builder = IndexBuilder::new(path, &digests, revision)?.with_papers_revision(papers.revision()?);
    let mut batch = Batch::default();
    let mut pushed = Ok(());
    papers.each_outline_of(changed, &mut |outline| {
        batch.clear();
        batch.add(outline, &places);
        pushed = batch.each(&mut |doc| builder.push(doc));
        pushed.is_ok()
    })?;
    pushed?;
    Ok(builder.extend(old, changed)?.is_some())
}

/// The index of all papers in memory, for a folder that cannot be written.
pub(super) fn in_memory(papers: &PaperStore, state: &UserState, revision: i64) -> Result<Index> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join("words.idx");
    build(&path, papers, state, revision, &mut |_, _| ControlFlow::Continue(()))?;
    let bytes = std::fs::read(&path).at("read", &path)?;
    Index::from_bytes(bytes).ok_or_else(|| crate::error::Error::system("the index could not be built in memory"))
}

/// Every digest with the day a reader corrected, in the order of the database.
fn digest_rows(papers: &PaperStore, state: &UserState) -> Result<Vec<DigestRow>> {
    let rows = papers.digests()?.into_iter().map(|(digest, _)| {
        let corrected: Option<PartialDate> = state.digest_days.get(&digest.id).and_then(|day| day.parse().ok());
        DigestRow {
            label: corrected.map_or(digest.label, PartialDate::in_words),
            day: corrected.or(digest.day),
            id: digest.id,
            source: digest.source,
        }
    });
    Ok(rows.collect())
}

/// The number of each digest by its id.
fn places(digests: &[DigestRow]) -> HashMap<&str, u32> {
    digests.iter().map(|digest| digest.id.as_str()).zip(0..).collect()
}

/// Papers on their way from the thread that reads them to the one that renders them.
#[derive(Default)]
struct Batch {
    /// Of all papers, one behind the other.
    texts: String,
    rows: Vec<Waiting>,
}

struct Waiting {
    row: i64,
    added: i64,
    published: Option<PartialDate>,
    title_markup: Markup,
    flags: PaperFlags,
    votes: Option<u32>,
    digests: Vec<(u32, Option<u32>)>,
    /// Where the key, title, authors and categories end.
    ends: [usize; 4],
}

impl Batch {
    fn clear(&mut self) {
        self.texts.clear();
        self.rows.clear();
    }

    fn add(&mut self, outline: &Outline<'_>, places: &HashMap<&str, u32>) {
        let ends = [outline.key, outline.title, outline.authors, outline.categories].map(|text| {
            self.texts.push_str(text);
            self.texts.len()
        });
        let seen = outline.sightings.iter();
        self.rows.push(Waiting {
            row: outline.row,
            added: outline.added,
            published: outline.published,
            title_markup: outline.title_markup,
            flags: flags(outline),
            votes: outline.sightings.iter().filter_map(|(_, _, votes)| *votes).max(),
            digests: seen.filter_map(|(digest, rank, _)| Some((*places.get(digest.as_str())?, *rank))).collect(),
            ends,
        });
    }

    /// Renders the papers one by one.
    fn each(&self, push: &mut dyn FnMut(&Doc<'_>) -> Result<()>) -> Result<()> {
        let mut start = 0;
        for waiting in &self.rows {
            let [key, title, authors, categories] = waiting.ends.map(|end| {
                let text = self.texts.get(start..end).unwrap_or_default();
                start = end;
                text
            });
            let clean = |lines: &str| lines.lines().map(|line| Clean::new(line).into_string()).collect::<Vec<_>>();
            push(&Doc {
                row: waiting.row,
                key,
                title: &line(title, waiting.title_markup),
                authors: &clean(authors),
                date: waiting.published,
                added: waiting.added,
                votes: waiting.votes,
                flags: waiting.flags,
                categories: &clean(categories),
                digests: &waiting.digests,
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
    ];
    known.into_iter().filter(|(has, _)| *has).fold(PaperFlags::NONE, |flags, (_, flag)| flags.with(flag))
}
