//! The colours of the command line, from the terminal's own sixteen. Colour never carries a meaning that the text does not carry.

use std::fmt;

use clap::builder::styling::{AnsiColor, Style};

/// What a text is, which decides its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutputRole {
    Title,
    Plain,
    Accent,
    Dim,
    Good,
    Bad,
}

impl OutputRole {
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

/// Paints text, or leaves it plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Palette {
    pub(super) coloured: bool,
}

impl Palette {
    /// The text in the style of its role.
    pub(super) fn paint<T: fmt::Display>(self, role: OutputRole, text: T) -> Painted<T> {
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
