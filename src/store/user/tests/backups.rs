//! Backups: when they are made and kept, and how one is restored.

use super::*;

#[test]
fn damage_is_told_with_the_backup_and_repaired() {
    let destroy: [fn(&Path); 4] = [
        |file| fs::write(file, "").unwrap(),
        |file| fs::write(file, "not a database at all, but long enough to be looked at").unwrap(),
        |file| fs::remove_file(file).unwrap(),
        |file| {
            let mut bytes = fs::read(file).unwrap();
            bytes[4096..].fill(0xA5);
            fs::write(file, bytes).unwrap();
        },
    ];
    for destroy in destroy {
        let room = backed_up();
        destroy(&room.path().join("user.db"));
        let error = UserStore::open(room.path(), "desk").err().unwrap();
        assert!(error.hint.as_ref().is_some_and(|hint| hint.contains("user-day-2026-11-21.db")), "{error}");
        restore(room.path()).unwrap();
        assert_eq!(all_readings(&open(room.path())).len(), 30);
    }
}

#[test]
fn a_damaged_file_is_kept_beside_the_restored_one() {
    let room = backed_up();
    fs::write(room.path().join("user.db"), "first").unwrap();
    restore(room.path()).unwrap();
    fs::write(room.path().join("user.db"), "second").unwrap();
    restore(room.path()).unwrap();
    assert_eq!(fs::read_to_string(room.path().join("user.db.damaged-1")).unwrap(), "first");
    assert_eq!(fs::read_to_string(room.path().join("user.db.damaged-2")).unwrap(), "second");
    let empty = self::room();
    assert!(restore(empty.path()).unwrap_err().message.contains("no sound backup"));
}

#[test]
fn seven_days_of_backups_are_kept() {
    let room = room();
    open(room.path()).apply(&statuses(1, Status::Read), "read", 1).unwrap();
    for day in 1..=10 {
        UserStore::open_on(room.path(), "desk", &USER, date(2027, 1, day)).unwrap();
    }
    let mut kept: Vec<String> = fs::read_dir(room.path().join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    kept.sort();
    assert_eq!((kept.len(), kept[0].as_str()), (7, "user-day-2027-01-04.db"));
}

#[test]
fn a_large_file_without_anything_to_back_up_is_not_checked_at_every_start() {
    let steps = |keys: usize| {
        let room = room();
        let given: Vec<_> = (0..keys).map(|number| (key(number), format!("{}{number}", "Kites".repeat(12)))).collect();
        let mut store = open(room.path());
        let mut recent = store.recent_citation_keys().unwrap();
        store.keep_citation_keys(&mut recent, &given).unwrap();
        store.move_recent_citation_keys().unwrap();
        drop(store);
        assert_eq!(fs::metadata(room.path().join("user.db")).unwrap().len() > QUICK, keys > 0);
        crate::store::steps_of(|| drop(open(room.path())))
    };
    let (without, with) = (steps(0), steps(12_000));
    assert!(with < without + 1000, "{with} steps with keys, {without} without");
}

#[test]
fn a_file_that_is_open_over_midnight_is_backed_up_on_the_new_day() {
    let room = room();
    open(room.path()).apply(&statuses(1, Status::Read), "read", 1).unwrap();
    let mut store = UserStore::open_on(room.path(), "desk", &USER, DAY).unwrap();
    let made = |day: Date| room.path().join(format!("backups/user-day-{day}.db"));
    let tomorrow = DAY.tomorrow().unwrap();
    store.back_up_on(DAY).unwrap();
    assert!(made(DAY).exists() && !made(tomorrow).exists());
    star(&mut store, 7).unwrap();
    store.back_up_on(tomorrow).unwrap();
    let (path, when) = last_backup(room.path()).unwrap();
    assert_eq!(path, made(tomorrow));
    assert!(when.contains(':') && when.starts_with("20"), "{when}");
    let copy = self::room();
    fs::copy(path, copy.path().join("user.db")).unwrap();
    assert_eq!(stars(&open(copy.path())), 1);
    // One that fails is told once a day, with the last that did not.
    let next = tomorrow.tomorrow().unwrap();
    fs::rename(room.path().join("backups"), room.path().join("aside")).unwrap();
    fs::write(room.path().join("backups"), "no folder").unwrap();
    let told = store.back_up_on(next).unwrap_err();
    assert!(told.message.starts_with("today's backup of user.db failed: "), "{told}");
    store.back_up_on(next).unwrap();
    assert_eq!(store.backup_failure(), Some(told.message));
    fs::remove_file(room.path().join("backups")).unwrap();
    store.back_up_on(next.tomorrow().unwrap()).unwrap();
    assert_eq!(store.backup_failure(), None);
}

#[test]
fn a_backup_is_not_restored_while_the_file_is_open() {
    let room = backed_up();
    let store = open(room.path());
    let refused = restore(room.path()).unwrap_err();
    assert!(refused.message.contains("is open in another tsundoku"), "{refused}");
    drop(store);
    fs::write(room.path().join("user.db"), "").unwrap();
    restore(room.path()).unwrap();
}

#[test]
fn a_sound_file_is_not_replaced_by_a_backup_with_less() {
    let room = backed_up();
    let mut store = open(room.path());
    star(&mut store, 37).unwrap();
    drop(store);
    let refused = restore(room.path()).unwrap_err();
    assert!(refused.message.contains("is sound: it holds"), "{refused}");
    assert_eq!(stars(&open(room.path())), 31);
    // With a crash before the log was written into the file.
    let mut store = open(room.path());
    star(&mut store, 38).unwrap();
    let copy = copied(room.path());
    fs::create_dir_all(copy.path().join("backups")).unwrap();
    for entry in fs::read_dir(room.path().join("backups")).unwrap().flatten() {
        fs::copy(entry.path(), copy.path().join("backups").join(entry.file_name())).unwrap();
    }
    assert!(restore(copy.path()).is_err());
    assert_eq!(stars(&open(copy.path())), 32);
    // An empty one, begun after the file was lost, is.
    drop(store);
    for name in ["user.db", "user.db-wal", "user.db-shm"] {
        drop(fs::remove_file(room.path().join(name)));
    }
    let aside = room.path().join("aside");
    fs::rename(room.path().join("backups"), &aside).unwrap();
    drop(open(room.path()));
    fs::remove_dir_all(room.path().join("backups")).ok();
    fs::rename(&aside, room.path().join("backups")).unwrap();
    restore(room.path()).unwrap();
}

#[test]
fn a_definition_that_was_changed_is_damage() {
    let room = backed_up();
    let file = room.path().join("user.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    let wrong = "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = replace(sql, 'redo.undoes', 'redo.umdoes') WHERE type = 'view'";
    connection.execute_batch(wrong).unwrap();
    drop(connection);
    let problems = open(room.path()).check().unwrap();
    assert!(problems.iter().any(|problem| problem.contains("is not defined as this program")), "{problems:?}");
    restore(room.path()).unwrap();
    assert_eq!(open(room.path()).check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_backup_that_fails_is_told_and_stops_nothing() {
    let room = room();
    open(room.path()).apply(&statuses(1, Status::Read), "read", 1).unwrap();
    fs::remove_dir_all(room.path().join("backups")).ok();
    fs::write(room.path().join("backups"), "no folder").unwrap();
    let store = open(room.path());
    let failure = store.backup_failure().unwrap();
    assert!(
        failure.starts_with("today's backup of user.db failed: ") && failure.ends_with("there is no sound one"),
        "{failure}"
    );
    assert_eq!(store.check().unwrap(), [failure]);
}
