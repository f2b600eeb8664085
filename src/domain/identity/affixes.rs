//! What surrounds an identifier in prose and URLs: schemes, resolvers, prefixes, punctuation. Shared by the parsers of arXiv ids and
//! DOIs; never decides what an identifier is.

pub(super) const ARXIV_DOI: &str = "10.48550/arxiv.";

pub(super) fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

pub(super) fn strip_scheme(text: &str) -> &str {
    let rest = strip_prefix_ignoring_case(text, "https://").or_else(|| strip_prefix_ignoring_case(text, "http://"));
    rest.unwrap_or(text)
}

/// Removes `doi:` and resolvers from the front, in any order and number.
pub(super) fn strip_doi_prefix(text: &str) -> &str {
    let mut rest = text;
    loop {
        let inner = strip_scheme(rest);
        let after = ["doi.org/", "dx.doi.org/", "www.doi.org/", "doi:", "doi "]
            .iter()
            .find_map(|prefix| strip_prefix_ignoring_case(inner, prefix));
        match after {
            Some(after) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

/// Cuts `.`, `,`, `;` and unmatched closing brackets from the end.
pub(super) fn trim_prose(text: &str) -> &str {
    let mut excess = text.matches(')').count().saturating_sub(text.matches('(').count());
    let mut rest = text.trim_end();
    loop {
        let trimmed = rest.trim_end_matches(['.', ',', ';']);
        rest = match trimmed.strip_suffix(')') {
            Some(inner) if excess > 0 => inner,
            _ => return trimmed,
        };
        excess -= 1;
    }
}
