//! Addresses of page text: URLs, e-mail addresses and DOIs, in which nothing is repaired and nothing rendered.

use super::super::address;
use super::super::source::TexSource;
use super::PageRepair;

/// What a link in braces behind its URL is called. Other lower-case words are parts of the URL: `https://a.org/{user}`.
const LINK_WORDS: &str = "here link links code website webpage page homepage url github project demo repo repository video data dataset blog";

impl PageRepair<'_, '_> {
    /// Copies the address that begins here. Text in braces after a URL was the text of a link.
    pub(super) fn address(&mut self) -> bool {
        if self.before(self.at).is_some_and(|c| c.is_ascii_alphanumeric()) {
            return false;
        }
        let rest = self.source.slice(self.at, self.text.len());
        // A run of letters and points is looked at once, not at every word of it.
        if self.at < self.host_end {
            return self.identifier(rest);
        }
        let host_run = address::host_run(rest);
        let Some(length) = address::url_length(self.source, self.at, self.text.len(), host_run, is_part) else {
            self.host_end = self.at + host_run;
            return self.identifier(rest);
        };
        let start = self.at;
        let mut end = start + length;
        // Behind a script mark braces belong to the address.
        if matches!(self.before(end), Some('_' | '^'))
            && let Some((_, close)) = self.group(end)
        {
            end = close + 1;
        }
        let address = self.source.slice(start, end);
        if self.group(end).is_some() {
            self.out.push_str("\\href{");
            self.out.push_str(address);
            self.out.push('}');
            self.behind_command = end;
        } else {
            self.verbatim(address);
        }
        self.at = end;
        true
    }

    /// Copies the e-mail address or DOI that begins here.
    fn identifier(&mut self, rest: &str) -> bool {
        let length = match address::doi_length(self.source, self.at, self.text.len(), is_part) {
            Some(length) => length,
            None if self.has_mail => match address::mail_length(rest) {
                Some(length) => length,
                None => return false,
            },
            None => return false,
        };
        let text = self.source.slice(self.at, self.at + length);
        self.verbatim(text);
        self.at += length;
        true
    }

    /// Writes a text so that it is rendered as it is.
    fn verbatim(&mut self, text: &str) {
        let plain = !text.contains(['_', '^', '~', '{', '}', '\'', '`', '$']) && !text.contains("--");
        if plain {
            self.out.push_str(text);
        } else {
            self.out.push_str("\\nolinkurl{");
            self.out.push_str(text);
            self.out.push('}');
        }
    }
}

/// Whether braces behind a URL belong to it: more of it follows them, or they hold the name of a place in it.
fn is_part(source: &TexSource<'_>, from: usize, to: usize) -> bool {
    let content = source.slice(from, to);
    if !address::may_be_part(content) {
        return false;
    }
    let end = source.text.len();
    let continues = match source.char_at(to + 1, end) {
        Some('{') => source.group(to + 1, end).is_some_and(|(from, to)| address::may_be_part(source.slice(from, to))),
        next => next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '=' | '&' | '#' | '%' | '_' | '-')),
    };
    let place = matches!(source.char_before(from - 1), Some('/' | '=' | '_' | '-' | '}'))
        && content.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !LINK_WORDS.split_whitespace().any(|word| word == content);
    continues || place
}

/// Whether a text has an address or a DOI with something in it that would be rendered; the other such characters are looked for anyway.
pub(super) fn holds_dashes(text: &str) -> bool {
    text.contains("--") && (text.contains('/') || text.contains("www."))
}
