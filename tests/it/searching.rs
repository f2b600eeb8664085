//! What a query finds, in which order, and what is counted beside it: through the library, over a few invented papers.

use std::fs;
use std::ops::ControlFlow;

use ratatui::buffer::Cell;
use tempfile::TempDir;
use tsundoku::domain::query::Query;
use tsundoku::domain::reading::{Change, Status};
use tsundoku::index::Facets;
use tsundoku::library::{ImportRequest, Library};

use crate::harness::{Reader, paper};

/// Digest of the papers that every new library has.
const STARTER: &str = "starter";

/// A library of these papers, each `title | date | votes` or `title | date | votes | author`, with the starter shelf hidden.
fn library(papers: &[&str]) -> (TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let lines = (1..).zip(papers).map(|(number, paper)| {
        let mut parts = paper.split(" | ");
        let [title, date, votes] = [0; 3].map(|_| parts.next().unwrap());
        let author = parts.next().unwrap_or("Ada Roe");
        let digest = r#""id":"hf:2025-03-12","source":"hf","label":"12 Mar 2025","day":"2025-03-12""#;
        format!(
            r#"{{"title":"{title}","published":"{date}","authors":["{author}"],"arxiv":"2401.{number:05}","digests":[{{{digest},"votes":{votes}}}]}}"#
        )
    });
    let path = dir.path().join("papers.jsonl");
    fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
    library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    library.change(&[Change::DigestHidden(STARTER.to_owned(), true)], "hidden").unwrap();
    assert_eq!(titles(&mut library, "").len(), papers.len());
    (dir, library)
}

fn titles(library: &mut Library, query: &str) -> Vec<String> {
    let hits = library.search(&Query::parse(query), &|| false).unwrap();
    let snapshot = library.snapshot();
    hits.complete().iter().map(|doc| snapshot.title(*doc).to_owned()).collect()
}

fn unmatched(library: &mut Library, query: &str) -> Vec<String> {
    library.search(&Query::parse(query), &|| false).unwrap().unmatched
}

fn counts(library: &mut Library, query: &str) -> Facets {
    let query = Query::parse(query);
    let hits = library.search(&query, &|| false).unwrap();
    let facets = library.facets(&query, &hits, &|| false).unwrap();
    assert_eq!(facets.total, hits.count);
    facets
}

const NETS: [&str; 3] =
    ["Wide Nets at Sea | 2024-03-03 | 0", "Deep Nets at Sea | 2024-02-02 | 0", "Deep Quantum Nets | 2024-01-01 | 0"];

#[test]
fn words_under_a_not_do_not_rank() {
    let (_dir, mut library) = library(&NETS);
    let by_rank = titles(&mut library, "nets (deep OR wide OR sea) sort:relevance");
    assert_eq!(by_rank.len(), 3);
    assert_eq!(titles(&mut library, "nets (deep OR sea)")[0], "Deep Nets at Sea", "asked for, the word ranks");
    for query in ["nets -(deep quantum)", "nets NOT (quantum deep)", "nets -(deep (quantum OR zzzz))"] {
        assert_eq!(titles(&mut library, query), ["Wide Nets at Sea", "Deep Nets at Sea"], "{query}");
    }
    // Two NOTs find the papers again; the words stay out of the order all the same.
    let twice = "nets -(-(deep OR wide) zzzz) sort:relevance";
    assert_eq!(titles(&mut library, twice), titles(&mut library, "nets sort:relevance"));
    assert_eq!(titles(&mut library, "-(deep -quantum)"), ["Wide Nets at Sea", "Deep Quantum Nets"]);
}

#[test]
fn words_under_a_not_are_not_missed() {
    let (_dir, mut library) = library(&NETS);
    for query in ["nets -zzzz", "nets -(zzzz)", "nets -(wide -zzzz)", "nets -(sea (zzzz OR yyyy))"] {
        assert_eq!(unmatched(&mut library, query), [""; 0], "{query}");
    }
    assert_eq!(unmatched(&mut library, "-zzzz nets yyyy"), ["yyyy"], "a word after a NOT is");
    assert_eq!(unmatched(&mut library, "-(-zzzz -wwww) yyyy"), ["yyyy"]);
}

#[test]
fn papers_of_a_hidden_digest_are_found_where_they_are_asked_for() {
    let (_dir, mut library) = library(&NETS);
    let shelf = titles(&mut library, "source:starter");
    assert!(shelf.len() > 10);
    assert_eq!(titles(&mut library, "digest:starter").len(), shelf.len());
    let all = shelf.len() + NETS.len();
    for (query, papers) in [
        ("source:starter,hf", all),
        ("source:hf OR source:starter", all),
        ("source:hf", NETS.len()),
        ("digest:2025-03-12", NETS.len()),
        ("-zzzz source:starter", shelf.len()),
        ("-source:hf", 0),
        ("-source:starter", NETS.len()),
        ("-digest:2025-03-12", 0),
        ("-id:2401.00001", NETS.len() - 1),
        ("source:starter -source:hf", shelf.len()),
    ] {
        assert_eq!(titles(&mut library, query).len(), papers, "{query}");
    }
}

#[test]
fn three_sort_keys_decide() {
    let (_dir, mut library) = library(&[
        "Beta | 2024-01-01 | 7",
        "Alpha | 2024-01-01 | 7",
        "Gamma | 2024-01-01 | 7",
        "Aleph | 2024-01-01 | 5",
        "Omega | 2024-02-01 | 7",
    ]);
    let mut sorted = |keys: &str| titles(&mut library, &format!("sort:{keys}")).join(" ");
    assert_eq!(sorted("-upvotes,date,title"), "Alpha Beta Gamma Omega Aleph");
    assert_eq!(sorted("-upvotes,date,-title"), "Gamma Beta Alpha Omega Aleph");
    assert_eq!(sorted("-upvotes,-date,-title"), "Omega Gamma Beta Alpha Aleph");
    // A digest's day and rank are two keys.
    assert_eq!(sorted("-digest,title"), "Aleph Alpha Beta Gamma Omega");
    assert_eq!(sorted("-digest,-title"), "Omega Gamma Beta Alpha Aleph");
}

#[test]
fn words_side_by_side_in_a_title_come_first() {
    let (_dir, mut library) = library(&[
        "On Quiet Nets for Loud Gradients | 2024-03-03 | 0",
        "On Loud Nets for Quiet Gradients | 2024-02-02 | 0",
        "On Gradients for Quiet Loud Nets | 2024-01-01 | 0",
    ]);
    let [newest, middle, oldest] =
        ["On Quiet Nets for Loud Gradients", "On Loud Nets for Quiet Gradients", "On Gradients for Quiet Loud Nets"];
    for (query, first) in [
        ("quiet gradients", middle),
        ("qui grad", middle),
        ("quiet loud", oldest),
        ("quiet", newest),
        ("gradients quiet", newest),
    ] {
        let found = titles(&mut library, query);
        assert_eq!((found.len(), found[0].as_str()), (3, first), "{query}");
    }
}

#[test]
fn short_titles_come_before_long_ones_and_titles_before_names() {
    let (_dir, mut library) = library(&[
        "On Quiet Nets and on Every Other Kind of Net | 2024-03-03 | 0",
        "On Quiet Nets | 2024-02-02 | 0",
        "On Loud Waters | 2024-03-03 | 0 | Ada Kite",
        "On Kite String | 2024-02-02 | 0 | Ben Li",
        "On Kite String | 2024-01-01 | 0 | Ada Kite",
    ]);
    assert_eq!(titles(&mut library, "quiet nets")[0], "On Quiet Nets");
    assert_eq!(titles(&mut library, "kite"), ["On Kite String", "On Kite String", "On Loud Waters"]);
    assert_eq!(
        titles(&mut library, "author:kite"),
        ["On Loud Waters", "On Kite String"],
        "in names only: newest first"
    );
}

#[test]
fn what_was_done_with_a_paper_moves_it_among_its_equals() {
    let dates = ["06", "05", "04", "03", "02", "01"];
    let papers = dates.map(|month| format!("Nets of Month {month} | 2024-{month}-01 | 0"));
    let (_dir, mut library) = library(&papers.each_ref().map(String::as_str));
    let order = |library: &mut Library| {
        titles(library, "nets").iter().map(|title| title.rsplit(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order(&mut library), dates);
    let key = |library: &mut Library, month: &str| paper(library, &format!("title:{month}"));
    let changes = [
        Change::Status(key(&mut library, "06"), Status::Dropped),
        Change::Status(key(&mut library, "05"), Status::Read),
        Change::Status(key(&mut library, "03"), Status::Queued),
        Change::Status(key(&mut library, "02"), Status::Reading),
        Change::Star(key(&mut library, "01"), true),
    ];
    library.change(&changes, "marked").unwrap();
    assert_eq!(order(&mut library), ["01", "02", "03", "05", "04", "06"]);
}

#[test]
fn the_values_that_one_may_choose_next_are_counted() {
    let Reader { mut library, dir: _dir, .. } = Reader::new(80, 24);
    let all = counts(&mut library, "");
    assert!(all.digests.len() > 1 && all.sources.len() > 1 && all.tags.len() > 1 && all.years.len() > 1);
    let one = |query: &str, library: &mut Library| {
        let counted = counts(library, query);
        assert!((1..all.total).contains(&counted.total), "{query}");
        counted
    };
    assert_eq!(one("digest:2025-03-12", &mut library).digests, all.digests);
    assert_eq!(one("source:json", &mut library).sources, all.sources);
    assert_eq!(one("status:queued", &mut library).status, all.status);
    assert_eq!(one("tag:area/*", &mut library).tags, all.tags);
    assert_eq!(one("year:2024", &mut library).years, all.years);
    assert_eq!(one("cat:hep-ex", &mut library).categories, all.categories);
    // What else the query asks for still narrows them, and they are all that is counted so.
    let (digest, category) = (one("digest:2025-03-12", &mut library), one("cat:cs.LG", &mut library));
    let both = one("digest:2025-03-12 cat:cs.LG", &mut library);
    assert_eq!((&both.digests, &both.categories), (&category.digests, &digest.categories));
    assert_eq!(both.years.iter().map(|(_, papers)| papers).sum::<usize>(), both.total);
    assert_ne!(both.digests, all.digests);
}

#[test]
fn a_description_finds_papers_that_lack_its_words() {
    let papers = [
        "Tracking Tropical Cyclones with Neural Networks | 2024-03-03 | 0",
        "Grasping Mugs with a Soft Manipulator | 2021-02-02 | 0",
        "Manipulators That Learn from Video | 2024-01-01 | 0",
    ];
    let (_dir, mut library) = library(&papers);
    let mut found = |query: &str| {
        let query = Query::parse(query);
        let hits = library.find(&query).unwrap();
        let snapshot = library.snapshot();
        let papers = hits.complete().into_iter();
        papers.map(|doc| (snapshot.title(doc).to_owned(), hits.reasons(doc).to_vec())).collect::<Vec<_>>()
    };
    let hurricanes = found("~where hurricanes go");
    assert_eq!(hurricanes[0].0, "Tracking Tropical Cyclones with Neural Networks");
    assert_eq!(hurricanes[0].1.iter().find(|reason| reason.word == "hurricanes").unwrap().found, "cyclones");
    let robots = found("~robot hand");
    assert_eq!(robots.len(), 2, "{robots:?}");
    let titles = |found: Vec<(String, _)>| found.into_iter().map(|(title, _)| title).collect::<Vec<_>>();
    assert_eq!(titles(found("~robot hand year:2024")), ["Manipulators That Learn from Video"], "fields narrow it");
    assert_eq!(titles(found("meaning:robot -mugs")), ["Manipulators That Learn from Video"]);
    assert_eq!(titles(found("-meaning:robot")), ["Tracking Tropical Cyclones with Neural Networks"]);
    assert!(found("~the of").is_empty() && found("~").is_empty() && found("~\"robot hand\"").is_empty());
}

#[test]
fn a_phrase_is_found_while_it_is_typed() {
    let (_dir, mut library) = library(&NETS);
    for typed in ["\"deep q", "\"deep quan", "\"deep quantum ne", "\"deep quantum nets", "title:\"quantum n"] {
        assert_eq!(titles(&mut library, typed), ["Deep Quantum Nets"], "{typed}");
    }
    assert_eq!(titles(&mut library, "\"nets at se"), ["Wide Nets at Sea", "Deep Nets at Sea"]);
    assert_eq!(titles(&mut library, "author:\"ada r").len(), 3);
    assert_eq!(titles(&mut library, "\"deep net ").len(), 0, "a blank ends the word");
    assert_eq!(titles(&mut library, "\"deep net\"").len(), 0, "and so does the quotation mark");

    // Every letter of the search box, and a line of an abstract: the list, and what is highlighted.
    let mut reader = Reader::new(120, 36);
    reader.keys("/ \" low-rank <space> ta");
    assert_eq!(reader.model.results.count(), 2, "{}", reader.text());
    assert!(matched(&reader).contains("Low-Rank Ta"), "{}", matched(&reader));
    reader.keys("<ctrl-u> \" costly <space> to <space> reb");
    assert_eq!(reader.model.results.count(), 1, "{}", reader.text());
    assert!(matched(&reader).contains("costly to reb"), "{}", matched(&reader));
}

/// What is highlighted on the screen.
fn matched(reader: &Reader) -> String {
    let style = reader.model.theme.matched;
    let is_matched = |cell: &&Cell| style.fg == Some(cell.fg) && cell.modifier.contains(style.add_modifier);
    reader.draw().content().iter().filter(is_matched).map(Cell::symbol).collect()
}
