//! What the ledger says of each day of a list, and which days are to be asked for. A day is complete only when that is proven. Pure: the
//! time is an argument.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::request::ServiceRequest;
use crate::domain::identity::ArxivId;
use crate::sources::sync::{ListKind, Settles};
use crate::store::{LedgerDay, StoredList};

/// How sure it is that nothing of a day is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayState {
    /// The whole list was stored when nothing more could come.
    Complete,
    /// The service had no list after the day was over: a weekend, a holiday.
    Nothing,
    /// There was an answer, but more may come: a list that grows, or one that is still to be published.
    Open,
    /// The service named papers that it did not have, or the list was stored up to a part of it.
    Incomplete,
    /// It was asked for, and there was no answer.
    Failed,
    /// It was never asked for.
    NotAsked,
}

impl DayState {
    pub const ALL: [Self; 6] =
        [Self::Complete, Self::Nothing, Self::Open, Self::Incomplete, Self::Failed, Self::NotAsked];

    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Nothing => "nothing-announced",
            Self::Open => "open",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::NotAsked => "not-asked",
        }
    }

    /// Whether another answer could bring papers that are missing: not for today, of which all is known that there is so far.
    pub fn is_gap(self) -> bool {
        match self {
            Self::Complete | Self::Nothing | Self::Open => false,
            Self::Incomplete | Self::Failed | Self::NotAsked => true,
        }
    }
}

/// One day of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayStatus {
    pub day: Date,
    pub state: DayState,
    /// Entries of the list that is stored.
    pub entries: u32,
    /// How many of them could not be read.
    pub unread: u32,
    /// How many entries there are, where the service says so.
    pub expected: Option<u32>,
    /// Papers that were announced long after they were submitted.
    pub held: u32,
    /// Entries of which the service had no paper.
    pub missing: Vec<ArxivId>,
    /// The day is too long ago: the service has no list of it any more.
    pub is_out_of_reach: bool,
    /// Unix seconds of the last question.
    pub asked: Option<i64>,
    /// Why the last question has no answer; safe to show.
    pub failure: Option<String>,
    /// Unix seconds before which the service does not want to be asked again.
    pub retry: Option<i64>,
    /// It is about papers of the library: `entries` of `expected` were asked about.
    pub is_of_papers: bool,
}

/// Papers that a question is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PaperCounts {
    /// To be asked about now.
    pub(super) due: usize,
    /// Asked about already, and not due again.
    pub(super) asked: usize,
}

/// So many days after its end a day counts as complete without the papers that the service named but never had.
const MISSING_PATIENCE: i64 = 14;
const DAY: i64 = 24 * 60 * 60;

/// The state of every day of a range, the earliest first.
pub(super) fn days(kind: &ListKind, known: &[LedgerDay], [from, to]: [Date; 2], now: i64) -> Vec<DayStatus> {
    let days = from.series(1.day()).take_while(|day| *day <= to);
    let row = |day: Date| match kind.settles {
        // Its last state, whenever that was.
        Settles::Never => known.last(),
        Settles::AtOnce | Settles::DaysLater(_) => {
            known.binary_search_by_key(&day, |row| row.day).ok().and_then(|place| known.get(place))
        }
    };
    days.map(|day| status(kind, day, row(day), now))
        .map(|day| DayStatus { retry: day.retry.filter(|at| *at > now), ..day })
        .collect()
}

fn status(kind: &ListKind, day: Date, row: Option<&LedgerDay>, now: i64) -> DayStatus {
    let list = row.and_then(|row| row.list.as_ref());
    // An answer from later than now is of a clock that was wrong, and proves nothing.
    let is_since = |list: &StoredList, time: i64| list.at >= time && list.at <= now;
    let is_settled = |list: &StoredList| match kind.settles {
        Settles::AtOnce if list.entries > 0 => list.at <= now,
        Settles::AtOnce => is_since(list, end_of(day)),
        Settles::Never => false,
        Settles::DaysLater(days) => is_since(list, end_of(day).saturating_add(days * DAY)),
    };
    let lacks_papers = |list: &StoredList| !list.missing.is_empty() && list.at < end_of(day) + MISSING_PATIENCE * DAY;
    let state = match (row, list) {
        (None, _) => DayState::NotAsked,
        (Some(_), Some(list)) if list.cursor.is_none() && is_settled(list) => match list.entries {
            _ if lacks_papers(list) => DayState::Incomplete,
            0 if list.missing.is_empty() && has_no_list(kind, day, list.at) => DayState::Nothing,
            0 if list.missing.is_empty() => unanswered(row, DayState::Open),
            _ => DayState::Complete,
        },
        (Some(_), Some(list)) if list.cursor.is_some() => unanswered(row, DayState::Incomplete),
        (Some(_), Some(_)) => unanswered(row, DayState::Open),
        (Some(_), None) => unanswered(row, DayState::NotAsked),
    };
    DayStatus {
        day,
        state,
        entries: list.map_or(0, |list| list.entries),
        unread: list.map_or(0, |list| list.unread),
        expected: list.and_then(|list| list.expected),
        held: list.map_or(0, |list| list.held),
        missing: list.map(|list| list.missing.clone()).unwrap_or_default(),
        is_out_of_reach: kind.reach.is_some_and(|reach| end_of(day).saturating_add(reach * DAY) < now),
        asked: row.map(|row| row.asked),
        failure: row.and_then(|row| row.failure.clone()),
        retry: row.and_then(|row| row.retry),
        is_of_papers: false,
    }
}

/// What is known of the papers that a question is about; `last` is of the last time it was asked.
pub(super) fn of_papers(day: Date, counts: PaperCounts, last: Option<LedgerDay>, now: i64) -> DayStatus {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let state = match &last {
        _ if counts.due == 0 => DayState::Complete,
        Some(last) if last.failure.is_some() => DayState::Failed,
        Some(_) => DayState::Incomplete,
        None => DayState::NotAsked,
    };
    let failure = last.as_ref().filter(|_| state == DayState::Failed).and_then(|last| last.failure.clone());
    DayStatus {
        day,
        state,
        entries: count(counts.asked),
        unread: 0,
        expected: Some(count(counts.asked + counts.due)),
        held: 0,
        missing: Vec::new(),
        is_out_of_reach: false,
        asked: last.as_ref().map(|last| last.asked),
        failure,
        retry: last.and_then(|last| last.retry).filter(|at| *at > now),
        is_of_papers: true,
    }
}

/// The state of a day that is not settled: failed where the last question has no answer.
fn unanswered(row: Option<&LedgerDay>, state: DayState) -> DayState {
    if row.is_some_and(|row| row.failure.is_some()) { DayState::Failed } else { state }
}

/// Whether an empty list says that there will be none.
fn has_no_list(kind: &ListKind, day: Date, asked: i64) -> bool {
    !(kind.publishes_on)(day.weekday()) || asked >= end_of(day) + kind.patience * DAY
}

/// Unix seconds when a day is over everywhere on earth.
fn end_of(day: Date) -> i64 {
    let end = day.tomorrow().ok().and_then(|next| Offset::UTC.to_timestamp(next.at(12, 0, 0, 0)).ok());
    end.map_or(i64::MAX / 2, Timestamp::as_second)
}

/// Until when a service wants to be left alone; unix seconds.
pub(super) fn retry(days: &[DayStatus]) -> Option<i64> {
    days.iter().filter_map(|day| day.retry).max()
}

/// The days that a request is to ask for, the latest first, as soon as the service may be asked.
pub(super) fn due(kind: &ListKind, days: &[DayStatus], request: &ServiceRequest, now: i64) -> Vec<Date> {
    let fresh = request.fresh.unwrap_or(kind.fresh);
    // The clock may have been set back.
    let is_old = |day: &DayStatus| day.asked.is_none_or(|asked| !(now - fresh..=now).contains(&asked));
    let is_due = |day: &&DayStatus| match day.state {
        _ if day.is_out_of_reach => false,
        _ if request.again => true,
        DayState::Complete | DayState::Nothing => false,
        DayState::Open => is_old(day),
        // The rest of a list is asked for at once, papers that the service did not have later.
        DayState::Incomplete => day.missing.is_empty() || is_old(day),
        DayState::Failed | DayState::NotAsked => true,
    };
    days.iter().rev().filter(is_due).map(|day| day.day).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::followed::Followed;
    use crate::sources::sync::SOURCES;

    fn kind() -> &'static ListKind {
        SOURCES[0].lists(&Followed::default()).unwrap()[0].kind
    }

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
            assert_eq!(status(kind(), day, row.as_ref(), at(date(2025, 4, 1), 0)).state, state, "{row:?}");
        }
        let later = listed(wednesday, at(date(2025, 4, 2), 0), 20);
        assert_eq!(status(kind(), wednesday, Some(&later), at(date(2025, 4, 1), 0)).state, DayState::Open);
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
        let days = days(kind(), &known, [date(2025, 3, 10), date(2025, 3, 14)], now);
        let states: Vec<_> = days.iter().map(|day| day.state).collect();
        use DayState::{Complete, Failed, NotAsked, Open};
        assert_eq!(states, [Complete, NotAsked, Failed, Complete, Open]);
        assert_eq!(days[2].retry, None, "that time is over");
        let request = ServiceRequest::default();
        assert_eq!(due(kind(), &days, &request, now), [12, 11].map(|day| date(2025, 3, day)));
        assert_eq!(due(kind(), &days, &request, now + 101), [14, 12, 11].map(|day| date(2025, 3, day)));
        assert_eq!(
            due(kind(), &days, &request, now - 5000).first(),
            Some(&date(2025, 3, 14)),
            "a clock that was set back"
        );
        let seldom = ServiceRequest { fresh: Some(7200), ..ServiceRequest::default() };
        assert_eq!(due(kind(), &days, &seldom, now + 101), [12, 11].map(|day| date(2025, 3, day)));
        let again = ServiceRequest { again: true, ..ServiceRequest::default() };
        assert_eq!(due(kind(), &days, &again, now).len(), 5);
    }
}
