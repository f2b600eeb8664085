//! The statistics page as lines: counts, a map of the last year, streaks, tags, sources and weeks. Pure.

use super::flow::{StyledLine, StyledSpan, TextRole, columns, counted, cut, grouped};
use super::theme::Glyphs;
use crate::library::{HEAT_WEEKS, HeatMap, ReadCount, Statistics, WEEKDAYS, heat_weeks_in};

/// Most weeks shown as bars; `tsundoku stats` shows older ones.
const WEEKS: usize = 26;
/// Most tags and sources shown.
const NAMES: usize = 10;
/// Longest bar, in columns.
const BAR: usize = 40;
/// Columns before a bar or a row of the map.
const LABEL: usize = 14;
const BEFORE_BAR: usize = LABEL + 11;
const BEFORE_MAP: usize = 4;

/// What a page is laid out with.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatisticsLayout<'a> {
    pub(super) glyphs: &'a Glyphs,
    /// Columns of the page.
    pub(super) width: usize,
    /// The key that marks a paper as read.
    pub(super) read_key: &'a str,
}

pub(super) fn lines(statistics: &Statistics, layout: &StatisticsLayout<'_>) -> Vec<StyledLine> {
    let glyphs = layout.glyphs;
    let longest_bar = BAR.min(layout.width.saturating_sub(BEFORE_BAR)).max(1);
    let row = |label: String, count: usize, whole: usize| {
        let label = cut(&label, LABEL - 1, glyphs.ellipsis);
        let blanks = " ".repeat(LABEL.saturating_sub(usize::from(columns(&label))));
        StyledLine::of(vec![
            StyledSpan::new(label + &blanks, TextRole::Dim),
            StyledSpan::new(format!("{:>9}  ", grouped(count)), TextRole::Text),
            StyledSpan::new(
                if whole > 0 { glyphs.bar(count, whole, longest_bar) } else { String::new() },
                TextRole::Tag,
            ),
        ])
    };
    let heading = |text: &str| [StyledLine::default(), styled(text, TextRole::Heading)];
    let mut lines = vec![styled("Papers", TextRole::Heading)];
    lines.push(row("all".to_owned(), statistics.papers, 0));
    for (status, count) in &statistics.by_status {
        let label = format!("{} {status}", glyphs.status(*status));
        lines.push(row(label.trim_start().to_owned(), *count, statistics.papers));
    }
    lines.push(row(format!("{} starred", glyphs.star).trim_start().to_owned(), statistics.starred, 0));
    lines.push(row("tagged".to_owned(), statistics.tagged, 0));
    lines.push(row("noted".to_owned(), statistics.noted, 0));
    lines.extend(statistics.absent_line().map(|absent| styled(absent, TextRole::Dim)));

    if statistics.read_by_week.is_empty() {
        lines.extend(heading("Read"));
        let hint = format!("Nothing is marked as read yet: {} marks a paper.", layout.read_key);
        lines.push(styled(hint, TextRole::Dim));
        return lines;
    }
    let (weeks, cell) = match glyphs.has_unicode() {
        Some(_) => heat_weeks_in(layout.width.saturating_sub(BEFORE_MAP)),
        None => (HEAT_WEEKS, 1),
    };
    let map = statistics.heat_map(weeks);
    lines.extend(heading("Read by day"));
    if let Some(unicode) = glyphs.has_unicode() {
        lines.extend(map_lines(&map, cell, unicode));
    }
    lines.extend(map_words(&map).map(|words| styled(words, TextRole::Dim)));
    lines.push(row("today".to_owned(), statistics.read_today, 0));
    lines.push(row("days in a row".to_owned(), statistics.streak, 0));
    if let Some((last, longest)) = statistics.longest_streak {
        let mut line = row("most in a row".to_owned(), longest, 0);
        line.spans.push(StyledSpan::new(last.strftime("until %-d %b %Y").to_string(), TextRole::Dim));
        lines.push(line);
    }
    for (name, counts) in [("Read by tag", &statistics.by_tag), ("Read by source", &statistics.by_source)] {
        let read = counts.iter().filter(|count| count.read > 0);
        let most = read.clone().map(|count| count.read).max().unwrap_or(0);
        if most > 0 {
            lines.extend(heading(name));
        }
        let more = read.clone().count().saturating_sub(NAMES);
        let name = |count: &ReadCount| count.name.to_string();
        lines.extend(read.take(NAMES).map(|count| row(name(count), count.read, most)));
        if more > 0 {
            lines.push(styled(format!("and {} more", grouped(more)), TextRole::Dim));
        }
    }
    lines.extend(heading("Read by week"));
    let most = statistics.read_by_week.iter().map(|(_, count)| *count).max().unwrap_or(0);
    for (monday, count) in statistics.read_by_week.iter().rev().take(WEEKS) {
        lines.push(row(monday.strftime("%-d %b %Y").to_string(), *count, most));
    }
    lines
}

fn styled(text: impl Into<String>, role: TextRole) -> StyledLine {
    StyledLine::of(vec![StyledSpan::new(text, role)])
}

/// Months, a row for each weekday, and what the marks mean.
fn map_lines(map: &HeatMap, cell: usize, unicode: bool) -> Vec<StyledLine> {
    let before = " ".repeat(BEFORE_MAP);
    let mut lines = vec![styled(format!("{before}{}", map.month_line(cell)), TextRole::Dim)];
    for (weekday, name) in WEEKDAYS.iter().enumerate() {
        let mut spans = vec![StyledSpan::new(format!("{name:<BEFORE_MAP$}"), TextRole::Dim)];
        for level in map.row(weekday).flatten() {
            let role = if level == 0 { TextRole::Dim } else { TextRole::Tag };
            let mark = format!("{:<cell$}", HeatMap::mark(level, unicode));
            match spans.last_mut().filter(|last| last.role == role) {
                Some(last) => last.text.push_str(&mark),
                None => spans.push(StyledSpan::new(mark, role)),
            }
        }
        lines.push(StyledLine::of(spans));
    }
    let marks: Vec<&str> = (0..5).map(|level| HeatMap::mark(level, unicode)).collect();
    lines.push(styled(format!("{before}less {} more", marks.join("")), TextRole::Dim));
    lines
}

/// The same in words.
fn map_words(map: &HeatMap) -> Option<String> {
    let (papers, days) = map.totals();
    let weeks = counted(map.weeks.len(), "week");
    let (day, most) = map.fullest()?;
    let (papers, days, most) = (counted(papers, "paper"), counted(days, "day"), grouped(most));
    Some(format!("{papers} on {days} of {weeks}, most on {}: {most}", day.strftime("%-d %b %Y")))
}
