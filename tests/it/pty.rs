//! The real program in a real pseudo-terminal: that it draws, that what it keeps is kept whatever kills it, and that it gives the
//! terminal back on every way out. Nothing here depends on speed: whatever is waited for may take half a minute.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use portable_pty::{PtySize, native_pty_system};
use tsundoku::library::{ImportRequest, Library};

use crate::harness::{fixture, paper, reading};
use crate::tty::{Ending, FIRST, SIZE, Tty, library, side};

#[test]
fn the_first_screen_comes_and_a_search_finds() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    assert!(tty.screen().contains("26 of 26"), "{}", tty.screen());
    tty.send("/garden");
    // The papers with the word elsewhere follow those with the word in the title.
    tty.until("the search", |screen| !screen.contains(FIRST) && screen.contains("1 of 26 "));
    assert!(tty.screen().contains("Do Small Gardens Need Large Gardeners?"));
    tty.escape(|screen| screen.contains("26 of 26"));
    tty.send("q");
    tty.assert_given_back(0);
}

#[test]
fn a_new_library_opens_with_a_welcome() {
    let dir = tempfile::tempdir().unwrap();
    let tty = Tty::start(dir.path());
    tty.until_shown("Welcome to tsundoku");
    tty.send("q");
    tty.until("the list", |screen| !screen.contains("Welcome"));
    tty.send("q");
    tty.assert_given_back(0);
}

#[test]
fn what_was_marked_outlives_a_kill() {
    let dir = library();
    let mut tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    tty.send("s");
    tty.until_shown("starred");
    tty.send("r");
    tty.until("the change", |screen| screen.lines().last().unwrap_or("").contains("read ·"));
    tty.signal("KILL");
    tty.ended();
    drop(tty);
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    let row = tty.screen().lines().find(|line| line.contains(FIRST)).unwrap().to_owned();
    assert!(row.contains('★') && row.contains('●'), "{row}");
    tty.send("u");
    tty.until_shown("Undid: ");
    tty.send("Q");
    tty.assert_given_back(0);
    let mut library = Library::open(dir.path()).unwrap();
    let key = paper(&mut library, "kites tails");
    let reading = reading(&library, &key);
    assert!(reading.starred, "the star is kept");
    assert_eq!(reading.status.name(), "unread", "the undo is kept");
}

#[test]
fn signals_give_the_terminal_back_and_end_the_program_as_they_do_by_default() {
    use signal_hook::consts as signals;
    let ending = [
        ("HUP", signals::SIGHUP),
        ("INT", signals::SIGINT),
        ("QUIT", signals::SIGQUIT),
        ("USR1", signals::SIGUSR1),
        ("USR2", signals::SIGUSR2),
        ("ALRM", signals::SIGALRM),
        ("TERM", signals::SIGTERM),
        ("XCPU", signals::SIGXCPU),
        ("VTALRM", signals::SIGVTALRM),
        ("PROF", signals::SIGPROF),
        ("ABRT", signals::SIGABRT),
        ("BUS", signals::SIGBUS),
        ("SEGV", signals::SIGSEGV),
        ("ILL", signals::SIGILL),
        ("FPE", signals::SIGFPE),
        ("SYS", signals::SIGSYS),
        ("TRAP", signals::SIGTRAP),
        #[cfg(target_os = "linux")]
        ("64", 64),
        #[cfg(target_os = "linux")]
        ("30", 30),
    ];
    for (name, number) in ending {
        let dir = library();
        let tty = Tty::start_after(dir.path(), "ulimit -c 0");
        tty.until_shown(FIRST);
        tty.signal(name);
        tty.assert_given_back(Ending::Signal(number));
    }
}

#[test]
fn signals_that_were_ignored_at_the_start_stay_ignored() {
    let dir = library();
    let tty = Tty::start_after(dir.path(), "trap '' HUP INT QUIT TERM USR1 TSTP");
    tty.until_shown(FIRST);
    for name in ["HUP", "INT", "QUIT", "TERM", "USR1", "TSTP"] {
        tty.signal(name);
    }
    tty.send("s");
    tty.until_shown("starred");
    tty.send("\x1a");
    tty.until_shown("cannot stop programs");
    tty.send("Q");
    tty.assert_given_back(0);
}

#[test]
fn a_stack_that_is_used_up_gives_the_terminal_back_and_is_told() {
    let dir = library();
    let tty = Tty::start_with(dir.path(), &[("TSUNDOKU_PANIC", "stack")]);
    let (_, outside) = tty.given_back(Ending::Signal(signal_hook::consts::SIGABRT));
    assert!(outside.contains("overflowed its stack"), "{outside}");
}

#[test]
fn every_way_of_leaving_gives_the_terminal_back() {
    for keys in ["Q", "\x03", ":q\r", "z\x03", "?\x03", "/lora\x03", "gm\x03"] {
        let dir = library();
        let tty = Tty::start(dir.path());
        tty.until_shown(FIRST);
        tty.send(keys);
        tty.assert_given_back(0);
    }
}

#[test]
fn a_panic_gives_the_terminal_back_and_says_so() {
    let dir = library();
    let tty = Tty::start_with(dir.path(), &[("TSUNDOKU_PANIC", "screen")]);
    // The first answer brings it, maybe before anybody could see the first screen.
    let (raw, outside) = tty.given_back(101);
    assert!(String::from_utf8_lossy(&raw).contains("\x1b[?1049h"), "it was on the alternate screen");
    assert!(outside.contains("panic requested in the screen"), "{outside}");
}

#[test]
fn a_worker_that_panics_takes_neither_screen_nor_keys() {
    let dir = library();
    let tty = Tty::start_with(dir.path(), &[("TSUNDOKU_PANIC", "worker")]);
    tty.until_shown(FIRST);
    tty.send("s");
    tty.until_shown("a background thread met a defect");
    tty.send("Q");
    tty.assert_given_back(0);
}

#[test]
fn a_terminal_that_goes_away_takes_the_reader_with_it() {
    for (before, ending) in [("true", Ending::Signal(1)), ("trap '' HUP", Ending::Status(129))] {
        let dir = library();
        let tty = Tty::start_after(dir.path(), before);
        tty.until_shown(FIRST);
        assert_eq!(ending_without_terminal(tty), ending, "{before}");
    }
}

/// How the reader ends when its terminal goes away.
fn ending_without_terminal(mut tty: Tty) -> Ending {
    // The listener holds the terminal, too: it lets go at the next thing that is drawn.
    tty.stop.store(true, Ordering::SeqCst);
    tty.send("j");
    tty.listener.take().unwrap().join().unwrap();
    drop(tty.slave.take());
    let nobody: Box<dyn Write + Send> = Box::new(std::io::sink());
    drop(std::mem::replace(&mut *tty.writer.lock().unwrap(), nobody));
    tty.master = native_pty_system().openpty(SIZE).unwrap().master;
    tty.ended()
}

#[test]
fn the_shell_gets_the_terminal_for_a_while() {
    let by_key: fn(&Tty) = |tty| tty.send("\x1a");
    let from_outside: fn(&Tty) = |tty| tty.signal("TSTP");
    for stop in [by_key, from_outside] {
        let dir = library();
        let tty = Tty::start(dir.path());
        tty.until_shown(FIRST);
        let is_taken = |tty: &Tty| tty.seen.lock().unwrap().screen.screen().alternate_screen();
        stop(&tty);
        tty.until("the shell", |_| !is_taken(&tty));
        tty.signal("CONT");
        tty.until("the reader", |screen| is_taken(&tty) && screen.contains(FIRST));
        tty.send("q");
        tty.assert_given_back(0);
    }
}

#[test]
fn an_index_that_is_cut_short_gives_the_terminal_back() {
    // Several threads may fail at once.
    for _ in 0..4 {
        let dir = library();
        let tty = Tty::start_after(dir.path(), "ulimit -c 0");
        tty.until_shown(FIRST);
        std::fs::OpenOptions::new().write(true).open(dir.path().join("index/words.idx")).unwrap().set_len(0).unwrap();
        tty.send("/garden");
        tty.assert_given_back(Ending::Signal(signal_hook::consts::SIGBUS));
    }
}

#[test]
fn what_a_terminal_says_about_itself_is_no_key() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    let replies =
        ["\x1b]11;rgb:1111/2222/3333\x1b\\", "\x1bP1$r0 q\x1b\\", "\x1b_Gi=1;OK\x1b\\", "\x1b[?62;22c", "\x1b[12;5R"];
    for reply in replies {
        // In two pieces, as a slow line delivers it.
        let (start, end) = reply.split_at(5);
        tty.send(start);
        thread::sleep(Duration::from_millis(5));
        tty.send(end);
    }
    tty.send("s");
    tty.until_shown("starred");
    tty.send("Q");
    tty.assert_given_back(0);
    let library = Library::open(dir.path()).unwrap();
    assert_eq!(library.changes(None).unwrap().len(), 1, "only the star was a key");
}

#[test]
fn an_unclosed_paste_ends_and_keys_are_keys_again() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    tty.send("/\x1b[200~garden");
    tty.until("the paste", |screen| screen.contains("› garden") && screen.contains("1 of 26 "));
    tty.escape(|screen| screen.contains("26 of 26"));
    tty.send("q");
    tty.assert_given_back(0);
}

#[test]
fn a_note_is_written_in_an_editor() {
    use std::os::unix::fs::PermissionsExt;
    let dir = library();
    let editor = dir.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\nread line\nprintf '\\033[2J'\nprintf '%s\\nand more' \"$line\" > \"$1\"\n")
        .unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::write(dir.path().join("config.toml"), format!("[open]\neditor = '{}'\n", editor.display())).unwrap();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    tty.send("\x05");
    tty.until("the editor", |screen| !screen.contains(FIRST));
    // Now the keys are the editor's, none is lost to the reader and none is a command.
    tty.send("quits nothing\n");
    tty.until_shown("quits nothing");
    tty.until_shown("and more");
    tty.send("jk");
    tty.send("Q");
    tty.assert_given_back(0);
    let mut library = Library::open(dir.path()).unwrap();
    let key = paper(&mut library, "kites tails");
    assert_eq!(reading(&library, &key).note, "quits nothing\nand more");
}

#[test]
fn a_changed_size_is_taken_over() {
    let dir = library();
    let tty = Tty::start(dir.path());
    tty.until_shown(FIRST);
    assert!(tty.screen().contains("Unread"));
    let small = PtySize { rows: 12, cols: 50, ..SIZE };
    tty.seen.lock().unwrap().screen.screen_mut().set_size(side(small.rows), side(small.cols));
    tty.master.resize(small).unwrap();
    tty.until("the narrow screen", |screen| screen.contains("Papers →") && !screen.contains("Unread"));
    tty.send("q");
    tty.assert_given_back(0);
}

/// What the program may send to a terminal: the ends of CSI sequences, without their numbers.
const FINALS: &str = "mHJKABCDGdXu";
/// Modes it may set and reset: cursor, screen, paste, mouse, whole frames.
const MODES: [&str; 9] = ["25", "1049", "2004", "2026", "1000", "1002", "1003", "1006", "1015"];

/// Everything in the bytes that is neither plain text nor something the program may send.
fn foreign(raw: &[u8]) -> Vec<String> {
    let text = match std::str::from_utf8(raw) {
        Ok(text) => text,
        Err(error) => return vec![error.to_string()],
    };
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                Some('[') => {
                    let mut inner = String::new();
                    let last = loop {
                        match chars.next() {
                            Some(c @ '\u{20}'..='\u{3f}') => inner.push(c),
                            other => break other,
                        }
                    };
                    if !may_send(&inner, last) {
                        found.push(format!("CSI {inner:?} {last:?}"));
                    }
                }
                Some(']') => {
                    let mut inner = String::new();
                    while let Some(c) = chars.next_if(|c| *c != '\u{7}' && *c != '\u{1b}') {
                        inner.push(c);
                    }
                    if chars.next() == Some('\u{1b}') {
                        chars.next();
                    }
                    if !["10;?", "11;?"].contains(&inner.as_str()) {
                        found.push(format!("OSC {inner:?}"));
                    }
                }
                other => found.push(format!("ESC {other:?}")),
            },
            '\r' | '\n' => {}
            c if c.is_control() || turns_or_hides(c) => found.push(format!("U+{:04X}", u32::from(c))),
            _ => {}
        }
    }
    found
}

fn may_send(inner: &str, last: Option<char>) -> bool {
    let Some(last) = last else { return false };
    match (inner.strip_prefix('?'), last) {
        (Some(modes), 'h' | 'l') => modes.split(';').all(|mode| MODES.contains(&mode)),
        (Some(_), _) => false,
        (None, 'm') => {
            let mut numbers = inner.split(';');
            while let Some(number) = numbers.next() {
                match number {
                    // The numbers after these are a colour.
                    "38" | "48" | "58" => {
                        let more = if numbers.next() == Some("2") { 3 } else { 1 };
                        numbers.by_ref().take(more).for_each(drop);
                    }
                    "5" | "6" | "8" => return false,
                    _ => {}
                }
            }
            true
        }
        (None, 'c') => inner.is_empty(),
        (None, 'n') => inner == "6",
        (None, last) => FINALS.contains(last) && inner.chars().all(|c| c.is_ascii_digit() || c == ';'),
    }
}

/// Characters that turn the direction of a line around, or that no terminal shows.
fn turns_or_hides(c: char) -> bool {
    matches!(c,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[test]
fn what_may_not_be_sent_is_recognised() {
    let found = |text: &str| foreign(text.as_bytes()).len();
    assert_eq!(found("\u{1b}[?1049h\u{1b}[2J\u{1b}[1;38;2;8;5;6mplain\u{1b}[0m\r\n\u{1b}]11;?\u{7}\u{1b}[c"), 0);
    let payloads =
        ["\u{1b}[5m", "\u{1b}]0;x\u{7}", "\u{1b}]52;c;eA==\u{1b}\\", "\u{1b}c", "\u{9b}", "\u{7}", "\u{202e}"];
    for payload in payloads {
        assert_eq!(found(payload), 1, "{payload:?}");
    }
    assert_eq!(found("\u{1b}[21t\u{1b}[?1l\u{1b}[>c"), 3);
}

#[test]
fn no_paper_talks_to_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let request = ImportRequest { paths: vec![fixture("hostile.jsonl")], ..ImportRequest::default() };
    let mut keep_going = |_: &_| std::ops::ControlFlow::Continue(());
    let report = Library::open(dir.path()).unwrap().import(&request, &mut keep_going).unwrap();
    assert_eq!((report.total().read, report.rejected()), (8, 0), "{:?}", report.files);
    // Whatever is opened is opened by a program that does nothing.
    std::fs::write(dir.path().join("config.toml"), "[open]\ncommand = 'true'\n").unwrap();
    let tty = Tty::start(dir.path());
    tty.until_shown("of 78");
    tty.send(":hide-starter\r");
    tty.until_shown("8 of 8");
    // Every paper in the list and in the pane, in two lines each, as the source spells it, with its links; then pages and filters.
    tty.send("jjjjjjjj");
    tty.send("ggZjjjjjjjjZ");
    tty.send("ggRjjjjjjjjR");
    tty.send("ggs0tevil\r");
    tty.until_shown("tagged evil");
    tty.send("/link\r");
    tty.until_shown("javascript:alert(1)");
    tty.send(";");
    tty.until_shown("Open a link");
    tty.send("alert");
    // What was typed is left first.
    tty.escape(|screen| screen.contains("j k move"));
    tty.escape(|screen| !screen.contains("Open a link"));
    tty.send("R");
    tty.escape(|screen| screen.contains("8 of 8"));
    tty.send("fjjjjjjjjjj\tyyybyuyt");
    tty.until_shown("clipboard");
    tty.send("o");
    // Without a link a search is offered.
    tty.until_shown("search for the title");
    tty.escape(|screen| !screen.contains("search for the title"));
    tty.send("gl");
    tty.until_shown("What you changed");
    tty.send("q");
    tty.send("enote\r");
    tty.until_shown("noted");
    tty.send("Q");
    let raw = tty.assert_given_back(0);
    // Copied text goes to the terminal's clipboard, encoded.
    let found: Vec<String> = foreign(&raw).into_iter().filter(|found| !is_clip(found)).collect();
    assert_eq!(found, Vec::<String>::new());
}

/// OSC 52 with nothing but base64 in it: what the person copied.
fn is_clip(found: &str) -> bool {
    let encoded = found.strip_prefix("OSC \"52;c;").and_then(|rest| rest.strip_suffix('"'));
    encoded.is_some_and(|text| text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c)))
}
