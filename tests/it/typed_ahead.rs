//! Keys typed faster than searches answer: a command is for the paper that the user means, however slow the search is.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use tsundoku::domain::reading::Status;
use tsundoku::tui::effect::{Effect, Request};
use tsundoku::tui::layout::layout;
use tsundoku::tui::message::{Answer, Message};
use tsundoku::tui::panes::Pane;

use crate::harness::Reader;

/// What a session of keys leads to: the query, the title under the cursor, and the keys of all papers that are starred, read and dropped.
fn outcome(reader: &Reader) -> (String, String, Vec<(String, Status, bool)>) {
    let snapshot = &reader.model.snapshot;
    let docs = (0..).take(snapshot.len());
    let marks = docs.map(|doc| (snapshot.key_text(doc).to_owned(), snapshot.status(doc), snapshot.is_starred(doc)));
    (reader.query(), reader.title(), marks.collect())
}

#[test]
fn a_session_typed_ahead_does_what_it_does_when_every_search_is_awaited() {
    for keys in [
        "/ of <enter> s",
        "/ of <enter> j j s",
        "/ of <enter> j r / <ctrl-u> in <enter> s",
        "A j j a",
        "[ j s [ s",
        "/ of <enter> <ctrl-a> s",
        "/ of <enter> m l",
        "/ of <enter> j : star <enter> : drop <enter>",
        "/ of <enter> j <ctrl-p> star <enter>",
        "/ of <enter> v j s A",
        "/ of <enter> M j s",
        "/ of <enter> j <enter> . s",
        "n s n s",
        "/ of <ctrl-n> <enter> s",
        "/ of <ctrl-n> <ctrl-n> <ctrl-p> <enter> s",
        "/ of <enter> 2 j s",
        "/ of <enter> g g s F s",
        "/ of <enter> t new <enter> j s",
        "/ <ctrl-u> of <enter> j <ctrl-o> s g o s",
    ] {
        let mut slow = Reader::new(120, 36);
        slow.keys("j j j");
        let mut fast = Reader::new(120, 36);
        fast.keys("j j j");
        slow.holds = true;
        slow.keys(keys);
        slow.holds = false;
        slow.deliver(usize::MAX);
        fast.keys(keys);
        assert_eq!(outcome(&slow), outcome(&fast), "{keys}");
        assert!(slow.model.typed_ahead.is_empty(), "{keys}");
        slow.assert_sound();
    }
}

#[test]
fn the_cursor_that_moves_before_the_answer_stays_where_it_moved() {
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    reader.keys("/ a <enter> j j");
    reader.holds = false;
    reader.deliver(usize::MAX);
    assert_eq!(reader.model.list.selected, 2);
}

#[test]
fn what_waits_is_told_and_esc_drops_it() {
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    reader.keys("/ tails <enter> s j");
    assert!(reader.text().contains("searching; 2 keys typed ahead · esc drops them"), "{}", reader.text());
    reader.keys("<esc>");
    assert!(reader.notice().contains("are dropped"), "{}", reader.notice());
    reader.holds = false;
    reader.deliver(usize::MAX);
    assert_eq!((reader.query().as_str(), reader.model.list.selected), ("tails", 0));
    let starred = (0..).take(reader.model.snapshot.len()).filter(|doc| reader.model.snapshot.is_starred(*doc));
    assert_eq!(starred.count(), 1, "only the paper that was starred before");
    // Commands that need no list do not wait.
    reader.holds = true;
    reader.keys("/ x <enter> / y");
    assert_eq!(reader.model.search.input.value(), "tailsxy");
}

#[test]
fn after_a_failed_search_keys_are_for_what_is_shown() {
    let mut reader = Reader::new(120, 36);
    let shown = reader.title();
    reader.holds = true;
    reader.keys("/ knitting <enter> s");
    let error = tsundoku::error::Error::system("the disk is gone");
    reader.send(Message::Answer(Answer::Failed { failure: "search failed", error, effect: None }));
    assert!(reader.model.typed_ahead.is_empty());
    let acts = reader.acts("r");
    assert!(matches!(&acts[..], [Effect::Request(Request::ChangeAll { .. })]), "{acts:?}");
    assert_eq!(reader.title(), shown);
}

#[test]
fn a_click_on_a_row_of_an_earlier_query_does_nothing() {
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    reader.keys("/ tails <enter>");
    let areas = layout(reader.model.size, &reader.model);
    let list = areas.pane(Pane::List).unwrap();
    for _ in 0..2 {
        reader.send(Message::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: list.x + 6,
            row: list.y + 4,
            modifiers: crossterm::event::KeyModifiers::NONE,
        }));
    }
    assert_eq!((reader.model.list.selected, reader.model.focus), (0, Pane::List));
}

#[test]
fn a_change_while_a_search_runs_does_not_move_the_cursor_to_a_paper_of_the_list_before() {
    let mut reader = Reader::new(120, 36);
    reader.keys("j j j");
    reader.holds = true;
    reader.keys("s / a <enter>");
    reader.holds = false;
    reader.deliver(usize::MAX);
    assert_eq!((reader.query().as_str(), reader.model.list.selected), ("a", 0));
}

#[test]
fn text_pasted_behind_a_waiting_key_goes_where_that_key_leads() {
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    reader.keys("/ tails <enter> :");
    reader.send(Message::Paste("star".to_owned()));
    reader.keys("<enter>");
    reader.holds = false;
    reader.deliver(usize::MAX);
    assert!(reader.notice().contains("starred"), "{}", reader.notice());
}
