//! What surrounds an identifier where it is pasted from: addresses, labels, brackets and punctuation. Shared by the parsers of arXiv ids
//! and DOIs; never decides what an arXiv id is.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::domain::clean::is_invisible;

pub(super) const ARXIV_DOI: &str = "10.48550/arxiv.";

/// What publishers add to a DOI in the addresses of their pages: the view, or the type of file.
const PAGE_ENDINGS: [&str; 20] = [
    "/",
    ".pdf",
    ".html",
    ".full",
    ".abstract",
    "/pdf",
    "/epdf",
    "/pdfdirect",
    "/full",
    "/fulltext",
    "/full-text",
    "/full/html",
    "/html",
    "/epub",
    "/abs",
    "/abstract",
    "/summary",
    "/meta",
    "/references",
    "/figures",
];

/// Most bytes of a text whose percent codes are decoded. The limit keeps repeated decoding cheap.
const LONGEST_DECODED: usize = 2048;

/// Preprint servers that add a version to a DOI.
const VERSIONED_HOSTS: [&str; 2] = ["biorxiv.org", "medrxiv.org"];

pub(super) fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

/// A web address, as far as an identifier may stand in it.
pub(super) struct Address<'a> {
    /// In lower case, without `www.`.
    pub(super) host: String,
    /// Without the slash in front, percent codes decoded.
    pub(super) path: Cow<'a, str>,
    query: &'a str,
}

impl<'a> Address<'a> {
    /// Reads an address with or without `http://`. None when the text does not begin with the name of a host, and when it has white space in
    /// it: two addresses are not one.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if text.contains(char::is_whitespace) {
            return None;
        }
        let rest = strip_prefix_ignoring_case(text, "https://").or_else(|| strip_prefix_ignoring_case(text, "http://"));
        let whole = rest.unwrap_or(text);
        let whole = whole.split_once('#').map_or(whole, |(before, _fragment)| before);
        let (place, query) = whole.split_once('?').unwrap_or((whole, ""));
        let (host, path) = place.split_once('/')?;
        let host = host.split_once(':').map_or(host, |(host, _port)| host).to_ascii_lowercase();
        let named = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
        // The last label of a name has letters: `10.1000/x` begins with no host.
        let (_, last) = host.rsplit_once('.')?;
        let is_host = named && last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
        let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
        is_host.then(|| Self { host, path: decoded(path), query })
    }

    pub(super) fn is_at(&self, site: &str) -> bool {
        self.host.strip_suffix(site).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    }

    /// The DOI in the path (`/doi/abs/10.…`) or in a parameter (`?id=10.…`).
    fn doi(&self) -> Option<String> {
        let starts = std::iter::once(0).chain(self.path.match_indices('/').map(|(at, _)| at + 1));
        let in_path =
            starts.filter_map(|at| self.path.get(at..)).map(strip_doi_labels).find(|rest| begins_as_doi(rest));
        if let Some(doi) = in_path {
            return Some(if self.is_at("doi.org") { doi } else { self.without_page_endings(doi) }.to_owned());
        }
        let values =
            self.query.split('&').filter_map(|parameter| parameter.split_once('=').map(|(_, value)| decoded(value)));
        values.map(|value| strip_doi_labels(&value).to_owned()).find(|value| begins_as_doi(value))
    }

    fn without_page_endings<'d>(&self, doi: &'d str) -> &'d str {
        let mut rest = doi;
        while let Some(shorter) = PAGE_ENDINGS.iter().find_map(|ending| rest.strip_suffix(ending))
            && begins_as_doi(shorter)
        {
            rest = shorter;
        }
        match rest.rsplit_once('v') {
            Some((bare, version))
                if VERSIONED_HOSTS.iter().any(|host| self.is_at(host))
                    && !version.is_empty()
                    && version.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                bare
            }
            _ => rest,
        }
    }
}

/// The text that stands where a DOI would: without its address, its label, and the punctuation of the surrounding prose. Percent
/// codes are decoded until none is left, so that a DOI has one spelling. None when it does not begin as a DOI does.
pub(super) fn doi_text(text: &str) -> Option<String> {
    let text = narrow(text);
    let inner = strip_doi_labels(trim_opening(&text));
    let mut doi = match Address::parse(inner) {
        Some(address) => address.doi()?,
        None => inner.to_owned(),
    };
    if !begins_as_doi(&doi) {
        return None;
    }
    loop {
        while let Cow::Owned(shorter) = decoded(&doi) {
            doi = shorter;
        }
        let length = trim_prose(&doi).len();
        if length == doi.len() {
            return Some(doi);
        }
        // What is left may be decoded where the whole could not be.
        doi.truncate(length);
    }
}

/// The text with full-width letters, digits and signs as plain ones, where it begins with one; a text may also be typed with them.
pub(super) fn narrow(text: &str) -> Cow<'_, str> {
    let is_wide = |c: char| matches!(c, '\u{FF01}'..='\u{FF5E}');
    if !trim_opening(text).starts_with(is_wide) {
        return Cow::Borrowed(text);
    }
    let narrowed = |c: char| if is_wide(c) { char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c) } else { c };
    Cow::Owned(text.chars().map(narrowed).collect())
}

/// Whether a text is `10.`, four to nine digits, a slash and something.
fn begins_as_doi(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("10.") else { return false };
    let parts = rest.split_once('/').or_else(|| rest.split_once("%2F")).or_else(|| rest.split_once("%2f"));
    let Some((registrant, suffix)) = parts else { return false };
    (4..=9).contains(&registrant.len()) && registrant.bytes().all(|byte| byte.is_ascii_digit()) && !suffix.is_empty()
}

/// Removes `doi:`, `DOI `, `info:doi/` and the like from the front. They may be repeated.
fn strip_doi_labels(text: &str) -> &str {
    let mut rest = text;
    loop {
        let name = ["info:doi/", "urn:doi:"].iter().find_map(|label| strip_prefix_ignoring_case(rest, label));
        match name.or_else(|| strip_label(rest, "doi")) {
            Some(after) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

/// What follows a label and its colon or blank.
pub(super) fn strip_label<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let rest = strip_prefix_ignoring_case(text, label)?;
    let after = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '：'));
    (after.len() < rest.len()).then_some(after)
}

/// The text with percent codes decoded, those of white space at the end left out; borrowed when there are none, or when they do not stand
/// for characters that can be printed.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') || text.len() > LONGEST_DECODED {
        return Cow::Borrowed(text);
    }
    let Ok(decoded) = percent_decode_str(text).decode_utf8() else { return Cow::Borrowed(text) };
    let shown = decoded.trim_end_matches(is_blank);
    if shown == text || shown.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(shown.to_owned())
}

/// Whether a character shows nothing: white space, a byte order mark, a zero-width space.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Brackets of prose, the opening and the closing one.
const BRACKETS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];

fn is_quote_or_mark(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '*' | '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '（' | '【' | '「' | '《')
}

/// Cuts white space and invisible characters, opening brackets and quotation marks from the front.
pub(super) fn trim_opening(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        is_blank(c) || is_quote_or_mark(c) || BRACKETS.iter().any(|(opening, _)| *opening == c)
    })
}

/// Cuts white space and invisible characters, punctuation, quotation marks and unmatched closing brackets from the end.
pub(super) fn trim_prose(text: &str) -> &str {
    let ends = |c: char| {
        let punctuation = matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…' | '。' | '，' | '；' | '、');
        punctuation || is_blank(c) || is_quote_or_mark(c) || matches!(c, '）' | '】' | '」' | '》')
    };
    let mut rest = text.trim_end_matches(ends);
    if !BRACKETS.iter().any(|(_, closing)| rest.ends_with(*closing)) {
        return rest;
    }
    let mut excess =
        BRACKETS.map(|(opening, closing)| rest.matches(closing).count().saturating_sub(rest.matches(opening).count()));
    while let Some((shorter, left)) = BRACKETS.iter().zip(&mut excess).find_map(|((_, closing), left)| {
        rest.strip_suffix(*closing).filter(|_| *left > 0).map(|shorter| (shorter, left))
    }) {
        *left -= 1;
        rest = shorter.trim_end_matches(ends);
    }
    rest
}
