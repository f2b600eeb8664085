//! The bands of the reader's list: papers with the words in title and authors, papers with the words elsewhere, and what stands below the result
//! and is never part of it.

use tsundoku::domain::query::Query;
use tsundoku::library::search::Band;
use tsundoku::tui::effect::{Effect, Papers, Request, Work};
use tsundoku::tui::message::{Answer, Message};

use crate::harness::Reader;

/// Some papers have the words in the title, others in the abstract, and papers follow by meaning.
const SEVERAL: &str = "/ learn <enter>";
/// No paper is found, some by the letters.
const NONE: &str = "/ tlsk <enter>";

fn reader(keys: &str) -> Reader {
    let mut reader = Reader::new(120, 36);
    reader.keys(keys);
    reader
}

fn line_of(screen: &str, text: &str) -> usize {
    screen.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{screen}"))
}

fn title(reader: &Reader, row: usize) -> String {
    reader.model.snapshot.title(reader.model.results.at(row).unwrap()).chars().take(20).collect()
}

/// Which bands stand below the result.
fn below(reader: &Reader) -> Vec<Band> {
    reader.model.results.below.iter().map(|below| below.band).collect()
}

#[test]
fn words_are_found_in_title_abstract_note_and_tags() {
    let reader = reader("/ cloth <enter>");
    let screen = reader.text();
    assert!(screen.contains("0 · 2 in abstracts · relevance"), "{screen}");
    assert!(screen.contains("of the cloth"), "the snippet\n{screen}");
    assert!(!screen.contains("No matches"), "{screen}");
    let reader = self::reader("/ grandmother <enter>");
    assert!(reader.title().starts_with("Graph Networks for Knitting"), "its note");
    let reader = self::reader("/ outdoors <enter>");
    assert!(reader.title().starts_with("LoRA for Kites"), "its tag");
    let reader = self::reader("/ gramophone <enter>");
    assert_eq!(reader.model.results.count(), 0);
}

#[test]
fn bands_follow_each_other_under_lines_and_are_counted_apart() {
    let mut reader = reader(SEVERAL);
    let hits = reader.model.results.hits.clone().unwrap();
    let (first, count) = (hits.in_titles(), hits.count);
    assert!(0 < first && first < count, "{first} {count}");
    let screen = reader.text();
    assert!(screen.contains(&format!("{first} · {} in abstracts · relevance", count - first)), "{screen}");
    let line = line_of(&screen, "── in abstracts, notes and tags ──");
    assert_eq!(line_of(&screen, &title(&reader, first - 1)), line - 1, "{screen}");
    assert_eq!(line_of(&screen, &title(&reader, first)), line + 1, "{screen}");
    assert_eq!(below(&reader), [Band::Meaning]);
    let line = line_of(&screen, "── by meaning ──");
    assert_eq!(line_of(&screen, &title(&reader, count - 1)), line - 1, "{screen}");
    assert_eq!(line_of(&screen, &title(&reader, count)), line + 1, "{screen}");
    let found = reader.library.find(&Query::parse("learn")).unwrap();
    assert_eq!((found.count, found.complete()), (count, hits.complete()), "what the command line finds");
    reader.keys("G");
    let rows = reader.model.results.rows();
    assert_eq!(reader.model.list.selected, rows - 1);
    let place = format!("by meaning {} of {}", rows - count, rows - count);
    assert!(reader.text().contains(&place), "{}", reader.text());
    assert!(reader.text().contains("found by: learn → training"), "{}", reader.text());
}

#[test]
fn some_of_the_words_come_before_meaning() {
    let reader = reader("/ patient <space> optimiser <space> learn <enter>");
    assert_eq!((reader.model.results.count(), below(&reader)), (0, vec![Band::SomeWords, Band::Meaning]));
    let screen = reader.text();
    assert!(line_of(&screen, "No matches.") < line_of(&screen, "── some of the words ──"), "{screen}");
    let papers = &reader.model.results.below[0].papers;
    let words: Vec<&str> = papers.iter().flat_map(|paper| &paper.reasons).map(|reason| reason.found.as_str()).collect();
    assert!(papers.len() == 3 && words.contains(&"patient") && words.contains(&"learn"), "{words:?}");
}

#[test]
fn what_is_done_to_all_found_is_done_to_both_bands_and_not_below() {
    let mut reader = reader(SEVERAL);
    let found = Papers::Found(reader.model.found().unwrap());
    let effects = reader.acts("<ctrl-a> G s");
    assert!(
        matches!(&effects[..], [Effect::Request(Request::ChangeAll { papers, .. })] if *papers == found),
        "{effects:?}"
    );
    let starred = |reader: &Reader, row| reader.model.snapshot.is_starred(reader.model.results.at(row).unwrap());
    let count = reader.model.results.count();
    assert!((0..count).all(|row| starred(&reader, row)));
    let papers: Vec<_> = reader.model.results.below().map(|paper| paper.doc).collect();
    assert!(!papers.is_empty() && papers.iter().all(|doc| !reader.model.snapshot.is_starred(*doc)));
    let found = Papers::Found(reader.model.found().unwrap());
    let effects = reader.acts("<esc> : export <space> all.bib <enter>");
    assert!(matches!(&effects[..], [Effect::Start(_, Work::Export { papers, .. })] if *papers == found), "{effects:?}");

    let mut reader = self::reader(NONE);
    assert_eq!((below(&reader), reader.acts("E")), (vec![Band::Fuzzy], vec![]));
    assert_eq!(reader.notice(), "there is no paper to export");
    reader.keys("<ctrl-a>");
    assert!(reader.model.selection.is_empty());
}

#[test]
fn each_row_is_a_paper_like_any_other() {
    let mut reader = reader(SEVERAL);
    reader.keys("G");
    let (title, place) = (reader.title(), reader.model.list.selected);
    reader.keys("s t peft <enter>");
    assert!(reader.current().starred);
    assert_eq!((reader.title(), reader.model.list.selected), (title, place), "the answer moves no cursor");
    reader.keys("<enter>");
    assert!(reader.text().contains("starred"));
    // A range across the lines takes what it covers.
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
    assert!(line_of(&screen, "No matches.") < line_of(&screen, "no paper  tlsk"));
    assert!(line_of(&screen, "no paper  tlsk") < line_of(&screen, "── fuzzy matches ──"));
    assert!(!screen.contains("Enter drops"));
    let title = reader.title();
    assert!(!title.is_empty());
    reader.keys("<enter>");
    assert_eq!((reader.query().as_str(), reader.title()), ("tlsk", title), "Enter reads");
}

/// The columns of the list alone.
fn rows(screen: &str) -> Vec<String> {
    let rows = screen.lines().filter(|line| line.contains('○'));
    rows.map(|line| line.chars().skip(26).take(44).collect()).collect()
}

#[test]
fn later_bands_arrive_below_and_move_nothing() {
    for (keys, height) in [(SEVERAL, 36), (SEVERAL, 8), ("/ the <enter>", 9)] {
        let mut reader = Reader::new(120, height);
        reader.holds = true;
        reader.keys(keys);
        let mut arrived = 0;
        loop {
            while !matches!(
                reader.queued().next(),
                None | Some(Effect::Request(Request::Complete { .. } | Request::Below { .. }))
            ) {
                reader.deliver(1);
            }
            if reader.queued().next().is_none() {
                break;
            }
            reader.keys("<ctrl-f> <ctrl-f> <ctrl-f> <ctrl-f>");
            let (before, window, count) = (reader.title(), reader.model.list, reader.model.results.rows());
            assert!(count > 0, "{keys}");
            let screen = reader.text();
            reader.deliver(1);
            arrived += usize::from(reader.model.results.rows() > count);
            assert_eq!((reader.title(), reader.model.list), (before, window), "{keys}");
            assert!(rows(&reader.text()).starts_with(&rows(&screen)), "{keys}\n{screen}\n{}", reader.text());
        }
        assert!(arrived > 0, "{keys}");
    }
}

#[test]
fn a_key_while_the_rest_is_awaited_cancels_it() {
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    reader.keys("/ lear");
    while !reader.model.results.is_partial() {
        reader.deliver(1);
    }
    assert!(reader.text().contains("· … · relevance"), "{}", reader.text());
    reader.keys("n");
    while !reader.model.results.is_partial() || reader.model.results.answered != reader.model.results.generation {
        reader.deliver(1);
    }
    reader.deliver(usize::MAX);
    assert!(!reader.model.results.is_partial());
    assert_eq!(reader.model.results.count(), reader.library.find(&Query::parse("learn")).unwrap().count);
}

#[test]
fn keys_for_the_whole_list_wait_for_all_of_it() {
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    reader.keys("/ learn <enter>");
    while !reader.model.results.is_partial() {
        reader.deliver(1);
    }
    let (first, row) = (reader.model.results.count(), reader.model.list.selected);
    reader.keys("j <ctrl-a>");
    assert!(reader.model.selection.is_empty() && reader.model.list.selected == row + 1, "one row does not wait");
    reader.deliver(usize::MAX);
    assert_eq!(reader.model.selected_count(), reader.library.find(&Query::parse("learn")).unwrap().count);
    assert!(reader.model.selected_count() > first);
    // Where the first papers are still to come, so is the one under the cursor.
    let mut reader = Reader::new(120, 36);
    reader.holds = true;
    reader.keys("/ grandmother <enter> s");
    reader.deliver(usize::MAX);
    assert!(reader.current().starred && reader.title().starts_with("Graph Networks"));
}

#[test]
fn the_cursor_stays_on_a_paper_of_the_second_band_when_it_is_marked() {
    let mut reader = reader("/ cloth <enter>");
    let (title, count) = (reader.title(), reader.model.results.count());
    reader.holds = true;
    reader.keys("s");
    for _ in 0..20 {
        reader.deliver(1);
        assert_eq!((reader.title(), reader.model.results.count()), (title.clone(), count), "in every frame");
    }
    assert!(reader.current().starred);
}

#[test]
fn orders_by_keys_hold_for_the_whole_result() {
    let reader = reader("/ learn <space> sort:title <enter>");
    let titles: Vec<String> = (0..reader.model.results.count()).map(|row| title(&reader, row)).collect();
    assert!(titles.is_sorted() && titles.len() == 3, "{titles:?}");
    let screen = reader.text();
    assert!(screen.contains("in abstracts · title") && !screen.contains("── in abstracts"), "{screen}");
}

#[test]
fn answers_to_earlier_questions_are_dropped() {
    let mut reader = reader(SEVERAL);
    let generation = reader.model.results.generation;
    let answer = |generation| Message::Answer(Answer::Below { generation, bands: Vec::new() });
    reader.send(answer(generation - 1));
    assert_ne!(below(&reader), []);
    reader.send(answer(generation));
    assert_eq!(below(&reader), []);
    reader.keys("/ <backspace> n");
    assert_ne!(below(&reader), []);
    reader.holds = true;
    reader.keys("<backspace>");
    reader.deliver(1);
    assert_eq!(below(&reader), [], "another question, other papers");
    reader.asked();
    let generation = reader.model.results.generation;
    let request = Box::new(Request::Below { generation, query: Query::parse("lear"), found: Vec::new() });
    reader.send(Message::Answer(Answer::Postponed { generation, request }));
    assert!(
        reader.asked().iter().any(|effect| matches!(effect, Effect::Request(Request::Below { .. }))),
        "asked again"
    );
}
