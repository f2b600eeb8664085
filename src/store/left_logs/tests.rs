//! Whatever file stands beside the log of a crash: nothing becomes unsound, nothing is lost without a word, and a log that belongs there is used.

use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::domain::identity::PaperKey;
use crate::domain::markup::Markup;
use crate::domain::paper::Paper;
use crate::domain::reading::Change;
use crate::domain::text::Text;
use crate::store::papers::PaperStore;
use crate::store::user::UserStore;

const PAGE: usize = 4096;

fn room() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(dir: &Path) -> UserStore {
    UserStore::open(dir, "desk").unwrap()
}

/// Stars papers, up to twenty in a batch.
fn star(store: &mut UserStore, numbers: std::ops::Range<usize>) {
    let (at, all) = (1_700_000_000_000 + numbers.start as i64, numbers.collect::<Vec<usize>>());
    for some in all.chunks(20) {
        let key = |number| PaperKey::title(&format!("paper{number}"));
        let changes: Vec<Change> = some.iter().map(|number| Change::Star(key(number), true)).collect();
        store.apply(&changes, "starred", at).unwrap();
    }
}

/// The numbers of the starred papers, ascending.
fn stars(store: &UserStore) -> Vec<usize> {
    let mut found = Vec::new();
    store
        .each_field(&mut |key, _| found.push(key.trim_start_matches("title:paper").parse::<usize>().unwrap()))
        .unwrap();
    found.sort_unstable();
    found
}

/// The sound state of a library once it is opened, with what was told of its log.
fn start(dir: &Path) -> (Vec<usize>, Vec<String>) {
    let told = set_foreign_logs_aside(dir).unwrap();
    let store = open(dir);
    let problems = store.check().unwrap();
    assert!(problems.iter().all(|problem| problem.contains("backup")), "{problems:?}");
    (stars(&store), told)
}

/// What was kept beside a file, as lines.
fn listed(dir: &Path) -> String {
    fs::read_to_string(dir.join("user.db.unsaved-1.jsonl")).unwrap_or_default()
}

/// A `user.db` with as many stars as given, its log of `more` stars, as a crash leaves them, and the file before each of those was made.
struct Crash {
    file: Vec<u8>,
    log: Vec<u8>,
    earlier: Vec<Vec<u8>>,
    compact: Vec<u8>,
    all: Vec<usize>,
}

impl Crash {
    fn new(saved: usize, more: usize) -> Self {
        let room = room();
        let path = room.path().join("user.db");
        let mut store = open(room.path());
        let mut earlier = Vec::new();
        let mut compact = Vec::new();
        let step = (saved / 3).max(1);
        for end in (step..=saved).step_by(step) {
            star(&mut store, end - step..end);
            assert!(store.checkpoint().unwrap());
            earlier.push(fs::read(&path).unwrap());
        }
        star(&mut store, saved - saved % step..saved);
        if saved > 0 {
            let copy = self::room();
            store.copy_to(copy.path()).unwrap();
            let copied = copy.path().join("user.db");
            Connection::open(&copied).unwrap().execute_batch("VACUUM").unwrap();
            compact = fs::read(&copied).unwrap();
        }
        // So that the log begins again.
        drop(store);
        let mut store = open(room.path());
        (saved..saved + more).for_each(|number| star(&mut store, number..number + 1));
        let [file, log] = ["", "-wal"].map(|suffix| fs::read(folder::beside(&path, suffix)).unwrap());
        Self { file, log, earlier, compact, all: (0..saved + more).collect() }
    }

    fn beside(&self, file: &[u8]) -> TempDir {
        let room = room();
        fs::write(room.path().join("user.db-wal"), &self.log).unwrap();
        // As by hand: later.
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(room.path().join("user.db"), file).unwrap();
        room
    }
}

/// A library of other stars, without a log.
fn other_library(from: usize, count: usize) -> Vec<u8> {
    let room = room();
    let mut store = open(room.path());
    star(&mut store, from..from + count);
    drop(store);
    fs::read(room.path().join("user.db")).unwrap()
}

#[test]
fn the_log_of_a_crash_is_used_beside_its_file() {
    for (saved, more) in [(0, 1), (3, 2), (400, 1), (400, 60)] {
        let crash = Crash::new(saved, more);
        assert_eq!(start(crash.beside(&crash.file).path()), (crash.all.clone(), Vec::new()), "{saved} {more}");
    }
}

#[test]
fn a_file_that_was_put_back_stays_as_it_was_and_the_log_is_kept() {
    let crash = Crash::new(600, 40);
    let other = other_library(5000, 30);
    for (what, file) in [("earlier", &crash.earlier[0]), ("other", &other), ("compact", &crash.compact)] {
        let room = crash.beside(file);
        let (found, told) = start(room.path());
        if what == "compact" && told.is_empty() {
            assert_eq!(found, crash.all);
            continue;
        }
        let expected: Vec<usize> = if what == "earlier" { (0..200).collect() } else { (5000..5030).collect() };
        let expected = if what == "compact" { (0..600).collect() } else { expected };
        assert_eq!(found, expected, "{what}");
        assert_eq!(told.len(), 1, "{what}");
        assert!(told[0].contains("was not used") && told[0].contains("user.db.unsaved-1.jsonl"), "{told:?}");
        assert_eq!(fs::read(room.path().join("user.db.unsaved-1-wal")).unwrap(), crash.log);
        for number in 600..640 {
            assert!(listed(room.path()).contains(&format!("\"title:paper{number}\"")), "{what} {number}");
        }
        // The next start has nothing to tell, and the log is whole with the file that it belongs to.
        assert_eq!(start(room.path()), (expected, Vec::new()));
        let again = crash.beside(&crash.file);
        assert_eq!(start(again.path()).0, crash.all);
    }
}

#[test]
fn a_log_beside_no_file_or_an_empty_one_is_kept() {
    let crash = Crash::new(5, 5);
    for is_there in [false, true] {
        let room = crash.beside(b"");
        if !is_there {
            fs::remove_file(room.path().join("user.db")).unwrap();
        }
        let (found, told) = start(room.path());
        assert!(found.is_empty() && told.len() == 1);
        assert_eq!(fs::read(room.path().join("user.db.unsaved-1-wal")).unwrap(), crash.log);
        assert_eq!(listed(room.path()).lines().count(), 10);
    }
}

#[test]
fn a_bulk_change_and_a_long_note_are_listed_from_the_log_alone() {
    let room = room();
    let mut store = open(room.path());
    star(&mut store, 0..1);
    let note = format!("{} end", "long note ".repeat(3000));
    store.apply(&[Change::Note(PaperKey::title("noted"), note.clone())], "noted", 7).unwrap();
    let many: Vec<Change> =
        (0..2000).map(|number| Change::Star(PaperKey::title(&format!("bulk{number}")), true)).collect();
    store.apply(&many, "bulk", 8).unwrap();
    let log = fs::read(room.path().join("user.db-wal")).unwrap();
    let other = self::room();
    fs::write(other.path().join("user.db"), other_library(5000, 3)).unwrap();
    fs::write(other.path().join("user.db-wal"), log).unwrap();
    let (found, told) = start(other.path());
    assert_eq!((found, told.len()), ((5000..5003).collect(), 1));
    let listed = listed(other.path());
    assert_eq!(listed.lines().count(), 2002);
    assert!(listed.contains(&note) && listed.contains("title:bulk1999"));
}

#[test]
fn nothing_is_moved_beside_a_library_that_is_open() {
    let crash = Crash::new(5, 5);
    let room = crash.beside(&crash.file);
    let mut store = open(room.path());
    star(&mut store, 99..100);
    fs::write(room.path().join("user.db"), other_library(7, 3)).unwrap();
    assert!(set_foreign_logs_aside(room.path()).unwrap().is_empty());
    assert!(folder::has_bytes(&room.path().join("user.db-wal")));
    // Its own check notices.
    assert!(store.apply(&[], "", 1).is_err());
}

#[test]
fn a_damaged_file_and_one_of_a_newer_version_keep_their_logs() {
    let crash = Crash::new(300, 20);
    let mut damaged = other_library(5000, 400);
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4 * PAGE].fill(0xaa);
    let room = crash.beside(&damaged);
    assert!(set_foreign_logs_aside(room.path()).unwrap().is_empty());
    assert!(UserStore::open(room.path(), "desk").is_err_and(|error| error.message.contains("damaged")));
    assert_eq!(fs::read(room.path().join("user.db")).unwrap(), damaged, "no log is written into it");
    assert_eq!(fs::read(room.path().join("user.db-wal")).unwrap(), crash.log);

    let room = crash.beside(&crash.file);
    let newer = Connection::open(room.path().join("user.db")).unwrap();
    newer.execute_batch("CREATE TABLE later (x); PRAGMA user_version = 99").unwrap();
    let copy = self::room();
    for name in ["user.db", "user.db-wal"] {
        fs::copy(room.path().join(name), copy.path().join(name)).unwrap();
    }
    assert!(set_foreign_logs_aside(copy.path()).unwrap().is_empty());
    assert!(folder::has_bytes(&copy.path().join("user.db-wal")));
}

/// The pages that a log would write into its file, in its order.
fn pages(log: &[u8]) -> Vec<(usize, &[u8])> {
    let number = |frame: &[u8]| u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]) as usize;
    log[32..].chunks_exact(24 + PAGE).map(|frame| (number(frame), &frame[24..])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A crash that ends a checkpoint leaves a file with some of the pages of its log.
    #[test]
    fn a_checkpoint_that_was_cut_is_completed(saved in 0_usize..300, more in 1_usize..40, chosen in any::<u64>()) {
        let crash = Crash::new(saved, more);
        let mut file = crash.file.clone();
        for (number, page) in pages(&crash.log).into_iter().filter(|(number, _)| chosen >> (number % 64) & 1 == 1) {
            file.resize(file.len().max(number * PAGE), 0);
            file[(number - 1) * PAGE..number * PAGE].copy_from_slice(page);
        }
        prop_assert_eq!(start(crash.beside(&file).path()), (crash.all, Vec::new()));
    }

    /// Whatever earlier file stands there, it is as it was or goes on with all that followed.
    #[test]
    fn an_earlier_file_keeps_its_state_or_gets_all_of_the_log(saved in 3_usize..300, more in 1_usize..40, which in 0_usize..3) {
        let crash = Crash::new(saved, more);
        let step = (saved / 3).max(1);
        let room = crash.beside(&crash.earlier[which]);
        let (found, told) = start(room.path());
        let then: Vec<usize> = (0..(which + 1) * step).collect();
        prop_assert_eq!(&found, if told.is_empty() { &crash.all } else { &then });
    }
}

fn import(store: &mut PaperStore, numbers: impl Iterator<Item = usize>) {
    let mut import = store.import().unwrap();
    for number in numbers {
        let title = Text::new(format!("Paper {number} on kites"), Markup::Plain);
        import.add(&Paper { title, ..Paper::default() }, 1000).unwrap();
    }
    import.commit().unwrap();
}

#[test]
fn a_log_of_papers_is_used_beside_its_file_alone() {
    let (room, other) = (room(), room());
    let path = room.path().join("papers.db");
    let mut store = PaperStore::open(room.path()).unwrap();
    import(&mut store, 0..300);
    drop(store);
    let earlier = fs::read(&path).unwrap();
    let mut store = PaperStore::open(room.path()).unwrap();
    import(&mut store, 300..400);
    drop(store);
    let mut store = PaperStore::open(room.path()).unwrap();
    (0..3).for_each(|part| import(&mut store, 400 + part * 10..410 + part * 10));
    let [file, log] = ["", "-wal"].map(|suffix| fs::read(folder::beside(&path, suffix)).unwrap());
    store.vacuum().unwrap();
    let compact = fs::read(&path).unwrap();
    let mut foreign = PaperStore::open(other.path()).unwrap();
    import(&mut foreign, 5000..5100);
    drop(foreign);
    let foreign = fs::read(other.path().join("papers.db")).unwrap();
    for (file, papers) in
        [(&file, None), (&earlier, Some(300)), (&foreign, Some(100)), (&compact, None), (&vec![], Some(0))]
    {
        let room = self::room();
        fs::write(room.path().join("papers.db"), file).unwrap();
        fs::write(room.path().join("papers.db-wal"), &log).unwrap();
        let told = set_foreign_logs_aside(room.path()).unwrap();
        assert_eq!(told.len(), usize::from(papers.is_some()), "{told:?}");
        assert!(told.iter().all(|line| line.contains("papers.db.unsaved-1-wal")), "{told:?}");
        // With the last commit of the log the compacted file has what the log has, in other places.
        if *file != compact {
            let store = PaperStore::open(room.path()).unwrap();
            assert_eq!(store.count().unwrap(), papers.unwrap_or(430));
            assert_eq!(store.check().unwrap(), Vec::<String>::new());
        }
    }
}
