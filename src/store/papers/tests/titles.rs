//! Keys made of titles: signs that belong to them, and the keys of earlier versions.

use super::*;

#[test]
fn titles_that_differ_in_a_sign_are_papers_of_their_own() {
    let room = room();
    let mut store = open(&room);
    let titles =
        ["Learning C++ Well", "Learning C# Well", "Learning C Well", "A + B", "A − B", "A → B", "GPT-3.5", "GPT-35"];
    let papers = titles.map(|title| Paper { title: Text::new(title, Markup::Plain), ..Paper::default() });
    for (place, added) in add_all(&mut store, &papers).into_iter().enumerate() {
        assert_eq!((added.outcome, &added.key), (ImportOutcome::New, &papers[place].key()));
        assert_eq!(PaperKey::parse(added.key.as_str()).as_ref(), Some(&added.key));
    }
    for added in add_all(&mut store, &papers) {
        assert_eq!(added.outcome, ImportOutcome::Unchanged);
    }
    assert_eq!(store.resolve(&PaperKey::title("learningcwell")).unwrap(), Some(papers[2].key()));
    assert_sound(&store);
}

#[test]
fn a_key_without_signs_still_names_its_paper() {
    let room = room();
    let mut store = open(&room);
    let titled = |title: &str| Paper { title: Text::new(title, Markup::Plain), ..Paper::default() };
    // As an earlier version stored it, with state under that key.
    let row = add(&mut store, &titled("Learning C++ Well")).row;
    let old = PaperKey::title("learningcwell");
    store.database.connection.execute("UPDATE paper SET key = ?1 WHERE id = ?2", (old.as_str(), row)).unwrap();
    forget_checksums(&store);
    drop(store);
    let mut store = open(&room);
    assert_eq!(store.resolve(&old).unwrap(), Some(old.clone()));
    assert_eq!(
        store.resolve(&PaperKey::title("learningc++well")).unwrap(),
        Some(old.clone()),
        "the key that it has now"
    );
    let again = add(&mut store, &titled("Learning C++ Well"));
    assert_eq!((again.row, &again.key), (row, &old));
    let other = add(&mut store, &titled("Learning C Well"));
    assert!(other.row != row && other.key != old, "{}", other.key);
    assert_eq!(store.resolve(&old).unwrap(), Some(old.clone()), "state stays with the paper that had the key");
    drop(store);
    // Made anew: nothing has the old key, and one paper has its letters.
    fs::remove_file(room.path().join("papers.db")).unwrap();
    let mut store = open(&room);
    let added = add(&mut store, &titled("Learning C++ Well"));
    assert_eq!(store.resolve(&old).unwrap(), Some(added.key));
    assert_sound(&store);
}

#[test]
fn a_key_of_fewer_rendered_commands_still_names_its_paper() {
    let room = room();
    let titled = |title: &str| Paper { title: Text::new(title, Markup::Tex), ..Paper::default() };
    let (cold, plain) = (titled("Cold Atoms at \\SI{5}{\\kelvin}"), titled("A $\\alpha$-Stable Kite"));
    let old = PaperKey::title("coldatomsat5kelvin");
    let mut store = open(&room);
    // As an earlier version stored it.
    let row = add(&mut store, &cold).row;
    let connection = &store.database.connection;
    connection.execute("DELETE FROM alias", []).unwrap();
    let hash = super::row::title_hash("coldatomsat5kelvin");
    connection.execute("UPDATE paper SET key = ?1, title_hash = ?2", (old.as_str(), hash)).unwrap();
    forget_checksums(&store);
    drop(store);
    let mut store = open(&room);
    assert_eq!(store.resolve(&old).unwrap(), Some(old.clone()));
    let again = add(&mut store, &cold);
    assert_eq!((again.row, &again.key), (row, &old), "no second paper");
    assert_eq!(store.resolve(&cold.key()).unwrap(), Some(old.clone()));
    assert_sound(&store);
    drop(store);
    // Made anew.
    fs::remove_file(room.path().join("papers.db")).unwrap();
    let mut store = open(&room);
    let added = add(&mut store, &cold);
    assert_eq!(added.key, cold.key());
    assert_eq!(store.resolve(&old).unwrap(), Some(cold.key()));
    assert_eq!(add(&mut store, &cold).outcome, ImportOutcome::Unchanged);
    add(&mut store, &plain);
    let aliases: i64 = store.database.connection.query_row("SELECT count(*) FROM alias", [], |row| row.get(0)).unwrap();
    assert_eq!(aliases, 1, "only where the key was another one");
    assert_sound(&store);
}

#[test]
fn a_key_of_fewer_repairs_of_page_text_still_names_its_paper() {
    let room = room();
    let titled = |title: &str| Paper { title: Text::new(title, Markup::Page), ..Paper::default() };
    for (title, old) in
        [("Denser Kites neq Better", "denserkitesneqbetter"), ("nabla^2Kite: More frac{1}{2}", "nabla2kitemorefrac12")]
    {
        let (paper, old) = (titled(title), PaperKey::title(old));
        assert_ne!(paper.key(), old);
        let mut store = open(&room);
        let added = add(&mut store, &paper);
        assert_eq!(added.key, paper.key());
        assert_eq!(store.resolve(&old).unwrap(), Some(paper.key()));
        // As an earlier version stored it.
        let connection = &store.database.connection;
        connection.execute("DELETE FROM alias", []).unwrap();
        let hash = super::row::title_hash(old.as_str().strip_prefix("title:").unwrap());
        connection
            .execute("UPDATE paper SET key = ?1, title_hash = ?2 WHERE id = ?3", (old.as_str(), hash, added.row))
            .unwrap();
        forget_checksums(&store);
        let again = add(&mut store, &paper);
        assert_eq!((again.row, &again.key), (added.row, &old), "no second paper");
        assert_eq!(store.resolve(&paper.key()).unwrap(), Some(old));
        assert_sound(&store);
    }
}
