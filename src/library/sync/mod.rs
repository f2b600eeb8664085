//! Fetches the lists of services day by day, and keeps a ledger of what they answered. A day is stored before the ledger says so, so that a sync
//! that is killed asks for it again. Nothing is fetched unless the user asks for it.

mod asking;
mod kept_feeds;
mod report;
mod request;
mod running;
mod status;
mod wording;

use std::ops::ControlFlow;
use std::path::PathBuf;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::Offset;

use self::asking::RunningQuestion;
pub use self::kept_feeds::keep_feeds;
pub use self::report::{ListReport, ListStatus, SyncProgress, SyncReport};
pub use self::request::ServiceRequest;
use self::running::RunningSync;
pub use self::status::{DayState, DayStatus};
pub use self::wording::LedgerLine;
use super::{Library, now, now_milliseconds, now_seconds};
use crate::domain::clean::Clean;
use crate::domain::nearest::did_you_mean;
use crate::error::{Error, Result};
pub use crate::sources::sync::http::Patience;
use crate::sources::sync::http::{Gate, HttpClient};
pub use crate::sources::sync::{ListedFeed, feeds_of_opml};
use crate::sources::sync::{PaperQuestion, SOURCES, Settles, Source, SourceList};

/// Names of the services, each with one line that describes it.
pub fn services() -> impl Iterator<Item = (&'static str, &'static str)> {
    SOURCES.iter().map(|source| (source.name, source.doc))
}

/// The first days of a list that nobody named a day for: a week.
const FIRST_DAYS: i64 = 7;

/// How requests are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Folder of the files by which all processes of a user keep the pace that services ask for.
    pub pace_folder: PathBuf,
    pub patience: Patience,
    /// How the owner of a service reaches the user; requests state it.
    pub contact: Option<String>,
}

/// Called now and then; its Break cancels the sync.
pub type OnProgress<'a> = dyn FnMut(&SyncProgress) -> ControlFlow<()> + 'a;

/// A list of a service that a request asks for.
#[derive(Clone)]
struct WantedList<'a> {
    request: &'a ServiceRequest,
    source: &'static Source,
    list: SourceList,
    /// First and last day.
    range: [Date; 2],
}

impl Library {
    /// Asks the services for every day of their lists of which something may be missing, the latest first, and stores what they answer.
    /// What a service fails in is in the report; the other services are asked all the same.
    ///
    /// # Errors
    /// Usage for a service that there is none of, or of which nothing is followed; any error that ends an import.
    pub fn sync(
        &mut self,
        services: &[ServiceRequest],
        network: &Network,
        progress: &mut OnProgress<'_>,
    ) -> Result<SyncReport> {
        let wanted = self.wanted(services)?;
        let questions = questions(services)?;
        // What cannot be stored is not asked for.
        drop(self.papers.import()?);
        let client = HttpClient::new(
            Gate::new(network.pace_folder.clone(), now_milliseconds),
            network.patience.clone(),
            network.contact.as_deref(),
        );
        let mut report = SyncReport::default();
        for wanted in &wanted {
            let (service, name) = (wanted.source.name, wanted.list.name.clone());
            let mut list = ListReport { service, host: service, name, ..ListReport::default() };
            let outcome = match report.is_over(service) {
                true => Ok(()),
                false => RunningSync { wanted, client: &client, report: &mut list }.run(self, progress),
            };
            list.days = self.days(wanted)?;
            report.cancelled |= list.cancelled;
            report.lists.push(list);
            outcome?;
            if report.cancelled {
                return Ok(report);
            }
        }
        for (request, question) in questions {
            let mut list = ListReport {
                service: LIBRARY,
                host: question.service,
                name: question.name.to_owned(),
                is_of_papers: true,
                ..ListReport::default()
            };
            let outcome = match report.is_over(question.service) {
                true => Ok(()),
                false => RunningQuestion { request, question, client: &client, report: &mut list }.run(self, progress),
            };
            list.days = vec![self.day_of_question(request, question)?];
            report.cancelled |= list.cancelled;
            report.lists.push(list);
            outcome?;
            if report.cancelled {
                break;
            }
        }
        Ok(report)
    }

    /// What is known of the days of the services' lists, without asking them.
    pub fn sync_status(&self, services: &[ServiceRequest]) -> Result<Vec<ListStatus>> {
        let lists = self.wanted(services)?.into_iter().map(|wanted| {
            let days = self.days(&wanted)?;
            let due = status::due(wanted.list.kind, &days, wanted.request, now_seconds());
            let (service, doc, name) = (wanted.source.name, wanted.list.kind.doc, wanted.list.name);
            let retry = status::retry(&days);
            Ok(ListStatus { service, doc, name, days, due, due_papers: None, retry })
        });
        let questions = questions(services)?.into_iter().map(|(request, question)| {
            let day = self.day_of_question(request, question)?;
            let (doc, name, due, retry) = (question.doc, question.name.to_owned(), Vec::new(), day.retry);
            let due_papers = Some(day.expected.unwrap_or_default().saturating_sub(day.entries));
            Ok(ListStatus { service: LIBRARY, doc, name, days: vec![day], due, due_papers, retry })
        });
        lists.chain(questions).collect()
    }

    /// What is known of the papers that a question is about, as of today.
    fn day_of_question(&self, request: &ServiceRequest, question: &PaperQuestion) -> Result<DayStatus> {
        let (_, counts) = self.due_papers(question, request, now_seconds())?;
        let last = self.papers.ledger(question.name)?.pop();
        Ok(status::of_papers(today_in_utc(), counts, last, now_seconds()))
    }

    fn days(&self, wanted: &WantedList<'_>) -> Result<Vec<DayStatus>> {
        let known = self.papers.ledger(&wanted.list.name)?;
        Ok(status::days(wanted.list.kind, &known, wanted.range, now_seconds()))
    }

    /// The lists that requests ask for.
    fn wanted<'r>(&self, requests: &'r [ServiceRequest]) -> Result<Vec<WantedList<'r>>> {
        let mut wanted = Vec::new();
        for request in requests {
            let source = source(&request.name)?;
            let lists = source.lists(&request.followed).map_err(|why| {
                let hint = format!(
                    "name what you follow in [sync.{}] in the settings; `tsundoku help fetching` has examples",
                    source.name
                );
                Error::usage(why).hint(hint)
            })?;
            for list in lists {
                if let Some(range) = self.range(request, &list)? {
                    wanted.push(WantedList { request, source, list, range });
                }
            }
        }
        Ok(wanted)
    }

    /// The first and the last day of a list: the first day that was ever asked for, or of the last week, where none is named; today. None
    /// where the list is not wanted.
    fn range(&self, request: &ServiceRequest, list: &SourceList) -> Result<Option<[Date; 2]>> {
        // Services count days in UTC, or later: none has a list of tomorrow.
        let today = today_in_utc();
        if list.kind.settles == Settles::Never {
            return Ok(Some([today, today]));
        }
        let days_ago = |days: i64| today.saturating_sub(days.days());
        let to = request.to.unwrap_or(today).min(today);
        let first_asked = self.papers.ledger(&list.name)?.first().map(|row| row.day);
        if let Some(days) = list.kind.only_before
            && first_asked.is_none()
            && request.from.is_none_or(|from| from >= days_ago(days))
        {
            return Ok(None);
        }
        let first_days = days_ago(FIRST_DAYS - 1);
        let from = request.from.unwrap_or_else(|| first_asked.map_or(first_days, |day| day.min(first_days)));
        let from = from.max(list.kind.first_day);
        // Days of which the service has no list any more are not begun with, and those that were are not forgotten.
        let reached = list.kind.reach.map(days_ago).map(|reached| first_asked.map_or(reached, |day| day.min(reached)));
        Ok(match reached {
            Some(reached) if reached > to && from <= to => None,
            _ => Some([from.max(reached.unwrap_or(from)), to]),
        })
    }
}

fn today_in_utc() -> Date {
    Offset::UTC.to_datetime(now()).date()
}

/// The service that asks others about papers of the library.
const LIBRARY: &str = "library";

/// The questions about papers that requests ask for.
fn questions(requests: &[ServiceRequest]) -> Result<Vec<(&ServiceRequest, &'static PaperQuestion)>> {
    let mut questions = Vec::new();
    for request in requests {
        questions.extend(source(&request.name)?.questions.iter().map(|question| (request, question)));
    }
    Ok(questions)
}

fn source(name: &str) -> Result<&'static Source> {
    SOURCES.iter().find(|source| source.name == name).ok_or_else(|| {
        let known = services().map(|(name, _)| name);
        Error::usage(format!("`{}` is not a service; {}", Clean::new(name), did_you_mean(name, known)))
    })
}

#[cfg(test)]
mod tests;
