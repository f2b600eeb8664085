//! The journal's promises: nothing acknowledged is lost, everything can be taken back, damage is told. Uses no terminal and no network.

mod backups;
mod damaged;
mod files;
mod logs;
mod overwritten;
mod replaced;
mod schema;
mod undo;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::thread;

use jiff::civil::{Date, date};
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::domain::identity::PaperKey;
use crate::domain::reading::{Status, Tag};
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

/// A library of thirty stars with a backup.
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

fn stars(store: &UserStore) -> usize {
    all_readings(store).values().filter(|reading| reading.starred).count()
}

fn star(store: &mut UserStore, number: usize) -> Result<ChangeBatch> {
    store.apply(&[Change::Star(key(number), true)], "starred", 1)
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
