//! The meanings of LaTeX commands in one table for text and formulas, and the alphabets, scripts and accents of mathematics. Data only:
//! `text` and `math` decide what to do with a meaning.

mod alphabets;
mod characters;
mod meanings;
mod symbols;
mod units;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(super) use alphabets::{letter, script};
use characters::CHARACTERS;
use meanings::MEANINGS;
use symbols::{FUNCTIONS, NAMED_FUNCTIONS, SYMBOLS};
pub(super) use units::{UnitWord, unit_word};

/// The class of an atom of a formula, which decides the spaces around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtomClass {
    Letter,
    /// Typed as a command; a space on each side between two operands.
    Relation,
    /// `=` and similar, typed as a character; spaced as in the source.
    Comparison,
    /// Typed as a command; spaced as in the source, the same on both sides.
    Operator,
    /// `+` and similar, typed as a character; spaced as in the source.
    Sign,
    /// `× · ∘`: never spaced.
    Tight,
    /// `∑` and similar.
    Large,
    Open,
    Close,
    Punctuation,
    /// `log` and similar; a space between it and letters.
    Function,
    Fraction,
    Root,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    Upright,
    Bold,
    Script,
    Fraktur,
    Double,
}

/// The meaning of a control sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TexCommand {
    /// A symbol of mathematics. Also read in text, where a space after it stays.
    Symbol(&'static str, AtomClass),
    /// A character of text; a space after the control word only ends the word.
    Character(&'static str),
    /// A text accent: the combining mark for the next letter, and what to write when there is no letter.
    Accent(char, &'static str),
    /// A math accent.
    Hat(char),
    Space,
    /// `\linebreak[4]`: a space; its option is dropped.
    Break,
    /// `\xspace`: a space, unless punctuation follows.
    WordSpace,
    /// `\kern 2pt`: a space where the length after it is positive.
    Kern,
    /// `\hspace{2pt}`: the same with the length as an argument.
    HorizontalSpace,
    /// `\raise 2pt`: dropped with the length after it.
    Shift,
    Nothing,
    /// `\verb|x|`: the characters between the delimiters.
    Verbatim,
    /// `\ifmmode`, before the branch for formulas.
    IfMath,
    /// `\else`, before the branch for text.
    Else,
    EndIf,
    /// A line break: a space, or a row of a matrix.
    Row,
    /// `\it` and similar: dropped; its group stays.
    Switch,
    /// `\textbf{x}` and similar: the argument as text.
    Style,
    /// `\hbox to 3cm{x}`: the argument as text, the length dropped.
    Box,
    /// `\textcolor{red}{x}` and similar: this many arguments are dropped, the next one is text.
    Styled(u8),
    /// `\label{x}` and similar: dropped with this many arguments.
    Silent(u8),
    /// `\texorpdfstring{x}{y}`: the first argument as text, the second one dropped.
    FirstOf,
    /// `\ce{H2O}`: a chemical formula.
    Chemistry,
    /// `\isotope[14]{C}`
    Isotope,
    Quantity(QuantityForm),
    Link,
    Address,
    /// `\cite{key}` and similar: the key in these brackets.
    Key(&'static str, &'static str),
    Note,
    Raised,
    Lowered,
    Item,
    Begin,
    End,
    /// `\mathbb{x}` and similar.
    Letters(Alphabet),
    /// `\cal` and similar: applies to the rest of the group.
    LettersFrom(Alphabet),
    Operator,
    Fraction,
    Binomial,
    Root,
    /// `\left`, `\big` and similar, before a delimiter, with its class when the command says which.
    Delimiter(Option<AtomClass>),
    /// `\norm{x}` and similar: the last of these patterns for which there are enough arguments, `#1` for the first one.
    Pattern(&'static [&'static str]),
    /// `\dv{f}{x}` and similar, with the sign of the derivative.
    Derivative(&'static str),
    /// `\dd{x}`
    Differential,
    Not,
    /// `\overset{a}{b}`: a becomes a superscript of b.
    Over,
    /// `\underset{a}{b}`: a becomes a subscript of b.
    Under,
    /// `\sideset{_a^b}{_c^d}\prod`: scripts on both sides of the operator behind them.
    SideSet,
    /// `\overbrace{a}`: a.
    Brace,
    /// `\xrightarrow[b]{a}`: a symbol with both as scripts.
    Arrow(&'static str),
    Modulo,
    /// `{a \over b}`.
    InfixFraction,
    InfixBinomial,
}

/// The arguments of a command for numbers and units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QuantityForm {
    Number,
    /// A unit, after a number in square brackets or not.
    Unit,
    /// A number and a unit.
    Quantity,
    /// `\unitfrac[5]{m}{s}`: a unit divided by a unit, after a number in square brackets or not.
    UnitFraction,
    NumberRange,
    QuantityRange,
    NumberList,
    QuantityList,
    Angle,
}

/// The meaning of a control word (letters) or control symbol (one other character), without its backslash.
pub(super) fn command(name: &str) -> Option<TexCommand> {
    COMMANDS.get(name).copied()
}

/// The symbols of mathematics: control word and glyph.
pub(super) fn symbols() -> impl Iterator<Item = (&'static str, &'static str)> {
    SYMBOLS.iter().flat_map(|(_, pairs)| {
        let names = pairs.split_whitespace().step_by(2);
        names.zip(pairs.split_whitespace().skip(1).step_by(2))
    })
}

static COMMANDS: LazyLock<HashMap<&'static str, TexCommand>> = LazyLock::new(|| {
    let mut commands = HashMap::with_capacity(1_000);
    for (class, pairs) in SYMBOLS {
        let mut words = pairs.split_whitespace();
        while let (Some(name), Some(glyph)) = (words.next(), words.next()) {
            commands.insert(name, TexCommand::Symbol(glyph, *class));
        }
    }
    for name in FUNCTIONS.split_whitespace() {
        commands.insert(name, TexCommand::Symbol(name, AtomClass::Function));
    }
    for (names, text) in NAMED_FUNCTIONS {
        for name in names.split_whitespace() {
            commands.insert(name, TexCommand::Symbol(text, AtomClass::Function));
        }
    }
    let mut words = CHARACTERS.split_whitespace();
    while let (Some(name), Some(text)) = (words.next(), words.next()) {
        commands.insert(name, TexCommand::Character(text));
    }
    for (names, command) in MEANINGS {
        for name in names.split_whitespace() {
            commands.insert(name, *command);
        }
    }
    commands.insert(" ", TexCommand::Space);
    commands.insert("\n", TexCommand::Space);
    commands.insert("\t", TexCommand::Space);
    commands
});
/// The class of a character that is typed as itself in a formula.
pub(super) fn class(c: char) -> AtomClass {
    match c {
        '(' | '[' | '⟨' | '⌊' | '⌈' => AtomClass::Open,
        ')' | ']' | '⟩' | '⌋' | '⌉' => AtomClass::Close,
        ',' | ';' => AtomClass::Punctuation,
        '=' | '<' | '>' | ':' | '≤' | '≥' | '≠' | '≈' | '∼' | '≡' | '∈' | '∉' | '⊂' | '⊆' | '→' | '←' | '↔' | '⇒' => {
            AtomClass::Comparison
        }
        '+' | '-' | '−' | '*' | '/' | '±' => AtomClass::Sign,
        '×' | '·' | '∘' | '⋅' => AtomClass::Tight,
        '∑' | '∏' | '∫' => AtomClass::Large,
        _ => AtomClass::Letter,
    }
}

/// How the content of an environment is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TexEnvironment {
    /// As text, without the tags.
    Text,
    /// As text or table cells, without the tags and one argument.
    Columns,
    /// As a formula.
    Formula,
    /// As rows of a formula, between these brackets.
    Rows(&'static str, &'static str),
}

/// None for an unknown environment, whose name is then shown.
pub(super) fn environment(name: &str) -> Option<TexEnvironment> {
    Some(match name.trim_end_matches('*') {
        "itemize" | "enumerate" | "description" | "quote" | "quotation" | "center" | "abstract" | "flushleft"
        | "flushright" | "verse" | "figure" | "table" | "document" | "small" | "footnotesize" | "verbatim" | "em"
        | "it" | "bf" => TexEnvironment::Text,
        "tabular" | "minipage" | "multicols" | "wrapfigure" => TexEnvironment::Columns,
        "equation" | "align" | "gather" | "multline" | "eqnarray" | "displaymath" | "math" | "flalign" | "alignat"
        | "dmath" => TexEnvironment::Formula,
        "matrix" | "smallmatrix" | "split" | "aligned" | "gathered" | "alignedat" | "array" => {
            TexEnvironment::Rows("", "")
        }
        "cases" => TexEnvironment::Rows("{", ""),
        "pmatrix" => TexEnvironment::Rows("(", ")"),
        "bmatrix" => TexEnvironment::Rows("[", "]"),
        "Bmatrix" => TexEnvironment::Rows("{", "}"),
        "vmatrix" => TexEnvironment::Rows("|", "|"),
        "Vmatrix" => TexEnvironment::Rows("‖", "‖"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_name_has_one_meaning() {
        let mut seen = HashSet::new();
        for (_, pairs) in SYMBOLS {
            let words: Vec<_> = pairs.split_whitespace().collect();
            assert_eq!(words.len() % 2, 0);
            for pair in words.chunks(2) {
                assert!(seen.insert(pair[0]), "{} twice", pair[0]);
                assert!(pair[1] == "mod" || pair[1].chars().count() == 1, "{}", pair[1]);
            }
        }
        let words: Vec<_> = CHARACTERS.split_whitespace().collect();
        assert_eq!(words.len() % 2, 0);
        let named = NAMED_FUNCTIONS.iter().flat_map(|(names, _)| names.split_whitespace());
        let names = FUNCTIONS.split_whitespace().chain(named).chain(words.iter().copied().step_by(2));
        for name in names.chain(MEANINGS.iter().flat_map(|(names, _)| names.split_whitespace())) {
            assert!(seen.insert(name), "{name} twice");
        }
    }
}
