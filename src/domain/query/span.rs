//! Ranges in queries, and their ends that depend on the day: they stay as they were written until `on` is called with the day on which the
//! query runs, so that a saved `added:today` means another day tomorrow.

use std::fmt;

use jiff::civil::Date;

use crate::domain::date::PartialDate;
use crate::domain::named_date::{NamedDate, WrittenDate};

/// An inclusive range; an open end is None.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span<T> {
    pub from: Option<T>,
    pub to: Option<T>,
}

impl<T: Copy> Span<T> {
    /// From a value to the same value.
    pub fn of(value: impl Into<T>) -> Self {
        let value = value.into();
        Self { from: Some(value), to: Some(value) }
    }
}

/// An end of a range of days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QueryDate {
    At(WrittenDate),
    /// The day after a named date, as the first of a range: `>yesterday`.
    After(NamedDate),
    /// The day before a named date, as the last of a range: `<yesterday`.
    Before(NamedDate),
}

/// An end of a range of years.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QueryYear {
    Calendar(i16),
    /// So many years before the current one.
    Ago(i16),
}

impl From<PartialDate> for QueryDate {
    fn from(date: PartialDate) -> Self {
        Self::At(WrittenDate::Calendar(date))
    }
}

impl From<NamedDate> for QueryDate {
    fn from(named: NamedDate) -> Self {
        Self::At(WrittenDate::Named(named))
    }
}

impl From<i16> for QueryYear {
    fn from(year: i16) -> Self {
        Self::Calendar(year)
    }
}

impl QueryDate {
    /// The date of the calendar that it is; None for one that depends on the day.
    pub fn calendar(self) -> Option<PartialDate> {
        match self {
            Self::At(WrittenDate::Calendar(date)) => Some(date),
            Self::At(WrittenDate::Named(_)) | Self::After(_) | Self::Before(_) => None,
        }
    }

    fn named(self) -> Option<NamedDate> {
        match self {
            Self::At(WrittenDate::Calendar(_)) => None,
            Self::At(WrittenDate::Named(named)) | Self::After(named) | Self::Before(named) => Some(named),
        }
    }

    /// The first and the last day that it stands for, seen from `today`.
    fn days(self, today: Date) -> (Date, Date) {
        let one = |day: Date| (day, day);
        match self {
            Self::At(WrittenDate::Calendar(date)) => (date.first_day(), date.last_day()),
            Self::At(WrittenDate::Named(named)) => named.days(today),
            Self::After(named) => one(end_days(named, today).1.tomorrow().unwrap_or(Date::MAX)),
            Self::Before(named) => one(end_days(named, today).0.yesterday().unwrap_or(Date::MIN)),
        }
    }

    /// The same where it is one end of a range.
    fn end_days(self, today: Date) -> (Date, Date) {
        match self {
            Self::At(WrittenDate::Named(named)) => end_days(named, today),
            other => other.days(today),
        }
    }
}

/// The days that a named date is as one end of a range: of the last days the first, so that `6m..3m` ends three months ago.
fn end_days(named: NamedDate, today: Date) -> (Date, Date) {
    let (first, last) = named.days(today);
    if matches!(named, NamedDate::Within { .. }) { (first, first) } else { (first, last) }
}

impl Span<QueryDate> {
    /// The days of the range, seen from `today`; ends in the wrong order are swapped. Of a date that comes back, the one before the end of
    /// the range begins it: `november..february` is one winter. Of the last days (`3m`) the first one is the end.
    pub fn on(&self, today: Date) -> Span<Date> {
        if let (Some(from), true) = (self.from, self.from == self.to) {
            let (first, last) = from.days(today);
            return Span { from: Some(first), to: Some(last) };
        }
        let to = self.to.map(|to| to.end_days(today));
        let recurs = self.from.and_then(QueryDate::named).is_some_and(NamedDate::recurs);
        let seen_from = to.filter(|_| recurs).map_or(today, |(_, last)| last.min(today));
        match (self.from.map(|from| from.end_days(seen_from)), to) {
            (Some((first, last)), Some((other_first, other_last))) if first > other_last => {
                Span { from: Some(other_first), to: Some(last) }
            }
            (from, to) => Span { from: from.map(|(first, _)| first), to: to.map(|(_, last)| last) },
        }
    }
}

impl Span<QueryYear> {
    /// The years of the range, seen from `today`; ends in the wrong order are swapped.
    pub fn on(&self, today: Date) -> Span<i16> {
        let year = |year: QueryYear| match year {
            QueryYear::Calendar(year) => year,
            QueryYear::Ago(ago) => today.year().saturating_sub(ago),
        };
        match (self.from.map(year), self.to.map(year)) {
            (Some(from), Some(to)) if from > to => Span { from: Some(to), to: Some(from) },
            (from, to) => Span { from, to },
        }
    }
}

impl fmt::Display for QueryDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(date) => date.fmt(f),
            Self::After(named) => write!(f, ">{named}"),
            Self::Before(named) => write!(f, "<{named}"),
        }
    }
}

impl fmt::Display for QueryYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calendar(year) => year.fmt(f),
            Self::Ago(0) => f.write_str("this"),
            Self::Ago(1) => f.write_str("last"),
            Self::Ago(years) => write!(f, "{years}-years-ago"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::{Filter, Query, Term};

    /// The days of the one range in a query, seen from Wednesday, 12 March 2025.
    fn days(text: &str) -> String {
        let Filter::Term(Term::Date(span) | Term::Added(span)) = Query::parse(text).filter else { panic!("{text}") };
        let Span { from, to } = span.on(Date::constant(2025, 3, 12));
        let day = |day: Option<Date>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
        format!("{} {}", day(from), day(to))
    }

    #[test]
    fn ranges_of_named_dates_are_days_in_order() {
        let cases = [
            ("added:today", "2025-03-12 2025-03-12"),
            ("added:>yesterday", "2025-03-12 …"),
            ("added:<last-week", "… 2025-03-02"),
            ("added:>=last-week", "2025-03-03 …"),
            ("added:<=yesterday", "… 2025-03-11"),
            ("added:30", "2025-02-11 2025-03-12"),
            ("date:last-week..yesterday", "2025-03-03 2025-03-11"),
            ("date:yesterday..last-week", "2025-03-03 2025-03-11"),
            ("date:november..february", "2024-11-01 2025-02-28"),
            ("date:march..may", "2024-03-01 2024-05-31"),
            ("date:monday..friday", "2025-03-03 2025-03-07"),
            ("date:february..", "2025-02-01 …"),
            ("date:february..2030", "2025-02-01 2030-12-31"),
            ("date:2024-02..today", "2024-02-01 2025-03-12"),
            ("date:last-month", "2025-02-01 2025-02-28"),
            ("date:6m..3m", "2024-09-13 2024-12-13"),
            ("date:3m..6m", "2024-09-13 2024-12-13"),
            ("date:6m..", "2024-09-13 …"),
            ("date:..6m", "… 2024-09-13"),
            ("date:<6m", "… 2024-09-12"),
            ("date:>6m", "2024-09-14 …"),
            ("date:6m..today", "2024-09-13 2025-03-12"),
            ("date:\"6 months ago..3 days ago\"", "2024-09-12 2025-03-09"),
            ("date:last-march..last-monday", "2024-03-01 2025-03-10"),
            ("added:3-days-ago", "2025-03-09 2025-03-09"),
        ];
        for (text, expected) in cases {
            assert_eq!(days(text), expected, "{text}");
        }
    }

    #[test]
    fn years_are_seen_from_the_day() {
        let years = |text: &str| {
            let Filter::Term(Term::Year(span)) = Query::parse(text).filter else { panic!("{text}") };
            let Span { from, to } = span.on(Date::constant(2025, 3, 12));
            (from, to)
        };
        assert_eq!(years("year:last"), (Some(2024), Some(2024)));
        assert_eq!(years("year:this-year"), (Some(2025), Some(2025)));
        assert_eq!(years("year:>last"), (Some(2025), None));
        assert_eq!(years("year:<last-year"), (None, Some(2023)));
        assert_eq!(years("year:this..2020"), (Some(2020), Some(2025)));
        assert_eq!(years("year:2-years-ago..last"), (Some(2023), Some(2024)));
    }
}
