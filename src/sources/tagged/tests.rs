//! Whole files of the tagged formats.

use crate::sources::tests::{check_variants, described, papers, read_text, summary};

const RIS: &str = include_str!("../../../tests/fixtures/bibliographies/papers.ris");
const NBIB: &str = include_str!("../../../tests/fixtures/bibliographies/papers.nbib");
const REFER: &str = include_str!("../../../tests/fixtures/bibliographies/papers.enw");
const WOS: &str = include_str!("../../../tests/fixtures/bibliographies/papers.ciw");

fn read(name: &str, text: &str) -> Vec<String> {
    let (format, found) = read_text(&format!("papers.{name}"), text);
    let mut lines: Vec<String> = papers(&found).into_iter().map(described).collect();
    lines.extend(summary(&found).into_iter().filter(|line| line.starts_with("line ") || line.starts_with('(')));
    lines.insert(0, format.to_owned());
    lines
}

#[test]
fn ris_is_read() {
    assert_eq!(
        read("ris", RIS),
        [
            "ris",
            "Kites in vivo & in glass | Ada B. Roe, Jane Doe Jr. | 2016-12-24 doi:10.9999/kites.1 | Journal of Kites 12(3) (2016) 310–324 | kites, wind",
            "Gardens of Glass | The Example Team | 2024-03-05 arXiv:2403.99904 | - | Computer Science - Computer Vision, cs.CV",
            "Ropes | Ludwig van der Berg | 2011 | - | ",
            "Begun anyhow |  | 2001-09-01 | Without a type | ",
            "Never ended |  |  | - | ",
            "Only a Second Title |  |  | - | ",
            "line 44: no title"
        ]
    );
}

#[test]
fn medline_is_read() {
    assert_eq!(
        read("nbib", NBIB),
        [
            "nbib",
            "Kites identify susceptibility to wind in eastern gardens | Ada Roe, Ludwig J van der Berg, Quiet Boats Consortium | 2019-05 doi:10.9999/j.kites.2019.02.023 | Journal of kites 153(2) (2019) 343-355 | Animals, Kites",
            "Ropes of the sea | MJ van Raaij, A Roe | 1996-07-09 | Ropes | rope",
            "Examples of Examples | Jane Doe | 2019 | Example, Inc. | ",
            "line 43: no title"
        ]
    );
}

#[test]
fn refer_is_read() {
    assert_eq!(
        read("enw", REFER),
        [
            "refer",
            "Kites of the Two Seas | Ada Roe, 余敏 | 2009-05-03 doi:10.9999/kites.2 | Journal of Kites 29(2) (2009) 94-98 | kites, wind",
            "Corn | W. H. Newman | 1891 | - | Corn -- Yields",
            "Ropes | Ludwig Berg |  | - | ",
            "Boats | Jane Doe | 2024-08 arXiv:2404.99905 | Proceedings of Boats | ",
            "line 29: no title"
        ]
    );
}

#[test]
fn web_of_science_is_read() {
    assert_eq!(
        read("ciw", WOS),
        [
            "wos",
            "Kites stabilizing the core of wind | Ada Roe, Jane Q. Doe | 2004-06-15 doi:10.9999/kites.3 | JOURNAL OF KITES 43(22) (2004) 7003–7010 | kites, wind and weather",
            "line 25: no title"
        ]
    );
}

#[test]
fn lines_that_go_on_are_one_text() {
    let found = read_text("papers.nbib", NBIB).1;
    let summary = papers(&found)[0].summary.as_ref().unwrap().paragraphs();
    assert_eq!(
        summary.iter().map(|text| text.to_string()).collect::<Vec<_>>(),
        ["OBJECTIVE: To fly kites. RESULTS: They flew (P<10%)."]
    );
}

#[test]
fn variants_make_no_other_papers() {
    for (name, text) in [("papers.ris", RIS), ("papers.nbib", NBIB), ("papers.enw", REFER), ("papers.ciw", WOS)] {
        check_variants(name, text.as_bytes());
    }
}

#[test]
fn a_record_without_end_takes_bounded_memory() {
    let text = format!(
        "TY  - JOUR\nTI  - T\nAB  - x\n{}ER  - \nTY  - JOUR\nTI  - Next\nER  - \n",
        format!("{}\n", "x".repeat(1 << 20)).repeat(20)
    );
    assert_eq!(summary(&read_text("a.ris", &text).1), ["line 1: longer than 16 MB", "- - Next"]);
}
