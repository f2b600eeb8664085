//! Math mode: a formula as one line of Unicode. A formula is read into atoms (a base with its scripts) that are then set side by
//! side with the spaces their classes ask for. Total: what is not understood stays, at any depth.

use super::atoms::{Atoms, Rendered, Shape};
use super::scripts;
use super::source::Source;
use super::tables::{self, Alphabet, Class, Command, Environment};
use super::text;

/// Levels of nesting that are read; deeper text stays as it was written.
pub(super) const DEPTH_LIMIT: usize = 64;

/// Renders the formula between two bytes of a source.
pub(super) fn formula(source: &Source<'_>, from: usize, to: usize, depth: usize) -> String {
    if depth >= DEPTH_LIMIT {
        return source.slice(from, to).to_owned();
    }
    Parser { source, at: from, end: to, depth, script: false, alphabet: None, rows: Vec::new() }.list().set(false).text
}

/// Renders the one piece of mathematics that begins at `at` (a command with its arguments) with the scripts behind it, and tells the
/// byte where it ends: mathematics outside of math mode.
pub(super) fn piece(source: &Source<'_>, at: usize, end: usize, depth: usize) -> (String, usize) {
    let mut parser = Parser { source, at, end, depth, script: false, alphabet: None, rows: Vec::new() };
    let mut atoms = Atoms::default();
    parser.one(&mut atoms, false);
    // a space ends the piece; only scripts may still follow it
    while let Some(mark @ ('^' | '_')) = source.char_at(parser.at, end) {
        parser.at += 1;
        parser.attach_script(&mut atoms, mark == '^');
    }
    (atoms.set(false).text, parser.at)
}

/// Renders the argument of a script that stands outside of math mode, at `at`; None when there is nothing that could be one.
pub(super) fn script_argument(source: &Source<'_>, at: usize, end: usize, depth: usize) -> Option<(String, usize)> {
    let mut parser = Parser { source, at, end, depth, script: true, alphabet: None, rows: Vec::new() };
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

struct Parser<'s, 'a> {
    source: &'s Source<'a>,
    at: usize,
    end: usize,
    depth: usize,
    /// Inside a script no spaces are set.
    script: bool,
    alphabet: Option<Alphabet>,
    /// The closing brackets of the matrices that are open.
    rows: Vec<&'static str>,
}

impl Parser<'_, '_> {
    /// Everything up to the end.
    fn list(&mut self) -> Atoms {
        let mut atoms = Atoms::default();
        // the left side of `\over` or `\choose`
        let mut left: Option<(Command, Rendered)> = None;
        let mut spaced = false;
        while let Some(c) = self.peek() {
            if c.is_whitespace() || matches!(c, '~' | '&') {
                self.at += c.len_utf8();
                spaced = true;
                continue;
            }
            if c == '\\' {
                let (name, behind) = self.source.control(self.at, self.end);
                match tables::command(name) {
                    Some(infix @ (Command::InfixFraction | Command::InfixBinomial)) if left.is_none() => {
                        left = Some((infix, std::mem::take(&mut atoms).set(self.script)));
                        self.at = self.source.skip_space(behind, self.end);
                        spaced = false;
                        continue;
                    }
                    Some(Command::Space) => {
                        self.at = behind;
                        spaced = true;
                        continue;
                    }
                    Some(Command::Row) => {
                        self.at = self.row_end(behind);
                        if self.script {
                            atoms.push(",", Class::Punctuation, false);
                        } else if !self.rows.is_empty() {
                            atoms.push(";", Class::Punctuation, false);
                        }
                        spaced = true;
                        continue;
                    }
                    _ => {}
                }
            }
            let before = atoms.len();
            self.one(&mut atoms, spaced);
            // what vanishes (a switch, a brace) does not use up the space before it
            spaced &= atoms.len() == before;
        }
        if let Some((infix, first)) = left {
            let second = atoms.set(self.script);
            let mut whole = Atoms::default();
            match infix {
                Command::InfixFraction => whole.push_fraction(&first, &second, false),
                _ => whole.push(&choose(&first, &second), Class::Letter, false),
            }
            return whole;
        }
        atoms
    }

    fn peek(&self) -> Option<char> {
        self.source.char_at(self.at, self.end)
    }

    /// Reads one token with its arguments and pushes what it prints.
    fn one(&mut self, atoms: &mut Atoms, spaced: bool) {
        let Some(c) = self.peek() else { return };
        match c {
            '\\' => self.command(atoms, spaced),
            '{' => match self.source.group(self.at, self.end) {
                Some((from, to)) => {
                    self.at = to + 1;
                    let inner = self.inner(from, to);
                    let class = match inner.class {
                        Some(
                            class @ (Class::Function | Class::Large | Class::Fraction | Class::Root | Class::Tight),
                        ) => class,
                        _ => Class::Letter,
                    };
                    atoms.push_rendered(&inner, class, spaced);
                }
                None => self.at += 1,
            },
            '}' => self.at += 1,
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
                atoms.push(styled.encode_utf8(&mut [0; 4]), tables::class(c), spaced);
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
            return Rendered { text: self.source.slice(from, to).to_owned(), shape: Shape::Compound, class: None };
        }
        let mut parser = Parser {
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
        // a brace that nothing closes is not an argument, but the token behind it is
        while self.peek() == Some('{') {
            self.at += 1;
        }
        match self.peek() {
            Some('}') | None => {}
            Some('\\') if self.depth + 1 >= DEPTH_LIMIT => {
                let (name, behind) = self.source.control(self.at, self.end);
                atoms.push(name, Class::Letter, false);
                self.at = behind;
            }
            Some(c @ ('^' | '_')) if self.depth + 1 >= DEPTH_LIMIT => {
                self.at += 1;
                atoms.push(c.encode_utf8(&mut [0; 4]), Class::Letter, false);
            }
            Some(_) => {
                self.depth += 1;
                self.one(&mut atoms, false);
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

    /// Behind a line break, its star and its length.
    fn row_end(&self, at: usize) -> usize {
        let at = if self.source.char_at(at, self.end) == Some('*') { at + 1 } else { at };
        match self.source.partner(at, self.end) {
            Some(close) if is_length(self.source.slice(at + 1, close)) => close + 1,
            _ => at,
        }
    }

    fn command(&mut self, atoms: &mut Atoms, spaced: bool) {
        let start = self.at;
        let (name, behind) = self.source.control(self.at, self.end);
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
        self.at = if is_word { self.source.skip_space(behind, self.end) } else { behind };
        let Some(command) = tables::command(name) else {
            self.unknown(name, behind, atoms, spaced);
            return;
        };
        match command {
            Command::Symbol(glyph, class) => atoms.push(glyph, class, spaced),
            Command::Character(glyph) => atoms.push(glyph, Class::Letter, spaced),
            Command::Hat(mark) => {
                let base = self.argument();
                let base = base.text.replace('ı', "i").replace('ȷ', "j");
                atoms.push(&scripts::accented(&base, mark), Class::Letter, spaced);
            }
            Command::Letters(alphabet) => {
                let styled = self.argument_in(Some(alphabet).filter(|alphabet| *alphabet != Alphabet::Upright));
                let class =
                    styled.class.filter(|class| matches!(class, Class::Relation | Class::Operator | Class::Function));
                atoms.push_rendered(&styled, class.unwrap_or(Class::Letter), spaced);
            }
            Command::LettersFrom(alphabet) => self.alphabet = Some(alphabet),
            Command::Switch => self.alphabet = None,
            Command::Operator => {
                if self.peek() == Some('*') {
                    self.at += 1;
                }
                let name = self.argument_in(None);
                atoms.push(&name.text, Class::Function, spaced);
            }
            Command::Fraction => {
                let numerator = self.argument();
                let denominator = self.argument();
                atoms.push_fraction(&numerator, &denominator, spaced);
            }
            Command::Binomial => {
                let first = self.argument();
                let second = self.argument();
                atoms.push(&choose(&first, &second), Class::Letter, spaced);
            }
            Command::Root => {
                let degree = self.option().map(|degree| degree.text).unwrap_or_default();
                let radicand = self.argument();
                atoms.push_root(&scripts::root_sign(&degree), &radicand.text, spaced);
            }
            Command::Delimiter => match self.peek() {
                Some('.') => self.at += 1,
                Some('<') => {
                    self.at += 1;
                    atoms.push("⟨", Class::Open, spaced);
                }
                Some('>') => {
                    self.at += 1;
                    atoms.push("⟩", Class::Close, spaced);
                }
                _ => self.one_nested(atoms, spaced),
            },
            Command::Not => {
                let before = atoms.len();
                self.one_nested(atoms, spaced);
                atoms.negate(before);
            }
            Command::Over | Command::Under => {
                let outer = std::mem::replace(&mut self.script, true);
                let script = self.argument();
                self.script = outer;
                let base = self.argument();
                atoms.push_rendered(&base, base.class.unwrap_or(Class::Letter), spaced);
                atoms.attach(&scripts::script(&script.text, command == Command::Over));
            }
            Command::Brace => {
                let base = self.argument();
                atoms.push_rendered(&base, base.class.unwrap_or(Class::Letter), spaced);
            }
            Command::Arrow(glyph) => {
                let outer = std::mem::replace(&mut self.script, true);
                let below = self.option();
                let above = self.argument();
                self.script = outer;
                atoms.push(glyph, Class::Relation, spaced);
                if let Some(below) = below {
                    atoms.attach(&scripts::script(&below.text, false));
                }
                atoms.attach(&scripts::script(&above.text, true));
            }
            Command::Modulo => {
                let modulus = self.argument();
                atoms.push(&format!("(mod {})", modulus.text), Class::Letter, true);
            }
            Command::Begin | Command::End => self.tag(command == Command::Begin, atoms),
            Command::Style => {
                if let Some((from, to)) = self.source.group(self.at, self.end) {
                    self.at = to + 1;
                    let words = text::range(self.source, from, to, self.depth + 1);
                    atoms.push(&words, Class::Letter, spaced);
                }
            }
            Command::Styled(_)
            | Command::Silent(_)
            | Command::Link
            | Command::Address
            | Command::Key(..)
            | Command::Note
            | Command::Raised
            | Command::Lowered
            | Command::Accent(..) => {
                self.at = text::command_end(self.source, start, self.end);
                let words = text::range(self.source, start, self.at, self.depth + 1);
                if !words.is_empty() {
                    atoms.push(&words, Class::Letter, spaced);
                }
            }
            Command::Space | Command::Row | Command::Nothing | Command::Item => {}
            Command::InfixFraction | Command::InfixBinomial => atoms.push(name, Class::Function, spaced),
        }
    }

    /// One more token on the same level of the source: `\left\left\left` must not grow the stack.
    fn one_nested(&mut self, atoms: &mut Atoms, spaced: bool) {
        if self.depth + 1 < DEPTH_LIMIT && !matches!(self.peek(), Some('^' | '_' | '\'')) {
            self.depth += 1;
            self.one(atoms, spaced);
            self.depth -= 1;
        }
    }

    fn unknown(&mut self, name: &str, behind: usize, atoms: &mut Atoms, spaced: bool) {
        if let Some((from, to)) = self.source.group(behind, self.end).filter(|(from, to)| from < to) {
            self.at = to + 1;
            let inner = self.inner(from, to);
            atoms.push_rendered(&inner, Class::Letter, spaced);
        } else if name.starts_with(|c: char| c.is_ascii_digit()) {
            atoms.push(&format!("\\{name}"), Class::Letter, spaced);
        } else if name.chars().count() > 1 {
            atoms.push(name, Class::Function, spaced);
        } else {
            atoms.push(name, Class::Letter, spaced);
        }
    }

    /// `\begin{name}` or `\end{name}`, whose name is not read yet.
    fn tag(&mut self, begins: bool, atoms: &mut Atoms) {
        let Some((from, to)) = self.source.group(self.at, self.end) else { return };
        self.at = to + 1;
        let name = self.source.slice(from, to);
        match tables::environment(name) {
            Some(Environment::Rows(open, close)) if begins => {
                if name.starts_with("array") || name.starts_with("alignedat") {
                    self.at = self.source.group(self.at, self.end).map_or(self.at, |(_, to)| to + 1);
                }
                self.rows.push(close);
                if !open.is_empty() {
                    atoms.push(open, Class::Open, false);
                }
            }
            Some(Environment::Rows(..)) => {
                if let Some(close) = self.rows.pop().filter(|close| !close.is_empty()) {
                    atoms.push(close, Class::Close, false);
                }
            }
            Some(_) => {}
            None => atoms.push(name, Class::Function, true),
        }
    }
}

/// True for the length that may follow a line break: `2pt`, `-.5ex`.
pub(super) fn is_length(text: &str) -> bool {
    let text = text.trim();
    text.ends_with(['m', 't', 'x', 'n', 'p'])
        && text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

fn choose(first: &Rendered, second: &Rendered) -> String {
    format!("({} choose {})", first.text, second.text)
}
