//! Fetches the lists of services, and tells what is known of each of their days, as text or JSON.

use std::ops::ControlFlow;

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use super::import::{build_full_text, notify_first};
use super::palette::{OutputRole, Palette};
use super::progress::ProgressLine;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::{counted, grouped};
use crate::config::Config;
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::named_date::WrittenDate;
use crate::error::{Error, Result};
use crate::library::sync::{
    DayState, DayStatus, Network, Patience, ServiceReport, ServiceRequest, ServiceStatus, count_of, services,
};
use crate::library::today;

/// The table of services, for long help.
fn help() -> String {
    let services: String = services().map(|(name, doc)| format!("  {name:<8} {doc}\n")).collect();
    format!(
        "Services:\n{services}\nExit status is 3 when a day of the range has no answer, 1 when no day was answered.\n\n\
         Example:\n  tsundoku sync hf --from 2025-03-01\n  tsundoku sync --status"
    )
}

/// Fetch papers from the services that publish them, day by day.
///
/// Asks for every day of which something may be missing, the latest first: a day is complete when its whole list was stored after the day
/// was over. Without a name it asks the services that have a table in the settings. Nothing else in this program uses the network.
#[derive(Debug, Args)]
#[command(after_long_help = help())]
pub(super) struct SyncArguments {
    /// Services to ask.
    #[arg(value_name = "SERVICE")]
    services: Vec<String>,

    /// First day to ask for, such as 2025-03-12 or last-monday; else the first that was ever asked for, or of the last week.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<PartialDate>,

    /// Last day to ask for; else today.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<PartialDate>,

    /// Ask for complete days, too.
    #[arg(long)]
    again: bool,

    /// Show what is known of each day, and ask for nothing.
    #[arg(long, conflicts_with_all = ["again", "dry_run"])]
    status: bool,

    /// Show which days would be asked for, and ask for nothing.
    #[arg(long)]
    dry_run: bool,

    /// One JSON object a line: a service with its days.
    #[arg(long)]
    json: bool,

    /// Report only what went wrong.
    #[arg(long, short, conflicts_with_all = ["json", "status", "dry_run"])]
    quiet: bool,
}

/// The day that an argument names, seen from today.
fn day(text: &str) -> std::result::Result<PartialDate, String> {
    WrittenDate::read_day(text, today())
}

impl RunCommand for SyncArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let paths = session.paths()?;
        let (config, warnings) = Config::load(&paths.config_file);
        warnings.iter().for_each(|warning| session.notify(warning));
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from.first_day() > to.last_day()
        {
            return Err(Error::usage(format!("{from} is after {to}")));
        }
        let requests = self.requests(&config)?;
        let mut library = session.library()?;
        if self.status || self.dry_run {
            let statuses = library.sync_status(&requests)?;
            for status in &statuses {
                match self.json {
                    true => write_json_line(&SyncStatusJson::new(status), &mut session.out)?,
                    false if self.status => write_status(status, session)?,
                    false => write_due(status, session)?,
                }
            }
            let is_gap = statuses.iter().flat_map(|status| &status.days).any(|day| day.state.is_gap());
            return Ok(if self.status && is_gap { CommandOutcome::Rejected } else { CommandOutcome::Done });
        }
        let network = Network { pace_folder: paths.pace(), patience: Patience::default() };
        let mut line = ProgressLine::new(session.terminal, self.quiet);
        let report = library.sync(&requests, &network, &mut |progress| {
            let (name, day) = (progress.service, progress.day);
            let (done, of, new) = (progress.done + 1, grouped(progress.of), counted(progress.new, "new paper"));
            line.draw_text(&format!("{name}: {day}, day {} of {of}, {new}", grouped(done)), session.err);
            ControlFlow::Continue(())
        });
        line.clear(session.err);
        let report = report?;
        session.out.saved();
        for service in &report.services {
            match self.json {
                true => write_json_line(&SyncReportJson::new(service), &mut session.out)?,
                false => write_report(service, self.quiet, session)?,
            }
        }
        if report.services.iter().any(|service| service.papers.read > 0) {
            library.enable_full_text()?;
            build_full_text(&library, self.quiet, session)?;
        }
        let failed = report.services.iter().any(|service| service.asked == 0 && !service.failures.is_empty());
        let is_gap = report.services.iter().flat_map(|service| &service.days).any(|day| day.state.is_gap());
        Ok(match (failed, is_gap) {
            (true, _) => CommandOutcome::Failed,
            (false, true) => CommandOutcome::Rejected,
            (false, false) => CommandOutcome::Done,
        })
    }
}

impl SyncArguments {
    /// The services that were named, else those with settings, else (where nothing is asked for) all.
    fn requests(&self, config: &Config) -> Result<Vec<ServiceRequest>> {
        let mut names = self.services.clone();
        if names.is_empty() {
            names.extend(config.sync.keys().cloned());
        }
        if names.is_empty() && self.status {
            names.extend(services().map(|(name, _)| name.to_owned()));
        }
        if names.is_empty() {
            let known: Vec<_> = services().map(|(name, _)| format!("`tsundoku sync {name}`")).collect();
            let error = Error::usage("no service to ask: none is named, and the settings have none");
            return Err(error
                .hint(format!("name one ({}), or add a table such as [sync.hf] to the settings", known.join(", "))));
        }
        let request = |name: String| {
            let settings = config.sync.get(&name).cloned().unwrap_or_default();
            let from = self.from.map(PartialDate::first_day).or(settings.from);
            ServiceRequest {
                name,
                base: settings.base,
                from,
                to: self.to.map(PartialDate::last_day),
                again: self.again,
            }
        };
        Ok(names.into_iter().map(request).collect())
    }
}

/// `hf: 5 days, 236 papers, 230 new, 6 updated`, what could not be read, and what is missing.
fn write_report(service: &ServiceReport, quiet: bool, session: &mut Session<'_>) -> Result<()> {
    let papers = &service.papers;
    if !quiet {
        let counts = [(papers.new, "new"), (papers.updated, "updated"), (papers.unchanged, "unchanged")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: String = counts.map(|(count, what)| format!(", {} {what}", grouped(*count))).collect();
        let (days, read) = (counted(service.asked, "day"), counted(papers.read, "paper"));
        writeln!(session.out, "{}: {days}, {read}{counts}", service.name)?;
    }
    let unread = papers.rejected.first.iter().map(|problem| (problem.reason.clone(), 1));
    notify_first(unread, papers.rejected.more, "more; --json lists them", session);
    let palette = session.palette();
    let gaps: Vec<&DayStatus> = service.days.iter().filter(|day| day.state.is_gap()).collect();
    for line in days_in_lines(&gaps, palette) {
        writeln!(session.out, "  {line}")?;
    }
    Ok(())
}

fn write_status(status: &ServiceStatus, session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    let doc = services().find(|(name, _)| *name == status.name).map_or("", |(_, doc)| doc);
    let range = match status.days.as_slice() {
        [first, .., last] => format!(", {} to {}", first.day, last.day),
        [only] => format!(", {}", only.day),
        [] => String::new(),
    };
    writeln!(session.out, "{}  {doc}{range}", palette.paint(OutputRole::Title, status.name))?;
    let complete = count_of(&status.days, DayState::Complete);
    let papers: usize =
        status.days.iter().filter(|day| day.state == DayState::Complete).map(|day| day.entries as usize).sum();
    writeln!(session.out, "  {} complete ({})", counted(complete, "day"), counted(papers, "paper"))?;
    let nothing = count_of(&status.days, DayState::Nothing);
    if nothing > 0 {
        writeln!(session.out, "  {} on which nothing was announced", counted(nothing, "day"))?;
    }
    let others: Vec<&DayStatus> = status.days.iter().filter(|day| needs_words(day)).collect();
    for line in days_in_lines(&others, palette) {
        writeln!(session.out, "  {line}")?;
    }
    Ok(())
}

fn write_due(status: &ServiceStatus, session: &mut Session<'_>) -> Result<()> {
    writeln!(session.out, "{}: {} to ask for", status.name, counted(status.due.len(), "day"))?;
    for day in &status.due {
        writeln!(session.out, "  {day}")?;
    }
    Ok(())
}

/// Whether a day is more than one of many that are complete.
fn needs_words(day: &DayStatus) -> bool {
    match day.state {
        DayState::Complete => day.unread > 0,
        DayState::Nothing => false,
        DayState::Open | DayState::Failed | DayState::NotAsked => true,
    }
}

/// A line for each day; days in a row that were never asked for share one.
fn days_in_lines(days: &[&DayStatus], palette: Palette) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = days;
    while let Some((first, others)) = rest.split_first() {
        let mut last = first.day;
        let mut count = 1;
        if first.state == DayState::NotAsked {
            let next = |last: Date| last.checked_add(1.day()).ok();
            for other in others.iter().take_while(|day| day.state == DayState::NotAsked) {
                if next(last) != Some(other.day) {
                    break;
                }
                (last, count) = (other.day, count + 1);
            }
        }
        rest = rest.get(count..).unwrap_or_default();
        let range = if count == 1 { first.day.to_string() } else { format!("{} to {last}", first.day) };
        let (role, what) = in_words(first, count);
        lines.push(format!("{range}  {}", palette.paint(role, what)));
    }
    lines
}

/// The state of a day, or of several that were never asked for.
fn in_words(day: &DayStatus, count: usize) -> (OutputRole, String) {
    let entries = counted(day.entries as usize, "paper");
    match day.state {
        DayState::Complete if day.unread == 0 => (OutputRole::Dim, format!("complete, {entries}")),
        DayState::Complete => (OutputRole::Accent, format!("complete, {entries}, {} of them unreadable", day.unread)),
        DayState::Nothing => (OutputRole::Dim, "nothing was announced".to_owned()),
        DayState::Open if day.entries == 0 => (OutputRole::Dim, "no list yet; it will be asked for again".to_owned()),
        DayState::Open => (OutputRole::Dim, format!("{entries} so far; the day was not over")),
        DayState::NotAsked if count > 1 => (OutputRole::Accent, format!("not asked for ({})", counted(count, "day"))),
        DayState::NotAsked => (OutputRole::Accent, "not asked for".to_owned()),
        DayState::Failed => {
            let why = day.failure.as_deref().map(|why| format!(": {}", Clean::new(why))).unwrap_or_default();
            let retry = day.retry.map(|at| format!("; not before {}", time_of(at))).unwrap_or_default();
            (OutputRole::Bad, format!("failed{why}{retry}"))
        }
    }
}

/// The time of day, in the system's time zone, with the day where that is another one.
fn time_of(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::system());
    let form = if time.date() == today() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    time.strftime(form).to_string()
}

#[derive(Serialize)]
struct SyncDayJson<'a> {
    day: Date,
    state: &'static str,
    entries: u32,
    unread: u32,
    /// Instants in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<Timestamp>,
}

impl<'a> SyncDayJson<'a> {
    fn new(day: &'a DayStatus) -> Self {
        let instant = |seconds: Option<i64>| seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let DayStatus { day: date, state, entries, unread, asked, failure, retry } = day;
        Self {
            day: *date,
            state: state.name(),
            entries: *entries,
            unread: *unread,
            asked: instant(*asked),
            failure: failure.as_deref(),
            retry: instant(*retry),
        }
    }
}

#[derive(Serialize)]
struct SyncStatusJson<'a> {
    service: &'a str,
    days: Vec<SyncDayJson<'a>>,
    /// What a sync would ask for, in its order.
    due: &'a [Date],
}

impl<'a> SyncStatusJson<'a> {
    fn new(status: &'a ServiceStatus) -> Self {
        Self { service: status.name, days: status.days.iter().map(SyncDayJson::new).collect(), due: &status.due }
    }
}

#[derive(Serialize)]
struct SyncReportJson<'a> {
    service: &'a str,
    /// Days that were answered.
    asked: usize,
    read: usize,
    new: usize,
    updated: usize,
    unchanged: usize,
    rejected: Vec<&'a str>,
    days: Vec<SyncDayJson<'a>>,
}

impl<'a> SyncReportJson<'a> {
    fn new(service: &'a ServiceReport) -> Self {
        let papers = &service.papers;
        Self {
            service: service.name,
            asked: service.asked,
            read: papers.read,
            new: papers.new,
            updated: papers.updated,
            unchanged: papers.unchanged,
            rejected: papers.rejected.first.iter().map(|problem| problem.reason.as_str()).collect(),
            days: service.days.iter().map(SyncDayJson::new).collect(),
        }
    }
}
