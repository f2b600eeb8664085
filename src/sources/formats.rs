//! The table of import formats. A new format is a file with a `recognises` and a `read` function, and a row here.

use super::archived::Wanted;
use super::decode::{FileHead, InputLines};
use super::input::{Origin, ending};
use super::item::Visit;
use super::unpack::without_packing;
use super::{arxiv_mail, bib_json, bibtex, csv_table, hf_html, hf_json, lines, page, snapshot, tagged, xml};
use crate::domain::record_source::RecordSource;
use crate::error::Result;

/// A format of files that can be imported.
pub struct ImportFormat {
    /// The word for `--from` and reports.
    pub name: &'static str,
    /// Who states the records, where a record does not say it itself.
    pub(super) source: RecordSource,
    /// One line for messages and help.
    pub doc: &'static str,
    /// Endings of such files' names, in lower case without the dot; of a folder only files with one of these are read.
    pub endings: &'static [&'static str],
    /// Whether its records may state what the user did with a paper.
    pub states: CarriedStates,
    /// Whether a file that begins like this is one.
    pub(super) recognises: fn(&FileHead<'_>) -> bool,
    /// Reads the lines of a file of this format. Errors: Data when the file is not what it should be, System when reading fails.
    pub(super) read: fn(&Origin<'_>, InputLines<'_>, &mut Visit<'_>) -> Result<()>,
}

/// The reading states that the records of a format carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarriedStates {
    None,
    /// Those of this program, which are restored.
    Own,
    /// Those of other programs, which are taken when the user wants them.
    Foreign,
}

/// Every format that can be imported; the first that recognises a file reads it.
pub const IMPORT_FORMATS: &[ImportFormat] = &[
    ImportFormat {
        name: "page",
        source: RecordSource::Page,
        doc: "a Hugging Face papers page, copied as text",
        endings: &["txt", "text"],
        states: CarriedStates::None,
        recognises: page::recognises,
        read: page::read,
    },
    ImportFormat {
        name: "arxiv-mail",
        source: RecordSource::ArxivMail,
        doc: "the daily mails of arXiv, one or more",
        endings: &["txt", "text", "eml", "abs"],
        states: CarriedStates::None,
        recognises: arxiv_mail::recognises,
        read: arxiv_mail::read,
    },
    ImportFormat {
        name: "feed",
        source: RecordSource::Feed,
        doc: "Atom and RSS: arXiv's API and feeds, and feeds that lead to papers",
        endings: &["atom", "rss", "rdf", "xml"],
        states: CarriedStates::None,
        recognises: xml::feed::recognises,
        read: xml::feed::read,
    },
    ImportFormat {
        name: "oai",
        source: RecordSource::Oai,
        doc: "an answer of OAI-PMH, of arXiv or another repository",
        endings: &["xml"],
        states: CarriedStates::None,
        recognises: xml::oai::recognises,
        read: xml::oai::read,
    },
    ImportFormat {
        name: "zotero-rdf",
        source: RecordSource::Zotero,
        doc: "Zotero's RDF",
        endings: &["rdf"],
        states: CarriedStates::Foreign,
        recognises: xml::zotero_rdf::recognises,
        read: xml::zotero_rdf::read,
    },
    ImportFormat {
        name: "pubmed",
        source: RecordSource::PubMed,
        doc: "the XML of PubMed",
        endings: &["xml"],
        states: CarriedStates::None,
        recognises: xml::pubmed::recognises,
        read: xml::pubmed::read,
    },
    ImportFormat {
        name: "endnote",
        source: RecordSource::EndNote,
        doc: "the XML of EndNote",
        endings: &["xml"],
        states: CarriedStates::None,
        recognises: xml::endnote::recognises,
        read: xml::endnote::read,
    },
    ImportFormat {
        name: "dblp",
        source: RecordSource::Dblp,
        doc: "the XML of DBLP, all of it or a part",
        endings: &["xml"],
        states: CarriedStates::None,
        recognises: xml::dblp::recognises,
        read: xml::dblp::read,
    },
    ImportFormat {
        name: "acl",
        source: RecordSource::Acl,
        doc: "the XML of a volume of the ACL Anthology",
        endings: &["xml"],
        states: CarriedStates::None,
        recognises: xml::acl::recognises,
        read: xml::acl::read,
    },
    ImportFormat {
        name: "html",
        source: RecordSource::HuggingFace,
        doc: "a Hugging Face papers page, saved as HTML",
        endings: &["html", "htm"],
        states: CarriedStates::None,
        recognises: hf_html::recognises,
        read: hf_html::read,
    },
    ImportFormat {
        name: "hf",
        source: RecordSource::HuggingFace,
        doc: "an answer of Hugging Face's API of daily papers, saved as JSON",
        endings: &["json"],
        states: CarriedStates::None,
        recognises: hf_json::recognises,
        read: hf_json::read,
    },
    ImportFormat {
        name: "bib-json",
        source: RecordSource::Crossref,
        doc: "CSL-JSON, and the JSON of Zotero, Crossref, OpenAlex, Semantic Scholar and other services",
        endings: &["json", "jsonl", "ndjson"],
        states: CarriedStates::Foreign,
        recognises: bib_json::recognises,
        read: bib_json::read,
    },
    ImportFormat {
        name: "arxiv-snapshot",
        source: RecordSource::ArxivSnapshot,
        doc: "the metadata of all of arXiv, as published on Kaggle",
        endings: &["json", "jsonl", "ndjson"],
        states: CarriedStates::None,
        recognises: snapshot::recognises,
        read: snapshot::read,
    },
    ImportFormat {
        name: "bibtex",
        source: RecordSource::Bibtex,
        doc: "a BibTeX or biblatex bibliography",
        endings: &["bib", "bibtex"],
        states: CarriedStates::Foreign,
        recognises: bibtex::recognises,
        read: bibtex::read,
    },
    ImportFormat {
        name: "ris",
        source: RecordSource::Ris,
        doc: "RIS, as publishers and reference managers export it",
        endings: &["ris"],
        states: CarriedStates::None,
        recognises: tagged::ris::recognises,
        read: tagged::ris::read,
    },
    ImportFormat {
        name: "nbib",
        source: RecordSource::PubMed,
        doc: "a list of PubMed, or of ERIC, in the format of MEDLINE",
        endings: &["nbib", "medline"],
        states: CarriedStates::None,
        recognises: tagged::nbib::recognises,
        read: tagged::nbib::read,
    },
    ImportFormat {
        name: "refer",
        source: RecordSource::EndNote,
        doc: "a list of EndNote in the format of refer",
        endings: &["enw", "ref", "refer", "endf"],
        states: CarriedStates::None,
        recognises: tagged::refer::recognises,
        read: tagged::refer::read,
    },
    ImportFormat {
        name: "wos",
        source: RecordSource::WebOfScience,
        doc: "a list of the Web of Science, with its field tags",
        endings: &["ciw", "isi"],
        states: CarriedStates::None,
        recognises: tagged::wos::recognises,
        read: tagged::wos::read,
    },
    ImportFormat {
        name: "csv",
        source: RecordSource::Table,
        doc: "a table with a header: Zotero's, our own, or any with columns for title and authors or identifiers",
        endings: &["csv", "tsv"],
        states: CarriedStates::Foreign,
        recognises: csv_table::recognises,
        read: csv_table::read,
    },
    ImportFormat {
        name: "json",
        source: RecordSource::Json,
        doc: "JSON lines as `export --format json` writes them",
        endings: &["jsonl", "ndjson"],
        states: CarriedStates::Own,
        recognises: lines::recognises,
        read: lines::read,
    },
];

/// Whether a file of this name may have an import format, by its ending; also when it is packed.
pub(super) fn is_named_as_read(name: &str) -> bool {
    let ending = ending(without_packing(name));
    IMPORT_FORMATS.iter().any(|source| source.endings.contains(&ending.as_str()))
}

/// Why a file is left out that was not named by the user.
pub(super) const OTHER_ENDING: &str = "not a file of an import format, by its ending";

/// Whether a file in an archive is read. macOS adds files of its own, in one folder and hidden.
pub(super) fn wanted_member(name: &str) -> Wanted {
    let file = name.rsplit('/').next().unwrap_or(name);
    match () {
        () if name.starts_with("__MACOSX/") || file.is_empty() || file.starts_with('.') => Wanted::Ignored,
        () if is_named_as_read(name) => Wanted::Read,
        () => Wanted::Skipped(OTHER_ENDING),
    }
}
