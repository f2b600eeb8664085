//! Text in a BibTeX field: plain text is escaped character by character, LaTeX stays where it is harmless. Whatever the input, the braces
//! written balance as BibTeX counts them (it ignores a backslash before a brace), and only harmless commands are written. Nothing is
//! rendered here.

use super::macros::is_harmless;

/// Longest formula and longest address, in characters; a dollar sign further away does not close a formula.
const LONGEST: usize = 2000;

/// A token of a BibTeX field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LatexToken {
    /// A character that stands for itself; escaped when written.
    Literal(char),
    /// Braces that group.
    Open,
    Close,
    /// A command without its arguments: `\textbf`, `\"`.
    Command(String),
    /// A whole formula with its delimiters.
    Formula(String),
    /// Other LaTeX that stays as it is: a tie, a spacing command, an address; also a literal brace.
    Verbatim(String),
}

/// The tokens of plain text: every character stands for itself.
pub(super) fn plain_tokens(text: &str) -> Vec<LatexToken> {
    balanced(text.chars().map(LatexToken::Literal).collect())
}

/// The tokens of LaTeX as arXiv has it: `%`, `&`, `#`, `_` outside formulas stand for themselves.
pub(super) fn latex_tokens(source: &str) -> Vec<LatexToken> {
    let chars: Vec<char> = source.chars().collect();
    let mut tokens = Vec::with_capacity(chars.len());
    let mut rest = chars.as_slice();
    let mut word = Vec::new();
    while let Some((&first, after)) = rest.split_first() {
        rest = match first {
            '\\' => command(after, &mut tokens),
            '$' => dollar(after, &mut tokens),
            '{' => single(LatexToken::Open, after, &mut tokens),
            '}' => single(LatexToken::Close, after, &mut tokens),
            '~' if !means_about(&word, after) => single(LatexToken::Verbatim("~".into()), after, &mut tokens),
            other => single(LatexToken::Literal(other), after, &mut tokens),
        };
        if first.is_whitespace() {
            word.clear();
        } else {
            word.push(first);
        }
    }
    balanced(tokens)
}

/// The tokens as they stand in a field.
pub(super) fn written(tokens: &[LatexToken]) -> String {
    tokens.iter().fold(String::new(), |mut out, token| {
        write_token(token, &mut out);
        out
    })
}

pub(super) fn write_token(token: &LatexToken, out: &mut String) {
    match token {
        LatexToken::Literal(c) => match escape_of(*c) {
            Some(escape) => out.push_str(escape),
            None => out.push(*c),
        },
        LatexToken::Open => out.push('{'),
        LatexToken::Close => out.push('}'),
        LatexToken::Command(code) | LatexToken::Formula(code) | LatexToken::Verbatim(code) => out.push_str(code),
    }
}

/// How a character that is special in LaTeX is written. `balanced` deals with braces.
fn escape_of(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "\\&",
        '%' => "\\%",
        '$' => "\\$",
        '#' => "\\#",
        '_' => "\\_",
        '~' => "\\textasciitilde{}",
        '^' => "\\textasciicircum{}",
        '\\' => "\\textbackslash{}",
        '<' => "\\textless{}",
        '>' => "\\textgreater{}",
        _ => return None,
    })
}

fn single<'a>(token: LatexToken, after: &'a [char], tokens: &mut Vec<LatexToken>) -> &'a [char] {
    tokens.push(token);
    after
}

/// Reads what follows a backslash; returns the rest.
fn command<'a>(after: &'a [char], tokens: &mut Vec<LatexToken>) -> &'a [char] {
    let Some((&sign, rest)) = after.split_first() else {
        return single(LatexToken::Literal('\\'), after, tokens);
    };
    if sign.is_ascii_alphabetic() {
        return named_command(after, tokens);
    }
    match sign {
        '&' | '%' | '$' | '#' | '_' | '{' | '}' => single(LatexToken::Literal(sign), rest, tokens),
        '(' | '[' => bracket_formula(sign, rest, tokens),
        '\'' | '`' | '"' | '^' | '~' | '=' | '.' => single(LatexToken::Command(format!("\\{sign}")), rest, tokens),
        '\\' | ' ' | ',' | ';' | ':' | '!' | '/' | '-' | '@' => {
            single(LatexToken::Verbatim(format!("\\{sign}")), rest, tokens)
        }
        _ => single(LatexToken::Literal('\\'), after, tokens),
    }
}

fn named_command<'a>(after: &'a [char], tokens: &mut Vec<LatexToken>) -> &'a [char] {
    let (name, rest) = split_name(after);
    if name == "url" || name == "href" {
        if let Some((target, rest)) = web_target(rest) {
            return single(LatexToken::Verbatim(format!("\\{name}{{{target}}}")), rest, tokens);
        }
    } else if is_harmless(&name) {
        return single(LatexToken::Command(format!("\\{name}")), rest, tokens);
    }
    tokens.push(LatexToken::Literal('\\'));
    tokens.extend(name.chars().map(LatexToken::Literal));
    rest
}

/// The letters of a command's name, and what follows them.
fn split_name(after: &[char]) -> (String, &[char]) {
    let letters = after.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let (name, rest) = after.split_at(letters);
    (name.iter().collect(), rest)
}

/// The `{http://...}` after `\url` and `\href`. Other targets could start programs in a PDF reader and are refused.
fn web_target(rest: &[char]) -> Option<(String, &[char])> {
    let (&'{', rest) = rest.split_first()? else { return None };
    let end = rest.iter().take(LONGEST).position(|c| matches!(c, '}' | '{' | '\\'))?;
    let (target, rest) = rest.split_at(end);
    let (&'}', rest) = rest.split_first()? else { return None };
    let target: String = target.iter().collect();
    let web = target.starts_with("https://") || target.starts_with("http://");
    (web && !target.contains("^^")).then_some((target, rest))
}

/// Reads what follows a dollar: a formula, or money.
fn dollar<'a>(after: &'a [char], tokens: &mut Vec<LatexToken>) -> &'a [char] {
    let displayed = after.first() == Some(&'$');
    let (inner, sign) = if displayed { (after.get(1..).unwrap_or_default(), "$$") } else { (after, "$") };
    let Some(end) = closing_dollar(inner) else {
        return single(LatexToken::Literal('$'), after, tokens);
    };
    let (content, rest) = inner.split_at(end);
    let rest = rest.get(1..).unwrap_or_default();
    let rest = match (displayed, rest.split_first()) {
        (false, _) => Some(rest),
        (true, Some((&'$', rest))) => Some(rest),
        (true, _) => None,
    };
    match (rest, formula(content)) {
        (Some(rest), Some(code)) if !is_money(content) => {
            single(LatexToken::Formula(format!("{sign}{code}{sign}")), rest, tokens)
        }
        _ => single(LatexToken::Literal('$'), after, tokens),
    }
}

fn closing_dollar(inner: &[char]) -> Option<usize> {
    let mut escaped = false;
    inner.iter().take(LONGEST).position(|&c| {
        let found = c == '$' && !escaped;
        escaped = c == '\\' && !escaped;
        found
    })
}

/// `$5 million and $6`: a digit follows, and words before the partner.
fn is_money(content: &[char]) -> bool {
    if !content.first().is_some_and(char::is_ascii_digit) {
        return false;
    }
    let words = content.split(|c| c.is_whitespace());
    words.filter(|word| word.len() >= 2 && word.iter().all(|c| c.is_alphabetic())).count() >= 2
}

/// Reads what follows `\(` or `\[`.
fn bracket_formula<'a>(sign: char, rest: &'a [char], tokens: &mut Vec<LatexToken>) -> &'a [char] {
    let close = if sign == '(' { ')' } else { ']' };
    // Another opening before the closing one: this one is not closed.
    let delimiter = |pair: &[char]| pair == ['\\', close] || pair == ['\\', sign];
    let end = rest.windows(2).take(LONGEST).position(delimiter);
    let code = end
        .filter(|end| rest.get(end + 1) == Some(&close))
        .and_then(|end| formula(rest.get(..end)?).map(|code| (code, end)));
    match code {
        Some((code, end)) => {
            tokens.push(LatexToken::Formula(format!("\\{sign}{code}\\{close}")));
            rest.get(end + 2..).unwrap_or_default()
        }
        None => {
            tokens.extend([LatexToken::Literal('\\'), LatexToken::Literal(sign)]);
            rest
        }
    }
}

/// A formula's content made safe: None when it cannot be one.
fn formula(content: &[char]) -> Option<String> {
    // `^^` writes any character by its number, a backslash too.
    let caret_pair = content.windows(2).any(|pair| pair == ['^', '^']);
    if caret_pair || content.iter().all(|c| c.is_whitespace()) {
        return None;
    }
    let named_braces = !braces_balance(content.iter().copied());
    let mut out = String::new();
    let mut depth = 0_usize;
    let mut rest = content;
    while let Some((&c, after)) = rest.split_first() {
        rest = after;
        match c {
            '\\' => rest = formula_command(after, named_braces, &mut out)?,
            '%' | '#' | '&' => out.extend(['\\', c]),
            '$' => return None,
            '{' => {
                depth += 1;
                out.push(c);
            }
            '}' => {
                depth = depth.checked_sub(1)?;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    (depth == 0).then_some(out)
}

fn formula_command<'a>(after: &'a [char], named_braces: bool, out: &mut String) -> Option<&'a [char]> {
    let (&sign, rest) = after.split_first()?;
    if sign.is_ascii_alphabetic() {
        let (name, rest) = split_name(after);
        out.push_str(if is_harmless(&name) { "\\" } else { "\\backslash " });
        out.push_str(&name);
        return Some(rest);
    }
    match sign {
        '{' if named_braces => out.push_str("\\lbrace "),
        '}' if named_braces => out.push_str("\\rbrace "),
        _ if sign.is_ascii_punctuation() || sign == ' ' => out.extend(['\\', sign]),
        _ => return None,
    }
    Some(rest)
}

/// A tilde before a number means "about", not a tie: at the start of a word, or after one that begins with a digit (`1M~60M`).
fn means_about(word: &[char], after: &[char]) -> bool {
    let number_follows = after.first().is_some_and(char::is_ascii_digit);
    let word = word.iter().find(|c| c.is_alphanumeric());
    number_follows && word.is_none_or(char::is_ascii_digit)
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
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_means_itself() {
        for (text, expected) in [
            ("90% of A & B, $5 #1 a_b", r"90\% of A \& B, \$5 \#1 a\_b"),
            ("~10 x^2 \\alpha", r"\textasciitilde{}10 x\textasciicircum{}2 \textbackslash{}alpha"),
            ("a < b > c \"q\"", "a \\textless{} b \\textgreater{} c \"q\""),
            ("{set} } {", r"\{set\} \textbraceright{} \textbraceleft{}"),
            ("Nyström, ℓ₁ × 𝒪(n)", "Nyström, ℓ₁ × 𝒪(n)"),
            ("ends with \\", r"ends with \textbackslash{}"),
        ] {
            assert_eq!(written(&plain_tokens(text)), expected);
        }
    }

    #[test]
    fn latex_stays_latex_where_it_is_harmless() {
        for (source, expected) in [
            // literal signs are escaped once, escapes stay
            (r"90% & 10\% \& a_b C\# #1", r"90\% \& 10\% \& a\_b C\# \#1"),
            (r"$\ell_1$ and $O(n^2)$", r"$\ell_1$ and $O(n^2)$"),
            (r"Nystr\'om, Erd\H{o}s, {\L}ojasiewicz", r"Nystr\'om, Erd\H{o}s, {\L}ojasiewicz"),
            (r"\textbf{bold}~text, a~3 of b", r"\textbf{bold}~text, a~3 of b"),
            ("~3x, 1M~60M, Section~3", r"\textasciitilde{}3x, 1M\textasciitilde{}60M, Section~3"),
            // money
            ("from $5 million and up to $6", r"from \$5 million and up to \$6"),
            ("only $5", r"only \$5"),
            ("$$x_1$$ and $$ open", r"$$x_1$$ and \$\$ open"),
            (r"\(x_1\), \[y\], \( open", r"\(x_1\), \[y\], \textbackslash{}( open"),
            // signs inside formulas
            (r"$90% & x$", r"$90\% \& x$"),
            // braces
            (r"a } b { c \{ d", r"a \textbraceright{} b \textbraceleft{} c \textbraceleft{} d"),
            (r"\{a, b\} {c}", r"\{a, b\} {c}"),
            (r"$\{x$", r"$\lbrace x$"),
            (r"$\left\{ x \right.$", r"$\left\lbrace  x \right.$"),
            (r"${x$", r"\$\textbraceleft{}x\$"),
            (r"ends with \", r"ends with \textbackslash{}"),
            // nothing acts
            (r"\input{/etc/passwd}", r"\textbackslash{}input{/etc/passwd}"),
            (r"\write18{id} \catcode`\%=1", r"\textbackslash{}write18{id} \textbackslash{}catcode`\%=1"),
            (r"$\input{x} + \alpha$", r"$\backslash input{x} + \alpha$"),
            (
                "^^5cinput $^^5c$",
                r"\textasciicircum{}\textasciicircum{}5cinput \$\textasciicircum{}\textasciicircum{}5c\$",
            ),
            (r"\url{https://x.org/a_b%20c}", r"\url{https://x.org/a_b%20c}"),
            (r"\href{run:evil}{click}", r"\textbackslash{}href{run:evil}{click}"),
        ] {
            assert_eq!(written(&latex_tokens(source)), expected, "{source}");
        }
    }

    proptest! {
        #[test]
        fn braces_balance_and_nothing_unlisted_acts(source in r"([\\{}$%^~()\[\] a]|\\[a-z]{1,7}|[^\x00-\x1f]){0,40}") {
            for field in [written(&latex_tokens(&source)), written(&plain_tokens(&source))] {
                prop_assert!(braces_balance(field.chars()), "{}", field);
                prop_assert!(!field.contains("^^"), "{}", field);
                let chars: Vec<char> = field.chars().collect();
                let mut rest = chars.as_slice();
                while let Some((first, after)) = rest.split_first() {
                    rest = after;
                    if *first == '\\' {
                        let (name, after) = split_name(rest);
                        prop_assert!(name.is_empty() || is_harmless(&name) || name == "url" || name == "href", "{}", field);
                        rest = if name.is_empty() { &after[1..] } else { after };
                    }
                }
            }
        }

        #[test]
        fn escaping_an_escaped_text_changes_nothing(text in "[a-zA-Z0-9 %&#_]{0,30}") {
            let once = written(&plain_tokens(&text));
            prop_assert_eq!(written(&latex_tokens(&once)), once);
        }
    }
}
