//! The header of a copied papers page with its day, and the menus around the papers. A line is recognised here; `page_lines` decides
//! where a page has its header.

use jiff::civil::Date;

use super::foreign_months;
use crate::domain::date::PartialDate;
use crate::domain::named_date::month_named;

const PROMOTION: &str = "get trending papers in your email";
/// Most bytes of a promotion after its beginning.
const PROMOTION_END: usize = 30;
const BUTTON: &str = "Subscribe";
/// The end of the byline, which may be broken into lines.
const COMMUNITY: &str = "and the research community";
const PAGE_TITLE: &str = "Daily Papers - Hugging Face";

/// What was read of the header so far.
#[derive(Default)]
pub(crate) struct PageHeader {
    /// Whether any line of it was found.
    pub(crate) seen: bool,
    /// Whether a line was found that only such a page has.
    pub(crate) names_page: bool,
    pub(crate) day: Option<DayLine>,
    /// The day before or after, by a link of the header; tells the year.
    pub(crate) linked_day: Option<Date>,
    promotion: bool,
    button: bool,
}

/// A line that is a day and nothing else; pages write it without the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DayLine {
    year: Option<i16>,
    month: u8,
    day: u8,
}

impl PageHeader {
    /// Reads a line that may belong to the header. None when it does; otherwise the line, which ends the header. A button's text joined
    /// to a line is removed where it can stand: after the promotion line, when it had no line of its own.
    pub(crate) fn take<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        let day = if self.day.is_none() { day_line(line) } else { None };
        if is_promotion(line) {
            self.promotion = true;
        } else if line == BUTTON {
            self.button = true;
        } else if day.is_some() {
            self.day = day;
        } else if line != "new" && !is_byline(line) {
            let glued = line.strip_prefix(BUTTON).filter(|_| self.promotion && !self.button);
            // A title may begin with a longer word: Subscribed, Subscribers.
            let word = |rest: &&str| ["d", "r", "rs"].contains(&rest.split(' ').next().unwrap_or_default());
            return Some(glued.filter(|rest| !word(rest)).map_or(line, str::trim));
        }
        self.seen = true;
        None
    }
}

/// A line that only such a page has.
pub(crate) fn names_the_page(line: &str) -> bool {
    is_promotion(line) || is_byline(line)
}

/// A line that begins a page, when it stands below the papers of another.
pub(crate) fn begins_a_page(line: &str) -> bool {
    is_promotion(line) || line == PAGE_TITLE
}

/// A line of the header, and not of the menus, of a page that has a line of its own.
pub(crate) fn is_of_header(line: &str) -> bool {
    names_the_page(line) || line == PAGE_TITLE || ["Daily Papers", "Daily", "Weekly", "Monthly"].contains(&line)
}

/// An entry of the menus above and below the papers.
pub(crate) fn is_menu_entry(line: &str) -> bool {
    const ENTRIES: [&str; 33] = [
        "new",
        "Hugging Face",
        "Models",
        "Datasets",
        "Spaces",
        "Buckets",
        "Community",
        "Docs",
        "Enterprise",
        "Pricing",
        "Website",
        "Tasks",
        "HuggingChat",
        "Collections",
        "Languages",
        "Organizations",
        "Blog",
        "Posts",
        "Papers",
        "Learn",
        "Log In",
        "Sign Up",
        "Daily Papers",
        "Previous",
        "Next",
        "Company",
        "TOS",
        "Privacy",
        "About",
        "Careers",
        "System theme",
        "Back to top",
        "Subscribe",
    ];
    ENTRIES.contains(&line) || line == PAGE_TITLE || (line.starts_with('©') && line.ends_with("Hugging Face"))
}

/// A number of a page, or the dots between some, at the bottom of a list.
pub(crate) fn is_page_number(line: &str) -> bool {
    matches!(line, "..." | "…") || (line.len() <= 4 && line.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_promotion(line: &str) -> bool {
    line.to_lowercase().strip_prefix(PROMOTION).is_some_and(|rest| rest.len() <= PROMOTION_END)
}

fn is_byline(line: &str) -> bool {
    let rest = line.strip_prefix("by").map(str::trim_start);
    line == COMMUNITY || rest.is_some_and(|rest| rest.strip_prefix("AK").map(str::trim_start) == Some(COMMUNITY))
}

/// Reads `Mar 12`, `March 12, 2025`, `12 March 2025`, `2025-03-12`, `12 mars 2025` and `2025年3月12日`.
pub(crate) fn day_line(line: &str) -> Option<DayLine> {
    if let Ok(date) = line.parse::<PartialDate>() {
        return Some(DayLine { year: Some(date.year()), month: date.month()?, day: date.day()? });
    }
    if line.contains(['月', '월']) {
        return east_asian_day(line);
    }
    // `7 de octubre de 2024`, `le 7 octobre`
    let is_article = |word: &str| matches!(word, "de" | "den" | "le" | "del" | "di" | "г.");
    let mut words = line.split([' ', ',']).filter(|word| !word.is_empty() && !is_article(word));
    let (first, second, year, end) = (words.next()?, words.next()?, words.next(), words.next());
    let month_of = |word: &str| month_named(word).or_else(|| foreign_months::month(word));
    let (month, day) = match month_of(first) {
        Some(month) => (month, second),
        None => (month_of(second)?, first),
    };
    let year = match year {
        Some(year) if year.len() == 4 => Some(year.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    // `7.` in German, `1er` in French
    let day: u8 = day.trim_end_matches(['.', 'º']).trim_end_matches("er").parse().ok()?;
    // 2000 has a 29 February, as a day without a year may.
    PartialDate::new(year.unwrap_or(2000), Some(month), Some(day))?;
    end.is_none().then_some(DayLine { year, month, day })
}

/// `2025年3月12日`, `3月12日（水）`, `3월 12일`: a weekday may follow.
fn east_asian_day(line: &str) -> Option<DayLine> {
    let (year, rest) = match line.split_once(['年', '년']) {
        Some((year, rest)) => (Some(year.trim().parse().ok()?), rest),
        None => (None, line),
    };
    let (month, rest) = rest.split_once(['月', '월'])?;
    let (day, weekday) = rest.split_once(['日', '일'])?;
    let (month, day) = (month.trim().parse().ok()?, day.trim().parse().ok()?);
    PartialDate::new(year.unwrap_or(2000), Some(month), Some(day))?;
    let weekday = weekday.trim();
    let is_weekday = weekday.chars().count() <= 5 && weekday.starts_with(['（', '(', '星', '周', '週']);
    (weekday.is_empty() || is_weekday).then_some(DayLine { year, month, day })
}

impl DayLine {
    /// The day that is nearest to another one, when the line has no year.
    pub(crate) fn nearest(self, other: Date) -> Option<PartialDate> {
        let Self { year, month, day } = self;
        let years = year.map_or(other.year() - 1..=other.year() + 1, |year| year..=year);
        let days = years.filter_map(|year| PartialDate::new(year, Some(month), Some(day)));
        days.min_by_key(|found| found.first_day().since(other).map_or(i32::MAX, |span| span.get_days().abs()))
    }

    /// The day, in the latest year that does not put it after the file's own date when the line has no year.
    pub(crate) fn resolve(self, modified: Date) -> Option<PartialDate> {
        let Self { year, month, day } = self;
        if year.is_some() {
            return PartialDate::new(year?, Some(month), Some(day));
        }
        // 29 February recurs within eight years.
        (0..=8)
            .filter_map(|back| PartialDate::new(modified.year().checked_sub(back)?, Some(month), Some(day)))
            .find(|date| date.first_day() <= modified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_a_year_is_the_latest_not_after_the_file() {
        let day = |line: &str, modified: &str| {
            day_line(line).and_then(|day| day.resolve(modified.parse().unwrap())).map(|day| day.to_string())
        };
        for (line, modified, expected) in [
            ("Mar 12", "2025-03-12", "2025-03-12"),
            ("Mar 12", "2025-03-11", "2024-03-12"),
            ("Feb 29", "2025-03-11", "2024-02-29"),
            ("Sept. 3", "2025-03-11", "2024-09-03"),
            ("March 12, 2031", "2025-03-11", "2031-03-12"),
            ("12 Mar 2023", "2025-03-11", "2023-03-12"),
            ("2023-03-12", "2025-03-11", "2023-03-12"),
            ("2023年3月12日 星期日", "2025-03-11", "2023-03-12"),
            ("3月1日（土）", "2025-03-11", "2025-03-01"),
            ("3월 1일", "2025-03-11", "2025-03-01"),
            ("12 mars", "2025-03-12", "2025-03-12"),
            ("26 avr. 2021", "2025-03-12", "2021-04-26"),
            ("1er juil. 2024", "2025-03-12", "2024-07-01"),
            ("7. Okt. 2024", "2025-03-12", "2024-10-07"),
            ("25. März", "2025-04-12", "2025-03-25"),
            ("23 de octubre de 2025", "2025-11-12", "2025-10-23"),
            ("30 aprile 2024", "2025-03-12", "2024-04-30"),
            ("7 окт. 2024 г.", "2025-03-12", "2024-10-07"),
        ] {
            assert_eq!(day(line, modified).as_deref(), Some(expected), "{line}");
        }
        let nearest =
            |line: &str, other: &str| day_line(line).unwrap().nearest(other.parse().unwrap()).unwrap().to_string();
        assert_eq!(nearest("Mar 25", "2026-03-24"), "2026-03-25");
        assert_eq!(nearest("Jan 1", "2025-12-31"), "2026-01-01");
        assert_eq!(nearest("Dec 31", "2026-01-01"), "2025-12-31");
        for line in [
            "Mar",
            "Mar 32",
            "Ma 12",
            "Mar 12 25",
            "March 12, 2025 and on",
            "2025-03",
            "Marching 12",
            "12",
            "3月",
            "3月32日",
            "3月1日の凧",
        ] {
            assert_eq!(day_line(line), None, "{line}");
        }
    }

    #[test]
    fn the_button_is_cut_only_where_it_was_glued() {
        let rest = |lines: &[&str]| {
            let mut header = PageHeader::default();
            lines.iter().find_map(|line| header.take(line)).map(str::to_owned)
        };
        let promotion = "Get trending papers in your email inbox once a day!";
        assert_eq!(rest(&[promotion, "SubscribevKites: Fast"]).as_deref(), Some("vKites: Fast"));
        assert_eq!(rest(&[promotion, "Subscribed Kites"]).as_deref(), Some("Subscribed Kites"));
        assert_eq!(rest(&[promotion, "Subscribe", "SubscribeNet"]).as_deref(), Some("SubscribeNet"));
        assert_eq!(rest(&["SubscribeNet"]).as_deref(), Some("SubscribeNet"));
        assert_eq!(rest(&["new", "by AK and the research community", "Mar 12", "Apr 1"]).as_deref(), Some("Apr 1"));
    }
}
