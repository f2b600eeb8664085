//! tsundoku's own JSON lines: everything known about each paper and what the user did with it, for a backup, another machine, or a
//! script. `domain::record` defines the fields.

use std::io::{self, Write};

use super::entry::ExportEntry;
use crate::domain::record::Record;

pub(super) fn write(entries: &[ExportEntry], out: &mut dyn Write) -> io::Result<()> {
    for entry in entries {
        let record = Record { paper: entry.paper.clone(), reading: entry.reading.clone() };
        writeln!(out, "{}", record.to_json())?;
    }
    Ok(())
}
