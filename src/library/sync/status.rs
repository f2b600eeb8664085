//! What the ledger says of each day of a service, and which days are to be asked for. A day is complete only when that is proven. Pure: the
//! time is an argument.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::request::ServiceRequest;
use crate::sources::sync::Source;
use crate::store::{LedgerDay, StoredList};

/// How sure it is that nothing of a day is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayState {
    /// The whole list was stored after the day was over.
    Complete,
    /// The service had no list after the day was over: a weekend, a holiday.
    Nothing,
    /// There was an answer before the day was over, or a day that usually has a list had none yet.
    Open,
    /// It was asked for, and there was no answer.
    Failed,
    /// It was never asked for.
    NotAsked,
}

impl DayState {
    pub const ALL: [Self; 5] = [Self::Complete, Self::Nothing, Self::Open, Self::Failed, Self::NotAsked];

    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Nothing => "nothing-announced",
            Self::Open => "open",
            Self::Failed => "failed",
            Self::NotAsked => "not-asked",
        }
    }

    /// Whether another answer could bring papers that are missing: not for today, of which all is known that there is so far.
    pub fn is_gap(self) -> bool {
        match self {
            Self::Complete | Self::Nothing | Self::Open => false,
            Self::Failed | Self::NotAsked => true,
        }
    }
}

/// One day of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayStatus {
    pub day: Date,
    pub state: DayState,
    /// Entries of the list that is stored.
    pub entries: u32,
    /// How many of them could not be read.
    pub unread: u32,
    /// Unix seconds of the last question.
    pub asked: Option<i64>,
    /// Why the last question has no answer; safe to show.
    pub failure: Option<String>,
    /// Unix seconds before which the service does not want to be asked again.
    pub retry: Option<i64>,
}

/// A list that was asked for less than so many seconds ago is not asked for again.
const FRESH: i64 = 600;
/// So many days a missing list is asked for on a day of the week that usually has one.
const PATIENCE: i64 = 7;

/// The state of every day of a range, the earliest first.
pub(super) fn days(source: &Source, known: &[LedgerDay], [from, to]: [Date; 2], now: i64) -> Vec<DayStatus> {
    let days = from.series(1.day()).take_while(|day| *day <= to);
    let row = |day: Date| known.binary_search_by_key(&day, |row| row.day).ok().and_then(|place| known.get(place));
    days.map(|day| status(source, day, row(day), now))
        .map(|day| DayStatus { retry: day.retry.filter(|at| *at > now), ..day })
        .collect()
}

fn status(source: &Source, day: Date, row: Option<&LedgerDay>, now: i64) -> DayStatus {
    let list = row.and_then(|row| row.list.as_ref());
    // An answer from later than now is of a clock that was wrong, and proves nothing.
    let is_over = |list: &StoredList| list.at >= end_of(day) && list.at <= now;
    let state = match (row, list) {
        (None, _) => DayState::NotAsked,
        (Some(_), Some(list)) if is_over(list) && list.entries > 0 => DayState::Complete,
        (Some(_), Some(list)) if is_over(list) && has_no_list(source, day, list.at) => DayState::Nothing,
        (Some(row), _) if row.failure.is_some() => DayState::Failed,
        (Some(_), None) => DayState::NotAsked,
        (Some(_), Some(_)) => DayState::Open,
    };
    DayStatus {
        day,
        state,
        entries: list.map_or(0, |list| list.entries),
        unread: list.map_or(0, |list| list.unread),
        asked: row.map(|row| row.asked),
        failure: row.and_then(|row| row.failure.clone()),
        retry: row.and_then(|row| row.retry),
    }
}

/// Whether an empty list says that there will be none.
fn has_no_list(source: &Source, day: Date, asked: i64) -> bool {
    !(source.publishes_on)(day.weekday()) || asked >= end_of(day) + PATIENCE * 24 * 60 * 60
}

/// Unix seconds when a day is over everywhere on earth.
fn end_of(day: Date) -> i64 {
    let end = day.tomorrow().ok().and_then(|next| Offset::UTC.to_timestamp(next.at(12, 0, 0, 0)).ok());
    end.map_or(i64::MAX, Timestamp::as_second)
}

/// The days that a request is to ask for, the latest first.
pub(super) fn due(days: &[DayStatus], request: &ServiceRequest, now: i64) -> Vec<Date> {
    let fresh = request.fresh.unwrap_or(FRESH);
    let is_due = |day: &&DayStatus| match day.state {
        _ if request.again => true,
        DayState::Complete | DayState::Nothing => false,
        // The clock may have been set back.
        DayState::Open => day.asked.is_none_or(|asked| !(now - fresh..=now).contains(&asked)),
        DayState::Failed | DayState::NotAsked => true,
    };
    days.iter().rev().filter(is_due).map(|day| day.day).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sources::sync::SOURCES;

    fn at(day: Date, hour: i8) -> i64 {
        Offset::UTC.to_timestamp(day.at(hour, 0, 0, 0)).unwrap().as_second()
    }

    fn listed(day: Date, at: i64, entries: u32) -> LedgerDay {
        let list = Some(StoredList { at, entries, ..StoredList::default() });
        LedgerDay { day, list, asked: at, failure: None, retry: None }
    }

    #[test]
    fn a_day_is_complete_only_when_it_was_over() {
        // A Wednesday, and the Saturday after it.
        let (wednesday, saturday) = (date(2025, 3, 12), date(2025, 3, 15));
        let failed = LedgerDay { failure: Some("x".to_owned()), ..listed(wednesday, at(wednesday, 9), 20) };
        for (row, state) in [
            (None, DayState::NotAsked),
            (Some(listed(wednesday, at(wednesday, 9), 20)), DayState::Open),
            (Some(listed(wednesday, at(date(2025, 3, 13), 11), 20)), DayState::Open),
            (Some(listed(wednesday, at(date(2025, 3, 13), 12), 20)), DayState::Complete),
            (Some(listed(wednesday, at(date(2025, 3, 13), 12), 0)), DayState::Open),
            (Some(listed(wednesday, at(date(2025, 3, 21), 12), 0)), DayState::Nothing),
            (Some(listed(saturday, at(saturday, 12), 0)), DayState::Open),
            (Some(listed(saturday, at(date(2025, 3, 16), 12), 0)), DayState::Nothing),
            (Some(failed.clone()), DayState::Failed),
            (Some(LedgerDay { list: None, ..failed.clone() }), DayState::Failed),
            // The list was complete before the later question failed.
            (Some(LedgerDay { list: listed(wednesday, at(saturday, 0), 20).list, ..failed }), DayState::Complete),
        ] {
            let day = row.as_ref().map_or(wednesday, |row| row.day);
            assert_eq!(status(&SOURCES[0], day, row.as_ref(), at(date(2025, 4, 1), 0)).state, state, "{row:?}");
        }
        let later = listed(wednesday, at(date(2025, 4, 2), 0), 20);
        assert_eq!(status(&SOURCES[0], wednesday, Some(&later), at(date(2025, 4, 1), 0)).state, DayState::Open);
    }

    #[test]
    fn the_latest_days_are_asked_for_first_and_complete_ones_never() {
        let now = at(date(2025, 3, 14), 13);
        let known = [
            listed(date(2025, 3, 10), at(date(2025, 3, 12), 0), 5),
            LedgerDay { failure: Some("x".to_owned()), retry: Some(now - 1), ..listed(date(2025, 3, 12), 0, 0) },
            listed(date(2025, 3, 13), now - 700, 9),
            listed(date(2025, 3, 14), now - 500, 2),
        ];
        let days = days(&SOURCES[0], &known, [date(2025, 3, 10), date(2025, 3, 14)], now);
        let states: Vec<_> = days.iter().map(|day| day.state).collect();
        use DayState::{Complete, Failed, NotAsked, Open};
        assert_eq!(states, [Complete, NotAsked, Failed, Complete, Open]);
        assert_eq!(days[2].retry, None, "that time is over");
        let request = ServiceRequest::default();
        assert_eq!(due(&days, &request, now), [12, 11].map(|day| date(2025, 3, day)));
        assert_eq!(due(&days, &request, now + 101), [14, 12, 11].map(|day| date(2025, 3, day)));
        assert_eq!(due(&days, &request, now - 5000).first(), Some(&date(2025, 3, 14)), "a clock that was set back");
        let seldom = ServiceRequest { fresh: Some(7200), ..ServiceRequest::default() };
        assert_eq!(due(&days, &seldom, now + 101), [12, 11].map(|day| date(2025, 3, day)));
        let again = ServiceRequest { again: true, ..ServiceRequest::default() };
        assert_eq!(due(&days, &again, now).len(), 5);
    }
}
