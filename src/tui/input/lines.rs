//! The thread that reads lines where keys do not come one by one.

use std::io::{self, BufRead, stdin};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Instant;

use super::super::message::{Message, Timed};
use crate::error::in_plain_words;

/// Starts the thread that reads lines. Their end is told like a line.
pub(in super::super) fn read_lines(messages: Sender<Timed>) {
    thread::spawn(move || {
        let mut input = stdin().lock();
        loop {
            let message = match next_line(&mut input) {
                Ok(Some(line)) => Message::Line(line),
                Ok(None) => Message::LinesEnded,
                Err(error) => Message::InputLost(in_plain_words(&error)),
            };
            let is_last = !matches!(message, Message::Line(_));
            if messages.send((Instant::now(), message)).is_err() || is_last {
                return;
            }
        }
    });
}

fn next_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if input.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(Some(line.trim_end_matches(['\n', '\r']).to_owned()))
}
