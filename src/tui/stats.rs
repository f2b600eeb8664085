//! The statistics page as lines with bars. Pure.

use super::flow::{StyledLine, StyledSpan, TextRole, grouped};
use super::theme::Glyphs;
use crate::library::Statistics;

/// Most weeks shown; `tsundoku stats` shows older ones.
const WEEKS: usize = 26;
/// Longest bar, in columns.
const BAR: usize = 40;

/// `read_key` is the key that marks a paper as read.
pub(super) fn lines(statistics: &Statistics, glyphs: &Glyphs, read_key: &str) -> Vec<StyledLine> {
    let row = |label: String, count: usize, bar: String| {
        StyledLine::of(vec![
            StyledSpan::new(format!("{label:<14}"), TextRole::Dim),
            StyledSpan::new(format!("{count:>9}  "), TextRole::Text),
            StyledSpan::new(bar, TextRole::Tag),
        ])
    };
    let heading = |text: &str| StyledLine::of(vec![StyledSpan::new(text, TextRole::Heading)]);
    let mut lines = vec![heading("Papers")];
    lines.push(row("all".to_owned(), statistics.papers, String::new()));
    for (status, count) in &statistics.by_status {
        lines.push(row(
            format!("{} {status}", glyphs.status(*status)),
            *count,
            glyphs.bar(*count, statistics.papers, BAR),
        ));
    }
    lines.push(row(format!("{} starred", glyphs.star), statistics.starred, String::new()));
    lines.push(row("tagged".to_owned(), statistics.tagged, String::new()));
    lines.push(row("noted".to_owned(), statistics.noted, String::new()));
    if let Some(absent) = statistics.absent_line(grouped) {
        lines.push(StyledLine::of(vec![StyledSpan::new(absent, TextRole::Dim)]));
    }
    lines.push(StyledLine::default());
    lines.push(heading("Read per week"));
    if statistics.read_by_week.is_empty() {
        let hint = format!("Nothing is marked as read yet: {read_key} marks a paper.");
        lines.push(StyledLine::of(vec![StyledSpan::new(hint, TextRole::Dim)]));
    }
    let most = statistics.read_by_week.iter().map(|(_, count)| *count).max().unwrap_or(0);
    for (monday, count) in statistics.read_by_week.iter().rev().take(WEEKS) {
        lines.push(row(monday.strftime("%-d %b %Y").to_string(), *count, glyphs.bar(*count, most, BAR)));
    }
    lines.push(StyledLine::default());
    lines.push(row("today".to_owned(), statistics.read_today, String::new()));
    lines.push(row("days in a row".to_owned(), statistics.streak, String::new()));
    lines
}
