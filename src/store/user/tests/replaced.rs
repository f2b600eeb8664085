//! Files and folders that are removed or replaced while they are open.

use super::schema::NEXT;
use super::*;

#[test]
fn nothing_is_acknowledged_into_a_file_that_was_removed_or_replaced() {
    let room = room();
    let mut store = open(room.path());
    store.apply(&statuses(2, Status::Read), "read", 1).unwrap();
    let copy = copied(room.path());
    open(copy.path()).apply(&statuses(5, Status::Queued), "queued", 2).unwrap();
    let remove = || {
        for name in ["user.db", "user.db-wal", "user.db-shm"] {
            drop(fs::remove_file(room.path().join(name)));
        }
    };

    let emptied = fs::read(room.path().join("user.db")).unwrap();
    fs::write(room.path().join("user.db"), "").unwrap();
    assert!(store.undo(3).unwrap_err().message.contains("removed or emptied"));
    fs::write(room.path().join("user.db"), emptied).unwrap();

    remove();
    let failed = store.apply(&statuses(3, Status::Dropped), "dropped", 3).unwrap_err();
    assert!(failed.message.contains("removed or emptied while it was open"), "{failed}");
    assert!(store.undo(3).is_err() && !room.path().join("user.db").exists(), "no empty file takes its place");

    let version = store.data_version().unwrap();
    fs::copy(copy.path().join("user.db"), room.path().join("user.db")).unwrap();
    let failed = store.apply(&statuses(3, Status::Dropped), "dropped", 4).unwrap_err();
    assert!(failed.message.contains("replaced by another file"), "{failed}");
    assert_ne!(store.data_version().unwrap(), version, "what is in the new file is read");
    assert_eq!(all_readings(&store).len(), 5);
    store.apply(&statuses(3, Status::Dropped), "dropped", 5).unwrap();
    drop(store);
    assert_eq!(all_readings(&open(room.path()))[key(0).as_str()].status, Status::Dropped);
}

#[test]
fn a_folder_that_was_replaced_is_marked_as_open_too() {
    let room = backed_up();
    let mut store = open(room.path());
    fs::remove_file(room.path().join("user.lock")).unwrap();
    star(&mut store, 50).unwrap();
    assert!(restore(room.path()).unwrap_err().message.contains("is open in another tsundoku"));

    let elsewhere = self::room();
    let away = elsewhere.path().join("away");
    fs::rename(room.path(), &away).unwrap();
    let refused = star(&mut store, 51).unwrap_err();
    assert!(refused.message.contains("was removed or emptied"), "{refused}");
    fs::create_dir(room.path()).unwrap();
    fs::create_dir(room.path().join("backups")).unwrap();
    for name in ["user.db", "backups/user-day-2026-11-21.db"] {
        fs::copy(backed_up().path().join(name), room.path().join(name)).unwrap();
    }
    star(&mut store, 51).unwrap_err();
    star(&mut store, 51).unwrap();
    assert_eq!(stars(&store), 31);
    assert!(restore(room.path()).unwrap_err().message.contains("is open in another tsundoku"));
    assert_eq!(stars(&open(&away)), 31);
    fs::write(away.join("user.db"), "damaged").unwrap();
    restore(&away).unwrap();

    // The folder comes back under the store that has the other one open.
    fs::remove_dir_all(room.path()).unwrap();
    fs::rename(&away, room.path()).unwrap();
    store.data_version().unwrap();
    assert_eq!(stars(&store), 30);
    star(&mut store, 52).unwrap();
    drop(store);
    assert_eq!(stars(&open(room.path())), 31);
}

#[test]
fn a_file_that_takes_the_place_of_another_is_opened_like_any() {
    let room = room();
    let old = self::room();
    star(&mut open(old.path()), 1).unwrap();
    let mut store = UserStore::open_on(room.path(), "desk", &NEXT, DAY).unwrap();
    star(&mut store, 2).unwrap();
    fs::remove_file(room.path().join("user.db-wal")).unwrap();
    fs::rename(old.path().join("user.db"), room.path().join("user.db")).unwrap();
    star(&mut store, 2).unwrap_err();
    let version = store.database.known_version().unwrap();
    assert_eq!((version, stars(&store)), (NEXT.latest_version(), 1), "it is brought up to date");
    star(&mut store, 2).unwrap();

    fs::remove_file(room.path().join("user.db-wal")).unwrap();
    fs::write(room.path().join("fresh"), "no database").unwrap();
    fs::rename(room.path().join("fresh"), room.path().join("user.db")).unwrap();
    let refused = star(&mut store, 3).unwrap_err();
    assert!(refused.message.contains("is damaged"), "{refused}");
    assert_eq!(fs::read(room.path().join("user.db")).unwrap(), b"no database");
    assert_eq!(stars(&store), 2, "what was there is shown still");
}
