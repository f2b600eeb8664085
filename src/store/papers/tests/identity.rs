//! Which records are one paper, and by which keys a paper is found.

use super::*;

#[test]
fn a_title_becomes_an_arxiv_paper_and_keeps_its_old_key() {
    let room = room();
    let mut store = open(&room);
    let first = add(&mut store, &page());
    let title = first.key.clone();
    assert!(title.as_str().starts_with("title:"));
    let added = add(&mut store, &full());
    assert_eq!((added.row, added.outcome, added.joined.as_ref()), (first.row, ImportOutcome::Updated, Some(&title)));
    for key in [&title, &added.key, &PaperKey::doi(&Doi::parse("10.1000/QUIET.7").unwrap())] {
        assert_eq!(store.resolve(key).unwrap().as_ref(), Some(&added.key));
    }
    let paper = store.get(&title).unwrap().unwrap().paper;
    assert_eq!(paper.summary, full().summary);
    assert_eq!(paper.sightings, [sighting(12, 3, 10), sighting(13, 1, 44)]);
    let again = add(&mut store, &page());
    assert_eq!((again.key, again.outcome, again.joined), (added.key, ImportOutcome::Unchanged, None));
    assert_sound(&store);
}

#[test]
fn a_page_joins_the_paper_the_library_has() {
    let room = room();
    let mut store = open(&room);
    let mut starter = full();
    starter.title.markup = Markup::Plain;
    starter.summary = Some(Text::new("Words of our own.", Markup::Summary));
    starter.sightings.clear();
    let known = add(&mut store, &starter).key;
    let joined = add(&mut store, &page());
    assert_eq!((joined.outcome, joined.joined, &joined.key), (ImportOutcome::Updated, Some(known.clone()), &known));
    let paper = store.get(&known).unwrap().unwrap().paper;
    assert_eq!(paper.summary, page().summary);
    assert_eq!(paper.title, starter.title);
    assert_eq!(store.resolve(&page().key()).unwrap(), Some(known));
}

#[test]
fn two_arxiv_ids_are_never_one_paper() {
    let room = room();
    let mut store = open(&room);
    let other = Paper { arxiv: arxiv("2504.09999"), ..full() };
    let added = add_all(&mut store, &[full(), other]);
    assert_eq!(added.iter().map(|added| added.outcome).collect::<Vec<_>>(), [ImportOutcome::New, ImportOutcome::New]);
    assert_eq!(store.resolve(&page().key()).unwrap(), None, "a title of two papers is no key");
    assert_eq!(add(&mut store, &page()).outcome, ImportOutcome::New, "and no guess is made");
    assert_eq!(store.count().unwrap(), 3);
    assert_sound(&store);
}

#[test]
fn a_doi_joins_two_rows_that_are_one_paper() {
    let room = room();
    let mut store = open(&room);
    let mut preprint = full();
    preprint.doi = None;
    let mut journal = titled_by("Quiet Gradients, the Journal Version", "Ann Lee");
    journal.doi = full().doi;
    journal.venue = Some("A Journal".into());
    journal.sightings = vec![sighting(13, 9, 40), sighting(14, 2, 4)];
    let rows = add_all(&mut store, &[preprint, journal]);
    assert_eq!(store.count().unwrap(), 2);
    let added = add(&mut store, &full());
    assert_eq!((added.row, &added.joined), (rows[0].row, &Some(rows[1].key.clone())));
    assert_eq!(store.count().unwrap(), 1);
    assert_eq!(store.resolve(&rows[1].key).unwrap(), Some(added.key.clone()));
    let days: Vec<_> =
        store.get(&added.key).unwrap().unwrap().paper.sightings.iter().map(|seen| seen.digest.id.clone()).collect();
    assert_eq!(days, ["hf:2025-03-13", "hf:2025-03-14"]);
    assert_sound(&store);
}

#[test]
fn a_second_doi_is_one_more_key_and_a_digest_counts_a_paper_once() {
    let room = room();
    let mut store = open(&room);
    let mut second = full();
    second.doi = Doi::parse("10.2000/other");
    second.sightings.push(sighting(13, 8, 8));
    let added = add_all(&mut store, &[second.clone(), full(), second]);
    assert_eq!(added[2].outcome, ImportOutcome::Unchanged);
    for doi in ["10.2000/other", "10.1000/quiet.7"] {
        assert_eq!(store.resolve(&PaperKey::doi(&Doi::parse(doi).unwrap())).unwrap().as_ref(), Some(&added[0].key));
    }
    assert_eq!(store.digests().unwrap()[0].1, 1);
    assert_sound(&store);
}

#[test]
fn papers_of_one_title_have_two_keys() {
    let room = room();
    let mut store = open(&room);
    let added = add_all(&mut store, &[titled_by("Introduction", "Cy Doe"), titled_by("Introduction", "Di Roe")]);
    assert_eq!(added[0].key.as_str(), "title:introduction");
    assert_eq!(added[1].key.as_str(), "title:introductionroe");
    for added in &added {
        assert_eq!(store.resolve(&added.key).unwrap().as_ref(), Some(&added.key));
        assert_eq!(store.get(&added.key).unwrap().unwrap().row, added.row);
    }
}

#[test]
fn a_file_made_anew_gives_the_same_keys() {
    let room = room();
    let mut store = open(&room);
    add_all(&mut store, &[page(), full(), titled_by("Another Title", "Cy Doe")]);
    let (title, revision) = (page().key(), store.revision().unwrap());
    let canonical = store.resolve(&title).unwrap();
    drop(store);
    fs::remove_file(room.path().join("papers.db")).unwrap();
    let mut store = open(&room);
    assert_ne!(store.revision().unwrap(), revision);
    assert_eq!(store.resolve(&title).unwrap(), None);
    // In another order, which must not matter to what a reader's keys lead to.
    add_all(&mut store, &[titled_by("Another Title", "Cy Doe"), full()]);
    assert_eq!(store.resolve(&title).unwrap(), canonical);
    assert!(store.resolve(&titled_by("Another Title", "").key()).unwrap().is_some());
}

#[test]
fn aliases_of_every_kind_are_found_in_the_transaction_they_came_in_and_after_it() {
    let room = room();
    let mut store = open(&room);
    let page = page();
    let with_doi = Paper { arxiv: None, doi: Doi::parse("10.1000/Kites"), ..full() };
    let both = Paper { doi: Doi::parse("10.1000/kites"), ..full() };
    for records in
        [vec![page.clone(), with_doi.clone(), both.clone(), page.clone(), with_doi.clone()], vec![page, with_doi, both]]
    {
        let added = add_all(&mut store, &records);
        let rows: HashSet<i64> = added.iter().map(|added| added.row).collect();
        assert_eq!(rows.len(), 1, "{added:?}");
        assert_eq!(store.count().unwrap(), 1);
    }
    assert_sound(&store);
}

#[test]
fn a_pasted_title_of_two_words_is_the_paper_that_the_library_has() {
    let room = room();
    let mut store = open(&room);
    let known = add(&mut store, &titled_by("Pointer Kites", "Ann Lee"));
    let pasted = Paper {
        title: Text::new("Pointer Kites", Markup::Page),
        sightings: vec![sighting(12, 1, 3)],
        ..Paper::default()
    };
    assert_eq!(add(&mut store, &pasted).row, known.row);
    let (one, two) = (
        titled_by("Preface", "Ann Lee"),
        Paper { published: PartialDate::new(2024, None, None), ..titled_by("Preface", "Ann Lee") },
    );
    let added = add_all(&mut store, &[one.clone(), two.clone()]);
    assert_ne!(added[0].row, added[1].row, "two prefaces of one author");
    for (again, first) in add_all(&mut store, &[one, two]).iter().zip(&added) {
        assert_eq!((again.row, again.outcome), (first.row, ImportOutcome::Unchanged));
    }
    assert_sound(&store);
}
