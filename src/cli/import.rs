//! Imports papers from files and reports what became of every record, as text or JSON.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::palette::OutputRole;
use super::progress::ProgressLine;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::streams::DataWriter;
use super::wording::{counted, grouped};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::named_date::WrittenDate;
use crate::error::{Error, Result};
use crate::library::import::{
    self, FileReport, ImportReport, ImportRequest, JoinedRecord, JoinedRecords, RecordProblems, UndatedDigest,
};
use crate::library::{IndexingPriority, Library, today};

/// Problems of one kind (rejected, odd, skipped) that the text report lists.
const LISTED: usize = 20;

/// The table of formats, for long help.
fn help() -> String {
    let formats: String = import::formats().map(|format| format!("  {:<15} {}\n", format.name, format.doc)).collect();
    format!(
        "Formats:\n{formats}\nExit status is 3 when some records were rejected, 1 when nothing could be read.\n\n\
         Example:\n  tsundoku import ~/digests/12-march.txt --date 2025-03-12"
    )
}

/// Read papers from files, folders or standard input.
///
/// The same paper in several files is one paper. Importing a file again changes nothing. The report counts for each file the records
/// that were read, new, updated, unchanged and rejected, and gives the reasons; a rejected record does not affect the others.
#[derive(Debug, Args)]
#[command(after_long_help = help())]
pub(super) struct ImportArguments {
    /// Files and folders; `-` is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Day of the digest, such as 2025-03-12, "march 3", yesterday or last-monday; overrides what the files say.
    #[arg(long, value_name = "DAY", value_parser = day)]
    date: Option<PartialDate>,

    /// Read every file as this format instead of recognising it.
    #[arg(long, value_name = "FORMAT")]
    from: Option<String>,

    /// Take the tags, statuses, stars and notes of other programs, too: of BibTeX, JabRef, Mendeley, Zotero and tables. They fill what you left
    /// empty, as one change that `undo` takes back.
    #[arg(long)]
    states: bool,

    /// Report what would be imported and store nothing.
    #[arg(long)]
    dry_run: bool,

    /// Build no full-text index, now or later, until an import without this option: saves disk space, but makes searches for words and
    /// phrases of abstracts slower.
    #[arg(long)]
    no_fulltext: bool,

    /// Report as JSON.
    #[arg(long)]
    json: bool,

    /// Report only what went wrong.
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
}

/// The day that an argument names, seen from today.
fn day(text: &str) -> std::result::Result<PartialDate, String> {
    WrittenDate::read_day(text, today())
}

impl RunCommand for ImportArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        if let Some(name) = &self.from {
            import::check_format(name)?;
        }
        let mut library = session.library()?;
        let request = ImportRequest {
            paths: self.paths.clone(),
            day: self.date,
            format: self.from.clone(),
            states: self.states,
            dry_run: self.dry_run,
            ..ImportRequest::default()
        };
        if session.terminal.input_is_terminal && self.paths.iter().any(|path| path == Path::new("-")) {
            session.notify("reading from the terminal; end the input with ctrl-d");
        }
        let mut line = ProgressLine::new(session.terminal, self.quiet);
        let report = library.import(&request, &mut |progress| {
            line.draw(progress, session.err);
            ControlFlow::Continue(())
        });
        line.clear(session.err);
        let report = report?;
        if !self.dry_run {
            session.out.saved();
        }
        if self.json {
            write_json(&report, &mut session.out)?;
        } else {
            write_text(&report, self.quiet, session)?;
        }
        if let Some(error) = report.failure {
            return Err(error);
        }
        match (self.dry_run, self.no_fulltext) {
            (true, _) => {}
            (false, true) => library.disable_full_text()?,
            (false, false) => {
                library.enable_full_text()?;
                build_full_text(&library, self.quiet, session)?;
            }
        }
        outcome(&report)
    }
}

/// Runs after the report, which does not wait for it; the imported papers are found without it, too.
pub(super) fn build_full_text(library: &Library, quiet: bool, session: &mut Session<'_>) -> Result<()> {
    session.out.flush()?;
    let mut line = ProgressLine::new(session.terminal, quiet);
    let built = library.build_full_text(IndexingPriority::Foreground, &mut |read, of| {
        line.draw_text(&format!("full text: {} of {} abstracts", grouped(read), grouped(of)), session.err);
        ControlFlow::Continue(())
    });
    line.clear(session.err);
    built.map(drop)
}

/// Failed when nothing was read at all; rejected when only a part was read.
fn outcome(report: &ImportReport) -> Result<CommandOutcome> {
    let unread = report.files.iter().flat_map(|file| &file.rejected.first).any(|rejected| rejected.line == 0);
    match (report.files.is_empty(), report.rejected()) {
        (true, _) => Err(Error::data("there is no file to read").hint("`tsundoku import --help` lists the formats")),
        (_, 0) => Ok(CommandOutcome::Done),
        _ if unread && report.total().read == 0 => Ok(CommandOutcome::Failed),
        _ => Ok(CommandOutcome::Rejected),
    }
}

#[derive(Serialize)]
struct ReportJson<'a> {
    files: Vec<FileJson<'a>>,
    total: TotalJson,
    /// Papers whose reading states were taken from the files.
    states: usize,
    /// Papers with a reading state of another program that was not taken.
    states_left: usize,
    /// Records that are papers known by another key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    joined: Vec<JoinedJson<'a>>,
    /// How many more there are than `joined` lists; left out when 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    more_joined: Option<usize>,
    /// What failed once papers were stored; left out when nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

#[derive(Serialize)]
struct FileJson<'a> {
    path: &'a str,
    format: &'a str,
    read: usize,
    new: usize,
    updated: usize,
    unchanged: usize,
    rejected: Vec<ProblemJson<'a>>,
    /// How many more rejected records there are than `rejected` lists; left out when 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    more_rejected: Option<usize>,
    /// What is noteworthy about records that were read: parts that were cut, titles without abstracts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    line: usize,
    reason: &'a str,
}

#[derive(Serialize)]
struct JoinedJson<'a> {
    key: &'a str,
    paper: &'a str,
}

#[derive(Serialize)]
struct TotalJson {
    read: usize,
    new: usize,
    updated: usize,
    unchanged: usize,
    rejected: usize,
}

fn write_json<'a>(report: &'a ImportReport, out: &mut DataWriter<'_>) -> Result<()> {
    let listed = |problems: &'a RecordProblems| -> Vec<ProblemJson<'a>> {
        problems.first.iter().map(|it| ProblemJson { line: it.line, reason: &it.reason }).collect()
    };
    let files = report.files.iter().map(|file| FileJson {
        path: &file.path,
        format: &file.format,
        read: file.read,
        new: file.new,
        updated: file.updated,
        unchanged: file.unchanged,
        rejected: listed(&file.rejected),
        more_rejected: Some(file.rejected.more).filter(|more| *more > 0),
        notices: listed(&file.notices),
    });
    let FileReport { read, new, updated, unchanged, .. } = report.total();
    let total = TotalJson { read, new, updated, unchanged, rejected: report.rejected() };
    let failure = report.failure.as_ref().map(ToString::to_string);
    let joined = report.joined.first.iter();
    let joined = joined.map(|joined| JoinedJson { key: joined.other.as_str(), paper: joined.paper.as_str() }).collect();
    let more_joined = Some(report.joined.more).filter(|more| *more > 0);
    let (states, states_left) = (report.restored, report.states_left);
    let report = ReportJson { files: files.collect(), total, states, states_left, joined, more_joined, failure };
    write_json_line(&report, out)
}

fn write_text(report: &ImportReport, quiet: bool, session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    if !quiet {
        for file in &report.files {
            let format = if file.format.is_empty() { "unknown" } else { &file.format };
            let path = palette.paint(OutputRole::Title, &file.path);
            writeln!(session.out, "{path} ({format}): {}", counts(file, file.rejected.count()))?;
        }
    }
    let problems = |of: fn(&FileReport) -> &RecordProblems| {
        let groups = report
            .files
            .iter()
            .flat_map(move |file| of(file).groups().into_iter().map(|group| (file.located(group), group.count)));
        (groups, report.files.iter().map(|file| of(file).ungrouped).sum())
    };
    let (rejected, more) = problems(|file| &file.rejected);
    let is_whole = report.files.iter().all(|file| file.rejected.more == 0);
    let rest = if is_whole { "more; --json lists them all" } else { "more; --json lists the first 1,000 of a file" };
    notify_first(rejected, more, rest, session);
    if quiet {
        return Ok(());
    }
    let (notices, more) = problems(|file| &file.notices);
    notify_first(notices, more, "more notices", session);
    let skipped = report.skipped.iter().map(|(path, reason)| (format!("{path}: {reason}"), 1));
    notify_first(skipped, 0, "more skipped files", session);
    writeln!(session.out, "in all: {}", counts(&report.total(), report.rejected()))?;
    let joined = match report.joined_starter {
        0 => String::new(),
        joined => format!(", {} of them joined papers of the starter shelf", grouped(joined)),
    };
    writeln!(session.out, "{}{joined}", counted(report.distinct, "distinct paper"))?;
    if report.restored > 0 {
        writeln!(session.out, "reading state restored for {}", counted(report.restored, "paper"))?;
    }
    if report.states_left > 0 {
        let papers = counted(report.states_left, "paper");
        session.notify(&format!("tags, statuses or notes of {papers} were not taken; --states takes them"));
    }
    if report.dry_run {
        write_joined(&report.joined, session)?;
        writeln!(session.out, "nothing was stored: this was a dry run")?;
    }
    for UndatedDigest { id, label } in report.undated.iter().take(LISTED) {
        let id = Clean::new(id);
        session.notify(&format!("no day is known for `{label}`; `tsundoku digests --date \"{id}\" DAY` sets it"));
    }
    if report.offer_to_hide_starter {
        session.notify("the starter shelf is still listed; `tsundoku digests --hide starter` hides it");
    }
    Ok(())
}

/// What would join what, the first ones.
fn write_joined(joined: &JoinedRecords, session: &mut Session<'_>) -> Result<()> {
    for JoinedRecord { other, paper } in joined.first.iter().take(LISTED) {
        let [other, paper] = [other, paper].map(|key| Clean::new(key.as_str()));
        writeln!(session.out, "{other} is {paper}")?;
    }
    let more = joined.first.len().saturating_sub(LISTED) + joined.more;
    if more > 0 {
        let rest = if joined.more == 0 { "--json lists them all" } else { "--json lists the first 1,000" };
        writeln!(session.out, "and {} more; {rest}", counted(more, "joined record"))?;
    }
    Ok(())
}

/// Prints the first lines, then how many problems the others are, each with its number, and `more`.
pub(super) fn notify_first(
    lines: impl Iterator<Item = (String, usize)>,
    more: usize,
    rest: &str,
    session: &mut Session<'_>,
) {
    let mut unlisted = more;
    for (place, (line, count)) in lines.enumerate() {
        if place < LISTED {
            session.notify(&line);
        } else {
            unlisted += count;
        }
    }
    if unlisted > 0 {
        session.notify(&format!("and {} {rest}", grouped(unlisted)));
    }
}

fn counts(file: &FileReport, rejected: usize) -> String {
    let [read, new, updated, unchanged, rejected] =
        [file.read, file.new, file.updated, file.unchanged, rejected].map(grouped);
    format!("{read} read, {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected")
}
