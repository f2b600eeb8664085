//! Whole files through the reader.

use crate::domain::paper::{LinkKind, Paper};
use crate::sources::ReadItem;
use crate::sources::tests::{check_variants, papers, read_text, summary};

const PROGRAMS: &str = include_str!("../../../tests/fixtures/bibliographies/programs.bib");
const SLOPPY: &str = include_str!("../../../tests/fixtures/bibliographies/sloppy.bib");

/// Title, first author, number of authors, date, ids and place of a paper.
fn described(paper: &Paper) -> String {
    let id = paper.arxiv.as_ref().map(|id| format!(" arXiv:{id}")).unwrap_or_default();
    let doi = paper.doi.as_ref().map(|doi| format!(" doi:{doi}")).unwrap_or_default();
    let date = paper.published.map(|date| date.to_string()).unwrap_or_default();
    let first = paper.authors.first().map(|author| author.printed().into_owned()).unwrap_or_default();
    let place = paper.journal_ref.as_deref().or(paper.venue.as_deref()).unwrap_or("-");
    let (title, count, categories) = (paper.title.line(), paper.authors.len(), paper.categories.join(" "));
    format!("{title} | {first} {count} | {date}{id}{doi} | {place} | {categories}")
}

#[test]
fn the_styles_of_all_programs_are_read() {
    let (format, found) = read_text("refs.bib", PROGRAMS);
    assert_eq!(format, "bibtex");
    let lines: Vec<String> = papers(&found).into_iter().map(described).collect();
    assert_eq!(
        lines,
        [
            "Quiet Gradients: Training with Less Noise | Jane Q. Doe 2 | 2024 arXiv:2401.99901 doi:10.9999/ex.1 | - | cs.LG",
            "Quiet gradients of scholars | Jane Q Doe 3 | 2024 arXiv:2401.99902 | - | ",
            "Kites and the Weather: A Study of Wind | Ada Roe 1 | 2024-02 arXiv:2402.99903 | - | stat.ML",
            "Gardens of Glass | Ada Roe 2 | 2024-03-05 arXiv:2403.99904 | - | cs.CV",
            "Harbours in the Mist | Ada Roe 2 | 2024 arXiv:2404.99905 | - | ",
            "Lanterns & Long Nights | Ada Roe 2 | 2009-05 doi:10.9999/s00222-009 | Annals of Light & Shade 170(2) (2009) 105–140 | ",
            "Paper Boats for LLMs and German Text | Jane Q. Doe 3 | 2024-08 doi:10.99999/v1/2024.findings-ex.1 | \
             Findings of the Association for Examples: EX 2024 (2024) 1–9 | ",
            "Ropes | Ludwig van der Berg 1 | 2011-01 | - | ",
            "Mist over H₂O | First Author 2 | 2006-10 | Proceedings of the Tenth Conference on Mist (2006) 330–331 | ",
            "Proceedings of the Tenth Conference on Mist |  0 | 2006-10 doi:10.9999/proceedings | - | ",
        ]
    );
}

#[test]
fn a_sloppy_file_loses_only_what_is_broken() {
    let found = read_text("refs.bib", SLOPPY).1;
    assert_eq!(
        summary(&found),
        [
            "- - With (parentheses) and \"quotes\"",
            "- - Commas first",
            "line 16: entry `three`: a `{` in its fields is never closed",
            "(line 18: entry `eleven` is not closed; its fields were read)",
            "- - An escaped brace",
            "(line 23: entry `four` is not closed; its fields were read)",
            "- - No comma",
            "- - Closed at last",
            "line 32: entry `six`: no title",
            "- - Without a key",
            "- - Braces",
            "line 39: entry `ten`: expected a field like `title = {...}`, found `title`",
            "(line 34: entry `seven`: the file has no entry `nowhere`, to which it refers)",
            "- - An orphan",
        ]
    );
    let venues: Vec<_> = papers(&found).into_iter().filter_map(|paper| paper.venue.as_deref()).collect();
    assert_eq!(venues, ["Journal of Examples", "Journal of Examples of Months"]);
}

#[test]
fn fields_go_where_they_belong() {
    let found = read_text("refs.bib", PROGRAMS).1;
    let all = papers(&found);
    let zotero = all.iter().find(|paper| paper.title.line().starts_with("Kites")).unwrap();
    assert_eq!(zotero.keywords, ["kites", "wind & weather"]);
    assert_eq!(zotero.comment.as_deref(), Some("12 pages, 3 figures"));
    assert_eq!(zotero.summary.as_ref().map(|text| text.source.as_str()), Some("We fly 90\\% of all kites."));
    assert_eq!(zotero.links.iter().filter(|link| link.kind == LinkKind::Abstract).count(), 0);
    assert!(found.iter().all(|item| matches!(item, ReadItem::Record { .. })), "{:?}", summary(&found));
}

#[test]
fn cut_and_encoded_variants_make_no_other_papers() {
    check_variants("refs.bib", PROGRAMS.as_bytes());
    check_variants("refs.bib", SLOPPY.as_bytes());
}

#[test]
fn hostile_files_take_linear_time() {
    let braces = format!("@misc{{a, title = {}x{}}}", "{".repeat(1 << 20), "}".repeat(1 << 20));
    let heads = "@misc{a, title = {\n".repeat(50_000);
    let quotes = format!("@misc{{a, title = \"{}", "\" x".repeat(1 << 20));
    let ands = format!("@misc{{a, title = {{T}}, author = {{{}}}}}", "a and ".repeat(200_000));
    for text in [braces, heads, quotes, ands, "@".repeat(1 << 20), "@misc{a, title=".repeat(50_000)] {
        assert!(read_text("refs.bib", &text).1.len() <= 100_001);
    }
}
