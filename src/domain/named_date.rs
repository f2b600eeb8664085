//! Dates as people write them: of the calendar in any usual order (`12 Mar 2025`), or named as seen from the day on which they are read
//! (`today`, `last-week`, `march`). Never reads the clock; the day is passed in.

use std::fmt;

use jiff::civil::Date;

use super::date::PartialDate;

/// English, as pages, mails and queries write them.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What is read where a day is asked for.
pub const DAY_EXAMPLES: &str = "2025-03-12, 12 mar, today, yesterday or last monday";

/// A date as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenDate {
    Calendar(PartialDate),
    Named(NamedDate),
}

/// A day or several that depend on the day from which they are seen. It stays as it was written until it is used, so a saved `today` is
/// the day on which it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedDate {
    Today,
    Yesterday,
    /// The period that the day is in, as a whole. Weeks begin on Monday.
    This(Period),
    /// The period before that.
    Last(Period),
    /// The last days, the day itself included: `7d`, `2w`, `3m`, `1y`. Months and years are those of the calendar.
    Within {
        count: u32,
        unit: TimeUnit,
    },
    /// One day: `3 days ago`, `a-month-ago`.
    Ago {
        count: u32,
        unit: TimeUnit,
    },
    /// The latest such month that has begun, 1 to 12.
    Month(u8),
    /// The latest such month before the one that the day is in, 1 to 12.
    MonthBefore(u8),
    /// The latest such day that has come.
    MonthDay {
        month: u8,
        day: u8,
    },
    /// The latest such day that has come; 0 is Monday.
    Weekday(u8),
    /// The latest such day before the day from which it is seen.
    LastWeekday(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Week,
    Month,
    Year,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    Days,
    Weeks,
    Months,
    Years,
}

/// Names that are one word or two, in the order in which completion offers them.
const NAMES: [(NamedDate, &str); 8] = [
    (NamedDate::Today, "today"),
    (NamedDate::Yesterday, "yesterday"),
    (NamedDate::This(Period::Week), "this-week"),
    (NamedDate::Last(Period::Week), "last-week"),
    (NamedDate::This(Period::Month), "this-month"),
    (NamedDate::Last(Period::Month), "last-month"),
    (NamedDate::This(Period::Year), "this-year"),
    (NamedDate::Last(Period::Year), "last-year"),
];

/// The first day that a paper's date can have.
const EARLIEST: Date = Date::constant(1000, 1, 1);

impl TimeUnit {
    pub const ALL: [Self; 4] = [Self::Days, Self::Weeks, Self::Months, Self::Years];

    /// The word for one of them; its first letter is enough after a count.
    fn name(self) -> &'static str {
        match self {
            Self::Days => "day",
            Self::Weeks => "week",
            Self::Months => "month",
            Self::Years => "year",
        }
    }

    /// The day so many units before another; never before the first day that a paper's date can have.
    fn before(self, day: Date, count: u32) -> Date {
        let (span, count) = (jiff::Span::new(), i64::from(count));
        let span = match self {
            Self::Days => span.try_days(count),
            Self::Weeks => span.try_weeks(count),
            Self::Months => span.try_months(count),
            Self::Years => span.try_years(count),
        };
        span.and_then(|span| day.checked_sub(span)).unwrap_or(EARLIEST).max(EARLIEST)
    }
}

impl WrittenDate {
    /// Reads a name, or a date of the calendar in which the month is a word or the year comes first: `12 Mar`, `march 12th, 2025`,
    /// `Mar-2025`, `2025/3/12`. Case is ignored; parts may be separated by blanks, hyphens, underscores, commas, stops or slashes. None for
    /// any other text, also for a year alone.
    pub fn read(text: &str) -> Option<Self> {
        let squeezed = squeezed(text);
        let named = NAMES.iter().find(|(_, name)| squeezed == self::squeezed(name)).map(|(named, _)| *named);
        let last = squeezed.strip_prefix("last");
        let weekday = || last.and_then(weekday_named).map(NamedDate::LastWeekday);
        let month = || last.and_then(month_named).map(NamedDate::MonthBefore);
        let named = named.or_else(|| within(&squeezed)).or_else(|| ago(&squeezed)).or_else(weekday).or_else(month);
        named.map(Self::Named).or_else(|| from_parts(&parts(text)?))
    }

    /// Reads the day of something where one is asked for: a date of the calendar, as far as it is known, or a named one that is one day
    /// as seen from `today`.
    ///
    /// # Errors
    /// A message for the user that quotes the text and says what can be read.
    pub fn read_day(text: &str, today: Date) -> Result<PartialDate, String> {
        let text = text.trim();
        if let Ok(date) = text.parse() {
            return Ok(date);
        }
        let wrong = |what: &str| Err(format!("`{text}` {what}; write {DAY_EXAMPLES}"));
        match Self::read(text) {
            Some(Self::Calendar(date)) => Ok(date),
            Some(named) => match named.day(today) {
                Some(day) => Ok(day.into()),
                None => wrong("is more than one day"),
            },
            None => wrong("is not a day"),
        }
    }

    /// The one day that it is, seen from `today`; None when it is several.
    pub fn day(self, today: Date) -> Option<Date> {
        let (first, last) = match self {
            Self::Calendar(date) => (date.first_day(), date.last_day()),
            Self::Named(named) => named.days(today),
        };
        (first == last).then_some(first)
    }
}

impl NamedDate {
    /// The names that begin with a text, for showing results while one is typed.
    pub fn beginning_with(text: &str) -> Vec<Self> {
        let start = squeezed(text);
        if start.is_empty() {
            return Vec::new();
        }
        let begins = |name: &str| squeezed(name).starts_with(&start);
        let fixed = NAMES.iter().filter(|(_, name)| begins(name)).map(|(named, _)| *named);
        let months = (1_u8..).zip(MONTHS).filter(|(_, name)| begins(name)).map(|(month, _)| Self::Month(month));
        let weekdays = (0_u8..).zip(WEEKDAYS).filter(|(_, name)| begins(name)).map(|(day, _)| Self::Weekday(day));
        let last = start.strip_prefix("last").unwrap_or_default();
        let last_weekdays =
            (0_u8..7).zip(WEEKDAYS).filter(|(_, name)| !last.is_empty() && squeezed(name).starts_with(last));
        let weekdays = weekdays.chain(last_weekdays.map(|(day, _)| Self::LastWeekday(day)));
        let last_months = (1_u8..).zip(MONTHS).filter(|(_, name)| !last.is_empty() && squeezed(name).starts_with(last));
        let last_months = last_months.map(|(month, _)| Self::MonthBefore(month));
        fixed.chain(months).chain(weekdays).chain(last_months).collect()
    }

    /// Whether it comes back every week or year, so that the end of a span decides which one is meant.
    pub fn recurs(self) -> bool {
        match self {
            Self::Month(_) | Self::MonthDay { .. } | Self::Weekday(_) => true,
            Self::Today
            | Self::Yesterday
            | Self::This(_)
            | Self::Last(_)
            | Self::Within { .. }
            | Self::Ago { .. }
            | Self::MonthBefore(_)
            | Self::LastWeekday(_) => false,
        }
    }

    /// The first and the last day, seen from `today`, both inclusive. At the ends of the calendar they stay in it.
    pub fn days(self, today: Date) -> (Date, Date) {
        let one = |day: Date| (day, day);
        match self {
            Self::Today => one(today),
            Self::Yesterday => one(back(today, 1)),
            Self::This(period) => period.around(today),
            Self::Last(period) => period.around(back(period.around(today).0, 1)),
            Self::Within { count: 0, .. } => one(today),
            Self::Within { count, unit } => (unit.before(today, count).tomorrow().unwrap_or(today), today),
            Self::Ago { count, unit } => one(unit.before(today, count)),
            Self::Month(month) => {
                let first = |year: i16| Date::new(year, month.cast_signed(), 1).ok();
                let first = [today.year(), today.year() - 1].into_iter().filter_map(first).find(|day| *day <= today);
                first.map_or(one(today), |first| (first, first.last_of_month()))
            }
            Self::MonthBefore(month) => Self::Month(month).days(back(today.first_of_month(), 1)),
            Self::MonthDay { month, day } => {
                // 29 February recurs within eight years.
                let on = |back: i16| Date::new(today.year() - back, month.cast_signed(), day.cast_signed()).ok();
                one((0..=8).filter_map(on).find(|day| *day <= today).unwrap_or(today))
            }
            Self::Weekday(weekday) => one(back(today, days_since(weekday, today))),
            Self::LastWeekday(weekday) => {
                let yesterday = back(today, 1);
                one(back(yesterday, days_since(weekday, yesterday)))
            }
        }
    }
}

/// How many days ago a weekday last was, 0 to 6.
fn days_since(weekday: u8, day: Date) -> i64 {
    (i64::from(day.weekday().to_monday_zero_offset()) - i64::from(weekday)).rem_euclid(7)
}

impl Period {
    /// The period that a day is in.
    fn around(self, day: Date) -> (Date, Date) {
        match self {
            Self::Week => {
                let monday = back(day, i64::from(day.weekday().to_monday_zero_offset()));
                (monday, monday.checked_add(jiff::Span::new().days(6)).unwrap_or(Date::MAX))
            }
            Self::Month => (day.first_of_month(), day.last_of_month()),
            Self::Year => (day.first_of_year(), day.last_of_year()),
        }
    }
}

/// So many days earlier; never before the first day that a paper's date can have.
fn back(day: Date, days: i64) -> Date {
    TimeUnit::Days.before(day, u32::try_from(days).unwrap_or(0))
}

impl fmt::Display for NamedDate {
    /// In the one spelling that needs no quotation marks in a query and reads back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let month_name = |month: u8| MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default();
        match *self {
            Self::Within { count, unit } => write!(f, "{count}{}", unit.name().get(..1).unwrap_or_default()),
            Self::Ago { count: 1, unit } => write!(f, "1-{}-ago", unit.name()),
            Self::Ago { count, unit } => write!(f, "{count}-{}s-ago", unit.name()),
            Self::Month(month) => f.write_str(&month_name(month).to_lowercase()),
            Self::MonthBefore(month) => write!(f, "last-{}", month_name(month).to_lowercase()),
            Self::MonthDay { month, day } => {
                write!(f, "{day}-{}", month_name(month).get(..3).unwrap_or_default().to_lowercase())
            }
            Self::Weekday(day) => f.write_str(&weekday_name(day)),
            Self::LastWeekday(day) => write!(f, "last-{}", weekday_name(day)),
            Self::Today | Self::Yesterday | Self::This(_) | Self::Last(_) => {
                let name = NAMES.iter().find(|(named, _)| named == self).map(|(_, name)| *name);
                f.write_str(name.unwrap_or_default())
            }
        }
    }
}

impl fmt::Display for WrittenDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calendar(date) => date.fmt(f),
            Self::Named(named) => named.fmt(f),
        }
    }
}

/// The month whose name a word is or begins, with three letters or more: `Mar`, `march`, `Sept.`.
pub fn month_named(word: &str) -> Option<u8> {
    let word = word.strip_suffix('.').unwrap_or(word);
    let begins = |name: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let place = MONTHS.iter().position(|name| word.len() >= 3 && begins(name))?;
    u8::try_from(place + 1).ok()
}

/// In lower case; 0 is Monday.
fn weekday_name(day: u8) -> String {
    WEEKDAYS.get(usize::from(day)).copied().unwrap_or_default().to_lowercase()
}

/// The weekday of a whole name or a usual abbreviation: `mon`, `tues`, `thurs`.
fn weekday_named(word: &str) -> Option<u8> {
    let begins = |name: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let is_usual = |name: &str| {
        word.len() == 3
            || word.len() == name.len()
            || ["tues", "thur", "thurs"].iter().any(|usual| word.eq_ignore_ascii_case(usual))
    };
    let place = WEEKDAYS.iter().position(|name| word.len() >= 3 && begins(name) && is_usual(name))?;
    u8::try_from(place).ok()
}

/// A text in lower case without what separates words.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
}

/// A count with a unit: `7d`, `2weeks`.
fn within(text: &str) -> Option<NamedDate> {
    let (digits, word) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let is_named = |unit: &TimeUnit| {
        let name = unit.name();
        word == name || word.strip_suffix('s') == Some(name) || name.starts_with(word) && word.len() == 1
    };
    Some(NamedDate::Within { count: digits.parse().ok()?, unit: TimeUnit::ALL.into_iter().find(is_named)? })
}

/// A count with the name of a unit and `ago`: `3daysago`, `aweekago`.
fn ago(text: &str) -> Option<NamedDate> {
    let text = text.strip_suffix("ago")?;
    let (digits, word) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let (count, word) = match digits {
        "" => (1, ["one", "an", "a"].iter().find_map(|one| word.strip_prefix(one))?),
        digits => (digits.parse().ok()?, word),
    };
    let unit = TimeUnit::ALL.into_iter().find(|unit| word.strip_suffix('s').unwrap_or(word) == unit.name())?;
    Some(NamedDate::Ago { count, unit })
}

/// Most parts of a date that are read.
const MOST_PARTS: usize = 3;

/// A part of a written date.
#[derive(Clone, Copy, Debug, PartialEq)]
enum DatePart<'a> {
    /// Of one or two digits.
    Small(u8),
    /// Of four digits.
    Year(i16),
    Word(&'a str),
}

/// The parts of a date; None when there are none, too many, or other ones. The ending of `12th` is left out.
fn parts(text: &str) -> Option<Vec<DatePart<'_>>> {
    let mut parts: Vec<DatePart<'_>> = Vec::new();
    let separators = |c: char| c.is_whitespace() || matches!(c, '-' | '_' | ',' | '.' | '/');
    for word in text.split(separators).filter(|word| !word.is_empty()) {
        let (digits, letters) = word.split_at(word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len()));
        match digits.len() {
            0 => {}
            1 | 2 => parts.push(DatePart::Small(digits.parse().ok()?)),
            4 => parts.push(DatePart::Year(digits.parse().ok()?)),
            _ => return None,
        }
        let is_ending =
            !digits.is_empty() && ["st", "nd", "rd", "th"].iter().any(|end| letters.eq_ignore_ascii_case(end));
        if !letters.is_empty() && !is_ending {
            parts.push(DatePart::Word(letters));
        }
        if parts.len() > MOST_PARTS {
            return None;
        }
    }
    (!parts.is_empty()).then_some(parts)
}

fn from_parts(parts: &[DatePart<'_>]) -> Option<WrittenDate> {
    use DatePart::{Small, Word, Year};
    let calendar = |year, month, day| PartialDate::new(year, Some(month), day).map(WrittenDate::Calendar);
    match *parts {
        [Word(word)] => {
            let month = month_named(word).map(NamedDate::Month);
            month.or_else(|| weekday_named(word).map(NamedDate::Weekday)).map(WrittenDate::Named)
        }
        [Word(word), Small(day)] | [Small(day), Word(word)] => {
            let month = month_named(word)?;
            // 2000 has a 29 February, as a day without a year may.
            PartialDate::new(2000, Some(month), Some(day))?;
            Some(WrittenDate::Named(NamedDate::MonthDay { month, day }))
        }
        [Word(word), Year(year)] | [Year(year), Word(word)] => calendar(year, month_named(word)?, None),
        [Word(word), Small(day), Year(year)]
        | [Small(day), Word(word), Year(year)]
        | [Year(year), Word(word), Small(day)] => calendar(year, month_named(word)?, Some(day)),
        [Year(year), Small(month)] => calendar(year, month, None),
        [Year(year), Small(month), Small(day)] => calendar(year, month, Some(day)),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A Wednesday.
    const TODAY: Date = Date::constant(2025, 3, 12);

    fn read(text: &str) -> String {
        WrittenDate::read(text).map_or_else(|| "NONE".to_owned(), |date| date.to_string())
    }

    #[test]
    fn dates_are_read_in_every_usual_spelling() {
        let cases = [
            ("today", "today"),
            ("YESTERDAY", "yesterday"),
            ("this-week", "this-week"),
            ("last week", "last-week"),
            ("lastmonth", "last-month"),
            ("Last_Year", "last-year"),
            ("7d", "7d"),
            ("2 weeks", "2w"),
            ("1Month", "1m"),
            ("10-years", "10y"),
            ("3 days ago", "3-days-ago"),
            ("a week ago", "1-week-ago"),
            ("1-month-ago", "1-month-ago"),
            ("One year ago", "1-year-ago"),
            ("last-march", "last-march"),
            ("Last Sept", "last-september"),
            ("march", "march"),
            ("Sept.", "september"),
            ("mon", "monday"),
            ("Thurs", "thursday"),
            ("last monday", "last-monday"),
            ("Last-Tues", "last-tuesday"),
            ("12 mar", "12-mar"),
            ("march 3", "3-mar"),
            ("12-mar", "12-mar"),
            ("12mar", "12-mar"),
            ("Mar 12th", "12-mar"),
            ("29 Feb", "29-feb"),
            ("Mar 2025", "2025-03"),
            ("2025-march", "2025-03"),
            ("March 12, 2025", "2025-03-12"),
            ("12 Mar 2025", "2025-03-12"),
            ("2025/3/12", "2025-03-12"),
            ("2025.03", "2025-03"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
        let others = [
            "",
            " ",
            "2025",
            "12",
            "ma",
            "30 feb",
            "13th",
            "12/03/2025",
            "march 12 2025 x",
            "mondays",
            "last mondays",
            "last 12 mar",
            "hf:2025-03-12",
            "7x",
            "lora",
        ];
        for text in others {
            assert_eq!(read(text), "NONE", "{text}");
        }
    }

    #[test]
    fn named_dates_are_seen_from_a_day() {
        let cases = [
            ("today", "2025-03-12", "2025-03-12"),
            ("yesterday", "2025-03-11", "2025-03-11"),
            ("this-week", "2025-03-10", "2025-03-16"),
            ("last-week", "2025-03-03", "2025-03-09"),
            ("this-month", "2025-03-01", "2025-03-31"),
            ("last-month", "2025-02-01", "2025-02-28"),
            ("this-year", "2025-01-01", "2025-12-31"),
            ("last-year", "2024-01-01", "2024-12-31"),
            ("1d", "2025-03-12", "2025-03-12"),
            ("0w", "2025-03-12", "2025-03-12"),
            ("7d", "2025-03-06", "2025-03-12"),
            ("2w", "2025-02-27", "2025-03-12"),
            ("1m", "2025-02-13", "2025-03-12"),
            ("1y", "2024-03-13", "2025-03-12"),
            ("12m", "2024-03-13", "2025-03-12"),
            ("0m", "2025-03-12", "2025-03-12"),
            ("3 days ago", "2025-03-09", "2025-03-09"),
            ("a month ago", "2025-02-12", "2025-02-12"),
            ("4294967295 years ago", "1000-01-01", "1000-01-01"),
            ("last-march", "2024-03-01", "2024-03-31"),
            ("last february", "2025-02-01", "2025-02-28"),
            ("last april", "2024-04-01", "2024-04-30"),
            ("4294967295y", "1000-01-02", "2025-03-12"),
            ("march", "2025-03-01", "2025-03-31"),
            ("april", "2024-04-01", "2024-04-30"),
            ("12 mar", "2025-03-12", "2025-03-12"),
            ("13 mar", "2024-03-13", "2024-03-13"),
            ("29 feb", "2024-02-29", "2024-02-29"),
            ("wednesday", "2025-03-12", "2025-03-12"),
            ("thursday", "2025-03-06", "2025-03-06"),
            ("monday", "2025-03-10", "2025-03-10"),
            ("last monday", "2025-03-10", "2025-03-10"),
            ("last wednesday", "2025-03-05", "2025-03-05"),
            ("last thursday", "2025-03-06", "2025-03-06"),
        ];
        for (text, first, last) in cases {
            let Some(WrittenDate::Named(named)) = WrittenDate::read(text) else { panic!("{text}") };
            assert_eq!(named.days(TODAY), (first.parse().unwrap(), last.parse().unwrap()), "{text}");
        }
        let day = |text: &str| WrittenDate::read(text).unwrap().day(TODAY).map(|day| day.to_string());
        assert_eq!(day("yesterday").as_deref(), Some("2025-03-11"));
        assert_eq!((day("2025/3/1").as_deref(), day("march"), day("Mar 2025")), (Some("2025-03-01"), None, None));
    }

    #[test]
    fn a_day_is_read_in_any_spelling_and_a_wrong_one_says_what_is_read() {
        let cases = [
            ("2025-03-12", "2025-03-12"),
            ("2025-03", "2025-03"),
            ("2024", "2024"),
            (" yesterday ", "2025-03-11"),
            ("today", "2025-03-12"),
            ("march 3", "2025-03-03"),
            ("3 March 2024", "2024-03-03"),
            ("last monday", "2025-03-10"),
            ("fri", "2025-03-07"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                WrittenDate::read_day(text, TODAY).map(|day| day.to_string()).as_deref(),
                Ok(expected),
                "{text}"
            );
        }
        for (text, what) in [
            ("last week", "`last week` is more than one day; write"),
            ("march", "`march` is more than one day; write"),
            ("2025-02-30", "`2025-02-30` is not a day; write 2025-03-12, 12 mar, today"),
            ("soon", "`soon` is not a day; write"),
            ("", "`` is not a day; write"),
        ] {
            let error = WrittenDate::read_day(text, TODAY).unwrap_err();
            assert!(error.starts_with(what), "{error}");
        }
    }

    pub(crate) fn named() -> impl Strategy<Value = NamedDate> {
        prop_oneof![
            proptest::sample::select(NAMES.map(|(named, _)| named).to_vec()),
            (any::<u32>(), proptest::sample::select(TimeUnit::ALL.to_vec()))
                .prop_map(|(count, unit)| NamedDate::Within { count, unit }),
            (any::<u32>(), proptest::sample::select(TimeUnit::ALL.to_vec()))
                .prop_map(|(count, unit)| NamedDate::Ago { count, unit }),
            (1_u8..=12).prop_map(NamedDate::Month),
            (1_u8..=12).prop_map(NamedDate::MonthBefore),
            (1_u8..=12, 1_u8..=28).prop_map(|(month, day)| NamedDate::MonthDay { month, day }),
            (0_u8..7).prop_map(NamedDate::Weekday),
            (0_u8..7).prop_map(NamedDate::LastWeekday),
        ]
    }

    proptest! {
        #[test]
        fn named_dates_read_back_from_their_print_and_are_days_in_order(
            named in named(), year in 1000_i16..=9999, month in 1_i8..=12, day in 1_i8..=28,
        ) {
            prop_assert_eq!(WrittenDate::read(&named.to_string()), Some(WrittenDate::Named(named)));
            prop_assert!(NamedDate::beginning_with("x").is_empty());
            let (first, last) = named.days(Date::new(year, month, day).unwrap());
            prop_assert!(first <= last);
        }

        #[test]
        fn no_text_fails_and_what_is_read_reads_back(text in "\\PC{0,20}|[0-9]{0,4}[ -]?(mar|today|last|week|d)?[ -]?[0-9]{0,4}") {
            if let Some(date) = WrittenDate::read(&text) {
                prop_assert!(matches!(WrittenDate::read(&date.to_string()), Some(again) if again == date), "{}", date);
            }
        }
    }
}
