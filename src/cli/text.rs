//! A filter: lines of LaTeX or page text in, the same lines as Unicode out. It needs no library.

use super::arguments::TextArguments;
use super::streams::Data;
use super::{Outcome, Session};
use crate::domain::markup::Markup;
use crate::domain::text::Text;
use crate::error::{Error, IoContext, Result};

pub(super) fn run(arguments: &TextArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let markup = Markup::from_name(&arguments.from)
        .ok_or_else(|| Error::usage(format!("`{}` is not a markup", arguments.from)))?;
    let mut line = Vec::new();
    loop {
        let chunk = session.input.fill_buf().context("cannot read the input")?;
        if chunk.is_empty() {
            break;
        }
        let read = chunk.len();
        let mut pieces = chunk.split(|byte| *byte == b'\n');
        line.extend_from_slice(pieces.next().unwrap_or_default());
        for piece in pieces {
            write_line(&line, markup, &mut session.out)?;
            line.clear();
            line.extend_from_slice(piece);
        }
        session.input.consume(read);
        // Whoever writes a line and waits for its answer gets it.
        session.out.flush()?;
    }
    if !line.is_empty() {
        write_line(&line, markup, &mut session.out)?;
    }
    Ok(Outcome::Done)
}

fn write_line(line: &[u8], markup: Markup, out: &mut Data<'_>) -> Result<()> {
    let source = String::from_utf8_lossy(line);
    let text = Text::new(source.strip_suffix('\r').unwrap_or(&source), markup);
    writeln!(out, "{}", text.line())
}
