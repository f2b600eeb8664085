//! The file itself: its settings, permissions and locks, and a store that only reads.

use super::*;

#[test]
fn the_library_is_a_safe_version_and_the_settings_hold() {
    assert!(rusqlite::version_number() >= 3_051_003, "the WAL-reset fix");
    let room = room();
    let store = open(room.path());
    let pragma = |name: &str| -> String {
        let value = store
            .database
            .connection
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, rusqlite::types::Value>(0));
        match value.unwrap() {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2");
    assert_eq!(pragma("foreign_keys"), "1");
    assert_eq!(pragma("trusted_schema"), "0");
    assert!(pragma("busy_timeout").parse::<u32>().unwrap() >= 5000);
}

#[test]
fn a_store_for_reading_reads_and_refuses_to_write() {
    let room = room();
    open(room.path()).apply(&statuses(3, Status::Read), "read", 1).unwrap();
    let database = OpenDatabase::open_read_only(room.path(), &USER, std::io::ErrorKind::StorageFull).unwrap();
    let mut store = UserStore {
        written: false,
        day: DAY,
        database,
        device: "desk".into(),
        must_reopen: false,
        backup_failure: None,
        is_new: false,
        reopened: 0,
        in_use: None,
        unsaved: UnsavedChanges::default(),
        replacement: None,
    };
    assert!(store.is_read_only());
    assert_eq!(all_readings(&store).len(), 3);
    assert!(store.apply(&statuses(3, Status::Read), "read", 1).unwrap_err().message.starts_with("cannot write "));
    assert!(store.undo(2).is_err());
    let empty = self::room();
    let nothing = OpenDatabase::open_read_only(empty.path(), &USER, std::io::ErrorKind::StorageFull).unwrap();
    assert!(nothing.is_read_only() && !empty.path().join("user.db").exists());
}

#[cfg(unix)]
#[test]
fn files_are_private_from_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let room = room();
    let dir = room.path().join("data");
    let mut store = open(&dir);
    store.apply(&statuses(1, Status::Read), "read", 1).unwrap();
    drop(open(&dir));
    let papers = PaperStore::open(&dir).unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(dir.clone()), 0o700);
    assert_eq!(mode(dir.join("backups")), 0o700);
    let mut files = 0;
    for folder in [dir.clone(), dir.join("backups")] {
        for entry in fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            assert_eq!(mode(entry.path()), 0o600, "{}", entry.path().display());
            files += 1;
        }
    }
    assert!(files >= 6, "both databases with log and shared memory, and a backup");
    drop(papers);
}

/// SQLite's locks belong to the process: opening and closing the file once more would end them, and another process would then remove
/// the log as the last one that closes the file.
#[cfg(target_os = "linux")]
#[test]
fn opening_the_file_again_keeps_the_locks_of_those_that_have_it_open() {
    use std::os::unix::fs::MetadataExt;
    let room = room();
    let first = open(room.path());
    let inode = fs::metadata(room.path().join("user.db")).unwrap().ino();
    let (pid, file) = (std::process::id().to_string(), format!(":{inode} "));
    let is_locked = || {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        locks.lines().any(|line| line.contains(&file) && line.split_whitespace().any(|word| word == pid))
    };
    assert!(is_locked());
    drop(open(room.path()));
    assert!(is_locked());
    drop(first);
    assert!(!is_locked());
}

#[test]
fn a_copy_made_while_others_have_the_file_open_is_whole() {
    let (room, copy) = (room(), room());
    let mut store = open(room.path());
    store.apply(&statuses(500, Status::Read), "read", 1).unwrap();
    let mut other = open(room.path());
    star(&mut other, 7).unwrap();
    store.copy_to(copy.path()).unwrap();
    star(&mut other, 8).unwrap();
    let copied = open(copy.path());
    assert_eq!((all_readings(&copied).len(), stars(&copied)), (500, 1));
    assert!(copied.check().unwrap().iter().all(|problem| problem.contains("backup")));
}
