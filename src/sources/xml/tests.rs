//! Whole documents of each kind.

use crate::domain::paper::Paper;
use crate::sources::tests::{check_variants, papers, read_text, summary};

const API: &str = include_str!("../../../tests/fixtures/xml/api.atom.xml");
const RSS: &str = include_str!("../../../tests/fixtures/xml/today.rss.xml");
const ATOM: &str = include_str!("../../../tests/fixtures/xml/today.atom.xml");
const OLD: &str = include_str!("../../../tests/fixtures/xml/old.rdf");
const OTHERS: &str = include_str!("../../../tests/fixtures/xml/others.xml");
const OAI: &str = include_str!("../../../tests/fixtures/xml/oai.xml");
const OAI_ERROR: &str = include_str!("../../../tests/fixtures/xml/oai_error.xml");
const PUBMED: &str = include_str!("../../../tests/fixtures/xml/pubmed.xml");
const ENDNOTE: &str = include_str!("../../../tests/fixtures/xml/endnote.xml");
const DBLP: &str = include_str!("../../../tests/fixtures/xml/dblp.xml");
const ACL: &str = include_str!("../../../tests/fixtures/xml/acl.xml");

const ZOTERO: &str = include_str!("../../../tests/fixtures/xml/zotero.rdf");

fn described(paper: &Paper) -> String {
    let id = paper.arxiv.as_ref().map(|id| format!(" arXiv:{id}")).unwrap_or_default();
    let version = paper.version.map(|version| format!("v{version}")).unwrap_or_default();
    let doi = paper.doi.as_ref().map(|doi| format!(" doi:{doi}")).unwrap_or_default();
    let dates = [paper.published, paper.updated]
        .into_iter()
        .flatten()
        .map(|date| date.to_string())
        .collect::<Vec<_>>()
        .join("..");
    let authors: Vec<_> = paper.authors.iter().map(|author| author.printed().into_owned()).collect();
    let place = paper.journal_ref.as_deref().or(paper.venue.as_deref()).unwrap_or("-");
    let digest = paper
        .sightings
        .first()
        .map(|sighting| format!("{} #{}", sighting.digest.id, sighting.rank.unwrap_or_default()));
    let summary: Vec<String> =
        paper.summary.iter().flat_map(|text| text.paragraphs()).map(|text| text.to_string()).collect();
    let links: Vec<_> = paper.links.iter().map(|link| link.url.clone()).collect();
    let words = [
        digest.unwrap_or_default(),
        paper.categories.join(" "),
        paper.keywords.join(", "),
        paper.comment.clone().unwrap_or_default(),
        summary.join(" / "),
        links.join(" "),
    ];
    let words: Vec<String> = words.into_iter().filter(|text| !text.is_empty()).collect();
    format!(
        "{} | {} | {dates}{id}{version}{doi} | {place} | {}",
        paper.title.line(),
        authors.join(", "),
        words.join(" | ")
    )
}

fn read(expected: &str, text: &str) -> Vec<String> {
    let (format, found) = read_text("answer.xml", text);
    assert_eq!(format, expected);
    let mut lines: Vec<String> = papers(&found).into_iter().map(described).collect();
    lines.extend(summary(&found).into_iter().filter(|line| line.starts_with("line ") || line.starts_with('(')));
    lines
}

#[test]
fn answers_of_the_api_are_read() {
    assert_eq!(
        read("feed", API),
        [
            "Quiet Gradients: Training with Less ω Noise | Jane Q. Doe, The Boat Collaboration | 2024-01-03..2024-02-01 arXiv:2401.99901v2 doi:10.9999/ex.1 | J. Examples 3 (2024) 1-9 | cs.LG stat.ML | 12 pages | First paragraph on one line. / Second paragraph, p<0.05.",
            "line 22: no title",
            "line 23: arXiv answers: incorrect id format for abc"
        ]
    );
}

#[test]
fn feeds_of_a_day_are_digests() {
    assert_eq!(
        read("feed", RSS),
        [
            "Quiet Gradients | Jane Q. Doe, Ludwig van der Berg | 2024-01 arXiv:2401.99901v1 doi:10.9999/ex.1 | J. Examples 3 (2024) 1-9 | arxiv:cs.LG:2024-01-05 #1 | cs.LG stat.ML | We train small models.",
            "Older Kites | Ada Roe | 2023-12 arXiv:2312.99902v3 | - | cs.CV | We fly again."
        ]
    );
    assert_eq!(
        read("feed", ATOM),
        [
            "Quiet Gradients | Jane Q. Doe | 2024-01 arXiv:2401.99901v1 | - | arxiv:cs.LG:2024-01-05 #1 | cs.LG | We train small models."
        ]
    );
    assert_eq!(
        read("feed", OLD),
        [
            "Measurement of Kites | Jane Doe, Ada Roe | 2018-05 arXiv:1805.98875v1 | - | arxiv:hep-ex:2018-05-24 #1 | hep-ex | Within 2.6<η<4 kites fly.",
            "Ropes | Ada Roe | 2018-05 arXiv:1805.99166v2 | - | nucl-th | x"
        ]
    );
    let error = RSS.replace("cs.LG updates on arXiv.org", "Feed error for query: cs.XX");
    assert!(read("feed", &error).contains(&"line 1: arXiv has no feed of `cs.XX`".to_owned()));
}

#[test]
fn feeds_of_others_give_the_papers_that_they_lead_to() {
    assert_eq!(
        read("feed", OTHERS),
        [
            "Kites Elsewhere | Jane Doe, Ada Roe |  arXiv:2607.98609 | - | We fly.",
            "line 4: the entry leads to no paper: neither an arXiv id nor a DOI"
        ]
    );
}

#[test]
fn oai_is_read() {
    assert_eq!(
        read("oai", OAI),
        [
            "Quiet Gradients: Training with Less Noise | Jane Q. Doe, Ludwig van der Berg Jr | 2024-01-03..2024-02-01 arXiv:2401.99901 doi:10.9999/ex.1 | J. Ex. 3 (2024) | cs.LG stat.ML | 12 pages | We train. / Second paragraph.",
            "Raw Kites | Ada Roe, J. Müller | 2024-01-03..2024-02-01 arXiv:2401.99903v2 | - | cs.CV | Text.",
            "Note on s₀ unions | B. Özel, Ada von Roe | 2024-01-16..2024-02-16 arXiv:2401.99904 doi:10.9999/logic.1 | J. Logic 3 (2024) 1 | Mathematics - Logic | 3 pages | The x text.",
            "(line 12: oai:arXiv.org:2401.99902 was deleted by its repository)",
            "line 22: metadata in the format `mods`, which is not read",
            "(line 1: one page of a list; the next pages are in other files)"
        ]
    );
    assert_eq!(read("oai", OAI_ERROR), ["line 1: the service answers: badResumptionToken: The token expired"]);
    assert_eq!(read("oai", &OAI_ERROR.replace("badResumptionToken", "noRecordsMatch")), [""; 0]);
}

#[test]
fn pubmed_is_read() {
    assert_eq!(
        read("pubmed", PUBMED),
        [
            "Kites of H₂O in vivo | Ada B Roe Jr, Quiet Boats | 2013-10 doi:10.9999/8949 | Journal of kites 36(9) (2013) 764-9 | Animals | BACKGROUND: Some text. / RESULTS: More, P<0.05. | https://pubmed.ncbi.nlm.nih.gov/23633646/",
            "Book of Ropes | J Doe | 1999 | Book of Ropes | https://pubmed.ncbi.nlm.nih.gov/2/",
            "line 11: no title"
        ]
    );
}

#[test]
fn endnote_is_read() {
    assert_eq!(
        read("endnote", ENDNOTE),
        [
            "Plain Kites of Glass | Ada Roe, J. Doe | 2014-05-03 doi:10.9999/kites.9 | Journal of Kites 3(2) (2014) 1-9 | kites, wind | We fly. | https://example.org/kites",
            "Ropes |  | 2011 | - | thesis, University of Examples",
            "line 2: no title"
        ]
    );
}

#[test]
fn dblp_is_read() {
    assert_eq!(
        read("dblp", DBLP),
        [
            "Weighted Tree Transformations | Zoltán Fülöp, Ada Roe | 2012 doi:10.9999/s00236-011-0148-5 | Acta Inf. 49(1) (2012) 29-52 | ",
            "Mist? | Ada Roe | 2024 arXiv:2404.99905 | - | ",
            "Ropes | Ada Roe | 2011 | - | PhD thesis, University of Examples"
        ]
    );
}

#[test]
fn the_acl_anthology_is_read() {
    assert_eq!(
        read("acl", ACL),
        [
            "Strings from Neurons to x² | Ada Roe, Ludwig van der Berg | 2022-08 doi:10.9999/v1/2022.ex-1.1 | Proceedings of the Third Workshop on Kites (2022) 1–10 | We fly. | https://aclanthology.org/2022.ex-1.1/"
        ]
    );
}

#[test]
fn the_rdf_of_zotero_is_read() {
    assert_eq!(
        read("zotero-rdf", ZOTERO),
        [
            "Kites of Glass | Ada Roe | 2020-08 doi:10.9999/kites.7 | Journal of Kites 3 (2020) 1-9 | kites, wind | We fly. | https://example.org/kites",
            "Other Kites |  |  | Journal of Kites 3 | https://example.org/other",
            "Ropes |  | 2024-02-13 arXiv:2402.99903 | - | stat.ML | 12 pages",
            "Boats |  |  doi:10.9999/boats | Proceedings of Boats | ",
            "Book of Ropes |  |  | - | Example Press"
        ]
    );
}

#[test]
fn variants_make_no_other_papers() {
    for text in [API, RSS, ATOM, OLD, OTHERS, OAI, PUBMED, ENDNOTE, DBLP, ACL, ZOTERO] {
        check_variants("answer.xml", text.as_bytes());
    }
}
