//! A paper that another program, or a mark made while reading, takes out of the list: it stays under the cursor until the user goes on, and
//! commands are for it.

use std::fs;
use std::ops::ControlFlow;

use tsundoku::domain::identity::PaperKey;
use tsundoku::domain::reading::{Change, Status};
use tsundoku::library::{ImportRequest, Library};
use tsundoku::tui::message::Message;

use crate::harness::{Reader, reading};

/// The unread papers, with the cursor on a row.
fn unread(row: usize) -> Reader {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ status:unread <enter>").keys(&format!("{}G", row + 1));
    assert_eq!(reader.model.list.selected, row);
    reader
}

/// Another program marks the paper under the cursor; returns its key.
fn mark_elsewhere(reader: &mut Reader, status: Status) -> PaperKey {
    let key = reader.model.current_key().unwrap();
    change_elsewhere(reader, Change::Status(key.clone(), status));
    key
}

fn change_elsewhere(reader: &mut Reader, change: Change) {
    Library::open(reader.dir.path()).unwrap().change(&[change], "elsewhere").unwrap();
    reader.send(Message::FilesWritten);
}

fn titles(reader: &Reader) -> Vec<String> {
    let rows = reader.model.results.rows();
    let docs = reader.model.results.page(0, rows);
    docs.into_iter().map(|doc| reader.model.snapshot.title(doc).to_owned()).collect()
}

#[test]
fn it_stays_under_the_cursor_until_the_user_goes_on() {
    let rows = unread(0).model.results.count();
    for row in [0, 1, 5, rows - 1] {
        for (keys, by) in [("j", 1), ("k", -1), (".", 1), (",", -1), ("n", 1), ("N", -1), ("gg", -99), ("G", 99)] {
            let mut reader = unread(row);
            let before = titles(&reader);
            let (title, key) = (reader.title(), mark_elsewhere(&mut reader, Status::Read));
            assert_eq!((reader.title(), reader.model.current_key()), (title.clone(), Some(key)), "{row}");
            assert_eq!((reader.model.results.count(), titles(&reader)), (rows - 1, before.clone()));
            assert!(reader.notice().contains("no longer in the search"), "{}", reader.notice());
            assert!(reader.text().contains("no longer in this search"), "{}", reader.text());
            assert!(reader.model.detail.detail.as_ref().is_some_and(|detail| *detail.title == *title));
            reader.assert_sound();
            let is_leap = ["gg", "G"].contains(&keys);
            let expected = match (row as isize + by).clamp(0, rows as isize - 1) as usize {
                // The first row, and the last, are of what is found.
                same if same == row && is_leap => row.abs_diff(1).min(rows - 2),
                expected => expected,
            };
            reader.keys(keys);
            reader.assert_sound();
            assert_eq!(reader.title(), before[expected], "{row} {keys}");
            let is_gone = expected != row;
            assert_eq!(reader.model.results.left_over.is_none(), is_gone, "{row} {keys}");
            assert_eq!(titles(&reader).contains(&title), !is_gone);
        }
    }
}

#[test]
fn commands_and_marks_are_for_the_paper_for_which_they_were_begun() {
    for (begun, rest) in [
        (":", "star <enter>"),
        (": st", "ar <enter>"),
        ("<ctrl-p>", "star <enter>"),
        ("", "s"),
        ("2", "s"),
        ("<enter>", "s"),
        ("z", "s"),
        ("v", "s"),
        ("<space> k", "s"),
    ] {
        let mut reader = unread(4);
        let title = reader.title();
        reader.keys(begun);
        let key = mark_elsewhere(&mut reader, Status::Read);
        reader.keys(rest);
        assert!(reading(&reader.library, &key).starred, "{begun} {rest}: {}", reader.notice());
        let starred = (0..).take(reader.model.snapshot.len()).filter(|doc| reader.model.snapshot.is_starred(*doc));
        assert_eq!(starred.count(), 2, "{begun} {rest}: {title} and the one from before");
    }
    let mut reader = unread(4);
    reader.keys("e half");
    let key = mark_elsewhere(&mut reader, Status::Read);
    reader.keys("<enter>");
    assert_eq!(reading(&reader.library, &key).note, "half");
    let mut reader = unread(4);
    reader.keys("m");
    let key = mark_elsewhere(&mut reader, Status::Read);
    reader.keys("u");
    assert_eq!(reading(&reader.library, &key).status, Status::Unread);
}

#[test]
fn one_that_comes_back_has_its_row_again() {
    let mut reader = unread(4);
    let before = titles(&reader);
    mark_elsewhere(&mut reader, Status::Read);
    mark_elsewhere(&mut reader, Status::Unread);
    assert_eq!((titles(&reader), reader.model.list.selected), (before, 4));
    assert_eq!(reader.model.results.left_over, None);
}

#[test]
fn the_only_paper_stays_alone() {
    for (width, height) in [(120, 36), (40, 10)] {
        let mut reader = Reader::new(width, height);
        reader.keys("/ status:unread <space> title:surveys <enter>");
        assert_eq!(reader.model.results.count(), 1);
        let title = reader.title();
        mark_elsewhere(&mut reader, Status::Read);
        assert_eq!((reader.title(), reader.model.results.count()), (title, 0));
        assert!(!reader.text().contains("No matches"), "{}", reader.text());
        reader.assert_sound();
        reader.keys("r");
        assert_eq!(reader.model.results.count(), 1, "it is unread again: {}", reader.notice());
    }
}

#[test]
fn it_stands_above_what_is_below_the_result() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ learn <space> -status:dropped <enter> j");
    assert!(reader.model.results.count() == 2 && !reader.model.results.below.is_empty());
    let title = reader.title();
    mark_elsewhere(&mut reader, Status::Dropped);
    let screen = reader.text();
    let at = |text: &str| screen.lines().position(|line| line.contains(text)).unwrap();
    assert_eq!(at("by meaning"), at(&title[..20]) + 1, "{screen}");
    reader.keys("j j k k k");
    reader.assert_sound();
    assert_eq!(reader.model.results.listed(), 1);
}

#[test]
fn a_mark_made_while_reading_does_not_change_the_paper_that_is_read() {
    for pane in ["z", "<enter>"] {
        let mut reader = unread(4);
        let before = titles(&reader);
        reader.keys(pane).keys("r");
        assert_eq!((reader.title().as_str(), reader.model.results.count()), (before[4].as_str(), before.len() - 1));
        assert!(reader.notice().contains("marked read"), "{}", reader.notice());
        assert_eq!(reader.keys(".").title(), before[5], "no paper is left out");
        assert_eq!(reader.keys("x").title(), before[6]);
        assert_eq!(reader.keys(",").title(), before[3]);
        reader.assert_sound();
    }
    // In the list, the next paper comes under the cursor.
    let mut reader = unread(4);
    let before = titles(&reader);
    assert_eq!(reader.keys("r").title(), before[5]);
    assert_eq!(reader.keys("r").title(), before[6]);
}

#[test]
fn the_text_does_not_scroll_back_when_papers_come() {
    let mut reader = Reader::new(60, 10);
    reader.keys("z j j");
    let (top, key) = (reader.model.detail.top, reader.model.current_key());
    assert!(top > 0);
    let file = reader.dir.path().join("late.jsonl");
    fs::write(&file, "{\"title\":\"A Paper That Came Later\",\"published\":\"2026-01-01\"}\n").unwrap();
    let mut other = Library::open(reader.dir.path()).unwrap();
    let request = ImportRequest { paths: vec![file], ..ImportRequest::default() };
    other.import(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    reader.send(Message::FilesWritten);
    assert_eq!((reader.model.detail.top, reader.model.current_key(), reader.model.list.selected), (top, key, 1));
}

#[test]
fn sorting_keeps_what_is_selected() {
    let mut reader = Reader::new(120, 36);
    reader.keys("j <space> <space> v j");
    let count = reader.model.selected_count();
    let keys = |reader: &Reader| {
        let (model, rows) = (&reader.model, reader.model.results.rows());
        let docs = model.results.page_in_order(0, rows).into_iter().enumerate();
        let mut keys: Vec<_> =
            docs.filter(|(place, doc)| model.is_selected(*doc, *place)).map(|(_, doc)| doc).collect();
        keys.sort_unstable();
        keys
    };
    let selected = keys(&reader);
    assert_eq!((count, selected.len()), (4, 4));
    for sort in [": sort <space> title <enter>", "O j j <enter>", ": sort <space> -date <enter>"] {
        reader.keys(sort);
        assert_eq!(keys(&reader), selected, "{sort}");
    }
    let mut reader = Reader::new(120, 36);
    reader.keys("<ctrl-a> : sort <space> title <enter>");
    assert_eq!(reader.model.selected_count(), 26);
}
