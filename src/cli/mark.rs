//! Changes of reading states: status, star, tags, note. Every command is one batch, so one undo reverts all of it.

use std::ops::ControlFlow;

use clap::Args;

use super::papers;
use super::progress::ProgressLine;
use super::query;
use super::session::{CommandOutcome, RunCommand, Session};
use super::wording::{counted, grouped};
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Change, Status, Tag};
use crate::error::Result;
use crate::library::label_of;

/// Change status, star, tags or note of papers.
///
/// Ids name papers one by one; anything else is a query, and every paper that it finds is changed. One `undo` reverts all of it.
#[derive(Debug, Args)]
#[command(
    group(clap::ArgGroup::new("change").required(true).multiple(true)),
    after_long_help = "Example:\n  tsundoku mark 'lora year:2024 status:unread' --status queued --tag peft"
)]
pub(super) struct MarkArguments {
    /// Ids of papers, or a query.
    #[arg(required = true, value_name = "QUERY|ID", value_parser = query::word)]
    papers: Vec<String>,

    /// unread, queued, reading, read or dropped.
    #[arg(long, value_name = "STATUS", group = "change")]
    status: Option<Status>,

    /// Add a star.
    #[arg(long, group = "change", conflicts_with = "unstar")]
    star: bool,

    /// Remove the star.
    #[arg(long, group = "change")]
    unstar: bool,

    /// Add a tag; may be given several times.
    #[arg(long, value_name = "TAG", group = "change", value_parser = tag)]
    tag: Vec<Tag>,

    /// Remove a tag; may be given several times.
    #[arg(long, value_name = "TAG", group = "change", value_parser = tag)]
    untag: Vec<Tag>,

    /// Replace the note; an empty text removes it.
    #[arg(long, value_name = "TEXT", group = "change", allow_hyphen_values = true)]
    note: Option<String>,

    /// Print what would be changed and change nothing.
    #[arg(long)]
    dry_run: bool,
}

fn tag(text: &str) -> std::result::Result<Tag, String> {
    Tag::new(text).ok_or_else(|| "a tag needs at least one of: letters, digits and -_./+#".to_owned())
}

impl RunCommand for MarkArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let mut library = session.library()?;
        let papers = papers::papers(&mut library, &self.papers)?;
        let Some(first) = papers.key(0)? else {
            return Err(papers::nothing_found(&self.papers, "nothing was changed"));
        };
        let label = label(&self.changes(&first));
        if self.dry_run {
            writeln!(session.out, "would be {label}: {}", counted(papers.len(), "paper"))?;
            return Ok(CommandOutcome::Done);
        }
        let mut line = ProgressLine::new(session.terminal, false);
        let outcome = library.change_all(&papers, &|key| self.changes(&key), &label, &mut |done, all| {
            line.draw_text(&format!("saving: {} of {} papers", grouped(done), grouped(all)), session.err);
            ControlFlow::Continue(())
        });
        line.clear(session.err);
        let changed = outcome?.report().map_or(0, |report| report.subjects);
        session.out.saved();
        writeln!(session.out, "{label}: {}", counted(changed, "paper"))?;
        let unchanged = papers.len().saturating_sub(changed);
        if unchanged > 0 {
            session.notify(&format!("{} had it already", counted(unchanged, "paper")));
        }
        Ok(CommandOutcome::Done)
    }
}

/// How the journal labels several changes of each paper. The label is repeated with every line of the log, so it names a few only.
fn label(changes: &[Change]) -> String {
    const NAMED: usize = 8;
    let named: Vec<String> = changes.iter().take(NAMED).map(label_of).collect();
    match changes.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), grouped(more)),
    }
}

impl MarkArguments {
    fn changes(&self, key: &PaperKey) -> Vec<Change> {
        let mut changes = Vec::new();
        changes.extend(self.status.map(|status| Change::Status(key.clone(), status)));
        if self.star || self.unstar {
            changes.push(Change::Star(key.clone(), self.star));
        }
        changes.extend(self.tag.iter().map(|tag| Change::Tag(key.clone(), tag.clone())));
        changes.extend(self.untag.iter().map(|tag| Change::Untag(key.clone(), tag.clone())));
        changes.extend(self.note.iter().map(|note| Change::Note(key.clone(), note.clone())));
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_a_few_changes_and_counts_the_others() {
        let key = PaperKey::title("x");
        let tagged = |count: usize| -> Vec<Change> {
            (0..count).filter_map(|n| Some(Change::Tag(key.clone(), Tag::new(&format!("t{n}"))?))).collect()
        };
        assert_eq!(label(&tagged(2)), "tagged t0, tagged t1");
        assert!(label(&tagged(5008)).ends_with("tagged t7 and 5,000 more"));
    }
}
