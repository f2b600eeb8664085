//! A filter: reads lines of LaTeX or page text and writes them as Unicode. Needs no library.

use super::session::{CommandOutcome, RunCommand, Session};
use super::streams::DataWriter;
use crate::domain::markup::Markup;
use crate::domain::text::Text;
use crate::error::{Error, IoContext, Result};
use clap::Args;

/// Render LaTeX or page text as Unicode.
///
/// A filter: reads lines from standard input and writes each rendered to standard output.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  printf '%s\\n' 'Schr\\\"odinger in $\\mathbb{R}^3$' | tsundoku text --from tex"
)]
pub(super) struct TextArguments {
    /// `tex` for LaTeX as arXiv serves it, `page` for text copied from a page that lost its backslashes.
    #[arg(long, value_name = "MARKUP", value_parser = ["tex", "page"])]
    from: String,
}

impl RunCommand for TextArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let markup =
            Markup::from_name(&self.from).ok_or_else(|| Error::usage(format!("`{}` is not a markup", self.from)))?;
        let mut line = Vec::new();
        loop {
            let chunk = session.input.fill_buf().context("cannot read the input")?;
            if chunk.is_empty() {
                break;
            }
            let read = chunk.len();
            let mut parts = chunk.split(|byte| *byte == b'\n');
            line.extend_from_slice(parts.next().unwrap_or_default());
            for part in parts {
                write_line(&line, markup, &mut session.out)?;
                line.clear();
                line.extend_from_slice(part);
            }
            session.input.consume(read);
            // A program that writes one line and waits for the answer gets it.
            session.out.flush()?;
        }
        if !line.is_empty() {
            write_line(&line, markup, &mut session.out)?;
        }
        Ok(CommandOutcome::Done)
    }
}

fn write_line(line: &[u8], markup: Markup, out: &mut DataWriter<'_>) -> Result<()> {
    let source = String::from_utf8_lossy(line);
    let text = Text::new(source.strip_suffix('\r').unwrap_or(&source), markup);
    writeln!(out, "{}", text.line())
}
