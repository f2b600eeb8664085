//! Builds the full text from abstracts, in bounded memory. Which abstracts, and when, is the library's.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use tantivy::indexer::NoMergePolicy;
use tantivy::schema::Field;
use tantivy::{Index, IndexWriter, TantivyDocument};

use super::folder::Site;
use super::tokens;
use crate::error::{Error, Result};

/// Memory of the threads that index, in all. Less makes more pieces to merge, more makes nothing quicker.
const MEMORY: usize = 96 << 20;
const SMALL_MEMORY: usize = 15 << 20;

/// Takes abstracts and makes the full text of them. Dropped before `finish` it leaves nothing.
pub struct FullTextBuilder {
    writer: IndexWriter,
    words: Field,
    row: Field,
    highest_row: i64,
    revision: i64,
    /// None: it is made in memory.
    place: Option<(PathBuf, Site)>,
}

impl FullTextBuilder {
    /// A full text of papers.db at this revision, in a folder that is there. None: another process builds it now.
    pub fn new(home: &Path, revision: i64) -> Result<Option<Self>> {
        let Some(site) = Site::open(home)? else { return Ok(None) };
        let index = Index::create_in_dir(site.path(), tokens::schema().0).map_err(failed)?;
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(2);
        Ok(Some(Self::of(index, revision, threads, MEMORY)?.at(home, site)))
    }

    /// A full text in memory only.
    pub(super) fn in_memory() -> Result<Self> {
        Self::of(Index::create_in_ram(tokens::schema().0), 0, 1, SMALL_MEMORY)
    }

    fn of(index: Index, revision: i64, threads: usize, memory: usize) -> Result<Self> {
        tokens::register(&index);
        let (_, words, row) = tokens::schema();
        let writer = index.writer_with_num_threads(threads, memory).map_err(failed)?;
        // One merge of everything at the end instead of many on the way.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Self { writer, words, row, highest_row: i64::MIN, revision, place: None })
    }

    fn at(mut self, home: &Path, site: Site) -> Self {
        self.place = Some((home.to_owned(), site));
        self
    }

    /// Adds one abstract, rendered.
    pub fn push(&mut self, row: i64, text: &str) -> Result<()> {
        let mut document = TantivyDocument::default();
        document.add_text(self.words, text);
        document.add_i64(self.row, row);
        self.writer.add_document(document).map_err(failed)?;
        self.highest_row = self.highest_row.max(row);
        Ok(())
    }

    /// Makes it the full text that counts.
    pub fn finish(self) -> Result<()> {
        let Self { writer, highest_row, revision, place, .. } = self;
        merge(writer)?;
        match place {
            Some((home, site)) => site.keep(&home, revision, highest_row),
            None => Ok(()),
        }
    }

    /// The full text itself, of one made in memory.
    pub(super) fn index(self) -> Result<Index> {
        let index = self.writer.index().clone();
        merge(self.writer)?;
        Ok(index)
    }
}

fn merge(mut writer: IndexWriter) -> Result<()> {
    writer.commit().map_err(failed)?;
    let pieces = writer.index().searchable_segment_ids().map_err(failed)?;
    if pieces.len() > 1 {
        writer.merge(&pieces).wait().map_err(failed)?;
        writer.garbage_collect_files().wait().map_err(failed)?;
    }
    writer.wait_merging_threads().map_err(failed)
}

pub(super) fn failed(error: tantivy::TantivyError) -> Error {
    Error::system(format!("the full text cannot be built: {error}")).hint("searching goes on without it, slower")
}
