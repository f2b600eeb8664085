//! The paper key, to which reading state belongs. With `title_key` the only place that decides what a key is. Titles are never compared
//! approximately.

use std::fmt;

use super::arxiv_id::ArxivId;
use super::doi::{self, Doi};
use super::title_key::is_title_key;

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

    /// Reads what users type and paste: every key as `Display` prints it, and an arXiv id or a DOI in any spelling that `ArxivId::parse`
    /// and `Doi::parse` read. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(folded) = text.strip_prefix("title:") {
            return is_title_key(folded).then(|| Self::title(folded));
        }
        let arxiv = ArxivId::parse(text).map(|versioned| Self::arxiv(&versioned.id));
        arxiv.or_else(|| Doi::parse(text).map(|doi| Self::doi(&doi)))
    }

    /// Reads a key from a database or an index, where it stands as `Display` prints it. Accepts every title, because an earlier
    /// version may have folded titles differently, and percent codes in a DOI, which an earlier version kept. None when the text is
    /// damaged.
    pub fn from_stored(text: &str) -> Option<Self> {
        let is_key = match text.split_once(':')? {
            ("title", _) => true,
            ("arxiv", id) => ArxivId::from_printed(id).is_some(),
            ("doi", doi) => doi::is_well_formed(doi) && doi == doi.to_lowercase(),
            _ => false,
        };
        is_key.then(|| Self(text.to_owned()))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::identity::title_key;
    use crate::domain::markup::Markup;

    #[test]
    fn keys_are_read_as_printed_and_as_typed() {
        let key = |text: &str| PaperKey::parse(text).map(|key| key.to_string());
        for text in [
            "arxiv:2401.00012",
            "arxiv:hep-th/9901001",
            "doi:10.1000/ab",
            "title:loraωtest2",
            "title:learningc++",
            "title:a-b",
        ] {
            assert_eq!(key(text).as_deref(), Some(text));
        }
        assert_eq!(key("https://arxiv.org/pdf/2401.00012v2").as_deref(), Some("arxiv:2401.00012"));
        assert_eq!(key("https://doi.org/10.48550/arXiv.2401.00012").as_deref(), Some("arxiv:2401.00012"));
        assert_eq!(key("10.1000/AB").as_deref(), Some("doi:10.1000/ab"));
        for text in ["arXiv:2401.00012v3.", "2401.00012,", "2401.00012)"] {
            assert_eq!(key(text).as_deref(), Some("arxiv:2401.00012"), "{text}");
        }
        for text in ["title:", "title:two words", "title:Upper", "title:+", "title:a~b", "lora", "doi:2401.00012", ""] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    #[test]
    fn stored_keys_are_read_as_they_are() {
        for text in ["doi:10.1002/%28sici%291", "doi:10.1000/x]", "arxiv:2401.00012", "arxiv:math/0309136", "title:Any"]
        {
            assert_eq!(PaperKey::from_stored(text).map(|key| key.to_string()).as_deref(), Some(text));
        }
        for text in
            ["doi:10.1000/X", "doi:10.48550/arxiv.2401.00012", "arxiv:2401.00012v1", "arxiv:", "2401.00012", "x:y"]
        {
            assert_eq!(PaperKey::from_stored(text), None, "{text}");
        }
    }

    /// Every key that a title makes is read back, typed and stored.
    fn check_title(title: &str) {
        let folded = title_key(title, Markup::Plain);
        if !folded.is_empty() {
            let key = PaperKey::title(&folded);
            assert_eq!(PaperKey::parse(key.as_str()).as_ref(), Some(&key), "{}", title.escape_unicode());
            assert_eq!(PaperKey::from_stored(key.as_str()), Some(key));
        }
    }

    #[test]
    fn keys_of_titles_in_every_script_are_read_back() {
        for title in [
            "हिन्दी में क्ष",
            "தமிழ் நூல்",
            "การเรียนรู้ของเครื่อง",
            "Blood type \u{1F171}",
            "한국어",
            "が か\u{3099} ｶﾞ",
            "H₂O & ½",
        ] {
            check_title(title);
        }
        // each character alone, between letters, and after every script's typical base
        for c in '\0'..=char::MAX {
            check_title(c.encode_utf8(&mut [0; 4]));
            check_title(&format!("a{c}क{c} {c}か{c}"));
        }
    }

    proptest! {
        #[test]
        fn keys_of_random_titles_are_read_back(title in proptest::collection::vec(any::<char>(), 0..40)) {
            check_title(&title.into_iter().collect::<String>());
        }

        #[test]
        fn keys_of_identifiers_are_read_back_and_nothing_panics(
            text in "[(<\\[]?(doi:|DOI |https://doi.org/|x.org/doi/abs/|http://a.bc/?id=)?(10\\.[0-9]{3,5}(/|%2F)|arxiv[:/.]|2401\\.00012)([a-zA-Z0-9(). ,;é>#?İ]|%[0-9a-f]{2}|%25|/pdf){0,12}|\\PC{0,30}",
        ) {
            ArxivId::scan(&text);
            ArxivId::parse(&text);
            if let Some(key) = PaperKey::parse(&text) {
                prop_assert_eq!(PaperKey::parse(key.as_str()), Some(key.clone()), "{}", &text);
                prop_assert_eq!(PaperKey::from_stored(key.as_str()), Some(key), "{}", &text);
            }
        }
    }
}
