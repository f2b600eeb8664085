//! The journal as a log, and statistics of what was read over time.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Library, today};
use crate::domain::reading::Status;
use crate::error::Result;
use crate::store::StateField;

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
        let papers = self.snapshot.index.len();
        let counts = self.count_states()?;
        let mut by_status: Vec<(Status, usize)> = Status::ALL.into_iter().zip(counts.by_status).collect();
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
            starred: counts.starred,
            tagged: counts.tagged,
            noted: counts.noted,
            read_today: by_day.get(&today).copied().unwrap_or(0),
            streak: streak(&by_day, today),
            read_by_week: weeks(&by_day, today),
        })
    }
}

/// Keys of papers by their reading state, of papers that are no longer in the library, too.
#[derive(Default)]
struct StateCounts {
    /// In the order of `Status::ALL`; those without a status are not counted.
    by_status: [usize; Status::ALL.len()],
    starred: usize,
    tagged: usize,
    noted: usize,
}

impl Library {
    fn count_states(&self) -> Result<StateCounts> {
        let mut counts = StateCounts::default();
        let mut last_tagged = String::new();
        self.user.each_field(&mut |key, field| match field {
            StateField::Status(status) => {
                if let Some(count) = counts.by_status.get_mut(status as usize) {
                    *count += 1;
                }
            }
            StateField::Starred => counts.starred += 1,
            StateField::Seen => {}
            StateField::Noted(_) => counts.noted += 1,
            StateField::Tagged(_) if key == last_tagged => {}
            StateField::Tagged(_) => {
                counts.tagged += 1;
                key.clone_into(&mut last_tagged);
            }
        })?;
        Ok(counts)
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
