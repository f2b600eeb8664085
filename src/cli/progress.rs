//! The progress of an import on one line of the terminal, redrawn in place. Draws nothing when standard error is no terminal, or before a
//! short import is over.

use std::io::Write;
use std::time::{Duration, Instant};

use super::streams::TerminalInfo;
use super::wording::{counted, grouped};
use crate::domain::clean::clean_row;
use crate::library::import::ImportProgress;

/// How long an import runs before the line appears, and the shortest time between two drawings.
const FIRST_DRAWING: Duration = Duration::from_millis(500);
const REDRAWING: Duration = Duration::from_millis(100);
/// Columns of the bar.
const CELLS: usize = 10;
/// Columns of a path, so that the whole line fits 80 columns.
const PATH_COLUMNS: usize = 18;

/// The line and when it was last drawn.
pub(super) struct ProgressLine {
    enabled: bool,
    unicode: bool,
    started: Instant,
    drawn: Option<Instant>,
}

impl ProgressLine {
    pub(super) fn new(terminal: TerminalInfo, quiet: bool) -> Self {
        Self {
            enabled: terminal.err_is_terminal && !quiet,
            unicode: terminal.unicode,
            started: Instant::now(),
            drawn: None,
        }
    }

    /// Draws the progress of an import, when a drawing is due or all is read.
    pub(super) fn draw(&mut self, progress: &ImportProgress, err: &mut dyn Write) {
        let is_last = self.drawn.is_some() && progress.length == Some(progress.bytes) && progress.indexed.is_none();
        if is_last || self.is_due() {
            let seconds = self.started.elapsed().as_secs_f64();
            self.put(&describe(progress, seconds, if self.unicode { ("█", "░") } else { ("#", ".") }), err);
        }
    }

    /// Draws a text, when a drawing is due.
    pub(super) fn draw_text(&mut self, text: &str, err: &mut dyn Write) {
        if self.is_due() {
            self.put(text, err);
        }
    }

    /// Removes the line from the terminal.
    pub(super) fn clear(&self, err: &mut dyn Write) {
        if self.drawn.is_some() {
            drop(write!(err, "\r\x1b[K"));
        }
    }

    fn is_due(&self) -> bool {
        Instant::now() >= self.drawn.map_or(self.started + FIRST_DRAWING, |drawn| drawn + REDRAWING)
    }

    fn put(&mut self, line: &str, err: &mut dyn Write) {
        if self.enabled {
            self.drawn = Some(Instant::now());
            drop(write!(err, "\r{}\x1b[K", clean_row(line)));
            drop(err.flush());
        }
    }
}

/// The progress after so many seconds, with speed and time left where they are known; the bar is made of the two characters.
fn describe(progress: &ImportProgress, seconds: f64, (full, empty): (&str, &str)) -> String {
    let ImportProgress { path, file, files, read, bytes, length, indexed } = progress;
    let bar = |part: f64| {
        let cells = (part * CELLS as f64) as usize;
        format!("{}{} ", full.repeat(cells), empty.repeat(CELLS.saturating_sub(cells)))
    };
    if let Some((done, all)) = indexed {
        let bar = bar(*done as f64 / (*all).max(1) as f64);
        return match done < all {
            true => format!("{bar}building the index: {} of {} papers", grouped(*done), grouped(*all)),
            false => format!("{bar}writing the index of {}", counted(*all, "paper")),
        };
    }
    let of_file = length.filter(|length| *length > 0).map(|length| (*bytes as f64 / length as f64).min(1.0));
    let before = file.saturating_sub(1) as f64;
    let of_all = match (of_file, *files) {
        (None, 1) => None,
        (of_file, files) => Some((before + of_file.unwrap_or(0.0)) / files.max(1) as f64),
    };
    let mut line = of_all.map(bar).unwrap_or_default();
    if *files > 1 {
        line += &format!("{} of {} files, ", grouped(*file), grouped(*files));
    }
    line += &format!("{}: {} read", path.cut(PATH_COLUMNS), grouped(*read));
    if *files > 1 {
        return line;
    }
    match of_file {
        Some(1.0) => line += ", building the index",
        Some(part) if part > 0.0 && seconds > 1.0 => {
            let speed = grouped((*read as f64 / seconds) as usize);
            line += &format!(", {speed} a second, {} left", duration(seconds / part - seconds));
        }
        _ => {}
    }
    line
}

/// `5 s`, `2 min 10 s`.
fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_what_is_known() {
        let drawn = |bytes, length, file, files| {
            let path = "arxiv-metadata-oai-snapshot.json".into();
            describe(&ImportProgress { path, file, files, read: 40_000, bytes, length, indexed: None }, 2.0, ("#", "."))
        };
        let name = "arxiv-metadata-oa…: 40,000 read";
        assert_eq!(drawn(25, Some(200), 1, 1), format!("#......... {name}, 20,000 a second, 14 s left"));
        assert_eq!(drawn(1, Some(100), 1, 1), format!(".......... {name}, 20,000 a second, 3 min 18 s left"));
        assert_eq!(drawn(200, Some(200), 1, 1), format!("########## {name}, building the index"));
        assert_eq!(drawn(25, None, 1, 1), name);
        assert_eq!(drawn(50, Some(100), 3, 5), format!("#####..... 3 of 5 files, {name}"));
        assert_eq!(drawn(0, Some(0), 1, 1), name);
        let indexing = |done| {
            let progress = ImportProgress { indexed: Some((done, 40_000)), ..ImportProgress::default() };
            describe(&progress, 2.0, ("#", "."))
        };
        assert_eq!(indexing(12_000), "###....... building the index: 12,000 of 40,000 papers");
        assert_eq!(indexing(40_000), "########## writing the index of 40,000 papers");
    }
}
