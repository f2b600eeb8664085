//! tsundoku's own JSON lines: everything known about each paper and what the user did with it, for a backup, another machine, or a
//! script. `domain::record` defines the fields.

use std::io::{self, Write};

use super::entry::ExportPapers;
use crate::domain::record::Record;

pub(super) fn write(papers: &mut dyn ExportPapers, out: &mut dyn Write) -> io::Result<()> {
    for place in 0..papers.count() {
        if let Some(entry) = papers.read(place)? {
            writeln!(out, "{}", Record { paper: entry.paper, reading: entry.reading }.to_json())?;
        }
    }
    Ok(())
}
