//! Threads that listen: to keys, to signals, to a terminal that goes away. They block until there is something: an idle reader uses no
//! processor at all.

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

/// The thread that reads keys. It can be made to keep its hands off the terminal while an editor has it.
#[derive(Debug)]
pub(super) struct Keys {
    state: Arc<Gate>,
}

type Gate = (Mutex<State>, Condvar);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    Asked,
    Paused,
}

impl Keys {
    pub(super) fn start(messages: Sender<Timed>) -> Self {
        let state = Arc::new((Mutex::new(State::Reading), Condvar::new()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            if let Err(error) = read_keys(&messages, &shared) {
                drop(messages.send((Instant::now(), Message::InputLost(in_plain_words(&error)))));
            }
        });
        Self { state }
    }

    /// Returns when the thread reads no more.
    pub(super) fn pause(&self) -> Result<()> {
        let (lock, changed) = &*self.state;
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = State::Asked;
        // The event reader can only be woken by what it waits for: a key, or a changed size.
        raise(SIGWINCH).context("cannot wake the thread that reads keys")?;
        let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        while *state == State::Asked {
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    pub(super) fn resume(&self) {
        let (lock, changed) = &*self.state;
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = State::Reading;
        changed.notify_all();
    }
}

fn read_keys(messages: &Sender<Timed>, gate: &Gate) -> io::Result<()> {
    loop {
        let message = match event::read()? {
            Event::Key(key) => Message::Key(key),
            Event::Mouse(mouse) => Message::Mouse(mouse),
            Event::Paste(text) => Message::Paste(text),
            Event::Resize(width, height) => Message::Resize(Size { width, height }),
            Event::FocusGained | Event::FocusLost => continue,
        };
        let arrived = Instant::now();
        if *gate.0.lock().unwrap_or_else(PoisonError::into_inner) == State::Asked {
            pause_until_resumed(gate);
        }
        if messages.send((arrived, message)).is_err() {
            return Ok(());
        }
    }
}

fn pause_until_resumed((lock, changed): &Gate) {
    let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
    *state = State::Paused;
    changed.notify_all();
    while *state != State::Reading {
        state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Signals that mean "end", and a terminal that is gone, give the terminal back and end the program with the status they stand for; what
/// was done is on disk already.
pub(super) fn watch_for_the_end() -> Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT]).context("cannot watch for signals")?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            leave_for_good(signal);
        }
    });
    thread::spawn(|| {
        // The event reader spins for ever on a terminal that is gone, and nothing but this hears of it when the signal is ignored.
        let tty = io::stdin();
        loop {
            let mut gone = [PollFd::new(&tty, PollFlags::empty())];
            match poll(&mut gone, None) {
                Ok(_) => leave_for_good(SIGHUP),
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
        }
    });
    Ok(())
}

fn leave_for_good(signal: i32) -> ! {
    terminal::leave_for_good();
    std::process::exit(128 + signal)
}
