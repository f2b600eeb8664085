//! Reads the text of a BibTeX field. Accents and symbols become the characters they stand for; formulas and plain formatting stay LaTeX
//! where `macros` lists every command in them, and become Unicode where it does not. Whatever the input, the braces written balance as
//! BibTeX counts them (it ignores a backslash before a brace), and only listed commands are written. How characters are written is
//! decided in `spelling`.

use super::macros::{MathMacro, is_style, is_switch, math_macro};
use super::spelling::is_alike;
use super::token::LatexToken;
use crate::domain::markup::Markup;
use crate::domain::tex;

/// Longest formula in bytes; a dollar sign further away does not close one.
const LONGEST: usize = 2000;

/// The tokens of plain text: every character stands for itself.
pub(super) fn plain_tokens(text: &str) -> Vec<LatexToken> {
    balanced(text.chars().map(LatexToken::Literal).collect())
}

/// The tokens of LaTeX as arXiv has it: `%`, `&`, `#`, `_` outside formulas stand for themselves.
pub(super) fn latex_tokens(source: &str) -> Vec<LatexToken> {
    let mut tokens = Vec::with_capacity(source.len());
    for token in latex_runs(source) {
        match token {
            LatexToken::Run(text) => tokens.extend(text.chars().map(LatexToken::Literal)),
            other => tokens.push(other),
        }
    }
    tokens
}

/// The same tokens of plain text, with runs.
pub(super) fn plain_runs(text: &str) -> Vec<LatexToken> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match run(rest) {
            "" => single(LatexToken::Literal(first), rest.get(first.len_utf8()..).unwrap_or_default(), &mut tokens),
            run => single(LatexToken::Run(run.to_owned()), rest.get(run.len()..).unwrap_or_default(), &mut tokens),
        };
    }
    balanced(tokens)
}

/// The characters at the begin of a text that are written as they are.
fn run(text: &str) -> &str {
    let end = text.bytes().position(|byte| !is_alike(byte)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The same tokens of LaTeX, with runs.
pub(super) fn latex_runs(source: &str) -> Vec<LatexToken> {
    // Environments change what stands between their tags.
    if source.contains("\\begin") {
        return plain_runs(&tex::render(&tex::without_unknown(source), Markup::Tex).replace('\\', ""));
    }
    let mut tokens = Vec::new();
    let mut rest = source;
    // Where the word that is being read begins.
    let mut word = source;
    while let Some(first) = rest.chars().next() {
        let run = run(rest);
        if !run.is_empty() {
            rest = single(LatexToken::Run(run.to_owned()), rest.get(run.len()..).unwrap_or_default(), &mut tokens);
            if let Some(blank) = run.rfind(' ') {
                let word_start = source.len() - rest.len() - run.len() + blank + 1;
                word = source.get(word_start..).unwrap_or_default();
            }
            continue;
        }
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let about = first == '~' && means_about(word.get(..word.len() - rest.len()).unwrap_or_default(), after);
        rest = match first {
            '\\' => command(after, &mut tokens),
            '$' => dollar(after, &mut tokens),
            '{' => single(LatexToken::Open, after, &mut tokens),
            '}' => single(LatexToken::Close, after, &mut tokens),
            '~' if !about => single(LatexToken::Verbatim("~".into()), after, &mut tokens),
            other => single(LatexToken::Literal(other), after, &mut tokens),
        };
        if first.is_whitespace() {
            word = rest;
        }
    }
    balanced(without_needless_braces(tokens))
}

fn single<'a>(token: LatexToken, after: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    tokens.push(token);
    after
}

/// Appends Unicode text. A backslash that is left in rendered LaTeX belongs to a command that LaTeX would not understand either.
fn text<'a>(rendered: &str, after: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    tokens.extend(rendered.chars().filter(|c| *c != '\\').map(LatexToken::Literal));
    after
}

/// Reads what follows a backslash; returns the rest.
fn command<'a>(after: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    let Some(sign) = after.chars().next() else { return after };
    if sign.is_ascii_alphabetic() {
        return named_command(after, tokens);
    }
    let rest = after.get(sign.len_utf8()..).unwrap_or_default();
    match sign {
        '&' | '%' | '$' | '#' | '_' | '{' | '}' => single(LatexToken::Literal(sign), rest, tokens),
        '(' | '[' => bracket_formula(sign, rest, tokens),
        '\'' | '`' | '"' | '^' | '~' | '=' | '.' => accent(after, rest, tokens).unwrap_or(rest),
        '\\' | ' ' | ',' | ';' | ':' => single(LatexToken::Literal(' '), rest, tokens),
        // Hints for line breaks and kerning.
        '!' | '/' | '-' | '@' | '*' => rest,
        _ => after,
    }
}

const LETTER_ACCENTS: [&str; 10] = ["u", "v", "H", "c", "k", "r", "d", "b", "t", "textcommabelow"];

fn named_command<'a>(after: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    let (name, rest) = split_name(after);
    if LETTER_ACCENTS.contains(&name)
        && let Some(rest) = accent(after, rest, tokens)
    {
        return rest;
    }
    if ["LaTeX", "TeX"].contains(&name) {
        return single(LatexToken::Verbatim(format!("{{{{\\{name}}}}}")), rest.trim_start(), tokens);
    }
    if is_style(name) && rest.starts_with('{') {
        return single(LatexToken::Command(format!("\\{name}")), rest, tokens);
    }
    if is_switch(name) && tokens.last() == Some(&LatexToken::Open) {
        return single(LatexToken::Command(format!("\\{name} ")), rest.trim_start(), tokens);
    }
    let is_text = name.starts_with("text") || name == "mbox" || is_switch(name);
    if !is_text
        && math_macro(name).is_some()
        && let Some((code, rest)) = bare_formula(after)
    {
        return single(LatexToken::Formula(format!("${code}$")), rest, tokens);
    }
    let behind = arguments(rest);
    let call = after.get(..after.len() - behind.len()).unwrap_or_default();
    let rendered = tex::render(&format!("\\{call}"), Markup::Tex);
    if rendered.contains('\\') {
        // An unknown command: its argument is all that can be shown, and without one its name.
        let rest = without_options(rest);
        return match group(rest).filter(|_| rest.starts_with('{')) {
            Some(behind) => {
                let inner = rest.get(1..rest.len() - behind.len() - 1).unwrap_or_default();
                tokens.extend(latex_runs(inner));
                behind
            }
            None => text(name, rest, tokens),
        };
    }
    // A space behind a control word ends the word. Behind a symbol the renderer keeps it.
    let keeps_space = || tex::render(&format!("\\{call} x"), Markup::Tex).ends_with(" x");
    let rest = if behind.len() == rest.len() && !keeps_space() { rest.trim_start() } else { behind };
    text(&rendered, rest, tokens)
}

/// Reads an accent with its letter. None when none follows.
fn accent<'a>(after: &'a str, rest: &'a str, tokens: &mut Vec<LatexToken>) -> Option<&'a str> {
    let letter = rest.trim_start();
    let is_word = after.starts_with(|c: char| c.is_ascii_alphabetic());
    // `\cc` is no accent of c, but another command.
    let behind = match letter.chars().next()? {
        '{' => group(letter)?,
        '\\' => split_name(letter.get(1..)?).1,
        first if first.is_alphabetic() && (!is_word || letter.len() < rest.len()) => letter.get(first.len_utf8()..)?,
        _ => return None,
    };
    let rendered = tex::render(&format!("\\{}", after.get(..after.len() - behind.len())?), Markup::Tex);
    (!rendered.is_empty() && !rendered.contains('\\')).then(|| text(&rendered, behind, tokens))
}

/// The letters of a command's name, and what follows them.
fn split_name(after: &str) -> (&str, &str) {
    let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
    after.split_at_checked(letters).unwrap_or((after, ""))
}

/// What follows a group with its braces. None when it is not closed.
fn group(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut escaped = false;
    let end = text.bytes().take(LONGEST).position(|byte| {
        match byte {
            b'{' if !escaped => depth += 1,
            b'}' if !escaped => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
        depth == 0
    });
    text.get(end? + 1..)
}

/// What follows the arguments of a command, in brackets and in braces.
fn arguments(text: &str) -> &str {
    let mut rest = without_options(text);
    while rest.starts_with('{')
        && let Some(behind) = group(rest)
    {
        rest = behind;
    }
    rest
}

fn without_options(text: &str) -> &str {
    let bracket = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    bracket.map_or(text, |(_, rest)| rest)
}

/// Reads `\ell_1` outside a formula: a command of mathematics with its scripts. The text begins behind the backslash.
fn bare_formula(after: &str) -> Option<(String, &str)> {
    let (_, mut rest) = split_name(after);
    rest = arguments(rest);
    while let Some(script) = rest.strip_prefix(['_', '^']) {
        rest = match script.chars().next()? {
            '{' => group(script)?,
            '\\' => split_name(script.get(1..)?).1,
            first => script.get(first.len_utf8()..)?,
        };
    }
    let code = formula(&format!("\\{}", after.get(..after.len() - rest.len())?))?;
    Some((code, rest))
}

/// Reads what follows a dollar: a formula, or money.
fn dollar<'a>(after: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    let (inner, sign) = after.strip_prefix('$').map_or((after, "$"), |inner| (inner, "$$"));
    let end = closing_dollar(inner);
    let parts = end.and_then(|end| Some((inner.get(..end)?, inner.get(end..)?.strip_prefix(sign)?)));
    match parts {
        // Displayed formulas cannot stand in a bibliography.
        Some((content, rest)) if is_formula(content) && !is_money(content) => formula_token(content, rest, tokens),
        _ => single(LatexToken::Literal('$'), after, tokens),
    }
}

fn closing_dollar(inner: &str) -> Option<usize> {
    let mut escaped = false;
    inner.bytes().take(LONGEST).position(|byte| {
        let found = byte == b'$' && !escaped;
        escaped = byte == b'\\' && !escaped;
        found
    })
}

/// `$5 million and $6`: a digit follows, and words before the partner.
fn is_money(content: &str) -> bool {
    if !content.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let words = content.split_whitespace();
    words.filter(|word| word.len() >= 2 && word.chars().all(char::is_alphabetic)).count() >= 2
}

/// Reads what follows `\(` or `\[`.
fn bracket_formula<'a>(sign: char, rest: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    let (close, again) = if sign == '(' { ("\\)", "\\(") } else { ("\\]", "\\[") };
    match rest.split_once(close) {
        // Another opening before the closing one: this one is not closed.
        Some((content, behind)) if content.len() < LONGEST && !content.contains(again) && is_formula(content) => {
            formula_token(content, behind, tokens)
        }
        _ => single(LatexToken::Literal(sign), rest, tokens),
    }
}

fn formula_token<'a>(content: &str, rest: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    match formula(content) {
        Some(code) => single(LatexToken::Formula(format!("${code}$")), rest, tokens),
        None => text(&tex::render(&tex::without_unknown(&format!("${content}$")), Markup::Tex), rest, tokens),
    }
}

/// Whether a text can be the content of a formula, whatever its commands are.
fn is_formula(content: &str) -> bool {
    // `^^` writes any character by its number, a backslash too.
    let ends_escaped = content.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
    let unescaped = content.replace("\\{", "").replace("\\}", "");
    !content.trim().is_empty() && !content.contains("^^") && !ends_escaped && braces_balance(unescaped.chars())
}

/// A formula's content as it is written. None when LaTeX would not understand it.
fn formula(content: &str) -> Option<String> {
    let named_braces = !braces_balance(content.chars());
    let mut out = String::new();
    let mut rest = content;
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
        if atom.strip_prefix('{').is_some_and(|inner| !scripts_are_whole(inner.strip_suffix('}').unwrap_or(inner))) {
            return false;
        }
        rest = behind.trim_start();
    }
    true
}

/// The first group, command or character of a formula, and what follows. None when a group is not closed.
fn atom(formula: &str) -> Option<(&str, &str)> {
    let first = formula.chars().next()?;
    let behind = match first {
        '{' => group(formula)?,
        '\\' => {
            let after = formula.get(1..)?;
            match split_name(after) {
                ("", _) => after.get(after.chars().next()?.len_utf8()..)?,
                (_, rest) => rest,
            }
        }
        _ => formula.get(first.len_utf8()..)?,
    };
    Some((formula.get(..formula.len() - behind.len())?, behind))
}

fn delimiters_are_paired(formula: &str) -> bool {
    let count = |name: &str| {
        let found = formula.split(name).skip(1);
        found.filter(|after| !after.starts_with(|c: char| c.is_ascii_alphabetic())).count()
    };
    count("\\left") == count("\\right")
}

fn formula_command<'a>(after: &'a str, named_braces: bool, out: &mut String) -> Option<&'a str> {
    let sign = after.chars().next()?;
    if sign.is_ascii_alphabetic() {
        let (name, rest) = split_name(after);
        let MathMacro { written, arguments } = math_macro(name)?;
        let mut behind = without_options(rest.trim_start());
        for _ in 0..arguments {
            behind = atom(behind.trim_start()).filter(|(atom, _)| !["}", "^", "_", "&"].contains(atom))?.1;
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

/// A tilde before a number means "about", not a tie: at the start of a word, or after one that begins with a digit (`1M~60M`).
fn means_about(word: &str, after: &str) -> bool {
    let number_follows = after.starts_with(|c: char| c.is_ascii_digit());
    let first = word.chars().find(|c| c.is_alphanumeric());
    number_follows && first.is_none_or(|c| c.is_ascii_digit())
}

/// Braces around one accented letter or symbol were part of the command: `{\L}ojasiewicz`.
fn without_needless_braces(tokens: Vec<LatexToken>) -> Vec<LatexToken> {
    let mut kept: Vec<LatexToken> = Vec::with_capacity(tokens.len());
    for token in tokens {
        kept.push(token);
        if let [.., LatexToken::Open, LatexToken::Literal(c), LatexToken::Close] = *kept
            && !c.is_ascii()
        {
            kept.truncate(kept.len() - 3);
            kept.push(LatexToken::Literal(c));
        }
    }
    kept
}

/// Whether the braces balance as BibTeX counts them, which ignores a backslash before a brace.
pub(super) fn braces_balance(chars: impl Iterator<Item = char>) -> bool {
    let mut depth = 0_usize;
    for c in chars {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return false,
            '}' => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

/// Balances all braces: an unpaired grouping brace becomes a literal one; literal braces in pairs are written `\{ \}`, single ones as a
/// command without a brace.
fn balanced(mut tokens: Vec<LatexToken>) -> Vec<LatexToken> {
    for index in without_partner(&tokens, &LatexToken::Open, &LatexToken::Close) {
        if let Some(token) = tokens.get_mut(index) {
            *token = LatexToken::Literal(if *token == LatexToken::Open { '{' } else { '}' });
        }
    }
    for index in without_partner(&tokens, &LatexToken::Literal('{'), &LatexToken::Literal('}')) {
        if let Some(token) = tokens.get_mut(index) {
            let code = if *token == LatexToken::Literal('{') { "\\textbraceleft{}" } else { "\\textbraceright{}" };
            *token = LatexToken::Verbatim(code.into());
        }
    }
    for token in &mut tokens {
        match token {
            LatexToken::Literal('{') => *token = LatexToken::Verbatim("\\{".into()),
            LatexToken::Literal('}') => *token = LatexToken::Verbatim("\\}".into()),
            _ => {}
        }
    }
    tokens
}

fn without_partner(tokens: &[LatexToken], open: &LatexToken, close: &LatexToken) -> Vec<usize> {
    let mut waiting = Vec::new();
    let mut alone = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token == open {
            waiting.push(index);
        } else if token == close && waiting.pop().is_none() {
            alone.push(index);
        }
    }
    alone.extend(waiting);
    alone
}

#[cfg(test)]
mod tests {
    use super::super::macros::is_listed;
    use super::super::spelling::{FieldEncoding, written};
    use super::*;
    use proptest::prelude::*;

    fn ascii(tokens: &[LatexToken]) -> String {
        written(tokens, FieldEncoding::Ascii)
    }

    #[test]
    fn plain_text_means_itself() {
        for (text, expected) in [
            ("90% of A & B, $5 #1 a_b", r"90\% of A \& B, \$5 \#1 a\_b"),
            ("~10 x^2 \\alpha", r"\textasciitilde{}10 x\textasciicircum{}2 \textbackslash{}alpha"),
            ("a < b > c \"q\"", "a \\textless{} b \\textgreater{} c \"q\""),
            ("{set} } {", r"\{set\} \textbraceright{} \textbraceleft{}"),
            ("Nyström, ℓ₁ × 𝒪(n)", r#"Nystr{\"o}m, $\ell_{1}$ $\times$ {$\mathcal{O}$}(n)"#),
            ("ends with \\", r"ends with \textbackslash{}"),
        ] {
            assert_eq!(ascii(&plain_tokens(text)), expected);
        }
    }

    #[test]
    fn latex_stays_latex_where_it_is_understood() {
        for (source, expected) in [
            // literal signs are escaped once, escapes stay
            (r"90% & 10\% \& a_b C\# #1", r"90\% \& 10\% \& a\_b C\# \#1"),
            (r"$\ell_1$ and $O(n^2)$", r"$\ell_1$ and $O(n^2)$"),
            // accents and symbols in every spelling
            (r"Nystr\'om, Erd\H{o}s, {\L}ojasiewicz", r"Nystr{\'o}m, Erd{\H{o}}s, {\L}ojasiewicz"),
            (
                r#"Schr{\"o}dinger, \c{c}a, Fran\c cois, \v Sa"#,
                r#"Schr{\"o}dinger, {\c{c}}a, Fran{\c{c}}ois, {\v{S}}a"#,
            ),
            (r"5000 \AA\ and \AA{} and \S 3", r"5000 {\AA} and {\AA} and {{\S}}3"),
            (r"Writing \LaTeX\ well", r"Writing {{\LaTeX}} well"),
            (r"\textbf{bold}~text, a~3 of b", r"\textbf{bold}~text, a~3 of b"),
            (r"{\it Chandra} and \it all", r"{\it Chandra} and all"),
            ("~3x, 1M~60M, Section~3", r"\textasciitilde{}3x, 1M\textasciitilde{}60M, Section~3"),
            // money
            ("from $5 million and up to $6", r"from \$5 million and up to \$6"),
            ("only $5", r"only \$5"),
            ("$$x_1$$ and $$ open", r"$x_1$ and \$\$ open"),
            (r"\(x_1\), \[y\], \( open", r"$x_1$, $y$, ( open"),
            // signs inside formulas
            (r"$90% & x$", r"$90\% \& x$"),
            (r"$\bm{x} + ρ$", r"$\boldsymbol{x} + \rho $"),
            // commands of mathematics outside formulas
            (r"\ell_1-norm, \alpha stable", r"$\ell_1$-norm, $\alpha$ stable"),
            // braces
            (r"a } b { c \{ d", r"a \textbraceright{} b \textbraceleft{} c \textbraceleft{} d"),
            (r"\{a, b\} {c}", r"\{a, b\} {c}"),
            (r"$\{x$", r"$\lbrace x$"),
            (r"$\left\{ x \right.$", r"$\left\lbrace  x \right.$"),
            (r"${x$", r"\$\textbraceleft{}x\$"),
            (r"ends with \", r"ends with "),
            // what LaTeX would not understand
            (r"$x_1_2$, $\frac{1}$, $\left( x$", r"x$_{12}$, 1/, (x"),
            (r"$\foo{x}+1$, $\SI{5}{\kelvin}$, $\norm{x}$", r"x+1, 5 K, $\|$x$\|$"),
            (r"\sys{LoRA} by \method", "LoRA by method"),
            (r"\url{https://x.org/a_b%20c}", r"https://x.org/a\_b\%20c"),
            // nothing acts
            (r"\input{/etc/passwd}", "/etc/passwd"),
            (r"\write18{id} \catcode`\%=1", r"write18{id} catcode`\%=1"),
            (
                "^^5cinput $^^5c$",
                r"\textasciicircum{}\textasciicircum{}5cinput \$\textasciicircum{}\textasciicircum{}5c\$",
            ),
        ] {
            assert_eq!(ascii(&latex_tokens(source)), expected, "{source}");
        }
    }

    proptest! {
        #[test]
        fn braces_balance_and_nothing_unlisted_acts(source in r"([\\{}$%^~()\[\] a_]|\\[a-z]{1,7}|[^\x00-\x1f]){0,40}") {
            for (tokens, runs) in
                [(latex_tokens(&source), latex_runs(&source)), (plain_tokens(&source), plain_runs(&source))]
            {
                for encoding in [FieldEncoding::Ascii, FieldEncoding::Unicode] {
                    prop_assert_eq!(written(&tokens, encoding), written(&runs, encoding));
                }
                for encoding in [FieldEncoding::Ascii, FieldEncoding::Unicode] {
                    let field = written(&tokens, encoding);
                    prop_assert!(braces_balance(field.chars()), "{}", field);
                    prop_assert!(!field.contains("^^"), "{}", field);
                    let mut rest = field.as_str();
                    while let Some((_, after)) = rest.split_once('\\') {
                        let (name, behind) = split_name(after);
                        prop_assert!(name.is_empty() || is_listed(name), "{}", field);
                        rest = if name.is_empty() { after.get(1..).unwrap_or_default() } else { behind };
                    }
                }
            }
        }

        #[test]
        fn escaping_an_escaped_text_changes_nothing(text in "[a-zA-Z0-9 %&#_]{0,30}") {
            let once = ascii(&plain_tokens(&text));
            prop_assert_eq!(ascii(&latex_tokens(&once)), once);
        }
    }
}
