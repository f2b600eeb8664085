//! The journal as a log, and statistics of what was read over time.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Library, today};
use crate::domain::reading::Status;
use crate::error::Result;

/// One entry of the journal, ready to be shown. Texts may hold anything the user typed; clean them before they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Unix milliseconds.
    pub at: i64,
    /// `2026-01-31 14:05` in the system's time zone.
    pub when: String,
    pub device: String,
    /// Number of the batch: entries with the same number are undone together.
    pub batch: i64,
    pub label: String,
    /// Key of the paper, name of the view or id of the digest.
    pub subject: String,
    pub field: String,
    pub before: String,
    pub after: String,
    pub undone: bool,
}

/// Counts of papers by reading state, and what was read when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub papers: usize,
    pub by_status: Vec<(Status, usize)>,
    pub starred: usize,
    pub tagged: usize,
    pub noted: usize,
    /// Every week from the first with a paper to this one: its Monday, and the papers that were marked read in it. A paper counts on the
    /// day it was last marked read.
    pub read_by_week: Vec<(Date, usize)>,
    pub read_today: usize,
    /// Number of consecutive days, up to today or yesterday, on which a paper was marked read.
    pub streak: usize,
}

fn local_day(at: i64) -> Date {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(TimeZone::system()).date()
}

fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(jiff::Span::new().days(back)).unwrap_or(day)
}

impl Library {
    /// The latest entries of the journal, at most `limit`, newest first.
    pub fn log(&self, limit: Option<usize>) -> Result<Vec<LogLine>> {
        let entries = self.user.log(None, limit.unwrap_or(i64::MAX as usize))?;
        Ok(entries
            .into_iter()
            .map(|entry| {
                let zoned =
                    jiff::Timestamp::from_millisecond(entry.at).unwrap_or_default().to_zoned(TimeZone::system());
                LogLine {
                    at: entry.at,
                    when: zoned.strftime("%Y-%m-%d %H:%M").to_string(),
                    device: entry.device,
                    batch: entry.batch,
                    label: entry.label,
                    subject: entry.subject,
                    field: entry.field,
                    before: entry.before.unwrap_or_default(),
                    after: entry.after.unwrap_or_default(),
                    undone: entry.undone,
                }
            })
            .collect())
    }

    /// Time grows with the number of states and of status changes in the journal.
    pub fn statistics(&self) -> Result<Statistics> {
        let readings = self.state.readings.values();
        let count = |status| self.state.readings.values().filter(|reading| reading.status == status).count();
        let papers = self.snapshot.index.len();
        let mut by_status: Vec<(Status, usize)> =
            Status::ALL.into_iter().map(|status| (status, count(status))).collect();
        let touched: usize = by_status.iter().skip(1).map(|(_, count)| count).sum();
        if let Some(unread) = by_status.first_mut() {
            unread.1 = papers.saturating_sub(touched);
        }
        let mut read_on: HashMap<_, Date> = HashMap::new();
        for (at, key, status) in self.user.status_changes()? {
            match status {
                Status::Read => drop(read_on.insert(key, local_day(at))),
                _ => drop(read_on.remove(&key)),
            }
        }
        let mut by_day: BTreeMap<Date, usize> = BTreeMap::new();
        for day in read_on.into_values() {
            *by_day.entry(day).or_default() += 1;
        }
        let today = today();
        Ok(Statistics {
            papers,
            by_status,
            starred: readings.clone().filter(|reading| reading.starred).count(),
            tagged: readings.clone().filter(|reading| !reading.tags.is_empty()).count(),
            noted: readings.filter(|reading| !reading.note.is_empty()).count(),
            read_today: by_day.get(&today).copied().unwrap_or(0),
            streak: streak(&by_day, today),
            read_by_week: weeks(&by_day, today),
        })
    }
}

fn weeks(by_day: &BTreeMap<Date, usize>, today: Date) -> Vec<(Date, usize)> {
    let mut sums: BTreeMap<Date, usize> = BTreeMap::new();
    for (day, count) in by_day {
        *sums.entry(monday(*day)).or_default() += count;
    }
    let Some(first) = sums.keys().next().copied() else { return Vec::new() };
    let week = jiff::Span::new().weeks(1);
    let mondays = std::iter::successors(Some(first), |day| day.checked_add(week).ok());
    mondays.take_while(|day| *day <= monday(today)).map(|day| (day, sums.get(&day).copied().unwrap_or(0))).collect()
}

fn streak(by_day: &BTreeMap<Date, usize>, today: Date) -> usize {
    let days_back = std::iter::successors(Some(today), |day| day.yesterday().ok());
    let skip = usize::from(!by_day.contains_key(&today));
    days_back.skip(skip).take_while(|day| by_day.contains_key(day)).count()
}
