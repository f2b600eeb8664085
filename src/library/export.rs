//! Exports: writes papers in one of the export formats, each with the citation key that it had in earlier exports.
//!
//! Re-exports the table of formats; front ends take it from here.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use super::Library;
use crate::domain::identity::PaperKey;
use crate::domain::paper::Paper;
use crate::domain::record::Record;
use crate::error::{IoContext, Result};
use crate::export::{self, ExportEntry};
pub use crate::export::{FORMATS, Format, Overwrite, citation_line, find_format};

/// Papers to export, each with a citation key.
struct KeyedEntries {
    entries: Vec<ExportEntry>,
    /// The keys that no earlier export has given.
    new_keys: Vec<(PaperKey, String)>,
}

impl Library {
    /// Papers with their reading states and corrected digests, in the order of the keys. Unknown keys are left out.
    pub fn records(&self, keys: &[PaperKey]) -> Result<Vec<Record>> {
        let mut records = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some(stored) = self.papers.get(key)? {
                let (key, mut paper) = (stored.key, stored.paper);
                self.correct_digests(&mut paper);
                records.push(Record { paper, reading: self.reading(&key)? });
            }
        }
        Ok(records)
    }

    /// Writes papers in the order of the keys; returns how many. An error when the writer fails.
    pub fn export(&mut self, keys: &[PaperKey], format: &Format, out: &mut dyn Write) -> Result<usize> {
        let KeyedEntries { entries, new_keys } = self.entries(keys)?;
        (format.write)(&entries, out).context("cannot write the output")?;
        self.keep_citation_keys(format, &new_keys)?;
        Ok(entries.len())
    }

    fn entries(&self, keys: &[PaperKey]) -> Result<KeyedEntries> {
        let records = self.records(keys)?;
        let given = self.given_citation_keys(&records)?;
        let mut entries = Vec::with_capacity(keys.len());
        for record in records {
            let citation_key = given.get(&record.paper.key()).cloned();
            entries.push(ExportEntry { paper: record.paper, reading: record.reading, citation_key });
        }
        export::assign_keys(&mut entries);
        let keys = entries.iter().filter_map(|entry| Some((entry.paper.key(), entry.citation_key.clone()?)));
        let new_keys = keys.filter(|(key, _)| !given.contains_key(key)).collect();
        Ok(KeyedEntries { entries, new_keys })
    }

    /// The citation keys of earlier exports, by the current keys of the papers that are exported now.
    fn given_citation_keys(&self, records: &[Record]) -> Result<HashMap<PaperKey, String>> {
        let mut given = self.user.citation_keys()?;
        // Looking up every former key takes time that grows with all that was ever exported.
        if records.iter().all(|record| given.contains_key(&record.paper.key())) {
            return Ok(given);
        }
        // A paper that was exported under its DOI or title may have another key since. An arXiv id stays.
        let former = given.iter().filter(|(key, _)| !key.as_str().starts_with("arxiv:"));
        let former: Vec<_> = former.map(|(key, citation_key)| (key.clone(), citation_key.clone())).collect();
        for (key, citation_key) in former {
            if let Some(current) = self.papers.resolve(&key)? {
                given.entry(current).or_insert(citation_key);
            }
        }
        Ok(given)
    }

    /// Stores new citation keys where the format promises stable ones.
    fn keep_citation_keys(&mut self, format: &Format, new: &[(PaperKey, String)]) -> Result<()> {
        if format.keeps_citation_keys && !self.is_read_only() {
            self.user.keep_citation_keys(new)?;
        }
        Ok(())
    }

    /// Writes papers to a file, whole or not at all; returns how many. A usage error when the file exists and must not be overwritten, or is
    /// no regular file.
    pub fn export_file(
        &mut self,
        keys: &[PaperKey],
        format: &Format,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<usize> {
        let KeyedEntries { entries, new_keys } = self.entries(keys)?;
        export::write_file(path, overwrite, |out| (format.write)(&entries, out))?;
        self.keep_citation_keys(format, &new_keys)?;
        Ok(entries.len())
    }

    /// Replaces the days of digests by those that the user corrected.
    fn correct_digests(&self, paper: &mut Paper) {
        for sighting in &mut paper.sightings {
            let info = self.snapshot.digests().iter().find(|info| info.id == sighting.digest.id);
            if let Some(info) = info {
                sighting.digest.day = info.day;
                sighting.digest.label.clone_from(&info.label);
            }
        }
    }
}
