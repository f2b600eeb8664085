//! Commands about digests where several are of one day, and lists of a day that is corrected.

use tsundoku::domain::record::Record;
use tsundoku::store::PaperStore;

use crate::harness::Reader;

/// Two digests of one day from two sources, with a paper of its own each and one that is in both.
fn reader() -> Reader {
    let dir = tempfile::tempdir().unwrap();
    let mut papers = PaperStore::open(dir.path()).unwrap();
    let mut import = papers.import().unwrap();
    let digest = |source: &str, rank: u32| {
        format!(
            r#"{{"id":"{source}:2025-03-12","source":"{source}","label":"12 Mar 2025","day":"2025-03-12","rank":{rank}}}"#
        )
    };
    for (title, digests) in [
        ("First of one", digest("hf", 1)),
        ("First of the other", digest("group", 1)),
        ("In both", format!("{},{}", digest("hf", 2), digest("group", 2))),
    ] {
        let line = format!(r#"{{"title":"{title}","digests":[{digests}]}}"#);
        import.add(&Record::from_json(&line).unwrap().paper, 1_741_780_800).unwrap();
    }
    import.commit().unwrap();
    Reader::on(dir, 100, 30)
}

/// The days of the digests, by id.
fn days(reader: &Reader) -> Vec<(String, String)> {
    let day = |digest: &tsundoku::library::search::DigestRow| digest.day.map(|day| day.to_string()).unwrap_or_default();
    let digests = reader.model.snapshot.digests().iter();
    let mut days: Vec<_> = digests.map(|digest| (digest.id.clone(), day(digest))).collect();
    days.sort_unstable();
    days
}

/// Puts the cursor on a paper.
fn go_to(reader: &mut Reader, title: &str) {
    let is_meant = |place: &usize| {
        let doc = reader.model.results.at(*place).unwrap();
        reader.model.snapshot.title(doc) == title
    };
    let place = (0..3).find(is_meant).unwrap();
    reader.keys(&format!("{}G", place + 1));
    assert_eq!(reader.title(), title);
}

#[test]
fn the_digest_of_the_paper_is_meant_where_two_are_of_one_day() {
    for (title, id) in [("First of one", "hf:2025-03-12"), ("First of the other", "group:2025-03-12")] {
        for query in ["[", "gg"] {
            let mut reader = reader();
            reader.keys(query);
            go_to(&mut reader, title);
            reader.keys("g h");
            let hidden: Vec<_> = reader.model.snapshot.hidden_digests.iter().collect();
            assert_eq!(hidden, [id], "{query} {title}: {}", reader.notice());
            reader.keys("u");
            go_to(&mut reader, title);
            reader.keys("g d <ctrl-u> 2025-04-01 <enter>");
            for (known, day) in days(&reader) {
                assert_eq!(day, if known == id { "2025-04-01" } else { "2025-03-12" }, "{known}: {}", reader.notice());
            }
        }
    }
}

#[test]
fn one_has_to_be_named_where_the_paper_is_in_both() {
    let mut reader = reader();
    reader.keys("[ / <space> both <enter> g h");
    assert_eq!(reader.title(), "In both");
    assert!(reader.notice().contains("digest:group:2025-03-12"), "{}", reader.notice());
    assert!(reader.model.snapshot.hidden_digests.is_empty());
    reader.keys("g d");
    assert!(reader.notice().contains("digest:hf:2025-03-12"), "{}", reader.notice());
    reader.keys("/ <ctrl-u> digest:group:2025-03-12 <space> both <enter> g h");
    assert!(reader.model.snapshot.hidden_digests.contains("group:2025-03-12"), "{}", reader.notice());
    // Without a paper under the cursor, the only digest of the day is meant.
    let mut reader = self::reader();
    reader.keys("/ <ctrl-u> digest:group:2025-03-12 <space> nosuchword <enter> g h");
    assert_eq!(reader.model.snapshot.hidden_digests.len(), 1, "{}", reader.notice());
}

#[test]
fn a_list_of_a_day_follows_its_digest_when_the_day_is_set_undone_and_redone() {
    let mut reader = Reader::new(120, 36);
    reader.keys("[ j j");
    let (query, count, title) = (reader.query(), reader.model.results.count(), reader.title());
    assert_eq!(query, "digest:2025-03-12");
    for (keys, day) in [
        ("g d <ctrl-u> 2025-04-01 <enter>", "2025-04-01"),
        ("u", "2025-03-12"),
        ("<ctrl-r>", "2025-04-01"),
        ("u", "2025-03-12"),
    ] {
        reader.keys(keys);
        assert_eq!(reader.query(), format!("digest:{day}"), "{keys}");
        assert_eq!((reader.model.results.count(), reader.title()), (count, title.clone()), "{keys}");
        assert_eq!(reader.model.search.input.value(), reader.query());
    }
    // A correction that another program makes is followed, too.
    let mut other = tsundoku::library::Library::open(reader.dir.path()).unwrap();
    let day = Some("2025-05-01".to_owned());
    other
        .change(&[tsundoku::domain::reading::Change::DigestDay("hf:2025-03-12".to_owned(), day)], "elsewhere")
        .unwrap();
    reader.send(tsundoku::tui::message::Message::FilesWritten);
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("digest:2025-05-01", count));
}
