//! Threads that wait for keys, for signals and for the loss of the terminal. They block: an idle reader uses no processor time.

use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crossterm::event::{self, Event};
use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::iterator::Signals;
use signal_hook::low_level::raise;

use super::message::{Message, Timed};
use super::terminal;
use crate::error::{IoContext, Result, in_plain_words};

/// The thread that reads keys. It can be paused while an editor uses the terminal.
#[derive(Debug)]
pub(super) struct KeyReader {
    state: Arc<SharedState>,
}

type SharedState = (Mutex<ReadingState>, Condvar);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadingState {
    Reading,
    PauseRequested,
    Paused,
}

impl KeyReader {
    pub(super) fn start(messages: Sender<Timed>) -> Self {
        let state = Arc::new((Mutex::new(ReadingState::Reading), Condvar::new()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            if let Err(error) = read_keys(&messages, &shared) {
                drop(messages.send((Instant::now(), Message::InputLost(in_plain_words(&error)))));
            }
        });
        Self { state }
    }

    /// Returns when the thread has stopped reading.
    pub(super) fn pause(&self) -> Result<()> {
        let (lock, changed) = &*self.state;
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = ReadingState::PauseRequested;
        // Only what the event reader waits for wakes it: a key, or a changed size.
        raise(SIGWINCH).context("cannot wake the thread that reads keys")?;
        let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        while *state == ReadingState::PauseRequested {
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    pub(super) fn resume(&self) {
        let (lock, changed) = &*self.state;
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = ReadingState::Reading;
        changed.notify_all();
    }
}

fn read_keys(messages: &Sender<Timed>, state: &SharedState) -> io::Result<()> {
    loop {
        let message = match event::read()? {
            Event::Key(key) => Message::Key(key),
            Event::Mouse(mouse) => Message::Mouse(mouse),
            Event::Paste(text) => Message::Paste(text),
            Event::Resize(width, height) => Message::Resize(Size { width, height }),
            Event::FocusGained | Event::FocusLost => continue,
        };
        let arrived = Instant::now();
        if *state.0.lock().unwrap_or_else(PoisonError::into_inner) == ReadingState::PauseRequested {
            pause_until_resumed(state);
        }
        if messages.send((arrived, message)).is_err() {
            return Ok(());
        }
    }
}

fn pause_until_resumed((lock, changed): &SharedState) {
    let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
    *state = ReadingState::Paused;
    changed.notify_all();
    while *state != ReadingState::Reading {
        state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Termination signals and the loss of the terminal restore the terminal and exit with the status of the signal. Changes are on disk
/// already.
pub(super) fn watch_for_termination() -> Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT]).context("cannot watch for signals")?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            exit_on(signal);
        }
    });
    thread::spawn(|| {
        // The event reader spins for ever when the terminal is gone, and only this notices when the signal is ignored.
        let tty = io::stdin();
        loop {
            let mut gone = [PollFd::new(&tty, PollFlags::empty())];
            match poll(&mut gone, None) {
                Ok(_) => exit_on(SIGHUP),
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
        }
    });
    Ok(())
}

fn exit_on(signal: i32) -> ! {
    terminal::restore_for_good();
    std::process::exit(128 + signal)
}
