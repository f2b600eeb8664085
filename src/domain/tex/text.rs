//! Renders text mode: words with accents, quotation marks, dashes, ties, styles and formulas. Reads from left to right without recursion
//! into groups, so any depth of braces is safe; what it does not understand stays as it was written. Formulas are rendered by `math`,
//! which renders the text inside them here again, up to `DEPTH_LIMIT`.

mod chemistry;
mod commands;
mod units;
mod verbatim;

use super::math::{self, DEPTH_LIMIT};
use super::source::TexSource;
use super::tables::{self, TexCommand};
use super::{address, scripts};

/// Renders the text between two bytes of a source. Runs of white space become single spaces, also at the ends.
pub(super) fn range(source: &TexSource<'_>, from: usize, to: usize, depth: usize) -> String {
    if depth >= DEPTH_LIMIT {
        return source.slice(from, to).to_owned();
    }
    let mut writer = TextRenderer {
        source,
        at: from,
        end: to,
        depth,
        out: String::with_capacity(to.saturating_sub(from)),
        group_ends: Vec::new(),
        double_quotes: 0,
        low_quotes: 0,
        last_quote: last_quote(source.slice(from, to)).map_or(0, |at| from + at),
        single_quote: None,
        symbol_end: None,
        host_end: 0,
        has_mail: source.slice(from, to).contains('@'),
    };
    while let Some(c) = source.char_at(writer.at, to) {
        writer.next(c);
    }
    writer.close_until(to);
    writer.out
}

/// The byte where the command at `start` ends with all of its arguments.
pub(super) fn command_end(source: &TexSource<'_>, start: usize, end: usize) -> usize {
    let (name, mut at) = source.control(start, end);
    match tables::command(name) {
        Some(TexCommand::Accent(..)) => {
            return match source.group(at, end) {
                Some((_, to)) => to + 1,
                None if source.char_at(at, end) == Some('\\') => source.control(at, end).1,
                None => at + source.char_at(at, end).map_or(0, char::len_utf8),
            };
        }
        Some(TexCommand::Box) => {
            let start = verbatim::box_start(source, at, end);
            return source.group(start, end).map_or(at, |(_, to)| to + 1);
        }
        Some(TexCommand::Verbatim) if let Some(close) = source.partner(start, end) => return close + 1,
        _ => {}
    }
    if source.char_at(at, end) == Some('*') {
        at += 1;
    }
    loop {
        match source.char_at(at, end) {
            Some('{' | '[') => match source.partner(at, end) {
                Some(close) => at = close + 1,
                None => return at,
            },
            _ => return at,
        }
    }
}

/// The byte where an unknown command at `start` ends with its arguments; None when it has none, or only an empty one.
pub(super) fn unknown_end(source: &TexSource<'_>, start: usize, end: usize) -> Option<usize> {
    let mut at = source.control(start, end).1;
    at += usize::from(source.char_at(at, end) == Some('*'));
    while source.char_at(at, end) == Some('[') {
        at = source.partner(at, end)? + 1;
    }
    let (from, to) = source.group(at, end)?;
    if from == to {
        return None;
    }
    while let Some((_, to)) = source.group(at, end) {
        at = to + 1;
    }
    Some(at)
}

/// What to write where a group ends.
enum GroupEnd {
    Note,
    /// Another spelling of the group follows as a group and is dropped.
    Alternative,
    /// The URL of a link, as a byte range of the source, and the byte of the output where the text of the link begins.
    Link(usize, usize, usize),
    /// Raised (true) or lowered text, and the byte of the output where it begins.
    Script(bool, usize),
}

struct TextRenderer<'s, 'a> {
    source: &'s TexSource<'a>,
    at: usize,
    end: usize,
    depth: usize,
    out: String,
    /// Bytes of closing braces with what to write there, the innermost last.
    group_ends: Vec<(usize, GroupEnd)>,
    /// Number of open double quotation marks.
    double_quotes: usize,
    /// Number of open double quotation marks at the base line.
    low_quotes: usize,
    /// The byte of the last mark that can end one; 0 for none.
    last_quote: usize,
    /// The byte of the apostrophe that closes the open single quotation mark, if one is open.
    single_quote: Option<usize>,
    /// Length of the output after the last symbol: a `_` directly after it is a subscript.
    symbol_end: Option<usize>,
    /// No host name begins before this byte of the source.
    host_end: usize,
    has_mail: bool,
}

impl TextRenderer<'_, '_> {
    fn next(&mut self, c: char) {
        match c {
            '\\' => self.command(),
            '{' => self.at += 1,
            '}' => {
                self.at += 1;
                self.close_until(self.at - 1);
            }
            '$' => self.dollar(),
            '~' => self.tie(),
            '-' => self.dashes(),
            '`' => self.backtick(),
            ',' if self.opens_low_quote() => {
                self.out.push('„');
                self.low_quotes += 1;
                self.at += 2;
            }
            '\'' => self.apostrophe(),
            '^' | '_' => self.script(c == '^'),
            _ if c.is_ascii_alphanumeric() => self.word(),
            _ if c.is_whitespace() => {
                self.at += c.len_utf8();
                self.space();
            }
            _ => self.literal(c),
        }
    }

    fn literal(&mut self, c: char) {
        self.out.push(c);
        self.at += c.len_utf8();
    }

    fn space(&mut self) {
        if !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn rest(&self) -> &str {
        self.source.slice(self.at, self.end)
    }

    fn char_after(&self, bytes: usize) -> Option<char> {
        self.source.char_at(self.at + bytes, self.end)
    }

    /// True at the start, and after a space, an opening bracket or an opening quotation mark.
    fn at_word_start(&self) -> bool {
        self.source
            .char_before(self.at)
            .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '`' | '"' | '\'' | '“' | '‘'))
    }

    /// Writes the ends of all groups that end at or before a byte.
    fn close_until(&mut self, at: usize) {
        while let Some((_, closing)) = self.group_ends.pop_if(|(end, _)| *end <= at) {
            match closing {
                GroupEnd::Note => self.out.push(')'),
                GroupEnd::Alternative => {
                    if let Some((_, to)) = self.source.group(self.group_start(), self.end) {
                        self.at = to + 1;
                    }
                }
                GroupEnd::Link(from, to, start) => {
                    let address = unescaped(self.source.slice(from, to));
                    let words = self.out.get(start..).unwrap_or_default().trim();
                    if words.is_empty() {
                        self.out.push_str(&address);
                    } else if words != address {
                        self.out.push_str(&format!(" ({address})"));
                    }
                }
                GroupEnd::Script(raised, start) => {
                    let script = scripts::script(self.out.get(start..).unwrap_or_default(), raised);
                    self.out.truncate(start);
                    self.out.push_str(&script);
                }
            }
        }
    }

    /// The length of the URL, e-mail address or DOI that begins with the word here.
    fn address(&mut self) -> Option<usize> {
        let is_part: address::IsPart = |source, from, to| address::may_be_part(source.slice(from, to));
        if self.at >= self.host_end {
            let host_run = address::host_run(self.rest());
            if let Some(length) = address::url_length(self.source, self.at, self.end, host_run, is_part) {
                return Some(length);
            }
            self.host_end = self.at + host_run;
        }
        let doi = address::doi_length(self.source, self.at, self.end, is_part);
        doi.or_else(|| if self.has_mail { address::mail_length(self.rest()) } else { None })
    }

    /// A run of letters and digits, or the address that begins with it.
    fn word(&mut self) {
        let starts = self.source.char_before(self.at).is_none_or(|c| !c.is_ascii_alphanumeric());
        if starts && let Some(length) = self.address() {
            let address = self.source.slice(self.at, self.at + length);
            self.out.push_str(&unescaped(address));
            self.at += length;
            return;
        }
        let length = self.rest().bytes().take_while(u8::is_ascii_alphanumeric).count();
        let run = self.source.slice(self.at, self.at + length);
        self.out.push_str(run);
        self.at += length;
    }

    fn dollar(&mut self) {
        let Some(partner) = self.source.partner(self.at, self.end) else {
            self.literal('$');
            return;
        };
        let width = if self.char_after(1) == Some('$') { 2 } else { 1 };
        let formula = math::formula(self.source, self.at + width, partner, self.depth + 1);
        self.out.push_str(&formula);
        self.at = partner + width;
    }

    /// `~` is a space, except before a number that begins a word ("about") or ends a range.
    fn tie(&mut self) {
        let number = match self.char_after(1) {
            Some('.' | '$') => self.char_after(2).is_some_and(|c| c.is_ascii_digit()),
            Some('\\') => self.rest().starts_with("~\\$"),
            next => next.is_some_and(|c| c.is_ascii_digit()),
        };
        let starts = self.at_word_start();
        let is_literal = if number {
            starts
                || self.source.char_before(self.at).is_some_and(|c| matches!(c, '/' | '=' | '<' | '>'))
                || self.is_after_number()
        } else {
            starts && self.char_after(1) == Some('/')
        };
        if is_literal {
            self.literal('~');
        } else {
            self.at += 1;
            self.space();
        }
    }

    /// True when the word before begins with a digit: `1M~60M`.
    fn is_after_number(&self) -> bool {
        let before = self.source.text.get(..self.at).unwrap_or_default();
        let word =
            before.rsplit(|c: char| c.is_whitespace() || matches!(c, '~' | '(' | '[' | '{')).next().unwrap_or_default();
        word.trim_start_matches(['$', '€', '\\']).starts_with(|c: char| c.is_ascii_digit())
    }

    fn dashes(&mut self) {
        let length = self.rest().bytes().take_while(|byte| *byte == b'-').count();
        let before = self.source.char_before(self.at);
        let behind = self.char_after(length);
        let flag = length == 2 && self.at_word_start() && behind.is_some_and(|c| c.is_ascii_alphabetic());
        let arrow = behind == Some('>') || matches!(before, Some('<' | '!'));
        let dash = match length {
            2 if !flag && !arrow => "–",
            3 if !arrow => "—",
            _ => self.source.slice(self.at, self.at + length),
        };
        self.out.push_str(dash);
        self.at += length;
    }

    /// Whether `,,` begins a quotation here, as in German text: a quotation mark ends it.
    fn opens_low_quote(&self) -> bool {
        let Some(behind) = self.rest().strip_prefix(",,") else { return false };
        self.at_word_start()
            && self.low_quotes == 0
            && behind.starts_with(char::is_alphanumeric)
            && self.at < self.last_quote
    }

    fn backtick(&mut self) {
        if self.rest().starts_with("``") {
            if self.low_quotes > 0 && !self.at_word_start() {
                self.low_quotes -= 1;
                self.out.push('“');
                self.at += 2;
                return;
            }
            self.out.push('“');
            self.double_quotes += 1;
            self.at += 2;
            return;
        }
        // The apostrophe that closes it: before the next backtick, after a character, not inside a word.
        let mut before = '`';
        let mut chars = self.source.slice(self.at + 1, self.end).char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            if c == '`' {
                break;
            }
            if c == '\''
                && offset > 0
                && !before.is_whitespace()
                && before != '\\'
                && next.is_none_or(|next| !next.is_alphanumeric())
            {
                self.single_quote = Some(self.at + 1 + offset);
                self.out.push('‘');
                self.at += 1;
                return;
            }
            before = c;
        }
        self.literal('`');
    }

    fn apostrophe(&mut self) {
        if self.single_quote == Some(self.at) {
            self.single_quote = None;
            self.out.push('’');
            self.at += 1;
            return;
        }
        if !self.rest().starts_with("''") {
            self.literal('\'');
            return;
        }
        if self.double_quotes > 0 || self.low_quotes > 0 {
            let open = if self.double_quotes > 0 { &mut self.double_quotes } else { &mut self.low_quotes };
            *open -= 1;
            self.out.push('”');
            self.at += 2;
            return;
        }
        let behind = self.source.slice(self.at + 2, self.end);
        let opens =
            self.at_word_start() && behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '\\' | '{' | '$'));
        if opens && behind.contains("''") {
            self.double_quotes += 1;
            self.out.push('“');
        } else {
            self.out.push_str("''");
        }
        self.at += 2;
    }

    /// `^` and `_` outside math mode: scripts only where they cannot be anything else.
    fn script(&mut self, raised: bool) {
        let base = self.out.chars().next_back().is_some_and(|c| {
            c.is_alphanumeric()
                || matches!(c, ')' | ']' | '}' | '|' | '*' | '′' | '∞' | '∇' | '∂' | '’')
                || is_combining(c)
        });
        let behind_symbol = self.symbol_end == Some(self.out.len());
        let allowed = base && (raised || behind_symbol || self.char_after(1) == Some('{'));
        let argument =
            if allowed { math::script_argument(self.source, self.at + 1, self.end, self.depth + 1) } else { None };
        match argument {
            Some((text, behind)) if !text.trim().is_empty() => {
                let script = scripts::script(&text, raised);
                self.out.push_str(&script);
                self.at = behind;
                // `k_{B}T`: the next letter is not part of the script.
                if script.starts_with(['_', '^'])
                    && script.ends_with(char::is_alphanumeric)
                    && self.char_after(0).is_some_and(char::is_alphanumeric)
                {
                    self.space();
                }
                if behind_symbol {
                    self.symbol_end = Some(self.out.len());
                }
            }
            _ => self.literal(if raised { '^' } else { '_' }),
        }
    }
}

/// Where the last double quotation mark of a text with `,,` stands.
fn last_quote(text: &str) -> Option<usize> {
    if !text.contains(",,") {
        return None;
    }
    text.rfind("``").max(text.rfind("''"))
}

fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// A URL without the backslashes that LaTeX requires in it.
fn unescaped(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let mut chars = address.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some('_' | '%' | '#' | '&' | '~' | '-' | '$' | '{' | '}') if c == '\\' => {}
            _ => plain.push(c),
        }
    }
    plain
}
