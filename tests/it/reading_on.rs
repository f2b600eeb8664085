//! Reading on from paper to paper: the keys of a session are counted, and the list keeps its place.

use tsundoku::domain::reading::{Change, Reading, Status, Tag};
use tsundoku::domain::record::Record;
use tsundoku::library::Library;
use tsundoku::library::search::DocId;
use tsundoku::store::PaperStore;

use crate::harness::{Reader, paper, reading};

/// Titles that the next-paper keys show, one after another.
fn titles(reader: &mut Reader, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| reader.keys(key).title()).collect()
}

#[test]
fn the_next_paper_comes_from_every_pane_and_the_list_keeps_its_place() {
    let mut reader = Reader::new(120, 36);
    let list: Vec<String> = (0..4)
        .map(|_| {
            let title = reader.title();
            reader.keys("j");
            title
        })
        .collect();
    for pane in ["", "f", "<enter>", "z"] {
        reader.keys("<esc> <esc> <esc> gg").keys(pane);
        let focus = reader.model.focus;
        assert_eq!(
            titles(&mut reader, &[".", ".", ",", "."]),
            [&list[1], &list[2], &list[1], &list[2]].map(String::as_str)
        );
        assert_eq!((reader.model.focus, reader.model.list.selected), (focus, 2));
        assert_eq!(reader.keys("2,").title(), list[0]);
        reader.keys(",");
        assert_eq!(reader.notice(), "this is the first of 26 papers");
        reader.keys("99.");
        assert_eq!(reader.model.list.selected, 25);
        reader.keys(".");
        assert_eq!(reader.notice(), "this is the last of 26 papers");
    }
}

#[test]
fn space_pages_to_the_end_of_the_abstract_and_then_to_the_next_paper() {
    let mut reader = Reader::new(40, 10);
    reader.keys("z");
    let mut pages = 0;
    while reader.model.list.selected == 0 {
        let top = reader.model.detail.top;
        reader.keys("<space>");
        assert!(reader.model.list.selected == 1 || reader.model.detail.top > top, "stuck at line {top}");
        pages += 1;
    }
    assert!(pages > 2, "{pages}");
    assert_eq!((reader.model.detail.top, reader.model.list.selected), (0, 1));
    assert!(reader.model.arrangement.zen);
}

#[test]
fn marks_go_on_when_asked_to() {
    let mut reader = Reader::new(80, 24);
    let at = |reader: &mut Reader, keys: &str| reader.keys(keys).model.list.selected;
    assert_eq!(at(&mut reader, "x"), 1, "one key marks and goes on, whatever the setting");
    assert_eq!(at(&mut reader, "r a + mr mu"), 1);
    assert_eq!(at(&mut reader, "ga r"), 2);
    assert_eq!(at(&mut reader, "a + mi"), 5);
    assert_eq!(at(&mut reader, "s mu"), 5, "a star stays, and so does what takes a mark off");
    assert_eq!(at(&mut reader, "r k r"), 5, "marked as unread again");
    assert_eq!(at(&mut reader, "<space> <space> r"), 7, "marks of a selection stay");
    assert_eq!(at(&mut reader, "ga a"), 7);
}

#[test]
fn papers_that_leave_the_list_when_they_are_marked_do_not_make_it_skip_one() {
    let mut reader = Reader::new(80, 24);
    reader.keys("/ status:unread <enter>");
    let rows = reader.model.results.count();
    let docs: Vec<DocId> = reader.model.results.page(0, rows);
    for doc in docs {
        assert_eq!(reader.model.current(), Some(doc));
        reader.keys("x");
    }
    assert_eq!(reader.model.results.count(), 0);
}

#[test]
fn queries_and_papers_are_gone_back_to() {
    let mut reader = Reader::new(120, 36);
    let place = |reader: &mut Reader, keys: &str| {
        reader.keys(keys);
        (reader.query(), reader.title())
    };
    let start = place(&mut reader, "j j");
    let similar = place(&mut reader, "M j");
    assert!(similar.0.starts_with("similar:"), "{similar:?}");
    let author = place(&mut reader, "F");
    let typed = place(&mut reader, "/ <ctrl-u> tails <enter> j");
    assert_eq!(place(&mut reader, "<ctrl-o>"), author);
    assert_eq!(place(&mut reader, "<ctrl-o>"), similar, "with the cursor on its paper");
    assert_eq!(place(&mut reader, "<ctrl-o>"), start);
    reader.keys("<ctrl-o>");
    assert_eq!(reader.notice(), "there is nothing to go back to");
    assert_eq!(place(&mut reader, "g o"), similar);
    assert_eq!(place(&mut reader, "g o"), author);
    assert_eq!(place(&mut reader, "g o"), typed);
    reader.keys("g o");
    assert_eq!(reader.notice(), "there is nothing to go forward to");
    // A search that is left with Esc was none, and a row far away is a place, too.
    let last = place(&mut reader, "/ x <esc> <esc> G");
    assert_ne!(last, typed);
    assert_eq!(place(&mut reader, "<ctrl-o> <ctrl-o>").0, "tails");
}

#[test]
fn the_box_names_the_paper_that_others_are_similar_to() {
    let mut reader = Reader::new(120, 36);
    reader.keys("M");
    let first = |reader: &Reader| reader.text().lines().next().unwrap().to_owned();
    assert!(first(&reader).starts_with(" \u{203a} similar to: LoRA for Kites"), "{}", first(&reader));
    reader.keys("/");
    assert!(first(&reader).contains("similar:2503.90001"), "as it is edited: {}", first(&reader));
}

#[test]
fn typed_queries_come_back_in_the_search_box() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ tails <enter> / <ctrl-u> kites <enter> / <ctrl-u> ne");
    let up = |reader: &mut Reader, keys: &str| reader.keys(keys).model.search.input.value().to_owned();
    assert_eq!(up(&mut reader, "<up>"), "kites");
    assert_eq!(up(&mut reader, "<up>"), "tails");
    assert_eq!(reader.query(), "tails", "and are searched for at once");
    assert_eq!(up(&mut reader, "<up>"), "tails");
    assert_eq!(up(&mut reader, "<down>"), "kites");
    assert_eq!(up(&mut reader, "<down>"), "ne");
    assert_eq!(up(&mut reader, "<up> <esc>"), "kites", "what was there before the box was opened");
}

#[test]
fn digests_without_a_day_are_reached_after_the_earliest() {
    let mut reader = Reader::new(120, 36);
    let query = |reader: &mut Reader, keys: &str| reader.keys(keys).query();
    assert_eq!(query(&mut reader, "["), "digest:2025-03-12");
    assert_eq!(query(&mut reader, "["), "digest:2025-03-11");
    assert_eq!(query(&mut reader, "["), "digest:reading-group");
    query(&mut reader, "[");
    assert_eq!(reader.notice(), "no earlier digest");
    assert_eq!(query(&mut reader, "]"), "digest:2025-03-11");
}

/// The statuses of the rows, from the top.
fn statuses(reader: &Reader) -> Vec<Status> {
    let docs = reader.model.results.page(0, reader.model.results.count());
    docs.into_iter().map(|doc| reading(&reader.library, &reader.model.key(doc).unwrap()).status).collect()
}

#[test]
fn parts_of_the_list_are_marked_with_one_key_and_one_undo() {
    use Status::{Dropped, Queued, Read, Unread};
    let mut reader = digest_of_twelve();
    reader.keys("j + j a gg");
    let before = statuses(&reader);
    assert_eq!(before[..4], [Unread, Queued, Dropped, Unread]);
    for (status, keys) in [(Read, ["m a", "m l", "m o"]), (Dropped, ["m A", "m L", "m O"])] {
        reader.keys("gg").keys(keys[0]);
        assert_eq!((reader.notice(), statuses(&reader)), ("nothing above the cursor is unread", before.clone()));
        reader.keys("5G").keys(keys[0]);
        assert_eq!(statuses(&reader)[..5], [status, Queued, Dropped, status, Unread], "what was decided stays");
        assert_eq!(reader.notice(), format!("marked {status} · 2 papers · u undo"));
        assert_eq!(reader.model.list.selected, 4);
        assert_eq!(statuses(reader.keys("u")), before);

        reader.keys(keys[1]);
        assert!(statuses(&reader).iter().all(|now| [status, Queued, Dropped].contains(now)), "{:?}", statuses(&reader));
        reader.keys(keys[1]);
        assert_eq!(reader.notice(), "nothing in this list is unread");
        assert_eq!(statuses(reader.keys("u")), before);

        reader.keys(keys[2]);
        assert_eq!(reader.notice(), "nothing is selected: space selects what is to stay as it is");
        // One alone, and a range whose end is under the cursor.
        reader.keys("gg <space> 4G v j").keys(keys[2]);
        let now = statuses(&reader);
        assert_eq!(now[..6], [Unread, Queued, Dropped, Unread, Unread, status]);
        assert!(now[6..].iter().all(|now| *now == status), "{now:?}");
        assert_eq!(statuses(reader.keys("u <esc>")), before);
        reader.keys("<ctrl-a>").keys(keys[2]);
        assert_eq!(reader.notice(), "nothing that is not selected is unread");
        reader.keys("<esc>");
    }
    reader.keys("5G : mark-above <space> queued <enter>");
    assert_eq!(statuses(&reader)[..5], [Queued, Queued, Dropped, Queued, Unread]);
    reader.keys(": mark-all <space> foo <enter>");
    assert!(reader.notice().contains("foo"), "{}", reader.notice());
}

/// A reader on one digest of twelve papers.
fn digest_of_twelve() -> Reader {
    let dir = tempfile::tempdir().unwrap();
    let mut papers = PaperStore::open(dir.path()).unwrap();
    let mut import = papers.import().unwrap();
    for rank in 1..=12 {
        let digest =
            format!(r#"{{"id":"hf:2025-03-12","source":"hf","label":"12 Mar 2025","day":"2025-03-12","rank":{rank}}}"#);
        let line = format!(
            r#"{{"title":"Paper number {rank}","arxiv":"2503.9{rank:04}","abstract":"Short.","digests":[{digest}]}}"#
        );
        import.add(&Record::from_json(&line).unwrap().paper, 1_741_780_800).unwrap();
    }
    import.commit().unwrap();
    let mut library = Library::open(dir.path()).unwrap();
    let first = paper(&mut library, "title:12");
    library.change(&[Change::Tag(first, Tag::new("peft").unwrap())], "prepared").unwrap();
    Reader::on(dir, 80, 24)
}

/// Ten papers of a digest in zen: two starred, one tagged, three dropped, one queued, the others read; and back.
#[test]
fn ten_papers_of_a_digest_take_at_most_25_keys() {
    for session in [
        "[ z  s x  x  a .  a .  + .  s x  x  t p <enter> x  a .  x  <esc>",
        "[ z  g a  s r  r  a  a  +  s r  r  t p <enter> r  a  r  <esc>",
    ] {
        let mut reader = digest_of_twelve();
        let pressed: usize =
            session.split_whitespace().map(|word| if word.starts_with('<') { 1 } else { word.len() }).sum();
        assert!(pressed <= 25, "{pressed} keys");
        reader.keys(session);
        assert!(!reader.model.arrangement.zen);
        assert_eq!(
            (reader.query().as_str(), reader.model.list.selected),
            ("digest:2025-03-12", 10),
            "where reading ended"
        );
        let docs = reader.model.results.page(0, 12);
        let states = docs.into_iter().map(|doc| reading(&reader.library, &reader.model.key(doc).unwrap()));
        let states: Vec<Reading> = states.collect();
        let statuses: Vec<Status> = states.iter().map(|state| state.status).collect();
        use Status::{Dropped, Queued, Read, Unread};
        assert_eq!(statuses, [Read, Read, Dropped, Dropped, Queued, Read, Read, Read, Dropped, Read, Unread, Unread]);
        let starred: Vec<usize> = (0..12).filter(|place| states[*place].starred).collect();
        let tagged: Vec<usize> = (0..12).filter(|place| !states[*place].tags.is_empty()).collect();
        assert_eq!((starred, tagged), (vec![0, 5], vec![7, 11]));
    }
}
