//! A paper as its sources describe it: texts in the source's own spelling, facts, and the digests it appeared in. Holds no reading
//! state (see `reading`) and renders nothing (see `text`).

use super::date::PartialDate;
use super::identity::{ArxivId, Doi, PaperKey, title_key};
use super::text::Text;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    Abstract,
    Pdf,
    Code,
    Project,
    Other,
}

impl LinkKind {
    pub const ALL: [Self; 5] = [Self::Abstract, Self::Pdf, Self::Code, Self::Project, Self::Other];

    /// The word used in files and databases.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abstract => "abstract",
            Self::Pdf => "pdf",
            Self::Code => "code",
            Self::Project => "project",
            Self::Other => "other",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub kind: LinkKind,
    /// As the source gave it, untrusted: it is checked before anything opens it.
    pub url: String,
}

/// A dated list of papers from one source, or a list that stands for one: a pasted page, the starter shelf. The id stays the same when
/// the same file is imported again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// `<source>:<day or file stem>`, for instance `hf:2025-03-12`.
    pub id: String,
    /// Name of the source, a row of SOURCES: `hf`, `arxiv`, `starter`, `json`, ...
    pub source: String,
    /// What the user reads: `12 Mar 2025`, `starter shelf`, the stem of a file name.
    pub label: String,
    pub day: Option<PartialDate>,
}

/// A paper's place in one digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    pub digest: Digest,
    /// Place on the page, from 1.
    pub rank: Option<u32>,
    pub votes: Option<u32>,
}

/// Everything the sources state about one paper. Every field but the title may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    pub arxiv: Option<ArxivId>,
    /// Latest arXiv version seen.
    pub version: Option<u16>,
    /// The publisher's DOI; arXiv's own (10.48550/arXiv.ID) is the arXiv id.
    pub doi: Option<Doi>,
    pub title: Text,
    /// Names in the paper's order, `Given Family` or `Family, Given`, plain Unicode.
    pub authors: Vec<String>,
    pub summary: Option<Text>,
    /// First version's submission.
    pub published: Option<PartialDate>,
    /// Latest version's submission.
    pub updated: Option<PartialDate>,
    /// Primary category first.
    pub categories: Vec<String>,
    pub venue: Option<String>,
    pub journal_ref: Option<String>,
    pub comment: Option<String>,
    pub license: Option<String>,
    pub keywords: Vec<String>,
    pub links: Vec<Link>,
    pub sightings: Vec<Sighting>,
}

impl Paper {
    /// The paper key, to which reading state belongs: arXiv id, else DOI, else folded title.
    pub fn key(&self) -> PaperKey {
        match (&self.arxiv, &self.doi) {
            (Some(id), _) => PaperKey::arxiv(id),
            (None, Some(doi)) => PaperKey::doi(doi),
            (None, None) => PaperKey::title(&self.title_key()),
        }
    }

    /// The folded title: letters and digits only, see `identity::title_key`.
    pub fn title_key(&self) -> String {
        title_key(&self.title.source, self.title.markup)
    }

    /// First link of a kind. Abstract and PDF pages of arXiv papers are derived from the id when no link is stored.
    pub fn link(&self, kind: LinkKind) -> Option<String> {
        let stored = self.links.iter().find(|link| link.kind == kind).map(|link| link.url.clone());
        stored.or_else(|| match (kind, &self.arxiv, &self.doi) {
            (LinkKind::Abstract, Some(id), _) => Some(id.abstract_url()),
            (LinkKind::Abstract, None, Some(doi)) => Some(doi.url()),
            (LinkKind::Pdf, Some(id), _) => Some(id.pdf_url()),
            _ => None,
        })
    }

    /// Most votes seen in any digest.
    pub fn votes(&self) -> Option<u32> {
        self.sightings.iter().filter_map(|sighting| sighting.votes).max()
    }
}
