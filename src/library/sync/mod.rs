//! Fetches the lists of services day by day, and keeps a ledger of what they answered. A day is stored before the ledger says so, so that a sync
//! that is killed asks for it again. Nothing is fetched unless the user asks for it.

mod report;
mod request;
mod status;
mod wording;

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::Offset;

pub use self::report::{ServiceReport, ServiceStatus, SyncProgress, SyncReport};
pub use self::request::ServiceRequest;
pub use self::status::{DayState, DayStatus};
pub use self::wording::LedgerLine;
use super::import::NamedText;
use super::{FileReport, ImportRequest, Library, now, now_milliseconds, now_seconds};
use crate::domain::clean::Clean;
use crate::domain::date::PartialDate;
use crate::domain::nearest::did_you_mean;
use crate::error::{Error, Result};
pub use crate::sources::sync::http::Patience;
use crate::sources::sync::http::{Gate, HttpClient};
use crate::sources::sync::{DayQuery, FetchError, Fetched, SOURCES, Source};
use crate::store::{LedgerDay, StoredList};

/// Names of the services, each with one line that describes it.
pub fn services() -> impl Iterator<Item = (&'static str, &'static str)> {
    SOURCES.iter().map(|source| (source.name, source.doc))
}

/// The first days of a service that nobody named a day for: a week.
const FIRST_DAYS: i64 = 7;
/// A service that failed for so many days in a row is not asked for more.
const MOST_FAILURES: usize = 3;

/// How requests are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Folder of the files by which all processes of a user keep the pace that services ask for.
    pub pace_folder: PathBuf,
    pub patience: Patience,
}

/// Called now and then; its Break cancels the sync.
pub type OnProgress<'a> = dyn FnMut(&SyncProgress) -> ControlFlow<()> + 'a;

impl Library {
    /// Asks the services for every day of their ranges of which something may be missing, the latest first, and stores what they answer.
    /// What a service fails in is in the report; the other services are asked all the same.
    ///
    /// # Errors
    /// Usage for a service that there is none of; any error that ends an import.
    pub fn sync(
        &mut self,
        services: &[ServiceRequest],
        network: &Network,
        progress: &mut OnProgress<'_>,
    ) -> Result<SyncReport> {
        let sources = services.iter().map(|service| source(&service.name)).collect::<Result<Vec<_>>>()?;
        // What cannot be stored is not asked for.
        drop(self.papers.import()?);
        let client =
            HttpClient::new(Gate::new(network.pace_folder.clone(), now_milliseconds), network.patience.clone());
        let mut report = SyncReport::default();
        for (request, source) in services.iter().zip(sources) {
            let mut running = RunningSync::new(request, source, &client);
            let range = self.range(request, source)?;
            let outcome = running.run(self, range, progress);
            let RunningSync { report: mut service, .. } = running;
            service.days = self.days(source, range)?;
            report.cancelled |= service.cancelled;
            report.services.push(service);
            outcome?;
            if report.cancelled {
                break;
            }
        }
        Ok(report)
    }

    /// What is known of the days of services, without asking them.
    pub fn sync_status(&self, services: &[ServiceRequest]) -> Result<Vec<ServiceStatus>> {
        let status = services.iter().map(|request| {
            let source = source(&request.name)?;
            let range = self.range(request, source)?;
            let days = self.days(source, range)?;
            let due = status::due(&days, request, now_seconds());
            Ok(ServiceStatus { name: source.name, days, due })
        });
        status.collect()
    }

    fn days(&self, source: &Source, range: [Date; 2]) -> Result<Vec<DayStatus>> {
        Ok(status::days(source, &self.papers.ledger(source.name)?, range, now_seconds()))
    }

    /// The first and the last day of a request: the first day that was ever asked for, or of the last week, where none is named; today.
    fn range(&self, request: &ServiceRequest, source: &Source) -> Result<[Date; 2]> {
        // Services count days in UTC, or later: none has a list of tomorrow.
        let today = Offset::UTC.to_datetime(now()).date();
        let to = request.to.unwrap_or(today).min(today);
        let first_days = || today.saturating_sub((FIRST_DAYS - 1).days());
        let from = match request.from {
            Some(from) => from,
            None => self.papers.ledger(source.name)?.first().map_or_else(first_days, |row| row.day.min(first_days())),
        };
        Ok([from.max(source.first_day), to])
    }
}

fn source(name: &str) -> Result<&'static Source> {
    SOURCES.iter().find(|source| source.name == name).ok_or_else(|| {
        let known = services().map(|(name, _)| name);
        Error::usage(format!("`{}` is not a service; {}", Clean::new(name), did_you_mean(name, known)))
    })
}

/// A list as a service gave it; see `Fetched::List`.
struct FetchedList {
    text: String,
    entries: usize,
    validator: Option<String>,
}

/// The sync of one service.
struct RunningSync<'a> {
    request: &'a ServiceRequest,
    source: &'static Source,
    client: &'a HttpClient,
    report: ServiceReport,
}

impl<'a> RunningSync<'a> {
    fn new(request: &'a ServiceRequest, source: &'static Source, client: &'a HttpClient) -> Self {
        let report = ServiceReport { name: source.name, ..ServiceReport::default() };
        Self { request, source, client, report }
    }

    fn run(&mut self, library: &mut Library, range: [Date; 2], progress: &mut OnProgress<'_>) -> Result<()> {
        let known = library.papers.ledger(self.source.name)?;
        let days = status::days(self.source, &known, range, now_seconds());
        let due = status::due(&days, self.request, now_seconds());
        let (base, mut failures) = (self.request.base.as_deref().unwrap_or(self.source.base), 0);
        for (done, day) in due.iter().enumerate() {
            let row = known.iter().find(|row| row.day == *day);
            let list = row.and_then(|row| row.list.clone());
            let current =
                SyncProgress { service: self.source.name, day: *day, done, of: due.len(), new: self.report.papers.new };
            let asked = now_seconds();
            let fetched = {
                let progress = RefCell::new(&mut *progress);
                let is_cancelled = || (progress.borrow_mut())(&current).is_break();
                // Papers that could not be read, or were lost since, are to be sent again.
                let is_whole = |list: &&StoredList| list.unread == 0 && !self.request.again;
                let known = list.as_ref().filter(is_whole).and_then(|list| list.validator.as_deref());
                let query = DayQuery { client: self.client, base, day: *day, known, is_cancelled: &is_cancelled };
                self.source.fetch(&query)
            };
            let noted = LedgerDay { day: *day, list, asked, failure: None, retry: None };
            let answer = match fetched {
                Ok(Fetched::Unchanged) => Ok(noted.list.clone().map(|list| StoredList { at: asked, ..list })),
                Ok(Fetched::List { text, entries, validator }) => {
                    let list = FetchedList { text, entries, validator };
                    self.take(library, list, &noted, (&current, progress))?.map(Some)
                }
                Err(error) => Err(error),
            };
            match answer {
                Ok(list) => {
                    failures = 0;
                    library.papers.note_day(self.source.name, &LedgerDay { list, ..noted })?;
                    self.report.asked += 1;
                }
                Err(FetchError::Cancelled) => {
                    self.report.cancelled = true;
                    return Ok(());
                }
                Err(FetchError::Failed { message, retry_at, is_lasting }) => {
                    failures += 1;
                    let failed = LedgerDay { failure: Some(message.clone()), retry: retry_at, ..noted };
                    library.papers.note_day(self.source.name, &failed)?;
                    self.report.failures.push((*day, message));
                    if is_lasting || failures == MOST_FAILURES {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Stores a list, and says what the ledger is to note of it. The error is of a list that proves nothing about its day.
    fn take(
        &mut self,
        library: &mut Library,
        FetchedList { text, entries, validator }: FetchedList,
        noted: &LedgerDay,
        (current, progress): (&SyncProgress, &mut OnProgress<'_>),
    ) -> Result<std::result::Result<StoredList, FetchError>> {
        let failed = |message| Ok(Err(FetchError::Failed { message, retry_at: None, is_lasting: false }));
        let (day, had) = (noted.day, noted.list.as_ref().map_or(0, |list| list.entries));
        if entries == 0 && had > 0 {
            return failed(format!("the list of {day} is empty now; it had {had} entries before"));
        }
        let Some(stored) = self.store(library, text, current, progress)? else { return Ok(Err(FetchError::Cancelled)) };
        if stored.read == 0 && entries > 0 {
            let why = stored.rejected.first.first().map(|problem| problem.reason.to_string()).unwrap_or_default();
            return failed(format!("no entry of the list of {day} can be read: {why}"));
        }
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let unread = count(stored.rejected.count());
        self.report.add(stored);
        Ok(Ok(StoredList { at: noted.asked, entries: count(entries), unread, validator }))
    }

    /// Imports the list of a day. None when it was cancelled.
    fn store(
        &self,
        library: &mut Library,
        text: String,
        current: &SyncProgress,
        progress: &mut OnProgress<'_>,
    ) -> Result<Option<FileReport>> {
        let day = current.day;
        let request = ImportRequest {
            texts: vec![NamedText { name: format!("{} {day}", self.source.name), text: Arc::from(text) }],
            day: Some(PartialDate::from(day)),
            format: Some(self.source.format.to_owned()),
            ..ImportRequest::default()
        };
        let report = library.import(&request, &mut |_| progress(current))?;
        if let Some(failure) = report.failure {
            return Err(failure);
        }
        let is_whole = !report.cancelled && !report.unlisted;
        Ok(report.files.into_iter().next().filter(|_| is_whole))
    }
}

#[cfg(test)]
mod tests;
