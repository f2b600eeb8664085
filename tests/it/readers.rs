//! Readers of a library that changes under them: an index older than the papers goes on until there is a new one, and nobody waits.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use tempfile::TempDir;
use tsundoku::domain::query::Query;
use tsundoku::domain::reading::Change;
use tsundoku::domain::record::Record;
use tsundoku::library::{ImportRequest, Library};
use tsundoku::store::PaperStore;
use tsundoku::tui::effect::JobKind;
use tsundoku::tui::effect::{Effect, Request, Work};
use tsundoku::tui::jobs::JobOutcome;
use tsundoku::tui::message::{Answer, Message};

use crate::harness::{Reader, fill};

/// Brings papers in as another process does that builds no index.
fn bring(dir: &Path, lines: &[String]) {
    let mut papers = PaperStore::open(dir).unwrap();
    let mut import = papers.import().unwrap();
    for line in lines {
        import.add(&Record::from_json(line).unwrap().paper, 1).unwrap();
    }
    import.commit().unwrap();
}

fn count(library: &mut Library, query: &str) -> usize {
    library.search(&Query::parse(query), &|| false).unwrap().count
}

fn filled() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), "library.jsonl");
    drop(Library::open(dir.path()).unwrap());
    dir
}

fn is_index_build(effect: &&Effect) -> bool {
    matches!(effect, Effect::Start(_, Work::BuildIndex))
}

fn bring_up_to_date(library: &mut Library) -> bool {
    library.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).unwrap()
}

#[test]
fn an_old_index_opens_at_once_and_nothing_but_asking_for_it_builds_a_new_one() {
    let dir = filled();
    let mut running = Library::open(dir.path()).unwrap();
    let before = count(&mut running, "");
    bring(dir.path(), &[r#"{"title": "Just Arrived"}"#.to_owned()]);

    assert!(!running.refresh().unwrap() && running.is_outdated().unwrap());
    let mut opened = Library::open_at_once(dir.path()).unwrap();
    assert!(opened.is_outdated().unwrap());
    for library in [&mut running, &mut opened] {
        assert_eq!((count(library, ""), count(library, "just arrived")), (before, 0));
    }
    assert!(bring_up_to_date(&mut opened));
    assert!(running.refresh().unwrap(), "the other one built it");
    for library in [&mut running, &mut opened] {
        assert!(!library.is_outdated().unwrap());
        assert_eq!((count(library, ""), count(library, "just arrived")), (before + 1, 1));
    }
    assert_eq!(count(&mut Library::open(dir.path()).unwrap(), ""), before + 1);
}

#[test]
fn a_paper_that_is_gone_is_said_to_be_gone() {
    let dir = filled();
    for name in ["papers.db", "papers.db-wal", "papers.db-shm"] {
        drop(fs::remove_file(dir.path().join(name)));
    }
    bring(dir.path(), &[r#"{"title": "The Only One Left", "abstract": "Nothing else is here."}"#.to_owned()]);
    let mut library = Library::open_at_once(dir.path()).unwrap();
    let hits = library.search(&Query::default(), &|| false).unwrap();
    let keys = library.keys(&hits).unwrap();
    assert!(keys.len() > 20);
    assert!(keys.iter().all(|key| library.detail(key).unwrap().is_none()));
    assert!(library.records(&keys).unwrap().is_empty());
    for query in ["\"nothing else\"", "abs:kite", "similar:2503.90001", "sort:title", "kites"] {
        assert!(count(&mut library, query) <= keys.len(), "{query}");
    }

    // In the reader, behind workers that have not come to it yet.
    let mut reader = Reader::on(filled(), 120, 36);
    reader.holds = true;
    reader.keys("j");
    let Some(Effect::Request(Request::Load { key })) = reader.queued().next() else {
        panic!("{:?}", reader.queued().next())
    };
    let answer = Answer::Loaded { key: key.clone(), detail: None };
    reader.send(Message::Answer(answer));
    assert_eq!(reader.notice(), "this paper is no longer in the library");
    reader.draw();
}

#[test]
fn an_old_index_knows_a_paper_by_its_old_key() {
    let dir = filled();
    let line = |more: &str| format!(r#"{{"title": "A Key That Changes", "authors": ["Ada Fernweh"]{more}}}"#);
    bring(dir.path(), &[line("")]);
    let mut library = Library::open(dir.path()).unwrap();
    let hits = library.search(&Query::parse("key changes"), &|| false).unwrap();
    let old = library.keys(&hits).unwrap().remove(0);
    assert!(old.as_str().starts_with("title:"));
    bring(dir.path(), &[line(r#", "arxiv": "2501.00001""#)]);
    library.refresh().unwrap();
    let detail = library.detail(&old).unwrap().unwrap();
    assert_eq!(detail.key, old, "the list and the page speak of one paper");
    library.change(&[Change::Star(old.clone(), true)], "starred").unwrap();
    assert!(library.detail(&old).unwrap().unwrap().reading.starred);
    bring_up_to_date(&mut library);
    let detail = library.detail(&old).unwrap().unwrap();
    assert_eq!((detail.key.as_str(), detail.reading.starred), ("arxiv:2501.00001", true));
}

#[test]
fn the_reader_takes_a_new_index_when_it_is_built_and_keeps_its_paper() {
    let mut reader = Reader::new(120, 36);
    reader.keys("j j");
    let (title, before) = (reader.title(), reader.model.results.count());
    bring(reader.dir.path(), &[r#"{"title": "Newer Than All", "published": "2030-01-01"}"#.to_owned()]);
    reader.holds = true;
    reader.asked();
    reader.keys("j k");
    reader.deliver(2);
    assert_eq!(reader.model.results.count(), before, "what was known goes on");
    let asked = reader.asked();
    assert_eq!(asked.iter().filter(is_index_build).count(), 1, "{asked:?}");
    reader.deliver(usize::MAX);
    assert_eq!(reader.model.results.count(), before + 1);
    assert_eq!((reader.title(), reader.model.list.selected), (title, 3));
    assert!(!reader.model.jobs.is_open(JobKind::Index));
}

#[test]
fn an_old_index_at_the_start_is_shown_and_then_replaced() {
    let dir = filled();
    bring(dir.path(), &[r#"{"title": "Newer Than All", "published": "2030-01-01"}"#.to_owned()]);
    let mut reader = Reader::on(dir, 120, 36);
    assert_eq!(reader.effects.iter().filter(is_index_build).count(), 1);
    reader.keys("g g");
    assert_eq!(reader.title(), "Newer Than All");
}

#[test]
fn an_import_whose_index_was_ended_is_listed_when_it_was_made_in_the_background() {
    let mut reader = Reader::new(120, 36);
    let before = reader.model.results.count();
    let file = reader.dir.path().join("new.jsonl");
    fs::write(&file, r#"{"title": "Just Arrived"}"#).unwrap();
    let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
    let mut slow = Library::open(reader.dir.path()).unwrap();
    let report = slow.import(&request, &mut |progress| match progress.indexed {
        Some(_) => ControlFlow::Break(()),
        None => ControlFlow::Continue(()),
    });
    let report = report.unwrap();
    assert!(report.unlisted);
    let Effect::Start(job, _) = reader.model.jobs.start(Work::Import(Box::default())) else { panic!("no job") };
    reader.holds = true;
    reader.asked();
    let outcome = JobOutcome::Imported { report: Box::new(report), with_states: None };
    reader.send(Message::Answer(Answer::Ended { job, outcome }));
    assert_eq!((reader.model.jobs.open(), reader.model.results.count()), (&[][..], before));
    assert!(reader.notice().starts_with("cancelled; read 1: 1 new"), "{}", reader.notice());
    reader.deliver(usize::MAX);
    assert_eq!(reader.asked().iter().filter(is_index_build).count(), 1);
    assert_eq!((reader.model.results.count(), reader.model.jobs.open()), (before + 1, &[][..]));
}

#[test]
fn a_digest_whose_day_is_corrected_is_listed_under_it() {
    let mut reader = Reader::new(120, 36);
    reader.asked();
    let days = |reader: &Reader| {
        let table = reader.model.snapshot.digests();
        table.iter().filter_map(|digest| digest.day).map(|day| day.to_string()).collect::<Vec<_>>()
    };
    assert!(!days(&reader).contains(&"2025-04-01".to_owned()));
    reader.keys(": digest-date <space> 2025-04-01 <enter>");
    assert_eq!(reader.asked().iter().filter(is_index_build).count(), 1);
    assert!(days(&reader).contains(&"2025-04-01".to_owned()), "{:?}", days(&reader));
    assert!(reader.notice().contains("digest day set to 2025-04-01"), "{}", reader.notice());
}

/// Papers that come in at once, and how often.
const PORTION: usize = 7;
const PORTIONS: usize = 12;

#[test]
fn many_readers_search_while_papers_come_in_and_the_index_is_replaced() {
    let dir = filled();
    let base = count(&mut Library::open(dir.path()).unwrap(), "");
    let line = |number: usize| {
        let text = format!("Portion {} of the many", number / PORTION);
        serde_json::json!({ "title": format!("Flood number {number}"), "abstract": text }).to_string()
    };
    let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let read = || {
        let mut library = Library::open_at_once(dir.path()).unwrap();
        let mut last = 0;
        loop {
            // Looked at first: what is true after the last paper came in is seen by the search that follows.
            let is_over = over.load(Ordering::SeqCst);
            library.refresh().unwrap();
            let all = library.search(&Query::default(), &|| false).unwrap();
            assert!(all.count >= last, "{} after {last}", all.count);
            let came = all.count - base;
            assert!(came.is_multiple_of(PORTION), "{came} is no revision");
            assert_eq!(count(&mut library, "flood"), came, "one answer is of one revision");
            for key in library.keys(&all).unwrap().iter().step_by(5) {
                assert!(library.detail(key).unwrap().is_some(), "{key:?}");
            }
            last = all.count;
            answered.fetch_add(1, Ordering::SeqCst);
            if is_over {
                return last;
            }
        }
    };
    thread::scope(|scope| {
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(read)).collect();
        let mut library = Library::open(dir.path()).unwrap();
        for portion in 0..PORTIONS {
            let lines: Vec<String> = (portion * PORTION..(portion + 1) * PORTION).map(line).collect();
            bring(dir.path(), &lines);
            assert!(bring_up_to_date(&mut library));
        }
        over.store(true, Ordering::SeqCst);
        for reader in readers {
            assert_eq!(reader.join().unwrap(), base + PORTION * PORTIONS);
        }
    });
    assert!(answered.load(Ordering::SeqCst) >= 3);
}

#[test]
fn an_index_that_is_damaged_where_no_opening_looks_is_found_out_and_built_again() {
    let dir = tempfile::tempdir().unwrap();
    // So many that the titles are too long to be checked when the file is opened.
    let lines: Vec<String> =
        (0..3000).map(|number| format!(r#"{{"title": "A Paper on Kites and Winds, Number {number}"}}"#)).collect();
    bring(dir.path(), &lines);
    let file = dir.path().join("index/words.idx");
    let papers = count(&mut Library::open(dir.path()).unwrap(), "");
    let sound = fs::read(&file).unwrap();
    let at = sound.windows(5).position(|bytes| bytes == b"Kites").unwrap();
    let mut damaged = sound.clone();
    damaged[at] ^= 1;
    fs::write(&file, &damaged).unwrap();

    let mut reader = Reader::on(dir, 120, 36);
    assert_eq!(reader.model.results.count(), papers, "it opens all the same");
    reader.carry_out(vec![Request::CheckIndex.into()]);
    assert!(reader.effects.iter().any(|effect| is_index_build(&effect)), "{:?}", reader.effects);
    assert_eq!(fs::read(&file).unwrap(), sound);
    reader.keys("/ kites <enter>");
    assert_eq!(reader.model.results.count(), 3000);
    let asked = reader.effects.len();
    reader.carry_out(vec![Request::CheckIndex.into()]);
    assert_eq!(reader.effects.len(), asked + 1, "a sound one is left alone");
}

#[test]
fn a_library_that_was_moved_away_is_not_begun_anew_in_its_place() {
    let (dir, elsewhere) = (filled(), tempfile::tempdir().unwrap());
    let (place, away) = (dir.path().join("library"), elsewhere.path().join("library"));
    fs::create_dir(&place).unwrap();
    for name in ["user.db", "papers.db"] {
        fs::copy(dir.path().join(name), place.join(name)).unwrap();
    }
    let mut running = Library::open(&place).unwrap();
    bring(&place, &[r#"{"title": "Just Arrived"}"#.to_owned()]);
    fs::rename(&place, &away).unwrap();
    assert!(running.bring_up_to_date(&mut |_, _| ControlFlow::Continue(())).is_ok());
    let refused = Library::open_another(&place, true).err().unwrap();
    assert!(refused.message.ends_with("user.db was removed or emptied while it was open"), "{refused}");
    let key = running.snapshot().key(0).unwrap();
    assert!(running.change(&[Change::Star(key.clone(), true)], "starred").is_err());
    assert!(!place.exists(), "{:?}", fs::read_dir(&place).map(|entries| entries.count()));
    fs::rename(&away, &place).unwrap();
    running.change(&[Change::Star(key.clone(), true)], "starred").unwrap();
    drop(running);
    assert!(Library::open(&place).unwrap().detail(&key).unwrap().unwrap().reading.starred);
}

#[test]
fn an_import_into_a_file_that_was_removed_fails() {
    for removed in [&["papers.db"][..], &["papers.db-wal"], &["papers.db-shm"]] {
        let dir = filled();
        let mut papers = PaperStore::open(dir.path()).unwrap();
        let mut import = papers.import().unwrap();
        import.add(&Record::from_json(r#"{"title": "Into Nothing"}"#).unwrap().paper, 1).unwrap();
        for name in removed {
            fs::remove_file(dir.path().join(name)).unwrap();
        }
        let refused = import.commit().unwrap_err();
        assert!(refused.message.ends_with("papers.db was removed or replaced while it was open"), "{refused}");
    }
}

#[test]
fn files_that_may_not_be_read_are_not_called_removed() {
    let dir = filled();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    // Not a folder: the one reason that no privilege overrules.
    let refused = Library::open_another(&file, true).err().unwrap();
    assert!(refused.message.starts_with("cannot read ") && !refused.message.contains("removed"), "{refused}");
    let user = dir.path().join("user.db");
    fs::set_permissions(&user, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    if fs::File::open(&user).is_err() {
        for opened in [Library::open(dir.path()), Library::open_another(dir.path(), true)] {
            let refused = opened.err().unwrap();
            assert!(refused.message.ends_with("user.db: permission denied"), "{refused}");
        }
    }
}

#[test]
fn a_library_without_a_user_file_from_the_start_is_opened_by_every_thread() {
    let dir = filled();
    fs::remove_file(dir.path().join("user.db")).unwrap();
    assert!(Library::open_another(dir.path(), true).is_err());
    assert!(Library::open_another(dir.path(), false).is_ok());
}
