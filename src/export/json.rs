//! tsundoku's own JSON lines: everything known about each paper and what the user did with it, for a backup, another machine, or a
//! script. `domain::record` defines the fields.

use std::io::{self, Write};

use super::entry::{ExportEntry, ExportPapers};
use super::stream;
use crate::domain::record::Record;

pub(super) fn write(papers: &mut dyn ExportPapers, out: &mut dyn Write) -> io::Result<()> {
    let render = |entry: ExportEntry, text: &mut Vec<u8>| {
        text.extend_from_slice(
            Record { paper: entry.paper, reading: entry.reading, ..Record::default() }.to_json().as_bytes(),
        );
        text.push(b'\n');
    };
    stream::write_all(papers, None, "", &render, out)
}
