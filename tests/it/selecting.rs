//! What is selected is seen on every row, in every theme and size, and stays until Esc.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use tsundoku::config::Symbols;
use tsundoku::domain::reading::Status;
use tsundoku::library::search::DocId;
use tsundoku::library::{ImportRequest, Library};
use tsundoku::tui::bands::ListLine;
use tsundoku::tui::layout::layout;
use tsundoku::tui::message::Message;
use tsundoku::tui::panes::Pane;
use tsundoku::tui::theme::{Glyphs, TerminalEnvironment};

use crate::harness::Reader;

/// The first columns of the rows that show the mark of a selected paper, and of those that do not.
fn rows(reader: &Reader) -> (Vec<String>, Vec<String>) {
    let (model, buffer) = (&reader.model, reader.draw());
    let areas = layout(model.size, model);
    let left = areas.pane(Pane::List).unwrap().x;
    let papers = areas.list_lines(model).into_iter().filter(|(_, line)| matches!(line, ListLine::Paper(_)));
    let begin = |y| (left..left + 4).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    papers.map(|(y, _)| begin(y)).partition(|begin| begin.chars().nth(2) == model.glyphs.marked.chars().next())
}

/// The papers in the rows that are selected.
fn marked(reader: &Reader) -> BTreeSet<DocId> {
    let results = &reader.model.results;
    let places = (0..results.count()).filter_map(|place| results.at(place).map(|doc| (place, doc)));
    places.filter(|(place, doc)| reader.model.is_selected(*doc, *place)).map(|(_, doc)| doc).collect()
}

#[test]
fn every_selected_row_is_marked_in_every_theme_and_size() {
    for theme in ["dark", "light", "contrast", "sixteen", "mono"] {
        for symbols in [Symbols::Unicode, Symbols::Ascii] {
            for (width, height) in [(90, 24), (60, 20), (40, 10)] {
                let mut reader = Reader::new(width, height);
                reader.model.theme = reader.model.themes.open(theme).unwrap();
                reader.model.glyphs = Glyphs::choose(symbols, &TerminalEnvironment::default());
                reader.keys("j <ctrl-a>");
                let (marked, others) = rows(&reader);
                assert!(marked.len() > 2 && others.is_empty(), "{theme} {width}: {}", reader.text());
                assert_eq!(marked.iter().filter(|row| row.starts_with(reader.model.glyphs.cursor)).count(), 1);
                reader.keys("<esc>");
                assert!(rows(&reader).0.is_empty(), "{theme}: {}", reader.text());
                reader.keys("<space> k");
                assert_eq!(rows(&reader).0.len(), 1, "{theme}: the cursor's own row: {}", reader.text());
                reader.keys("<esc> v j");
                assert_eq!(rows(&reader).0.len(), 2, "{theme}: {}", reader.text());
            }
        }
    }
}

#[test]
fn what_left_the_list_stays_selected_and_is_counted() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ status:unread <enter> <space> <space> <space> r");
    assert_eq!(reader.model.selection.docs.len(), 3);
    reader.keys("j");
    assert!(reader.text().contains("3 selected, 3 not in this list"), "{}", reader.text());
    reader.keys("s t new <enter> j");
    let docs: Vec<_> = reader.model.selection.docs.iter().copied().collect();
    assert!(docs.iter().all(|doc| reader.model.snapshot.is_starred(*doc)), "the second action is for the same papers");
    assert!(docs.iter().all(|doc| reader.model.snapshot.status(*doc) == Status::Read));
}

#[test]
fn a_range_stands_still_after_an_action() {
    let mut reader = Reader::new(120, 36);
    reader.keys("v j j r j j");
    assert_eq!((reader.model.selected_count(), reader.model.selection.anchor), (3, None));
    reader.keys("<esc> <space> k v j j");
    assert_eq!(reader.model.selected_count(), 3, "the first of the range was selected already");
    assert!(reader.text().contains("selecting a range: 3 papers"), "{}", reader.text());
}

#[test]
fn a_range_keeps_its_papers_when_others_come_between() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ status:unread <enter> j j r v j");
    let chosen: BTreeSet<DocId> = marked(&reader);
    assert_eq!(chosen.len(), 2);
    reader.keys("u");
    assert_eq!(marked(&reader), chosen, "{}", reader.text());
    reader.keys("s");
    assert!(chosen.iter().all(|doc| reader.model.snapshot.is_starred(*doc)));
    assert!(reader.notice().contains("2 papers"), "{}", reader.notice());
}

#[test]
fn the_whole_result_of_a_query_that_is_not_understood_in_full_is_left_alone() {
    for (query, said) in [
        ("status:unread 👍", "`👍` has no letter or digit to search for"),
        ("status:unread OR", "`OR` has nothing after it"),
        ("stauts:x OR status:unread", "unknown field `stauts`"),
        ("!2409.99999", "not in the library: `2409.99999`"),
    ] {
        let mut reader = Reader::new(120, 36);
        let docs = (0..).take(reader.model.snapshot.len());
        let dropped_before = docs.filter(|doc| reader.model.snapshot.status(*doc) == Status::Dropped).count();
        reader.keys("/").keys(&query.split(' ').collect::<Vec<_>>().join(" <space> ")).keys("<enter>");
        assert!(reader.model.results.count() > 2, "{query}: {}", reader.text());
        for keys in ["<ctrl-a>", "m l", "m A"] {
            reader.keys(keys);
            assert!(reader.notice().contains(said), "{query} {keys}: {}", reader.notice());
            assert!(reader.model.selection.is_empty(), "{query} {keys}");
        }
        // One paper under the cursor is what it seems.
        let before = reader.current();
        reader.keys("s");
        assert!(reader.current().starred != before.starred && before.status != Status::Dropped, "{query}");
        let status_of = |doc| reader.model.snapshot.status(doc);
        let dropped = (0..).take(reader.model.snapshot.len()).filter(|doc| status_of(*doc) == Status::Dropped);
        assert_eq!(dropped.count(), dropped_before, "{query}");
    }
}

#[test]
fn all_that_left_the_list_stay_selected() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ status:unread <enter> <ctrl-a>");
    let count = reader.model.results.count();
    reader.keys("r j");
    assert_eq!((reader.model.results.count(), reader.model.selected_count()), (0, count));
    assert!(reader.text().contains(&format!("{count} selected")), "{}", reader.text());
    reader.keys("s <esc>");
    let starred = (0..).take(reader.model.snapshot.len()).filter(|doc| reader.model.snapshot.is_starred(*doc));
    assert_eq!(starred.count(), count + 1, "the one from before, too");
    reader.keys("<esc>");
    assert_eq!(reader.query(), "", "Esc goes on to the search");
}

/// Another process imports a paper that the empty query lists first.
fn import_elsewhere(reader: &mut Reader) {
    let file = reader.dir.path().join("late.jsonl");
    std::fs::write(&file, "{\"title\":\"A Paper That Came Later\",\"published\":\"2026-01-01\"}\n").unwrap();
    let mut other = Library::open(reader.dir.path()).unwrap();
    let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
    other.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    reader.send(Message::FilesWritten);
}

#[test]
fn a_paper_that_came_after_everything_was_selected_is_not_selected() {
    let mut reader = Reader::new(120, 36);
    let count = reader.model.results.count();
    reader.keys("<ctrl-a>");
    import_elsewhere(&mut reader);
    assert_eq!((reader.model.results.count(), reader.model.selected_count()), (count + 1, count));
    reader.keys("gg");
    assert_eq!((reader.title().as_str(), marked(&reader).len()), ("A Paper That Came Later", count));
    let (others, late) = rows(&reader);
    assert!(others.len() > 3 && late.len() == 1, "{}", reader.text());
    for (keys, is_done) in [("a", Status::Dropped), ("m l", Status::Dropped), ("r", Status::Read)] {
        if keys == "m l" {
            // What is listed now is all of the list.
            reader.keys(keys);
            assert_eq!(reader.model.snapshot.status(reader.model.current().unwrap()), Status::Read);
            reader.keys("u");
            continue;
        }
        reader.keys(keys);
        let statuses = (0..).take(count + 1).map(|doc| reader.model.snapshot.status(doc));
        assert_eq!(statuses.filter(|status| *status == is_done).count(), count, "{keys}");
        assert_eq!(reader.model.snapshot.status(reader.model.current().unwrap()), Status::Unread, "{keys}");
    }
    let effects = reader.acts("E");
    assert_eq!(effects, []);
    let text = reader.keys("<enter>").text();
    assert!(text.contains(&format!("write {count} papers to")), "{text}");
}

#[test]
fn an_export_of_a_result_writes_what_was_counted() {
    let mut reader = Reader::new(120, 36);
    let count = reader.model.results.count();
    reader.keys("E <enter>");
    let file = reader.dir.path().join("all.bib");
    import_elsewhere(&mut reader);
    reader.keys(&format!("<ctrl-u> {} <enter>", file.display()));
    assert!(reader.notice().starts_with(&format!("wrote {count} papers to")), "{}", reader.notice());
}

#[test]
fn an_import_keeps_the_selection() {
    let mut reader = Reader::new(120, 36);
    reader.keys("j <space>");
    let selected = |reader: &Reader| {
        let docs = reader.model.selection.docs.iter();
        docs.map(|doc| reader.model.snapshot.title(*doc).to_owned()).collect::<Vec<_>>()
    };
    let before = selected(&reader);
    let file = reader.dir.path().join("one.jsonl");
    std::fs::write(&file, "{\"title\":\"Paper of the Selection Test\",\"date\":\"2026-01-01\"}\n").unwrap();
    let snapshot = Arc::clone(&reader.model.snapshot);
    reader.keys(&format!(": import <space> {} <enter>", file.display()));
    assert!(!snapshot.has_same_papers(&reader.model.snapshot), "{}", reader.notice());
    assert_eq!(selected(&reader), before);
}
