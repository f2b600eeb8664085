//! Measures the reader: writes a line for each frame with the time from its first message to the end of its drawing.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::model::Model;
use crate::error::{IoContext, Result};

/// Writes `microseconds <tab> search generation <tab> papers found <tab> query`, one line a frame.
#[derive(Debug)]
pub(super) struct Trace {
    out: BufWriter<File>,
    path: PathBuf,
}

impl Trace {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).at("write", path)?;
        Ok(Self { out: BufWriter::new(file), path: path.to_owned() })
    }

    /// Records a frame that was drawn just now and whose first message arrived at `arrived`.
    pub(super) fn frame(&mut self, arrived: Instant, model: &Model) -> Result<()> {
        let (generation, found) = (model.results.generation, model.results.count());
        let spent = arrived.elapsed().as_micros();
        let written = writeln!(self.out, "{spent}\t{generation}\t{found}\t{}", model.search.query);
        written.and_then(|()| self.out.flush()).at("write", &self.path)
    }
}
