//! Repairs page text. Digest pages delete dollar signs, the backslashes inside formulas and the names of commands with arguments, but
//! only in texts that had a dollar sign. What cannot be an English word is restored here; the result is LaTeX for `text`. What was lost
//! completely (roots, accents, the ends of formulas) is never guessed, and English words never change.

mod addresses;
mod commands;
mod earlier;
mod greek;
mod groups;
mod names;
mod numbers;
mod scan;
mod symbols;
mod words;

use std::borrow::Cow;

use super::source::TexSource;
use super::tables::{self, TexCommand};
pub(super) use earlier::earlier;
use groups::is_argument;
use names::{GREEK, SIZES, SYMBOLS};

/// Old font switches that a group may begin with.
const SWITCHES: [&str; 8] = ["it ", "bf ", "em ", "rm ", "tt ", "sf ", "sc ", "sl "];

/// The text with its formulas repaired, as LaTeX.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    if scan::may_need_repair(text) { Cow::Owned(repair_with(text, false)) } else { Cow::Borrowed(text) }
}

/// `earlier`: with the rules of the first title keys.
fn repair_with(text: &str, earlier: bool) -> String {
    let source = TexSource::new(text);
    let mut repair = PageRepair {
        text,
        source: &source,
        earlier,
        at: 0,
        out: String::with_capacity(text.len() + 16),
        formulas: shows_formulas(text),
        symbols: [None; GREEK.len()],
        groups: Vec::new(),
        scripts: 0,
        in_formula: false,
        formula_end: usize::MAX,
        latex_end: 0,
        has_mail: text.contains('@'),
        behind_script: usize::MAX,
        behind_command: usize::MAX,
        behind_number: usize::MAX,
        text_argument: usize::MAX,
        set_at: usize::MAX,
        slash: NextByte::new('/'),
        backslash: NextByte::new('\\'),
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

/// True when a text has remains of formulas besides a lone `2times`.
fn shows_formulas(text: &str) -> bool {
    let remains = ["_{", "mathcal", "mathbb", "epsilon", "left(", "Omega(", "Theta(", "infty", "subseteq"];
    text.contains('^') || remains.iter().any(|remain| text.contains(remain))
}

/// How an open brace group is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PageGroup {
    Plain,
    Script,
    /// With visible braces: they are all that is left of a command.
    Visible,
    /// The argument of a command that holds words.
    Text,
    /// The argument of a command that holds a formula.
    Formula,
    /// A radicand or a denominator, with what ends it.
    Operand(&'static str),
    /// A numerator with what ends it, and the denominator with what begins and ends that.
    Numerator {
        close: &'static str,
        open: &'static str,
        below: &'static str,
    },
}

/// An open group, and where it stands: among scripts and in a formula.
struct OpenGroup {
    group: PageGroup,
    scripts: usize,
    in_formula: bool,
}

struct PageRepair<'s, 'a> {
    text: &'a str,
    source: &'s TexSource<'a>,
    /// Only the rules of the first title keys apply.
    earlier: bool,
    at: usize,
    out: String,
    formulas: bool,
    /// For each name of `GREEK`, whether the text uses it as a symbol; None until that is needed.
    symbols: [Option<bool>; GREEK.len()],
    groups: Vec<OpenGroup>,
    /// Number of the open groups that are scripts.
    scripts: usize,
    /// Whether every name of a symbol is one here.
    in_formula: bool,
    /// The byte of the dollar sign that ends the formula here.
    formula_end: usize,
    /// The byte of the dollar sign that ends the last formula with backslashes.
    latex_end: usize,
    has_mail: bool,
    /// The byte after the last script group, and after the last command.
    behind_script: usize,
    behind_command: usize,
    /// The byte after the last lowered number.
    behind_number: usize,
    /// The byte after the last command whose argument holds words.
    text_argument: usize,
    /// The byte of the brace that begins a set, after a sign of membership.
    set_at: usize,
    slash: NextByte,
    backslash: NextByte,
    /// Number of `right)` still to come, and of open `left(` and `big(`.
    rights: usize,
    lefts: usize,
    bigs: usize,
    /// No host name begins before this byte.
    host_end: usize,
}

impl PageRepair<'_, '_> {
    fn next(&mut self, c: char) {
        match c {
            '\\' => self.command(),
            '{' => self.open(),
            '}' => self.close(),
            '$' => self.dollar(),
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

    /// Whether a space at `at` is followed by a character that fits.
    fn next_word_begins(&self, at: usize, fits: impl Fn(char) -> bool) -> bool {
        self.behind(at) == Some(' ') && self.behind(at + 1).is_some_and(fits)
    }

    /// The word before the single space before `at`.
    fn word_before(&self, at: usize) -> &str {
        let before = self.source.slice(0, at);
        before.strip_suffix(' ').and_then(|before| before.rsplit(char::is_whitespace).next()).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at = self.source.skip_space(self.at, self.text.len());
    }

    /// A command that the page left intact. Between a backslash and a digit there was a dollar sign.
    fn command(&mut self) {
        let (name, behind) = self.source.control(self.at, self.text.len());
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            self.out.push_str("\\$");
            self.at += 1;
            return;
        }
        let command = tables::command(name);
        // `\footnotesizeblue{x}`: styles whose names run together.
        let styles = command.is_none()
            && self.group(behind).is_some()
            && SIZES.split_whitespace().any(|size| name.starts_with(size));
        if styles {
            self.at = behind;
            self.behind_command = behind;
            return;
        }
        if command == Some(TexCommand::Link) && self.holds_link(behind) {
            self.at = behind;
            self.behind_command = behind;
            return;
        }
        self.out.push_str(self.source.slice(self.at, behind));
        self.at = behind;
        self.behind_command = behind;
        match command {
            Some(TexCommand::Style) => self.text_argument = behind,
            Some(TexCommand::Link | TexCommand::Address | TexCommand::Key(..)) => self.raw_argument(),
            _ => {}
        }
    }

    /// A formula that kept its dollar signs. Where a backslash is left in it, its commands have theirs.
    fn dollar(&mut self) {
        if self.at == self.formula_end {
            self.in_formula = false;
        } else if let Some(end) = self.source.partner(self.at, self.text.len())
            && !self.earlier
        {
            if self.backslash.is_within(self.text, self.at, end) {
                self.latex_end = end;
            } else {
                (self.formula_end, self.in_formula) = (end, true);
            }
        }
        self.out.push('$');
        self.at += 1;
    }

    fn push_group(&mut self, group: PageGroup) {
        self.groups.push(OpenGroup { group, scripts: self.scripts, in_formula: self.in_formula });
        match group {
            PageGroup::Script => self.scripts += 1,
            PageGroup::Text => (self.scripts, self.in_formula) = (0, false),
            PageGroup::Formula | PageGroup::Operand(_) | PageGroup::Numerator { .. } => self.in_formula = true,
            PageGroup::Plain | PageGroup::Visible => {}
        }
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
        let mut group = PageGroup::Plain;
        let alone = SYMBOLS.iter().find(|(name, _)| *name == content).map(|(_, symbol)| *symbol);
        let cut = || commands::symbol_alone(content).filter(|_| content.starts_with(' ') && !self.earlier);
        if let Some(symbol) = alone.or_else(cut) {
            // These symbols are raised by themselves.
            if before == Some('^') && matches!(content, "top" | "star" | "ast" | "prime" | "dagger") {
                self.out.pop();
            }
            self.out.push_str(symbol);
            self.at = to + 1;
            return;
        }
        if matches!(before, Some('^' | '_')) {
            group = PageGroup::Script;
        } else if self.text_argument == at {
            group = PageGroup::Text;
        } else if self.set_at == at {
            group = PageGroup::Visible;
        } else if SWITCHES.iter().any(|switch| content.starts_with(switch)) {
            self.at += 3;
        } else if let Some(length) = commands::switch(content).filter(|_| !self.earlier) {
            self.at += length;
        } else if content.len() == 1
            && content.starts_with(|c: char| c.is_ascii_digit())
            && before.is_some_and(|c| c.is_ascii_digit())
        {
            self.out.push('/');
            self.out.push_str(content);
            self.at = to + 1;
            return;
        } else if self.behind_command != at
            && ((glued || self.behind_script == at) && is_argument(content) || self.is_set(at, from, to))
        {
            group = PageGroup::Visible;
        }
        if group == PageGroup::Visible {
            self.visible(self.at);
            return;
        }
        self.out.push('{');
        self.push_group(group);
        if group == PageGroup::Script && !self.earlier {
            self.at += commands::switch(content).unwrap_or(0);
        }
    }

    /// Begins a group with visible braces, whose content begins at a byte.
    fn visible(&mut self, from: usize) {
        self.out.push_str("\\{");
        self.at = from;
        self.push_group(PageGroup::Visible);
    }

    fn close(&mut self) {
        self.at += 1;
        let Some(open) = self.groups.pop() else {
            self.out.push('}');
            return;
        };
        (self.scripts, self.in_formula) = (open.scripts, open.in_formula);
        match open.group {
            PageGroup::Plain => self.out.push('}'),
            PageGroup::Visible => self.out.push_str("\\}"),
            PageGroup::Script => {
                self.out.push('}');
                self.behind_script = self.at;
            }
            PageGroup::Text | PageGroup::Formula => {
                self.out.push('}');
                self.behind_command = self.at;
                if open.group == PageGroup::Text && self.is_lost_denominator() {
                    self.out.push('/');
                }
            }
            PageGroup::Operand(close) => self.out.push_str(close),
            PageGroup::Numerator { close, open, below } => {
                self.out.push_str(close);
                self.out.push_str(open);
                self.at += 1;
                self.push_group(PageGroup::Operand(below));
            }
        }
    }

    /// `text{length}{3}`: a number in braces behind words in braces, which were a fraction.
    fn is_lost_denominator(&self) -> bool {
        self.group(self.at).is_some_and(|(from, to)| {
            let content = self.source.slice(from, to);
            !content.is_empty() && content.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// A run of digits, or of letters, which is repaired where a rule applies.
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
}

/// Where the next of one byte stands, looked for from ever later places in all of a text.
struct NextByte {
    byte: char,
    at: Option<usize>,
}

impl NextByte {
    const fn new(byte: char) -> Self {
        Self { byte, at: Some(0) }
    }

    /// Whether the byte stands between two places; `from` never decreases.
    fn is_within(&mut self, text: &str, from: usize, to: usize) -> bool {
        if self.at.is_some_and(|at| at <= from) {
            self.at = text.get(from..).and_then(|rest| rest.find(self.byte)).map(|at| from + at);
        }
        self.at.is_some_and(|at| at < to)
    }
}

#[cfg(test)]
mod tests;
