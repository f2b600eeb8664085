//! Sets the atoms of a formula side by side: with the spaces of their classes, and with the brackets that fractions and roots need to
//! keep their meaning on one line. Never reads LaTeX.

use super::scripts;
use super::tables::AtomClass;

/// How a rendered text can be combined without brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RenderedShape {
    /// One letter with its scripts, one number.
    Single,
    /// Several of them without an operator between.
    Product,
    /// Anything that needs brackets.
    Compound,
}

pub(super) struct Rendered {
    pub(super) text: String,
    pub(super) shape: RenderedShape,
    /// The class, when the text is one atom.
    pub(super) class: Option<AtomClass>,
}

/// What the source had before an atom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Blank {
    None,
    /// White space, which TeX ignores in a formula. It stays where the formula reads better with it.
    Typed,
    /// A command that prints a space.
    Printed,
}

#[derive(Clone, Copy)]
struct Atom {
    start: usize,
    end: usize,
    class: AtomClass,
    blank: Blank,
    /// For a root without brackets: the byte where the radicand begins; else `end`.
    radicand: usize,
    compound: bool,
    /// True for a vertical bar, with scripts or not.
    bar: bool,
    /// True when it ends in a script of plain letters, to which a letter after it would seem to belong: `k_B`.
    open_script: bool,
}

/// A list of atoms that keep their texts in one buffer.
#[derive(Default)]
pub(super) struct Atoms {
    buffer: String,
    atoms: Vec<Atom>,
}

/// Operators of which a script would seem to apply to the last operand alone.
const OPERATIONS: [char; 7] = ['+', '-', '=', '<', '>', '±', '/'];

/// True for characters that need a space between them and a function name.
fn is_wordy(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '√' | '∛' | '∜' | '∂' | '∇' | '∞' | '∑' | '∏' | '∫')
}

impl Atoms {
    pub(super) fn len(&self) -> usize {
        self.atoms.len()
    }

    pub(super) fn push(&mut self, text: &str, class: AtomClass, blank: Blank) {
        let start = self.buffer.len();
        self.buffer.push_str(text);
        let end = self.buffer.len();
        let bar = class == AtomClass::Letter && matches!(text, "|" | "‖");
        self.atoms.push(Atom { start, end, class, blank, radicand: end, compound: false, bar, open_script: false });
    }

    pub(super) fn push_rendered(&mut self, rendered: &Rendered, class: AtomClass, blank: Blank) {
        if rendered.text.is_empty() {
            return;
        }
        self.push(&rendered.text, class, blank);
        if let Some(atom) = self.atoms.last_mut() {
            atom.compound = rendered.shape == RenderedShape::Compound;
        }
    }

    pub(super) fn push_fraction(&mut self, numerator: &Rendered, denominator: &Rendered, blank: Blank) {
        let above = if numerator.shape == RenderedShape::Compound {
            scripts::bracketed(&numerator.text)
        } else {
            numerator.text.clone()
        };
        let is_bare = denominator.shape == RenderedShape::Single || is_derivative(&numerator.text, &denominator.text);
        let below = if is_bare { denominator.text.clone() } else { scripts::bracketed(&denominator.text) };
        self.push(&format!("{above}/{below}"), AtomClass::Fraction, blank);
    }

    pub(super) fn push_root(&mut self, sign: &str, radicand: &str, blank: Blank) {
        let bare = scripts::is_one_grapheme(radicand) || scripts::is_number(radicand);
        let inside = if bare { radicand.to_owned() } else { scripts::bracketed(radicand) };
        self.push(sign, AtomClass::Root, blank);
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

    /// Appends a script to the last atom. Without an atom it becomes one: it belongs to the text before the formula.
    pub(super) fn attach(&mut self, script: &str) {
        if script.is_empty() {
            return;
        }
        let Some(last) = self.atoms.last_mut() else {
            self.push(script, AtomClass::Letter, Blank::None);
            return;
        };
        let operation = last.compound
            && self.buffer.get(last.start..).is_some_and(|text| !text.starts_with('(') && text.contains(OPERATIONS));
        if operation || matches!(last.class, AtomClass::Fraction | AtomClass::Root) {
            last.compound = false;
            self.buffer.insert(last.start, '(');
            self.buffer.push(')');
            last.class = AtomClass::Letter;
        }
        self.buffer.push_str(script);
        last.end = self.buffer.len();
        last.radicand = last.end;
        last.open_script = script.starts_with(['_', '^']) && script.ends_with(char::is_alphanumeric);
    }

    /// Gives the atom at an index the class of a delimiter.
    pub(super) fn delimit(&mut self, index: usize, class: AtomClass) {
        let Some(atom) = self.atoms.get_mut(index) else { return };
        let is_delimiter = |c: char| !c.is_alphanumeric();
        if self.buffer.get(atom.start..).is_some_and(|text| text.starts_with(is_delimiter)) {
            atom.class = class;
        }
    }

    /// Strikes through the last atom when it is a letter without scripts; returns whether it is.
    pub(super) fn strike_last(&mut self) -> bool {
        let is_letter = self.atoms.last().is_some_and(|atom| {
            atom.class == AtomClass::Letter
                && self.text(atom).starts_with(char::is_alphabetic)
                && scripts::is_one_grapheme(self.text(atom))
        });
        if is_letter {
            self.negate(self.atoms.len() - 1);
        }
        is_letter
    }

    /// True when the last atom is the left half of a bracket: `⟨a|`.
    pub(super) fn ends_in_half_bracket(&self) -> bool {
        self.atoms.last().is_some_and(|atom| self.text(atom).starts_with('⟨') && self.text(atom).ends_with('|'))
    }

    /// Strikes through the first character of the atom at an index.
    pub(super) fn negate(&mut self, index: usize) {
        let Some(atom) = self.atoms.get_mut(index) else { return };
        let first = self.buffer.get(atom.start..).and_then(|text| text.chars().next()).map_or(0, char::len_utf8);
        self.buffer.insert(atom.start + first, '\u{338}');
        atom.end = self.buffer.len();
        atom.radicand = atom.end;
        if matches!(atom.class, AtomClass::Comparison) {
            atom.class = AtomClass::Relation;
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

    /// Renders the atoms side by side. `script`: inside a script, where spaces are dropped.
    pub(super) fn set(mut self, script: bool) -> Rendered {
        self.pair_bars();
        let gaps = self.gaps(script);
        let gap = |index: usize| gaps.get(index).copied().unwrap_or(false);
        let mut text = String::with_capacity(self.buffer.len() + gaps.len());
        for (index, atom) in self.atoms.iter().enumerate() {
            if gap(index) {
                text.push(' ');
            }
            let own = self.text(atom);
            let after = self.atoms.get(index + 1).filter(|_| !gap(index + 1));
            let before = index.checked_sub(1).and_then(|before| self.atoms.get(before)).filter(|_| !gap(index));
            match atom.class {
                AtomClass::Fraction if self.touches(before, after) => text.push_str(&scripts::bracketed(own)),
                AtomClass::Root
                    if atom.radicand < atom.end && after.is_some_and(|after| is_wordy(self.first(after))) =>
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

    /// True when a fraction without brackets would be read together with a neighbour.
    fn touches(&self, before: Option<&Atom>, after: Option<&Atom>) -> bool {
        before.is_some_and(|before| {
            let last = self.last(before);
            before.class == AtomClass::Function || is_wordy(last) || matches!(last, ')' | ']' | '/' | '⟩')
        }) || after.is_some_and(|after| {
            is_wordy(self.first(after)) || after.class == AtomClass::Open || self.first(after) == '/'
        })
    }

    /// For each atom, whether a space stands before it.
    fn gaps(&self, script: bool) -> Vec<bool> {
        let mut gaps: Vec<bool> = Vec::with_capacity(self.atoms.len());
        for (index, right) in self.atoms.iter().enumerate() {
            let left = index.checked_sub(1).and_then(|before| self.atoms.get(before));
            let gap = match left {
                None => false,
                Some(left) => {
                    let after_function = left.class == AtomClass::Function && is_wordy(self.first(right));
                    let before_function = right.class == AtomClass::Function
                        && (is_wordy(self.last(left)) || matches!(self.last(left), ')' | ']' | '}' | '⟩' | '′'));
                    let is_colon = |atom: &Atom| atom.class == AtomClass::Punctuation && self.text(atom) == ":";
                    if is_colon(right) || left.class == AtomClass::Function && right.class == AtomClass::Fraction {
                        false
                    } else if is_colon(left) {
                        // `\colon` has a space behind it, typed or not.
                        !script
                    } else if after_function || before_function || self.continues_script(left, right) {
                        true
                    } else if script
                        || left.class == AtomClass::Tight
                        || right.class == AtomClass::Tight
                        || left.class == AtomClass::Open
                        || right.class == AtomClass::Close
                        || opens_tightly(left, right)
                    {
                        false
                    } else if right.class == AtomClass::Relation && self.is_infix(index) {
                        true
                    } else if left.class == AtomClass::Relation {
                        self.is_infix(index - 1)
                    } else if left.class == AtomClass::Operator {
                        let infix = index.checked_sub(2).and_then(|at| self.atoms.get(at)).is_some_and(ends_operand);
                        right.blank != Blank::None || (infix && gaps.last().copied().unwrap_or(false))
                    } else {
                        right.blank != Blank::None
                    }
                }
            };
            gaps.push(gap);
        }
        gaps
    }

    /// True where the second atom would be read as a part of the script of the first: `k_B T`.
    fn continues_script(&self, left: &Atom, right: &Atom) -> bool {
        left.open_script && self.first(right).is_alphanumeric()
    }

    /// The bar of a bra-ket has no space beside it: `⟨a|b⟩`.
    fn close_bra_kets(&mut self) {
        let mut depth = 0_usize;
        for index in 0..self.atoms.len() {
            let Some(atom) = self.atoms.get(index).copied() else { return };
            match (atom.class, self.first(&atom)) {
                (AtomClass::Open, '⟨') => depth += 1,
                (AtomClass::Close, '⟩') => depth = depth.saturating_sub(1),
                (_, '|') if atom.bar && depth > 0 => {
                    if let Some(atom) = self.atoms.get_mut(index) {
                        atom.class = AtomClass::Tight;
                        atom.bar = false;
                    }
                }
                _ => {}
            }
        }
    }

    /// Vertical bars are delimiters where each that opens stands after no operand and each that closes after one: `|x|`, but not `a | b`.
    /// A list in which they do not pair so keeps them as letters.
    fn pair_bars(&mut self) {
        if !self.atoms.iter().any(|atom| atom.bar) {
            return;
        }
        self.close_bra_kets();
        let mut delimiters = Vec::new();
        let mut open: Option<char> = None;
        let mut operand = false;
        for (index, atom) in self.atoms.iter().enumerate() {
            if atom.bar {
                let bar = self.first(atom);
                let class = match open {
                    Some(opened) if opened == bar && operand => AtomClass::Close,
                    None if !operand => AtomClass::Open,
                    _ => return,
                };
                open = open.is_none().then_some(bar);
                delimiters.push((index, class));
                operand = class == AtomClass::Close;
                continue;
            }
            operand = match atom.class {
                AtomClass::Sign | AtomClass::Operator | AtomClass::Tight | AtomClass::Function | AtomClass::Large => {
                    false
                }
                _ => ends_operand(atom),
            };
        }
        if open.is_none() {
            for (index, class) in delimiters {
                self.delimit(index, class);
            }
        }
    }

    /// True when the space before the atom at an index only keeps it out of the script before it.
    fn is_only_parted(&self, index: usize) -> bool {
        let left = index.checked_sub(1).and_then(|before| self.atoms.get(before));
        let right = self.atoms.get(index);
        left.zip(right).is_some_and(|(left, right)| right.blank == Blank::None && self.continues_script(left, right))
    }

    fn is_infix(&self, index: usize) -> bool {
        index.checked_sub(1).and_then(|before| self.atoms.get(before)).is_some_and(ends_operand)
            && self.atoms.get(index + 1).is_some_and(|atom| {
                !matches!(
                    atom.class,
                    AtomClass::Close | AtomClass::Relation | AtomClass::Comparison | AtomClass::Punctuation
                )
            })
    }

    fn shape(&self, gaps: &[bool]) -> RenderedShape {
        let own = match self.atoms.as_slice() {
            [atom] => {
                return if atom.compound || atom.class == AtomClass::Fraction {
                    RenderedShape::Compound
                } else {
                    RenderedShape::Single
                };
            }
            atoms => atoms,
        };
        if own.iter().all(|atom| scripts::is_number(self.text(atom))) {
            return RenderedShape::Single;
        }
        let mut depth = 0_usize;
        let mut operands = 0;
        for (index, atom) in own.iter().enumerate() {
            match atom.class {
                AtomClass::Open => depth += 1,
                AtomClass::Close => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                // A leading minus applies to the whole numerator.
                AtomClass::Sign | AtomClass::Operator if index == 0 => operands += 1,
                AtomClass::Relation
                | AtomClass::Comparison
                | AtomClass::Operator
                | AtomClass::Sign
                | AtomClass::Large
                | AtomClass::Fraction
                | AtomClass::Punctuation => return RenderedShape::Compound,
                _ if atom.compound || (gaps.get(index).copied().unwrap_or(false) && !self.is_only_parted(index)) => {
                    return RenderedShape::Compound;
                }
                _ => operands += usize::from(!matches!(self.text(atom), "∂" | "∇")),
            }
        }
        if operands <= 1
            && own.iter().all(|atom| !matches!(atom.class, AtomClass::Open | AtomClass::Sign | AtomClass::Operator))
        {
            RenderedShape::Single
        } else {
            RenderedShape::Product
        }
    }
}

/// Signs of derivatives that are letters.
const DIFFERENTIALS: [char; 4] = ['d', 'D', 'δ', 'Δ'];

/// True for the two sides of a derivative: `d` and `dx`, `d²y` and `dx²`.
fn is_derivative(above: &str, below: &str) -> bool {
    let sign = |text: &str| text.chars().next().filter(|c| DIFFERENTIALS.contains(c));
    let variable = below.get(sign(below).map_or(0, char::len_utf8)..).unwrap_or_default();
    let base = variable.trim_end_matches(is_small_digit);
    sign(below).is_some()
        && sign(above) == sign(below)
        && scripts::is_one_grapheme(base)
        && base.starts_with(char::is_alphabetic)
}

fn is_small_digit(c: char) -> bool {
    matches!(c, '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' | '₀'..='₉')
}

/// True where TeX sets nothing between an operand or a function and the bracket after it, whatever was typed between them.
fn opens_tightly(left: &Atom, right: &Atom) -> bool {
    let applies = matches!(
        left.class,
        AtomClass::Letter | AtomClass::Function | AtomClass::Large | AtomClass::Close | AtomClass::Root
    );
    applies && right.class == AtomClass::Open && right.blank != Blank::Printed
}

fn ends_operand(atom: &Atom) -> bool {
    !matches!(atom.class, AtomClass::Open | AtomClass::Relation | AtomClass::Comparison | AtomClass::Punctuation)
}
