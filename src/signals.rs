//! Signals that end a program: which they are, the end that each brings by default, and what a command does before it. The reader has more to
//! do before its end, in `tui::signals`.

use std::mem::MaybeUninit;
use std::process;
use std::ptr;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use libc::{c_int, sigaction};
use signal_hook::consts::{
    SIGALRM, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU,
};
use signal_hook::iterator::Signals;

use crate::temporary;

/// Signals that end a program unless it handles them, and that can wait for a moment.
const ENDING: [c_int; 11] =
    [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGXCPU];

/// The same on Linux: a failing coprocessor or power supply, and the real-time signals.
#[cfg(target_os = "linux")]
const ENDING_HERE: [std::ops::RangeInclusive<c_int>; 3] = [16..=16, 30..=30, 34..=64];
#[cfg(not(target_os = "linux"))]
const ENDING_HERE: [std::ops::RangeInclusive<c_int>; 0] = [];

/// How long the removal may take: a disk that does not answer must not keep the process.
const PATIENCE: Duration = Duration::from_secs(2);

/// The signals that end a program by default and are not ignored. One that was ignored when the program was started, as `nohup` does, stays
/// ignored.
pub(crate) fn ending() -> impl Iterator<Item = c_int> {
    ENDING.into_iter().chain(ENDING_HERE.into_iter().flatten()).filter(|signal| !is_ignored(*signal))
}

/// Lets a signal end this process only after its temporary files were removed. Where signals cannot be watched, the next process removes them.
pub fn remove_temporary_files_at_end() {
    let Ok(mut signals) = Signals::new([0; 0]) else { return };
    for signal in ending() {
        // One that the system refuses to give is left as it is.
        drop(signals.add_signal(signal));
    }
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            end_by(signal);
        }
    });
}

/// Whether a signal is ignored: before any is watched, as the program that started this one left it.
#[expect(unsafe_code, reason = "the action of a signal is asked for with a pointer")]
pub(crate) fn is_ignored(signal: c_int) -> bool {
    let mut action = MaybeUninit::<sigaction>::zeroed();
    // SAFETY: without a new action the call only writes the present one, to where the pointer points. All zeros are a valid `sigaction`.
    let action = unsafe {
        let asked = libc::sigaction(signal, ptr::null(), action.as_mut_ptr());
        (asked == 0).then(|| action.assume_init())
    };
    action.is_some_and(|action| action.sa_sigaction == libc::SIG_IGN)
}

/// Removes the temporary files of this process and ends it as the signal does by default.
pub(crate) fn end_by(signal: c_int) -> ! {
    let (removed, end) = channel();
    thread::spawn(move || {
        let _none_is_made_meanwhile = temporary::remove_own();
        drop(removed);
        loop {
            thread::park();
        }
    });
    // Disconnected at its end.
    let _: Result<(), RecvTimeoutError> = end.recv_timeout(PATIENCE);
    end_at_once_by(signal)
}

/// Ends the process as the signal does by default, so that the program that waits for it learns of the signal.
#[expect(unsafe_code, reason = "the action of a signal is set with a pointer")]
pub(crate) fn end_at_once_by(signal: c_int) -> ! {
    // SAFETY: the pointers are to values on this stack or null. All zeros are a valid `sigaction` and a valid set. All four functions are
    // async-signal-safe (raise(3) and pthread_sigmask(3) by POSIX), so this may be called in a handler.
    unsafe {
        let mut action = MaybeUninit::<sigaction>::zeroed().assume_init();
        action.sa_sigaction = libc::SIG_DFL;
        libc::sigaction(signal, &raw const action, ptr::null_mut());
        let mut only = MaybeUninit::zeroed().assume_init();
        libc::sigaddset(&raw mut only, signal);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const only, ptr::null_mut());
        libc::raise(signal);
    }
    // It ends no program by default on this system.
    process::exit(128 + signal)
}
