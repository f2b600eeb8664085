//! The atoms of a formula and how they are set side by side: which spaces their classes ask for, and which brackets a fraction or a
//! root needs to keep its meaning on one line. Reads no LaTeX.

use super::scripts;
use super::tables::Class;

/// How much a rendered text holds together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One letter with its scripts, one number.
    Single,
    /// Several without an operation between them.
    Product,
    Compound,
}

pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) shape: Shape,
    /// The class, where all is one atom.
    pub(super) class: Option<Class>,
}

#[derive(Clone, Copy)]
struct Atom {
    start: usize,
    end: usize,
    class: Class,
    /// True when the source had a space before it.
    spaced: bool,
    /// Of a root without brackets: where the radicand begins.
    radicand: usize,
    compound: bool,
}

/// Atoms with their text one after the other in one buffer.
#[derive(Default)]
pub(super) struct Atoms {
    buffer: String,
    atoms: Vec<Atom>,
}

/// Signs that a script behind them would not seem to cover.
const OPERATIONS: [char; 7] = ['+', '-', '=', '<', '>', '±', '/'];

/// True for what a function name must not touch.
fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '√' | '∛' | '∜' | '∂' | '∇' | '∞' | '∑' | '∏' | '∫')
}

impl Atoms {
    pub(super) fn len(&self) -> usize {
        self.atoms.len()
    }

    pub(super) fn push(&mut self, text: &str, class: Class, spaced: bool) {
        let start = self.buffer.len();
        self.buffer.push_str(text);
        let end = self.buffer.len();
        self.atoms.push(Atom { start, end, class, spaced, radicand: end, compound: false });
    }

    pub(super) fn push_rendered(&mut self, rendered: &Rendered, class: Class, spaced: bool) {
        if rendered.text.is_empty() {
            return;
        }
        self.push(&rendered.text, class, spaced);
        if let Some(atom) = self.atoms.last_mut() {
            atom.compound = rendered.shape == Shape::Compound;
        }
    }

    pub(super) fn push_fraction(&mut self, numerator: &Rendered, denominator: &Rendered, spaced: bool) {
        let above = if numerator.shape == Shape::Compound {
            scripts::bracketed(&numerator.text)
        } else {
            numerator.text.clone()
        };
        let below = if denominator.shape == Shape::Single {
            denominator.text.clone()
        } else {
            scripts::bracketed(&denominator.text)
        };
        self.push(&format!("{above}/{below}"), Class::Fraction, spaced);
    }

    pub(super) fn push_root(&mut self, sign: &str, radicand: &str, spaced: bool) {
        let bare = scripts::is_one_grapheme(radicand) || scripts::is_number(radicand);
        let inside = if bare { radicand.to_owned() } else { scripts::bracketed(radicand) };
        self.push(sign, Class::Root, spaced);
        if bare && let Some(atom) = self.atoms.last_mut() {
            atom.radicand = self.buffer.len();
        }
        self.buffer.push_str(&inside);
        if let Some(atom) = self.atoms.last_mut() {
            atom.end = self.buffer.len();
            if !bare {
                atom.radicand = atom.end;
            }
        }
    }

    /// Appends a script to the last atom; alone, it belongs to the text before the formula.
    pub(super) fn attach(&mut self, script: &str) {
        if script.is_empty() {
            return;
        }
        let Some(last) = self.atoms.last_mut() else {
            self.push(script, Class::Letter, false);
            return;
        };
        let operation = last.compound
            && self.buffer.get(last.start..).is_some_and(|text| !text.starts_with('(') && text.contains(OPERATIONS));
        if operation || matches!(last.class, Class::Fraction | Class::Root) {
            last.compound = false;
            self.buffer.insert(last.start, '(');
            self.buffer.push(')');
            last.class = Class::Letter;
        }
        self.buffer.push_str(script);
        last.end = self.buffer.len();
        last.radicand = last.end;
    }

    /// Strikes through the first character of the atom with that index.
    pub(super) fn negate(&mut self, index: usize) {
        let Some(atom) = self.atoms.get_mut(index) else { return };
        let first = self.buffer.get(atom.start..).and_then(|text| text.chars().next()).map_or(0, char::len_utf8);
        self.buffer.insert(atom.start + first, '\u{338}');
        atom.end = self.buffer.len();
        atom.radicand = atom.end;
        if matches!(atom.class, Class::Comparison) {
            atom.class = Class::Relation;
        }
    }

    fn text(&self, atom: &Atom) -> &str {
        self.buffer.get(atom.start..atom.end).unwrap_or_default()
    }

    fn first(&self, atom: &Atom) -> char {
        self.text(atom).chars().next().unwrap_or(' ')
    }

    fn last(&self, atom: &Atom) -> char {
        self.text(atom).chars().next_back().unwrap_or(' ')
    }

    /// Sets the atoms side by side.
    pub(super) fn set(self, script: bool) -> Rendered {
        let gaps = self.gaps(script);
        let gap = |index: usize| gaps.get(index).copied().unwrap_or(false);
        let mut text = String::with_capacity(self.buffer.len() + gaps.len());
        for (index, atom) in self.atoms.iter().enumerate() {
            if gap(index) {
                text.push(' ');
            }
            let own = self.text(atom);
            let behind = self.atoms.get(index + 1).filter(|_| !gap(index + 1));
            let before = index.checked_sub(1).and_then(|before| self.atoms.get(before)).filter(|_| !gap(index));
            match atom.class {
                Class::Fraction if self.touches(before, behind) => text.push_str(&scripts::bracketed(own)),
                Class::Root
                    if atom.radicand < atom.end && behind.is_some_and(|behind| is_wordy(self.first(behind))) =>
                {
                    text.push_str(self.buffer.get(atom.start..atom.radicand).unwrap_or_default());
                    text.push('(');
                    text.push_str(self.buffer.get(atom.radicand..atom.end).unwrap_or_default());
                    text.push(')');
                }
                _ => text.push_str(own),
            }
        }
        let class = match self.atoms.as_slice() {
            [atom] => Some(atom.class),
            _ => None,
        };
        Rendered { shape: self.shape(&gaps), class, text }
    }

    /// True when a fraction would run into its neighbours.
    fn touches(&self, before: Option<&Atom>, behind: Option<&Atom>) -> bool {
        before.is_some_and(|before| {
            let last = self.last(before);
            before.class == Class::Function || is_wordy(last) || matches!(last, ')' | ']' | '/' | '⟩')
        }) || behind.is_some_and(|behind| {
            is_wordy(self.first(behind)) || behind.class == Class::Open || self.first(behind) == '/'
        })
    }

    /// Whether a space stands before each atom.
    fn gaps(&self, script: bool) -> Vec<bool> {
        let mut gaps: Vec<bool> = Vec::with_capacity(self.atoms.len());
        for (index, right) in self.atoms.iter().enumerate() {
            let left = index.checked_sub(1).and_then(|before| self.atoms.get(before));
            let gap = match left {
                None => false,
                Some(left) => {
                    let after_function = left.class == Class::Function && is_wordy(self.first(right));
                    let before_function = right.class == Class::Function
                        && (is_wordy(self.last(left)) || matches!(self.last(left), ')' | ']' | '}' | '⟩' | '′'));
                    if left.class == Class::Function && right.class == Class::Fraction {
                        false
                    } else if after_function || before_function {
                        true
                    } else if script
                        || left.class == Class::Tight
                        || right.class == Class::Tight
                        || self.closes_tightly(right)
                    {
                        false
                    } else if right.class == Class::Relation && self.is_infix(index) {
                        true
                    } else if left.class == Class::Relation {
                        self.is_infix(index - 1)
                    } else if left.class == Class::Operator {
                        let infix = index.checked_sub(2).and_then(|at| self.atoms.get(at)).is_some_and(ends_operand);
                        right.spaced || (infix && gaps.last().copied().unwrap_or(false))
                    } else {
                        right.spaced
                    }
                }
            };
            gaps.push(gap);
        }
        gaps
    }

    /// True for a closing bracket written as a word, whose partner ended the space behind it: `\langle u, v \rangle`.
    fn closes_tightly(&self, atom: &Atom) -> bool {
        atom.class == Class::Close && matches!(self.first(atom), '⟩' | '⌋' | '⌉' | '⟧' | '⟯' | '⌝' | '⌟')
    }

    fn is_infix(&self, index: usize) -> bool {
        index.checked_sub(1).and_then(|before| self.atoms.get(before)).is_some_and(ends_operand)
            && self.atoms.get(index + 1).is_some_and(|atom| {
                !matches!(atom.class, Class::Close | Class::Relation | Class::Comparison | Class::Punctuation)
            })
    }

    fn shape(&self, gaps: &[bool]) -> Shape {
        let own = match self.atoms.as_slice() {
            [atom] => {
                return if atom.compound || atom.class == Class::Fraction { Shape::Compound } else { Shape::Single };
            }
            atoms => atoms,
        };
        if own.iter().all(|atom| scripts::is_number(self.text(atom))) {
            return Shape::Single;
        }
        let mut depth = 0_usize;
        let mut operands = 0;
        for (index, atom) in own.iter().enumerate() {
            match atom.class {
                Class::Open => depth += 1,
                Class::Close => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                // a minus in front binds the whole numerator
                Class::Sign | Class::Operator if index == 0 => operands += 1,
                Class::Relation
                | Class::Comparison
                | Class::Operator
                | Class::Sign
                | Class::Large
                | Class::Fraction
                | Class::Punctuation => return Shape::Compound,
                _ if atom.compound || gaps.get(index).copied().unwrap_or(false) => return Shape::Compound,
                _ => operands += usize::from(!matches!(self.text(atom), "∂" | "∇")),
            }
        }
        if operands <= 1 && own.iter().all(|atom| !matches!(atom.class, Class::Open | Class::Sign | Class::Operator)) {
            Shape::Single
        } else {
            Shape::Product
        }
    }
}

fn ends_operand(atom: &Atom) -> bool {
    !matches!(atom.class, Class::Open | Class::Relation | Class::Comparison | Class::Punctuation)
}
