//! Undo and redo: an editor's stack over batches of any size.

use super::*;

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
