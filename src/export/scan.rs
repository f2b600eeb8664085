//! Where the parts of LaTeX end that a reader looks for: names of commands, groups, arguments, atoms of formulas. All of them take a text and
//! return what follows the part, so that nothing is copied.

/// Longest formula in bytes; a dollar sign further away does not close one.
pub(super) const LONGEST: usize = 2000;

/// What stands in a text before its end `behind`.
pub(super) fn before<'a>(text: &'a str, behind: &str) -> &'a str {
    text.get(..text.len().saturating_sub(behind.len())).unwrap_or_default()
}

/// The letters of a command's name, and what follows them.
pub(super) fn split_name(after: &str) -> (&str, &str) {
    let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
    after.split_at_checked(letters).unwrap_or((after, ""))
}

/// What follows a group with its braces. None when it is not closed.
pub(super) fn group(text: &str) -> Option<&str> {
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
pub(super) fn arguments(text: &str) -> &str {
    let mut rest = without_options(text);
    while rest.starts_with('{')
        && let Some(behind) = group(rest)
    {
        rest = behind;
    }
    rest
}

pub(super) fn without_options(text: &str) -> &str {
    let bracket = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    bracket.map_or(text, |(_, rest)| rest)
}

/// The first group, command or character of a formula, and what follows. None when a group is not closed.
pub(super) fn atom(formula: &str) -> Option<(&str, &str)> {
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
