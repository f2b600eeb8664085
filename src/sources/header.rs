//! The lines of a copied papers page that are no papers: its header with the day, and what stands beside a paper (votes, counts of
//! authors, the submitter). A line is classified here; `page` decides what becomes of it.

use jiff::civil::Date;

use crate::domain::date::PartialDate;

pub(crate) const MONTHS: [&str; 12] = [
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
const PROMOTION: &str = "get trending papers in your email inbox";
const BUTTON: &str = "Subscribe";

/// What was read of the header so far.
#[derive(Default)]
pub(crate) struct PageHeader {
    /// Whether any line of it was found.
    pub(crate) seen: bool,
    pub(crate) day: Option<DayLine>,
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

fn is_promotion(line: &str) -> bool {
    let line = line.to_lowercase();
    let rest = line.strip_prefix(PROMOTION).map(|rest| rest.strip_prefix(" once a day").unwrap_or(rest));
    rest.is_some_and(|rest| rest.chars().all(|c| c == '!'))
}

fn is_byline(line: &str) -> bool {
    let rest = line.strip_prefix("by").map(str::trim_start);
    rest.is_some_and(|rest| rest == "AK and the research community")
}

/// Reads `Mar 12`, `March 12, 2025`, `12 March 2025` and `2025-03-12`.
fn day_line(line: &str) -> Option<DayLine> {
    if let Ok(date) = line.parse::<PartialDate>() {
        return Some(DayLine { year: Some(date.year()), month: date.month()?, day: date.day()? });
    }
    let mut words = line.split([' ', ',']).filter(|word| !word.is_empty());
    let (first, second, year, end) = (words.next()?, words.next()?, words.next(), words.next());
    let (month, day) = match month(first) {
        Some(month) => (month, second),
        None => (month(second)?, first),
    };
    let year = match year {
        Some(year) if year.len() == 4 => Some(year.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    let day: u8 = day.parse().ok()?;
    // 2000 has a 29 February, as a day without a year may.
    PartialDate::new(year.unwrap_or(2000), Some(month), Some(day))?;
    end.is_none().then_some(DayLine { year, month, day })
}

fn month(word: &str) -> Option<u8> {
    let word = word.strip_suffix('.').unwrap_or(word);
    let begins = |name: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let place = MONTHS.iter().position(|name| word.len() >= 3 && begins(name))?;
    u8::try_from(place + 1).ok()
}

impl DayLine {
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

/// A line beside a paper that is no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Margin {
    /// A number alone or with the word for votes.
    Number(u32),
    /// A line after which a number does not count votes.
    Counter,
    /// `Submitted by` without the name, which follows.
    Submitter,
    Other,
}

/// The kind of a line beside a paper; None for every other line.
pub(crate) fn margin(line: &str) -> Option<Margin> {
    let line = line.trim_start_matches(['·', '•', '▲', ' ']);
    if line.len() > 100 {
        return None;
    }
    let lower = line.to_lowercase();
    let votes = ["upvotes", "upvote"]
        .into_iter()
        .find_map(|word| lower.strip_prefix(word).or_else(|| lower.strip_suffix(word)).map(str::trim));
    let authors = lower.strip_suffix("authors").or_else(|| lower.strip_suffix("author"));
    match lower.as_str() {
        "" | "-" => Some(Margin::Other),
        "github" | "arxiv page" => Some(Margin::Counter),
        "submitted by" => Some(Margin::Submitter),
        _ if lower.starts_with("submitted by ") => Some(Margin::Other),
        _ if votes == Some("") => Some(Margin::Other),
        _ if authors.is_some_and(|count| number(count.trim()).is_some()) => Some(Margin::Counter),
        _ => number(votes.unwrap_or(&lower)).map(Margin::Number),
    }
}

/// Reads `12`, `1,204` and `1.2k`.
fn number(text: &str) -> Option<u32> {
    let digits = text.replace(',', "");
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let Some(thousands) = digits.strip_suffix('k') else { return digits.parse().ok() };
    let (whole, tenth) = thousands.split_once('.').unwrap_or((thousands, "0"));
    let tenth = tenth.parse::<u32>().ok().filter(|tenth| *tenth < 10)?;
    whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(tenth * 100)
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
        ] {
            assert_eq!(day(line, modified).as_deref(), Some(expected), "{line}");
        }
        for line in ["Mar", "Mar 32", "Ma 12", "Mar 12 25", "March 12, 2025 and on", "2025-03", "Marching 12", "12"] {
            assert_eq!(day_line(line), None, "{line}");
        }
    }

    #[test]
    fn margins_are_told_from_titles() {
        for (line, expected) in [
            ("12", Margin::Number(12)),
            ("1,204", Margin::Number(1204)),
            ("1.2k", Margin::Number(1200)),
            ("Upvote 7", Margin::Number(7)),
            ("7 upvotes", Margin::Number(7)),
            ("Upvote", Margin::Other),
            ("·12 authors", Margin::Counter),
            ("· 1 author", Margin::Counter),
            ("·", Margin::Other),
            ("Submitted by", Margin::Submitter),
            ("Submitted by someone", Margin::Other),
        ] {
            assert_eq!(margin(line), Some(expected), "{line}");
        }
        for line in
            ["3D Kites", "Authors", "On authors", "2.5 Years of Kites", "Upvotes in Social Networks", "99999999999"]
        {
            assert_eq!(margin(line), None, "{line}");
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
