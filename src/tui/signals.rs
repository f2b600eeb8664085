//! Signals to the reader: those that end it restore the terminal first, those of job control give the terminal to the shell and take it
//! back, and a changed size is told. Changes are on the disk already, so nothing is saved here.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use ratatui::layout::Size;
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGBUS, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSYS, SIGTERM, SIGTRAP, SIGTSTP,
    SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
};
use signal_hook::iterator::Signals;
use signal_hook::low_level::{emulate_default_handler, register};

use super::message::{Message, Timed};
use super::terminal;
use crate::error::{IoContext, Result};
use crate::library::checkpoint_user_file;

/// Signals that end a program unless it handles them, and that can wait for the end of a frame.
const ENDING: [i32; 11] =
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGXCPU];

/// The same on Linux: a failing coprocessor or power supply, and the real-time signals.
#[cfg(target_os = "linux")]
const ENDING_HERE: [std::ops::RangeInclusive<i32>; 3] = [16..=16, 30..=30, 34..=64];
#[cfg(not(target_os = "linux"))]
const ENDING_HERE: [std::ops::RangeInclusive<i32>; 0] = [];

/// Signals that a thread gets for what it did itself: it does not come back from them. SIGBUS is a page of a mapped file that is no longer
/// there, because the file was shortened or its disk failed.
const FAULTS: [i32; 4] = [SIGABRT, SIGBUS, SIGSYS, SIGTRAP];

/// The folder of the library that is open.
static LIBRARY: OnceLock<PathBuf> = OnceLock::new();

/// Starts to watch for signals. Messages come from now on, before anything reads them.
pub(super) fn watch(messages: Sender<Timed>, dir: &Path) -> Result<()> {
    const CANNOT_WATCH: &str = "cannot watch for signals";
    drop(LIBRARY.set(dir.to_owned()));
    for signal in FAULTS {
        restore_before_default(signal).context(CANNOT_WATCH)?;
    }
    let others = [SIGTSTP, SIGCONT, SIGWINCH];
    let watched = ENDING.into_iter().chain(ENDING_HERE.into_iter().flatten()).chain(others);
    let mut signals = Signals::new(watched).context(CANNOT_WATCH)?;
    thread::spawn(move || {
        for signal in signals.forever() {
            let message = match signal {
                SIGWINCH => match crossterm::terminal::size() {
                    Ok((width, height)) => Message::Resize(Size { width, height }),
                    Err(_) => continue,
                },
                SIGCONT => Message::Continued,
                // An editor has the terminal, and with it the keys that send these signals to every program in the foreground.
                SIGTSTP if !terminal::is_taken() => {
                    drop(emulate_default_handler(SIGTSTP));
                    continue;
                }
                SIGINT | SIGQUIT if !terminal::is_taken() => continue,
                SIGTSTP => Message::StopRequested,
                _ => exit_on(signal),
            };
            if messages.send((Instant::now(), message)).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Restores the terminal and exits with the status of a program that the signal ended.
pub(super) fn exit_on(signal: i32) -> ! {
    terminal::restore_for_good();
    if let Some(dir) = LIBRARY.get() {
        checkpoint_now(dir);
    }
    std::process::exit(128 + signal)
}

/// Brings the log of `user.db` into the file before the process ends or stops. Waits at most a second for the disk.
pub(super) fn checkpoint_now(dir: &Path) {
    const PATIENCE: Duration = Duration::from_secs(1);
    let (ended, end) = channel();
    let dir = dir.to_owned();
    thread::spawn(move || {
        checkpoint_user_file(&dir);
        drop(ended);
    });
    // Disconnected at its end.
    let _: std::result::Result<(), RecvTimeoutError> = end.recv_timeout(PATIENCE);
}

/// Makes the signal restore the terminal before it does what it does by default: end the process, and dump its core where that is enabled.
#[expect(unsafe_code, reason = "a handler that runs in the thread that failed")]
fn restore_before_default(signal: i32) -> std::io::Result<()> {
    let action = move || {
        terminal::restore();
        // Ends the process. Were it to return, the thread would fail at the same place again, now without this handler.
        drop(emulate_default_handler(signal));
    };
    // SAFETY: a handler may only do what is async-signal-safe. `terminal::restore` swaps an atomic, reads a `OnceLock` (an atomic load, set
    // or not) and calls poll(2), write(2) and tcsetattr(3), which are; it takes no lock, allocates nothing, formats nothing and cannot
    // panic. `emulate_default_handler` is documented as async-signal-safe. The closure owns an integer and is never dropped, because it is
    // never unregistered. It does not touch the memory whose access failed.
    unsafe { register(signal, action) }.map(drop)
}
