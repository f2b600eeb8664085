//! Greek letters of page text: decides when `alpha` is a symbol, and when it is a word or part of a name.

use super::PageRepair;
use super::names::{CERTAIN, GREEK, symbol};

/// How many names of `GREEK` are also repaired before a bracket or a comma; the others are too often words and parts of names.
const COMMON_GREEK: usize = 12;

/// A number, a letter or a symbol, with scripts or not.
fn is_list_element(element: &str) -> bool {
    let base = element.split(['^', '_', '/']).next().unwrap_or_default();
    let is_number = !base.is_empty() && base.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // `f(xi)` is rather the value of f at the i-th x.
    is_number || base.chars().count() == 1 || (base != "xi" && symbol(base).is_some())
}

impl PageRepair<'_, '_> {
    pub(super) fn greek(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some(index) = GREEK.iter().position(|(name, _)| *name == word) else { return false };
        if self.earlier && self.is_later_symbol(index, start, end) || !self.is_symbol(index, start, end) {
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
        let in_formula = self.scripts > 0 || self.in_formula;
        // `2alpha` is a product in a formula, `Z3alpha` a name.
        let factor = in_formula && before.is_some_and(|c| c.is_ascii_digit());
        if behind == Some('-') && !in_formula || compound || (before.is_some_and(char::is_alphanumeric) && !factor) {
            return false;
        }
        if in_formula || behind == Some('^') {
            return true;
        }
        if behind == Some('_') {
            return self.is_subscript(end + 1);
        }
        if before == Some('_') {
            return self.formulas && self.before(start - 1).is_some_and(char::is_alphabetic)
                || self.before(start - 1).is_some_and(|c| !c.is_ascii() && c.is_alphabetic())
                || self
                    .out
                    .strip_suffix('_')
                    .is_some_and(|out| out.ends_with(|c: char| !c.is_ascii() && c.is_alphabetic()));
        }
        if !self.earlier && (self.is_compared(end) || self.is_second_operand(start)) {
            return true;
        }
        if (before == Some('|') && behind == Some('|')) || (!self.earlier && self.is_listed(start, end)) {
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

    /// Whether a subscript of a symbol begins here: a group, a number, a single letter or the name of a Greek letter.
    fn is_subscript(&self, at: usize) -> bool {
        let rest = self.source.slice(at, self.text.len());
        let word: &str = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let name = word.get(digits..).unwrap_or_default();
        if digits > 0 {
            return name.is_empty() || CERTAIN.split_whitespace().any(|certain| certain == name);
        }
        rest.starts_with('{') || name.len() == 1 || symbol(name).is_some()
    }

    /// `alpha = 0.5`, `tau>0`, `gamma in [0, 1]`: a comparison with a number or an interval.
    fn is_compared(&self, end: usize) -> bool {
        let rest = self.source.slice(end, self.text.len());
        let spaced = rest.strip_prefix(' ');
        let rest = spaced.unwrap_or(rest);
        let signs = rest.bytes().take_while(|byte| matches!(byte, b'=' | b'<' | b'>' | b'~')).count();
        let signs = match rest.get(..signs).unwrap_or_default() {
            "" => ["≤", "≥", "≈", "∈", "leq ", "geq ", "in [", "in ("]
                .into_iter()
                .find(|sign| rest.starts_with(sign) && (spaced.is_some() || !sign.is_ascii()))
                .map_or(0, |sign| sign.trim_end_matches(['[', '(']).len()),
            "=" | "<" | ">" | "<=" | ">=" => signs,
            _ => 0,
        };
        let operand =
            rest.get(signs..).unwrap_or_default().trim_start().trim_start_matches(['+', '-', '−', '.', '[', '(']);
        signs > 0 && operand.starts_with(|c: char| c.is_ascii_digit())
    }

    /// `N(mu, sigma^2)`, `Q(lambda)`: an argument of a function of one letter. `(alpha, beta)`: an element of a list of symbols, where there
    /// are formulas.
    fn is_listed(&self, start: usize, end: usize) -> bool {
        /// Most bytes of a list on both sides of an element.
        const LIST_BYTES: usize = 48;
        let from = self.text.floor_char_boundary(start.saturating_sub(LIST_BYTES));
        let to = self.text.floor_char_boundary(end + LIST_BYTES);
        let before = self.source.slice(from, start);
        let Some(open) = before.rfind(['(', ')']).filter(|at| before.get(*at..).is_some_and(|at| at.starts_with('(')))
        else {
            return false;
        };
        let behind = self.source.slice(end, to);
        let Some(close) = behind.find(['(', ')']).filter(|at| behind.get(*at..).is_some_and(|at| at.starts_with(')')))
        else {
            return false;
        };
        let list = self.source.slice(from + open + 1, end + close);
        let elements = || list.split([',', ';', '|']).map(str::trim);
        let called = before.get(..open).unwrap_or_default();
        let function = called.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let is_function = function.chars().count() == 1 && function.starts_with(char::is_alphabetic);
        let is_list = function.is_empty() && (self.formulas || list.contains('^')) && elements().nth(1).is_some();
        (is_function || is_list) && elements().all(is_list_element)
    }

    /// `1 - delta`, `1/alpha`.
    fn is_second_operand(&self, start: usize) -> bool {
        let before = self.source.slice(0, start);
        let signs = before.trim_end_matches([' ', '-', '+', '/', '−', '–']);
        let sign = before.get(signs.len()..).unwrap_or_default();
        matches!(sign.trim(), "-" | "--" | "+" | "/" | "−" | "–")
            && sign.starts_with(' ') == sign.ends_with(' ')
            && signs
                .strip_suffix('1')
                .is_some_and(|number| number.ends_with([' ', '(', '[', '{', '$']) || number.is_empty())
            && self.text.as_bytes().get(start).is_some_and(u8::is_ascii_lowercase)
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
