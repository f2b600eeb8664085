//! Which paper is it: arXiv ids, DOIs, title keys, and the stable text key that reading state hangs on.

use std::fmt;

use super::paper::Markup;
use super::{fold, tex};

/// An arXiv identifier without its version: `2403.03507` or `hep-th/9901001`. Only made by `ArxivId::parse`, so it is well-formed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArxivId(String);

/// An id as it was written, with the version where it had one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedId {
    pub id: ArxivId,
    pub version: Option<u16>,
}

impl ArxivId {
    /// Reads one id in any usual shape: bare, `arXiv:...v2 [cs.LG]`, abs/pdf/html URLs of arXiv and its mirrors, `oai:arXiv.org:...`,
    /// `10.48550/arXiv....`. None unless the whole text is such an id.
    pub fn parse(_text: &str) -> Option<VersionedId> {
        None
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn abstract_url(&self) -> String {
        format!("https://arxiv.org/abs/{}", self.0)
    }

    pub fn pdf_url(&self) -> String {
        format!("https://arxiv.org/pdf/{}", self.0)
    }

    /// The DOI that DataCite registers for every arXiv paper.
    pub fn doi(&self) -> String {
        format!("10.48550/arXiv.{}", self.0)
    }
}

impl fmt::Display for ArxivId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A publisher's DOI in its original spelling; compared in lower case through `folded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doi(String);

impl Doi {
    /// Reads `10.x/y` with or without `doi:` or a resolver in front.
    pub fn parse(_text: &str) -> Option<Self> {
        None
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    pub fn url(&self) -> String {
        format!("https://doi.org/{}", self.0)
    }
}

impl fmt::Display for Doi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The stable text key of a paper: `arxiv:2403.03507`, `doi:10.1000/x` (lower case) or `title:<folded title>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaperKey(String);

impl PaperKey {
    pub fn arxiv(id: &ArxivId) -> Self {
        Self(format!("arxiv:{id}"))
    }

    pub fn doi(doi: &Doi) -> Self {
        Self(format!("doi:{}", doi.folded()))
    }

    /// `folded` is what `title_key` returns.
    pub fn title(folded: &str) -> Self {
        Self(format!("title:{folded}"))
    }

    /// Reads a key as `Display` prints it, and the ids people type: an arXiv id or URL, a DOI. None for anything else.
    pub fn parse(_text: &str) -> Option<Self> {
        None
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
    let rendered = tex::render(source, markup).replace('&', " and ");
    fold::words(&rendered).collect()
}
