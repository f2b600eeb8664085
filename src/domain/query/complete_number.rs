//! Completion of numbers and dates inside a value: after `>`, `<=` and the like, at both ends of a range, and month by month. Pure.

use super::FieldName;
use super::fields::ValueKind;
use crate::domain::date::PartialDate;

/// Signs before a number, the longer ones first.
const COMPARISONS: [&str; 5] = [">=", "<=", ">", "<", "="];
/// Numbers of votes that are offered.
const VOTES: [&str; 8] = ["5", "10", "20", "50", "100", "200", "500", "1000"];

/// Values that a typed part can grow into, for fields of numbers and dates; empty for others. `known` returns the values of a field that are in
/// the library, here the years.
pub(super) fn grown(field: FieldName, typed: &str, known: &dyn Fn(FieldName) -> Vec<String>) -> Vec<String> {
    let kind = field.info().kind;
    let (head, tail) = head_and_tail(typed);
    let values: Vec<String> = match kind {
        ValueKind::Year => beginning(&known(FieldName::Year), tail),
        ValueKind::Date | ValueKind::When => dates(tail, &known(FieldName::Year)),
        ValueKind::Count => VOTES.into_iter().filter(|number| number.starts_with(tail)).map(str::to_owned).collect(),
        // The days of digests are known.
        ValueKind::Digest => Vec::new(),
        ValueKind::Words | ValueKind::Choice | ValueKind::Names | ValueKind::Id | ValueKind::Sort => Vec::new(),
    };
    values.into_iter().filter(|value| value != tail).map(|value| format!("{head}{value}")).collect()
}

/// `2020..20` is `2020..` and `20`; `>=1` is `>=` and `1`.
fn head_and_tail(typed: &str) -> (&str, &str) {
    let range = typed.rfind("..").map(|at| at + "..".len());
    let comparison = COMPARISONS.iter().find(|sign| typed.starts_with(**sign)).map(|sign| sign.len());
    typed.split_at_checked(range.or(comparison).unwrap_or(0)).unwrap_or(("", typed))
}

fn beginning(values: &[String], start: &str) -> Vec<String> {
    values.iter().filter(|value| value.starts_with(start)).cloned().collect()
}

/// Years; after a year and a hyphen its months, after those the days of the month.
fn dates(typed: &str, years: &[String]) -> Vec<String> {
    let parts: Vec<&str> = typed.split('-').collect();
    let exists = |text: &String| text.parse::<PartialDate>().is_ok();
    match *parts.as_slice() {
        [year] => beginning(years, year),
        [year, month] if year.len() == 4 => {
            let months = (1..=12).map(|number| format!("{number:02}")).filter(|number| number.starts_with(month));
            months.map(|month| format!("{year}-{month}")).filter(exists).collect()
        }
        [year, month, day] if year.len() == 4 && month.len() == 2 => {
            let days = (1..=31).map(|number| format!("{number:02}")).filter(|number| number.starts_with(day));
            days.map(|day| format!("{year}-{month}-{day}")).filter(exists).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(field: FieldName, typed: &str) -> String {
        grown(field, typed, &|_| ["2025", "2024", "1999"].map(str::to_owned).to_vec()).join(" ")
    }

    #[test]
    fn numbers_are_completed_after_signs_and_in_ranges() {
        for (typed, expected) in [
            ("20", "2025 2024"),
            (">20", ">2025 >2024"),
            (">=", ">=2025 >=2024 >=1999"),
            ("1999..2", "1999..2025 1999..2024"),
            ("..20", "..2025 ..2024"),
            ("2025", ""),
            ("2025-", ""),
        ] {
            assert_eq!(offered(FieldName::Year, typed), expected, "{typed}");
        }
        for (typed, expected) in [
            ("5", "50 500"),
            (">5", ">50 >500"),
            ("<=1", "<=10 <=100 <=1000"),
            ("10..5", "10..50 10..500"),
            ("10..", "10..5 10..10 10..20 10..50 10..100 10..200 10..500 10..1000"),
        ] {
            assert_eq!(offered(FieldName::Votes, typed), expected, "{typed}");
        }
    }

    #[test]
    fn dates_are_completed_month_by_month_and_day_by_day() {
        for (typed, expected) in [
            ("20", "2025 2024"),
            (
                "2024-",
                "2024-01 2024-02 2024-03 2024-04 2024-05 2024-06 2024-07 2024-08 2024-09 2024-10 2024-11 2024-12",
            ),
            ("2024-1", "2024-10 2024-11 2024-12"),
            (
                "2024-02-2",
                "2024-02-20 2024-02-21 2024-02-22 2024-02-23 2024-02-24 2024-02-25 2024-02-26 2024-02-27 2024-02-28 2024-02-29",
            ),
            ("2023-02-29", ""),
            (
                "2024-03..2025-0",
                "2024-03..2025-01 2024-03..2025-02 2024-03..2025-03 2024-03..2025-04 2024-03..2025-05 2024-03..2025-06 2024-03..2025-07 2024-03..2025-08 2024-03..2025-09",
            ),
            (">=2024-03-3", ">=2024-03-30 >=2024-03-31"),
            ("march", ""),
            ("2024-13", ""),
            ("é-é-é", ""),
        ] {
            assert_eq!(offered(FieldName::Date, typed), expected, "{typed}");
        }
        assert_eq!(offered(FieldName::Title, "20"), "");
    }
}
