//! What is known of the days of each list, as a page. Pure.

use super::flow::{StyledLine, StyledSpan, TextRole};
use crate::library::sync::{DayState, ListStatus};

/// `sync_key` is the key that fetches what is missing.
pub(super) fn lines(statuses: &[ListStatus], sync_key: &str) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for status in statuses {
        if !lines.is_empty() {
            lines.push(StyledLine::default());
        }
        let range = match status.days.as_slice() {
            [first, .., last] => format!("  {} to {}", first.day, last.day),
            [only] => format!("  {}", only.day),
            [] => String::new(),
        };
        lines.push(StyledLine::of(vec![
            StyledSpan::new(status.name.clone(), TextRole::Heading),
            StyledSpan::new(range, TextRole::Dim),
        ]));
        lines.extend(
            status.summary().into_iter().map(|line| StyledLine::of(vec![StyledSpan::new(line, TextRole::Text)])),
        );
        lines.extend(status.lines().into_iter().map(|line| {
            let role = match line.state {
                DayState::Failed | DayState::NotAsked | DayState::Incomplete => TextRole::Text,
                DayState::Complete | DayState::Nothing | DayState::Open => TextRole::Dim,
            };
            StyledLine::of(vec![
                StyledSpan::new(format!("{}  ", line.days), TextRole::Dim),
                StyledSpan::new(line.words, role),
            ])
        }));
    }
    if lines.is_empty() {
        let hint = format!("No service has settings: {sync_key} says how to name one.");
        lines.push(StyledLine::of(vec![StyledSpan::new(hint, TextRole::Dim)]));
    }
    lines
}
