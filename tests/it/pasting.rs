//! Pasted pages: asked about, imported, and shown where the cursor stands; and pasted words, which stay words.

use std::fs;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use tsundoku::tui::message::Message;
use tsundoku::tui::overlay::{Overlay, Prompt};

use crate::harness::{Reader, fixture};

fn page() -> String {
    // The page states no year.
    fs::read_to_string(fixture("pages/blank_lines.txt")).unwrap().replace("Mar 12", "Mar 12, 2025")
}

fn paste(reader: &mut Reader, text: &str) {
    reader.send(Message::Paste(text.to_owned()));
}

fn question(reader: &Reader) -> Option<&str> {
    match &reader.model.overlay {
        Some(Overlay::Question(question)) => Some(question.text.as_str()),
        _ => None,
    }
}

fn prompt(reader: &Reader) -> Option<&Prompt> {
    match &reader.model.overlay {
        Some(Overlay::Prompt(prompt)) => Some(prompt),
        _ => None,
    }
}

/// Titles of the papers that the screen marks as new.
fn new_titles(reader: &Reader) -> Vec<String> {
    let model = &reader.model;
    let docs = model.results.page(0, model.results.rows());
    docs.into_iter().filter(|doc| model.is_new(*doc)).map(|doc| model.snapshot.title(doc).to_owned()).collect()
}

#[test]
fn a_pasted_page_is_imported_after_a_question() {
    // Terminals end lines with a carriage return.
    for text in [page(), page().replace('\n', "\r"), page().replace('\n', "\r\n")] {
        let mut reader = Reader::new(120, 36);
        let before = reader.model.snapshot.len();
        reader.keys("j j j <space>");
        let selected = reader.model.selection.clone();
        paste(&mut reader, &text);
        assert_eq!(question(&reader), Some("Import 4 papers of 12 Mar 2025?"), "{}", reader.notice());
        let last = reader.text().lines().last().unwrap().to_owned();
        assert!(last.contains("Import 4 papers") && last.contains("enter import  esc leave it"), "{last}");
        reader.keys("q j x");
        assert!(question(&reader).is_some(), "other keys do nothing");
        reader.keys("<enter>");
        assert_eq!(reader.model.snapshot.len(), before + 3, "{}", reader.notice());
        assert!(reader.notice().starts_with("read 4: 3 new, 1 updated"), "{}", reader.notice());
        assert_eq!(new_titles(&reader).len(), 3);
        assert_eq!(reader.title(), new_titles(&reader)[0], "the cursor is on the first of them in the list");
        assert!(reader.model.is_new(reader.model.current().unwrap()));
        assert_eq!(reader.model.selection.docs.len(), selected.docs.len(), "what was selected stays so");
        assert!(reader.text().contains("▌○+"), "{}", reader.text());
        reader.keys("<esc> r");
        assert_eq!(new_titles(&reader).len(), 2, "what is read is new no more");
    }
}

#[test]
fn the_question_and_what_came_fit_every_screen() {
    for (width, height) in [(120, 36), (80, 24), (60, 20), (40, 10)] {
        let mut reader = Reader::new(width, height);
        paste(&mut reader, &page());
        let screen = reader.text();
        let last: Vec<&str> = screen.lines().rev().take(2).collect();
        assert!(last.iter().any(|line| line.contains("Import 4 papers of 12 Mar 2025?")), "{width}: {last:?}");
        assert!(last.iter().any(|line| line.contains("esc leave it")), "{width}: {last:?}");
        reader.keys("<enter>");
        let title: String = reader.title().chars().take(12).collect();
        let screen = reader.text();
        assert!(screen.lines().any(|line| line.contains("▌○+") && line.contains(&title)), "{width}: {screen}");
    }
}

#[test]
fn escape_leaves_a_pasted_page() {
    let mut reader = Reader::new(120, 36);
    let (before, title) = (reader.model.snapshot.len(), reader.title());
    paste(&mut reader, &page());
    reader.keys("<esc>");
    assert_eq!((question(&reader), reader.notice()), (None, "nothing was imported"));
    assert_eq!((reader.model.snapshot.len(), reader.title()), (before, title));
}

#[test]
fn what_holds_no_papers_says_why_and_words_stay_words() {
    let mut reader = Reader::new(120, 36);
    paste(&mut reader, "Some notes of mine\nthat are no page\nat all");
    assert!(reader.notice().starts_with("nothing to import: what was pasted is neither"), "{}", reader.notice());
    paste(&mut reader, "one line");
    assert_eq!(reader.notice(), "open the search (/) to paste text into it");
    // Words in the search box, on however many lines.
    for text in ["kites", "kites\ntails", "Kite Sampling: Drawing Long Sequences\nfrom Short Strings and Other Things"]
    {
        reader.keys("/ <ctrl-u>");
        paste(&mut reader, text);
        assert_eq!((question(&reader), reader.model.search.open), (None, true));
        assert_eq!(reader.model.search.input.value(), text.replace('\n', " "));
        reader.keys("<esc>");
    }
    // In a note everything is text.
    reader.keys("e");
    paste(&mut reader, &page());
    assert!(prompt(&reader).is_some_and(|prompt| prompt.input.value().contains("Kite Sampling")));
}

#[test]
fn a_page_in_the_search_box_or_the_import_prompt_is_asked_about_too() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ lora");
    paste(&mut reader, &page());
    assert_eq!(question(&reader), Some("Import 4 papers of 12 Mar 2025?"));
    assert_eq!((reader.model.search.input.value(), reader.query().as_str()), ("lora", "lora"), "the words are kept");
    reader.keys("<esc> x");
    assert_eq!((reader.model.search.input.value(), reader.model.search.open), ("lorax", true));
    reader.keys("<esc> I");
    paste(&mut reader, &page());
    reader.keys("<enter>");
    assert!(reader.notice().starts_with("read 4: 3 new, 1 updated"), "{}", reader.notice());
    reader.keys("I");
    paste(&mut reader, "no page\nat all");
    assert!(reader.notice().starts_with("nothing to import"), "{}", reader.notice());
    assert!(prompt(&reader).is_some_and(|prompt| prompt.input.value().is_empty()));
}

#[test]
fn no_question_and_no_movement_come_under_keys_that_were_pressed_since() {
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    paste(&mut reader, &page());
    reader.keys("j");
    let title = reader.title();
    reader.deliver(usize::MAX);
    assert_eq!(question(&reader), None);
    assert_eq!(reader.notice(), "what you pasted holds 4 papers; paste it again to import them");
    reader.holds = false;
    paste(&mut reader, &page());
    reader.holds = true;
    reader.keys("<enter> j k");
    reader.deliver(usize::MAX);
    assert!(reader.notice().starts_with("read 4: 3 new, 1 updated"), "{}", reader.notice());
    assert_eq!((reader.title(), new_titles(&reader).len()), (title, 3), "the user was moving");
}

#[test]
fn the_mouse_counts_as_moving() {
    let mut reader = Reader::new(120, 36);
    paste(&mut reader, &page());
    reader.holds = true;
    reader.keys("<enter>");
    let event = |kind| MouseEvent { kind, column: 40, row: 9, modifiers: KeyModifiers::NONE };
    reader.send(Message::Mouse(event(MouseEventKind::Down(MouseButton::Left))));
    let title = reader.title();
    reader.deliver(usize::MAX);
    assert_eq!((reader.title(), new_titles(&reader).len()), (title, 3));
}

#[test]
fn an_import_that_the_search_does_not_find_says_so_and_moves_nothing() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ knitting <enter>");
    let title = reader.title();
    paste(&mut reader, &page());
    reader.keys("<enter>");
    assert_eq!((reader.title(), reader.query().as_str()), (title, "knitting"));
    assert!(reader.notice().ends_with("not in this search; 0 shows all papers"), "{}", reader.notice());
    reader.keys("0");
    assert_eq!(new_titles(&reader).len(), 3);
}

#[test]
fn an_imported_file_is_gone_to_as_well() {
    let mut reader = Reader::new(80, 24);
    let file = reader.dir.path().join("page.txt");
    fs::write(&file, page()).unwrap();
    reader.keys("I");
    paste(&mut reader, &file.display().to_string());
    reader.keys("<enter>");
    assert_eq!(reader.title(), new_titles(&reader)[0]);
    // Again: nothing is new, and nothing moves.
    reader.keys("G I");
    let title = reader.title();
    paste(&mut reader, &file.display().to_string());
    reader.keys("<enter>");
    assert!(reader.notice().starts_with("read 4: 0 new"), "{}", reader.notice());
    assert_eq!((reader.title(), new_titles(&reader).len()), (title, 3));
}

/// A page without a day.
fn undated() -> String {
    fs::read_to_string(fixture("pages/no_blank_lines.txt")).unwrap()
}

/// Day and label of the digest with this id.
fn digest(reader: &Reader, id: &str) -> Option<(Option<String>, String)> {
    let found = reader.model.snapshot.digests().iter().find(|digest| digest.id == id)?;
    Some((found.day.map(|day| day.to_string()), found.label.to_string()))
}

fn import(reader: &mut Reader, names: &[&str]) {
    let folder = reader.dir.path().join("pages");
    fs::create_dir_all(&folder).unwrap();
    for name in names {
        fs::write(folder.join(name), undated()).unwrap();
    }
    reader.keys("I");
    paste(reader, &folder.display().to_string());
    reader.keys("<enter>");
}

fn label(reader: &Reader) -> Option<&str> {
    prompt(reader).map(|prompt| prompt.label.as_str())
}

#[test]
fn a_digest_without_a_day_asks_for_it() {
    for (typed, day) in [
        ("12 mar 2025", "2025-03-12"),
        ("2025/3/12", "2025-03-12"),
        ("March 12th, 2025", "2025-03-12"),
        ("2025-03-12", "2025-03-12"),
    ] {
        let mut reader = Reader::new(120, 36);
        import(&mut reader, &["my_daily-papers.txt"]);
        assert_eq!(label(&reader), Some("day of `my daily papers`, or none"), "{}", reader.notice());
        assert!(reader.text().contains("read 4: "), "what was imported stays visible: {}", reader.text());
        assert!(reader.model.is_new(reader.model.current().unwrap()), "the cursor went to what is new");
        reader.keys("<ctrl-u>");
        paste(&mut reader, typed);
        reader.keys("<enter>");
        assert_eq!(label(&reader), None);
        assert_eq!(digest(&reader, "hf:my_daily-papers"), Some((Some(day.to_owned()), "12 Mar 2025".to_owned())));
        assert!(reader.model.is_new(reader.model.current().unwrap()));
    }
}

#[test]
fn a_digest_may_stay_without_a_day_and_is_reached_all_the_same() {
    let mut reader = Reader::new(120, 36);
    import(&mut reader, &["my_daily-papers.txt"]);
    reader.keys("<enter>");
    assert_eq!((label(&reader), reader.notice()), (None, "`my daily papers` stays without a day"));
    assert_eq!(digest(&reader, "hf:my_daily-papers"), Some((None, "my daily papers".to_owned())));
    // After the earliest day.
    let mut queries = (0..20).map(|_| {
        reader.keys("[");
        reader.query()
    });
    assert!(queries.any(|query| query == "digest:hf:my_daily-papers"));
    drop(queries);
    // It is asked for once: the same file again brings no new digest.
    import(&mut reader, &[]);
    assert_eq!(label(&reader), None);
    reader.keys("g d");
    assert!(label(&reader).is_some_and(|label| label.starts_with("day of this digest")));
}

#[test]
fn several_digests_are_asked_for_in_turn_and_escape_ends_it() {
    let mut reader = Reader::new(120, 36);
    import(&mut reader, &["a 2025-03-12 copy.txt", "b.txt", "c.txt"]);
    assert_eq!(label(&reader), Some("day of `a 2025-03-12 copy` (2 more), or none"));
    assert_eq!(prompt(&reader).unwrap().input.value(), "2025-03-12", "the date in the name is offered");
    reader.keys("x <enter>");
    assert!(reader.notice().contains("is not a day"), "{}", reader.notice());
    assert_eq!(
        label(&reader),
        Some("day of `a 2025-03-12 copy` (2 more), or none"),
        "a wrong day stays to be corrected"
    );
    reader.keys("<backspace> <enter>");
    assert_eq!(label(&reader), Some("day of `b` (1 more), or none"));
    reader.keys("<esc>");
    assert_eq!(label(&reader), None);
    assert_eq!(digest(&reader, "hf:a 2025-03-12 copy").unwrap().0.as_deref(), Some("2025-03-12"));
    assert_eq!(digest(&reader, "hf:b").unwrap().0, None);
}

#[test]
fn no_day_is_asked_for_under_keys_that_were_pressed_since() {
    let mut reader = Reader::new(120, 36);
    reader.keys("I");
    let file = reader.dir.path().join("later.txt");
    fs::write(&file, undated()).unwrap();
    paste(&mut reader, &file.display().to_string());
    reader.holds = true;
    reader.keys("<enter> j");
    reader.deliver(usize::MAX);
    assert_eq!(label(&reader), None);
    assert!(reader.notice().contains("no day is known for `later`; g d sets it"), "{}", reader.notice());
}

/// Two entries, one with a reading state of another program.
const WITH_STATES: &str = "@misc{a, title = {Kites of Glass}, doi = {10.9999/kites.1}, keywords = {wind, to read}}\n\
                           @misc{b, title = {Kites of Rope}, doi = {10.9999/kites.2}}\n";

#[test]
fn reading_states_of_other_programs_are_taken_after_a_question() {
    for (width, height) in [(120, 36), (80, 24), (60, 20), (40, 10)] {
        let mut reader = Reader::new(width, height);
        paste(&mut reader, WITH_STATES);
        reader.keys("<enter>");
        assert_eq!(question(&reader), Some("Take reading states of 1 paper, too?"), "{}", reader.notice());
        let screen = reader.text();
        let last: Vec<&str> = screen.lines().rev().take(2).collect();
        assert!(last.iter().any(|line| line.contains("Take reading states of 1 paper")), "{width}: {last:?}");
        assert!(last.iter().any(|line| line.contains("esc leave them")), "{width}: {last:?}");
        reader.keys("<esc>");
        assert!(reader.notice().contains("without their reading states"), "{}", reader.notice());
        reader.keys("/tag:wind <enter>");
        assert_eq!(reader.model.results.count(), 0);
        reader.keys("<esc>");
        paste(&mut reader, WITH_STATES);
        reader.keys("<enter> <enter>");
        reader.keys("/tag:wind <enter>");
        assert_eq!(reader.model.results.count(), 1, "{}", reader.notice());
        reader.keys("<esc> u");
        reader.keys("/tag:wind <enter>");
        assert_eq!(reader.model.results.count(), 0, "{}", reader.notice());
    }
}
