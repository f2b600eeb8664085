//! The lines of a mail that was sent in HTML alone, as a mail program shows them: tags become line breaks or nothing, characters are as
//! written. Follows what mail programs make of plain text; never runs or loads anything.

use super::hf_html::unescaped;

/// Elements that begin on a line of their own.
const BLOCKS: [&str; 12] = ["br", "p", "div", "pre", "tr", "li", "ul", "ol", "table", "h1", "h2", "hr"];
/// Elements whose content is not shown.
const HIDDEN: [&str; 4] = ["style", "script", "title", "head"];
/// Longest name of an element and its attributes that is kept, in bytes.
const LONGEST_TAG: usize = 64;

/// The lines of a text in HTML, without blanks around them; of several empty ones in a row one.
pub(super) fn html_lines(html: &str) -> Vec<String> {
    let mut reader = HtmlText::default();
    let mut lines: Vec<String> = html.lines().flat_map(|line| reader.lines(line)).collect();
    lines.extend(reader.end());
    let mut lines: Vec<String> = lines.iter().map(|line| line.trim().to_owned()).collect();
    lines.dedup_by(|one, before| one.is_empty() && before.is_empty());
    lines
}

/// Reads HTML line by line.
#[derive(Default)]
pub(super) struct HtmlText {
    line: String,
    /// The tag that is open, without the rest of a long one.
    tag: Option<String>,
    hidden: Option<&'static str>,
    /// Inside `pre`, where lines end as in the source.
    is_preformatted: bool,
}

impl HtmlText {
    /// The lines that a line of the source ends.
    pub(super) fn lines(&mut self, source: &str) -> Vec<String> {
        let mut ended = Vec::new();
        for c in source.chars() {
            match (&mut self.tag, c) {
                (Some(_), '>') => {
                    let tag = self.tag.take().unwrap_or_default();
                    self.tag(&tag.to_ascii_lowercase(), &mut ended);
                }
                (Some(tag), _) if tag.len() < LONGEST_TAG => tag.push(c),
                (Some(_), _) => {}
                (None, '<') => self.tag = Some(String::new()),
                (None, _) if self.hidden.is_some() => {}
                (None, '\r') => {}
                (None, _) => self.line.push(c),
            }
        }
        if self.is_preformatted && self.hidden.is_none() {
            ended.push(self.take());
        } else if !self.line.is_empty() {
            self.line.push(' ');
        }
        ended
    }

    /// What the end of the HTML leaves.
    pub(super) fn end(&mut self) -> Option<String> {
        let line = self.take();
        *self = Self::default();
        (!line.trim().is_empty()).then_some(line)
    }

    fn tag(&mut self, tag: &str, ended: &mut Vec<String>) {
        let closes = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if let Some(hidden) = HIDDEN.iter().find(|hidden| **hidden == name) {
            self.hidden = if closes { None } else { self.hidden.or(Some(hidden)) };
        }
        if BLOCKS.contains(&name) {
            if !self.line.trim().is_empty() || name == "br" {
                ended.push(self.take());
            }
            self.line.clear();
        }
        if name == "pre" {
            self.is_preformatted = !closes;
        }
    }

    fn take(&mut self) -> String {
        let line = unescaped(&std::mem::take(&mut self.line));
        if self.is_preformatted { line } else { line.trim().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_that_are_shown() {
        for (html, expected) in [
            ("<html><head><title>x</title><style>a\n{b}</style></head><body>one<br>two<p>th\nree", "one|two|th ree"),
            ("<pre>\\\\\narXiv:1 &lt;a&gt;\n  in</pre>x", "\\\\|arXiv:1 <a>|  in|x"),
            ("a <a href='https://x.org'>b</a> &amp; c<br/><b>d</b>", "a b & c|d"),
        ] {
            let mut reader = HtmlText::default();
            let mut lines: Vec<String> = html.lines().flat_map(|line| reader.lines(line)).collect();
            lines.extend(reader.end());
            lines.retain(|line| !line.is_empty());
            assert_eq!(lines.join("|"), expected, "{html}");
        }
    }
}
