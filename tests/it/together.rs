//! The reader beside other programs: what is copied from under it, and what other processes change while it is open.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tsundoku::library::Library;

use crate::harness::{paper, reading};
use crate::tty::{FIRST, PATIENCE, Tty, library};

/// Status and star of the first paper as `user.db` alone has them, copied without its log.
fn copied(dir: &Path) -> (String, bool) {
    let copy = library();
    fs::copy(dir.join("user.db"), copy.path().join("user.db")).unwrap();
    let mut library = Library::open(copy.path()).unwrap();
    let key = paper(&mut library, "kites tails");
    let reading = reading(&library, &key);
    (reading.status.name().to_owned(), reading.starred)
}

fn until_copied(dir: &Path, expected: (&str, bool)) {
    let start = Instant::now();
    loop {
        let found = copied(dir);
        if found == (expected.0.to_owned(), expected.1) {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "a copy of user.db has {found:?}, not {expected:?}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn run(dir: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
    command.env_clear().env("HOME", dir).arg("--dir").arg(dir).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_copy_of_the_file_alone_has_everything_once_it_is_quiet() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    tty.send("s");
    tty.until_shown("starred");
    tty.send("r");
    tty.until("the change", |screen| screen.lines().last().unwrap_or("").contains("read ·"));
    until_copied(dir.path(), ("read", true));
    // The reader goes on having the file open, so that the command is not the last to close it.
    run(dir.path(), &["mark", "kites tails", "--status", "queued", "--unstar"]);
    assert_eq!(copied(dir.path()), ("queued".to_owned(), false));
    tty.send("Q");
    tty.assert_given_back(0);
}

#[test]
fn a_copy_made_after_the_end_has_everything_however_it_came() {
    let by_key: fn(&Tty) = |tty| {
        tty.send("s");
        tty.until_shown("starred");
        tty.send("Q");
    };
    let by_signal: fn(&Tty) = |tty| {
        tty.send("s");
        tty.until_shown("starred");
        tty.signal("TERM");
    };
    for (end, status) in [(by_key, 0), (by_signal, 143)] {
        let dir = library();
        let tty = Tty::start(dir.path());
        tty.until_shown(FIRST);
        end(&tty);
        tty.assert_given_back(status);
        assert!(copied(dir.path()).1, "the star is in the file");
    }
}
