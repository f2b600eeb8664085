//! Text mode: words with accents, quotation marks, dashes, ties, styles and formulas among them. Reads from left to right without
//! recursion into groups, so that no depth of braces matters; what it does not understand stays as it was written.

use super::math::{self, DEPTH_LIMIT};
use super::source::Source;
use super::tables::{self, Class, Command, Environment};
use super::{address, scripts};

/// Renders the text between two bytes of a source. White space is folded into single spaces, also at the ends.
pub(super) fn range(source: &Source<'_>, from: usize, to: usize, depth: usize) -> String {
    if depth >= DEPTH_LIMIT {
        return source.slice(from, to).to_owned();
    }
    let mut writer = Writer {
        source,
        at: from,
        end: to,
        depth,
        out: String::with_capacity(to.saturating_sub(from)),
        closings: Vec::new(),
        double_quotes: 0,
        single_quote: None,
        symbol_end: None,
        host_end: 0,
    };
    while let Some(c) = source.char_at(writer.at, to) {
        writer.next(c);
    }
    writer.close_until(to);
    writer.out
}

/// Where the command at `start` ends with all of its arguments.
pub(super) fn command_end(source: &Source<'_>, start: usize, end: usize) -> usize {
    let (name, mut at) = source.control(start, end);
    if let Some(Command::Accent(..)) = tables::command(name) {
        return match source.group(at, end) {
            Some((_, to)) => to + 1,
            None if source.char_at(at, end) == Some('\\') => source.control(at, end).1,
            None => at + source.char_at(at, end).map_or(0, char::len_utf8),
        };
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

/// What has to be written where a group ends.
enum Closing {
    Note,
    /// The address of a link, as bytes of the source, and where the words of the link begin in the output.
    Link(usize, usize, usize),
    /// Raised (true) or lowered text that begins there in the output.
    Script(bool, usize),
}

struct Writer<'s, 'a> {
    source: &'s Source<'a>,
    at: usize,
    end: usize,
    depth: usize,
    out: String,
    /// Bytes of closing braces, the innermost last.
    closings: Vec<(usize, Closing)>,
    /// Double quotation marks that are open.
    double_quotes: usize,
    /// The byte of the apostrophe that closes the open single quotation mark.
    single_quote: Option<usize>,
    /// Length of the output behind the last symbol, to which a bare `_` is a subscript.
    symbol_end: Option<usize>,
    /// No host name begins before this byte.
    host_end: usize,
}

impl Writer<'_, '_> {
    fn next(&mut self, c: char) {
        match c {
            '\\' => self.command(),
            '{' => self.at += 1,
            '}' => {
                self.close_until(self.at);
                self.at += 1;
            }
            '$' => self.dollar(),
            '~' => self.tie(),
            '-' => self.dashes(),
            '`' => self.backtick(),
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

    fn char_behind(&self, bytes: usize) -> Option<char> {
        self.source.char_at(self.at + bytes, self.end)
    }

    /// True at the start, behind a space or behind an opening bracket or quotation mark.
    fn at_word_start(&self) -> bool {
        self.source
            .char_before(self.at)
            .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '`' | '"' | '\'' | '“' | '‘'))
    }

    /// Writes what groups ask for that end at or before a byte.
    fn close_until(&mut self, at: usize) {
        while let Some((_, closing)) = self.closings.pop_if(|(end, _)| *end <= at) {
            match closing {
                Closing::Note => self.out.push(')'),
                Closing::Link(from, to, start) => {
                    let address = unescaped(self.source.slice(from, to));
                    let words = self.out.get(start..).unwrap_or_default().trim();
                    if words.is_empty() {
                        self.out.push_str(&address);
                    } else if words != address {
                        self.out.push_str(&format!(" ({address})"));
                    }
                }
                Closing::Script(raised, start) => {
                    let script = scripts::script(self.out.get(start..).unwrap_or_default(), raised);
                    self.out.truncate(start);
                    self.out.push_str(&script);
                }
            }
        }
    }

    /// A run of letters and digits, or the address that begins with it.
    fn word(&mut self) {
        let starts = self.source.char_before(self.at).is_none_or(|c| !c.is_ascii_alphanumeric());
        if starts && self.at >= self.host_end {
            if let Some(length) = address::length(self.rest()) {
                let address = self.source.slice(self.at, self.at + length);
                self.out.push_str(&unescaped(address));
                self.at += length;
                return;
            }
            self.host_end = self.at + address::host_run(self.rest());
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
        let width = if self.char_behind(1) == Some('$') { 2 } else { 1 };
        let formula = math::formula(self.source, self.at + width, partner, self.depth + 1);
        self.out.push_str(&formula);
        self.at = partner + width;
    }

    /// `~` is a space, but "about" in front of a number that begins a word or ends a range.
    fn tie(&mut self) {
        let number = match self.char_behind(1) {
            Some('.' | '$') => self.char_behind(2).is_some_and(|c| c.is_ascii_digit()),
            Some('\\') => self.rest().starts_with("~\\$"),
            next => next.is_some_and(|c| c.is_ascii_digit()),
        };
        let starts = self.at_word_start();
        let kept = if number {
            starts
                || self.source.char_before(self.at).is_some_and(|c| matches!(c, '/' | '=' | '<' | '>'))
                || self.behind_number()
        } else {
            starts && self.char_behind(1) == Some('/')
        };
        if kept {
            self.literal('~');
        } else {
            self.at += 1;
            self.space();
        }
    }

    /// True when the word before begins with a digit: `1M~60M`.
    fn behind_number(&self) -> bool {
        let before = self.source.text.get(..self.at).unwrap_or_default();
        let word =
            before.rsplit(|c: char| c.is_whitespace() || matches!(c, '~' | '(' | '[' | '{')).next().unwrap_or_default();
        word.trim_start_matches(['$', '€', '\\']).starts_with(|c: char| c.is_ascii_digit())
    }

    fn dashes(&mut self) {
        let length = self.rest().bytes().take_while(|byte| *byte == b'-').count();
        let before = self.source.char_before(self.at);
        let behind = self.char_behind(length);
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

    fn backtick(&mut self) {
        if self.rest().starts_with("``") {
            self.out.push('“');
            self.double_quotes += 1;
            self.at += 2;
            return;
        }
        // the apostrophe that closes: before the next backtick, behind a letter, not inside a word
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
        if self.double_quotes > 0 {
            self.double_quotes -= 1;
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

    /// `^` and `_` outside of math mode: scripts where they cannot be anything else.
    fn script(&mut self, raised: bool) {
        let base = self.out.chars().next_back().is_some_and(|c| {
            c.is_alphanumeric()
                || matches!(c, ')' | ']' | '}' | '|' | '*' | '′' | '∞' | '∇' | '∂' | '’')
                || is_combining(c)
        });
        let behind_symbol = self.symbol_end == Some(self.out.len());
        let allowed = base && (raised || behind_symbol || self.char_behind(1) == Some('{'));
        let argument =
            if allowed { math::script_argument(self.source, self.at + 1, self.end, self.depth + 1) } else { None };
        match argument {
            Some((text, behind)) if !text.trim().is_empty() => {
                self.out.push_str(&scripts::script(&text, raised));
                self.at = behind;
                if behind_symbol {
                    self.symbol_end = Some(self.out.len());
                }
            }
            _ => self.literal(if raised { '^' } else { '_' }),
        }
    }

    fn command(&mut self) {
        let start = self.at;
        let (name, behind) = self.source.control(start, self.end);
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let behind_space = if is_word { self.source.skip_space(behind, self.end) } else { behind };
        self.at = behind;
        let Some(command) = tables::command(name) else {
            self.unknown(name);
            return;
        };
        match command {
            Command::Symbol(glyph, class) => self.symbol(glyph, class),
            Command::Character(text) => {
                self.out.push_str(text);
                self.at = behind_space;
            }
            Command::Accent(mark, alone) => self.accent(name, mark, alone),
            Command::Space => self.space(),
            Command::Row => {
                self.at = self.row_end();
                self.space();
            }
            Command::Nothing => {}
            Command::Switch => self.at = behind_space,
            Command::Style => self.at = self.group_start(),
            Command::Styled(count) | Command::Silent(count) => {
                self.skip_arguments(count);
                self.at = if matches!(command, Command::Styled(_)) { self.group_start() } else { self.at };
            }
            Command::Link => self.link(),
            Command::Address => {
                if let Some((from, to)) = self.source.group(self.group_start(), self.end) {
                    self.out.push_str(&unescaped(self.source.slice(from, to)));
                    self.at = to + 1;
                }
            }
            Command::Key(open, close) => self.key(name, open, close),
            Command::Note => {
                self.skip_options();
                if let Some((from, to)) = self.source.group(self.group_start(), self.end) {
                    self.space();
                    self.out.push('(');
                    self.closings.push((to, Closing::Note));
                    self.at = from;
                }
            }
            Command::Raised | Command::Lowered => {
                // scripts in scripts are read again at each level
                if let Some((from, to)) = self.source.group(self.group_start(), self.end)
                    && self.closings.len() < DEPTH_LIMIT
                {
                    self.closings.push((to, Closing::Script(command == Command::Raised, self.out.len())));
                    self.at = from;
                }
            }
            Command::Item => {
                self.space();
                self.out.push_str("• ");
                self.at = behind_space;
            }
            Command::Begin | Command::End => self.tag(start, command == Command::Begin),
            Command::LettersFrom(alphabet) => {
                self.at = behind_space;
                if let Some(c) = self.source.char_at(self.at, self.end)
                    && let Some(styled) = tables::letter(alphabet, c)
                {
                    self.out.push(styled);
                    self.at += c.len_utf8();
                }
            }
            Command::Delimiter => {
                let empty = matches!(name, "left" | "right") && self.source.char_at(behind, self.end) == Some('.');
                self.at += usize::from(empty);
            }
            Command::InfixFraction | Command::InfixBinomial => self.out.push_str(name),
            Command::Hat(_)
            | Command::Letters(_)
            | Command::Operator
            | Command::Fraction
            | Command::Binomial
            | Command::Root
            | Command::Not
            | Command::Over
            | Command::Under
            | Command::Brace
            | Command::Arrow(_)
            | Command::Modulo => {
                let (text, end) = math::piece(self.source, start, self.end, self.depth + 1);
                self.out.push_str(&text);
                self.at = end;
                self.symbol_end = Some(self.out.len());
            }
        }
    }

    /// A symbol of mathematics in text: the spaces around it are the source's, except where they would part an operation.
    fn symbol(&mut self, glyph: &str, class: Class) {
        let behind = self.source.skip_space(self.at, self.end);
        let number_behind = self.source.char_at(behind, self.end).is_some_and(|c| c.is_ascii_digit());
        let before = self.out.trim_end();
        match class {
            Class::Function if self.out.ends_with(char::is_alphanumeric) => self.space(),
            Class::Tight if number_behind && before.ends_with(|c: char| c.is_ascii_digit()) => {
                self.out.truncate(before.len());
                self.at = behind;
            }
            Class::Relation if number_behind && !ends_with_operand(before) => self.at = behind,
            _ => {}
        }
        self.out.push_str(glyph);
        self.symbol_end = Some(self.out.len());
    }

    fn unknown(&mut self, name: &str) {
        match name.chars().next() {
            None => {}
            Some(c @ ('(' | '[')) => {
                let start = self.at - 2;
                match self.source.partner(start, self.end) {
                    Some(close) => {
                        let formula = math::formula(self.source, self.at, close, self.depth + 1);
                        self.out.push_str(&formula);
                        self.at = close + 2;
                    }
                    None => self.out.push(c),
                }
            }
            Some(c) if c.is_ascii_alphabetic() => match self.source.group(self.at, self.end) {
                Some((from, to)) if from == to => {
                    self.out.push_str(name);
                    self.at = to + 1;
                }
                Some(_) => {}
                None if self.source.char_at(self.at, self.end) == Some('{') => {}
                None => self.out.push_str(name),
            },
            Some(c) if c.is_ascii_digit() => {
                self.out.push('\\');
                self.out.push(c);
            }
            Some(c) => self.out.push(c),
        }
    }

    fn accent(&mut self, name: &str, mark: char, alone: &str) {
        let mut marks = vec![mark];
        if alone.is_empty() {
            self.at = self.source.skip_space(self.at, self.end);
        }
        loop {
            match self.source.char_at(self.at, self.end) {
                Some('{') => {
                    if let Some((from, to)) = self.source.group(self.at, self.end) {
                        let base = range(self.source, from, to, self.depth + 1);
                        self.at = to + 1;
                        if base.trim().is_empty() {
                            break;
                        }
                        self.accented(&base, &marks);
                        return;
                    }
                    self.at += 1;
                }
                Some('\\') => {
                    let (inner, behind) = self.source.control(self.at, self.end);
                    match tables::command(inner) {
                        Some(Command::Accent(mark, _)) if marks.len() < 4 => {
                            marks.push(mark);
                            self.at = behind;
                        }
                        Some(Command::Character(base) | Command::Symbol(base, Class::Letter))
                            if base.chars().all(char::is_alphabetic) =>
                        {
                            self.at = self.source.skip_space(behind, self.end);
                            self.accented(base, &marks);
                            return;
                        }
                        _ => break,
                    }
                }
                Some(c) if c.is_alphabetic() => {
                    self.at += c.len_utf8();
                    self.accented(c.encode_utf8(&mut [0; 4]), &marks);
                    return;
                }
                _ => break,
            }
        }
        self.out.push_str(if alone.is_empty() { name } else { alone });
    }

    /// Writes a text with marks on its first letter, the last mark innermost.
    fn accented(&mut self, base: &str, marks: &[char]) {
        let base = base.trim_start();
        let mut chars = base.chars();
        match chars.next() {
            Some('ı') => self.out.push('i'),
            Some('ȷ') => self.out.push('j'),
            Some(c) => self.out.push(c),
            None => return,
        }
        let behind = chars.as_str();
        let letters = behind.trim_start_matches(is_combining);
        self.out.push_str(behind.strip_suffix(letters).unwrap_or_default());
        self.out.extend(marks.iter().rev());
        self.out.push_str(letters);
    }

    /// Where the group behind a command begins, spaces skipped; here, when none follows.
    fn group_start(&self) -> usize {
        let start = self.source.skip_space(self.at, self.end);
        if self.source.char_at(start, self.end) == Some('{') { start } else { self.at }
    }

    /// Behind a line break, its star and its length.
    fn row_end(&self) -> usize {
        let at = if self.source.char_at(self.at, self.end) == Some('*') { self.at + 1 } else { self.at };
        match self.source.partner(at, self.end) {
            Some(close) if math::is_length(self.source.slice(at + 1, close)) => close + 1,
            _ => at,
        }
    }

    fn skip_options(&mut self) {
        if self.source.char_at(self.at, self.end) == Some('*') {
            self.at += 1;
        }
        while self.source.char_at(self.at, self.end) == Some('[')
            && let Some(close) = self.source.partner(self.at, self.end)
        {
            self.at = close + 1;
        }
    }

    fn skip_arguments(&mut self, count: u8) {
        self.skip_options();
        for _ in 0..count {
            match self.source.group(self.at, self.end) {
                Some((_, to)) => self.at = to + 1,
                None => return,
            }
        }
    }

    /// `\href{address}{words}`.
    fn link(&mut self) {
        self.skip_options();
        let Some((from, to)) = self.source.group(self.group_start(), self.end) else { return };
        self.at = to + 1;
        match self.source.group(self.group_start(), self.end) {
            Some((start, close)) => {
                self.closings.push((close, Closing::Link(from, to, self.out.len())));
                self.at = start;
            }
            None => self.out.push_str(&unescaped(self.source.slice(from, to))),
        }
    }

    /// `\cite[before][behind]{key}`.
    fn key(&mut self, name: &str, open: &str, close: &str) {
        let start = self.at;
        let mut options = Vec::new();
        self.at += usize::from(self.source.char_at(self.at, self.end) == Some('*'));
        while options.len() < 2
            && self.source.char_at(self.at, self.end) == Some('[')
            && let Some(partner) = self.source.partner(self.at, self.end)
        {
            options.push(range(self.source, self.at + 1, partner, self.depth + 1));
            self.at = partner + 1;
        }
        let Some((from, to)) = self.source.group(self.group_start(), self.end) else {
            self.out.push_str(name);
            self.at = start;
            return;
        };
        self.at = to + 1;
        let behind = options.pop().filter(|note| !note.trim().is_empty());
        let before = options.pop().filter(|note| !note.trim().is_empty());
        self.out.push_str(open);
        if let Some(before) = before {
            self.out.push_str(before.trim());
            self.out.push(' ');
        }
        self.out.push_str(self.source.slice(from, to).trim());
        if let Some(behind) = behind {
            self.out.push_str(", ");
            self.out.push_str(behind.trim());
        }
        self.out.push_str(close);
    }

    /// `\begin{name}` or `\end{name}`, from its backslash on.
    fn tag(&mut self, start: usize, begins: bool) {
        let Some((from, to)) = self.source.group(self.group_start(), self.end) else { return };
        self.at = to + 1;
        let name = self.source.slice(from, to);
        let environment = tables::environment(name);
        self.space();
        if matches!(environment, Some(Environment::Formula | Environment::Rows(..)))
            && begins
            && let Some(partner) = self.source.partner(start, self.end)
        {
            self.at = command_end(self.source, partner, self.end);
            let formula = math::formula(self.source, start, self.at, self.depth + 1);
            self.out.push_str(&formula);
            self.space();
            return;
        }
        if begins && environment.is_some() {
            self.skip_options();
        }
        match environment {
            Some(Environment::Columns) if begins => self.skip_arguments(1),
            Some(_) => {}
            None if begins => {
                self.out.push_str(name);
                self.space();
            }
            None => {}
        }
    }
}

fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// True when the last word is a number or one letter, or a bracket closes: a relation behind it has a left side.
fn ends_with_operand(text: &str) -> bool {
    let word = text.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_digit()) || word.chars().count() == 1 || word.ends_with([')', '|', ']'])
}

/// An address without the backslashes that LaTeX wants in it.
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
