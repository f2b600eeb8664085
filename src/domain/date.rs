//! Dates of papers: a year, perhaps a month, perhaps a day. An own type because jiff, which does the calendar here, has no dates with
//! unknown parts. Never reads the clock; today is passed in.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A date known to the year, the month or the day, from year 1000 to 9999. Unknown parts sort first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    /// 1 to 12, or 0 when unknown.
    month: u8,
    /// 1 to 31, or 0 when unknown.
    day: u8,
}

impl PartialDate {
    /// None when the parts are no date of the calendar, the year is outside 1000 to 9999, or there is a day without a month.
    pub fn new(year: i16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let valid_day = Date::new(year, month.unwrap_or(1) as i8, day.unwrap_or(1) as i8).is_ok();
        let known_in_order = day.is_none() || month.is_some();
        let no_zero = month != Some(0) && day != Some(0);
        ((1000..=9999).contains(&year) && valid_day && known_in_order && no_zero).then_some(Self {
            year,
            month: month.unwrap_or(0),
            day: day.unwrap_or(0),
        })
    }

    pub fn year(self) -> i16 {
        self.year
    }

    pub fn month(self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    pub fn day(self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// First day that this date may stand for.
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month.max(1) as i8, self.day.max(1) as i8).unwrap_or(Date::MIN)
    }

    /// Last day that this date may stand for.
    pub fn last_day(self) -> Date {
        let first = self.first_day();
        match (self.month, self.day) {
            (0, _) => first.last_of_year(),
            (_, 0) => first.last_of_month(),
            _ => first,
        }
    }

    /// For reading: `12 Mar 2025`, `Mar 2025` or `2025`.
    pub fn in_words(self) -> String {
        let form = match (self.month, self.day) {
            (0, _) => "%Y",
            (_, 0) => "%b %Y",
            _ => "%-d %b %Y",
        };
        self.first_day().strftime(form).to_string()
    }

    /// `year * 10000 + month * 100 + day`, unknown parts 0: sorts as the date does and is never 0.
    pub fn packed(self) -> u32 {
        self.year as u32 * 10_000 + u32::from(self.month) * 100 + u32::from(self.day)
    }

    /// The date that `packed` made this number of; None for any other number.
    pub fn from_packed(packed: u32) -> Option<Self> {
        let part = |value: u32| (value > 0).then(|| u8::try_from(value).ok()).flatten();
        Self::new(i16::try_from(packed / 10_000).ok()?, part(packed / 100 % 100), part(packed % 100))
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: date.month() as u8, day: date.day() as u8 }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = String;

    /// Reads `2024`, `2024-01`, `2024-01-03`, and a timestamp that begins with such a day.
    ///
    /// # Errors
    /// A message for the user that quotes the text.
    fn from_str(text: &str) -> Result<Self, String> {
        let error = || format!("`{text}` is not a date like 2024, 2024-03 or 2024-03-12");
        let day_part = text.split(['T', ' ']).next().unwrap_or_default();
        let mut parts = day_part.split('-');
        let mut number = |digits: usize| match parts.next() {
            None => Ok(None),
            Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse::<i16>().map(Some).map_err(|_| error())
            }
            Some(_) => Err(error()),
        };
        let (year, month, day) = (number(4)?.ok_or_else(error)?, number(2)?, number(2)?);
        if parts.next().is_some() {
            return Err(error());
        }
        Self::new(year, month.map(|month| month as u8), day.map(|day| day as u8)).ok_or_else(error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_date_reads_back_from_its_text_and_its_number(year in 0_i16..=9999, month in 0_u8..=13, day in 0_u8..=32) {
            let part = |value: u8| (value > 0).then_some(value);
            if let Some(date) = PartialDate::new(year, part(month), part(day)) {
                prop_assert_eq!(date.to_string().parse(), Ok(date));
                prop_assert_eq!(PartialDate::from_packed(date.packed()), Some(date));
                prop_assert!(date.first_day() <= date.last_day());
            }
        }

        #[test]
        fn text_that_is_a_date_prints_as_it_was_read(text in "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|\\PC{0,12}") {
            if let Ok(date) = text.parse::<PartialDate>() {
                prop_assert!(text.starts_with(&date.to_string()));
            }
        }
    }

    #[test]
    fn dates_read_and_print_alike() {
        for text in ["2024", "2024-01", "2024-02-29"] {
            let date: PartialDate = text.parse().unwrap();
            assert_eq!(date.to_string(), text);
            assert_eq!(PartialDate::from_packed(date.packed()), Some(date));
        }
        for text in ["", "24", "2024-13", "2023-02-29", "2024-1-1", "0000", "2024-01-01-01", "2024-00"] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
        let month: PartialDate = "2024-02".parse().unwrap();
        assert_eq!(month.last_day().to_string(), "2024-02-29");
    }
}
