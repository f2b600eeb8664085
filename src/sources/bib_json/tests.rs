//! Whole documents of each shape.

use crate::domain::paper::Paper;
use crate::sources::tests::{check_variants, papers, read_text, summary};

const CSL: &str = include_str!("../../../tests/fixtures/bib_json/papers.csl.json");
const CROSSREF: &str = include_str!("../../../tests/fixtures/bib_json/crossref.json");
const ZOTERO: &str = include_str!("../../../tests/fixtures/bib_json/zotero.json");
const ZOTERO_API: &str = include_str!("../../../tests/fixtures/bib_json/zotero_api.json");
const OPENALEX: &str = include_str!("../../../tests/fixtures/bib_json/openalex.json");
const SEMANTIC_SCHOLAR: &str = include_str!("../../../tests/fixtures/bib_json/semantic_scholar.json");
const SERVICES: &str = include_str!("../../../tests/fixtures/bib_json/services.jsonl");

const LISTS: &str = include_str!("../../../tests/fixtures/bib_json/lists.json");

fn described(paper: &Paper) -> String {
    let id = paper.arxiv.as_ref().map(|id| format!(" arXiv:{id}")).unwrap_or_default();
    let doi = paper.doi.as_ref().map(|doi| format!(" doi:{doi}")).unwrap_or_default();
    let date = paper.published.map(|date| date.to_string()).unwrap_or_default();
    let authors: Vec<_> = paper.authors.iter().map(|author| author.printed().into_owned()).collect();
    let place = paper.journal_ref.as_deref().or(paper.venue.as_deref()).or(paper.comment.as_deref()).unwrap_or("-");
    let summary = paper.summary.as_ref().map(|text| text.line().to_string()).unwrap_or_default();
    let links: Vec<_> = paper.links.iter().map(|link| link.url.as_str()).collect();
    let words = [paper.keywords.join(", "), paper.categories.join(", "), summary, links.join(" ")];
    let words: Vec<String> = words.into_iter().filter(|text| !text.is_empty()).collect();
    format!("{} | {} | {date}{id}{doi} | {place} | {}", paper.title.line(), authors.join(", "), words.join(" | "))
}

fn read(name: &str, text: &str) -> Vec<String> {
    let (format, found) = read_text(name, text);
    assert_eq!(format, "bib-json", "{name}");
    let mut lines: Vec<String> = papers(&found).into_iter().map(described).collect();
    lines.extend(summary(&found).into_iter().filter(|line| line.starts_with("line ") || line.starts_with('(')));
    lines
}

#[test]
fn csl_json_is_read() {
    assert_eq!(
        read("papers.json", CSL),
        [
            "Lanterns & Long Nights: CO₂ | Ludwig van der Berg, The Example Team, Ada Roe Jr | 2009-05 doi:10.9999/S00222-009 | Annals of Light 170(2) (2009) 105–140 | light, night",
            "Gardens of H₂ Glass | Ada Roe | 2024-03-05 arXiv:2403.99904 | - | cs.CV",
            "Ropes |  | 2011-05 | PhD thesis, University of Examples | ",
            "line 14: not a paper of a known service or program",
            "line 16: not a paper of a known service or program"
        ]
    );
}

#[test]
fn crossref_is_read() {
    assert_eq!(
        read("papers.json", CROSSREF),
        [
            "Quiet Gradients: Training with Less Noise: A Study | Jane Q. Doe, The Example Team | 2024-02 arXiv:2401.99901 doi:10.9999/ex.1 | Journal of Examples 3 (2024) 1-9 | We train < 3 models.",
            "Kites |  | 2020-01-03 doi:10.9999/2020.01.02.1 | bioRxiv | "
        ]
    );
}

#[test]
fn zotero_is_read() {
    assert_eq!(
        read("papers.json", ZOTERO),
        [
            "Kites and Wind–Weather | Ada Roe | 2024-02-13 arXiv:2402.99903 | 12 pages | kites, wind | stat.ML | We fly x² kites.",
            "Ropes | Quiet Boats | 2011-05 doi:10.9999/ropes | PhD Thesis, University of Examples | https://pubmed.ncbi.nlm.nih.gov/123/",
            "line 7: no title"
        ]
    );
    assert_eq!(read("papers.json", ZOTERO_API), ["Boats | Jane Doe | 2024 | Proceedings of Boats (2024) 1-9 | "]);
}

#[test]
fn openalex_is_read() {
    assert_eq!(
        read("papers.json", OPENALEX),
        [
            "Quiet Gradients: Training | Jane Q. Doe, Ludwig Berg | 2024-01-03 arXiv:2401.99901 | - | We train We rest. | https://pubmed.ncbi.nlm.nih.gov/777/",
            "Only a Year |  | 1999 | Journal of Years 4(2) (1999) 1–9 | https://example.org/w2"
        ]
    );
}

#[test]
fn semantic_scholar_is_read() {
    assert_eq!(
        read("papers.json", SEMANTIC_SCHOLAR),
        [
            "Quiet Gradients | J. Q. Doe, L. Berg | 2024-01-03 arXiv:2401.99901 | - | https://www.semanticscholar.org/paper/0f0e https://pubmed.ncbi.nlm.nih.gov/99/",
            "Kites of Old |  | 1950 doi:10.9999/KITES | Journal of Kites LIX (1950) 433-460 | "
        ]
    );
}

#[test]
fn other_services_are_read() {
    assert_eq!(
        read("papers.jsonl", SERVICES),
        [
            "Quiet Gradients | Jane Q. Doe, Ludwig Berg | 2024-01-03 arXiv:2401.99901 | - | Training | We train.",
            "Open Kites | Jane Q. Doe | 2024-01-15 | EX 2024 poster | noise | We fly. | https://openreview.net/forum?id=aB3",
            "Mist & Rope | Wei Wang | 2024 arXiv:2404.99905 | - | https://dblp.org/rec/journals/corr/abs-2404-99905",
            "Data of Kites | Ada Roe, Quiet Boats | 2024-05-06 arXiv:2405.99906 | - | Text.",
            "A model of kites | L. R. Lopez, X. Rodo | 2020-03-30 doi:10.9999/2020.03.27.2 | medrxiv | After the wind. | http://medrxiv.org/cgi/content/short/2020.03.27.2"
        ]
    );
}

#[test]
fn lists_that_tools_save_are_read() {
    assert_eq!(
        read("papers.json", LISTS),
        [
            "Kites of d Glass | Jane Doe, Ada Roe | 2025-09-26 arXiv:2509.92625 | 10 pages | math.RT, math.CT | Let d fly.",
            "Robust Kites | Jane Doe, Ada Roe, Li Wei |  | Withdraw | kites, wind | We fly. | https://github.com/example/kites https://openreview.net/forum?id=B11b",
        ]
    );
}

#[test]
fn variants_make_no_other_papers() {
    for text in [CSL, CROSSREF, ZOTERO, ZOTERO_API, OPENALEX, SEMANTIC_SCHOLAR, SERVICES, LISTS] {
        check_variants("papers.json", text.as_bytes());
    }
}
