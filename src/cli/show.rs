//! Shows one paper in full: metadata, abstract and reading state.

use super::palette::OutputRole;
use super::paper_text::{lines, metadata, width, write_field};
use super::papers;
use super::query;
use super::session::{CommandOutcome, RunCommand, Session};
use super::show_sources;
use crate::domain::clean::Clean;
use crate::error::{Error, Result};
use clap::Args;

/// Show one paper: its metadata, its abstract, and what you did with it.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku show 2403.03507")]
pub(super) struct ShowArguments {
    /// An arXiv id or URL, a DOI, a key as `list --ids` prints it, or a query that finds one paper.
    #[arg(required = true, value_name = "ID|QUERY", value_parser = query::word)]
    paper: Vec<String>,

    /// Title and abstract as the source spells them.
    #[arg(long)]
    raw: bool,

    /// As one JSON object.
    #[arg(long, conflicts_with = "raw")]
    json: bool,

    /// What each source states of it, each with the day of its import.
    #[arg(long, conflicts_with_all = ["raw", "changes"])]
    sources: bool,

    /// What later versions changed in title and abstract, word by word: [-removed-] {+added+}.
    #[arg(long, conflicts_with_all = ["raw", "json"])]
    changes: bool,
}

impl RunCommand for ShowArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let mut library = session.library()?;
        let key = papers::paper(&mut library, &self.paper)?;
        let gone = || Error::data(format!("the paper {} is no longer in the library", Clean::new(key.as_str())));
        if self.sources {
            show_sources::write_sources(&library, &key, self.json, session)?;
            return Ok(CommandOutcome::Done);
        }
        if self.changes {
            show_sources::write_changes(&library, &key, session)?;
            return Ok(CommandOutcome::Done);
        }
        let record = library.records(std::slice::from_ref(&key))?.pop().ok_or_else(gone)?;
        if self.json {
            session.out.write_data(&record.to_json())?;
            return Ok(CommandOutcome::Done);
        }
        let detail = library.detail(&key)?.ok_or_else(gone)?;
        let (title, paragraphs) = if self.raw {
            (Clean::new(&detail.paper.title.source), detail.raw_paragraphs())
        } else {
            (detail.title.clone(), detail.paragraphs.clone())
        };
        let palette = session.palette();
        let width = width(session);
        for line in lines(&title, width) {
            writeln!(session.out, "{}", palette.paint(OutputRole::Title, line))?;
        }
        for line in lines(&Clean::new(&detail.authors.iter().map(|name| &**name).collect::<Vec<_>>().join(", ")), width)
        {
            writeln!(session.out, "{line}")?;
        }
        writeln!(session.out)?;
        for (name, text) in metadata(&record) {
            write_field(name, &text, session)?;
        }
        if let Some(caution) = detail.caution() {
            writeln!(session.out, "\n{}", palette.paint(OutputRole::Dim, format!("({caution})")))?;
        }
        for paragraph in paragraphs {
            writeln!(session.out)?;
            for line in lines(&paragraph, width) {
                writeln!(session.out, "{line}")?;
            }
        }
        Ok(CommandOutcome::Done)
    }
}
