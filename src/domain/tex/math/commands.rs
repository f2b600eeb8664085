//! Renders the commands of a formula: letters, delimiters, fractions, roots, environments.

use super::super::atoms::{Atoms, Blank, Rendered};
use super::super::scripts;
use super::super::tables::{self, Alphabet, AtomClass, TexCommand, TexEnvironment};
use super::super::text;
use super::{DEPTH_LIMIT, MathParser};

impl MathParser<'_, '_> {
    pub(super) fn command(&mut self, atoms: &mut Atoms, blank: Blank) {
        let start = self.at;
        let (name, behind) = self.source.control(self.at, self.end);
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
        self.at = if is_word { self.source.skip_space(behind, self.end) } else { behind };
        let Some(command) = tables::command(name) else {
            self.unknown(start, name, atoms, blank);
            return;
        };
        match command {
            TexCommand::Symbol(glyph, class) => match self.styled(glyph) {
                Some(styled) => atoms.push(styled.encode_utf8(&mut [0; 4]), class, blank),
                None => atoms.push(glyph, class, blank),
            },
            TexCommand::Character(glyph) => atoms.push(glyph, AtomClass::Letter, blank),
            TexCommand::Hat(mark) => {
                let base = self.argument();
                let base = base.text.replace('ı', "i").replace('ȷ', "j");
                atoms.push(&scripts::accented(&base, mark), AtomClass::Letter, blank);
            }
            TexCommand::Letters(alphabet) => {
                // `\smash[b]{x}`
                if name == "smash" {
                    self.option();
                }
                let styled = self.argument_in(Some(alphabet).filter(|alphabet| *alphabet != Alphabet::Upright));
                let keeps_class = |class: &AtomClass| {
                    matches!(class, AtomClass::Relation | AtomClass::Operator | AtomClass::Function)
                        || matches!(class, AtomClass::Open | AtomClass::Close)
                };
                let class = styled.class.filter(keeps_class);
                atoms.push_rendered(&styled, class.unwrap_or(AtomClass::Letter), blank);
            }
            TexCommand::LettersFrom(alphabet) => self.alphabet = Some(alphabet),
            TexCommand::Switch => self.alphabet = None,
            TexCommand::Operator => {
                if self.peek() == Some('*') {
                    self.at += 1;
                }
                let name = self.argument_in(None);
                atoms.push(&name.text, AtomClass::Function, blank);
            }
            TexCommand::Fraction => {
                let numerator = self.argument();
                let denominator = self.argument();
                atoms.push_fraction(&numerator, &denominator, blank);
            }
            TexCommand::Binomial => {
                let first = self.argument();
                let second = self.argument();
                atoms.push(&choose(&first, &second), AtomClass::Letter, blank);
            }
            TexCommand::Root => {
                let degree = self.option().map(|degree| degree.text).unwrap_or_default();
                let radicand = self.argument();
                atoms.push_root(&scripts::root_sign(&degree), &radicand.text, blank);
            }
            TexCommand::Delimiter(class) => {
                let before = atoms.len();
                match self.peek() {
                    Some('.') if class.is_some() => self.at += 1,
                    Some('<') => {
                        self.at += 1;
                        atoms.push("⟨", AtomClass::Open, blank);
                    }
                    Some('>') => {
                        self.at += 1;
                        atoms.push("⟩", AtomClass::Close, blank);
                    }
                    _ => self.one_nested(atoms, blank),
                }
                if let Some(class) = class {
                    atoms.delimit(before, class);
                }
            }
            TexCommand::Pattern(patterns) => self.pattern(patterns, start, atoms, blank),
            TexCommand::Derivative(sign) => self.derivative(sign, start, atoms, blank),
            TexCommand::Differential => self.differential(atoms, blank),
            TexCommand::Not => {
                let before = atoms.len();
                self.skip_pulls();
                self.one_nested(atoms, blank);
                atoms.negate(before);
            }
            TexCommand::Over | TexCommand::Under => {
                let outer = std::mem::replace(&mut self.script, true);
                let script = self.argument();
                self.script = outer;
                let base = self.argument();
                atoms.push_rendered(&base, base.class.unwrap_or(AtomClass::Letter), blank);
                atoms.attach(&scripts::script(&script.text, command == TexCommand::Over));
            }
            TexCommand::SideSet => {
                let [left, right] = [self.argument(), self.argument()];
                self.at = self.source.skip_space(self.at, self.end);
                atoms.push_rendered(&left, AtomClass::Letter, blank);
                self.one_nested(atoms, if left.text.is_empty() { blank } else { Blank::None });
                atoms.attach(&right.text);
            }
            TexCommand::Brace => {
                let base = self.argument();
                atoms.push_rendered(&base, base.class.unwrap_or(AtomClass::Letter), blank);
            }
            TexCommand::Arrow(glyph) => {
                let outer = std::mem::replace(&mut self.script, true);
                let below = self.option();
                let above = self.argument();
                self.script = outer;
                atoms.push(glyph, AtomClass::Relation, blank);
                if let Some(below) = below {
                    atoms.attach(&scripts::script(&below.text, false));
                }
                atoms.attach(&scripts::script(&above.text, true));
            }
            TexCommand::Modulo => {
                let modulus = self.argument();
                atoms.push(&format!("(mod {})", modulus.text), AtomClass::Letter, Blank::Printed);
            }
            TexCommand::Begin | TexCommand::End => self.tag(command == TexCommand::Begin, atoms),
            TexCommand::Style => {
                if let Some((from, to)) = self.source.group(self.at, self.end) {
                    self.at = to + 1;
                    let words = text::range(self.source, from, to, self.depth + 1);
                    atoms.push(&words, AtomClass::Letter, blank);
                }
            }
            TexCommand::Styled(_)
            | TexCommand::Silent(_)
            | TexCommand::Link
            | TexCommand::Address
            | TexCommand::Key(..)
            | TexCommand::Note
            | TexCommand::Raised
            | TexCommand::Lowered
            | TexCommand::Box
            | TexCommand::Verbatim
            | TexCommand::FirstOf
            | TexCommand::Chemistry
            | TexCommand::Isotope
            | TexCommand::Quantity(_)
            | TexCommand::Accent(..) => {
                self.at = text::command_end(self.source, start, self.end);
                let words = text::range(self.source, start, self.at, self.depth + 1);
                if !words.is_empty() {
                    atoms.push(&words, AtomClass::Letter, blank);
                }
            }
            TexCommand::Shift => {
                self.at = self.source.length(self.at, self.end).map_or(self.at, |(_, behind)| behind);
            }
            TexCommand::Else => {
                if let Some(end) = self.source.partner(start, self.end) {
                    self.at = self.source.skip_space(self.source.control(end, self.end).1, self.end);
                }
            }
            TexCommand::Break | TexCommand::Kern | TexCommand::HorizontalSpace => {
                self.space_command(command, behind);
            }
            TexCommand::Space
            | TexCommand::WordSpace
            | TexCommand::IfMath
            | TexCommand::EndIf
            | TexCommand::Row
            | TexCommand::Nothing
            | TexCommand::Item => {}
            TexCommand::InfixFraction | TexCommand::InfixBinomial => atoms.push(name, AtomClass::Function, blank),
        }
    }

    /// A letter of the current alphabet for a symbol.
    fn styled(&self, glyph: &str) -> Option<char> {
        let mut chars = glyph.chars();
        let c = chars.next().filter(|_| chars.next().is_none())?;
        self.alphabet.and_then(|alphabet| tables::letter(alphabet, c))
    }

    /// `\not\!\!E`: spaces and commands that print nothing, before what is struck through.
    fn skip_pulls(&mut self) {
        loop {
            self.at = self.source.skip_space(self.at, self.end);
            if self.peek() != Some('\\') {
                return;
            }
            let (name, behind) = self.source.control(self.at, self.end);
            match tables::command(name) {
                Some(TexCommand::Nothing | TexCommand::Space) => self.at = behind,
                Some(command @ (TexCommand::Kern | TexCommand::HorizontalSpace)) => {
                    self.space_command(command, behind);
                }
                _ => return,
            }
        }
    }

    /// Skips a command for a space with its arguments; `behind` is the byte after its name. Returns whether it separates.
    pub(super) fn space_command(&mut self, command: TexCommand, behind: usize) -> bool {
        self.at = behind;
        match command {
            TexCommand::Kern => {
                let length = self.source.length(behind, self.end);
                self.at = length.map_or(behind, |(_, end)| end);
                length.is_some_and(|(positive, _)| positive)
            }
            TexCommand::HorizontalSpace => {
                self.at += usize::from(self.peek() == Some('*'));
                let Some((from, to)) = self.source.group(self.at, self.end) else { return true };
                self.at = to + 1;
                self.source.length(from, to).is_some_and(|(positive, _)| positive)
            }
            _ => {
                if let Some(close) = self.source.partner(behind, self.end).filter(|_| self.peek() == Some('[')) {
                    self.at = close + 1;
                }
                true
            }
        }
    }

    /// One more token on the same level of the source, counted as a level so that `\left\left\left` cannot overflow the stack.
    fn one_nested(&mut self, atoms: &mut Atoms, blank: Blank) {
        if self.depth + 1 < DEPTH_LIMIT && !matches!(self.peek(), Some('^' | '_' | '\'')) {
            self.depth += 1;
            self.one(atoms, blank);
            self.depth -= 1;
        }
    }

    /// A command without a meaning here: with an argument it stays as it was written, else its name does.
    fn unknown(&mut self, start: usize, name: &str, atoms: &mut Atoms, blank: Blank) {
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if let Some(end) = text::unknown_end(self.source, start, self.end).filter(|_| is_word) {
            self.at = end;
            atoms.push(self.source.slice(start, end), AtomClass::Letter, blank);
        } else if name.starts_with(|c: char| c.is_ascii_digit()) {
            atoms.push(&format!("\\{name}"), AtomClass::Letter, blank);
        } else if name.chars().count() > 1 {
            atoms.push(name, AtomClass::Function, blank);
        } else {
            atoms.push(name, AtomClass::Letter, blank);
        }
    }

    /// `\begin{name}` or `\end{name}`, before its name is read.
    fn tag(&mut self, begins: bool, atoms: &mut Atoms) {
        let Some((from, to)) = self.source.group(self.at, self.end) else { return };
        self.at = to + 1;
        let name = self.source.slice(from, to);
        match tables::environment(name) {
            Some(TexEnvironment::Rows(open, close)) if begins => {
                if name.starts_with("array") || name.starts_with("alignedat") {
                    self.at = self.source.group(self.at, self.end).map_or(self.at, |(_, to)| to + 1);
                }
                self.rows.push(close);
                if !open.is_empty() {
                    atoms.push(open, AtomClass::Open, Blank::None);
                }
            }
            Some(TexEnvironment::Rows(..)) => {
                if let Some(close) = self.rows.pop().filter(|close| !close.is_empty()) {
                    atoms.push(close, AtomClass::Close, Blank::None);
                }
            }
            Some(_) => {}
            None => atoms.push(name, AtomClass::Function, Blank::Printed),
        }
    }
}

pub(super) fn choose(first: &Rendered, second: &Rendered) -> String {
    format!("({} choose {})", first.text, second.text)
}
