//! How the model reaches the user: drawn on the whole screen, or told in lines.

use std::time::Duration;

use ratatui::layout::Size;

use super::layout::LINEAR_SCREEN;
use super::linear::LinearScreen;
use super::model::Model;
use super::terminal::{self, Terminal, TerminalManner};
use super::view;
use crate::error::{IoContext, Result};

/// The owner of the terminal.
#[derive(Debug)]
pub(super) enum Screen {
    Full(Terminal),
    Linear(Box<LinearScreen>),
}

impl Screen {
    pub(super) fn take(manner: TerminalManner, mouse: bool) -> Result<Self> {
        match manner {
            TerminalManner::Screen => Ok(Self::Full(Terminal::take(mouse)?)),
            TerminalManner::Keys | TerminalManner::Lines => Ok(Self::Linear(Box::new(LinearScreen::take(manner)?))),
        }
    }

    /// Shows the model. `is_idle`: no answer to it is awaited.
    pub(super) fn show(&mut self, model: &Model, is_idle: bool) -> Result<()> {
        match self {
            Self::Full(terminal) => terminal.draw(|frame| view::view(model, frame)),
            Self::Linear(screen) => screen.tell(model, is_idle),
        }
    }

    pub(super) fn size(&self) -> Result<Size> {
        match self {
            Self::Full(terminal) => terminal.size(),
            Self::Linear(_) => Ok(LINEAR_SCREEN),
        }
    }

    /// Makes the next `show` show everything.
    pub(super) fn redraw(&mut self) -> Result<()> {
        match self {
            Self::Full(terminal) => terminal.redraw(),
            Self::Linear(screen) => {
                screen.forget();
                Ok(())
            }
        }
    }

    pub(super) fn set_mouse(&mut self, on: bool) -> Result<()> {
        match self {
            Self::Full(terminal) => terminal.set_mouse(on),
            Self::Linear(_) => Ok(()),
        }
    }

    /// After which time to show the model again although nothing happened.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self {
            Self::Full(_) => None,
            Self::Linear(screen) => screen.patience(),
        }
    }

    /// Sends text to the terminal's clipboard; where there may be none, the text is written for the user to take.
    pub(super) fn clip(&mut self, text: &str) -> Result<()> {
        match self {
            Self::Full(_) => terminal::clip(text),
            Self::Linear(screen) => screen.clip(text),
        }
    }

    /// Restores the terminal for as long as `outside` runs, then sets it up again.
    pub(super) fn lend<T>(&mut self, outside: impl FnOnce() -> T) -> Result<T> {
        terminal::restore();
        let result = outside();
        self.set_up_again()?;
        Ok(result)
    }

    /// Sets the terminal up again, for instance after the shell had it, and makes the next `show` show everything.
    pub(super) fn set_up_again(&mut self) -> Result<()> {
        match self {
            Self::Full(terminal) => terminal.set_up_again(),
            Self::Linear(_) => terminal::set_up().context("cannot set up the terminal"),
        }?;
        self.redraw()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        terminal::restore();
    }
}
