//! Fuzzy matches in the reader: they follow what was found and are never part of it.

use tsundoku::domain::query::Query;
use tsundoku::tui::effect::{Effect, Papers, Request, Work};
use tsundoku::tui::message::{Answer, Message};

use crate::harness::Reader;

/// Two papers are found by a word, more by the letters.
const FEW: &str = "/ tails <enter>";
/// No paper is found, some by the letters.
const NONE: &str = "/ tlsk <enter>";

fn reader(keys: &str) -> Reader {
    let mut reader = Reader::new(120, 36);
    reader.keys(keys);
    assert!(!reader.model.results.fuzzy.is_empty());
    reader
}

#[test]
fn they_follow_the_hits_and_are_counted_apart() {
    let mut reader = reader(FEW);
    let (count, fuzzy) = (reader.model.results.count(), reader.model.results.fuzzy.len());
    assert!(count > 0);
    let screen = reader.text();
    assert!(screen.contains(&format!("{count} of 26 + {fuzzy} fuzzy · relevance")), "{screen}");
    let at =
        |text: &str| screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{screen}"));
    let title = |place: usize| reader.model.snapshot.title(reader.model.results.at(place).unwrap()).to_owned();
    let line = at("── fuzzy matches ──");
    assert_eq!((at(&title(count - 1)[..20]), at(&title(count)[..20])), (line - 1, line + 1));
    let found = reader.library.search(&Query::parse("tails"), &|| false).unwrap();
    assert_eq!(found.count, count, "what the command line finds");
    reader.keys("G");
    assert_eq!(reader.model.list.selected, count + fuzzy - 1);
    assert!(reader.text().contains(&format!("fuzzy {fuzzy} of {fuzzy}")));
}

#[test]
fn what_is_done_to_all_found_is_not_done_to_them() {
    let mut reader = reader(FEW);
    let found = Papers::Found(reader.model.found().unwrap());
    let effects = reader.acts("<ctrl-a> G s");
    assert!(
        matches!(&effects[..], [Effect::Request(Request::ChangeAll { papers, .. })] if *papers == found),
        "{effects:?}"
    );
    let fuzzy = reader.model.results.fuzzy.clone();
    assert!(fuzzy.iter().all(|doc| !reader.model.snapshot.is_starred(*doc)));
    let found = Papers::Found(reader.model.found().unwrap());
    let effects = reader.acts("<esc> : export <space> all.bib <enter>");
    assert!(matches!(&effects[..], [Effect::Start(_, Work::Export { papers, .. })] if *papers == found), "{effects:?}");

    let mut reader = self::reader(NONE);
    assert_eq!(reader.acts("E"), []);
    assert_eq!(reader.notice(), "there is no paper to export");
    reader.keys("<ctrl-a>");
    assert!(reader.model.selection.is_empty());
}

#[test]
fn each_is_a_paper_like_any_other() {
    let mut reader = reader(FEW);
    reader.keys("G");
    let (title, place) = (reader.title(), reader.model.list.selected);
    reader.keys("s t peft <enter>");
    assert!(reader.current().starred);
    assert_eq!((reader.title(), reader.model.list.selected), (title, place), "the answer moves no cursor");
    reader.keys("<enter>");
    assert!(reader.text().contains("starred"));
    // A range across the line takes what it covers.
    reader.keys("<esc> g g v G r");
    let rows = reader.model.results.rows();
    let docs = reader.model.results.page(0, rows);
    let read = docs.iter().filter(|doc| reader.model.snapshot.status(**doc).name() == "read").count();
    assert_eq!(read, rows);
}

#[test]
fn where_nothing_is_found_they_stand_below_the_reason() {
    let mut reader = reader(NONE);
    assert_eq!(reader.model.results.count(), 0);
    let screen = reader.text();
    let at =
        |text: &str| screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{screen}"));
    assert!(at("No matches.") < at("no paper  tlsk"));
    assert!(at("no paper  tlsk") < at("── fuzzy matches ──"));
    assert!(!screen.contains("Enter drops"));
    let title = reader.title();
    assert!(!title.is_empty());
    reader.keys("<enter>");
    assert_eq!((reader.query().as_str(), reader.title()), ("tlsk", title), "Enter reads");
}

#[test]
fn they_arrive_below_and_move_nothing() {
    for (keys, height) in [("/ tails <enter>", 36), ("/ tails <enter>", 8), ("/ the <enter>", 9)] {
        let mut reader = Reader::new(120, height);
        reader.holds = true;
        reader.keys(keys);
        while !matches!(reader.queued().next(), None | Some(Effect::Request(Request::Fuzzy { .. }))) {
            reader.deliver(1);
        }
        reader.keys("G");
        let (before, window) = (reader.title(), reader.model.list);
        assert!(reader.model.results.count() > 0, "{keys}");
        let screen = reader.text();
        // The columns of the list alone.
        let rows = |screen: &str| -> Vec<String> {
            let rows = screen.lines().filter(|line| line.contains('○'));
            rows.map(|line| line.chars().take(70).collect()).collect()
        };
        reader.deliver(usize::MAX);
        assert!(!reader.model.results.fuzzy.is_empty(), "{keys}");
        assert_eq!((reader.title(), reader.model.list), (before, window), "{keys}");
        assert!(rows(&reader.text()).starts_with(&rows(&screen)), "{keys}\n{screen}\n{}", reader.text());
    }
}

#[test]
fn answers_to_earlier_questions_are_dropped() {
    let mut reader = reader(FEW);
    let generation = reader.model.results.generation;
    let answer = |generation| Message::Answer(Answer::Fuzzy { generation, docs: vec![0, 1, 2] });
    reader.send(answer(generation - 1));
    assert_ne!(reader.model.results.fuzzy, [0, 1, 2]);
    reader.send(answer(generation));
    assert_eq!(reader.model.results.fuzzy, [0, 1, 2]);
    reader.keys("/ <backspace>");
    reader.holds = true;
    reader.keys("<backspace>");
    reader.deliver(1);
    assert!(reader.model.results.fuzzy.is_empty(), "another question, other matches");
    reader.asked();
    reader.send(Message::Answer(Answer::FuzzyPostponed { generation: reader.model.results.generation }));
    assert!(
        reader.asked().iter().any(|effect| matches!(effect, Effect::Request(Request::Fuzzy { .. }))),
        "asked again"
    );
}
