//! Lists the tags in use.

use clap::Args;
use serde::Serialize;

use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::grouped;
use crate::domain::clean::Clean;
use crate::error::Result;
use crate::library::TagCount;

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
    /// No longer in the library.
    absent: usize,
}

impl RunCommand for TagsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        for TagCount { tag, papers, absent } in session.library()?.tags()? {
            if self.json {
                write_json_line(&TagJson { tag: &tag, papers, absent }, &mut session.out)?;
                continue;
            }
            let absent = match absent {
                0 => String::new(),
                _ => format!("  (and {} no longer in the library)", grouped(absent)),
            };
            writeln!(session.out, "{:>7}  {}{absent}", grouped(papers), Clean::new(&tag))?;
        }
        Ok(CommandOutcome::Done)
    }
}
