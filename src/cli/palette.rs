//! The few colours of the command line, from the sixteen that every terminal's owner has chosen. It never carries a meaning that the
//! words do not carry.

use std::fmt;

use clap::builder::styling::{AnsiColor, Style};

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Plain,
    Accent,
    Dim,
    Good,
    Bad,
}

impl Role {
    const fn style(self) -> Style {
        match self {
            Self::Title => Style::new().bold(),
            Self::Plain => Style::new(),
            Self::Accent => AnsiColor::Cyan.on_default(),
            Self::Dim => Style::new().dimmed(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// Whether there are colours at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Palette {
    pub(super) coloured: bool,
}

impl Palette {
    /// The text in its role's style; a text of nothing stays nothing.
    pub(super) fn paint<T: fmt::Display>(self, role: Role, text: T) -> Painted<T> {
        Painted { style: if self.coloured { role.style() } else { Style::new() }, text }
    }
}

pub(super) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:#}", self.style, self.text, self.style)
    }
}
