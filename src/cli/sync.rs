//! Fetches the lists of services, and tells what is known of each of their days, as text or JSON.

use std::ops::ControlFlow;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::import::{build_full_text, notify_first};
use super::palette::OutputRole;
use super::progress::ProgressLine;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::counted;
use crate::config::{Config, ServiceConfig};
use crate::domain::date::PartialDate;
use crate::domain::named_date::WrittenDate;
use crate::error::{Error, Result};
use crate::library::sync::{
    DayState, DayStatus, LedgerLine, Network, Patience, ServiceReport, ServiceRequest, ServiceStatus, services,
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
            line.draw_text(&progress.in_words(), session.err);
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
            names.extend(config.sync.services.keys().cloned());
        }
        if names.is_empty() && self.status {
            names.extend(services().map(|(name, _)| name.to_owned()));
        }
        if names.is_empty() {
            let known: Vec<_> = services().map(|(name, _)| format!("`tsundoku sync {name}`")).collect();
            let error = Error::usage("no service to ask: none is named, and the settings have none");
            let known = known.join(", ");
            return Err(error.hint(format!("name one ({known}), or add a table such as [sync.hf] to the settings")));
        }
        names.sort();
        names.dedup();
        let (from, to) = (self.from.map(PartialDate::first_day), self.to.map(PartialDate::last_day));
        let request = |name: String| {
            let ServiceConfig { from: first, base } = config.sync.service(&name);
            ServiceRequest { name, base, from: from.or(first), to, again: self.again, fresh: None }
        };
        Ok(names.into_iter().map(request).collect())
    }
}

fn write_report(service: &ServiceReport, quiet: bool, session: &mut Session<'_>) -> Result<()> {
    if !quiet {
        writeln!(session.out, "{}", service.summary())?;
    }
    if service.days.is_empty() {
        session.notify(&format!(
            "{} has no list of these days: they are still to come, or before its first",
            service.name
        ));
    }
    let rejected = &service.papers.rejected;
    let unread = rejected.first.iter().map(|problem| (problem.reason.to_string(), 1));
    notify_first(unread, rejected.more, "more; --json lists them", session);
    write_lines(&service.gaps(), session)
}

fn write_status(status: &ServiceStatus, session: &mut Session<'_>) -> Result<()> {
    let doc = services().find(|(name, _)| *name == status.name).map_or("", |(_, doc)| doc);
    let range = match status.days.as_slice() {
        [first, .., last] => format!(", {} to {}", first.day, last.day),
        [only] => format!(", {}", only.day),
        [] => String::new(),
    };
    let name = session.palette().paint(OutputRole::Title, status.name);
    writeln!(session.out, "{name}  {doc}{range}")?;
    for line in status.summary() {
        writeln!(session.out, "  {line}")?;
    }
    write_lines(&status.lines(), session)
}

fn write_due(status: &ServiceStatus, session: &mut Session<'_>) -> Result<()> {
    writeln!(session.out, "{}: {} to ask for", status.name, counted(status.due.len(), "day"))?;
    for day in &status.due {
        writeln!(session.out, "  {day}")?;
    }
    Ok(())
}

fn write_lines(lines: &[LedgerLine], session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    for LedgerLine { days, state, words } in lines {
        let role = match state {
            DayState::Failed => OutputRole::Bad,
            DayState::NotAsked => OutputRole::Accent,
            DayState::Complete | DayState::Nothing | DayState::Open => OutputRole::Dim,
        };
        writeln!(session.out, "  {days}  {}", palette.paint(role, words))?;
    }
    Ok(())
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
            rejected: papers.rejected.first.iter().map(|problem| &*problem.reason).collect(),
            days: service.days.iter().map(SyncDayJson::new).collect(),
        }
    }
}
