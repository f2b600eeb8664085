//! DOIs: parsing and comparing them. arXiv's own DOIs are never one here; they are arXiv ids.

use std::fmt;

use super::affixes::{ARXIV_DOI, strip_doi_prefix, strip_prefix_ignoring_case, trim_prose};

/// A publisher's DOI in its original spelling. DOIs ignore case: compare `folded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doi(String);

impl Doi {
    /// Reads `10.x/y` with or without `doi:` or a resolver in front; punctuation of the surrounding prose is cut from the end.
    /// None for anything else, and for arXiv's own DOIs, which are arXiv ids.
    pub fn parse(text: &str) -> Option<Self> {
        let doi = trim_prose(strip_doi_prefix(text.trim()));
        let (registrant, suffix) = doi.strip_prefix("10.")?.split_once('/')?;
        let registered = (4..=9).contains(&registrant.len()) && registrant.bytes().all(|byte| byte.is_ascii_digit());
        let printable = !suffix.is_empty() && !suffix.contains(|c: char| c.is_whitespace() || c.is_control());
        let publisher = strip_prefix_ignoring_case(doi, ARXIV_DOI).is_none();
        (registered && printable && publisher).then(|| Self(doi.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In lower case, for comparing.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// The address of its resolver. Signs that would mean something else in an address are percent-encoded.
    pub fn url(&self) -> String {
        format!("https://doi.org/{}", self.0.replace('%', "%25").replace('#', "%23").replace('?', "%3F"))
    }
}

impl fmt::Display for Doi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dois_lose_their_wrapping_and_arxiv_ones_are_not_dois() {
        let doi = |text: &str| Doi::parse(text).map(|doi| doi.to_string());
        for text in ["10.1000/Ab.c", "doi:10.1000/Ab.c", "DOI: 10.1000/Ab.c.", "https://doi.org/10.1000/Ab.c).,"] {
            assert_eq!(doi(text).as_deref(), Some("10.1000/Ab.c"), "{text}");
        }
        assert_eq!(doi("http://dx.doi.org/10.1000/S0(00)1-9(X)").as_deref(), Some("10.1000/S0(00)1-9(X)"));
        for text in [
            "10.48550/arXiv.2401.00012",
            "10.1/x",
            "10.1000/",
            "10.1000/.",
            "10.1000/a b",
            "11.1000/x",
            "10.1000/a\u{1b}b",
        ] {
            assert_eq!(doi(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_leads_to_the_same_doi() {
        for (doi, url) in [
            ("10.1000/a_b%20c#d?e", "https://doi.org/10.1000/a_b%2520c%23d%3Fe"),
            ("10.1103/PhysRevD.76.013009", "https://doi.org/10.1103/PhysRevD.76.013009"),
        ] {
            assert_eq!(Doi::parse(doi).unwrap().url(), url);
        }
    }
}
