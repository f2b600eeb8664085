//! `IndexBuilder`: builds words.idx from papers in any order, in bounded memory, or extends an older one. The finished file replaces the old one
//! by rename, so that its readers keep it. Reading is `Index`.

use std::fs;
use std::io::{self, BufWriter};
use std::path::Path;

use super::draft::Draft;
use super::{extend, recent, whole};
use crate::error::{Error, Result};
use crate::index::format::file::{self, FileBytes};
use crate::index::format::paper::{DigestRow, Doc};
use crate::index::format::reader::Index;
use crate::index::format::segmented::recent_file;
use crate::temporary;

/// Begins the name of the file while it is written.
pub(in crate::index) const TEMPORARY: &str = "words.idx.tmp-";

/// The result of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIndex {
    pub papers: usize,
    /// Size of the file.
    pub bytes: u64,
}

/// Takes papers one at a time, in any order; the order does not change the file. Papers that come newest first are read back sequentially,
/// which is a little faster.
pub struct IndexBuilder<'a> {
    path: &'a Path,
    spool: BufWriter<fs::File>,
    draft: Draft,
}

impl<'a> IndexBuilder<'a> {
    /// `path`: the file to write, in an existing folder. Fails when the folder cannot be
    /// written.
    pub fn new(path: &'a Path, digests: &[DigestRow], revision: i64) -> Result<Self> {
        let folder = folder(path);
        let spool = tempfile::tempfile_in(folder).map_err(|error| failed(path, error))?;
        let spool = BufWriter::with_capacity(1 << 18, spool);
        Ok(Self { path, spool, draft: Draft::new(digests, revision) })
    }

    /// The revision of papers.db, when it differs from the revision of the index.
    #[must_use]
    pub fn with_papers_revision(mut self, revision: i64) -> Self {
        self.draft.papers_revision = revision;
        self
    }

    /// Adds a paper.
    pub fn push(&mut self, doc: &Doc<'_>) -> Result<()> {
        self.draft.push(doc, &mut self.spool).map_err(|error| failed(self.path, error))
    }

    /// Writes the file beside its final path and renames it. It is not flushed to disk: a file torn by a power failure fails its checksums
    /// and is built again.
    pub fn finish(self) -> Result<BuiltIndex> {
        let path = self.path;
        self.finish_while(&mut || true)?.ok_or_else(|| failed(path, cancelled()))
    }

    /// The same with a cancellation check, called now and then: None when `go_on` returned false; the old file stays.
    pub fn finish_while(self, go_on: &mut dyn FnMut() -> bool) -> Result<Option<BuiltIndex>> {
        let (path, papers) = (self.path, self.draft.entries.len());
        let written = self.spooled().and_then(|(draft, spool, out)| {
            let out = whole::write(draft, spool.as_ref().map_or(&[][..], FileBytes::all), out, None, go_on)?;
            out.map(|out| replace_whole(path, out, papers)).transpose()
        });
        written.map_err(|error| failed(path, error))
    }

    /// Writes the same file that `finish` would write if the papers of `old`, without those whose row ids are in `removed`, had been pushed
    /// too, in a fraction of the time. A changed paper is pushed and its row id is in `removed`. None when the old index does not hold what
    /// this needs: push all papers instead. A damaged old index makes a damaged new one: see `Index::verify`.
    pub fn extend(self, old: &Index, removed: &[i64]) -> Result<Option<BuiltIndex>> {
        let path = self.path;
        let written = self.spooled().and_then(|(draft, spool, out)| {
            let spool = spool.as_ref().map_or(&[][..], FileBytes::all);
            let extended = extend::write(old, removed, draft, spool, out)?;
            extended.map(|(out, papers)| replace_whole(path, out, papers)).transpose()
        });
        written.map_err(|error| failed(path, error))
    }

    /// Writes the recent segment beside `whole`, whose file `path` must be: of the papers that were pushed, which are those of the row ids in
    /// `changed` that there are now. None when the whole segment does not hold what this needs: extend or build it instead.
    pub fn finish_recent(self, whole: &Index, changed: &[i64]) -> Result<Option<BuiltIndex>> {
        let path = self.path;
        let written = self.spooled().and_then(|(draft, spool, out)| {
            let spool = spool.as_ref().map_or(&[][..], FileBytes::all);
            let written = recent::write(whole, changed, draft, spool, out)?;
            written.map(|(out, papers)| replace(&recent_file(path), out, papers)).transpose()
        });
        written.map_err(|error| failed(path, error))
    }

    /// The draft, its spool (None when empty, because an empty file cannot be mapped), and the file to write to.
    fn spooled(self) -> io::Result<(Draft, Option<FileBytes>, TemporaryFile)> {
        let spool = self.spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        let spool = if self.draft.entries.is_empty() { None } else { Some(file::map(&spool)?) };
        let out = temporary::file(folder(self.path), TEMPORARY)?;
        Ok((self.draft, spool, BufWriter::with_capacity(1 << 18, out)))
    }
}

type TemporaryFile = BufWriter<tempfile::NamedTempFile>;

/// A recent segment belongs to the file that is replaced.
fn replace_whole(path: &Path, out: TemporaryFile, papers: usize) -> io::Result<BuiltIndex> {
    let built = replace(path, out, papers)?;
    drop(fs::remove_file(recent_file(path)));
    Ok(built)
}

fn replace(path: &Path, out: TemporaryFile, papers: usize) -> io::Result<BuiltIndex> {
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    let bytes = out.as_file().metadata()?.len();
    out.persist(path)?;
    Ok(BuiltIndex { papers, bytes })
}

/// The bytes of an index, for tests.
#[cfg(test)]
pub(crate) fn bytes_in_memory<'a>(
    docs: impl Iterator<Item = Doc<'a>>,
    digests: &[DigestRow],
    revision: i64,
) -> io::Result<Vec<u8>> {
    let (mut draft, mut spool) = (Draft::new(digests, revision), Vec::new());
    for doc in docs {
        draft.push(&doc, &mut spool)?;
    }
    let written = whole::write(draft, &spool, io::Cursor::new(Vec::new()), None, &mut || true)?;
    Ok(written.ok_or_else(cancelled)?.into_inner())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn cancelled() -> io::Error {
    io::Error::other("it was cancelled")
}

fn failed(path: &Path, error: io::Error) -> Error {
    Error::io(format_args!("cannot build the index {}", path.display()), error)
        .hint("the papers are safe; free some disk space or check permissions, then run `tsundoku doctor`")
}
