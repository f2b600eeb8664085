//! Web addresses in exported files: only http and https are written, and none of them can end the field or the link it stands in. Nothing
//! is opened, and no host is checked.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::entry::one_line;

/// Characters that end a BibTeX field, a Markdown link or an autolink, or that no address may hold.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b'\\')
    .add(b'{')
    .add(b'}')
    .add(b'<')
    .add(b'>')
    .add(b'(')
    .add(b')')
    .add(b'[')
    .add(b']')
    .add(b'"')
    .add(b'\'')
    .add(b'`')
    .add(b'|')
    .add(b'^')
    .add(b' ');

/// The address as ASCII with everything dangerous percent-encoded; None when it is not an http(s) address with a host.
pub(super) fn web_address(raw: &str) -> Option<String> {
    let clean = one_line(raw);
    let (scheme, rest) = clean.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host_follows = rest.starts_with(|c: char| c.is_alphanumeric() || c == '[');
    if !web || !host_follows {
        return None;
    }
    Some(format!("{}://{}", scheme.to_ascii_lowercase(), encoded(rest)))
}

/// Percent-encodes what cannot stand in an address or an identifier field.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_goes_out_and_nothing_closes_a_link() {
        let good = |raw, expected: &str| assert_eq!(web_address(raw).as_deref(), Some(expected));
        good("https://arxiv.org/abs/2401.99901", "https://arxiv.org/abs/2401.99901");
        good("HTTP://example.org/a_b?c=d&e=1%20#f", "http://example.org/a_b?c=d&e=1%20#f");
        good("https://example.org/a) [x](http://y", "https://example.org/a%29%20%5Bx%5D%28http://y");
        good("https://example.org/{\\}ü", "https://example.org/%7B%5C%7D%C3%BC");
        for bad in [
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "-oProxyCommand=x",
            "https://",
            "https:///x",
            "data:text/html,x",
        ] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }
}
