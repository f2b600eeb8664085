//! One record that is far too large must not stall the program: it is cut when it is imported, and what is allowed costs linear time.

use std::fs;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tsundoku::domain::query::Query;
use tsundoku::library::{ImportReport, ImportRequest, Library};

/// Far more than any of these takes, also without optimisation and beside other tests; quadratic costs take longer.
const PATIENCE: Duration = Duration::from_secs(60);

fn import(library: &mut Library, text: &str) -> ImportReport {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.jsonl");
    fs::write(&path, text).unwrap();
    let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
    library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn list<'a>(items: impl Iterator<Item = String> + 'a) -> String {
    items.map(|item| format!("\"{item}\"")).collect::<Vec<_>>().join(",")
}

#[test]
fn a_record_that_is_too_large_is_kept_and_cut_with_a_notice() {
    let words = "word ".repeat(600_000);
    let authors = list((0..20_000).map(|number| format!("A B{number}")));
    let links: Vec<String> =
        (0..20_000).map(|n| format!("{{\"kind\":\"code\",\"url\":\"https://x.example/{n}\"}}")).collect();
    let lines = [
        "{\"title\":\"Small\"}".to_owned(),
        format!("{{\"title\":\"Long {words}\"}}"),
        format!("{{\"title\":\"Abstract\",\"abstract\":\"{words}\"}}"),
        format!("{{\"title\":\"Authors\",\"authors\":[{authors}]}}"),
        format!("{{\"title\":\"Links\",\"links\":[{}]}}", links.join(",")),
        format!("{{\"title\":\"Note\",\"note\":\"{words}\"}}"),
    ];
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let start = Instant::now();
    let report = import(&mut library, &lines.join("\n"));
    assert_eq!((report.total().new, report.rejected()), (6, 0));
    let notices: Vec<(usize, &str)> =
        report.files[0].notices.first.iter().map(|notice| (notice.line, &*notice.reason)).collect();
    assert_eq!(
        notices,
        [
            (2, "title cut from 3000005 to 2000 characters"),
            (3, "abstract cut from 3000000 to 100000 characters"),
            (4, "authors cut from 20000 to 10000"),
            (5, "links cut from 20000 to 500"),
            (6, "note cut from 3000000 to 200000 characters"),
        ]
    );
    // The same file again is the same records.
    assert_eq!(import(&mut library, &lines.join("\n")).total().unchanged, 6);
    assert_eq!(library.search(&Query::parse("title:long -source:starter"), &|| false).unwrap().count, 1);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn a_million_authors_on_one_line_are_cut() {
    let authors = list((0..1_000_000).map(|number| format!("Ann Example{number}")));
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let start = Instant::now();
    let report =
        import(&mut library, &format!("{{\"title\":\"Authors\",\"authors\":[{authors}]}}\n{{\"title\":\"Small\"}}"));
    assert_eq!((report.total().new, report.rejected()), (2, 0));
    let notices: Vec<&str> = report.files[0].notices.first.iter().map(|notice| &*notice.reason).collect();
    assert_eq!(notices, ["authors cut from 1000000 to 10000"]);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn thousands_of_tags_take_no_more_than_linear_time() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let start = Instant::now();
    let tags = list((0..5_000).map(|number| format!("t{number}")));
    let one = format!("{{\"title\":\"Tagged\",\"tags\":[{tags}]}}");
    let many = (0..3_000).map(|n| format!("\n{{\"title\":\"Tagged number {n}\",\"tags\":[\"t{n}\"]}}"));
    let report = import(&mut library, &(one + &many.collect::<String>()));
    assert_eq!(report.restored, 3_001);
    assert_eq!(library.tags().unwrap().len(), 5_000);
    for reverse in [true, false] {
        assert!(if reverse { library.undo() } else { library.redo() }.unwrap().is_some());
        assert_eq!(library.tags().unwrap().len(), if reverse { 0 } else { 5_000 });
    }
    drop(library);
    assert_eq!(Library::open(dir.path()).unwrap().tags().unwrap().len(), 5_000);
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}
