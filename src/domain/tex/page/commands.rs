//! Commands with arguments that lost their backslashes: `textbf{`, `mathrm{`, `sqrt{`, `frac{`. What directly stands in front of a closed
//! brace group decides: a name alone is a word, and a group that is never closed leaves everything as it came.

use super::super::scripts;
use super::super::tables::{self, Alphabet, TexCommand};
use super::names::{self, SIZES, SYMBOLS};
use super::{PageGroup, PageRepair};

/// Commands that nobody takes for words, also with letters joined before them (`convolutiontextbf{`) and without the first letter, which a
/// program read together with the backslash (`\t` and `extbf{`). A name that ends in another one stands before it.
const STRONG: &str = "textsuperscript textsubscript textcolor textnormal textbf textit texttt textsc textsf textsl textrm textmd textup underline \
                      footnotetext footnote operatorname boldsymbol mathrm mathit mathsf mathtt mathcal mathscr mathbb mathbf mathfrak mathbbm mathds \
                      overline widehat widetilde emph dfrac tfrac sqrt frac";

/// Commands that are short without their first letter: only where a word begins.
const WEAK: [(&str, &str); 8] = [
    ("ext", "text"),
    ("mph", "emph"),
    ("rac", "frac"),
    ("qrt", "sqrt"),
    ("ilde", "tilde"),
    ("ar", "bar"),
    ("ef", "ref"),
    ("inom", "binom"),
];

/// Old font switches, as in `bf{x}`.
const FONTS: [&str; 7] = ["bf", "it", "em", "rm", "tt", "sf", "sc"];

/// Names of commands that are rather words, also in front of a brace.
const WORDS: [&str; 4] = ["path", "thanks", "operand", "ul"];

/// Commands that set brackets around their argument, and are no English words.
const BRACKETS: &str = "ket Ket bra Bra braket Braket ketbra expval norm Norm abs Abs ceil Ceil floor Floor";

/// How the argument of a command is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PageArgument {
    /// As text, behind the command in LaTeX.
    Text,
    /// As a formula, behind the command in LaTeX.
    Formula,
    /// Not at all: a key or a URL.
    Verbatim,
}

impl PageRepair<'_, '_> {
    /// `operatorname*{argmax}`, `cite*{key}`.
    pub(super) fn starred(&mut self, word: &str, end: usize) -> bool {
        const STARRED: [(&str, PageArgument); 3] =
            [("operatorname", PageArgument::Text), ("cite", PageArgument::Verbatim), ("citet", PageArgument::Verbatim)];
        if self.behind(end) != Some('*') {
            return false;
        }
        let (Some((name, argument)), Some((from, to))) =
            (STARRED.iter().find(|(name, _)| *name == word), self.group(end + 1))
        else {
            return false;
        };
        self.enter(name, from, to, *argument)
    }

    /// A word directly in front of a brace.
    pub(super) fn command_word(&mut self, word: &str, start: usize, end: usize) -> bool {
        let Some((prefix, name)) = self.command_name(word, start, end) else { return false };
        let Some((from, to)) = self.group(end) else {
            // Everything as it came: LaTeX would drop the brace.
            self.out.push_str(word);
            self.out.push_str("\\{");
            self.at = end + 1;
            return true;
        };
        let Some(command) = tables::command(name) else { return false };
        let length = self.out.len();
        self.out.push_str(prefix);
        let is_repaired = match command {
            // Both arguments must be there.
            TexCommand::Styled(1)
            | TexCommand::Binomial
            | TexCommand::Over
            | TexCommand::Under
            | TexCommand::Fraction
                if self.group(to + 1).is_none() =>
            {
                self.out.push_str(name);
                self.visible(from);
                true
            }
            TexCommand::Root => {
                self.root("√", from, to);
                true
            }
            TexCommand::Fraction => {
                self.fraction(from, to);
                true
            }
            TexCommand::Letters(alphabet) => self.letters(name, alphabet, from, to),
            TexCommand::Switch if SIZES.split_whitespace().any(|size| size == name) || FONTS.contains(&name) => {
                self.at = end;
                self.behind_command = end;
                true
            }
            TexCommand::Hat(mark) => self.hat_above(name, mark, from, to),
            TexCommand::Link if self.holds_link(end) => {
                self.at = end;
                self.behind_command = end;
                true
            }
            TexCommand::Styled(1) | TexCommand::Link | TexCommand::Address | TexCommand::Key(..) => {
                self.enter(name, from, to, PageArgument::Verbatim)
            }
            TexCommand::Style | TexCommand::Raised | TexCommand::Lowered | TexCommand::Note | TexCommand::Operator => {
                self.enter(name, from, to, PageArgument::Text)
            }
            TexCommand::Binomial | TexCommand::Over | TexCommand::Under | TexCommand::Arrow(_) | TexCommand::Brace => {
                self.enter(name, from, to, PageArgument::Formula)
            }
            TexCommand::Pattern(_) if BRACKETS.split_whitespace().any(|bracket| bracket == name) => {
                self.enter(name, from, to, PageArgument::Formula)
            }
            _ => false,
        };
        if !is_repaired {
            self.out.truncate(length);
        }
        is_repaired
    }

    /// The command that a word in front of a brace is, and the letters joined before it.
    fn command_name<'w>(&self, word: &'w str, start: usize, end: usize) -> Option<(&'w str, &'w str)> {
        let begins = !self.before(start).is_some_and(|c| c.is_alphanumeric() && !c.is_ascii_digit());
        if begins {
            if tables::command(word).is_some() && !WORDS.contains(&word) {
                return Some(("", word));
            }
            if let Some((_, name)) = WEAK.iter().find(|(cut, _)| *cut == word) {
                return Some(("", name));
            }
        }
        let strong = STRONG.split_whitespace();
        let joined = strong.clone().find_map(|name| Some((word.strip_suffix(name)?, name)));
        let cut = || {
            let cut = |name: &'static str| name.get(1..).filter(|cut| cut.len() > 3);
            strong.clone().find_map(|name| Some((word.strip_suffix(cut(name)?)?, name)))
        };
        joined.or_else(cut).or_else(|| {
            // `cite` is the end of English words, but no word stands in front of the key of a reference.
            let prefix = word.strip_suffix("cite")?;
            let (from, to) = self.group(end)?;
            let mark =
                self.source.slice(from, to).find(|c: char| c.is_ascii_digit() || matches!(c, ':' | '_' | '{'))?;
            (self.behind(from + mark) != Some('{')).then_some((prefix, "cite"))
        })
    }

    /// Writes a command as LaTeX with the beginning of its argument.
    fn enter(&mut self, name: &str, from: usize, to: usize, argument: PageArgument) -> bool {
        self.out.push('\\');
        self.out.push_str(name);
        self.out.push('{');
        self.at = from;
        match argument {
            PageArgument::Text => {
                self.push_group(PageGroup::Text);
                self.at += switch(self.source.slice(from, to)).unwrap_or(0);
            }
            PageArgument::Formula => self.push_group(PageGroup::Formula),
            PageArgument::Verbatim => {
                self.out.push_str(self.source.slice(from, to));
                self.out.push('}');
                self.at = to + 1;
                self.behind_command = self.at;
            }
        }
        true
    }

    /// Copies the argument here, a key or a URL.
    pub(super) fn raw_argument(&mut self) {
        if let Some((_, to)) = self.group(self.at) {
            self.out.push_str(self.source.slice(self.at, to + 1));
            self.at = to + 1;
            self.behind_command = self.at;
        }
    }

    /// `mathrm{KL}`, `mathcal{O}`, `boldsymbol{theta}`. A slash was part of something that is lost, and all of it stays.
    fn letters(&mut self, name: &str, alphabet: Alphabet, from: usize, to: usize) -> bool {
        let content = self.source.slice(from, to);
        let single = single(content).and_then(|c| tables::letter(alphabet, c));
        let symbol = symbol_alone(content);
        if single.is_some() || symbol.is_some() {
            self.out.extend(single);
            self.out.push_str(symbol.unwrap_or_default());
            self.at = to + 1;
            self.lower_number();
            return true;
        }
        if self.slash.is_within(self.text, from, to) && alphabet != Alphabet::Upright {
            self.out.push_str(name);
            self.out.push_str("\\{");
            self.out.push_str(&escaped(content));
            self.out.push_str("\\}");
            self.at = to + 1;
            return true;
        }
        let is_word = content.chars().all(char::is_alphanumeric);
        let text = name != "ensuremath" && (is_word || alphabet == Alphabet::Upright);
        self.enter(name, from, to, if text { PageArgument::Text } else { PageArgument::Formula })
    }

    /// `hat{y}`, `tilde{theta}`, `hat{mathbf{x}}`: an accent over a single symbol.
    fn hat_above(&mut self, name: &str, mark: char, from: usize, to: usize) -> bool {
        let content = self.source.slice(from, to);
        let base = single(content).map(String::from).or_else(|| names::symbol(content).map(str::to_owned));
        if let Some(base) = base {
            self.out.push_str(&scripts::accented(&base, mark));
            self.at = to + 1;
            return true;
        }
        let nested = content.ends_with('}')
            && content
                .split_once('{')
                .is_some_and(|(name, _)| tables::command(name.trim_start_matches('\\')).is_some());
        (nested || matches!(name, "overline" | "widehat" | "widetilde"))
            && self.enter(name, from, to, PageArgument::Formula)
    }

    /// `sqrt[3]{n}`.
    pub(super) fn root_of_degree(&mut self, word: &str, start: usize, end: usize) -> bool {
        if word != "sqrt" || self.before(start) == Some('\\') || self.behind(end) != Some('[') {
            return false;
        }
        let Some(close) = self.source.partner(end, self.text.len()) else { return false };
        let Some((from, to)) = self.group(close + 1) else { return false };
        let degree = self.source.slice(end + 1, close);
        if degree.len() > 3 || !degree.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return false;
        }
        self.root(&scripts::root_sign(degree), from, to);
        true
    }

    /// The radicand in brackets, unless it is one symbol that nothing else could be taken for a part of.
    fn root(&mut self, sign: &str, from: usize, to: usize) {
        let is_base = matches!(self.behind(to + 1), Some('^' | '_'));
        let joined = self.behind(to + 1).is_some_and(char::is_alphanumeric);
        let is_single = is_operand(self.source.slice(from, to)) && (is_base || !joined);
        self.out.push_str(if is_base { "(" } else { "" });
        self.out.push_str(sign);
        self.out.push_str(if is_single { "" } else { "(" });
        self.at = from;
        self.push_group(PageGroup::Operand(match (is_single, is_base) {
            (true, false) => "",
            (false, true) => "))",
            _ => ")",
        }));
    }

    /// `frac{a+b}{2}` as `(a+b)/2`.
    fn fraction(&mut self, from: usize, to: usize) {
        let Some((below_from, below_to)) = self.group(to + 1) else { return };
        let last = self.out.chars().next_back();
        let behind = self.behind(below_to + 1);
        let touches = last.is_some_and(|c| c.is_alphanumeric() || matches!(c, ')' | ']' | '/'))
            || behind.is_some_and(|c| c.is_alphanumeric() || matches!(c, '(' | '/' | '^' | '_'));
        let above = self.source.slice(from, to);
        let is_product = above.chars().all(|c| c.is_alphanumeric());
        let bare = is_product || is_operand(above);
        let is_single = is_operand(self.source.slice(below_from, below_to));
        self.out.push_str(if touches { "(" } else { "" });
        self.out.push_str(if bare { "" } else { "(" });
        self.at = from;
        self.push_group(PageGroup::Numerator {
            close: if bare { "/" } else { ")/" },
            below: match (is_single, touches) {
                (true, false) => "",
                (false, true) => "))",
                _ => ")",
            },
            open: if is_single { "" } else { "(" },
        });
    }

    /// `frac12`.
    pub(super) fn short_fraction(&mut self, word: &str, end: usize) -> bool {
        let digits = self.source.slice(end, self.text.len()).bytes().take(3).take_while(u8::is_ascii_digit).count();
        let is_fraction = matches!(tables::command(word), Some(TexCommand::Fraction));
        if !(word == "frac" || is_fraction && !self.earlier) || digits != 2 {
            return false;
        }
        let joined = self.behind(end + 2).is_some_and(|c| c.is_alphanumeric() || c == '(')
            || self.out.ends_with(|c: char| c.is_alphanumeric());
        let (above, below) = (self.source.slice(end, end + 1), self.source.slice(end + 1, end + 2));
        let fraction = if joined { format!("({above}/{below})") } else { format!("{above}/{below}") };
        self.out.push_str(&fraction);
        self.at = end + 2;
        true
    }
}

/// A number, or one letter with or without scripts: what needs no brackets below a root or a fraction line.
fn is_operand(content: &str) -> bool {
    if content.is_empty() || content.len() > 48 {
        return content.is_empty();
    }
    if content.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return true;
    }
    if is_one_command(content) {
        return true;
    }
    let content = ["partial ", "nabla "].iter().find_map(|sign| content.strip_prefix(sign)).unwrap_or(content);
    let base = content.split(['_', '^']).next().unwrap_or_default();
    let scripts = content.get(base.len()..).unwrap_or_default();
    let one = base.chars().count() == 1 || names::symbol(base).is_some() || is_one_command(base);
    one && scripts.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '^' | '{' | '}' | '*'))
}

/// `mathcal{L}`, `sqrt{n}`: one command with one argument that holds no other.
fn is_one_command(text: &str) -> bool {
    let Some((name, argument)) = text.strip_suffix('}').and_then(|text| text.split_once('{')) else { return false };
    let argument_is_flat = argument.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '^'));
    let letters = matches!(
        tables::command(name.trim_start_matches('\\')),
        Some(TexCommand::Letters(_) | TexCommand::Hat(_) | TexCommand::Root)
    );
    letters && argument_is_flat
}

/// The symbol that an argument is, also one whose `\t` was read as a blank: `theta`, ` heta`, ` imes`.
pub(super) fn symbol_alone(content: &str) -> Option<&'static str> {
    let find = |name: &str| {
        names::symbol(name).or_else(|| SYMBOLS.iter().find(|(known, _)| *known == name).map(|(_, symbol)| *symbol))
    };
    match content.strip_prefix(' ') {
        Some(cut) if cut.len() < 8 => find(&format!("t{cut}")),
        _ => names::symbol(content),
    }
}

/// The length of the type size that a text begins with, and of the blank after it.
pub(super) fn switch(content: &str) -> Option<usize> {
    SIZES
        .split_whitespace()
        .find(|size| content.strip_prefix(*size).is_some_and(|rest| rest.starts_with(' ')))
        .map(|size| size.len() + 1)
}

pub(super) fn single(content: &str) -> Option<char> {
    let mut chars = content.chars();
    chars.next().filter(|c| chars.next().is_none() && c.is_alphanumeric())
}

/// LaTeX that renders as the text itself.
pub(super) fn escaped(text: &str) -> String {
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
