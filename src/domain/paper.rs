//! A paper as its sources describe it: texts in the source's own spelling, facts, and the digests it appeared in. Holds no reading
//! state (see `reading`) and renders nothing (see `text`).

use std::borrow::Cow;

use super::bibtex_entry::BibtexEntry;
use super::clean::Clean;
use super::date::PartialDate;
use super::identity::{ArxivId, Doi, PaperKey, title_key};
use super::names::{Name, group_and_member, listed_authors, printed_name, read_name, spelled};
use super::publication_status::PublicationStatus;
use super::text::Text;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    pub source: Clean,
    /// What the user reads: `12 Mar 2025`, `starter shelf`, a file name as words.
    pub label: Clean,
    pub day: Option<PartialDate>,
}

/// Sources that publish a digest a day. Lists from elsewhere have no day that could be asked for.
const DAILY: [&str; 2] = ["hf", "arxiv"];

/// Whether the digests of a source are each of a day.
pub fn is_daily(source: &str) -> bool {
    DAILY.contains(&source)
}

/// A paper's place in one digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    pub digest: Digest,
    /// Place on the page, from 1.
    pub rank: Option<u32>,
    pub votes: Option<u32>,
}

/// An author: a name in plain Unicode and in a spelling that `names::read_name` reads. That is the printed name (`Jane Q. Doe`) where it
/// tells the parts, `Family, Given` or `Family, Suffix, Given` where a source states other parts, and braces around a group that would be
/// taken for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author(String);

impl Author {
    /// A name as a source spells it.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name of which a source states the parts. A group has only a family name. The group of `The Example Collaboration: J.` is an
    /// author of its own, who comes first.
    pub fn stated(family: &str, given: &str, suffix: &str) -> impl Iterator<Item = Self> {
        let (mut family, mut given, mut group) = (family, given, None);
        for part in [&mut given, &mut family] {
            if let Some((before, member)) = group_and_member(part) {
                (group, *part) = (Some(Self::new(before)), member);
            }
        }
        let name = Self(spelled(family, given, suffix));
        group.into_iter().chain((!name.0.is_empty()).then_some(name))
    }

    /// The authors that the elements of a list name; see `listed_authors`.
    pub fn list<'a>(elements: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        listed_authors(elements).into_iter().map(Self).collect()
    }

    /// The spelling that is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn name(&self) -> Name<'_> {
        read_name(&self.0)
    }

    /// `Ludwig van der Berg`, as papers print it.
    pub fn printed(&self) -> Cow<'_, str> {
        printed_name(&self.0)
    }

    /// This spelling, or that of another copy which states the parts of the same name.
    pub fn or_stated(&self, other: &Self) -> Self {
        let states_parts = other.0.contains([',', '{']) && !self.0.contains([',', '{']);
        if states_parts && self.0 == other.printed() { other.clone() } else { self.clone() }
    }
}

impl PartialEq<&str> for Author {
    fn eq(&self, spelling: &&str) -> bool {
        self.0 == *spelling
    }
}

impl From<&str> for Author {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
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
    /// In the paper's order.
    pub authors: Vec<Author>,
    pub summary: Option<Text>,
    /// First version's submission.
    pub published: Option<PartialDate>,
    /// Publication in a venue, where the sources date the preprint as well.
    pub issued: Option<PartialDate>,
    /// Latest version's submission.
    pub updated: Option<PartialDate>,
    /// Primary category first.
    pub categories: Vec<String>,
    pub venue: Option<String>,
    pub journal_ref: Option<String>,
    pub comment: Option<String>,
    pub license: Option<String>,
    /// None for nearly all papers, and where no source says it.
    pub publication_status: Option<PublicationStatus>,
    pub keywords: Vec<String>,
    pub links: Vec<Link>,
    pub sightings: Vec<Sighting>,
    /// Its entry in the bibliography that was imported last.
    pub bibtex: Option<Box<BibtexEntry>>,
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

    /// The date under which the paper is cited: that of its publication, else that of the preprint.
    pub fn cited_date(&self) -> Option<PartialDate> {
        self.issued.or(self.published)
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
