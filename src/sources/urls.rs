//! Links written in running text, as abstracts end with them. They are found and classified; whether one may be opened is decided elsewhere.

use crate::domain::paper::{Link, LinkKind};

/// Hosts of repositories, whose addresses are also recognised without a scheme.
const CODE_HOSTS: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];
/// Hosts whose pages are no project pages.
const GENERAL_HOSTS: [&str; 6] = ["arxiv.org", "doi.org", "dx.doi.org", "huggingface.co", "youtu.be", "youtube.com"];
/// Most links taken from one text; an abstract has one or two.
const MOST_LINKS: usize = 50;
const SCHEMES: [&str; 2] = ["https://", "http://"];

/// The links in a text, each once, in their order. `github.com/a/b` is read as `https://github.com/a/b`.
pub(crate) fn links_in(text: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let Some((url, length)) = link_at(rest, before) else {
            before = Some(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
            continue;
        };
        if links.len() == MOST_LINKS {
            break;
        }
        if links.iter().all(|link| link.url != url) {
            links.push(Link { kind: link_kind(&url), url });
        }
        before = None;
        rest = rest.get(length..).unwrap_or_default();
    }
    links
}

/// The link that begins here, and how many bytes of the text it takes.
fn link_at(text: &str, before: Option<char>) -> Option<(String, usize)> {
    let with_scheme = SCHEMES.into_iter().find_map(|scheme| starts_with(text, scheme));
    let bare = || {
        let inside_a_word = before.is_some_and(|c| c.is_alphanumeric() || "-_.@/".contains(c));
        let host = CODE_HOSTS.into_iter().find_map(|host| starts_with(text, host)?.strip_prefix('/'));
        host.filter(|_| !inside_a_word)
    };
    let (scheme, tail) = match with_scheme {
        Some(tail) => ("", tail),
        None => ("https://", bare()?),
    };
    let start = text.len() - tail.len();
    let (url, length) = trimmed(text, start);
    let body = text.get(start..length).unwrap_or_default();
    body.contains(char::is_alphanumeric).then(|| (format!("{scheme}{url}"), length))
}

fn starts_with<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(tail)
}

/// Everything up to a character that cannot stand in a URL, without the punctuation that belongs to the sentence. LaTeX writes `\_` and
/// `\%` inside URLs; the backslash is not part of them.
fn trimmed(text: &str, start: usize) -> (String, usize) {
    let mut end = start;
    let mut characters = text.get(start..).unwrap_or_default().chars().peekable();
    while let Some(c) = characters.next() {
        let escapes = c == '\\' && characters.peek().is_some_and(|next| "_%#&~".contains(*next));
        if !escapes && (c.is_whitespace() || c.is_control() || "<>{}|\\^\"".contains(c)) {
            break;
        }
        end += c.len_utf8();
    }
    let mut url = text.get(..end).unwrap_or_default();
    let mut unbalanced = url.matches(')').count().saturating_sub(url.matches('(').count());
    loop {
        if let Some(kept) = url.strip_suffix(['.', ',', ';', ':', '!', '?', '\'', '"']) {
            url = kept;
        } else if let Some(kept) = url.strip_suffix(')').filter(|_| unbalanced > 0) {
            (url, unbalanced) = (kept, unbalanced - 1);
        } else {
            break;
        }
    }
    (url.replace('\\', ""), url.len())
}

/// What kind of page an address leads to, by its host.
pub(super) fn link_kind(url: &str) -> LinkKind {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = after_scheme.split(['/', '?', '#', ':']).next().unwrap_or_default().to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let one_of = |hosts: &[&str]| {
        hosts.iter().any(|known| host.strip_suffix(known).is_some_and(|front| front.is_empty() || front.ends_with('.')))
    };
    match () {
        () if one_of(&CODE_HOSTS) || host.starts_with("gitlab.") => LinkKind::Code,
        () if one_of(&GENERAL_HOSTS) => LinkKind::Other,
        () => LinkKind::Project,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> Vec<String> {
        links_in(text).into_iter().map(|link| link.url).collect()
    }

    #[test]
    fn the_sentence_around_a_link_is_not_part_of_it() {
        for (text, url) in [
            ("Code at https://github.com/a/b.", "https://github.com/a/b"),
            ("Code at https://github.com/a/b .", "https://github.com/a/b"),
            ("(see http://example.org/x_(y)).", "http://example.org/x_(y)"),
            (r"\url{https://github.com/a/b.}", "https://github.com/a/b"),
            (r"https://github.com/a/b\_c\%20}", "https://github.com/a/b_c%20"),
            ("at github.com/IVT/qq.", "https://github.com/IVT/qq"),
            ("HTTPS://Example.org/a?b=c#d'\u{201d}", "HTTPS://Example.org/a?b=c#d'\u{201d}"),
            ("https://a.invalid/x\u{1b}]0;y", "https://a.invalid/x"),
        ] {
            assert_eq!(urls(text), [url], "{text}");
        }
        for text in
            ["", "https://", "https://.", "github.com", "github.com/", "mygithub.com/a/b", "javascript:alert(1)"]
        {
            assert_eq!(urls(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(
            urls("https://github.com/a/b and github.com/a/b, https://x.org"),
            ["https://github.com/a/b", "https://x.org"]
        );
    }

    #[test]
    fn hosts_tell_code_from_pages() {
        let kinds = |text: &str| links_in(text).into_iter().map(|link| link.kind).collect::<Vec<_>>();
        assert_eq!(
            kinds("https://www.github.com/a https://gitlab.example.org/a https://bitbucket.org/a/b"),
            [LinkKind::Code; 3]
        );
        assert_eq!(kinds("https://a.github.io/x https://example.org"), [LinkKind::Project; 2]);
        assert_eq!(kinds("https://arxiv.org/abs/2403.03507 https://huggingface.co/a"), [LinkKind::Other; 2]);
    }
}
