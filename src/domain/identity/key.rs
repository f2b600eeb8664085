//! The stable text key of a paper, which reading state hangs on, and the folded title it falls back to. Nothing here is fuzzy.

use std::fmt;

use super::{ArxivId, Doi};
use crate::domain::markup::Markup;
use crate::domain::{fold, tex};

/// The stable text key of a paper: `arxiv:2403.03507`, `doi:10.1000/x` (lower case) or `title:<folded title>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperKey(String);

impl PaperKey {
    pub fn arxiv(id: &ArxivId) -> Self {
        Self(["arxiv:", id.as_str()].concat())
    }

    pub fn doi(doi: &Doi) -> Self {
        Self(["doi:", &doi.folded()].concat())
    }

    /// `folded` is what `title_key` returns.
    pub fn title(folded: &str) -> Self {
        Self(["title:", folded].concat())
    }

    /// Reads a key as `Display` prints it, and the ids people type: an arXiv id or URL, a DOI. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(folded) = text.strip_prefix("title:") {
            let is_folded = !folded.is_empty() && folded.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase());
            return is_folded.then(|| Self::title(folded));
        }
        let arxiv = ArxivId::parse(text).map(|versioned| Self::arxiv(&versioned.id));
        arxiv.or_else(|| Doi::parse(text).map(|doi| Self::doi(&doi)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PaperKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The title as identity sees it: rendered, folded, letters and digits of any script only, `&` as `and`.
pub fn title_key(source: &str, markup: Markup) -> String {
    let rendered = tex::render(source, markup);
    let mut key = String::with_capacity(rendered.len());
    for (place, part) in rendered.split('&').enumerate() {
        if place > 0 {
            key.push_str("and");
        }
        fold::each_word(part, |word| key.push_str(word));
    }
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_read_as_printed_and_as_typed() {
        let key = |text: &str| PaperKey::parse(text).map(|key| key.to_string());
        for text in ["arxiv:2401.00012", "arxiv:hep-th/9901001", "doi:10.1000/ab", "title:loraωtest2"] {
            assert_eq!(key(text).as_deref(), Some(text));
        }
        assert_eq!(key("https://arxiv.org/pdf/2401.00012v2").as_deref(), Some("arxiv:2401.00012"));
        assert_eq!(key("https://doi.org/10.48550/arXiv.2401.00012").as_deref(), Some("arxiv:2401.00012"));
        assert_eq!(key("10.1000/AB").as_deref(), Some("doi:10.1000/ab"));
        for text in ["title:", "title:two words", "title:Upper", "title:a-b", "lora", "doi:2401.00012", ""] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn keys_of_dois_round_trip_and_nothing_panics(text in "(doi:|https://doi.org/)?10\\.[0-9]{3,5}/[a-zA-Z(). ,;é]{0,12}|\\PC{0,30}") {
            ArxivId::scan(&text);
            ArxivId::parse(&text);
            if let Some(key) = PaperKey::parse(&text) {
                prop_assert_eq!(PaperKey::parse(key.as_str()), Some(key));
            }
        }
    }
}
