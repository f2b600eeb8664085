//! Tests that what the user does every day costs no more with a lifetime of reading states than with none. They count the steps of SQLite's
//! virtual machine, which are the same on every machine, not seconds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use super::export::find_format;
use super::{INDEX, ImportRequest, IndexingPriority, Library};
use crate::domain::identity::PaperKey;
use crate::domain::query::Query;
use crate::domain::reading::{Change, Status, Tag};
use crate::store::{UserStore, steps_of};

const PAPERS: usize = 3000;

/// A library of this many papers, with reading states of the first so many and as many of papers that it does not have; half of them
/// have tags, a tenth notes.
fn library(papers: usize, states: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for number in 1..=papers {
        writeln!(lines, r#"{{"title":"Paper {number} on kites","arxiv":"2401.{number:05}"}}"#).unwrap();
    }
    import(folder.path(), &lines);
    let mut user = UserStore::open(folder.path(), "desk").unwrap();
    let mut changes = Vec::new();
    for number in 1..=states {
        for key in [arxiv(number), PaperKey::title(&format!("gone{number}"))] {
            changes.push(Change::Status(key.clone(), Status::Read));
            if number % 2 == 0 {
                changes.push(Change::Tag(key.clone(), Tag::new(&format!("tag{}", number % 500)).unwrap()));
            }
            if number % 10 == 0 {
                changes.push(Change::Note(key, format!("note {number}")));
            }
        }
    }
    user.apply(&changes, "made", 1).unwrap();
    drop(user);
    // Writes the files of the states and of the notes where there are many.
    drop(Library::open(folder.path()).unwrap().find(&Query::parse("kites")).unwrap());
    folder
}

fn import(folder: &Path, lines: &str) {
    let path = folder.join("papers.jsonl");
    fs::write(&path, lines).unwrap();
    let request = ImportRequest { paths: vec![path], ..ImportRequest::default() };
    let mut library = Library::open(folder).unwrap();
    let report = library.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(report.rejected(), 0);
}

fn arxiv(number: usize) -> PaperKey {
    PaperKey::parse(&format!("2401.{number:05}")).unwrap()
}

/// The steps of each thing a user does every day, in a library with so many states.
fn daily_steps(states: usize) -> Vec<(&'static str, u64)> {
    let folder = library(PAPERS, states);
    let other = || UserStore::open(folder.path(), "laptop").unwrap();
    let open = || Library::open(folder.path()).unwrap();
    let mut steps = vec![("start", steps_of(|| drop(open())))];
    steps.push(("command", steps_of(|| drop(open().find(&Query::parse("kites note")).unwrap()))));
    let mut library = open();
    let shown = library.snapshot();
    let mut change = |change: Change| drop(library.change(&[change], "").unwrap());
    steps.push(("star", steps_of(|| change(Change::Star(arxiv(7), true)))));
    steps.push(("tag", steps_of(|| change(Change::Tag(arxiv(8), Tag::new("new").unwrap())))));
    steps.push(("undo", steps_of(|| drop(library.undo().unwrap()))));
    other().apply(&[Change::Star(arxiv(9), true)], "", 2).unwrap();
    steps.push(("refresh", steps_of(|| assert!(library.refresh().unwrap()))));
    steps.push(("search", steps_of(|| drop(library.find(&Query::parse("kites status:read tag:*")).unwrap()))));
    steps.push(("paper", steps_of(|| drop(library.detail(&arxiv(3)).unwrap()))));
    steps.push(("start after a change", steps_of(|| drop(open()))));
    assert!(shown.has_same_papers(&library.snapshot()) && shown.len() > PAPERS);
    steps
}

#[test]
fn daily_work_does_not_grow_with_the_reading_states() {
    // So many that user.db is too large to be checked at every start.
    let (few, many) = (daily_steps(0), daily_steps(6000));
    for ((what, few), (_, many)) in few.iter().zip(&many) {
        // A search tree that holds more has a level or two more.
        assert!(*many <= few + few / 5 + 100, "{what}: {few} steps without states, {many} with");
    }
}

#[test]
fn a_start_of_a_small_library_does_not_read_the_states_of_papers_that_it_lacks() {
    let steps = |states: usize| {
        let folder = library(20, states);
        steps_of(|| drop(Library::open(folder.path()).unwrap()))
    };
    let (few, many) = (steps(0), steps(6000));
    assert!(many <= few + few / 5 + 100, "{few} steps without states, {many} with");
}

#[test]
fn an_import_of_one_paper_reads_no_more_of_a_large_library() {
    let steps = |papers: usize| {
        let folder = library(papers, 0);
        steps_of(|| import(folder.path(), r#"{"title":"One more","arxiv":"2501.00001"}"#))
    };
    let (small, large) = (steps(300), steps(PAPERS));
    assert!(large <= small + small / 5 + 100, "{small} steps with 300 papers, {large} with {PAPERS}");
}

#[test]
fn an_export_of_one_paper_reads_no_more_of_many_citation_keys() {
    let steps = |given: usize| {
        let folder = library(20, 0);
        let mut user = UserStore::open(folder.path(), "desk").unwrap();
        let wanted: Vec<_> =
            (0..given).map(|number| (PaperKey::title(&format!("gone{number}")), format!("gone{number}"))).collect();
        let mut recent = user.recent_citation_keys().unwrap();
        user.keep_citation_keys(&mut recent, &wanted).unwrap();
        drop(user);
        let mut library = Library::open(folder.path()).unwrap();
        let bibtex = find_format("bibtex").unwrap();
        // The recent keys are read by each export; there are at most so many of them.
        library.user.force_move_of_recent_citation_keys();
        steps_of(|| {
            let written =
                library.export(&vec![arxiv(3)].into(), bibtex, &mut Vec::new(), &mut |_, _| ControlFlow::Continue(()));
            assert_eq!(written.unwrap(), Some(1));
        })
    };
    let (few, many) = (steps(10), steps(5000));
    assert!(many <= few + few / 2 + 200, "{few} steps with 10 keys, {many} with 5000");
}

/// Every file of the index with when it was written and its length.
fn index_files(folder: &Path) -> BTreeMap<PathBuf, (SystemTime, u64)> {
    let index = folder.join(INDEX);
    let folders = [index.join("text"), index].into_iter().filter_map(|folder| fs::read_dir(folder).ok());
    let files = folders.flatten().map(|entry| entry.unwrap()).filter(|entry| entry.file_type().unwrap().is_file());
    let facts = |metadata: fs::Metadata| (metadata.modified().unwrap(), metadata.len());
    files.map(|entry| (entry.path(), facts(entry.metadata().unwrap()))).collect()
}

#[test]
fn an_import_of_one_paper_writes_no_more_of_a_large_library() {
    let written = |papers: usize| {
        let folder = library(papers, 1500);
        let full_text = || {
            let library = Library::open(folder.path()).unwrap();
            let progress = &mut |_, _| ControlFlow::Continue(());
            assert!(library.build_full_text(IndexingPriority::Foreground, progress).unwrap());
        };
        full_text();
        let before = index_files(folder.path());
        let mut bytes = 0;
        for number in 1..=2 {
            import(
                folder.path(),
                &format!(r#"{{"title":"One more","abstract":"A kite.","arxiv":"2501.0000{number}"}}"#),
            );
            full_text();
        }
        let shown = Library::open(folder.path()).unwrap();
        assert!(shown.snapshot.index.find("arxiv:2501.00002").is_some());
        assert_eq!(shown.snapshot.columns.states.touched_count(), 1500);
        for (path, file) in index_files(folder.path()) {
            bytes += if before.get(&path) == Some(&file) { 0 } else { file.1 };
        }
        bytes
    };
    let (small, large) = (written(1600), written(4800));
    assert!(large < 20_000 && large <= small + small / 10, "{small} bytes with 1600 papers, {large} with 4800");
}
