//! Prints what was read over time: counts, a map of the last year, streaks, tags, sources and weeks; or draws it as a picture.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::export::is_standard_output;
use super::palette::OutputRole;
use super::session::{CommandOutcome, RunCommand, Session, write_json_line};
use super::wording::{counted, grouped, padded};
use crate::error::Result;
use crate::library::export::Overwrite;
use crate::library::{HEAT_WEEKS, HeatMap, ReadCount, Statistics, WEEKDAYS, heat_weeks_in, picture, write_picture};

/// Columns of the longest bar where the width of the terminal is not known.
const DEFAULT_BAR: usize = 40;
/// Columns beside a bar: the week, the count and the gaps between them.
const BESIDE_BAR: usize = 20;

/// Columns before a row of the map.
const BEFORE_MAP: usize = 6;
/// Most tags and sources that are listed.
const NAMES: usize = 10;

/// Show what you read over time.
///
/// A map of the last year by day, streaks, and bars by tag, source and week. A streak is a run of days, in the system's time zone, on each
/// of which a paper was marked read.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  tsundoku stats --weeks 52\n  tsundoku stats --svg reading.svg")]
pub(super) struct StatsArguments {
    /// How many weeks to draw as bars.
    #[arg(long, value_name = "N", default_value_t = 26)]
    weeks: usize,

    /// Draw the last year as a picture (SVG) into this file, `-` for standard output, with your most read tags and sources.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["weeks", "json"])]
    svg: Option<PathBuf>,

    /// Replace an existing file.
    #[arg(long, requires = "svg")]
    force: bool,

    /// As one JSON object, with every week.
    #[arg(long, conflicts_with = "weeks")]
    json: bool,
}

impl RunCommand for StatsArguments {
    fn run(&self, session: &mut Session<'_>) -> Result<CommandOutcome> {
        let library = session.library()?;
        let statistics = library.statistics()?;
        if self.svg.as_deref().is_some_and(is_standard_output) {
            session.out.write_all(picture(&statistics).as_bytes())?;
        } else if let Some(path) = &self.svg {
            let overwrite = if self.force { Overwrite::Replace } else { Overwrite::Refuse };
            write_picture(&library, &statistics, path, overwrite)?;
            session.notify(&format!("the picture is written to {}", path.display()));
        } else if self.json {
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
    if let Some(absent) = statistics.absent_line() {
        writeln!(session.out, "  {absent}")?;
    }
    let first = statistics.read_by_week.len().saturating_sub(weeks);
    let shown = statistics.read_by_week.get(first..).unwrap_or_default();
    if shown.is_empty() {
        session.notify("no paper is marked read yet; `tsundoku mark ID --status read` marks one");
        return Ok(());
    }
    let longest = match statistics.longest_streak {
        Some((last, days)) => format!("; longest: {} (until {})", counted(days, "day"), last.strftime("%-d %b %Y")),
        None => String::new(),
    };
    let today = grouped(statistics.read_today);
    writeln!(session.out, "\n{today} read today; streak: {}{longest}", counted(statistics.streak, "day"))?;
    write_map(statistics, session)?;
    let bars = Bars {
        columns: session
            .terminal
            .columns
            .map_or(DEFAULT_BAR, |columns| usize::from(columns).saturating_sub(BESIDE_BAR).clamp(8, 60)),
        unicode: session.terminal.unicode,
    };
    for (title, counts) in [("read by tag", &statistics.by_tag), ("read by source", &statistics.by_source)] {
        write_counts(title, counts, bars, session)?;
    }
    writeln!(session.out, "\n{}", palette.paint(OutputRole::Title, "read by week"))?;
    let most = shown.iter().map(|(_, count)| *count).max().unwrap_or(0);
    for (monday, count) in shown {
        let bar = bars.bar(*count, most);
        writeln!(session.out, "  {monday}  {} {}", palette.paint(OutputRole::Accent, bar), grouped(*count))?;
    }
    Ok(())
}

/// A row for each weekday, a column for each of the last weeks, as many as there is room for.
fn write_map(statistics: &Statistics, session: &mut Session<'_>) -> Result<()> {
    let (palette, unicode) = (session.palette(), session.terminal.unicode);
    let room = session.terminal.columns.map(|columns| usize::from(columns).saturating_sub(BEFORE_MAP + 1));
    let (weeks, cell) = heat_weeks_in(room.unwrap_or(HEAT_WEEKS));
    let map = statistics.heat_map(weeks);
    let Some((day, most)) = map.fullest() else { return Ok(()) };
    writeln!(session.out, "\n{}", palette.paint(OutputRole::Title, "read by day"))?;
    let before = " ".repeat(BEFORE_MAP);
    writeln!(session.out, "{before}{}", palette.paint(OutputRole::Dim, map.month_line(cell)))?;
    for (weekday, name) in WEEKDAYS.iter().enumerate() {
        let mark = |level| format!("{:<cell$}", HeatMap::mark(level, unicode));
        let marks: String = map.row(weekday).flatten().map(mark).collect();
        writeln!(
            session.out,
            "  {} {}",
            palette.paint(OutputRole::Dim, name),
            palette.paint(OutputRole::Accent, marks)
        )?;
    }
    let legend: String = (0..5).map(|level| HeatMap::mark(level, unicode)).collect();
    writeln!(session.out, "{before}less {legend} more")?;
    let ((papers, days), weeks) = (map.totals(), map.weeks.len());
    let (papers, days, weeks) = (counted(papers, "paper"), counted(days, "day"), counted(weeks, "week"));
    writeln!(session.out, "  {papers} on {days} of {weeks}, most on {}: {}", day.strftime("%-d %b %Y"), grouped(most))?;
    Ok(())
}

/// The tags or sources most read from.
fn write_counts(title: &str, counts: &[ReadCount], bars: Bars, session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    let read: Vec<&ReadCount> = counts.iter().filter(|count| count.read > 0).collect();
    let most = read.iter().map(|count| count.read).max().unwrap_or(0);
    if most > 0 {
        writeln!(session.out, "\n{}", palette.paint(OutputRole::Title, title))?;
    }
    for count in read.iter().take(NAMES) {
        let name = padded(&count.name.cut(10), 10);
        let bar = bars.bar(count.read, most);
        writeln!(session.out, "  {name}  {} {}", palette.paint(OutputRole::Accent, bar), grouped(count.read))?;
    }
    if let Some(more) = read.len().checked_sub(NAMES).filter(|more| *more > 0) {
        writeln!(session.out, "  and {} more; --json has them all", grouped(more))?;
    }
    Ok(())
}

/// How bars are drawn.
#[derive(Clone, Copy)]
struct Bars {
    /// Of the longest.
    columns: usize,
    unicode: bool,
}

impl Bars {
    fn bar(self, count: usize, most: usize) -> String {
        bar(count, most, self.columns, self.unicode)
    }
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
    longest_streak: usize,
    read_by_week: Vec<WeekJson>,
    /// Days on which a paper was marked read.
    read_by_day: Vec<DayJson>,
    read_by_tag: Vec<ReadJson>,
    read_by_source: Vec<ReadJson>,
}

#[derive(Serialize)]
struct DayJson {
    day: String,
    read: usize,
}

#[derive(Serialize)]
struct ReadJson {
    name: String,
    read: usize,
    starred: usize,
}

impl ReadJson {
    fn list(counts: &[ReadCount]) -> Vec<Self> {
        let of = |ReadCount { name, read, starred }: &ReadCount| (name.to_string(), *read, *starred);
        counts.iter().map(of).map(|(name, read, starred)| Self { name, read, starred }).collect()
    }
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
            longest_streak: statistics.longest_streak.map_or(0, |(_, days)| days),
            read_by_week: weeks.map(|(monday, read)| WeekJson { week: monday.to_string(), read: *read }).collect(),
            read_by_day: statistics
                .read_by_day
                .iter()
                .map(|(day, read)| DayJson { day: day.to_string(), read: *read })
                .collect(),
            read_by_tag: ReadJson::list(&statistics.by_tag),
            read_by_source: ReadJson::list(&statistics.by_source),
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
