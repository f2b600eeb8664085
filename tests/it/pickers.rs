//! Pickers: what they offer, how they move, and what Enter and Esc do.

use ratatui::style::Color;
use tsundoku::tui::effect::TerminalEffect;
use tsundoku::tui::overlay::{Overlay, Picker};
use tsundoku::tui::panes::Pane;
use unicode_width::UnicodeWidthStr;

use crate::harness::Reader;

fn reader() -> Reader {
    Reader::new(100, 30)
}

fn picker(reader: &Reader) -> &Picker {
    match &reader.model.overlay {
        Some(Overlay::Picker(picker)) => picker,
        other => panic!("no picker: {other:?}"),
    }
}

/// The label under the cursor.
fn current(reader: &Reader) -> &str {
    picker(reader).chosen().map_or("", |item| item.label.as_str())
}

fn tags(reader: &Reader) -> Vec<String> {
    reader.current().tags.iter().map(ToString::to_string).collect()
}

#[test]
fn the_tag_of_the_typed_name_comes_first_and_a_new_one_is_offered() {
    let mut reader = reader();
    reader.keys("G : tag <space> rl <enter> : tag <space> r <enter> k t r");
    assert_eq!(current(&reader), "r");
    assert!(!reader.text().contains("+ create"), "it is there already: {}", reader.text());
    reader.keys("<ctrl-u> pef");
    assert_eq!(current(&reader), "peft");
    assert!(reader.text().contains("+ create `pef`"), "{}", reader.text());
    reader.keys("<down> <enter>");
    assert_eq!(tags(&reader), ["pef"]);
}

#[test]
fn space_ticks_and_enter_applies_all_of_it_as_one_change() {
    let mut reader = reader();
    reader.keys("5 j t pef <space> area <space> brand <space>");
    assert_eq!(tags(&reader), Vec::<String>::new(), "nothing is applied before Enter");
    reader.keys("<enter>");
    assert_eq!(tags(&reader), ["area/outdoors", "brand", "peft"]);
    assert!(reader.notice().starts_with("tagged peft, area/outdoors, brand"), "{}", reader.notice());
    reader.keys("u");
    assert_eq!(tags(&reader), Vec::<String>::new());
    reader.keys("t peft <space> <esc>");
    assert_eq!(tags(&reader), Vec::<String>::new(), "Esc applies nothing");
    assert!(reader.model.overlay.is_none());
    reader.keys("t <enter>");
    assert_eq!(tags(&reader).len(), 1, "the one under the cursor");
}

#[test]
fn what_only_some_of_the_selected_papers_have_says_so() {
    let mut reader = reader();
    reader.keys("<space> <space> <space> t");
    assert!(reader.text().contains("on 2 of 3"), "{}", reader.text());
    reader.keys("peft <enter>");
    assert!(reader.notice().starts_with("tagged peft · 1 paper"), "{}", reader.notice());
}

#[test]
fn a_library_without_tags_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    crate::harness::fill(dir.path(), "library.jsonl");
    let mut reader = Reader::on(dir, 80, 24);
    reader.keys("t");
    assert!(reader.text().contains("no tags yet: type a name, enter creates it"), "{}", reader.text());
    reader.keys("first <enter>");
    assert_eq!(tags(&reader), ["first"]);
}

#[test]
fn every_picker_moves_with_arrows_and_letters() {
    for (open, after) in
        [("\\", ""), ("E", ""), (";", ""), ("w", ""), ("<ctrl-t>", ""), ("<ctrl-p>", "o <esc>"), ("t", "e <esc>")]
    {
        let mut reader = reader();
        reader.keys(open).keys(after).keys("g");
        let place = |reader: &mut Reader, keys: &str| {
            reader.keys(keys);
            picker(reader).cursor.selected
        };
        let steps = ["<down>", "<up>", "<ctrl-n>", "<ctrl-p>", "j", "k"].map(|key| place(&mut reader, key));
        assert_eq!(steps, [1, 0, 1, 0, 1, 0], "{open}");
        reader.keys("<esc>");
        assert!(reader.model.overlay.is_none(), "{open}");
    }
}

#[test]
fn esc_leaves_what_was_typed_before_it_closes() {
    let mut reader = reader();
    reader.keys("<ctrl-p> star <esc>");
    assert_eq!(picker(&reader).input.value(), "star");
    reader.keys("j k / red <esc> <esc>");
    assert!(reader.model.overlay.is_none());
    reader.keys("<ctrl-p> <esc>");
    assert!(reader.model.overlay.is_none(), "at once where nothing was typed");
}

#[test]
fn the_palette_suggests_the_command_that_is_meant() {
    let mut reader = reader();
    reader.keys("<ctrl-p> toggel-read");
    assert_eq!(current(&reader), "toggle-read");
    assert!(reader.text().contains("no such command; did you mean this?"), "{}", reader.text());
    reader.keys("<ctrl-u> xyzzyx");
    assert!(reader.text().contains("nothing matches; ctrl-u clears what was typed"), "{}", reader.text());
}

#[test]
fn the_sort_picker_starts_on_the_present_order() {
    let mut reader = reader();
    reader.keys("\\");
    assert_eq!(current(&reader), "newest first");
    reader.keys("<enter>");
    assert_eq!(reader.notice(), "the list is in this order already");
    reader.keys("\\ title <enter> \\");
    assert_eq!(current(&reader), "by title");
    reader.keys("<esc> \\ best <enter>");
    assert!(reader.notice().starts_with("no words are searched for"), "{}", reader.notice());
    reader.keys("/ <ctrl-u> tails <enter> \\");
    assert_eq!(current(&reader), "best match first");
}

#[test]
fn a_theme_is_shown_while_the_cursor_is_on_it() {
    let mut reader = reader();
    assert_eq!(reader.model.theme.name, "dark");
    reader.keys("<ctrl-t>");
    assert_eq!((current(&reader), reader.model.theme.name.as_str()), ("light", "light"));
    reader.keys("<down>");
    assert_eq!(reader.model.theme.name, "contrast");
    reader.keys("<esc>");
    assert_eq!(reader.model.theme.name, "dark", "as before");
    reader.keys("<ctrl-t> <enter>");
    assert_eq!((reader.model.theme.name.as_str(), reader.notice()), ("light", "theme: light"));
    reader.keys("<ctrl-t> <ctrl-t> <ctrl-t> <enter>");
    assert_eq!(reader.model.theme.name, "mono");
}

#[test]
fn a_theme_chosen_by_hand_paints_its_own_background() {
    let mut reader = reader();
    for state in ["", "?", "e", "g w", "y", "<space>", "/ tails <space> sta", "z"] {
        reader.keys("<esc> <esc> <esc>").keys(state);
        reader.model.theme = reader.model.themes.open("light").unwrap();
        let buffer = reader.draw();
        // The second column of a wide letter is the letter's own.
        let cells = buffer.content();
        let is_bare = |at: &usize| cells[*at].bg == Color::Reset && cells[at.saturating_sub(1)].symbol().width() < 2;
        let bare = (0..cells.len()).filter(is_bare).count();
        assert_eq!(bare, 0, "`{state}`: cells show the terminal's background");
        reader.model.theme = reader.model.themes.open("auto").unwrap();
        let buffer = reader.draw();
        assert!(buffer.content().iter().any(|cell| cell.bg == Color::Reset), "the terminal's own");
    }
}

#[test]
fn the_welcome_closes_on_any_key_however_small_the_screen() {
    for (width, height) in [(120, 36), (50, 20), (40, 10), (30, 8)] {
        let mut reader = Reader::new(width, height);
        reader.keys("g w j");
        assert!(reader.model.overlay.is_none(), "{width}x{height}");
        assert_eq!(reader.model.list.selected, 1, "and the key does what it always does");
    }
}

#[test]
fn a_list_whose_papers_are_all_hidden_is_not_without_matches() {
    let dir = tempfile::tempdir().unwrap();
    tsundoku::library::Library::open(dir.path()).unwrap();
    let mut reader = Reader::on(dir, 80, 24);
    reader.keys(": hide-starter <enter>");
    let screen = reader.text();
    assert!(screen.contains("Every paper here is hidden.") && !screen.contains("No matches"), "{screen}");
    assert!(screen.contains(":hide-starter hides or shows the starter shelf"), "{screen}");
    reader.keys(": hide-starter <enter>");
    assert!(reader.model.results.count() > 0);
}

#[test]
fn the_most_important_hints_stay_beside_a_long_message() {
    let message =
        "a message that says so much that it takes more columns than the footer has to give to anybody at all";
    for (width, height) in [(200, 50), (120, 36), (80, 24), (60, 20), (40, 10)] {
        let mut reader = Reader::new(width, height);
        let footer = |reader: &Reader| reader.text().lines().last().unwrap().to_owned();
        reader.keys("<esc>");
        assert!(footer(&reader).contains("s star") && footer(&reader).contains("r mark read"), "{}", reader.text());
        reader.model.say(tsundoku::tui::model::Tone::Info, message);
        assert!(footer(&reader).contains("s star") && footer(&reader).contains("r mark read"), "{}", reader.text());
        let words: String = reader.text().split_whitespace().collect();
        assert!(words.contains(&message.replace(' ', "")) || width < 100, "all of it is read: {}", reader.text());
        reader.keys("<enter>");
        assert_eq!(reader.model.focus, Pane::Abstract);
        assert!(footer(&reader).contains("esc back") && footer(&reader).contains("r mark read"), "{}", reader.text());
        let quits = reader.acts("q q");
        assert_eq!(quits, [TerminalEffect::Quit.into()]);
    }
}

#[test]
fn what_a_small_picker_cannot_show_whole_ends_in_an_ellipsis() {
    for (width, height) in [(40, 10), (30, 10)] {
        let dir = tempfile::tempdir().unwrap();
        tsundoku::library::Library::open(dir.path()).unwrap();
        let mut reader = Reader::on(dir, width, height);
        reader.keys("t");
        let screen = reader.text();
        assert!(screen.contains("no tags yet: type a ") && screen.contains('…'), "{screen}");
        reader.keys("area/a-tag-with-a-name-that-is-longer-than-any-small-screen-has-room-for");
        let screen = reader.text();
        assert!(screen.contains("create `area/a-") && screen.contains('…'), "{screen}");
    }
}

#[test]
fn a_terminal_that_reports_an_absurd_size_is_drawn_in_part() {
    let mut reader = Reader::new(80, 24);
    let text = reader.resize(u16::MAX, u16::MAX).text();
    assert!(reader.model.size.width < 3000 && reader.model.size.height < 1000, "{:?}", reader.model.size);
    assert!(text.contains("[Papers]"), "{}", text.len());
}
