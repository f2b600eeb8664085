//! The formulas of a BibTeX field: which LaTeX can be the content of one, and how it is written, so that every command is listed, every
//! command and script has its argument, and an argument that is itself a command with an argument stands in braces.

use std::borrow::Cow;

use super::macros::{MathMacro, is_math_switch, math_macro};
use super::scan::{arguments, atom, before, braces_balance, group, split_name, without_options};
use crate::domain::markup::Markup;
use crate::domain::tex;

/// Whether a text can be the content of a formula, whatever its commands are.
pub(super) fn is_formula(content: &str) -> bool {
    // `^^` writes any character by its number, a backslash too.
    let ends_escaped = content.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
    let unescaped = content.replace("\\{", "").replace("\\}", "");
    !content.trim().is_empty() && !content.contains("^^") && !ends_escaped && braces_balance(unescaped.chars())
}

/// A formula's content as it is written. None when LaTeX would not understand it.
pub(super) fn formula(content: &str) -> Option<String> {
    let named_braces = !braces_balance(content.chars());
    let content = with_braces(content);
    let mut out = String::new();
    let mut rest = content.as_ref();
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
        match c {
            '\\' => rest = formula_command(rest, named_braces, &mut out)?,
            '%' | '#' | '&' => out.extend(['\\', c]),
            '$' => return None,
            _ if c.is_ascii() => out.push(c),
            // `spelling` has the commands of these characters.
            _ => out.push_str(&super::spelling::in_formula(c)?),
        }
    }
    (scripts_are_whole(&out) && delimiters_are_paired(&out)).then_some(out)
}

/// Whether every script has an argument and no base has two of one kind: TeX refuses `x_1_2`.
fn scripts_are_whole(formula: &str) -> bool {
    let mut rest = formula.trim_start();
    // The scripts that the current base has: raised, lowered.
    let mut has = [false; 2];
    while let Some(first) = rest.chars().next() {
        let script = ['^', '_'].iter().position(|script| *script == first);
        if let Some(has) = script.and_then(|script| has.get_mut(script)) {
            if std::mem::replace(has, true) {
                return false;
            }
            rest = rest.get(1..).unwrap_or_default().trim_start();
        } else {
            has = [first == '\'' && has[0], false];
        }
        let Some((atom, behind)) = atom(rest) else { return false };
        // `d_\rm TV`: TeX would lower the switch alone.
        if script.is_some() && atom.strip_prefix('\\').is_some_and(is_math_switch) {
            return false;
        }
        if atom.strip_prefix('{').is_some_and(|inner| !scripts_are_whole(inner.strip_suffix('}').unwrap_or(inner))) {
            return false;
        }
        rest = behind.trim_start();
    }
    true
}

/// Whether every group has as many `\right` as `\left`, each after its partner.
fn delimiters_are_paired(formula: &str) -> bool {
    let mut open = vec![0_usize];
    let mut rest = formula;
    while let Some(first) = rest.chars().next() {
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            '{' => open.push(0),
            '}' if open.pop() != Some(0) => return false,
            '\\' => {
                let (name, behind) = split_name(rest);
                match (name, open.last_mut()) {
                    ("", _) => rest = rest.get(rest.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default(),
                    ("left", Some(count)) => *count += 1,
                    ("right", Some(count)) if *count > 0 => *count -= 1,
                    ("right", _) => return false,
                    _ => {}
                }
                rest = if name.is_empty() { rest } else { behind };
            }
            _ => {}
        }
    }
    open == [0]
}

/// Commands behind which a bracket has to stand.
const BEFORE_BRACKETS: &str = "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr";

/// Whether a formula begins with a bracket, or with a command that may be one.
fn begins_with_bracket(formula: &str) -> bool {
    let rest = formula.trim_start();
    match rest.strip_prefix('\\') {
        Some(after) => {
            let (name, _) = split_name(after);
            after.starts_with(['{', '}', '|']) || BRACKETS.split(' ').any(|bracket| bracket == name)
        }
        None => rest.starts_with(['(', ')', '[', ']', '|', '/', '.', '<', '>']),
    }
}

const BRACKETS: &str = "lbrace rbrace lbrack rbrack langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert \
    backslash uparrow downarrow updownarrow Uparrow Downarrow Updownarrow ulcorner urcorner llcorner lrcorner";

/// What cannot be the argument of a command.
const NO_ARGUMENTS: [&str; 7] = ["}", "^", "_", "&", "\\left", "\\right", "\\middle"];

fn formula_command<'a>(after: &'a str, named_braces: bool, out: &mut String) -> Option<&'a str> {
    let sign = after.chars().next()?;
    if sign.is_ascii_alphabetic() {
        let (name, rest) = split_name(after);
        let MathMacro { written, arguments } = math_macro(name)?;
        if BEFORE_BRACKETS.split(' ').any(|known| known == name) && !begins_with_bracket(rest) {
            return None;
        }
        let mut behind = without_options(rest.trim_start());
        for _ in 0..arguments {
            behind = atom(behind.trim_start()).filter(|(atom, _)| !NO_ARGUMENTS.contains(atom))?.1;
        }
        out.push('\\');
        out.push_str(written);
        return Some(rest);
    }
    let rest = after.get(sign.len_utf8()..)?;
    match sign {
        '{' if named_braces => out.push_str("\\lbrace "),
        '}' if named_braces => out.push_str("\\rbrace "),
        '{' | '}' | '|' | ',' | ';' | ':' | '!' | ' ' | '%' | '#' | '&' | '$' | '_' => out.extend(['\\', sign]),
        _ => return None,
    }
    Some(rest)
}

/// The formula with braces around every argument that is a command of several tokens: LaTeX takes only the first token of `\hat\mathbf{x}`,
/// `x^\hat{y}` and `\sqrt\log` for the argument.
fn with_braces(content: &str) -> Cow<'_, str> {
    if !content.contains('\\') {
        return Cow::Borrowed(content);
    }
    let mut out = String::with_capacity(content.len() + 2);
    let mut rest = content;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let (arguments, behind) = match first {
            '\\' => head(after),
            '^' | '_' => (1, after),
            _ => (0, after),
        };
        out.push_str(before(rest, behind));
        rest = behind;
        for _ in 0..arguments {
            let start = rest.trim_start();
            let Some(behind) = operand_end(start, NESTED) else { break };
            let argument = before(start, behind);
            let braces = argument.strip_prefix('\\').is_some_and(needs_braces);
            out.push_str(before(rest, start));
            out.push_str(if braces { "{" } else { "" });
            out.push_str(&with_braces(argument));
            out.push_str(if braces { "}" } else { "" });
            rest = behind;
        }
    }
    Cow::Owned(out)
}

/// Whether a command is more than one token to TeX, or may be: one with arguments, a named function, a composed relation. The text begins
/// behind the backslash.
fn needs_braces(after: &str) -> bool {
    const ONE_TOKEN: &str = "∞∅′∗⋆†‡∘•±∓×·∂∇⊤⊥∥⊕⊗°□";
    let (name, _) = split_name(after);
    if name.is_empty() || is_math_switch(name) {
        return false;
    }
    let is_symbol = || {
        let rendered = tex::render(&format!("$\\{name}$"), Markup::Tex);
        let mut chars = rendered.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() || ONE_TOKEN.contains(c)) && chars.next().is_none()
    };
    head(after).0 > 0 || !is_symbol()
}

/// How many commands may stand in each other's arguments without braces.
const NESTED: usize = 8;

/// How many arguments a command takes, and what follows its name and options. The text begins behind the backslash.
fn head(after: &str) -> (usize, &str) {
    match split_name(after) {
        ("", _) => (0, after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default()),
        (name, behind) => match math_macro(name).map_or(0, |known| known.arguments) {
            0 => (0, behind),
            arguments => (arguments, without_options(behind.trim_start())),
        },
    }
}

/// What follows the first atom of a formula with the arguments that it takes. None when one is missing.
fn operand_end(formula: &str, nested: usize) -> Option<&str> {
    match formula.strip_prefix('\\') {
        Some(after) => call_end(after, nested.checked_sub(1)?),
        None => Some(atom(formula)?.1),
    }
}

/// What follows a command with the arguments that it takes. The text begins behind the backslash.
fn call_end(after: &str, nested: usize) -> Option<&str> {
    let (arguments, mut behind) = head(after);
    for _ in 0..arguments {
        behind = operand_end(behind.trim_start(), nested)?;
    }
    Some(behind)
}

/// Reads `\ell_1` outside a formula: a command of mathematics with its scripts. The text begins behind the backslash.
pub(super) fn bare_formula(after: &str) -> Option<(String, &str)> {
    let mut rest = match head(after) {
        (0, rest) => arguments(rest),
        _ => call_end(after, NESTED)?,
    };
    while let Some(script) = rest.strip_prefix(['_', '^']) {
        rest = operand_end(script, NESTED)?;
    }
    let code = formula(&format!("\\{}", before(after, rest)))?;
    Some((code, rest))
}

/// Reads a superscript or subscript outside a formula, as the renderer does: behind a character that can have one, and for a subscript
/// only in braces. The text begins behind the sign. None where the sign stands for itself.
pub(super) fn script<'a>(sign: char, base: &str, after: &'a str) -> Option<BareScript<'a>> {
    let behind = script_end(after)?;
    let probe = if sign == '_' && !after.starts_with('{') { "x" } else { "{x}" };
    let is_script = tex::render(&format!("{base}{sign}{probe}"), Markup::Tex).ends_with(['ˣ', 'ₓ']);
    let code = format!("{sign}{}", before(after, behind));
    let rendered = tex::render(&tex::without_unknown(&format!("${code}$")), Markup::Tex);
    (is_script && !rendered.is_empty()).then(|| BareScript { formula: formula(&code), rendered, behind })
}

/// A script outside a formula.
pub(super) struct BareScript<'a> {
    /// The content of its formula; None when LaTeX would not understand it.
    pub(super) formula: Option<String>,
    pub(super) rendered: String,
    /// What follows it.
    pub(super) behind: &'a str,
}

/// What follows the argument of a script outside a formula: a group, a number with its sign, a command, one letter or mark.
fn script_end(after: &str) -> Option<&str> {
    let unsigned = after.strip_prefix(['+', '-']).unwrap_or(after);
    let number = unsigned.trim_start_matches(|c: char| c.is_ascii_digit());
    if number.len() < unsigned.len() {
        return Some(number);
    }
    let first = after.chars().next()?;
    let behind = after.get(first.len_utf8()..)?;
    match first {
        '{' => group(after).filter(|behind| before(after, behind).contains(|c: char| !"{} ".contains(c))),
        '\\' => call_end(behind, NESTED).filter(|_| behind.starts_with(|c: char| c.is_ascii_alphabetic())),
        '*' | '†' => Some(behind),
        _ if first.is_alphabetic() => (!behind.starts_with(char::is_alphanumeric)).then_some(behind),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_that_takes_arguments_gets_braces() {
        for (content, expected) in [
            (r"\widetilde\mathcal{O}(m/\varepsilon^3.5)", r"\widetilde{\mathcal{O}}(m/\varepsilon^3.5)"),
            (r"\hat\mathbf{x}", r"\hat{\mathbf{x}}"),
            (r"\bar \mathrm{x}", r"\bar {\mathrm{x}}"),
            (r"\sqrt\frac12 + \sqrt[3]\frac{a}{b}", r"\sqrt{\frac12} + \sqrt[3]{\frac{a}{b}}"),
            (r"\frac\hat{x}\mathbf y", r"\frac{\hat{x}}{\mathbf y}"),
            (r"\hat\bm\mathcal X", r"\hat{\boldsymbol{\mathcal X}}"),
            (r"x^\hat{y}_\mathbf{z}", r"x^{\hat{y}}_{\mathbf{z}}"),
            (r"\hat{\bar\mathbf{x}}", r"\hat{\bar{\mathbf{x}}}"),
            (r"\hat\alpha_\infty^\prime", r"\hat\alpha_\infty^\prime"),
            (r"\sqrt\log n, n^\log, \ell_\max, x_\to", r"\sqrt{\log} n, n^{\log}, \ell_{\max}, x_{\to}"),
            (r"x^\infty_\ell, y^\ast", r"x^\infty_\ell, y^\ast"),
            (r"\big( x \Big\| \left\{ y \right.", r"\big( x \Big\| \left\lbrace  y \right."),
            (r"\slashed{E}_T + \cancel x", r"\not{E}_T + \not x"),
        ] {
            assert_eq!(formula(content).as_deref(), Some(expected));
        }
        for refused in [
            r"\hat\left(x\right)",
            r"\sqrt\frac1",
            r"\hat",
            r"d_\rm TV",
            r"\big x",
            r"\left x \right)",
            r"\frac{\left(a}{b\right)}",
            r"\right) \left(",
        ] {
            assert_eq!(formula(refused), None, "{refused}");
        }
    }
}
