//! Renders math mode: a formula as one line of Unicode. A formula is read into atoms (a base with its scripts), which are then set side
//! by side with the spaces of their classes. Total: what is not understood stays, at any depth. Text inside a formula is rendered by
//! `text`, which renders the formulas inside it here again, up to `DEPTH_LIMIT`.

mod commands;
mod patterns;

use super::atoms::{Atoms, Blank, Rendered, RenderedShape};
use super::scripts;
use super::source::TexSource;
use super::tables::{self, Alphabet, AtomClass, TexCommand};
use commands::choose;

/// Most levels of nesting that are rendered; deeper text stays as it was written.
pub(super) const DEPTH_LIMIT: usize = 64;

/// Renders the formula between two bytes of a source.
pub(super) fn formula(source: &TexSource<'_>, from: usize, to: usize, depth: usize) -> String {
    if depth >= DEPTH_LIMIT {
        return source.slice(from, to).to_owned();
    }
    MathParser { source, at: from, end: to, depth, script: false, alphabet: None, rows: Vec::new() }
        .list()
        .set(false)
        .text
}

/// Renders mathematics outside math mode: the command at `at` with its arguments and the scripts after it. Also returns the byte where
/// that ends.
pub(super) fn fragment(source: &TexSource<'_>, at: usize, end: usize, depth: usize) -> (String, usize) {
    let mut parser = MathParser { source, at, end, depth, script: false, alphabet: None, rows: Vec::new() };
    let mut atoms = Atoms::default();
    parser.one(&mut atoms, Blank::None);
    // A space ends it; only scripts may follow directly.
    while let Some(mark @ ('^' | '_')) = source.char_at(parser.at, end) {
        parser.at += 1;
        parser.attach_script(&mut atoms, mark == '^');
    }
    (atoms.set(false).text, parser.at)
}

/// Renders the argument at `at` of a script outside math mode, and returns the byte after it; None when nothing there can be one.
pub(super) fn script_argument(source: &TexSource<'_>, at: usize, end: usize, depth: usize) -> Option<(String, usize)> {
    let mut parser = MathParser { source, at, end, depth, script: true, alphabet: None, rows: Vec::new() };
    let rest = source.slice(at, end);
    let sign = usize::from(rest.starts_with(['+', '-']));
    let digits = rest.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return Some((source.slice(at, at + sign + digits).to_owned(), at + sign + digits));
    }
    match rest.chars().next()? {
        '{' => {
            let (from, to) = source.group(at, end)?;
            Some((parser.inner(from, to).text, to + 1))
        }
        '\\' => Some((parser.argument().text, parser.at)),
        c if c == '*' || c == '†' => Some((c.to_string(), at + c.len_utf8())),
        c if c.is_alphabetic() => {
            let end_of_letter = at + c.len_utf8();
            let alone = !source.char_at(end_of_letter, end).is_some_and(char::is_alphanumeric);
            alone.then(|| (c.to_string(), end_of_letter))
        }
        _ => None,
    }
}

struct MathParser<'s, 'a> {
    source: &'s TexSource<'a>,
    at: usize,
    end: usize,
    depth: usize,
    /// True inside a script, where spaces are dropped.
    script: bool,
    alphabet: Option<Alphabet>,
    /// The closing brackets of the open matrices.
    rows: Vec<&'static str>,
}

impl MathParser<'_, '_> {
    /// Everything up to the end.
    fn list(&mut self) -> Atoms {
        let mut atoms = Atoms::default();
        // the left side of `\over` or `\choose`
        let mut left: Option<(TexCommand, Rendered)> = None;
        let mut blank = Blank::None;
        // Number of spaces of negative width since the last atom.
        let mut pulled = 0;
        while let Some(c) = self.peek() {
            if c.is_whitespace() || matches!(c, '~' | '&') {
                self.at += c.len_utf8();
                blank = blank.max(if c.is_whitespace() { Blank::Typed } else { Blank::Printed });
                continue;
            }
            if c == '\\' {
                let (name, behind) = self.source.control(self.at, self.end);
                match tables::command(name) {
                    Some(infix @ (TexCommand::InfixFraction | TexCommand::InfixBinomial)) if left.is_none() => {
                        left = Some((infix, std::mem::take(&mut atoms).set(self.script)));
                        self.at = self.source.skip_space(behind, self.end);
                        blank = Blank::None;
                        continue;
                    }
                    Some(TexCommand::Space) => {
                        self.at = behind;
                        blank = Blank::Printed;
                        continue;
                    }
                    Some(TexCommand::Nothing) => {
                        self.at = behind;
                        pulled += 1;
                        continue;
                    }
                    Some(command @ (TexCommand::Break | TexCommand::Kern | TexCommand::HorizontalSpace)) => {
                        if self.space_command(command, behind) {
                            blank = Blank::Printed;
                        } else {
                            pulled += 1;
                        }
                        continue;
                    }
                    Some(TexCommand::Row) => {
                        self.at = self.source.row_end(behind, self.end);
                        if self.script {
                            atoms.push(",", AtomClass::Punctuation, Blank::None);
                        } else if !self.rows.is_empty() {
                            atoms.push(";", AtomClass::Punctuation, Blank::None);
                        }
                        blank = Blank::Printed;
                        continue;
                    }
                    _ => {}
                }
            }
            // `E\!\!/`: a stroke through the letter.
            if c == '/' && pulled > 0 && atoms.strike_last() {
                self.at += 1;
                pulled = 0;
                continue;
            }
            pulled = 0;
            let before = atoms.len();
            self.one(&mut atoms, blank);
            // A dropped command or brace does not use up the space before it.
            if atoms.len() != before {
                blank = Blank::None;
            }
        }
        if let Some((infix, first)) = left {
            let second = atoms.set(self.script);
            let mut whole = Atoms::default();
            match infix {
                TexCommand::InfixFraction => whole.push_fraction(&first, &second, Blank::None),
                _ => whole.push(&choose(&first, &second), AtomClass::Letter, Blank::None),
            }
            return whole;
        }
        atoms
    }

    fn peek(&self) -> Option<char> {
        self.source.char_at(self.at, self.end)
    }

    /// Reads one token with its arguments and pushes what it prints.
    fn one(&mut self, atoms: &mut Atoms, blank: Blank) {
        let Some(c) = self.peek() else { return };
        match c {
            '\\' => self.command(atoms, blank),
            '{' => match self.source.group(self.at, self.end) {
                Some((from, to)) => {
                    self.at = to + 1;
                    let inner = self.inner(from, to);
                    let class = match inner.class {
                        Some(
                            class @ (AtomClass::Function
                            | AtomClass::Large
                            | AtomClass::Fraction
                            | AtomClass::Root
                            | AtomClass::Tight),
                        ) => class,
                        _ => AtomClass::Letter,
                    };
                    atoms.push_rendered(&inner, class, blank);
                }
                None => self.at += 1,
            },
            '}' => self.at += 1,
            // `\smash{$x$}` outside a formula: the argument is text, with a formula in it.
            '$' if let Some(partner) = self.source.partner(self.at, self.end) => {
                let width = if self.source.slice(self.at, self.end).starts_with("$$") { 2 } else { 1 };
                let inner = self.inner(self.at + width, partner);
                self.at = partner + width;
                let class = inner.class.unwrap_or(AtomClass::Letter);
                atoms.push_rendered(&inner, class, blank);
            }
            '^' | '_' => {
                self.at += 1;
                self.attach_script(atoms, c == '^');
            }
            '\'' => {
                let primes = self.source.slice(self.at, self.end).bytes().take_while(|byte| *byte == b'\'').count();
                self.at += primes;
                match primes {
                    1 => atoms.attach("′"),
                    2 => atoms.attach("″"),
                    3 => atoms.attach("‴"),
                    more => atoms.attach(&"′".repeat(more)),
                }
            }
            _ => {
                self.at += c.len_utf8();
                let styled = self.alphabet.and_then(|alphabet| tables::letter(alphabet, c)).unwrap_or(c);
                atoms.push(styled.encode_utf8(&mut [0; 4]), tables::class(c), blank);
            }
        }
    }

    fn attach_script(&mut self, atoms: &mut Atoms, raised: bool) {
        let outer = std::mem::replace(&mut self.script, true);
        let argument = self.argument();
        self.script = outer;
        atoms.attach(&scripts::script(&argument.text, raised));
    }

    /// The text between two bytes, one level deeper.
    fn inner(&mut self, from: usize, to: usize) -> Rendered {
        if self.depth + 1 >= DEPTH_LIMIT {
            return Rendered {
                text: self.source.slice(from, to).to_owned(),
                shape: RenderedShape::Compound,
                class: None,
            };
        }
        let mut parser = MathParser {
            source: self.source,
            at: from,
            end: to,
            depth: self.depth + 1,
            script: self.script,
            alphabet: self.alphabet,
            rows: Vec::new(),
        };
        parser.list().set(self.script)
    }

    /// The next argument: a group or one token.
    fn argument(&mut self) -> Rendered {
        self.at = self.source.skip_space(self.at, self.end);
        if let Some((from, to)) = self.source.group(self.at, self.end) {
            self.at = to + 1;
            return self.inner(from, to);
        }
        let mut atoms = Atoms::default();
        // A brace that is never closed is not an argument, but the token after it is.
        while self.peek() == Some('{') {
            self.at += 1;
        }
        match self.peek() {
            Some('}') | None => {}
            Some('\\') if self.depth + 1 >= DEPTH_LIMIT => {
                let (name, behind) = self.source.control(self.at, self.end);
                atoms.push(name, AtomClass::Letter, Blank::None);
                self.at = behind;
            }
            Some(c @ ('^' | '_')) if self.depth + 1 >= DEPTH_LIMIT => {
                self.at += 1;
                atoms.push(c.encode_utf8(&mut [0; 4]), AtomClass::Letter, Blank::None);
            }
            Some(_) => {
                self.depth += 1;
                self.one(&mut atoms, Blank::None);
                self.depth -= 1;
            }
        }
        atoms.set(self.script)
    }

    fn argument_in(&mut self, alphabet: Option<Alphabet>) -> Rendered {
        let outer = std::mem::replace(&mut self.alphabet, alphabet);
        let argument = self.argument();
        self.alphabet = outer;
        argument
    }

    /// An optional argument in square brackets.
    fn option(&mut self) -> Option<Rendered> {
        if self.peek() != Some('[') {
            return None;
        }
        let close = self.source.partner(self.at, self.end)?;
        let inner = self.inner(self.at + 1, close);
        self.at = close + 1;
        Some(inner)
    }
}
