//! Reads the text of a BibTeX field. Accents and symbols become the characters they stand for; formulas and plain formatting stay LaTeX
//! where `macros` lists every command in them, and become Unicode where it does not. Whatever the input, the braces written balance as
//! BibTeX counts them (it ignores a backslash before a brace), and only listed commands are written. How characters are written is
//! decided in `spelling`.

use super::formula::{bare_formula, formula, is_formula, script};
use super::macros::{is_style, is_switch, math_macro};
use super::scan::{LONGEST, arguments, before, group, split_name, without_options};
use super::spelling::is_alike;
use super::token::LatexToken;
use crate::domain::markup::Markup;
use crate::domain::tex;

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
            '$' => dollar(before(source, rest), after, &mut tokens),
            '^' | '_' => bare_script(first, after, &mut tokens),
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

/// Appends a superscript or subscript outside formulas; it joins the formula that it stands behind.
fn bare_script<'a>(sign: char, after: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    let base = base(tokens);
    let Some(script) = base.and_then(|base| script(sign, &base, after)) else {
        return single(LatexToken::Literal(sign), after, tokens);
    };
    let Some(code) = script.formula else { return text(&script.rendered, script.behind, tokens) };
    if let Some(LatexToken::Formula(last)) = tokens.last_mut()
        && let Some(joined) = formula(&format!("{}{code}", last.trim_matches('$').trim_end()))
    {
        *last = format!("${joined}$");
        return script.behind;
    }
    single(LatexToken::Formula(format!("${code}$")), script.behind, tokens)
}

/// The last character that a script could belong to.
fn base(tokens: &[LatexToken]) -> Option<String> {
    let braces = |token: &&LatexToken| matches!(token, LatexToken::Open | LatexToken::Close);
    let last = match tokens.iter().rev().find(|token| !braces(token))? {
        LatexToken::Literal(c) => *c,
        LatexToken::Run(text) => text.chars().next_back()?,
        LatexToken::Formula(code) => tex::render(code, Markup::Tex).chars().next_back()?,
        _ => return None,
    };
    (!last.is_whitespace()).then(|| last.to_string())
}

/// Reads what follows a dollar: a formula, or money.
fn dollar<'a>(before: &str, after: &'a str, tokens: &mut Vec<LatexToken>) -> &'a str {
    let (inner, sign) = after.strip_prefix('$').map_or((after, "$"), |inner| (inner, "$$"));
    let end = closing_dollar(inner);
    let parts = end.and_then(|end| Some((inner.get(..end)?, inner.get(end..)?.strip_prefix(sign)?)));
    match parts {
        // Displayed formulas cannot stand in a bibliography.
        Some((content, rest)) if is_formula(content) && !is_money(before, content, rest) => {
            formula_token(content, rest, tokens)
        }
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

/// Whether the renderer takes the dollar signs around a text for money, which depends on the letters and digits beside them.
fn is_money(before: &str, content: &str, behind: &str) -> bool {
    if content.contains('\\') {
        return false;
    }
    let inside = |c: char| c.is_ascii_alphanumeric();
    let before = before.get(before.trim_end_matches(inside).len()..).unwrap_or_default();
    let behind = behind.get(..behind.len() - behind.trim_start_matches(inside).len()).unwrap_or_default();
    if before.len() + behind.len() > LONGEST {
        return false;
    }
    tex::render(&format!("{before}${content}${behind}"), Markup::Tex).contains('$')
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
    use super::super::scan::braces_balance;
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
            ("Cost $5 and $6 each, US$5 to US$6", r"Cost \$5 and \$6 each, US\$5 to US\$6"),
            ("$$x_1$$ and $$ open", r"$x_1$ and \$\$ open"),
            (r"\(x_1\), \[y\], \( open", r"$x_1$, $y$, ( open"),
            // signs inside formulas
            (r"$90% & x$", r"$90\% \& x$"),
            (r"$\slashed{E}_T$, $\cancel{x}$", r"$\not{E}_T$, $\not{x}$"),
            (r"\widetilde\mathcal{O}-cost, $\hat\mathbf{x}$", r"$\widetilde{\mathcal{O}}$-cost, $\hat{\mathbf{x}}$"),
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
            // scripts outside formulas, as the list shows them
            (
                r"R^3-Bench, H^{2SD}, FaSTA^*, 2^{128}, (RF)^2",
                r"R$^3$-Bench, H$^{2SD}$, FaSTA$^*$, 2$^{128}$, (RF)$^2$",
            ),
            (
                r"$\pi$^3, $\pi$_{RL}, V_{0.5}, a^\circ, x^{10}_{ij}",
                r"$\pi^3$, $\pi_{RL}$, V$_{0.5}$, a$^\circ$, x$^{10}_{ij}$",
            ),
            (r"360^circ, L_2, ^3, x^{\foo}", r"360\textasciicircum{}circ, L\_2, \textasciicircum{}3, x$^{foo}$"),
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
