//! Repairs page text. Digest pages delete dollar signs, the backslashes inside formulas and the names of commands with arguments, but
//! only in texts that had a dollar sign. What cannot be an English word is restored here; the result is LaTeX for `text`. What was lost
//! completely (roots, accents, the ends of formulas) is never guessed, and English words never change.

mod greek;
mod words;

use super::source::TexSource;
use super::{address, scripts};
use greek::GREEK;

/// Command names that are symbols when they stand alone in braces, in scripts, or after `^`.
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

/// Old font switches that a group may begin with.
const SWITCHES: [&str; 8] = ["it ", "bf ", "em ", "rm ", "tt ", "sf ", "sc ", "sl "];

/// The text with its formulas repaired, as LaTeX.
pub(super) fn repaired(text: &str) -> String {
    let source = TexSource::new(text);
    let mut repair = PageRepair {
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
}

struct PageRepair<'s, 'a> {
    text: &'a str,
    source: &'s TexSource<'a>,
    at: usize,
    out: String,
    formulas: bool,
    /// For each name of `GREEK`, whether the text uses it as a symbol; None until that is needed.
    symbols: [Option<bool>; GREEK.len()],
    groups: Vec<PageGroup>,
    /// Number of the open groups that are scripts.
    scripts: usize,
    /// The byte after the last script group, and after the last command.
    behind_script: usize,
    behind_command: usize,
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
        let mut group = PageGroup::Plain;
        if let Some((_, symbol)) = SYMBOLS.iter().find(|(name, _)| *name == content) {
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
            group = PageGroup::Visible;
        }
        self.out.push_str(if group == PageGroup::Visible { "\\{" } else { "{" });
        self.groups.push(group);
    }

    fn close(&mut self) {
        let group = self.groups.pop();
        self.out.push_str(if group == Some(PageGroup::Visible) { "\\}" } else { "}" });
        self.at += 1;
        if group == Some(PageGroup::Script) {
            self.scripts = self.scripts.saturating_sub(1);
            self.behind_script = self.at;
        }
    }

    /// Copies the URL that begins here. Text in braces after it was the text of a link.
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

    /// `H_2`: a single letter with a number as subscript.
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
}

/// True for text that was the argument of a deleted command: at least two letters or digits and no command at its beginning, or a
/// single small letter.
fn is_argument(content: &str) -> bool {
    !content.starts_with('\\') && content.chars().take(40).filter(|c| c.is_alphanumeric()).nth(1).is_some()
        || content.len() == 1 && content.starts_with(|c: char| c.is_ascii_lowercase())
}
