//! Statistics as lines with bars. Pure.

use super::flow::{Line, Piece, Role};
use super::theme::Glyphs;
use crate::library::Statistics;

/// Weeks shown at the most; older ones are in `tsundoku stats`.
const WEEKS: usize = 26;
/// Longest bar, in columns.
const BAR: usize = 40;

pub(super) fn lines(statistics: &Statistics, glyphs: &Glyphs) -> Vec<Line> {
    let row = |label: String, count: usize, bar: String| {
        Line::of(vec![
            Piece::new(format!("{label:<12}"), Role::Dim),
            Piece::new(format!("{count:>9}  "), Role::Text),
            Piece::new(bar, Role::Tag),
        ])
    };
    let heading = |text: &str| Line::of(vec![Piece::new(text, Role::Heading)]);
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
    lines.push(Line::default());
    lines.push(heading("Read, week by week"));
    if statistics.read_by_week.is_empty() {
        lines.push(Line::of(vec![Piece::new("Nothing is marked read yet: r on a paper does it.", Role::Dim)]));
    }
    let most = statistics.read_by_week.iter().map(|(_, count)| *count).max().unwrap_or(0);
    for (monday, count) in statistics.read_by_week.iter().rev().take(WEEKS) {
        lines.push(row(monday.strftime("%-d %b %Y").to_string(), *count, glyphs.bar(*count, most, BAR)));
    }
    lines.push(Line::default());
    lines.push(row("today".to_owned(), statistics.read_today, String::new()));
    lines.push(row("days in row".to_owned(), statistics.streak, String::new()));
    lines
}
