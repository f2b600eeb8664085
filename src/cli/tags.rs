//! Lists the tags in use.

use clap::Args;
use serde::Serialize;

use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::grouped;
use crate::domain::clean::Clean;
use crate::error::Result;

/// List the tags in use, most used first.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku tags")]
pub(super) struct TagsArguments {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct TagJson<'a> {
    tag: &'a str,
    papers: usize,
}

impl RunCommand for TagsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        for (tag, papers) in session.library()?.tags()? {
            if self.json {
                write_json_line(&TagJson { tag: &tag, papers }, &mut session.out)?;
            } else {
                writeln!(session.out, "{:>7}  {}", grouped(papers), Clean::new(&tag))?;
            }
        }
        Ok(CommandOutcome::Done)
    }
}
