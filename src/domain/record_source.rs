//! The kinds of sources that state a paper, and how far each is believed. Which copy of a field wins is decided from it in the store.

use super::markup::Markup;

/// Declares the sources: each with the number that is stored, its word, and what the user reads.
macro_rules! sources {
    ($($(#[$attribute:meta])? $name:ident = $number:literal, $word:literal, $doc:literal;)*) => {
        /// Who states a record: the service or program that made the file. The numbers are stored.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecordSource {
            $(#[doc = $doc] $(#[$attribute])? $name = $number,)*
        }

        impl RecordSource {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word used in files and in the output of commands.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// What the user reads.
            pub fn doc(self) -> &'static str {
                match self {
                    $(Self::$name => $doc,)*
                }
            }
        }
    };
}

sources! {
    #[default]
    Unknown = 0, "unknown", "an import of an earlier version";
    Starter = 1, "starter", "starter shelf";
    Page = 2, "page", "Hugging Face page, copied as text";
    HuggingFace = 3, "hf", "Hugging Face";
    ArxivMail = 4, "arxiv-mail", "mail of arXiv";
    ArxivFeed = 5, "arxiv-api", "arXiv API or feed";
    ArxivOai = 6, "arxiv-oai", "arXiv by OAI-PMH";
    ArxivSnapshot = 7, "arxiv-snapshot", "arXiv snapshot";
    Feed = 8, "feed", "feed";
    Oai = 9, "oai", "OAI-PMH";
    OpenReview = 10, "openreview", "OpenReview";
    Acl = 11, "acl", "ACL Anthology";
    Dblp = 12, "dblp", "DBLP";
    Crossref = 13, "crossref", "Crossref or CSL-JSON";
    DataCite = 14, "datacite", "DataCite";
    PubMed = 15, "pubmed", "PubMed";
    Biorxiv = 16, "biorxiv", "bioRxiv";
    SemanticScholar = 17, "semantic-scholar", "Semantic Scholar";
    OpenAlex = 18, "openalex", "OpenAlex";
    PapersWithCode = 19, "papers-with-code", "Papers With Code";
    PaperList = 20, "paper-list", "list of a conference";
    Zotero = 21, "zotero", "Zotero";
    Bibtex = 22, "bibtex", "BibTeX";
    Ris = 23, "ris", "RIS";
    EndNote = 24, "endnote", "EndNote";
    WebOfScience = 25, "wos", "Web of Science";
    Table = 26, "csv", "table";
    Json = 27, "json", "JSON lines of tsundoku";
}

impl RecordSource {
    pub fn number(self) -> i64 {
        self as i64
    }

    /// None for a number of a later version.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|source| source.number() == number)
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|source| source.name() == name)
    }

    /// Whether this is arXiv itself: what it states of a later version is newer than what any other source states.
    pub fn is_arxiv(self) -> bool {
        matches!(self, Self::ArxivMail | Self::ArxivFeed | Self::ArxivOai | Self::ArxivSnapshot)
    }

    /// Whether records of the source are dated by the publication in their venue, and not by that of a preprint.
    pub fn dates_publication(self) -> bool {
        match self {
            Self::Acl
            | Self::Dblp
            | Self::Crossref
            | Self::PubMed
            | Self::Zotero
            | Self::Bibtex
            | Self::Ris
            | Self::EndNote
            | Self::WebOfScience
            | Self::Table
            | Self::PaperList => true,
            Self::Unknown
            | Self::Starter
            | Self::Page
            | Self::HuggingFace
            | Self::ArxivMail
            | Self::ArxivFeed
            | Self::ArxivOai
            | Self::ArxivSnapshot
            | Self::Feed
            | Self::Oai
            | Self::OpenReview
            | Self::DataCite
            | Self::Biorxiv
            | Self::SemanticScholar
            | Self::OpenAlex
            | Self::PapersWithCode
            | Self::Json => false,
        }
    }

    /// How far the source is believed on title, abstract, authors and all that has no order of its own. All of arXiv has one rank: there
    /// the version decides first. `markup` is that of the title, by which the rank of an unknown source is judged.
    pub fn rank(self, markup: Markup) -> u8 {
        match self {
            Self::ArxivFeed | Self::ArxivOai | Self::ArxivSnapshot | Self::ArxivMail => 12,
            Self::HuggingFace => 10,
            Self::OpenReview | Self::Biorxiv => 9,
            Self::Acl | Self::PubMed | Self::Crossref => 8,
            Self::Dblp | Self::DataCite | Self::Json => 7,
            Self::SemanticScholar
            | Self::OpenAlex
            | Self::PapersWithCode
            | Self::PaperList
            | Self::Oai
            | Self::Feed => 6,
            Self::Zotero | Self::Bibtex | Self::Ris | Self::EndNote | Self::WebOfScience | Self::Table => 5,
            Self::Starter => 4,
            Self::Page => 1,
            Self::Unknown => match markup {
                Markup::Tex => 11,
                Markup::Plain => 3,
                Markup::Page => 1,
                Markup::Summary => 0,
            },
        }
    }

    /// Which of two sources of one rank and version is believed.
    pub fn order(self) -> u8 {
        match self {
            Self::ArxivFeed => 4,
            Self::ArxivOai => 3,
            Self::ArxivSnapshot => 2,
            Self::ArxivMail => 1,
            _ => 0,
        }
    }

    /// How far the source is believed on the venue.
    pub fn venue_rank(self) -> u8 {
        match self {
            Self::Dblp | Self::Acl | Self::OpenReview | Self::PaperList => 5,
            Self::Crossref | Self::PubMed | Self::WebOfScience => 4,
            Self::Zotero | Self::Bibtex | Self::Ris | Self::EndNote | Self::Table | Self::Starter | Self::Json => 3,
            Self::SemanticScholar | Self::OpenAlex | Self::PapersWithCode | Self::DataCite | Self::Oai => 2,
            Self::Unknown
            | Self::Page
            | Self::HuggingFace
            | Self::ArxivMail
            | Self::ArxivFeed
            | Self::ArxivOai
            | Self::ArxivSnapshot
            | Self::Feed
            | Self::Biorxiv => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words_are_read_back() {
        for source in RecordSource::ALL {
            assert_eq!(RecordSource::from_number(source.number()), Some(*source));
            assert_eq!(RecordSource::from_name(source.name()), Some(*source));
        }
        assert_eq!((RecordSource::from_number(999), RecordSource::from_name("x")), (None, None));
    }
}
