//! The log as a page: a row for each action, and apart from them what was seen on which day. Pure.

use super::flow::{StyledLine, StyledSpan, TextRole, grouped};
use crate::library::{ActionLog, LoggedAction};

/// Widest label that the columns after it leave room for.
const LABEL: usize = 24;

/// `keys` are those that star a paper, mark it as read and tag it.
pub(super) fn lines(log: &ActionLog, keys: &[String; 3]) -> Vec<StyledLine> {
    let mut lines: Vec<StyledLine> = rows(&log.actions).collect();
    if lines.is_empty() {
        let [star, read, tags] = keys;
        let hint = format!("Nothing yet: {star} stars a paper, {read} marks it as read, {tags} tags it.");
        lines.push(StyledLine::of(vec![StyledSpan::new(hint, TextRole::Dim)]));
    }
    if !log.seen.is_empty() {
        lines.push(StyledLine::default());
        lines.push(StyledLine::of(vec![StyledSpan::new("Seen", TextRole::Heading)]));
        lines.extend(rows(&log.seen));
    }
    lines
}

fn rows(actions: &[LoggedAction]) -> impl Iterator<Item = StyledLine> {
    let widest = actions.iter().map(|action| action.label.width()).max().unwrap_or(0).min(LABEL);
    actions.iter().map(move |action| row(action, widest))
}

fn row(action: &LoggedAction, widest: usize) -> StyledLine {
    let label = &action.label;
    let blanks = " ".repeat(widest.saturating_sub(label.width()));
    let undone = if action.undone { "  (undone)" } else { "" };
    StyledLine::of(vec![
        StyledSpan::new(format!("{}  ", action.when), TextRole::Dim),
        StyledSpan::new(format!("{label}{blanks}  "), TextRole::Heading),
        StyledSpan::new(action.subject(grouped).into_string(), TextRole::Text),
        StyledSpan::new(undone, TextRole::Dim),
    ])
    .hanging(2)
}
