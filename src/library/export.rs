//! Exports: writes papers in one of the export formats, each with the citation key that it had in earlier exports. Papers are read one after
//! another, so that an export of millions takes no more memory than one of a few.
//!
//! Re-exports the table of formats; front ends take it from here.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::own_files::expect_not_own;
use super::{Library, PaperList, Snapshot, reading_of};
use crate::domain::identity::PaperKey;
use crate::domain::paper::Paper;
use crate::domain::record::Record;
use crate::error::{Error, IoContext, Result};
use crate::export::{self, CitationKeyUse, ExportEntry, ExportPapers, PaperParts};
pub use crate::export::{FORMATS, Format, Overwrite, citation_line, find_format};
use crate::store::{PaperStore, RecentKeys, StoredPaper, UserStore};

/// Called now and then with how many papers were read, of how many; its Break cancels the export. A format that reads the papers twice counts
/// them twice.
pub type ExportProgress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

impl Library {
    /// Papers with their reading states and corrected digests, in the order of the keys. Unknown keys are left out.
    pub fn records(&self, keys: &[PaperKey]) -> Result<Vec<Record>> {
        let mut records = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some(stored) = self.papers.get(key)? {
                let mut paper = stored.paper;
                correct_digests(&self.snapshot, &mut paper);
                let reading = reading_of(&self.snapshot, &self.user, &stored.key)?;
                records.push(Record { paper, reading, ..Record::default() });
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
            (format.write)(export, out).context("cannot write the output")
        })
    }

    /// Writes papers to a file, whole or not at all; returns how many, or None when `progress` cancelled the export. A usage error when the
    /// file exists and must not be overwritten, is no regular file, or belongs to the library.
    pub fn export_file(
        &mut self,
        papers: &PaperList,
        format: &Format,
        (path, overwrite): (&Path, Overwrite),
        progress: &mut ExportProgress<'_>,
    ) -> Result<Option<usize>> {
        expect_not_own(&self.dir, path)?;
        self.export_with(papers, format, progress, |export| {
            export::write_file(path, overwrite, |out| (format.write)(export, out))
        })
    }

    fn export_with(
        &mut self,
        list: &PaperList,
        format: &Format,
        progress: &mut ExportProgress<'_>,
        write: impl FnOnce(&mut RunningExport<'_>) -> Result<()>,
    ) -> Result<Option<usize>> {
        let uses_keys = format.citation_keys != CitationKeyUse::None;
        let keeps_keys = format.citation_keys == CitationKeyUse::Kept && !self.is_read_only();
        let recent = if uses_keys { self.user.recent_citation_keys()? } else { RecentKeys::default() };
        let mut export = RunningExport {
            list,
            papers: &self.papers,
            user: &mut self.user,
            snapshot: &self.snapshot,
            uses_keys,
            keeps_keys,
            recent,
            former: None,
            missing: HashSet::new(),
            progress,
            interruption: None,
        };
        let written = write(&mut export);
        let (interruption, missing) = (export.interruption.take(), export.missing.len());
        if keeps_keys {
            // Where it fails, the next export does it.
            drop(self.user.move_recent_citation_keys());
        }
        match interruption {
            Some(Interruption::Cancelled) => Ok(None),
            Some(Interruption::Failed(error)) => Err(error),
            None => written.map(|()| Some(list.len() - missing)),
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
    /// Citation keys given lately, by other processes too.
    recent: RecentKeys,
    /// Read with the first papers.
    former: Option<FormerCitationKeys>,
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
    /// Keeps the error for `export_with`.
    fn io<T>(&mut self, result: Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let text = error.to_string();
            self.interruption = Some(Interruption::Failed(error));
            io::Error::other(text)
        })
    }

    fn read_all(&self, places: &[usize], parts: PaperParts) -> Result<Vec<Option<ExportEntry>>> {
        places.iter().map(|place| self.read_one(*place, parts)).collect()
    }

    fn read_one(&self, place: usize, parts: PaperParts) -> Result<Option<ExportEntry>> {
        let Some(key) = self.list.key(place)? else { return Ok(None) };
        let stored = match parts {
            PaperParts::Head => self.papers.head(&key)?,
            PaperParts::Whole => self.papers.get(&key)?,
        };
        let Some(StoredPaper { key, row, mut paper, .. }) = stored else { return Ok(None) };
        correct_digests(self.snapshot, &mut paper);
        let reading = reading_of(self.snapshot, self.user, &key)?;
        let citation_key = match &self.former {
            Some(former) => match self.user.citation_key(&key)? {
                None => former.of(&key, row, (self.user, self.papers))?,
                given => given,
            },
            None => None,
        };
        Ok(Some(ExportEntry { key: Some(key), paper, reading, citation_key }))
    }

    fn keep(&mut self, entries: &mut [&mut ExportEntry]) -> Result<()> {
        let wanted = entries.iter().map(|entry| (entry.stored_key(), entry.citation_key.clone().unwrap_or_default()));
        let wanted: Vec<(PaperKey, String)> = wanted.collect();
        let kept = self.user.keep_citation_keys(&mut self.recent, &wanted)?;
        for (entry, kept) in entries.iter_mut().zip(kept) {
            entry.citation_key = kept;
        }
        Ok(())
    }
}

impl ExportPapers for RunningExport<'_> {
    fn count(&self) -> usize {
        self.list.len()
    }

    fn read(&mut self, places: &[usize], parts: PaperParts) -> io::Result<Vec<Option<ExportEntry>>> {
        let first = places.first().copied().unwrap_or_default();
        if (self.progress)(first, self.list.len()).is_break() {
            self.interruption = Some(Interruption::Cancelled);
            return Err(io::Error::other("cancelled"));
        }
        if self.uses_keys && self.former.is_none() {
            let former = FormerCitationKeys::read(self.user, self.papers, self.list.len());
            self.former = Some(self.io(former)?);
        }
        // In one transaction each, because the locks of one for every paper take as long as the reading.
        let entries = self.papers.at_once(|| self.user.at_once(|| self.read_all(places, parts)));
        let entries = self.io(entries)?;
        let gone = places.iter().zip(&entries).filter(|(_, entry)| entry.is_none());
        self.missing.extend(gone.map(|(place, _)| *place));
        Ok(entries)
    }

    fn is_key_given(&mut self, citation_key: &str) -> io::Result<bool> {
        let given = self.user.is_citation_key_given(&self.recent, citation_key);
        self.io(given)
    }

    fn keep_keys(&mut self, entries: &mut [&mut ExportEntry]) -> io::Result<()> {
        if entries.is_empty() || !self.keeps_keys {
            return Ok(());
        }
        let kept = self.keep(entries);
        self.io(kept)
    }
}

/// Citation keys given under a DOI or a title that is no longer the paper's key; an arXiv id stays. Found in time that grows with what is
/// exported: from all of them where they are no more than the papers, else for each paper.
enum FormerCitationKeys {
    /// By the key that the paper has now.
    All(HashMap<PaperKey, String>),
    OfEachPaper,
}

impl FormerCitationKeys {
    fn read(user: &UserStore, papers: &PaperStore, exported: usize) -> Result<Self> {
        let Some(given) = user.citation_keys_but_of_arxiv(exported)? else { return Ok(Self::OfEachPaper) };
        let mut former = HashMap::new();
        for (key, citation_key) in given {
            if let Some(current) = papers.resolve(&key)?.filter(|current| *current != key) {
                former.entry(current).or_insert(citation_key);
            }
        }
        Ok(Self::All(former))
    }

    /// That of the paper with this key and row; None when it was given none under another key.
    fn of(&self, key: &PaperKey, row: i64, (user, papers): (&UserStore, &PaperStore)) -> Result<Option<String>> {
        if let Self::All(former) = self {
            return Ok(former.get(key).cloned());
        }
        let mut earlier = papers.keys_of(&[row])?;
        // In the order in which all of them are read.
        earlier.sort_unstable();
        for earlier in earlier.iter().filter_map(|key| PaperKey::from_stored(key)) {
            let is_former = earlier != *key && !earlier.as_str().starts_with("arxiv:");
            let given = if is_former { user.citation_key(&earlier)? } else { None };
            // A title may be that of several papers.
            if given.is_some() && papers.resolve(&earlier)?.as_ref() == Some(key) {
                return Ok(given);
            }
        }
        Ok(None)
    }
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
