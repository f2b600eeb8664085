//! Lists that are longer than what a search puts in order: the end of a sorted list, the next unread paper, long ranges. None of them makes
//! the screen wait; the rows come from the background.

use std::sync::Arc;

use tsundoku::domain::query::Query;
use tsundoku::domain::reading::{Change, Status};
use tsundoku::domain::record::Record;
use tsundoku::store::PaperStore;
use tsundoku::tui::effect::{Effect, Request, SharedHits};
use tsundoku::tui::message::{Answer, Message};

use crate::harness::Reader;

const PAPERS: usize = 6000;

/// A reader on more papers than are put in order at once, by title, descending.
fn sorted_reader() -> Reader {
    let reader = Reader::new(120, 36);
    let mut papers = PaperStore::open(reader.dir.path()).unwrap();
    let mut import = papers.import().unwrap();
    for number in 0..PAPERS {
        // The order of the titles is not that of the import.
        let record = Record::from_json(&format!(r#"{{"title":"Kite number {:05}"}}"#, number * 7 % PAPERS)).unwrap();
        import.add(&record.paper, 1).unwrap();
    }
    import.commit().unwrap();
    let mut reader = Reader::on(reader.dir, 120, 36);
    reader.keys("/ kite <space> sort:-title <enter>");
    assert!(reader.model.results.count() >= PAPERS);
    reader
}

/// The titles of the list in its order.
fn titles(reader: &mut Reader) -> Vec<String> {
    let hits = reader.library.search(&reader.model.search.query, &|| false).unwrap();
    hits.complete().iter().map(|doc| reader.model.snapshot.title(*doc).to_owned()).collect()
}

#[test]
fn the_end_of_a_sorted_list_comes_from_the_background() {
    let mut reader = sorted_reader();
    let titles = titles(&mut reader);
    let first = reader.model.detail.key.clone();
    reader.holds = true;
    reader.keys("G");
    assert_eq!(reader.model.list.selected, titles.len() - 1);
    assert!(reader.queued().any(|effect| matches!(effect, Effect::Request(Request::Rows { .. }))));
    assert_eq!((reader.model.current(), &reader.model.detail.key), (None, &first), "the paper before stays meanwhile");
    assert!(reader.text().contains("of 6,0"), "{}", reader.text());
    let asked = reader.queued().count();
    reader.keys("k j k");
    assert_eq!(reader.queued().count(), asked, "rows are requested once");
    reader.deliver(usize::MAX);
    reader.holds = false;
    assert_eq!(reader.title(), titles[titles.len() - 2]);
    reader.assert_sound();
    for (keys, row) in [("3 0 0 0 G", 2999), ("j", 3000), ("g g", 0), ("G", titles.len() - 1), ("k", titles.len() - 2)]
    {
        assert_eq!((reader.keys(keys).title(), reader.model.list.selected), (titles[row].clone(), row), "{keys}");
        reader.assert_sound();
    }
    // A change searches again; the cursor stays on its paper.
    let title = reader.title();
    reader.keys("s");
    assert_eq!((reader.title(), reader.model.list.selected), (title, titles.len() - 2));
}

#[test]
fn rows_of_an_earlier_result_are_dropped() {
    let mut reader = sorted_reader();
    let earlier = SharedHits(Arc::new(reader.library.search(&Query::default(), &|| false).unwrap()));
    let docs = earlier.0.page(0, 50);
    let before = (reader.text(), reader.model.list);
    reader.send(Message::Answer(Answer::Rows { hits: earlier.clone(), from: 2000, docs }));
    reader.send(Message::Answer(Answer::NextUnread { hits: earlier, row: Some(7) }));
    assert_eq!((reader.text(), reader.model.list), before);
}

#[test]
fn the_next_unread_paper_may_be_far_away() {
    let mut reader = sorted_reader();
    let all = reader.library.search(&reader.model.search.query, &|| false).unwrap();
    let keys = reader.library.keys(&all).unwrap();
    let read = |key| Change::Status(key, Status::Read);
    let changes: Vec<Change> = keys[..4321].iter().cloned().map(read).collect();
    reader.library.change(&changes, "read").unwrap();
    // Without words in the query: with them n goes to the next paper.
    reader.keys("/ <ctrl-u> sort:-title <enter>");
    let rows = reader.model.results.count();
    let others = rows - keys.len();
    reader.send(Message::Answer(Answer::Refreshed { snapshot: reader.library.snapshot() }));
    reader.keys("g g n");
    let row = reader.model.list.selected;
    let status = |reader: &Reader| reader.model.snapshot.status(reader.model.current().unwrap());
    assert_eq!(status(&reader), Status::Unread);
    reader.keys("4 0 0 0 G n");
    assert_eq!(status(&reader), Status::Unread);
    assert!(reader.model.list.selected + others >= 4321, "{} {others} {row}", reader.model.list.selected);
    reader.keys("G n");
    assert_eq!(reader.notice(), "no more unread papers in this list");
    reader.keys("4 3 0 0 G N");
    assert_eq!(status(&reader), Status::Unread);
    assert!(reader.model.list.selected <= others + 1, "{} {others}", reader.model.list.selected);
}

#[test]
fn a_long_range_is_what_its_rows_are() {
    let mut reader = sorted_reader();
    let count = reader.model.results.count();
    reader.keys("g g j v G r");
    let read = reader.library.search(&Query::parse("kite status:read"), &|| false).unwrap().count;
    assert_eq!(read, count - 1);
}
