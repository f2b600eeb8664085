//! What was read over time: counts, and a bar a week.

use serde::Serialize;

use super::arguments::StatsArguments;
use super::palette::Role;
use super::wording::{grouped, many};
use super::{Outcome, Session, write_json_line};
use crate::error::Result;
use crate::library::Statistics;

/// Columns of the longest bar where the width is not known.
const BAR: usize = 40;
/// Columns beside a bar: the week, the count and the gaps between them.
const BESIDE_BAR: usize = 20;

pub(super) fn run(arguments: &StatsArguments, session: &mut Session<'_>) -> Result<Outcome> {
    let statistics = session.library()?.statistics()?;
    if arguments.json {
        write_json_line(&StatisticsJson::new(&statistics), &mut session.out)?;
    } else {
        write_words(&statistics, arguments.weeks, session)?;
    }
    Ok(Outcome::Done)
}

fn write_words(statistics: &Statistics, weeks: usize, session: &mut Session<'_>) -> Result<()> {
    let palette = session.palette();
    writeln!(session.out, "{}", palette.paint(Role::Title, many(statistics.papers, "paper")))?;
    let status = statistics.by_status.iter().map(|(status, count)| (status.name(), *count));
    let marks = [("starred", statistics.starred), ("tagged", statistics.tagged), ("noted", statistics.noted)];
    for (name, count) in status.chain(marks) {
        writeln!(session.out, "  {name:<8} {:>9}", grouped(count))?;
    }
    let first = statistics.read_by_week.len().saturating_sub(weeks);
    let shown = statistics.read_by_week.get(first..).unwrap_or_default();
    if shown.is_empty() {
        session.say("nothing is read yet; `tsundoku mark ID --status read` says that a paper is");
        return Ok(());
    }
    let today = grouped(statistics.read_today);
    writeln!(session.out, "\n{today} read today, {} in a row with something read", many(statistics.streak, "day"))?;
    writeln!(session.out, "\n{}", palette.paint(Role::Title, "read by week"))?;
    let room = session.ends.columns.map_or(BAR, |columns| usize::from(columns).saturating_sub(BESIDE_BAR).clamp(8, 60));
    let most = shown.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    for (monday, count) in shown {
        let bar = bar(*count, most, room, session.ends.unicode);
        writeln!(session.out, "  {monday}  {} {}", palette.paint(Role::Accent, bar), grouped(*count))?;
    }
    Ok(())
}

/// A bar of at most `room` columns; whatever is not nothing can be seen.
fn bar(count: usize, most: usize, room: usize, unicode: bool) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (count * room * 8 / most.max(1)).max(usize::from(count > 0));
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
    read_today: usize,
    streak: usize,
    read_by_week: Vec<WeekJson>,
}

#[derive(Serialize)]
struct WeekJson {
    /// Its Monday.
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
    fn a_bar_keeps_to_its_room_and_never_hides_something() {
        assert_eq!(bar(10, 10, 4, true), "████");
        assert_eq!(bar(5, 10, 3, true), "█▌");
        assert_eq!(bar(1, 1_000, 4, true), "▏");
        assert_eq!(bar(1, 1_000, 4, false), "#");
        assert_eq!(bar(0, 0, 4, true), "");
    }
}
