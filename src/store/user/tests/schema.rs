//! Schema steps: what was there stays, and a newer file is left alone.

use super::*;

const NEXT_STEPS: &[&str] = &[STEPS[0], STEPS[1], STEPS[2], "ALTER TABLE batch ADD COLUMN colour TEXT;"];
const BROKEN_STEPS: &[&str] =
    &[STEPS[0], STEPS[1], STEPS[2], "ALTER TABLE batch ADD COLUMN colour TEXT; SELECT nonsense;"];
pub(super) static NEXT: DatabaseFile = user_database(NEXT_STEPS);
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
