//! Renders commands in text mode: accents, symbols, links, citations, notes, environments. The name of an unknown command stays.

use super::super::math::{self, DEPTH_LIMIT};
use super::super::tables::{self, AtomClass, TexCommand, TexEnvironment};
use super::verbatim::box_start;
use super::{GroupEnd, TextRenderer, command_end, is_combining, range, unescaped};

impl TextRenderer<'_, '_> {
    pub(super) fn command(&mut self) {
        let start = self.at;
        let (name, behind) = self.source.control(start, self.end);
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let behind_space = if is_word { self.source.skip_space(behind, self.end) } else { behind };
        self.at = behind;
        let Some(command) = tables::command(name) else {
            self.unknown(start, name);
            return;
        };
        match command {
            TexCommand::Symbol(glyph, class) => self.symbol(glyph, class),
            TexCommand::Character(text) => {
                self.character(text);
                self.at = behind_space;
            }
            TexCommand::Accent(mark, alone) => self.accent(name, mark, alone),
            TexCommand::Space => self.space(),
            TexCommand::Row => {
                self.at = self.source.row_end(self.at, self.end);
                self.space();
            }
            TexCommand::Break => {
                self.skip_options();
                self.space();
            }
            TexCommand::WordSpace => self.word_space(behind_space),
            TexCommand::Kern | TexCommand::Shift => self.length(command == TexCommand::Kern),
            TexCommand::HorizontalSpace => self.horizontal_space(),
            TexCommand::Verbatim => self.verbatim(start),
            TexCommand::IfMath | TexCommand::Else => self.skip_branch(start, name),
            TexCommand::EndIf => self.at = behind_space,
            TexCommand::Chemistry => self.chemistry(name),
            TexCommand::Isotope => self.isotope(),
            TexCommand::Quantity(form) => self.quantity(name, form),
            TexCommand::FirstOf => {
                if let Some((from, to)) = self.source.group(self.group_start(), self.end) {
                    self.group_ends.push((to, GroupEnd::Alternative));
                    self.at = from;
                }
            }
            TexCommand::Nothing => {}
            TexCommand::Switch => self.at = behind_space,
            TexCommand::Style => self.at = self.group_start(),
            TexCommand::Box => self.at = box_start(self.source, self.at, self.end),
            TexCommand::Styled(count) => {
                self.skip_arguments(count);
                self.skip_options();
                self.at = self.group_start();
            }
            TexCommand::Silent(count) => self.skip_arguments(count),
            TexCommand::Link => self.link(),
            TexCommand::Address => {
                if let Some((from, to)) = self.source.group(self.group_start(), self.end) {
                    self.out.push_str(&unescaped(self.source.slice(from, to)));
                    self.at = to + 1;
                }
            }
            TexCommand::Key(open, close) => self.key(name, open, close),
            TexCommand::Note => {
                self.skip_options();
                if let Some((from, to)) = self.source.group(self.group_start(), self.end) {
                    self.space();
                    self.out.push('(');
                    self.group_ends.push((to, GroupEnd::Note));
                    self.at = from;
                }
            }
            TexCommand::Raised | TexCommand::Lowered => {
                // The limit keeps nested scripts linear: each level renders its content again.
                if let Some((from, to)) = self.source.group(self.group_start(), self.end)
                    && self.group_ends.len() < DEPTH_LIMIT
                {
                    self.group_ends.push((to, GroupEnd::Script(command == TexCommand::Raised, self.out.len())));
                    self.at = from;
                }
            }
            TexCommand::Item => {
                self.space();
                self.out.push_str("• ");
                self.at = behind_space;
            }
            TexCommand::Begin | TexCommand::End => self.tag(start, command == TexCommand::Begin),
            TexCommand::LettersFrom(alphabet) => {
                self.at = behind_space;
                if let Some(c) = self.source.char_at(self.at, self.end)
                    && let Some(styled) = tables::letter(alphabet, c)
                {
                    self.out.push(styled);
                    self.at += c.len_utf8();
                }
            }
            TexCommand::Delimiter(_) => {
                let empty = matches!(name, "left" | "right") && self.source.char_at(behind, self.end) == Some('.');
                self.at += usize::from(empty);
            }
            TexCommand::InfixFraction | TexCommand::InfixBinomial => self.out.push_str(name),
            TexCommand::Hat(_)
            | TexCommand::Letters(_)
            | TexCommand::Operator
            | TexCommand::Fraction
            | TexCommand::Binomial
            | TexCommand::Root
            | TexCommand::Pattern(_)
            | TexCommand::Derivative(_)
            | TexCommand::Differential
            | TexCommand::Not
            | TexCommand::Over
            | TexCommand::Under
            | TexCommand::Brace
            | TexCommand::SideSet
            | TexCommand::Arrow(_)
            | TexCommand::Modulo => {
                let (text, end) = math::fragment(self.source, start, self.end, self.depth + 1);
                self.out.push_str(&text);
                self.at = end;
                self.symbol_end = Some(self.out.len());
            }
        }
    }

    /// A symbol of mathematics in text, spaced as in the source except where spaces would split an operation.
    fn symbol(&mut self, glyph: &str, class: AtomClass) {
        let behind = self.source.skip_space(self.at, self.end);
        let number_behind = self.source.char_at(behind, self.end).is_some_and(|c| c.is_ascii_digit());
        let before = self.out.trim_end();
        match class {
            AtomClass::Function if self.out.ends_with(char::is_alphanumeric) => self.space(),
            AtomClass::Tight if number_behind && before.ends_with(|c: char| c.is_ascii_digit()) => {
                self.out.truncate(before.len());
                self.at = behind;
            }
            AtomClass::Relation if number_behind && !ends_with_operand(before) => self.at = behind,
            _ => {}
        }
        self.out.push_str(glyph);
        self.symbol_end = Some(self.out.len());
    }

    /// A command without a meaning here: with an argument it stays as it was written, else its name does.
    fn unknown(&mut self, start: usize, name: &str) {
        match name.chars().next() {
            None => {}
            Some(c @ ('(' | '[')) => match self.source.partner(start, self.end) {
                Some(close) => {
                    let formula = math::formula(self.source, self.at, close, self.depth + 1);
                    self.out.push_str(&formula);
                    self.at = close + 2;
                }
                None => self.out.push(c),
            },
            Some(c) if c.is_ascii_alphabetic() => match super::unknown_end(self.source, start, self.end) {
                Some(end) => {
                    self.out.push_str(self.source.slice(start, end));
                    self.at = end;
                }
                None => {
                    self.out.push_str(name);
                    // `\name{}`: the braces only end the name.
                    if let Some((_, to)) = self.source.group(self.at, self.end).filter(|(from, to)| from == to) {
                        self.at = to + 1;
                    }
                }
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
        if alone.is_empty() || self.accents_next_word(name) {
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
                        Some(TexCommand::Accent(mark, _)) if marks.len() < 4 => {
                            marks.push(mark);
                            self.at = behind;
                        }
                        Some(TexCommand::Character(base) | TexCommand::Symbol(base, AtomClass::Letter))
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

    /// True when the accent `\name` and a blank belong to the letter after it (`{\" u}`), false when it is punctuation that somebody
    /// escaped (`the dogs\' tails`, `et al\. have`).
    fn accents_next_word(&self, name: &str) -> bool {
        let next = self.source.char_at(self.source.skip_space(self.at, self.end), self.end);
        let before = self.source.char_before(self.at - name.len() - 1);
        let is_punctuation = match name {
            "." => before.is_some_and(|c| c == '.' || c.is_lowercase()),
            "'" => before == Some('s'),
            _ => false,
        };
        next.is_some_and(|c| c.is_alphabetic() || matches!(c, '{' | '\\')) && !is_punctuation
    }

    /// Writes a text with marks on its first letter; the last mark is the innermost.
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

    /// The byte where the group after a command begins, spaces skipped; the current byte when none follows.
    pub(super) fn group_start(&self) -> usize {
        let start = self.source.skip_space(self.at, self.end);
        if self.source.char_at(start, self.end) == Some('{') { start } else { self.at }
    }

    pub(super) fn skip_options(&mut self) {
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

    /// `\href{url}{text}`.
    fn link(&mut self) {
        self.skip_options();
        let Some((from, to)) = self.source.group(self.group_start(), self.end) else { return };
        self.at = to + 1;
        match self.source.group(self.group_start(), self.end) {
            Some((start, close)) => {
                self.group_ends.push((close, GroupEnd::Link(from, to, self.out.len())));
                self.at = start;
            }
            None => self.out.push_str(&unescaped(self.source.slice(from, to))),
        }
    }

    /// `\cite[before][after]{key}`.
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

    /// `\begin{name}` or `\end{name}`; `start` is the byte of its backslash.
    fn tag(&mut self, start: usize, begins: bool) {
        let Some((from, to)) = self.source.group(self.group_start(), self.end) else { return };
        self.at = to + 1;
        let name = self.source.slice(from, to);
        let environment = tables::environment(name);
        self.space();
        if matches!(environment, Some(TexEnvironment::Formula | TexEnvironment::Rows(..)))
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
            Some(TexEnvironment::Columns) if begins => self.skip_arguments(1),
            Some(_) => {}
            None if begins => {
                self.out.push_str(name);
                self.space();
            }
            None => {}
        }
    }
}

/// True when the text ends in a number, a single letter or a closing bracket: a relation after it has a left operand.
fn ends_with_operand(text: &str) -> bool {
    let word = text.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_digit()) || word.chars().count() == 1 || word.ends_with([')', '|', ']'])
}
