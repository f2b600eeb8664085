//! The journal's promises: nothing acknowledged is lost, everything can be taken back, damage is told. Uses no terminal and no network.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::thread;

use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::*;
use crate::domain::reading::Tag;
use crate::store::PaperStore;

const DAY: Date = date(2026, 11, 21);

fn room() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(dir: &Path) -> UserStore {
    UserStore::open(dir, "desk").unwrap()
}

impl UserStore {
    fn undo(&mut self, at: i64) -> Result<Option<ChangeBatch>> {
        self.reverse_all(Direction::Undo, at)
    }

    fn redo(&mut self, at: i64) -> Result<Option<ChangeBatch>> {
        self.reverse_all(Direction::Redo, at)
    }

    fn reverse_all(&mut self, direction: Direction, at: i64) -> Result<Option<ChangeBatch>> {
        let mut changed = Vec::new();
        let reversed = self.reverse(direction, at, &mut || true, &mut |change| changed.push(change))?;
        Ok(reversed.map(|(_, id)| ChangeBatch { id: id.unwrap(), changed }))
    }
}

fn papers_of(batch: &ChangeBatch) -> usize {
    batch.changed.iter().map(|change| Fact::of(change).subject).collect::<HashSet<String>>().len()
}

/// Every reading state there is, by key.
fn all_readings(store: &UserStore) -> HashMap<String, Reading> {
    let mut all: HashMap<String, Reading> = HashMap::new();
    store.each_field(&mut |key, field| field.add_to(all.entry(key.to_owned()).or_default())).unwrap();
    all.iter().for_each(|(key, reading)| assert_eq!(store.reading(key).unwrap(), *reading));
    all
}

fn key(number: usize) -> PaperKey {
    PaperKey::title(&format!("paper{number}"))
}

fn statuses(count: usize, status: Status) -> Vec<Change> {
    (0..count).map(|number| Change::Status(key(number), status)).collect()
}

/// The files as a crash would leave them: copied while the store is open.
fn copied(dir: &Path) -> TempDir {
    let copy = room();
    for suffix in ["", "-wal"] {
        let name = format!("user.db{suffix}");
        fs::copy(dir.join(&name), copy.path().join(&name)).unwrap();
    }
    copy
}

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
fn every_kind_of_change_survives_reopening() {
    let room = room();
    let hostile = "'); DROP TABLE state; -- \u{0} \u{1b}]52;c;x\u{7} \u{202e} \"{}%s";
    let paper = PaperKey::title(hostile);
    let changes = [
        Change::Status(paper.clone(), Status::Reading),
        Change::Star(paper.clone(), true),
        Change::Seen(paper.clone(), true),
        Change::Tag(paper.clone(), Tag::new("area/peft").unwrap()),
        Change::Tag(paper.clone(), Tag::new("gone").unwrap()),
        Change::Untag(paper.clone(), Tag::new("gone").unwrap()),
        Change::Note(paper.clone(), hostile.into()),
        Change::View(hostile.into(), Some(hostile.into())),
        Change::View("b".into(), Some("is:starred".into())),
        Change::DigestDay(hostile.into(), Some("2024-03-12".into())),
        Change::DigestHidden(hostile.into(), true),
    ];
    let mut expected = UserState::default();
    changes.iter().for_each(|change| expected.apply(change));
    let batch = UserStore::open(room.path(), hostile).unwrap().apply(&changes, hostile, 7).unwrap();
    assert_eq!((papers_of(&batch), batch.changed.len()), (4, 11));
    let store = open(room.path());
    assert_eq!(store.state().unwrap(), expected);
    let reading = Reading {
        status: Status::Reading,
        starred: true,
        seen: true,
        tags: [Tag::new("area/peft").unwrap()].into(),
        note: hostile.into(),
    };
    assert_eq!(all_readings(&store), [(paper.to_string(), reading)].into());
    let last = store.log(None, 1).unwrap().remove(0);
    assert_eq!((last.device.as_str(), last.label.as_str(), last.at), (hostile, hostile, 7));
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn what_changes_nothing_is_not_written() {
    let room = room();
    let mut store = open(room.path());
    store.apply(&statuses(2, Status::Queued), "queue", 1).unwrap();
    let before = store.log(None, usize::MAX).unwrap();
    let again = store.apply(&statuses(2, Status::Queued), "queue", 2).unwrap();
    assert_eq!((again.id, again.changed.len()), (0, 0));
    let untouched = [Change::Untag(key(9), Tag::new("x").unwrap()), Change::Status(key(9), Status::Unread)];
    assert!(store.apply(&untouched, "nothing", 3).unwrap().changed.is_empty());
    assert_eq!(store.log(None, usize::MAX).unwrap(), before);
    let partly = store.apply(&statuses(3, Status::Queued), "queue", 4).unwrap();
    assert_eq!(partly.changed, [Change::Status(key(2), Status::Queued)]);
}

#[test]
fn undo_and_redo_are_an_editors_stack_across_restarts() {
    let room = room();
    let status = |store: &UserStore| all_readings(store).get(key(0).as_str()).map(|reading| reading.status);
    let step = |wanted: Status, at| {
        open(room.path()).apply(&[Change::Status(key(0), wanted)], wanted.name(), at).unwrap();
    };
    step(Status::Queued, 1);
    step(Status::Reading, 2);
    step(Status::Read, 3);
    // Every step in a store of its own; clocks run backwards, order is the journal's.
    let undo = |at| open(room.path()).undo(at).unwrap();
    let redo = |at| open(room.path()).redo(at).unwrap();
    assert_eq!(undo(-1).unwrap().changed, [Change::Status(key(0), Status::Reading)]);
    let next = |direction| open(room.path()).next_reversal(direction).unwrap().unwrap().0;
    assert_eq!(next(Direction::Undo), "reading");
    undo(-2).unwrap();
    assert_eq!(status(&open(room.path())), Some(Status::Queued));
    assert_eq!(redo(-3).unwrap().changed, [Change::Status(key(0), Status::Reading)]);
    assert_eq!(redo(-4).unwrap().changed, [Change::Status(key(0), Status::Read)]);
    assert_eq!(redo(-5), None);
    assert_eq!(next(Direction::Undo), "read");
    undo(-6).unwrap();
    step(Status::Dropped, 4);
    assert_eq!(redo(5), None, "a change clears redo");
    assert_eq!(undo(6).unwrap().changed, [Change::Status(key(0), Status::Reading)]);
    assert_eq!(redo(7).unwrap().changed, [Change::Status(key(0), Status::Dropped)]);
    for expected in [Status::Reading, Status::Queued, Status::Unread] {
        assert_eq!(undo(8).unwrap().changed, [Change::Status(key(0), expected)]);
    }
    assert_eq!(undo(9), None);
    let store = open(room.path());
    assert_eq!(status(&store), None);
    assert!(store.status_changes().unwrap().is_empty());
    assert!(
        store.log(None, usize::MAX).unwrap().iter().filter(|entry| entry.undoes.is_none()).all(|entry| entry.undone)
    );
    assert!(store.check().unwrap().iter().all(|problem| problem.contains("backup")));
}

#[test]
fn a_field_changed_twice_in_a_batch_goes_back_to_where_it_began() {
    let room = room();
    let mut store = open(room.path());
    store.apply(&[Change::Note(key(0), "first".into())], "note", 1).unwrap();
    let twice = [Change::Note(key(0), "second".into()), Change::Note(key(0), "third".into())];
    store.apply(&twice, "notes", 2).unwrap();
    store.undo(3).unwrap();
    assert_eq!(all_readings(&store)[key(0).as_str()].note, "first");
    store.redo(4).unwrap();
    assert_eq!(all_readings(&store)[key(0).as_str()].note, "third");
}

#[test]
fn bulk_changes_are_one_batch_and_one_undo() {
    let room = room();
    let many = 20_000;
    open(room.path()).apply(&statuses(many, Status::Read), "mark read", 1).unwrap();
    let undone = open(room.path()).undo(2).unwrap().unwrap();
    assert_eq!((papers_of(&undone), undone.changed.len()), (many, many));
    assert!(all_readings(&open(room.path())).is_empty());
    assert_eq!(papers_of(&open(room.path()).redo(3).unwrap().unwrap()), many);
    assert_eq!(all_readings(&open(room.path())).len(), many);
}

#[test]
fn the_log_is_newest_first_and_can_be_about_one_paper() {
    let room = room();
    let mut store = open(room.path());
    store.apply(&statuses(2, Status::Queued), "queue", 10).unwrap();
    store.apply(&[Change::Star(key(1), true)], "star", 20).unwrap();
    store.undo(30).unwrap();
    let about = store.log(Some(&key(1)), 10).unwrap();
    let told: Vec<_> = about.iter().map(|entry| (entry.field.as_str(), entry.at, entry.undone, entry.undoes)).collect();
    assert_eq!(told, [("star", 30, false, Some(2)), ("star", 20, true, None), ("status", 10, false, None)]);
    assert_eq!(about[2].after.as_deref(), Some("queued"));
    assert_eq!(store.status_changes().unwrap(), [(10, key(0), Status::Queued), (10, key(1), Status::Queued)]);
}

#[test]
fn many_writers_lose_nothing() {
    let room = room();
    let dir = room.path();
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                let mut store = UserStore::open(dir, &format!("writer {writer}")).unwrap();
                for number in 0..100 {
                    let tag = Tag::new(&format!("w{writer}-{number}")).unwrap();
                    let batch = store.apply(&[Change::Tag(key(number % 5), tag)], "tag", number as i64).unwrap();
                    assert_eq!(batch.changed.len(), 1);
                }
            });
        }
    });
    let store = open(dir);
    let tags: usize = all_readings(&store).values().map(|reading| reading.tags.len()).sum();
    assert_eq!(tags, 400);
    assert_eq!(store.log(None, usize::MAX).unwrap().len(), 400);
}

#[test]
fn another_writer_is_noticed() {
    let room = room();
    let (mut one, mut other) = (open(room.path()), open(room.path()));
    let before = one.data_version().unwrap();
    assert_eq!(one.data_version().unwrap(), before);
    other.apply(&statuses(1, Status::Read), "read", 1).unwrap();
    assert_ne!(one.data_version().unwrap(), before);
}

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

/// A library with 30 changes, closed, and backed up.
fn backed_up() -> TempDir {
    let room = room();
    for number in 0..30 {
        open(room.path()).apply(&[Change::Star(key(number), true)], "star", 1_700_000_000_000).unwrap();
    }
    fs::remove_dir_all(room.path().join("backups")).unwrap();
    UserStore::open_on(room.path(), "desk", &USER, DAY).unwrap();
    assert!(room.path().join("backups/user-day-2026-11-21.db").exists());
    room
}

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
fn a_flipped_byte_is_found_or_does_no_harm() {
    let room = backed_up();
    let file = room.path().join("user.db");
    let whole = fs::read(&file).unwrap();
    let expected = all_readings(&open(room.path()));
    for place in (0..whole.len()).step_by(whole.len() / 97) {
        let mut flipped = whole.clone();
        flipped[place] ^= 0xFF;
        fs::write(&file, &flipped).unwrap();
        let read = UserStore::open(room.path(), "desk").and_then(|store| {
            let mut papers = HashSet::new();
            store.each_field(&mut |key, _| {
                papers.insert(key.to_owned());
            })?;
            Ok(papers)
        });
        // A flip in the text of a value is a value: only checksums of our own could tell.
        match read {
            Ok(papers) => assert!(papers.len() + 1 >= expected.len(), "lost papers at {place}"),
            Err(error) => assert!(error.hint.is_some(), "{error}"),
        }
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

const NEXT_STEPS: &[&str] = &[STEPS[0], STEPS[1], "ALTER TABLE batch ADD COLUMN colour TEXT;"];
const BROKEN_STEPS: &[&str] = &[STEPS[0], STEPS[1], "ALTER TABLE batch ADD COLUMN colour TEXT; SELECT nonsense;"];
static NEXT: DatabaseFile = user_database(NEXT_STEPS);
static BROKEN: DatabaseFile = user_database(BROKEN_STEPS);

#[test]
fn a_schema_step_keeps_everything_and_a_copy_from_before() {
    let room = room();
    open(room.path()).apply(&statuses(3, Status::Read), "read", 1).unwrap();
    assert!(UserStore::open_on(room.path(), "desk", &BROKEN, DAY).is_err());
    assert_eq!(all_readings(&open(room.path())).len(), 3, "a step that failed left nothing behind");
    let store = UserStore::open_on(room.path(), "desk", &NEXT, DAY).unwrap();
    assert_eq!(all_readings(&store).len(), 3);
    assert_eq!(store.database.known_version().unwrap(), NEXT.latest_version());
    assert!(room.path().join(format!("backups/user-schema-{}.db", USER.latest_version())).exists());
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let room = room();
    drop(UserStore::open_on(room.path(), "desk", &NEXT, DAY).unwrap());
    let file = room.path().join("user.db");
    let before = fs::read(&file).unwrap();
    let error = UserStore::open(room.path(), "desk").err().unwrap();
    let (newer, known) = (NEXT.latest_version(), USER.latest_version());
    let said = |text: String| error.message.contains(&text);
    assert!(said(format!("schema version {newer}")) && said(format!("up to {known}")), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_store_for_reading_reads_and_refuses_to_write() {
    let room = room();
    open(room.path()).apply(&statuses(3, Status::Read), "read", 1).unwrap();
    let database = OpenDatabase::open_read_only(room.path(), &USER).unwrap();
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
    };
    assert!(store.is_read_only());
    assert_eq!(all_readings(&store).len(), 3);
    assert!(store.apply(&statuses(3, Status::Read), "read", 1).unwrap_err().message.starts_with("cannot write "));
    assert!(store.undo(2).is_err());
    let empty = self::room();
    let nothing = OpenDatabase::open_read_only(empty.path(), &USER).unwrap();
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

#[test]
fn undo_passes_over_what_was_only_seen() {
    let room = room();
    let mut store = open(room.path());
    let (star, seen) = (Change::Star(key(1), true), Change::Seen(key(2), true));
    store.apply(std::slice::from_ref(&star), "starred", 1).unwrap();
    store.apply(std::slice::from_ref(&seen), "seen", 2).unwrap();
    assert_eq!(store.undo(3).unwrap().unwrap().changed, [Change::Star(key(1), false)]);
    store.apply(&[Change::Seen(key(3), true)], "seen", 4).unwrap();
    assert_eq!(store.redo(5).unwrap().unwrap().changed, [star]);
    store.undo(6).unwrap();
    assert_eq!(store.undo(7).unwrap(), None);
    assert!(all_readings(&store)[key(2).as_str()].seen);
}

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
fn a_backup_is_not_restored_while_the_file_is_open() {
    let room = backed_up();
    let store = open(room.path());
    let refused = restore(room.path()).unwrap_err();
    assert!(refused.message.contains("is open in another tsundoku"), "{refused}");
    drop(store);
    restore(room.path()).unwrap();
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

fn stars(store: &UserStore) -> usize {
    all_readings(store).values().filter(|reading| reading.starred).count()
}

fn star(store: &mut UserStore, number: usize) -> Result<ChangeBatch> {
    store.apply(&[Change::Star(key(number), true)], "starred", 1)
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
fn changes_since_a_position_are_those_of_the_journal() {
    let room = room();
    let mut store = open(room.path());
    let start = store.position().unwrap();
    assert_eq!(store.changed_since(&start, 0).unwrap(), Some(vec![]));
    let first = store.apply(&statuses(3, Status::Read), "read", 1).unwrap();
    let after_first = store.position_after(&start, first.id).unwrap().unwrap();
    assert_eq!(after_first, store.position().unwrap());
    store.apply(&[Change::View("a".into(), Some("lora".into())), Change::Star(key(1), true)], "both", 2).unwrap();
    store.apply(&[Change::Star(key(1), false)], "unstarred", 3).unwrap();
    let mut changed = store.changed_since(&after_first, 2).unwrap().unwrap();
    changed.sort();
    assert_eq!(changed, [key(1).to_string(), "view:a".to_owned()]);
    assert_eq!(store.changed_since(&start, 3).unwrap(), None, "four subjects");
    assert_eq!(store.changed_since(&start, 4).unwrap().map(|all| all.len()), Some(4));
    // Another batch was written between.
    assert_eq!(store.position_after(&after_first, after_first.batch + 2).unwrap(), None);
    // Another file, with a batch of the same number.
    let other = tempfile::tempdir().unwrap();
    let mut elsewhere = open(other.path());
    elsewhere.apply(&statuses(3, Status::Read), "read", 9).unwrap();
    assert_eq!(elsewhere.changed_since(&after_first, 10).unwrap(), None);
}

#[test]
fn a_cancelled_batch_leaves_nothing() {
    let room = room();
    let mut store = open(room.path());
    store.apply(&statuses(9, Status::Read), "read", 1).unwrap();
    let before = (all_readings(&store), store.log(None, usize::MAX).unwrap());
    let mut changes =
        statuses(9, Status::Dropped).into_iter().map(Some).chain([None, Some(Change::Star(key(1), true))]);
    assert_eq!(store.write(&mut changes, ("dropped", 2), &mut |_| {}).unwrap(), None);
    let mut entries = 0;
    let mut proceed = || {
        entries += 1;
        entries < 5
    };
    let cancelled = store.reverse(Direction::Undo, 3, &mut proceed, &mut |_| {}).unwrap();
    assert_eq!(cancelled, Some(("read".to_owned(), None)));
    assert_eq!((all_readings(&store), store.log(None, usize::MAX).unwrap()), before);
    assert_eq!(store.next_reversal(Direction::Undo).unwrap(), Some(("read".to_owned(), 9)));
    assert_eq!(store.next_reversal(Direction::Redo).unwrap(), None);
    store.undo(4).unwrap();
    assert!(all_readings(&store).is_empty());
}
