//! Repairs of page text. A page that shows digests deletes dollars, the backslashes inside formulas and the names of commands with
//! arguments, but only in texts that had a dollar. What can be told apart from words is put back here; the result is LaTeX for `text`.
//! What was lost (roots, hats, where a formula ended) is not guessed. Words of English are never touched.

use super::source::Source;
use super::tables::{self, Alphabet, Command};
use super::{address, scripts};

/// Names that were symbols when a bracket, a script or a comma stands directly behind them and the text shows other formulas.
const GREEK: [(&str, &str); 24] = [
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

/// How many of `GREEK` are also repaired before a bracket or a comma; the others are names and words too often.
const COMMON_GREEK: usize = 12;

/// Command names that stand for themselves in braces, in scripts, or behind `^`.
const SYMBOLS: [(&str, &str); 18] = [
    ("times", "×"),
    ("to", "→"),
    ("circ", "∘"),
    ("cdot", "·"),
    ("leq", "≤"),
    ("geq", "≥"),
    ("neq", "≠"),
    ("sim", "∼"),
    ("approx", "≈"),
    ("pm", "±"),
    ("infty", "∞"),
    ("top", "ᵀ"),
    ("star", "⋆"),
    ("ast", "*"),
    ("prime", "′"),
    ("dagger", "†"),
    ("subseteq", "⊆"),
    ("perp", "⊥"),
];

/// Relations that are repaired in front of a number or between single letters.
const RELATIONS: [(&str, &str); 7] =
    [("geq", "≥"), ("leq", "≤"), ("neq", "≠"), ("approx", "≈"), ("ll", "≪"), ("gg", "≫"), ("subseteq", "⊆")];

/// Old font switches that a group may begin with.
const SWITCHES: [&str; 8] = ["it ", "bf ", "em ", "rm ", "tt ", "sf ", "sc ", "sl "];

const ALPHABETS: [&str; 5] = ["mathcal", "mathscr", "mathbb", "mathbf", "mathfrak"];

const HATS: [&str; 6] = ["widetilde", "widehat", "tilde", "hat", "bar", "overline"];

/// The text with its formulas repaired, as LaTeX.
pub(super) fn repaired(text: &str) -> String {
    let source = Source::new(text);
    let mut repair = Repair {
        text,
        source: &source,
        at: 0,
        out: String::with_capacity(text.len() + 16),
        formulas: shows_formulas(text),
        symbols: [None; GREEK.len()],
        groups: Vec::new(),
        scripts: 0,
        behind_script: usize::MAX,
        behind_command: usize::MAX,
        rights: ["right)", "right]", "right|", "right}"].iter().map(|right| text.matches(right).count()).sum(),
        lefts: 0,
        bigs: 0,
        host_end: 0,
    };
    while let Some(c) = source.char_at(repair.at, text.len()) {
        repair.next(c);
    }
    repair.out
}

/// True when a text shows remains of formulas other than a lone `2times`.
fn shows_formulas(text: &str) -> bool {
    let remains = ["_{", "mathcal", "mathbb", "epsilon", "left(", "Omega(", "Theta(", "infty", "subseteq"];
    text.contains('^') || remains.iter().any(|remain| text.contains(remain))
}

/// What a brace group that is being read turns into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Plain,
    Script,
    /// The braces stay visible: they are all that is left of a command.
    Visible,
}

struct Repair<'s, 'a> {
    text: &'a str,
    source: &'s Source<'a>,
    at: usize,
    out: String,
    formulas: bool,
    /// Whether each name of `GREEK` is used as a symbol somewhere in the text, once it was asked.
    symbols: [Option<bool>; GREEK.len()],
    groups: Vec<Group>,
    /// How many of the groups are scripts.
    scripts: usize,
    /// The byte behind the last script group and behind the last command.
    behind_script: usize,
    behind_command: usize,
    /// `right)` that are still to come, `left(` and `big(` that are open.
    rights: usize,
    lefts: usize,
    bigs: usize,
    /// No host name begins before this byte.
    host_end: usize,
}

impl Repair<'_, '_> {
    fn next(&mut self, c: char) {
        match c {
            '\\' => self.command(),
            '{' => self.open(),
            '}' => self.close(),
            _ if c.is_ascii_alphanumeric() => {
                if !self.address() {
                    self.run(c);
                }
            }
            _ => {
                self.out.push(c);
                self.at += c.len_utf8();
            }
        }
    }

    fn before(&self, at: usize) -> Option<char> {
        self.source.char_before(at)
    }

    fn behind(&self, at: usize) -> Option<char> {
        self.source.char_at(at, self.text.len())
    }

    fn group(&self, at: usize) -> Option<(usize, usize)> {
        self.source.group(at, self.text.len())
    }

    /// The word behind one space at `at` begins with a character that fits.
    fn next_word_begins(&self, at: usize, fits: impl Fn(char) -> bool) -> bool {
        self.behind(at) == Some(' ') && self.behind(at + 1).is_some_and(fits)
    }

    /// The word in front of the one space before `at`.
    fn word_before(&self, at: usize) -> &str {
        let before = self.source.slice(0, at);
        before.strip_suffix(' ').and_then(|before| before.rsplit(char::is_whitespace).next()).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at = self.source.skip_space(self.at, self.text.len());
    }

    /// Commands that the page kept. A digit behind a backslash had a dollar between them.
    fn command(&mut self) {
        let (name, behind) = self.source.control(self.at, self.text.len());
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            self.out.push_str("\\$");
            self.at += 1;
            return;
        }
        self.out.push_str(self.source.slice(self.at, behind));
        self.at = behind;
        self.behind_command = behind;
    }

    fn open(&mut self) {
        let at = self.at;
        self.at += 1;
        let Some((from, to)) = self.group(at) else {
            self.out.push('{');
            return;
        };
        let content = self.source.slice(from, to);
        let before = self.before(at);
        let glued = before.is_some_and(|c| c.is_alphanumeric() || c == ')');
        let mut group = Group::Plain;
        if let Some((_, symbol)) = SYMBOLS.iter().find(|(name, _)| *name == content) {
            // a top or a star stands above the line by itself
            if before == Some('^') && matches!(content, "top" | "star" | "ast" | "prime" | "dagger") {
                self.out.pop();
            }
            self.out.push_str(symbol);
            self.at = to + 1;
            return;
        }
        if matches!(before, Some('^' | '_')) {
            group = Group::Script;
            self.scripts += 1;
        } else if SWITCHES.iter().any(|switch| content.starts_with(switch)) {
            self.at += 3;
        } else if content.len() == 1
            && content.starts_with(|c: char| c.is_ascii_digit())
            && before.is_some_and(|c| c.is_ascii_digit())
        {
            self.out.push('/');
            self.out.push_str(content);
            self.at = to + 1;
            return;
        } else if (glued || self.behind_script == at) && self.behind_command != at && is_argument(content) {
            group = Group::Visible;
        }
        self.out.push_str(if group == Group::Visible { "\\{" } else { "{" });
        self.groups.push(group);
    }

    fn close(&mut self) {
        let group = self.groups.pop();
        self.out.push_str(if group == Some(Group::Visible) { "\\}" } else { "}" });
        self.at += 1;
        if group == Some(Group::Script) {
            self.scripts = self.scripts.saturating_sub(1);
            self.behind_script = self.at;
        }
    }

    /// Copies the address that begins here. Words in braces behind it were those of a link.
    fn address(&mut self) -> bool {
        if self.at < self.host_end || self.before(self.at).is_some_and(|c| c.is_ascii_alphanumeric()) {
            return false;
        }
        let rest = self.source.slice(self.at, self.text.len());
        let Some(length) = address::length(rest) else {
            self.host_end = self.at + address::host_run(rest);
            return false;
        };
        let (start, end) = (self.at, self.at + length);
        let address = self.source.slice(start, end);
        if self.group(end).is_some() {
            self.out.push_str("\\href{");
            self.out.push_str(address);
            self.out.push('}');
            self.behind_command = end;
        } else {
            self.out.push_str(address);
        }
        self.at = end;
        true
    }

    /// A run of digits, or of letters: the words that are repaired.
    fn run(&mut self, c: char) {
        let start = self.at;
        let rest = self.source.slice(start, self.text.len());
        let digits = c.is_ascii_digit();
        let length = rest
            .bytes()
            .take_while(|byte| if digits { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() })
            .count();
        let end = start + length;
        let run = self.source.slice(start, end);
        self.at = end;
        if digits || !self.repair_word(run, start, end) {
            self.out.push_str(run);
            self.number_below(run, start);
        }
    }

    /// `H_2`: a single letter, or a symbol just written, with a number below it.
    fn number_below(&mut self, run: &str, start: usize) {
        let single = run.len() == 1 && !run.starts_with(|c: char| c.is_ascii_digit());
        if !single || self.before(start).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '\\')) {
            return;
        }
        self.lower_number();
    }

    fn lower_number(&mut self) {
        if self.behind(self.at) != Some('_') {
            return;
        }
        let digits = self.source.slice(self.at + 1, self.text.len()).bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let number = self.source.slice(self.at + 1, self.at + 1 + digits);
            self.out.push_str(&scripts::script(number, false));
            self.at += 1 + digits;
        }
    }

    /// Writes the repaired form of a word; false when it is to stay.
    fn repair_word(&mut self, word: &str, start: usize, end: usize) -> bool {
        // four letters at least make most of these names, and most words are none of them
        if word.len() < 2 {
            return false;
        }
        self.above(word, start)
            || self.address_command(word, end)
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
    }

    /// `^top`, `^star`.
    fn above(&mut self, word: &str, start: usize) -> bool {
        if self.before(start) != Some('^') {
            return false;
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

    fn address_command(&mut self, word: &str, end: usize) -> bool {
        let known = matches!(word, "url" | "href") && self.group(end).is_some();
        if known {
            self.out.push('\\');
            self.out.push_str(word);
            self.behind_command = end;
        }
        known
    }

    /// `mathcal{O}`; with more than a letter in its braces something was lost, and all of it stays.
    fn alphabet(&mut self, word: &str, end: usize) -> bool {
        let Some(name) = ALPHABETS.iter().find(|name| word.ends_with(*name)) else { return false };
        let Some(Command::Letters(alphabet)) = tables::command(name) else { return false };
        let prefix = word.strip_suffix(name).unwrap_or_default();
        if let Some((from, to)) = self.group(end) {
            let content = self.source.slice(from, to);
            self.out.push_str(prefix);
            match single(content).and_then(|c| styled(alphabet, c)) {
                Some(c) => self.out.push(c),
                None => {
                    self.out.push_str(name);
                    self.out.push_str("\\{");
                    self.out.push_str(&escaped(content));
                    self.out.push_str("\\}");
                }
            }
            self.at = to + 1;
            return true;
        }
        let letter = self.behind(end + 1).filter(|c| c.is_ascii_uppercase() && self.behind(end) == Some(' '));
        match letter.and_then(|c| styled(alphabet, c)) {
            Some(c) if !self.behind(end + 2).is_some_and(char::is_alphanumeric) => {
                self.out.push_str(prefix);
                self.out.push(c);
                self.at = end + 2;
                true
            }
            _ => false,
        }
    }

    /// `tilde{O}`, `widetilde O(`, `tilde Omega(`.
    fn hat(&mut self, word: &str, end: usize) -> bool {
        let Some(name) = HATS.iter().find(|name| **name == word) else { return false };
        let Some(Command::Hat(mark)) = tables::command(name) else { return false };
        if let Some((from, to)) = self.group(end) {
            let Some(c) = single(self.source.slice(from, to)) else { return false };
            self.out.push(c);
            self.out.push(mark);
            self.at = to + 1;
            return true;
        }
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

    /// `left(` with a `right)` to come, and that; `Obig(` and its `big)`.
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

    /// `5sim10`, `15\%sim30`, `100M sim 1B`, `sim5%`.
    fn sim(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some(unit) = word.strip_suffix("sim") else { return false };
        let before = self.before(start);
        let number_before = before.is_some_and(|c| c.is_ascii_digit());
        let number_behind = self.behind(end).is_some_and(|c| c.is_ascii_digit());
        let is = if unit.is_empty() {
            let range = number_before || before == Some('%');
            let about = before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '~'));
            let spaced = self.next_word_begins(end, |c| c.is_ascii_digit())
                && self.word_before(start).starts_with(|c: char| c.is_ascii_digit());
            (number_behind && (range || about)) || spaced
        } else {
            number_before && number_behind && matches!(unit, "K" | "M" | "B" | "T" | "k" | "x")
        };
        if is {
            self.out.push_str(unit);
            self.out.push('∼');
        }
        is
    }

    /// `geq 5` is `≥5`; between two operands the spaces stay.
    fn relation(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some((name, symbol)) = RELATIONS.iter().find(|(name, _)| word.ends_with(name)) else { return false };
        let prefix = word.strip_suffix(name).unwrap_or_default();
        if !prefix.is_empty() {
            // glued to what was before it: `Omegasubseteq [m]`
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
        let is = self.formulas && letter_before && letter_behind;
        if is {
            self.out.push_str(symbol);
        }
        is
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

    /// `varepsilon` and `epsilon`, alone or glued to the letters before.
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

    /// Names that are no words of English.
    fn lone_symbol(&mut self, word: &str, end: usize) -> bool {
        let symbol = match word {
            "infty" => '∞',
            "ell" if matches!(self.behind(end), Some('_' | '^')) => 'ℓ',
            _ => return false,
        };
        self.out.push(symbol);
        self.lower_number();
        true
    }

    fn greek(&mut self, word: &str, start: usize, end: usize) -> bool {
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

    /// Whether a Greek name is a symbol here, and not `Phi-3`, `PixArt-alpha` or `lambda functions`.
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

    /// Whether the text has the name in a place where only a symbol can be.
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

    /// In a script every name of a command is one: `{Phi circ Psi}`, `{Phicirc Psi}`, `{n to infty}`.
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

/// True for what was an argument of a command that is gone: two letters or digits at least, and no command of its own.
fn is_argument(content: &str) -> bool {
    !content.starts_with('\\') && content.chars().take(40).filter(|c| c.is_alphanumeric()).nth(1).is_some()
        || content.len() == 1 && content.starts_with(|c: char| c.is_ascii_lowercase())
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

fn single(content: &str) -> Option<char> {
    let mut chars = content.chars();
    chars.next().filter(|c| chars.next().is_none() && c.is_alphanumeric())
}

fn styled(alphabet: Alphabet, c: char) -> Option<char> {
    tables::letter(alphabet, c)
}

/// LaTeX that prints a text as it stands.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '{' | '}' | '_' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '^' => escaped.push_str("\\textasciicircum{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            _ => escaped.push(c),
        }
    }
    escaped
}
