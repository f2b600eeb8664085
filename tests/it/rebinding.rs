//! Messages that name a key name the one that is bound: with every command moved to another key, no screen names a default key.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyModifiers};
use tsundoku::config::KeyTables;
use tsundoku::library::{ActionLog, Statistics};
use tsundoku::tui::command::{COMMANDS, find};
use tsundoku::tui::keymap::Keymap;
use tsundoku::tui::message::{Answer, Message};

use crate::harness::{Reader, fixture};

/// Keys of overlays, text boxes and the status line that no setting changes.
const FIXED: [&str; 7] = ["enter", "esc", "tab", "space", "j", "k", "/"];
/// Default keys that the screen also shows as something else: counts, an article, a variable in a title, directions, signs.
const AMBIGUOUS: [&str; 12] = ["0", "a", "n", "up", "down", "left", "right", "+", ":", "<", ">", "-"];

/// Every default key is unbound, and each command is on F9 followed by two Greek letters, which no default key has.
fn rebound() -> Keymap {
    let mut keys = KeyTables::default();
    for command in COMMANDS {
        for key in command.keys {
            keys.global.insert((*key).to_owned(), "none".to_owned());
        }
    }
    for (number, command) in COMMANDS.iter().enumerate() {
        let [first, second] = letters(number);
        keys.global.insert(format!("f9 {first} {second}"), command.name.to_owned());
    }
    let (keymap, problems) = Keymap::new(&keys);
    assert_eq!(problems, Vec::<String>::new());
    keymap
}

fn letters(number: usize) -> [char; 2] {
    [number / 16, number % 16].map(|digit| char::from_u32('α' as u32 + u32::try_from(digit).unwrap()).unwrap())
}

fn rebound_reader(mut reader: Reader) -> Reader {
    reader.model.keymap = Arc::new(rebound());
    reader
}

fn run(reader: &mut Reader, name: &str) {
    let action = find(name).unwrap_or_else(|| panic!("no command {name}")).action;
    let number = COMMANDS.iter().position(|command| command.action == action).unwrap();
    reader.key(KeyCode::F(9), KeyModifiers::NONE);
    for letter in letters(number) {
        reader.key(KeyCode::Char(letter), KeyModifiers::NONE);
    }
}

/// Words and signs of a text, without the punctuation around them.
fn tokens(text: &str) -> BTreeSet<&str> {
    let punctuation = |c: char| ",.;()`\"".contains(c);
    text.split_whitespace().flat_map(|word| [word, word.trim_matches(punctuation)]).collect()
}

/// Default keys that the screen names, but for those that stand in the papers themselves.
fn named_defaults(reader: &Reader) -> Vec<&'static str> {
    let papers = fs::read_to_string(fixture("library.jsonl")).unwrap();
    let papers = tokens(&papers);
    let screen = reader.text();
    let shown = tokens(&screen);
    let has_fixed_keys = reader.model.overlay.is_some() || reader.model.search.open;
    let keys = COMMANDS.iter().flat_map(|command| command.keys).copied();
    let is_named = |key: &&str| {
        let is_excepted = AMBIGUOUS.contains(key) || (has_fixed_keys && FIXED.contains(key));
        match key.contains(' ') {
            true => screen.contains(&format!(" {key} ")),
            false => shown.contains(key) && !papers.contains(key) && !is_excepted,
        }
    };
    keys.filter(is_named).collect()
}

fn assert_names_no_default(reader: &Reader, state: &str) {
    assert_eq!(named_defaults(reader), [""; 0], "after {state}:\n{}", reader.text());
}

#[test]
fn no_message_names_a_key_that_was_rebound() {
    let default = Reader::new(120, 36);
    assert!(named_defaults(&default).contains(&"?"), "the check finds default keys: {}", default.text());
    for command in COMMANDS {
        let mut reader = rebound_reader(Reader::new(120, 36));
        assert_names_no_default(&reader, "the start");
        run(&mut reader, command.name);
        assert_names_no_default(&reader, command.name);
    }
    for commands in [
        ["star", "undo"],
        ["undo", "redo"],
        ["select", "star"],
        ["select-range", "move-down"],
        ["select-all", "move-down"],
        ["view-9", "save-view"],
        ["filter-menu", "activate"],
        ["zen", "next-match"],
    ] {
        let mut reader = rebound_reader(Reader::new(120, 36));
        for command in commands {
            run(&mut reader, command);
            assert_names_no_default(&reader, command);
        }
    }
}

#[test]
fn empty_places_name_the_keys_that_are_bound() {
    let mut reader = rebound_reader(Reader::new(120, 36));
    run(&mut reader, "search");
    reader.keys("tails <space> year:1999 <enter>");
    assert!(reader.text().contains("f9 "), "{}", reader.text());
    assert_names_no_default(&reader, "a search without matches");
    reader.keys("<left>");
    assert!(reader.notice().contains("f9 "), "{}", reader.notice());
    reader.send(Message::Paste("pasted".to_owned()));
    assert!(reader.notice().contains("f9 "), "{}", reader.notice());
    reader.send(Message::Answer(Answer::Counts(Box::<Statistics>::default())));
    assert!(reader.text().contains("f9 "), "{}", reader.text());
    assert_names_no_default(&reader, "empty statistics");
    reader.send(Message::Answer(Answer::Logged(ActionLog::default())));
    assert!(reader.text().contains("f9 "), "{}", reader.text());
    assert_names_no_default(&reader, "an empty log");

    let mut starter = rebound_reader(Reader::on(tempfile::tempdir().unwrap(), 120, 36));
    run(&mut starter, "views");
    assert!(starter.notice().contains("f9 "), "{}", starter.notice());
}
