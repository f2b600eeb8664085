//! What the reader remembers from one start to the next, in `state.toml`: the real program in a pseudo-terminal.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGKILL, SIGTERM};
use tempfile::TempDir;
use tsundoku::domain::reading::Change;
use tsundoku::library::Library;

use crate::tty::{Ending, FIRST, PATIENCE, Tty, library};

fn state(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("state.toml")).unwrap_or_default()
}

fn quit(tty: Tty) {
    tty.send("Q");
    tty.assert_given_back(0);
}

/// Presses keys, waits for what they bring and quits.
fn visit(dir: &Path, keys: &str, until: &str) {
    let tty = Tty::start(dir);
    tty.until("the list", |screen| screen.contains(" of 26"));
    tty.send(keys);
    tty.until_shown(until);
    quit(tty);
}

/// The row under the cursor.
fn current(screen: &str) -> &str {
    screen.lines().find(|line| line.contains('▌')).unwrap_or_default()
}

/// The screen once nothing comes any more.
fn settled(tty: &Tty) -> String {
    let mut before = String::new();
    loop {
        let now = tty.screen();
        if now == before {
            return now;
        }
        before = now;
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
}

const LIGHT: &[u8] = b"48;2;255;255;255";

#[test]
fn the_screen_is_as_it_was_left() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    // The light theme, rows of two lines, a narrower list, a folded group, a command, and the third paper of a search.
    tty.send(":theme light\r");
    tty.until_shown("theme: light");
    tty.send("Z/cat:cs sort:title\r");
    tty.until_shown("cat:cs sort:title");
    tty.send("jj");
    tty.until("the third paper", |screen| screen.contains("3 of 23") && screen.contains("Nobody wrote this"));
    let before = settled(&tty);
    quit(tty);
    assert!(state(&dir).contains("query = \"cat:cs sort:title\""), "{}", state(&dir));

    let tty = Tty::start(dir.path());
    tty.until_shown("3 of ");
    assert_eq!(settled(&tty), before);
    assert!(tty.seen.lock().unwrap().raw.windows(LIGHT.len()).any(|bytes| bytes == LIGHT), "the light theme");
    // Histories: of the box, then of the command line.
    tty.send("/\x15");
    tty.until("an empty box", |screen| !screen.contains("cat:cs"));
    tty.send("\x1b[A");
    tty.until_shown("cat:cs sort:title");
    tty.send("\r:\x1b[A");
    tty.until_shown(":theme light");
    tty.escape(|screen| !screen.contains(":theme"));
    quit(tty);
}

#[test]
fn the_command_line_and_a_changed_setting_win() {
    let dir = library();
    visit(dir.path(), "/garden\r:theme light\r", "theme: light");
    let tty = Tty::start_given(dir.path(), &["--query", "kites", "--theme", "contrast"]);
    tty.until_shown(FIRST);
    assert!(tty.screen().lines().next().unwrap().contains("kites"), "{}", tty.screen());
    tty.send("\x14");
    tty.until("the picker", |screen| screen.lines().any(|line| line.contains("contrast") && line.contains('✓')));
    tty.escape(|screen| !screen.contains("what fits the terminal"));
    quit(tty);
    assert!(state(&dir).contains("chosen = \"light\""), "a theme for one session is not remembered: {}", state(&dir));

    fs::write(dir.path().join("config.toml"), "[screen]\ntheme = \"contrast\"\n").unwrap();
    let tty = Tty::start(dir.path());
    tty.until_shown("kites");
    tty.send("\x14");
    tty.until("the picker", |screen| screen.lines().any(|line| line.contains("contrast") && line.contains('✓')));
    tty.escape(|screen| !screen.contains("what fits the terminal"));
    quit(tty);
    assert!(!state(&dir).contains("light\"\nsetting"), "the choice is older than the setting: {}", state(&dir));
}

#[test]
fn a_view_named_on_the_command_line_is_shown() {
    let dir = library();
    visit(dir.path(), "/kites\r", FIRST);
    let save = Change::View("to plant".to_owned(), Some("garden".to_owned()));
    Library::open(dir.path()).unwrap().change(&[save], "saved").unwrap();
    let tty = Tty::start_given(dir.path(), &["--view", "to plant"]);
    tty.until_shown("Gardens Need");
    assert!(tty.screen().lines().next().unwrap().contains("garden"), "{}", tty.screen());
    quit(tty);
    let tty = Tty::start_given(dir.path(), &["--view", "to sow"]);
    let (_, outside) = tty.given_back(2);
    assert!(outside.contains("there is no view `to sow`"), "{outside}");
}

#[test]
fn a_signal_writes_it_too() {
    for (name, number) in [("TERM", SIGTERM), ("HUP", SIGHUP)] {
        let dir = library();
        let tty = Tty::start(dir.path());
        tty.until_shown(FIRST);
        tty.send("/garden\r");
        tty.until("the search", |screen| !screen.contains(FIRST));
        tty.signal(name);
        tty.assert_given_back(Ending::Signal(number));
        assert!(state(&dir).contains("query = \"garden\""), "{name}: {}", state(&dir));
        // What stands in the open box was not entered.
        let tty = Tty::start(dir.path());
        tty.until_shown("Gardens Need");
        tty.send("/ kites");
        tty.until_shown("garden kites");
        tty.signal(name);
        tty.assert_given_back(Ending::Signal(number));
        assert!(state(&dir).contains("query = \"garden\""), "{name}: {}", state(&dir));
    }
}

#[test]
fn a_damaged_file_is_kept_aside_and_one_of_a_newer_version_left_alone() {
    let sound = library();
    visit(sound.path(), "/garden\r", "Gardens Need");
    let sound = state(&sound);
    let damaged: [(&[u8], &str); 6] = [
        (&sound.trim_end().as_bytes()[..sound.trim_end().len() - 1], "state.toml is damaged at line"),
        (b"version = 1\nrow = -5\n", "state.toml is damaged at line 2"),
        (b"title = \"something else\"\n", "state.toml was not written by the reader"),
        (b"version = 99\nscreen = 3\n", "state.toml was written by a newer version"),
        (b"\xff\xfe\0\0", "state.toml is not UTF-8 text"),
        (&[b'#'; 3_000_000], "state.toml is larger than what the reader writes"),
    ];
    for (bytes, words) in damaged {
        let dir = library();
        fs::write(dir.path().join("state.toml"), bytes).unwrap();
        let tty = Tty::start(dir.path());
        tty.until_shown(words);
        assert!(tty.screen().contains("26 of 26") && tty.screen().contains(FIRST), "{}", tty.screen());
        quit(tty);
        let kept = fs::read(dir.path().join("state.toml.damaged"));
        if words.contains("newer") {
            assert_eq!(fs::read(dir.path().join("state.toml")).unwrap(), bytes);
            assert!(kept.is_err());
        } else {
            assert!(state(&dir).contains("version = 1\n"), "it is written anew: {}", state(&dir));
            assert!(kept.unwrap() == bytes, "{words}");
        }
    }
}

#[test]
fn what_a_newer_version_writes_meanwhile_is_left_alone() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    fs::write(dir.path().join("state.toml"), "version = 2\nquery = [1, 2]\n").unwrap();
    tty.send("/garden\r");
    tty.until_shown("Gardens Need");
    quit(tty);
    assert_eq!(state(&dir), "version = 2\nquery = [1, 2]\n");
}

#[test]
fn a_chosen_theme_that_is_gone_is_told_once() {
    let dir = library();
    let themes = dir.path().join("themes");
    visit(dir.path(), ":theme light\r", "theme: light");
    let written = state(&dir).replace("chosen = \"light\"", "chosen = \"my-own\"");
    assert!(written.contains("my-own") && !themes.exists());
    fs::write(dir.path().join("state.toml"), written).unwrap();
    let tty = Tty::start(dir.path());
    tty.until_shown("my-own");
    assert!(tty.screen().contains("`auto` again"), "{}", tty.screen());
    quit(tty);
    assert!(!state(&dir).contains("my-own"), "{}", state(&dir));
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    assert!(!settled(&tty).contains("my-own"), "{}", tty.screen());
    quit(tty);
}

#[test]
fn a_symbolic_link_is_written_through() {
    for exists in [true, false] {
        let (dir, elsewhere) = (library(), tempfile::tempdir().unwrap());
        let target = elsewhere.path().join("kept.toml");
        if exists {
            fs::write(&target, "version = 1\n").unwrap();
        }
        std::os::unix::fs::symlink(&target, dir.path().join("state.toml")).unwrap();
        visit(dir.path(), "/garden\r", "Gardens Need");
        assert!(dir.path().join("state.toml").is_symlink());
        assert!(fs::read_to_string(&target).unwrap().contains("query = \"garden\""), "{exists}");
    }
}

#[test]
fn a_killed_reader_loses_a_few_seconds_at_most() {
    let dir = library();
    let mut tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    tty.send(":theme light\r/garden\r");
    tty.until_shown("Gardens Need");
    let start = Instant::now();
    while !state(&dir).contains("query = \"garden\"") {
        assert!(start.elapsed() < PATIENCE, "{}", state(&dir));
        std::thread::sleep(Duration::from_millis(100));
    }
    tty.signal("KILL");
    assert_eq!(tty.ended(), Ending::Signal(SIGKILL));
    let tty = Tty::start(dir.path());
    tty.until_shown("Gardens Need");
    assert!(tty.seen.lock().unwrap().raw.windows(LIGHT.len()).any(|bytes| bytes == LIGHT), "the light theme");
    // What another reader changes meanwhile stays, where this one changed nothing since it wrote last.
    let two = Tty::start(dir.path());
    two.until_shown("Gardens Need");
    two.send(":theme contrast\r");
    two.until_shown("theme: contrast");
    quit(two);
    tty.send("Z");
    quit(tty);
    assert!(state(&dir).contains("contrast") && state(&dir).contains("two-line"), "{}", state(&dir));
}

#[test]
fn what_cannot_be_written_is_no_error() {
    let dir = library();
    // Nothing can be renamed onto a folder that is not empty.
    fs::create_dir_all(dir.path().join("state.toml/x")).unwrap();
    let tty = Tty::start(dir.path());
    tty.until_shown("state.toml is not a regular file");
    quit(tty);
    let left = fs::read_dir(dir.path())
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("state.tmp"));
    assert_eq!(left.count(), 0);
}

#[test]
fn two_readers_keep_what_the_other_wrote() {
    let dir = library();
    let (one, two) = (Tty::start(dir.path()), Tty::start(dir.path()));
    one.until_shown(FIRST);
    two.until_shown(FIRST);
    one.send(":theme light\r/garden\r");
    one.until("the search", |screen| !screen.contains(FIRST));
    two.send("Z/kites\r");
    two.until("the search", |screen| !screen.contains("26 of 26"));
    quit(one);
    quit(two);
    let state = state(&dir);
    for part in ["garden", "kites", "theme light", "chosen = \"light\"", "chosen = \"two-line\"", "query = \"kites\""] {
        assert!(state.contains(part), "{part}: {state}");
    }
}

#[test]
fn the_cursor_is_on_its_paper_where_it_is_still_listed() {
    let dir = library();
    visit(dir.path(), "/status:unread sort:title\r", "26 of 26 · title");
    visit(dir.path(), "jj", "3 of ");
    let tty = Tty::start(dir.path());
    tty.until_shown("3 of ");
    let row = current(&tty.screen()).to_owned();
    // Read, it is no longer in the list; the next start is at its row.
    tty.send("r");
    tty.until("another paper", |screen| current(screen) != row && screen.contains("3 of "));
    quit(tty);
    let tty = Tty::start(dir.path());
    tty.until_shown("3 of ");
    assert!(!current(&tty.screen()).is_empty());
    quit(tty);
}
