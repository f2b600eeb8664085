//! Finds where a URL in running text begins and ends. The renderers never change anything inside a URL.

/// Characters at the end that belong to the sentence around a URL rather than to it.
const TRAILING: [char; 8] = ['.', ',', ';', ':', '!', '?', '\'', '"'];

/// Top-level domains for which `host/path` without a scheme is read as a URL.
const DOMAINS: [&str; 24] = [
    "com", "org", "net", "edu", "gov", "io", "ai", "dev", "app", "co", "me", "cn", "jp", "kr", "de", "fr", "uk", "ch",
    "nl", "eu", "ca", "au", "tech", "info",
];

/// Length in bytes of the URL at the beginning of `rest`, without the punctuation of the sentence around it; None when there is none.
/// `rest` begins at the start of a word.
pub(super) fn length(rest: &str) -> Option<usize> {
    length_after(rest, host_run(rest))
}

/// The same where the length of the run that `host_run` returns is known.
pub(super) fn length_after(rest: &str, host_run: usize) -> Option<usize> {
    let start = scheme(rest).or_else(|| host(rest, host_run))?;
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let escaped =
            c == '\\' && chars.peek().is_some_and(|(_, next)| matches!(next, '_' | '%' | '#' | '&' | '~' | '-'));
        if escaped {
            chars.next();
            end = at + 2;
        } else if c.is_whitespace() || matches!(c, '<' | '>' | '{' | '}' | '|' | '\\' | '"' | '`') {
            break;
        } else {
            end = at + c.len_utf8();
        }
    }
    let address = rest.get(..end)?;
    // Before a command, `~` is a tie and not part of the URL.
    let command = rest.get(end..).is_some_and(|after| after.starts_with('\\'));
    let mut surplus = address.matches(')').count().saturating_sub(address.matches('(').count());
    let trimmed = address.trim_end_matches(|c| {
        if c == ')' && surplus > 0 {
            surplus -= 1;
            return true;
        }
        TRAILING.contains(&c) || (command && c == '~')
    });
    Some(trimmed.len()).filter(|length| *length > start)
}

fn scheme(rest: &str) -> Option<usize> {
    if !matches!(rest.as_bytes().first()?, b'h' | b'H' | b'f' | b'F' | b'w' | b'W') {
        return None;
    }
    ["https://", "http://", "ftp://", "www."]
        .into_iter()
        .find(|scheme| rest.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)))
        .map(str::len)
}

/// Length of a host name with the slash after it.
fn host(rest: &str, length: usize) -> Option<usize> {
    if rest.as_bytes().get(length) != Some(&b'/') {
        return None;
    }
    let (name, domain) = rest.get(..length)?.rsplit_once('.')?;
    (!name.is_empty() && DOMAINS.contains(&domain)).then_some(length + 1)
}

/// Length of the run of characters that a host name could be; no other host name begins inside it.
pub(super) fn host_run(rest: &str) -> usize {
    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_end_before_the_sentence_does() {
        for (text, address) in [
            ("https://example.org/a_b--c~d/x.git.", "https://example.org/a_b--c~d/x.git"),
            ("https://example.org).", "https://example.org"),
            ("https://example.org/wiki/A_(b))", "https://example.org/wiki/A_(b)"),
            ("https://example.org/a}}", "https://example.org/a"),
            ("https://example.org/a\\_b.", "https://example.org/a\\_b"),
            ("github.com/a/b_c.", "github.com/a/b_c"),
            ("https://example.org/a--b_c^d and x^2", "https://example.org/a--b_c^d"),
            ("https://example.org/~a/b^2~c.", "https://example.org/~a/b^2~c"),
            ("and/or", ""),
            ("https://", ""),
            ("e.g. this", ""),
        ] {
            assert_eq!(length(text).unwrap_or(0), address.len(), "{text}");
            assert!(text.starts_with(address));
        }
    }
}
