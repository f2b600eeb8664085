//! The reader beside other programs: what is copied from under it, and what other processes change while it is open.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tsundoku::domain::reading::Change;
use tsundoku::library::Library;

use crate::harness::{paper, reading};
use crate::tty::{Ending, FIRST, PATIENCE, Tty, library};

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
    for (end, ending) in [(by_key, Ending::Status(0)), (by_signal, Ending::Signal(signal_hook::consts::SIGTERM))] {
        let dir = library();
        let tty = Tty::start(dir.path());
        tty.until_shown(FIRST);
        end(&tty);
        tty.assert_given_back(ending);
        assert!(copied(dir.path()).1, "the star is in the file");
    }
}

/// The row of the first paper.
fn row(screen: &str) -> &str {
    screen.lines().find(|line| line.contains(FIRST)).unwrap_or("")
}

#[cfg(target_os = "linux")]
#[test]
fn what_another_process_writes_shows_without_a_key() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    run(dir.path(), &["mark", "kites tails", "--star"]);
    tty.until("the star", |screen| row(screen).contains('★'));
    run(dir.path(), &["undo"]);
    tty.until("the undo", |screen| !row(screen).contains('★'));
    // Papers, with an index that the import replaces.
    let page = dir.path().join("more.jsonl");
    fs::write(&page, "{\"title\": \"Umbrellas That Fold Themselves\", \"arxiv\": \"2511.00001\"}\n").unwrap();
    run(dir.path(), &["import", page.to_str().unwrap()]);
    tty.until_shown("27 of 27");
    // The index alone, to which another program was unkind: it is built again.
    fs::remove_file(dir.path().join("index/words.idx")).unwrap();
    let start = Instant::now();
    while !dir.path().join("index/words.idx").exists() {
        assert!(start.elapsed() < PATIENCE, "the index was not built again");
        thread::sleep(Duration::from_millis(50));
    }
    tty.send("Q");
    tty.assert_given_back(0);
}

/// Time of a process in the program and in the system for it, in hundredths of a second.
#[cfg(target_os = "linux")]
fn ticks(tty: &Tty) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", tty.child.process_id().unwrap())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_reader_uses_no_processor() {
    let dir = library();
    fs::write(dir.path().join("config.toml"), "[screen]\nseen-after = 0\n").unwrap();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    tty.send("jjkks");
    run(dir.path(), &["mark", "gardens", "--star"]);
    // A busy machine may still be at what was asked: three idle seconds come in the end.
    let start = Instant::now();
    loop {
        let before = ticks(&tty);
        thread::sleep(Duration::from_secs(3));
        let used = ticks(&tty) - before;
        if used == 0 {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{used}0 ms of processor in three idle seconds");
    }
    tty.send("Q");
    tty.assert_given_back(0);
}

#[test]
fn contents_copied_over_the_open_file_show_and_are_told_without_a_key() {
    let (dir, other) = (library(), library());
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    tty.send("s");
    tty.until_shown("starred");
    until_copied(dir.path(), ("unread", true));
    fs::copy(other.path().join("user.db"), dir.path().join("user.db")).unwrap();
    tty.until_shown("user.db was overwritten by another program");
    tty.send("r");
    tty.until("the change", |screen| screen.lines().last().unwrap_or("").contains("read ·"));
    until_copied(dir.path(), ("read", false));
    tty.send("Q");
    tty.assert_given_back(0);
}

#[test]
fn nothing_starts_beside_a_process_whose_log_was_removed() {
    let dir = library();
    let mut open = Library::open(dir.path()).unwrap();
    let key = paper(&mut open, "kites tails");
    open.change(&[Change::Star(key, true)], "starred").unwrap();
    for name in ["user.db-wal", "user.db-shm"] {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    let mut list = Command::new(env!("CARGO_BIN_EXE_tsundoku"));
    list.env_clear().env("HOME", dir.path()).arg("--dir").arg(dir.path()).args(["list", "kites"]);
    let refused = list.output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("the log of") && told.contains("another tsundoku"), "{told}");
    open.refresh().unwrap();
    run(dir.path(), &["mark", "kites tails", "--status", "queued"]);
    assert_eq!(copied(dir.path()), ("queued".to_owned(), true));
}
