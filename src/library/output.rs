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
            if let Some(mut paper) = self.papers.get(key)? {
                let key = paper.key();
                self.correct_digests(&mut paper);
                records.push(Record { paper, reading: self.snapshot.reading(&key, &self.state) });
            }
        }
        Ok(records)
    }

    /// Writes papers to a writer; returns how many.
    pub fn export(&mut self, keys: &[PaperKey], format: &Format, out: &mut dyn Write) -> Result<usize> {
        let mut entries = Vec::with_capacity(keys.len());
        for record in self.records(keys)? {
            let citation_key = self.papers.citation_key(&record.paper.key())?;
            entries.push(Entry { paper: record.paper, reading: record.reading, citation_key });
        }
        export::assign_keys(&mut entries);
        (format.write)(&entries, out)?;
        let given = entries.iter().filter_map(|entry| Some((entry.paper.key(), entry.citation_key.clone()?)));
        self.papers.keep_citation_keys(&given.collect::<Vec<_>>())?;
        Ok(entries.len())
    }

    /// Writes papers to a file, whole or not at all; returns how many.
    pub fn export_file(&mut self, keys: &[PaperKey], format: &Format, path: &Path, overwrite: Overwrite) -> Result<usize> {
        let mut written = 0;
        export::write_file(path, overwrite, &mut |out| {
            written = self.export(keys, format, out)?;
            Ok(())
        })?;
        Ok(written)
    }

    /// A reader's correction of a digest's day goes out with the paper.
    fn correct_digests(&self, paper: &mut crate::domain::paper::Paper) {
        for sighting in &mut paper.sightings {
            let info = self.snapshot.digests.iter().find(|info| info.id == sighting.digest.id);
            if let Some(info) = info {
                sighting.digest.day = info.day;
                sighting.digest.label.clone_from(&info.label);
            }
        }
    }
}
