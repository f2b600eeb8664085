//! tsundoku's own JSON lines: everything known about each paper and what the reader did with it, for a backup, another machine, or a
//! script. What a line holds is the affair of the domain's `Record`.

use std::io::{self, Write};

use super::Entry;
use crate::domain::record::Record;

pub(super) fn write(entries: &[Entry], out: &mut dyn Write) -> io::Result<()> {
    for entry in entries {
        let record = Record { paper: entry.paper.clone(), reading: entry.reading.clone() };
        writeln!(out, "{}", record.to_json())?;
    }
    Ok(())
}
