//! Looking back: the journal in words, and what was read over time.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Library, today};
use crate::domain::reading::Status;
use crate::error::Result;

/// One journal entry, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Unix milliseconds.
    pub at: i64,
    /// `2026-01-31 14:05` where the reader is.
    pub when: String,
    pub device: String,
    pub batch: i64,
    pub label: String,
    /// Key of the paper, name of the view or id of the digest.
    pub subject: String,
    pub field: String,
    pub before: String,
    pub after: String,
    pub undone: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub papers: usize,
    pub by_status: Vec<(Status, usize)>,
    pub starred: usize,
    pub tagged: usize,
    pub noted: usize,
    /// Papers whose latest turn to `read` fell into the week that begins on this Monday; every week from the first to this one.
    pub read_by_week: Vec<(Date, usize)>,
    pub read_today: usize,
    /// Days in a row, up to today or yesterday, on which something was read.
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
    /// The latest journal entries, newest first.
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
