//! Getting papers out: entries for the export formats, with citation keys that stay what they were.

use std::io::Write;
use std::path::Path;

use super::Library;
use crate::domain::identity::PaperKey;
use crate::domain::record::Record;
use crate::error::{IoContext, Result};
use crate::export::{self, ExportEntry, Format, Overwrite};

/// Papers to export, each with a citation key.
struct KeyedEntries {
    entries: Vec<ExportEntry>,
    /// The keys that no earlier export has given.
    new_keys: Vec<(PaperKey, String)>,
}

impl Library {
    /// Papers with everything done with them, in the order of the keys. Unknown keys are left out.
    pub fn records(&self, keys: &[PaperKey]) -> Result<Vec<Record>> {
        let mut records = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some(stored) = self.papers.get(key)? {
                let (key, mut paper) = (stored.key, stored.paper);
                self.correct_digests(&mut paper);
                records.push(Record { paper, reading: self.snapshot.reading(&key, &self.state) });
            }
        }
        Ok(records)
    }

    /// Writes papers to a writer; returns how many.
    pub fn export(&mut self, keys: &[PaperKey], format: &Format, out: &mut dyn Write) -> Result<usize> {
        let KeyedEntries { entries, new_keys } = self.entries(keys)?;
        (format.write)(&entries, out).context("cannot write the output")?;
        self.keep_citation_keys(format, &new_keys)?;
        Ok(entries.len())
    }

    fn entries(&self, keys: &[PaperKey]) -> Result<KeyedEntries> {
        let given = self.user.citation_keys()?;
        let mut entries = Vec::with_capacity(keys.len());
        for record in self.records(keys)? {
            let citation_key = given.get(&record.paper.key()).cloned();
            entries.push(ExportEntry { paper: record.paper, reading: record.reading, citation_key });
        }
        export::assign_keys(&mut entries);
        let keys = entries.iter().filter_map(|entry| Some((entry.paper.key(), entry.citation_key.clone()?)));
        let new_keys = keys.filter(|(key, _)| !given.contains_key(key)).collect();
        Ok(KeyedEntries { entries, new_keys })
    }

    /// Keeps the keys that went out, where the format promises that they stay what they were.
    fn keep_citation_keys(&mut self, format: &Format, new: &[(PaperKey, String)]) -> Result<()> {
        if format.keeps_citation_keys && !self.is_read_only() {
            self.user.keep_citation_keys(new)?;
        }
        Ok(())
    }

    /// Writes papers to a file, whole or not at all; returns how many.
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

    /// A reader's correction of a digest's day goes out with the paper.
    fn correct_digests(&self, paper: &mut crate::domain::paper::Paper) {
        for sighting in &mut paper.sightings {
            let info = self.snapshot.index.digest_table().iter().find(|info| info.id == sighting.digest.id);
            if let Some(info) = info {
                sighting.digest.day = info.day;
                sighting.digest.label.clone_from(&info.label);
            }
        }
    }
}
