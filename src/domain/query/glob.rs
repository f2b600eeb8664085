//! Patterns for tags and categories. Compares names and nothing else.
//!
//! Own code because a pattern also means the names nested under it, case is ignored in every script, and `*` is the only special
//! character: the glob crates are made for paths and give `?`, `[` and `{` a meaning.

/// Whether a pattern matches a name. `*` stands for any run of characters; case is ignored. A pattern without `*` also matches what is
/// nested under it: `area` matches the tag `area/vision`, and an archive such as `cs` matches the category `cs.LG`.
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let Some((head, rest)) = pattern.split_once('*') else {
        return text.strip_prefix(&pattern).is_some_and(|nested| is_nested(&pattern, nested));
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    for literal in middle.split('*') {
        match text.split_once(literal) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(tail)
}

/// Whether a name that begins with a pattern and goes on with `nested` is the same name or one nested under it.
fn is_nested(pattern: &str, nested: &str) -> bool {
    match nested.strip_prefix('.') {
        // Subject classes are words (`cs.LG`, `cond-mat.str-el`): `v1` must not match the tag `v1.2`.
        Some(class) => {
            !class.is_empty() && !pattern.contains('.') && class.chars().all(|c| c.is_alphabetic() || c == '-')
        }
        None => nested.is_empty() || nested.starts_with('/'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_names_and_what_is_nested_under_them() {
        let matching = [
            ("cs.LG", "cs.LG"),
            ("CS.lg", "cs.LG"),
            ("cs", "cs.LG"),
            ("cs.*", "cs.LG"),
            ("c*", "cs.LG"),
            ("*", "x"),
            ("*", ""),
            ("cond-mat", "cond-mat.str-el"),
            ("hep-th", "hep-th"),
            ("area", "area"),
            ("area", "area/vision/3d"),
            ("area/*", "area/vision"),
            ("*rl*", "deep-rl/x"),
            ("a*b*c", "aXbbYc"),
            ("*.LG", "cs.LG"),
            ("v1", "v1/x"),
            ("größe", "GRÖßE"),
        ];
        for (pattern, text) in matching {
            assert!(glob(pattern, text), "{pattern} {text}");
        }
        let other = [
            ("cs", "csx"),
            ("cs", "math.CS"),
            ("math", "math-ph"),
            ("cs.L", "cs.LG"),
            ("area", "areas"),
            ("area/*", "area"),
            ("a*a", "a"),
            ("*ab", "abc"),
            ("ab*", "cab"),
            ("a*b*c", "acb"),
            ("", "x"),
            ("v1", "v1.2"),
            ("cs", "cs."),
        ];
        for (pattern, text) in other {
            assert!(!glob(pattern, text), "{pattern} {text}");
        }
    }
}
