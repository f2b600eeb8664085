//! A paper as the sources tell it: text in the source's own spelling, facts, and where it was seen. It holds nothing a reader did
//! (that is `reading`) and renders nothing for the screen by itself (that is `tex`, then `clean`).

use super::clean::Clean;
use super::date::PartialDate;
use super::identity::{ArxivId, Doi, PaperKey, title_key};
use super::tex;

/// What a text is written in, which decides how it is rendered and which copy of a field wins when two sources differ.
/// Ordered: a later variant is the better copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Markup {
    /// Words of this project about the paper, not the paper's own.
    Summary,
    /// Copied from a page that had lost its backslashes and dollars; formulas may be wrong.
    Page,
    /// Plain Unicode.
    #[default]
    Plain,
    /// LaTeX, as arXiv and its mirrors serve it.
    Tex,
}

impl Markup {
    pub const ALL: [Self; 4] = [Self::Summary, Self::Page, Self::Plain, Self::Tex];

    /// The word used in files and databases.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Page => "page",
            Self::Plain => "plain",
            Self::Tex => "tex",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|markup| markup.name() == name)
    }
}

/// A text in the source's own spelling. Stored, hashed and exported as it is; rendered only for reading and searching.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub source: String,
    pub markup: Markup,
}

impl Text {
    pub fn new(source: impl Into<String>, markup: Markup) -> Self {
        Self { source: source.into(), markup }
    }

    /// The text as Unicode on one line, safe to show.
    pub fn line(&self) -> Clean {
        line(&self.source, self.markup)
    }

    /// The text as Unicode paragraphs, safe to show. Empty paragraphs are dropped.
    pub fn paragraphs(&self) -> Vec<Clean> {
        tex::paragraphs(&self.source)
            .map(|paragraph| Clean::new(&tex::render(&paragraph, self.markup)))
            .filter(|paragraph| !paragraph.is_empty())
            .collect()
    }
}

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
    /// As the source gave it; passes a gate before anything opens it.
    pub url: String,
}

/// One listing of papers: a day of a digest, a pasted page, the starter shelf. The id is stable across imports of the same file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// `<source>:<day or file stem>`, for instance `hf:2025-03-12`.
    pub id: String,
    /// Name of the source, a row of SOURCES: `hf`, `arxiv`, `starter`, `json`, ...
    pub source: String,
    /// What a reader calls it: `12 Mar 2025`, `starter shelf`, a file's stem.
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

/// Everything the sources say about one paper. Every field but the title may be unknown.
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
    /// The stable text key that reading state hangs on: arXiv id, else DOI, else folded title.
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

/// A text as `Text::line` renders it.
pub fn line(source: &str, markup: Markup) -> Clean {
    Clean::new(&tex::render(source, markup))
}

/// `Dettmers` from `Tim Dettmers`, `van der Berg` from `Ludwig van der Berg` or `van der Berg, Ludwig`.
pub fn family_name(name: &str) -> &str {
    split_name(name).family
}

/// A name in parts; borrowed from the name given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameParts<'a> {
    pub given: &'a str,
    /// With its particle: `van der Berg`.
    pub family: &'a str,
    /// `Jr`, `III`, ...
    pub suffix: &'a str,
}

const PARTICLES: [&str; 22] = [
    "van", "von", "van't", "der", "den", "de", "la", "le", "di", "da", "dos", "du", "ter", "ten", "zu", "el", "al",
    "bin", "ibn", "del", "della", "das",
];
const SUFFIXES: [&str; 9] = ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "phd", "ph.d."];

/// Splits a name as BibTeX would: `First von Last`, `von Last, First`, `von Last, Jr, First`. A single word is a family name.
pub fn split_name(name: &str) -> NameParts<'_> {
    let name = name.trim();
    let mut commas = name.splitn(3, ',').map(str::trim);
    let first = commas.next().unwrap_or_default();
    match (commas.next(), commas.next()) {
        (Some(suffix), Some(given)) => return NameParts { given, family: first, suffix },
        (Some(given), None) if is_suffix(given) => return NameParts { suffix: given, ..split_spaced(first) },
        (Some(given), None) => return NameParts { given, family: first, suffix: "" },
        _ => {}
    }
    split_spaced(first)
}

fn is_suffix(word: &str) -> bool {
    SUFFIXES.iter().any(|suffix| suffix.eq_ignore_ascii_case(word))
}

fn split_spaced(name: &str) -> NameParts<'_> {
    let (body, suffix) = match name.rsplit_once(' ') {
        Some((body, last)) if is_suffix(last) => (body.trim_end(), last),
        _ => (name, ""),
    };
    let mut start = body.rfind(' ').map_or(0, |space| space + 1);
    // A particle belongs to the family name, and so does everything after the first particle.
    let mut offset = 0;
    for word in body.split(' ') {
        if offset > 0 && offset < start && PARTICLES.iter().any(|particle| particle.eq_ignore_ascii_case(word)) {
            start = offset;
            break;
        }
        offset += word.len() + 1;
    }
    let given = body.get(..start).unwrap_or_default().trim();
    let family = body.get(start..).unwrap_or(body);
    NameParts { given, family, suffix }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_as_bibtex_splits_them() {
        let parts = |name| {
            let NameParts { given, family, suffix } = split_name(name);
            (given, family, suffix)
        };
        assert_eq!(parts("Jane Q. Doe"), ("Jane Q.", "Doe", ""));
        assert_eq!(parts("Ludwig van der Berg"), ("Ludwig", "van der Berg", ""));
        assert_eq!(parts("van der Berg, Ludwig"), ("Ludwig", "van der Berg", ""));
        assert_eq!(parts("Doe, Jr, Jane"), ("Jane", "Doe", "Jr"));
        assert_eq!(parts("Jane Doe Jr."), ("Jane", "Doe", "Jr."));
        assert_eq!(parts("OpenAI"), ("", "OpenAI", ""));
        assert_eq!(parts("  "), ("", "", ""));
    }
}
