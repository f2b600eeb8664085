//! Rejected records as a page: equal reasons once, with their number and the first lines. Pure.

use super::flow::{StyledLine, StyledSpan, TextRole, counted, grouped};
use crate::library::ImportReport;

pub(super) fn lines(report: &ImportReport) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    for file in report.files.iter().filter(|file| file.rejected.count() > 0) {
        let count = counted(file.rejected.count(), "record");
        lines.push(StyledLine::of(vec![
            StyledSpan::new(file.path.to_string(), TextRole::Heading),
            StyledSpan::new(format!("  {count} rejected"), TextRole::Dim),
        ]));
        for group in file.rejected.groups() {
            lines.push(
                StyledLine::of(vec![
                    StyledSpan::new(format!("{:>9}  ", grouped(group.count)), TextRole::Text),
                    StyledSpan::new(group.reason.to_string(), TextRole::Text),
                    StyledSpan::new(format!("  {}", group.places()), TextRole::Dim),
                ])
                .hanging(1),
            );
        }
        if file.rejected.ungrouped > 0 {
            let more = format!("{:>9}  for other reasons", grouped(file.rejected.ungrouped));
            lines.push(StyledLine::of(vec![StyledSpan::new(more, TextRole::Dim)]));
        }
    }
    lines
}
