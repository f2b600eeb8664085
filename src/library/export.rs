//! Exports: writes papers in one of the export formats, each with the citation key that it had in earlier exports. Papers are read one after
//! another, so that an export of millions takes no more memory than one of a few.
//!
//! Re-exports the table of formats; front ends take it from here.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::mem;
use std::ops::ControlFlow;
use std::path::Path;

use super::{Library, PaperList, Snapshot, reading_of};
use crate::domain::identity::PaperKey;
use crate::domain::paper::Paper;
use crate::domain::record::Record;
use crate::error::{Error, IoContext, Result};
use crate::export::{self, CitationKeyUse, CitationKeys, ExportEntry, ExportPapers};
pub use crate::export::{FORMATS, Format, Overwrite, citation_line, find_format};
use crate::store::{PaperStore, StoredPaper, UserStore};

/// Called now and then with how many papers were read, of how many; its Break cancels the export. A format that reads the papers twice counts
/// them twice.
pub type ExportProgress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// Papers read between two calls of `progress`.
const PROGRESS_INTERVAL: usize = 64;
/// Citation keys stored in one transaction.
const KEYS_AT_ONCE: usize = 10_000;

impl Library {
    /// Papers with their reading states and corrected digests, in the order of the keys. Unknown keys are left out.
    pub fn records(&self, keys: &[PaperKey]) -> Result<Vec<Record>> {
        let mut records = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some(stored) = self.papers.get(key)? {
                let mut paper = stored.paper;
                correct_digests(&self.snapshot, &mut paper);
                records.push(Record { paper, reading: reading_of(&self.snapshot, &self.user, &stored.key)? });
            }
        }
        Ok(records)
    }

    /// Writes papers in their order; returns how many, or None when `progress` cancelled the export. An error when the writer fails, or a
    /// paper cannot be read.
    pub fn export(
        &mut self,
        papers: &PaperList,
        format: &Format,
        out: &mut dyn Write,
        progress: &mut ExportProgress<'_>,
    ) -> Result<Option<usize>> {
        self.export_with(papers, format, progress, |export| {
            export.write(format, out).context("cannot write the output")
        })
    }

    /// Writes papers to a file, whole or not at all; returns how many, or None when `progress` cancelled the export. A usage error when the
    /// file exists and must not be overwritten, or is no regular file.
    pub fn export_file(
        &mut self,
        papers: &PaperList,
        format: &Format,
        (path, overwrite): (&Path, Overwrite),
        progress: &mut ExportProgress<'_>,
    ) -> Result<Option<usize>> {
        self.export_with(papers, format, progress, |export| {
            export::write_file(path, overwrite, |out| export.write(format, out))
        })
    }

    fn export_with(
        &mut self,
        list: &PaperList,
        format: &Format,
        progress: &mut ExportProgress<'_>,
        write: impl FnOnce(&mut RunningExport<'_>) -> Result<()>,
    ) -> Result<Option<usize>> {
        let keeps_keys = format.citation_keys == CitationKeyUse::Kept && !self.is_read_only();
        let mut export = RunningExport {
            list,
            papers: &self.papers,
            user: &mut self.user,
            snapshot: &self.snapshot,
            uses_keys: format.citation_keys != CitationKeyUse::None,
            keeps_keys,
            keys: None,
            former: None,
            new_keys: Vec::new(),
            missing: HashSet::new(),
            progress,
            interruption: None,
        };
        let written = write(&mut export);
        match export.interruption.take() {
            Some(Interruption::Cancelled) => Ok(None),
            Some(Interruption::Failed(error)) => Err(error),
            None => written.map(|()| Some(list.len() - export.missing.len())),
        }
    }
}

/// An export while it reads papers.
struct RunningExport<'a> {
    list: &'a PaperList,
    papers: &'a PaperStore,
    user: &'a mut UserStore,
    snapshot: &'a Snapshot,
    /// The format writes citation keys.
    uses_keys: bool,
    keeps_keys: bool,
    /// Set once every paper has its key.
    keys: Option<CitationKeys>,
    /// Citation keys that papers got under a former key, by the key they have now; read when the first paper without one comes.
    former: Option<HashMap<PaperKey, String>>,
    /// Keys given in this export that are not stored yet.
    new_keys: Vec<(PaperKey, String)>,
    /// Places of papers that are gone.
    missing: HashSet<usize>,
    progress: &'a mut ExportProgress<'a>,
    interruption: Option<Interruption>,
}

/// Why the writing of a format was ended from here; the error it returns says nothing of it.
enum Interruption {
    Cancelled,
    Failed(Error),
}

impl RunningExport<'_> {
    fn write(&mut self, format: &Format, out: &mut dyn Write) -> io::Result<()> {
        if self.uses_keys {
            self.keys = Some(CitationKeys::assign(self)?);
        }
        (format.write)(self, out)?;
        let stored = self.store_new_keys();
        self.io(stored)
    }

    /// Keeps the error for `export_with`.
    fn io<T>(&mut self, result: Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let text = error.to_string();
            self.interruption = Some(Interruption::Failed(error));
            io::Error::other(text)
        })
    }

    fn entry(&mut self, place: usize, stored: StoredPaper) -> Result<ExportEntry> {
        let StoredPaper { key, mut paper, .. } = stored;
        correct_digests(self.snapshot, &mut paper);
        let reading = reading_of(self.snapshot, self.user, &key)?;
        let citation_key = if self.uses_keys { self.given_key(&key)? } else { None };
        let is_new = citation_key.is_none();
        let mut entry = ExportEntry { paper, reading, citation_key };
        if let Some(keys) = &self.keys {
            let given = keys.key(place, &entry);
            if is_new && self.keeps_keys {
                self.new_keys.push((key, given.clone()));
            }
            entry.citation_key = Some(given);
        }
        Ok(entry)
    }

    /// The citation key that an earlier export gave a paper.
    fn given_key(&mut self, key: &PaperKey) -> Result<Option<String>> {
        if let Some(given) = self.user.citation_key(key)? {
            return Ok(Some(given));
        }
        let former = match &mut self.former {
            Some(former) => former,
            None => self.former.insert(former_keys(self.user, self.papers)?),
        };
        Ok(former.get(key).cloned())
    }

    fn store_new_keys(&mut self) -> Result<()> {
        let new = mem::take(&mut self.new_keys);
        if new.is_empty() { Ok(()) } else { self.user.keep_citation_keys(&new) }
    }

    fn read_with(
        &mut self,
        place: usize,
        get: fn(&PaperStore, &PaperKey) -> Result<Option<StoredPaper>>,
    ) -> io::Result<Option<ExportEntry>> {
        if place.is_multiple_of(PROGRESS_INTERVAL) && (self.progress)(place, self.list.len()).is_break() {
            self.interruption = Some(Interruption::Cancelled);
            return Err(io::Error::other("cancelled"));
        }
        if self.new_keys.len() >= KEYS_AT_ONCE {
            let stored = self.store_new_keys();
            self.io(stored)?;
        }
        let found = self.list.key(place).and_then(|key| key.map_or(Ok(None), |key| get(self.papers, &key)));
        let entry = found.and_then(|stored| stored.map(|stored| self.entry(place, stored)).transpose());
        let entry = self.io(entry)?;
        if entry.is_none() {
            self.missing.insert(place);
        }
        Ok(entry)
    }
}

impl ExportPapers for RunningExport<'_> {
    fn count(&self) -> usize {
        self.list.len()
    }

    fn read(&mut self, place: usize) -> io::Result<Option<ExportEntry>> {
        self.read_with(place, PaperStore::get)
    }

    fn read_head(&mut self, place: usize) -> io::Result<Option<ExportEntry>> {
        self.read_with(place, PaperStore::head)
    }
}

/// Citation keys given under a DOI or a title, by the key that the paper has now, where it is another one. An arXiv id stays.
fn former_keys(user: &UserStore, papers: &PaperStore) -> Result<HashMap<PaperKey, String>> {
    let mut former = HashMap::new();
    for (key, citation_key) in user.citation_keys_but_of_arxiv()? {
        if let Some(current) = papers.resolve(&key)?.filter(|current| *current != key) {
            former.entry(current).or_insert(citation_key);
        }
    }
    Ok(former)
}

/// Replaces the days of digests by those that the user corrected.
fn correct_digests(snapshot: &Snapshot, paper: &mut Paper) {
    for sighting in &mut paper.sightings {
        let info = snapshot.digests().iter().find(|info| info.id == sighting.digest.id);
        if let Some(info) = info {
            sighting.digest.day = info.day;
            sighting.digest.label.clone_from(&info.label);
        }
    }
}
