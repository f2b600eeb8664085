//! Finds where a URL, an e-mail address or a DOI in running text begins and ends. The renderers never change anything inside one.

use super::source::TexSource;

/// Characters at the end that belong to the sentence around an address rather than to it.
const TRAILING: [char; 8] = ['.', ',', ';', ':', '!', '?', '\'', '"'];

/// Top-level domains for which `host/path` without a scheme is read as a URL whatever follows.
const DOMAINS: [&str; 24] = [
    "com", "org", "net", "edu", "gov", "io", "ai", "dev", "app", "co", "me", "cn", "jp", "kr", "de", "fr", "uk", "ch",
    "nl", "eu", "ca", "au", "tech", "info",
];

/// Most bytes of a brace group that is a part of an address: `https://a.org/{user}/x`.
const PART_BYTES: usize = 64;

/// How the end of an address is found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AddressKind {
    Url,
    Doi,
}

/// Whether the brace group between two bytes, in braces, is a part of the address before it.
pub(super) type IsPart = fn(&TexSource<'_>, usize, usize) -> bool;

/// Length in bytes of the URL that begins at a byte, the start of a word, without the punctuation of the sentence around it; None when there
/// is none. `host_run` is what the function of that name returns.
pub(super) fn url_length(
    source: &TexSource<'_>,
    at: usize,
    end: usize,
    host_run: usize,
    is_part: IsPart,
) -> Option<usize> {
    let rest = source.slice(at, end);
    let start = scheme(rest, host_run).or_else(|| host(rest, host_run))?;
    length(source, at, end, AddressKind::Url, is_part).filter(|length| *length > start)
}

/// Length of the DOI that begins at a byte, the start of a word.
pub(super) fn doi_length(source: &TexSource<'_>, at: usize, end: usize, is_part: IsPart) -> Option<usize> {
    if !begins_doi(source.slice(at, end)) {
        return None;
    }
    length(source, at, end, AddressKind::Doi, is_part)
}

/// Whether a text begins with the prefix of a DOI and a slash: `10.1000/`.
pub(super) fn begins_doi(rest: &str) -> bool {
    rest.strip_prefix("10.").is_some_and(|registrant| {
        let digits = registrant.bytes().take_while(u8::is_ascii_digit).count();
        digits >= 4 && registrant.as_bytes().get(digits) == Some(&b'/')
    })
}

/// The length of the e-mail address at the beginning of a text.
pub(super) fn mail_length(rest: &str) -> Option<usize> {
    // RFC 5321 ends the local part at 64 bytes.
    let local = rest
        .bytes()
        .take(65)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".!#%&'*+-/=?^_`|~".contains(byte))
        .count();
    let domain = rest.get(local..)?.strip_prefix('@')?;
    let host = domain.get(..host_run(domain))?.trim_end_matches(['.', '-']);
    // `mAP^r@0.5` is a measure, not an address.
    let (name, domain) = host.rsplit_once('.')?;
    let is_domain = domain.len() > 1 && domain.bytes().all(|byte| byte.is_ascii_alphabetic());
    (local > 0 && !name.is_empty() && is_domain).then_some(local + 1 + host.len())
}

/// Whether the content of a brace group can be a part of an address.
pub(super) fn may_be_part(content: &str) -> bool {
    !content.is_empty()
        && content.len() <= PART_BYTES
        && !content.contains("://")
        && content.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~/=&%+:,@^*".contains(&byte))
}

fn length(source: &TexSource<'_>, at: usize, end: usize, kind: AddressKind, is_part: IsPart) -> Option<usize> {
    let mut to = at;
    // Brackets that were opened in a DOI, which ends before one that was not.
    let mut depth = 0_i32;
    while let Some(c) = source.char_at(to, end) {
        if c == '{' {
            match source.group(to, end) {
                Some((from, close)) if is_part(source, from, close) => to = close + 1,
                _ => break,
            }
            continue;
        }
        if c == '\\' {
            let next = source.char_at(to + 1, end);
            if !next.is_some_and(|next| matches!(next, '_' | '%' | '#' | '&' | '~' | '-')) {
                break;
            }
            to += 2;
            continue;
        }
        let ends = match kind {
            AddressKind::Url => matches!(c, '<' | '>'),
            AddressKind::Doi => {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth < 0 || c == '$'
            }
        };
        if ends || c.is_whitespace() || matches!(c, '}' | '|' | '"' | '`') {
            break;
        }
        to += c.len_utf8();
    }
    let address = source.slice(at, to);
    // Before a command, `~` is a tie and not part of the address.
    let command = source.char_at(to, end) == Some('\\');
    let mut surplus = address.matches(')').count().saturating_sub(address.matches('(').count());
    let trimmed = address.trim_end_matches(|c| {
        if c == ')' && surplus > 0 {
            surplus -= 1;
            return true;
        }
        TRAILING.contains(&c) || (command && c == '~') || (kind == AddressKind::Doi && matches!(c, ']' | '>'))
    });
    Some(trimmed.len())
}

/// Length of a scheme with its slashes, or of `www.`.
fn scheme(rest: &str, host_run: usize) -> Option<usize> {
    let begins_www = || rest.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www."));
    if rest.get(host_run..).is_some_and(|behind| behind.starts_with("://")) {
        return rest.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(host_run + 3);
    }
    begins_www().then_some(4)
}

/// Length of a host name with its port and the slash after it.
fn host(rest: &str, length: usize) -> Option<usize> {
    let behind = rest.get(length..)?;
    let port = behind.strip_prefix(':').map_or(0, |port| 1 + port.bytes().take_while(u8::is_ascii_digit).count());
    if behind.as_bytes().get(port) != Some(&b'/') {
        return None;
    }
    let (name, domain) = rest.get(..length)?.rsplit_once('.')?;
    if name.is_empty() {
        return None;
    }
    let path = behind.get(port + 1..).unwrap_or_default();
    // Other top-level domains could be the ends of words, in front of a formula.
    let is_domain = DOMAINS.contains(&domain)
        || (!domain.is_empty()
            && domain.bytes().all(|byte| byte.is_ascii_lowercase())
            && path.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '~' | '@'))
            && !path.split(char::is_whitespace).next().unwrap_or_default().contains(['$', '\\', '(']));
    is_domain.then_some(length + port + 1)
}

/// Length of the run of characters that a host name could be; no other host name begins inside it.
pub(super) fn host_run(rest: &str) -> usize {
    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_part(source: &TexSource<'_>, from: usize, to: usize) -> bool {
        may_be_part(source.slice(from, to))
    }

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
            ("https://example.org/{user}.{x}/a, b", "https://example.org/{user}.{x}/a"),
            ("https://example.org/a{this page}", "https://example.org/a"),
            ("https://example.org/a{}b", "https://example.org/a"),
            ("bit.ly/a--b", "bit.ly/a--b"),
            ("localhost.local:8080/a_b", "localhost.local:8080/a_b"),
            ("s3://a/b--c", "s3://a/b--c"),
            ("Eq.one/$x$", ""),
            ("and/or", ""),
            ("https://", ""),
            ("e.g. this", ""),
            ("0.5/n^2", ""),
        ] {
            let source = TexSource::new(text);
            let length = url_length(&source, 0, text.len(), host_run(text), is_part);
            assert_eq!(length.unwrap_or(0), address.len(), "{text}");
            assert!(text.starts_with(address));
        }
    }

    #[test]
    fn identifiers_end_before_the_sentence_does() {
        for (text, doi) in [
            ("10.1000/a_b^c~d.", "10.1000/a_b^c~d"),
            ("10.1002/(SICI)1099(199601)6:1<1::AID>3.0.CO;2-K)", "10.1002/(SICI)1099(199601)6:1<1::AID>3.0.CO;2-K"),
            ("10.1000/a\\_b--c}", "10.1000/a\\_b--c"),
            ("10.5/x", ""),
            ("10.1000", ""),
        ] {
            let source = TexSource::new(text);
            assert_eq!(doi_length(&source, 0, text.len(), is_part).unwrap_or(0), doi.len(), "{text}");
        }
        for (text, mail) in [
            ("a_b^c~d@example.org, x", "a_b^c~d@example.org"),
            ("a@b", ""),
            ("mAP^r@0.5", ""),
            ("a b@example.org", ""),
            ("a.b+c@mail.example.org.", "a.b+c@mail.example.org"),
        ] {
            assert_eq!(mail_length(text).unwrap_or(0), mail.len(), "{text}");
        }
    }
}
