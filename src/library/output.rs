//! Getting papers out: entries for the export formats, with citation keys that stay what they were.

use std::io::Write;
use std::path::Path;

use super::Library;
use crate::domain::identity::PaperKey;
use crate::domain::record::Record;
use crate::error::Result;
use crate::export::{self, Entry, Format, Overwrite};

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
        let given = self.user.citation_keys()?;
        let mut entries = Vec::with_capacity(keys.len());
        for record in self.records(keys)? {
            let citation_key = given.get(&record.paper.key()).cloned();
            entries.push(Entry { paper: record.paper, reading: record.reading, citation_key });
        }
        export::assign_keys(&mut entries);
        (format.write)(&entries, out)?;
        let count = entries.len();
        let new = entries.into_iter().filter_map(|entry| Some((entry.paper.key(), entry.citation_key?)));
        let new: Vec<_> = new.filter(|(key, _)| !given.contains_key(key)).collect();
        if format.name == "bibtex" && !self.is_read_only() {
            self.user.keep_citation_keys(&new)?;
        }
        Ok(count)
    }

    /// Writes papers to a file, whole or not at all; returns how many.
    pub fn export_file(
        &mut self,
        keys: &[PaperKey],
        format: &Format,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<usize> {
        let mut written = 0;
        export::write_file(path, overwrite, |out| {
            written = self.export(keys, format, out)?;
            Ok(())
        })?;
        Ok(written)
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
