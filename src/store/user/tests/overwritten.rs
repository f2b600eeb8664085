//! Other contents that a program writes into the file while it is open, as `cp` does: the same file, with a log that does not belong to it.

use super::*;
use crate::store::user::backup;

/// The names of what was kept beside the file.
fn kept(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.contains("unsaved")).collect();
    names.sort();
    names
}

/// Writes a file's bytes over those of another, as `cp` does.
fn overwrite(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
}

/// A store that is open with ten stars, and copies of its file: with five of them, as `cp` and as a backup makes them, and another library's.
struct Scene {
    room: TempDir,
    store: UserStore,
    copies: TempDir,
}

impl Scene {
    fn new() -> Self {
        let (room, copies) = (self::room(), self::room());
        let mut store = open(room.path());
        for number in 0..5 {
            star(&mut store, number).unwrap();
        }
        assert!(store.checkpoint().unwrap());
        overwrite(&room.path().join("user.db"), &copies.path().join("older"));
        store.database.copy(copies.path()).unwrap().persist(copies.path().join("compact")).unwrap();
        for number in 5..10 {
            star(&mut store, number).unwrap();
        }
        let other = self::room();
        let mut foreign = open(other.path());
        for number in 0..40 {
            star(&mut foreign, 100 + number).unwrap();
        }
        drop(foreign);
        overwrite(&other.path().join("user.db"), &copies.path().join("other"));
        Self { room, store, copies }
    }

    fn overwrite_with(&self, copy: &str) {
        overwrite(&self.copies.path().join(copy), &self.room.path().join("user.db"));
    }

    /// The next write is refused, the one after it goes into the new contents with their stars.
    fn assert_reopened(mut self, stars_there: usize, context: &str) {
        let refused = star(&mut self.store, 77).expect_err(context);
        assert!(
            refused.message.contains("was overwritten by another program while it was open"),
            "{context} {refused}"
        );
        assert!(refused.hint.as_ref().unwrap().contains("make the change again"), "{refused}");
        assert!(self.store.take_replacement().is_some() && self.store.take_replacement().is_none());
        assert_eq!(stars(&self.store), stars_there, "{context}");
        star(&mut self.store, 78).unwrap();
        let problems = self.store.check().unwrap();
        assert!(problems.iter().all(|problem| problem.contains("backup")), "{context} {problems:?}");
        drop(self.store);
        let again = open(self.room.path());
        assert_eq!(stars(&again), stars_there + 1, "{context}");
        assert!(again.check().unwrap().iter().all(|problem| problem.contains("backup")));
    }
}

#[test]
fn foreign_contents_are_noticed_before_the_next_write_and_opened() {
    for (copy, is_saved, stars_there) in
        [("older", true, 5), ("compact", true, 5), ("compact", false, 5), ("other", true, 40), ("other", false, 40)]
    {
        let mut scene = Scene::new();
        if is_saved {
            assert!(scene.store.checkpoint().unwrap());
        }
        scene.overwrite_with(copy);
        scene.assert_reopened(stars_there, &format!("{copy}, saved: {is_saved}"));
    }
}

#[test]
fn the_same_contents_once_more_are_no_foreign_ones() {
    let mut scene = Scene::new();
    scene.overwrite_with("older");
    star(&mut scene.store, 10).unwrap();
    assert!(scene.store.checkpoint().unwrap());
    assert_eq!(stars(&scene.store), 11);
    assert!(kept(scene.room.path()).is_empty());
}

#[test]
fn what_only_the_log_held_is_kept_aside() {
    let scene = Scene::new();
    scene.overwrite_with("other");
    let (dir, mut store) = (scene.room.path(), scene.store);
    let log = fs::read(dir.join("user.db-wal")).unwrap();
    let refused = star(&mut store, 77).unwrap_err();
    let told = refused.hint.unwrap();
    assert!(told.contains("the last changes") && told.contains("user.db.unsaved-1.jsonl"), "{told}");
    assert_eq!(kept(dir), ["user.db.unsaved-1-wal", "user.db.unsaved-1.jsonl"]);
    let lines = fs::read_to_string(dir.join("user.db.unsaved-1.jsonl")).unwrap();
    for number in 5..10 {
        assert!(lines.contains(&format!("\"of\":\"{}\"", key(number))), "{lines}");
    }
    assert!(lines.contains("\"change\":\"starred\"") && !lines.contains(key(77).as_str()), "{lines}");
    assert_eq!(fs::read(dir.join("user.db.unsaved-1-wal")).unwrap(), log);
    // With the file that it belongs to the log is whole.
    let again = self::room();
    overwrite(&scene.copies.path().join("older"), &again.path().join("user.db"));
    fs::write(again.path().join("user.db-wal"), log).unwrap();
    assert_eq!(stars(&open(again.path())), 10);
}

#[test]
fn everyone_who_has_the_file_open_follows() {
    let scene = Scene::new();
    let (dir, mut first) = (scene.room.path(), scene.store);
    let mut others = [open(dir), open(dir)];
    star(&mut others[0], 50).unwrap();
    overwrite(&scene.copies.path().join("other"), &dir.join("user.db"));
    let version = first.data_version().unwrap();
    assert!(first.take_replacement().unwrap().message.contains("was overwritten"));
    assert_ne!(first.data_version().unwrap(), version - 1);
    for other in &mut others {
        other.data_version().unwrap();
        assert!(other.take_replacement().unwrap().message.contains("was replaced"));
        assert_eq!(stars(other), 40);
    }
    assert_eq!(kept(dir), ["user.db.unsaved-1-wal", "user.db.unsaved-1.jsonl", "user.db.unsaved-2.jsonl"]);
    star(&mut others[1], 51).unwrap();
    star(&mut first, 52).unwrap();
    drop((first, others));
    assert_eq!(stars(&open(dir)), 42);
}

#[test]
fn a_file_that_was_only_touched_and_checkpoints_of_others_are_no_foreign_contents() {
    let mut scene = Scene::new();
    let (dir, path) = (scene.room.path().to_owned(), scene.room.path().join("user.db"));
    let touch = || {
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_modified(std::time::SystemTime::now() + Duration::from_secs(5)).unwrap();
    };
    for number in 0..40 {
        match number % 4 {
            0 => touch(),
            1 => drop(star(&mut open(&dir), 200 + number).unwrap()),
            2 => assert!(scene.store.checkpoint().unwrap()),
            _ => drop(open(&dir)),
        }
        star(&mut scene.store, 300 + number).unwrap();
        assert!(scene.store.take_replacement().is_none());
    }
    open(&dir).vacuum().unwrap();
    star(&mut scene.store, 400).unwrap();
    scene.store.vacuum().unwrap();
    star(&mut scene.store, 401).unwrap();
    assert_eq!(stars(&scene.store), 10 + 10 + 40 + 2);
    assert!(kept(&dir).is_empty());
}

#[test]
fn contents_that_cannot_be_used_are_refused_and_left() {
    for garbage in ["no database at all", "SQLite format 3\0 and no more"] {
        let Scene { room, mut store, .. } = Scene::new();
        let path = room.path().join("user.db");
        fs::write(&path, garbage).unwrap();
        for _ in 0..2 {
            let refused = star(&mut store, 77).unwrap_err();
            assert!(refused.message.contains("was overwritten") && refused.message.contains("damaged"), "{refused}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), garbage);
        assert_eq!(kept(room.path()), ["user.db.unsaved-1-wal", "user.db.unsaved-1.jsonl"]);
        drop(store);
        assert_eq!(fs::read_to_string(&path).unwrap(), garbage, "its log is not written into it");
        assert!(backup::restore(room.path()).is_err());
    }
}

#[test]
fn the_log_of_a_replaced_file_does_not_come_to_the_new_one() {
    let scene = Scene::new();
    let (dir, mut store) = (scene.room.path(), scene.store);
    fs::rename(scene.copies.path().join("other"), dir.join("user.db")).unwrap();
    let refused = star(&mut store, 77).unwrap_err();
    assert!(refused.message.contains("was replaced by another file"), "{refused}");
    assert!(refused.hint.unwrap().contains("user.db.unsaved-1.jsonl"));
    assert_eq!((stars(&store), store.state().unwrap()), (40, UserState::default()));
    star(&mut store, 78).unwrap();
    drop(store);
    assert_eq!(stars(&open(dir)), 41);
    assert_eq!(kept(dir), ["user.db.unsaved-1-wal", "user.db.unsaved-1.jsonl"]);
}

#[test]
fn many_changes_at_once_are_in_the_file_when_they_are_acknowledged() {
    let Scene { room, mut store, .. } = Scene::new();
    store.apply(&statuses(UnsavedChanges::MOST + 1, Status::Read), "read", 1).unwrap();
    let copy = self::room();
    overwrite(&room.path().join("user.db"), &copy.path().join("user.db"));
    assert_eq!(all_readings(&open(copy.path())).len(), UnsavedChanges::MOST + 1);
}

#[test]
fn the_end_of_a_process_writes_no_log_into_foreign_contents() {
    for copy in ["compact", "other"] {
        let scene = Scene::new();
        scene.overwrite_with(copy);
        checkpoint_user_file(scene.room.path());
        drop(scene.store);
        let read = |path: PathBuf| fs::read(path).unwrap();
        assert!(read(scene.room.path().join("user.db")) == read(scene.copies.path().join(copy)), "{copy}");
    }
}
