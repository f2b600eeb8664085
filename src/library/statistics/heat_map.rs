//! What was read on each day of the last weeks, as a grid of weeks and weekdays. Pure; front ends and the picture draw it.

use jiff::Span;
use jiff::civil::Date;

/// Weeks of a whole map.
pub const HEAT_WEEKS: usize = 52;
/// Names of the rows.
pub const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// What each level is drawn with where there are no colours: in Unicode, and in ASCII.
const MARKS: [[&str; 5]; 2] = [["·", "░", "▒", "▓", "█"], [".", ":", "+", "*", "#"]];

/// The last weeks, the present one last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeatMap {
    pub weeks: Vec<HeatWeek>,
    /// The count of the fullest day.
    pub most: usize,
}

/// Seven days from a Monday on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatWeek {
    pub monday: Date,
    /// Papers read; None on a day that has not come yet.
    pub days: [Option<usize>; 7],
}

/// The Monday of the week of a day.
pub(super) fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(Span::new().days(back)).unwrap_or(day)
}

/// How many weeks a text of so many columns has room for, and the columns of each: two where that is enough for all.
pub fn heat_weeks_in(columns: usize) -> (usize, usize) {
    let cell = if columns >= 2 * HEAT_WEEKS { 2 } else { 1 };
    (HEAT_WEEKS.min(columns / cell).max(1), cell)
}

impl HeatMap {
    /// Of the counts of days, sorted by day, and the last `weeks` weeks until `today`.
    pub(super) fn new(by_day: &[(Date, usize)], today: Date, weeks: usize) -> Self {
        let on = |day: Date| {
            let place = by_day.binary_search_by_key(&day, |(day, _)| *day);
            place.ok().and_then(|place| by_day.get(place)).map_or(0, |(_, count)| *count)
        };
        let back = i64::try_from(weeks.saturating_sub(1)).unwrap_or(i64::MAX);
        let first = monday(today).checked_sub(Span::new().weeks(back.min(10_000))).unwrap_or(Date::MIN);
        let mondays = first.series(Span::new().weeks(1)).take_while(|day| *day <= today);
        let week = |monday: Date| {
            let mut days = [None; 7];
            for (day, count) in monday.series(Span::new().days(1)).zip(&mut days) {
                *count = (day <= today).then(|| on(day));
            }
            HeatWeek { monday, days }
        };
        let weeks: Vec<HeatWeek> = mondays.map(week).collect();
        let most = weeks.iter().flat_map(|week| week.days).flatten().max().unwrap_or(0);
        Self { weeks, most }
    }

    /// Papers read on all its days, and on how many of them.
    pub fn totals(&self) -> (usize, usize) {
        let counts = self.weeks.iter().flat_map(|week| week.days).flatten();
        counts.fold((0, 0), |(papers, days), count| (papers + count, days + usize::from(count > 0)))
    }

    /// The first of the fullest days; None where nothing was read.
    pub fn fullest(&self) -> Option<(Date, usize)> {
        let most = (self.most > 0).then_some(self.most)?;
        self.weeks.iter().find_map(|week| {
            let place = week.days.iter().position(|count| *count == Some(most))?;
            let day = week.monday.checked_add(Span::new().days(i64::try_from(place).ok()?)).ok()?;
            Some((day, most))
        })
    }

    /// How full a day is, from 0 for none to 4.
    pub fn level(&self, count: usize) -> usize {
        (count * 4).div_ceil(self.most.max(1)).min(4)
    }

    /// The months, each with the place of the first week that begins in it. A month that begins before the first week has none there
    /// unless the week is the first of the month.
    pub fn months(&self) -> Vec<(usize, String)> {
        let begins = |week: &HeatWeek| week.monday.day() <= 7;
        let weeks = self.weeks.iter().enumerate().filter(|(_, week)| begins(week));
        weeks.map(|(place, week)| (place, week.monday.strftime("%b").to_string())).collect()
    }

    /// The line above a map whose weeks take `cell` columns each: the names of the months where they begin. Names that have no room
    /// are left out.
    pub fn month_line(&self, cell: usize) -> String {
        let mut line = String::new();
        for (place, name) in self.months() {
            let at = place * cell;
            if (line.is_empty() || at > line.len()) && at + name.len() <= self.weeks.len() * cell {
                line.push_str(&" ".repeat(at - line.len()));
                line.push_str(&name);
            }
        }
        line
    }

    /// The levels of a weekday, 0 is Monday, week by week; None on days that have not come yet.
    pub fn row(&self, weekday: usize) -> impl Iterator<Item = Option<usize>> {
        self.weeks.iter().map(move |week| week.days.get(weekday).copied().flatten().map(|count| self.level(count)))
    }

    /// The character for a level, one column wide.
    pub fn mark(level: usize, unicode: bool) -> &'static str {
        let [in_unicode, in_ascii] = MARKS;
        let marks = if unicode { in_unicode } else { in_ascii };
        marks.get(level).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_ends_in_the_middle_of_a_week() {
        // 2026-01-01 is a Thursday.
        let read = [(day("2025-12-28"), 1), (day("2025-12-31"), 4), (day("2026-01-01"), 8)];
        let map = HeatMap::new(&read, day("2026-01-02"), 2);
        let weeks: Vec<_> = map.weeks.iter().map(|week| (week.monday.to_string(), week.days)).collect();
        assert_eq!(
            weeks,
            [
                ("2025-12-22".to_owned(), [Some(0), Some(0), Some(0), Some(0), Some(0), Some(0), Some(1)]),
                ("2025-12-29".to_owned(), [Some(0), Some(0), Some(4), Some(8), Some(0), None, None]),
            ]
        );
        assert_eq!((map.most, map.totals(), map.fullest()), (8, (13, 3), Some((day("2026-01-01"), 8))));
        assert_eq!([0, 1, 2, 3, 4, 5, 8].map(|count| map.level(count)), [0, 1, 1, 2, 2, 3, 4]);
        assert_eq!(map.row(3).collect::<Vec<_>>(), [Some(0), Some(4)]);
        assert_eq!(map.row(6).collect::<Vec<_>>(), [Some(1), None]);
    }

    #[test]
    fn months_stand_where_they_begin() {
        let map = HeatMap::new(&[], day("2026-03-15"), 12);
        assert_eq!(map.weeks.len(), 12);
        // Mondays: 29 Dec, 5 Jan, ..., 2 Feb, ..., 2 Mar, 9 Mar.
        let months = [(2, "Jan"), (6, "Feb"), (10, "Mar")].map(|(place, name)| (place, name.to_owned()));
        assert_eq!(map.months(), months);
        assert_eq!((map.month_line(2).as_str(), map.month_line(1).as_str()), ("    Jan     Feb     Mar", "  Jan Feb"));
        assert_eq!((map.most, map.totals(), map.fullest()), (0, (0, 0), None));
        assert_eq!(HeatMap::new(&[], day("2026-03-15"), HEAT_WEEKS).weeks.len(), 52);
        assert_eq!(HeatMap::new(&[], day("2026-03-15"), 0).weeks.len(), 1);
    }

    #[test]
    fn small_terminals_have_fewer_weeks() {
        assert_eq!(
            [0, 1, 30, 52, 103, 104, 300].map(heat_weeks_in),
            [(1, 1), (1, 1), (30, 1), (52, 1), (52, 1), (52, 2), (52, 2)]
        );
    }

    #[test]
    fn every_level_has_a_mark_of_its_own() {
        for unicode in [true, false] {
            let marks: std::collections::BTreeSet<_> = (0..5).map(|level| HeatMap::mark(level, unicode)).collect();
            assert_eq!(marks.len(), 5);
        }
    }
}
