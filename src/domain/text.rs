//! A text in its source's own spelling, and its rendering: `tex` turns it into Unicode, `Clean` makes that safe to show. Rendering
//! never changes what is stored.

use super::clean::Clean;
use super::markup::Markup;
use super::tex;

/// A text in the source's own spelling. Stored, hashed and exported as it is; rendered only for reading and searching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub source: String,
    pub markup: Markup,
}

impl Text {
    pub fn new(source: impl Into<String>, markup: Markup) -> Self {
        Self { source: source.into(), markup }
    }

    /// The text as Unicode on one line, safe to show. Linear in its length.
    pub fn line(&self) -> Clean {
        line(&self.source, self.markup)
    }

    /// The text as Unicode paragraphs, safe to show. Empty paragraphs are dropped.
    pub fn paragraphs(&self) -> Vec<Clean> {
        tex::paragraphs(&self.source)
            .map(|paragraph| Clean::new(&tex::render(&paragraph, self.markup)))
            .filter(|paragraph| !paragraph.is_empty())
            .collect()
    }
}

/// Renders a text as `Text::line` does, without a `Text` to own it.
pub fn line(source: &str, markup: Markup) -> Clean {
    Clean::new(&tex::render(source, markup))
}
