//! Bringing papers in from files: the progress, the report in words or JSON, and what to do next.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::arguments::ImportArguments;
use super::palette::Role;
use super::streams::Data;
use super::streams::Ends;
use super::wording::{grouped, many};
use super::{Outcome, Session};
use crate::domain::clean::Clean;
use crate::error::{Error, Result};
use crate::library::{FileReport, Haste, ImportProgress, ImportReport, ImportRequest, Library, Named, RejectedRecord};
use crate::sources::IMPORT_FORMATS;

/// Records of one kind (rejected, odd, skipped) that the report in words names.
const NAMED: usize = 20;

/// The kinds of files that are read, for long help.
pub(super) fn help() -> String {
    let kinds: String = IMPORT_FORMATS.iter().map(|source| format!("  {:<15} {}\n", source.name, source.doc)).collect();
    format!(
        "Formats:\n{kinds}\nExit status is 3 when some records were rejected, 1 when nothing could be read.\n\n\
         Example:\n  tsundoku import ~/digests/12-march.txt --date 2025-03-12"
    )
}

pub(super) fn run(arguments: &ImportArguments, session: &mut Session<'_>) -> Result<Outcome> {
    if let Some(name) = &arguments.from
        && !IMPORT_FORMATS.iter().any(|source| source.name == name)
    {
        let names: Vec<&str> = IMPORT_FORMATS.iter().map(|source| source.name).collect();
        let error = Error::usage(format!("`{}` is not a format that is read", Clean::new(name)));
        return Err(error.hint(format!("one of {}", names.join(", "))));
    }
    let mut library = session.library()?;
    let request = ImportRequest {
        paths: arguments.paths.clone(),
        day: arguments.date,
        format: arguments.from.clone(),
        dry_run: arguments.dry_run,
    };
    if session.ends.input_is_terminal && arguments.paths.iter().any(|path| path == Path::new("-")) {
        session.say("reading from the terminal; ctrl-d ends it");
    }
    let mut bar = Bar::new(session.ends, arguments.quiet);
    let report = library.import(&request, &mut |progress| {
        bar.draw(progress, session.err);
        ControlFlow::Continue(())
    });
    bar.clear(session.err);
    let report = report?;
    if arguments.json {
        write_json(&report, &mut session.out)?;
    } else {
        write_words(&report, arguments.quiet, session)?;
    }
    match (arguments.dry_run, arguments.no_fulltext) {
        (true, _) => {}
        (false, true) => library.decline_full_text()?,
        (false, false) => {
            library.accept_full_text()?;
            build_full_text(&library, arguments.quiet, session)?;
        }
    }
    outcome(&report)
}

/// After the report, which need not wait for it; what is imported is found without it, too.
fn build_full_text(library: &Library, quiet: bool, session: &mut Session<'_>) -> Result<()> {
    session.out.flush()?;
    let mut bar = Bar::new(session.ends, quiet);
    let built = library.build_full_text(Haste::All, &mut |read, of| {
        bar.say(&format!("full text: {} of {} abstracts", grouped(read), grouped(of)), session.err);
        ControlFlow::Continue(())
    });
    bar.clear(session.err);
    built.map(drop)
}

/// Nothing read at all is a failure; a part of it rejected is not.
fn outcome(report: &ImportReport) -> Result<Outcome> {
    let unread = report.files.iter().flat_map(|file| &file.rejected.first).any(|rejected| rejected.line == 0);
    match (report.files.is_empty(), report.rejected()) {
        (true, _) => Err(Error::data("there is no file to read").hint("`tsundoku import --help` says what is read")),
        (_, 0) => Ok(Outcome::Done),
        _ if unread && report.total().read == 0 => Ok(Outcome::Failed),
        _ => Ok(Outcome::Rejected),
    }
}

#[derive(Serialize)]
struct ReportJson<'a> {
    files: Vec<FileJson<'a>>,
    total: TotalJson,
}

#[derive(Serialize)]
struct FileJson<'a> {
    path: &'a str,
    format: &'a str,
    read: usize,
    new: usize,
    updated: usize,
    unchanged: usize,
    rejected: Vec<RejectedJson<'a>>,
    /// Rejected records that are not in the list, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    more_rejected: Option<usize>,
}

#[derive(Serialize)]
struct RejectedJson<'a> {
    line: usize,
    reason: &'a str,
}

#[derive(Serialize)]
struct TotalJson {
    read: usize,
    new: usize,
    updated: usize,
    unchanged: usize,
    rejected: usize,
}

fn write_json(report: &ImportReport, out: &mut Data<'_>) -> Result<()> {
    let files = report.files.iter().map(|file| FileJson {
        path: &file.path,
        format: &file.format,
        read: file.read,
        new: file.new,
        updated: file.updated,
        unchanged: file.unchanged,
        rejected: file.rejected.first.iter().map(|it| RejectedJson { line: it.line, reason: &it.reason }).collect(),
        more_rejected: Some(file.rejected.more).filter(|more| *more > 0),
    });
    let FileReport { read, new, updated, unchanged, .. } = report.total();
    let total = TotalJson { read, new, updated, unchanged, rejected: report.rejected() };
    super::write_json_line(&ReportJson { files: files.collect(), total }, out)
}

fn write_words(report: &ImportReport, quiet: bool, session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    if !quiet {
        for file in &report.files {
            let format = if file.format.is_empty() { "unknown" } else { &file.format };
            let path = palette.paint(Role::Title, Clean::new(&file.path));
            writeln!(session.out, "{path} ({format}): {}", counts(file, file.rejected.count()))?;
        }
    }
    let named = |records: fn(&FileReport) -> &Named| {
        let first = report.files.iter().flat_map(move |file| records(file).first.iter().map(|it| located(file, it)));
        (first, report.files.iter().map(|file| records(file).more).sum())
    };
    let (rejected, more) = named(|file| &file.rejected);
    let besides =
        if more == 0 { "more; --json lists them all" } else { "more; --json lists the first 1,000 of a file" };
    say_first(rejected, more, besides, session);
    if quiet {
        return Ok(());
    }
    let (odd, more) = named(|file| &file.notices);
    say_first(odd, more, "more records are odd", session);
    let skipped = report.skipped.iter().map(|(path, reason)| format!("{path}: {reason}"));
    say_first(skipped, 0, "more files are skipped", session);
    writeln!(session.out, "in all: {}", counts(&report.total(), report.rejected()))?;
    let joined = match report.joined_starter {
        0 => String::new(),
        joined => format!(", {} of them joined papers of the starter shelf", grouped(joined)),
    };
    writeln!(session.out, "{}{joined}", many(report.distinct, "distinct paper"))?;
    if report.restored > 0 {
        writeln!(session.out, "with what was done to {}", many(report.restored, "paper"))?;
    }
    if report.dry_run {
        writeln!(session.out, "nothing was kept: this was a dry run")?;
    }
    if report.offer_to_hide_starter {
        session.say("the starter shelf is still listed; `tsundoku digests --hide starter` hides it");
    }
    Ok(())
}

/// `page.txt:12: why`; without a line when the whole file is meant.
fn located(file: &FileReport, record: &RejectedRecord) -> String {
    let RejectedRecord { line, reason } = record;
    if *line == 0 { format!("{}: {reason}", file.path) } else { format!("{}:{line}: {reason}", file.path) }
}

/// Says the first few, and how many there are besides, `more` of which are no lines.
fn say_first(lines: impl Iterator<Item = String>, more: usize, besides: &str, session: &mut Session<'_>) {
    let mut unsaid = more;
    for (place, line) in lines.enumerate() {
        if place < NAMED {
            session.say(&line);
        } else {
            unsaid += 1;
        }
    }
    if unsaid > 0 {
        session.say(&format!("and {} {besides}", grouped(unsaid)));
    }
}

fn counts(file: &FileReport, rejected: usize) -> String {
    let [read, new, updated, unchanged, rejected] =
        [file.read, file.new, file.updated, file.unchanged, rejected].map(grouped);
    format!("{read} read, {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected")
}

/// How far an import is, on one line of a terminal that is drawn over. Short imports never show it.
struct Bar {
    wanted: bool,
    unicode: bool,
    started: Instant,
    drawn: Option<Instant>,
}

const PATIENCE: Duration = Duration::from_millis(500);
const PACE: Duration = Duration::from_millis(100);
const CELLS: usize = 10;
/// Columns of a path, so that the whole fits the narrowest usual terminal.
const PATH: usize = 18;

impl Bar {
    fn new(ends: Ends, quiet: bool) -> Self {
        Self { wanted: ends.err_is_terminal && !quiet, unicode: ends.unicode, started: Instant::now(), drawn: None }
    }

    /// Draws how far an import is, when it is time for it or the import is through.
    fn draw(&mut self, progress: &ImportProgress, err: &mut dyn Write) {
        let last = self.drawn.is_some() && progress.length == Some(progress.bytes) && progress.indexed.is_none();
        if last || self.is_due() {
            let spent = self.started.elapsed().as_secs_f64();
            self.put(&line(progress, spent, if self.unicode { ("█", "░") } else { ("#", ".") }), err);
        }
    }

    /// Draws a line of words, when it is time for one.
    fn say(&mut self, line: &str, err: &mut dyn Write) {
        if self.is_due() {
            self.put(line, err);
        }
    }

    fn is_due(&self) -> bool {
        Instant::now() >= self.drawn.map_or(self.started + PATIENCE, |drawn| drawn + PACE)
    }

    fn put(&mut self, line: &str, err: &mut dyn Write) {
        if self.wanted {
            self.drawn = Some(Instant::now());
            drop(write!(err, "\r{line}\x1b[K"));
            drop(err.flush());
        }
    }

    fn clear(&self, err: &mut dyn Write) {
        if self.drawn.is_some() {
            drop(write!(err, "\r\x1b[K"));
        }
    }
}

/// How far it is, how fast it goes and how long it will take, after so many seconds; a part that nobody knows is left out.
fn line(progress: &ImportProgress, spent: f64, (full, empty): (&str, &str)) -> String {
    let ImportProgress { path, file, files, read, bytes, length, indexed } = progress;
    let bar = |done: f64| {
        let cells = (done * CELLS as f64) as usize;
        format!("{}{} ", full.repeat(cells), empty.repeat(CELLS.saturating_sub(cells)))
    };
    if let Some((done, all)) = indexed {
        let bar = bar(*done as f64 / (*all).max(1) as f64);
        return match done < all {
            true => format!("{bar}making the index: {} of {} papers", grouped(*done), grouped(*all)),
            false => format!("{bar}writing the index of {}", many(*all, "paper")),
        };
    }
    let of_file = length.filter(|length| *length > 0).map(|length| (*bytes as f64 / length as f64).min(1.0));
    let before = file.saturating_sub(1) as f64;
    let done = match (of_file, *files) {
        (None, 1) => None,
        (of_file, files) => Some((before + of_file.unwrap_or(0.0)) / files.max(1) as f64),
    };
    let mut line = String::new();
    if let Some(done) = done {
        line += &bar(done);
    }
    if *files > 1 {
        line += &format!("{} of {} files, ", grouped(*file), grouped(*files));
    }
    line += &format!("{}: {} read", Clean::new(path).cut(PATH), grouped(*read));
    if *files > 1 {
        return line;
    }
    match of_file {
        Some(1.0) => line += ", making the index",
        Some(part) if part > 0.0 && spent > 1.0 => {
            let rate = grouped((*read as f64 / spent) as usize);
            line += &format!(", {rate} a second, {} left", duration(spent / part - spent));
        }
        _ => {}
    }
    line
}

/// `5 s`, `2 min 10 s`.
fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_says_what_is_known() {
        let drawn = |bytes, length, file, files| {
            let path = "arxiv-metadata-oai-snapshot.json".to_owned();
            line(&ImportProgress { path, file, files, read: 40_000, bytes, length, indexed: None }, 2.0, ("#", "."))
        };
        let name = "arxiv-metadata-oa…: 40,000 read";
        assert_eq!(drawn(25, Some(200), 1, 1), format!("#......... {name}, 20,000 a second, 14 s left"));
        assert_eq!(drawn(1, Some(100), 1, 1), format!(".......... {name}, 20,000 a second, 3 min 18 s left"));
        assert_eq!(drawn(200, Some(200), 1, 1), format!("########## {name}, making the index"));
        assert_eq!(drawn(25, None, 1, 1), name);
        assert_eq!(drawn(50, Some(100), 3, 5), format!("#####..... 3 of 5 files, {name}"));
        assert_eq!(drawn(0, Some(0), 1, 1), name);
        let indexing = |done| {
            let progress = ImportProgress { indexed: Some((done, 40_000)), ..ImportProgress::default() };
            line(&progress, 2.0, ("#", "."))
        };
        assert_eq!(indexing(12_000), "###....... making the index: 12,000 of 40,000 papers");
        assert_eq!(indexing(40_000), "########## writing the index of 40,000 papers");
    }
}
