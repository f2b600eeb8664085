//! Looks after the library's files: says what is wrong with them, builds what can be built again, and brings a backup back.

use super::arguments::DoctorArguments;
use super::palette::Role;
use super::wording::padded;
use super::{Outcome, Session};
use crate::domain::clean::Clean;
use crate::error::Result;
use crate::library::health;

pub(super) fn run(arguments: &DoctorArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let dir = session.paths()?.data;
    let shown = Clean::new(&dir.to_string_lossy());
    if arguments.restore {
        let backup = health::restore(&dir)?;
        let backup = Clean::new(&backup.to_string_lossy());
        writeln!(session.out, "user.db is {backup} again; the file that was there is kept beside it in {shown}")?;
    }
    if arguments.fix {
        for done in health::mend(&dir)? {
            writeln!(session.out, "{}", Clean::new(&done))?;
        }
    }
    let palette = session.palette();
    let findings = health::check(&dir)?;
    writeln!(session.out, "library in {shown}")?;
    for finding in &findings {
        let part = padded(&Clean::new(finding.part), 10);
        if finding.problems.is_empty() {
            writeln!(session.out, "{part} {}", palette.paint(Role::Good, "sound"))?;
        }
        for problem in &finding.problems {
            writeln!(session.out, "{part} {}", palette.paint(Role::Bad, Clean::new(problem)))?;
        }
    }
    let sound = findings.iter().all(|finding| finding.problems.is_empty());
    Ok(if sound { Outcome::Done } else { Outcome::Failed })
}
