//! Renders what is not words in text mode: lengths, spaces that depend on what follows, verbatim text, and branches that are for
//! formulas.

use super::super::source::TexSource;
use super::TextRenderer;

/// The byte where the content of a box begins, `at` being behind its name: `\hbox to 3cm{x}`.
pub(super) fn box_start(source: &TexSource<'_>, at: usize, end: usize) -> usize {
    let start = source.skip_space(at, end);
    let rest = source.slice(start, end);
    let word = ["to", "spread"].into_iter().find(|word| rest.starts_with(word));
    let behind = word.and_then(|word| source.length(start + word.len(), end)).map_or(start, |(_, behind)| behind);
    if source.char_at(behind, end) == Some('{') { behind } else { at }
}

impl TextRenderer<'_, '_> {
    /// Two single quotation marks are a double one.
    pub(super) fn character(&mut self, text: &str) {
        let double = match text {
            "‘" if self.out.ends_with('‘') => '“',
            "’" if self.out.ends_with('’') => '”',
            _ => {
                self.out.push_str(text);
                return;
            }
        };
        self.out.pop();
        self.out.push(double);
    }

    /// `\xspace`: a space, unless punctuation or a closing brace follows.
    pub(super) fn word_space(&mut self, behind_space: usize) {
        self.at = behind_space;
        let follows = self.source.char_at(self.at, self.end);
        if follows
            .is_some_and(|c| !matches!(c, '.' | ',' | '\'' | '/' | '?' | ';' | ':' | '!' | '~' | '-' | ')' | ']' | '}'))
        {
            self.space();
        }
    }

    /// Skips the length after a command. A positive one is a space when `separates`.
    pub(super) fn length(&mut self, separates: bool) {
        if let Some((positive, behind)) = self.source.length(self.at, self.end) {
            self.at = behind;
            if positive && separates {
                self.space();
            }
        }
    }

    /// `\hspace*{2pt}`
    pub(super) fn horizontal_space(&mut self) {
        self.skip_options();
        if let Some((from, to)) = self.source.group(self.group_start(), self.end) {
            self.at = to + 1;
            if self.source.length(from, to).is_some_and(|(positive, _)| positive) {
                self.space();
            }
        }
    }

    /// `\verb|x|`, `\lstinline[options]{x}`
    pub(super) fn verbatim(&mut self, start: usize) {
        match (self.source.verbatim_start(start, self.end), self.source.partner(start, self.end)) {
            (Some(open), Some(close)) => {
                self.out.push_str(self.source.slice(open + 1, close));
                self.at = close + 1;
            }
            _ => {
                self.skip_options();
                self.at = self.group_start();
            }
        }
    }

    /// Goes to the branch for text of `\ifmmode`, or from its end to behind `\fi`. Without a partner the name stands.
    pub(super) fn skip_branch(&mut self, start: usize, name: &str) {
        match self.source.partner(start, self.end) {
            Some(partner) => self.at = self.source.skip_space(self.source.control(partner, self.end).1, self.end),
            None => self.out.push_str(name),
        }
    }
}
