//! Checks the library's files, rebuilds what is derived, and restores a backup of `user.db`. What is checked and how is in
//! `library::maintenance`.

use super::palette::OutputRole;
use super::session::{CommandOutcome, RunCommand, Session};
use super::wording::{grouped, padded};
use crate::domain::clean::Clean;
use crate::error::Result;
use crate::library::maintenance;
use clap::Args;

/// Check the library for damage, and repair what can be repaired.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku doctor")]
pub(super) struct DoctorArguments {
    /// Rebuild the index and the full text, and release unused disk space.
    #[arg(long)]
    fix: bool,

    /// Replace user.db with its newest intact backup; the present file is kept under another name.
    #[arg(long, conflicts_with = "fix")]
    restore: bool,

    /// Add votes, places in digests, former versions and days of the ledger from the daily copies, after papers.db was lost and its papers were imported again.
    #[arg(long, conflicts_with_all = ["fix", "restore"])]
    restore_history: bool,
}

impl RunCommand for DoctorArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let dir = session.paths()?.data;
        let shown = Clean::new(&dir.to_string_lossy());
        if self.restore {
            let backup = maintenance::restore(&dir)?;
            session.out.saved();
            let backup = Clean::new(&backup.to_string_lossy());
            writeln!(
                session.out,
                "user.db is restored from {backup}; the file that was there is kept under another name in {shown}"
            )?;
        }
        if self.restore_history {
            let restored = maintenance::restore_history(&dir)?;
            session.out.saved();
            restored.unreadable.iter().for_each(|why| session.notify(&Clean::new(why)));
            let counts = [
                ("places in digests", restored.sightings),
                ("vote counts", restored.votes),
                ("former versions", restored.versions),
                ("days of the ledger", restored.days),
                ("papers of the copies that are not here", restored.absent.len()),
            ];
            let counts = counts.map(|(what, count)| format!("{what}: {}", grouped(count)));
            writeln!(session.out, "added {}", counts.join(", "))?;
        }
        if self.fix {
            let steps = maintenance::repair(&dir)?;
            session.out.saved();
            for step in steps {
                writeln!(session.out, "{step}")?;
            }
        }
        let palette = session.palette();
        let findings = maintenance::check(&dir)?;
        writeln!(session.out, "library in {shown}")?;
        for finding in &findings {
            let part = padded(&Clean::new(finding.part), 10);
            if finding.problems.is_empty() && finding.notices.is_empty() {
                writeln!(session.out, "{part} {}", palette.paint(OutputRole::Good, "sound"))?;
            }
            for notice in &finding.notices {
                writeln!(session.out, "{part} {notice}")?;
            }
            for problem in &finding.problems {
                writeln!(session.out, "{part} {}", palette.paint(OutputRole::Bad, problem))?;
            }
        }
        let last = match maintenance::last_backup(&dir) {
            Some((path, made)) => format!("made {made}: {}", path.display()),
            None => "none yet".to_owned(),
        };
        writeln!(session.out, "{} {}", padded(&Clean::new("backup"), 10), Clean::new(&last))?;
        if let Some(path) = maintenance::last_history_copy(&dir) {
            let path = Clean::new(&path.to_string_lossy());
            writeln!(session.out, "{} {path}", padded(&Clean::new("history"), 10))?;
        }
        let sound = findings.iter().all(|finding| finding.problems.is_empty());
        Ok(if sound { CommandOutcome::Done } else { CommandOutcome::Failed })
    }
}
