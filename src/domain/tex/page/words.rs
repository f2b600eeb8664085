//! The rules that repair words of page text. Each has a condition that excludes English words.

use super::super::tables::{self, TexCommand};
use super::names::{self, GREEK, SYMBOLS};
use super::{PageRepair, scan, symbols};

/// Relations that are repaired in front of a number or between single letters.
const RELATIONS: [(&str, &str); 7] =
    [("geq", "≥"), ("leq", "≤"), ("neq", "≠"), ("approx", "≈"), ("ll", "≪"), ("gg", "≫"), ("subseteq", "⊆")];

const ALPHABETS: [&str; 5] = ["mathcal", "mathscr", "mathbb", "mathbf", "mathfrak"];

const HATS: [&str; 6] = ["widetilde", "widehat", "tilde", "hat", "bar", "overline"];

impl PageRepair<'_, '_> {
    /// Writes the repaired form of a word; false, with nothing written, when no rule applies.
    pub(super) fn repair_word(&mut self, word: &str, start: usize, end: usize) -> bool {
        if word.len() < 2 {
            return false;
        }
        if !self.earlier && (self.starred(word, end) || self.open_brace(word, end)) {
            return true;
        }
        let is_command = self.behind(end) == Some('{')
            && if self.earlier { self.earlier_command(word, end) } else { self.command_word(word, start, end) };
        if is_command {
            return true;
        }
        let among_symbols = self.scripts > 0 || self.in_formula || self.before(start) == Some('^');
        if !among_symbols && !scan::may_be_command(self.text, word, start, end) {
            return false;
        }
        self.above(word, start)
            || self.alphabet(word, end)
            || self.hat(word, end)
            || self.delimiter(word, end)
            || self.times(word, start, end)
            || self.sim(word, start, end)
            || self.relation(word, start, end)
            || self.member(word, start, end)
            || self.epsilon(word)
            || self.lone_symbol(word, end)
            || self.greek(word, start, end)
            || self.in_script(word, start, end)
            || (!self.earlier && self.later_rules(word, start, end))
    }

    /// The rules that came after the first title keys.
    fn later_rules(&mut self, word: &str, start: usize, end: usize) -> bool {
        self.root_of_degree(word, start, end)
            || self.short_fraction(word, end)
            || self.certain(word, start)
            || self.large_operator(word, start, end)
            || self.between(word, start, end)
            || self.in_formula(word)
            || self.size(word)
            || self.glued_style(word)
    }

    /// `^top`, `^star`.
    fn above(&mut self, word: &str, start: usize) -> bool {
        if self.before(start) != Some('^') {
            return false;
        }
        // `360^circtimes180^circ`.
        let joined = word.strip_prefix("circ").filter(|rest| !rest.is_empty() && !self.earlier);
        if let Some((_, symbol)) = SYMBOLS.iter().find(|(name, _)| joined == Some(*name)) {
            self.out.pop();
            self.out.push('°');
            self.out.push_str(symbol);
            return true;
        }
        let Some((name, symbol)) = SYMBOLS.iter().find(|(name, _)| *name == word) else { return false };
        match *name {
            "top" | "star" | "ast" | "prime" | "dagger" => {
                self.out.pop();
            }
            "circ" => {
                self.out.pop();
                self.out.push('°');
                return true;
            }
            "infty" | "perp" => {}
            _ => return false,
        }
        self.out.push_str(symbol);
        true
    }

    /// `mathcal O`.
    fn alphabet(&mut self, word: &str, end: usize) -> bool {
        let Some(name) = ALPHABETS.iter().find(|name| word.ends_with(*name)) else { return false };
        let Some(TexCommand::Letters(alphabet)) = tables::command(name) else { return false };
        let prefix = word.strip_suffix(name).unwrap_or_default();
        let letter = self.behind(end + 1).filter(|c| c.is_ascii_uppercase() && self.behind(end) == Some(' '));
        match letter.and_then(|c| tables::letter(alphabet, c)) {
            Some(c) if !self.behind(end + 2).is_some_and(char::is_alphanumeric) => {
                self.out.push_str(prefix);
                self.out.push(c);
                self.at = end + 2;
                true
            }
            _ => false,
        }
    }

    /// `widetilde O(`, `tilde Omega(`.
    fn hat(&mut self, word: &str, end: usize) -> bool {
        let Some(name) = HATS.iter().find(|name| **name == word) else { return false };
        let Some(TexCommand::Hat(mark)) = tables::command(name) else { return false };
        if self.behind(end) != Some(' ') {
            return false;
        }
        let rest = self.source.slice(end + 1, self.text.len());
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let base = self.source.slice(end + 1, end + 1 + letters);
        let called = self.behind(end + 1 + letters) == Some('(');
        let symbol = match base {
            "O" | "o" if called => base,
            "Omega" if called => "Ω",
            "Theta" if called => "Θ",
            _ if letters == 1 && self.formulas && word.starts_with("wide") => base,
            _ => return false,
        };
        self.out.push_str(symbol);
        self.out.push(mark);
        self.at = end + 1 + letters;
        true
    }

    /// `left(` that has a `right)` after it, and that `right)`; `Obig(` and its `big)`.
    fn delimiter(&mut self, word: &str, end: usize) -> bool {
        let behind = self.behind(end);
        let opens = matches!(behind, Some('(' | '[' | '|'));
        let closes = matches!(behind, Some(')' | ']' | '|' | '}'));
        let prefix = if opens && let Some(prefix) = word.strip_suffix("left") {
            if self.rights == 0 {
                return false;
            }
            self.rights -= 1;
            self.lefts += 1;
            prefix
        } else if closes && let Some(prefix) = word.strip_suffix("right") {
            if self.lefts == 0 {
                return false;
            }
            self.lefts -= 1;
            prefix
        } else if opens && matches!(word, "Obig" | "OBig" | "Obigg") {
            self.bigs += 1;
            "O"
        } else if closes && self.bigs > 0 && matches!(word, "big" | "Big" | "bigg") {
            self.bigs -= 1;
            ""
        } else {
            return false;
        };
        if !self.epsilon(prefix) {
            self.out.push_str(prefix);
        }
        true
    }

    /// `left{ x right}`: braces that are delimiters.
    fn open_brace(&mut self, word: &str, end: usize) -> bool {
        let Some(prefix) = word.strip_suffix("left") else { return false };
        let Some((from, to)) = self.group(end) else { return false };
        if self.rights == 0 || !self.source.slice(from, to).ends_with("right") {
            return false;
        }
        self.rights -= 1;
        self.lefts += 1;
        self.out.push_str(prefix);
        self.visible(from);
        true
    }

    /// `2.7times`, `[m]times [n]`; in a script also `ntimes k` and `n times k`.
    fn times(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some(prefix) = word.strip_suffix("times") else { return false };
        let before = self.before(start);
        let factor = prefix.is_empty() && before.is_some_and(|c| c.is_ascii_digit());
        let bracket =
            prefix.is_empty() && before == Some(']') && matches!(self.source.slice(end, end + 2), " [" | "[" | "[m");
        let script = self.scripts > 0 && prefix.len() <= 1;
        if !(factor || bracket || script) {
            return false;
        }
        if script && prefix.is_empty() {
            self.out.truncate(self.out.trim_end().len());
        }
        self.out.push_str(prefix);
        self.out.push('×');
        if script || bracket {
            self.skip_space();
        }
        true
    }

    /// `5sim10`, `15\%sim30`, `100M sim 1B`, `sim5%`, `x sim N(0, 1)`.
    fn sim(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some(unit) = word.strip_suffix("sim") else { return false };
        let before = self.before(start);
        let number_before = before.is_some_and(|c| c.is_ascii_digit());
        let number_behind = self.behind(end).is_some_and(|c| c.is_ascii_digit());
        let is_symbol = if unit.is_empty() {
            let range = number_before || before == Some('%');
            let about = before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '~'));
            let spaced = self.next_word_begins(end, |c| c.is_ascii_digit())
                && self.word_before(start).starts_with(|c: char| c.is_ascii_digit());
            (number_behind && (range || about)) || spaced || self.is_distributed(start, end)
        } else {
            number_before && number_behind && matches!(unit, "K" | "M" | "B" | "T" | "k" | "x")
        };
        if is_symbol {
            self.out.push_str(unit);
            self.out.push('∼');
        }
        is_symbol
    }

    /// Whether the word is between a symbol and another one, or a distribution.
    fn is_distributed(&self, start: usize, end: usize) -> bool {
        let rest = self.source.slice(end, self.text.len());
        let Some(rest) = rest.strip_prefix(' ').filter(|_| !self.earlier) else { return false };
        let right: &str = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let is_symbol_behind = right.chars().count() == 1 && !matches!(right, "a" | "A" | "I")
            || names::symbol(right).is_some()
            || right.starts_with("mathcal");
        self.before(start) == Some(' ') && symbols::is_symbol(self.word_before(start)) && is_symbol_behind
    }

    /// `geq 5` is `≥5`; between two operands the spaces stay.
    fn relation(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some((name, symbol)) = RELATIONS.iter().find(|(name, _)| word.ends_with(name)) else { return false };
        let prefix = word.strip_suffix(name).unwrap_or_default();
        if !prefix.is_empty() {
            // Joined with the word before it: `Omegasubseteq [m]`.
            let symbol_before = GREEK.iter().find(|(name, _)| *name == prefix).map(|(_, greek)| *greek);
            let left = symbol_before.or_else(|| Some(prefix).filter(|prefix| prefix.len() == 1 && self.formulas));
            let Some(left) = left.filter(|_| *name != "ll" && *name != "gg") else { return false };
            self.out.push_str(&format!("{left} {symbol}"));
            return true;
        }
        let letter_before = is_operand(self.word_before(start));
        let number_behind =
            self.behind(end).is_some_and(|c| c.is_ascii_digit()) || self.next_word_begins(end, |c| c.is_ascii_digit());
        let certain = matches!(*name, "geq" | "leq" | "approx");
        if number_behind && (certain || (letter_before && self.formulas)) {
            self.out.push_str(symbol);
            if !letter_before {
                self.skip_space();
            }
            return true;
        }
        let letter_behind = self.next_word_begins(end, char::is_alphabetic)
            && (!self.behind(end + 2).is_some_and(char::is_alphabetic)
                || self.source.slice(end + 1, end + 5) == "min{");
        let is_symbol = self.formulas && letter_before && letter_behind;
        if is_symbol {
            self.out.push_str(symbol);
        }
        is_symbol
    }

    /// `X in R^` and `Min R^`.
    fn member(&mut self, word: &str, start: usize, end: usize) -> bool {
        if self.source.slice(end, end + 3) != " R^" {
            return false;
        }
        match word.as_bytes() {
            b"in" => {
                let before = self.word_before(start);
                if !is_operand(before) && !before.ends_with('*') {
                    return false;
                }
                self.out.push('∈');
            }
            [letter @ (b'A'..=b'Z' | b'x' | b'u' | b'v' | b'z'), b'i', b'n'] => {
                self.out.push(char::from(*letter));
                self.out.push_str(" ∈");
            }
            _ => return false,
        }
        true
    }

    /// `varepsilon` and `epsilon`, alone or joined with the letters before.
    fn epsilon(&mut self, word: &str) -> bool {
        let (prefix, symbol) = if let Some(prefix) = word.strip_suffix("varepsilon") {
            (prefix, 'ε')
        } else if let Some(prefix) = word.strip_suffix("epsilon").filter(|prefix| prefix.len() <= 2) {
            (prefix, 'ϵ')
        } else {
            return false;
        };
        self.out.push_str(prefix);
        self.out.push(symbol);
        self.lower_number();
        true
    }

    /// Names that are not English words.
    fn lone_symbol(&mut self, word: &str, end: usize) -> bool {
        let symbol = match word {
            "infty" => '∞',
            "ell" if matches!(self.behind(end), Some('_' | '^')) => 'ℓ',
            _ => return false,
        };
        if word == "infty" && !self.earlier {
            self.arrow_to_infinity();
        }
        self.out.push(symbol);
        self.lower_number();
        true
    }

    /// `n to infty`, `p to -infty`: the word before becomes an arrow.
    fn arrow_to_infinity(&mut self) {
        let before = self.out.trim_end_matches(['-', '+']);
        let sign = self.out.get(before.len()..).unwrap_or_default().to_owned();
        let Some(operand) = before.strip_suffix(" to ") else { return };
        if is_operand(operand.rsplit([' ', '(', '$']).next().unwrap_or_default()) {
            self.out.truncate(operand.len());
            self.out.push_str(" → ");
            self.out.push_str(&sign);
        }
    }

    /// In a script every command name is a command: `{Phi circ Psi}`, `{Phicirc Psi}`, `{n to infty}`.
    fn in_script(&mut self, word: &str, start: usize, end: usize) -> bool {
        if self.scripts == 0 {
            return false;
        }
        let Some((name, symbol)) = SYMBOLS.iter().find(|(name, _)| word.ends_with(name)) else { return false };
        let prefix = word.strip_suffix(name).unwrap_or_default();
        let greek = GREEK.iter().find(|(name, _)| *name == prefix).map(|(_, greek)| *greek);
        let spaced = self.before(start) == Some(' ') && self.behind(end) == Some(' ');
        if !(greek.is_some() || (prefix.is_empty() && spaced)) {
            return false;
        }
        self.out.truncate(self.out.trim_end().len());
        self.out.push_str(greek.unwrap_or_default());
        self.out.push_str(symbol);
        self.skip_space();
        true
    }
}

/// A letter with or without scripts, a number, a closing bracket.
fn is_operand(word: &str) -> bool {
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return false };
    let second = chars.next();
    first.is_ascii_digit()
        || (first.is_alphabetic() && second.is_none_or(|second| matches!(second, '_' | '^')))
        || word.ends_with([')', ']', '|', '}'])
}
