//! Fetches the lists of services, and tells what is known of each of their days, as text or JSON.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::import::{build_full_text, notify_first};
use super::palette::OutputRole;
use super::progress::ProgressLine;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::counted;
use crate::config::{Config, ServiceConfig, SyncConfig, feeds_file};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::followed::FollowedFeed;
use crate::domain::identity::ArxivId;
use crate::domain::named_date::WrittenDate;
use crate::error::{Error, IoContext, Result};
use crate::library::sync::{
    DayState, DayStatus, LedgerLine, ListReport, ListStatus, ListedFeed, Network, Patience, ServiceRequest,
    feeds_of_opml, keep_feeds, services,
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

    /// Follow the feeds of an OPML file, as feed readers export it, and ask for nothing.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["services", "from", "to", "again", "status", "dry_run", "json", "quiet"])]
    opml: Option<PathBuf>,

    /// One JSON object a line: a list with its days.
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
        if let Some(file) = &self.opml {
            return follow_feeds(file, session);
        }
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
        let (pace_folder, contact) = (paths.pace(), config.sync.contact);
        let network = Network { pace_folder, patience: Patience::default(), contact };
        let mut line = ProgressLine::new(session.terminal, self.quiet);
        let report = library.sync(&requests, &network, &mut |progress| {
            line.draw_text(&progress.in_words(), session.err);
            ControlFlow::Continue(())
        });
        line.clear(session.err);
        let report = report?;
        session.out.saved();
        for list in &report.lists {
            match self.json {
                true => write_json_line(&SyncReportJson::new(list), &mut session.out)?,
                false => write_report(list, self.quiet, session)?,
            }
        }
        if report.has_papers() {
            library.enable_full_text()?;
            build_full_text(&library, self.quiet, session)?;
        }
        let failed = report.lists.iter().any(|list| list.asked == 0 && !list.failures.is_empty());
        let is_gap = report.lists.iter().flat_map(|list| &list.days).any(|day| day.state.is_gap());
        Ok(match (failed, is_gap) {
            (true, _) => CommandOutcome::Failed,
            (false, true) => CommandOutcome::Rejected,
            (false, false) => CommandOutcome::Done,
        })
    }
}

impl SyncArguments {
    /// The services that were named, else those with settings, else (where nothing is asked for) all that need none.
    fn requests(&self, config: &Config) -> Result<Vec<ServiceRequest>> {
        let (from, to) = (self.from.map(PartialDate::first_day), self.to.map(PartialDate::last_day));
        let request = |name: &str| {
            let ServiceConfig { from: first, base, followed } = config.sync.service(name);
            ServiceRequest {
                name: name.to_owned(),
                base,
                mirrors: config.sync.mirrors(),
                followed,
                from: from.or(first),
                to,
                again: self.again,
                fresh: None,
            }
        };
        let mut names: Vec<&str> = self.services.iter().map(String::as_str).collect();
        if names.is_empty() {
            names.extend(config.sync.names());
        }
        if names.is_empty() && self.status {
            names.extend(services().map(|(name, _)| name).filter(|name| request(name).has_lists()));
        }
        if names.is_empty() {
            let known: Vec<_> = services().map(|(name, _)| format!("`tsundoku sync {name}`")).collect();
            let error = Error::usage("no service to ask: none is named, and the settings have none");
            let known = known.join(", ");
            return Err(error.hint(format!("name one ({known}), or add a table such as [sync.hf] to the settings")));
        }
        names.sort_unstable();
        names.dedup();
        Ok(names.into_iter().map(request).collect())
    }
}

/// Follows the feeds of a list, but for those that are followed already. They are kept in a file of their own: the settings are the user's.
fn follow_feeds(file: &Path, session: &mut Session<'_>) -> Result<CommandOutcome> {
    let text = fs::read(file).at("read", file)?;
    let feeds = feeds_of_opml(&String::from_utf8_lossy(&text));
    let feeds = feeds.map_err(|error| error.preceded_by(Clean::new(&file.display().to_string())))?;
    let settings = session.paths()?.config_file;
    let (known, warnings) = Config::load(&settings);
    warnings.iter().for_each(|warning| session.notify(warning));
    let mut followed = known.sync.feeds;
    let mut new = Vec::new();
    for ListedFeed { title, address } in feeds {
        let is_known = followed.iter().any(|feed| feed.address == address);
        if is_known || !["https://", "http://"].iter().any(|scheme| address.starts_with(scheme)) {
            let why = if is_known { "is followed already" } else { "is no address of http or https" };
            session.notify(&format!("{}: {why}", Clean::new(&address)));
            continue;
        }
        // The ledger knows feeds by their names.
        let name = Clean::new(&title).into_string();
        let is_free = !followed.iter().any(|feed| feed.name == name);
        let feed = FollowedFeed { name: if is_free { name } else { String::new() }, address };
        followed.push(feed.clone());
        new.push(feed);
    }
    let kept = feeds_file(&settings);
    if !new.is_empty() {
        keep_feeds(&kept, &SyncConfig { feeds: new.clone(), ..SyncConfig::default() }.to_toml())?;
    }
    let count = counted(new.len(), "feed");
    let place = Clean::new(&kept.display().to_string());
    writeln!(session.out, "{count} more; those of {place} and of the settings are asked by `tsundoku sync`")?;
    Ok(CommandOutcome::Done)
}

fn write_report(list: &ListReport, quiet: bool, session: &mut Session<'_>) -> Result<()> {
    if !quiet {
        writeln!(session.out, "{}", list.summary())?;
    }
    if list.days.is_empty() {
        session
            .notify(&format!("{} has nothing of these days: they are still to come, or before its first", list.name));
    }
    if list.is_of_papers && list.days.iter().all(|day| day.state != DayState::Failed) {
        let failures = list.failures.iter().map(|(_, why)| (why.clone(), 1));
        notify_first(failures, 0, "more", session);
    }
    let rejected = &list.papers.rejected;
    let unread = rejected.first.iter().map(|problem| (problem.reason.to_string(), 1));
    notify_first(unread, rejected.more, "more; --json lists them", session);
    let notices = list.papers.notices.first.iter().map(|notice| (notice.reason.to_string(), 1));
    notify_first(notices, list.papers.notices.more, "more notices", session);
    write_lines(&list.gaps(), session)
}

fn write_status(status: &ListStatus, session: &mut Session<'_>) -> Result<()> {
    let doc = status.doc;
    let range = match status.days.as_slice() {
        [first, .., last] => format!(", {} to {}", first.day, last.day),
        [only] => format!(", {}", only.day),
        [] => String::new(),
    };
    let name = session.palette().paint(OutputRole::Title, &status.name);
    writeln!(session.out, "{name}  {doc}{range}")?;
    for line in status.summary() {
        writeln!(session.out, "  {line}")?;
    }
    write_lines(&status.lines(), session)
}

fn write_due(status: &ListStatus, session: &mut Session<'_>) -> Result<()> {
    if let Some(papers) = status.due_papers {
        let papers = counted(papers as usize, "paper");
        return Ok(writeln!(session.out, "{}: {papers} to ask about{}", status.name, status.not_before())?);
    }
    writeln!(session.out, "{}: {} to ask for{}", status.name, counted(status.due.len(), "day"), status.not_before())?;
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
            DayState::NotAsked | DayState::Incomplete => OutputRole::Accent,
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
    /// Entries of the list as the service says.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<u32>,
    /// Papers that were announced long after they were submitted.
    #[serde(skip_serializing_if = "is_zero")]
    held_back: u32,
    /// Papers that were announced and are not available.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<&'a str>,
    /// Instants in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<Timestamp>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl<'a> SyncDayJson<'a> {
    fn new(day: &'a DayStatus) -> Self {
        let instant = |seconds: Option<i64>| seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        Self {
            day: day.day,
            state: day.state.name(),
            entries: day.entries,
            unread: day.unread,
            expected: day.expected,
            held_back: day.held,
            missing: day.missing.iter().map(ArxivId::as_str).collect(),
            asked: instant(day.asked),
            failure: day.failure.as_deref(),
            retry: instant(day.retry),
        }
    }
}

#[derive(Serialize)]
struct SyncStatusJson<'a> {
    service: &'a str,
    /// The name of the list: that of the service, and what tells it from the service's other lists.
    list: &'a str,
    days: Vec<SyncDayJson<'a>>,
    /// What a sync would ask for, in its order, once the service may be asked.
    due: &'a [Date],
    /// When that is; it is missing where that is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<Timestamp>,
    /// The papers of the library that a sync would ask about.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_papers: Option<u32>,
}

impl<'a> SyncStatusJson<'a> {
    fn new(status: &'a ListStatus) -> Self {
        Self {
            service: status.service,
            list: &status.name,
            days: status.days.iter().map(SyncDayJson::new).collect(),
            due: &status.due,
            retry: status.retry.and_then(|at| Timestamp::from_second(at).ok()),
            due_papers: status.due_papers,
        }
    }
}

#[derive(Serialize)]
struct SyncReportJson<'a> {
    service: &'a str,
    list: &'a str,
    /// Days that were answered, or papers.
    asked: usize,
    read: usize,
    new: usize,
    updated: usize,
    unchanged: usize,
    rejected: Vec<&'a str>,
    days: Vec<SyncDayJson<'a>>,
}

impl<'a> SyncReportJson<'a> {
    fn new(list: &'a ListReport) -> Self {
        let papers = &list.papers;
        Self {
            service: list.service,
            list: &list.name,
            asked: list.asked,
            read: papers.read,
            new: papers.new,
            updated: papers.updated,
            unchanged: papers.unchanged,
            rejected: papers.rejected.first.iter().map(|problem| &*problem.reason).collect(),
            days: list.days.iter().map(SyncDayJson::new).collect(),
        }
    }
}
