//! What keys do: from the key to the library on disk. And that no sequence of messages, however odd, stops the reader.

use std::collections::BTreeSet;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use ratatui::layout::Size;
use tsundoku::domain::query::Query;
use tsundoku::domain::reading::{Change, Status};
use tsundoku::library::Library;
use tsundoku::tui::effect::{Alarm, Bulk, CopyKind, Effect, Papers, Request, TerminalEffect};
use tsundoku::tui::layout::layout;
use tsundoku::tui::message::{Answer, Message};
use tsundoku::tui::model::Tone;
use tsundoku::tui::overlay::{Overlay, PromptKind};
use tsundoku::tui::panes::Pane;

use crate::harness::Reader;

fn reader() -> Reader {
    Reader::new(120, 36)
}

#[test]
fn a_star_is_saved_and_undone() {
    let mut reader = reader();
    reader.keys("j");
    let key = reader.model.current_key().unwrap();
    let effects = reader.acts("s");
    let papers = Papers::Keys(vec![key]);
    assert_eq!(
        effects,
        [Effect::Request(Request::ChangeAll { papers, change: Bulk::Star(true), label: "starred".to_owned() })],
        "one key, one change"
    );
    assert!(reader.current().starred);
    assert!(reader.notice().contains("starred") && reader.notice().contains("undo"), "{}", reader.notice());
    reader.keys("u");
    assert!(!reader.current().starred);
    reader.keys("<ctrl-r>");
    assert!(reader.current().starred);
    reader.keys("s");
    assert!(!reader.current().starred, "the same key takes it off");
}

#[test]
fn marks_outlive_the_reader() {
    let mut first = reader();
    first.keys("4 j r s t new-tag <enter>");
    let title = first.title();
    let reading = first.current();
    assert_eq!((reading.status, reading.starred), (Status::Read, true));
    assert_eq!(reading.tags.iter().map(ToString::to_string).collect::<Vec<_>>(), ["new-tag"]);
    let Reader { dir, library, .. } = first;
    drop(library);
    let mut second = Reader::on(dir, 120, 36);
    second.keys("4 j");
    assert_eq!((second.title(), second.current()), (title, reading));
    second.keys("u u u");
    assert_eq!(second.current(), Default::default(), "undo reaches over the restart");
}

#[test]
fn counts_and_ends() {
    let mut reader = reader();
    let at = |reader: &mut Reader, keys: &str| reader.keys(keys).model.list.selected;
    assert_eq!(at(&mut reader, "10j"), 10);
    assert_eq!(at(&mut reader, "3k"), 7);
    assert_eq!(at(&mut reader, "G"), 25);
    assert_eq!(at(&mut reader, "j"), 25);
    assert_eq!(at(&mut reader, "gg"), 0);
    assert_eq!(at(&mut reader, "k"), 0);
    assert_eq!(at(&mut reader, "5G"), 4);
    assert_eq!(at(&mut reader, "99999999999999999999j"), 25);
    assert_eq!(at(&mut reader, "g <esc> g g"), 0);
    assert_eq!(at(&mut reader, ": 12 <enter>"), 11);
}

#[test]
fn chords_copy_and_esc_forgets_them() {
    let mut reader = reader();
    let effects = reader.acts("y y");
    let key = reader.model.current_key().unwrap();
    let [Effect::Request(Request::Copy { papers, kind }), Effect::Terminal(TerminalEffect::Clip { text })] =
        effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!((papers, kind), (&Papers::Keys(vec![key]), &CopyKind::Citation));
    assert!(text.contains("LoRA for Kites") && text.contains("2025"), "{text}");
    let effects = reader.acts("y b");
    let Some(Effect::Terminal(TerminalEffect::Clip { text })) = effects.last() else { panic!("{effects:?}") };
    assert!(text.starts_with("@") && text.contains("Montebello"), "{text}");
    assert_eq!(
        reader.acts("y i").last(),
        Some(&Effect::Terminal(TerminalEffect::Clip { text: "2503.90001".to_owned() }))
    );
    assert_eq!(reader.acts("y <esc> y <esc>"), []);
    assert!(reader.model.pending.is_empty());
}

#[test]
fn a_search_runs_while_it_is_typed_and_esc_restores() {
    let mut reader = reader();
    reader.keys("3 j / knitting");
    assert_eq!((reader.model.results.count(), reader.title().as_str()), (1, "Graph Networks for Knitting Patterns"));
    reader.keys("<esc>");
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("", 26));
    assert!(!reader.model.search.open);
    reader.keys("/ knitting <enter>");
    assert!(!reader.model.search.open);
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("knitting", 1));
    reader.keys("/ x <esc>");
    assert_eq!(reader.query(), "knitting", "Esc gives back what was there before the box was opened");
}

#[test]
fn n_goes_to_the_next_match_or_the_next_unread_paper() {
    let mut reader = reader();
    reader.keys("/ tails <enter> n");
    assert_eq!(reader.model.list.selected, 1);
    reader.keys("N");
    assert_eq!(reader.model.list.selected, 0);
    reader.keys("<esc> g g n");
    assert_eq!(reader.model.list.selected, 3, "the first three are not unread");
    reader.keys("G N");
    assert_eq!(reader.model.list.selected, 24);
    reader.keys("g g N");
    assert_eq!(reader.model.list.selected, 0);
    assert!(reader.notice().contains("unread"), "{}", reader.notice());
}

#[test]
fn n_in_the_abstract_goes_to_the_next_line_with_a_match() {
    let mut reader = Reader::new(60, 12);
    reader.keys("/ tails <enter> <enter> n");
    let top = reader.model.detail.top;
    assert!(top > 0 && reader.model.detail.lines[top].has_match());
}

#[test]
fn selected_papers_change_together_and_are_undone_together() {
    let mut reader = reader();
    reader.keys("j j j <space> <space>");
    assert_eq!((reader.model.selection.docs.len(), reader.model.list.selected), (2, 5));
    reader.keys("r");
    assert_eq!(reader.model.selection.docs.len(), 2, "the selection stays for the next action");
    reader.keys("s");
    assert!(reader.keys("k").current().starred);
    assert!(!reader.keys("j u <esc> k").current().starred);
    assert!(reader.model.selection.is_empty(), "Esc clears it");
    reader.keys("j");
    assert_eq!(reader.keys("k").current().status, Status::Read);
    assert_eq!(reader.keys("k").current().status, Status::Read);
    assert_eq!(reader.keys("u").current().status, Status::Unread);
    assert_eq!(reader.keys("j").current().status, Status::Unread);
}

#[test]
fn a_range_reaches_to_the_cursor() {
    let mut reader = reader();
    reader.keys("5G v 3j");
    let effects = reader.acts("s");
    let [Effect::Request(Request::ChangeAll { papers: Papers::Keys(keys), .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(keys.len(), 4);
    reader.keys("5G v j v j j <space>");
    assert_eq!(reader.model.selection.docs.len(), 3, "a range that was ended stays, one paper was added");
    reader.keys("<esc>");
    assert!(reader.model.selection.is_empty());
    let starred = reader.keys("/ is:starred <enter>").model.results.count();
    assert_eq!(starred, 5, "four and the one from before");
}

#[test]
fn all_papers_of_a_result_are_one_change_however_many() {
    let mut reader = reader();
    reader.keys("/ cat:cs.CL <enter>");
    let count = reader.model.results.count();
    let effects = reader.acts("<ctrl-a> r");
    let [Effect::Request(Request::ChangeAll { papers: Papers::Found(found), change, .. })] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((found.count(), change), (count, &Bulk::Status(Status::Read)));
    assert_eq!(reader.keys("/ <ctrl-u> cat:cs.CL <space> status:read <enter>").model.results.count(), count);
    reader.keys("u");
    assert_eq!(reader.model.results.count(), 0, "one undo for all");
}

#[test]
fn tags_are_made_switched_and_found() {
    let mut reader = reader();
    reader.keys("7 j t Brand-New <enter>");
    assert!(reader.model.overlay.is_none(), "Enter applies and closes");
    let tags = |reader: &Reader| reader.current().tags.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(tags(&reader), ["brand-new"]);
    reader.keys("t peft <enter>");
    assert_eq!(tags(&reader), ["brand-new", "peft"]);
    reader.keys("t brand <enter> t brand <enter>");
    assert_eq!(tags(&reader), ["brand-new", "peft"], "Enter never removes a tag");
    reader.keys("t brand <space> <enter>");
    assert_eq!(tags(&reader), ["peft"]);
    reader.keys(": tag <space> by <space> name <enter>");
    assert_eq!(tags(&reader), ["by-name", "peft"]);
    reader.keys(": untag <space> peft <enter> / tag:by-name <enter>");
    assert_eq!(reader.model.results.count(), 1);
}

#[test]
fn a_note_of_blanks_is_no_note() {
    let mut reader = reader();
    let noted = |reader: &mut Reader| {
        let hits = reader.library.search(&Query::parse("has:note"), &|| false).unwrap();
        (hits.count, reader.library.statistics().unwrap().noted)
    };
    let before = noted(&mut reader);
    reader.keys("G");
    let key = reader.model.current_key().unwrap();
    let mut other = Library::open(reader.dir.path()).unwrap();
    let done = other.change(&[Change::Note(key.clone(), " \n \t".to_owned())], "noted").unwrap();
    assert_eq!(done.subjects, 0, "nothing changes");
    reader.send(Message::FilesWritten);
    assert_eq!(noted(&mut reader), before);
    other.change(&[Change::Note(key.clone(), "a note".to_owned())], "noted").unwrap();
    reader.send(Message::FilesWritten);
    assert_eq!(noted(&mut reader), (before.0 + 1, before.1 + 1));
    other.change(&[Change::Note(key, "  ".to_owned())], "noted").unwrap();
    reader.send(Message::FilesWritten);
    assert_eq!(noted(&mut reader), before, "it is removed");
    assert_eq!(reader.current().note, "");
}

#[test]
fn a_note_is_written() {
    let mut reader = reader();
    reader.keys("j e to <space> read <enter>");
    assert_eq!(reader.current().note, "to read");
    reader.keys("e <ctrl-u> <enter>");
    assert_eq!(reader.current().note, "");
    reader.keys("e thrown <space> away <esc>");
    assert_eq!(reader.current().note, "");
    let effects = reader.acts("e kept <ctrl-e>");
    assert!(
        matches!(effects.as_slice(), [Effect::Terminal(TerminalEffect::Edit { text, .. })] if text == "kept"),
        "{effects:?}"
    );
}

#[test]
fn a_view_is_saved_and_shown_again() {
    let mut reader = reader();
    reader.keys("/ cat:cs.DL <enter> W library <space> science <enter>");
    assert!(reader.model.snapshot.views.contains(&("library science".to_owned(), "cat:cs.DL".to_owned())));
    let place = reader.model.snapshot.views.iter().position(|(name, _)| name == "library science").unwrap() + 1;
    reader.keys("0");
    assert_eq!(reader.query(), "");
    reader.keys(&format!("g {place}"));
    assert_eq!(reader.query(), "cat:cs.DL");
    reader.keys("0 w science <enter>");
    assert_eq!(reader.query(), "cat:cs.DL");
    reader.keys("0 g 9");
    assert_eq!(reader.query(), "");
    assert!(reader.notice().contains("no view 9"), "{}", reader.notice());
}

#[test]
fn the_order_is_chosen_and_typed() {
    let mut reader = reader();
    reader.keys("\\ title <enter>");
    assert_eq!(reader.query(), "sort:title");
    reader.keys("g g");
    let first = reader.title();
    assert!(first.starts_with("A Paper Known"), "{first}");
    reader.keys(": sort <space> -votes <enter> g g");
    assert_eq!((reader.query().as_str(), &reader.title()[..8]), ("sort:-upvotes", "LoRA for"));
    reader.keys(": sort <space> taste <enter>");
    assert_eq!(reader.model.notice.as_ref().map(|notice| notice.tone), Some(Tone::Error));
    assert_eq!(reader.query(), "sort:-upvotes", "a mistake changes nothing");
}

#[test]
fn digests_are_stepped_through() {
    let mut reader = reader();
    reader.keys("[");
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("digest:2025-03-12", 5));
    reader.keys("[");
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("digest:2025-03-11", 6));
    reader.keys("[ [");
    assert_eq!(reader.query(), "digest:reading-group", "the one without a day is the last");
    assert!(reader.notice().contains("no earlier digest"));
    reader.keys("]");
    reader.keys("]");
    assert_eq!(reader.query(), "digest:2025-03-12");
}

#[test]
fn the_day_of_a_digest_is_named_as_in_queries() {
    let mut reader = reader();
    reader.keys("[");
    assert_eq!(reader.query(), "digest:2025-03-12");
    reader.keys(": digest-date <space> march <space> 3 <space> 2024 <enter>");
    assert_eq!(reader.query(), "digest:2024-03-03");
    reader.keys(": digest-date <space> last <space> week <enter>");
    assert!(reader.notice().contains("`last week` is more than one day; write 2025-03-12"), "{}", reader.notice());
    reader.keys("<esc> : digest-date <space> 2024-03 <enter>");
    assert!(reader.notice().contains("`2024-03` is more than one day"), "{}", reader.notice());
}

#[test]
fn an_author_is_followed() {
    let mut reader = reader();
    reader.keys("F");
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("author:\"Fernweh\"", 3));
    reader.keys("<esc> / anonymous <enter> F");
    assert!(reader.notice().contains("authors of this paper are unknown"), "{}", reader.notice());
}

#[test]
fn papers_like_one_are_a_key_away() {
    let mut reader = reader();
    reader.keys("M");
    assert_eq!(reader.query(), "similar:2503.90001");
    let best = reader.model.results.at(0).unwrap();
    assert!(reader.model.snapshot.title(best).starts_with("Quantised Low-Rank Tails"));
    let reasons = reader.model.results.hits.as_ref().unwrap().reasons(best);
    assert!(reasons.iter().any(|reason| reason.found == "tail"), "{reasons:?}");
    reader.keys("<esc>");
    assert_eq!(reader.query(), "");
}

#[test]
fn filters_are_switched_by_keys() {
    let mut reader = reader();
    reader.keys("f j j <enter>");
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("status:queued", 1));
    assert_eq!(reader.model.focus, Pane::Filters, "the next filter is one key away");
    reader.keys("<enter>");
    assert_eq!(reader.query(), "");
}

#[test]
fn commands_are_typed_and_mistyped() {
    let mut reader = reader();
    reader.keys(": status <space> read <enter>");
    assert_eq!(reader.current().status, Status::Read);
    reader.keys(": status <space> finished <enter>");
    assert!(reader.notice().contains("is not a status"), "{}", reader.notice());
    reader.keys("<esc> : toggel-read <enter>");
    assert!(reader.notice().contains("toggle-read"), "{}", reader.notice());
    reader.keys("<esc> : search <space> year:2017 <enter>");
    assert_eq!(reader.model.results.count(), 1);
    assert_eq!(reader.acts(": q <enter>"), [Effect::Terminal(TerminalEffect::Quit)]);
}

#[test]
fn esc_never_quits_and_q_goes_back_first() {
    let mut reader = reader();
    assert_eq!(reader.acts("/ lora <enter> <enter> z <esc> <esc> <esc> <esc> <esc>"), []);
    assert_eq!((reader.query().as_str(), reader.model.focus, reader.model.arrangement.zen), ("", Pane::List, false));
    assert_eq!(reader.acts("<enter> z q"), []);
    assert!(!reader.model.arrangement.zen);
    assert_eq!(reader.acts("q"), []);
    assert_eq!(reader.model.focus, Pane::List);
    assert_eq!(reader.acts("f q"), []);
    assert_eq!(reader.model.focus, Pane::List, "from the filters, too");
    assert_eq!(reader.acts("q"), [Effect::Terminal(TerminalEffect::Quit)]);
}

#[test]
fn ctrl_c_quits_from_everywhere() {
    for before in ["", "/", "/ lora", "?", "t", "e", ":", "z", "f", "g", "5", "g w", "<ctrl-a>", "\\"] {
        let mut reader = reader();
        reader.keys(before);
        assert_eq!(reader.acts("<ctrl-c>"), [Effect::Terminal(TerminalEffect::Quit)], "after {before}");
    }
}

#[test]
fn the_sources_own_spelling_is_one_key_away() {
    let mut reader = reader();
    reader.keys("/ sampling <enter>");
    assert!(!reader.model.detail.raw);
    reader.keys("R");
    assert!(reader.model.detail.raw && reader.text().contains("$\\|x\\|_2 \\leq \\sqrt{n}$"), "{}", reader.text());
    reader.keys("R");
    assert!(!reader.model.detail.raw);
}

#[test]
fn a_query_without_matches_offers_to_drop_a_part() {
    let mut reader = reader();
    reader.keys("/ tails <space> year:1999 <enter>");
    assert_eq!(reader.model.results.count(), 0);
    reader.keys("<enter>");
    assert_eq!((reader.query().as_str(), reader.model.results.count()), ("tails", 2));
}

#[test]
fn only_addresses_of_the_web_are_opened() {
    let mut reader = reader();
    let effects = reader.acts("o");
    assert_eq!(effects, [Effect::Request(Request::Open { url: "https://arxiv.org/abs/2503.90001".to_owned() })]);
    reader.keys("/ alone <enter>");
    assert_eq!(reader.acts("g c"), []);
    assert!(reader.notice().contains("no code link"), "{}", reader.notice());
}

#[test]
fn a_paper_without_links_is_searched_for_by_its_title() {
    let mut reader = reader();
    reader.keys("/ alone <enter>");
    let words = reader.title().to_lowercase();
    for key in ["o", "p", ";"] {
        assert_eq!(reader.acts(key), []);
        let screen = reader.text();
        assert!(screen.contains("No links: search for the title"), "{screen}");
        for shown in ["search arXiv", "search Hugging Face", "search Google Scholar", "https://arxiv.org/search/"] {
            assert!(screen.contains(shown), "{shown} on {screen}");
        }
        let effects = reader.acts("scholar <enter>");
        let [Effect::Request(Request::Open { url })] = effects.as_slice() else { panic!("{effects:?}") };
        assert!(url.starts_with("https://scholar.google.com/scholar?q="), "{url}");
        assert!(url.to_lowercase().ends_with(&words.replace(' ', "+")), "{url}");
        assert_eq!(reader.notice(), format!("opening {url}"));
    }
    reader.keys("/ <ctrl-u> <enter> ;");
    assert!(reader.text().contains("search arXiv"), "also beside links: {}", reader.text());
}

#[test]
fn pasted_text_is_never_a_command() {
    let mut reader = reader();
    let before = reader.current();
    reader.asked();
    reader.send(Message::Paste("srq\u{3}:quit\n".to_owned()));
    assert_eq!((reader.asked(), reader.current()), (Vec::new(), before));
    reader.keys("/");
    reader.send(Message::Paste("low\nrank \u{1b}[31m".to_owned()));
    assert_eq!(reader.model.search.input.value(), "low rank  [31m");
}

#[test]
fn the_paper_under_the_cursor_stays_there_when_others_change() {
    let mut reader = reader();
    reader.keys("/ status:unread <enter> 3 j");
    let next = {
        let place = reader.model.list.selected + 1;
        reader.model.results.at(place).map(|doc| reader.model.snapshot.title(doc).to_owned())
    };
    reader.keys("r");
    assert_eq!(Some(reader.title()), next, "the read paper left the list: the next one takes its place");
    assert_eq!(reader.model.list.selected, 3);
}

#[test]
fn an_abstract_that_was_shown_long_enough_counts_as_seen() {
    let mut reader = reader();
    reader.model.settings.seen_after = 3;
    let effects = reader.acts("j");
    let [Effect::Terminal(TerminalEffect::Wake { alarm, .. })] = effects.as_slice() else { panic!("{effects:?}") };
    reader.send(Message::Woke(*alarm));
    assert!(reader.current().seen);
    assert_eq!(reader.notice(), "", "it is not announced");
    let effects = reader.acts("j j");
    let Some(Effect::Terminal(TerminalEffect::Wake { alarm, .. })) = effects.first() else { panic!("{effects:?}") };
    reader.send(Message::Woke(*alarm));
    assert!(!reader.current().seen, "its paper had left the screen");
}

/// A message as the world outside sends it.
#[derive(Clone, Debug)]
enum Event {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    Resize(u16, u16),
    Woke(u64),
}

impl From<Event> for Message {
    fn from(event: Event) -> Self {
        match event {
            Event::Key(key) => Self::Key(key),
            Event::Mouse(mouse) => Self::Mouse(mouse),
            Event::Paste(text) => Self::Paste(text),
            Event::Resize(width, height) => Self::Resize(Size { width, height }),
            Event::Woke(token) => Self::Woke(Alarm::Seen(token)),
        }
    }
}

/// Keys, most of them bound.
fn any_key() -> impl Strategy<Value = Event> {
    let letters = "jjjjkkkkGgggsrtevunNyybcoFRZz/:?0123456789[]<>\\fwWEIOabdq+=*mhlx \"'(){}!^~-é漢🪁\u{301}";
    let letters: Vec<char> = letters.chars().collect();
    let named = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::F(1),
        KeyCode::Insert,
        KeyCode::Null,
        KeyCode::CapsLock,
    ];
    let code = prop_oneof![
        6 => prop::sample::select(letters).prop_map(KeyCode::Char),
        3 => prop::sample::select(named.to_vec()),
        1 => any::<char>().prop_map(KeyCode::Char),
    ];
    let held = prop_oneof![
        8 => Just(KeyModifiers::NONE),
        1 => Just(KeyModifiers::CONTROL),
        1 => Just(KeyModifiers::SHIFT),
        1 => Just(KeyModifiers::ALT),
        1 => any::<u8>().prop_map(KeyModifiers::from_bits_truncate),
    ];
    let kind = prop_oneof![
        12 => Just(KeyEventKind::Press), 1 => Just(KeyEventKind::Repeat), 1 => Just(KeyEventKind::Release)
    ];
    (code, held, kind).prop_map(|(code, modifiers, kind)| Event::Key(KeyEvent::new_with_kind(code, modifiers, kind)))
}

fn any_mouse() -> impl Strategy<Value = Event> {
    let kinds = [
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Moved,
        MouseEventKind::ScrollDown,
        MouseEventKind::ScrollUp,
        MouseEventKind::ScrollLeft,
    ];
    let place = || prop_oneof![9 => 0u16..140, 1 => any::<u16>()];
    (prop::sample::select(kinds.to_vec()), place(), place())
        .prop_map(|(kind, column, row)| MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
        .prop_map(Event::Mouse)
}

fn any_event() -> impl Strategy<Value = Event> {
    let side = || prop_oneof![4 => 20u16..140, 2 => 0u16..20, 1 => 140u16..400];
    prop_oneof![
        80 => any_key(),
        12 => any_mouse(),
        2 => "\\PC{0,20}|[a-z: \\n\\x1b]{0,40}".prop_map(Event::Paste),
        3 => (side(), 0u16..60).prop_map(|(width, height)| Event::Resize(width, height)),
        1 => any::<u64>().prop_map(Event::Woke),
        1 => (0u64..200).prop_map(Event::Woke),
    ]
}

#[test]
fn no_sequence_of_messages_stops_the_reader() {
    for seed in 1..=4u8 {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let events = any_event();
        let mut reader = Reader::new(100, 30);
        // Two of the walks have a worker that is behind, so that answers come after the questions they no longer fit.
        reader.holds = seed % 2 == 0;
        let mut screens = BTreeSet::new();
        for step in 0..5000 {
            reader.send(events.new_tree(&mut runner).unwrap().current().into());
            reader.effects.clear();
            if step % 7 == 0 {
                reader.deliver(step % 11);
            }
            reader.assert_sound();
            // A frame is drawn after a burst as well as after a single message.
            if step % 3 != 0 {
                reader.draw();
            }
            screens.insert(reader.model.overlay.is_some());
        }
        assert_eq!(screens.len(), 2, "the walk was in overlays and out of them");
        reader.deliver(usize::MAX);
        reader.assert_sound();
    }
}

#[test]
fn a_change_is_what_the_journal_has() {
    let mut reader = reader();
    reader.keys("j j s r t new <enter> e note <enter> u u");
    let log = reader.library.changes(None).unwrap();
    let mine: Vec<(&str, bool)> =
        log.iter().filter(|line| line.label != "prepared").map(|line| (line.field.as_str(), line.undone)).collect();
    assert!(mine.iter().filter(|(_, undone)| *undone).count() >= 2, "{mine:?}");
    assert!(mine.len() >= 4, "{mine:?}");
    let kept = reader.current();
    assert_eq!((kept.starred, kept.note.as_str(), kept.tags.len()), (true, "", 0));
    let change = Change::Star(reader.model.current_key().unwrap(), true);
    assert_eq!(reader.library.change(&[change], "again").unwrap().subjects, 0, "a change that changes nothing is none");
}

/// Keys typed before the paper is loaded act on the paper under the cursor, not on the previous one.
#[test]
fn keys_typed_ahead_act_on_the_paper_under_the_cursor() {
    for keys in ["e", "o", "t", "<ctrl-e>"] {
        let mut reader = reader();
        let before = reader.model.current_key().unwrap();
        reader.holds = true;
        reader.keys("4 j");
        let meant = reader.model.current_key().unwrap();
        assert_ne!(meant, before);
        reader.keys(keys);
        let old = before.as_str().strip_prefix("arxiv:").unwrap();
        let about_old = reader.effects.iter().any(|effect| match effect {
            Effect::Request(Request::Open { url }) => url.contains(old),
            Effect::Terminal(TerminalEffect::Edit { key, .. }) => *key == before,
            _ => false,
        });
        let note_of_old = match &reader.model.overlay {
            Some(Overlay::Prompt(prompt)) => prompt.kind == PromptKind::Note(before.clone()),
            Some(Overlay::Picker(picker)) => picker.items.iter().any(|item| item.ticked == Some(true)),
            _ => false,
        };
        assert!(!about_old && !note_of_old, "`j {keys}` is about the paper that was left");
    }
}

/// Snippets are requested where they are shown, for the rows in view, once.
#[test]
fn rows_in_view_request_their_snippets() {
    let asked = |reader: &mut Reader| -> Vec<usize> {
        let of = |effect: Effect| match effect {
            Effect::Request(Request::Snippets { docs, .. }) => Some(docs.len()),
            _ => None,
        };
        reader.asked().into_iter().filter_map(of).collect()
    };
    let mut reader = Reader::new(120, 20);
    reader.keys("/ tails <enter>");
    assert_eq!(asked(&mut reader), [0; 0], "the query looks for nothing in abstracts");
    reader.keys("Z");
    assert_eq!(asked(&mut reader).len(), 1, "a second line shows how an abstract begins");
    reader.keys("Z / <ctrl-u> abs:'e <enter>");
    let found = reader.model.results.count();
    let rows = layout(reader.model.size, &reader.model).list_rows(&reader.model);
    assert!(found > rows);
    assert_eq!(asked(&mut reader).last(), Some(&rows));
    reader.keys("j j k");
    assert_eq!(asked(&mut reader), [0; 0], "all of them are known");
    reader.keys("<pagedown>");
    let more: usize = asked(&mut reader).iter().sum();
    assert!(more > 0 && more <= rows);
    reader.keys("G g g");
    asked(&mut reader);
    reader.keys("G g g s");
    assert_eq!(asked(&mut reader), [0; 0], "neither going back nor a star makes them unknown");
    reader.resize(30, 20);
    reader.keys("/ <backspace> 'a <enter>");
    assert_eq!(asked(&mut reader), [0; 0], "a narrow row has no room");
    reader.keys("Z");
    assert_eq!(asked(&mut reader).len(), 1, "two lines have");
}

#[test]
fn export_with_a_format_only_asks_for_the_path() {
    let mut reader = reader();
    reader.keys(": export <space> bibtex <enter>");
    let Some(Overlay::Prompt(prompt)) = &reader.model.overlay else { panic!("no prompt") };
    assert!(matches!(prompt.kind, PromptKind::Export { format: "bibtex", .. }));
    assert_eq!(prompt.input.value(), "papers.bib");
}

#[test]
fn only_commands_that_take_an_argument_get_one() {
    let mut reader = reader();
    assert_eq!(reader.acts(": star <space> now <enter>"), []);
    assert!(reader.notice().contains("`star` takes no argument"), "{}", reader.notice());
    reader.keys("<esc> : theme <space> light <enter>");
    assert_eq!(reader.model.theme.name, "light");
}

#[test]
fn what_was_changed_is_brought_into_the_file_once_it_is_quiet() {
    let mut reader = Reader::new(120, 36);
    let next = |reader: &mut Reader| {
        reader.asked().into_iter().find_map(|effect| match effect {
            Effect::Terminal(TerminalEffect::Wake { after, alarm: Alarm::Checkpoint(attempt) }) => {
                Some((after.as_millis(), attempt))
            }
            _ => None,
        })
    };
    reader.keys("j k /");
    assert_eq!(next(&mut reader), None, "nothing was changed");
    reader.keys("<esc> s");
    assert_eq!(next(&mut reader), Some((500, 0)));
    reader.send(Message::Woke(Alarm::Checkpoint(0)));
    assert!(reader.asked().contains(&Request::Checkpoint { attempt: 0 }.into()));
    assert_eq!(next(&mut reader), None, "once");
    // Another process is in its way, for however long.
    let mut waits = Vec::new();
    let mut attempt = 0;
    loop {
        reader.send(Message::Answer(Answer::CheckpointIncomplete { attempt }));
        let Some((after, next)) = next(&mut reader) else { break };
        waits.push(after);
        attempt = next;
    }
    assert_eq!(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000]);
}

#[test]
fn the_log_has_one_row_for_each_action() {
    let mut reader = reader();
    reader.keys("<ctrl-a> s <esc> j r u : note <space> words <enter>");
    let log = reader.library.actions(None).unwrap();
    let rows: Vec<_> = log.actions.iter().map(|it| (&*it.label, it.papers, it.undone)).collect();
    assert_eq!(rows[..3], [("noted", 1, false), ("marked read", 1, true), ("starred", 25, false)]);
    assert_eq!(log.actions[0].titles, [reader.title().as_str()], "titles, not keys");
    assert_eq!(log.actions[0].note, "words");
    assert_eq!(log.actions[2].titles.len(), 3);
    assert_eq!(reader.library.actions(Some(1)).unwrap().actions.len(), 1);
    reader.model.settings.seen_after = 1;
    reader.keys("j");
    let shown = reader.model.shown;
    reader.send(Message::Woke(Alarm::Seen(shown)));
    let log = reader.library.actions(None).unwrap();
    assert_eq!((log.seen.len(), log.seen[0].papers, &log.seen[0].titles), (1, 1, &vec![reader.title().into()]));
    assert_eq!(log.actions[0].label, "noted", "what was seen stands apart");
    reader.keys("u u u u <esc> u");
    assert_eq!(reader.notice(), "there is nothing to undo");
    reader.keys("g l");
    let screen = reader.text();
    assert!(screen.contains("Seen") && screen.contains("25 papers: ") && screen.contains("(undone)"), "{screen}");
    assert!(!screen.contains("arxiv:"), "{screen}");
}

#[test]
fn equal_reasons_of_rejected_records_are_one_row() {
    let mut reader = reader();
    let file = reader.dir.path().join("wrong.jsonl");
    let lines: Vec<String> = (0..1400).map(|place| if place == 5 { "{}".to_owned() } else { "{".to_owned() }).collect();
    std::fs::write(&file, format!("{{\"title\":\"A Right One\"}}\n{}\n", lines.join("\n"))).unwrap();
    reader.keys(&format!(": import <space> {} <enter>", file.display()));
    let screen = reader.text();
    assert!(screen.contains("Rejected records") && screen.contains("1,400 records rejected"), "{screen}");
    assert!(screen.contains("1,399  ") && screen.contains("lines 2, 3, 4, 5, 6, …"), "{screen}");
    assert!(screen.contains("line 7"), "{screen}");
}

#[test]
fn pages_that_come_late_take_no_prompt_away() {
    let mut reader = reader();
    let file = reader.dir.path().join("wrong.jsonl");
    std::fs::write(&file, "{\"title\":\"A Right One\"}\n{\n").unwrap();
    reader.holds = true;
    reader.keys(&format!(": import <space> {} <enter> e", file.display())).keys("late");
    reader.holds = false;
    reader.deliver(usize::MAX);
    let screen = reader.text();
    assert!(screen.contains("late") && !screen.contains("Rejected records"), "{screen}");
    assert!(screen.contains("1 rejected") || reader.notice().contains("1 rejected"), "{screen}");
    assert!(reader.notice().contains("g j shows why"), "{}", reader.notice());
    reader.keys("<enter>");
    assert!(reader.current().note.ends_with("late"), "{}", reader.current().note);
    let screen = reader.keys("g j").text();
    assert!(screen.contains("1 record rejected") && screen.contains("line 2"), "{screen}");
    reader.keys("<esc>");
    for page in ["g l", "g s"] {
        reader.holds = true;
        reader.keys(page).keys("/ nets");
        reader.holds = false;
        reader.deliver(usize::MAX);
        assert_eq!((reader.query().as_str(), reader.model.overlay.is_none()), ("nets", true), "{page}");
        reader.keys("<esc> <esc>");
    }
}

#[test]
fn help_is_read_and_runs_nothing() {
    let mut reader = Reader::new(120, 36);
    assert_eq!(reader.acts("? j j <enter>"), [], "enter closes it");
    assert!(reader.model.overlay.is_none());
    reader.keys("<enter> ?");
    let page = reader.text();
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in\n{page}"));
    assert!(place("Abstract: where you are") < place("Move"), "the pane in which the user is comes first");
    assert!(page.contains("g then g"), "chords in words");
}

#[test]
fn years_and_votes_are_completed() {
    let mut reader = Reader::new(120, 36);
    reader.keys("/ year:20");
    let years = reader.model.search.candidates.clone();
    assert!(
        years.len() > 1 && years.is_sorted_by(|a, b| a > b) && years.iter().all(|year| year.starts_with("20")),
        "{years:?}"
    );
    reader.keys("<tab>");
    assert_eq!(reader.query(), format!("year:{}", years[0]));
    reader.keys("<ctrl-u> upvotes:>1");
    assert_eq!(reader.model.search.candidates, [">10", ">100", ">1000"]);
    reader.keys("<ctrl-u> upvotes:10..5");
    assert_eq!(reader.model.search.candidates, ["10..50", "10..500"]);
    reader.keys("<ctrl-u> date:");
    assert!(reader.model.search.candidates.contains(&years[0]), "named days, then years");
    reader.keys("2024-03..2025-0 <tab>");
    assert_eq!(reader.query(), "date:2024-03..2025-01");
    assert!(reader.model.search.query.mistakes.is_empty());
    reader.keys("<ctrl-u> date:2024-02-2");
    assert!(reader.text().contains("tab 2024-02-20"), "{}", reader.text());
}
