//! A file that is replaced or overwritten while it is open: it can be made again, so what is there is opened.

use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::error::Error;
use crate::store::folder;

fn is_unchanged(store: &mut PaperStore) -> bool {
    matches!(store.follow_file().unwrap(), Following::Unchanged)
}

fn opened(store: &mut PaperStore) -> Error {
    let Following::Opened(told) = store.follow_file().unwrap() else { panic!("it is the same file") };
    told
}

#[test]
fn what_takes_the_place_of_the_open_file_is_opened() {
    for in_place in [false, true] {
        let (dir, elsewhere) = (room(), room());
        let (kept, foreign) =
            (titled_by("Quiet Kites of Winter", "Ann Lee"), titled_by("Loud Kites of Summer", "Bo Li"));
        add(&mut open(&elsewhere), &foreign);
        let mut store = open(&dir);
        let mut other = open(&dir);
        add(&mut store, &kept);
        let path = dir.path().join("papers.db");
        let revision = store.revision().unwrap();
        assert!(is_unchanged(&mut store));
        if in_place {
            fs::copy(elsewhere.path().join("papers.db"), &path).unwrap();
        } else {
            fs::rename(elsewhere.path().join("papers.db"), &path).unwrap();
        }
        let refused = store.import().unwrap().commit();
        assert!(refused.unwrap_err().message.contains("while it was open"));
        let told = opened(&mut store);
        let what = if in_place { "was overwritten by another program" } else { "was replaced by another file" };
        assert!(told.message.contains(what), "{told}");
        assert!(store.revision().unwrap() != revision && is_unchanged(&mut store));
        opened(&mut other);
        for store in [&mut store, &mut other] {
            assert!(store.get(&foreign.key()).unwrap().is_some() && store.get(&kept.key()).unwrap().is_none());
        }
        add(&mut store, &kept);
        assert_eq!(other.count().unwrap(), 2);
        assert_sound(&store);
        drop((store, other));
        assert_sound(&open(&dir));
    }
}

#[test]
fn a_thread_that_answers_the_user_does_not_wait_for_foreign_contents() {
    let (dir, elsewhere) = (room(), room());
    let (kept, foreign) = (titled_by("Quiet Kites of Winter", "Ann Lee"), titled_by("Loud Kites of Summer", "Bo Li"));
    add(&mut open(&elsewhere), &foreign);
    let (mut store, mut importing) = (open(&dir), open(&dir));
    add(&mut store, &kept);
    assert!(matches!(store.follow_file_at_once().unwrap(), Following::Unchanged));
    // No other way to hold up the copying for as long as the test wants.
    let lock = folder::lock(dir.path());
    fs::copy(elsewhere.path().join("papers.db"), dir.path().join("papers.db")).unwrap();
    let start = Instant::now();
    while store.copying.is_none() {
        let asked = Instant::now();
        assert!(matches!(store.follow_file_at_once().unwrap(), Following::Underway));
        assert!(asked.elapsed() < Duration::from_millis(400), "{:?}", asked.elapsed());
        thread::sleep(Duration::from_millis(20));
        assert!(start.elapsed() < Duration::from_secs(60));
    }
    let refused = importing.import().unwrap().commit();
    assert!(refused.unwrap_err().message.contains("while it was open"), "nothing is stored in the old file");
    assert!(matches!(store.follow_file_at_once().unwrap(), Following::Underway));
    drop(lock);
    let told = loop {
        match store.follow_file_at_once().unwrap() {
            Following::Opened(told) => break told,
            Following::Underway => thread::sleep(Duration::from_millis(20)),
            Following::Unchanged => panic!("it is another file"),
        }
    };
    assert!(told.message.contains("was overwritten by another program"), "{told}");
    assert!(store.get(&foreign.key()).unwrap().is_some() && store.get(&kept.key()).unwrap().is_none());
    opened(&mut importing);
    add(&mut importing, &kept);
    assert_eq!(store.count().unwrap(), 2, "both have the same file open");
    assert_sound(&store);
}
