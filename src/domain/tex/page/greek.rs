//! Greek letters of page text: decides when `alpha` is a symbol, and when it is a word or part of a name.

use super::PageRepair;

/// Names that are symbols directly before a bracket, a script or a comma in a text with other formulas.
pub(super) const GREEK: [(&str, &str); 24] = [
    ("Omega", "Ω"),
    ("Theta", "Θ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Lambda", "Λ"),
    ("Sigma", "Σ"),
    ("lambda", "λ"),
    ("alpha", "α"),
    ("delta", "δ"),
    ("sigma", "σ"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("theta", "θ"),
    ("kappa", "κ"),
    ("tau", "τ"),
    ("rho", "ρ"),
    ("omega", "ω"),
    ("phi", "ϕ"),
    ("psi", "ψ"),
    ("eta", "η"),
    ("mu", "μ"),
    ("xi", "ξ"),
];

/// How many names of `GREEK` are also repaired before a bracket or a comma; the others are too often words and parts of names.
const COMMON_GREEK: usize = 12;

impl PageRepair<'_, '_> {
    pub(super) fn greek(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some(index) = GREEK.iter().position(|(name, _)| *name == word) else { return false };
        if !self.is_symbol(index, start, end) {
            return false;
        }
        if let Some((_, symbol)) = GREEK.get(index) {
            self.out.push_str(symbol);
        }
        self.lower_number();
        true
    }

    /// Whether a Greek name is a symbol here, unlike in `Phi-3`, `PixArt-alpha` or `lambda functions`.
    fn is_symbol(&mut self, index: usize, start: usize, end: usize) -> bool {
        let before = self.before(start);
        let behind = self.behind(end);
        let compound = before == Some('-') && self.before(start - 1).is_some_and(char::is_alphanumeric);
        if behind == Some('-') || compound || before.is_some_and(char::is_alphanumeric) {
            return false;
        }
        if self.scripts > 0 || behind == Some('^') {
            return true;
        }
        if behind == Some('_') {
            let below = self.behind(end + 1);
            return matches!(below, Some('{'))
                || below.is_some_and(char::is_alphanumeric) && !self.behind(end + 2).is_some_and(char::is_alphabetic);
        }
        if before == Some('_') {
            return self.formulas && self.before(start - 1).is_some_and(char::is_alphabetic);
        }
        if before == Some('|') && behind == Some('|') {
            return true;
        }
        if index >= COMMON_GREEK {
            return false;
        }
        let complexity = index < 2;
        match behind {
            Some('(') => self.formulas || complexity,
            Some(')' | ',' | '|' | '<' | '>' | '=' | '/') => self.formulas,
            Some(' ') if self.formulas => {
                let next = self.behind(end + 1);
                matches!(next, Some('<' | '>' | '='))
                    || (complexity && next == Some('('))
                    || self.is_used_as_symbol(index)
            }
            _ => self.formulas && self.is_used_as_symbol(index),
        }
    }

    /// Whether the text has the name where only a symbol can stand.
    fn is_used_as_symbol(&mut self, index: usize) -> bool {
        if let Some(Some(known)) = self.symbols.get(index) {
            return *known;
        }
        let name = GREEK.get(index).map_or("", |(name, _)| *name);
        let used = self.text.match_indices(name).any(|(at, _)| {
            let end = at + name.len();
            let alone = !self.before(at).is_some_and(|c| c.is_alphanumeric() || c == '\\');
            let behind = self.behind(end);
            alone
                && (self.before(at) == Some('_')
                    || matches!(behind, Some('^' | '('))
                    || (behind == Some('_') && self.behind(end + 1) == Some('{')))
        });
        if let Some(slot) = self.symbols.get_mut(index) {
            *slot = Some(used);
        }
        used
    }
}
