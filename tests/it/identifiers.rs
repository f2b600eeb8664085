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
        ("https://doi.org/10.1016%2FS0370-2693%2899%2900001-1", "doi:10.1016/s0370-2693(99)00001-1"),
        (
            "https://publisher.example/doi/pdf/10.1016/S0370-2693(99)00001-1?download=1#p2",
            "doi:10.1016/s0370-2693(99)00001-1",
        ),
        ("DOI 10.1016/S0370-2693(99)00001-1.", "doi:10.1016/s0370-2693(99)00001-1"),
        ("doi: 10.1000/kites.1", "arxiv:2403.11111"),
        ("arXiv:2403.11111v2 [cs.CL] 1 Mar 2024", "arxiv:2403.11111"),
        ("https://www.semanticscholar.org/arxiv/2403.11111", "arxiv:2403.11111"),
        ("https://ar5iv.org/abs/2403.11111", "arxiv:2403.11111"),
        ("https://export.arxiv.org/pdf/2403.11111v2.pdf", "arxiv:2403.11111"),
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

/// A library of records, one JSON object a line, and how many of them are papers of their own.
fn library_of(lines: &str) -> (TempDir, Library, usize) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("papers.jsonl");
    fs::write(&file, lines).unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
    let report = library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    (dir, library, report.total().new)
}

/// Each record is a paper of its own that is found by its key, marked and read.
fn assert_papers_of_their_own(lines: &str) {
    let (_dir, mut library, new) = library_of(lines);
    assert_eq!(new, lines.lines().count());
    library.change(&[Change::DigestHidden("starter:shelf".to_owned(), true)], "hidden").unwrap();
    let hits = library.search(&Query::parse("source:papers"), &|| false).unwrap();
    let shown = library.search(&Query::parse(""), &|| false).unwrap();
    let keys = library.keys(if hits.count == new { &hits } else { &shown }).unwrap();
    for key in &keys {
        assert_eq!(library.resolve(key.as_str()).unwrap().as_ref(), Some(key));
        library.change(&[Change::Note(key.clone(), "read twice".to_owned())], "noted").unwrap();
        assert_eq!(library.detail(key).unwrap().unwrap().reading.note, "read twice");
    }
    assert_eq!(found(&mut library, "has:note").len(), keys.len());
    assert_eq!(library.records(&keys).unwrap().len(), keys.len());
}

#[test]
fn titles_that_differ_in_a_sign_or_in_their_script_are_papers_of_their_own() {
    let titles = [
        "Practical C++ Kites",
        "Practical C# Kites",
        "Practical C Kites",
        "X + Y",
        "X − Y",
        "X → Y",
        "X < Y",
        "Kites for .NET",
        "Kites for NET",
        "हिन्दी की पतंग",
        "தமிழ் பட்டம்",
        "ว่าวไทย",
        "🅱 kites",
        "H₂ Kites",
        "H₃ Kites",
    ];
    let lines: Vec<String> = titles.iter().map(|title| format!(r#"{{"title": "{title}"}}"#)).collect();
    assert_papers_of_their_own(&lines.join("\n"));
}

#[test]
fn the_shared_cases_of_identity_come_out_right() {
    let Some(cases) = std::env::var_os("TSUNDOKU_TEST_CASES").map(std::path::PathBuf::from) else { return };
    let lines = |name: &str| fs::read_to_string(cases.join(name)).unwrap();
    for name in ["f05.jsonl", "f75.jsonl"] {
        assert_papers_of_their_own(&lines(name));
    }
    let (_dir, mut library, new) = library_of(&lines("f01.jsonl"));
    assert_eq!(new, 4);
    let expected = lines("f01.expected");
    let queries = expected.split_once("list ").unwrap().1.split('|').map(str::trim);
    for query in queries {
        assert_eq!(found(&mut library, query).len(), 1, "{query}");
    }
    for query in lines("f03.expected").split_once("-- ").unwrap().1.split(';').next().unwrap().split('|') {
        assert_eq!(found(&mut library, query.trim().trim_matches('\'')), [""; 0], "{query}");
    }
}

#[test]
fn dashes_join_words_and_further_sort_keys_count() {
    let lines = [
        r#"{"title": "Tele–fluff kites", "authors": ["Ann Abel", "Bo Li"], "published": "2021"}"#,
        r#"{"title": "Tele-fluff flutes", "authors": ["Ann Abel"], "published": "2023"}"#,
        r#"{"title": "Tele−fluff drums", "authors": ["Ann Abel", "Al Ur"], "published": "2022"}"#,
    ];
    let (_dir, mut library, new) = library_of(&lines.join("\n"));
    assert_eq!(new, 3);
    assert_eq!(found(&mut library, "title:'telefluff").len(), 3);
    assert_eq!(found(&mut library, "title:tele—fluff").len(), 3);
    let order = |library: &mut Library, query: &str| found(library, query).join(" ");
    let [one, two, three] = ["telefluffkites", "telefluffflutes", "telefluffdrums"].map(|key| format!("title:{key}"));
    assert_eq!(order(&mut library, "telefluff sort:author,date"), format!("{one} {three} {two}"));
    assert_eq!(order(&mut library, "telefluff sort:author,-date"), format!("{two} {three} {one}"));
    assert_eq!(found(&mut library, "telefluff added:today").len(), 3);
    assert_eq!(found(&mut library, "telefluff added:yesterday").len(), 0);
}

#[test]
fn signs_of_a_word_count_in_searches() {
    let titles = [
        "Kites in C++",
        "Kites in C",
        "Kites in C#",
        "Kites on .NET",
        "Kites on the Net",
        "Kites in F*",
        "Kites, f-tested",
    ];
    let lines: Vec<String> = titles.iter().map(|title| format!(r#"{{"title": "{title}"}}"#)).collect();
    let (_dir, mut library, _) = library_of(&lines.join("\n"));
    let mut titles_of = |query: &str| {
        let hits = library.search(&Query::parse(query), &|| false).unwrap();
        let keys = library.keys(&hits).unwrap();
        let titles = library.records(&keys).unwrap().into_iter().map(|record| record.paper.title.source);
        titles.collect::<Vec<_>>()
    };
    for (query, title) in [
        ("c++ kites", "Kites in C++"),
        ("kites title:c++", "Kites in C++"),
        ("C# kites", "Kites in C#"),
        (".net kites", "Kites on .NET"),
        ("kites .ne", "Kites on .NET"),
        ("f* kites", "Kites in F*"),
        ("'c++ kites", "Kites in C++"),
    ] {
        assert_eq!(titles_of(query), [title], "{query}");
    }
    let others = titles_of("kites !c++ !c# 'c");
    assert!(
        others.contains(&"Kites in C".to_owned()) && !others.iter().any(|title| title.contains(['+', '#'])),
        "{others:?}"
    );
    // No title has the sign, and the word is long enough to mean something without it.
    assert_eq!(titles_of("kite* kites"), titles_of("kite kites"));
    assert_eq!(titles_of("q++ kites"), [""; 0]);
}

#[test]
fn a_pasted_page_is_searched_by_its_first_words_and_says_so() {
    let (_dir, mut library) = library();
    let page = "kites are quiet and fly ".repeat(5_000);
    let query = Query::parse(&page);
    assert!(query.mistakes.iter().any(|mistake| mistake.message.contains("at most 64 words")));
    assert!(library.search(&query, &|| false).is_some());
    assert!(library.search(&query, &|| true).is_none(), "it can be cancelled");
    assert!(library.search(&Query::parse(&"k".repeat(120_000)), &|| false).is_some());
}

#[test]
fn several_identifiers_find_exactly_their_papers_and_name_those_that_are_missing() {
    let lines = [
        r#"{"arxiv": "2403.11111", "doi": "10.1000/kite.1", "title": "Kites one"}"#,
        r#"{"arxiv": "2404.22222", "title": "Kites two"}"#,
        r#"{"doi": "10.1000/kite,3", "title": "Kites three"}"#,
        r#"{"arxiv": "hep-th/9901001", "title": "Flutes"}"#,
    ];
    let (_dir, mut library, new) = library_of(&lines.join("\n"));
    assert_eq!(new, 4);
    let mut of = |query: &str| {
        let hits = library.search(&Query::parse(query), &|| false).unwrap();
        (hits.count, hits.missing)
    };
    for (query, count) in [
        ("2403.11111 2404.22222", 2),
        ("2403.11111\n2404.22222\r\nhep-th/9901001", 3),
        ("2403.11111, 2404.22222v3; https://arxiv.org/abs/hep-th/9901001", 3),
        ("2403.11111,2404.22222", 2),
        ("10.1000/kite.1 2403.11111", 1),
        ("https://doi.org/10.1000/kite,3,arXiv:2404.22222v1,2403.11111", 3),
        ("arXiv:2403.11111v2 [cs.LG] 1 Mar 2024 arXiv:2404.22222v1 [cs.CL] 2 Apr 2024", 2),
        ("2403.11111 2404.22222 kites", 2),
        ("kites 2403.11111 hep-th/9901001", 1),
        ("2403.11111 AND 2404.22222", 0),
        ("2403.11111 OR 2404.22222", 2),
    ] {
        assert_eq!(of(query), (count, Vec::new()), "{query}");
    }
    for query in [
        "2403.11111, 2404.22222, and hep-th/9901001",
        "2403.11111 or 2404.22222 or hep-th/9901001",
        "[\"2403.11111\", \"2404.22222\", \"hep-th/9901001\"]",
        "'2403.11111', '2404.22222', 'hep-th/9901001'",
        "1. 2403.11111\n2. 2404.22222\n3. hep-th/9901001",
        "2403.11111、2404.22222、hep-th/9901001",
        "\u{feff}2403.11111 \u{200b}2404.22222\u{200b} ｈｅｐ-th/9901001",
        "https://arxiv.org/abs/2403.11111 https://arxiv.org/abs/2404.22222 https://arxiv.org/abs/hep-th/9901001",
        "https://arxiv.org/abs/2403.11111\nhttps://doi.org/10.48550/arXiv.2404.22222\narxiv.org/abs/hep-th/9901001%20",
        "2403.11111.pdf 2404.22222v2.pdf abs/hep-th/9901001",
    ] {
        assert_eq!(of(query), (3, Vec::new()), "{query}");
    }
    assert_eq!(of("https://doi.org/10.1000/kite.1 https://arxiv.org/abs/2404.22222"), (2, Vec::new()));
    assert_eq!(of("kites one -2403.11111").0, 0);
    assert_eq!((of("2403.11111 -one").0, of("2403.11111 -two").0), (0, 1));
    let (count, missing) = of("2403.11111 2405.33333 10.1000/kite 10.1000/none");
    assert_eq!(count, 1, "a whole identifier in a list is not also a beginning");
    assert_eq!(missing, ["2405.33333", "10.1000/kite", "10.1000/none"]);
    assert_eq!(of("10.1000/kite"), (1, Vec::new()), "one alone may still be typed");
    assert_eq!(of("2405.33333"), (0, vec!["2405.33333".to_owned()]));
    let many: Vec<String> = (10_000..12_500).map(|number| format!("2403.{number}")).collect();
    assert_eq!(of(&many.join(" ")).0, 1);
}
