//! Citation keys across exports: once a file has gone out with a key, every later file has the same one for that paper.

use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use tsundoku::domain::identity::PaperKey;
use tsundoku::export::{FORMATS, Overwrite, find_format};
use tsundoku::library::{ImportRequest, Library};

fn import(library: &mut Library, dir: &Path, lines: &[&str]) {
    let path = dir.join("papers.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
    let report = library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(report.rejected(), 0, "{:?}", report.files);
}

fn go_on(_done: usize, _all: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn exported(library: &mut Library, papers: &[&str], format: &str) -> String {
    let papers: Vec<PaperKey> = papers.iter().map(|key| PaperKey::parse(key).unwrap()).collect();
    let mut out = Vec::new();
    let (count, format) = (papers.len(), find_format(format).unwrap());
    assert_eq!(library.export(&papers.into(), format, &mut out, &mut go_on).unwrap(), Some(count));
    String::from_utf8(out).unwrap()
}

/// The citation keys of a bibliography, in its order.
fn citation_keys(text: &str) -> Vec<String> {
    let entries = text.lines().filter_map(|line| line.strip_prefix('@')?.split_once('{'));
    entries.map(|(_, key)| key.trim_end_matches(',').to_owned()).collect()
}

/// The citation keys of an export, in its order.
fn keys(library: &mut Library, papers: &[&str]) -> Vec<String> {
    citation_keys(&exported(library, papers, "bibtex"))
}

const FIRST: &str =
    r#"{"title":"Quiet Gradients for Kites","authors":["Al Gore"],"arxiv":"2401.00001v1","published":"2024-01-02"}"#;
const SECOND: &str =
    r#"{"title":"Quiet Gradients for Boats","authors":["Al Gore"],"arxiv":"2401.00002v1","published":"2024-01-03"}"#;

#[test]
fn a_key_that_was_given_stays_with_its_paper() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    import(&mut library, dir.path(), &[FIRST, SECOND]);
    let [first, second] = ["arxiv:2401.00001", "arxiv:2401.00002"];
    let given = keys(&mut library, &[second]);
    assert_eq!(given, ["goreQuietGradientsBoats2024"]);

    let renamed = SECOND.replace("00002v1", "00002v2").replace("Boats", "Kites");
    import(&mut library, dir.path(), &[&renamed]);
    assert_eq!(keys(&mut library, &[second]), given, "a later version has another title");
    drop(library);
    let mut library = Library::open(dir.path()).unwrap();
    assert_eq!(keys(&mut library, &[first, second]), ["goreQuietGradientsKites2024", given[0].as_str()]);
}

#[test]
fn papers_that_would_have_the_same_key_keep_theirs_alone_and_together() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let second = SECOND.replace("Boats", "Kites and Boats");
    import(&mut library, dir.path(), &[FIRST, &second]);
    let [first, second] = ["arxiv:2401.00001", "arxiv:2401.00002"];
    let plain = "goreQuietGradientsKites2024";
    let with_letter = format!("{plain}a");
    assert_eq!(keys(&mut library, &[second]), [plain], "the later paper goes out first");
    for _ in 0..2 {
        assert_eq!(keys(&mut library, &[first, second]), [with_letter.as_str(), plain]);
        assert_eq!(keys(&mut library, &[first]), [with_letter.as_str()], "and keeps its letter alone");
        drop(library);
        library = Library::open(dir.path()).unwrap();
    }
}

#[test]
fn a_format_without_citation_keys_gives_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    import(&mut library, dir.path(), &[FIRST]);
    let first = PaperKey::parse("2401.00001").unwrap();
    let user = fs::read(dir.path().join("user.db")).unwrap();
    library.export(&vec![first].into(), find_format("json").unwrap(), &mut Vec::new(), &mut go_on).unwrap();
    drop(library);
    assert!(fs::read(dir.path().join("user.db")).unwrap() == user);
}

#[test]
fn a_key_stays_when_the_paper_gets_an_id() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let by_title = r#"{"title":"Quiet Gradients for Kites","authors":["Al Gore"]}"#;
    import(&mut library, dir.path(), &[by_title]);
    let given = keys(&mut library, &["title:quietgradientsforkites"]);
    assert_eq!(given, ["goreQuietGradientsKites"], "without a year");
    import(&mut library, dir.path(), &[FIRST]);
    assert_eq!(keys(&mut library, &["arxiv:2401.00001"]), given);
}

#[test]
fn a_cancelled_export_leaves_no_file_and_a_paper_that_is_gone_is_not_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    import(&mut library, dir.path(), &[FIRST, SECOND]);
    let papers: Vec<PaperKey> =
        ["2401.00001", "2401.99999", "2401.00002"].iter().map(|id| PaperKey::parse(id).unwrap()).collect();
    for format in FORMATS {
        let path = dir.path().join(format!("papers.{}", format.name));
        let mut export = |progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>| {
            library.export_file(&papers.clone().into(), format, (&path, Overwrite::Refuse), progress).unwrap()
        };
        assert_eq!(
            export(&mut |_, all| if all == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }),
            None
        );
        assert!(!path.exists(), "{}", format.name);
        assert_eq!(export(&mut go_on), Some(2), "{}", format.name);
        assert!(fs::read_to_string(&path).unwrap().contains("Kites"));
    }
    let left = fs::read_dir(dir.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tsundoku-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_key_given_by_an_earlier_export_is_given_to_no_other_paper() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let second = SECOND.replace("Boats", "Kites and Boats");
    import(&mut library, dir.path(), &[FIRST, &second]);
    let [first, second] = ["arxiv:2401.00001", "arxiv:2401.00002"];
    let plain = "goreQuietGradientsKites2024";
    let with_letter = format!("{plain}a");
    assert_eq!(keys(&mut library, &[second]), [plain]);
    let table = exported(&mut library, &[first], "csv");
    assert!(table.contains(&format!("\"{with_letter}\"")), "{table}");
    assert_eq!(keys(&mut library, &[first]), [with_letter.as_str()]);
    for order in [[first, second], [second, first]] {
        let mut both = keys(&mut library, &order);
        both.sort();
        assert_eq!(both, [plain, with_letter.as_str()]);
    }
}

#[test]
fn two_exports_at_once_give_no_key_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let second = SECOND.replace("Boats", "Kites and Boats");
    import(&mut library, dir.path(), &[FIRST, &second]);
    let mut other = Library::open(dir.path()).unwrap();
    let [first, second] = ["2401.00001", "2401.00002"].map(|id| PaperKey::parse(id).unwrap());
    let mut out = Vec::new();
    let mut calls = 0;
    let mut meanwhile = |_done: usize, _all: usize| {
        calls += 1;
        // Its keys are assigned then, and not yet stored.
        if calls == 2 {
            assert_eq!(keys(&mut other, &[second.as_str()]), ["goreQuietGradientsKites2024"]);
        }
        ControlFlow::Continue(())
    };
    let bibtex = find_format("bibtex").unwrap();
    library.export(&vec![first.clone()].into(), bibtex, &mut out, &mut meanwhile).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("{goreQuietGradientsKites2024a,"), "{text}");
    assert_eq!(keys(&mut other, &[first.as_str()]), ["goreQuietGradientsKites2024a"]);
}

/// A pipe whose reader takes so many bytes.
struct ShortPipe {
    taken: Vec<u8>,
    most: usize,
}

impl Write for ShortPipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.taken.len() >= self.most {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let part = &bytes[..bytes.len().min(512)];
        self.taken.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_a_closed_pipe_was_given_keeps_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let lines = |word: &str, version: u8| -> Vec<String> {
        let paper = |number: usize| {
            format!(r#"{{"title":"{word} x{number}","authors":["Al Gore"],"arxiv":"2401.{number:05}v{version}"}}"#)
        };
        (1..=6000).map(paper).collect()
    };
    let import_all = |library: &mut Library, word: &str, version| {
        let lines = lines(word, version);
        import(library, dir.path(), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    };
    import_all(&mut library, "Kites", 1);
    let papers: Vec<PaperKey> =
        (1..=6000).map(|number| PaperKey::parse(&format!("2401.{number:05}")).unwrap()).collect();
    let mut pipe = ShortPipe { taken: Vec::new(), most: 300_000 };
    let bibtex = find_format("bibtex").unwrap();
    assert!(library.export(&papers.clone().into(), bibtex, &mut pipe, &mut go_on).is_err());
    let mut written = citation_keys(&String::from_utf8(pipe.taken).unwrap());
    written.pop(); // It may have been cut.
    assert!((1025..2900).contains(&written.len()), "{}", written.len());
    // Papers with stored keys keep them under another title.
    import_all(&mut library, "Boats", 2);
    let mut out = Vec::new();
    library.export(&papers.into(), bibtex, &mut out, &mut go_on).unwrap();
    let all = citation_keys(&String::from_utf8(out).unwrap());
    assert!(all[..written.len()] == written);
    assert!(all[5999].starts_with("goreBoats"), "{}", all[5999]);
}

#[test]
fn a_key_given_under_a_title_is_kept_however_few_papers_are_exported() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let untitled = r#"{"title":"Loud Gradients for Kites","authors":["Al Gore"],"published":"2024"}"#;
    let more = ["Kites of Winter Nights", "Kites of Summer Days", "Kites of Spring Rains"];
    let others = more.map(|title| format!(r#"{{"title":"{title}","authors":["Bo Li"],"published":"2024"}}"#));
    import(&mut library, dir.path(), &[untitled, &others[0], &others[1], &others[2]]);
    let old = ["title:loudgradientsforkites", "title:kitesofwinternights", "title:kitesofsummerdays"];
    let given = keys(&mut library, &old);
    // A longer title and an id later: both could have changed the key.
    let renamed = untitled.replace(r#""authors""#, r#""arxiv":"2401.00009","authors""#);
    import(&mut library, dir.path(), &[&renamed.replace("2024", "2025-01-01")]);
    assert_eq!(keys(&mut library, &["arxiv:2401.00009"]), given[..1], "fewer papers than keys");
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    import(&mut library, dir.path(), &[untitled, &others[0]]);
    assert_eq!(keys(&mut library, &old[..1]), given[..1]);
    import(&mut library, dir.path(), &[&renamed.replace("2024", "2025-01-01")]);
    assert_eq!(keys(&mut library, &["arxiv:2401.00009", old[1]])[..1], given[..1], "as many papers as keys");
}
