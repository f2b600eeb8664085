//! Papers in and out through the library: what is read, what is kept, and that nothing that comes in can touch what a reader did.

use std::collections::HashSet;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::{env, fs};

use tempfile::TempDir;
use tsundoku::domain::identity::PaperKey;
use tsundoku::domain::query::Query;
use tsundoku::domain::reading::{Change, Status, Tag};
use tsundoku::export::{FORMATS, Overwrite, find_format};
use tsundoku::library::{ImportReport, ImportRequest, Library, TagCount};

use crate::harness::{Reader, fill, fixture, paper, reading};

/// Invented files of two formats; the pages have papers of the first file, too.
const PAGES: [&str; 3] = ["library.jsonl", "pages/blank_lines.txt", "pages/no_blank_lines.txt"];

fn import(library: &mut Library, paths: &[PathBuf]) -> ImportReport {
    let request = ImportRequest { paths: paths.to_vec(), ..ImportRequest::default() };
    library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn write(dir: &TempDir, name: &str, lines: &[&str]) -> PathBuf {
    let path = dir.path().join(name);
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn all(library: &mut Library) -> Vec<PaperKey> {
    let hits = library.search(&Query::default(), &|| false).unwrap();
    library.keys(&hits).unwrap()
}

/// Takes away everything that can be made again.
fn lose_papers(dir: &Path) {
    for name in ["papers.db", "papers.db-wal", "papers.db-shm"] {
        drop(fs::remove_file(dir.join(name)));
    }
    fs::remove_dir_all(dir.join("index")).unwrap();
    assert!(dir.join("user.db").exists());
}

fn mark(library: &mut Library, key: &PaperKey) {
    let changes = [
        Change::Star(key.clone(), true),
        Change::Status(key.clone(), Status::Queued),
        Change::Tag(key.clone(), Tag::new("kept").unwrap()),
        Change::Note(key.clone(), "a note".to_owned()),
    ];
    assert_eq!(library.change(&changes, "marked").unwrap().subjects, 1);
}

#[test]
fn what_a_reader_did_survives_the_loss_of_every_paper() {
    let dir = tempfile::tempdir().unwrap();
    let pages = PAGES.map(fixture);
    let mut library = Library::open(dir.path()).unwrap();
    let before = import(&mut library, &pages);
    assert!(before.rejected() == 0 && before.distinct > 26, "{:?}", before.files);
    let queries = ["\"low-rank tails that steer\"", "\"survey of surveys\"", "\"known by its name alone\""];
    let marked = queries.map(|query| paper(&mut library, query));
    marked.iter().for_each(|key| mark(&mut library, key));
    let states: Vec<_> = marked.iter().map(|key| reading(&library, key)).collect();
    drop(library);
    lose_papers(dir.path());
    let mut library = Library::open(dir.path()).unwrap();
    let kept = TagCount { tag: "kept".to_owned(), papers: 0, absent: 3 };
    assert_eq!(library.tags().unwrap(), [kept], "nothing is lost while the papers are away");
    let again = import(&mut library, &pages);
    assert_eq!((again.total().read, again.distinct), (before.total().read, before.distinct));
    for (key, state) in marked.iter().zip(states) {
        assert_eq!(reading(&library, key), state, "{key}");
    }
    let found = library.search(&Query::parse("is:starred tag:kept status:queued has:note"), &|| false).unwrap();
    assert_eq!(found.count, 3);
    assert_eq!(library.undo().unwrap().unwrap().subjects, 1, "the journal goes on where it was");
}

#[test]
fn reading_the_same_again_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let pages = PAGES.map(fixture);
    let first = import(&mut library, &pages);
    let keys = all(&mut library);
    let records = library.records(&keys).unwrap();
    mark(&mut library, &keys[0]);
    let (state, log) = (reading(&library, &keys[0]), library.changes(None).unwrap());
    drop(library);
    let user = fs::read(dir.path().join("user.db")).unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let second = import(&mut library, &pages);
    let total = second.total();
    assert_eq!((total.new, total.updated, total.unchanged), (0, 0, first.total().read), "{:?}", second.files);
    assert!(library.records(&keys[1..]).unwrap() == records[1..]);
    assert_eq!((reading(&library, &keys[0]), library.changes(None).unwrap()), (state, log));
    drop(library);
    assert!(fs::read(dir.path().join("user.db")).unwrap() == user, "an import does not touch user.db");
}

#[test]
fn a_paper_known_by_its_title_keeps_its_state_when_it_gets_an_id() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let by_title = r#"{"title":"Paper Boats in Deep Water","authors":["Ada Roe","Ben Li"]}"#;
    import(&mut library, &[write(&dir, "title.jsonl", &[by_title])]);
    let old = paper(&mut library, "paper boats deep");
    assert!(old.as_str().starts_with("title:"), "{old}");
    mark(&mut library, &old);
    let state = reading(&library, &old);
    let count = all(&mut library).len();

    let by_id = r#"{"title":"Paper boats in deep water","authors":["Ada Roe","Ben Li"],"arxiv":"2502.70001"}"#;
    let report = import(&mut library, &[write(&dir, "id.jsonl", &[by_id])]);
    assert_eq!((report.total().new, report.total().updated), (0, 1), "{:?}", report.files);
    let new = paper(&mut library, "paper boats deep");
    assert_eq!((new.as_str(), all(&mut library).len()), ("arxiv:2502.70001", count));
    assert_eq!(reading(&library, &new), state);
    assert_eq!(library.resolve(old.as_str()).unwrap().as_ref(), Some(&new), "the old key still leads there");

    // The state is one state now, under whichever key it is changed.
    library.change(&[Change::Star(new.clone(), false)], "star removed").unwrap();
    drop(library);
    let mut library = Library::open(dir.path()).unwrap();
    assert!(!reading(&library, &new).starred);
    assert_eq!(library.search(&Query::parse("is:starred"), &|| false).unwrap().count, 0);
    library.undo().unwrap();
    assert_eq!(reading(&library, &new), state);

    // And a third record that knows the title only is still that paper.
    let third = r#"{"title":"Paper Boats in Deep Water","authors":["Ada Roe","Ben Li"],"venue":"Harbour"}"#;
    import(&mut library, &[write(&dir, "third.jsonl", &[third])]);
    assert_eq!((paper(&mut library, "paper boats deep"), all(&mut library).len()), (new.clone(), count));
    assert_eq!(reading(&library, &new), state);
}

#[test]
fn a_library_goes_out_as_json_and_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let mut first = Library::open(home.path()).unwrap();
    import(&mut first, &PAGES.map(fixture));
    let hits = first.search(&Query::parse("-source:starter"), &|| false).unwrap();
    let keys = first.keys(&hits).unwrap();
    keys.iter().step_by(5).for_each(|key| mark(&mut first, key));
    let json = find_format("json").unwrap();
    let file = home.path().join("all.jsonl");
    let mut export = || {
        let go_on = &mut |_, _| ControlFlow::Continue(());
        first.export_file(&keys.clone().into(), json, (&file, Overwrite::Refuse), go_on)
    };
    assert_eq!(export().unwrap(), Some(keys.len()));
    assert!(export().is_err(), "nothing is overwritten unasked");

    let dir = tempfile::tempdir().unwrap();
    let mut second = Library::open(dir.path()).unwrap();
    let report = import(&mut second, std::slice::from_ref(&file));
    assert_eq!((report.total().new, report.rejected()), (keys.len(), 0), "{:?}", report.files);
    assert_eq!(report.restored, keys.len().div_ceil(5), "what was done with them came in, too");
    for (left, right) in first.records(&keys).unwrap().into_iter().zip(second.records(&keys).unwrap()) {
        assert_eq!(left, right);
    }
    let again = dir.path().join("again.jsonl");
    second
        .export_file(&keys.clone().into(), json, (&again, Overwrite::Refuse), &mut |_, _| ControlFlow::Continue(()))
        .unwrap();
    assert!(fs::read_to_string(again).unwrap() == fs::read_to_string(&file).unwrap());

    // A state that is there already is never replaced by one from a file.
    let key = keys[0].clone();
    second.change(&[Change::Note(key.clone(), "my own".to_owned())], "noted").unwrap();
    let report = import(&mut second, &[file]);
    assert_eq!((report.restored, reading(&second, &key).note.as_str()), (0, "my own"));
}

#[test]
fn a_bad_file_costs_only_itself() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let good = r#"{"title":"A Good Record"}"#;
    let lines = [good, r#"{"title":5}"#, "{cut", r#"{"title":"Another Good Record"}"#];
    let mixed = write(&dir, "mixed.jsonl", &lines);
    let empty = write(&dir, "empty.jsonl", &[]);
    let missing = dir.path().join("missing.jsonl");
    let report = import(&mut library, &[missing, empty, mixed]);
    assert_eq!(report.total().read, 2, "{:?}", report.files);
    let places: Vec<usize> = report.files.last().unwrap().rejected.first.iter().map(|record| record.line).collect();
    assert_eq!(places, [2, 3]);
    assert!(report.files[0].rejected.count() == 1, "a file that is not there is said to be missing");
}

#[test]
fn a_dry_run_keeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let before = all(&mut library);
    let paths = vec![fixture("library.jsonl")];
    let request = ImportRequest { paths, dry_run: true, ..ImportRequest::default() };
    let report = library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.total().new, report.dry_run), (26, true));
    assert_eq!(all(&mut library), before);
    drop(library);
    assert_eq!(all(&mut Library::open(dir.path()).unwrap()), before);
}

#[test]
fn two_open_libraries_see_each_other() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), "library.jsonl");
    let mut first = Library::open(dir.path()).unwrap();
    let mut second = Library::open(dir.path()).unwrap();
    let key = paper(&mut first, "kites tails");
    mark(&mut first, &key);
    assert!(second.refresh().unwrap());
    assert!(reading(&second, &key).starred);
    import(&mut second, &[write(&dir, "new.jsonl", &[r#"{"title":"Just Arrived"}"#])]);
    assert!(first.refresh().unwrap());
    paper(&mut first, "just arrived");
    assert!(!first.refresh().unwrap(), "nothing is new any more");
    assert_eq!(second.undo().unwrap().unwrap().label, "marked", "undo takes back what the other did");
}

/// Texts that would reach a screen, for every paper.
fn shown(library: &mut Library) -> Vec<String> {
    let keys = all(library);
    let mut texts = Vec::new();
    for key in &keys {
        let detail = library.detail(key).unwrap().unwrap();
        texts.push(detail.title.to_string());
        texts.extend(
            detail
                .authors
                .iter()
                .chain(&detail.paragraphs)
                .chain(&detail.raw_paragraphs())
                .map(|text| text.to_string()),
        );
    }
    let snapshot = library.snapshot();
    for doc in 0..snapshot.len() as u32 {
        texts.push(snapshot.title(doc).to_owned());
        texts.push(snapshot.authors(doc).to_owned());
        texts.extend(snapshot.categories(doc).map(str::to_owned));
    }
    texts
}

fn assert_harmless(texts: &[String]) {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    for text in texts {
        assert!(!text.chars().any(|c| c.is_control() || turns(c)), "{text:?}");
    }
}

/// Draws the first papers in every way there is.
fn look_at(dir: TempDir) {
    let mut reader = Reader::on(dir, 120, 36);
    for keys in ["", "Z", "R", "z", "z <enter>", "<esc> G", "gg f", "<tab> g l", "<esc> ;", "<esc> t", "<esc> /", "a"] {
        reader.keys(keys);
        for _ in 0..20 {
            reader.keys("<down>");
            reader.assert_sound();
            let lines: Vec<String> = reader.text().lines().map(str::to_owned).collect();
            assert_harmless(&lines);
        }
    }
}

#[test]
fn invented_attacks_are_read_and_shown_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let report = import(&mut library, &[fixture("hostile.jsonl")]);
    assert_eq!((report.total().read, report.rejected()), (8, 0));
    assert_harmless(&shown(&mut library));
    let keys = all(&mut library);
    for format in FORMATS {
        let path = dir.path().join(format!("out.{}", format.extension));
        library
            .export_file(&keys.clone().into(), format, (&path, Overwrite::Replace), &mut |_, _| {
                ControlFlow::Continue(())
            })
            .unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<String> = text.split(['\n', '\r', '\t']).map(str::to_owned).collect();
        assert_harmless(&lines);
    }
    drop(library);
    look_at(dir);
}

/// Each file of an archive is counted for itself, one that cannot be read costs only itself, and what is left out is said.
#[test]
fn every_file_of_an_archive_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let mut archive = tar::Builder::new(Vec::new());
    let many: String = (1..=600).map(|number| format!("{{\"title\":\"Kite Number {number}\"}}\n")).collect();
    for (name, text) in [
        ("mine/refs.bib", "@article{a, title={Quiet Kites of Winter}}\n@article{b, title={}}\n"),
        ("mine/code.txt", "%PDF-1.4\n"),
        ("many.jsonl", many.as_str()),
        ("mine/photo.png", "x"),
        (".hidden.jsonl", "{}"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let path = dir.path().join("all.tar");
    fs::write(&path, archive.into_inner().unwrap()).unwrap();
    let plain = write(&dir, "plain.jsonl", &["{\"title\":\"Paper Boats\"}"]);
    let report = import(&mut library, &[path.clone(), plain]);
    let name = |shown: &str| shown.rsplit_once("all.tar").map_or("plain", |(_, name)| name).to_owned();
    let files: Vec<_> = report
        .files
        .iter()
        .map(|file| (name(&file.path), file.format.as_str(), file.read, file.rejected.count()))
        .collect();
    let expected = [
        ("/mine/refs.bib".to_owned(), "bibtex", 1, 1),
        ("/mine/code.txt".to_owned(), "", 0, 1),
        ("/many.jsonl".to_owned(), "json", 600, 0),
        ("plain".to_owned(), "json", 1, 0),
    ];
    assert_eq!(files, expected);
    assert_eq!(report.total().new, 602);
    let skipped: Vec<String> = report.skipped.iter().map(|(path, _)| name(path)).collect();
    assert_eq!(skipped, ["/mine/photo.png"]);
    let dry = ImportRequest { paths: vec![path], dry_run: true, ..ImportRequest::default() };
    let report = library.import(&dry, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((report.total().unchanged, report.rejected()), (601, 2));
}

/// The real pages, where this machine has them.
#[test]
fn real_pages_are_read_whole() {
    let Some(pages) = env::var_os("TSUNDOKU_TEST_PAGES").map(PathBuf::from) else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let report = import(&mut library, std::slice::from_ref(&pages));
    assert_eq!((report.total().read, report.distinct, report.rejected()), (405, 393, 0));
    let distinct: HashSet<PaperKey> = all(&mut library).into_iter().collect();
    let marked: Vec<PaperKey> = distinct.iter().take(20).cloned().collect();
    marked.iter().for_each(|key| mark(&mut library, key));
    let again = import(&mut library, std::slice::from_ref(&pages));
    assert_eq!((again.total().unchanged, again.total().read), (405, 405));
    assert_eq!(all(&mut library).into_iter().collect::<HashSet<_>>(), distinct);
    assert_harmless(&shown(&mut library));
    let states: Vec<_> = marked.iter().map(|key| reading(&library, key)).collect();
    drop(library);
    lose_papers(dir.path());
    let mut library = Library::open(dir.path()).unwrap();
    import(&mut library, &[pages]);
    assert_eq!(all(&mut library).into_iter().collect::<HashSet<_>>(), distinct);
    for (key, state) in marked.iter().zip(states) {
        assert_eq!(reading(&library, key), state, "{key}");
    }
    assert_eq!(library.search(&Query::parse("tag:kept"), &|| false).unwrap().count, 20);
}

/// Hostile files, where this machine has them: no matter what is in them, the rest is read and nothing harmful is shown.
#[test]
fn hostile_files_are_survived() {
    let Some(folder) = env::var_os("TSUNDOKU_TEST_HOSTILE").map(PathBuf::from) else { return };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let mut read = 0;
    for path in &paths {
        let report = import(&mut library, std::slice::from_ref(path));
        read += report.total().read;
        for file in &report.files {
            let reasons: Vec<String> =
                file.rejected.first.iter().chain(&file.notices.first).map(|record| record.reason.to_string()).collect();
            assert_harmless(&reasons);
            assert!(file.rejected.first.iter().all(|record| !record.reason.is_empty()));
        }
    }
    assert!(read > 100, "{read} of {} files", paths.len());
    for good in ["title:\"HP001 plain title\"", "title:\"HP143 plain title\""] {
        assert_eq!(library.search(&Query::parse(good), &|| false).unwrap().count, 1, "{good}");
    }
    assert_harmless(&shown(&mut library));
    let keys = all(&mut library);
    for format in FORMATS {
        let mut out = Vec::new();
        library.export(&keys.clone().into(), format, &mut out, &mut |_, _| ControlFlow::Continue(())).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<String> = text.split(['\n', '\r', '\t']).map(str::to_owned).collect();
        assert_harmless(&lines);
    }
    let mut names: Vec<String> =
        fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with("user.db") && !name.starts_with("papers.db"));
    names.sort();
    assert!(names.iter().all(|name| ["backups", "index", "log", "user.lock"].contains(&name.as_str())), "{names:?}");
    drop(library);
    look_at(dir);
}

/// One line of a snapshot.
fn snapshot_line(number: usize, version: usize, title: &str) -> String {
    format!(
        r#"{{"id":"2401.{number:05}","title":"{title}","authors_parsed":[["Roe","Ada",""]],"abstract":"  About {title}.\n","categories":"cs.LG","versions":[{{"version":"v{version}","created":"Wed, {version} Jan 2024 18:20:11 GMT"}}],"update_date":"2024-01-05"}}"#
    )
}

#[test]
fn a_snapshot_comes_in_once_however_often_and_however_packed() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let plain = fixture("snapshot/papers.jsonl");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&fs::read(&plain).unwrap()).unwrap();
    let packed = dir.path().join("arxiv-metadata-oai-snapshot.json.gz");
    fs::write(&packed, packer.finish().unwrap()).unwrap();
    let first = import(&mut library, std::slice::from_ref(&packed));
    assert_eq!((first.files[0].format.as_str(), first.rejected()), ("arxiv-snapshot", 0), "{:?}", first.files);
    let total = first.total();
    assert_eq!((total.read, total.new, first.distinct), (6, 5, 5), "two spellings of one id are one paper");
    let key = paper(&mut library, "mooring rope author:muller");
    mark(&mut library, &key);
    let state = reading(&library, &key);
    for path in [packed, plain] {
        let again = import(&mut library, &[path]);
        assert_eq!((again.total().new, again.total().read), (0, 6), "{:?}", again.files);
        assert_eq!(reading(&library, &key), state);
    }
    assert_eq!(library.search(&Query::parse("cat:cs.LG -source:starter"), &|| false).unwrap().count, 1);
    assert!(library.detail(&key).unwrap().unwrap().paper.sightings.is_empty(), "nobody listed it");
}

#[test]
fn a_newer_snapshot_brings_what_changed_and_leaves_what_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let snapshot = |name: &str, lines: [String; 2]| write(&dir, name, &lines.each_ref().map(String::as_str));
    let old = snapshot("old.json", [snapshot_line(7, 1, "Paper Kites"), snapshot_line(8, 1, "Paper Hats")]);
    let new = snapshot("new.json", [snapshot_line(7, 2, "Paper Kites, Revised"), snapshot_line(8, 1, "Paper Hats")]);
    import(&mut library, std::slice::from_ref(&old));
    let key = paper(&mut library, "paper kites");
    mark(&mut library, &key);
    let state = reading(&library, &key);
    for expected in [(1, 1), (0, 2)] {
        let report = import(&mut library, std::slice::from_ref(&new));
        assert_eq!((report.total().updated, report.total().unchanged), expected, "{:?}", report.files);
    }
    import(&mut library, &[old]);
    let detail = library.detail(&key).unwrap().unwrap();
    assert_eq!(
        (&*detail.title, detail.paper.version),
        ("Paper Kites, Revised", Some(2)),
        "the older one takes nothing back"
    );
    assert_eq!(&*detail.paragraphs[0], "About Paper Kites, Revised.");
    assert_eq!(reading(&library, &key), state);
}

#[test]
fn an_import_that_is_stopped_keeps_what_it_read_and_goes_on_from_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let lines: Vec<String> = (1..=900).map(|number| snapshot_line(number, 1, &format!("Paper {number}"))).collect();
    let file = write(&dir, "snapshot.json", &lines.iter().map(String::as_str).collect::<Vec<_>>());
    let request = ImportRequest { paths: vec![file.clone()], ..ImportRequest::default() };
    let mut seen = Vec::new();
    let report = library.import(&request, &mut |progress| match progress.indexed {
        Some(_) => ControlFlow::Continue(()),
        None => {
            seen.push((progress.bytes, progress.length));
            ControlFlow::Break(())
        }
    });
    let report = report.unwrap();
    let kept = report.total().new;
    assert!(report.cancelled && kept > 0 && kept < 900, "{kept}");
    let length = fs::metadata(&file).unwrap().len();
    assert!(seen.len() == 1 && seen[0].1 == Some(length) && seen[0].0 > 0, "{seen:?}");
    let starter = all(&mut library).len() - kept;
    let mut last = None;
    let mut indexed = Vec::new();
    let report = library.import(&request, &mut |progress| {
        match progress.indexed {
            Some(part) => indexed.push(part),
            None => last = Some(progress.clone()),
        }
        ControlFlow::Continue(())
    });
    let (report, last) = (report.unwrap(), last.unwrap());
    assert_eq!((report.total().new, report.total().unchanged, report.distinct), (900 - kept, kept, 900));
    assert_eq!((last.bytes, last.read), (length, 900));
    let papers = starter + 900;
    assert_eq!(all(&mut library).len(), papers);
    assert!(indexed.iter().is_sorted() && indexed.last() == Some(&(papers, papers)), "{indexed:?}");
}

#[test]
fn an_index_that_is_stopped_leaves_the_old_one_until_somebody_makes_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let starter = all(&mut library).len();
    let lines: Vec<String> = (1..=900).map(|number| snapshot_line(number, 1, &format!("Paper {number}"))).collect();
    let file = write(&dir, "snapshot.json", &lines.iter().map(String::as_str).collect::<Vec<_>>());
    let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
    let report = library.import(&request, &mut |progress| match progress.indexed {
        Some(_) => ControlFlow::Break(()),
        None => ControlFlow::Continue(()),
    });
    let report = report.unwrap();
    assert_eq!((report.total().new, report.cancelled, report.unlisted), (900, true, true));
    assert!(!library.refresh().unwrap() && library.is_outdated().unwrap(), "who only looks makes no index");
    assert_eq!(all(&mut library).len(), starter);
    assert_eq!(all(&mut Library::open(dir.path()).unwrap()).len(), starter + 900);
    assert!(library.refresh().unwrap() && !library.is_outdated().unwrap());
    assert_eq!(all(&mut library).len(), starter + 900);
}

#[test]
fn of_many_rejected_records_the_first_are_told_and_the_others_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let good = snapshot_line(1, 1, "Paper 1");
    let lines: Vec<&str> = std::iter::once(good.as_str()).chain(std::iter::repeat_n("{cut", 2500)).collect();
    let file = write(&dir, "snapshot.json", &lines);
    let report = import(&mut library, &[file]);
    let rejected = &report.files[0].rejected;
    assert_eq!((rejected.first.len(), rejected.more, rejected.count(), report.rejected()), (1000, 1500, 2500, 2500));
    assert_eq!((rejected.first[0].line, rejected.first[999].line), (2, 1001));
}
