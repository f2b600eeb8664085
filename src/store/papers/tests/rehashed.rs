//! Papers that an earlier version stored, whose titles it rendered otherwise.

use super::*;
use crate::domain::identity::TITLE_KEY_VERSION;
use crate::store::papers::row::title_hash;

/// As an earlier version stored the titles: hashes of what it made of them, and its version, NULL from before there was one.
fn stored_before(store: &PaperStore, version: &str) {
    let connection = &store.database.connection;
    let hash = title_hash("whatitreadasbefore");
    connection.execute("UPDATE paper SET title_hash = ?1 WHERE id <> 2", [hash]).unwrap();
    connection.execute_batch(&format!("UPDATE tally SET title_keys = {version}")).unwrap();
    forget_checksums(store);
    crate::store::papers::changes::seal(connection).unwrap();
    assert_sound(store);
}

fn version(store: &PaperStore) -> Option<i64> {
    store.database.connection.query_row("SELECT title_keys FROM tally", [], |row| row.get(0)).unwrap()
}

#[test]
fn papers_of_an_earlier_version_are_known_by_their_titles_after_the_first_import() {
    for stored in ["NULL", "0"] {
        let room = room();
        let mut store = open(&room);
        let (rendered, other) = (full(), titled_by("Loud Kites of Summer", "Bo Li"));
        let first =
            add_all(&mut store, &[rendered.clone(), other.clone(), titled_by("Quiet Kites of Winter", "Ann Lee")]);
        stored_before(&store, stored);
        // One that is damaged stays so.
        store.database.connection.execute("UPDATE paper SET venue = 'x' WHERE id = 3", []).unwrap();
        assert_eq!(store.resolve(&PaperKey::title(&page().title_key())).unwrap(), None, "by its title alone");
        drop(store);
        let mut store = open(&room);
        assert_ne!(version(&store), Some(TITLE_KEY_VERSION));
        let revision = store.revision().unwrap();
        let again = add(&mut store, &page());
        assert_eq!((again.row, &again.key), (first[0].row, &first[0].key), "no second paper");
        assert_eq!(version(&store), Some(TITLE_KEY_VERSION));
        assert_eq!(store.resolve(&PaperKey::title(&page().title_key())).unwrap(), Some(rendered.key()));
        assert_eq!(add(&mut store, &other).outcome, ImportOutcome::Unchanged);
        assert_ne!(store.revision().unwrap(), revision);
        let problems = store.check().unwrap().join("\n");
        assert!(problems.contains("1 damaged papers: title:quietkitesofwinter"), "{problems}");
    }
}

#[test]
fn hashes_are_computed_once_and_kept_though_nothing_else_changes() {
    let room = room();
    let mut store = open(&room);
    assert_eq!(version(&store), Some(TITLE_KEY_VERSION), "a new file has the present version");
    add(&mut store, &full());
    stored_before(&store, "0");
    assert_eq!(add(&mut store, &full()).outcome, ImportOutcome::Unchanged);
    assert_eq!(version(&store), Some(TITLE_KEY_VERSION));
    assert_sound(&store);
    let hash = title_hash("whatitreadasbefore");
    store.database.connection.execute("UPDATE paper SET title_hash = ?1", [hash]).unwrap();
    add(&mut store, &titled_by("Loud Kites of Summer", "Bo Li"));
    let select = "SELECT count(*) FROM paper WHERE title_hash = ?1";
    let left: i64 = store.database.connection.query_row(select, [hash], |row| row.get(0)).unwrap();
    assert_eq!(left, 1, "not computed again");
}
