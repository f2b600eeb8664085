//! Addresses that search the web for a paper by its title, for papers without links: made here, and opened like every other address. Pure.

use std::fmt::Write;

/// A site and the beginning of the address of a search there, which ends where the title follows.
const SITES: [(&str, &str); 3] = [
    ("arXiv", "https://arxiv.org/search/?searchtype=title&query="),
    ("Hugging Face", "https://huggingface.co/papers?q="),
    ("Google Scholar", "https://scholar.google.com/scholar?q="),
];

/// Longest encoded title, in bytes; sites cut or refuse longer queries.
const LONGEST: usize = 1000;

/// A search for the title on each site: the site and the address.
pub(super) fn title_searches(title: &str) -> impl Iterator<Item = (&'static str, String)> {
    let query = encoded(title);
    SITES.into_iter().map(move |(site, address)| (site, format!("{address}{query}")))
}

/// The words of a title as a part of a query string: everything but ASCII letters and digits is encoded, blanks as `+`. Words that would
/// make it too long are left out; a first one that does is cut.
fn encoded(title: &str) -> String {
    let mut whole = String::new();
    for word in title.split_whitespace() {
        let start = whole.len();
        if start > 0 {
            whole.push('+');
        }
        for c in word.chars() {
            encode(c, &mut whole);
            if whole.len() > LONGEST {
                if start > 0 {
                    whole.truncate(start);
                }
                return whole;
            }
        }
    }
    whole
}

fn encode(c: char, whole: &mut String) {
    if c.is_ascii_alphanumeric() || "-._~".contains(c) {
        whole.push(c);
        return;
    }
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        // Writing to a string cannot fail.
        let _ = write!(whole, "%{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::gate::web_address;
    use super::*;

    #[test]
    fn a_title_is_searched_for_on_each_site() {
        let searches: Vec<_> = title_searches("C++ & \"Ünïcode\":  50% more?").collect();
        assert_eq!(searches.len(), SITES.len());
        assert_eq!(
            searches[0],
            (
                "arXiv",
                "https://arxiv.org/search/?searchtype=title&query=C%2B%2B+%26+%22%C3%9Cn%C3%AFcode%22%3A+50%25+more%3F"
                    .to_owned()
            )
        );
    }

    proptest! {
        #[test]
        fn every_address_passes_the_gate(title in any::<String>(), long in "[字 a]{0,600}") {
            for (_, url) in title_searches(&title).chain(title_searches(&long)) {
                let opened = web_address(&url);
                prop_assert_eq!(opened.as_deref(), Ok(url.as_str()));
            }
        }
    }
}
