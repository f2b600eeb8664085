//! Two threads that turn the terminal and the system's signals into messages. They block until there is something: an idle reader uses no
//! processor at all.

use std::io::{self, Read, Write, pipe};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event};
use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::iterator::Signals;

use super::message::{Message, Timed};
use super::terminal;
use crate::error::Result;

/// The thread that reads keys. It can be made to keep its hands off the terminal while an editor has it.
#[derive(Debug)]
pub struct Keys {
    state: Arc<(Mutex<State>, Condvar)>,
    wake: io::PipeWriter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    Asked,
    Paused,
}

impl Keys {
    pub fn start(messages: Sender<Timed>) -> Result<Self> {
        let state = Arc::new((Mutex::new(State::Reading), Condvar::new()));
        let (woken, wake) = pipe()?;
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            if let Err(error) = read_keys(&messages, &shared, woken) {
                drop(messages.send((Instant::now(), Message::InputLost(error.to_string()))));
            }
        });
        Ok(Self { state, wake })
    }

    /// Returns when the thread reads no more.
    pub fn pause(&mut self) {
        let (lock, changed) = &*self.state;
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = State::Asked;
        if self.wake.write_all(b"!").is_err() {
            return;
        }
        let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        while *state == State::Asked {
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn resume(&mut self) {
        let (lock, changed) = &*self.state;
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = State::Reading;
        changed.notify_all();
    }
}

fn read_keys(messages: &Sender<Timed>, shared: &(Mutex<State>, Condvar), mut woken: io::PipeReader) -> io::Result<()> {
    let tty = io::stdin();
    loop {
        let mut fds = [PollFd::new(&tty, PollFlags::IN), PollFd::new(&woken, PollFlags::IN)];
        match poll(&mut fds, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let [keys, pause] = fds.map(|fd| fd.revents());
        // The event reader below would spin for ever on a terminal that is gone.
        if keys.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            leave_for_good(SIGHUP);
        }
        if pause.contains(PollFlags::IN) {
            woken.read_exact(&mut [0])?;
            pause_until_resumed(shared);
            continue;
        }
        while keys.contains(PollFlags::IN) && event::poll(Duration::ZERO)? {
            let message = match event::read()? {
                Event::Key(key) => Message::Key(key),
                Event::Mouse(mouse) => Message::Mouse(mouse),
                Event::Paste(text) => Message::Paste(text),
                Event::Resize(width, height) => Message::Resize(Size { width, height }),
                Event::FocusGained | Event::FocusLost => continue,
            };
            if messages.send((Instant::now(), message)).is_err() {
                return Ok(());
            }
        }
    }
}

fn pause_until_resumed((lock, changed): &(Mutex<State>, Condvar)) {
    let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
    *state = State::Paused;
    changed.notify_all();
    while *state != State::Reading {
        state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Signals that mean "end" give the terminal back and end the program with the status they stand for; what was done is on disk already. A
/// changed size becomes a message.
pub fn watch_signals(messages: Sender<Timed>) -> Result<()> {
    let mut signals = Signals::new([SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            if signal != SIGWINCH {
                leave_for_good(signal);
            }
            if let Ok((width, height)) = crossterm::terminal::size() {
                drop(messages.send((Instant::now(), Message::Resize(Size { width, height }))));
            }
        }
    });
    Ok(())
}

fn leave_for_good(signal: i32) -> ! {
    terminal::leave();
    std::process::exit(128 + signal)
}
