//! Measures the reader from inside: a line a frame with the time from the first message of the frame to the end of its drawing.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use super::model::Model;
use crate::error::{Error, Result};

/// Writes `microseconds <tab> generation asked <tab> papers found <tab> query`, one line a frame.
#[derive(Debug)]
pub(super) struct Trace {
    out: BufWriter<File>,
}

impl Trace {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|error| Error::system(format!("{}: {error}", path.display())))?;
        Ok(Self { out: BufWriter::new(file) })
    }

    /// A frame was drawn whose first message arrived at `arrived`.
    pub(super) fn frame(&mut self, arrived: Instant, model: &Model) -> Result<()> {
        let (asked, found) = (model.results.asked, model.results.count());
        writeln!(self.out, "{}\t{asked}\t{found}\t{}", arrived.elapsed().as_micros(), model.search.query)?;
        Ok(self.out.flush()?)
    }
}
