//! Identifiers in every spelling find their paper, keys of every script name one, and a query without a letter finds none.

use std::fs;
use std::ops::ControlFlow;

use tempfile::TempDir;
use tsundoku::domain::query::Query;
use tsundoku::domain::reading::Change;
use tsundoku::library::{ImportRequest, Library};

const PAPERS: [&str; 4] = [
    r#"{"title": "Quiet Kites", "arxiv": "2403.11111", "doi": "10.1000/Kites.1"}"#,
    r#"{"title": "Old Strings", "arxiv": "hep-th/9901001"}"#,
    r#"{"title": "A Publisher's Paper", "doi": "10.1016/S0370-2693(99)00001-1"}"#,
    r#"{"title": "हिन्दी में क्ष और การเรียนรู้"}"#,
];

fn library() -> (TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("papers.jsonl");
    fs::write(&file, PAPERS.join("\n")).unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
    library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    (dir, library)
}

/// The keys that a query finds.
fn found(library: &mut Library, query: &str) -> Vec<String> {
    let hits = library.search(&Query::parse(query), &|| false).unwrap();
    library.keys(&hits).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn every_spelling_of_an_identifier_finds_its_paper() {
    let (_dir, mut library) = library();
    let spellings = [
        ("2403.11111", "arxiv:2403.11111"),
        ("2403.11111v2", "arxiv:2403.11111"),
        ("id:2403.11111v2", "arxiv:2403.11111"),
        ("arXiv:2403.11111v7", "arxiv:2403.11111"),
        ("https://arxiv.org/abs/2403.11111", "arxiv:2403.11111"),
        ("https://arxiv.org/pdf/2403.11111v1.pdf", "arxiv:2403.11111"),
        ("https://arxiv.org/html/2403.11111v3", "arxiv:2403.11111"),
        ("https://www.alphaxiv.org/abs/2403.11111", "arxiv:2403.11111"),
        ("https://huggingface.co/papers/2403.11111", "arxiv:2403.11111"),
        ("https://doi.org/10.48550/arXiv.2403.11111", "arxiv:2403.11111"),
        ("id:https://doi.org/10.1000/kites.1", "arxiv:2403.11111"),
        ("10.1000/KITES.1", "arxiv:2403.11111"),
        ("doi:10.1000/kites.1", "arxiv:2403.11111"),
        ("hep-th/9901001v2", "arxiv:hep-th/9901001"),
        ("https://arxiv.org/abs/hep-th/9901001v2", "arxiv:hep-th/9901001"),
        ("10.1016/S0370-2693(99)00001-1", "doi:10.1016/s0370-2693(99)00001-1"),
        ("https://doi.org/10.1016/S0370-2693(99)00001-1", "doi:10.1016/s0370-2693(99)00001-1"),
    ];
    for (query, key) in spellings {
        assert_eq!(found(&mut library, query), [key], "{query}");
        let resolved = library.resolve(query.strip_prefix("id:").unwrap_or(query)).unwrap();
        assert_eq!(resolved.map(|key| key.to_string()).as_deref(), Some(key), "{query}");
    }
    for query in ["2403.11112", "id:https://arxiv.org/abs/2403.11112", "10.1000/kites.2"] {
        assert_eq!(found(&mut library, query), [""; 0], "{query}");
    }
    // What is still being typed narrows.
    assert_eq!(found(&mut library, "id:2403.111"), ["arxiv:2403.11111"]);
}

#[test]
fn a_paper_known_by_a_title_of_any_script_is_listed_marked_and_read() {
    let (_dir, mut library) = library();
    let hits = library.search(&Query::parse("title:हिन्दी"), &|| false).unwrap();
    let keys = library.keys(&hits).unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(library.resolve(keys[0].as_str()).unwrap().as_ref(), Some(&keys[0]));
    library.change(&[Change::Star(keys[0].clone(), true)], "starred").unwrap();
    assert!(library.detail(&keys[0]).unwrap().unwrap().reading.starred);
    assert_eq!(library.records(&keys).unwrap().len(), 1);
    assert_eq!(found(&mut library, "is:starred"), [keys[0].to_string()]);
}

#[test]
fn a_query_without_a_letter_finds_no_paper() {
    let (_dir, mut library) = library();
    let shelf = found(&mut library, "digest:starter").len();
    assert_eq!(found(&mut library, "").len(), PAPERS.len() + shelf);
    for query in ["👍", "+", "...", "\"\"", "()", "NOT", "!", "-", "👍 sort:title", "-(👍)"] {
        assert_eq!(found(&mut library, query), [""; 0], "{query}");
    }
}
