//! The thread that reads keys, mouse and pasted text from the terminal. It blocks: an idle reader uses no processor time. `sequences`
//! divides the bytes, `events` says what they mean.

mod events;
mod lines;
mod sequences;

use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crossterm::event::Event;
use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

pub(super) use lines::read_lines;

use super::message::{Message, Timed};
use super::signals;
use crate::error::{IoContext, Result, in_plain_words};
use sequences::SequenceReader;

/// Bytes taken from the terminal at once.
const READ_BYTES: usize = 16 * 1024;

/// The thread that reads the terminal. It can be paused while an editor uses the terminal.
#[derive(Debug)]
pub(super) struct KeyReader {
    state: Arc<SharedState>,
    /// A byte written here wakes the thread.
    wake: PipeWriter,
}

type SharedState = (Mutex<ReadingState>, Condvar);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadingState {
    Reading,
    PauseRequested,
    Paused,
}

impl KeyReader {
    pub(super) fn start(messages: Sender<Timed>) -> Result<Self> {
        let state = Arc::new((Mutex::new(ReadingState::Reading), Condvar::new()));
        let (woken, wake) = io::pipe().context("cannot read keys")?;
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            if let Err(error) = read_keys(&messages, &shared, &woken) {
                drop(messages.send((Instant::now(), Message::InputLost(in_plain_words(&error)))));
            }
        });
        Ok(Self { state, wake })
    }

    /// Returns when the thread has stopped reading.
    pub(super) fn pause(&mut self) -> Result<()> {
        let (lock, changed) = &*self.state;
        *lock.lock().unwrap_or_else(PoisonError::into_inner) = ReadingState::PauseRequested;
        self.wake.write_all(&[0]).context("cannot wake the thread that reads keys")?;
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

fn read_keys(messages: &Sender<Timed>, state: &SharedState, woken: &PipeReader) -> io::Result<()> {
    let terminal = io::stdin();
    let mut reader = SequenceReader::new();
    let mut bytes = vec![0; READ_BYTES];
    loop {
        let patience = reader.patience().and_then(|patience| Timespec::try_from(patience).ok());
        let mut ready = [PollFd::new(&terminal, PollFlags::IN), PollFd::new(woken, PollFlags::IN)];
        let count = match poll(&mut ready, patience.as_ref()) {
            Err(Errno::INTR) => continue,
            count => count?,
        };
        let [has_bytes, is_woken] = ready.map(|fd| !fd.revents().is_empty());
        if is_woken {
            rustix::io::read(woken, &mut [0])?;
            pause_until_resumed(state);
            continue;
        }
        let mut found = Vec::new();
        if has_bytes {
            let length = match rustix::io::read(&terminal, &mut bytes) {
                Err(Errno::INTR | Errno::AGAIN) => continue,
                // The terminal is gone.
                Ok(0) | Err(Errno::IO) => signals::end_without_terminal(),
                length => length?,
            };
            reader.read(bytes.get(..length).unwrap_or_default(), &mut |sequence| found.extend(events::event(sequence)));
        } else if count == 0 {
            reader.give_up(&mut |sequence| found.extend(events::event(sequence)));
        }
        let arrived = Instant::now();
        for event in found {
            let message = match event {
                Event::Key(key) => Message::Key(key),
                Event::Mouse(mouse) => Message::Mouse(mouse),
                Event::Paste(text) => Message::Paste(text),
                Event::Resize(width, height) => Message::Resize(Size { width, height }),
                Event::FocusGained | Event::FocusLost => continue,
            };
            if messages.send((arrived, message)).is_err() {
                return Ok(());
            }
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
