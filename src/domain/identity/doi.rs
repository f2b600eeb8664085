//! DOIs: parsing and comparing them. arXiv's own DOIs are never one here; they are arXiv ids.

use std::fmt;

use super::affixes::{ARXIV_DOI, doi_text, strip_prefix_ignoring_case};

/// A publisher's DOI in its original spelling. DOIs ignore case: compare `folded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doi(String);

impl Doi {
    /// Reads a DOI as it is pasted: bare, with `doi:` or `DOI` in front, or in the address of a resolver or of a publisher's page,
    /// with percent codes, query and fragment; brackets and punctuation of the surrounding prose are cut off. None for anything else,
    /// and for arXiv's own DOIs, which are arXiv ids.
    pub fn parse(text: &str) -> Option<Self> {
        doi_text(text).filter(|doi| is_well_formed(doi)).map(Self)
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

/// Whether a text without anything around it can be a publisher's DOI.
pub(super) fn is_well_formed(doi: &str) -> bool {
    let Some((registrant, suffix)) = doi.strip_prefix("10.").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let registered = (4..=9).contains(&registrant.len()) && registrant.bytes().all(|byte| byte.is_ascii_digit());
    // Real ones have up to about 150 characters; a key of megabytes would stall everything that compares keys.
    let is_short = doi.len() <= 2_048;
    let printable = !suffix.is_empty() && !suffix.contains(|c: char| c.is_whitespace() || c.is_control());
    registered && is_short && printable && strip_prefix_ignoring_case(doi, ARXIV_DOI).is_none()
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
    fn dois_are_found_as_they_are_pasted() {
        let sici = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2";
        let cases = [
            ("https://doi.org/10.1016%2Fj.x", "10.1016/j.x"),
            ("10.1016%2fj.x", "10.1016/j.x"),
            ("10.1002/%28SICI%291%2D2", "10.1002/(SICI)1-2"),
            ("10.1000/%2528a%2529", "10.1000/(a)"),
            ("10.1000/a%20b", "10.1000/a%20b"),
            ("https://doi.org/10.1000/ab%20", "10.1000/ab"),
            ("\u{feff}10.1000/x\u{200b}", "10.1000/x"),
            ("１０．１０００／ｘ", "10.1000/x"),
            ("10.1000/%25 ,", "10.1000/%"),
            ("10.1000/a%FFb%28", "10.1000/a%FFb%28"),
            ("10.1000/gr%C3%BC%C3%9Fe", "10.1000/grüße"),
            ("https://doi.org/10.1000/x#section-2", "10.1000/x"),
            ("https://doi.org/10.1000/x?utm_source=mail&b=1#top", "10.1000/x"),
            ("http://dx.doi.org:80/10.1000/x", "10.1000/x"),
            ("https://doi.org/doi:10.1000/x", "10.1000/x"),
            ("https://doi.org/https://doi.org/10.1000/x", "10.1000/x"),
            ("doi:https://doi.org/10.1000/x", "10.1000/x"),
            ("https://doi-org.proxy.example.edu/10.1000/x", "10.1000/x"),
            ("https://dl.acm.org/doi/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
            ("https://dl.acm.org/doi/abs/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
            ("https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?download=true", "10.1145/3292500.3330701"),
            ("dl.acm.org/doi/full/10.1145/3292500.3330701#sec-1", "10.1145/3292500.3330701"),
            ("https://onlinelibrary.wiley.com/doi/10.1002/for.3980140/full", "10.1002/for.3980140"),
            ("https://link.springer.com/content/pdf/10.1007/s00-1_2.pdf", "10.1007/s00-1_2"),
            ("https://link.springer.com/chapter/10.1007%2F978-3-319-24574-4_28", "10.1007/978-3-319-24574-4_28"),
            ("https://iopscience.iop.org/article/10.1088/1367-2630/ab1/pdf", "10.1088/1367-2630/ab1"),
            ("https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0123", "10.1371/journal.pone.0123"),
            ("https://www.biorxiv.org/content/10.1101/2020.01.02.123456v2.full.pdf", "10.1101/2020.01.02.123456"),
            ("https://example.org/my%20files/doi/10.1016%2Fj.x", "10.1016/j.x"),
            ("DOI 10.1000/x", "10.1000/x"),
            ("Doi:\u{a0}10.1000/x", "10.1000/x"),
            ("info:doi/10.1000/x", "10.1000/x"),
            ("<https://doi.org/10.1000/x>.", "10.1000/x"),
            ("[10.1000/x],", "10.1000/x"),
            ("(doi: 10.1000/x(1)).", "10.1000/x(1)"),
            ("“10.1000/x”", "10.1000/x"),
            ("`10.1000/x`", "10.1000/x"),
            ("10.1000/x）。", "10.1000/x"),
            (sici, sici),
            (
                "https://doi.org/10.1002/%28SICI%291097-0258%2819980815/30%2917:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
                sici,
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(Doi::parse(text).map(|doi| doi.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "https://example.org/10.1/x",
            "https://example.org/version/10.1000",
            "https://doi.org/10.1000/a b",
            "https://arxiv.org/abs/2401.00012 https://doi.org/10.1000/a",
            "https://doi.org/10.1000/a\nhttps://doi.org/10.1000/b",
            "https://dl.acm.org/doi/",
            "doi 10.1000",
            "doi10.1000/x y",
            "%",
            "https://",
        ] {
            assert_eq!(Doi::parse(text), None, "{text}");
        }
        // Linear, however long.
        assert_eq!(Doi::parse(&format!("10.1000/{}", ")".repeat(1 << 20))), None);
        assert!(Doi::parse(&format!("10.1000/{}", "%25".repeat(1 << 18))).is_none());
        assert!(Doi::parse(&format!("10.1000/{}", "%25".repeat(600))).is_some());
        assert!(Doi::parse(&format!("10.1000/{}", "a".repeat(2_041))).is_none());
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
