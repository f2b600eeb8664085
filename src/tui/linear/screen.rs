//! The terminal in linear mode: writes what the transcript tells. It changes no modes.

use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use super::super::model::Model;
use super::super::terminal::{self, TerminalManner};
use super::{Awaited, Moment, Transcript};
use crate::domain::clean::clean_row;
use crate::error::{IoContext, Result};

/// No key for so long: the user hesitates.
const PAUSE: Duration = Duration::from_millis(1200);
/// Between two looks at whether all answers have come.
const LOOK: Duration = Duration::from_millis(20);

/// Writes lines, one below the other.
#[derive(Debug)]
pub(in super::super) struct LinearScreen {
    transcript: Transcript,
    manner: TerminalManner,
    inputs: u64,
    last_input: Instant,
}

impl LinearScreen {
    /// Takes the keys one by one, or leaves lines to the terminal.
    pub(in super::super) fn take(manner: TerminalManner) -> Result<Self> {
        terminal::take(manner)?;
        let transcript = Transcript::new(manner == TerminalManner::Keys);
        Ok(Self { transcript, manner, inputs: 0, last_input: Instant::now() })
    }

    /// Tells what has changed.
    pub(in super::super) fn tell(&mut self, model: &Model, is_idle: bool) -> Result<()> {
        if self.inputs != model.drafts.inputs() {
            self.inputs = model.drafts.inputs();
            self.last_input = Instant::now();
        }
        let is_paused = self.manner == TerminalManner::Lines || self.last_input.elapsed() >= PAUSE;
        let text = self.transcript.tell(model, Moment { is_idle, is_paused });
        self.write(&text)
    }

    /// After which time to tell again although nothing happened.
    pub(in super::super) fn patience(&self) -> Option<Duration> {
        Some(match self.transcript.awaited()? {
            Awaited::Idle => LOOK,
            Awaited::Pause => PAUSE.saturating_sub(self.last_input.elapsed()),
        })
    }

    pub(in super::super) fn forget(&mut self) {
        self.transcript.forget();
    }

    pub(in super::super) fn clip(&self, text: &str) -> Result<()> {
        match self.manner {
            TerminalManner::Lines => self.write(&format!("{}\n", clean_lines(text))),
            TerminalManner::Screen | TerminalManner::Keys => terminal::clip(text),
        }
    }

    fn write(&self, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        // With raw keys, the terminal does not return to the left edge by itself.
        let text = if self.manner == TerminalManner::Keys { text.replace('\n', "\r\n") } else { text.to_owned() };
        let mut out = stdout().lock();
        terminal::while_writing(|| out.write_all(text.as_bytes()).and_then(|()| out.flush()))
            .context("cannot write the next lines")
    }
}

/// A text of several lines with nothing in it that a terminal could act on.
fn clean_lines(text: &str) -> String {
    text.lines().map(clean_row).collect::<Vec<_>>().join("\n")
}
