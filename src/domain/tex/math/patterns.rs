//! Renders the commands of a formula that set their arguments between fixed signs: norms, bra-kets, commutators, derivatives.

use super::super::atoms::{Atoms, Blank, Rendered, RenderedShape};
use super::super::scripts;
use super::super::tables::AtomClass;
use super::MathParser;

/// Most bytes of an argument that is printed twice, so that nesting cannot double a text again and again.
const REPEATED_BYTES: usize = 32;

impl MathParser<'_, '_> {
    /// A command with a pattern for each number of arguments. Without an argument its name stands.
    pub(super) fn pattern(&mut self, patterns: &[&str], start: usize, atoms: &mut Atoms, blank: Blank) {
        let (name, behind_name) = self.source.control(start, self.end);
        self.skip_size();
        let most = patterns.last().map_or(0, |pattern| argument_count(pattern));
        let mut arguments = self.groups(most);
        // `\ket\psi`; the names of the others are also those of authors' own commands without an argument.
        let is_bracket = patterns.iter().all(|pattern| pattern.contains(['⟨', '⟩']));
        if is_bracket && arguments.is_empty() && self.peek().is_some_and(|c| c.is_alphanumeric() || c == '\\') {
            arguments.push(self.argument());
        }
        if arguments.iter().all(|argument| argument.text.is_empty()) {
            if arguments.is_empty() {
                self.at = behind_name;
            }
            atoms.push(name, AtomClass::Function, blank);
            return;
        }
        let pattern = patterns.iter().rev().find(|pattern| argument_count(pattern) <= arguments.len());
        let text = pattern.and_then(|pattern| filled(pattern, &arguments));
        let Some(text) = text else {
            atoms.push(self.source.slice(start, self.at), AtomClass::Letter, blank);
            return;
        };
        // `\bra{a}\ket{b}` has one bar.
        match text.strip_prefix('|').filter(|text| text.ends_with('⟩') && atoms.ends_in_half_bracket()) {
            Some(half) => atoms.push(half, AtomClass::Letter, Blank::None),
            None => atoms.push(&text, AtomClass::Letter, blank),
        }
    }

    /// `\dv[n]{f}{x}`, `\dv{x}`, `\pdv{f}{x}{y}`
    pub(super) fn derivative(&mut self, sign: &str, start: usize, atoms: &mut Atoms, blank: Blank) {
        if self.peek() == Some('*') {
            self.at += 1;
        }
        let order = self.option().map(|order| order.text).unwrap_or_default();
        let most = if sign == "d" { 2 } else { usize::MAX };
        let arguments = self.groups(most);
        let (function, variables) = match arguments.as_slice() {
            [] => {
                let (name, behind) = self.source.control(start, self.end);
                self.at = behind;
                atoms.push(name, AtomClass::Function, blank);
                return;
            }
            [variable] => (None, std::slice::from_ref(variable)),
            [function, variables @ ..] => (Some(function), variables),
        };
        if order.len() > REPEATED_BYTES {
            atoms.push(self.source.slice(start, self.at), AtomClass::Letter, blank);
            return;
        }
        let each = scripts::script(&order, true);
        let total = match variables.len() {
            1 => each.clone(),
            more if order.is_empty() => scripts::script(&more.to_string(), true),
            _ => each.clone(),
        };
        let mut text = format!("{sign}{total}{}/", function.map(operand).unwrap_or_default());
        for variable in variables {
            text.push_str(sign);
            text.push_str(&operand(variable));
            if variables.len() == 1 {
                text.push_str(&each);
            }
        }
        atoms.push(&text, AtomClass::Fraction, blank);
    }

    /// `\dd[3]{x}`: d³x.
    pub(super) fn differential(&mut self, atoms: &mut Atoms, blank: Blank) {
        let order = self.option().map(|order| scripts::script(&order.text, true)).unwrap_or_default();
        let argument = self.groups(1).pop().map(|argument| operand(&argument)).unwrap_or_default();
        atoms.push(&format!("d{order}{argument}"), AtomClass::Letter, blank);
    }

    /// The groups that follow directly, at most so many.
    fn groups(&mut self, most: usize) -> Vec<Rendered> {
        let mut groups = Vec::new();
        while groups.len() < most
            && let Some((from, to)) = self.source.group(self.at, self.end)
        {
            groups.push(self.inner(from, to));
            self.at = to + 1;
        }
        groups
    }

    /// Skips the star or the size of a pair of delimiters: `\norm*{x}`, `\norm[\big]{x}`.
    fn skip_size(&mut self) {
        let at = self.at + usize::from(self.peek() == Some('*'));
        let behind = match self.source.partner(at, self.end) {
            Some(close) if self.source.char_at(at, self.end) == Some('[') => close + 1,
            _ => at,
        };
        if self.source.group(behind, self.end).is_some() {
            self.at = behind;
        }
    }
}

fn operand(rendered: &Rendered) -> String {
    if rendered.shape == RenderedShape::Compound { scripts::bracketed(&rendered.text) } else { rendered.text.clone() }
}

/// The number of arguments of a pattern.
fn argument_count(pattern: &str) -> usize {
    pattern.split('#').skip(1).filter_map(argument_index).map(|index| index + 1).max().unwrap_or(0)
}

/// The index of the argument that the part of a pattern after `#` begins with.
fn argument_index(part: &str) -> Option<usize> {
    let digit = part.chars().next()?.to_digit(10)?;
    usize::try_from(digit).ok()?.checked_sub(1)
}

/// A pattern with its arguments; None when a long argument would be repeated.
fn filled(pattern: &str, arguments: &[Rendered]) -> Option<String> {
    let mut parts = pattern.split('#');
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut used = Vec::new();
    for part in parts {
        let index = argument_index(part)?;
        let argument = &arguments.get(index)?.text;
        if used.contains(&index) && argument.len() > REPEATED_BYTES {
            return None;
        }
        used.push(index);
        if pattern.starts_with('⟨') {
            text.push_str(&argument.replace(" | ", "|"));
        } else {
            text.push_str(argument);
        }
        text.push_str(part.get(1..)?);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::domain::markup::Markup;
    use crate::domain::tex::render;

    #[test]
    fn arguments_stand_between_their_signs() {
        for (input, expected) in [
            ("$\\ket{\\psi}=\\alpha\\ket{0}+\\beta\\ket{1}$, $\\ket\\psi$, \\ket{0}", "|ψ⟩=α|0⟩+β|1⟩, |ψ⟩, |0⟩"),
            ("$\\braket{\\phi|\\psi}$, $\\braket{a}{b}$, $\\braket{a \\mid b}$", "⟨ϕ|ψ⟩, ⟨a|b⟩, ⟨a|b⟩"),
            ("$\\bra{a}\\ket{b}$, $\\bra{a} H \\ket{b}$, $\\mel{a}{H}{b}$", "⟨a|b⟩, ⟨a| H |b⟩, ⟨a|H|b⟩"),
            ("$\\expval{H}$, $\\expval{H}{\\psi}$, $\\ketbra{0}$, $\\ketbra{0}{1}$", "⟨H⟩, ⟨ψ|H|ψ⟩, |0⟩⟨0|, |0⟩⟨1|"),
            (
                "$\\norm{x-y}_2^2$, $\\abs*{x}$, $\\norm[\\big]{x}$, $\\frac{\\norm{a-b}}{2}$",
                "‖x-y‖₂², |x|, ‖x‖, ‖a-b‖/2",
            ),
            ("$\\ceil{x}$, $\\floor{x/2}$, $\\set{1,2}$, $\\set{x \\mid x>0}$", "⌈x⌉, ⌊x/2⌋, {1,2}, {x | x>0}"),
            ("$\\comm{A}{B}$, $\\acomm{A}{B}$, $\\order{n^2}$, $\\inner{u}{v}$", "[A, B], {A, B}, 𝒪(n²), ⟨u,v⟩"),
            ("$\\dv{x}{t}$, $\\dv{t}$, $\\dv[2]{x}{t}$, $\\dv{x}{t}y$", "dx/dt, d/dt, d²x/dt², (dx/dt)y"),
            ("$\\pdv{f}{x}$, $\\pdv{f}{x}{y}$, $\\pdv{(a+b)}{x}$, $\\fdv{F}{g}$", "∂f/∂x, ∂²f/∂x∂y, ∂(a+b)/∂x, δF/δg"),
            ("$\\int f \\dd{x}$, $\\dd[3]{x}$, $\\dd x$", "∫f dx, d³x, dx"),
            ("\\ion{H}{i}, \\ion{O}{vi}, \\ion{Fe}{\\sc ii}", "H i, O vi, Fe ii"),
            ("$\\norm$, the \\set is, $\\dv$, $\\norm{}$", "norm, the set is, dv, norm"),
        ] {
            assert_eq!(render(input, Markup::Tex), expected, "{input}");
        }
    }

    /// Each level would print its argument twice.
    #[test]
    fn nesting_does_not_multiply() {
        for unit in ["\\expval{a}{", "\\ketbra{", "\\dv[x]{", "\\dv["] {
            let close = if unit.ends_with('[') { "]{x}" } else { "}" };
            let text = format!("${}x{}$", unit.repeat(40), close.repeat(40));
            assert!(render(&text, Markup::Tex).len() < 4 * text.len(), "{unit}");
        }
    }
}
