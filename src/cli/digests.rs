//! Lists digests, hides and shows them, and corrects their days.

use clap::Args;
use serde::Serialize;

use super::palette::OutputRole;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::{grouped, padded};
use crate::domain::clean::Clean;
use crate::domain::named_date::WrittenDate;
use crate::domain::reading::Change;
use crate::error::{Error, Result};
use crate::library::{DigestInfo, Library, today};

/// List digests; hide one, show it again, or correct its day.
///
/// A hidden digest stays in the library: its papers are left out of lists unless another digest has them or the query asks for it.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  tsundoku digests --hide starter\n  tsundoku digests --date hf:pasted 2025-03-12"
)]
pub(super) struct DigestsArguments {
    /// Leave the papers of this digest out of lists.
    #[arg(long, value_name = "DIGEST", group = "correction")]
    hide: Option<String>,

    /// List the papers of this digest again.
    #[arg(long, value_name = "DIGEST", group = "correction")]
    show: Option<String>,

    /// Correct the day of this digest: 2025-03-12, "march 3", yesterday, last-monday.
    #[arg(long, num_args = 2, value_names = ["DIGEST", "DAY"], group = "correction")]
    date: Option<Vec<String>>,

    /// One JSON object a line.
    #[arg(long, conflicts_with = "correction")]
    json: bool,
}

impl RunCommand for DigestsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let mut library = session.library()?;
        let (change, label) = match (&self.hide, &self.show, self.date.as_deref()) {
            (Some(name), ..) => set_hidden(&library, name, true)?,
            (_, Some(name), _) => set_hidden(&library, name, false)?,
            (.., Some([name, day])) => {
                let digest = find_digest(&library, name)?;
                let day = WrittenDate::read_day(day, today())
                    .map_err(|error| Error::usage(Clean::new(&error).to_string()))?;
                (
                    Change::DigestDay(digest.id.clone(), Some(day.to_string())),
                    format!("digest `{}` is of {day}", digest.label),
                )
            }
            _ => return list(&library, self.json, session),
        };
        library.change(&[change], &label)?;
        session.out.saved();
        writeln!(session.out, "{}", Clean::new(&label))?;
        Ok(CommandOutcome::Done)
    }
}

/// The change that hides or shows a digest, and its label.
fn set_hidden(library: &Library, name: &str, hidden: bool) -> Result<(Change, String)> {
    let digest = find_digest(library, name)?;
    let label = format!("digest `{}` {}", digest.label, if hidden { "hidden" } else { "shown" });
    Ok((Change::DigestHidden(digest.id, hidden), label))
}

/// The digest with this id or label, or the only one whose id or label begins with it.
fn find_digest(library: &Library, name: &str) -> Result<DigestInfo> {
    let name = name.trim();
    let lower_case = name.to_lowercase();
    let digests = library.digests()?;
    let names = |digest: &DigestInfo| [digest.id.to_lowercase(), digest.label.to_lowercase()];
    if let Some(digest) = digests.iter().find(|digest| names(digest).contains(&lower_case)) {
        return Ok(digest.clone());
    }
    let mut matches = digests.iter().filter(|digest| names(digest).iter().any(|name| name.starts_with(&lower_case)));
    match (matches.next(), matches.next()) {
        (Some(digest), None) if !lower_case.is_empty() => Ok(digest.clone()),
        (Some(_), Some(_)) => Err(Error::usage(format!("several digests begin with `{}`", Clean::new(name)))
            .hint("`tsundoku digests` lists their ids")),
        _ => {
            Err(Error::data(format!("there is no digest `{}`", Clean::new(name))).hint("`tsundoku digests` lists them"))
        }
    }
}

#[derive(Serialize)]
struct ListedDigestJson<'a> {
    id: &'a str,
    source: &'a str,
    label: &'a str,
    day: Option<String>,
    papers: usize,
    hidden: bool,
}

fn list(library: &Library, json: bool, session: &mut Session<'_>) -> Result<CommandOutcome> {
    let digests = library.digests()?;
    let ids: Vec<Clean> = digests.iter().map(|digest| Clean::new(&digest.id)).collect();
    let columns = ids.iter().map(Clean::width).max().unwrap_or(0);
    let palette = session.palette();
    for (digest, id) in digests.iter().zip(&ids) {
        let DigestInfo { id: _, source, label, day, hidden, papers } = digest;
        let day = day.map(|day| day.to_string());
        if json {
            let line = ListedDigestJson { id: &digest.id, source, label, day, papers: *papers, hidden: *hidden };
            write_json_line(&line, &mut session.out)?;
            continue;
        }
        let day = padded(&Clean::new(&day.unwrap_or_default()), 10);
        let hidden = if *hidden { "  (hidden)" } else { "" };
        let label = palette.paint(OutputRole::Dim, label.clone());
        writeln!(session.out, "{}  {day}  {:>7}  {label}{hidden}", padded(id, columns), grouped(*papers))?;
    }
    Ok(CommandOutcome::Done)
}
