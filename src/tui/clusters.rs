//! Letters of several characters (grapheme clusters) that take more than one column: emoji with a variation selector or a skin tone, joined
//! emoji, flags. Terminals disagree about their columns: some draw the whole as one letter, others each character by itself. What is left
//! on the screen must not depend on that. So the columns of a cluster are blanked before it is written, what follows it is written to a
//! column of its own, and a row that has or had a cluster is written as a whole when it changes.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::layout::{Position, Size};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The largest screen that is drawn, more than any display shows: 8K with letters of five by eight pixels. A terminal may report 65,535 columns
/// and as many rows, of which a frame would take gigabytes.
const LARGEST: Size = Size { width: 1536, height: 540 };

/// The part of a terminal of this size that is drawn.
pub(super) fn drawn(size: Size) -> Size {
    Size { width: size.width.min(LARGEST.width), height: size.height.min(LARGEST.height) }
}

/// Whether terminals may draw it in another number of columns than is reckoned with, or in several letters.
fn is_uncertain(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    if symbol.len() < 4 || chars.next().is_none() || chars.next().is_none() {
        return false;
    }
    let columns = symbol.width();
    columns > 1 || columns != symbol.chars().filter_map(UnicodeWidthChar::width).sum::<usize>()
}

/// The rows of the last frame that had clusters.
#[derive(Debug, Default)]
pub(super) struct ClusterRows {
    rows: Vec<Option<Vec<Cell>>>,
}

impl ClusterRows {
    /// Makes the rows of a frame that have or had clusters be written as a whole where they changed.
    pub(super) fn mark(&mut self, frame: &mut Buffer) {
        let columns = usize::from(frame.area.width).max(1);
        self.rows.resize(usize::from(frame.area.height), None);
        for (row, before) in frame.content.chunks_mut(columns).zip(&mut self.rows) {
            let has_cluster = row.iter().any(|cell| is_uncertain(cell.symbol()));
            let now = has_cluster.then(|| row.to_vec());
            if now != *before {
                *before = now;
                for cell in row {
                    cell.set_diff_option(CellDiffOption::AlwaysUpdate);
                }
            }
        }
    }
}

/// Writes the cells that changed to a terminal.
#[derive(Debug)]
pub(super) struct ClusterBackend<W: Write> {
    inner: CrosstermBackend<W>,
}

impl<W: Write> ClusterBackend<W> {
    pub(super) fn new(writer: W) -> Self {
        Self { inner: CrosstermBackend::new(writer) }
    }
}

impl<W: Write> Write for ClusterBackend<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for ClusterBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        // Blanks that are to be written onto the later columns of a cluster would erase it where it takes them.
        let mut covered = (0, 0..0);
        let mut content = content.filter(|(x, y, cell)| {
            if covered.0 == *y && covered.1.contains(x) {
                return false;
            }
            if is_uncertain(cell.symbol()) {
                covered = (*y, *x + 1..x.saturating_add(columns(cell)));
            }
            true
        });
        loop {
            let mut cluster = None;
            // Every call begins by moving the cursor.
            self.inner.draw(content.by_ref().take_while(|item| {
                cluster = is_uncertain(item.2.symbol()).then_some(*item);
                cluster.is_none()
            }))?;
            let Some((x, y, cell)) = cluster else { return Ok(()) };
            let mut blank = Cell::EMPTY;
            blank.set_style(cell.style());
            let blanks = (x + 1..x.saturating_add(columns(cell))).map(|x| (x, y, &blank));
            self.inner.draw(blanks.chain([(x, y, cell)]))?;
        }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size().map(drawn)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

fn columns(cell: &Cell) -> u16 {
    u16::try_from(cell.symbol().width()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::num::NonZeroU16;
    use std::rc::Rc;

    use ratatui::layout::Rect;
    use ratatui::{Terminal, TerminalOptions, Viewport};

    use super::*;

    const AREA: Rect = Rect::new(0, 0, 24, 3);

    const FRAMES: [[&str; 3]; 5] = [
        ["plain letters, all of it", "flags 🇯🇵🇫🇷 and 👍🏽 skin", "👩‍👩‍👧‍👦 family 🤦🏻‍♂️"],
        ["❤️ hearts ❤️ VS16 ❤️ end", "hearts ❤️  ❤️ VS16 ❤️ end", "  ☎️ phone ⚠️ warn ✔️   "],
        ["plain letters, all of it", "", "some more plain letters"],
        ["❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️", "字字 ❤️ क्षत्रिय 字", ""],
        ["🇯🇵🇫🇷🇯🇵🇫🇷🇯🇵🇫🇷🇯🇵🇫🇷🇯🇵🇫🇷🇯🇵🇫🇷", "👍🏽 a 👍🏽 b 👍🏽", "❤️ hearts ❤️ VS16 ❤️ end"],
    ];

    /// Bytes that stay readable while the terminal has them.
    #[derive(Clone, Debug, Default)]
    struct Written(Rc<RefCell<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn draw(terminal: &mut Terminal<ClusterBackend<Written>>, rows: &mut ClusterRows, frame: [&str; 3]) {
        let drawn = terminal.draw(|screen| {
            let mut next = Buffer::with_lines(frame);
            next.resize(AREA);
            screen.buffer_mut().merge(&next);
            rows.mark(screen.buffer_mut());
        });
        drawn.unwrap();
    }

    fn terminal() -> (Terminal<ClusterBackend<Written>>, Written) {
        let written = Written::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(AREA) };
        (Terminal::with_options(ClusterBackend::new(written.clone()), options).unwrap(), written)
    }

    /// What a terminal shows that draws each character by itself, as `tmux` does.
    fn shown(written: &Written) -> Vec<String> {
        let side = |cells| NonZeroU16::new(cells).unwrap();
        let mut screen = vt100::Parser::new(side(AREA.height), side(AREA.width), 0);
        screen.process(&written.0.borrow());
        screen.screen().rows(0, AREA.width).map(|row| row.trim_end().to_owned()).collect()
    }

    /// What is written for the last of some frames.
    fn last_of(frames: &[[&str; 3]]) -> String {
        let ((mut terminal, written), mut rows) = (terminal(), ClusterRows::default());
        for frame in frames {
            written.0.borrow_mut().clear();
            draw(&mut terminal, &mut rows, *frame);
        }
        String::from_utf8(written.0.borrow().clone()).unwrap()
    }

    #[test]
    fn nothing_is_left_of_the_frame_before() {
        for before in FRAMES {
            for now in FRAMES {
                let (((mut one, all), mut rows), (mut two, fresh)) = ((terminal(), ClusterRows::default()), terminal());
                draw(&mut one, &mut rows, before);
                draw(&mut one, &mut rows, now);
                draw(&mut two, &mut ClusterRows::default(), now);
                assert_eq!(shown(&all), shown(&fresh), "{now:?} after {before:?}");
            }
        }
    }

    /// In a terminal that draws a cluster as one letter, what is written onto its second column would erase it.
    #[test]
    fn nothing_is_written_onto_the_later_columns_of_a_cluster() {
        let bytes = last_of(&FRAMES[..2]);
        let after: Vec<&str> = bytes.split("❤️").skip(1).collect();
        assert_eq!(after.len(), 6);
        assert!(after.iter().all(|rest| rest.starts_with("\u{1b}[")), "{after:?}");
    }

    #[test]
    fn a_row_that_stays_is_not_written_again() {
        let bytes = last_of(&[FRAMES[1]; 3]);
        assert!(!bytes.contains('❤'), "{bytes:?}");
    }
}
