//! What the versions of a paper changed, word by word, as a page. Pure.

use super::flow::{StyledLine, StyledSpan, TextRole};
use crate::domain::word_difference::{WordRun, WordsIn};
use crate::library::VersionChange;

/// The latest version first.
pub(super) fn lines(changes: &[VersionChange]) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for VersionChange { from, to, date, title, summary } in changes {
        if !lines.is_empty() {
            lines.push(StyledLine::default());
        }
        let date = date.map(|date| format!("  {date}")).unwrap_or_default();
        lines.push(StyledLine::of(vec![
            StyledSpan::new(format!("v{from} to v{to}"), TextRole::Heading),
            StyledSpan::new(date, TextRole::Dim),
        ]));
        if title.is_none() && summary.is_none() {
            let same = "Title and abstract are the same.";
            lines.push(StyledLine::of(vec![StyledSpan::new(same, TextRole::Dim)]));
        }
        for runs in [title, summary].into_iter().flatten() {
            lines.push(StyledLine::default());
            lines.push(StyledLine::of(spans(runs)));
        }
    }
    if lines.is_empty() {
        let none = "The library has no two versions of this paper.";
        lines.push(StyledLine::of(vec![StyledSpan::new(none, TextRole::Dim)]));
    }
    lines
}

/// The signs tell the same as the colours.
fn spans(runs: &[WordRun]) -> Vec<StyledSpan> {
    let mut spans = Vec::new();
    for (place, run) in runs.iter().enumerate() {
        if place > 0 {
            spans.push(StyledSpan::new(" ", TextRole::Text));
        }
        spans.push(match run.words_in {
            WordsIn::Both => StyledSpan::new(&run.text, TextRole::Text),
            WordsIn::Old => StyledSpan::new(format!("[-{}-]", run.text), TextRole::Dim),
            WordsIn::New => StyledSpan::new(format!("{{+{}+}}", run.text), TextRole::Bright),
        });
    }
    spans
}
