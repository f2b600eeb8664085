//! Spans of days, compared with dates of which only the month or the year may be known.

use jiff::civil::Date;

use crate::domain::date::PartialDate;
use crate::domain::query::Span;

/// A span of days as packed dates. A date known only to the month or year is in it when all its days are.
pub(super) struct DaySpan {
    from: u32,
    to: u32,
}

impl DaySpan {
    pub(super) fn of(span: Span<Date>) -> Self {
        let last = |day: Date| {
            let month = PartialDate::new(day.year(), u8::try_from(day.month()).ok(), None).map(PartialDate::packed);
            let whole = month.filter(|_| day == day.last_of_month()).map(last_day);
            whole.unwrap_or_else(|| PartialDate::from(day).packed())
        };
        Self { from: span.from.map_or(0, |day| PartialDate::from(day).packed()), to: span.to.map_or(u32::MAX, last) }
    }

    pub(super) fn contains(&self, date: u32) -> bool {
        date > 0 && first_day(date) >= self.from && last_day(date) <= self.to
    }
}

fn first_day(date: u32) -> u32 {
    with_unknown_parts(date, [100, 1])
}

/// Every month ends on day 31 here, which compares the same.
fn last_day(date: u32) -> u32 {
    with_unknown_parts(date, [1200, 31])
}

/// A packed date with its unknown month and day replaced.
fn with_unknown_parts(date: u32, [month, day]: [u32; 2]) -> u32 {
    let month = if (date / 100).is_multiple_of(100) { month } else { 0 };
    let day = if date.is_multiple_of(100) { day } else { 0 };
    date.saturating_add(month + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_date_is_in_a_span_only_as_a_whole() {
        let date = |text: &str| Some(text.parse::<PartialDate>().unwrap());
        let (first, last) = (date("2024-02").map(PartialDate::first_day), date("2024-02").map(PartialDate::last_day));
        let span = DaySpan::of(Span { from: first, to: last });
        let holds = |text: &str| span.contains(date(text).unwrap().packed());
        assert!(holds("2024-02-01") && holds("2024-02-29") && holds("2024-02"));
        assert!(!holds("2024") && !holds("2024-03-01") && !span.contains(0));
    }
}
