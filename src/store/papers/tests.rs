//! The promises of `papers.db`: what goes in comes out, one paper is one row, importing again changes nothing. Parses no source.

use std::collections::HashSet;
use std::fs;

use tempfile::TempDir;

use super::*;
use crate::domain::date::PartialDate;
use crate::domain::identity::{ArxivId, Doi, PaperKey};
use crate::domain::markup::Markup;
use crate::domain::paper::{Author, Digest, Link, LinkKind, Paper, Sighting};
use crate::domain::text::Text;

const TITLE: &str = "Quiet Gradients in Loud Networks";

pub(super) fn room() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(super) fn open(room: &TempDir) -> PaperStore {
    PaperStore::open(room.path()).unwrap()
}

pub(super) fn arxiv(id: &str) -> Option<ArxivId> {
    Some(ArxivId::parse(id).unwrap().id)
}

fn sighting(day: u8, rank: u32, votes: u32) -> Sighting {
    let digest = Digest {
        id: format!("hf:2025-03-{day:02}"),
        source: "hf".into(),
        label: format!("{day} Mar 2025"),
        day: PartialDate::new(2025, Some(3), Some(day)),
    };
    Sighting { digest, rank: Some(rank), votes: Some(votes) }
}

/// As a pasted page tells it.
fn page() -> Paper {
    Paper {
        title: Text::new(TITLE, Markup::Page),
        summary: Some(Text::new("An abstract from a page.", Markup::Page)),
        sightings: vec![sighting(12, 3, 10)],
        ..Paper::default()
    }
}

/// As arXiv tells it.
fn full() -> Paper {
    Paper {
        arxiv: arxiv("2503.01234"),
        version: Some(2),
        doi: Doi::parse("10.1000/Quiet.7"),
        title: Text::new(TITLE, Markup::Tex),
        authors: vec!["Ann Lee".into(), "Bo Li".into()],
        summary: Some(Text::new("An abstract with $x^2$.", Markup::Tex)),
        published: PartialDate::new(2025, Some(3), Some(2)),
        updated: PartialDate::new(2025, Some(3), Some(9)),
        categories: vec!["cs.LG".into(), "math.OC".into()],
        venue: Some("ICML 2025".into()),
        journal_ref: Some("PMLR 300".into()),
        comment: Some("12 pages".into()),
        license: Some("http://creativecommons.org/licenses/by/4.0/".into()),
        keywords: vec!["optimization".into()],
        links: vec![Link { kind: LinkKind::Code, url: "https://example.org/code?a=1&b=2".into() }],
        sightings: vec![sighting(13, 1, 44)],
    }
}

fn titled_by(title: &str, author: &str) -> Paper {
    Paper { title: Text::new(title, Markup::Plain), authors: vec![author.into()], ..Paper::default() }
}

pub(super) fn add_all(store: &mut PaperStore, papers: &[Paper]) -> Vec<ImportedRecord> {
    let mut import = store.import().unwrap();
    let added = papers.iter().map(|paper| import.add(paper, 1000).unwrap()).collect();
    import.commit().unwrap();
    added
}

fn add(store: &mut PaperStore, paper: &Paper) -> ImportedRecord {
    add_all(store, std::slice::from_ref(paper)).remove(0)
}

/// As a version before there were checksums left it.
pub(super) fn forget_checksums(store: &PaperStore) {
    let forget = "UPDATE tally SET aliases = NULL; DELETE FROM checksum; UPDATE alias SET checksum = NULL;
                  UPDATE sighting SET checksum = NULL";
    store.database.connection.execute_batch(forget).unwrap();
}

pub(super) fn assert_sound(store: &PaperStore) {
    assert_eq!(store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_paper_comes_back_as_it_went_in() {
    let room = room();
    let added = add(&mut open(&room), &full());
    assert_eq!((added.outcome, added.joined, added.key.as_str()), (ImportOutcome::New, None, "arxiv:2503.01234"));
    let store = open(&room);
    let stored = store.get(&added.key).unwrap().unwrap();
    assert_eq!((&stored.paper, stored.added, stored.row), (&full(), 1000, added.row));
    assert_eq!(store.get_row(added.row).unwrap(), Some(stored));
    assert_eq!(store.get_row(999).unwrap(), None);
    assert_eq!(store.count().unwrap(), 1);
    assert_sound(&store);
}

#[test]
fn importing_again_changes_nothing() {
    let room = room();
    let mut store = open(&room);
    let records = [page(), full(), titled_by("Introduction", "Cy Doe"), titled_by("Introduction", "Di Roe")];
    add_all(&mut store, &records);
    let revision = store.revision().unwrap();
    for added in add_all(&mut store, &records) {
        assert_eq!((added.outcome, &added.joined), (ImportOutcome::Unchanged, &None), "{}", added.key);
    }
    assert_eq!(store.revision().unwrap(), revision);
    assert_eq!(store.count().unwrap(), 3);
    let mut more = titled_by("Introduction", "Cy Doe");
    more.comment = Some("4 pages".into());
    assert_eq!(add(&mut store, &more).outcome, ImportOutcome::Updated);
    assert_ne!(store.revision().unwrap(), revision);
    assert_sound(&store);
}

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
fn votes_keep_their_history_and_digests_their_correction() {
    let room = room();
    let mut store = open(&room);
    let mut seen = page();
    for (votes, now) in [(10, 100), (10, 200), (25, 300)] {
        seen.sightings[0].votes = Some(votes);
        let mut import = store.import().unwrap();
        import.add(&seen, now).unwrap();
        // Listed twice on one page: the first place counts.
        let mut again = seen.clone();
        again.sightings[0].votes = Some(1);
        assert_eq!(import.add(&again, now).unwrap().outcome, ImportOutcome::Unchanged);
        import.commit().unwrap();
    }
    let mut import = store.import().unwrap();
    seen.sightings[0].digest.day = PartialDate::new(2024, Some(3), Some(12));
    assert_eq!(import.add(&seen, 400).unwrap().outcome, ImportOutcome::Updated);
    import.commit().unwrap();
    drop(import);
    let counts: Vec<_> = store.vote_history(&seen.key()).unwrap().iter().map(|count| (count.at, count.votes)).collect();
    assert_eq!(counts, [(100, 10), (300, 25)]);
    let digests = store.digests().unwrap();
    assert_eq!((digests.len(), digests[0].1, digests[0].0.day), (1, 1, PartialDate::new(2024, Some(3), Some(12))));
}

#[test]
fn a_dropped_import_leaves_nothing() {
    let room = room();
    let mut store = open(&room);
    let revision = store.revision().unwrap();
    let mut import = store.import().unwrap();
    import.add(&full(), 1).unwrap();
    drop(import);
    assert_eq!((store.count().unwrap(), store.digests().unwrap().len()), (0, 0));
    assert_eq!(store.revision().unwrap(), revision);
    let mut import = store.import().unwrap().commit_every(2);
    for number in 0..5 {
        import.add(&titled_by(&format!("Paper Number {number}"), "Cy Doe"), 1).unwrap();
    }
    drop(import);
    assert_eq!(store.count().unwrap(), 4);
    assert_sound(&store);
}

#[test]
fn a_bad_record_costs_only_itself() {
    let room = room();
    let mut store = open(&room);
    let mut import = store.import().unwrap();
    import.add(&full(), 1).unwrap();
    assert!(import.add(&Paper::default(), 1).is_err());
    let mut endless = page();
    endless.summary = Some(Text::new("x".repeat((16 << 20) + 1), Markup::Page));
    assert!(import.add(&endless, 1).is_err());
    import.add(&page(), 1).unwrap();
    import.commit().unwrap();
    drop(import);
    assert_eq!(store.count().unwrap(), 1);
}

#[test]
fn hostile_text_is_only_text() {
    let room = room();
    let hostile = "Robert'); DROP TABLE paper; -- \u{0}\u{1b}[31m\u{202e}\u{7f} %s {} \u{feff}end";
    let text = || Some(hostile.to_owned());
    let paper = Paper {
        arxiv: arxiv("2503.01234"),
        title: Text::new(hostile, Markup::Tex),
        authors: vec!["a\nb".into(), hostile.into(), " ".into()],
        summary: Some(Text::new(hostile, Markup::Tex)),
        categories: vec![hostile.into(), "cs.LG\r\n".into()],
        venue: text(),
        journal_ref: text(),
        comment: text(),
        license: text(),
        keywords: vec![hostile.into(), String::new()],
        links: vec![
            Link { kind: LinkKind::Other, url: "javascript:alert(1)\nabstract https://evil.example".into() },
            Link { kind: LinkKind::Pdf, url: String::new() },
        ],
        sightings: vec![Sighting {
            digest: Digest { id: hostile.into(), source: hostile.into(), label: hostile.into(), day: None },
            rank: Some(u32::MAX),
            votes: Some(u32::MAX),
        }],
        ..Paper::default()
    };
    let mut store = open(&room);
    let added = add(&mut store, &paper);
    let stored = store.get(&added.key).unwrap().unwrap().paper;
    assert_eq!((&stored.title, &stored.summary, &stored.venue), (&paper.title, &paper.summary, &paper.venue));
    assert_eq!(stored.sightings, paper.sightings);
    assert_eq!((stored.authors[0].as_str(), stored.authors.len()), ("a b", 2));
    assert_eq!(stored.links.len(), 1);
    assert_eq!(add(&mut store, &paper).outcome, ImportOutcome::Unchanged);
    assert_sound(&store);
}

#[test]
fn a_scan_goes_from_row_to_row_and_can_be_nested_and_stopped() {
    let room = room();
    let mut store = open(&room);
    let seen = Paper { sightings: vec![sighting(12, 3, 10), sighting(13, 2, 9)], ..titled_by("Seen", "A B") };
    add_all(&mut store, &[titled_by("Old", "A B"), seen, titled_by("New", "A B"), full()]);
    let mut visited = Vec::new();
    let mut visit = |outline: &Outline<'_>| {
        let stored = store.get_row(outline.row).unwrap().unwrap();
        let paper = &stored.paper;
        assert_eq!(
            (outline.key, outline.added, outline.published),
            (stored.key.as_str(), stored.added, paper.published)
        );
        assert_eq!(Text::new(outline.title, outline.title_markup), paper.title);
        let authors: Vec<&str> = paper.authors.iter().map(Author::as_str).collect();
        let lists = [authors.join("\n"), paper.categories.join("\n")];
        assert_eq!(
            ([outline.authors, outline.categories], &outline.links),
            (lists.each_ref().map(|list| list.as_str()), &paper.links)
        );
        let flags = [paper.link(LinkKind::Pdf).is_some(), paper.venue.is_some(), stored.has_abstract];
        assert_eq!([outline.has_link(LinkKind::Pdf), outline.has_venue, outline.has_abstract], flags);
        let seen = stored.paper.sightings.into_iter().map(|seen| (seen.digest.id, seen.rank, seen.votes));
        assert_eq!(seen.collect::<Vec<_>>(), outline.sightings);
        store.each_outline(&mut |_| false).unwrap();
        visited.push(outline.row);
        visited.len() % 4 != 2
    };
    store.each_outline(&mut visit).unwrap();
    store.each_outline_of(&[4, 9, 1], &mut visit).unwrap();
    store.each_outline_of(&[3, 2, 1], &mut visit).unwrap();
    assert_eq!(visited, [1, 2, 4, 1, 3, 2]);
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
fn the_settings_hold_and_damage_is_told() {
    let room = room();
    let mut store = open(&room);
    add_all(&mut store, &(0..300).map(super::abstracts::tests::invented).collect::<Vec<_>>());
    let pragma = |name: &str| -> i64 {
        store.database.connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((pragma("page_size"), pragma("synchronous"), pragma("trusted_schema")), (8192, 1, 0));
    assert!(pragma("mmap_size") > 0);
    drop(store);
    let file = room.path().join("papers.db");
    let mut holed = fs::read(&file).unwrap();
    holed[8192..].fill(0x5A);
    fs::write(&file, holed).unwrap();
    let told = PaperStore::open(room.path()).and_then(|store| store.check());
    assert!(told.is_err() || told.is_ok_and(|problems| !problems.is_empty()));
    fs::write(&file, "no database").unwrap();
    let error = PaperStore::open(room.path()).err().unwrap();
    assert!(error.message.contains("papers.db is damaged") && error.to_string().contains("import again"), "{error}");
}

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
