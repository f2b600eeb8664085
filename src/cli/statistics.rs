//! Prints what was read over time: counts, and a bar for every week.

use clap::Args;
use serde::Serialize;

use super::palette::OutputRole;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::{counted, grouped};
use crate::error::Result;
use crate::library::Statistics;

/// Columns of the longest bar where the width of the terminal is not known.
const DEFAULT_BAR: usize = 40;
/// Columns beside a bar: the week, the count and the gaps between them.
const BESIDE_BAR: usize = 20;

/// Show what you read over time.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku stats --weeks 52")]
pub(super) struct StatsArguments {
    /// How many weeks to draw.
    #[arg(long, value_name = "N", default_value_t = 26)]
    weeks: usize,

    /// As one JSON object, with every week.
    #[arg(long, conflicts_with = "weeks")]
    json: bool,
}

impl RunCommand for StatsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let statistics = session.library()?.statistics()?;
        if self.json {
            write_json_line(&StatisticsJson::new(&statistics), &mut session.out)?;
        } else {
            write_text(&statistics, self.weeks, session)?;
        }
        Ok(CommandOutcome::Done)
    }
}

fn write_text(statistics: &Statistics, weeks: usize, session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    writeln!(session.out, "{}", palette.paint(OutputRole::Title, counted(statistics.papers, "paper")))?;
    let status = statistics.by_status.iter().map(|(status, count)| (status.name(), *count));
    let marks = [("starred", statistics.starred), ("tagged", statistics.tagged), ("noted", statistics.noted)];
    for (name, count) in status.chain(marks) {
        writeln!(session.out, "  {name:<8} {:>9}", grouped(count))?;
    }
    if let Some(absent) = statistics.absent_line(grouped) {
        writeln!(session.out, "  {absent}")?;
    }
    let first = statistics.read_by_week.len().saturating_sub(weeks);
    let shown = statistics.read_by_week.get(first..).unwrap_or_default();
    if shown.is_empty() {
        session.notify("no paper is marked read yet; `tsundoku mark ID --status read` marks one");
        return Ok(());
    }
    let today = grouped(statistics.read_today);
    writeln!(session.out, "\n{today} read today; streak: {}", counted(statistics.streak, "day"))?;
    writeln!(session.out, "\n{}", palette.paint(OutputRole::Title, "read by week"))?;
    let bar_columns = session
        .terminal
        .columns
        .map_or(DEFAULT_BAR, |columns| usize::from(columns).saturating_sub(BESIDE_BAR).clamp(8, 60));
    let most = shown.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    for (monday, count) in shown {
        let bar = bar(*count, most, bar_columns, session.terminal.unicode);
        writeln!(session.out, "  {monday}  {} {}", palette.paint(OutputRole::Accent, bar), grouped(*count))?;
    }
    Ok(())
}

/// A bar of at most `columns` columns; any count above 0 is visible.
fn bar(count: usize, most: usize, columns: usize, unicode: bool) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (count * columns * 8 / most.max(1)).max(usize::from(count > 0));
    if unicode {
        format!("{}{}", "█".repeat(eighths / 8), PARTS.get(eighths % 8).copied().unwrap_or_default())
    } else {
        "#".repeat(eighths.div_ceil(8))
    }
}

#[derive(Serialize)]
struct StatisticsJson {
    papers: usize,
    status: serde_json::Map<String, serde_json::Value>,
    starred: usize,
    tagged: usize,
    noted: usize,
    absent: usize,
    read_today: usize,
    streak: usize,
    read_by_week: Vec<WeekJson>,
}

#[derive(Serialize)]
struct WeekJson {
    /// The date of its Monday.
    week: String,
    read: usize,
}

impl StatisticsJson {
    fn new(statistics: &Statistics) -> Self {
        let status = statistics.by_status.iter().map(|(status, count)| (status.to_string(), (*count).into()));
        let weeks = statistics.read_by_week.iter();
        Self {
            papers: statistics.papers,
            status: status.collect(),
            starred: statistics.starred,
            tagged: statistics.tagged,
            noted: statistics.noted,
            absent: statistics.absent,
            read_today: statistics.read_today,
            streak: statistics.streak,
            read_by_week: weeks.map(|(monday, read)| WeekJson { week: monday.to_string(), read: *read }).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fits_its_columns_and_shows_every_count() {
        assert_eq!(bar(10, 10, 4, true), "████");
        assert_eq!(bar(5, 10, 3, true), "█▌");
        assert_eq!(bar(1, 1_000, 4, true), "▏");
        assert_eq!(bar(1, 1_000, 4, false), "#");
        assert_eq!(bar(0, 0, 4, true), "");
    }
}
