//! A bibliography for biblatex and biber: UTF-8, with `date`, `eprinttype` and `eprintclass`. Everything else is as in `bibtex`.

use std::io::{self, Write};

use super::bibtex::write_entries;
use super::entry::ExportPapers;
use super::spelling::FieldEncoding;

pub(super) fn write(papers: &mut dyn ExportPapers, out: &mut dyn Write) -> io::Result<()> {
    write_entries(papers, FieldEncoding::Unicode, out)
}
