//! Signals to the reader: those that end it restore the terminal first, those of job control give the terminal to the shell and take it
//! back, and a changed size is told. Changes are on the disk already; before an end the loop writes what the reader remembers.

use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::process;
use std::ptr;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use libc::{c_int, c_void, sigaction, siginfo_t};
use ratatui::layout::Size;
use signal_hook::consts::{
    SIGABRT, SIGBUS, SIGCONT, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGQUIT, SIGSEGV, SIGSYS, SIGTRAP, SIGTSTP, SIGWINCH,
};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::message::{Message, Timed};
use super::terminal;
use crate::error::{IoContext, Result};
use crate::library::checkpoint_user_file;
pub(super) use crate::signals::is_ignored;
use crate::signals::{end_at_once_by, end_by, ending};

/// Signals that a thread gets for what it did itself: it does not come back from them. SIGBUS is a page of a mapped file that is no longer
/// there, because the file was shortened or its disk failed; SIGSEGV is also a stack that is used up.
const FAULTS: [c_int; 7] = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP];

/// How long the loop may take to write what the reader remembers; it may be waiting for an editor.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// The folder of the library that is open.
static LIBRARY: OnceLock<PathBuf> = OnceLock::new();

/// What the standard library does about a fault of memory: it tells a stack that is used up.
static FORMER_ACTIONS: OnceLock<[(c_int, sigaction); 2]> = OnceLock::new();

/// Starts to watch for signals. Messages come from now on, before anything reads them. A signal that was ignored when the program was
/// started, as `nohup` does, stays ignored; one that the system refuses to give is left as it is.
pub(super) fn watch(messages: Sender<Timed>, dir: &Path) -> Result<()> {
    drop(LIBRARY.set(dir.to_owned()));
    restore_on_faults();
    let mut signals = Signals::new([SIGWINCH; 0]).context("cannot watch for signals")?;
    let others = [SIGTSTP, SIGCONT, SIGWINCH];
    for signal in ending().chain(others.into_iter().filter(|signal| !is_ignored(*signal))) {
        // musl keeps some of the real-time signals for itself.
        drop(signals.add_signal(signal));
    }
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
                _ => {
                    // Before the terminal is restored: the loop cannot draw after that.
                    let (kept, end) = channel();
                    if messages.send((Instant::now(), Message::Ending(kept))).is_ok() {
                        wait_for(&end, LAST_WORDS);
                    }
                    leave();
                    end_by(signal)
                }
            };
            if messages.send((Instant::now(), message)).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Restores the terminal for good and brings `user.db` up to date.
fn leave() {
    terminal::restore_for_good();
    if let Some(dir) = LIBRARY.get() {
        checkpoint_now(dir);
    }
}

/// Brings the log of `user.db` into the file before the process ends or stops. Waits at most a second for the disk.
pub(super) fn checkpoint_now(dir: &Path) {
    let dir = dir.to_owned();
    within_a_second(move || checkpoint_user_file(&dir));
}

/// Runs what the disk may delay, and returns at its end, or after a second.
pub(super) fn within_a_second(work: impl FnOnce() + Send + 'static) {
    const PATIENCE: Duration = Duration::from_secs(1);
    let (ended, end) = channel();
    in_background(move || {
        work();
        drop(ended);
    });
    wait_for(&end, PATIENCE);
}

/// Runs what the disk may delay while the loop goes on.
pub(super) fn in_background(work: impl FnOnce() + Send + 'static) {
    thread::spawn(work);
}

/// Waits until the other end is dropped, or for so long.
fn wait_for(end: &Receiver<()>, patience: Duration) {
    let _: std::result::Result<(), RecvTimeoutError> = end.recv_timeout(patience);
}

/// Ends the program when its terminal is gone, as SIGHUP does, which says the same; where that is ignored, with the status of a program
/// that it ended.
pub(super) fn end_without_terminal() -> ! {
    leave();
    if !is_ignored(SIGHUP) {
        end_by(SIGHUP);
    }
    process::exit(128 + SIGHUP)
}

/// Makes faults restore the terminal before they do what they do by default: end the process, and dump its core where that is enabled.
#[expect(unsafe_code, reason = "a handler that runs in the thread that failed")]
fn restore_on_faults() {
    // SAFETY: `on_fault` has the signature that SA_SIGINFO demands and does only what is async-signal-safe. It runs on the alternate stack
    // where the thread has one, which the standard library gives every thread. The pointers are to values on this stack or null.
    unsafe {
        let mut action = MaybeUninit::<sigaction>::zeroed().assume_init();
        action.sa_sigaction = on_fault as extern "C" fn(c_int, *mut siginfo_t, *mut c_void) as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        let former = [SIGSEGV, SIGBUS].map(|signal| {
            let mut former = MaybeUninit::<sigaction>::zeroed().assume_init();
            libc::sigaction(signal, ptr::null(), &raw mut former);
            (signal, former)
        });
        if FORMER_ACTIONS.set(former).is_err() {
            return;
        }
        for signal in FAULTS.into_iter().filter(|signal| !is_ignored(*signal)) {
            libc::sigaction(signal, &raw const action, ptr::null_mut());
        }
    }
}

/// The handler of a fault. It takes no lock, allocates nothing, formats nothing and cannot panic: `terminal::restore` exchanges an
/// atomic, reads a `OnceLock` (an atomic load, set or not) and calls poll(2), write(2) and tcsetattr(3). It does not touch the memory whose access failed.
#[expect(unsafe_code, reason = "it reads what the system tells about the fault")]
extern "C" fn on_fault(signal: c_int, info: *mut siginfo_t, _context: *mut c_void) {
    terminal::restore();
    // SAFETY: the system passes a valid pointer to a handler with SA_SIGINFO. A positive code says that the fault is the thread's own, not
    // sent by a program.
    let is_own = unsafe { info.as_ref() }.is_some_and(|info| info.si_code > 0);
    let former = FORMER_ACTIONS.get().and_then(|all| all.iter().find(|(former, _)| *former == signal));
    match former {
        // The thread fails at the same place again, and the standard library tells whether its stack is used up.
        Some((_, action)) if is_own => {
            // SAFETY: the action is the one that the system returned for this signal.
            unsafe { libc::sigaction(signal, action, ptr::null_mut()) };
        }
        _ => end_at_once_by(signal),
    }
}
