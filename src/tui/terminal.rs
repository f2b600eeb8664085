//! The terminal: set up for the reader, and restored on every way out. The only file that changes its modes.

use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::panic;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::Hide;
use crossterm::event::{DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen};
use crossterm::{execute, queue};
use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::stdio;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::clusters::{ClusterBackend, ClusterRows};
use crate::error::{Error, IoContext, Result};

/// Bytes gathered before they are written: a whole frame of a large screen.
const FRAME_BYTES: usize = 64 * 1024;
/// Longest text sent to the clipboard; terminals drop or cut longer ones.
const CLIP_BYTES: usize = 74_994;

/// Who has the terminal, so that it is restored once, by whichever thread comes first, and another waits for the end of that.
static HOLDER: AtomicU8 = AtomicU8::new(OTHERS);

/// The shell, or a program to which the terminal is lent.
const OTHERS: u8 = 0;
const READER: u8 = 1;
/// A thread that is restoring it.
const RESTORER: u8 = 2;

/// What the reader does with the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum TerminalManner {
    /// Draws on the whole screen.
    Screen,
    /// Reads keys one by one and writes lines.
    Keys,
    /// Reads and writes lines, and changes nothing.
    Lines,
}

/// The manner in which the reader has the terminal.
static MANNER: AtomicU8 = AtomicU8::new(TerminalManner::Screen as u8);

fn is_in(manner: TerminalManner) -> bool {
    MANNER.load(Ordering::SeqCst) == manner as u8
}

/// The modes of the terminal before the reader first changed them.
static MODES: OnceLock<Termios> = OnceLock::new();

/// Undoes everything that `set_up` does to the screen, and ends a frame: one that was not ended would hold back the shell's output.
const RESET: &[u8] =
    b"\x1b[?2026l\x1b[?1006l\x1b[?1015l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?1049l\x1b[?25h";

/// The same where only lines were written.
const RESET_KEYS: &[u8] = b"\x1b[?2004l";

/// Held while bytes go to the terminal, so that a signal does not restore it in the middle of a frame, the rest of which would then be
/// written into the shell.
static WRITING: Mutex<()> = Mutex::new(());
/// How long a signal waits for the end of a frame. A terminal that no longer takes bytes must not block it for ever.
const FRAME_END: Duration = Duration::from_millis(200);

fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to the terminal so that no signal restores it meanwhile.
pub(super) fn while_writing<T>(write: impl FnOnce() -> T) -> T {
    let _writing = writing();
    write()
}

const CANNOT_TAKE: &str = "cannot set up the terminal";
const CANNOT_WRITE: &str = "cannot write to the terminal";

/// The terminal in the modes of the full screen. `restore` gives it back.
#[derive(Debug)]
pub(super) struct Terminal {
    /// Never dropped: that would show the cursor once more, and panic where the terminal is gone and cannot take the message about it.
    screen: ManuallyDrop<ratatui::Terminal<ClusterBackend<BufWriter<Stdout>>>>,
    clusters: ClusterRows,
    mouse: bool,
}

impl Terminal {
    /// Sets the terminal up: raw keys, the alternate screen, pasted text marked as such.
    pub(super) fn take(mouse: bool) -> Result<Self> {
        take(TerminalManner::Screen)?;
        if mouse {
            execute!(stdout(), EnableMouseCapture).context(CANNOT_TAKE)?;
        }
        let backend = ClusterBackend::new(BufWriter::with_capacity(FRAME_BYTES, stdout()));
        let screen = ratatui::Terminal::new(backend).context(CANNOT_TAKE)?;
        Ok(Self { screen: ManuallyDrop::new(screen), clusters: ClusterRows::default(), mouse })
    }

    pub(super) fn size(&self) -> Result<Size> {
        self.screen.size().context("cannot ask the terminal for its size")
    }

    /// Draws one frame; terminals with synchronized updates show it all at once.
    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> Result<()> {
        let _writing = writing();
        self.draw_whole(view).context(CANNOT_WRITE)
    }

    fn draw_whole(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
        let clusters = &mut self.clusters;
        self.screen.draw(|frame| {
            view(frame);
            clusters.mark(frame.buffer_mut());
        })?;
        queue!(self.screen.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.screen.backend_mut())
    }

    /// Makes the next frame draw the whole screen.
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

    /// Sets the terminal up again, for instance after the shell had it, and makes the next frame draw the whole screen.
    pub(super) fn set_up_again(&mut self) -> Result<()> {
        set_up().context(CANNOT_TAKE)?;
        self.set_mouse(self.mouse)?;
        self.redraw()
    }
}

/// Sends text to the terminal's clipboard (OSC 52). No terminal reports whether it accepted it.
pub(super) fn clip(text: &str) -> Result<()> {
    if text.len() > CLIP_BYTES {
        let error = Error::usage(format!("{} bytes are more than terminals accept for the clipboard", text.len()));
        return Err(error.hint(":export writes them to a file"));
    }
    while_writing(|| execute!(stdout(), CopyToClipboard::to_clipboard_from(text))).context(CANNOT_WRITE)
}

/// Columns of the terminal, if there is one that reports them.
pub fn columns() -> Option<u16> {
    crossterm::terminal::size().ok().map(|(columns, _)| columns).filter(|columns| *columns > 0)
}

/// Takes the terminal; `restore` gives it back.
pub(super) fn take(manner: TerminalManner) -> Result<()> {
    MANNER.store(manner as u8, Ordering::SeqCst);
    restore_on_panic();
    set_up().context(CANNOT_TAKE)
}

/// Takes the terminal in the same manner once more.
pub(super) fn set_up() -> io::Result<()> {
    let _writing = writing();
    if is_in(TerminalManner::Lines) {
        HOLDER.store(READER, Ordering::SeqCst);
        return Ok(());
    }
    let modes = match MODES.get() {
        Some(modes) => modes,
        None => {
            let modes = tcgetattr(stdio::stdin())?;
            MODES.get_or_init(|| modes)
        }
    };
    HOLDER.store(READER, Ordering::SeqCst);
    let mut raw = modes.clone();
    raw.make_raw();
    tcsetattr(stdio::stdin(), OptionalActions::Now, &raw)?;
    if is_in(TerminalManner::Keys) {
        return execute!(stdout(), EnableBracketedPaste);
    }
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
}

/// Whether the reader has the terminal; false while another program does.
pub(super) fn is_taken() -> bool {
    HOLDER.load(Ordering::SeqCst) == READER
}

/// Restores the terminal. May be called from any thread and from a signal handler, any number of times; a lost terminal is not an error.
pub(super) fn restore() {
    if HOLDER.compare_exchange(READER, RESTORER, Ordering::SeqCst, Ordering::SeqCst).is_err() {
        // Several threads may fail at the same page of a mapped file: the first must not be ended by the second before it is done.
        let steps = 2 * FRAME_END.as_millis();
        for _ in (0..steps).take_while(|_| HOLDER.load(Ordering::SeqCst) == RESTORER) {
            let _ = poll(&mut [], Some(&Timespec { tv_sec: 0, tv_nsec: 1_000_000 }));
        }
        return;
    }
    let mut rest = match () {
        () if is_in(TerminalManner::Lines) => &[],
        () if is_in(TerminalManner::Keys) => RESET_KEYS,
        () => RESET,
    };
    while is_writable()
        && let Ok(written @ 1..) = rustix::io::write(stdio::stdout(), rest)
        && let Some(left) = rest.get(written..).filter(|left| !left.is_empty())
    {
        rest = left;
    }
    if let Some(modes) = MODES.get() {
        let _ = tcsetattr(stdio::stdin(), OptionalActions::Now, modes);
    }
    HOLDER.store(OTHERS, Ordering::SeqCst);
}

/// Whether there is no terminal any more that could show anything.
pub(super) fn is_gone() -> bool {
    let screen = stdio::stdout();
    let mut screen = [PollFd::new(&screen, PollFlags::empty())];
    let asked = poll(&mut screen, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    let [screen] = screen;
    asked.is_ok() && screen.revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
}

/// Whether the terminal takes bytes; one that nothing reads from must not block the end of the program.
fn is_writable() -> bool {
    let patience = Timespec { tv_sec: 0, tv_nsec: FRAME_END.subsec_nanos().into() };
    poll(&mut [PollFd::new(&stdio::stdout(), PollFlags::OUT)], Some(&patience)).is_ok_and(|count| count > 0)
}

/// Restores the terminal between two frames and lets no further one be drawn.
pub(super) fn restore_for_good() {
    let started = Instant::now();
    loop {
        match WRITING.try_lock() {
            Err(TryLockError::WouldBlock) if started.elapsed() < FRAME_END => thread::sleep(Duration::from_millis(1)),
            lock => {
                restore();
                // A thread that draws next waits until the process ends.
                return std::mem::forget(lock);
            }
        }
    }
}

/// A panic of the drawing thread restores the terminal before it is reported. A panic of a background thread is caught and reported there;
/// it must not restore the terminal, or the reader would go on drawing into the shell.
fn restore_on_panic() {
    let drawing = thread::current().id();
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == drawing {
            restore();
            report(info);
        }
    }));
}
