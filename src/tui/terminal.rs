//! The terminal: taken, given back on every way out, and watched. The only file that changes its modes.

use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Rect, Size};

use crate::error::{Error, IoContext, Result};

/// Bytes gathered before they are written: a whole frame of a large screen.
const FRAME_BYTES: usize = 64 * 1024;
/// Longest text sent to the clipboard; terminals drop or cut longer ones.
const CLIP_BYTES: usize = 74_994;

/// True while the terminal is ours. What gives it back looks here, so that it happens once, from whichever thread comes first.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Held while bytes go to the terminal, so that a signal does not give it back in the middle of a frame, the rest of which would then be
/// written into a shell.
static WRITING: Mutex<()> = Mutex::new(());
/// How long a signal waits for the end of a frame. A terminal that takes no bytes any more must not keep it for ever.
const FRAME_END: Duration = Duration::from_millis(200);

fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

const CANNOT_TAKE: &str = "cannot take the terminal";
const CANNOT_WRITE: &str = "cannot write to the terminal";

/// The terminal while the reader has it. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Terminal {
    screen: ratatui::Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal: raw keys, the alternate screen, pasted text marked as such.
    pub(super) fn take(mouse: bool) -> Result<Self> {
        give_back_on_panic();
        enter(mouse).context(CANNOT_TAKE)?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(FRAME_BYTES, stdout()));
        let screen = ratatui::Terminal::new(backend).context(CANNOT_TAKE)?;
        Ok(Self { screen, mouse })
    }

    pub(super) fn size(&self) -> Result<Size> {
        self.screen.size().context("cannot ask the terminal for its size")
    }

    /// Draws one frame; the terminal shows it whole or not at all where it knows how.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> Result<()> {
        let _writing = writing();
        self.draw_whole(view).context(CANNOT_WRITE)
    }

    fn draw_whole(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
        self.screen.draw(view)?;
        queue!(self.screen.backend_mut(), EndSynchronizedUpdate)?;
        self.screen.backend_mut().flush()
    }

    /// Forgets what is on the screen, so that the next frame draws all of it.
    pub(super) fn redraw(&mut self) -> Result<()> {
        let _writing = writing();
        let size = self.size()?;
        self.screen.resize(Rect::new(0, 0, size.width, size.height)).context(CANNOT_WRITE)
    }

    pub(super) fn set_mouse(&mut self, on: bool) -> Result<()> {
        self.mouse = on;
        let _writing = writing();
        let backend = self.screen.backend_mut();
        let set = if on { execute!(backend, EnableMouseCapture) } else { execute!(backend, DisableMouseCapture) };
        set.context(CANNOT_WRITE)
    }

    /// Sends text to the terminal's clipboard (OSC 52). No terminal says whether it took it.
    pub(super) fn clip(&mut self, text: &str) -> Result<()> {
        if text.len() > CLIP_BYTES {
            let error = Error::usage(format!("{} bytes are more than a terminal's clipboard takes", text.len()));
            return Err(error.hint("E writes them to a file"));
        }
        let _writing = writing();
        execute!(self.screen.backend_mut(), CopyToClipboard::to_clipboard_from(text)).context(CANNOT_WRITE)
    }

    /// Gives the terminal back for as long as `outside` runs, then takes it again.
    pub(super) fn lend<T>(&mut self, outside: impl FnOnce() -> T) -> Result<T> {
        leave();
        let result = outside();
        enter(self.mouse).context(CANNOT_TAKE)?;
        self.redraw()?;
        Ok(result)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A frame that was begun and not ended would hold back what a shell writes.
        drop(execute!(self.screen.backend_mut(), EndSynchronizedUpdate));
        leave();
    }
}

/// Columns of the terminal, where there is one that says so.
pub fn columns() -> Option<u16> {
    crossterm::terminal::size().ok().map(|(columns, _)| columns).filter(|columns| *columns > 0)
}

fn enter(mouse: bool) -> io::Result<()> {
    let _writing = writing();
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    if mouse {
        execute!(stdout(), EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back as it was. May be called from any thread and any number of times; a terminal that is gone is no error.
pub(super) fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        drop(execute!(stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show));
        drop(disable_raw_mode());
    }
}

/// The same for the last time, between two frames: none is drawn after it.
pub(super) fn leave_for_good() {
    let asked = Instant::now();
    loop {
        match WRITING.try_lock() {
            Err(TryLockError::WouldBlock) if asked.elapsed() < FRAME_END => thread::sleep(Duration::from_millis(1)),
            quiet => {
                leave();
                // Whoever draws next waits until the process is over.
                return std::mem::forget(quiet);
            }
        }
    }
}

/// A panic of the thread that draws gives the terminal back before it is reported. A panic of a worker is caught and reported there; the
/// terminal stays as it is, or the reader would go on drawing into a shell.
fn give_back_on_panic() {
    let drawing = thread::current().id();
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == drawing {
            leave();
            report(info);
        }
    }));
}
