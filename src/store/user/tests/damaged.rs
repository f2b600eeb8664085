//! Changes that nobody made: flipped bits are found wherever they change what is read.

use super::*;

/// Everything that is read from the file.
#[derive(Debug, PartialEq)]
struct Contents {
    log: Vec<LogEntry>,
    readings: HashMap<String, Reading>,
    state: UserState,
    statuses: Vec<(i64, PaperKey, Status)>,
    citations: Vec<(PaperKey, String)>,
    given: Vec<bool>,
    undo: Option<(String, usize)>,
}

fn contents(store: &mut UserStore) -> Result<Contents> {
    let recent = store.recent_citation_keys()?;
    let mut readings: HashMap<String, Reading> = HashMap::new();
    store.each_field(&mut |key, field| field.add_to(readings.entry(key.to_owned()).or_default()))?;
    Ok(Contents {
        log: store.log(None, usize::MAX)?,
        readings,
        state: store.state()?,
        statuses: store.status_changes()?,
        given: (0..25)
            .map(|number| store.is_citation_key_given(&recent, &format!("lee{number}KITES")))
            .collect::<Result<_>>()?,
        citations: store.citation_keys_but_of_arxiv(usize::MAX)?.unwrap(),
        undo: store.next_reversal(Direction::Undo)?,
    })
}

/// Changes of every kind, an undo and citation keys.
fn filled() -> TempDir {
    let room = backed_up();
    let mut store = open(room.path());
    store.apply(&statuses(20, Status::Read), "read", 1_700_000_100_000).unwrap();
    for number in 0..10 {
        let tag = Change::Tag(key(number), Tag::new("area/kites").unwrap());
        let note = Change::Note(key(number), format!("a note on kite {number}"));
        store.apply(&[tag, note], "tagged and noted", 1_700_000_200_000).unwrap();
    }
    store.undo(1_700_000_300_000).unwrap().unwrap();
    store.apply(&[Change::View("kites".into(), Some("is:starred".into()))], "view", 1_700_000_400_000).unwrap();
    let mut recent = store.recent_citation_keys().unwrap();
    let given: Vec<_> = (0..20).map(|number| (key(number), format!("Lee{number}kites"))).collect();
    store.keep_citation_keys(&mut recent, &given[..12]).unwrap();
    store.force_move_of_recent_citation_keys();
    store.keep_citation_keys(&mut recent, &given[12..]).unwrap();
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
    room
}

#[test]
fn a_flipped_bit_changes_nothing_or_is_found() {
    let room = filled();
    let file = room.path().join("user.db");
    let good = contents(&mut open(room.path())).unwrap();
    let whole = fs::read(&file).unwrap();
    let flips: usize = std::env::var("TSUNDOKU_TEST_FLIPS").ok().and_then(|flips| flips.parse().ok()).unwrap_or(400);
    let (mut seed, mut found) = (0x9e37_79b9_7f4a_7c15_u64, 0);
    for _ in 0..flips {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bit = (seed >> 20) as usize % (whole.len() * 8);
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&file, &flipped).unwrap();
        for rest in ["user.db-wal", "user.db-shm"] {
            drop(fs::remove_file(room.path().join(rest)));
        }
        let read =
            UserStore::open(room.path(), "desk").and_then(|mut store| Ok((contents(&mut store)?, store.check()?)));
        match read {
            Ok((read, problems)) if read != good => {
                found += 1;
                assert!(!problems.is_empty(), "byte {} bit {}", bit / 8, bit % 8);
            }
            Ok(_) => {}
            Err(error) => {
                found += 1;
                assert!(error.hint.is_some(), "{error}");
            }
        }
    }
    assert!(found * 5 > flips, "only {found} of {flips} flips changed anything");
}

/// What `check` says after a statement.
fn after(change: &str) -> String {
    let room = filled();
    let store = open(room.path());
    store.database.connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {change}")).unwrap();
    store.check().unwrap().join("\n")
}

#[test]
fn what_was_changed_is_named() {
    for (change, told) in [
        ("UPDATE batch SET at = at + 1 WHERE id = 3", "damaged in the journal: the changes 3 (star)"),
        ("UPDATE batch SET label = 'stir' WHERE id = 3", "damaged in the journal: the changes 3 (stir)"),
        ("UPDATE batch SET undoes = 5 WHERE undoes IS NOT NULL", "the changes 42 (tagged and noted)"),
        ("UPDATE journal SET before = 'x' WHERE batch = 31 AND id % 5 = 0", "the changes 31 (read)"),
        ("UPDATE journal SET field = 'tag:area/kitez' WHERE batch = 32 AND field LIKE 'tag%'", "the changes 32 "),
        ("DELETE FROM journal WHERE batch = 31 AND id % 5 = 0", "the changes 31 (read)"),
        (
            "DELETE FROM journal WHERE batch = 7; DELETE FROM batch WHERE id = 7",
            "lost from the journal: the changes 7 to 7",
        ),
        ("UPDATE state SET value = 'x' WHERE field = 'note'", "journal and state differ"),
        (
            "UPDATE citation SET citation_key = 'lee3kites' WHERE citation_key = 'Lee3kites'",
            "lee3kites of title:paper3",
        ),
        (
            "UPDATE given_key SET hash = hash + 1 WHERE hash = (SELECT min(hash) FROM given_key)",
            "citation keys that were given",
        ),
        ("DELETE FROM recent_key WHERE id = (SELECT max(id) FROM recent_key)", "citation keys that were given"),
        ("DELETE FROM citation WHERE citation_key = 'Lee3kites'", "citation keys that were given"),
    ] {
        let said = after(change);
        assert!(said.contains(told), "{change}: {said}");
    }
}

#[test]
fn a_damaged_backup_is_not_restored() {
    let room = filled();
    UserStore::open_on(room.path(), "desk", &USER, DAY.tomorrow().unwrap()).unwrap();
    let newest = room.path().join("backups/user-day-2026-11-22.db");
    let connection = Connection::open(&newest).unwrap();
    connection.execute_batch("UPDATE batch SET at = at + 1 WHERE id = 3").unwrap();
    drop(connection);
    fs::write(room.path().join("user.db"), "damaged").unwrap();
    assert_ne!(restore(room.path()).unwrap(), newest);
    assert_eq!(open(room.path()).check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_file_from_before_there_were_checksums_gets_them() {
    let room = filled();
    let store = open(room.path());
    let sums = |store: &UserStore| -> Vec<i64> {
        let all = "SELECT checksum FROM batch UNION ALL SELECT checksum FROM citation";
        let mut select = store.database.connection.prepare(all).unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    };
    let before = sums(&store);
    let earlier =
        "ALTER TABLE batch DROP COLUMN checksum; ALTER TABLE citation DROP COLUMN checksum; PRAGMA user_version = 2";
    store.database.connection.execute_batch(earlier).unwrap();
    drop(store);
    let store = open(room.path());
    assert_eq!((sums(&store), store.check().unwrap()), (before, Vec::new()));
}

#[test]
fn hashes_of_citation_keys_are_made_anew() {
    let room = filled();
    let mut store = open(room.path());
    assert_eq!(store.mend().unwrap(), Vec::<String>::new());
    store.database.connection.execute_batch("UPDATE given_key SET hash = hash + 1").unwrap();
    let recent = store.recent_citation_keys().unwrap();
    assert!(!store.is_citation_key_given(&recent, "lee3kites").unwrap());
    assert_eq!(store.mend().unwrap().len(), 1);
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
    let recent = store.recent_citation_keys().unwrap();
    assert!(store.is_citation_key_given(&recent, "lee3kites").unwrap());
}
