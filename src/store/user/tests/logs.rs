//! The log beside the file: what a crash, a checkpoint or its removal leaves.

use super::*;

#[test]
fn what_was_acknowledged_survives_a_crash() {
    let room = room();
    let mut store = open(room.path());
    for number in 0..50 {
        store.apply(&[Change::Star(key(number), true)], "star", 0).unwrap();
        if number % 10 == 0 {
            let copy = copied(room.path());
            assert_eq!(all_readings(&open(copy.path())).len(), number + 1);
        }
    }
}

/// How many papers a copy of the file has without its log.
fn papers_in_copy(dir: &Path) -> usize {
    let copy = room();
    fs::copy(dir.join("user.db"), copy.path().join("user.db")).unwrap();
    all_readings(&open(copy.path())).len()
}

#[test]
fn a_checkpoint_brings_the_log_into_the_file_and_is_no_change() {
    let room = room();
    let (mut store, mut other) = (open(room.path()), open(room.path()));
    store.apply(&[Change::Star(key(0), true)], "star", 0).unwrap();
    store.apply(&[Change::Star(key(1), true)], "star", 0).unwrap();
    assert!(store.take_written() && !store.take_written());
    let version = other.data_version().unwrap();
    assert!(papers_in_copy(room.path()) < 2);
    assert!(store.checkpoint().unwrap());
    assert_eq!(papers_in_copy(room.path()), 2);
    assert_eq!(other.data_version().unwrap(), version);
    // A process in the middle of reading keeps what it reads.
    let reads = &other.database.connection;
    reads.execute_batch("BEGIN; SELECT count(*) FROM state").unwrap();
    store.apply(&[Change::Star(key(2), true)], "star", 0).unwrap();
    assert!(!store.checkpoint().unwrap());
    reads.execute_batch("COMMIT").unwrap();
    assert!(store.checkpoint().unwrap());
    assert_eq!(papers_in_copy(room.path()), 3);
}

#[test]
fn a_store_that_is_not_the_last_to_close_leaves_nothing_in_the_log() {
    let room = room();
    let other = open(room.path());
    open(room.path()).apply(&[Change::Star(key(0), true)], "star", 0).unwrap();
    assert_eq!(papers_in_copy(room.path()), 1);
    let mut store = open(room.path());
    store.apply(&[Change::Star(key(1), true)], "star", 0).unwrap();
    checkpoint_user_file(room.path());
    assert_eq!(papers_in_copy(room.path()), 2);
    drop(other);
}

#[test]
fn a_torn_log_keeps_every_earlier_change() {
    let room = room();
    let mut store = open(room.path());
    let mut ends = Vec::new();
    for number in 0..12 {
        store.apply(&[Change::Star(key(number), true)], "star", 0).unwrap();
        ends.push(fs::metadata(room.path().join("user.db-wal")).unwrap().len() as usize);
    }
    let whole = fs::read(room.path().join("user.db-wal")).unwrap();
    for cut in (0..60).map(|step| whole.len() - step * whole.len() / 60) {
        let copy = copied(room.path());
        fs::write(copy.path().join("user.db-wal"), &whole[..cut]).unwrap();
        let complete = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(all_readings(&open(copy.path())).len(), complete, "cut at {cut}");
    }
    for back in [1, 100, 3000, 9000] {
        let copy = copied(room.path());
        let mut flipped = whole.clone();
        let place = flipped.len() - back;
        flipped[place] ^= 0x10;
        fs::write(copy.path().join("user.db-wal"), &flipped).unwrap();
        let complete = ends.iter().filter(|end| **end <= place).count();
        assert!(all_readings(&open(copy.path())).len() >= complete);
    }
}

#[test]
fn a_log_that_is_removed_while_it_is_open_loses_nothing() {
    for removed in [&["-wal"][..], &["-shm"], &["-wal", "-shm"]] {
        let room = room();
        let (mut one, mut other, mut idle) = (open(room.path()), open(room.path()), open(room.path()));
        star(&mut one, 0).unwrap();
        star(&mut other, 1).unwrap();
        for suffix in removed {
            fs::remove_file(room.path().join(format!("user.db{suffix}"))).unwrap();
        }
        star(&mut one, 2).unwrap();
        let refused = star(&mut other, 3).unwrap_err();
        assert!(refused.message.contains("was replaced by another file"), "{refused}");
        star(&mut other, 3).unwrap();
        idle.data_version().unwrap();
        star(&mut idle, 4).unwrap();
        for store in [&one, &other, &idle] {
            assert_eq!(stars(store), 5, "{removed:?}");
        }
        let copy = copied(room.path());
        assert_eq!(stars(&open(copy.path())), 5, "all of it is in the files at the path");
        drop((one, other, idle));
        let store = open(room.path());
        assert_eq!(stars(&store), 5);
        assert!(store.check().unwrap().iter().all(|problem| problem.contains("no backup")));
    }
}

#[test]
fn a_removed_log_is_noticed_by_those_who_only_read() {
    let room = room();
    let mut reading = open(room.path());
    star(&mut reading, 0).unwrap();
    fs::remove_file(room.path().join("user.db-wal")).unwrap();
    let before = reading.database.file_state();
    reading.data_version().unwrap();
    assert_eq!((before, reading.database.file_state()), (FileState::LogRemoved, FileState::Unchanged));
    drop(reading);
    assert_eq!(stars(&open(room.path())), 1);
}

#[test]
fn a_log_is_not_begun_beside_a_removed_one() {
    let room = room();
    let mut first = open(room.path());
    star(&mut first, 0).unwrap();
    for suffix in ["-wal", "-shm"] {
        fs::remove_file(room.path().join(format!("user.db{suffix}"))).unwrap();
    }
    // In the same process the index of the removed log would be used for the new one.
    let refused = UserStore::open(room.path(), "desk").err().unwrap();
    assert!(refused.message.contains("was removed or replaced while it was open"), "{refused}");
    assert!(!room.path().join("user.db-wal").exists());
    checkpoint_user_file(room.path());
    assert!(!room.path().join("user.db-wal").exists());
    thread::scope(|scope| {
        let waiting = scope.spawn(|| open(room.path()));
        thread::sleep(Duration::from_millis(50));
        first.data_version().unwrap();
        assert_eq!(stars(&waiting.join().unwrap()), 1);
    });
    star(&mut first, 1).unwrap();
    drop(first);
    assert_eq!(stars(&open(room.path())), 2);
}

#[test]
fn a_log_that_was_cut_takes_no_more_changes() {
    let room = room();
    let mut store = open(room.path());
    for number in 0..5 {
        star(&mut store, number).unwrap();
    }
    let log = fs::OpenOptions::new().write(true).open(room.path().join("user.db-wal")).unwrap();
    log.set_len(5000).unwrap();
    let refused = star(&mut store, 5).unwrap_err();
    assert!(refused.message.contains("was removed or cut while it was open"), "{refused}");
    drop(store);
    let mut store = open(room.path());
    let left = stars(&store);
    star(&mut store, 6).unwrap();
    drop(store);
    assert_eq!(stars(&open(room.path())), left + 1);
}

#[test]
fn nothing_is_acknowledged_beside_the_log_of_another_process() {
    let room = room();
    let mut store = open(room.path());
    star(&mut store, 0).unwrap();
    for suffix in ["-wal", "-shm"] {
        let path = room.path().join(format!("user.db{suffix}"));
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    let refused = star(&mut store, 1).unwrap_err();
    assert!(refused.message.contains("in whose place is another one"), "{refused}");
    let other = fs::read(room.path().join("user.db-wal")).unwrap();
    drop(store);
    assert!(fs::read(room.path().join("user.db-wal")).unwrap() == other, "the log of the other process stays");
    assert_eq!(stars(&open(room.path())), 1);
}
