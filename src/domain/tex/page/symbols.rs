//! Names of symbols that lost their backslashes: those that are never English words, and those that are symbols between operands.

use super::super::tables::{self, AtomClass, TexCommand};
use super::names::{self, CERTAIN, GREEK};
use super::{PageRepair, scan};

/// Names that are also ends of English words (`quadrangle`): joined with at most one letter.
const SHORT_PREFIX: &str = "langle rangle lceil rceil lfloor rfloor odot oplus ominus otimes hbar forall emptyset notin infty leq geq neq leqq geqq nleq \
                            ngeq cdot cdots ldots nabla";

/// Names of operators that are English words or abbreviations: symbols between two operands.
const BETWEEN: [(&str, &str); 4] = [("times", "×"), ("cup", "∪"), ("cap", "∩"), ("subset", "⊂")];

impl PageRepair<'_, '_> {
    /// `rightarrow`, `lambdacdot`, `z_{t}rightarrow`: a name that is no English word.
    pub(super) fn certain(&mut self, word: &str, start: usize) -> bool {
        let Some(name) = CERTAIN.split_whitespace().find(|name| word.ends_with(name) && is_whole(name, word)) else {
            return false;
        };
        let prefix = word.strip_suffix(name).unwrap_or_default();
        let before = self.before(start);
        let greek = names::symbol(prefix);
        // One letter before a short name is a symbol only among formulas: `Ineq`, `Godot`.
        let is_delimiter = matches!(tables::command(prefix), Some(TexCommand::Delimiter(_)));
        let short = prefix.is_empty()
            || is_delimiter
            || greek.is_some()
            || (prefix.len() == 1 && (name.len() > 4 || self.formulas));
        if !short && SHORT_PREFIX.split_whitespace().any(|short| short == name)
            || matches!(before, Some('.' | '/' | '@' | '#'))
            || (before == Some('_') && self.scripts == 0)
        {
            return false;
        }
        // A lost first letter was read with the backslash, as `\r` and `\l` are.
        let full = match name {
            "ightarrow" => "rightarrow",
            "eftarrow" => "leftarrow",
            name => name,
        };
        let Some(TexCommand::Symbol(glyph, class)) = tables::command(full) else { return false };
        // `leftlVert`, `biglangle`: the size of a delimiter.
        let is_size = is_delimiter && matches!(class, AtomClass::Open | AtomClass::Close);
        self.out.push_str(if is_size { "" } else { greek.unwrap_or(prefix) });
        self.glyph(glyph, class, full.ends_with("parrow") || full.ends_with("wnarrow"));
        true
    }

    /// Writes a symbol with the blanks that its class has: a blank behind the command was the end of its name.
    pub(super) fn glyph(&mut self, glyph: &str, class: AtomClass, joined: bool) {
        let blank_behind = self.behind(self.at) == Some(' ');
        let last = self.out.chars().next_back();
        let glued = last.is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | '[' | '{'));
        match class {
            AtomClass::Relation if blank_behind && glued && !joined => self.out.push(' '),
            AtomClass::Tight | AtomClass::Operator if blank_behind && glued => self.skip_space(),
            AtomClass::Open => self.skip_space(),
            AtomClass::Close => self.out.truncate(self.out.trim_end().len()),
            _ => {}
        }
        self.out.push_str(glyph);
        if matches!(class, AtomClass::Letter | AtomClass::Close) {
            self.lower_number();
        }
    }

    /// `sum_{i=1}^n`, `int_0^1`: words that have limits.
    pub(super) fn large_operator(&mut self, word: &str, start: usize, end: usize) -> bool {
        let has_limits = match self.behind(end) {
            Some('^') => true,
            Some('_') => {
                let index = self.behind(end + 1).is_some_and(|c| c.is_ascii_lowercase()) && word != "int";
                let ends = !self.behind(end + 2).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
                self.behind(end + 1) == Some('{') || self.behind(end + 2) == Some('^') || (index && ends)
            }
            _ => false,
        };
        let is_name = ["sum", "prod", "int", "bigcup", "bigcap"].contains(&word);
        if !is_name || !has_limits || self.before(start).is_some_and(|c| c == '_' || c == '.') {
            return false;
        }
        // As a formula, whose scripts belong to it.
        self.out.push_str(&format!("\\mathop{{\\{word}}}"));
        true
    }

    /// `64 times 64`, `n times d`, `A cup B`, `72.1 pm 0.4`, `x in [0,1]`: a word between two operands.
    pub(super) fn between(&mut self, word: &str, start: usize, end: usize) -> bool {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        if word == "pm" && digit(self.before(start)) && digit(self.behind(end)) {
            self.out.push('±');
            return true;
        }
        if self.before(start) != Some(' ') || self.behind(end) != Some(' ') {
            return false;
        }
        let left = self.word_before(start);
        let rest = self.source.slice(end + 1, self.text.len());
        let right = rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')')).next().unwrap_or_default();
        let right = right.trim_end_matches(['.', ':', '?', '!']);
        if word == "pm" {
            let decimal = |word: &str| word.contains('.') && is_number(word);
            let numbers = is_number(left)
                && is_number(right)
                && (decimal(left) || decimal(right) || self.is_no_time(start, left, rest));
            if numbers {
                self.out.push('±');
            }
            return numbers;
        }
        if word == "in" {
            let set = ["mathbb{", "mathcal{", "[0,", "[-1,", "(0,", "[1,", "{0,", "{1,", "{-1,"];
            let is_member = is_symbol(left) && set.iter().any(|set| rest.starts_with(set));
            if is_member {
                self.out.push('∈');
                self.set_at = end + 1;
            }
            return is_member;
        }
        let Some((name, glyph)) = BETWEEN.iter().find(|(name, _)| *name == word) else { return false };
        let is_product = *name == "times";
        let is_factor = |word: &str| is_symbol(word) || (is_product && is_number(word));
        // `A` is an article, unless another capital letter stands on the other side.
        let is_set =
            !is_product && left == "A" && right.len() == 1 && right.starts_with(|c: char| c.is_ascii_uppercase());
        if !((is_factor(left) || is_set) && is_factor(right)) {
            return false;
        }
        if is_product {
            self.out.truncate(self.out.trim_end().len());
            self.skip_space();
        }
        self.out.push_str(glyph);
        true
    }

    /// Whether `3 pm 1` is no time of the day: nothing follows the number, and no word for a time stands before.
    fn is_no_time(&self, start: usize, left: &str, rest: &str) -> bool {
        const TIMES: [&str; 11] =
            ["at", "by", "from", "to", "till", "until", "before", "after", "around", "between", "and"];
        let before = self.source.slice(0, start.saturating_sub(1 + left.len())).trim_end();
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_ascii_lowercase();
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        !TIMES.contains(&word.as_str()) && (behind.is_empty() || behind.starts_with([',', ';', ')', '.', '%', ']']))
    }

    /// In a formula every name of a symbol is one: `frac{n times k}{alpha}`.
    pub(super) fn in_formula(&mut self, word: &str) -> bool {
        if !self.in_formula {
            return false;
        }
        let Some(TexCommand::Symbol(glyph, class)) = tables::command(word) else { return false };
        if class == AtomClass::Function {
            return false;
        }
        if word == "in" {
            self.set_at = self.source.skip_space(self.at, self.text.len());
        }
        self.glyph(glyph, class, false);
        if matches!(word, "partial" | "nabla") {
            self.skip_space();
        }
        true
    }

    /// `textbfKites`, `mathcalL`: a style or an alphabet in front of what it applies to.
    pub(super) fn glued_style(&mut self, word: &str) -> bool {
        let Some((name, rest)) = scan::glued_style(word) else { return false };
        let mut letters = rest.chars();
        let letter = match tables::command(name) {
            Some(TexCommand::Letters(alphabet)) => letters.next().and_then(|c| tables::letter(alphabet, c)),
            _ => None,
        };
        self.out.extend(letter);
        self.out.push_str(if letter.is_some() { letters.as_str() } else { rest });
        self.lower_number();
        true
    }

    /// `scriptsizeFLaws`: the name of a type size in front of a capital letter.
    pub(super) fn size(&mut self, word: &str) -> bool {
        let Some(rest) = scan::glued_size(word).and_then(|size| word.strip_prefix(size)) else { return false };
        self.out.push_str(rest);
        true
    }
}

/// Names without their first letter are whole words: `Rightarrow` is another name.
fn is_whole(name: &str, word: &str) -> bool {
    !matches!(name, "ightarrow" | "eftarrow") || name == word
}

/// A letter that is no word by itself, with or without scripts, or the name of a Greek letter.
pub(super) fn is_symbol(word: &str) -> bool {
    let word = word.trim_start_matches(['(', '[', '$']);
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return false };
    let base = word.split(['_', '^']).next().unwrap_or_default();
    GREEK.iter().any(|(name, _)| *name == base)
        || (first.is_alphabetic()
            && chars.next().is_none_or(|second| matches!(second, '_' | '^'))
            && !matches!(word, "a" | "A" | "I"))
}

/// Digits, with signs and separators of numbers.
fn is_number(word: &str) -> bool {
    let word = word.trim_start_matches(['+', '-', '−', '(', '[', '$']).trim_end_matches(['%', 'K', 'M', 'B', 'k']);
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}
